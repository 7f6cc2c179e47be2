import type { Experiment, ExperimentOutcome, pageMeasures } from '../schema/experiment.ts'
import type {
  ArmResult,
  BudgetStep,
  Difference,
  ExperimentResults,
  Guardrail,
} from '../schema/experiment-report.ts'
import { labelOf } from './assign.ts'
import { sampleRatio } from './sample-ratio.ts'
import {
  differenceInterval,
  meanInterval,
  sampleOf,
  type Sample,
  type Sequence,
} from './sequence.ts'

/** Sums over the users of one arm: how many have a value, of the values, of their squares. */
export type ArmSums = { arm: string; n: number; sum: number; squares: number }
/** The same of the users who needed context in their first visit, or of those who did not. */
export type ClassSums = ArmSums & { needed: boolean }

/** What the edge itself knows of each user: see `byEdge`; `tokens` that blocks add to a request. */
export type Measure = 'tokens' | 'latency' | 'follow-ups' | 'returned' | 'session-length'
/** An outcome; one with a `measure` needs no report. */
export type Counted = ExperimentOutcome & { measure?: Measure }

/** Everything that the results are made from. Users count once their window has passed. */
export type Measured = {
  /** Users of each arm who had an answer, their window passed or not. */
  exposed: readonly { arm: string; users: number }[]
  /** Users who had more than one arm: in no figure but this. */
  crossed: number
  /** Users whose window is still open. */
  waiting: number
  outcome: readonly ArmSums[]
  classes: readonly ClassSums[]
  tokens: readonly ArmSums[]
  guardrails: readonly { outcome: Counted; sums: readonly ArmSums[] }[]
}

/** Hours for which outcomes count, users planned for and level, where an experiment does not say. */
export const defaults = { windowHours: 24, users: 10_000, level: 0.05, margin: 0.05 } as const

const rail = { kind: 'mean', better: 'lower', guardrail: true, margin: 0.1 } as const

/**
 * What needs no report: mean wait for the provider, ms; share of messages that follow up; whether a user
 * came back, in a session that began an hour or more after the first; answers a session.
 */
export const byEdge: readonly (Counted & { measure: Measure })[] = [
  { ...rail, name: 'latency', measure: 'latency' },
  { ...rail, name: 'follow-ups', measure: 'follow-ups' },
  { ...rail, name: 'returned', measure: 'returned', kind: 'yes', better: 'higher' },
  { name: 'session-length', measure: 'session-length', kind: 'mean', better: 'higher' },
]

export type PageMeasure = `edgewise.${(typeof pageMeasures)[number]}`

/**
 * Share of answers that refuse, that agree first, that were asked for again (corrected or repeated); share
 * of the attached facts, and of their words, that answers use; whether a user stopped an answer, or copied
 * from one; the thumbs they gave. An experiment that lists one of them says itself how it
 * counts.
 */
export const byPages: readonly (ExperimentOutcome & { name: PageMeasure })[] = [
  { ...rail, name: 'edgewise.refusal' },
  { ...rail, name: 'edgewise.agreement' },
  { ...rail, name: 'edgewise.again' },
  { ...rail, name: 'edgewise.stopped', kind: 'yes' },
  { name: 'edgewise.used', kind: 'mean', better: 'higher' },
  { name: 'edgewise.words', kind: 'mean', better: 'higher' },
  { name: 'edgewise.copied', kind: 'yes', better: 'higher' },
  { name: 'edgewise.thumb', kind: 'mean', better: 'higher' },
]

/**
 * The results as they may be looked at every day. Each arm is held against the first; where there are
 * several, they share the level (Bonferroni), so that it holds for all comparisons of one outcome together.
 */
export function resultsOf(
  experiment: Experiment,
  { outcome, measured }: { outcome: ExperimentOutcome; measured: Measured },
): ExperimentResults {
  const { level = defaults.level, windowHours = defaults.windowHours } = experiment
  const labels = experiment.arms.map(labelOf)
  const [control = ''] = labels
  const single: Sequence = { level, planned: experiment.users ?? defaults.users }
  const shared: Sequence = { ...single, level: level / Math.max(1, labels.length - 1) }
  const samples = readSamples(labels, measured.outcome)
  const against = (given: Samples, sequence = shared): Difference[] =>
    labels.slice(1).map((arm) => ({
      arm,
      against: control,
      ...differenceInterval(of(given, arm), of(given, control), sequence),
    }))
  const means = (given: Samples): ArmResult[] =>
    labels.map((arm) => {
      const sample = of(given, arm)
      const { value: mean, low, high } = meanInterval(sample, single)
      return { arm, n: sample.n, mean, low, high }
    })
  const counts = experiment.arms.map((arm) => ({
    count: measured.exposed.find((e) => e.arm === labelOf(arm))?.users ?? 0,
    weight: arm.weight,
  }))
  return {
    experiment: experiment.id,
    outcome: outcome.name,
    level,
    windowHours,
    arms: means(samples),
    difference: against(samples),
    ratio: { ...sampleRatio(counts), crossed: measured.crossed },
    waiting: measured.waiting,
    steps: stepsOf({ labels, samples, tokens: readSamples(labels, measured.tokens), shared }),
    // What helps those who need it is thinned out by all who do not.
    classes: [true, false].map((needed) => {
      const own = measured.classes.filter((sums) => sums.needed === needed)
      const each = readSamples(labels, own)
      return { needed, arms: means(each), difference: against(each) }
    }),
    guardrails: measured.guardrails.flatMap(({ outcome: guarded, sums }) => {
      const each = readSamples(labels, sums)
      return against(each).map((found) => ({
        name: guarded.name,
        ...found,
        state: stateOf(found, { guarded, base: of(each, control).mean }),
      }))
    }),
  }
}

type Samples = ReadonlyMap<string, Sample>
const none: Sample = { n: 0, mean: 0, variance: 0 }
const of = (samples: Samples, arm: string): Sample => samples.get(arm) ?? none

const readSamples = (labels: readonly string[], sums: readonly ArmSums[]): Samples =>
  new Map(
    labels.map((label) => {
      const found = sums.find(({ arm }) => arm === label)
      return [label, found ? sampleOf(found) : none]
    }),
  )

type Stepping = {
  labels: readonly string[]
  samples: Samples
  tokens: Samples
  shared: Sequence
}

/**
 * From the arm with the fewest tokens a request to the one with the most: what each step adds and brings. Arms
 * without users are no step.
 */
function stepsOf({ labels, samples, tokens, shared }: Stepping): BudgetStep[] {
  const mean = (arm: string) => of(tokens, arm).mean
  const ordered = labels
    .filter((arm) => of(tokens, arm).n > 0)
    .toSorted((a, b) => mean(a) - mean(b))
  return ordered.slice(1).map((to, i) => {
    const from = ordered[i] ?? to
    const added = mean(to) - mean(from)
    const {
      value: gain,
      low,
      high,
    } = differenceInterval(of(samples, to), of(samples, from), shared)
    const perHundred = added > 0 && gain !== null ? (gain / added) * 100 : null
    return { from, to, tokens: added, perHundred, gain, low, high }
  })
}

type Judged = { guarded: ExperimentOutcome; base: number }

/**
 * `holds`: certainly not worse than the first arm by more than the margin. `broken`: certainly worse, and
 * perhaps by more than that. `open`: too early to say.
 */
function stateOf({ low, high }: Difference, { guarded, base }: Judged): Guardrail['state'] {
  if (low === null || high === null) return 'open'
  const { better = 'lower', margin = defaults.margin } = guarded
  const [best, worst] = better === 'lower' ? [low, high] : [-high, -low]
  if (worst <= margin * Math.abs(base)) return 'holds'
  return best > 0 ? 'broken' : 'open'
}
