import * as z from 'zod/mini'
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
  /** What the user wants less of: it travels with the snapshot, so that no further read is needed. */
  limits: z.optional(UserLimits),
})
export type Persona = z.infer<typeof Persona>
