/**
 * Principal components of observations.
 *
 * Pure. Source: I. T. Jolliffe, Principal Component Analysis, 2nd ed. (2002).
 */
import { type Matrix, refuseUnless, requireInteger, requireMatrix, type Vector } from '../guard.ts'
import { dot, symmetricEigen } from './linear-algebra.ts'
import { columnMeans, covarianceMatrix } from './statistics.ts'

export interface PrincipalComponents {
  readonly means: Float64Array
  /** Unit vectors, a row each, in the order of their variance; the largest entry of each is positive. */
  readonly components: readonly Float64Array[]
  /** Variance (n - 1) along each, descending, never below zero. */
  readonly variances: Float64Array
  /** Share of the total variance. */
  readonly shares: Float64Array
}

/**
 * Eigenvectors of the sample covariance (n - 1) of the columns, largest variance first, each with the sign that makes its entry of
 * largest absolute value positive (of equal ones the first).
 *
 * @param rows n observations of p variables
 * @throws MathError `no-variance` when nothing varies, `too-short` below two rows, `shape`, `not-finite`, `overflow`, `empty`
 */
export function principalComponents(rows: Matrix): PrincipalComponents {
  requireMatrix('rows', rows, 2)
  const covariance = covarianceMatrix(rows)
  refuseUnless(
    covariance.every((row) => row.every(Number.isFinite)),
    'overflow',
    'the covariance exceeds the range of a double',
  )
  const total = covariance.reduce((sum, row, i) => sum + row[i], 0)
  refuseUnless(total > 0, 'no-variance', 'the observations do not vary')
  const { values, vectors } = symmetricEigen(covariance)
  const variances = Float64Array.from(values, (value) => Math.max(0, value)).reverse()
  return {
    means: columnMeans(rows),
    components: vectors.toReversed().map(withSign),
    variances,
    shares: variances.map((value) => value / total),
  }
}

function withSign(vector: Float64Array): Float64Array {
  let largest = 0
  for (let i = 1; i < vector.length; i++) if (Math.abs(vector[i]) > Math.abs(vector[largest]) * (1 + 1e-12)) largest = i
  return vector[largest] < 0 ? vector.map((value) => -value) : vector
}

/**
 * Sum of squares of what the first components leave of each row: |x - m - sum_k <x - m, c_k> c_k|^2.
 *
 * @param rows to be rebuilt, p columns
 * @param count how many components are kept, 1 to p
 * @returns one value a row
 * @throws MathError `shape`, `out-of-domain`, `not-finite`, `empty`
 */
export function reconstructionErrors(model: PrincipalComponents, rows: Matrix, count: number): Float64Array {
  requireMatrix('rows', rows)
  const p = model.means.length
  refuseUnless(rows[0].length === p, 'shape', () => `${rows[0].length} columns; the components have ${p}`)
  requireInteger('count', count, 1, p)
  const kept = model.components.slice(0, count)
  return Float64Array.from(rows, (row: Vector) => {
    const rest = Float64Array.from(row, (value, j) => value - model.means[j])
    for (const component of kept) {
      const along = dot(rest, component)
      for (let j = 0; j < p; j++) rest[j] -= along * component[j]
    }
    const error = dot(rest, rest)
    refuseUnless(Number.isFinite(error), 'overflow', 'a reconstruction error exceeds the range of a double')
    return error
  })
}
