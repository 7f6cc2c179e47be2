import * as z from 'zod/mini'
import { Category, Source, Time } from './fact.ts'

/**
 * What a user wrote, redacted, on its way to the language model that their org has turned on. `found`:
 * pieces from which the rules have made facts already, as offsets in the text. `tokensPerDay`: the org's
 * allowance; all else as in a lesson.
 */
export const Excerpt = z.object({
  v: z.literal(1),
  made: Time,
  epoch: z.optional(z.number()),
  model: z.string(),
  tokensPerDay: z.number(),
  blocked: z.array(Category),
  retentionDays: z.optional(z.number()),
  messages: z.array(
    z.object({
      id: z.string().check(z.maxLength(64)),
      text: z.string(),
      source: Source,
      found: z.array(z.object({ start: z.number(), end: z.number() })),
    }),
  ),
})
export type Excerpt = z.infer<typeof Excerpt>
