import { DAY } from '../../shared/calendar.ts'
import { byPages, defaults } from '../../shared/experiment/results.ts'
import { limits } from '../../shared/limits.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import type { Outcome, OutcomeRefusal, OutcomeReply } from '../../shared/schema/experiment.ts'
import type { Org } from '../../shared/schema/org.ts'
import type { ExperimentStore } from '../experiment-ports.ts'
import type { Clock, StorageKeys } from '../ports.ts'

export type Outcomes = (
  outcome: Outcome,
  from: { org: Org; keys: StorageKeys; headers: Headers },
) => Promise<Result<OutcomeReply>>

/** A report that was held up may be this old, ms; an older one counts as from then. */
const LATE = DAY

/**
 * Keeps what happened with a user's answers, for experiments that count it: a name and a number. The same
 * id counts once, however often it comes. Errors: `storage_unavailable`; then it may be sent again.
 */
export function createOutcomes({
  store,
  clock,
}: {
  store: ExperimentStore | undefined
  clock: Clock
}): Outcomes {
  return async function report(outcome, { org, keys, headers }) {
    const { id, name, value, receipt = '', session = '' } = outcome
    const now = clock()
    const refuse = (refused: OutcomeRefusal) => ok({ id, counted: false, refused })
    if (outcome.consent !== 'edge') {
      return refuse(headers.get('sec-gpc') === '1' ? 'global_privacy_control' : 'no_consent')
    }
    if (!store || !isCounted(name, org, now)) return refuse('no_experiment')
    const at = Math.min(now, Math.max(outcome.at ?? now, now - LATE))
    const row = { ...keys, id, name, value, receipt, session, at, kept: now }
    try {
      const kept = await store.keep(row, { most: limits.outcomesPerDay, since: now - DAY })
      return kept ? ok({ id, counted: true }) : refuse('too_many')
    } catch {
      return fail('storage_unavailable', { retryAfter: 5 })
    }
  }
}

/** Some experiment counts it: one that runs, or whose last users' windows are still open. */
function isCounted(name: string, { experiments = [] }: Org, now: number): boolean {
  const isByPages = byPages.some((measure) => measure.name === name)
  return experiments.some(
    ({ outcomes, start = 0, end = Number.POSITIVE_INFINITY, windowHours }) =>
      (isByPages || outcomes.some((outcome) => outcome.name === name)) &&
      start <= now &&
      now < end + (windowHours ?? defaults.windowHours) * (DAY / 24),
  )
}
