import { limits } from '../shared/limits.ts'
import type { Decision, Mode } from '../shared/schema/decision.ts'
import type { BriefFact, Category, Fact } from '../shared/schema/fact.ts'
import { estimateTokens } from '../shared/tokens.ts'
import type { UserRecord } from './store/record.ts'

/** Edits are younger than what KV may still say for this long, ms. */
export const EDIT_LAG = 2 * 60_000

const brief = ({ id, category, text, vital, lastSeen }: Fact): BriefFact => ({
  id,
  category,
  text,
  ...(vital ? { vital } : {}),
  seen: lastSeen,
})

const active = (facts: readonly Fact[], now: number) =>
  facts.filter(({ status, expires }) => status === 'active' && (expires ?? now) >= now)

/**
 * What the gate chooses from: the persona as handed out, without what was taken back here since, and what
 * only this device knows.
 */
export function factsOf(record: UserRecord, now: number): BriefFact[] {
  const atEdge = edgeFacts(record)
  return [...atEdge, ...ownFacts(record, atEdge, now).map(brief)]
}

function edgeFacts({ session, learned }: UserRecord): BriefFact[] {
  const replaced = learned?.replaced.map(({ id }) => id)
  return session?.persona.facts.filter(({ id }) => !replaced?.includes(id)) ?? []
}

/** What was learned here and has reached the edge is there in the same words. */
function ownFacts({ facts }: UserRecord, atEdge: readonly BriefFact[], now: number): Fact[] {
  const said = new Set(atEdge.map(({ text }) => text))
  return active(facts, now).filter(({ text }) => !said.has(text))
}

/** Estimated tokens of the words that only this device knows. */
export const ownTokens = (record: UserRecord, now: number): number =>
  ownFacts(record, edgeFacts(record), now).reduce((sum, { text }) => sum + estimateTokens(text), 0)

const modes: readonly Mode[] = ['cautious', 'balanced', 'generous']

/** The more cautious of two modes. */
export const lessOf = (mode: Mode, other: Mode = mode): Mode =>
  modes.indexOf(other) < modes.indexOf(mode) ? other : mode

/** Categories that their owner wants neither learned nor used. */
export const unwanted = ({ session, learned }: UserRecord): Category[] => [
  ...(session?.persona.limits?.blocked ?? []),
  ...(learned?.blocked ?? []),
]

/** Chosen facts whose words the device must send: its own, and edits that KV may not hold yet. */
export function travelling(record: UserRecord, { facts }: Decision, now: number): BriefFact[] {
  const edits = record.session?.edits.filter(({ at }) => now - at < EDIT_LAG).map(({ id }) => id)
  const own = new Set([...record.facts.map(({ id }) => id), ...(edits ?? [])])
  const known = new Map(factsOf(record, now).map((fact) => [fact.id, fact]))
  return facts
    .flatMap((id) => (own.has(id) ? (known.get(id) ?? []) : []))
    .slice(0, limits.deviceFacts)
}
