import { DAY } from '../../shared/calendar.ts'
import { labelOf } from '../../shared/experiment/assign.ts'
import {
  byEdge,
  byPages,
  defaults,
  resultsOf,
  type Counted,
} from '../../shared/experiment/results.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import type { Experiment } from '../../shared/schema/experiment.ts'
import type { ExperimentList, ExperimentResults } from '../../shared/schema/experiment-report.ts'
import type { ExperimentQuery, ExperimentStore } from '../experiment-ports.ts'
import type { Clock } from '../ports.ts'
import type { Admin, AdminIdentity } from './admin.ts'

export type ExperimentReports = {
  /** Errors: `storage_unavailable`. */
  list(org: AdminIdentity): Promise<Result<ExperimentList>>
  /** Errors: `not_found`, `bad_request` for an outcome that it has not, `storage_unavailable`. */
  results(
    org: AdminIdentity,
    asked: { id: string; outcome: string | undefined },
  ): Promise<Result<ExperimentResults>>
}

type Deps = { admin: Pick<Admin, 'read'>; store: ExperimentStore | undefined; clock: Clock }

/** What experiments show, from the database each time it is asked for. */
export function createExperimentReports({ admin, store, clock }: Deps): ExperimentReports {
  async function read(orgId: string): Promise<Result<Experiment[]>> {
    const found = await admin.read(orgId)
    return found.ok ? ok(found.value.org.experiments ?? []) : found
  }

  async function measure(table: ExperimentStore, { orgKey, experiment, outcome }: Measuring) {
    const { id, windowHours = defaults.windowHours } = experiment
    const window = Math.round(windowHours * (DAY / 24))
    const query: ExperimentQuery = { orgKey, experiment: id, window, now: clock() }
    const all = new Set([...byEdge, ...outcomesOf(experiment)])
    const rails = [...all].filter((each) => each.guardrail && each !== outcome)
    const [people, sums, classes, tokens, guardrails] = await Promise.all([
      table.people(query),
      table.outcomeSums(query, outcome),
      table.classSums(query, outcome),
      table.outcomeSums(query, { name: 'tokens', kind: 'mean', measure: 'tokens' }),
      Promise.all(
        rails.map(async (rail) => ({ outcome: rail, sums: await table.outcomeSums(query, rail) })),
      ),
    ])
    return { ...people, outcome: sums, classes, tokens, guardrails }
  }

  return {
    async list({ orgId }) {
      const found = await read(orgId)
      if (!found.ok) return found
      return ok({
        experiments: found.value.map(({ id, feature, arms, outcomes, start, end }) => ({
          id,
          ...(feature === undefined ? {} : { feature }),
          arms: arms.map(labelOf),
          outcomes: outcomes.map(({ name }) => name),
          ...(start === undefined ? {} : { start }),
          ...(end === undefined ? {} : { end }),
        })),
      })
    },
    async results({ orgId, orgKey }, asked) {
      const found = await read(orgId)
      if (!found.ok) return found
      const experiment = found.value.find(({ id }) => id === asked.id)
      if (!experiment) return fail('not_found', { expected: 'an experiment of this org' })
      const outcomes = outcomesOf(experiment)
      const outcome = asked.outcome
        ? outcomes.find(({ name }) => name === asked.outcome)
        : outcomes[0]
      if (!outcome) {
        const expected = outcomes.map(({ name }) => name).join(', ')
        return fail('bad_request', { field: 'outcome', expected })
      }
      try {
        if (!store) throw new Error('this deployment has no database')
        const measured = await measure(store, { orgKey, experiment, outcome })
        return ok(resultsOf(experiment, { outcome, measured }))
      } catch {
        return fail('storage_unavailable', { retryAfter: 5 })
      }
    },
  }
}

/** What can be asked for by name: what an experiment lists, then what edge and pages measure. */
const outcomesOf = ({ outcomes }: Experiment): Counted[] => [
  ...outcomes,
  ...[...byEdge, ...byPages].filter(
    ({ name }) => !outcomes.some((outcome) => outcome.name === name),
  ),
]

type Measuring = {
  orgKey: string
  experiment: Experiment
  outcome: Counted
}
