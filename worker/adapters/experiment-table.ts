import type { ArmSums, ClassSums, Counted, Measure } from '../../shared/experiment/results.ts'
import { limits } from '../../shared/limits.ts'
import type { ExperimentOutcome, KeptForExperiments } from '../../shared/schema/experiment.ts'
import {
  SEVERAL,
  type ExperimentQuery,
  type ExperimentStore,
  type ExposureRow,
} from '../experiment-ports.ts'

const sums = ['requests', 'attached', 'tokens', 'waited', 'decided', 'needed', 'followed'] as const

const EXPOSE = `INSERT INTO exposures
  (org_key, experiment, user_key, session, arm, at, ${sums.join(', ')})
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ${sums.map((_, i) => `?${i + 7}`).join(', ')}
  WHERE NOT EXISTS (SELECT 1 FROM erased WHERE user_key = ?3 AND at >= ?6)
  ON CONFLICT (org_key, experiment, user_key, session) DO UPDATE SET
  arm = CASE arm WHEN excluded.arm THEN arm ELSE '${SEVERAL}' END,
  ${sums.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`

const KEEP = `INSERT OR IGNORE INTO outcomes
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
  WHERE (SELECT COUNT(*) FROM outcomes WHERE user_key = ?2 AND kept > ?10
    AND (name LIKE 'edgewise.%') = (?4 LIKE 'edgewise.%')) < ?11
    AND NOT EXISTS (SELECT 1 FROM erased WHERE user_key = ?2 AND at >= ?9)`

const ERASE = `INSERT INTO erased VALUES (?1, ?2)
  ON CONFLICT (user_key) DO UPDATE SET at = MAX(at, excluded.at)`

/** Users of an experiment, with their first answer and their arm. */
const PEOPLE = `WITH people AS (
    SELECT user_key, MIN(at) AS since, MIN(arm) AS arm, COUNT(DISTINCT arm) + MAX(arm = '${SEVERAL}') AS arms
    FROM exposures WHERE org_key = ?1 AND experiment = ?2 GROUP BY user_key
  ), counted AS (
    SELECT user_key, since, arm FROM people WHERE arms = 1 AND since <= ?4 - ?3
  )`

/** Those of them whose device decided in their first session, and whether it found need there. */
const CLASSED = `${PEOPLE}, classed AS (
    SELECT c.user_key, c.since, c.arm, MAX(e.needed > 0) AS needed FROM counted c
    JOIN exposures e ON e.org_key = ?1 AND e.experiment = ?2 AND e.user_key = c.user_key
      AND e.at = c.since AND e.decided > 0
    GROUP BY c.user_key
  )`

/** Between a user's first answer and a session that counts as coming back, ms. */
const HOUR = 3600_000
/** Calls without a page have no session: they count as one a day. */
const IS_DAY = "e.session LIKE 'day-%'"

const totalsBy = (
  columns: string,
) => `SELECT ${columns}, COUNT(value) AS n, TOTAL(value) AS sum, TOTAL(value * value) AS squares
  FROM found WHERE value IS NOT NULL GROUP BY ${columns}`

const valueOf: Record<ExperimentOutcome['kind'], string> = {
  yes: 'MAX(CASE WHEN o.value > 0 THEN 1.0 ELSE 0.0 END)',
  sum: 'TOTAL(o.value)',
  mean: 'AVG(o.value)',
}

const share = (of: string, all: string) => `TOTAL(e.${of}) / NULLIF(SUM(e.${all}), 0)`

const measureOf: Record<Measure, string> = {
  tokens: share('tokens', 'requests'),
  latency: share('waited', 'requests'),
  'follow-ups': share('followed', 'decided'),
  returned: `MAX(CASE WHEN ${IS_DAY} THEN NULL WHEN e.at >= c.since + ${HOUR} THEN 1.0 ELSE 0.0 END)`,
  'session-length': `AVG(CASE WHEN ${IS_DAY} THEN NULL ELSE e.requests END)`,
}

/** The value of each user of `people` (`counted` or `classed`), with other columns of theirs. */
const foundIn = (people: string, columns: string, { kind, measure }: Counted) =>
  measure
    ? `found AS (SELECT ${columns}, ${measureOf[measure]} AS value FROM ${people} c
        JOIN exposures e ON e.org_key = ?1 AND e.experiment = ?2 AND e.user_key = c.user_key
          AND e.at < c.since + ?3
        GROUP BY c.user_key)`
    : `found AS (SELECT ${columns}, ${valueOf[kind]} AS value FROM ${people} c
        LEFT JOIN outcomes o ON o.org_key = ?1 AND o.name = ?5 AND o.user_key = c.user_key
          AND o.at >= c.since AND o.at < c.since + ?3
        GROUP BY c.user_key)`

/** Rows of a kind that an export holds. */
const LISTED = 1000

/** The tables `exposures` and `outcomes` of D1: pseudonyms, labels and numbers, never a text. */
export function experimentTable(database: () => D1Database): ExperimentStore {
  const base = (sql: string, { orgKey, experiment, window, now }: ExperimentQuery, name?: string) =>
    database()
      .prepare(sql)
      .bind(orgKey, experiment, window, now, ...(name === undefined ? [] : [name]))
  const sumsOf = async <T>(sql: string, query: ExperimentQuery, { name, measure }: Counted) =>
    (await base(sql, query, measure ? undefined : name).all<T>()).results

  return {
    async expose(rows) {
      const d1 = database()
      const insert = d1.prepare(EXPOSE)
      const most = limits.exposureRows
      for (let i = 0; i < rows.length; i += most) {
        await d1.batch(rows.slice(i, i + most).map((row) => insert.bind(...valuesOf(row))))
      }
    },
    async keep({ orgKey, userKey, id, ...row }, { most, since }) {
      const d1 = database()
      const { name, value, session, receipt, at, kept } = row
      const [, found] = await d1.batch<{ found: number }>([
        d1
          .prepare(KEEP)
          .bind(orgKey, userKey, id, name, value, session, receipt, at, kept, since, most),
        d1
          .prepare(
            `SELECT EXISTS (SELECT 1 FROM outcomes WHERE org_key = ?1 AND user_key = ?2 AND id = ?3)
               OR EXISTS (SELECT 1 FROM erased WHERE user_key = ?2 AND at >= ?4) AS found`,
          )
          .bind(orgKey, userKey, id, kept),
      ])
      return found?.results[0]?.found === 1
    },
    async people(query) {
      const { results } = await base(
        `${PEOPLE} SELECT arm, arms > 1 AS crossed, since > ?4 - ?3 AS waiting, COUNT(*) AS users
         FROM people GROUP BY arm, crossed, waiting`,
        query,
      ).all<{ arm: string; crossed: number; waiting: number; users: number }>()
      const arms = new Map<string, number>()
      const count = (rows: typeof results) => rows.reduce((sum, { users }) => sum + users, 0)
      const one = results.filter(({ crossed }) => crossed === 0)
      for (const { arm, users } of one) arms.set(arm, (arms.get(arm) ?? 0) + users)
      return {
        exposed: [...arms].map(([arm, users]) => ({ arm, users })),
        crossed: count(results.filter(({ crossed }) => crossed === 1)),
        waiting: count(one.filter(({ waiting }) => waiting === 1)),
      }
    },
    async outcomeSums(query, outcome) {
      const found = foundIn('counted', 'c.arm AS arm', outcome)
      return sumsOf<ArmSums>(`${PEOPLE}, ${found} ${totalsBy('arm')}`, query, outcome)
    },
    async classSums(query, outcome) {
      const found = foundIn('classed', 'c.arm AS arm, c.needed AS needed', outcome)
      const sql = `${CLASSED}, ${found} ${totalsBy('arm, needed')}`
      const rows = await sumsOf<ArmSums & { needed: number }>(sql, query, outcome)
      return rows.map(({ needed, ...rest }): ClassSums => ({ ...rest, needed: needed === 1 }))
    },
    async listOf(userKey) {
      const rows = async <T>(table: string, columns: string): Promise<T[]> => {
        const sql = `SELECT ${columns} FROM ${table} WHERE user_key = ? ORDER BY at DESC LIMIT ${LISTED}`
        return (await database().prepare(sql).bind(userKey).all<T>()).results
      }
      const [exposures, outcomes] = await Promise.all([
        rows<KeptForExperiments['exposures'][number]>(
          'exposures',
          `experiment, arm, session, at, ${sums.join(', ')}`,
        ),
        rows<KeptForExperiments['outcomes'][number]>(
          'outcomes',
          'id, name, value, session, receipt, at, kept',
        ),
      ])
      return { exposures, outcomes }
    },
    async dropOf(userKey, until) {
      const d1 = database()
      const bound = (sql: string) => d1.prepare(sql).bind(userKey, until)
      await d1.batch([
        bound(ERASE),
        bound('DELETE FROM exposures WHERE user_key = ? AND at <= ?'),
        bound('DELETE FROM outcomes WHERE user_key = ? AND kept <= ?'),
      ])
    },
    async dropUntil(time, erased) {
      const d1 = database()
      await d1.batch([
        d1.prepare('DELETE FROM exposures WHERE at <= ?').bind(time),
        d1.prepare('DELETE FROM outcomes WHERE at <= ?').bind(time),
        d1.prepare('DELETE FROM erased WHERE at <= ?').bind(erased),
      ])
    },
  }
}

const valuesOf = (row: ExposureRow): (string | number)[] => [
  row.orgKey,
  row.experiment,
  row.userKey,
  row.session,
  row.arm,
  row.at,
  ...sums.map((name) => row[name]),
]
