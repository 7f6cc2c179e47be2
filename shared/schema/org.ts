import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { Cohort } from './cohort.ts'
import { Mode } from './decision.ts'
import { Experiment } from './experiment.ts'
import { Category } from './fact.ts'
import { BindingName, ContextSource, PriorityName } from './source.ts'
import { FeatureName } from './user-limits.ts'

/** A key that app tokens are verified with. The algorithm is pinned here and never read from a token. */
export const OrgKey = z.discriminatedUnion('alg', [
  z.object({ kid: z.string(), alg: z.literal('HS256'), secret: z.string().check(z.minLength(32)) }),
  z.object({
    kid: z.string(),
    alg: z.literal('EdDSA'),
    jwk: z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }),
  }),
])
export type OrgKey = z.infer<typeof OrgKey>

const Count = z.number().check(z.int(), z.gte(0))
const Text = (characters: number) => z.string().check(z.minLength(1), z.maxLength(characters))
export const OrgId = Text(128)

/** Form of answers, one value a facet. What an org fixes here stands over what its users wish. */
export const StyleWishes = z.object({
  length: z.optional(z.enum(['brief', 'thorough'])),
  level: z.optional(z.enum(['expert', 'plain'])),
  tone: z.optional(z.enum(['formal', 'friendly', 'direct'])),
  format: z.optional(z.enum(['bullets', 'tables', 'code', 'prose'])),
})
export type StyleWishes = z.infer<typeof StyleWishes>

/** What an org may set for all its requests or for one feature (the place in the app that asks). */
const Settings = {
  mode: z.optional(Mode),
  /** Largest block, tokens; above 200 only within the high-stakes limit. */
  budget: z.optional(Count),
  highStakesBudget: z.optional(Count),
  maxFacts: z.optional(Count),
  /** No personalization at all. */
  off: z.optional(z.boolean()),
  /** No personalization where the stakes are high: medical, legal, financial, safety. */
  offAtHighStakes: z.optional(z.boolean()),
  /** Categories that may be attached; all, where left out. */
  allowed: z.optional(z.array(Category)),
  blocked: z.optional(z.array(Category)),
  style: z.optional(StyleWishes),
}
export const FeatureSettings = z.object(Settings)
export type FeatureSettings = z.infer<typeof FeatureSettings>

/** A rule as words for the model, or with what it asks of the edge as well: nobody's wish changes that. */
export const ComplianceRule = z.union([
  Text(2000),
  z.object({
    text: Text(2000),
    blocked: z.optional(z.array(Category)),
    style: z.optional(StyleWishes),
  }),
])
export type ComplianceRule = z.infer<typeof ComplianceRule>

/**
 * US dollars for a million tokens; what is read from a cache and written to it costs `input` where left out,
 * what is written for an hour as much as `written`.
 */
export const ModelPrice = z.object({
  input: z.number().check(z.gte(0)),
  output: z.number().check(z.gte(0)),
  cached: z.optional(z.number().check(z.gte(0))),
  written: z.optional(z.number().check(z.gte(0))),
  hour: z.optional(z.number().check(z.gte(0))),
})

/** The record of a tenant, in KV `ORGS`. */
export const Org = z.object({
  v: z.literal(1),
  id: OrgId,
  /** Grows with each change; says on which state a change was made. */
  revision: z.optional(Count),
  /**
   * The org whose record this one adds to. It must name this one among its `children`; its own admins may
   * set it where there is none, and not change it.
   */
  parent: z.optional(OrgId),
  children: z.optional(z.array(OrgId).check(z.maxLength(limits.orgChildren))),
  name: z.optional(z.string()),
  disabled: z.optional(z.boolean()),
  keys: z.array(OrgKey),
  /** Accepted `aud` of app tokens. */
  audience: z.optional(z.string()),
  /** Pages that may call with a token of this org; any, where left out. */
  origins: z.optional(z.array(z.string())),
  models: z.optional(z.array(z.string())),
  /** Org text, placed after the app's own system text. */
  systemPrompt: z.optional(z.string()),
  /** Terms and what they mean here: explained in the block of a request that uses them. */
  terminology: z.optional(z.record(z.string(), z.string())),
  tone: z.optional(z.string()),
  compliance: z.optional(z.array(ComplianceRule)),
  /**
   * Has this model read what users wrote in observed conversations, beside the rules; what it proposes
   * waits for a yes. Off where left out; never inherited.
   */
  extractor: z.optional(z.object({ model: Text(128) })),
  /** Marks prompts for the provider's cache where that pays: `auto`, where left out. */
  cache: z.optional(z.enum(['auto', 'off'])),
  /** Requests in a busy minute: above 15 OpenAI's `prompt_cache_key` is split. */
  requestsPerMinute: z.optional(Count),
  /**
   * `metered` asks the provider for the usage of streams where the app does not, and hides that again.
   * `as-sent` where left out.
   */
  metering: z.optional(z.enum(['as-sent', 'metered'])),
  /**
   * Whether context may go into requests of `/v1/responses` that the provider keeps, where no clearing
   * reaches it: `refuse`, where left out.
   */
  storedResponses: z.optional(z.enum(['refuse', 'allow'])),
  /**
   * Where `on`, users of a cohort share a text on form in the prefix, in place of their style lines. Only
   * where `requestsPerMinute` says that enough of them come while the provider's cache keeps it.
   */
  cohorts: z.optional(
    z.object({ on: z.boolean(), templates: z.optional(z.partialRecord(Cohort, Text(600))) }),
  ),
  /** By model, as requests name it; the list's where left out. */
  prices: z.optional(z.record(Text(200), ModelPrice)),
  tokensPerDay: z.optional(Count),
  userTokensPerDay: z.optional(Count),
  /** Visitors without an account may have a self-model of their device. */
  anonymous: z.optional(z.boolean()),
  /** Days after which a fact that was not said again is deleted, pinned or not. */
  retentionDays: z.optional(z.number().check(z.int(), z.gte(1))),
  settings: z.optional(FeatureSettings),
  /** Never inherited: whose users are in it is each org's own decision. */
  experiments: z.optional(z.array(Experiment).check(z.maxLength(8))),
  /** `Edgewise-Arm` chooses an arm, to try it out: in development, and where an org says so. */
  forcedArms: z.optional(z.boolean()),
  features: z.optional(z.record(FeatureName, FeatureSettings)),
  /** 0 to 99; compliance and what protects its owner stand above, at 100. */
  priorities: z.optional(
    z.partialRecord(PriorityName, z.number().check(z.int(), z.gte(0), z.lte(99))),
  ),
  sources: z.optional(z.array(ContextSource).check(z.maxLength(limits.sources))),
  /** Hosts that `sources` may name; set by whoever runs the deployment. */
  sourceHosts: z.optional(z.array(Text(253)).check(z.maxLength(32))),
  /** Service bindings that `sources` may name; set by whoever runs the deployment. */
  sourceBindings: z.optional(z.array(BindingName).check(z.maxLength(32))),
})
export type Org = z.infer<typeof Org>
