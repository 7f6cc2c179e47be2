import { SUM } from '../../shared/metrics/cells.ts'
import { countOf, upperBound } from '../../shared/metrics/histogram.ts'
import type { Histogram } from '../../shared/metrics/histogram.ts'
import { isCounter, isDistribution, type Distribution } from '../../shared/metrics/names.ts'
import type { MetricRow } from '../ports.ts'

type Total = Omit<MetricRow, 'start'>

/** A metric's name here: `label` takes what stands behind the colon. */
type Family = { name: string; help: string; label?: string; divisor?: number }

const families: Record<string, Family> = {
  requests: { name: 'requests', help: 'Answers of the provider.' },
  why: { name: 'decisions', help: 'Requests by what was decided and why.', label: 'why' },
  slice: { name: 'slices', help: 'Requests by what they carried.', label: 'slice' },
  tokens: { name: 'tokens', help: 'Tokens by kind.', label: 'kind' },
  whole_known: { name: 'profiles_read', help: 'Requests whose whole profile was known.' },
  estimated: { name: 'usage_estimated', help: 'Answers whose usage the provider did not say.' },
  unpriced: { name: 'unpriced', help: 'Answers of models without a price.' },
  cost: { name: 'cost_dollars', help: 'List price of answers.', label: 'part', divisor: 1e6 },
  error: { name: 'errors', help: 'Refused and failed requests.', label: 'code' },
  lesson: { name: 'lessons', help: 'Queued messages by outcome.', label: 'outcome' },
  erasures: { name: 'erasures', help: 'Self-models erased.' },
  lost: { name: 'uncounted', help: 'Events not counted, for too many series.' },
}

const spreads: Record<Distribution, Family> = {
  edge: { name: 'edge_seconds', help: 'Waiting before the provider is called.', divisor: 1000 },
  persona: { name: 'persona_seconds', help: 'Reading of the persona.', divisor: 1000 },
  provider: { name: 'provider_seconds', help: 'Until the first byte.', divisor: 1000 },
  gate: { name: 'gate_seconds', help: 'Time of the gate.', divisor: 1000 },
  learning: { name: 'learning_seconds', help: 'From words to self-model.', divisor: 1000 },
  block: { name: 'block_tokens', help: 'Tokens of attached blocks.' },
  model_facts: { name: 'model_facts', help: 'Facts of a self-model that has learned.' },
  model_bytes: { name: 'model_bytes', help: 'Bytes of a self-model that has learned.' },
}

/** Every eighth bucket, so that what is below is known exactly: a factor of 2.2 from one to the next. */
const BOUNDS = Array.from({ length: 27 }, (_, i) => 7 + 8 * i)

/**
 * The text format 0.0.4 of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/).
 * Times in seconds, money in dollars.
 */
export function prometheusText(totals: readonly Total[]): string {
  const lines = new Map<string, string[]>()
  const family = ({ name, help }: Family, type: string): string[] => {
    const known = lines.get(name)
    if (known) return known
    const made = [`# HELP edgewise_${name} ${help}`, `# TYPE edgewise_${name} ${type}`]
    lines.set(name, made)
    return made
  }
  for (const total of totals.filter(({ metric }) => isCounter(metric))) {
    const [kind = '', value = 'all'] = total.metric.split(':')
    const known = families[kind]
    if (!known) continue
    const { label, divisor = 1 } = known
    const named = { ...known, name: `${known.name}_total` }
    const labels = labelsOf(total, label === undefined ? {} : { [label]: value })
    family(named, 'counter').push(`edgewise_${named.name}${labels} ${total.amount / divisor}`)
  }
  const seen = totals.filter(({ metric }) => isDistribution(metric))
  for (const cells of Map.groupBy(seen, (cell) => cell.metric + labelsOf(cell, {})).values()) {
    const [first] = cells
    if (!first || !isDistribution(first.metric)) continue
    const spread = spreads[first.metric]
    family(spread, 'histogram').push(...histogramLines(cells, spread))
  }
  return [...lines.values()].flat().join('\n') + '\n'
}

function histogramLines(cells: readonly Total[], { name, divisor = 1 }: Family): string[] {
  const [first] = cells
  if (!first) return []
  const histogram: Histogram = new Map()
  let sum = 0
  for (const { bucket, amount } of cells) {
    if (bucket === SUM) sum += amount
    else histogram.set(bucket, amount)
  }
  const upTo = (bound: number) =>
    [...histogram].reduce((below, [bucket, count]) => (bucket <= bound ? below + count : below), 0)
  const count = countOf(histogram)
  const buckets = BOUNDS.map((bound) => {
    const le = (upperBound(bound) / divisor).toPrecision(4)
    return `edgewise_${name}_bucket${labelsOf(first, { le: String(Number(le)) })} ${upTo(bound)}`
  })
  return [
    ...buckets,
    `edgewise_${name}_bucket${labelsOf(first, { le: '+Inf' })} ${count}`,
    `edgewise_${name}_sum${labelsOf(first, {})} ${sum / divisor}`,
    `edgewise_${name}_count${labelsOf(first, {})} ${count}`,
  ]
}

function labelsOf({ org, arm, tier, cohort }: Total, more: Record<string, string>): string {
  const labels = Object.entries({ org, arm, tier, cohort, ...more })
  return `{${labels.map(([name, value]) => `${name}="${escape(value)}"`).join(',')}}`
}

const escape = (value: string) => value.replace(/[\\"]/g, '\\$&').replaceAll('\n', String.raw`\n`)
