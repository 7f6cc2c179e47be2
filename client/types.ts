import type { Gate, Turn } from '../shared/gate/port.ts'
import type { Problem, Result } from '../shared/problem.ts'
import type { DeviceState } from '../shared/schema/context.ts'
import type { Decision, Mode } from '../shared/schema/decision.ts'
import type { ExtractedFact } from '../shared/extract/port.ts'
import type { BriefFact, Category, Fact, FactChange, NewFact } from '../shared/schema/fact.ts'
import type { AuditEntry, Change, Erasure } from '../shared/schema/learning.ts'
import type { Receipt, Usage } from '../shared/schema/receipt.ts'
import type { SelfModelView } from '../shared/schema/session.ts'
import type { Primer } from './primer.ts'
import type { Observable, State } from './state.ts'

export type Fetch = (input: Request | URL | string, init?: RequestInit) => Promise<Response>

/**
 * Where personalization may keep what it knows: `memory` (this page only; nothing is written),
 * `device` (IndexedDB of this site), `edge` (facts are also put into the user's self-model).
 */
export type Consent = DeviceState['store']

/** The app token, a function that fetches one, or the app's own route that answers `{token}` or plain text. */
export type Credentials = {
  token?: string | (() => Promise<string | undefined> | string | undefined)
  tokenUrl?: string | URL
}

export type EdgewiseOptions = Credentials & {
  /** Address of the Worker, with or without `/v1`. */
  endpoint: string | URL
  /**
   * The place in the app that asks; thresholds, budget and reports are per feature. A label of 1 to 64 letters,
   * digits, `_`, `.`, `:` and `-` (ASCII); anything else counts as none.
   */
  feature?: string
  /** How readily context is attached; what the org or feature says where left out. */
  mode?: Mode
  /** The app's label of the page that the user is on (`checkout`), never its address: a signal for answers. */
  page?: () => string
  /** What to call the network with; the page's `fetch` where left out. */
  fetch?: Fetch
  /** Print decisions and receipts to the console. */
  debug?: boolean
  /**
   * What holds until the user has answered: `ask` (the default) keeps all in memory. An app that has
   * the user's agreement already says `device` or `edge`; with Global Privacy Control never above `device`.
   */
  storage?: 'ask' | 'device' | 'edge'
  /** Language of the panel (BCP 47); the page's where left out. */
  locale?: string
  /** Folder of `models/`, `wasm/` and `gate-worker.js`; the endpoint where left out. */
  assets?: string | URL
  /** Also load the large gate, in a worker of its own. */
  full?: boolean
  /** A gate of your own instead of the built-in one. */
  gate?: Gate
  /** Finds facts in a user's message, instead of the built-in finder. */
  findFacts?: FindFacts
  /** Id of the app's organisation: without a token of the app, visitors get one of their device, where it allows that. */
  org?: string
}

/** Durable facts that a message states about its author; `span` stands in it word for word. */
export type FindFacts = (
  message: string,
) => readonly ExtractedFact[] | Promise<readonly ExtractedFact[]>

/**
 * One thing to decide on: what the user says, where left out their last words in `messages`. Those are the
 * earlier ones, with or without it; without them `conversation` tells chats apart.
 */
export type Ask = { text?: string; messages?: readonly Message[]; conversation?: string }

/** A chat message as providers take it (`content`, text or parts) or as pages of the AI SDK hold it (`parts`). */
export type Message = { role: string; content?: unknown; parts?: unknown }

/** What was decided for one turn. Without `decision` the request goes out without context; `gate` says why. */
export type Verdict = {
  gate: DeviceState['gate']
  decision?: Decision
  /** Chosen facts that only the device knows: they travel in the header. */
  facts: readonly BriefFact[]
  /** Lines of session context that travel in the header. */
  notes: readonly string[]
  /** Value of the header `Edgewise-Context`. */
  header: string
}

/** A fact as its owner sees it. `where`: kept only on this device, or in the self-model at the edge. */
export type KnownFact = Fact & { where: 'device' | 'edge' }

/** One change of what is known, as its owner sees it: what, when, by whom, and where it is kept. */
export type KnownChange = Omit<Change, 'id'> & { id: string; where: 'device' | 'edge' }

/** What the facts say of style, of knowledge by area, and of goals; each with the id of its fact, but style. */
export type Facets = NonNullable<SelfModelView['facets']>

/** Whether anything is learned, and the categories that are neither learned nor used. */
export type LearningSettings = { learn: boolean; blocked: readonly Category[] }

/** `erasure`: the edge's signed proof, where everything was forgotten. */
export type Cleared = { erasure?: Erasure }

/** What one answer carried, as kept on the device: never the question. `usage` follows when it is known. */
export type ReceiptEntry = {
  /** When the answer's head arrived, ms since 1970. */
  at: number
  receipt: Receipt
  /** The facts that the answer was given, with the words this device knows for them. */
  facts: readonly { id: string; category: string; text?: string }[]
  usage?: Usage
  /** The user has taken the answer back: what went along with it did harm. */
  takenBack?: boolean
}

export type EdgewiseState = {
  session: State<{ id: string; subject: string; org: { id: string; name?: string } }>
  /** What holds now, and whether the user has answered (or the app's default holds). */
  consent: Consent
  answered: boolean
  /** What receipts say: `memory` also where the user agreed but IndexedDB is blocked. */
  store: Consent
  /** IndexedDB: not used, in use, or blocked or hanging. */
  storage: 'unused' | 'open' | 'blocked'
  /** The browser sends Global Privacy Control: learning is off until the user says otherwise. */
  gpc: boolean
  paused: boolean
  /** The org has switched personalization off. */
  off: boolean
  gate: 'cold' | 'lite' | 'full' | 'failed'
  learning: LearningSettings
  /** Messages whose facts are on their way to the edge, which does not show them yet. */
  travelling: number
  /** Which layer (org, feature, cohort, user, session) decided what is not the default: `{budget: 'user'}`. */
  rules: Readonly<Record<string, string>>
  /** Grows whenever facts or receipts change: a reason to read them again. */
  revision: number
}

export type SourceOptions = {
  /** Cut at this many tokens; 100 where left out. */
  maxTokens?: number
  /** Higher goes first; 0 where left out. */
  priority?: number
  /** Milliseconds; never above 40, which holds where left out. */
  timeout?: number
}

export type Export = {
  /** When, ms since 1970. */
  exported: number
  device: unknown
  receipts: readonly ReceiptEntry[]
  edge?: SelfModelView
  /** Why the part at the edge is missing. */
  problem?: Problem
}

export type ClearScope = 'session' | 'device' | 'everything'

export type Source = (query: string) => string | undefined | Promise<string | undefined>

export type AttachOptions = { messages?: () => readonly Message[]; conversation?: string }

export type {
  AuditEntry,
  Category,
  Decision,
  Erasure,
  ExtractedFact,
  Mode,
  Primer,
  Receipt,
  Usage,
  Turn,
  Observable,
  State,
  NewFact,
  FactChange,
  Problem,
  Result,
}
