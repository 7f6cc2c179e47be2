import { describe, expect, test } from 'vitest'
import { murmur3 } from '../../../shared/experiment/hash.ts'
import { chiSquareTail, sampleRatio } from '../../../shared/experiment/sample-ratio.ts'
import {
  bestRho,
  differenceInterval,
  errorsAllowed,
  meanInterval,
  mixtureBound,
  sampleOf,
} from '../../../shared/experiment/sequence.ts'

describe('the sequential boundary', () => {
  // confseq 0.0.11, test/uniform_boundaries_unittest.cpp, TestTwoSidedNormalMixture: "all target values
  // are from a reference implementation in R".
  test('is the one of confseq', () => {
    const rho = bestRho(100, 0.05)
    expect(rho).toBeCloseTo(12.60056, 5)
    expect(mixtureBound(100, { level: 0.05, rho })).toBeCloseTo(30.35209, 5)
  })

  // std_conjmix_margin of drconfseq (the R package of Waudby-Smith et al.): another form of the same.
  test.each([
    [100, 0.05, 500],
    [5000, 0.05, 10_000],
    [40_000, 0.01, 10_000],
  ])('is the margin of theorem 2.2 at n = %i, level %f, planned %i', (n, level, planned) => {
    const rho2 = 1 / bestRho(planned, level)
    const margin = Math.sqrt(
      (2 * (n * rho2 + 1) * Math.log(Math.sqrt(n * rho2 + 1) / level)) / (n * n * rho2),
    )
    expect(errorsAllowed(n, { level, planned }) / Math.sqrt(n)).toBeCloseTo(margin, 12)
  })

  test('is narrowest where it was planned to be, and always wider than a fixed interval', () => {
    const at = (planned: number) => errorsAllowed(10_000, { level: 0.05, planned })
    expect(at(10_000)).toBeLessThan(at(1000))
    expect(at(10_000)).toBeLessThan(at(100_000))
    for (const n of [100, 1000, 10_000, 1e6]) {
      expect(errorsAllowed(n, { level: 0.05, planned: 10_000 })).toBeGreaterThan(1.96)
    }
  })
})

describe('intervals', () => {
  const sequence = { level: 0.05, planned: 1000 }

  test('stand around the mean, and around the difference of two means', () => {
    const a = sampleOf({ n: 500, sum: 250, squares: 250 })
    const b = sampleOf({ n: 500, sum: 200, squares: 200 })
    expect(a).toEqual({ n: 500, mean: 0.5, variance: (250 - 125) / 499 })
    const mean = meanInterval(a, sequence)
    expect((mean.low ?? 1) + (mean.high ?? 0)).toBeCloseTo(1, 12)
    const difference = differenceInterval(a, b, sequence)
    // The smaller variance counts as that of both together.
    const pooled = (a.variance + b.variance) / 2
    const error = Math.sqrt(a.variance / 500 + pooled / 500)
    expect(difference.value).toBeCloseTo(0.1, 12)
    expect((difference.high ?? 0) - (difference.value ?? 0)).toBeCloseTo(
      error * errorsAllowed(1000, sequence),
      12,
    )
  })

  test('have no ends before an arm has 100 users, and while all users are alike', () => {
    const few = sampleOf({ n: 99, sum: 50, squares: 50 })
    expect(meanInterval(few, sequence)).toEqual({ value: 50 / 99, low: null, high: null })
    expect(differenceInterval(few, few, sequence)).toEqual({ value: 0, low: null, high: null })
    const alike = sampleOf({ n: 500, sum: 0, squares: 0 })
    expect(meanInterval(alike, sequence).high).toBeNull()
    expect(differenceInterval(alike, alike, sequence).high).toBeNull()
    expect(sampleOf({ n: 0, sum: 0, squares: 0 })).toEqual({ n: 0, mean: 0, variance: 0 })
  })
})

describe('a small arm beside a large one', () => {
  const sequence = { level: 0.05, planned: 10_000 }
  const large = sampleOf({ n: 1900, sum: 19, squares: 19 })

  test('shows no difference because a rare outcome has not met it yet', () => {
    const small = sampleOf({ n: 100, sum: 0, squares: 0 })
    const { value, low, high } = differenceInterval(small, large, sequence)
    expect(value).toBeCloseTo(-0.01, 12)
    expect(low).toBeLessThan(0)
    expect(high).toBeGreaterThan(0)
  })

  test('shows one that is there', () => {
    const none = sampleOf({ n: 10_000, sum: 0, squares: 0 })
    const often = sampleOf({ n: 10_000, sum: 500, squares: 500 })
    expect(differenceInterval(often, none, sequence).low).toBeGreaterThan(0)
  })

  test('has no difference before it has users', () => {
    const nobody = sampleOf({ n: 0, sum: 0, squares: 0 })
    const unknown = { value: null, low: null, high: null }
    expect(differenceInterval(nobody, large, sequence)).toEqual(unknown)
    expect(differenceInterval(large, nobody, sequence)).toEqual(unknown)
  })
})

describe('the sample ratio', () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4, upper critical values.
  test.each([
    [1, 3.841, 0.05],
    [1, 10.828, 0.001],
    [2, 5.991, 0.05],
    [2, 9.21, 0.01],
    [3, 7.815, 0.05],
    [5, 15.086, 0.01],
    [10, 18.307, 0.05],
  ])('has the published tail: %i degrees, %f', (degrees, x, p) => {
    expect(chiSquareTail(x, degrees)).toBeCloseTo(p, 4)
  })

  // scipy 1.17.1: chi2.sf(x, df) and chisquare(observed, expected).
  test('agrees with scipy', () => {
    expect(chiSquareTail(0.3, 1)).toBeCloseTo(0.583_882_420_770_366, 12)
    expect(chiSquareTail(25, 4)).toBeCloseTo(5.030_981_782_306_207_5e-5, 15)
    const { statistic, p } = sampleRatio([
      { count: 5250, weight: 1 },
      { count: 4950, weight: 1 },
    ])
    expect(statistic).toBeCloseTo(8.823_529_411_764_707, 10)
    expect(p).toBeCloseTo(0.002_973_709_435_809_942_5, 13)
  })

  test('raises no alarm without users, and for a split that fits', () => {
    expect(sampleRatio([]).p).toBe(1)
    expect(
      sampleRatio([
        { count: 0, weight: 1 },
        { count: 0, weight: 1 },
      ]).p,
    ).toBe(1)
    expect(
      sampleRatio([
        { count: 300, weight: 3 },
        { count: 100, weight: 1 },
      ]),
    ).toEqual({ statistic: 0, p: 1 })
  })
})

test('the sample ratio raises no alarm over the first users, wherever they fall', () => {
  const split = (large: number, small: number) =>
    sampleRatio([
      { count: large, weight: 19 },
      { count: small, weight: 1 },
    ])
  expect(split(0, 1).p).toBe(1)
  expect(split(70, 25).p).toBe(1)
  expect(split(75, 25).p).toBeLessThan(0.001)
})

describe('the hash', () => {
  // MurmurHash3_x86_32, as tabulated at https://en.wikipedia.org/wiki/MurmurHash.
  test.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['', 0xffffffff, 0x81f16f39],
    ['test', 0, 0xba6bd213],
    ['test', 0x9747b28c, 0x704b81dc],
    ['Hello, world!', 0, 0xc0363e43],
    ['Hello, world!', 0x9747b28c, 0x24884cba],
    ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
  ])('of %j with seed %i is the published one', (text, seed, hash) => {
    expect(murmur3(text, seed)).toBe(hash)
  })
})
