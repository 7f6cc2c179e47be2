import type { Decision, Mode, Tier } from '../schema/decision.ts'
import type { Thresholds } from './config.ts'
import type { Examined } from './decide.ts'
import type { GateFact } from './port.ts'

/** What a decision says of the thresholds it was made with. */
export const publicThresholds = (
  thresholds: Thresholds,
  session: number,
): Decision['thresholds'] => ({
  style: thresholds.style,
  session,
  profile: thresholds.profile,
  stakes: thresholds.stakes,
  fact: thresholds.fact,
  vital: thresholds.vital,
})

/** Nothing is attached, because the models cannot read the request: `language` is `unknown` then. */
export function decline(
  facts: readonly GateFact[],
  about: { tier: Tier; mode: Mode; language: string; thresholds: Thresholds; reason: string },
): Examined {
  const { tier, mode, language, thresholds, reason } = about
  return {
    decision: {
      tier,
      mode,
      language,
      inherited: 0,
      reason,
      slices: { style: false, session: false, profile: false },
      facts: [],
      stakes: 'none',
      scores: { style: 0, session: 0, profile: 0, stakes: 0, facts: {} },
      thresholds: publicThresholds(thresholds, thresholds.session),
    },
    stakes: { medical: 0, legal: 0, financial: 0, safety: 0 },
    verdicts: facts.map((fact) => ({
      fact,
      helps: 0,
      score: 0,
      attach: false,
      keptOut: 'profile',
    })),
  }
}
