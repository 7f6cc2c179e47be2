import type { BriefFact, Fact } from '../../shared/schema/fact.ts'
import { currentFacts, type Sighting } from '../../shared/self-model.ts'
import { overlap, readFact } from '../../shared/self-model/reading.ts'

/** A fact of the persona, as it stands beside those of this device. */
export const fromPersona = ({ id, category, text, vital = false, seen = 0 }: BriefFact): Fact => ({
  id,
  category,
  text,
  vital,
  confidence: 1,
  source: 'typed',
  firstSeen: seen,
  lastSeen: seen,
  pinned: false,
  status: 'active',
})

const asFact = ({ category, text, at, supersedes }: Sighting): Fact => ({
  ...fromPersona({ id: 'new', category, text, seen: at }),
  ...(supersedes === undefined ? {} : { supersedes }),
})

/** Share of an earlier statement's words that a correction must name to take it back. */
const NAMED = 0.5

/**
 * A correction goes into the category of what it takes back: whoever is "no longer vegetarian" was so by
 * diet. Without an earlier statement there is nothing to take back.
 */
export function corrected(sighting: Sighting, known: readonly Fact[]): Sighting {
  const { takesBack, person } = readFact(asFact(sighting))
  const { supersedes: _, ...alone } = sighting
  if (!takesBack || takesBack.size === 0) return alone
  const earlier = known
    .filter(({ status }) => status !== 'superseded')
    .map((fact) => ({ fact, reading: readFact(fact) }))
    .filter(({ reading }) => !reading.negated && reading.words.size > 0)
    .filter(({ reading }) => reading.person === person)
    .map(({ fact, reading }) => ({ fact, share: overlap(takesBack, reading.words), reading }))
    .filter(
      ({ share, reading }) =>
        share >= NAMED &&
        Math.min(takesBack.size, reading.words.size) / reading.words.size >= NAMED,
    )
    .toSorted((a, b) => b.share - a.share)[0]
  return earlier ? { ...sighting, category: earlier.fact.category } : alone
}

/** Whether the edge has told this device the same in other words: then nothing is new. */
export function isKnown(sighting: Sighting, persona: readonly BriefFact[]): boolean {
  const { words, negated } = readFact(asFact(sighting))
  if (words.size === 0) return false
  return persona.some((fact) => {
    const other = readFact(fromPersona(fact))
    return (
      other.negated === negated &&
      other.words.size === words.size &&
      [...words].every((word) => other.words.has(word))
    )
  })
}

/** Which facts of the persona have been taken back by facts of this device, and by which. */
export function replacedBy(
  facts: readonly Fact[],
  persona: readonly BriefFact[],
  now: number,
): { id: string; by: string }[] {
  const own = new Set(facts.map(({ id }) => id))
  return currentFacts([...persona.map(fromPersona), ...facts], now).flatMap(({ id, by }) =>
    by !== undefined && own.has(by) && !own.has(id) ? [{ id, by }] : [],
  )
}
