import * as z from 'zod/mini'
import { adminRoutes } from '../shared/contract.ts'
import { ExperimentList, ExperimentResults } from '../shared/schema/experiment-report.ts'
import { count } from './format.ts'
import { PATIENCE } from './load.ts'
import type { Plot } from './plot.ts'
import type { Table } from './table.ts'

/** An org's experiments, and what the chosen one shows; `undefined` where they cannot be had just now. */
export type Experiments = {
  list: ExperimentList['experiments']
  results?: ExperimentResults
}

export async function loadExperiments(
  token: string,
  chosen: string | undefined,
): Promise<Experiments | undefined> {
  const ask = async <T>(path: string, schema: z.ZodMiniType<T>): Promise<T | undefined> => {
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(path, { headers, signal: AbortSignal.timeout(PATIENCE) })
    return response.ok ? schema.parse(await response.json()) : undefined
  }
  try {
    const known = await ask(adminRoutes.experiments.path, ExperimentList)
    if (!known) return undefined
    const list = known.experiments
    const id = (list.find((one) => one.id === chosen) ?? list[0])?.id
    if (id === undefined) return { list }
    const path = adminRoutes.experiment.path.replace(':id', encodeURIComponent(id))
    const results = await ask(path, ExperimentResults)
    return { list, ...(results ? { results } : {}) }
  } catch {
    return undefined
  }
}

const number = (value: number | null | undefined) =>
  value == null ? '–' : String(Number(value.toPrecision(3)))
const interval = (low: number | null, high: number | null) =>
  low === null || high === null ? 'not yet' : `${number(low)} to ${number(high)}`

/** Each arm with the interval that its mean lies in, whenever one looks. */
export function armsPlot({ arms, outcome }: ExperimentResults): Plot {
  return {
    xs: arms.map((_, i) => i + 1),
    isTime: false,
    xName: 'Arm',
    showX: (x) => arms[x - 1]?.arm ?? '',
    show: number,
    top: 0.01,
    bars: arms.map(({ low, high }) => (low === null || high === null ? undefined : { low, high })),
    lines: [{ label: outcome, values: arms.map(({ n, mean }) => (n > 0 ? mean : undefined)) }],
  }
}

export function armsTable({ arms, difference, outcome, level }: ExperimentResults): Table {
  const sure = `${number((1 - level) * 100)}%`
  return {
    caption: `Arms of the experiment by ${outcome}`,
    head: ['Arm', 'Users', 'Mean', `Interval, ${sure}`, 'Difference', 'Its interval'],
    rows: arms.map(({ arm, n, mean, low, high }) => {
      const more = difference.find((one) => one.arm === arm)
      return [
        arm,
        count(n),
        n > 0 ? number(mean) : '–',
        interval(low, high),
        number(more?.value),
        more ? interval(more.low, more.high) : '–',
      ]
    }),
  }
}

export function stepsTable({ steps, outcome }: ExperimentResults): Table {
  return {
    caption: `What each budget step brings in ${outcome}`,
    head: ['Step', 'Tokens more', 'Gain', 'Its interval', 'Gain for 100 tokens'],
    rows: steps.map(({ from, to, tokens, gain, low, high, perHundred }) => [
      `${from} to ${to}`,
      count(Math.round(tokens)),
      number(gain),
      interval(low, high),
      number(perHundred),
    ]),
  }
}

/** Of those who needed something about them, and of those who did not: all together thin the first out. */
export function classesTable({ classes, outcome }: ExperimentResults): Table {
  return {
    caption: `By whether the first visit needed context, ${outcome}`,
    head: ['First visit', 'Arm', 'Users', 'Mean', 'Difference', 'Its interval'],
    rows: classes.flatMap(({ needed, arms, difference }) =>
      arms.map(({ arm, n, mean }) => {
        const more = difference.find((one) => one.arm === arm)
        return [
          needed ? 'needed it' : 'did not',
          arm,
          count(n),
          n > 0 ? number(mean) : '–',
          number(more?.value),
          more ? interval(more.low, more.high) : '–',
        ]
      }),
    ),
  }
}

export function guardsTable({ guardrails }: ExperimentResults): Table {
  return {
    caption: 'Guardrails',
    head: ['Guardrail', 'Arm', 'Difference', 'Its interval', 'State'],
    rows: guardrails.map(({ name, arm, value, low, high, state }) => [
      name,
      arm,
      number(value),
      interval(low, high),
      state,
    ]),
  }
}

/** What must be known before anything is read off the table. */
export function warningOf({ ratio, waiting }: ExperimentResults): string {
  if (ratio.p < 0.001) {
    return `Users did not fall into the arms as they should (p = ${number(ratio.p)}): nothing here can be trusted.`
  }
  return waiting > 0 ? `Outcomes of ${count(waiting)} users may still come.` : ''
}
