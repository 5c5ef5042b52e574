/**
 * Tests that values are normally distributed.
 *
 * Pure: numbers in, numbers out. Source: C. M. Jarque, A. K. Bera, International Statistical Review 55 (1987);
 * S. S. Shapiro, M. B. Wilk, Biometrika 52 (1965); P. Royston, Applied Statistics 44 (1995), algorithm AS R94; T. W. Anderson,
 * D. A. Darling, JASA 49 (1954); R. B. D'Agostino, M. A. Stephens, Goodness-of-Fit Techniques (1986).
 */
import { refuseUnless, type Vector } from '../guard.ts'
import { sorted } from '../numerics/quantile.ts'
import { normalCdf, normalQuantile, normalTail } from '../numerics/special.ts'
import { shapeOf, standardise } from './standardise.ts'
import { chiSquaredTest, type TestResult, testResult } from './test-result.ts'

export interface JarqueBeraResult extends TestResult {
  /** Population moments; the kurtosis of a normal is 3. */
  readonly skewness: number
  readonly kurtosis: number
}

/**
 * Jarque-Bera test of normality, n/6 (S^2 + (K - 3)^2/4) with population skewness and kurtosis, against chi-squared with 2.
 * @throws MathError `too-short` below two values, `no-variance`
 */
export function jarqueBera(values: Vector): JarqueBeraResult {
  const { z } = standardise('the values', values)
  const { skewness, kurtosis } = shapeOf(z)
  return { ...chiSquaredTest((z.length / 6) * (skewness ** 2 + (kurtosis - 3) ** 2 / 4), 2), skewness, kurtosis }
}

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((value, each) => value * x + each, 0)

/** Royston's approximation was made for samples up to this size. */
const LONGEST_SHAPIRO = 5_000

/**
 * Shapiro-Wilk test of normality, W = (sum a_i x_(i))^2/sum (x_i - mean)^2 with Royston's weights and p-value: near 1 for normal values.
 * @throws MathError `too-short` below three values, `out-of-domain` above 5,000, `no-variance`
 */
export function shapiroWilk(values: Vector): TestResult {
  const { z } = standardise('the values', values, 3)
  const n = z.length
  refuseUnless(
    n <= LONGEST_SHAPIRO,
    'out-of-domain',
    () => `${n} values are more than the ${LONGEST_SHAPIRO} the approximation was made for; Jarque-Bera has no such limit`,
  )
  const x = sorted(z)
  const weights = shapiroWeights(n)
  let product = 0
  for (let i = 0; i < weights.length; i++) product += weights[i] * (x[n - 1 - i] - x[i])
  // The standardised values have a sum of squares of n.
  const w = Math.min(1, (product * product) / n)
  return testResult(w, shapiroP(w, n))
}

/** Of the differences between the largest and the smallest, the next ones, and so on. */
function shapiroWeights(n: number): Float64Array {
  const half = Math.floor(n / 2)
  if (n === 3) return Float64Array.of(Math.SQRT1_2)
  const m = Float64Array.from({ length: half }, (_, i) => normalQuantile((i + 1 - 0.375) / (n + 0.25)))
  const total = 2 * m.reduce((sum, each) => sum + each * each, 0)
  const root = 1 / Math.sqrt(n)
  const first = polynomial([0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056], root) - m[0] / Math.sqrt(total)
  const second = polynomial([0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633], root) - m[1] / Math.sqrt(total)
  const scale =
    n > 5
      ? Math.sqrt((total - 2 * m[0] ** 2 - 2 * m[1] ** 2) / (1 - 2 * first ** 2 - 2 * second ** 2))
      : Math.sqrt((total - 2 * m[0] ** 2) / (1 - 2 * first ** 2))
  return m.map((each, i) => (i === 0 ? first : i === 1 && n > 5 ? second : -each / scale))
}

function shapiroP(w: number, n: number): number {
  if (w >= 1) return 1
  if (n === 3) return Math.max(0, (6 / Math.PI) * (Math.asin(Math.sqrt(w)) - Math.asin(Math.sqrt(0.75))))
  const y = Math.log1p(-w)
  if (n > 11) {
    const size = Math.log(n)
    const centre = polynomial([-1.5861, -0.31082, -0.083751, 0.0038915], size)
    return normalTail((y - centre) / Math.exp(polynomial([-0.4803, -0.082676, 0.0030302], size)))
  }
  const limit = polynomial([-2.273, 0.459], n)
  if (y >= limit) return 0
  const centre = polynomial([0.544, -0.39978, 0.025054, -6.714e-4], n)
  return normalTail((-Math.log(limit - y) - centre) / Math.exp(polynomial([1.3822, -0.77857, 0.062767, -0.0020322], n)))
}

/**
 * Anderson-Darling test of normality with estimated mean and sample standard deviation, A^2 = -n - sum (2i - 1)/n (ln F(x_(i)) +
 * ln(1 - F(x_(n+1-i)))), which looks at the tails; p-value of D'Agostino and Stephens for A^2 (1 + 0.75/n + 2.25/n^2).
 * @throws MathError `too-short` below three values, `no-variance`
 */
export function andersonDarling(values: Vector): TestResult {
  const { z } = standardise('the values', values, 3)
  const n = z.length
  const shrink = Math.sqrt((n - 1) / n)
  const x = sorted(z).map((value) => value * shrink)
  let total = 0
  for (let i = 0; i < n; i++) {
    // Far out the logarithm of the tail is -x^2/2; a double has it down to 1e-308.
    const lower = Math.log(Math.max(normalCdf(x[i]), 1e-300))
    const upper = Math.log(Math.max(normalTail(x[n - 1 - i]), 1e-300))
    total += ((2 * i + 1) / n) * (lower + upper)
  }
  const a = -n - total
  return testResult(a, andersonP(a * (1 + 0.75 / n + 2.25 / (n * n))))
}

function andersonP(a: number): number {
  if (a < 0.2) return -Math.expm1(-13.436 + 101.14 * a - 223.73 * a * a)
  if (a < 0.34) return -Math.expm1(-8.318 + 42.796 * a - 59.938 * a * a)
  if (a < 0.6) return Math.exp(0.9177 - 4.279 * a - 1.38 * a * a)
  // The fit was made up to 13; beyond, its parabola would turn upwards again.
  const capped = Math.min(a, 13)
  return Math.exp(1.2937 - 5.709 * capped + 0.0186 * capped * capped)
}
