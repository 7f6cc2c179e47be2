import type { HeldCohort } from '../cohort.ts'
import type { Fact, FactId } from '../schema/fact.ts'
import type { UserLimits } from '../schema/user-limits.ts'

/** What its owner took out, by id: what was said before that is not learned again. */
export type Removed = { id: FactId; at: number }

/**
 * Everything known of one user: bounded, the truth. `version` grows with each change that can be seen,
 * `epoch` with each erasure.
 */
export type SelfModel = {
  version: number
  epoch: number
  facts: Fact[]
  removed?: Removed[]
  /** Nothing said up to this time is new any more: what was removed before it is no longer listed. */
  floor?: number
  /** What its owner wants less of; it outlives an erasure. */
  limits?: UserLimits
  /** The class of users that its owner is in; an erasure ends it. */
  cohort?: HeldCohort
}

export const emptyModel = (): SelfModel => ({ version: 0, epoch: 0, facts: [] })

/** Nothing is left but a higher epoch: whatever was learned under an older one is void. */
export const forgetAll = ({ version, epoch, limits }: SelfModel): SelfModel => ({
  version: version + 1,
  epoch: epoch + 1,
  facts: [],
  ...(limits ? { limits } : {}),
})

export const withFacts = (model: SelfModel, facts: Fact[]): SelfModel => ({
  ...model,
  version: model.version + 1,
  facts,
})
