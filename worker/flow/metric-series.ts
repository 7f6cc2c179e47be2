import { SUM } from '../../shared/metrics/cells.ts'
import { MOST as LARGEST, record, type Histogram } from '../../shared/metrics/histogram.ts'
import {
  isLabel,
  NONE,
  OTHER,
  VALUES,
  type Counter,
  type Distribution,
} from '../../shared/metrics/names.ts'
import type { MetricRow } from '../ports.ts'

/** What one series is of. Left out: it has none. */
export type Labels = {
  org: string
  arm?: string | undefined
  tier?: string | undefined
  cohort?: string | undefined
}

export type Series = {
  count(name: Counter, amount?: number): void
  /** Adds a value to a distribution; `undefined` is none. */
  spread(name: Distribution, value: number | undefined): void
}

/** Series that are told apart at a time. What comes beyond is counted as lost. */
const MOST = 512

const minuteOf = (now: number) => Math.floor(now / 60_000) * 60
const NOBODY = { org: '', arm: NONE, tier: NONE, cohort: NONE }

type Held = Series & { rows(): MetricRow[] }

/** What an isolate has counted since it last handed it over, by minute and series. Nothing here waits. */
export function createSeriesStore() {
  let held = new Map<string, Held>()
  let known = new Map<string, Set<string>>()
  let lost = 0
  /** Most requests are of the series that the one before was of. */
  let last: { labels: Labels; start: number; made: Held } | undefined

  /** A value's own name while its org has few of them. */
  function bounded(org: string, dimension: string, value: string | undefined): string {
    if (value === undefined || value === '') return NONE
    const key = `${dimension} ${org}`
    let values = known.get(key)
    if (!values) known.set(key, (values = new Set()))
    if (values.has(value)) return value
    if (values.size >= VALUES || !isLabel(value)) return OTHER
    values.add(value)
    return value
  }

  return {
    /** The series of these labels in the minute of `now` (ms); `undefined` where there are too many. */
    of(labels: Labels, now: number): Series | undefined {
      const start = minuteOf(now)
      if (last?.start === start && isSame(last.labels, labels)) return last.made
      const { org, arm, tier = NONE, cohort } = labels
      const own = { arm: bounded(org, 'arm', arm), tier, cohort: bounded(org, 'cohort', cohort) }
      const key = `${start} ${own.arm} ${own.tier} ${own.cohort} ${org}`
      const made = held.get(key) ?? createSeries({ org, start, ...own })
      if (!held.has(key)) {
        if (held.size >= MOST) {
          lost++
          return undefined
        }
        held.set(key, made)
      }
      last = { labels, start, made }
      return made
    },
    isFull: (): boolean => held.size >= MOST / 2,
    /** Hands everything over, and begins anew. `now`: when what was lost is counted, ms. */
    take(now: number): MetricRow[] {
      const rows = [...held.values()].flatMap((series) => series.rows())
      if (lost > 0) {
        const nobody = createSeries({ ...NOBODY, start: minuteOf(now) })
        nobody.count('lost', lost)
        rows.push(...nobody.rows())
      }
      held = new Map()
      known = new Map()
      last = undefined
      lost = 0
      return rows
    },
  }
}

const isSame = (a: Labels, b: Labels): boolean =>
  a.org === b.org && a.arm === b.arm && a.tier === b.tier && a.cohort === b.cohort

function createSeries(labels: Omit<MetricRow, 'metric' | 'bucket' | 'amount'>): Held {
  const counts = new Map<Counter, number>()
  const spreads = new Map<Distribution, { histogram: Histogram; sum: number }>()
  return {
    count(name, amount = 1) {
      if (amount !== 0) counts.set(name, (counts.get(name) ?? 0) + amount)
    },
    spread(name, value) {
      if (value === undefined) return
      let known = spreads.get(name)
      if (!known) spreads.set(name, (known = { histogram: new Map(), sum: 0 }))
      record(known.histogram, value)
      // A device says how long its gate took: what it makes up must not drown the sum of all others.
      known.sum += Math.min(value, LARGEST)
    },
    rows() {
      const row = (metric: string, bucket: number, amount: number): MetricRow => ({
        ...labels,
        metric,
        bucket,
        amount,
      })
      const counted = [...counts].map(([name, amount]) => row(name, 0, amount))
      const spread = [...spreads].flatMap(([name, { histogram, sum }]) => [
        row(name, SUM, sum),
        ...[...histogram].map(([bucket, amount]) => row(name, bucket, amount)),
      ])
      return [...counted, ...spread]
    },
  }
}
