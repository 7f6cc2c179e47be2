import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { Category } from './fact.ts'
import { FeatureName } from './user-limits.ts'

/**
 * Groups of an experiment. `none`: nothing of the user goes along. `summary`: what Edgewise does without an
 * experiment: gated, at most 200 tokens unless the stakes are high. `full`: all that is known, each turn.
 */
export const Arm = z.enum(['none', 'summary', 'full'])
export type Arm = z.infer<typeof Arm>

/** What the client measures by itself where the user agreed to it; reported under `edgewise.` and this. */
export const pageMeasures = [
  'used',
  'words',
  'refusal',
  'agreement',
  'again',
  'stopped',
  'copied',
  'thumb',
] as const

/** A name of the app's own, or one of those that the client measures by itself. */
export const OutcomeName = z
  .string()
  .check(
    z.regex(
      new RegExp(`^(?:edgewise\\.(?:${pageMeasures.join('|')})|[a-z][a-z0-9_-]{0,39})$`),
      'a name of small letters, digits, _ and -',
    ),
  )

const Whole = z.number().check(z.int(), z.gte(0))
const Time = Whole
/** Plain ASCII: it is hashed, and stands in a receipt. */
const Label = z.string().check(z.regex(/^[\w.:-]{1,64}$/, '1 to 64 letters, digits, and _ . : -'))

/**
 * `budget`: tokens of one block; below 200 for a smaller step of `summary`, up to 2,000 for `full`.
 * `without`: a category whose facts stay out, but for vital ones: what the category is worth.
 */
export const ExperimentArm = z.object({
  arm: Arm,
  weight: z.number().check(z.gt(0), z.lte(1000)),
  budget: z.optional(z.number().check(z.int(), z.gte(1), z.lte(limits.fullTokens))),
  without: z.optional(
    Category.check(z.refine((category) => category !== 'style', 'a category that is not style')),
  ),
})
export type ExperimentArm = z.infer<typeof ExperimentArm>

/**
 * What is counted for each user: whether it happened (`yes`), its `sum`, or its `mean` (users without any
 * are left out). A guardrail must not get worse by more than `margin`, a share of what the first arm has.
 */
export const ExperimentOutcome = z.object({
  name: OutcomeName,
  kind: z.enum(['yes', 'sum', 'mean']),
  better: z.optional(z.enum(['higher', 'lower'])),
  guardrail: z.optional(z.boolean()),
  margin: z.optional(z.number().check(z.gt(0), z.lte(1))),
})
export type ExperimentOutcome = z.infer<typeof ExperimentOutcome>

/**
 * An experiment of an org. Users keep their arm as long as `salt` (the id, where left out), arms and
 * weights stay as they are. The first arm is what the others are held against, the first outcome is the
 * one that decides. `users`: how many are planned for, where intervals are narrowest; `windowHours`: for
 * how long after a user's first answer outcomes count; `level`: share of false alarms that is accepted.
 */
export const Experiment = z.object({
  id: Label,
  salt: z.optional(Label),
  /** The place in the app that it runs in; all of them, where left out. */
  feature: z.optional(FeatureName),
  arms: z.array(ExperimentArm).check(z.minLength(2), z.maxLength(6)),
  outcomes: z.array(ExperimentOutcome).check(z.minLength(1), z.maxLength(8)),
  /** Users, as the app's tokens name them, who are in no arm. */
  exclude: z.optional(
    z.array(z.string().check(z.minLength(1), z.maxLength(256))).check(z.maxLength(1000)),
  ),
  start: z.optional(Time),
  end: z.optional(Time),
  users: z.optional(z.number().check(z.int(), z.gte(100), z.lte(1e8))),
  windowHours: z.optional(z.number().check(z.gt(0), z.lte(24 * 28))),
  level: z.optional(z.number().check(z.gte(0.001), z.lte(0.2))),
})
export type Experiment = z.infer<typeof Experiment>

/**
 * What happened with an answer: never a text. `id`: the same report sent again has the same one. One of
 * `receipt` and `session` says what it is about. `at`: ms since 1970, now where left out.
 */
export const Outcome = z
  .object({
    id: z.string().check(z.regex(/^[\w.:-]{8,64}$/, '8 to 64 letters, digits, and _ . : -')),
    name: OutcomeName,
    value: z.number().check(z.gte(-1e6), z.lte(1e6)),
    receipt: z.optional(z.string().check(z.regex(/^[\w.:-]{1,64}$/))),
    session: z.optional(z.string().check(z.regex(/^[\w-]{8,64}$/))),
    at: z.optional(Time),
    /** What the user agreed to: without `edge` nothing is kept. */
    consent: z.optional(z.enum(['memory', 'device', 'edge'])),
  })
  .check(
    z.refine(({ receipt, session }) => receipt !== undefined || session !== undefined, {
      error: 'the id of a receipt or of a session',
      path: ['receipt'],
    }),
  )
export type Outcome = z.infer<typeof Outcome>

/** What is kept of one user for experiments, the newest: names and numbers. `at` in ms, `waited` too. */
export const KeptForExperiments = z.object({
  exposures: z.array(
    z.object({
      experiment: z.string(),
      arm: z.string(),
      session: z.string(),
      at: Time,
      requests: z.number(),
      attached: z.number(),
      tokens: z.number(),
      waited: z.number(),
      decided: z.number(),
      needed: z.number(),
      followed: z.number(),
    }),
  ),
  outcomes: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      value: z.number(),
      session: z.string(),
      receipt: z.string(),
      at: Time,
      kept: Time,
    }),
  ),
})
export type KeptForExperiments = z.infer<typeof KeptForExperiments>

export const OutcomeRefusal = z.enum([
  'no_consent',
  'global_privacy_control',
  'no_experiment',
  'too_many',
])
export type OutcomeRefusal = z.infer<typeof OutcomeRefusal>

/** `counted`: it is kept, now or by an earlier report with the same id. */
export const OutcomeReply = z.object({
  id: z.string(),
  counted: z.boolean(),
  refused: z.optional(OutcomeRefusal),
})
export type OutcomeReply = z.infer<typeof OutcomeReply>
