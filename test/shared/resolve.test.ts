import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gateSettings, narrow, resolveSettings, rulesLine } from '../../shared/resolve.ts'
import { layers, resolveFields, type Layer, type Wishes } from '../../shared/resolve/layers.ts'
import { Mode } from '../../shared/schema/decision.ts'
import { Category } from '../../shared/schema/fact.ts'
import type { Org } from '../../shared/schema/org.ts'

/* Who is heard first, and who may always ask for less. */

const modest: readonly Layer[] = ['user', 'session']
type Field = 'mode' | 'budget' | 'highStakesBudget' | 'maxFacts' | 'off'
/** For each field a less and a more. */
const values: { [F in Field]: [less: Wishes[F], more: Wishes[F]] } = {
  mode: ['cautious', 'generous'],
  budget: [50, 150],
  highStakesBudget: [150, 450],
  maxFacts: [1, 4],
  off: [true, false],
}
const fields = Object.keys(values) as Field[]
const pairs = layers.flatMap((above, i) =>
  layers.slice(i + 1).map((below) => [above, below] as const),
)
const table = fields.flatMap((field) => pairs.map(([above, below]) => ({ field, above, below })))

describe.each(table)('$field: $above over $below', ({ field, above, below }) => {
  const [less, more] = values[field]
  const settle = (high: unknown, low: unknown) => {
    const stack = { [above]: { [field]: high }, [below]: { [field]: low } }
    const { fields: settled, by } = resolveFields(stack)
    return { value: settled[field], by: by[field] }
  }

  test('the one below cannot have more than the one above gives', () => {
    expect(settle(less, more)).toEqual({ value: less, by: above })
  })
  test('less stands where a person asks for it, and nowhere else', () => {
    const stands = modest.includes(below)
    expect(settle(more, less)).toEqual({ value: stands ? less : more, by: stands ? below : above })
  })
})

describe.each(pairs)('blocked categories: %s and %s', (above, below) => {
  test('what either blocks is blocked, and it is known who did', () => {
    const { fields: settled, by } = resolveFields({
      [above]: { blocked: ['health'] },
      [below]: { blocked: ['finance'] },
    })
    expect(settled.blocked).toEqual(['finance', 'health'])
    expect(by['blocked']).toBe(`${above}+${below}`)
  })
  test('what one allows stays blocked where the other blocks it', () => {
    const allow = { allowed: [...Category.options] }
    const blocked: Wishes = { blocked: ['health'] }
    expect(resolveFields({ [above]: blocked, [below]: allow }).fields.blocked).toEqual(['health'])
    expect(resolveFields({ [above]: allow, [below]: blocked }).fields.blocked).toEqual(['health'])
  })
})

describe.each(pairs)('form of answers: %s over %s', (above, below) => {
  test('the one above fixes it, facet by facet', () => {
    const { fields: settled, by } = resolveFields({
      [above]: { style: { length: 'thorough' } },
      [below]: { style: { length: 'brief', tone: 'friendly' } },
    })
    expect(settled.style).toEqual({ length: 'thorough', tone: 'friendly' })
    expect(by).toEqual({ 'style.length': above, 'style.tone': below })
  })
})

test('where nobody else says anything, a person gets less than the default, and never more', () => {
  expect(resolveFields({ user: { budget: 100 } }).fields.budget).toBe(100)
  expect(resolveFields({ user: { budget: 400, maxFacts: 20 } })).toMatchObject({
    fields: { budget: 200, maxFacts: 5 },
    by: {},
  })
})

test('whatever everybody wishes, no person ends up with less than they asked to give up', () => {
  const wishes = fc.record(
    {
      mode: fc.constantFrom(...Mode.options),
      budget: fc.integer({ min: 0, max: 600 }),
      maxFacts: fc.integer({ min: 0, max: 80 }),
      off: fc.boolean(),
      blocked: fc.uniqueArray(fc.constantFrom(...Category.options), { maxLength: 4 }),
    },
    { requiredKeys: [] },
  )
  const stack = fc.record(
    Object.fromEntries(layers.map((layer) => [layer, wishes])) as Record<Layer, typeof wishes>,
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(stack, (given) => {
      const { fields: settled } = resolveFields(given)
      for (const person of [given.user, given.session]) {
        if (!person) continue
        if (person.budget !== undefined) expect(settled.budget).toBeLessThanOrEqual(person.budget)
        if (person.off) expect(settled.off).toBe(true)
        for (const category of person.blocked ?? []) expect(settled.blocked).toContain(category)
        if (person.mode === 'cautious') expect(settled.mode).toBe('cautious')
      }
      for (const category of given.compliance?.blocked ?? []) {
        expect(settled.blocked).toContain(category)
      }
      expect(settled.budget).toBeLessThanOrEqual(500)
    }),
  )
})

describe('an org, its feature, its users', () => {
  const org: Org = {
    v: 1,
    id: 'o',
    keys: [],
    compliance: [
      'Never promise a refund.',
      {
        text: 'State the risk of every investment.',
        style: { length: 'thorough' },
        blocked: ['finance'],
      },
    ],
    settings: { budget: 180, style: { length: 'brief', tone: 'formal' } },
    features: { search: { mode: 'cautious' } },
  }

  test('a rule stands over what the org itself and its users wish', () => {
    const settings = resolveSettings(org, 'search')
    expect(settings.style).toEqual({ length: 'thorough', tone: 'formal' })
    expect(settings.blocked).toEqual(['finance'])
    expect(settings.policy).toMatch(
      /^Rules:\n- Never promise a refund\.\n- State the risk of every investment\.\n\nForm of answers: thorough; formal$/,
    )
  })

  test('what a user gives up for one feature holds there and nowhere else', () => {
    const user = {
      blocked: ['health' as const],
      features: { search: 'off' as const, chat: ['role' as const] },
    }
    expect(resolveSettings(org, 'search', { user }).off).toBe(true)
    expect(resolveSettings(org, 'chat', { user })).toMatchObject({
      off: false,
      blocked: ['finance', 'health', 'role'],
    })
    expect(resolveSettings(org, undefined, { user }).blocked).toEqual(['finance', 'health'])
  })

  test('heard one after the other or all at once, the layers say the same', () => {
    const user = { mode: 'cautious' as const, budget: 90 }
    const session = { blocked: ['diet' as const] }
    const late = narrow(narrow(resolveSettings(org, 'search'), { session }), { user })
    expect(late).toEqual(resolveSettings(org, 'search', { user, session }))
    expect(late.policy).toBe(resolveSettings(org, 'search').policy)
  })

  test('the device and the receipt are told who set what', () => {
    const settings = resolveSettings(org, 'search', { user: { budget: 90 } })
    const by = {
      mode: 'feature',
      budget: 'user',
      highStakesBudget: 'user',
      blocked: 'compliance',
      'style.length': 'compliance',
      'style.tone': 'org',
    }
    expect(gateSettings(settings).why).toEqual(by)
    expect(rulesLine(settings)?.split(' ').toSorted()).toEqual(
      Object.entries(by)
        .map(([field, layer]) => `${field}=${layer}`)
        .toSorted(),
    )
    expect(gateSettings(resolveSettings({ v: 1, id: 'o', keys: [] })).why).toBeUndefined()
  })

  test('terms stay out of the shared prefix: it is the same whatever is asked', () => {
    const { policy, terms } = resolveSettings({ ...org, terminology: { PNR: 'a booking code' } })
    expect(policy).not.toContain('PNR')
    expect(terms).toEqual({ PNR: 'a booking code' })
  })

  test('a source off the list of hosts is not there', () => {
    const source = {
      name: 'crm',
      timeoutMs: 50,
      cacheSeconds: 60,
      categories: [],
      maxTokens: 50,
      schema: [{ name: 'plan', type: 'text' as const }],
    }
    const sources = [
      { ...source, url: 'https://crm.acme.test/me' },
      { ...source, name: 'other', url: 'https://elsewhere.test/' },
      { ...source, name: 'trick', url: 'https://crm.acme.test@elsewhere.test/' },
    ]
    const settings = resolveSettings({ ...org, sources, sourceHosts: ['crm.acme.test'] })
    expect(settings.sources.map(({ name }) => name)).toEqual(['crm'])
  })
})
