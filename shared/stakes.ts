import type { Stakes } from './schema/decision.ts'
import type { BriefFact, Category } from './schema/fact.ts'

/**
 * What may speak to a question of high stakes: facts of its own domain. What makes an answer agree (beliefs)
 * or merely pleasant (preferences, style facts, tools, plans of other kinds) stays out.
 */
const domains: Record<Exclude<Stakes, 'none'>, readonly Category[]> = {
  medical: ['constraint', 'diet', 'family', 'health'],
  legal: ['constraint', 'family', 'finance', 'history', 'location', 'role'],
  financial: ['constraint', 'family', 'finance', 'goal', 'location', 'role'],
  safety: ['constraint', 'diet', 'family', 'health', 'location'],
}

/** Whether a fact may be attached at these stakes. What protects its owner may at all of them. */
export const fitsStakes = (
  { category, vital }: Pick<BriefFact, 'category' | 'vital'>,
  stakes: Stakes,
): boolean =>
  stakes === 'none' ||
  (category !== 'belief' && (vital === true || domains[stakes].includes(category)))

/** The same for a source of the org, by what it says it tells; one that says nothing stays out. */
export const sourceFitsStakes = (categories: readonly Category[], stakes: Stakes): boolean =>
  stakes === 'none' ||
  (categories.length > 0 && categories.every((category) => fitsStakes({ category }, stakes)))
