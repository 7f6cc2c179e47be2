import type { Thresholds } from './config.ts'
import type { GateFact, GateOptions } from './port.ts'

/** Why a fact was not chosen; `score` and `best` are the learned ones, the others are rules. */
export type KeptOut = 'blocked' | 'belief' | 'profile' | 'score' | 'limit'

/** What is known of a fact for one request. `helps`: calibrated; `score`: what the threshold is for. */
export type FactVerdict = {
  fact: GateFact
  helps: number
  score: number
  attach: boolean
  keptOut?: KeptOut
}

export type RuleInput = {
  options: GateOptions
  thresholds: Thresholds
  /** Stage 1 said that the request depends on its user. */
  needsProfile: boolean
  /** The request asks for facts, an explanation, maths, code or a transformation. */
  isAnalytical: boolean
}

/** `helps` = P(helps), `together` = the same weighed by the need, each the largest over the messages read together. */
export type FactScores = { fact: GateFact; helps: number; together: number }

/**
 * Stage 2. Blocked categories and, for a factual or analytical request, beliefs never join, whatever
 * their score. A vital fact skips stage 1: it is attached unless it is clearly unrelated. Verdicts come
 * in the order given; at most `maxFacts` are attached, vital ones first, then the best.
 */
export function applyRules(facts: readonly FactScores[], input: RuleInput): FactVerdict[] {
  const { options, thresholds } = input
  const judged = facts.map((scores) => judge(scores, input))
  const best = facts.reduce(
    (most, { together }, i) => (judged[i]?.keptOut ? most : Math.max(most, together)),
    0,
  )
  const floor = Math.max(thresholds.fact, thresholds.relative * best)
  for (const verdict of judged) {
    if (verdict.keptOut) continue
    const { vital } = verdict.fact
    if (!vital && !input.needsProfile) verdict.keptOut = 'profile'
    else if (!(verdict.score >= (vital ? thresholds.vital : floor))) verdict.keptOut = 'score'
  }
  rank(judged)
    .slice(Math.max(0, options.maxFacts))
    .forEach((verdict) => (verdict.keptOut = 'limit'))
  for (const verdict of judged) verdict.attach = !verdict.keptOut
  return judged
}

function judge({ fact, helps, together }: FactScores, input: RuleInput): FactVerdict {
  const ruled = (keptOut: KeptOut): FactVerdict => ({
    fact,
    helps,
    score: 0,
    attach: false,
    keptOut,
  })
  if (fact.category && input.options.blocked.includes(fact.category)) return ruled('blocked')
  if (fact.category === 'belief' && input.isAnalytical) return ruled('belief')
  return { fact, helps, score: fact.vital ? helps : together, attach: false }
}

/** The verdicts that are not kept out: vital ones first, then by score; equal ones as they came. */
export const rank = (verdicts: readonly FactVerdict[]): FactVerdict[] =>
  verdicts
    .filter(({ keptOut }) => !keptOut)
    .toSorted(
      (a, b) => Number(b.fact.vital ?? false) - Number(a.fact.vital ?? false) || b.score - a.score,
    )
