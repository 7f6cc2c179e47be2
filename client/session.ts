import { limits } from '../shared/limits.ts'
import { ok, type Result } from '../shared/problem.ts'
import type { Persona } from '../shared/schema/persona.ts'
import type { Session } from '../shared/schema/session.ts'
import { hasChanged, type Api, type CallOf } from './api.ts'
import { isSession } from './check.ts'
import type { Ambient } from './clock.ts'
import { EDIT_LAG } from './known.ts'
import type { State } from './state.ts'
import type { HeldSession, UserRecord } from './store/record.ts'
import type { Tokens } from './token.ts'
import type { UserStore } from './user-store.ts'

const openSession: CallOf<'openSession'> = {
  method: 'POST',
  path: '/v1/sessions',
  is: isSession,
}

/** What the edge handed out is asked for again after this long, ms, behind the answers. */
const FRESH = 5 * 60_000
/** And after this long where the user comes back to the page, ms. */
const FRESH_ON_FOCUS = 60_000
/** A failed opening is not tried again before, ms. */
const PAUSE = 2000
/** The time of the last request is written at most this often, ms. */
const TOUCH = 60_000

export type SessionOptions = {
  api: Api
  tokens: Tokens
  users: UserStore
  ambient: Ambient
  feature?: string
  /** Told when an opening starts, and when it has failed. */
  progressed: () => void
}

export type OpenSession = ReturnType<typeof createSession>

/** The page's session: opened at the first need, shared by the tabs, over after 30 idle minutes. */
export function createSession(options: SessionOptions) {
  const { api, tokens, users, ambient, feature = '', progressed } = options
  const { now } = ambient
  let spare: string | undefined
  let current: string | undefined
  let opening: Promise<Result<HeldSession>> | undefined
  let failed: { at: number; result: Result<HeldSession> } | undefined

  const isLive = (held: HeldSession) => now() - held.used < limits.sessionIdle
  const live = ({ session } = users.value, subject = users.subject): HeldSession | undefined =>
    session &&
    session.subject === subject &&
    isLive(session) &&
    Object.hasOwn(session.gates, feature)
      ? session
      : undefined

  /** Another user's token: nothing of the one before stays in this page. */
  function follow(who: string): void {
    if (current !== undefined && current !== who) {
      opening = undefined
      failed = undefined
      users.drop()
    }
    current = who
  }

  function open(who: string): Promise<Result<HeldSession>> {
    if (opening) return opening
    return attempt(load(who))
  }

  /** Calls at the same time share one attempt; a failure holds for two seconds. */
  function attempt(loading: Promise<Result<HeldSession>>): Promise<Result<HeldSession>> {
    const mine = loading.then((result) => {
      if (opening !== mine) return result
      opening = undefined
      failed = result.ok ? undefined : { at: now(), result }
      progressed()
      return result
    })
    opening = mine
    progressed()
    return mine
  }

  async function load(who: string): Promise<Result<HeldSession>> {
    const alias = await pseudonym(who)
    const found = live() ? undefined : await users.find(alias)
    if (current !== who) return hasChanged
    if (found && live(found.record, found.subject)?.who === alias) {
      await users.open(found.subject)
      if (current !== who) return hasChanged
      const held = live()
      if (held) return ok(refreshed(held, who))
    }
    return fetchSession(who, alias)
  }

  async function fetchSession(who: string, alias: string): Promise<Result<HeldSession>> {
    const reply = await api(openSession, { body: feature ? { feature } : {} })
    if (!reply.ok) return reply
    // The call may have gone out with the token of whoever came meanwhile: then it is theirs.
    const token = await tokens.get()
    if (current !== who || !token.ok || token.value.who !== who) return hasChanged
    await users.open(reply.value.subject)
    if (current !== who || users.subject !== reply.value.subject) return hasChanged
    const written = users.change((old) => withSession(old, reply.value, alias))
    void written.then(() => users.remember(alias))
    const held = live()
    return held ? ok(held) : hasChanged
  }

  function withSession(old: UserRecord, reply: Session, alias: string): UserRecord {
    const mine = old.session?.subject === reply.subject ? old.session : undefined
    const prior = mine && isLive(mine) ? mine : undefined
    const cohort = prior ? prior.cohort : reply.cohort
    const isErased = prior && prior.persona.epoch < reply.persona.epoch
    return {
      ...old,
      // They hold words of what was forgotten on another device.
      receipts: isErased ? [] : old.receipts,
      session: {
        id: prior?.id ?? reply.session,
        subject: reply.subject,
        org: { id: reply.org.id, ...(reply.org.name ? { name: reply.org.name } : {}) },
        who: alias,
        used: now(),
        fetched: now(),
        expires: reply.expires,
        persona: prior ? newer(prior, reply.persona) : reply.persona,
        ...(cohort ? { cohort } : {}),
        gates: { ...prior?.gates, [feature]: reply.gate },
        edits: prior?.edits.filter(({ at }) => now() - at < EDIT_LAG) ?? [],
        ...(prior?.gone ? { gone: prior.gone } : {}),
        notes: prior?.notes ?? [],
        turns: prior?.turns ?? {},
      },
    }
  }

  /** KV follows an edit within about a minute: until then the answer to the edit is the newer one. */
  function newer({ edits, persona }: HeldSession, fetched: Persona): Persona {
    const edited = edits.some(({ at }) => now() - at < EDIT_LAG)
    const older =
      fetched.epoch < persona.epoch ||
      (fetched.epoch === persona.epoch && fetched.version < persona.version)
    return edited && older ? persona : fetched
  }

  function refreshed(held: HeldSession, who: string, fresh = FRESH): HeldSession {
    const at = now()
    const old = at - held.fetched > fresh || at > held.expires
    if (old && !opening && at - (failed?.at ?? 0) > PAUSE) {
      void attempt(fetchSession(who, held.who))
    }
    if (at - held.used > TOUCH) void change((session) => ({ ...session, used: at }))
    return held
  }

  function change(edit: (session: HeldSession) => HeldSession): Promise<void> {
    return users.change((old) => (old.session ? { ...old, session: edit(old.session) } : old))
  }

  return {
    live,
    change,
    /** The live session's id; before there is one, an id of this page's own. */
    id: () => live()?.id ?? (spare ??= ambient.newId()),
    /** How the opening stands; what is held is in the record. */
    status: (): State<never> =>
      opening
        ? { status: 'loading' }
        : failed && !failed.result.ok
          ? { status: 'failed', cause: failed.result.problem }
          : { status: 'idle' },
    /** Never rejects. Errors: those of the token and of `POST /v1/sessions`. */
    async ready(): Promise<Result<HeldSession>> {
      const token = await tokens.get()
      if (!token.ok) {
        // Shown by the state; the next need asks again at once.
        failed = { at: Number.NEGATIVE_INFINITY, result: token }
        progressed()
        return token
      }
      const { who } = token.value
      follow(who)
      const held = live()
      if (held) return ok(refreshed(held, who))
      if (failed && now() - failed.at < PAUSE) return failed.result
      return open(who)
    },
    /** The user is back: what has changed elsewhere meanwhile is asked for. */
    focused(): void {
      const held = live()
      if (held && current !== undefined) refreshed(held, current, FRESH_ON_FOCUS)
    },
    /** Forgets the user of this page; the next need asks for a token again. */
    forget(): void {
      current = undefined
      opening = undefined
      failed = undefined
      users.drop()
    },
  }
}

/** Empty where the page may not hash (plain http): then nothing is found again, and the edge is asked. */
async function pseudonym(who: string): Promise<string> {
  const { subtle } = crypto as { subtle?: SubtleCrypto }
  if (!subtle) return ''
  const digest = await subtle.digest('SHA-256', new TextEncoder().encode(who))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
