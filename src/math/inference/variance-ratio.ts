/**
 * The variance ratio test of a random walk: the variance of q-period changes against q times that of one-period changes.
 *
 * Pure: numbers in, numbers out. Source: A. W. Lo, A. C. MacKinlay, Review of Financial Studies 1 (1988); J. Y. Campbell, A. W. Lo,
 * A. C. MacKinlay, The Econometrics of Financial Markets (1997), ch. 2.4.
 */
import { refuseUnless, requireInteger, type Vector } from '../guard.ts'
import { scaledByLargest } from './standardise.ts'
import { normalTest, type TestResult } from './test-result.ts'

export interface VarianceRatioOptions {
  /** q, at least 2. */
  readonly periods: number
  /** Standard error that allows for changing variance; true by default. */
  readonly robust?: boolean
  /** Unbiased variances; true by default, of overlapping changes only. */
  readonly debiased?: boolean
  /** All q-period changes rather than every q-th; true by default. */
  readonly overlap?: boolean
  /** Whether changes have a mean; true by default. */
  readonly drift?: boolean
}

export interface VarianceRatioResult extends TestResult {
  /** 1 for a random walk, above for trends, below for reversion. */
  readonly ratio: number
}

/**
 * Variance ratio VR(q) = var(q-period changes) / (q var(one-period changes)) of a series of levels (log prices), with
 * z = sqrt(n) (VR - 1) / sqrt(theta), theta robust to heteroskedasticity unless asked otherwise; two-sided.
 * @throws MathError `too-short` for q, `no-variance` when the changes do not vary, `out-of-domain` for q below 2
 */
export function varianceRatio(
  levels: Vector,
  { periods: q, robust = true, debiased = true, overlap = true, drift = true }: VarianceRatioOptions,
): VarianceRatioResult {
  requireInteger('the number of periods', q, 2)
  const all = scaledByLargest('the levels', levels, 3)
  refuseUnless(all.length > (overlap ? q + 1 : 2 * q), 'too-short', () => `${all.length} levels for changes over ${q} periods`)
  const y = overlap ? all : all.slice(0, all.length - ((all.length - 1) % q))
  const n = y.length - 1
  const mean = drift ? (y[n] - y[0]) / n : 0
  const squares = Float64Array.from({ length: n }, (_, t) => (y[t + 1] - y[t] - mean) ** 2)
  const total = squares.reduce((a, b) => a + b, 0)
  refuseUnless(total > 1e-26 * n, 'no-variance', 'the changes do not vary')
  let long = 0
  for (let t = q; t <= n; t += overlap ? 1 : q) long += (y[t] - y[t - q] - q * mean) ** 2
  const unbiased = debiased && overlap
  const short = total / (unbiased ? n - 1 : n)
  const divisor = overlap ? (unbiased ? q * (n - q + 1) * (1 - q / n) : n * q) : n
  const ratio = long / divisor / short
  let theta = overlap ? (2 * (2 * q - 1) * (q - 1)) / (3 * q) : 2 * (q - 1)
  if (overlap && robust) {
    theta = 0
    for (let k = 1; k < q; k++) {
      let product = 0
      for (let t = k; t < n; t++) product += squares[t] * squares[t - k]
      theta += (4 * (1 - k / q) ** 2 * n * product) / total / total
    }
  }
  refuseUnless(theta > 0, 'no-variance', 'the changes leave no standard error')
  return { ...normalTest((Math.sqrt(n) * (ratio - 1)) / Math.sqrt(theta)), ratio }
}
