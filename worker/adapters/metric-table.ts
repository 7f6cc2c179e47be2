import type { Dimension } from '../../shared/metrics/names.ts'
import type { MetricRange, MetricRow, MetricStore } from '../ports.ts'

/** Seconds for which minutes and hours are kept, and between two foldings. */
const MINUTES_KEPT = 2 * 24 * 3600
const HOURS_KEPT = 90 * 24 * 3600
const FOLD_EVERY = 3600
/** Rows in one bound value: D1 takes 2 MB, and a row has about 150 bytes. */
const AT_ONCE = 5000

const SERIES = 'metric, bucket, arm, tier, cohort'
const ADD = 'ON CONFLICT DO UPDATE SET amount = amount + excluded.amount'

const insert = `INSERT INTO metrics (span, org, start, ${SERIES}, amount)
  SELECT 60, ->>0, ->>1, ->>2, ->>3, ->>4, ->>5, ->>6, ->>7 FROM json_each(?) WHERE true ${ADD}`.replaceAll(
  '->>',
  'json_each.value->>',
)

/** Moves what has left the minutes: to its hour, and into the sum of all time. */
const foldInto = (span: 3600 | 0) => `INSERT INTO metrics (span, org, start, ${SERIES}, amount)
  SELECT ${span}, org, ${span === 0 ? '0' : 'start - start % 3600'} AS hour, ${SERIES}, SUM(amount)
  FROM metrics WHERE span = 60 AND start < ? GROUP BY org, hour, ${SERIES} ${ADD}`

/** The table `metrics` of D1. Minutes leave it by being folded, so every sum over both spans is exact. */
export function metricTable(database: () => D1Database): MetricStore {
  const ofRange = ({ org, from, to }: MetricRange, what: string, rest: unknown[]) =>
    database()
      .prepare(
        `SELECT ${what} AS name, metric, bucket, SUM(amount) AS amount FROM metrics
         WHERE span IN (60, 3600) AND org = ? AND start >= ? AND start < ?
         GROUP BY 1, metric, bucket`,
      )
      .bind(...rest, org, from, to)

  return {
    async add({ id, at, rows }) {
      const d1 = database()
      const mark = d1.prepare('INSERT INTO metric_batches (id, at) VALUES (?, ?)').bind(id, at)
      const parts = chunks(rows.map(valuesOf)).map((part) =>
        d1.prepare(insert).bind(JSON.stringify(part)),
      )
      try {
        await d1.batch([mark, ...parts])
      } catch (cause) {
        // Added before; only its answer was lost.
        if (!(await isKnown(d1, id))) throw cause
      }
    },

    async points(range) {
      const query = ofRange(range, 'start - start % ?', [range.step])
      const { results } = await query.all<Cell & { name: number }>()
      return results.map(({ name, ...cell }) => ({ ...cell, start: name }))
    },

    async groups(range, by) {
      return (await ofRange(range, columns[by], []).all<Cell & { name: string }>()).results
    },

    async totals(org) {
      const query = `SELECT org, ${SERIES}, SUM(amount) AS amount FROM metrics
        WHERE span IN (60, 0) ${org === undefined ? '' : 'AND org = ?'} GROUP BY org, ${SERIES}`
      const bound = database()
        .prepare(query)
        .bind(...(org === undefined ? [] : [org]))
      return (await bound.all<Omit<MetricRow, 'start'>>()).results
    },

    async fold(now) {
      const d1 = database()
      const due = await d1
        .prepare(`UPDATE metric_upkeep SET at = ? WHERE task = 'fold' AND at <= ?`)
        .bind(now, now - FOLD_EVERY)
        .run()
      if (due.meta.changes === 0) return
      const old = now - MINUTES_KEPT
      await d1.batch([
        d1.prepare(foldInto(3600)).bind(old),
        d1.prepare(foldInto(0)).bind(old),
        d1.prepare('DELETE FROM metrics WHERE span = 60 AND start < ?').bind(old),
        d1.prepare('DELETE FROM metrics WHERE span = 3600 AND start < ?').bind(now - HOURS_KEPT),
        d1.prepare('DELETE FROM metric_batches WHERE at < ?').bind((now - FOLD_EVERY) * 1000),
      ])
    },
  }
}

type Cell = Pick<MetricRow, 'metric' | 'bucket' | 'amount'>

/** Never a name from outside in a statement. */
const columns: Record<Dimension, string> = { arm: 'arm', tier: 'tier', cohort: 'cohort' }

const valuesOf = ({ org, start, metric, bucket, arm, tier, cohort, amount }: MetricRow) => [
  org,
  start,
  metric,
  bucket,
  arm,
  tier,
  cohort,
  amount,
]

const chunks = <T>(rows: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(rows.length / AT_ONCE) }, (_, i) =>
    rows.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
  )

async function isKnown(d1: D1Database, id: string): Promise<boolean> {
  const query = d1.prepare('SELECT 1 FROM metric_batches WHERE id = ?').bind(id)
  return (await query.first().catch(() => null)) !== null
}
