import type { Dimension } from '../../shared/metrics/names.ts'
import type { MetricRange, MetricRow, MetricStore } from '../ports.ts'

/** Seconds for which minutes and hours are kept, and between two foldings. */
const MINUTES_KEPT = 2 * 24 * 3600
const HOURS_KEPT = 90 * 24 * 3600
const FOLD_EVERY = 3600
/** Seconds after which no more of a minute is expected: then it is added to the sum of all time. */
const SETTLED = 2 * 3600
/** Series in one bound value: D1 takes 2 MB, and a series with every bucket there is has 30 kB. */
const AT_ONCE = 50

const SERIES = 'arm, tier, cohort'
/** Each number of each row, as columns. */
const CELLS = `(SELECT span, org, start, ${SERIES}, value->>0 AS metric, value->>1 AS bucket,
  value->>2 AS amount FROM metric_series, json_each(cells))`

/** A batch that is sent again after a lost answer finds its rows there, and changes nothing. */
const ADD = `INSERT INTO metric_series (span, org, start, ${SERIES}, part, cells)
  SELECT 60, value->>0, value->>1, value->>2, value->>3, value->>4, ?2, value->>5
  FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING`

/** Rows of numbers added up, one row a series again. */
const together = ({ span, start, part, where }: Folding) => `
  INSERT INTO metric_series (span, org, start, ${SERIES}, part, cells)
  SELECT ${span}, org, place, ${SERIES}, ${part}, json_group_array(json_array(metric, bucket, amount))
  FROM (
    SELECT org, ${start} AS place, ${SERIES}, metric, bucket, SUM(amount) AS amount
    FROM ${CELLS} WHERE ${where} GROUP BY org, place, ${SERIES}, metric, bucket
  ) GROUP BY org, place, ${SERIES}
  ON CONFLICT DO UPDATE SET cells = excluded.cells`
type Folding = { span: number; start: string; part: string; where: string }

/** Minutes before `?1` into their hours; `?2` names the folding, since an hour may be folded in two. */
const INTO_HOURS = together({
  span: 3600,
  start: 'start - start % 3600',
  part: '?2',
  where: 'span = 60 AND start < ?1',
})
/** Minutes that are not in the sum of all time yet. */
const NOT_IN_ALL = `span = 60 AND start >= (SELECT at FROM metric_upkeep WHERE task = 'all')`
/** Those before `?1` into that sum: of the series that they are of, and no other. */
const INTO_ALL = together({
  span: 0,
  start: '0',
  part: `'all'`,
  where: `${NOT_IN_ALL} AND start < ?1 OR span = 0 AND (org, ${SERIES}) IN (
    SELECT org, ${SERIES} FROM metric_series WHERE ${NOT_IN_ALL} AND start < ?1)`,
})

/**
 * The table `metric_series` of D1. Minutes leave it by being folded, so every sum over minutes and hours is
 * exact. The sum of all time lacks what came more than two hours late.
 */
export function metricTable(database: () => D1Database): MetricStore {
  const ofRange = ({ org, from, to }: MetricRange, what: string, rest: unknown[]) =>
    database()
      .prepare(
        `SELECT ${what} AS name, metric, bucket, SUM(amount) AS amount FROM ${CELLS}
         WHERE span IN (60, 3600) AND org = ? AND start >= ? AND start < ?
         GROUP BY 1, metric, bucket`,
      )
      .bind(...rest, org, from, to)

  return {
    async add({ id, rows }) {
      const d1 = database()
      const parts = chunks(seriesOf(rows)).map((part) =>
        d1.prepare(ADD).bind(JSON.stringify(part), id),
      )
      await d1.batch(parts)
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
      const query = `SELECT org, metric, bucket, ${SERIES}, SUM(amount) AS amount FROM ${CELLS}
        WHERE (span = 0 OR ${NOT_IN_ALL}) ${org === undefined ? '' : 'AND org = ?'}
        GROUP BY org, metric, bucket, ${SERIES}`
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
        d1.prepare(INTO_HOURS).bind(old, `folded-${now}`),
        d1.prepare(INTO_ALL).bind(now - SETTLED),
        d1
          .prepare(`UPDATE metric_upkeep SET at = ? WHERE task = 'all' AND at < ?`)
          .bind(now - SETTLED, now - SETTLED),
        d1.prepare('DELETE FROM metric_series WHERE span = 60 AND start < ?').bind(old),
        d1
          .prepare('DELETE FROM metric_series WHERE span = 3600 AND start < ?')
          .bind(now - HOURS_KEPT),
      ])
    },
  }
}

type Cell = Pick<MetricRow, 'metric' | 'bucket' | 'amount'>

/** Never a name from outside in a statement. */
const columns: Record<Dimension, string> = { arm: 'arm', tier: 'tier', cohort: 'cohort' }

/** All numbers of a series and minute in one row, as `ADD` reads it. */
function seriesOf(rows: readonly MetricRow[]): unknown[][] {
  const labelsOf = ({ org, start, arm, tier, cohort }: MetricRow) => [org, start, arm, tier, cohort]
  const groups = Map.groupBy(rows, (row) => JSON.stringify(labelsOf(row)))
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    const cells = group.map(({ metric, bucket, amount }) => [metric, bucket, amount])
    return first ? [[...labelsOf(first), cells]] : []
  })
}

const chunks = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, i) =>
    items.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
  )
