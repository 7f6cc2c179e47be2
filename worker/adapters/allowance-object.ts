import { DurableObject } from 'cloudflare:workers'
import type { Lease, Report } from '../ports.ts'

/** Milliseconds after which what a silent holder was granted goes back. */
const LEASE_LIFE = 60_000

/**
 * Counts the tokens of one subject (a user or an org) per UTC day. Holders (isolates) are granted tokens
 * in advance and report what they spent, so that no request waits for this object.
 */
export class AllowanceObject extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.storage.sql.exec(
      `CREATE TABLE IF NOT EXISTS spent (day INTEGER PRIMARY KEY, tokens INTEGER NOT NULL);
       CREATE TABLE IF NOT EXISTS leases (day INTEGER NOT NULL, holder TEXT NOT NULL,
         tokens INTEGER NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (day, holder));`,
    )
  }

  /** Books what a holder spent and grants it more, never beyond the day's limit over all holders. */
  report({ day, now, holder, limit, used, want }: Report): Lease {
    const { sql } = this.ctx.storage
    return this.ctx.storage.transactionSync(() => {
      sql.exec('DELETE FROM leases WHERE day < ? OR expires <= ? OR holder = ?', day, now, holder)
      sql.exec('DELETE FROM spent WHERE day < ?', day - 1)
      sql.exec(
        `INSERT INTO spent VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET tokens = tokens + excluded.tokens`,
        day,
        Math.max(0, Math.ceil(used)),
      )
      const spent = this.sum('SELECT tokens AS total FROM spent WHERE day = ?', day)
      const lent = this.sum('SELECT SUM(tokens) AS total FROM leases WHERE day = ?', day)
      const left = Math.max(0, limit - spent - lent)
      const granted = Math.min(left, Math.max(0, Math.ceil(want)))
      if (granted > 0) {
        sql.exec('INSERT INTO leases VALUES (?, ?, ?, ?)', day, holder, granted, now + LEASE_LIFE)
      }
      return { granted, rest: left - granted }
    })
  }

  private sum(query: string, day: number): number {
    const [row] = this.ctx.storage.sql.exec<{ total: number | null }>(query, day).toArray()
    return row?.total ?? 0
  }
}
