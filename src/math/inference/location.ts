/**
 * Student's tests of means: one sample, two samples with equal or unequal variances, pairs.
 *
 * Pure: numbers in, numbers out. Source: Student, Biometrika 6 (1908); B. L. Welch, Biometrika 34 (1947).
 */
import { refuseUnless, requireNumber, requireSameLength, requireVector, type Vector } from '../guard.ts'
import { average, variance } from '../numerics/statistics.ts'
import { type Alternative, studentTest, type TestResult } from './test-result.ts'

export interface TTestResult extends TestResult {
  /** Degrees of freedom; not whole in Welch's test. */
  readonly freedom: number
  /** The mean, or the difference of the means. */
  readonly estimate: number
  readonly standardError: number
}

export interface TTestOptions {
  /** 'two-sided' by default. */
  readonly alternative?: Alternative
}

/** Groups divided by the largest absolute value in any of them. */
export function scaledTogether(groups: readonly Vector[]): { readonly scale: number; readonly scaled: Float64Array[] } {
  let scale = 0
  for (const group of groups) for (let i = 0; i < group.length; i++) scale = Math.max(scale, Math.abs(group[i]))
  refuseUnless(scale > 0, 'no-variance', 'all values are zero')
  return { scale, scaled: groups.map((group) => Float64Array.from(group, (value) => value / scale)) }
}

/** Variances of values up to 1 that are smaller than this are rounding. */
export const NO_VARIANCE = 1e-29

function tTest(estimate: number, squaredError: number, freedom: number, scale: number, alternative: Alternative): TTestResult {
  refuseUnless(squaredError > NO_VARIANCE, 'no-variance', 'the values do not vary')
  const error = Math.sqrt(squaredError)
  const result = studentTest(estimate / error, freedom, alternative)
  return { ...result, freedom, estimate: estimate * scale, standardError: error * scale }
}

export interface OneSampleTTestOptions extends TTestOptions {
  /** The mean under the null hypothesis; 0 by default. */
  readonly mean?: number
}

/**
 * One-sample t-test of a mean m, t = (mean - m)/(s/sqrt(n)) with n - 1 degrees of freedom.
 * @throws MathError `too-short` below two values, `no-variance`, `not-finite`
 */
export function oneSampleTTest(values: Vector, { mean = 0, alternative = 'two-sided' }: OneSampleTTestOptions = {}): TTestResult {
  requireVector('the values', values, 2)
  requireNumber('the mean', mean)
  const { scale, scaled } = scaledTogether([values])
  const [own] = scaled
  const found = tTest(average(own) - mean / scale, variance(own) / own.length, own.length - 1, scale, alternative)
  return { ...found, estimate: average(own) * scale }
}

export interface TwoSampleTTestOptions extends TTestOptions {
  /** 'equal' is Student's test with the pooled variance, 'unequal' (the default) is Welch's. */
  readonly variances?: 'equal' | 'unequal'
}

/**
 * Two-sample t-test that the means of a and b are equal: t = (mean a - mean b)/se with Welch's se^2 = s_a^2/n + s_b^2/m and
 * Satterthwaite's degrees of freedom, or with the pooled variance and n + m - 2.
 * @throws MathError `too-short` below two values in a sample, `no-variance` when neither varies, `not-finite`
 */
export function twoSampleTTest(
  a: Vector,
  b: Vector,
  { variances = 'unequal', alternative = 'two-sided' }: TwoSampleTTestOptions = {},
): TTestResult {
  requireVector('the first sample', a, 2)
  requireVector('the second sample', b, 2)
  const { scale, scaled } = scaledTogether([a, b])
  const [x, y] = scaled
  const [n, m] = [x.length, y.length]
  const difference = average(x) - average(y)
  const [vx, vy] = [variance(x), variance(y)]
  if (variances === 'equal') {
    const pooled = ((n - 1) * vx + (m - 1) * vy) / (n + m - 2)
    return tTest(difference, pooled * (1 / n + 1 / m), n + m - 2, scale, alternative)
  }
  const [ex, ey] = [vx / n, vy / m]
  refuseUnless(ex + ey > NO_VARIANCE, 'no-variance', 'the values do not vary')
  const share = ex / (ex + ey)
  const freedom = 1 / (share ** 2 / (n - 1) + (1 - share) ** 2 / (m - 1))
  return tTest(difference, ex + ey, freedom, scale, alternative)
}

/**
 * Paired t-test that the mean of the differences a_i - b_i is zero, with n - 1 degrees of freedom.
 * @throws MathError `shape` when the samples differ in length, `too-short`, `no-variance` when the differences do not vary
 */
export function pairedTTest(a: Vector, b: Vector, { alternative = 'two-sided' }: TTestOptions = {}): TTestResult {
  requireVector('the first sample', a, 2)
  requireVector('the second sample', b, 2)
  requireSameLength('the first sample', a, 'the second sample', b)
  const { scale, scaled } = scaledTogether([a, b])
  const differences = scaled[0].map((value, i) => value - scaled[1][i])
  return tTest(average(differences), variance(differences) / differences.length, differences.length - 1, scale, alternative)
}
