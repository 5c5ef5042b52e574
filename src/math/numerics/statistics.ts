/**
 * Means, variances and covariances, the words every other subject begins with. They refuse what they are not defined for.
 *
 * Pure. Two passes and compensated sums. Source: A. Neumaier, ZAMM 54 (1974).
 */
import {
  finiteOr,
  type Matrix,
  refuseUnless,
  requireMatrix,
  requireSameLength,
  requireSymmetric,
  requireVector,
  type Vector,
} from '../guard.ts'
import { sum } from '../sum.ts'
import { centredRows } from './centred.ts'

/**
 * The arithmetic mean, sum x_i / n.
 * @throws MathError `empty`, `not-finite`, `overflow`
 */
export function average(values: Vector): number {
  requireVector('values', values)
  return finiteOr('overflow', sum(values) / values.length, 'the mean')
}

/** Whether a variance divides by n - 1 or by n. */
export type Divisor = 'sample' | 'population'

/**
 * Mean squared deviation from the mean, sum (x_i - mean)^2 / (n - 1), or / n for the population.
 * @throws MathError `empty`, `too-short`, `not-finite`, `overflow`
 */
export function variance(values: Vector, divisor: Divisor = 'sample'): number {
  requireVector('values', values, divisor === 'sample' ? 2 : 1)
  const centre = sum(values) / values.length
  const squares = Float64Array.from(values, (value) => (value - centre) * (value - centre))
  return finiteOr('overflow', sum(squares) / (values.length - (divisor === 'sample' ? 1 : 0)), 'the variance')
}

/**
 * Standard deviation: the root of `variance`.
 * @throws MathError `empty`, `too-short`, `not-finite`, `overflow`
 */
export function deviation(values: Vector, divisor: Divisor = 'sample'): number {
  return Math.sqrt(variance(values, divisor))
}

/**
 * Standard deviation of values that have to vary.
 * @throws MathError `no-variance` when they are the same up to rounding
 */
export function positiveDeviation(values: Vector, divisor: Divisor = 'sample'): number {
  const spread = deviation(values, divisor)
  const centre = Math.abs(sum(values) / values.length)
  refuseUnless(spread > 1e-14 * centre && spread > 0, 'no-variance', 'the values do not vary')
  return spread
}

/**
 * Covariance of two series, sum (x_i - mean x)(y_i - mean y) / (n - 1), or / n for the population.
 * @throws MathError `empty`, `too-short`, `shape`, `not-finite`, `overflow`
 */
export function covariance(x: Vector, y: Vector, divisor: Divisor = 'sample'): number {
  requireVector('x', x, divisor === 'sample' ? 2 : 1)
  requireVector('y', y)
  requireSameLength('x', x, 'y', y)
  const [mx, my] = [sum(x) / x.length, sum(y) / y.length]
  const products = Float64Array.from(x, (value, i) => (value - mx) * (y[i] - my))
  return finiteOr('overflow', sum(products) / (x.length - (divisor === 'sample' ? 1 : 0)), 'the covariance')
}

/**
 * Mean of each column.
 * @throws MathError `empty`, `shape`, `not-finite`, `overflow`
 */
export function columnMeans(rows: Matrix): Float64Array {
  requireMatrix('rows', rows)
  const column = new Float64Array(rows.length)
  return Float64Array.from({ length: rows[0].length }, (_, j) => {
    for (let i = 0; i < column.length; i++) column[i] = rows[i][j]
    return finiteOr('overflow', sum(column) / rows.length, 'a mean')
  })
}

/**
 * Covariance matrix of the columns (rows are observations), divided by n - 1, or by n for the population.
 * @throws MathError `empty`, `too-short`, `shape`, `not-finite`, `overflow`
 */
export function covarianceMatrix(rows: Matrix, divisor: Divisor = 'sample'): Float64Array[] {
  requireMatrix('rows', rows, divisor === 'sample' ? 2 : 1)
  const means = columnMeans(rows)
  const p = means.length
  const centred = centredRows(rows, means)
  const out = Array.from({ length: p }, () => new Float64Array(p))
  for (const row of centred) for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) out[i][j] += row[i] * row[j]
  const by = rows.length - (divisor === 'sample' ? 1 : 0)
  for (let i = 0; i < p; i++)
    for (let j = 0; j <= i; j++) {
      out[i][j] = finiteOr('overflow', out[i][j] / by, 'a covariance')
      out[j][i] = out[i][j]
    }
  return out
}

/**
 * Correlation matrix c_ij / sqrt(c_ii c_jj) and standard deviations of a covariance matrix.
 * @throws MathError `shape`, `not-finite`, `no-variance`, `out-of-domain` when a correlation would exceed one
 */
export function correlationOf(covariances: Matrix): { readonly correlation: Float64Array[]; readonly deviations: Float64Array } {
  requireSymmetric('covariances', covariances)
  const deviations = Float64Array.from(covariances, (row, i) => Math.sqrt(row[i]))
  for (let i = 0; i < deviations.length; i++) refuseUnless(deviations[i] > 0, 'no-variance', () => `variable ${i} does not vary`)
  const correlation = covariances.map((row, i) =>
    Float64Array.from(row, (c, j) => {
      const r = i === j ? 1 : c / deviations[i] / deviations[j]
      refuseUnless(Math.abs(r) <= 1 + 1e-6, 'out-of-domain', () => `variables ${i} and ${j} have a correlation of ${r}`)
      return r
    }),
  )
  return { correlation, deviations }
}
