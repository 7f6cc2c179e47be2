import type { AuditEntry } from '../../shared/schema/learning.ts'
import type { Audited, AuditLog } from '../learning-ports.ts'

/** Entries that are shown. */
const SHOWN = 200

/** The table `audit` of D1: pseudonyms, acts and ids, never a text (Time Travel keeps what is deleted). */
export function auditTable(database: () => D1Database): AuditLog {
  async function insert(sql: string, entries: readonly Audited[]): Promise<void> {
    if (entries.length === 0) return
    const d1 = database()
    const statement = d1.prepare(`INSERT INTO audit (user_key, at, actor, action, target) ${sql}`)
    await d1.batch(
      entries.map(({ userKey, at, actor, action, target }) =>
        statement.bind(userKey, at, actor, action, target),
      ),
    )
  }
  return {
    append: (entries) => insert('VALUES (?, ?, ?, ?, ?)', entries),
    appendAgain: (entries) =>
      insert(
        `SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM audit
           WHERE user_key = ?1 AND at = ?2 AND actor = ?3 AND action = ?4 AND target = ?5)`,
        entries,
      ),
    async list(userKey) {
      const query = database().prepare(
        `SELECT at, actor, action, target FROM audit WHERE user_key = ? ORDER BY at DESC, id DESC LIMIT ${SHOWN}`,
      )
      return (await query.bind(userKey).all<AuditEntry>()).results
    },
    async dropUntil(time) {
      await database().prepare('DELETE FROM audit WHERE at <= ?').bind(time).run()
    },
  }
}
