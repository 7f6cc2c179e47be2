import { limits } from '../../shared/limits.ts'
import type { Cohort } from '../../shared/schema/cohort.ts'
import type { Category, Earned, Fact } from '../../shared/schema/fact.ts'
import type { Change, ObservedFact } from '../../shared/schema/learning.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import type { GateSettings } from '../../shared/schema/session.ts'
import type { Removed } from '../../shared/self-model.ts'
import { isObject } from '../../shared/is-object.ts'
import { isFact, isGateSettings, isList, isPersona } from '../check.ts'
import type { Consent, ReceiptEntry } from '../types.ts'
import { joinLearned } from './join-learned.ts'

/** One visit of one user, shared by the tabs once storing is agreed to. Times in ms since 1970. */
export type HeldSession = {
  id: string
  subject: string
  org: { id: string; name?: string }
  /** Pseudonym of who the token spoke of: finds the record again before the edge has answered. */
  who: string
  /** Last request; a session ends after 30 idle minutes. */
  used: number
  /** When the edge last answered, and until when its answer may be used. */
  fetched: number
  expires: number
  persona: Persona
  /** As the visit began: it does not change within one. */
  cohort?: Cohort
  /** Settings by feature: instances of one page may ask for different ones. */
  gates: Record<string, GateSettings>
  /** Edge facts changed here lately: their words travel until KV has followed. */
  edits: { id: string; at: number }[]
  /** Facts deleted at the edge in this visit, by the ids that they have here: said again they are news. */
  gone?: Record<string, number>
  notes: string[]
  /** The user's last messages of conversations that the app does not send along. */
  turns: Record<string, string[]>
}

/**
 * What was found in one message, on its way to the edge. `copies`: ids of the same facts on this device,
 * which stand for them until the edge's own are seen. `accepted`: when the edge took it, ms.
 */
export type Lesson = {
  id: string
  epoch: number
  at: number
  facts: ObservedFact[]
  copies: string[]
  accepted?: number
}

/** What this device has learned besides the facts themselves. */
export type Learned = {
  /** The user's word: whether anything is learned, and which categories are neither learned nor used. */
  learn: boolean
  blocked: Category[]
  /** Edge facts that something said here has taken the place of, until the edge says otherwise. */
  replaced: { id: string; by: string; at: number }[]
  /** Deleted here: what was said before that is not learned again. */
  removed: Removed[]
  /** Newest first. */
  history: Change[]
  /** Oldest first. */
  outbox: Lesson[]
}

/** All that this device holds of one user. */
export type UserRecord = {
  v: 1
  /** The user's answer; left out where there is none. */
  consent?: Consent
  paused: boolean
  /** Facts that only this device knows. */
  facts: Fact[]
  session?: HeldSession
  /** Newest first. */
  receipts: ReceiptEntry[]
  learned?: Learned
  /** What facts of the edge have brought since it was last told, by id. */
  earned?: Record<string, Earned>
}

export const emptyRecord = (): UserRecord => ({ v: 1, paused: false, facts: [], receipts: [] })

/** What was stored, as far as it can be used; `undefined` for anything else. */
export function readRecord(value: unknown): UserRecord | undefined {
  if (!isObject(value) || value['v'] !== 1) return undefined
  const { consent, facts, session, receipts, learned, earned } = value
  return {
    v: 1,
    ...(isConsent(consent) ? { consent } : {}),
    paused: value['paused'] === true,
    facts: isList(facts, isFact) ? facts : [],
    ...(isHeld(session) ? { session } : {}),
    receipts: isList(receipts, isEntry) ? receipts : [],
    ...(isLearned(learned) ? { learned } : {}),
    ...(isEarned(earned) ? { earned } : {}),
  }
}

const isEarned = (value: unknown): value is Record<string, Earned> =>
  isObject(value) && Object.values(value).every((one) => isObject(one) && 'attached' in one)

const isConsent = (value: unknown): value is Consent =>
  value === 'memory' || value === 'device' || value === 'edge'

const isEntry = (value: unknown): value is ReceiptEntry =>
  isObject(value) && isObject(value['receipt']) && Array.isArray(value['facts'])

/** Its parts are only ever written together. */
const isLearned = (value: unknown): value is Learned =>
  isObject(value) && Array.isArray(value['outbox'])

const isHeld = (value: unknown): value is HeldSession =>
  isObject(value) &&
  typeof value['id'] === 'string' &&
  typeof value['subject'] === 'string' &&
  typeof value['used'] === 'number' &&
  typeof value['fetched'] === 'number' &&
  typeof value['expires'] === 'number' &&
  isObject(value['org']) &&
  isPersona(value['persona']) &&
  isObject(value['gates']) &&
  Object.values(value['gates']).every(isGateSettings) &&
  Array.isArray(value['edits']) &&
  Array.isArray(value['notes']) &&
  isObject(value['turns'])

/** Both records' facts and receipts: what this page gathered before the user agreed, or while its session opened, joins what is stored. */
export function joinRecords(stored: UserRecord, page: UserRecord): UserRecord {
  const session = page.session ?? stored.session
  const consent = page.consent ?? stored.consent
  const learned =
    stored.learned && page.learned
      ? joinLearned(stored.learned, page.learned)
      : (page.learned ?? stored.learned)
  return {
    v: 1,
    paused: stored.paused || page.paused,
    ...(consent ? { consent } : {}),
    facts: uniqueBy([...stored.facts, ...page.facts], ({ id }) => id).slice(0, limits.facts),
    receipts: uniqueBy([...page.receipts, ...stored.receipts], ({ receipt }) => receipt.id)
      .toSorted((a, b) => b.at - a.at)
      .slice(0, limits.receipts),
    ...(session ? { session } : {}),
    ...(learned ? { learned } : {}),
    ...joinEarned(stored, page),
  }
}

/** Of a fact that both have counted the higher counts: mostly one of them has begun with the other's. */
function joinEarned(
  { earned: stored }: UserRecord,
  { earned: page }: UserRecord,
): Pick<UserRecord, 'earned'> {
  if (!stored || !page) return (stored ?? page) ? { earned: { ...stored, ...page } } : {}
  const earned = { ...stored }
  for (const [id, count] of Object.entries(page)) {
    const { attached = 0, used = 0, corrected = 0 } = stored[id] ?? {}
    earned[id] = {
      attached: Math.max(count.attached, attached),
      used: Math.max(count.used, used),
      corrected: Math.max(count.corrected, corrected),
    }
  }
  return { earned }
}

function uniqueBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()]
}

/** What a user sees of a record, so that only changes of it are told. */
export const shownKey = ({ facts, session, receipts, learned }: UserRecord): string =>
  JSON.stringify([
    facts,
    session?.persona,
    learned?.replaced,
    learned?.history[0]?.id,
    receipts.map(({ receipt, usage }) => [receipt.id, usage !== undefined]),
  ])
