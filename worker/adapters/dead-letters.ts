import type { DeadLetter, DeadLetters } from '../learning-ports.ts'

/** In one step with the look at the erasures: none can slip in between. */
const KEEP = `INSERT OR IGNORE INTO dead_letters SELECT ?1, ?2, ?3, ?4, ?5
  WHERE NOT EXISTS (SELECT 1 FROM erased WHERE user_key = ?4 AND at >= ?6)`

type Row = { id: string; at: number; why: string; user_key: string; body: string }

const toLetter = ({ user_key, ...row }: Row): DeadLetter => ({
  ...row,
  userKey: user_key,
  orgKey: orgKeyOf(row.body),
})

/** What nobody could read may be anything, and is of no org. */
function orgKeyOf(body: string): string {
  const content: unknown = JSON.parse(body)
  const isNamed = typeof content === 'object' && content !== null && 'orgKey' in content
  return isNamed ? String(content.orgKey) : ''
}

/** The table `dead_letters` of D1. Bodies are sealed as they came; pseudonyms tell whose they are. */
export function deadLetterTable(database: () => D1Database): DeadLetters {
  return {
    async keep(letters) {
      if (letters.length === 0) return
      const d1 = database()
      const insert = d1.prepare(KEEP)
      await d1.batch(
        letters.map(({ id, at, why, userKey, body, made }) =>
          insert.bind(id, at, why, userKey, body, made),
        ),
      )
    },
    async list(limit, orgKey) {
      const ofOrg = orgKey === undefined ? '' : `WHERE json_extract(body, '$.orgKey') = ?`
      const query = database().prepare(
        `SELECT * FROM dead_letters ${ofOrg} ORDER BY at, id LIMIT ?`,
      )
      const bound = query.bind(...(orgKey === undefined ? [] : [orgKey]), limit)
      return (await bound.all<Row>()).results.map(toLetter)
    },
    async load(id) {
      const query = database().prepare('SELECT * FROM dead_letters WHERE id = ?')
      const row = await query.bind(id).first<Row>()
      return row ? toLetter(row) : undefined
    },
    async drop(id) {
      await database().prepare('DELETE FROM dead_letters WHERE id = ?').bind(id).run()
    },
    async dropOf(userKey) {
      await database().prepare('DELETE FROM dead_letters WHERE user_key = ?').bind(userKey).run()
    },
    async dropUntil(time) {
      await database().prepare('DELETE FROM dead_letters WHERE at <= ?').bind(time).run()
    },
  }
}
