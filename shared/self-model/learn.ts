import { limits } from '../limits.ts'
import { sameText } from '../normalise.ts'
import type { Category, Fact } from '../schema/fact.ts'
import { withinBounds } from './bounds.ts'
import { firstSighting, joinSighting, type Sighting } from './join.ts'
import type { SelfModel } from './model.ts'

export type LearnOptions = {
  now: number
  /** The id of a statement that is not known yet. */
  idOf: (category: Category, text: string) => string
}

/**
 * Adds what was found in messages; each sighting counts, so the caller leaves out messages that were
 * learned before. What its owner has removed comes back only when it is typed anew after that. Within
 * the bounds the order does not matter. Returns the same model where nothing was learned.
 */
export function learnSightings(
  model: SelfModel,
  sightings: readonly Sighting[],
  { now, idOf }: LearnOptions,
): SelfModel {
  let { facts } = model
  // In slices, so that the time of a flood grows with its length and not with its square.
  for (let from = 0; from < sightings.length; from += limits.facts) {
    const known = new Map(facts.map((fact) => [keyOf(fact), fact]))
    let isChanged = false
    for (const sighting of sightings.slice(from, from + limits.facts)) {
      const key = keyOf(sighting)
      const fact = known.get(key)
      const id = fact?.id ?? idOf(sighting.category, sighting.text)
      if (isRemoved(model, { id, known: fact !== undefined }, sighting)) continue
      known.set(key, fact ? joinSighting(fact, sighting) : firstSighting(sighting, id))
      isChanged = true
    }
    if (isChanged) facts = withinBounds([...known.values()], now)
  }
  return facts === model.facts ? model : { ...model, facts }
}

const keyOf = ({ category, text }: Pick<Fact, 'category' | 'text'>) =>
  `${category}\n${sameText(text)}`

function isRemoved(
  { removed = [], floor = -1 }: SelfModel,
  { id, known }: { id: string; known: boolean },
  { at, source }: Sighting,
): boolean {
  const gone = removed.find((one) => one.id === id)
  if (gone) return at <= gone.at || (!known && source !== 'typed')
  return !known && at <= floor
}
