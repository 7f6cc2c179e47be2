import { expect, test } from 'vitest'
import { checkOrg } from '../../../shared/check-org.ts'
import { armDecision, armSettings } from '../../../shared/experiment/apply.ts'
import { armAt, armNamed, placeOf, runningFor } from '../../../shared/experiment/assign.ts'
import type { Assigned } from '../../../shared/experiment/assign.ts'
import { sampleRatio } from '../../../shared/experiment/sample-ratio.ts'
import { emptyPersona } from '../../../shared/persona.ts'
import { narrow, resolveSettings } from '../../../shared/resolve.ts'
import type { Experiment } from '../../../shared/schema/experiment.ts'
import type { Category } from '../../../shared/schema/fact.ts'

const experiment = (rest: Partial<Experiment> = {}): Experiment => ({
  id: 'e1',
  arms: [
    { arm: 'none', weight: 1 },
    { arm: 'summary', weight: 2, budget: 100 },
    { arm: 'full', weight: 1 },
  ],
  outcomes: [{ name: 'done', kind: 'yes' }],
  ...rest,
})
const pseudonyms = Array.from({ length: 20_000 }, (_, i) => `pseudonym-${i}`)
const armOf = (one: Experiment, pseudonym: string, salt = one.id) =>
  armAt(one, placeOf(salt, pseudonym)).label

test('users fall into arms by weight, and each stays in one', () => {
  const one = experiment()
  const groups = Object.groupBy(pseudonyms, (pseudonym) => armOf(one, pseudonym))
  const counts = ['none', 'summary-100', 'full'].map((label) => groups[label]?.length ?? 0)
  expect(counts.reduce((a, b) => a + b)).toBe(pseudonyms.length)
  const [none = 0, summary = 0, full = 0] = counts
  const { p } = sampleRatio([
    { count: none, weight: 1 },
    { count: summary, weight: 2 },
    { count: full, weight: 1 },
  ])
  expect(p).toBeGreaterThan(0.01)
  for (const pseudonym of pseudonyms.slice(0, 100))
    expect(armOf(one, pseudonym)).toBe(armOf(one, pseudonym))
})

test('another salt has nothing to do with the first: the arms of both are independent', () => {
  const one = experiment()
  const both = pseudonyms.filter(
    (p) => armOf(one, p, 'salt-a') === 'none' && armOf(one, p, 'salt-b') === 'none',
  )
  // A quarter of a quarter: 1,250, give or take five standard errors.
  expect(both.length).toBeGreaterThan(1080)
  expect(both.length).toBeLessThan(1420)
})

test('a place at the very end still has an arm', () => {
  expect(armAt(experiment(), 0).label).toBe('none')
  expect(armAt(experiment(), 1).label).toBe('full')
})

test('an experiment runs from its start until its end, that of the feature before that of the org', () => {
  const all = [experiment(), experiment({ id: 'e2', feature: 'search', start: 100, end: 200 })]
  const at = (now: number, feature?: string) => runningFor(all, { feature, now })?.id
  expect(at(99, 'search')).toBe('e1')
  expect(at(100, 'search')).toBe('e2')
  expect(at(199, 'search')).toBe('e2')
  expect(at(200, 'search')).toBe('e1')
  expect(at(150)).toBe('e1')
  expect(at(150, 'chat')).toBe('e1')
})

test('an arm is forced by its label, of the experiment or, without one, of the three', () => {
  expect(armNamed('summary-100', experiment())).toEqual({
    experiment: 'e1',
    arm: 'summary',
    label: 'summary-100',
    budget: 100,
    forced: true,
  })
  expect(armNamed('summary', experiment())).toBeUndefined()
  expect(armNamed('full', undefined)).toEqual({ arm: 'full', label: 'full', forced: true })
  expect(armNamed('everything', undefined)).toBeUndefined()
})

test('an arm’s budget is a cap, and full has one of its own that no user’s less gives way to', () => {
  const settings = resolveSettings({ v: 1, id: 'o', keys: [], settings: { budget: 150 } })
  const full = armNamed('full', undefined)
  const step = armNamed('summary-100', experiment())
  expect(armSettings(settings, undefined)).toBe(settings)
  expect(armSettings(settings, armNamed('summary', undefined))).toBe(settings)
  expect(armSettings(settings, step)).toMatchObject({ budget: 100, highStakesBudget: 100 })
  expect(armSettings(settings, full)).toMatchObject({ budget: 2000, maxFacts: 64 })
  const modest = narrow(settings, { user: { budget: 40, maxFacts: 2 } })
  expect(armSettings(modest, full)).toMatchObject({ budget: 40, maxFacts: 2 })
})

test.each([
  ['an arm twice', { arms: [experiment().arms[0], experiment().arms[0]] }, 'arms'],
  [
    'a budget of none',
    {
      arms: [
        { arm: 'none', weight: 1, budget: 9 },
        { arm: 'full', weight: 1 },
      ],
    },
    'arms[0].budget',
  ],
  ['one arm', { arms: [{ arm: 'none', weight: 1 }] }, 'arms'],
  [
    'a weight of nothing',
    {
      arms: [
        { arm: 'none', weight: 0 },
        { arm: 'full', weight: 1 },
      ],
    },
    'arms[0].weight',
  ],
  [
    'an arm without context that also goes without a category',
    {
      arms: [
        { arm: 'none', weight: 1, without: 'diet' },
        { arm: 'full', weight: 1 },
      ],
    },
    'arms[0].without',
  ],
  [
    'an arm without style, which is no fact alone',
    {
      arms: [
        { arm: 'summary', weight: 1, without: 'style' },
        { arm: 'full', weight: 1 },
      ],
    },
    'arms[0].without',
  ],
  [
    'a guardrail that decides',
    { outcomes: [{ name: 'a', kind: 'yes', guardrail: true }] },
    'outcomes[0]',
  ],
  [
    'an outcome twice',
    {
      outcomes: [
        { name: 'a', kind: 'yes' },
        { name: 'a', kind: 'sum' },
      ],
    },
    'outcomes',
  ],
  ['an end before its start', { start: 5, end: 5 }, 'end'],
  ['a salt that cannot be hashed', { salt: 'schöne Grüße' }, 'salt'],
  ['a field that does not exist', { weights: [] }, 'weights'],
])('a record with %s is refused', (_, change, field) => {
  const json = { v: 1, id: 'o', keys: [], experiments: [{ ...experiment(), ...change }] }
  const checked = checkOrg(json, { development: false })
  expect(checked.ok ? undefined : checked.problem).toMatchObject({
    code: 'bad_request',
    field: `experiments[0].${field}`,
  })
})

test('a weight of nothing is refused with what it must be', () => {
  const arms = [{ arm: 'none', weight: 0 }, ...experiment().arms]
  const json = { v: 1, id: 'o', keys: [], experiments: [{ ...experiment(), arms }] }
  expect(checkOrg(json, { development: false })).toMatchObject({
    problem: { field: 'experiments[0].arms[0].weight', expected: 'more than 0' },
  })
})

test('two experiments of a feature at the same time are refused, one after the other is not', () => {
  const check = (...experiments: Experiment[]) =>
    checkOrg({ v: 1, id: 'o', keys: [], experiments }, { development: false })
  expect(check(experiment({ end: 10 }), experiment({ id: 'e2', start: 10 })).ok).toBe(true)
  expect(check(experiment(), experiment({ id: 'e2', feature: 'search' })).ok).toBe(true)
  expect(check(experiment({ end: 10 }), experiment({ id: 'e2', start: 9 }))).toMatchObject({
    problem: { field: 'experiments[1].start' },
  })
  expect(check(experiment({ end: 10 }), experiment({ start: 10 }))).toMatchObject({
    problem: { field: 'experiments[1].id' },
  })
})

test('an arm may go without the facts of one category, but for vital ones', () => {
  const half = { arm: 'summary' as const, weight: 1, without: 'diet' as const }
  const one = experiment({ arms: [{ arm: 'summary', weight: 19 }, half] })
  const assigned = armAt(one, 0.96)
  expect([armAt(one, 0.94).label, assigned.label]).toEqual(['summary', 'summary-no-diet'])
  const fact = (id: string, category: Category, vital = false) => ({
    id,
    category,
    text: id,
    vital,
  })
  const persona = {
    ...emptyPersona(),
    facts: [fact('soup', 'diet'), fact('nuts', 'diet', true), fact('cello', 'preference')],
  }
  const asked = {
    tier: 'lite' as const,
    mode: 'balanced' as const,
    language: 'en',
    inherited: 0,
    ms: 0,
    reason: '',
    slices: { style: false, session: false, profile: true },
    facts: ['soup', 'nuts', 'cello', 'tea'],
    weights: [90, 80, 70, 60],
    stakes: 'none' as const,
  }
  const given = { persona, deviceFacts: [fact('tea', 'diet')] }
  const decide = (of: Assigned | undefined) => armDecision(asked, { ...given, assigned: of })
  expect(decide(assigned)).toMatchObject({ facts: ['nuts', 'cello'], weights: [80, 70] })
  expect(decide(armAt(one, 0))).toMatchObject({ facts: asked.facts, weights: asked.weights })
})
