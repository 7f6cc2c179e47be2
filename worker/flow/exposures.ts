import { DAY, dayOf } from '../../shared/calendar.ts'
import type { Assigned } from '../../shared/experiment/assign.ts'
import { limits } from '../../shared/limits.ts'
import type { ClientContext } from '../../shared/schema/context.ts'
import type { Receipt } from '../../shared/schema/receipt.ts'
import { SEVERAL, type ExperimentStore, type ExposureRow } from '../experiment-ports.ts'
import type { Clock, StorageKeys, WaitUntil } from '../ports.ts'
import type { ReadContext } from './attach.ts'

export type Exposed = {
  keys: StorageKeys
  assigned: Assigned | undefined
  receipt: Receipt
  context: ReadContext
  headers: Headers
}
export type Exposures = {
  /** Takes note of one answer of an experiment; nobody waits for it. */
  answered(exposed: Exposed, waitUntil: WaitUntil): void
  /** Lets go of what waits here of a user; what is being written at this moment, the database refuses. */
  forget(userKey: string): void
}

type Options = {
  /** Left out: this deployment has no database, and nothing is kept. */
  store: ExperimentStore | undefined
  clock: Clock
  log: (cause: string) => void
  /** Milliseconds for which answers are gathered. */
  age: number
}

/** Answers that are gathered together at most: that is quicker than one by one, and behind the requests. */
const HEARD = 256
/** Rows that go into the database together, or not at all. */
const TOGETHER = limits.exposureRows
/** Sessions that wait for a database that fails; then the newest are let go. */
const WAITING = 1000
/** What is too old is looked for this often, ms. */
const TIDY = 3600_000

/**
 * Writes who was in which arm: one row a session, and what its answers carried added to it, gathered for
 * a while and written behind the requests. Without the user's consent nothing is kept.
 */
export function createExposures({ store, clock, log, age }: Options): Exposures {
  if (!store) return { answered() {}, forget() {} }
  const table = store
  const pending = new Map<string, ExposureRow>()
  let heard: Heard[] = []
  let timer: number | undefined
  let tidied = 0

  async function flush(): Promise<void> {
    timer = undefined
    gather()
    // What waited for longer could be of somebody whose erasure is no longer remembered.
    const oldest = clock() - limits.erasedTime
    const rows = [...pending.values()].filter(({ at }) => at > oldest)
    pending.clear()
    let written = 0
    try {
      for (; written < rows.length; written += TOGETHER) {
        await table.expose(rows.slice(written, written + TOGETHER))
      }
    } catch (cause) {
      log(nameOf(cause))
      // What is written already would count twice.
      for (const row of rows.slice(written)) add(row)
    }
    await tidy()
  }

  async function tidy(): Promise<void> {
    if (clock() - tidied < TIDY) return
    tidied = clock()
    await table
      .dropUntil(clock() - limits.experimentDays * DAY, clock() - limits.erasedTime)
      .catch((cause: unknown) => log(nameOf(cause)))
  }

  function gather(): void {
    for (const answer of heard) add(rowOf(answer))
    heard = []
  }

  function add(row: ExposureRow): void {
    const key = JSON.stringify([row.orgKey, row.experiment, row.userKey, row.session])
    const known = pending.get(key)
    if (known) pending.set(key, together(known, row))
    else if (pending.size < WAITING) pending.set(key, row)
  }

  function schedule(waitUntil: WaitUntil, now: number): void {
    // A timer whose request was cut off never comes back.
    if (timer !== undefined && now - timer < age + CUT_OFF) return
    timer = now
    waitUntil(sleep(age).then(flush))
  }

  return {
    answered(exposed, waitUntil) {
      const { keys, assigned, receipt, context, headers } = exposed
      if (!assigned?.experiment || assigned.forced || !mayBeMeasured(context, headers)) return
      const { experiment, label } = assigned
      const at = clock()
      heard.push({
        keys,
        experiment,
        label,
        receipt,
        context: context?.ok ? context.value : undefined,
        at,
      })
      if (heard.length >= HEARD) gather()
      schedule(waitUntil, at)
    },
    forget(userKey) {
      heard = heard.filter(({ keys }) => keys.userKey !== userKey)
      for (const [key, row] of pending) if (row.userKey === userKey) pending.delete(key)
    },
  }
}

const CUT_OFF = 30_000
const nameOf = (cause: unknown) => (cause instanceof Error ? cause.name : 'unknown')
const sleep = (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms))

/** An answer that counts, until its row is made. */
type Heard = Pick<Exposed, 'keys' | 'receipt'> & {
  experiment: string
  label: string
  context: ClientContext | undefined
  at: number
}

function rowOf({ keys, experiment, label, receipt, context, at }: Heard): ExposureRow {
  const decision = context?.decision
  const { style, session, profile } = decision?.slices ?? {}
  const needs = style || session || profile || (decision?.facts.length ?? 0) > 0
  return {
    orgKey: keys.orgKey,
    userKey: keys.userKey,
    experiment,
    arm: label,
    // Calls without a session of the page count as one a day.
    session: context?.session ?? `day-${dayOf(at)}`,
    at,
    requests: 1,
    attached: receipt.why === 'attached' ? 1 : 0,
    tokens: receipt.tokens,
    waited: Math.round(receipt.providerMs ?? 0),
    decided: decision ? 1 : 0,
    needed: needs ? 1 : 0,
    followed: decision && decision.inherited > 0 ? 1 : 0,
  }
}

/**
 * A page says what its user agreed to; a server that sends no context of a page vouches for its users,
 * unless it passes a browser's refusal on.
 */
export function mayBeMeasured(context: ReadContext, headers: Headers): boolean {
  if (context) return context.ok && context.value.device.store === 'edge'
  return headers.get('sec-gpc') !== '1'
}

const together = (a: ExposureRow, b: ExposureRow): ExposureRow => ({
  ...a,
  arm: a.arm === b.arm ? a.arm : SEVERAL,
  at: Math.min(a.at, b.at),
  requests: a.requests + b.requests,
  attached: a.attached + b.attached,
  tokens: a.tokens + b.tokens,
  waited: a.waited + b.waited,
  decided: a.decided + b.decided,
  needed: a.needed + b.needed,
  followed: a.followed + b.followed,
})
