/**
 * Tests that a series, or the residuals of a regression, do not depend on their past.
 *
 * Pure: numbers in, numbers out. Source: G. E. P. Box, D. A. Pierce, JASA 65 (1970); G. M. Ljung, G. E. P. Box, Biometrika 65 (1978);
 * J. Durbin, G. S. Watson, Biometrika 37 (1950); T. S. Breusch (1978) and L. G. Godfrey, Econometrica 46 (1978);
 * C. W. J. Granger, Econometrica 37 (1969).
 */
import { type Matrix, refuseUnless, requireInteger, requireVector, type Vector } from '../guard.ts'
import { autocorrelation } from '../numerics/autocorrelation.ts'
import { leastSquares } from '../numerics/linear-algebra.ts'
import { explainedShare, fitWithResiduals } from './regression.ts'
import { scaledByLargest, standardise } from './standardise.ts'
import { chiSquaredTest, fTest, type TestResult } from './test-result.ts'

export interface PortmanteauOptions {
  /** How many autocorrelations are tested together. */
  readonly lags: number
  /** Coefficients that were fitted (p + q of an ARMA), taken off the degrees of freedom; 0 by default. */
  readonly fitted?: number
}

function portmanteau(
  series: Vector,
  { lags, fitted = 0 }: PortmanteauOptions,
  weight: (k: number, n: number) => number,
): TestResult {
  requireInteger('the number of lags', lags, 1)
  requireInteger('the number of fitted coefficients', fitted, 0)
  refuseUnless(
    lags > fitted,
    'out-of-domain',
    () => `${lags} lags leave no degree of freedom after ${fitted} fitted coefficients`,
  )
  const rho = autocorrelation(standardise('the series', series, Math.max(2, lags + 1)).z, lags)
  let total = 0
  for (let k = 1; k <= lags; k++) total += rho[k] * rho[k] * weight(k, series.length)
  return chiSquaredTest(total, lags - fitted)
}

/**
 * Ljung-Box test of no autocorrelation up to lag h, Q = n (n + 2) sum_{k<=h} r_k^2/(n - k), against chi-squared with h less the
 * number of fitted coefficients.
 * @throws MathError `too-short` when there are not more values than lags, `no-variance`, `out-of-domain` without degrees of freedom
 */
export function ljungBox(series: Vector, options: PortmanteauOptions): TestResult {
  return portmanteau(series, options, (k, n) => (n * (n + 2)) / (n - k))
}

/**
 * Box-Pierce test of no autocorrelation up to lag h, Q = n sum_{k<=h} r_k^2, against chi-squared with h less the number of fitted
 * coefficients. Ljung-Box is closer to its distribution in short series.
 * @throws MathError `too-short` when there are not more values than lags, `no-variance`, `out-of-domain` without degrees of freedom
 */
export function boxPierce(series: Vector, options: PortmanteauOptions): TestResult {
  return portmanteau(series, options, (_, n) => n)
}

/**
 * Durbin-Watson statistic sum (e_t - e_{t-1})^2 / sum e_t^2 of residuals: 2 without first-order autocorrelation, towards 0 when it is
 * positive, towards 4 when negative. Not centred.
 * @throws MathError `too-short` below two residuals, `no-variance` when all are zero
 */
export function durbinWatson(residuals: Vector): number {
  requireVector('the residuals', residuals, 2)
  let largest = 0
  for (let i = 0; i < residuals.length; i++) largest = Math.max(largest, Math.abs(residuals[i]))
  refuseUnless(largest > 0, 'no-variance', 'all residuals are zero')
  let [changes, squares] = [0, 0]
  for (let t = 0; t < residuals.length; t++) {
    const e = residuals[t] / largest
    squares += e * e
    if (t > 0) changes += (e - residuals[t - 1] / largest) ** 2
  }
  return changes / squares
}

export interface BreuschGodfreyResult extends TestResult {
  readonly fStatistic: number
  readonly fPValue: number
}

/**
 * Breusch-Godfrey test of no autocorrelation up to lag h in the residuals of a regression: n R^2 of the regression of the residuals on
 * the regressors and h lagged residuals (zeros before the first), against chi-squared with h; beside it the F test that the lagged
 * ones have no effect.
 * @param x the regressors as rows, with their own column of ones
 * @throws MathError `too-short`, `singular`, `no-variance` when nothing is left unexplained, `shape`
 */
export function breuschGodfrey(x: Matrix, y: Vector, lags: number): BreuschGodfreyResult {
  requireInteger('the number of lags', lags, 1)
  const { residuals } = fitWithResiduals(x, y)
  const n = residuals.length
  const scaled = scaledByLargest('the residuals', residuals)
  refuseUnless(n > x[0].length + lags, 'too-short', () => `${n} residuals for ${lags} lags and ${x[0].length} regressors`)
  const rows = x.map((row, t) =>
    Float64Array.from({ length: row.length + lags }, (_, j) =>
      j < row.length ? row[j] : t - (j - row.length) - 1 >= 0 ? scaled[t - (j - row.length) - 1] : 0,
    ),
  )
  const fit = fitWithResiduals(rows, scaled)
  const without = leastSquares(x, scaled)
  const f = (without.rss - fit.rss) / lags / fit.variance
  const lagrange = n * explainedShare(fit, scaled)
  const { statistic, pValue } = fTest(f, lags, fit.freedom)
  return { ...chiSquaredTest(lagrange, lags), fStatistic: statistic, fPValue: pValue }
}

export interface GrangerResult extends TestResult {
  readonly freedom1: number
  readonly freedom2: number
}

/**
 * Granger test that the past of x says nothing of y beyond the past of y itself: the F test of h lags of x in the regression of y_t on
 * a constant, h lags of y and h lags of x.
 * @throws MathError `too-short` for the lags, `singular` when the lags depend on one another, `no-variance`, `shape`
 */
export function grangerCausality(y: Vector, x: Vector, lags: number): GrangerResult {
  requireInteger('the number of lags', lags, 1)
  refuseUnless(y.length === x.length, 'shape', () => `y has ${y.length} values, x has ${x.length}`)
  const [own, other] = [standardise('y', y, 4).z, standardise('x', x, 4).z]
  const n = own.length - lags
  refuseUnless(n > 2 * lags + 1, 'too-short', () => `${own.length} values are too few for ${lags} lags of each`)
  const rowsWith = (both: boolean): Float64Array[] =>
    Array.from({ length: n }, (_, i) =>
      Float64Array.from({ length: 1 + (both ? 2 : 1) * lags }, (__, j) =>
        j === 0 ? 1 : j <= lags ? own[i + lags - j] : other[i + 2 * lags - j],
      ),
    )
  const target = own.slice(lags)
  const full = fitWithResiduals(rowsWith(true), target)
  const restricted = leastSquares(rowsWith(false), target)
  const f = (restricted.rss - full.rss) / lags / full.variance
  return { ...fTest(f, lags, full.freedom), freedom1: lags, freedom2: full.freedom }
}
