/**
 * Repairs a matrix of correlations that was put together from pieces and is no correlation matrix any more.
 *
 * Pure: numbers in, numbers out. Source: N. J. Higham, IMA Journal of Numerical Analysis 22 (2002).
 */
import { type Matrix, refuseUnless, requireInteger, requirePositive, requireSymmetric } from '../guard.ts'
import { MathError } from '../error.ts'
import { symmetricEigen } from './linear-algebra.ts'
import { frobeniusDistance } from './dense.ts'

export interface NearestCorrelationOptions {
  /** Largest change of an entry in the last round; 1e-12 by default. */
  readonly tolerance?: number
  /** 5000 by default. */
  readonly maxIterations?: number
}

export interface NearestCorrelation {
  readonly correlation: Float64Array[]
  /** Frobenius distance from what was given. */
  readonly distance: number
  readonly iterations: number
}

/**
 * The correlation matrix (unit diagonal, positive semidefinite) nearest in the Frobenius norm, by alternating projections with
 * Dykstra's correction.
 * @throws MathError `shape`, `not-finite`, `no-convergence`
 */
export function nearestCorrelation(
  matrix: Matrix,
  { tolerance = 1e-12, maxIterations = 5000 }: NearestCorrelationOptions = {},
): NearestCorrelation {
  requireSymmetric('the matrix', matrix)
  requirePositive('tolerance', tolerance)
  requireInteger('maxIterations', maxIterations, 1)
  const n = matrix.length
  for (const [i, row] of matrix.entries())
    for (let j = 0; j < n; j++)
      refuseUnless(Math.abs(row[j]) <= 1e6, 'out-of-domain', () => `[${i}][${j}] is ${row[j]}, which is no correlation`)
  let y = matrix.map((row, i) => Float64Array.from(row, (value, j) => 0.5 * (value + matrix[j][i])))
  const correction = y.map(() => new Float64Array(n))
  for (let round = 1; round <= maxIterations; round++) {
    const r = y.map((row, i) => row.map((value, j) => value - correction[i][j]))
    const { values, vectors } = symmetricEigen(r)
    const next = Array.from({ length: n }, () => new Float64Array(n))
    for (let k = 0; k < n; k++) {
      if (values[k] <= 0) continue
      const vector = vectors[k]
      for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) next[i][j] += values[k] * vector[i] * vector[j]
    }
    let change = 0
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        correction[i][j] = next[i][j] - r[i][j]
        correction[j][i] = correction[i][j]
        if (i === j) next[i][i] = 1
        next[j][i] = next[i][j]
        change = Math.max(change, Math.abs(next[i][j] - y[i][j]))
      }
    y = next
    if (change <= tolerance) return { correlation: y, distance: frobeniusDistance(matrix, y), iterations: round }
  }
  throw new MathError('no-convergence', `no correlation matrix within ${maxIterations} rounds`)
}
