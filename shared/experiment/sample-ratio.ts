/** Below this the split is not what the weights say: Fabijan et al., KDD 2019, use the same. */
export const RATIO_ALARM = 0.001

/** Users that each arm must be expected to have: with fewer, the distribution of the statistic is another. */
const EXPECTED = 5

export type Counted = { count: number; weight: number }
export type SampleRatio = { statistic: number; p: number }

/**
 * Whether users fell into the arms as their weights say: Pearson's chi-square test of goodness of fit, as
 * in Fabijan, Gupchup, Gupta, Omhover, Qin, Vermeer, Dmitriev, "Diagnosing Sample Ratio Mismatch in Online
 * Controlled Experiments", KDD 2019. A small p means that the results cannot be trusted, whatever they say;
 * 1 while there are too few users to tell.
 */
export function sampleRatio(arms: readonly Counted[]): SampleRatio {
  const users = arms.reduce((sum, { count }) => sum + count, 0)
  const weights = arms.reduce((sum, { weight }) => sum + weight, 0)
  const expectedOf = ({ weight }: Counted) => (users * weight) / weights
  const isEarly = arms.some((arm) => expectedOf(arm) < EXPECTED)
  if (isEarly || arms.length < 2) return { statistic: 0, p: 1 }
  const statistic = arms.reduce((sum, arm) => {
    const expected = expectedOf(arm)
    return sum + (arm.count - expected) ** 2 / expected
  }, 0)
  return { statistic, p: chiSquareTail(statistic, arms.length - 1) }
}

/**
 * P(X > x) of the chi-square distribution, to about 1e-12: the upper incomplete gamma function by its
 * series or continued fraction (Press et al., Numerical Recipes, 3rd edition, section 6.2).
 */
export function chiSquareTail(x: number, degrees: number): number {
  if (x <= 0) return 1
  const a = degrees / 2
  const y = x / 2
  const scale = Math.exp(a * Math.log(y) - y - logGamma(a))
  return y < a + 1 ? 1 - scale * lowerSeries(a, y) : scale * upperFraction(a, y)
}

const STEPS = 1000
const PRECISION = 1e-15

function lowerSeries(a: number, x: number): number {
  let term = 1 / a
  let sum = term
  for (let i = 1; i < STEPS && term > sum * PRECISION; i++) {
    term *= x / (a + i)
    sum += term
  }
  return sum
}

/** Lentz's method. */
function upperFraction(a: number, x: number): number {
  const tiny = 1e-300
  let b = x + 1 - a
  let c = 1 / tiny
  let d = 1 / b
  let fraction = d
  for (let i = 1; i < STEPS; i++) {
    const an = -i * (i - a)
    b += 2
    d = 1 / (an * d + b || tiny)
    c = b + an / c || tiny
    fraction *= d * c
    if (Math.abs(d * c - 1) < PRECISION) break
  }
  return fraction
}

/** Of a half or a whole number, which is all that degrees of freedom need. */
function logGamma(a: number): number {
  const half = a % 1 !== 0
  let log = half ? Math.log(Math.PI) / 2 : 0
  for (let i = half ? 0.5 : 1; i < a; i++) log += Math.log(i)
  return log
}
