import { oneLine, sameText } from '../normalise.ts'
import type { Category, Fact, Source } from '../schema/fact.ts'
import { isVital } from '../vital.ts'
import { dueOf } from './due.ts'
import { confidenceOf, statusOf, strongest } from './trust.ts'

/** A statement as it was found in one message. `at`: when it was said, ms. */
export type Sighting = {
  category: Category
  text: string
  source: Source
  at: number
  expires?: number
  supersedes?: string
}

export const isSameStatement = (
  fact: Fact,
  { category, text }: { category: Category; text: string },
) => fact.category === category && sameText(fact.text) === sameText(text)

/** A fact that is known from one sighting. */
export function firstSighting(sighting: Sighting, id: string): Fact {
  const { category, source, at } = sighting
  const text = oneLine(sighting.text)
  const expires = sighting.expires ?? dueOf(category, text, at)
  return {
    id,
    category,
    text,
    confidence: confidenceOf(source, 1),
    source,
    firstSeen: at,
    lastSeen: at,
    ...(expires === undefined ? {} : { expires }),
    pinned: false,
    vital: isVital(category, text),
    status: statusOf(source, 1),
    times: 1,
    ...(sighting.supersedes ? { supersedes: sighting.supersedes } : {}),
  }
}

/**
 * One more sighting of a known fact. In whatever order sightings come, the outcome is the same: what the
 * owner has set by hand stays, the rest is the earliest, the latest, the strongest, the sum.
 */
export function joinSighting(known: Fact, sighting: Sighting): Fact {
  const seen = firstSighting(sighting, known.id)
  const times = (known.times ?? 1) + 1
  const source = strongest(known.source, seen.source)
  const isLater =
    seen.lastSeen > known.lastSeen || (seen.lastSeen === known.lastSeen && isAfter(seen, known))
  const said = isLater ? seen : known
  const { expires: _, supersedes: __, ...rest } = known
  const joined: Fact = {
    ...rest,
    source,
    firstSeen: Math.min(known.firstSeen, seen.firstSeen),
    lastSeen: said.lastSeen,
    times,
    ...(said.supersedes ? { supersedes: said.supersedes } : {}),
  }
  if (known.owned) {
    return { ...joined, ...(known.expires === undefined ? {} : { expires: known.expires }) }
  }
  const expires = latest(known.expires, seen.expires)
  return {
    ...joined,
    text: said.text,
    confidence: confidenceOf(source, times),
    status: statusOf(source, times),
    ...(expires === undefined ? {} : { expires }),
  }
}

/** Of two sightings at the same moment, the same one tells how it was worded. */
const isAfter = (a: Fact, b: Fact) =>
  `${a.text}\n${a.supersedes ?? ''}` > `${b.text}\n${b.supersedes ?? ''}`

/** What is said without an end takes no end away. */
const latest = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
