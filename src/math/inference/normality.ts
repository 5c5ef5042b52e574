/**
 * Tests that values are normally distributed.
 *
 * Pure: numbers in, numbers out. Source: C. M. Jarque, A. K. Bera, International Statistical Review 55 (1987);
 * T. W. Anderson, D. A. Darling, JASA 49 (1954); R. B. D'Agostino, M. A. Stephens, Goodness-of-Fit Techniques (1986).
 */
import type { Vector } from '../guard.ts'
import { sorted } from '../numerics/quantile.ts'
import { normalCdf, normalTail } from '../numerics/special.ts'
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
