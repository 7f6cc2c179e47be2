import { oneLine } from '../normalise.ts'
import type { Fact } from '../schema/fact.ts'
import { styleFacets, type StyleFacets } from '../style.ts'
import { expertiseOf, type Expertise } from './expertise.ts'

export type Facets = {
  /** The newest wish of each facet. */
  style: StyleFacets
  /** How well the user knows an area, in the words and case of the newest statement about it. */
  expertise: (Expertise & { fact: string })[]
  /** What the user wants to reach and until when, ms; those with a date first. */
  goals: { fact: string; due?: number }[]
}

/** What the facts that stand say of form, knowledge and plans. `facts`: as they stand among each other. */
export function facetsOf(facts: readonly Fact[], now: number): Facets {
  const standing = facts
    .filter(({ status, expires = Infinity }) => status === 'active' && expires > now)
    .toSorted((a, b) => a.lastSeen - b.lastSeen || (a.id < b.id ? -1 : 1))
  const of = (category: Fact['category']) => standing.filter((fact) => fact.category === category)
  const areas = new Map<string, Facets['expertise'][number]>()
  for (const { id, text } of of('expertise')) {
    const known = expertiseOf(oneLine(text))
    if (known) areas.set(known.area.toLowerCase(), { ...known, fact: id })
  }
  return {
    style: Object.assign({}, ...of('style').map(({ text }) => styleFacets(text))),
    expertise: [...areas.values()],
    goals: of('goal')
      .map(({ id, expires }) => ({ fact: id, ...(expires === undefined ? {} : { due: expires }) }))
      .toSorted((a, b) => (a.due ?? Number.MAX_VALUE) - (b.due ?? Number.MAX_VALUE)),
  }
}
