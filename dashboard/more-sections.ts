import { attachRate, cacheShare, economyOf } from '../shared/metrics/economy.ts'
import { degradations, NONE, type Distribution } from '../shared/metrics/names.ts'
import type { Figures, MetricsReport } from '../shared/schema/metrics.ts'
import { count, milliseconds, money, percent, time, words } from './format.ts'
import { gridOf, happened } from './grid.ts'
import type { Shown } from './sections.ts'
import type { Table } from './table.ts'

type Counts = Figures['counts']

/** What the page can show waiting times of. */
export const latencies = {
  provider: 'First byte of the provider',
  edge: 'Edge, before the provider is called',
  persona: 'Persona from KV',
  gate: 'Gate',
  learning: 'From words to self-model',
} as const satisfies Partial<Record<Distribution, string>>
export type Latency = keyof typeof latencies
export const isLatency = (name: string): name is Latency => Object.hasOwn(latencies, name)

export function latencyOverTime(report: MetricsReport, name: Latency): Shown {
  const { axis, points } = gridOf(report)
  const names = ['p50', 'p95', 'p99'] as const
  return {
    plot: {
      ...axis,
      top: 1,
      show: milliseconds,
      lines: names.map((label) => ({
        label,
        values: points.map(({ quantiles }) => quantiles[name]?.[label]),
      })),
    },
    table: {
      caption: `${latencies[name]}: percentiles over time`,
      head: ['Time', 'Times', ...names],
      rows: happened(report).flatMap(({ at, quantiles }) => {
        const known = quantiles[name]
        if (!known) return []
        const cells = names.map((quantile) => milliseconds(known[quantile]))
        return [[time(at, report.step), count(known.count), ...cells]]
      }),
    },
  }
}

/** Arms, tiers or cohorts beside each other. */
export function groupsTable({ groups, by }: MetricsReport): Table {
  const per = (amount: number | undefined, requests: number) =>
    requests > 0 ? (amount ?? 0) / requests : undefined
  return {
    caption: `Figures by ${by}`,
    head: [
      words(by),
      'Requests',
      'Attached',
      'Block tokens a request',
      'Cost a request',
      'Cache',
      'First byte p95',
    ],
    rows: groups
      .filter(({ counts }) => (counts['requests'] ?? 0) > 0)
      .map(({ name, counts, quantiles }) => {
        const requests = counts['requests'] ?? 0
        return [
          name === NONE ? '–' : name,
          count(requests),
          percent(attachRate(counts)),
          (per(counts['tokens:block'], requests) ?? 0).toFixed(1),
          money(per(economyOf(counts).spent, requests)),
          percent(cacheShare(counts)),
          milliseconds(quantiles['provider']?.p95),
        ]
      }),
  }
}

export function budgetCurve({ blocks }: MetricsReport): Shown {
  return {
    plot: {
      xs: blocks.map(({ tokens }) => tokens),
      top: 1,
      show: percent,
      showX: String,
      isTime: false,
      xName: 'Tokens',
      lines: [{ label: 'Blocks that fit', values: blocks.map(({ share }) => share) }],
    },
    table: {
      caption: 'Share of attached blocks by budget',
      head: ['Budget', 'Blocks that fit'],
      rows: blocks.map(({ tokens, share }) => [`${tokens} tokens`, percent(share)]),
    },
  }
}

const degraded = (counts: Counts) =>
  degradations.reduce((sum, why) => sum + (counts[`why:${why}`] ?? 0), 0)
const isError = (name: string) => name.startsWith('error:')
const errors = (counts: Counts) =>
  Object.entries(counts).reduce((sum, [name, n]) => (isError(name) ? sum + n : sum), 0)

export function troubleOverTime(report: MetricsReport, all: Counts): Shown {
  const { axis, points } = gridOf(report)
  const kinds = [
    ...degradations.map((why) => [`why:${why}`, 'Degraded'] as const),
    ...Object.keys(all)
      .filter(isError)
      .map((name) => [name, 'Error'] as const),
  ]
  return {
    plot: {
      ...axis,
      top: 4,
      show: count,
      lines: [
        { label: 'Degraded', values: points.map(({ counts }) => degraded(counts)) },
        { label: 'Errors', values: points.map(({ counts }) => errors(counts)) },
      ],
    },
    table: {
      caption: 'Degradations and errors by reason',
      head: ['Reason', 'Kind', 'Times'],
      rows: kinds
        .filter(([name]) => (all[name] ?? 0) > 0)
        .map(([name, kind]) => [words(name), kind, count(all[name])]),
    },
  }
}
