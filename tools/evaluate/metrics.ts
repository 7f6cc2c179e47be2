/** One scored example. `group`: what is drawn together in the bootstrap; `id`: where to find it in its set. */
export type Sample = {
  score: number
  kind: 'positive' | 'negative' | 'trap'
  group: string
  id?: string
}

/** A figure over samples in falling order of score, each counted `weight(sample)` times. */
export type Metric = (sorted: readonly Sample[], weight: (sample: Sample) => number) => number

/** Groups of equal scores, best first, with their weights of positives and of all others. */
function* ties(sorted: readonly Sample[], weight: (sample: Sample) => number) {
  let at = 0
  while (at < sorted.length) {
    const score = sorted[at]?.score ?? 0
    const group = { score, positive: 0, negative: 0, trap: 0 }
    for (; at < sorted.length && sorted[at]?.score === score; at++) {
      const sample = sorted[at]
      if (sample) group[sample.kind] += weight(sample)
    }
    yield group
  }
}

const total = (sorted: readonly Sample[], weight: (sample: Sample) => number) => {
  const sum = { positive: 0, negative: 0, trap: 0 }
  for (const sample of sorted) sum[sample.kind] += weight(sample)
  return sum
}

/** Average precision; a trap counts as a negative. */
export const prAuc: Metric = (sorted, weight) => {
  const all = total(sorted, weight)
  let [hits, misses, area] = [0, 0, 0]
  for (const { positive, negative, trap } of ties(sorted, weight)) {
    hits += positive
    misses += negative + trap
    if (positive > 0) area += (positive / all.positive) * (hits / (hits + misses))
  }
  return area
}

/** The chance that a positive ranks above a negative. */
export const rocAuc: Metric = (sorted, weight) => {
  const all = total(sorted, weight)
  const negatives = all.negative + all.trap
  let [below, area] = [negatives, 0]
  for (const { positive, negative, trap } of ties(sorted, weight)) {
    below -= negative + trap
    area += positive * (below + (negative + trap) / 2)
  }
  return area / (all.positive * negatives)
}

/** Share of `kind` that is kept by the highest threshold that keeps `recall` of the positives. */
export const keptAtRecall =
  (recall: number, kind: 'negative' | 'trap'): Metric =>
  (sorted, weight) => {
    const all = total(sorted, weight)
    let [hits, kept] = [0, 0]
    for (const group of ties(sorted, weight)) {
      hits += group.positive
      kept += group[kind]
      if (hits >= recall * all.positive) break
    }
    return kept / all[kind]
  }

/** Share of the positives that reach the lowest threshold that at most `rate` of the negatives reach. */
export const recallAtFalse =
  (rate: number): Metric =>
  (sorted, weight) => {
    const all = total(sorted, weight)
    const allowed = rate * (all.negative + all.trap) + 1e-9
    let [hits, misses] = [0, 0]
    for (const { positive, negative, trap } of ties(sorted, weight)) {
      misses += negative + trap
      if (misses > allowed) break
      hits += positive
    }
    return hits / all.positive
  }

/** Mean score of the positives; for rates, where scores are 0 and 1. */
export const meanOfPositives: Metric = (sorted, weight) => mean(sorted, weight, 'positive')

/** Mean score of the negatives. */
export const meanOfNegatives: Metric = (sorted, weight) => mean(sorted, weight, 'negative')

function mean(
  sorted: readonly Sample[],
  weight: (sample: Sample) => number,
  kind: Sample['kind'],
): number {
  let [sum, count] = [0, 0]
  for (const sample of sorted) {
    if (sample.kind !== kind) continue
    sum += weight(sample) * sample.score
    count += weight(sample)
  }
  return sum / count
}

/** Points (recall, precision) from the best score down, for a picture. */
export function curve(samples: readonly Sample[]): [recall: number, precision: number][] {
  const sorted = samples.toSorted((a, b) => b.score - a.score)
  const all = total(sorted, () => 1)
  let [hits, seen] = [0, 0]
  return [...ties(sorted, () => 1)].map(({ positive, negative, trap }) => {
    hits += positive
    seen += positive + negative + trap
    return [hits / all.positive, hits / seen]
  })
}
