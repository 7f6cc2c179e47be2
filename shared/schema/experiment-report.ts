import * as z from 'zod/mini'

/** Ends of an always-valid interval; null before an arm has 100 users, and while all users are alike. */
const ends = { low: z.nullable(z.number()), high: z.nullable(z.number()) }

/** `n`: users who count; `mean` of the outcome for one of them. */
export const ArmResult = z.object({ arm: z.string(), n: z.number(), mean: z.number(), ...ends })
export type ArmResult = z.infer<typeof ArmResult>

/** `value`: the mean of `arm` minus that of `against`; null where one of them has no users. */
export const Difference = z.object({
  arm: z.string(),
  against: z.string(),
  value: z.nullable(z.number()),
  ...ends,
})
export type Difference = z.infer<typeof Difference>

/** `tokens`: what a request of `to` carries more than one of `from`; `perHundred`: gain for 100 of them. */
export const BudgetStep = z.object({
  from: z.string(),
  to: z.string(),
  tokens: z.number(),
  gain: z.nullable(z.number()),
  ...ends,
  perHundred: z.nullable(z.number()),
})
export type BudgetStep = z.infer<typeof BudgetStep>

export const Guardrail = z.extend(Difference, {
  name: z.string(),
  state: z.enum(['holds', 'broken', 'open']),
})
export type Guardrail = z.infer<typeof Guardrail>

/**
 * Users whose device found in their first visit that something about them was needed, and those for whom
 * it found nothing. Others, of whom no device decided anything, are in neither.
 */
const NeedClass = z.object({
  needed: z.boolean(),
  arms: z.array(ArmResult),
  difference: z.array(Difference),
})
/**
 * What an experiment shows until now. `ratio.p` below 0.001: users did not fall into the arms as they
 * should, and nothing else here can be trusted. `crossed`: users who had more than one arm, and count in
 * none. `waiting`: users for whom outcomes may still come.
 */
export const ExperimentResults = z.object({
  experiment: z.string(),
  outcome: z.string(),
  level: z.number(),
  windowHours: z.number(),
  arms: z.array(ArmResult),
  difference: z.array(Difference),
  ratio: z.object({ p: z.number(), statistic: z.number(), crossed: z.number() }),
  waiting: z.number(),
  steps: z.array(BudgetStep),
  classes: z.array(NeedClass),
  guardrails: z.array(Guardrail),
})
export type ExperimentResults = z.infer<typeof ExperimentResults>

/** The experiments of an org, as its record has them. */
export const ExperimentList = z.object({
  experiments: z.array(
    z.object({
      id: z.string(),
      feature: z.optional(z.string()),
      arms: z.array(z.string()),
      /** The first one decides. */
      outcomes: z.array(z.string()),
      start: z.optional(z.number()),
      end: z.optional(z.number()),
    }),
  ),
})
export type ExperimentList = z.infer<typeof ExperimentList>
