/**
 * What the subjects of this folder ask of their arguments and of their answers alike: covariance matrices, columns that vary,
 * numbers within the range of a double.
 *
 * Pure.
 */
import { MathError } from '../error.ts'
import { type Matrix, refuseUnless, requireMatrix, requireSymmetric, requireVector, type Vector } from '../guard.ts'
import { centredRows } from '../numerics/centred.ts'
import { columnMeans } from '../numerics/statistics.ts'

/**
 * A symmetric matrix with a positive diagonal, whose entries are no larger than Cauchy and Schwarz allow. It need not be
 * positive definite.
 */
export function requireCovariance(name: string, covariance: Matrix): void {
  requireSymmetric(name, covariance)
  for (let i = 0; i < covariance.length; i++) {
    const own = covariance[i][i]
    refuseUnless(own >= 0, 'not-positive-definite', () => `${name}[${i}][${i}] is ${own}; a variance is not negative`)
    refuseUnless(own > 0, 'no-variance', () => `variable ${i} of ${name} does not vary`)
    for (let j = 0; j < i; j++)
      if (Math.abs(covariance[i][j]) > (1 + 1e-9) * Math.sqrt(own) * Math.sqrt(covariance[j][j]))
        throw new MathError('not-positive-definite', `${name}[${i}][${j}] is larger than the variances of ${i} and ${j} allow`)
  }
}

/** A vector of finite numbers with one value for each of `count`. */
export function requireOneEach(name: string, values: Vector, count: number): void {
  requireVector(name, values)
  refuseUnless(values.length === count, 'shape', () => `${name} has ${values.length} values; ${count} are needed`)
}

export interface Centred {
  readonly rows: Float64Array[]
  readonly means: Float64Array
}

/** Rows minus the means of their columns, each of which has to vary. */
export function requireVaryingColumns(name: string, rows: Matrix, atLeastRows = 2): Centred {
  requireMatrix(name, rows, atLeastRows)
  const means = finiteVector(columnMeans(rows), `the mean of ${name}`)
  const centred = centredRows(rows, means)
  for (let j = 0; j < means.length; j++) {
    let largest = 0
    for (const row of centred) largest = Math.max(largest, Math.abs(row[j]))
    refuseUnless(
      largest > 1e-14 * Math.abs(means[j]) && largest * largest > 0,
      'no-variance',
      () => `column ${j} of ${name} does not vary`,
    )
  }
  return { rows: centred, means }
}

/** Refuses an answer that left the range of a double. */
export function finiteVector<V extends Vector>(values: V, what: string): V {
  for (let i = 0; i < values.length; i++)
    refuseUnless(Number.isFinite(values[i]), 'overflow', () => `${what}[${i}] is ${values[i]}`)
  return values
}

export function finiteMatrix<M extends Matrix>(rows: M, what: string): M {
  for (const row of rows) finiteVector(row, what)
  return rows
}

/** A square matrix of zeros. */
export const zeros = (n: number): Float64Array[] => Array.from({ length: n }, () => new Float64Array(n))
