import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bucketOf,
  countOf,
  LEAST,
  mergeInto,
  MOST,
  quantile,
  record,
  RELATIVE_ERROR,
  shareUpTo,
  upperBound,
  type Histogram,
} from '../../../shared/metrics/histogram.ts'

const of = (values: readonly number[]): Histogram => {
  const histogram: Histogram = new Map()
  for (const value of values) record(histogram, value)
  return histogram
}
const merged = (...parts: Histogram[]): Histogram => {
  const all: Histogram = new Map()
  for (const part of parts) mergeInto(all, part)
  return all
}
const sorted = (histogram: Histogram) => [...histogram].toSorted(([a], [b]) => a - b)

const anyValue = fc.double({ min: LEAST * 1.001, max: MOST, noNaN: true })
const anyValues = fc.array(anyValue, { maxLength: 60 })

test('a quantile is at most 5% off, whatever was recorded', () => {
  const q = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.array(anyValue, { minLength: 1, maxLength: 200 }), q, (values, share) => {
      const exact = values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? 0
      const told = quantile(of(values), share) ?? 0
      expect(Math.abs(told - exact)).toBeLessThanOrEqual(RELATIVE_ERROR * exact * (1 + 1e-9))
    }),
  )
})

test('merging does not care for order, and tells what recording all in one place would', () => {
  fc.assert(
    fc.property(anyValues, anyValues, anyValues, (a, b, c) => {
      const [x, y, z] = [of(a), of(b), of(c)]
      expect(sorted(merged(x, y))).toEqual(sorted(merged(y, x)))
      expect(sorted(merged(merged(x, y), z))).toEqual(sorted(merged(x, merged(y, z))))
      expect(sorted(merged(x, y, z))).toEqual(sorted(of([...a, ...b, ...c])))
      expect(countOf(merged(x, y))).toBe(a.length + b.length)
    }),
  )
})

test('each value lies within its bucket, and larger values never in a lower one', () => {
  fc.assert(
    fc.property(anyValue, anyValue, (a, b) => {
      const bucket = bucketOf(a)
      expect(a).toBeLessThanOrEqual(upperBound(bucket) * (1 + 1e-9))
      expect(bucketOf(Math.max(a, b))).toBeGreaterThanOrEqual(bucketOf(Math.min(a, b)))
    }),
  )
})

test.each([0, -1, Number.NaN, LEAST])('%d counts in the first bucket', (value) => {
  expect(bucketOf(value)).toBe(0)
  expect(quantile(of([value]), 0.5)).toBe(LEAST / 2)
})

test('what is beyond the range counts at its end', () => {
  expect(bucketOf(Number.POSITIVE_INFINITY)).toBe(bucketOf(MOST))
})

test('nothing recorded has no quantile', () => {
  expect(quantile(new Map(), 0.5)).toBeUndefined()
  expect(shareUpTo(new Map(), 10)).toBe(0)
})

test('the share up to a bound is that of the values below it', () => {
  const histogram = of([1, 2, 300, 400])
  expect(shareUpTo(histogram, 10)).toBe(0.5)
  expect(shareUpTo(histogram, 1000)).toBe(1)
})

test('blocks that fill their budget fit into it', () => {
  const filled = of([185, 192, 199, 200])
  expect(shareUpTo(filled, 200)).toBe(1)
  expect(shareUpTo(filled, 175)).toBe(0)
  const anyBound = fc.constantFrom(25, 50, 75, 100, 150, 200, 300, 500)
  fc.assert(
    fc.property(anyValue, anyBound, (value, bound) => {
      fc.pre(Math.abs(value - bound) > 2 * RELATIVE_ERROR * bound)
      expect(shareUpTo(of([value]), bound)).toBe(value < bound ? 1 : 0)
    }),
  )
})
