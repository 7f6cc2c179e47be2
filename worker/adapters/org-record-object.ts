import { DurableObject } from 'cloudflare:workers'
import type { Clock } from '../ports.ts'

/** A sealed record and what must be known of it to keep its changes in order. */
export type SealedOrg = {
  /** KV key, under which the bytes are sealed. */
  name: string
  sealed: ArrayBuffer
  revision: number
  /** Whom it was merged with, and on which state of theirs. */
  ancestors: string
  basis: number
}

/** KV takes one write a second and key. */
const WRITE_EVERY = 1000
const RETRY = 2000
const RETRY_MOST = 60_000

type Row = {
  name: string
  sealed: ArrayBuffer
  revision: number
  ancestors: string
  basis: number
  published: number
  published_at: number
  failures: number
}

/** One org's record: changes one after the other, each on the state it was made on. KV follows by alarm. */
export class OrgRecordObject extends DurableObject<Env> {
  private readonly clock: Clock

  constructor(ctx: DurableObjectState, env: Env, clock: Clock) {
    super(ctx, env)
    this.clock = clock
    ctx.storage.sql.exec(
      `CREATE TABLE IF NOT EXISTS org (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL,
         sealed BLOB NOT NULL, revision INTEGER NOT NULL, ancestors TEXT NOT NULL, basis INTEGER NOT NULL,
         published INTEGER NOT NULL, published_at INTEGER NOT NULL, failures INTEGER NOT NULL)`,
    )
  }

  read(): { sealed: ArrayBuffer; revision: number } | undefined {
    const row = this.row()
    return row && { sealed: row.sealed, revision: row.revision }
  }

  /** False where it is no longer at revision `expected`, or was merged with a newer state of the same ancestors. */
  async write(next: SealedOrg, expected: number): Promise<boolean> {
    const row = this.row()
    if (row && row.revision > expected) return false
    if (row && row.ancestors === next.ancestors && row.basis > next.basis) return false
    const { name, sealed, revision, ancestors, basis } = next
    this.ctx.storage.sql.exec(
      `INSERT INTO org VALUES (1, ?, ?, ?, ?, ?, 0, 0, 0) ON CONFLICT (id) DO UPDATE SET
         name = excluded.name, sealed = excluded.sealed, revision = excluded.revision,
         ancestors = excluded.ancestors, basis = excluded.basis, published = 0, failures = 0`,
      name,
      sealed,
      revision,
      ancestors,
      basis,
    )
    await this.ctx.storage.setAlarm(Math.max(this.clock(), (row?.published_at ?? 0) + WRITE_EVERY))
    return true
  }

  /** Publishes what has been written; tries again by itself after a failure. */
  override async alarm(): Promise<void> {
    const row = this.row()
    if (!row || row.published === 1) return
    const { sql } = this.ctx.storage
    try {
      await this.env.ORGS.put(row.name, row.sealed)
    } catch {
      const wait = Math.min(RETRY_MOST, RETRY * 2 ** Math.min(row.failures, 5))
      sql.exec('UPDATE org SET failures = failures + 1')
      await this.ctx.storage.setAlarm(this.clock() + wait)
      return
    }
    const now = this.clock()
    // Written again while it was published: then that one is still to come, by its own alarm.
    sql.exec(
      'UPDATE org SET published_at = ?, failures = 0, published = (revision = ? AND basis = ?)',
      now,
      row.revision,
      row.basis,
    )
  }

  private row(): Row | undefined {
    return this.ctx.storage.sql.exec<Row>('SELECT * FROM org').toArray()[0]
  }
}
