import type { Tier } from '../schema/decision.ts'
import type { GateFact, Turn } from './port.ts'
import type { Later } from './steps.ts'

/** Columns of a model's request heads (models/FORMAT.md, section 3). */
export const head = {
  session: 7,
  sessionHistory: 8,
} as const

/** What a model says of one request: one logit a head, and the vector that facts are compared with. */
export type RequestReading<Q> = { heads: ArrayLike<number>; vector: Q }

export type RequestInput = {
  query: string
  /** Before `query`; both may be empty, then `heads[head.sessionHistory]` has no meaning. */
  history: readonly Turn[]
  notes: readonly string[]
}

/** A model behind the gate. The rules, thresholds and the walk back are the same for all of them. */
export type Reader<Q, F> = {
  tier: Tier
  readRequest: (input: RequestInput) => Later<RequestReading<Q>>
  /** In the order given; kept, so that a fact is read once. One left undefined is not scored. */
  readFacts: (facts: readonly GateFact[]) => Later<readonly (F | undefined)[]>
  /** Two logits: helps, is needed. */
  comparePair: (query: Q, fact: F, category: GateFact['category']) => ArrayLike<number>
}
