import * as z from 'zod/mini'
import { Cohort } from './cohort.ts'
import { BriefFact } from './fact.ts'
import { UserLimits } from './user-limits.ts'

/**
 * The prompt-ready snapshot of a self-model. `version` grows with every change, `epoch` with every
 * erasure. `style`: one line, at most 30 tokens; `summary`: lines in order of value, at most 200 tokens.
 */
export const Persona = z.object({
  v: z.literal(1),
  version: z.number(),
  epoch: z.number(),
  style: z.string(),
  summary: z.array(z.string()),
  facts: z.array(BriefFact),
  /** Tokens of each fact's line in a block, in their order, as OpenAI counts them (o200k_base). */
  tokens: z.optional(z.array(z.number())),
  /** What the user wants less of: it travels with the snapshot, so that no further read is needed. */
  limits: z.optional(UserLimits),
  /** The class of users that this one is in; left out where they have wished nothing, or keep style out. */
  cohort: z.optional(Cohort),
})
export type Persona = z.infer<typeof Persona>
