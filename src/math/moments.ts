/**
 * Shape of a distribution: skewness and excess kurtosis.
 *
 * Pure: numbers in, numbers out.
 */
import { mean, sum } from './sum.ts'

/** A deviation this small against the mean is rounding noise of values that are all the same. */
const NO_DEVIATION = 1e-14

/**
 * The adjusted Fisher-Pearson coefficient: g1 * sqrt(n (n - 1)) / (n - 2), g1 = m3 / m2^1.5 with moments that divide by n.
 * `undefined` below three values and when they do not vary. Source: D. N. Joanes, C. A. Gill, The Statistician 47 (1998), G1.
 */
export function skewness(values: ArrayLike<number>): number | undefined {
  const n = values.length
  if (n < 3) return undefined
  const moments = momentsOf(values)
  return moments && ((moments.m3 / moments.m2 ** 1.5) * Math.sqrt(n * (n - 1))) / (n - 2)
}

/**
 * Excess kurtosis (0 for the normal distribution): (n - 1) / ((n - 2) (n - 3)) * ((n + 1) g2 + 6), g2 = m4 / m2^2 - 3.
 * `undefined` below four values and when they do not vary. Source: Joanes and Gill (1998), G2.
 */
export function excessKurtosis(values: ArrayLike<number>): number | undefined {
  const n = values.length
  if (n < 4) return undefined
  const moments = momentsOf(values)
  return moments && ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * (moments.m4 / moments.m2 ** 2 - 3) + 6)
}

interface Moments {
  readonly m2: number
  readonly m3: number
  readonly m4: number
}

/** Central moments that divide by n. */
function momentsOf(values: ArrayLike<number>): Moments | undefined {
  const centre = mean(values)
  if (centre === undefined) return undefined
  const power = (exponent: number): number =>
    sum(Float64Array.from(values, (value) => (value - centre) ** exponent)) / values.length
  const m2 = power(2)
  if (!(Math.sqrt(m2) > NO_DEVIATION * Math.abs(centre))) return undefined
  const [m3, m4] = [power(3), power(4)]
  // Squares that underflow say nothing of the shape.
  return Number.isFinite(m4 / m2 ** 2) ? { m2, m3, m4 } : undefined
}
