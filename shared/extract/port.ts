import type { Tier } from '../schema/decision.ts'
import type { Category } from '../schema/fact.ts'

/** A durable statement of a user about themself. `span` stands verbatim in the message. */
export type ExtractedFact = {
  category: Category
  /** One line, at most `limits.factBytes` bytes, redacted; in the third person where a rule knows how. */
  text: string
  span: string
  /** What the user took back or changed with it, in words. */
  supersedes?: string
}

/** What a model says of one message: a logit for the whole, and 20 numbers for each token. */
export type Tagging = {
  tier: Tier
  /** Column `discloses` of each window of the message; the highest counts. */
  discloses: readonly number[]
  /** UTF-16 offsets of the tokens in the message. */
  starts: readonly number[]
  ends: readonly number[]
  /** `labelColumns` numbers a token, one after the other (models/FORMAT.md, section 7). */
  labels: ArrayLike<number>
}

/** O, B, I, then the 16 categories, then `correction`. */
export const labelColumns = 20

/** A model behind the extraction. Never throws for any text. */
export type Tagger = {
  tier: Tier
  tag: (text: string) => Tagging | Promise<Tagging>
}
