import { factLine, frameTokens } from './block.ts'
import { personalCandidates, type Found } from './candidates.ts'
import type { Turn } from './gate/port.ts'
import { limits } from './limits.ts'
import { onceEach } from './once-each.ts'
import type { Settings } from './resolve.ts'
import type { Signals, WireDecision } from './schema/context.ts'
import type { BriefFact } from './schema/fact.ts'
import type { Persona } from './schema/persona.ts'
import type { Receipt, Slice, Why } from './schema/receipt.ts'
import { select, type Candidate, type Selection } from './select.ts'
import type { SourceText } from './source-text.ts'
import { usedTerms } from './terms.ts'
import { estimateTokens } from './tokens.ts'

export type ComposeInput = {
  decision: WireDecision
  /** Left out where it could not be read; `missing` then says why. */
  persona?: Persona | undefined
  missing?: Extract<Why, 'persona_missing' | 'persona_late' | 'persona_failed'> | undefined
  /** Client-written: facts of the device, and edits that the snapshot may not hold yet. */
  deviceFacts: readonly BriefFact[]
  /** The persona version that the device has seen; an older snapshot gives way to `deviceFacts`. */
  deviceVersion?: number
  /** Tokens of all that only the device knows, as it says. */
  deviceTokens?: number | undefined
  notes: readonly string[]
  signals?: Signals | undefined
  /** What the org's context sources have answered in time. */
  sources?: readonly SourceText[]
  settings: Settings
  history: readonly Turn[]
  query: string
  /** Tokens left in the model's window. */
  room: number
  maxTokens?: number | undefined
  /** The provider counts as OpenAI does: what was counted exactly stands in place of its upper bound. */
  exact?: boolean
  /** ms since 1970; facts count as said today, where left out. */
  now?: number
}

export type Composed = Pick<
  Receipt,
  'why' | 'slices' | 'facts' | 'dropped' | 'tokens' | 'whole' | 'reason'
> & { block: string }

/**
 * From a decision to the block: facts are looked up, what org, user and budget forbid leaves, the rest is
 * rendered by what it is worth for this request. Pure. The block, frame and all, is never over the
 * budget, and never over 10% of the room. Terms of the org that the query uses go along whatever was
 * decided, as its text does: `why` speaks of the user's context alone.
 */
export function compose(input: ComposeInput): Composed {
  const { decision, persona, settings } = input
  const highStakes = decision.stakes !== 'none'
  const off = settings.off ? offBy(settings) : isOffAt(decision, settings) ? 'high_stakes' : ''
  const found: Found = off ? { candidates: [], dropped: 0, why: off } : personalCandidates(input)
  const cap = highStakes ? Math.max(settings.budget, settings.highStakesBudget) : settings.budget
  const { share, budget } = budgetOf(input, cap)
  const candidates = [...found.candidates, ...termCandidates(input, decision.inherited)]
  const picked = select(candidates, {
    budget,
    highStakes,
    rules: settings.hasRules,
    counted: input.exact ? (persona ? countedLines(persona) : frameTokens) : undefined,
  })
  const chosen = picked.chosen.filter(({ slice }) => slice !== 'terms')
  const why = found.candidates.length === 0 ? found.why : share < cap ? 'no_room' : 'over_budget'
  const { block, tokens, slices } = accountOf(picked)
  return {
    block,
    tokens,
    slices,
    why: chosen.length > 0 ? 'attached' : why,
    facts: chosen.flatMap((p) =>
      p.slice === 'profile' ? [{ id: p.fact.id, category: p.fact.category }] : [],
    ),
    dropped: found.candidates.length - chosen.length + (chosen.length > 0 ? found.dropped : 0),
    whole: wholeOf(input),
    reason: decision.reason,
  }
}

/** Lines whose tokens are known: the frame's, and each fact's of a snapshot that holds them. */
const countedLines = onceEach(({ facts, tokens }: Persona): ReadonlyMap<string, number> => {
  const lines = new Map(frameTokens)
  for (const [i, count] of tokens?.entries() ?? []) {
    const fact = facts[i]
    if (fact) lines.set(factLine(fact), count)
  }
  return lines
})

type Plain = Pick<ComposeInput, 'settings' | 'query' | 'history' | 'room' | 'maxTokens'>

/** What goes along where nothing of the user may: the org's terms. */
export function composeTerms(input: Plain): Pick<Composed, 'block' | 'slices' | 'tokens'> {
  const { budget } = budgetOf(input, input.settings.budget)
  return accountOf(select(termCandidates(input, 0), { budget, highStakes: false }))
}

function budgetOf({ room, maxTokens }: Plain, cap: number): { share: number; budget: number } {
  const share = Math.floor(Math.max(0, room) * limits.blockShareOfRoom)
  return { share, budget: Math.min(cap, share, maxTokens ?? Number.POSITIVE_INFINITY) }
}

const order: readonly Slice[] = ['style', 'session', 'profile', 'sources', 'signals', 'terms']

function accountOf({ block, tokens, chosen }: Selection) {
  const slices = order.filter((slice) => chosen.some((piece) => piece.slice === slice))
  return { block, tokens, slices }
}

/** A follow-up uses the terms of what it follows, too. */
function termCandidates({ settings, query, history }: Plain, inherited: number): Candidate[] {
  const { terms, priorities } = settings
  if (Object.keys(terms).length === 0) return []
  const asked = history.flatMap(({ role, content }) => (role === 'user' ? [content] : []))
  const texts = [query, ...(inherited > 0 ? asked.slice(-inherited) : [])]
  const value = priorities.org / 100
  return usedTerms(terms, texts).map((term) => ({ piece: { slice: 'terms', ...term }, value }))
}

/** Estimated tokens of the bare words of all that is known: at least this much the naive way sends on every turn. */
export const wholeProfile = onceEach(({ style, facts }: Persona): number =>
  facts.reduce((sum, { text }) => sum + estimateTokens(text), estimateTokens(style)),
)

/** The same with what only the device knows, at least what the request holds of it; 0 where the profile could not be read. */
function wholeOf({ persona, missing, deviceFacts, deviceTokens = 0 }: ComposeInput): number {
  if (missing && missing !== 'persona_missing') return 0
  const known = persona ? wholeProfile(persona) : 0
  const others = deviceFacts.filter(({ text }) => !persona?.facts.some((one) => one.text === text))
  const sent = others.reduce((sum, { text }) => sum + estimateTokens(text), 0)
  return known + Math.max(sent, deviceTokens)
}

/** Whether somebody has asked for no personalization where the stakes are high, and they are. */
export const isOffAt = (
  { stakes }: Pick<WireDecision, 'stakes'>,
  { offAtHighStakes }: Pick<Settings, 'offAtHighStakes'>,
): boolean => offAtHighStakes && stakes !== 'none'

const offBy = ({ by }: Settings): Why =>
  by['off'] === 'user' || by['off'] === 'session' ? 'blocked_by_user' : 'org_off'
