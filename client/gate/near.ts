import type { TierConfig } from '../../shared/gate/config.ts'
import { marginOf } from '../../shared/gate/probabilities.ts'
import type { Decision } from '../../shared/schema/decision.ts'

/**
 * Whether the small tier is unsure: the request, or a fact that the request could use, lies within the
 * band around its threshold that `gate.json` states.
 */
export function isNear(
  { slices, scores, thresholds, language }: Decision,
  margin: TierConfig['margin'],
): boolean {
  if (language === 'unknown') return false
  if (Math.abs(marginOf(scores.profile, thresholds.profile)) < margin.profile) return true
  return (
    slices.profile &&
    Object.values(scores.facts).some(
      (score) => Math.abs(marginOf(score, thresholds.fact)) < margin.fact,
    )
  )
}
