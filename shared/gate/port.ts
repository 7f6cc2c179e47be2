import type { Decision, Mode } from '../schema/decision.ts'
import type { Category } from '../schema/fact.ts'

/** One message of the conversation, text only. */
export type Turn = { role: string; content: string }

export type GateFact = {
  id: string
  category?: Category
  text: string
  vital?: boolean | undefined
}

/** What a decision is made from. `history` ends before `query`; `notes` are the app's, of this visit. */
export type GateInput = {
  query: string
  history: readonly Turn[]
  notes: readonly string[]
  facts: readonly GateFact[]
}

/** What org, feature and user allow. `blocked` categories are never chosen. */
export type GateOptions = { mode: Mode; maxFacts: number; blocked: readonly Category[] }

/** Answers for one request; never throws for any text. `now` is a monotonic clock in ms. */
export type Gate = {
  decide(input: GateInput, options: GateOptions): Decision | Promise<Decision>
}
