import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { Mode } from './decision.ts'
import { Category } from './fact.ts'

/** The name of a place in the app: `search`, `support-chat`. */
export const FeatureName = z
  .string()
  .check(z.regex(/^[\w.:-]{1,64}$/, '1 to 64 letters, digits, and _ . : -'))

/**
 * What a user has asked for less of, or none of. It stands over what their org asks for more of.
 * `blocked`: neither learned nor attached. `features`: categories that one place in the app never gets.
 */
export const UserLimits = z.object({
  off: z.optional(z.boolean()),
  mode: z.optional(Mode),
  /** Largest block, tokens, also where the stakes are high. */
  budget: z.optional(z.number().check(z.int(), z.gte(0), z.lte(limits.blockTokensHighStakes))),
  maxFacts: z.optional(z.number().check(z.int(), z.gte(0), z.lte(limits.facts))),
  blocked: z.optional(z.array(Category).check(z.maxLength(Category.options.length))),
  features: z.optional(
    z.record(
      FeatureName,
      z.union([z.literal('off'), z.array(Category).check(z.maxLength(Category.options.length))]),
    ),
  ),
})
export type UserLimits = z.infer<typeof UserLimits>
