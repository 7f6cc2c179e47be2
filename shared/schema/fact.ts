import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { utf8Bytes } from '../tokens.ts'

/** The closed list that gate, extraction, policy and panel share. */
export const Category = z.enum([
  'belief',
  'constraint',
  'diet',
  'expertise',
  'family',
  'finance',
  'goal',
  'health',
  'history',
  'location',
  'preference',
  'project',
  'role',
  'schedule',
  'style',
  'tool',
])
export type Category = z.infer<typeof Category>

/**
 * Where the words came from. Pasted and prefilled text is not trusted to be the user's own; `inferred` is
 * what a language model proposed.
 */
export const Source = z.enum(['typed', 'pasted', 'prefilled', 'app', 'import', 'inferred'])
export type Source = z.infer<typeof Source>

export const FactText = z.string().check(
  z.trim(),
  z.minLength(1),
  z.refine((text) => utf8Bytes(text) <= limits.factBytes, `at most ${limits.factBytes} bytes`),
)

export const FactId = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,40}$/))
export type FactId = z.infer<typeof FactId>

/** Milliseconds since 1970. */
export const Time = z.number().check(z.nonnegative(), z.lte(8.64e15))

const Count = z.number().check(z.int(), z.gte(0), z.lte(1_000_000))
/**
 * What a fact has brought. `attached`: answers that it went along with, as far as their words tell
 * anything; `used`: those of them that hold at least half of its own words; `corrected`: those that its
 * owner took back ("answer again without").
 */
export const Earned = z.object({ attached: Count, used: Count, corrected: Count })
export type Earned = z.infer<typeof Earned>

/**
 * One durable statement about a user. `confidence` 0..1. `vital`: protects its owner (allergy, medicine).
 * `times`: in how many messages it was said. `owned`: its owner has confirmed or changed it by hand; then
 * learning adds sightings and nothing else. `supersedes`: the earlier state that it takes back, in words.
 * `by`: the fact that stands in place of a superseded one.
 */
export const Fact = z.object({
  id: FactId,
  category: Category,
  text: FactText,
  confidence: z.number().check(z.gte(0), z.lte(1)),
  source: Source,
  firstSeen: Time,
  lastSeen: Time,
  expires: z.optional(Time),
  pinned: z.boolean(),
  vital: z.boolean(),
  status: z.enum(['active', 'pending', 'superseded']),
  times: z.optional(z.number()),
  owned: z.optional(z.boolean()),
  supersedes: z.optional(FactText),
  by: z.optional(FactId),
  earned: z.optional(Earned),
})
export type Fact = z.infer<typeof Fact>

/** What facts have brought since the last report, by id. The user agreed to learning at the edge. */
export const EarnedReport = z.object({
  consent: z.literal('edge'),
  facts: z
    .record(FactId, Earned)
    .check(
      z.refine(
        (facts) => Object.keys(facts).length <= limits.facts,
        `at most ${limits.facts} facts`,
      ),
    ),
})

/** What a person or an app may say of a new fact. */
export const NewFact = z.object({
  category: Category,
  text: FactText,
  source: z.optional(Source),
  pinned: z.optional(z.boolean()),
  vital: z.optional(z.boolean()),
  expires: z.optional(Time),
})
export type NewFact = z.infer<typeof NewFact>

/** What may be changed of a fact; a field left out stays as it is, `expires: null` takes the expiry away. */
export const FactChange = z.object({
  category: z.optional(Category),
  text: z.optional(FactText),
  pinned: z.optional(z.boolean()),
  vital: z.optional(z.boolean()),
  expires: z.optional(z.nullable(Time)),
  /** Confirms what was pending, or keeps what was superseded. */
  status: z.optional(z.literal('active')),
})
export type FactChange = z.infer<typeof FactChange>

/** What the gate, the block and the header know of a fact. `seen`: day of last confirmation, ms. */
export const BriefFact = z.object({
  id: FactId,
  category: Category,
  text: FactText,
  vital: z.optional(z.boolean()),
  seen: z.optional(Time),
  /** 0..1; as sure as can be, where left out. */
  confidence: z.optional(z.number().check(z.gte(0), z.lte(1))),
})
export type BriefFact = z.infer<typeof BriefFact>
