import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { Mode, Stakes } from './decision.ts'
import { BriefFact, Category, Fact } from './fact.ts'
import { Cohort } from './cohort.ts'
import { KeptForExperiments } from './experiment.ts'
import { AuditEntry, Change } from './learning.ts'
import { Persona } from './persona.ts'
import { Receipt } from './receipt.ts'
import { UserLimits } from './user-limits.ts'

/** What the device's gate must know of org and feature. */
export const GateSettings = z.object({
  mode: Mode,
  off: z.boolean(),
  maxFacts: z.number(),
  blocked: z.array(Category),
  /** Which layer (org, feature, cohort, user, session) set what is not the default: `{budget: 'user'}`. */
  why: z.optional(z.record(z.string(), z.string())),
})
export type GateSettings = z.infer<typeof GateSettings>

export const OpenSession = z.object({ feature: z.optional(z.string().check(z.maxLength(64))) })

/** `subject`: a pseudonym of (org, user), the key of what the device stores. Times in ms since 1970. */
export const Session = z.object({
  session: z.string(),
  subject: z.string(),
  org: z.object({ id: z.string(), name: z.optional(z.string()) }),
  expires: z.number(),
  persona: Persona,
  /** As it was when the session was opened: the device keeps it until the next one. */
  cohort: z.optional(Cohort),
  gate: GateSettings,
  /** The experiment of this feature and the user's arm in it, where one runs. */
  experiment: z.optional(z.string()),
  arm: z.optional(z.string()),
})
export type Session = z.infer<typeof Session>

/** What the facts say of form, knowledge and plans; `fact` is the id of the one that says so. */
export const Facets = z.object({
  style: z.object({
    length: z.optional(z.string()),
    level: z.optional(z.string()),
    tone: z.optional(z.string()),
    format: z.optional(z.string()),
  }),
  expertise: z.array(
    z.object({
      area: z.string(),
      level: z.enum(['beginner', 'intermediate', 'advanced']),
      fact: z.string(),
    }),
  ),
  goals: z.array(z.object({ fact: z.string(), due: z.optional(z.number()) })),
})

/** The self-model as its owner sees it. */
export const SelfModelView = z.object({
  version: z.number(),
  epoch: z.number(),
  facts: z.array(Fact),
  persona: Persona,
  facets: z.optional(Facets),
  limits: z.optional(UserLimits),
  /** False where its owner has switched learning off. */
  learn: z.optional(z.boolean()),
  /** The last erasure, where there was one. */
  erased: z.optional(z.object({ epoch: z.number(), at: z.number() })),
})
export type SelfModelView = z.infer<typeof SelfModelView>

/** All that is kept of a user, for them to take away. */
export const SelfModelExport = z.extend(SelfModelView, {
  history: z.optional(z.array(Change)),
  audit: z.optional(z.array(AuditEntry)),
  experiments: z.optional(KeptForExperiments),
})
export type SelfModelExport = z.infer<typeof SelfModelExport>

/** Door 3: only the block. `maxTokens` lowers the budget of org and feature and never raises it. */
export const ContextRequest = z.object({
  query: z.string().check(z.minLength(1), z.maxLength(limits.ownBodyBytes)),
  messages: z.optional(z.array(z.looseObject({ role: z.string() }))),
  /** The model that will be asked, and tokens of tools and system text that are not among `messages`: for `cache`. */
  model: z.optional(z.string().check(z.maxLength(200))),
  sharedTokens: z.optional(z.number().check(z.int(), z.gte(0), z.lte(10_000_000))),
  maxTokens: z.optional(z.number().check(z.int(), z.gte(0))),
  facts: z.optional(z.array(BriefFact).check(z.maxLength(limits.deviceFacts))),
  notes: z.optional(z.array(z.string().check(z.maxLength(1200))).check(z.maxLength(limits.notes))),
})
export type ContextRequest = z.infer<typeof ContextRequest>

/**
 * How to have the provider keep what will come again. `markers`: where a marker called `field` pays: behind
 * all that users share (tools, the app's system text, then `policy`), behind one of `messages`, or behind
 * the query, in front of the block. `key`: the `prompt_cache_key`. `exclusive`: ask the provider to keep
 * nothing beyond the markers. `why`: `no_model` where the request names none.
 */
export const CacheHints = z.object({
  why: z.enum([
    'planned',
    'implicit',
    'below_minimum',
    'no_marker_left',
    'no_cache',
    'off',
    'no_model',
  ]),
  field: z.optional(z.enum(['cache_control', 'prompt_cache_breakpoint'])),
  markers: z.array(
    z.object({
      after: z.enum(['shared', 'message', 'query']),
      message: z.optional(z.number()),
    }),
  ),
  key: z.optional(z.string()),
  exclusive: z.boolean(),
})
export type CacheHints = z.infer<typeof CacheHints>

/** `block` is empty where nothing is attached; it goes after the user's own words, as a text part of its own. */
export const ContextReply = z.object({
  block: z.string(),
  placement: z.object({ role: z.literal('user'), position: z.literal('after_last_user_text') }),
  policy: z.string(),
  stakes: Stakes,
  receipt: Receipt,
  cache: CacheHints,
})
export type ContextReply = z.infer<typeof ContextReply>
