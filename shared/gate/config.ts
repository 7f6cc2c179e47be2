import { isObject } from '../is-object.ts'
import { fail, ok, type Result } from '../problem.ts'
import type { Mode, Tier } from '../schema/decision.ts'
import type { LanguageConfig } from './language.ts'
import type { Clip } from './wordpiece.ts'

/** p = sigmoid(sum of weights[i] * value[columns[i]] + bias). */
export type Calibrator = { columns: number[]; weights: number[]; bias: number }

export type Calibrated =
  | 'profile'
  | 'style'
  | 'medical'
  | 'legal'
  | 'financial'
  | 'safety'
  | 'session'
  | 'sessionHistory'
  | 'analytic'
  | 'discloses'
  | 'fact'

/** Calibrated probabilities from which on something is attached or said; see models/FORMAT.md, section 9. */
export type Thresholds = {
  profile: number
  style: number
  session: number
  sessionAlone?: number
  stakes: number
  fact: number
  vital: number
  analytic: number
  /** A fact must also reach this share of the best fact's score. */
  relative: number
}

/** By language; `default` serves the languages that have no entry of their own. */
export type ByLanguage<T> = Record<string, T>

export type TierConfig = {
  version: string
  calibration: Partial<Record<Calibrated, ByLanguage<Calibrator>>>
  thresholds: Record<Mode, ByLanguage<Thresholds>>
  /** `lite` is unsure within this distance of a threshold, in logits. */
  margin: { profile: number; fact: number }
  /** How soon a need counts in full: the half-saturation constant of `shareOf`, above 0. */
  half: number
}

/** `models/gate.json`: every number that the gate decides with. */
export type GateConfig = {
  version: string
  categories: string[]
  clip: {
    request: Clip
    fact: Clip
    sessionQuery: Clip
    message: Clip
    notes: Clip
    disclosure: number
  }
  language: LanguageConfig
  tiers: Partial<Record<Tier, TierConfig>>
}

/** The most specific entry for a language. */
export const forLanguage = <T>(entries: ByLanguage<T>, language: string): T | undefined =>
  entries[language] ?? entries['default'] ?? entries['en']

const modes: Mode[] = ['cautious', 'balanced', 'generous']

/** A light check of `gate.json`, so that a half-loaded or older file is noticed before it decides. */
export function readGateConfig(value: unknown, tier: Tier): Result<GateConfig> {
  const fault = faultOf(value, tier)
  if (fault) return fail('internal', fault)
  return isConfig(value) ? ok(value) : fail('internal', { field: 'gate.json' })
}

type Fault = { field: string; expected: string }

/** For a value in which `faultOf` found nothing. */
const isConfig = (value: unknown): value is GateConfig => isObject(value)

function faultOf(value: unknown, tier: Tier): Fault | undefined {
  const numbers = at(value, 'tiers', tier)
  const missing = (names: readonly string[], ...path: string[]) =>
    names.find((name) => !isObject(at(value, ...path, name)))
  if (!Array.isArray(at(value, 'categories')))
    return { field: 'categories', expected: 'a list of names' }
  const clip = ['request', 'fact', 'sessionQuery', 'message', 'notes'].find(
    (name) => !Array.isArray(at(value, 'clip', name)),
  )
  if (clip) return { field: `clip.${clip}`, expected: 'two token counts' }
  const words = missing(['scripts', 'words', 'letters'], 'language')
  if (words) return { field: `language.${words}`, expected: 'a list by language' }
  if (!Array.isArray(at(value, 'language', 'known')))
    return { field: 'language.known', expected: 'a list of languages' }
  if (!isObject(numbers)) return { field: `tiers.${tier}`, expected: 'calibration and thresholds' }
  const name = missing(['profile', 'style', 'fact'], 'tiers', tier, 'calibration')
  if (name)
    return { field: `tiers.${tier}.calibration.${name}`, expected: 'a calibrator by language' }
  const mode = missing(modes, 'tiers', tier, 'thresholds')
  if (mode) return { field: `tiers.${tier}.thresholds.${mode}`, expected: 'thresholds by language' }
  const half = at(numbers, 'half')
  if (!(typeof half === 'number' && half > 0))
    return { field: `tiers.${tier}.half`, expected: 'a number above 0' }
  return undefined
}

/** What lies at a path, or undefined. */
const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value)
