import { armAt, labelOf, placeOf, saltOf } from '../../shared/experiment/assign.ts'
import type { ArmSums } from '../../shared/experiment/results.ts'
import { RATIO_ALARM, sampleRatio } from '../../shared/experiment/sample-ratio.ts'
import { differenceInterval, sampleOf, type Sequence } from '../../shared/experiment/sequence.ts'
import type { Experiment } from '../../shared/schema/experiment.ts'
import { createRandom } from '../simulate/random.ts'

export type Setting = {
  seeds: number
  /** Looks at the results: one a day. */
  days: number
  usersADay: number
  /** Share of users with the outcome in the first arm. */
  baseline: number
  /** What the second arm adds to it where an effect is planted, as a share of it. */
  effect: number
  level: number
}

/** Shares of the seeds. */
export type Found = {
  /** No difference between the arms, and one was seen on some day: of a yes-or-no and of a skewed outcome. */
  falseAlarms: number
  falseSkewed: number
  /** The same of a rare outcome, with one user in twenty in the second arm. */
  falseRare: number
  /** The planted effect was seen, in the right direction, on some day. */
  power: number
  /** As many looks at a fixed 95% interval: what happens without a method for it. */
  falseFixed: number
  /** The split was reported as broken, and is not. */
  ratioAlarms: number
}

/** Share of the users who have the rare outcome. */
const RARE = 0.01

const experimentOf = (seed: number, weight = 1): Experiment => ({
  id: `check-${seed}`,
  arms: [
    { arm: 'none', weight },
    { arm: 'summary', weight: 1 },
  ],
  outcomes: [{ name: 'done', kind: 'yes' }],
})

/** Runs the experiment once for each seed, with the assignment and the intervals that the product has. */
export function simulateExperiments(setting: Setting): Found {
  const { seeds, days, usersADay } = setting
  const users = Array.from({ length: days * usersADay }, (_, i) => `user-${i}`)
  const count = {
    falseAlarms: 0,
    falseSkewed: 0,
    falseRare: 0,
    power: 0,
    falseFixed: 0,
    ratioAlarms: 0,
  }
  for (let seed = 1; seed <= seeds; seed++) {
    const seen = runOnce(seed, users, setting)
    for (const name of seen) count[name] += 1 / seeds
  }
  return count
}

type Sums = { n: number; sum: number; squares: number }
const empty = (): Sums => ({ n: 0, sum: 0, squares: 0 })

function add(sums: Sums, value: number): void {
  sums.n += 1
  sums.sum += value
  sums.squares += value * value
}

/** What was seen on any of the days. */
function runOnce(seed: number, users: readonly string[], setting: Setting): Set<keyof Found> {
  const { days, usersADay, baseline, effect, level } = setting
  const random = createRandom(seed)
  const experiment = experimentOf(seed)
  const salt = saltOf(experiment)
  const first = experiment.arms.map(labelOf)[0]
  const same = [empty(), empty()] as const
  const skewed = [empty(), empty()] as const
  const planted = [empty(), empty()] as const
  const rare = [empty(), empty()] as const
  const uneven = experimentOf(seed, 19)
  const sequence = { level, planned: users.length }
  const seen = new Set<keyof Found>()
  for (let day = 0; day < days; day++) {
    for (let i = day * usersADay; i < (day + 1) * usersADay; i++) {
      const place = placeOf(salt, users[i] ?? '')
      const arm = armAt(experiment, place).label === first ? 0 : 1
      const draw = random.next()
      add(same[arm], draw < baseline ? 1 : 0)
      add(planted[arm], draw < baseline * (arm === 1 ? 1 + effect : 1) ? 1 : 0)
      add(rare[armAt(uneven, place).label === first ? 0 : 1], draw < RARE ? 1 : 0)
      // Weibull of shape 1/2: a few users have most of it (skewness 6.6).
      add(skewed[arm], Math.log(1 - random.next()) ** 2)
    }
    if (differs(same, sequence) !== 0) seen.add('falseAlarms')
    if (differs(skewed, sequence) !== 0) seen.add('falseSkewed')
    if (differs(rare, sequence) !== 0) seen.add('falseRare')
    if (differs(planted, sequence) > 0) seen.add('power')
    if (differsFixed(same)) seen.add('falseFixed')
  }
  const counts = same.map(({ n }) => ({ count: n, weight: 1 }))
  if (sampleRatio(counts).p < RATIO_ALARM) seen.add('ratioAlarms')
  return seen
}

type Pair = readonly [Omit<ArmSums, 'arm'>, Omit<ArmSums, 'arm'>]

/** 1 or -1 where the interval of the difference leaves 0 out. */
function differs([control, treated]: Pair, sequence: Sequence): number {
  const { low, high } = differenceInterval(sampleOf(treated), sampleOf(control), sequence)
  if (low !== null && low > 0) return 1
  return high !== null && high < 0 ? -1 : 0
}

function differsFixed([control, treated]: Pair): boolean {
  const [a, b] = [sampleOf(treated), sampleOf(control)]
  const error = Math.sqrt(a.variance / a.n + b.variance / b.n)
  return Math.abs(a.mean - b.mean) > 1.96 * error
}
