import type { Cell } from '../shared/metrics/cells.ts'
import type { Dimension } from '../shared/metrics/names.ts'
import type { OrgKey, Org } from '../shared/schema/org.ts'
import type { Persona } from '../shared/schema/persona.ts'
import type { ContextSource } from '../shared/schema/source.ts'
import type { StoredOrg } from '../shared/org-tree.ts'
import type { ProblemCode, Result } from '../shared/problem.ts'

/** Milliseconds since 1970. It stands still while a Worker computes: good for waiting times only. */
export type Clock = () => number
export type NewId = () => string

/** What may be written down of a request: never a body, a token, a context or a query string. */
export type LogEntry = { code: ProblemCode; request: string; subject?: string; cause?: string }
export type Log = (entry: LogEntry) => void

/** Every name under which anything of an org or a user is stored; made by `storageKeys` alone. */
export type StorageKeys = {
  /** Pseudonym of the org; names its allowance and derives its encryption key. */
  orgKey: string
  /** Pseudonym of (org, user); names the self-model and the allowance. */
  userKey: string
  /** Pseudonym of (org, user) that the device may know. */
  deviceKey: string
  /** KV key of the persona. */
  persona: string
}
export type OrgKeys = { orgKey: string; record: string }

/** Tenants. `any`: whether this deployment knows a single one. Rejects where storage fails. */
export type Orgs = {
  load(id: string): Promise<Org | undefined>
  any(): Promise<boolean>
}

/**
 * Org records as their admins change them: the truth, while `Orgs` reads what has been published. Each call
 * rejects where storage fails.
 */
export type OrgRecords = {
  read(id: string): Promise<StoredOrg | undefined>
  /** False where the record has been changed since revision `expected`, or its parent since it was merged. */
  write(record: StoredOrg, expected: number): Promise<boolean>
}

/** Snapshots of personas. Reads may lag behind writes by a minute. Rejects where storage fails. */
export type Personas = {
  load(keys: StorageKeys): Promise<Persona | undefined>
}

/**
 * Context sources of orgs. Answers what a source says of a user, whom it knows by a pseudonym; `undefined`
 * where it has nothing to tell. Rejects where it cannot be reached. Errors: `bad_request`.
 */
export type ContextSources = {
  load(
    source: ContextSource,
    asked: { subject: string; signal: AbortSignal },
  ): Promise<Result<unknown>>
}

/** Tokens of visitors without an account, signed by the Worker. */
export type DeviceTokens = {
  issue(org: Org, user: string): Promise<{ token: string; expires: number }>
  keys(org: string): Promise<OrgKey[]>
}

/** One number of a metric in one minute. `org`: its `orgKey`; empty where a request had none. */
export type MetricRow = Cell & {
  org: string
  /** The minute's begin, seconds since 1970. */
  start: number
  arm: string
  tier: string
  cohort: string
}
/** A time, seconds since 1970, `to` not included; in pieces of `step` seconds. */
export type MetricRange = { org: string; from: number; to: number; step: number }

/**
 * Metrics of all isolates, added up: minutes for two days, hours for ninety, and the sum of all time. Each
 * call rejects where storage fails.
 */
export type MetricStore = {
  /** All of a batch or nothing; a batch of the same id counts once. */
  add(batch: { id: string; rows: readonly MetricRow[] }): Promise<void>
  points(range: MetricRange): Promise<(Cell & { start: number })[]>
  groups(range: MetricRange, by: Dimension): Promise<(Cell & { name: string })[]>
  /** All there ever was, of one org or of all. */
  totals(org?: string): Promise<Omit<MetricRow, 'start'>[]>
  /** Folds old minutes into hours and drops old hours, at most once an hour. `now` in seconds. */
  fold(now: number): Promise<void>
}

/** Keeps work alive after the response has left. */
export type WaitUntil = (work: Promise<unknown>) => void

/** Who spends: tokens per UTC day of the org, and of the user where they asked for it. */
export type Spender = {
  orgKey: string
  orgLimit: number
  user?: { userKey: string; userLimit: number }
}

/** The daily token budget. Never waits: what is not known yet is allowed and looked up behind the request. */
export type Allowances = {
  /**
   * Reserves an estimate of tokens. Errors: `allowance_spent` where nothing of today is left, `rate_limited`
   * where what is left is reserved for requests that are under way.
   */
  take(spender: Spender, tokens: number, waitUntil: WaitUntil): Result<Reservation>
}
export type Reservation = {
  /** Replaces the estimate by what was used; counts once. */
  settle(used: number): void
}

/** One holder's account with the durable meter of one subject and day. */
export type Report = {
  day: number
  now: number
  holder: string
  limit: number
  /** Tokens spent since the last report; tokens wanted in advance. */
  used: number
  want: number
}
/** `granted`: tokens this holder may spend unasked; `rest`: what others could still be granted. */
export type Lease = { granted: number; rest: number }
export type Meter = { report(subject: string, report: Report): Promise<Lease> }

/** Abuse guard: counted per place and not exact. It lets in where it is absent or fails. */
export type Rates = {
  /** Seconds for which the caller is refused; 0 where it is let in. No request waits for it. */
  refusedFor(keys: { userKey: string; orgKey: string }, waitUntil: WaitUntil): number
}

/** Proves that a token was signed by the org's key and is meant for it; gives the user. */
export type Tokens = {
  verify(token: string, org: { keys: OrgKey[]; audience: string }): Promise<Result<VerifiedUser>>
}
/** `scopes`: what the token allows beyond asking for its user. */
export type VerifiedUser = { user: string; expires: number; scopes?: readonly string[] }

/** Whose dialects a provider speaks. */
export type ProviderFamily = 'openai' | 'anthropic'
/** What is asked of a provider, as it stands behind `/v1/`. */
export type ProviderRoute = 'chat/completions' | 'responses' | 'messages' | 'messages/count_tokens'

/**
 * `body`: what the provider receives, byte for byte. `key`: the caller's own provider key. `route`: chat
 * completions where left out; `search`: the caller's query, with its question mark.
 */
export type ChatCall = {
  route?: ProviderRoute
  search?: string | undefined
  body: ArrayBuffer | string | ReadableStream<Uint8Array>
  headers: Headers
  signal: AbortSignal
  key?: string | undefined
}
export type ModelsCall = Omit<ChatCall, 'body' | 'route'> & { path: string }

/** An LLM. Its own errors are responses, passed on as given; problems are ours. */
export type Provider = {
  name: string
  /** Whether message content may be a list of parts. */
  parts: boolean
  chat(call: ChatCall): Promise<Result<Response>>
  models(call: ModelsCall): Promise<Result<Response>>
}
