import * as z from 'zod/mini'
import { FactId } from './fact.ts'

export const Tier = z.enum(['lite', 'full'])
export type Tier = z.infer<typeof Tier>

/** How readily context is attached: the stated false-injection rate grows from left to right. */
export const Mode = z.enum(['cautious', 'balanced', 'generous'])
export type Mode = z.infer<typeof Mode>

export const Stakes = z.enum(['none', 'medical', 'legal', 'financial', 'safety'])
export type Stakes = z.infer<typeof Stakes>

const Probability = z.number().check(z.gte(0), z.lte(1))

/**
 * What the gate answered for one request. `slices`: what the request needs; `facts`: ids chosen one by
 * one, best first; `scores` and `thresholds` are calibrated probabilities; `ms` is wall time.
 */
export const Decision = z.object({
  tier: Tier,
  mode: Mode,
  slices: z.object({ style: z.boolean(), session: z.boolean(), profile: z.boolean() }),
  facts: z.array(FactId).check(z.maxLength(64)),
  stakes: Stakes,
  scores: z.object({
    style: Probability,
    session: Probability,
    profile: Probability,
    stakes: Probability,
    facts: z.record(FactId, Probability),
  }),
  thresholds: z.object({
    style: Probability,
    session: Probability,
    profile: Probability,
    stakes: Probability,
    fact: Probability,
    vital: Probability,
  }),
  language: z.string().check(z.maxLength(8)),
  /** The message was read together with this many earlier user messages (a follow-up inherits). */
  inherited: z.number().check(z.int(), z.gte(0)),
  ms: z.number().check(z.gte(0)),
  reason: z.string().check(z.maxLength(300)),
})
export type Decision = z.infer<typeof Decision>
