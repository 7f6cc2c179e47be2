import { limits } from './limits.ts'
import type { Mode } from './schema/decision.ts'
import { Category } from './schema/fact.ts'
import type { FeatureSettings, Org } from './schema/org.ts'
import type { GateSettings } from './schema/session.ts'
import { estimateTokens } from './tokens.ts'

/** What holds for one request of a feature, after org and feature have been read together. */
export type Settings = {
  mode: Mode
  budget: number
  highStakesBudget: number
  maxFacts: number
  off: boolean
  blocked: Category[]
  /** Org text, at most 1,500 tokens; empty where the org has none. */
  policy: string
}

/** A feature's own settings stand over the org's, field by field; what either blocks is blocked. */
export function resolveSettings(org: Org, feature?: string): Settings {
  const own: FeatureSettings = (feature === undefined ? undefined : org.features?.[feature]) ?? {}
  const base: FeatureSettings = org.settings ?? {}
  const high = own.highStakesBudget ?? base.highStakesBudget ?? limits.blockTokensHighStakes
  const blocked = new Set([...(base.blocked ?? []), ...(own.blocked ?? [])])
  for (const { allowed } of [base, own]) {
    if (!allowed) continue
    for (const category of Category.options) if (!allowed.includes(category)) blocked.add(category)
  }
  return {
    mode: own.mode ?? base.mode ?? 'balanced',
    budget: Math.min(own.budget ?? base.budget ?? limits.blockTokens, limits.blockTokensHighStakes),
    highStakesBudget: Math.min(high, limits.blockTokensHighStakes),
    maxFacts: Math.min(own.maxFacts ?? base.maxFacts ?? limits.blockFacts, limits.facts),
    off: own.off ?? base.off ?? false,
    blocked: [...blocked],
    policy: policyText(org),
  }
}

export const gateSettings = ({ mode, off, maxFacts, blocked }: Settings): GateSettings => ({
  mode,
  off,
  maxFacts,
  blocked,
})

/** Compliance stands first and is kept whole; the rest follows while it fits. */
function policyText({ compliance, systemPrompt, tone, terminology }: Org): string {
  const terms = Object.entries(terminology ?? {}).map(([term, meaning]) => `- ${term}: ${meaning}`)
  const sections = [
    compliance?.length ? `Rules:\n${compliance.map((rule) => `- ${rule}`).join('\n')}` : '',
    systemPrompt ?? '',
    tone ? `Tone: ${tone}` : '',
    terms.length ? `Terms:\n${terms.join('\n')}` : '',
  ]
  let text = ''
  for (const section of sections) {
    if (section === '') continue
    const longer = text === '' ? section : `${text}\n\n${section}`
    if (text === '' || estimateTokens(longer) <= limits.policyTokens) text = longer
  }
  return text
}
