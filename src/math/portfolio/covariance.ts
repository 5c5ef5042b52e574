/**
 * Covariance matrices of returns: plain, exponentially weighted, of the downside alone; and what can be said of such a
 * matrix. Rows are observations, columns are assets; the unit is the square of the returns' unit, per period.
 *
 * Pure: numbers in, numbers out.
 */
import { type Matrix, refuseUnless, requireMatrix, requireNumber, requirePositive, requireSymmetric } from '../guard.ts'
import { logDeterminant, cholesky, symmetricEigen } from '../numerics/linear-algebra.ts'
import { median } from '../numerics/quantile.ts'
import { covarianceMatrix, type Divisor } from '../numerics/statistics.ts'
import { decayOf, type Memory } from './decay.ts'
import { finiteMatrix, finiteVector, requireVaryingColumns, zeros } from './requirements.ts'

/**
 * The sample covariance sum (x - m)(x - m)' / (n - 1) of the columns (rows x columns), by n with divisor `population`.
 * Source: T. W. Anderson, An Introduction to Multivariate Statistical Analysis, 3rd ed. (2003), section 3.2.
 * @throws MathError `empty`, `too-short` below two rows, `not-finite`, `shape`, `no-variance` for a constant column,
 * `overflow`
 */
export function sampleCovariance(returns: Matrix, divisor: Divisor = 'sample'): Float64Array[] {
  requireVaryingColumns('returns', returns)
  return finiteMatrix(covarianceMatrix(returns, divisor), 'the covariance')
}

export interface ExponentialCovarianceOptions extends Memory {
  /** What is subtracted before products are taken: the plain mean of all rows, the weighted mean, or nothing. */
  readonly centre?: 'mean' | 'weighted-mean' | 'zero'
}

/**
 * The exponentially weighted covariance sum_k d^k (x_k - m)(x_k - m)' / sum_k d^k, k counted back from the last row.
 * Needs `decay` or `span`. Source: J.P. Morgan, RiskMetrics Technical Document, 4th ed. (1996).
 * @throws MathError `empty`, `too-short`, `not-finite`, `shape`, `out-of-domain` (decay or span), `no-variance`, `overflow`
 */
export function exponentialCovariance(returns: Matrix, options: ExponentialCovarianceOptions): Float64Array[] {
  const decay = decayOf(options)
  const { centre = 'mean' } = options
  const { means } = requireVaryingColumns('returns', returns)
  const n = returns.length
  const p = means.length
  const weights = new Float64Array(n)
  let total = 0
  for (let t = n - 1, weight = 1; t >= 0; t--, weight *= decay) {
    weights[t] = weight
    total += weight
  }
  const middle = new Float64Array(p)
  if (centre === 'mean') middle.set(means)
  else if (centre === 'weighted-mean')
    returns.forEach((row, t) => {
      for (let j = 0; j < p; j++) middle[j] += (weights[t] / total) * row[j]
    })
  const out = zeros(p)
  returns.forEach((row, t) => {
    const weight = weights[t] / total
    for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) out[i][j] += weight * ((row[i] - middle[i]) * (row[j] - middle[j]))
  })
  for (let i = 0; i < p; i++) {
    refuseUnless(out[i][i] > 0, 'no-variance', () => `column ${i} of returns does not vary within the weights' reach`)
    for (let j = 0; j < i; j++) out[j][i] = out[i][j]
  }
  return finiteMatrix(out, 'the covariance')
}

export interface SemicovarianceOptions {
  /** Returns below it are the downside; default 0. */
  readonly benchmark?: number
}

/**
 * The semicovariance D'D / n of the shortfalls D = min(x - benchmark, 0). A column that never falls short has zeros.
 * Source: J. Estrada, Mean-Semivariance Optimization, Journal of Applied Finance 18 (2008).
 * @throws MathError `empty`, `not-finite`, `shape`, `overflow`
 */
export function semicovariance(returns: Matrix, { benchmark = 0 }: SemicovarianceOptions = {}): Float64Array[] {
  requireMatrix('returns', returns)
  requireNumber('benchmark', benchmark)
  const n = returns.length
  const p = returns[0].length
  const out = zeros(p)
  for (const row of returns) {
    const short = Float64Array.from(row, (value) => Math.min(value - benchmark, 0))
    for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) out[i][j] += short[i] * short[j]
  }
  for (let i = 0; i < p; i++)
    for (let j = 0; j <= i; j++) {
      out[i][j] /= n
      out[j][i] = out[i][j]
    }
  return finiteMatrix(out, 'the semicovariance')
}

export interface WinsoriseOptions {
  /** Values are cut at so many median absolute deviations from the median; default 6. */
  readonly limit?: number
}

/**
 * Each column cut at median +- limit * MAD, MAD = median |x - median|, as is done before a covariance is estimated.
 * Source: F. R. Hampel, The Influence Curve and its Role in Robust Estimation, JASA 69 (1974).
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain` (limit), `no-variance` when half of a column is one
 * value, `overflow`
 */
export function winsoriseColumns(returns: Matrix, { limit = 6 }: WinsoriseOptions = {}): Float64Array[] {
  requireMatrix('returns', returns)
  requirePositive('limit', limit)
  const out = returns.map((row) => Float64Array.from(row))
  for (let j = 0; j < out[0].length; j++) {
    const column = Float64Array.from(out, (row) => row[j])
    const middle = median(column)
    const deviations = finiteVector(
      column.map((value) => Math.abs(value - middle)),
      'the deviation from the median',
    )
    const mad = median(deviations)
    refuseUnless(mad > 0, 'no-variance', () => `half of column ${j} of returns is one value`)
    for (const row of out) row[j] = Math.max(middle - limit * mad, Math.min(middle + limit * mad, row[j]))
  }
  return out
}

export interface CovarianceCondition {
  readonly smallestEigenvalue: number
  readonly largestEigenvalue: number
  /** Largest over smallest eigenvalue. */
  readonly conditionNumber: number
  /** Natural logarithm of the determinant. */
  readonly logDeterminant: number
}

/**
 * How well a covariance matrix can be inverted: its extreme eigenvalues, their ratio lambda_max / lambda_min, and ln det.
 * Source: G. H. Golub, C. F. Van Loan, Matrix Computations, 4th ed. (2013), section 2.6.
 * @throws MathError `empty`, `not-finite`, `shape`, `not-positive-definite`, `overflow`
 */
export function covarianceCondition(covariance: Matrix): CovarianceCondition {
  requireSymmetric('covariance', covariance)
  const factor = cholesky(covariance)
  // Scaled, so that no square on the way leaves the range of a double.
  const scale = covariance.reduce((largest, row, i) => Math.max(largest, row[i]), 0)
  const { values } = symmetricEigen(covariance.map((row) => Float64Array.from(row, (value) => value / scale)))
  const [smallest, largest] = [values[0] * scale, values[values.length - 1] * scale]
  refuseUnless(smallest > 0, 'not-positive-definite', () => `the smallest eigenvalue is ${smallest}`)
  finiteVector([largest, largest / smallest, logDeterminant(factor)], 'the condition')
  return {
    smallestEigenvalue: smallest,
    largestEigenvalue: largest,
    conditionNumber: largest / smallest,
    logDeterminant: logDeterminant(factor),
  }
}
