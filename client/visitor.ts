import { isObject } from '../shared/is-object.ts'
import type { Fact } from '../shared/schema/fact.ts'
import type { DeviceStore } from './store/port.ts'
import { emptyRecord, readRecord } from './store/record.ts'
import type { Fetch } from './types.ts'
import { keyOf, type UserStore } from './user-store.ts'

/** Where the token of a visitor's device is kept: `{org, token, expires, subject}`. */
const KEY = 'visitor'
/** A token is renewed this long before it ends, ms. */
const EARLY = 7 * 24 * 3600 * 1000
/** `POST /v1/devices` may take this long, ms. */
const PATIENCE = 10_000

type Held = { org: string; token: string; expires: number; subject?: string }

export type Visitor = ReturnType<typeof createVisitor>

export type VisitorOptions = {
  org: string
  base: () => string
  fetch: Fetch
  device: DeviceStore
  users: UserStore
  now: () => number
}

/** The device session of somebody without an account: its token is stored only where storing is agreed to. */
export function createVisitor({ org, base, fetch, device, users, now }: VisitorOptions) {
  let held: Held | undefined
  let isUsed = false
  let isStored = false

  async function read(): Promise<Held | undefined> {
    try {
      // Looking leaves no trace where nothing was ever stored.
      const found = (await device.exists()) ? await device.get(KEY) : undefined
      isStored = isHeld(found) && found.org === org && found.expires > now()
      return isHeld(found) && isStored ? found : undefined
    } catch {
      return undefined
    }
  }

  async function write(value: Held | undefined): Promise<void> {
    try {
      if (value || (await device.exists())) await device.update(KEY, () => value ?? {})
      isStored = value !== undefined
    } catch {
      // A device that stores nothing: the token lives as long as the page.
    }
  }

  /** Another tab may have heard a refusal that this one has not heard of yet. */
  async function isRefused(): Promise<boolean> {
    const { subject } = users
    try {
      if (subject === undefined || !(await device.exists())) return false
      return readRecord(await device.get(keyOf(subject)))?.consent === 'memory'
    } catch {
      return true
    }
  }

  async function open(before: Held | undefined): Promise<Held | undefined> {
    const response = await fetch(`${base()}/v1/devices`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(before ? { authorization: `Bearer ${before.token}` } : {}),
      },
      body: JSON.stringify({ org }),
      signal: AbortSignal.timeout(PATIENCE),
      credentials: 'omit',
    })
    const reply: unknown = response.ok ? await response.json() : undefined
    if (!isObject(reply) || typeof reply['token'] !== 'string') return before
    const { subject } = before ?? {}
    const expires = Number(reply['expires'])
    return { org, token: reply['token'], expires, ...(subject ? { subject } : {}) }
  }

  return {
    /** The pseudonym under which this device's own record is kept. */
    get subject() {
      return held?.subject
    },
    /** The token of this device, a new one where there is none; `undefined` where the org does not allow it. */
    async token(): Promise<string | undefined> {
      held ??= await read()
      const known = held
      if (!known || known.expires - EARLY < now()) {
        held = await open(known)
        if (isStored) await write(held)
      }
      isUsed = held !== undefined
      return held?.token
    },
    /** The token of an earlier visit or of this one, without asking for a new one. */
    async stored(): Promise<string | undefined> {
      held ??= await read()
      return held?.token
    },
    /** Stores the token, or takes it off the device, as the user has agreed. */
    async keep(): Promise<void> {
      if (!held || !isUsed) return
      held = { ...held, ...(users.subject ? { subject: users.subject } : {}) }
      const may = users.consent() !== 'memory' && !(await isRefused())
      if (may) await write(held)
      else if (isStored) await write(undefined)
    },
    /** Another token is in use: what is kept stays for a merge. */
    left(): void {
      isUsed = false
    },
    /** Takes the facts out of this device's own record. */
    async takeFacts(): Promise<Fact[]> {
      let facts: Fact[] = []
      const empty = (old: unknown) => {
        const found = readRecord(old)
        facts = found?.facts ?? []
        return found && emptyRecord()
      }
      const { subject } = held ?? {}
      try {
        if (subject && (await device.exists())) await device.update(keyOf(subject), empty)
      } catch {
        // Nothing can be read: then there is nothing to take.
      }
      return facts
    },
    /** The device has been cleared: whoever comes is another one. Answers whether the token was in use. */
    drop(): boolean {
      const wasUsed = isUsed
      held = undefined
      isUsed = false
      isStored = false
      return wasUsed
    },
    async forget(): Promise<void> {
      held = undefined
      await write(undefined)
    },
  }
}

const isHeld = (value: unknown): value is Held =>
  isObject(value) &&
  typeof value['org'] === 'string' &&
  typeof value['token'] === 'string' &&
  typeof value['expires'] === 'number'
