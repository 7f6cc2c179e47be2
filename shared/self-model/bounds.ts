import { limits } from '../limits.ts'
import type { Fact } from '../schema/fact.ts'
import { utf8Bytes } from '../tokens.ts'
import { valueOf } from '../value.ts'
import { currentFacts } from './current.ts'
import { shareEarned } from './earned.ts'

/** Why a fact had to leave a full self-model. */
export type Reason = 'expired' | 'superseded' | 'unconfirmed' | 'least_value'

/** What a fact has earned takes no room from others. */
const bytesOf = ({ earned: _earned, ...fact }: Fact) => utf8Bytes(JSON.stringify(fact)) + 1

/** How many facts, and their size as JSON without what they have earned, bytes. */
export const sizeOf = (facts: readonly Fact[]): { facts: number; bytes: number } => ({
  facts: facts.length,
  bytes: facts.reduce((sum, fact) => sum + bytesOf(fact), 1),
})

/** True where the facts are more than 64, or over 16 KiB. */
export const isOver = (facts: readonly Fact[]): boolean =>
  facts.length > limits.facts || sizeOf(facts).bytes > limits.selfModelBytes

export const countPins = (facts: readonly Fact[]): number =>
  facts.filter(({ pinned }) => pinned).length

/** What speaks against keeping a fact, in the order in which facts leave. `current`: as it stands among the others. */
export function reasonToLeave(current: Fact, now: number): Reason {
  if (current.expires !== undefined && current.expires <= now) return 'expired'
  if (current.status === 'superseded') return 'superseded'
  return current.status === 'pending' ? 'unconfirmed' : 'least_value'
}

const rank: Record<Reason, number> = { expired: 0, superseded: 1, unconfirmed: 2, least_value: 3 }

/**
 * At most 64 facts and 16 KiB: the expired leave first, then the superseded, the unconfirmed, the least
 * valuable, of which those that bring answers the least; vital ones last, pinned ones and `keep` never.
 * Deterministic.
 */
export function withinBounds(facts: Fact[], now: number, keep?: string): Fact[] {
  if (!isOver(facts)) return facts
  const leaving = currentFacts(facts, now)
    .filter(({ pinned, id }) => !pinned && id !== keep)
    .map((fact) => ({
      fact,
      worth:
        (fact.vital ? 10 : 0) +
        rank[reasonToLeave(fact, now)] +
        valueOf(fact, now) * shareEarned(fact),
    }))
    .toSorted(
      (a, b) =>
        a.worth - b.worth || a.fact.lastSeen - b.fact.lastSeen || (a.fact.id < b.fact.id ? -1 : 1),
    )
  let { facts: count, bytes } = sizeOf(facts)
  const out = new Set<string>()
  for (const { fact } of leaving) {
    if (count <= limits.facts && bytes <= limits.selfModelBytes) break
    const stored = facts.find(({ id }) => id === fact.id) ?? fact
    out.add(fact.id)
    count--
    bytes -= bytesOf(stored)
  }
  return facts.filter(({ id }) => !out.has(id))
}
