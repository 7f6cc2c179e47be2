/**
 * Quantiles of what cannot be kept: a histogram whose buckets grow by a constant factor, so that any two
 * add up bucket by bucket and the order does not matter. It is DDSketch with a fixed range (C. Masson,
 * J. Rim, H. Lee: DDSketch, PVLDB 12(12), 2019, https://www.vldb.org/pvldb/vol12/p2195-masson.pdf).
 */
export type Histogram = Map<number, number>

/** Largest relative error of a quantile between `LEAST` and `MOST`. */
export const RELATIVE_ERROR = 0.05
/** Smaller values share bucket 0: there the error is at most half of this. In the unit of the values. */
export const LEAST = 0.05
const BUCKETS = 216
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
const WIDTH = Math.log(GAMMA)

/** Largest value that the last bucket holds; larger ones count there. As milliseconds it is 30 hours. */
export const upperBound = (bucket: number): number => LEAST * GAMMA ** bucket
export const MOST = upperBound(BUCKETS - 1)

/** The bucket of a value, 0 to 215. What is no number, or below 0, counts as 0. */
export function bucketOf(value: number): number {
  if (!(value > LEAST)) return 0
  return Math.min(BUCKETS - 1, Math.ceil(Math.log(value / LEAST) / WIDTH))
}

/** The value that stands for all of a bucket: none of them is further away than the relative error. */
const middleOf = (bucket: number): number =>
  bucket <= 0 ? LEAST / 2 : (2 * upperBound(bucket)) / (GAMMA + 1)

export function record(histogram: Histogram, value: number, times = 1): void {
  const bucket = bucketOf(value)
  histogram.set(bucket, (histogram.get(bucket) ?? 0) + times)
}

/** Adds one to another. */
export function mergeInto(target: Histogram, other: Histogram): void {
  for (const [bucket, count] of other) target.set(bucket, (target.get(bucket) ?? 0) + count)
}

export function countOf(histogram: Histogram): number {
  let count = 0
  for (const times of histogram.values()) count += times
  return count
}

/** The value with a share `q` (0..1) of the others below it; `undefined` where nothing was recorded. */
export function quantile(histogram: Histogram, q: number): number | undefined {
  const count = countOf(histogram)
  if (count <= 0) return undefined
  const rank = q * (count - 1)
  let seen = 0
  let last = 0
  for (const [bucket, times] of [...histogram].toSorted(([a], [b]) => a - b)) {
    seen += times
    last = bucket
    if (seen > rank) break
  }
  return middleOf(last)
}

/** Share of the values that are at most `value`, 0..1; those that are as near as the relative error may count wrong. */
export function shareUpTo(histogram: Histogram, value: number): number {
  const count = countOf(histogram)
  let below = 0
  for (const [bucket, times] of histogram) if (middleOf(bucket) <= value) below += times
  return count > 0 ? below / count : 0
}
