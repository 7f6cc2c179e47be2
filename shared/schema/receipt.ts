import * as z from 'zod/mini'
import { Stakes, Tier } from './decision.ts'
import { Category } from './fact.ts'

/** Why a response carried what it carried: a closed list, shown in words by the panel. */
export const Why = z.enum([
  'attached',
  'not_needed',
  'no_fact_helps',
  'nothing_known',
  'already_said',
  'over_budget',
  'no_room',
  'blocked_by_org',
  'blocked_by_user',
  'paused',
  'org_off',
  'high_stakes',
  'gate_late',
  'gate_failed',
  'persona_missing',
  'persona_late',
  'persona_failed',
  'unknown_language',
  'unreadable_body',
  'too_large_to_read',
  'no_user_message',
  'length_retry',
  'experiment',
  'stored_conversation',
])
export type Why = z.infer<typeof Why>

/**
 * What a request carried. `org`: its text in the shared prefix; `sources`: answers of the org's context
 * sources; `signals`: device, page, locale, time of day; `terms`: words of the org that the query uses.
 */
export const Slice = z.enum(['style', 'session', 'profile', 'org', 'sources', 'signals', 'terms'])
export type Slice = z.infer<typeof Slice>

/**
 * Tokens of one response. `estimated` where the provider did not say them; `input` holds `cached` and
 * `written`, and `written` holds `hour`, what is kept for an hour; `cost` in millionths of a US dollar, where
 * the model's price is known.
 */
export const Usage = z.object({
  input: z.number(),
  output: z.number(),
  cached: z.optional(z.number()),
  written: z.optional(z.number()),
  hour: z.optional(z.number()),
  cost: z.optional(z.number()),
  estimated: z.boolean(),
})
export type Usage = z.infer<typeof Usage>

/**
 * What one response cost and carried. `tokens`: the block as rendered, estimated; `whole`: the
 * bare words of the whole profile, without a frame (what attaching it on every turn would add at least);
 * times are waiting times, ms.
 */
export const Receipt = z.object({
  id: z.string(),
  why: Why,
  slices: z.array(Slice),
  facts: z.array(z.object({ id: z.string(), category: Category })),
  dropped: z.number(),
  tokens: z.number(),
  whole: z.number(),
  decidedBy: z.enum(['device', 'edge', 'none']),
  tier: z.optional(Tier),
  gateMs: z.optional(z.number()),
  reason: z.string(),
  stakes: Stakes,
  store: z.enum(['memory', 'device', 'edge', 'none']),
  version: z.optional(z.number()),
  epoch: z.optional(z.number()),
  feature: z.optional(z.string()),
  /** The class of users, by wishes and knowledge, that this one is in. */
  cohort: z.optional(z.string()),
  /** The group that the user is in; without `experiment` it was chosen by hand, to try it out. */
  experiment: z.optional(z.string()),
  arm: z.optional(z.string()),
  /** Which layer set what is not the default: `budget=user blocked=org`. */
  rules: z.optional(z.string()),
  orgMs: z.number(),
  personaMs: z.number(),
  providerMs: z.optional(z.number()),
  usage: z.optional(Usage),
})
export type Receipt = z.infer<typeof Receipt>
