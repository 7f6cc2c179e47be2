import { limits } from '../limits.ts'
import type { Settings } from '../resolve.ts'
import type { WireDecision } from '../schema/context.ts'
import type { BriefFact, Category } from '../schema/fact.ts'
import type { Persona } from '../schema/persona.ts'
import type { Assigned } from './assign.ts'

/** Less than this was asked for by the user or for this visit: no arm gives more. */
const isModest = ({ by }: Settings, field: string): boolean =>
  by[field] === 'user' || by[field] === 'session'

/**
 * The settings of an arm, once everybody has been heard. A budget of the arm is a cap; `full` has a cap of
 * its own, 2,000 tokens, since the usual one is what it is held against.
 */
export function armSettings(settings: Settings, assigned: Assigned | undefined): Settings {
  if (!assigned || assigned.arm === 'none') return settings
  const { arm, budget = arm === 'full' ? limits.fullTokens : undefined } = assigned
  if (budget === undefined) return settings
  const widen = arm === 'full'
  const cap = (field: 'budget' | 'highStakesBudget'): number =>
    widen && !isModest(settings, field) ? budget : Math.min(settings[field], budget)
  return {
    ...settings,
    budget: cap('budget'),
    highStakesBudget: cap('highStakesBudget'),
    maxFacts: widen && !isModest(settings, 'maxFacts') ? limits.facts : settings.maxFacts,
  }
}

/** Hundredths that facts count which the gate has not chosen: after those that it has. */
const UNCHOSEN = 1

/**
 * The decision of an arm: `full` asks for all that is known, whatever the question. Opinions stay out
 * unless the gate chose them: they make answers agree instead of being right, in every arm. An arm without
 * a category leaves its facts out.
 */
export function armDecision(decision: WireDecision, input: ArmDecisionInput): WireDecision {
  const { without } = input.assigned ?? {}
  const asked = input.assigned?.arm === 'full' ? everything(decision, input) : decision
  return without ? withoutCategory(asked, { ...input, without }) : asked
}

/** What protects its owner stays. */
function withoutCategory(
  decision: WireDecision,
  { persona, deviceFacts, without }: ArmDecisionInput & { without: Category },
): WireDecision {
  const out = new Set(
    [...(persona?.facts ?? []), ...deviceFacts]
      .filter(({ category, vital }) => category === without && !vital)
      .map(({ id }) => id),
  )
  const isIn = (_: unknown, i: number): boolean => !out.has(decision.facts[i] ?? '')
  const { facts, weights } = decision
  return {
    ...decision,
    facts: facts.filter(isIn),
    ...(weights ? { weights: weights.filter(isIn) } : {}),
  }
}

function everything(
  decision: WireDecision,
  { persona, deviceFacts }: ArmDecisionInput,
): WireDecision {
  const chosen = new Set(decision.facts)
  const rest = new Set(
    [...(persona?.facts ?? []), ...deviceFacts]
      .filter(({ id, category }) => category !== 'belief' && !chosen.has(id))
      .map(({ id }) => id),
  )
  const facts = [...decision.facts, ...rest]
  const weights = facts.map((_, i) =>
    i < decision.facts.length ? (decision.weights?.[i] ?? 100) : UNCHOSEN,
  )
  return {
    ...decision,
    slices: { ...decision.slices, style: true, profile: true },
    facts,
    weights,
  }
}
type ArmDecisionInput = {
  assigned: Assigned | undefined
  persona: Persona | undefined
  deviceFacts: readonly BriefFact[]
}
