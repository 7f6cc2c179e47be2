import type { AuditEntry } from '../../shared/schema/learning.ts'
import type { AuditLog } from '../ports.ts'

/** Entries that are shown. */
const SHOWN = 200

/** The table `audit` of D1: pseudonyms, acts and ids, never a text (Time Travel keeps what is deleted). */
export function auditTable(database: () => D1Database): AuditLog {
  return {
    async append(entries) {
      if (entries.length === 0) return
      const d1 = database()
      const insert = d1.prepare(
        'INSERT INTO audit (user_key, at, actor, action, target) VALUES (?, ?, ?, ?, ?)',
      )
      await d1.batch(
        entries.map(({ userKey, at, actor, action, target }) =>
          insert.bind(userKey, at, actor, action, target),
        ),
      )
    },
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
