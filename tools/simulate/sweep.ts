import { ratio } from './report.ts'
import { simulate } from './run.ts'
import type { Scenario } from './scenario.ts'
import { renderTable } from './table.ts'

/** Values that are tried for each free parameter, all others as in the scenario. */
const tried: Record<Exclude<keyof Scenario, 'hours'>, readonly (number | string)[]> = {
  seed: [1, 2, 3],
  users: [1, 5, 20, 300],
  conversations: [2, 4],
  turns: [1, 3, 12],
  turnsSpread: [0, 6],
  words: [10, 120, 400],
  reply: [50, 400, 800],
  think: [10, 120, 300],
  thinkSigma: [0, 1.5],
  shared: [500, 1000, 4000, 16_000],
  facts: [4, 12, 60],
  profile: [800, 1200, 4000],
  profileChurn: [0, 0.2, 0.5],
  retrieved: [100, 500, 1000],
  need: [0, 0.05, 0.3, 0.6, 1],
  followUps: [0, 0.9],
  factsAtMost: [1, 5],
  styleInNeed: [0, 1],
  styleAlone: [0, 0.15, 0.25, 0.54],
  recall: [0.5, 0.8],
  falseRate: [0.02, 0.1, 0.3],
  cohorts: [1, 10, 100],
  cohortTemplate: [100, 300],
  found: [0.5, 0.8, 0.95],
  implicitModel: ['gpt-4.1', 'gpt-4o-mini'],
  breakpointsModel: ['claude-opus-5', 'claude-sonnet-5-5', 'claude-haiku-4-5', 'gpt-6-sol'],
}

/** A quarter of the users in a quarter of the time: the same traffic, four times as fast. */
export const quarter = (scenario: Scenario): Scenario => ({
  ...scenario,
  users: Math.ceil(scenario.users / 4),
  hours: scenario.hours / 4,
})

const names = ['none', 'edgewise', 'cohorts', 'fixed', 'naive', 'retrieval', 'newest']

export type SweepRow = { name: string; value: number | string; figures: number[] }
export const sweepHead = [
  'parameter',
  'value',
  'edgewise implicit',
  'edgewise breakpoints',
  'cohorts breakpoints',
  'fixed implicit',
  'naive implicit',
  'retrieval implicit',
  'newest only',
]

/** Runs the standard setting and then every value of every parameter by itself. */
export function sweep(
  scenario: Scenario,
  progress: (done: number, all: number) => void,
): SweepRow[] {
  const base = quarter(scenario)
  const cases: [string, number | string][] = Object.entries(tried).flatMap(([name, values]) =>
    values.map((value): [string, number | string] => [name, value]),
  )
  const rows: SweepRow[] = [{ name: 'standard', value: '', figures: figuresOf(base) }]
  for (const [i, [name, value]] of cases.entries()) {
    progress(i, cases.length)
    rows.push({ name, value, figures: figuresOf({ ...base, [name]: value }) })
  }
  progress(cases.length, cases.length)
  return rows
}

function figuresOf(scenario: Scenario): number[] {
  const outcomes = simulate(scenario, { only: names })
  return [
    ratio(outcomes, ['edgewise', 'none'], 'implicit'),
    ratio(outcomes, ['edgewise', 'none'], 'breakpoints'),
    ratio(outcomes, ['cohorts', 'none'], 'breakpoints'),
    ratio(outcomes, ['fixed', 'none'], 'implicit'),
    ratio(outcomes, ['naive', 'none'], 'implicit'),
    ratio(outcomes, ['retrieval', 'none'], 'implicit'),
    ratio(outcomes, ['newest', 'none'], 'breakpoints'),
  ]
}

const cellsOf = ({ name, value, figures }: SweepRow): string[] => [
  name,
  String(value),
  ...figures.map((figure) => figure.toFixed(figure < 1.2 ? 3 : 2)),
]

export const renderSweep = (rows: readonly SweepRow[]): string =>
  renderTable([sweepHead, ...rows.map(cellsOf)])

export const sweepCsv = (rows: readonly SweepRow[]): string =>
  [sweepHead, ...rows.map(cellsOf)].map((cells) => `${cells.join(',')}\n`).join('')
