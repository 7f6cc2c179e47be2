import { renderBlock, type BlockContent } from './block.ts'
import { DAY } from './calendar.ts'
import type { Priorities } from './resolve.ts'
import type { BriefFact, Category } from './schema/fact.ts'
import type { PriorityName } from './schema/source.ts'
import { shortForm } from './same-statement.ts'
import type { Term } from './terms.ts'
import { boundTokens } from './tokens.ts'
import { freshnessOf } from './value.ts'

/** One thing that could be attached. `source`: `page` where only the client vouches for it. */
export type Piece =
  | { slice: Said; text: string }
  | { slice: 'profile'; fact: BriefFact; source: 'persona' | 'page' }
  | ({ slice: 'terms' } & Term)
type Said = 'style' | 'session' | 'sources' | 'signals'

/** `value`: what it is worth for this request; 1 and above for what goes before all else. */
export type Candidate = { piece: Piece; value: number; short?: Piece }

const categoryPriority: Record<Category, PriorityName> = {
  belief: 'general',
  constraint: 'preference',
  diet: 'preference',
  expertise: 'role',
  family: 'general',
  finance: 'general',
  goal: 'preference',
  health: 'preference',
  history: 'history',
  location: 'general',
  preference: 'preference',
  project: 'role',
  role: 'role',
  schedule: 'general',
  style: 'preference',
  tool: 'role',
}

/** Of `now` the day counts: the same block on every request of a turn. */
export type FactContext = { score: number; priorities: Priorities; now: number }

/**
 * A fact's value for one request: gate score x confidence x freshness x priority. What protects its owner
 * stands above all others, in the order of the same product.
 */
export function factValue(fact: BriefFact, { score, priorities, now }: FactContext): number {
  const { category, vital, confidence = 1, seen } = fact
  const days = seen === undefined ? 0 : Math.floor(now / DAY) - Math.floor(seen / DAY)
  const priority = vital ? 100 : priorities[categoryPriority[category]]
  const value = score * confidence * freshnessOf(fact, days) * (priority / 100)
  return vital ? 1 + value : value
}

/** A fact as a candidate; what protects its owner is told in full or not at all. */
export function factCandidate(
  fact: BriefFact,
  { source, value }: { source: 'persona' | 'page'; value: number },
): Candidate {
  const piece: Piece = { slice: 'profile', fact, source }
  const text = fact.vital ? fact.text : shortForm(fact)
  if (text.length >= fact.text.length) return { piece, value }
  return { piece, value, short: { slice: 'profile', fact: { ...fact, text }, source } }
}

export type Selection = { chosen: readonly Piece[]; block: string; tokens: number }

export type SelectOptions = {
  budget: number
  highStakes: boolean
  rules?: boolean
  counted?: ReadonlyMap<string, number> | undefined
}

/**
 * Chooses by value, ties in the order given: each in full where that fits, else in its short form, else
 * not at all. The block as it will be sent, frame and all, is never over `budget` tokens, and nothing is
 * cut in the middle. Inside the block everything stands in the order in which it was offered. `counted`:
 * tokens of lines that are known exactly; all else counts as its upper bound.
 */
export function select(candidates: readonly Candidate[], options: SelectOptions): Selection {
  const { budget, counted } = options
  const offer = (chosen: readonly Piece[]): Selection => {
    const block = chosen.length > 0 ? renderBlock(contentOf(chosen, options)) : ''
    return { chosen, block, tokens: boundTokens(block, counted) }
  }
  // Mostly all of it fits, and need not be tried piece by piece.
  const all = offer(candidates.map(({ piece }) => piece))
  if (all.tokens <= budget) return all
  const taken = new Map<Candidate, Piece>()
  let best = offer([])
  for (const candidate of candidates.toSorted((a, b) => b.value - a.value)) {
    for (const piece of [candidate.piece, candidate.short]) {
      if (!piece) continue
      taken.set(candidate, piece)
      const next = offer(candidates.flatMap((each) => taken.get(each) ?? []))
      if (next.tokens <= budget) {
        best = next
        break
      }
      taken.delete(candidate)
    }
  }
  return best
}

function contentOf(pieces: readonly Piece[], { highStakes, rules }: SelectOptions): BlockContent {
  const texts = { style: [], session: [], sources: [], signals: [] } as Record<Said, string[]>
  const facts = { persona: [], page: [] } as Record<'persona' | 'page', BriefFact[]>
  const terms: Term[] = []
  for (const piece of pieces) {
    if (piece.slice === 'profile') facts[piece.source].push(piece.fact)
    else if (piece.slice === 'terms') terms.push(piece)
    else texts[piece.slice].push(piece.text)
  }
  const { style, session: notes, sources, signals } = texts
  return {
    style: style[0] ?? '',
    facts: facts.persona,
    pageFacts: facts.page,
    notes,
    sources,
    signals: signals[0] ?? '',
    terms,
    highStakes,
    rules: rules === true,
  }
}
