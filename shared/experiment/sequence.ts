/** What is known of one arm's users: how many, their mean, and the variance of one user (n - 1). */
export type Sample = { n: number; mean: number; variance: number }

/** `planned`: the number of users at which the interval is narrowest; fixed before any is seen. */
export type Sequence = { level: number; planned: number }

type Ends = { low: number | null; high: number | null }
/** An interval; without ends where there are too few users for one, or where all of them are alike. */
export type Interval = Ends & { value: number }
/** The same of two arms: no value where one of them has no users. */
export type DifferenceInterval = Ends & { value: number | null }

/** Users of an arm below which no interval is shown: the method counts on the central limit theorem. */
export const FEWEST = 100

/**
 * The tuning parameter rho of the two-sided normal mixture that makes it narrowest at variance `v`:
 * Howard, Ramdas, McAuliffe, Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences",
 * Annals of Statistics 49(2), 2021, section 3.5 (their closed form, also `best_rho` of confseq).
 */
export function bestRho(v: number, level: number): number {
  const twice = -2 * Math.log(level)
  return v / (twice + Math.log(1 + twice))
}

/**
 * Two-sided normal mixture boundary, Howard et al. 2021, equation (14): a sum with variance `v` stays
 * within it at all times at once, but for a share `level` of the cases.
 */
export function mixtureBound(v: number, { level, rho }: { level: number; rho: number }): number {
  return Math.sqrt((v + rho) * (Math.log(1 + v / rho) - 2 * Math.log(level)))
}

/**
 * By how many standard errors an estimate from `n` users may be off, whenever one looks: the asymptotic
 * confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory
 * and asymptotic confidence sequences", Annals of Statistics 52(6), 2024, theorem 2.2, which is the same
 * boundary with the variance estimated. A fixed interval has 1.96 there for a level of 0.05.
 */
export function errorsAllowed(n: number, { level, planned }: Sequence): number {
  return mixtureBound(n, { level, rho: bestRho(planned, level) }) / Math.sqrt(n)
}

/** The mean of one arm. */
export function meanInterval({ n, mean, variance }: Sample, sequence: Sequence): Interval {
  if (n < FEWEST || variance === 0) return { value: mean, low: null, high: null }
  const margin = Math.sqrt(variance / n) * errorsAllowed(n, sequence)
  return { value: mean, low: mean - margin, high: mean + margin }
}

/**
 * The difference of two arms' means, `a` minus `b`. Its influence function has variance
 * n (var(a)/n(a) + var(b)/n(b)) over all n users (Waudby-Smith et al. 2024, section 3, without covariates).
 * An arm's variance counts as no smaller than that of both together: a small arm that a rare outcome has
 * hardly met yet has a small mean and a much too small variance at once, or none at all.
 */
export function differenceInterval(a: Sample, b: Sample, sequence: Sequence): DifferenceInterval {
  if (a.n === 0 || b.n === 0) return { value: null, low: null, high: null }
  const value = a.mean - b.mean
  const n = a.n + b.n
  const pooled = ((a.n - 1) * a.variance + (b.n - 1) * b.variance) / (n - 2)
  if (a.n < FEWEST || b.n < FEWEST || pooled === 0) return { value, low: null, high: null }
  const error = Math.sqrt(Math.max(a.variance, pooled) / a.n + Math.max(b.variance, pooled) / b.n)
  const margin = error * errorsAllowed(n, sequence)
  return { value, low: value - margin, high: value + margin }
}

/** From sums, as a database gives them. */
export function sampleOf({ n, sum, squares }: { n: number; sum: number; squares: number }): Sample {
  const mean = n === 0 ? 0 : sum / n
  const variance = n < 2 ? 0 : Math.max(0, (squares - n * mean * mean) / (n - 1))
  return { n, mean, variance }
}
