import { renderBlock, type BlockContent } from './block.ts'
import type { BriefFact, Category } from './schema/fact.ts'
import { estimateTokens } from './tokens.ts'

/** One thing that could be attached. `source`: `page` where only the client vouches for it. */
export type Candidate =
  | { slice: 'style'; text: string; priority: number }
  | { slice: 'session'; text: string; priority: number }
  | { slice: 'profile'; fact: BriefFact; source: 'persona' | 'page'; priority: number }

/** Compliance stands in the org text and is never subject to this choice. */
export const priorities = {
  vital: 100,
  session: 90,
  role: 80,
  preference: 60,
  history: 40,
  general: 20,
}

const categoryPriority: Record<Category, number> = {
  belief: priorities.general,
  constraint: priorities.preference,
  diet: priorities.preference,
  expertise: priorities.role,
  family: priorities.general,
  finance: priorities.general,
  goal: priorities.preference,
  health: priorities.preference,
  history: priorities.history,
  location: priorities.general,
  preference: priorities.preference,
  project: priorities.role,
  role: priorities.role,
  schedule: priorities.general,
  style: priorities.preference,
  tool: priorities.role,
}

export const factPriority = ({ category, vital }: BriefFact): number =>
  vital ? priorities.vital : categoryPriority[category]

export type Selection = { chosen: Candidate[]; dropped: number; block: string; tokens: number }

/**
 * Chooses greedily by priority, ties in the order given, skipping what does not fit: the block as it
 * will be sent, frame and all, is never over `budget` tokens, and no candidate is cut.
 */
export function select(
  candidates: readonly Candidate[],
  { budget, highStakes }: { budget: number; highStakes: boolean },
): Selection {
  const ranked = candidates.toSorted((a, b) => b.priority - a.priority)
  let chosen: Candidate[] = []
  let block = ''
  let tokens = 0
  for (const candidate of ranked) {
    const longer = [...chosen, candidate]
    const text = renderBlock(contentOf(candidates, longer, highStakes))
    const cost = estimateTokens(text)
    if (cost > budget) continue
    chosen = longer
    block = text
    tokens = cost
  }
  return { chosen, dropped: candidates.length - chosen.length, block, tokens }
}

/** Inside the block everything stands in the order in which it was offered. */
function contentOf(
  order: readonly Candidate[],
  chosen: readonly Candidate[],
  highStakes: boolean,
): BlockContent {
  const kept = order.filter((candidate) => chosen.includes(candidate))
  const facts = (source: 'persona' | 'page') =>
    kept.flatMap((c) => (c.slice === 'profile' && c.source === source ? [c.fact] : []))
  return {
    style: kept.flatMap((c) => (c.slice === 'style' ? [c.text] : []))[0] ?? '',
    facts: facts('persona'),
    pageFacts: facts('page'),
    notes: kept.flatMap((c) => (c.slice === 'session' ? [c.text] : [])),
    highStakes,
  }
}
