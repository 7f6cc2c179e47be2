import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { Mode, Stakes } from './decision.ts'
import { BriefFact, Category, Fact } from './fact.ts'
import { Persona } from './persona.ts'
import { Receipt } from './receipt.ts'

/** What the device's gate must know of org and feature. */
export const GateSettings = z.object({
  mode: Mode,
  off: z.boolean(),
  maxFacts: z.number(),
  blocked: z.array(Category),
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
  gate: GateSettings,
})
export type Session = z.infer<typeof Session>

/** The self-model as its owner sees it. */
export const SelfModelView = z.object({
  version: z.number(),
  epoch: z.number(),
  facts: z.array(Fact),
  persona: Persona,
})
export type SelfModelView = z.infer<typeof SelfModelView>

/** Door 3: only the block. */
export const ContextRequest = z.object({
  query: z.string().check(z.minLength(1), z.maxLength(limits.ownBodyBytes)),
  messages: z.optional(z.array(z.looseObject({ role: z.string() }))),
  maxTokens: z.optional(z.number().check(z.int(), z.gte(0), z.lte(limits.blockTokensHighStakes))),
  facts: z.optional(z.array(BriefFact).check(z.maxLength(limits.deviceFacts))),
  notes: z.optional(z.array(z.string().check(z.maxLength(1200))).check(z.maxLength(limits.notes))),
})
export type ContextRequest = z.infer<typeof ContextRequest>

/** `block` is empty where nothing is attached; it goes after the user's own words, as a text part of its own. */
export const ContextReply = z.object({
  block: z.string(),
  placement: z.object({ role: z.literal('user'), position: z.literal('after_last_user_text') }),
  policy: z.string(),
  stakes: Stakes,
  receipt: Receipt,
  cache: z.object({ shared: z.literal('none') }),
})
export type ContextReply = z.infer<typeof ContextReply>
