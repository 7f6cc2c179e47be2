import type { Experiment } from '../schema/experiment.ts'
import type { Org } from '../schema/org.ts'
import { labelOf } from './assign.ts'

type Wrong = { field: string; expected: string } | undefined

/** What a schema cannot see of an org's experiments. */
export function wrongExperiment({ experiments = [] }: Org): Wrong {
  for (const [i, experiment] of experiments.entries()) {
    const wrong = wrongOne(experiment) ?? wrongAmong(experiment, experiments.slice(0, i))
    if (wrong) return { ...wrong, field: `experiments[${i}].${wrong.field}` }
  }
  return undefined
}

function wrongOne({ arms, outcomes, start = 0, end }: Experiment): Wrong {
  const labels = arms.map(labelOf)
  if (new Set(labels).size < labels.length) return { field: 'arms', expected: 'each arm once' }
  const idle = arms.findIndex(({ arm, budget }) => arm === 'none' && budget !== undefined)
  if (idle >= 0) return { field: `arms[${idle}].budget`, expected: 'no budget for none' }
  const bare = arms.findIndex(({ arm, without }) => arm === 'none' && without !== undefined)
  if (bare >= 0) return { field: `arms[${bare}].without`, expected: 'no category for none' }
  const names = outcomes.map(({ name }) => name)
  if (new Set(names).size < names.length)
    return { field: 'outcomes', expected: 'each outcome once' }
  if (outcomes[0]?.guardrail)
    return { field: 'outcomes[0]', expected: 'the outcome that decides, no guardrail' }
  return end !== undefined && end <= start
    ? { field: 'end', expected: 'a time after its start' }
    : undefined
}

/** Two at the same time and place would each be a part of the other's difference. */
function wrongAmong(one: Experiment, others: readonly Experiment[]): Wrong {
  if (others.some(({ id }) => id === one.id)) return { field: 'id', expected: 'each id once' }
  const overlaps = others.some(
    (other) =>
      other.feature === one.feature &&
      (other.start ?? 0) < (one.end ?? Number.POSITIVE_INFINITY) &&
      (one.start ?? 0) < (other.end ?? Number.POSITIVE_INFINITY),
  )
  return overlaps
    ? { field: 'start', expected: 'one experiment of a feature at a time' }
    : undefined
}
