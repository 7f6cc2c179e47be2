import type { Figures, Quantiles } from '../schema/metrics.ts'
import { countOf, quantile, type Histogram } from './histogram.ts'
import { isCounter, isDistribution, type Counter, type Distribution } from './names.ts'

/**
 * One number of a metric, as it is stored: a counter's is in bucket 0; a distribution has one for each
 * bucket, and its sum in bucket -1.
 */
export type Cell = { metric: string; bucket: number; amount: number }
export const SUM = -1

/** Cells of one series, added up. Names that are not known (an older version's) are passed over. */
export type Gathered = {
  counts: Map<Counter, number>
  distributions: Map<Distribution, { histogram: Histogram; sum: number }>
}

export function gather(cells: Iterable<Cell>): Gathered {
  const gathered: Gathered = { counts: new Map(), distributions: new Map() }
  for (const { metric, bucket, amount } of cells) {
    if (isCounter(metric)) {
      gathered.counts.set(metric, (gathered.counts.get(metric) ?? 0) + amount)
    } else if (isDistribution(metric)) {
      const known = gathered.distributions.get(metric) ?? { histogram: new Map(), sum: 0 }
      gathered.distributions.set(metric, known)
      if (bucket === SUM) known.sum += amount
      else known.histogram.set(bucket, (known.histogram.get(bucket) ?? 0) + amount)
    }
  }
  return gathered
}

export function figuresOf({ counts, distributions }: Gathered): Figures {
  const quantiles: Record<string, Quantiles> = {}
  for (const [name, { histogram, sum }] of distributions) {
    const count = countOf(histogram)
    if (count <= 0) continue
    const at = (q: number) => round(quantile(histogram, q) ?? 0)
    quantiles[name] = {
      count,
      mean: round(sum / count),
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
    }
  }
  return { counts: Object.fromEntries(counts), quantiles }
}

const round = (value: number) => Math.round(value * 100) / 100
