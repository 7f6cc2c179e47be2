import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeContext, encodeContext } from '../../shared/context-header.ts'
import { sessionDigest } from '../../shared/digest.ts'
import { limits } from '../../shared/limits.ts'
import {
  decodeReceipt,
  encodeReceipt,
  readUsageComment,
  usageComment,
} from '../../shared/receipt.ts'
import { gateSettings, resolveSettings } from '../../shared/resolve.ts'
import { ClientContext, DeviceState, mostTokens } from '../../shared/schema/context.ts'
import { Category, type BriefFact } from '../../shared/schema/fact.ts'
import type { Org } from '../../shared/schema/org.ts'
import { Receipt } from '../../shared/schema/receipt.ts'
import { estimateTokens, utf8Bytes } from '../../shared/tokens.ts'
import { isUsualContext } from '../../shared/usual-context.ts'

const context: ClientContext = {
  v: 1,
  session: 'session-1',
  device: { store: 'memory', gate: 'ready', version: 3 },
  decision: {
    tier: 'lite',
    mode: 'balanced',
    stakes: 'none',
    language: 'en',
    inherited: 0,
    ms: 0.4,
    slices: {
      style: false,
      session: true,
      profile: true,
    },
    facts: ['a', 'b'],
    reason: 'depends on the person',
  },
}

describe('Edgewise-Context', () => {
  const fact: fc.Arbitrary<BriefFact> = fc.record({
    id: fc.stringMatching(/^[a-z0-9]{1,8}$/),
    category: fc.constantFrom(...Category.options),
    text: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((t) => t.trim() === t && t !== ''),
  })

  test('is read by hand exactly as its schema reads it, whatever is wrong with it', () => {
    const paths = [
      ...['v', 'session', 'device', 'decision', 'more'].map((key) => [key]),
      ...[...Object.keys(DeviceState.shape), 'more'].map((key) => ['device', key]),
      ...[...Object.keys(context.decision ?? {}), 'weights', 'more'].map((key) => [
        'decision',
        key,
      ]),
      ...['style', 'session', 'profile', 'more'].map((key) => ['decision', 'slices', key]),
    ]
    const value: fc.Arbitrary<unknown> = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        undefined,
        true,
        0,
        3,
        -1,
        1.5,
        101,
        2 ** 60,
        mostTokens,
        mostTokens + 1,
        '',
        'lite',
        'de',
      ),
      fc.constantFrom<unknown>(
        'edge',
        'ready',
        'usual-brief-free',
        'x'.repeat(301),
        [],
        [4],
        [101],
        ['a'],
        ['a b'],
        {},
      ),
      fc.constant(Array.from({ length: 65 }, () => 1)),
      fc.anything(),
    )
    fc.assert(
      fc.property(fc.constantFrom(...paths), value, (path, put) => {
        const changed: Record<string, unknown> = structuredClone(context)
        let place = changed
        for (const key of path.slice(0, -1)) place = Object(place[key])
        place[path.at(-1) ?? ''] = put
        const sent = JSON.stringify(changed)
        const { success, data } = ClientContext.safeParse(JSON.parse(sent))
        expect(decodeContext(sent)).toMatchObject(
          success ? { ok: true, value: data } : { ok: false },
        )
      }),
      { numRuns: 2000 },
    )
  })

  test('is read by hand whatever a device tells of itself', () => {
    const device = { ...context.device, epoch: 1, whole: 300, cohort: 'expert-brief-structured' }
    expect(Object.keys(device).toSorted()).toEqual(Object.keys(DeviceState.shape).toSorted())
    expect(isUsualContext({ ...context, device })).toBe(true)
  })

  test('a time that JSON cannot hold is refused', () => {
    const sent = encodeContext(context).replace('"ms":0.4', '"ms":1e999')
    expect(sent).toContain('1e999')
    expect(decodeContext(sent)).toMatchObject({ ok: false, problem: { code: 'bad_context' } })
  })

  test('comes back as it was, in printable ASCII', () => {
    const notes = fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 3 })
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 3 }), notes, (facts, lines) => {
        const sent = { ...context, facts, notes: lines }
        const value = encodeContext(sent)
        expect(value).toMatch(/^[\x20-\x7e]*$/)
        expect(decodeContext(value)).toEqual({ ok: true, value: sent })
      }),
    )
  })

  test('always fits in 4 KiB: notes go first, the decision stays', () => {
    const notes = Array.from({ length: 30 }, () => 'ü'.repeat(300))
    const value = encodeContext({ ...context, notes })
    expect(value.length).toBeLessThanOrEqual(limits.contextBytes)
    expect(decodeContext(value)).toMatchObject({
      ok: true,
      value: { decision: { facts: ['a', 'b'] } },
    })
  })

  test.each([
    ['{', 'Edgewise-Context'],
    ['x'.repeat(5000), 'Edgewise-Context'],
    [JSON.stringify({ ...context, v: 2 }), 'Edgewise-Context.v'],
    [JSON.stringify({ ...context, session: '../../other' }), 'Edgewise-Context.session'],
    [JSON.stringify({ ...context, facts: [{ id: 'a b' }] }), 'Edgewise-Context.facts.0.id'],
  ])('%.40s is refused and the field named', (value, field) => {
    expect(decodeContext(value)).toMatchObject({
      ok: false,
      problem: { code: 'bad_context', field },
    })
  })
})

describe('Edgewise-Receipt', () => {
  const receipt: Receipt = {
    id: 'r1',
    why: 'attached',
    slices: ['style', 'profile'],
    dropped: 1,
    tokens: 84,
    whole: 400,
    facts: [
      {
        id: 'f1',
        category: 'diet',
      },
      {
        id: 'f2',
        category: 'health',
      },
    ],
    decidedBy: 'device',
    tier: 'lite',
    gateMs: 0.412,
    reason: 'a "plan"; für Ada \\',
    stakes: 'none',
    store: 'memory',
    version: 3,
    epoch: 0,
    feature: 'chat',
    cohort: 'brief',
    experiment: 'first',
    arm: 'full',
    rules: 'budget=user',
    orgMs: 1,
    personaMs: 2.5,
    providerMs: 310,
    usage: {
      input: 10,
      output: 20,
      cached: 3,
      written: 4,
      cost: 5,
      estimated: false,
    },
  }

  test('comes back as it was, but for what ASCII cannot say', () => {
    expect(Object.keys(receipt).toSorted()).toEqual(Object.keys(Receipt.shape).toSorted())
    const value = encodeReceipt(receipt)
    expect(value).toMatch(/^[\x20-\x7e]*$/)
    expect(decodeReceipt(value)).toEqual({ ...receipt, reason: 'a "plan"; f?r Ada \\' })
  })

  test.each([1e300, Number.MAX_SAFE_INTEGER, 1e12 + 0.5, 0.1 + 0.2, 1e-9])(
    'a number as odd as %d leaves the rest readable',
    (gateMs) => {
      const read = decodeReceipt(encodeReceipt({ ...receipt, gateMs }))
      expect(read?.gateMs).toBeCloseTo(Math.min(gateMs, 999_999_999_999), 3)
      expect(read?.facts).toEqual(receipt.facts)
    },
  )

  test.each(['', 'x', 'id="r1"', '(((', 'id=1, why="new_code"'])('%j is no receipt', (value) => {
    expect(decodeReceipt(value)).toBeUndefined()
  })

  test('usage travels as a comment of the stream', () => {
    const usage = { input: 1, output: 2, estimated: true }
    const line = usageComment(usage)
    expect(line).toMatch(/^: .*\n\n$/)
    expect(readUsageComment(line.trimEnd())).toEqual(usage)
    expect(readUsageComment('data: {"usage":1}')).toBeUndefined()
    expect(readUsageComment(': edgewise {')).toBeUndefined()
  })
})

describe('the session digest', () => {
  test('is at most 300 tokens, the newest turns kept, told in order', () => {
    const lines = sessionDigest({
      turns: ['how do I deploy to Kubernetes?', 'which ingress?', 'and the service?', 'ok'],
      notes: ['looked at the pricing page'],
      provided: [{ name: 'cart', text: 'two tents', priority: 1 }],
    })
    expect(lines).toEqual([
      'looked at the pricing page',
      'cart: two tents',
      'The user asked: which ingress?',
      'The user asked: and the service?',
      'The user asked: ok',
    ])
  })

  test('stays within its tokens for any text', () => {
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 2000 }), { maxLength: 10 })
    fc.assert(
      fc.property(texts, texts, (turns, notes) => {
        const lines = sessionDigest({ turns, notes, provided: [] })
        expect(estimateTokens(lines.join('\n'))).toBeLessThanOrEqual(limits.digestTokens)
      }),
    )
  })
})

describe('settings', () => {
  const org: Org = {
    v: 1,
    id: 'o',
    keys: [],
    settings: { mode: 'cautious', budget: 120, blocked: ['finance'] },
  }
  test('a feature stands over its org field by field, and what either blocks is blocked', () => {
    const settings = resolveSettings(
      { ...org, features: { search: { mode: 'generous', blocked: ['health'] } } },
      'search',
    )
    expect(settings).toMatchObject({
      mode: 'generous',
      budget: 120,
      blocked: ['finance', 'health'],
    })
    expect(gateSettings(settings)).toEqual({
      mode: 'generous',
      off: false,
      maxFacts: 5,
      blocked: ['finance', 'health'],
      why: { mode: 'feature', budget: 'org', blocked: 'feature+org' },
    })
  })
  test('an allow-list blocks all else', () => {
    const { blocked } = resolveSettings({ ...org, settings: { allowed: ['diet', 'style'] } })
    expect(blocked).toHaveLength(Category.options.length - 2)
  })
  test('org text puts compliance first and stays within 1,500 tokens', () => {
    const { policy } = resolveSettings({
      ...org,
      compliance: ['Never promise a refund.'],
      systemPrompt: 'You help travellers.',
      tone: 'warm',
      terminology: { PNR: 'a booking code', long: 'x '.repeat(9000) },
    })
    expect(policy).toMatch(
      /^Rules:\n- Never promise a refund\.\n\nYou help travellers\.\n\nTone: warm/,
    )
    expect(estimateTokens(policy)).toBeLessThanOrEqual(limits.policyTokens)
  })
  test('nothing set, nothing said', () => {
    expect(resolveSettings({ v: 1, id: 'o', keys: [] }).policy).toBe('')
  })
})

test('bytes are counted as UTF-8 encodes them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8Bytes(text)).toBe(new TextEncoder().encode(text).length)
    }),
  )
})
