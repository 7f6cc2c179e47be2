import { onceEach } from './once-each.ts'
import { phrases } from './resolve/style.ts'
import type { Cohort, Level } from './schema/cohort.ts'
import type { Org, StyleWishes } from './schema/org.ts'
import { currentFacts } from './self-model/current.ts'
import { facetsOf, type Facets } from './self-model/facets.ts'
import type { SelfModel } from './self-model/model.ts'

/** Of those who have wished nothing. */
const neutral: Cohort = 'usual-usual-free'

/** The class of a user by their wishes, and where they wish no level, by what most say of their knowledge. */
export function cohortOf({ style, expertise }: Pick<Facets, 'style' | 'expertise'>): Cohort {
  const { level, length, format } = style
  const wished = level?.startsWith('expert') ? 'expert' : level ? 'plain' : levelOf(expertise)
  const size = length === 'brief' || length === 'thorough' ? length : 'usual'
  const form = format === undefined || format === 'prose' ? 'free' : 'structured'
  return `${wished}-${size}-${form}`
}

function levelOf(expertise: Facets['expertise']): Level {
  const count = (wanted: string) => expertise.filter(({ level }) => level === wanted).length
  const balance = count('advanced') - count('beginner')
  return balance > 0 ? 'expert' : balance < 0 ? 'plain' : 'usual'
}

/** The cohort that a user is in, and since when, ms. */
export type HeldCohort = { cohort: Cohort; since: number }

/** A user who has left the neutral class stays in each class for so long, ms: no flapping. */
const WEEK = 7 * 24 * 3600 * 1000

export function holdCohort(
  held: HeldCohort | undefined,
  wanted: Cohort,
  now: number,
): HeldCohort | undefined {
  if (!held) return wanted === neutral ? undefined : { cohort: wanted, since: now }
  return wanted === held.cohort || now - held.since < WEEK ? held : { cohort: wanted, since: now }
}

/** A self-model with the cohort that follows from its facts; the same object where that stays. */
export function withCohort(model: SelfModel, now: number): SelfModel {
  const tells = model.facts.some(({ category }) => category === 'style' || category === 'expertise')
  if (!model.cohort && !tells) return model
  const wanted = cohortOf(facetsOf(currentFacts(model.facts, now), now))
  const cohort = holdCohort(model.cohort, wanted, now)
  return cohort === model.cohort || !cohort ? model : { ...model, cohort }
}

/**
 * What stands in the shared prefix for all of a cohort: the org's own words for it, or the style in fixed
 * ones, without what the org fixes for everybody. Empty where there is nothing to say.
 */
export function cohortTemplate(
  { cohorts: own }: Pick<Org, 'cohorts'>,
  cohort: Cohort,
  fixed: StyleWishes,
): string {
  if (!own?.on) return ''
  return own.templates?.[cohort] ?? ownWords(fixed)(cohort)
}

/** What is said in fixed words where an org fixes this much: each class once, and only when it is asked for. */
const ownWords = onceEach((fixed: StyleWishes) => {
  const known = new Map<Cohort, string>()
  return (cohort: Cohort): string => {
    const text = known.get(cohort) ?? inFixedWords(cohort, fixed)
    known.set(cohort, text)
    return text
  }
})

function inFixedWords(cohort: Cohort, fixed: StyleWishes): string {
  const wishes = Object.entries(styleOf(cohort)).filter(([facet]) => !(facet in fixed))
  const said = phrases(Object.fromEntries(wishes))
  return said.length === 0 ? '' : `Form of answers: ${said.join('; ')}`
}

function styleOf(cohort: Cohort): StyleWishes {
  const [level, length, form] = cohort.split('-')
  return {
    ...(level === 'expert' || level === 'plain' ? { level } : {}),
    ...(length === 'brief' || length === 'thorough' ? { length } : {}),
    ...(form === 'structured' ? { format: 'bullets' } : {}),
  }
}
