/** What is known of one arm's users: how many, their mean, and the variance of one user (n - 1). */
export type Sample = { n: number; mean: number; variance: number }

/** `planned`: the number of users at which the interval is narrowest; fixed before any is seen. */
export type Sequence = { level: number; planned: number }

/** An interval; without ends where there are too few users for one, or where all of them are alike. */
export type Interval = { value: number; low: number | null; high: number | null }

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
 */
export function differenceInterval(a: Sample, b: Sample, sequence: Sequence): Interval {
  const value = a.mean - b.mean
  const error = Math.sqrt(a.variance / a.n + b.variance / b.n)
  if (a.n < FEWEST || b.n < FEWEST || error === 0) return { value, low: null, high: null }
  const margin = error * errorsAllowed(a.n + b.n, sequence)
  return { value, low: value - margin, high: value + margin }
}

/** From sums, as a database gives them. */
export function sampleOf({ n, sum, squares }: { n: number; sum: number; squares: number }): Sample {
  const mean = n === 0 ? 0 : sum / n
  const variance = n < 2 ? 0 : Math.max(0, (squares - n * mean * mean) / (n - 1))
  return { n, mean, variance }
}
