import { DAY } from '../../shared/calendar.ts'
import type { Fact } from '../../shared/schema/fact.ts'
import type { Change, OwnerSettings } from '../../shared/schema/learning.ts'
import { limits } from '../../shared/limits.ts'
import type { HeldCohort } from '../../shared/cohort.ts'
import type { NewChange, SelfModel } from '../../shared/self-model.ts'

/** What is kept of a self-model beside its facts. */
export type Meta = {
  version: number
  epoch: number
  floor: number
  /** Ids of facts are made with it: a new one with each erasure, so that old ids lead nowhere. */
  salt: string
  /** When everything was last erased, ms; 0 where it never was. */
  erasedAt: number
  settings: OwnerSettings
  /** The org's rule, as of the last call. */
  retentionDays?: number
  cohort?: HeldCohort
}
export type State = { meta: Meta; model: SelfModel }

/** The outbox: what KV holds, and where it goes. */
export type Outbox = {
  /** The snapshot as KV holds it, `''` before the first; when it was written; failures since. */
  published: string
  published_at: number
  failures: number
  org_key: string
  persona: string
}

/** The SQLite rows of one self-model. Nothing in here waits, so no other event slips in between. */
export type Rows = ReturnType<typeof selfModelRows>

export function selfModelRows(storage: DurableObjectStorage, newSalt: () => string) {
  const { sql } = storage
  sql.exec(
    `CREATE TABLE IF NOT EXISTS self_model (id INTEGER PRIMARY KEY CHECK (id = 1),
       model TEXT NOT NULL, published TEXT NOT NULL, published_at INTEGER NOT NULL,
       failures INTEGER NOT NULL, org_key TEXT NOT NULL, persona TEXT NOT NULL);
     CREATE TABLE IF NOT EXISTS facts (id TEXT PRIMARY KEY, fact TEXT NOT NULL);
     CREATE TABLE IF NOT EXISTS removed (id TEXT PRIMARY KEY, at INTEGER NOT NULL);
     CREATE TABLE IF NOT EXISTS history (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, change TEXT NOT NULL);
     CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, at INTEGER NOT NULL);
     CREATE INDEX IF NOT EXISTS seen_at ON seen (at);`,
  )

  function readFacts(): Fact[] {
    const rows = sql.exec<{ fact: string }>('SELECT fact FROM facts ORDER BY rowid')
    return rows.toArray().map(({ fact }) => parseFact(fact))
  }

  function writeFacts(before: readonly Fact[], after: readonly Fact[]): void {
    const old = new Map(before.map((fact) => [fact.id, fact]))
    for (const fact of after) {
      if (old.get(fact.id) !== fact) {
        sql.exec(
          'INSERT INTO facts VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET fact = excluded.fact',
          fact.id,
          JSON.stringify(fact),
        )
      }
      old.delete(fact.id)
    }
    for (const id of old.keys()) sql.exec('DELETE FROM facts WHERE id = ?', id)
  }

  function writeRemoved(
    { removed: before = [] }: SelfModel,
    { removed: after = [] }: SelfModel,
  ): void {
    if (before === after) return
    const kept = new Set(after.map(({ id }) => id))
    for (const { id } of before) if (!kept.has(id)) sql.exec('DELETE FROM removed WHERE id = ?', id)
    const old = new Map(before.map(({ id, at }) => [id, at]))
    for (const { id, at } of after) {
      if (old.get(id) !== at) sql.exec('INSERT OR REPLACE INTO removed VALUES (?, ?)', id, at)
    }
  }

  /** Whether a message was learned before. One that still comes is remembered for longer. */
  function isSeen(id: string, now: number): boolean {
    const [row] = sql.exec<{ at: number }>('SELECT at FROM seen WHERE id = ?', id).toArray()
    if (row && now - row.at > DAY) sql.exec('UPDATE seen SET at = ? WHERE id = ?', now, id)
    return row !== undefined
  }

  return {
    read(): State {
      const stored = sql.exec<{ model: string }>('SELECT model FROM self_model').toArray()[0]
      const meta = upgrade(stored && parseStored(stored.model), newSalt)
      const facts = meta.facts ?? readFacts()
      const removed = sql
        .exec<{ id: string; at: number }>('SELECT id, at FROM removed ORDER BY at')
        .toArray()
      const { version, epoch, floor, settings, cohort } = meta
      const { limits: less } = settings
      const model = {
        version,
        epoch,
        facts,
        removed,
        floor,
        ...(less ? { limits: less } : {}),
        ...(cohort ? { cohort } : {}),
      }
      return { meta, model }
    },

    /** Writes what has changed between two states. */
    write(
      { model: before }: State,
      { meta, model: after }: State,
      changes: readonly NewChange[],
    ): void {
      const {
        facts,
        cohort: _,
        ...kept
      }: StoredMeta = { ...meta, version: after.version, epoch: after.epoch }
      const { cohort } = after
      const stored = { v: 2, ...kept, floor: after.floor ?? 0, ...(cohort ? { cohort } : {}) }
      sql.exec(
        `INSERT INTO self_model VALUES (1, ?, '', 0, 0, '', '') ON CONFLICT (id) DO UPDATE SET model = excluded.model`,
        JSON.stringify(stored),
      )
      // Facts of an older record stood in it: then all of them become rows now.
      writeFacts(facts ? [] : before.facts, after.facts)
      writeRemoved(before, after)
      for (const change of changes) {
        sql.exec(
          'INSERT INTO history (at, change) VALUES (?, ?)',
          change.at,
          JSON.stringify(change),
        )
      }
      if (changes.length > 0) {
        sql.exec(
          'DELETE FROM history WHERE id <= (SELECT MAX(id) FROM history) - ?',
          limits.history,
        )
      }
    },

    /** Ids of messages of whole conversations stay their time: an app may report the same conversation again. */
    erase(): void {
      for (const table of ['facts', 'removed', 'history']) sql.exec(`DELETE FROM ${table}`)
      sql.exec(`DELETE FROM seen WHERE id NOT GLOB 'm_*' AND id NOT GLOB 'i_*'`)
      sql.exec(`UPDATE self_model SET published = ''`)
    },

    outbox: (): Outbox | undefined =>
      sql
        .exec<Outbox>('SELECT published, published_at, failures, org_key, persona FROM self_model')
        .toArray()[0],
    address(orgKey: string, persona: string): void {
      sql.exec('UPDATE self_model SET org_key = ?, persona = ?', orgKey, persona)
    },
    published(text: string, at: number): void {
      sql.exec('UPDATE self_model SET published = ?, published_at = ?, failures = 0', text, at)
    },
    failed(): void {
      sql.exec('UPDATE self_model SET failures = failures + 1')
    },

    /** Remembers a message; false where it was learned before. */
    remember(id: string, at: number): boolean {
      if (isSeen(id, at)) return false
      sql.exec('INSERT INTO seen VALUES (?, ?)', id, at)
      return true
    },
    isSeen,
    oldestSeen: (): number =>
      sql.exec<{ at: number | null }>('SELECT MIN(at) AS at FROM seen').one().at ?? Infinity,
    forgetSeen(until: number): void {
      sql.exec('DELETE FROM seen WHERE at <= ?', until)
    },

    /** Newest first. */
    history(): Change[] {
      const rows = sql.exec<{ id: number; change: string }>(
        'SELECT id, change FROM history ORDER BY id DESC',
      )
      return rows.toArray().map(({ id, change }) => ({ ...parseChange(change), id }))
    },
    replace({ id, ...change }: Change): void {
      sql.exec('UPDATE history SET change = ? WHERE id = ?', JSON.stringify(change), id)
    },
    dropHistory(until: number): void {
      sql.exec('DELETE FROM history WHERE at <= ?', until)
    },
  }
}

type StoredMeta = Meta & { facts?: Fact[] }
type Stored = ({ v: 1; facts: Fact[] } | { v: 2 }) & Partial<Meta>

// What stands in the rows was written here.
const parseFact = (text: string): Fact => JSON.parse(text)
const parseChange = (text: string): NewChange => JSON.parse(text)
const parseStored = (text: string): Stored => JSON.parse(text)

/** The one place where older records are brought to the shape of today. */
function upgrade(stored: Stored | undefined, newSalt: () => string): StoredMeta {
  const meta: Meta = {
    version: stored?.version ?? 0,
    epoch: stored?.epoch ?? 0,
    floor: stored?.floor ?? 0,
    salt: stored?.salt ?? newSalt(),
    erasedAt: stored?.erasedAt ?? 0,
    settings: stored?.settings ?? { learn: true },
    ...(stored?.retentionDays === undefined ? {} : { retentionDays: stored.retentionDays }),
    ...(stored?.cohort ? { cohort: stored.cohort } : {}),
  }
  return stored?.v === 1 ? { ...meta, facts: stored.facts } : meta
}
