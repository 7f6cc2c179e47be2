import type { ArmSums, ClassSums, Counted, Measured } from '../shared/experiment/results.ts'
import type { KeptForExperiments } from '../shared/schema/experiment.ts'

/** The arm of a session that had more than one: arms or weights have changed meanwhile. */
export const SEVERAL = ''

/** One session of one user in one arm, and what its answers carried in sum; `waited` in ms. */
export type ExposureRow = {
  orgKey: string
  userKey: string
  experiment: string
  arm: string
  session: string
  at: number
  requests: number
  attached: number
  tokens: number
  waited: number
  /** Requests that came with the device's decision, that needed context, that followed another up. */
  decided: number
  needed: number
  followed: number
}
/** What an app reports. `at`: when it happened; `kept`: when it was written down, ms. */
export type OutcomeRow = {
  orgKey: string
  userKey: string
  id: string
  name: string
  value: number
  session: string
  receipt: string
  at: number
  kept: number
}
/** `window`: ms after a user's first answer for which outcomes count. */
export type ExperimentQuery = { orgKey: string; experiment: string; window: number; now: number }

/** Who was in which arm, and what came of it. Each call rejects where storage fails. */
export type ExperimentStore = {
  /**
   * Adds to what is kept of the same session. Rows that began before their user's erasure are left out. Up to
   * `limits.exposureRows` are written together or not at all; of more, some may be written when it rejects.
   */
  expose(rows: readonly ExposureRow[]): Promise<void>
  /**
   * False where the user has had as many since, of those that apps report or of those that pages measure;
   * an id that is known is not kept twice, and true. So is what an erasure has overtaken.
   */
  keep(outcome: OutcomeRow, limit: { most: number; since: number }): Promise<boolean>
  people(query: ExperimentQuery): Promise<Pick<Measured, 'exposed' | 'crossed' | 'waiting'>>
  outcomeSums(query: ExperimentQuery, outcome: Counted): Promise<ArmSums[]>
  /** Told apart by whether a user's device found need in their first session. */
  classSums(query: ExperimentQuery, outcome: Counted): Promise<ClassSums[]>
  /** All that is kept of a user; of each kind the newest 1,000. */
  listOf: (userKey: string) => Promise<KeptForExperiments>
  /** Drops what is kept of a user up to a time, and remembers that for `limits.erasedTime`. */
  dropOf(userKey: string, until: number): Promise<void>
  /** Drops what is older than a time, and erasures that are older than `erased`. */
  dropUntil(time: number, erased: number): Promise<void>
}
