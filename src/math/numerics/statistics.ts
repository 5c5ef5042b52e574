/**
 * Means, variances and covariances, the words every other subject begins with. They refuse what they are not defined for.
 *
 * Pure. Two passes, compensated sums (A. Neumaier, ZAMM 54, 1974).
 */
import { type Matrix, refuseUnless, requireMatrix, requireSameLength, requireVector, type Vector } from '../guard.ts'
import { sum } from '../sum.ts'

/** The arithmetic mean. */
export function average(values: Vector): number {
  requireVector('values', values)
  return sum(values) / values.length
}

/** Whether a variance divides by n - 1 or by n. */
export type Divisor = 'sample' | 'population'

/** Mean squared deviation from the mean. */
export function variance(values: Vector, divisor: Divisor = 'sample'): number {
  requireVector('values', values, divisor === 'sample' ? 2 : 1)
  const centre = sum(values) / values.length
  const squares = Float64Array.from(values, (value) => (value - centre) * (value - centre))
  return sum(squares) / (values.length - (divisor === 'sample' ? 1 : 0))
}

/** Standard deviation. */
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

/** Covariance of two series. */
export function covariance(x: Vector, y: Vector, divisor: Divisor = 'sample'): number {
  requireVector('x', x, divisor === 'sample' ? 2 : 1)
  requireVector('y', y)
  requireSameLength('x', x, 'y', y)
  const [mx, my] = [sum(x) / x.length, sum(y) / y.length]
  const products = Float64Array.from(x, (value, i) => (value - mx) * (y[i] - my))
  return sum(products) / (x.length - (divisor === 'sample' ? 1 : 0))
}

/** Mean of each column. */
export function columnMeans(rows: Matrix): Float64Array {
  requireMatrix('rows', rows)
  return Float64Array.from({ length: rows[0].length }, (_, j) => sum(Float64Array.from(rows, (row) => row[j])) / rows.length)
}

/** Covariance matrix of the columns (rows are observations). */
export function covarianceMatrix(rows: Matrix, divisor: Divisor = 'sample'): Float64Array[] {
  requireMatrix('rows', rows, divisor === 'sample' ? 2 : 1)
  const means = columnMeans(rows)
  const p = means.length
  const centred = rows.map((row) => Float64Array.from(row, (value, j) => value - means[j]))
  const out = Array.from({ length: p }, () => new Float64Array(p))
  for (const row of centred) for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) out[i][j] += row[i] * row[j]
  const by = rows.length - (divisor === 'sample' ? 1 : 0)
  for (let i = 0; i < p; i++)
    for (let j = 0; j <= i; j++) {
      out[i][j] /= by
      out[j][i] = out[i][j]
    }
  return out
}

/** Correlation matrix and standard deviations of a covariance matrix. */
export function correlationOf(covariances: Matrix): { readonly correlation: Float64Array[]; readonly deviations: Float64Array } {
  const deviations = Float64Array.from(covariances, (row, i) => Math.sqrt(row[i]))
  for (let i = 0; i < deviations.length; i++) refuseUnless(deviations[i] > 0, 'no-variance', () => `variable ${i} does not vary`)
  const correlation = covariances.map((row, i) =>
    Float64Array.from(row, (c, j) => (i === j ? 1 : c / deviations[i] / deviations[j])),
  )
  return { correlation, deviations }
}
