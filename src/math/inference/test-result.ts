/**
 * The shape that the results of all tests have, and p-values of the distributions they are compared with, from tails that keep
 * their digits.
 *
 * Pure: numbers in, numbers out.
 */
import { finiteOr, refuseUnless } from '../guard.ts'
import { chiSquaredTail, fTail, normalCdf, normalTail, studentTail } from '../numerics/special.ts'

/** What is claimed against the null hypothesis: that the effect is not zero, below zero, above zero. */
export type Alternative = 'two-sided' | 'less' | 'greater'

export interface TestResult {
  readonly statistic: number
  /** The probability of a statistic at least as extreme when the null hypothesis holds. */
  readonly pValue: number
}

/** A statistic with its p-value, neither of which may have left the range of a double. */
export function testResult(statistic: number, pValue: number): TestResult {
  finiteOr('overflow', statistic, 'the statistic')
  finiteOr('overflow', pValue, 'the p-value')
  return { statistic, pValue: Math.min(1, Math.max(0, pValue)) }
}

/** Against the standard normal distribution. */
export function normalTest(z: number, alternative: Alternative = 'two-sided'): TestResult {
  finiteOr('overflow', z, 'the statistic')
  if (alternative === 'less') return testResult(z, normalCdf(z))
  if (alternative === 'greater') return testResult(z, normalTail(z))
  return testResult(z, 2 * normalTail(Math.abs(z)))
}

/** Against Student's t. */
export function studentTest(t: number, freedom: number, alternative: Alternative = 'two-sided'): TestResult {
  finiteOr('overflow', t, 'the statistic')
  if (alternative === 'less') return testResult(t, studentTail(-t, freedom))
  if (alternative === 'greater') return testResult(t, studentTail(t, freedom))
  return testResult(t, 2 * studentTail(Math.abs(t), freedom))
}

/** Against chi-squared; a statistic below zero by rounding counts as zero. */
export function chiSquaredTest(statistic: number, freedom: number): TestResult {
  finiteOr('overflow', statistic, 'the statistic')
  return testResult(statistic, chiSquaredTail(Math.max(0, statistic), freedom))
}

/** Against the F distribution. */
export function fTest(statistic: number, freedom1: number, freedom2: number): TestResult {
  finiteOr('overflow', statistic, 'the statistic')
  return testResult(statistic, fTail(Math.max(0, statistic), freedom1, freedom2))
}

/** Linear interpolation of y over x ascending, with the ends held. */
export function interpolate(at: number, x: readonly number[], y: readonly number[]): number {
  refuseUnless(x.length === y.length && x.length > 0, 'shape', 'a table has as many x as y')
  if (at <= x[0]) return y[0]
  for (let i = 1; i < x.length; i++) if (at <= x[i]) return y[i - 1] + ((at - x[i - 1]) / (x[i] - x[i - 1])) * (y[i] - y[i - 1])
  return y[y.length - 1]
}
