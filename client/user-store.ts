import { isObject } from '../shared/is-object.ts'
import type { DeviceStore } from './store/port.ts'
import { emptyRecord, joinRecords, readRecord, type UserRecord } from './store/record.ts'
import type { Consent } from './types.ts'

/** Where the last session's user is found before the edge has answered: `{who, subject}`. */
const LAST = 'last'
/** The key of a user's record. */
export const keyOf = (subject: string) => `u1:${subject}`

export type UserStoreOptions = {
  device: DeviceStore
  /** What holds until the user has answered. */
  fallback: Consent
  /** Told after every change of what is held; `shared`: it was written where other tabs can see it. */
  changed: (shared: boolean) => void
}

export type UserStore = ReturnType<typeof createUserStore>

/**
 * What is held of the page's user: always in memory, and in IndexedDB when the user agreed. A change is
 * a function of the record, so that two tabs lose no writes: it is applied to what is stored, in one
 * transaction. A record that another tab has cleared is not written back.
 */
export function createUserStore({ device, fallback, changed }: UserStoreOptions) {
  let record = emptyRecord()
  let subject: string | undefined
  /** The device holds a record of this user (a refusal counts). */
  let stored = false
  let blocked = false
  let pending = 0
  /** Grows when the user of the page is forgotten: what is in flight then changes nothing any more. */
  let life = 0
  /** The reading of the user's record that is under way, or was. */
  let opened: Promise<void> | undefined

  const agreed = (of: UserRecord) => (of.consent ?? fallback) !== 'memory'
  const persists = () => subject !== undefined && !blocked && agreed(record)

  /** Runs a device call; a store that fails is not asked again, and all goes on in memory. */
  async function tryDevice<T>(call: () => Promise<T>): Promise<T | undefined> {
    if (blocked) return undefined
    try {
      return await call()
    } catch {
      blocked = true
      changed(false)
      return undefined
    }
  }

  const readOf = (of: string) =>
    tryDevice(async () =>
      (await device.exists()) ? readRecord(await device.get(keyOf(of))) : undefined,
    )

  function set(next: UserRecord, shared = false): void {
    record = next
    changed(shared)
  }

  function drop(): void {
    life++
    subject = undefined
    stored = false
    set(emptyRecord())
  }

  async function write(of: string, change: (old: UserRecord) => UserRecord): Promise<void> {
    const [mine, first, page] = [life, !stored, record]
    pending++
    let gone = false
    const written = await tryDevice(() =>
      device.update(keyOf(of), (old) => {
        const known = readRecord(old)
        gone = !known && !first
        if (known) return change(known)
        // What the page had gathered becomes the record; later changes have writes of their own.
        return first && mine === life ? page : undefined
      }),
    )
    pending--
    if (mine !== life) return
    if (gone) drop()
    else if (written) {
      stored = true
      set(pending === 0 ? written : record, true)
    }
  }

  /** What is stored joins what the page holds, here and on the device. */
  async function join(of: string, read: UserRecord): Promise<void> {
    const page = record
    stored = true
    set(joinRecords(read, page))
    if (persists()) await write(of, (old) => joinRecords(old, page))
  }

  /** Writes the user's answer. Down to `memory`: only the refusal stays on the device. */
  async function answer(consent: Consent): Promise<void> {
    set({ ...record, consent })
    if (subject === undefined) return
    const key = keyOf(subject)
    if (agreed(record)) {
      const page = record
      await write(subject, (old) => joinRecords(old, page))
      return
    }
    // Writes that began before find that it is newer.
    pending++
    const refused = await tryDevice(async () => {
      if (await device.exists()) await device.update(LAST, () => ({}))
      return device.update(key, (): UserRecord => ({ ...emptyRecord(), consent }))
    })
    pending--
    stored = refused !== undefined
    changed(stored)
  }

  async function openRecord(of: string): Promise<void> {
    const mine = life
    const read = await readOf(of)
    if (mine !== life) return
    const { consent } = record
    if (read) await join(of, read)
    if (consent) await answer(consent)
  }

  return {
    get value() {
      return record
    },
    get subject() {
      return subject
    },
    /** Another number once the user of the page has been forgotten. */
    get life() {
      return life
    },
    get storage() {
      return blocked ? 'blocked' : persists() && stored ? 'open' : 'unused'
    },
    /** What holds: the user's answer, or the app's default. */
    consent: (): Consent => record.consent ?? fallback,
    /** What receipts say: where it is really kept. */
    kind: (): Consent => (blocked ? 'memory' : (record.consent ?? fallback)),
    answer,
    drop,

    /** Changes what is held, at once here, and in one transaction on the device. */
    async change(change: (old: UserRecord) => UserRecord): Promise<void> {
      set(change(record))
      if (persists() && subject !== undefined) await write(subject, change)
    },

    /** Goes on with a user: what this device holds of them joins what the page has gathered. */
    async open(of: string): Promise<void> {
      if (subject !== of) {
        if (subject !== undefined) drop()
        subject = of
        opened = openRecord(of)
      }
      await opened
    },

    /** Reads the record again: another tab has changed it, or the page comes back from the cache. */
    async reread(): Promise<void> {
      const [of, mine] = [subject, life]
      if (of === undefined || blocked) return
      const read = await readOf(of)
      if (mine !== life || pending > 0) return
      if (!read) {
        if (stored) drop()
      } else if (!agreed(read)) {
        // Refused in another tab: this page keeps what it has in memory, and writes no more.
        stored = true
        set({ ...record, consent: 'memory' })
      } else if (stored && agreed(record)) set(read)
      else {
        // Agreed to in another tab: its answer is the newer one.
        const { consent: _older, ...page } = record
        record = page
        await join(of, read)
      }
    },

    /** The record of the last session's user, if that is `who` (a pseudonym; empty: nobody's). */
    async find(who: string): Promise<{ subject: string; record: UserRecord } | undefined> {
      return tryDevice(async () => {
        if (who === '' || !(await device.exists())) return undefined
        const last = await device.get(LAST)
        if (!isObject(last) || last['who'] !== who) return undefined
        const of = String(last['subject'])
        const found = readRecord(await device.get(keyOf(of)))
        return found && { subject: of, record: found }
      })
    },

    /** Makes this user the one that `find` answers. */
    async remember(who: string): Promise<void> {
      const of = subject
      if (who !== '' && persists())
        await tryDevice(() => device.update(LAST, () => ({ who, subject: of })))
    },

    /** Removes everything of every user from this device, and from this page. `false`: the device would not. */
    async clear(): Promise<boolean> {
      const agreedBefore = agreed(record)
      const done = await tryDevice(async () => {
        if (await device.exists()) await device.clear()
        return true
      })
      drop()
      return done === true || !agreedBefore
    },
  }
}
