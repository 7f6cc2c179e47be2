import type { Metric, Sample } from './metrics.ts'
import { createRandom } from './random.ts'

export type Figure = {
  value: number
  low: number
  high: number
  positives: number
  negatives: number
}

export type BootstrapOptions = { seed: number; resamples: number; level: number }

/** A figure with its interval: groups are drawn again and again, with repetition. */
export function measure(
  samples: readonly Sample[],
  metric: Metric,
  { seed, resamples, level }: BootstrapOptions,
): Figure {
  const sorted = samples.toSorted((a, b) => b.score - a.score)
  const groups = [...new Set(samples.map(({ group }) => group))]
  const random = createRandom(seed)
  const drawn: number[] = []
  for (let i = 0; i < resamples; i++) {
    const times = new Map<string, number>()
    for (let k = 0; k < groups.length; k++) {
      const group = groups[Math.floor(random() * groups.length)] ?? ''
      times.set(group, (times.get(group) ?? 0) + 1)
    }
    const value = metric(sorted, ({ group }) => times.get(group) ?? 0)
    // A draw without a single positive (or negative) has no figure.
    if (Number.isFinite(value)) drawn.push(value)
  }
  drawn.sort((a, b) => a - b)
  const at = (share: number) => drawn[Math.round(share * (drawn.length - 1))] ?? Number.NaN
  return {
    value: metric(sorted, () => 1),
    low: at((1 - level) / 2),
    high: at((1 + level) / 2),
    positives: samples.filter(({ kind }) => kind === 'positive').length,
    negatives: samples.filter(({ kind }) => kind !== 'positive').length,
  }
}
