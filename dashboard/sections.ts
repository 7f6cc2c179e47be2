import { attachRate, cacheShare, degradedShare, economyOf } from '../shared/metrics/economy.ts'
import type { Figures, MetricsReport } from '../shared/schema/metrics.ts'
import { build } from '../client/page-element.ts'
import { count, money, percent, time, words } from './format.ts'
import { gridOf, happened } from './grid.ts'
import type { Plot } from './plot.ts'
import type { Table } from './table.ts'

type Counts = Figures['counts']
export type Shown = { plot: Plot; table: Table }

/** Counts of the whole time. */
export function countsOf({ groups }: MetricsReport): Counts {
  const sum: Counts = {}
  for (const { counts } of groups) {
    for (const [name, amount] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + amount
  }
  return sum
}

type Tile = { name: string; value: string; note: string }

export function showTiles(place: HTMLElement, counts: Counts): void {
  const economy = economyOf(counts)
  const requests = counts['requests'] ?? 0
  const per = (micro: number) => `${money(requests > 0 ? micro / requests : 0)} a request`
  const { saved } = economy.tokens
  const tiles: Tile[] = [
    {
      name: 'Requests',
      value: count(requests),
      note: `${money(economy.spent)} at list prices${estimatedOf(counts)}`,
    },
    {
      name: 'Saved against always attaching',
      value: money(economy.saved),
      note: `${count(Math.abs(saved))} tokens ${saved < 0 ? 'more than that' : 'not sent'}`,
    },
    {
      name: 'Added to no personalization',
      value: money(economy.added),
      note: `${count(economy.tokens.added)} tokens, ${per(economy.added)}`,
    },
    {
      name: 'Carried something personal',
      value: percent(attachRate(counts)),
      note: `${count(counts['why:attached'] ?? 0)} of ${count(requests)} requests`,
    },
    {
      name: 'Input read from the cache',
      value: percent(cacheShare(counts)),
      note: `${count(counts['tokens:cached'] ?? 0)} tokens`,
    },
    {
      name: 'Degraded',
      value: percent(degradedShare(counts)),
      note: 'less than the request should have had',
    },
  ]
  place.replaceChildren(
    ...tiles.map(({ name, value, note }) =>
      build(
        'div',
        {},
        build('dt', { text: name }),
        build('dd', { text: value }),
        build('dd', { text: note }),
      ),
    ),
  )
}

/** How much of the bill is a guess: usage that the provider did not say. */
function estimatedOf(counts: Counts): string {
  const [requests = 0, estimated = 0] = [counts['requests'], counts['estimated']]
  return estimated > 0 ? `, usage of ${percent(estimated / requests)} estimated` : ''
}

export function costOverTime(report: MetricsReport, all: Counts): Shown {
  const { axis, points } = gridOf(report)
  const economies = points.map(({ counts }) => economyOf(counts, all))
  return {
    plot: {
      ...axis,
      top: 10,
      show: money,
      lines: [
        { label: 'Always', values: economies.map(({ always }) => always) },
        { label: 'Edgewise', values: economies.map(({ added }) => added) },
      ],
    },
    table: {
      caption: 'Cost of personal context over time',
      head: ['Time', 'Requests', 'Always', 'Edgewise', 'Whole bill'],
      rows: happened(report).map(({ at, counts }) => {
        const { always, added, spent } = economyOf(counts, all)
        const cells = [always, added, spent].map(money)
        return [time(at, report.step), count(counts['requests'] ?? 0), ...cells]
      }),
    },
  }
}

export function attachOverTime(report: MetricsReport): Shown {
  const { axis, points } = gridOf(report)
  return {
    plot: {
      ...axis,
      top: 1,
      show: percent,
      lines: [{ label: 'Attached', values: points.map(({ counts }) => attachRate(counts)) }],
    },
    table: {
      caption: 'Share of requests with personal context over time',
      head: ['Time', 'Requests', 'Attached', 'Share'],
      rows: happened(report).map(({ at, counts }) => [
        time(at, report.step),
        count(counts['requests'] ?? 0),
        count(counts['why:attached'] ?? 0),
        percent(attachRate(counts)),
      ]),
    },
  }
}

/** Counts whose names begin with `prefix`, the largest first, with their share of the requests. */
export function sharesOf(
  counts: Counts,
  { prefix, caption }: { prefix: string; caption: string },
): Table {
  const requests = counts['requests'] ?? 0
  return {
    caption,
    head: [words(prefix), 'Requests', 'Share'],
    rows: Object.entries(counts)
      .filter(([name]) => name.startsWith(`${prefix}:`))
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, amount]) => [
        words(name),
        count(amount),
        percent(requests > 0 ? amount / requests : undefined),
      ]),
  }
}

export function cacheOverTime(report: MetricsReport): Shown {
  const { axis, points } = gridOf(report)
  const kinds = ['fresh', 'cached', 'written', 'output'] as const
  return {
    plot: {
      ...axis,
      top: 1,
      show: percent,
      lines: [
        { label: 'Read from the cache', values: points.map(({ counts }) => cacheShare(counts)) },
      ],
    },
    table: {
      caption: 'Tokens by kind over time',
      head: ['Time', 'Share', 'Fresh', 'Read', 'Written', 'Answer'],
      rows: happened(report).map(({ at, counts }) => [
        time(at, report.step),
        percent(cacheShare(counts)),
        ...kinds.map((kind) => count(counts[`tokens:${kind}`] ?? 0)),
      ]),
    },
  }
}
