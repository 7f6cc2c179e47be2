import type { ArmSums, Measure } from '../../shared/experiment/results.ts'
import type { ExperimentOutcome } from '../../shared/schema/experiment.ts'
import type { ExperimentQuery, ExperimentStore, ExposureRow } from '../experiment-ports.ts'

const sums = ['requests', 'attached', 'tokens', 'waited', 'decided', 'needed', 'followed'] as const

const EXPOSE = `INSERT INTO exposures
  (org_key, experiment, user_key, session, arm, at, ${sums.join(', ')})
  VALUES (?, ?, ?, ?, ?, ?, ${sums.map(() => '?').join(', ')})
  ON CONFLICT (org_key, experiment, user_key, session) DO UPDATE SET
  ${sums.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`

const KEEP = `INSERT OR IGNORE INTO outcomes
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
  WHERE (SELECT COUNT(*) FROM outcomes WHERE user_key = ?2 AND kept > ?10) < ?11`

/** Users of an experiment, with their first answer and their arm. */
const PEOPLE = `WITH people AS (
    SELECT user_key, MIN(at) AS since, MIN(arm) AS arm, COUNT(DISTINCT arm) AS arms
    FROM exposures WHERE org_key = ?1 AND experiment = ?2 GROUP BY user_key
  ), counted AS (
    SELECT user_key, since, arm FROM people WHERE arms = 1 AND since <= ?4 - ?3
  )`

const TOTALS = `SELECT arm, COUNT(value) AS n, TOTAL(value) AS sum, TOTAL(value * value) AS squares
  FROM found WHERE value IS NOT NULL GROUP BY arm`

const valueOf: Record<ExperimentOutcome['kind'], string> = {
  yes: 'MAX(CASE WHEN o.value > 0 THEN 1.0 ELSE 0.0 END)',
  sum: 'TOTAL(o.value)',
  mean: 'AVG(o.value)',
}

const share: Record<Measure, { of: string; all: string }> = {
  tokens: { of: 'tokens', all: 'requests' },
  latency: { of: 'waited', all: 'requests' },
  'follow-ups': { of: 'followed', all: 'decided' },
}

/** D1 takes this many statements in one go without trouble. */
const BATCH = 50

/** The tables `exposures` and `outcomes` of D1: pseudonyms, labels and numbers, never a text. */
export function experimentTable(database: () => D1Database): ExperimentStore {
  const base = (sql: string, { orgKey, experiment, window, now }: ExperimentQuery) =>
    database().prepare(sql).bind(orgKey, experiment, window, now)

  return {
    async expose(rows) {
      const d1 = database()
      const insert = d1.prepare(EXPOSE)
      for (let i = 0; i < rows.length; i += BATCH) {
        await d1.batch(rows.slice(i, i + BATCH).map((row) => insert.bind(...valuesOf(row))))
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
            'SELECT COUNT(*) AS found FROM outcomes WHERE org_key = ? AND user_key = ? AND id = ?',
          )
          .bind(orgKey, userKey, id),
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
    async outcomeSums(query, { name, kind }) {
      const { orgKey, experiment, window, now } = query
      const sql = `${PEOPLE}, found AS (
          SELECT c.arm AS arm, ${valueOf[kind]} AS value FROM counted c
          LEFT JOIN outcomes o ON o.org_key = ?1 AND o.name = ?5 AND o.user_key = c.user_key
            AND o.at >= c.since AND o.at < c.since + ?3
          GROUP BY c.user_key
        ) ${TOTALS}`
      const asked = database().prepare(sql).bind(orgKey, experiment, window, now, name)
      return (await asked.all<ArmSums>()).results
    },
    async measureSums(query, measure) {
      const { of, all } = share[measure]
      const sql = `${PEOPLE}, found AS (
          SELECT c.arm AS arm, TOTAL(e.${of}) / NULLIF(SUM(e.${all}), 0) AS value FROM counted c
          JOIN exposures e ON e.org_key = ?1 AND e.experiment = ?2 AND e.user_key = c.user_key
            AND e.at < c.since + ?3
          GROUP BY c.user_key
        ) ${TOTALS}`
      return (await base(sql, query).all<ArmSums>()).results
    },
    async dropOf(userKey) {
      await drop('user_key = ?', userKey)
    },
    async dropUntil(time) {
      await drop('at <= ?', time)
    },
  }

  async function drop(where: string, value: string | number): Promise<void> {
    const d1 = database()
    await d1.batch(
      ['exposures', 'outcomes'].map((table) =>
        d1.prepare(`DELETE FROM ${table} WHERE ${where}`).bind(value),
      ),
    )
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
