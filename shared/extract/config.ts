import { forLanguage, type ByLanguage, type Calibrator } from '../gate/config.ts'
import { createLanguageDetector, type LanguageConfig } from '../gate/language.ts'
import { fail, ok, type Result } from '../problem.ts'
import { Category } from '../schema/fact.ts'
import type { Tier } from '../schema/decision.ts'

/** Shares of a token's probability from which on it counts; models/FORMAT.md, section 7. */
export type SpanThresholds = {
  message: number
  inside: number
  begin: number
  span: number
  /** Tokens that two runs may lie apart and still be one. */
  bridge: number
}

/** What the extraction reads of `models/gate.json`, for one tier. */
export type ExtractConfig = {
  categories: readonly Category[]
  /** Tokens in one window. */
  window: number
  language(text: string): string
  thresholds(language: string): SpanThresholds
  /** Calibrated probability that a message states a fact, from its logit. */
  probability(logit: number, language: string): number
}

type GateJson = {
  categories: string[]
  clip: { disclosure: number }
  language: LanguageConfig
  tiers: Partial<Record<Tier, TierJson>>
}
type TierJson = {
  calibration: { discloses?: ByLanguage<Calibrator> }
  disclosure?: ByLanguage<SpanThresholds>
}

const names = ['message', 'inside', 'begin', 'span', 'bridge'] as const

const bad = (field: string, expected: string) => fail('internal', { field, expected })

/** Picks the part of `gate.json` that extraction needs; a file without it is said, not guessed. */
export function readExtractConfig(gate: unknown, tier: Tier): Result<ExtractConfig> {
  const { categories, clip, language, tiers } = (gate ?? {}) as Partial<GateJson>
  const known = (categories ?? []).map((name) => Category.safeParse(name))
  if (known.length === 0 || known.some(({ success }) => !success))
    return bad('categories', 'the names of the categories')
  if (typeof clip?.disclosure !== 'number') return bad('clip.disclosure', 'tokens in one window')
  if (!language) return bad('language', 'words and scripts of the languages')
  const { calibration, disclosure } = tiers?.[tier] ?? {}
  const calibrators = calibration?.discloses
  if (!calibrators || !forLanguage(calibrators, 'default'))
    return bad(`tiers.${tier}.calibration.discloses`, 'a calibrator by language')
  const fallback = disclosure && forLanguage(disclosure, 'default')
  const missing = names.find((name) => typeof fallback?.[name] !== 'number')
  if (!fallback || missing) return bad(`tiers.${tier}.disclosure.default.${missing}`, 'a number')
  const identity = { weights: [1], bias: 0 }
  return ok({
    categories: known.flatMap(({ success, data }) => (success ? [data] : [])),
    window: clip.disclosure,
    language: createLanguageDetector(language),
    thresholds: (code) => ({ ...fallback, ...disclosure[code] }),
    probability(logit, code) {
      const { weights, bias } = forLanguage(calibrators, code) ?? identity
      return 1 / (1 + Math.exp(-((weights[0] ?? 1) * logit + bias)))
    },
  })
}
