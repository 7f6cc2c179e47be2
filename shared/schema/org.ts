import * as z from 'zod/mini'
import { Mode } from './decision.ts'
import { Category } from './fact.ts'

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

/** What an org may set for all its requests or for one feature (the place in the app that asks). */
const Settings = {
  mode: z.optional(Mode),
  /** Largest block, tokens; above 200 only within the high-stakes limit. */
  budget: z.optional(Count),
  highStakesBudget: z.optional(Count),
  maxFacts: z.optional(Count),
  /** No personalization at all. */
  off: z.optional(z.boolean()),
  /** Categories that may be attached; all, where left out. */
  allowed: z.optional(z.array(Category)),
  blocked: z.optional(z.array(Category)),
}
export const FeatureSettings = z.object(Settings)
export type FeatureSettings = z.infer<typeof FeatureSettings>

/** The record of a tenant, in KV `ORGS`. */
export const Org = z.object({
  v: z.literal(1),
  id: z.string(),
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
  terminology: z.optional(z.record(z.string(), z.string())),
  tone: z.optional(z.string()),
  compliance: z.optional(z.array(z.string())),
  tokensPerDay: z.optional(Count),
  userTokensPerDay: z.optional(Count),
  settings: z.optional(FeatureSettings),
  features: z.optional(z.record(z.string(), FeatureSettings)),
})
export type Org = z.infer<typeof Org>
