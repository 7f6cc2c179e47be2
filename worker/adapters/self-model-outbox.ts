import { DAY } from '../../shared/calendar.ts'
import { limits } from '../../shared/limits.ts'
import { renderPersona } from '../../shared/persona.ts'
import {
  changesBetween,
  letGo,
  nextToGo,
  withoutRemovedWords,
  type SelfModel,
} from '../../shared/self-model.ts'
import type { Fact } from '../../shared/schema/fact.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import type { Clock, NewId } from '../ports.ts'
import type { Place } from '../learning-ports.ts'
import type { Rows } from './self-model-rows.ts'

export type SelfModelDeps = {
  clock: Clock
  newId: NewId
  /** Tokens as OpenAI counts them; opened when a persona is first rendered. */
  count: (text: string) => number
  /** Writes the sealed snapshot to KV. */
  publish(persona: Persona, place: Pick<Place, 'orgKey' | 'persona'>): Promise<void>
  /** The org's rule as it stands now; `undefined` where it is not known. */
  retention(orgKey: string): Promise<{ days: number | undefined } | undefined>
}

/** KV takes one write a second and key. */
const WRITE_EVERY = 1000
/** Milliseconds before a failed write is tried again, doubled each time, at most a minute. */
const RETRY = 2000
const RETRY_MOST = 60_000

export type Outbox = {
  /** The snapshot is behind: it goes out as soon as KV takes another write. */
  send(): Promise<void>
  /** Something was stored that no snapshot shows: it still has to be tidied up one day. */
  arm(): Promise<void>
  alarm(): Promise<void>
}

type Options = { storage: DurableObjectStorage; rows: Rows; deps: SelfModelDeps }

/** All that a self-model does by itself: publishing, fading, letting go. One alarm for the next of them. */
export function selfModelOutbox({ storage, rows, deps }: Options): Outbox {
  let asked = 0

  /** Deletes what is due, by the rules of time. */
  function tidy(now: number): void {
    storage.transactionSync(() => {
      const state = rows.read()
      const { retentionDays } = state.meta
      const model = letGo(state.model, now, retentionDays)
      if (model !== state.model) {
        const changes = changesBetween(state.model, model, { now, cause: 'time' })
        rows.write(state, { ...state, model }, changes)
      }
      rows.forgetSeen(now - limits.learningTime)
      if (retentionDays !== undefined) {
        rows.dropHistory(now - retentionDays * DAY)
        dropRetained(state.model.facts, now - retentionDays * DAY)
      }
      dropWords(now - limits.undoTime)
    })
  }

  /** Takes the words of facts that were removed up to `until` out of the history. */
  function dropWords(until: number): void {
    const told = rows.history()
    withoutRemovedWords(told, until).forEach((change, at) => {
      if (change !== told[at]) rows.replace(change)
    })
  }

  /** What the org lets nobody keep any longer stands in no history either. */
  function dropRetained(facts: readonly Fact[], until: number): void {
    const gone = new Set(facts.filter(({ lastSeen }) => lastSeen <= until).map(({ id }) => id))
    if (gone.size === 0) return
    for (const { before, after, ...bare } of rows.history()) {
      const isOf = [bare.fact, before?.id, after?.id].some((id) => id !== undefined && gone.has(id))
      if (isOf && (before || after)) rows.replace(bare)
    }
  }

  /** An org may change its rule while nobody comes by: once a day it is asked for. Never rejects. */
  async function askRule(now: number, orgKey: string): Promise<void> {
    if (now - asked < DAY) return
    const rule = await deps.retention(orgKey).catch(() => undefined)
    if (!rule) return
    asked = now
    const state = rows.read()
    const { retentionDays, ...meta } = state.meta
    if (retentionDays === rule.days) return
    const next = rule.days === undefined ? meta : { ...meta, retentionDays: rule.days }
    rows.write(state, { ...state, meta: next }, [])
  }

  /** When the alarm has something to do next after `now`, apart from publishing; ms. */
  function nextDue(now: number): number {
    const { model, meta } = rows.read()
    const told = rows.history()
    const oldest = told.at(-1)?.at ?? Infinity
    const words = told.flatMap(({ action, before, at }) =>
      isGone(action) && before ? [at + limits.undoTime] : [],
    )
    const dues = [
      ...model.facts.flatMap(({ expires }) => (expires && expires > now ? [expires] : [])),
      nextToGo(model, meta.retentionDays),
      rows.oldestSeen() + limits.learningTime,
      oldest + (meta.retentionDays ?? Infinity) * DAY,
      ...words,
      // Facts fade: once a day their order may change.
      ...(model.facts.length > 0 ? [now + DAY] : []),
    ]
    return Math.min(...dues)
  }

  async function armNext(published: number): Promise<void> {
    const now = deps.clock()
    const { model } = rows.read()
    // An edit that came in while the snapshot was written is due in a second.
    const due = model.version === published ? Math.max(now, nextDue(now)) : now + WRITE_EVERY
    if (Number.isFinite(due)) await storage.setAlarm(due)
  }

  return {
    async send() {
      const last = rows.outbox()?.published_at ?? 0
      await storage.setAlarm(Math.max(deps.clock(), last + WRITE_EVERY))
    },
    async arm() {
      if ((await storage.getAlarm()) === null) {
        const due = nextDue(deps.clock())
        if (Number.isFinite(due)) await storage.setAlarm(due)
      }
    },
    /** Publishes what has changed since the last time; tries again by itself after a failure. */
    async alarm() {
      const now = deps.clock()
      tidy(now)
      const row = rows.outbox()
      // Messages were read in which nothing was found: there is no snapshot, only their ids.
      if (!row) return armNext(rows.read().model.version)
      const model: SelfModel = rows.read().model
      const persona = renderPersona(model, now, deps.count)
      const text = JSON.stringify(persona)
      if (text !== row.published) {
        try {
          await deps.publish(persona, { orgKey: row.org_key, persona: row.persona })
        } catch {
          rows.failed()
          const wait = Math.min(RETRY_MOST, RETRY * 2 ** Math.min(row.failures, 5))
          await storage.setAlarm(now + wait)
          return
        }
        rows.published(text, now)
      }
      await askRule(now, row.org_key)
      await armNext(persona.version)
    },
  }
}

const isGone = (action: string): boolean => action === 'removed' || action === 'declined'
