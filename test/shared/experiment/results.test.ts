import { expect, test } from 'vitest'
import { resultsOf, type ArmSums, type Measured } from '../../../shared/experiment/results.ts'
import type { Experiment } from '../../../shared/schema/experiment.ts'

const experiment: Experiment = {
  id: 'e1',
  arms: [
    { arm: 'none', weight: 1 },
    { arm: 'summary', weight: 1 },
    { arm: 'full', weight: 1 },
  ],
  outcomes: [{ name: 'done', kind: 'yes' }],
}

/** Users of whom this share has the outcome. */
const yes = (arm: string, n: number, share: number): ArmSums => ({
  arm,
  n,
  sum: n * share,
  squares: n * share,
})
/** Users who all have about this value. */
const about = (arm: string, mean: number): ArmSums => ({
  arm,
  n: 4000,
  sum: 4000 * mean,
  squares: 4000 * (mean * mean + 1),
})

const measured: Measured = {
  exposed: [
    { arm: 'none', users: 4100 },
    { arm: 'summary', users: 4000 },
    { arm: 'full', users: 4050 },
  ],
  crossed: 3,
  waiting: 150,
  outcome: [yes('none', 4000, 0.4), yes('summary', 4000, 0.5), yes('full', 4000, 0.51)],
  classes: [
    { ...yes('none', 500, 0.2), needed: true },
    { ...yes('summary', 500, 0.8), needed: true },
    { ...yes('none', 3400, 0.43), needed: false },
    { ...yes('summary', 3400, 0.44), needed: false },
  ],
  tokens: [about('none', 0), about('summary', 40), about('full', 1200)],
  guardrails: [
    {
      outcome: { name: 'latency', kind: 'mean', better: 'lower', guardrail: true, margin: 0.1 },
      sums: [about('none', 300), about('summary', 300.5), about('full', 420)],
    },
    {
      outcome: { name: 'agreement', kind: 'yes', better: 'lower', guardrail: true, margin: 0.1 },
      sums: [yes('none', 4000, 0.2), yes('summary', 4000, 0.21), yes('full', 50, 0.2)],
    },
  ],
}
const results = resultsOf(experiment, { outcome: { name: 'done', kind: 'yes' }, measured })

test('each arm has its mean, and each but the first its difference from the first', () => {
  expect(results.arms.map(({ arm, n, mean }) => [arm, n, mean])).toEqual([
    ['none', 4000, 0.4],
    ['summary', 4000, 0.5],
    ['full', 4000, 0.51],
  ])
  expect(results.difference.map(({ arm, against }) => [arm, against])).toEqual([
    ['summary', 'none'],
    ['full', 'none'],
  ])
  const [summary] = results.difference
  expect(summary?.value).toBeCloseTo(0.1, 12)
  expect(summary?.low).toBeGreaterThan(0.05)
  expect(summary?.high).toBeLessThan(0.15)
  expect(results.ratio).toMatchObject({ crossed: 3 })
  expect(results.ratio.p).toBeCloseTo(0.5393, 3)
  expect(results.waiting).toBe(150)
})

test('the steps go from fewer to more tokens, and say what a hundred of them bring', () => {
  expect(results.steps.map(({ from, to, tokens }) => [from, to, tokens])).toEqual([
    ['none', 'summary', 40],
    ['summary', 'full', 1160],
  ])
  const [first, second] = results.steps
  expect(first?.perHundred).toBeCloseTo(0.25, 12)
  expect(second?.perHundred).toBeCloseTo((0.01 / 1160) * 100, 12)
  // The second step cannot be told from nothing.
  expect(second?.low).toBeLessThan(0)
  expect(second?.high).toBeGreaterThan(0)
})

test('those who needed context are told apart from those who did not', () => {
  const [needed, rest] = results.classes
  expect([needed?.needed, rest?.needed]).toEqual([true, false])
  expect(needed?.arms.map(({ arm, n, mean }) => [arm, n, mean])).toEqual([
    ['none', 500, 0.2],
    ['summary', 500, 0.8],
    ['full', 0, 0],
  ])
  expect(needed?.difference[0]?.value).toBeCloseTo(0.6, 12)
  expect(needed?.difference[0]?.low).toBeGreaterThan(0.4)
  expect(needed?.difference[1]).toMatchObject({ arm: 'full', value: null, low: null })
  // Where nothing was needed, nothing came of it.
  expect(rest?.difference[0]?.low).toBeLessThan(0)
})

test('a guardrail holds, is broken, or is open', () => {
  expect(results.guardrails.map(({ name, arm, state }) => [name, arm, state])).toEqual([
    ['latency', 'summary', 'holds'],
    ['latency', 'full', 'broken'],
    ['agreement', 'summary', 'open'],
    ['agreement', 'full', 'open'],
  ])
})

test('more arms share the level: their intervals are wider', () => {
  const two = { ...experiment, arms: experiment.arms.slice(0, 2) }
  const alone = resultsOf(two, { outcome: { name: 'done', kind: 'yes' }, measured })
  expect(alone.difference[0]?.low ?? 0).toBeGreaterThan(results.difference[0]?.low ?? 1)
})

test('without anybody there is nothing to see, and no number that is none', () => {
  const nobody: Measured = {
    exposed: [],
    crossed: 0,
    waiting: 0,
    outcome: [],
    classes: [],
    tokens: [],
    guardrails: [],
  }
  const empty = resultsOf(experiment, { outcome: { name: 'done', kind: 'yes' }, measured: nobody })
  expect(empty.arms).toHaveLength(3)
  expect(empty.arms[0]).toEqual({ arm: 'none', n: 0, mean: 0, low: null, high: null })
  expect(empty.difference[0]).toMatchObject({ value: null, low: null, high: null })
  expect(empty.steps).toEqual([])
  expect(empty.ratio.p).toBe(1)
  expect(JSON.parse(JSON.stringify(empty))).toEqual(empty)
})
