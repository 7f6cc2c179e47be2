import { limits } from '../shared/limits.ts'
import type { Decision, Mode } from '../shared/schema/decision.ts'
import { within } from './clock.ts'
import { verdictOf, type VerdictParts } from './context.ts'
import { forgetSent, remember, remembered } from './conversations.ts'
import { factsOf, lessOf, ownTokens, travelling, unwanted } from './known.ts'
import type { PageGate } from './page-gate.ts'
import type { OpenSession } from './session.ts'
import type { Sources } from './sources.ts'
import type { HeldSession } from './store/record.ts'
import { turnKey, type Asked } from './turn-key.ts'
import type { Verdict } from './types.ts'
import type { UserStore } from './user-store.ts'

export type DeciderOptions = {
  session: OpenSession
  users: UserStore
  gate: PageGate
  sources: Sources
  now: () => number
  feature?: string
  mode?: Mode
  /** The app's label of the page that the user is on, and their language. */
  page?: (() => string) | undefined
  locale?: string | undefined
}

/** Fetched ahead of the first need, so that the need finds it. */
export const loadNotes = () => import('./session-notes.ts')

/** Milliseconds that signals may take. */
const SIGNALS = 5
/** Verdicts kept for continuations and retries of their turn. */
const KEPT = 32
/** The same words may be decided on anew after this long, ms; a turn that goes on keeps its decision. */
const RETRY = 60_000

type Kept = {
  at: number
  verdict: Promise<Verdict>
  ready?: Verdict
  revision: string
  /** The message was really sent, and is part of the conversation. */
  sent?: boolean
}

/** Decides for turns, once each: 50 ms at most, and never a rejection. */
export function createDecider(options: DeciderOptions) {
  const { session, users, gate, sources, now, feature = '', mode } = options
  const kept = new Map<string, Kept>()

  const verdict = (parts: Omit<VerdictParts, 'session' | 'store' | 'whole'>): Verdict =>
    verdictOf({
      ...parts,
      session: session.id(),
      store: users.kind(),
      persona: session.live()?.persona,
      cohort: session.live()?.cohort,
      whole: ownTokens(users.value, now()),
    })

  /** What an edit or a pause changes: a verdict from before does not hold after. */
  const revision = () => {
    const { session: held, facts, paused, learned } = users.value
    const edits = held?.edits.map(({ id, at }) => id + at) ?? []
    const known = facts.map(({ id, text, status }) => id + text + status)
    return JSON.stringify([edits, known, paused, learned?.blocked, learned?.replaced])
  }

  async function work(asked: Asked): Promise<Verdict> {
    const opened = await session.ready()
    if (!opened.ok) return verdict({ gate: 'failed' })
    // The pause of an earlier page is known only now.
    if (users.value.paused) return verdict({ gate: 'paused' })
    const held = opened.value
    const settings = held.gates[feature]
    if (!settings || settings.off) return verdict({ gate: 'off' })
    const alone = asked.history.length === 0
    const earlier = alone ? remembered(held, asked.conversation) : []
    const input = {
      query: asked.query,
      history: alone ? earlier : asked.history,
      notes: held.notes,
      facts: factsOf(users.value, now()),
    }
    const decision = await gate.decide(input, {
      // The app says how readily; its user may always say less.
      mode: lessOf(mode ?? settings.mode, held.persona.limits?.mode),
      maxFacts: settings.maxFacts,
      blocked: [...settings.blocked, ...unwanted(users.value)],
    })
    // Cleared or switched while the gate was thinking: what it chose from is gone.
    if (session.live()?.subject !== held.subject) return verdict({ gate: 'failed' })
    const { session: refers, style } = decision.slices
    const [notes, signals] = await Promise.all([
      refers ? notesFor(asked, held, earlier) : [],
      refers || style ? signalsNow() : undefined,
    ])
    return verdict({ gate: 'ready', decision, facts: chosen(decision), notes, signals })
  }

  const chosen = (decision: Decision) => travelling(users.value, decision, now())

  /** Never waited for: a request that comes before their code goes without, as where the app's label fails. */
  async function signalsNow() {
    const { page, locale } = options
    try {
      const loaded = await within(loadNotes(), SIGNALS)
      return loaded?.pageSignals({ now: now(), page: page?.(), locale })
    } catch {
      return undefined
    }
  }

  async function notesFor(asked: Asked, held: HeldSession, earlier: Asked['history']) {
    const { sessionNotes } = await loadNotes()
    return sessionNotes({
      query: asked.query,
      said: asked.history.map(({ content }) => content),
      turns: earlier.map(({ content }) => content),
      notes: held.notes,
      sources,
    })
  }

  async function decideInTime(working: Promise<Verdict>): Promise<Verdict> {
    try {
      const made = await within(working, limits.gateDeadline)
      // The weights are not here yet: with no gate on the device the edge's own decides.
      const noGate = gate.status() === 'cold' && session.live() !== undefined
      return made ?? verdict({ gate: noGate ? 'off' : 'late' })
    } catch {
      return verdict({ gate: 'failed' })
    }
  }

  function reusable(known: Kept | undefined, { continues }: Asked): known is Kept {
    if (!known || known.revision !== revision()) return false
    if (continues) return true
    const bad = known.ready && known.ready.gate !== 'ready'
    return !bad && now() - known.at < RETRY
  }

  function entryOf(asked: Asked): Kept {
    const key = turnKey(asked)
    const known = kept.get(key)
    if (reusable(known, asked)) return known
    const entry: Kept = { at: now(), verdict: decideInTime(work(asked)), revision: revision() }
    kept.delete(key)
    kept.set(key, entry)
    if (kept.size > KEPT) kept.delete(kept.keys().next().value ?? '')
    void settle(entry)
    return entry
  }

  async function settle(entry: Kept): Promise<void> {
    entry.ready = await entry.verdict
  }

  /** The next message may refer to this one. What the app sends along itself is not kept twice. */
  async function keepTurn({ history, conversation, query }: Asked): Promise<void> {
    const held = session.live()
    const keep = (old: HeldSession) =>
      history.length === 0
        ? remember(old, conversation, query)
        : forgetSent(old, conversation, history)
    if (held && keep(held) !== held) await session.change(keep)
  }

  return {
    /** `typing`: the message is not sent yet, and may never be. */
    async decide(asked: Asked, typing = false): Promise<Verdict> {
      if (users.value.paused) return verdict({ gate: 'paused' })
      if (asked.query.trim() === '') return verdict({ gate: 'ready' })
      const entry = entryOf(asked)
      const made = await entry.verdict
      if (!typing && !entry.sent) {
        entry.sent = true
        void keepTurn(asked)
      }
      return made
    },
    /** Without words to decide on: the edge's own gate may, once it is known that the user has not paused. */
    async undecided(): Promise<Verdict> {
      const opened = await within(session.ready(), limits.gateDeadline)
      if (users.value.paused) return verdict({ gate: 'paused' })
      return verdict({ gate: opened ? 'ready' : 'late' })
    },
    /** Forgets all verdicts: the user, or what is known of them, has changed. */
    forget: () => kept.clear(),
  }
}
