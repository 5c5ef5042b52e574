/**
 * Ordinary least squares with the standard errors that fit the residuals: equal, unequal, or dependent on their past.
 *
 * Pure: numbers in, numbers out. Sources: W. H. Greene, Econometric Analysis (2012); J. G. MacKinnon, H. White, Journal of
 * Econometrics 29 (1985), for HC1 to HC3; W. K. Newey, K. D. West, Econometrica 55 (1987).
 */
import { finiteOr, type Matrix, refuseUnless, requireInteger, requireMatrix, requireVector, type Vector } from '../guard.ts'
import { neweyWestLags } from '../numerics/autocorrelation.ts'
import { dot, leastSquares } from '../numerics/linear-algebra.ts'
import { studentTail } from '../numerics/special.ts'
import { average } from '../numerics/statistics.ts'

export interface LinearRegressionOptions {
  /** A column of ones before the others; true by default. */
  readonly intercept?: boolean
  /** `classic` by default; `hc0` to `hc3` for unequal variances, `hac` (Newey-West) for residuals that depend on their past too. */
  readonly errors?: 'classic' | 'hc0' | 'hc1' | 'hc2' | 'hc3' | 'hac'
  /** Of `hac`; the whole part of 4 (n / 100)^(2/9) by default. */
  readonly lags?: number
  /** Multiplies the covariance of `hac` by n / (n - k). */
  readonly smallSample?: boolean
}

/** Lists have the intercept first, where there is one. */
export interface LinearRegression {
  readonly coefficients: Float64Array
  readonly standardErrors: Float64Array
  readonly covariance: Float64Array[]
  /** Coefficients over their errors; `undefined` when the fit is perfect. */
  readonly tStatistics: Float64Array | undefined
  /** Two-sided, by Student's t with n - k degrees of freedom. */
  readonly pValues: Float64Array | undefined
  readonly fitted: Float64Array
  readonly residuals: Float64Array
  /** Of each row, the diagonal of X (X'X)^-1 X'. */
  readonly leverages: Float64Array
  /** rss / (n - k). */
  readonly residualVariance: number
  /** 1 - rss / tss, about the mean with an intercept and about zero without; `undefined` when the target does not vary. */
  readonly r2: number | undefined
  readonly adjustedR2: number | undefined
  /** Of normal residuals at the variance rss / n; `undefined` when the fit is perfect, as are those that follow. */
  readonly logLikelihood: number | undefined
  /** 2 k - 2 logLikelihood. */
  readonly aic: number | undefined
  /** k ln n - 2 logLikelihood. */
  readonly bic: number | undefined
  /** sum (e_t - e_{t-1})^2 / rss: 2 when residuals do not depend on their past. */
  readonly durbinWatson: number | undefined
}

/**
 * min ||y - X b||^2 by Householder QR, with standard errors, t and p values, R^2 and information criteria.
 * @throws MathError `empty`, `not-finite`, `shape`, `too-short` with no more rows than coefficients, `singular` when columns depend
 * on one another (a constant column beside an intercept does), `overflow`
 */
export function linearRegression(x: Matrix, y: Vector, options: LinearRegressionOptions = {}): LinearRegression {
  const { intercept = true, errors = 'classic', smallSample = false } = options
  requireMatrix('x', x)
  requireVector('y', y)
  const n = x.length
  const rows = intercept ? x.map((row) => Float64Array.from({ length: row.length + 1 }, (_, j) => (j === 0 ? 1 : row[j - 1]))) : x
  const k = rows[0].length
  const lags = options.lags ?? neweyWestLags(n)
  requireInteger('lags', lags, 0)
  refuseUnless(errors !== 'hac' || lags < n, 'too-short', () => `${n} rows for ${lags} lags`)
  refuseUnless(n > k, 'too-short', () => `${n} rows for ${k} coefficients and their errors`)
  const { coefficients, residuals, rss, inverseGram } = leastSquares(rows, y)
  finiteOr('overflow', rss, 'the sum of squared residuals')
  const fitted = Float64Array.from(y, (value, i) => value - residuals[i])
  const leverages = Float64Array.from(rows, (row) =>
    dot(
      row,
      Float64Array.from(inverseGram, (each) => dot(each, row)),
    ),
  )
  const residualVariance = rss / (n - k)
  const factor = errors === 'hc1' || (errors === 'hac' && smallSample) ? n / (n - k) : 1
  const covariance =
    errors === 'classic'
      ? inverseGram.map((row) => row.map((value) => value * residualVariance))
      : sandwich(inverseGram, meat(rows, residuals, leverages, errors, errors === 'hac' ? lags : 0), factor)
  const standardErrors = Float64Array.from(covariance, (row, i) => {
    finiteOr('overflow', row[i], 'a variance')
    return Math.sqrt(Math.max(0, row[i]))
  })
  const size = dot(y, y)
  const perfect = !(rss > 1e-26 * size) || standardErrors.some((value) => value === 0)
  const tStatistics = perfect
    ? undefined
    : coefficients.map((value, i) => finiteOr('overflow', value / standardErrors[i], 'a t statistic'))
  const mean = intercept ? average(y) : 0
  let tss = 0
  for (let i = 0; i < n; i++) tss += (y[i] - mean) ** 2
  const varies = tss > 1e-26 * size
  const r2 = varies ? 1 - rss / tss : undefined
  const logLikelihood = perfect ? undefined : -0.5 * n * (Math.log(2 * Math.PI * (rss / n)) + 1)
  let steps = 0
  for (let i = 1; i < n; i++) steps += (residuals[i] - residuals[i - 1]) ** 2
  return {
    coefficients,
    standardErrors,
    covariance,
    tStatistics,
    pValues: tStatistics?.map((t) => 2 * studentTail(Math.abs(t), n - k)),
    fitted,
    residuals,
    leverages,
    residualVariance,
    r2,
    adjustedR2: r2 === undefined ? undefined : 1 - ((1 - r2) * (n - (intercept ? 1 : 0))) / (n - k),
    logLikelihood,
    aic: logLikelihood === undefined ? undefined : 2 * k - 2 * logLikelihood,
    bic: logLikelihood === undefined ? undefined : k * Math.log(n) - 2 * logLikelihood,
    durbinWatson: perfect ? undefined : steps / rss,
  }
}

/** sum over rows and lags of e_i e_j x_i x_j', e made larger where a row pulled the fit towards itself. */
function meat(
  rows: Matrix,
  residuals: Float64Array,
  leverages: Float64Array,
  errors: 'hc0' | 'hc1' | 'hc2' | 'hc3' | 'hac',
  lags: number,
): Float64Array[] {
  const n = rows.length
  const k = rows[0].length
  const power = errors === 'hc2' ? 0.5 : errors === 'hc3' ? 1 : 0
  const scores = rows.map((row, i) => {
    const free = 1 - leverages[i]
    refuseUnless(power === 0 || free > 1e-12, 'singular', () => `row ${i} alone decides its own fit`)
    const e = residuals[i] / (power === 0 ? 1 : free ** power)
    return Float64Array.from(row, (value) => value * e)
  })
  const out = Array.from({ length: k }, () => new Float64Array(k))
  for (let lag = 0; lag <= lags; lag++) {
    const weight = 1 - lag / (lags + 1)
    for (let t = lag; t < n; t++) {
      const [now, then] = [scores[t], scores[t - lag]]
      for (let i = 0; i < k; i++)
        for (let j = 0; j < k; j++) out[i][j] += lag === 0 ? now[i] * now[j] : weight * (now[i] * then[j] + then[i] * now[j])
    }
  }
  return out
}

function sandwich(bread: readonly Float64Array[], filling: readonly Float64Array[], factor: number): Float64Array[] {
  const half = bread.map((row) => Float64Array.from(filling, (column) => dot(row, column)))
  return half.map((row) => Float64Array.from(bread, (column) => factor * dot(row, column)))
}
