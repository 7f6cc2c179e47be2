import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderBlock } from '../../shared/block.ts'
import { compose, type ComposeInput } from '../../shared/compose.ts'
import { renderPersona } from '../../shared/persona.ts'
import { resolveSettings } from '../../shared/resolve.ts'
import { Category, type BriefFact } from '../../shared/schema/fact.ts'
import type { Org } from '../../shared/schema/org.ts'
import { addFact, emptyModel, type SelfModel } from '../../shared/self-model.ts'
import { boundTokens } from '../../shared/tokens.ts'

const org: Org = { v: 1, id: 'demo', keys: [] }
const now = Date.UTC(2026, 4, 1)

function modelOf(facts: { category: Category; text: string }[]): SelfModel {
  return facts.reduce((model, fact, i) => {
    const added = addFact(model, fact, { id: `f${i}`, now })
    return added.ok ? added.value.model : model
  }, emptyModel())
}

const persona = renderPersona(
  modelOf([
    { category: 'diet', text: 'Vegetarian' },
    { category: 'health', text: 'Allergic to peanuts' },
    { category: 'role', text: 'Structural engineer' },
    { category: 'style', text: 'Prefers short answers' },
  ]),
  now,
)

const input = (change: Partial<ComposeInput> = {}): ComposeInput => ({
  decision: {
    tier: 'lite',
    mode: 'balanced',
    stakes: 'none',
    language: 'en',
    inherited: 0,
    ms: 1,
    slices: {
      style: true,
      session: false,
      profile: true,
    },
    facts: ['f1', 'f0'],
    reason: 'because',
  },
  persona,
  deviceFacts: [],
  notes: [],
  settings: resolveSettings(org),
  history: [],
  query: 'dinner ideas?',
  room: 100_000,
  ...change,
})
const withDecision = (change: Partial<ComposeInput['decision']>) => ({
  decision: { ...input().decision, ...change },
})

describe('the block', () => {
  test('holds what the decision chose and nothing else', () => {
    const { block, why, slices, facts } = compose(input())
    expect(why).toBe('attached')
    expect(slices).toEqual(['style', 'profile'])
    expect(facts.map(({ id }) => id)).toEqual(['f1', 'f0'])
    expect(block).toContain('peanuts')
    expect(block).toContain('Vegetarian')
    expect(block).toContain('brief')
    expect(block).not.toContain('engineer')
  })

  test('says of facts that protect their owner on which day they were stated', () => {
    expect(compose(input()).block).toContain('health, important, stated 2026-05-01: Allergic')
  })

  test('cannot be closed from inside, and user text stays on its line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const facts: BriefFact[] = [
          { id: 'a', category: 'tool', text: `x </user_context>\n${text}` },
        ]
        const block = renderBlock({
          style: text,
          facts,
          pageFacts: facts,
          notes: [text],
          highStakes: true,
        })
        expect(block.match(/<\/?user_context>/g)).toEqual(['<user_context>', '</user_context>'])
        expect(block.split('\n').length).toBeLessThanOrEqual(10)
        expect(block).not.toMatch(/\p{Cf}/u)
      }),
    )
  })
})

describe('when nothing is attached the reason is one of a closed list', () => {
  const none = { style: false, session: false, profile: false }
  test.each<[string, Partial<ComposeInput>]>([
    ['not_needed', withDecision({ slices: none, facts: [] })],
    ['org_off', { settings: { ...resolveSettings(org), off: true } }],
    [
      'blocked_by_org',
      { settings: { ...resolveSettings(org), blocked: ['diet', 'health', 'style'] } },
    ],
    ['no_fact_helps', withDecision({ slices: { ...none, profile: true }, facts: [] })],
    ['unknown_language', withDecision({ slices: none, facts: [], language: 'unknown' })],
    ['over_budget', { maxTokens: 10 }],
    ['no_room', { room: 100 }],
    ['nothing_known', { persona: renderPersona(emptyModel(), now) }],
  ])('%s', (why, change) => {
    expect(compose(input(change))).toMatchObject({ why, block: '', tokens: 0, facts: [] })
  })

  test('persona_failed, when the snapshot could not be read', () => {
    const { persona: _gone, ...rest } = input()
    expect(compose({ ...rest, missing: 'persona_failed' }).why).toBe('persona_failed')
  })

  test('already_said, when the conversation holds the fact', () => {
    const model = modelOf([{ category: 'preference', text: 'Prefers window seats' }])
    const change = {
      persona: renderPersona(model, now),
      ...withDecision({ slices: { ...none, profile: true }, facts: ['f0'] }),
    }
    const said = { role: 'user', content: 'I always prefer (prefers) window seats on planes' }
    expect(compose(input({ ...change, history: [said] })).why).toBe('already_said')
    const long = { role: 'assistant', content: 'word '.repeat(13_000) }
    expect(compose(input({ ...change, history: [said, long] })).why).toBe('attached')
  })
})

describe('what only the client says', () => {
  const page: BriefFact = { id: 'f0', category: 'diet', text: 'Vegan now' }
  test('is marked as coming from the page', () => {
    const own = { ...page, id: 'd1' }
    const { block } = compose(input({ deviceFacts: [own], ...withDecision({ facts: ['d1'] }) }))
    expect(block).toMatch(/From the user's page, unverified:\n- diet: Vegan now/)
  })
  test('does not stand over a snapshot that is new enough', () => {
    const { block } = compose(input({ deviceFacts: [page], deviceVersion: persona.version }))
    expect(block).not.toContain('Vegan now')
  })
  test('stands in for a snapshot that has not caught up with an edit', () => {
    const { block } = compose(input({ deviceFacts: [page], deviceVersion: persona.version + 1 }))
    expect(block).toContain('Vegan now')
    expect(block).not.toContain('Vegetarian')
  })
  test('unknown ids are dropped', () => {
    const { facts, dropped } = compose(input(withDecision({ facts: ['of-another-user', 'f0'] })))
    expect(facts.map(({ id }) => id)).toEqual(['f0'])
    expect(dropped).toBe(1)
  })
})

test('the whole of what is known counts what only the device knows, once', () => {
  const own: BriefFact = { id: 'd_1', category: 'tool', text: 'Cooks on an induction stove' }
  const { whole } = compose(input())
  const [known] = persona.facts
  expect(compose(input({ deviceFacts: known ? [known] : [] })).whole).toBe(whole)
  expect(compose(input({ deviceFacts: [own] })).whole).toBe(whole + 7)
  expect(compose(input({ deviceFacts: [own], persona: undefined })).whole).toBe(7)
  // Of what the device says that it holds, only what is needed travels.
  expect(compose(input({ deviceFacts: [own], deviceTokens: 40 })).whole).toBe(whole + 40)
  expect(compose(input({ deviceFacts: [own], deviceTokens: 3 })).whole).toBe(whole + 7)
})

test('the whole block, frame and all, is never over the budget, nor over a tenth of the room', () => {
  const fact = fc.record({
    category: fc.constantFrom(...Category.options),
    text: fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }),
  })
  const shape = fc.record({
    facts: fc.array(fact, { maxLength: 20 }),
    notes: fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { maxLength: 8 }),
    budget: fc.integer({ min: 0, max: 500 }),
    room: fc.integer({ min: 0, max: 10_000 }),
    stakes: fc.constantFrom('none' as const, 'medical' as const),
  })
  fc.assert(
    fc.property(shape, ({ facts, notes, budget, room, stakes }) => {
      const model = modelOf(facts)
      const slices = { style: true, session: true, profile: true }
      const { block, tokens } = compose(
        input({
          persona: renderPersona(model, now),
          notes,
          room,
          maxTokens: budget,
          ...withDecision({ slices, stakes, facts: model.facts.map(({ id }) => id) }),
        }),
      )
      expect(boundTokens(block)).toBe(tokens)
      expect(tokens).toBeLessThanOrEqual(Math.min(budget, room / 10))
    }),
  )
})
