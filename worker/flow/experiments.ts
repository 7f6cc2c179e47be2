import type { ExperimentStore } from '../experiment-ports.ts'
import type { Clock } from '../ports.ts'
import type { Admin } from './admin.ts'
import { createAssign, type Assign } from './assign.ts'
import { createExperimentReports, type ExperimentReports } from './experiment-reports.ts'
import { createExposures, type Exposures } from './exposures.ts'
import { createOutcomes, type Outcomes } from './outcomes.ts'

/** Everything about experiments: who is in which arm, that it was so, what came of it, what that shows. */
export type Experiments = {
  assign: Assign
  exposures: Exposures
  outcomes: Outcomes
  experimentReports: ExperimentReports
}

type Options = {
  /** Left out where the deployment has no database: users are assigned, and nothing is kept. */
  store: ExperimentStore | undefined
  admin: Pick<Admin, 'read'>
  development: boolean
  clock: Clock
  log: (cause: string) => void
  /** Milliseconds for which exposures are gathered before they are written. */
  age: number
}

export const createExperiments = (options: Options): Experiments => ({
  assign: createAssign(options),
  exposures: createExposures(options),
  outcomes: createOutcomes(options),
  experimentReports: createExperimentReports(options),
})
