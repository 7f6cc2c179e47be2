import type { Arm, Experiment, ExperimentArm } from '../schema/experiment.ts'
import type { Category } from '../schema/fact.ts'
import { murmur3 } from './hash.ts'

/** The arm of one user. `label` names it in receipts and reports: `none`, `summary-100`, `summary-no-diet`. */
export type Assigned = {
  experiment?: string
  arm: Arm
  label: string
  budget?: number
  /** The category whose facts stay out, but for vital ones. */
  without?: Category
  /** Chosen by hand, to try it out: in no result. */
  forced: boolean
}

export const labelOf = ({ arm, budget, without }: Omit<ExperimentArm, 'weight'>): string =>
  [arm, ...(budget === undefined ? [] : [budget]), ...(without ? ['no', without] : [])].join('-')

/**
 * Where a user stands between 0 and 1 in the experiments of one salt. The pseudonym is an HMAC under a key
 * that users do not have, so nobody can choose a place; another salt puts everybody elsewhere.
 */
export const placeOf = (salt: string, pseudonym: string): number =>
  murmur3(`${salt}:${pseudonym}`) / 4_294_967_296

export const saltOf = ({ id, salt = id }: Experiment): string => salt

/** The experiment that a request is in: the one of its feature, else the one of the whole org. */
export function runningFor(
  experiments: readonly Experiment[],
  { feature, now }: { feature: string | undefined; now: number },
): Experiment | undefined {
  const running = experiments.filter(
    ({ start = 0, end = Number.POSITIVE_INFINITY }) => start <= now && now < end,
  )
  const own = feature === undefined ? undefined : running.find((e) => e.feature === feature)
  return own ?? running.find((e) => e.feature === undefined)
}

/** Arms lie one after the other between 0 and 1, each as wide as its weight. */
export function armAt(experiment: Experiment, place: number): Assigned {
  const { arms, id } = experiment
  const total = arms.reduce((sum, { weight }) => sum + weight, 0)
  let edge = 0
  const found = arms.find(({ weight }) => {
    edge += weight / total
    return place < edge
  })
  // Shares may add up to a little less than 1.
  const chosen = found ?? arms.at(-1)
  if (!chosen) throw new Error('an experiment without arms')
  return { experiment: id, ...toAssigned(chosen), forced: false }
}

/** An arm by its label, of the experiment that runs, or one of the three where none does. */
export function armNamed(label: string, experiment: Experiment | undefined): Assigned | undefined {
  const plain: ExperimentArm[] = [
    { arm: 'none', weight: 1 },
    { arm: 'summary', weight: 1 },
    { arm: 'full', weight: 1 },
  ]
  const found = (experiment?.arms ?? plain).find((arm) => labelOf(arm) === label)
  if (!found) return undefined
  return {
    ...(experiment ? { experiment: experiment.id } : {}),
    ...toAssigned(found),
    forced: true,
  }
}

/** An arm that was chosen by hand belongs to no experiment. */
export const experimentOf = (assigned: Assigned | undefined): string | undefined =>
  assigned?.forced ? undefined : assigned?.experiment

const toAssigned = (chosen: ExperimentArm) => ({
  arm: chosen.arm,
  label: labelOf(chosen),
  ...(chosen.budget === undefined ? {} : { budget: chosen.budget }),
  ...(chosen.without === undefined ? {} : { without: chosen.without }),
})
