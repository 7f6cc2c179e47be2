import type { NewFact } from '../client/types.ts'
import type { Edgewise } from '../client/edgewise.ts'

/** Ada is made up. Her allergy carries the mark `vital`: it protects her. */
const facts: readonly NewFact[] = [
  {
    category: 'diet',
    text: 'Vegetarian for ten years: no meat and no fish, eggs and cheese are fine',
  },
  { category: 'health', text: 'Severe peanut allergy, carries an adrenaline pen', vital: true },
  { category: 'role', text: 'Works as a structural engineer at a firm that builds bridges' },
  { category: 'location', text: 'Lives in Ghent, Belgium, five minutes from the railway station' },
  { category: 'family', text: 'Has two children, six and nine, who eat almost everything' },
  { category: 'preference', text: 'Loves Thai and Georgian cooking and has a gas stove' },
  { category: 'schedule', text: 'Has half an hour to cook on weekdays, more on Sundays' },
  {
    category: 'preference',
    text: 'Travels by train rather than by plane, with one small backpack',
  },
  {
    category: 'goal',
    text: 'Is training for a half marathon in October, running four times a week',
  },
  { category: 'tool', text: 'Uses Python and Rhino at work, and a 3D printer for models' },
  { category: 'finance', text: 'Saves for a house: a weekend trip may cost 300 euros at most' },
  { category: 'style', text: 'Prefers short answers with metric units and no small talk' },
]

/** Adds Ada's facts one by one, as an app would. Answers what went wrong, if anything did. */
export async function meetAda(edgewise: Edgewise): Promise<string | undefined> {
  for (const fact of facts) {
    const added = await edgewise.facts.add({ ...fact, source: 'app' })
    if (!added.ok) return added.problem.detail ?? added.problem.code
  }
  return undefined
}
