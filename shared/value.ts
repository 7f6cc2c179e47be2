import { DAY, dayOf } from './calendar.ts'
import { onceEach } from './once-each.ts'
import type { BriefFact, Category, Fact } from './schema/fact.ts'

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

/** A journey is over in weeks, whatever category its sentence fell into. */
const TRIP_DAYS = 21
const travelling: readonly Category[] = ['goal', 'schedule', 'project', 'location']
const trip =
  /\b(?:trips?|travel(?:s|ling|ing)?|visit(?:s|ing)?|vacation|holidays?|flight|flying|conference|honeymoon|reise|urlaub|viaje|vacaciones|voyage|vacances|viagem|férias)\b/i

const halfLifeOf = onceEach(({ category, text }: Pick<Fact, 'category' | 'text'>): number =>
  travelling.includes(category) && trip.test(text) ? TRIP_DAYS : halfLifeDays[category],
)

/**
 * How much of a fact's worth is left `days` after it was last said, 0..1: by a half-life per category, and
 * all of it where the fact protects its owner.
 */
export const freshnessOf = (fact: BriefFact, days: number): number =>
  fact.vital ? 1 : 0.5 ** (Math.max(0, days) / halfLifeOf(fact))

/**
 * What a fact is worth at a time, 0..1: confidence, fading by a half-life per category. Monotone: never
 * higher later than earlier. Pinned and vital facts keep their confidence.
 */
export function valueOf(fact: Fact, now: number): number {
  if (fact.vital || fact.pinned) return fact.confidence
  const days = Math.max(0, now - fact.lastSeen) / DAY
  return fact.confidence * 0.5 ** (days / halfLifeOf(fact))
}

/**
 * Facts that count now: active and not expired, the most valuable first, ties by id. The order is that
 * of the day, so that a snapshot does not change by the minute.
 */
export function activeFacts(facts: readonly Fact[], now: number): Fact[] {
  const today = dayOf(now)
  const rank = (fact: Fact) => (fact.vital ? 4 : 0) + (fact.pinned ? 2 : 0) + valueOf(fact, today)
  return facts
    .filter(
      ({ status, expires }) => status === 'active' && (expires === undefined || expires > now),
    )
    .toSorted((a, b) => rank(b) - rank(a) || (a.id < b.id ? -1 : 1))
}
