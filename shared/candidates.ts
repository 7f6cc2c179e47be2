import { alreadySaid } from './already-said.ts'
import type { ComposeInput } from './compose.ts'
import { onceEach } from './once-each.ts'
import { withoutFixed } from './resolve.ts'
import type { BriefFact } from './schema/fact.ts'
import type { Persona } from './schema/persona.ts'
import type { Why } from './schema/receipt.ts'
import { fitsStakes, sourceFitsStakes } from './stakes.ts'
import { withoutRepeats } from './same-statement.ts'
import { factCandidate, factValue, type Candidate } from './select.ts'
import { signalLine } from './signals.ts'

/** `why`: where there are none, the reason. `dropped`: facts that were chosen and do not stand among them. */
export type Found = { candidates: Candidate[]; dropped: number; why: Why }

type Known = { fact: BriefFact; source: 'persona' | 'page' }
type Weighed = Known & { value: number }

/** All that a decision asks for and that may be attached, in the order in which the block tells it. */
export function personalCandidates(input: ComposeInput): Found {
  const { decision, settings } = input
  const { slices } = decision
  const known = lookUp(input)
  const wanted = decision.facts.flatMap((id, i): Weighed[] => {
    const found = known.get(id)
    if (!found) return []
    const { fact, source } = found
    return [{ fact, source, value: worthOf(fact, i, input) }]
  })
  const allowed = wanted.filter(({ fact }) => !settings.blocked.includes(fact.category))
  const fit = allowed.filter(({ fact }) => fitsStakes(fact, decision.stakes))
  const isSaid = alreadySaid([...input.history, { role: 'user', content: input.query }])
  const fresh = fit.filter(({ fact }) => fact.vital || !isSaid(fact))
  const facts = mostValuable(fresh, settings.maxFacts)
  const candidates = [
    ...styleCandidates(input),
    ...facts.map(({ fact, source, value }) => factCandidate(fact, { source, value })),
    ...(slices.session || slices.profile ? sourceCandidates(input, isSaid) : []),
    ...(slices.session ? noteCandidates(input, isSaid) : []),
  ]
  // Signals alone are no reason for a block.
  if (candidates.length > 0 && (slices.session || slices.style)) {
    candidates.push(...signalCandidates(input))
  }
  const dropped = decision.facts.length - facts.length
  if (candidates.length > 0) return { candidates, dropped, why: 'attached' }
  return { candidates, dropped, why: whyNothing(input, { wanted, allowed, fit, fresh }) }
}

/** At most so many, the most valuable, none of which says what another says; in the decision's order. */
function mostValuable(facts: readonly Weighed[], most: number): Weighed[] {
  const ranked = facts.toSorted((a, b) => b.value - a.value)
  const kept = withoutRepeats(ranked, ({ fact }) => fact).slice(0, most)
  return facts.filter((fact) => kept.includes(fact))
}

/** Without scores, the order in which the gate chose stands in for them. */
const rankScore = (place: number): number => Math.max(0.5, 1 - place / 20)

function worthOf(fact: BriefFact, place: number, { decision, settings, now = 0 }: ComposeInput) {
  const weight = decision.weights?.[place]
  const score = weight === undefined ? rankScore(place) : weight / 100
  return factValue(fact, { score, priorities: settings.priorities, now })
}

function styleCandidates({ decision, persona, settings }: ComposeInput): Candidate[] {
  if (!decision.slices.style || settings.blocked.includes('style')) return []
  const text = withoutFixed(persona?.style ?? '', settings.style)
  const value = settings.priorities.preference / 100
  return text === '' ? [] : [{ piece: { slice: 'style', text }, value }]
}

function sourceCandidates(
  { sources = [], settings, decision }: ComposeInput,
  isSaid: (statement: { text: string }) => boolean,
): Candidate[] {
  return sources.flatMap((source): Candidate[] => {
    const { text, short, priority, categories } = source
    if (isSaid(source) || categories.some((c) => settings.blocked.includes(c))) return []
    if (!sourceFitsStakes(categories, decision.stakes)) return []
    const candidate = {
      piece: { slice: 'sources' as const, text },
      value: settings.priorities[priority] / 100,
    }
    return [short ? { ...candidate, short: { slice: 'sources', text: short } } : candidate]
  })
}

function noteCandidates(
  { notes, settings }: ComposeInput,
  isSaid: (statement: { text: string }) => boolean,
): Candidate[] {
  const value = settings.priorities.session / 100
  const fresh = withoutRepeats(
    notes.filter((text) => !isSaid({ text })),
    (text) => ({ text }),
  )
  return fresh.map((text) => {
    const first = firstSentence(text)
    const piece = { slice: 'session' as const, text }
    return first === text ? { piece, value } : { piece, value, short: { ...piece, text: first } }
  })
}

/** A note may be several sentences; it is shortened between two of them. */
const firstSentence = (text: string): string => /^.+?[.!?](?=\s+\p{Lu})/u.exec(text)?.[0] ?? text

function signalCandidates({ signals, settings }: ComposeInput): Candidate[] {
  const text = signals ? signalLine(signals) : ''
  const value = settings.priorities.general / 100
  return text === '' ? [] : [{ piece: { slice: 'signals', text }, value }]
}

const ownFacts = onceEach(
  ({ facts }: Persona): ReadonlyMap<string, Known> =>
    new Map(facts.map((fact) => [fact.id, { fact, source: 'persona' }])),
)

/** Ids select from the user's own persona; what only the device knows is marked as the page's. */
function lookUp({ persona, deviceFacts, deviceVersion }: ComposeInput): ReadonlyMap<string, Known> {
  const own = persona && ownFacts(persona)
  if (own && deviceFacts.length === 0) return own
  const known = new Map(own)
  const behind = persona === undefined || persona.version < (deviceVersion ?? 0)
  for (const fact of deviceFacts) {
    if (behind || !known.has(fact.id)) known.set(fact.id, { fact, source: 'page' })
  }
  return known
}

function whyNothing(
  { decision, persona, missing, settings }: ComposeInput,
  { wanted, allowed, fit, fresh }: Record<'wanted' | 'allowed' | 'fit' | 'fresh', Known[]>,
): Why {
  if (fit.length > 0 && fresh.length === 0) return 'already_said'
  if (wanted.length > 0 && allowed.length === 0) {
    return /^(user|session|user\+session)$/.test(settings.by['blocked'] ?? '')
      ? 'blocked_by_user'
      : 'blocked_by_org'
  }
  if (decision.language === 'unknown') return 'unknown_language'
  const { style, session, profile } = decision.slices
  if (!style && !session && !profile && decision.facts.length === 0) return 'not_needed'
  if (missing && (style || profile || decision.facts.length > 0)) return missing
  if (!persona || (persona.facts.length === 0 && persona.style === '')) return 'nothing_known'
  return profile ? 'no_fact_helps' : 'not_needed'
}
