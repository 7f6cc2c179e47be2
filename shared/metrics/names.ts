import { problems } from '../problem.ts'
import { LessonOutcome } from '../schema/learning.ts'
import { Slice, Why } from '../schema/receipt.ts'

/*
 * Every metric there is: closed lists, so that no request can make a new one. `docs/metrics.md` says what
 * each of them counts and how.
 */

const plain = [
  'requests',
  'tokens:fresh',
  'tokens:cached',
  'tokens:written',
  'tokens:output',
  'tokens:block',
  'tokens:whole',
  'whole_known',
  'estimated',
  'unpriced',
  'cost',
  'cost:block',
  'cost:whole',
  'error:provider_4xx',
  'error:provider_5xx',
  'erasures',
  'lost',
] as const

const withPrefix = <P extends string, N extends string>(prefix: P, names: readonly N[]) =>
  names.map((name): `${P}:${N}` => `${prefix}:${name}`)

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the closed list's own keys
const codes = Object.keys(problems) as (keyof typeof problems)[]

/** What is counted. Costs are in millionths of a US dollar. */
export const counters = [
  ...plain,
  ...withPrefix('slice', Slice.options),
  ...withPrefix('why', Why.options),
  ...withPrefix('error', codes),
  ...withPrefix('lesson', LessonOutcome.options),
]
export type Counter = (typeof counters)[number]

/**
 * What is kept as a histogram: waiting times in ms (`edge`: before the provider is called; `persona`: KV;
 * `provider`: until its first byte; `gate`: as the device or the edge measured it; `learning`: from words
 * to self-model), tokens of the blocks that were attached, and how many facts and bytes a self-model
 * holds after it has learned.
 */
export const distributions = [
  'edge',
  'persona',
  'provider',
  'gate',
  'learning',
  'block',
  'model_facts',
  'model_bytes',
] as const
export type Distribution = (typeof distributions)[number]

const counterNames = new Set<string>(counters)
const distributionNames = new Set<string>(distributions)
export const isCounter = (name: string): name is Counter => counterNames.has(name)
export const isDistribution = (name: string): name is Distribution => distributionNames.has(name)

/** Reasons for which a request went out with less than it should have had. */
export const degradations = [
  'gate_late',
  'gate_failed',
  'persona_missing',
  'persona_late',
  'persona_failed',
  'length_retry',
  'too_large_to_read',
  'unreadable_body',
] as const satisfies readonly Why[]

/** What a series is told apart by, beside org and time. */
export const dimensions = ['arm', 'tier', 'cohort'] as const
export type Dimension = (typeof dimensions)[number]

/** Values of one dimension that an org can have in an isolate at a time; the rest is `other`. */
export const VALUES = 24
/** A value that is no plain label is `other` as well. */
export const isLabel = (value: string): boolean => /^[\w.:-]{1,48}$/.test(value)
/** Of no arm, tier or cohort; no arm is called that, as one is called `none`. */
export const NONE = '-'
export const OTHER = 'other'
