import type { Category, Fact } from './schema/fact.ts'

const DAY = 24 * 3600 * 1000

/** Days after which a fact that is not seen again is worth half; what protects its owner does not fade. */
const halfLifeDays: Record<Category, number> = {
  belief: 365,
  constraint: 180,
  diet: 730,
  expertise: 365,
  family: 730,
  finance: 180,
  goal: 120,
  health: 1460,
  history: 730,
  location: 365,
  preference: 365,
  project: 60,
  role: 365,
  schedule: 60,
  style: 365,
  tool: 365,
}

/**
 * What a fact is worth at a time, 0..1: confidence, fading by a half-life per category. Monotone: never
 * higher later than earlier. Pinned and vital facts keep their confidence.
 */
export function valueOf(fact: Fact, now: number): number {
  if (fact.vital || fact.pinned) return fact.confidence
  const days = Math.max(0, now - fact.lastSeen) / DAY
  return fact.confidence * 0.5 ** (days / halfLifeDays[fact.category])
}

/** Facts that count now: active and not expired, the most valuable first, ties by id. */
export function activeFacts(facts: readonly Fact[], now: number): Fact[] {
  const rank = (fact: Fact) => (fact.vital ? 4 : 0) + (fact.pinned ? 2 : 0) + valueOf(fact, now)
  return facts
    .filter(
      ({ status, expires }) => status === 'active' && (expires === undefined || expires > now),
    )
    .toSorted((a, b) => rank(b) - rank(a) || (a.id < b.id ? -1 : 1))
}
