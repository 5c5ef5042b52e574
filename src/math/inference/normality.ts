/**
 * Tests that values are normally distributed.
 *
 * Pure: numbers in, numbers out. Source: C. M. Jarque, A. K. Bera, International Statistical Review 55 (1987).
 */
import type { Vector } from '../guard.ts'
import { shapeOf, standardise } from './standardise.ts'
import { chiSquaredTest, type TestResult } from './test-result.ts'

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
