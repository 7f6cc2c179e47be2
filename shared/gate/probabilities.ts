import type { Stakes } from '../schema/decision.ts'
import { forLanguage, type Calibrated, type Thresholds, type TierConfig } from './config.ts'
import { logit, sigmoid } from './layers.ts'
import type { Mode } from '../schema/decision.ts'

export type StakesKind = Exclude<Stakes, 'none'>
export const stakesKinds: readonly StakesKind[] = ['medical', 'legal', 'financial', 'safety']

/** What a tier's numbers say in one language and mode. */
export type Judge = {
  /** Calibrated probability; 0 for a name that the tier was not calibrated for. */
  probability: (name: Calibrated, values: ArrayLike<number>) => number
  thresholds: Thresholds
}

export function createJudge(
  config: TierConfig,
  { language, mode }: { language: string; mode: Mode },
): Judge {
  const thresholds = forLanguage(config.thresholds[mode], language)
  if (!thresholds) throw new Error(`gate.json has no thresholds for ${mode}`)
  return {
    thresholds,
    probability(name, values) {
      const calibrator = forLanguage(config.calibration[name] ?? {}, language)
      if (!calibrator) return 0
      let sum = calibrator.bias
      calibrator.columns.forEach((column, i) => {
        sum += (calibrator.weights[i] ?? 0) * (values[column] ?? 0)
      })
      const p = sigmoid(sum)
      return Number.isFinite(p) ? p : 0
    },
  }
}

/**
 * How much of P(helps) stands where a request needs its user with probability `need`, 0..1: a saturation
 * curve, 0 at 0, (1 + half) / 2 at `half`, 1 at 1. P(helps) speaks of the request too, so the plain product
 * would count the need twice.
 */
export const shareOf = (need: number, half: number): number => (need * (1 + half)) / (need + half)

/** How far a probability lies above its threshold, in logits; what two messages are compared by. */
export const marginOf = (probability: number, threshold: number): number =>
  logit(probability) - logit(threshold)
