import * as z from 'zod/mini'
import { Time } from './fact.ts'

/** What a report's totals are told apart by; `none`: all together. */
export const GroupBy = z.enum(['none', 'arm', 'tier', 'cohort'])
export type GroupBy = z.infer<typeof GroupBy>

const Whole = z.pipe(
  z.string().check(z.regex(/^\d{1,15}$/)),
  z.transform((text: string) => Number(text)),
)

/**
 * What a report covers, as the query says it: times in ms since 1970, `to` not included; `step` in
 * seconds, a whole number of minutes.
 */
export const MetricsQuery = z.object({
  from: Whole,
  to: Whole,
  step: Whole,
  by: z.optional(GroupBy),
})
export type MetricsQuery = z.infer<typeof MetricsQuery>

/** Quantiles of a distribution, each at most 5% off; ms, or tokens where it is of tokens. */
export const Quantiles = z.object({
  count: z.number(),
  mean: z.number(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
})
export type Quantiles = z.infer<typeof Quantiles>

/** Counts and quantiles by name (`metrics/names.ts`); what never happened is left out. */
export const Figures = z.object({
  counts: z.record(z.string(), z.number()),
  quantiles: z.record(z.string(), Quantiles),
})
export type Figures = z.infer<typeof Figures>

/**
 * One org's metrics over a time. `org`: its pseudonym, as `GET /metrics` names it. A point at which nothing
 * happened is left out.
 */
export const MetricsReport = z.object({
  org: z.string(),
  from: Time,
  to: Time,
  step: z.number(),
  by: GroupBy,
  points: z.array(z.extend(Figures, { at: Time })),
  groups: z.array(z.extend(Figures, { name: z.string() })),
  /** Attached blocks by size: share of them that is at most so many tokens. */
  blocks: z.array(z.object({ tokens: z.number(), share: z.number() })),
})
export type MetricsReport = z.infer<typeof MetricsReport>
