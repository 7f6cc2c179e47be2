import { armAt, armNamed, placeOf, runningFor, saltOf } from '../../shared/experiment/assign.ts'
import type { Assigned } from '../../shared/experiment/assign.ts'
import { headers as names } from '../../shared/headers.ts'
import type { Experiment } from '../../shared/schema/experiment.ts'
import type { Clock, StorageKeys } from '../ports.ts'
import type { Identity } from './identify.ts'

export type Asking = { feature: string | undefined; headers?: Headers }
/** The arm of a request's user; `undefined` where no experiment runs or the user is in none. */
export type Assign = (
  who: Pick<Identity, 'org' | 'keys' | 'user'>,
  asking: Asking,
) => Assigned | undefined

/**
 * Assigns users to arms: by hash, so that nothing is stored and all places agree. Computed once for each
 * identity that is remembered; an org record that is read anew brings other objects, and both are new then.
 */
export function createAssign({
  clock,
  development,
}: {
  clock: Clock
  development: boolean
}): Assign {
  const known = new WeakMap<StorageKeys, Map<Experiment, Assigned | undefined>>()

  return function assign({ org, keys, user }, { feature, headers }) {
    const { experiments = [] } = org
    const wanted = development || org.forcedArms ? headers?.get(names.arm) : undefined
    if (experiments.length === 0 && !wanted) return undefined
    const experiment = runningFor(experiments, { feature, now: clock() })
    const forced = wanted ? armNamed(wanted, experiment) : undefined
    if (forced || !experiment) return forced
    const ofUser = known.get(keys) ?? new Map<Experiment, Assigned | undefined>()
    if (ofUser.has(experiment)) return ofUser.get(experiment)
    const assigned = experiment.exclude?.includes(user)
      ? undefined
      : armAt(experiment, placeOf(saltOf(experiment), keys.userKey))
    known.set(keys, ofUser.set(experiment, assigned))
    return assigned
  }
}
