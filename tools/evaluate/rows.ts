import {
  keptAtRecall,
  meanOfNegatives,
  meanOfPositives,
  prAuc,
  recallAtFalse,
  rocAuc,
  type Metric,
} from './metrics.ts'

/** What a tier must reach; `aim` is what it should. */
export type Target = { must?: number; aim?: number }

export type RowSpec = {
  id: string
  name: string
  /** Key of the samples that the metric is taken of; see collect.ts. */
  samples: string
  metric: Metric
  better: 'higher' | 'lower'
  lite?: Target
  full?: Target
}

const languages = ['de', 'es', 'fr', 'pt', 'zh'] as const
const quarter = recallAtFalse(0.05)

/** The figures of the report, in order. */
export const rows: readonly RowSpec[] = [
  row('needs', 'needs its user, PR-AUC (real_prompts)', {
    metric: prAuc,
    lite: 0.62,
    full: [0.74, 0.82],
  }),
  row('needs', 'false injection at 80% recall (same)', {
    metric: keptAtRecall(0.8, 'negative'),
    lower: true,
    lite: 0.15,
    full: [0.06, 0.03],
  }),
  row('style', 'style, PR-AUC (same)', { metric: prAuc, lite: 0.86, full: [0.93] }),
  row('helps', 'fact helps, PR-AUC useful >= 1 (fact_use)', {
    metric: prAuc,
    lite: 0.46,
    full: [0.7, 0.78],
  }),
  row('helpsAlone', '  the same, P(helps) without stage 1', { metric: prAuc }),
  row('helps', 'traps kept at 80% recall of the useful (same)', {
    metric: keptAtRecall(0.8, 'trap'),
    lower: true,
    lite: 0.27,
    full: [0.16, 0.1],
  }),
  row('helpsAlone', '  the same, P(helps) without stage 1', {
    metric: keptAtRecall(0.8, 'trap'),
    lower: true,
  }),
  row('crossDomain', 'useful against cross-domain memories, ROC (persistbench)', {
    metric: rocAuc,
    lite: 0.8,
    full: [0.93],
  }),
  row('sycophancy', 'useful against sycophancy memories, ROC (persistbench)', {
    metric: rocAuc,
    lite: 0.88,
    full: [0.98],
  }),
  row('ownPreference', 'own preference attached (prefeval)', {
    metric: meanOfPositives,
    full: [0.92, 0.95],
  }),
  row('otherPreference', "eleven others' preferences attached (prefeval)", {
    metric: meanOfNegatives,
    lower: true,
    full: [0.12, 0.05],
  }),
  row('objective', 'objective question, personal preamble: profile attached (memsyco)', {
    metric: meanOfNegatives,
    lower: true,
    lite: 0.1,
    full: [0.04],
  }),
  row('factoid', 'factoid: profile attached (nq_open, efficientqa)', {
    metric: meanOfNegatives,
    lower: true,
    lite: 0.02,
    full: [0.01],
  }),
  row('session', 'last message needs the earlier ones, ROC 2 against 0 (session_need)', {
    metric: rocAuc,
    lite: 0.8,
    full: [0.92],
  }),
  row('stakes', 'high stakes found at 5% false (stakes, real_prompts)', {
    metric: quarter,
    lite: 0.85,
    full: [0.95],
  }),
  row('disclosurePrecision', 'disclosure, precision', {
    metric: meanOfPositives,
    lite: 0.7,
    full: [0.78, 0.85],
  }),
  row('disclosureRecall', 'disclosure, recall', {
    metric: meanOfPositives,
    lite: 0.6,
    full: [0.68, 0.75],
  }),
  row('disclosureQuiet', 'disclosure, messages without facts left alone', {
    metric: meanOfPositives,
    lite: 0.88,
    full: [0.92, 0.95],
  }),
  ...languages.flatMap((language) => [
    row(`needs.${language}`, `${language}: needs its user, PR-AUC`, {
      metric: prAuc,
      lite: [undefined, 0.75],
      full: [undefined, 0.75],
    }),
    row(`attached.${language}`, `${language}: false injection`, {
      metric: meanOfNegatives,
      lower: true,
      lite: 0.05,
      full: [0.05],
    }),
    row(`needs.${language}`, `${language}: recall at 5% false`, { metric: quarter }),
    row(`helps.${language}`, `${language}: fact helps, PR-AUC`, { metric: prAuc }),
  ]),
  row('needs.pooled', 'five languages pooled: recall at 5% false', { metric: quarter }),
  row('needs', 'English beside it (real_prompts): recall at 5% false', { metric: quarter }),
  row('attached', 'English: false injection (real_prompts)', {
    metric: meanOfNegatives,
    lower: true,
    lite: 0.05,
    full: [0.05],
  }),
  row('attachedRecall', 'English: attached where needed (real_prompts)', {
    metric: meanOfPositives,
  }),
]

type Goals = { metric: Metric; lower?: boolean; lite?: number | Pair; full?: Pair }
type Pair = [must?: number | undefined, aim?: number | undefined]

function row(samples: string, name: string, goals: Goals): RowSpec {
  const { metric, lower = false, lite, full } = goals
  return {
    id: name,
    name,
    samples,
    metric,
    better: lower ? 'lower' : 'higher',
    ...(lite === undefined ? {} : { lite: toTarget(typeof lite === 'number' ? [lite] : lite) }),
    ...(full === undefined ? {} : { full: toTarget(full) }),
  }
}

function toTarget([must, aim]: Pair): Target {
  return {
    ...(must === undefined ? {} : { must }),
    ...(aim === undefined ? {} : { aim }),
  }
}
