/**
 * How a series goes with its own past.
 *
 * Pure: numbers in, numbers out. Source: G. E. P. Box, G. M. Jenkins, Time Series Analysis (1970), chapter 2; partial
 * autocorrelations by J. Durbin, Review of the International Statistical Institute 28 (1960).
 */
import { finiteOr, refuseUnless, requireInteger, requireVector, type Vector } from '../guard.ts'
import { average, positiveDeviation } from './statistics.ts'

/**
 * c_k = (1/n) sum of (x_t - m)(x_{t-k} - m) for k = 0 ... lags; with `unbiased` divided by n - k.
 * @throws MathError `too-short` when there are no more values than lags
 */
export function autocovariance(values: Vector, lags: number, divisor: 'biased' | 'unbiased' = 'biased'): Float64Array {
  requireVector('values', values)
  requireInteger('lags', lags, 0)
  const n = values.length
  refuseUnless(n > lags, 'too-short', () => `${n} values for ${lags} lags`)
  const centre = average(values)
  const away = Float64Array.from(values, (value) => value - centre)
  return Float64Array.from({ length: lags + 1 }, (_, k) => {
    let total = 0
    for (let t = k; t < n; t++) total += away[t] * away[t - k]
    return finiteOr('overflow', total / (divisor === 'biased' ? n : n - k), 'the autocovariance')
  })
}

/**
 * r_k = c_k / c_0 for k = 0 ... lags, r_0 = 1.
 * @throws MathError `too-short` when there are no more values than lags, `no-variance` when all are the same
 */
export function autocorrelation(values: Vector, lags: number): Float64Array {
  requireVector('values', values, 2)
  const spread = positiveDeviation(values, 'population')
  const centre = average(values)
  return autocovariance(
    Float64Array.from(values, (value) => (value - centre) / spread),
    lags,
  ).map((each, _, all) => each / all[0])
}

/**
 * Partial autocorrelations phi_kk for k = 1 ... lags: of x_t with x_{t-k} when what lies between is accounted for, by
 * Durbin-Levinson from the biased autocorrelations.
 * @throws MathError `too-short`, `no-variance`, `singular` when the past determines the present
 */
export function partialAutocorrelation(values: Vector, lags: number): Float64Array {
  const r = autocorrelation(values, lags)
  const out = new Float64Array(lags)
  let phi = new Float64Array(0)
  let rest = 1
  for (let k = 1; k <= lags; k++) {
    let top = r[k]
    for (let j = 1; j < k; j++) top -= phi[j - 1] * r[k - j]
    refuseUnless(rest > 1e-14, 'singular', () => `the last ${k - 1} values determine the next`)
    const last = top / rest
    const before = phi
    phi = Float64Array.from({ length: k }, (_, j) => (j === k - 1 ? last : before[j] - last * before[k - 2 - j]))
    rest *= 1 - last * last
    out[k - 1] = last
  }
  return out
}

/**
 * Lags that grow with the series as Newey and West propose: the whole part of 4 (n / 100)^(2/9).
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function neweyWestLags(n: number): number {
  requireInteger('n', n, 1)
  return Math.min(n - 1, Math.floor(4 * (n / 100) ** (2 / 9)))
}

/**
 * Long-run variance c_0 + 2 sum of (1 - k / (lags + 1)) c_k: n times the variance of the mean of values that depend on their past.
 * Source: W. K. Newey, K. D. West, Econometrica 55 (1987).
 * @throws MathError `too-short` when there are no more values than lags
 */
export function longRunVariance(values: Vector, lags: number = neweyWestLags(Math.max(1, values.length))): number {
  const c = autocovariance(values, lags)
  let total = c[0]
  for (let k = 1; k <= lags; k++) total += 2 * (1 - k / (lags + 1)) * c[k]
  return finiteOr('overflow', Math.max(0, total), 'the variance')
}
