import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { Cohort } from './cohort.ts'
import { Decision } from './decision.ts'
import { BriefFact } from './fact.ts'
import { UserLimits } from './user-limits.ts'

/** Of a text there are no more tokens than bytes. */
export const mostTokens = limits.facts * limits.factBytes

/** What the device says of itself: why there is no decision, where it stores, which persona it has seen. */
export const DeviceState = z.object({
  store: z.enum(['memory', 'device', 'edge']),
  gate: z.enum(['ready', 'late', 'failed', 'off', 'paused']),
  /** Version and epoch of the persona that the decision was made with: an older snapshot is not used. */
  version: z.optional(z.number().check(z.int(), z.gte(0))),
  epoch: z.optional(z.number().check(z.int(), z.gte(0))),
  /** Estimated tokens of the bare words of all that only this device knows: most of it never travels. */
  whole: z.optional(z.number().check(z.int(), z.gte(0), z.lte(mostTokens))),
  /** As the session brought it. It chooses among texts of the org, and nothing else. */
  cohort: z.optional(Cohort),
})
export type DeviceState = z.infer<typeof DeviceState>

/**
 * The payload of the header `Edgewise-Context` (JSON in ASCII, at most 4 KiB). All of it is
 * written by the client and trusted for nothing but choosing from the user's own persona.
 * `decision.scores.facts` and `thresholds` stay on the device: the wire form is `WireDecision`.
 */
export const WireDecision = z.extend(
  z.pick(Decision, {
    tier: true,
    mode: true,
    slices: true,
    facts: true,
    stakes: true,
    language: true,
    inherited: true,
    ms: true,
    reason: true,
  }),
  {
    /** Scores of `facts`, in their order, in hundredths. */
    weights: z.optional(
      z.array(z.number().check(z.int(), z.gte(0), z.lte(100))).check(z.maxLength(64)),
    ),
  },
)
export type WireDecision = z.infer<typeof WireDecision>

/** Where the user is just now: closed lists, and a page's label, never its address. */
export const Signals = z.object({
  device: z.optional(z.enum(['phone', 'tablet', 'desktop'])),
  page: z.optional(z.string().check(z.regex(/^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,39}$/u))),
  locale: z.optional(z.string().check(z.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$/))),
  daytime: z.optional(z.enum(['morning', 'afternoon', 'evening', 'night'])),
})
export type Signals = z.infer<typeof Signals>

export const ClientContext = z.object({
  v: z.literal(1),
  session: z.string().check(z.regex(/^[A-Za-z0-9_-]{8,64}$/)),
  device: DeviceState,
  decision: z.optional(WireDecision),
  /** Facts whose text the device vouches for: device-only ones, and ones edited after the last snapshot. */
  facts: z.optional(z.array(BriefFact).check(z.maxLength(limits.deviceFacts))),
  /** The session digest, as lines. */
  notes: z.optional(z.array(z.string().check(z.maxLength(1200))).check(z.maxLength(limits.notes))),
  signals: z.optional(Signals),
  /** What this visit wants less of. */
  limits: z.optional(UserLimits),
})
export type ClientContext = z.infer<typeof ClientContext>
