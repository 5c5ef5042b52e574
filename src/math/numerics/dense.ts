/**
 * What is asked of a whole matrix: determinant, inverse, pseudo-inverse, condition, exponential.
 *
 * Pure: numbers in, numbers out. Sources: G. H. Golub, C. F. Van Loan, Matrix Computations, 4th ed. (2013); N. J. Higham, SIAM
 * Journal on Matrix Analysis and Applications 26 (2005), for the exponential.
 */
import { finiteOr, type Matrix, refuseUnless, requireMatrix, requireShare, type Vector } from '../guard.ts'
import { identity, multiply, multiplyVector, singularValues, solve, transpose } from './linear-algebra.ts'

function requireSquare(a: Matrix): number {
  requireMatrix('the matrix', a)
  refuseUnless(a[0].length === a.length, 'shape', () => `the matrix is ${a.length} x ${a[0].length}; it is square`)
  return a.length
}

const sized = (rows: Float64Array[]): Float64Array[] => {
  refuseUnless(
    rows.every((row) => row.every(Number.isFinite)),
    'overflow',
    'an entry exceeds the range of a double',
  )
  return rows
}

/**
 * The determinant, by elimination with partial pivoting; zero for a singular matrix.
 * @throws MathError `empty`, `shape`, `not-finite`, `overflow`
 */
export function determinant(a: Matrix): number {
  const n = requireSquare(a)
  const rows = a.map((row) => Float64Array.from(row))
  let product = 1
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i
    if (rows[pivot][k] === 0) return 0
    if (pivot !== k) {
      ;[rows[k], rows[pivot]] = [rows[pivot], rows[k]]
      product = -product
    }
    product *= rows[k][k]
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k] / rows[k][k]
      for (let j = k + 1; j < n; j++) rows[i][j] -= factor * rows[k][j]
    }
  }
  return finiteOr('overflow', product, 'the determinant')
}

/**
 * A^-1, column by column from `solve`. Where a system is to be solved, solve it instead.
 * @throws MathError `singular`
 */
export function inverse(a: Matrix): Float64Array[] {
  requireSquare(a)
  return transpose(identity(a.length).map((unit) => solve(a, unit)))
}

/**
 * The Moore-Penrose inverse V diag(1/s) U', singular values below `cutoff` of the largest counted as zero.
 * @throws MathError `empty`, `shape`, `not-finite`, `out-of-domain`, `overflow`
 */
export function pseudoInverse(a: Matrix, cutoff = 1e-12): Float64Array[] {
  requireShare('cutoff', cutoff)
  const { u, s, v } = singularValues(a)
  const [rows, columns] = [a[0].length, a.length]
  return sized(
    Array.from({ length: rows }, (_, i) => {
      const row = new Float64Array(columns)
      for (let k = 0; k < s.length; k++)
        if (s[k] > cutoff * s[0]) for (let j = 0; j < columns; j++) row[j] += (v[k][i] / s[k]) * u[k][j]
      return row
    }),
  )
}

/**
 * The shortest x with the least ||A x - b||, for any rank of A.
 * @throws MathError `shape`, `not-finite`
 */
export function leastSquaresAnyRank(a: Matrix, b: Vector, cutoff = 1e-12): Float64Array {
  refuseUnless(a.length === b.length, 'shape', () => `${a.length} rows against ${b.length} values`)
  return multiplyVector(pseudoInverse(a, cutoff), b)
}

/**
 * How many singular values exceed `cutoff` times the largest.
 * @throws MathError `empty`, `shape`, `not-finite`, `out-of-domain`
 */
export function rank(a: Matrix, cutoff = 1e-12): number {
  requireShare('cutoff', cutoff)
  const { s } = singularValues(a)
  return s.reduce((count, value) => count + (value > cutoff * s[0] ? 1 : 0), 0)
}

/**
 * The largest singular value over the smallest: by how much relative errors grow when a system is solved.
 * @throws MathError `singular` when the smallest is zero
 */
export function conditionNumber(a: Matrix): number {
  const { s } = singularValues(a)
  const [largest, smallest] = [s[0], s[s.length - 1]]
  refuseUnless(smallest > 0, 'singular', 'the smallest singular value is zero')
  return finiteOr('overflow', largest / smallest, 'the condition number')
}

/**
 * sqrt(sum of squared differences) of two matrices of one shape: the Frobenius distance.
 * @throws MathError `empty`, `shape`, `not-finite`, `overflow`
 */
export function frobeniusDistance(a: Matrix, b: Matrix): number {
  requireMatrix('a', a)
  requireMatrix('b', b)
  refuseUnless(a.length === b.length && a[0].length === b[0].length, 'shape', 'the matrices differ in shape')
  return finiteOr(
    'overflow',
    Math.hypot(...a.map((row, i) => Math.hypot(...Array.from(row, (x, j) => x - b[i][j])))),
    'the distance',
  )
}

/**
 * exp(A) = I + A + A^2/2 + ... by scaling, a diagonal Pade approximant of degree 8, and squaring.
 * @throws MathError `empty`, `shape`, `not-finite`, `overflow`
 */
export function matrixExponential(a: Matrix): Float64Array[] {
  const n = requireSquare(a)
  let norm = 0
  for (const row of a)
    norm = Math.max(
      norm,
      Array.from(row).reduce((total, value) => total + Math.abs(value), 0),
    )
  refuseUnless(norm < 1e5, 'overflow', () => `the exponential of a matrix of norm ${norm} exceeds the range of a double`)
  const halvings = norm > 0.5 ? Math.ceil(Math.log2(norm / 0.5)) : 0
  const scaled = a.map((row) => Float64Array.from(row, (value) => value / 2 ** halvings))
  const degree = 8
  let power = identity(n)
  let coefficient = 1
  const above = identity(n)
  const below = identity(n)
  for (let k = 1; k <= degree; k++) {
    power = multiply(scaled, power)
    coefficient *= (degree - k + 1) / (k * (2 * degree - k + 1))
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        above[i][j] += coefficient * power[i][j]
        below[i][j] += (k % 2 === 0 ? 1 : -1) * coefficient * power[i][j]
      }
  }
  let result = transpose(transpose(above).map((column) => solve(below, column)))
  for (let k = 0; k < halvings; k++) result = sized(multiply(result, result))
  return result
}
