import { alreadySaid } from './already-said.ts'
import type { Turn } from './gate/port.ts'
import { limits } from './limits.ts'
import type { Settings } from './resolve.ts'
import type { WireDecision } from './schema/context.ts'
import type { BriefFact } from './schema/fact.ts'
import type { Persona } from './schema/persona.ts'
import type { Receipt, Why } from './schema/receipt.ts'
import { factPriority, priorities, select, type Candidate } from './select.ts'
import { estimateTokens } from './tokens.ts'

export type ComposeInput = {
  decision: WireDecision
  /** Left out where it could not be read; `missing` then says why. */
  persona?: Persona
  missing?: Extract<Why, 'persona_missing' | 'persona_late' | 'persona_failed'>
  /** Client-written: facts of the device, and edits that the snapshot may not hold yet. */
  deviceFacts: readonly BriefFact[]
  /** The persona version that the device has seen; an older snapshot gives way to `deviceFacts`. */
  deviceVersion?: number
  notes: readonly string[]
  settings: Settings
  history: readonly Turn[]
  query: string
  /** Tokens left in the model's window. */
  room: number
  maxTokens?: number
}

export type Composed = Pick<
  Receipt,
  'why' | 'slices' | 'facts' | 'dropped' | 'tokens' | 'whole' | 'reason'
> & { block: string }

/**
 * From a decision to the block: facts are looked up, what org and budget forbid leaves, the rest is
 * rendered. Pure. The block, frame and all, is never over the budget, and never over 10% of the room.
 */
export function compose(input: ComposeInput): Composed {
  const { decision, persona, settings, room } = input
  const whole = persona ? wholeProfile(persona) : 0
  const nothing = (why: Why, dropped = 0): Composed => ({
    ...{ block: '', why, slices: [], facts: [], dropped, tokens: 0, whole },
    reason: decision.reason,
  })
  if (settings.off) return nothing('org_off')
  const found = candidatesOf(input)
  if (found.candidates.length === 0) return nothing(found.why)

  const highStakes = decision.stakes !== 'none'
  const cap = highStakes ? Math.max(settings.budget, settings.highStakesBudget) : settings.budget
  const share = Math.floor(Math.max(0, room) * limits.blockShareOfRoom)
  const budget = Math.min(cap, share, input.maxTokens ?? Number.POSITIVE_INFINITY)
  const { chosen, dropped, block, tokens } = select(found.candidates, { budget, highStakes })
  if (chosen.length === 0) return nothing(share < cap ? 'no_room' : 'over_budget', dropped)
  const has = (slice: Candidate['slice']) => chosen.some((candidate) => candidate.slice === slice)
  return {
    block,
    why: 'attached',
    slices: (['style', 'session', 'profile'] as const).filter(has),
    facts: chosen.flatMap((c) =>
      c.slice === 'profile' ? [{ id: c.fact.id, category: c.fact.category }] : [],
    ),
    dropped: dropped + found.dropped,
    tokens,
    whole,
    reason: decision.reason,
  }
}

/** Estimated tokens of everything that is known, as the naive way would send it on every turn. */
export const wholeProfile = ({ style, facts }: Persona): number =>
  estimateTokens([style, ...facts.map(({ text }) => text)].join('\n'))

type Found = { candidates: Candidate[]; dropped: number; why: Why }

function candidatesOf(input: ComposeInput): Found {
  const { decision, persona, settings, history, notes } = input
  const candidates: Candidate[] = []
  if (decision.slices.style && persona?.style && !settings.blocked.includes('style')) {
    candidates.push({ slice: 'style', text: persona.style, priority: priorities.preference })
  }
  const known = lookUp(input)
  const wanted = decision.facts.flatMap((id) => known.get(id) ?? [])
  const allowed = wanted.filter(({ fact }) => !settings.blocked.includes(fact.category))
  const isSaid = alreadySaid([...history, { role: 'user', content: input.query }])
  const fresh = allowed.filter(({ fact }) => fact.vital || !isSaid(fact.text))
  for (const { fact, source } of fresh.slice(0, settings.maxFacts)) {
    candidates.push({ slice: 'profile', fact, source, priority: factPriority(fact) })
  }
  if (decision.slices.session) {
    for (const text of notes) {
      candidates.push({ slice: 'session', text, priority: priorities.session })
    }
  }
  const dropped = decision.facts.length - Math.min(fresh.length, settings.maxFacts)
  return { candidates, dropped, why: whyNothing(input, { wanted, allowed, fresh }) }
}

type Known = { fact: BriefFact; source: 'persona' | 'page' }

/** Ids select from the user's own persona; what only the device knows is marked as the page's. */
function lookUp({ persona, deviceFacts, deviceVersion }: ComposeInput): Map<string, Known> {
  const known = new Map<string, Known>()
  for (const fact of persona?.facts ?? []) known.set(fact.id, { fact, source: 'persona' })
  const behind = persona === undefined || persona.version < (deviceVersion ?? 0)
  for (const fact of deviceFacts) {
    if (behind || !known.has(fact.id)) known.set(fact.id, { fact, source: 'page' })
  }
  return known
}

function whyNothing(
  { decision, persona, missing }: ComposeInput,
  { wanted, allowed, fresh }: { wanted: Known[]; allowed: Known[]; fresh: Known[] },
): Why {
  if (allowed.length > 0 && fresh.length === 0) return 'already_said'
  if (wanted.length > 0 && allowed.length === 0) return 'blocked_by_org'
  if (decision.language === 'unknown') return 'unknown_language'
  const { style, session, profile } = decision.slices
  if (!style && !session && !profile && decision.facts.length === 0) return 'not_needed'
  if (missing) return missing
  if (!persona || (persona.facts.length === 0 && persona.style === '')) return 'nothing_known'
  return profile ? 'no_fact_helps' : 'not_needed'
}
