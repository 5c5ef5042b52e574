/**
 * Dense linear algebra on rows: products, Cholesky, least squares by QR, the symmetric eigenproblem, the singular values.
 * Nothing is ever inverted where a system can be solved.
 *
 * Pure. Source: G. H. Golub, C. F. Van Loan, Matrix Computations, 4th ed. (2013); eigenvalues and singular values by ml-matrix.
 */
import { EigenvalueDecomposition, Matrix as Dense, SingularValueDecomposition } from 'ml-matrix'
import { MathError } from '../error.ts'
import {
  type Matrix,
  refuseUnless,
  requireInteger,
  requireMatrix,
  requireSymmetric,
  requireVector,
  type Vector,
} from '../guard.ts'

/**
 * x'y, the sum of products.
 * @throws MathError `shape`, `not-finite`, `overflow`
 */
export function dot(x: Vector, y: Vector): number {
  refuseUnless(x.length === y.length, 'shape', () => `${x.length} values against ${y.length}`)
  let total = 0
  for (let i = 0; i < x.length; i++) total += x[i] * y[i]
  if (!Number.isFinite(total)) refuseValues(x, y)
  return total
}

/** Says which value was not finite; when all are, the result left the range of a double. */
function refuseValues(...vectors: readonly Vector[]): never {
  for (const values of vectors) requireVector('values', values, 0)
  throw new MathError('overflow', 'the result exceeds the range of a double')
}

const allFinite = (values: Float64Array): boolean => {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i] - values[i]
  return total === 0
}

/**
 * A x, a value a row.
 * @throws MathError `shape`, `not-finite`, `overflow`
 */
export function multiplyVector(a: Matrix, x: Vector): Float64Array {
  return Float64Array.from(a, (row) => dot(row, x))
}

/**
 * x'A y for a square A; y is x where it is left out.
 * @throws MathError `shape`, `not-finite`, `overflow`
 */
export function quadraticForm(a: Matrix, x: Vector, y: Vector = x): number {
  return dot(x, multiplyVector(a, y))
}

/**
 * The product A B.
 * @throws MathError `empty`, `shape`, `not-finite`, `overflow`
 */
export function multiply(a: Matrix, b: Matrix): Float64Array[] {
  requireMatrix('a', a)
  requireMatrix('b', b)
  const inner = b.length
  const columns = inner === 0 ? 0 : b[0].length
  return a.map((row) => {
    refuseUnless(row.length === inner, 'shape', () => `${row.length} columns against ${inner} rows`)
    const out = new Float64Array(columns)
    for (let k = 0; k < inner; k++) {
      const factor = row[k]
      const other = b[k]
      for (let j = 0; j < columns; j++) out[j] += factor * other[j]
    }
    if (!allFinite(out)) refuseValues()
    return out
  })
}

/**
 * A with rows and columns exchanged.
 * @throws MathError `empty`, `shape`, `not-finite`
 */
export function transpose(a: Matrix): Float64Array[] {
  requireMatrix('the matrix', a)
  const columns = a.length === 0 ? 0 : a[0].length
  return Array.from({ length: columns }, (_, j) => Float64Array.from(a, (row) => row[j]))
}

/**
 * The n x n matrix of ones on the diagonal.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function identity(n: number): Float64Array[] {
  requireInteger('n', n, 1, 10_000)
  return Array.from({ length: n }, (_, i) => {
    const row = new Float64Array(n)
    row[i] = 1
    return row
  })
}

/**
 * The lower triangle L with A = L L', of a symmetric positive definite A.
 * @throws MathError `not-positive-definite` at the first pivot that is not above rounding noise
 */
export function cholesky(a: Matrix): Float64Array[] {
  requireSymmetric('the matrix', a)
  const factor = tryCholesky(a, 0)
  if (factor === undefined) throw new MathError('not-positive-definite', 'the matrix is not positive definite')
  return factor
}

/**
 * Cholesky with a jitter added to the diagonal where it is needed: 1e-10 of the mean diagonal, ten times as much up to 1e-4.
 * @throws MathError `not-positive-definite` when the largest jitter does not help
 */
export function choleskyWithJitter(a: Matrix): { readonly factor: Float64Array[]; readonly jitter: number } {
  requireSymmetric('the matrix', a)
  let trace = 0
  for (let i = 0; i < a.length; i++) trace += a[i][i]
  for (let share = 0; share <= 1.001e-4; share = share === 0 ? 1e-10 : share * 10) {
    const jitter = (share * trace) / a.length
    const factor = tryCholesky(a, jitter)
    if (factor !== undefined) return { factor, jitter }
  }
  throw new MathError(
    'not-positive-definite',
    'the matrix is not positive definite, with a jitter of 1e-4 of its diagonal either',
  )
}

function tryCholesky(a: Matrix, jitter: number): Float64Array[] | undefined {
  const n = a.length
  const rows: Float64Array[] = []
  for (let i = 0; i < n; i++) {
    const row = new Float64Array(n)
    rows.push(row)
    for (let j = 0; j <= i; j++) {
      const other = rows[j]
      let rest = a[i][j] + (i === j ? jitter : 0)
      for (let k = 0; k < j; k++) rest -= row[k] * other[k]
      if (i !== j) row[j] = rest / other[j]
      else if (rest > 1e-14 * Math.abs(a[i][i])) row[i] = Math.sqrt(rest)
      else return undefined
    }
  }
  return rows
}

/** A lower triangle against a right side; the diagonal has to differ from zero. */
function requireTriangle(l: Matrix, b: Vector): void {
  refuseUnless(l.length > 0, 'empty', 'the triangle has no rows')
  refuseUnless(l.length === b.length, 'shape', () => `${l.length} rows against ${b.length} values`)
  for (let i = 0; i < l.length; i++) {
    refuseUnless(l[i].length > i, 'shape', () => `row ${i} of the triangle has ${l[i].length} values`)
    refuseUnless(l[i][i] !== 0, 'singular', () => `the diagonal of the triangle is zero in row ${i}`)
  }
}

function finite(x: Float64Array, l: Matrix, b: Vector): Float64Array {
  if (!allFinite(x)) refuseValues(b, ...l)
  return x
}

/**
 * Solves L x = b for a lower triangle L.
 * @throws MathError `empty`, `shape`, `singular`, `not-finite`, `overflow`
 */
export function solveLower(l: Matrix, b: Vector): Float64Array {
  requireTriangle(l, b)
  const x = Float64Array.from(b)
  for (let i = 0; i < x.length; i++) {
    const row = l[i]
    let rest = x[i]
    for (let k = 0; k < i; k++) rest -= row[k] * x[k]
    x[i] = rest / row[i]
  }
  return finite(x, l, b)
}

/**
 * Solves L' x = b for a lower triangle L.
 * @throws MathError `empty`, `shape`, `singular`, `not-finite`, `overflow`
 */
export function solveLowerTransposed(l: Matrix, b: Vector): Float64Array {
  requireTriangle(l, b)
  const x = Float64Array.from(b)
  for (let i = x.length - 1; i >= 0; i--) {
    x[i] /= l[i][i]
    for (let k = 0; k < i; k++) x[k] -= l[i][k] * x[i]
  }
  return finite(x, l, b)
}

/**
 * Solves L L' x = b, L from `cholesky`.
 * @throws MathError `empty`, `shape`, `singular`, `not-finite`, `overflow`
 */
export function solveCholesky(l: Matrix, b: Vector): Float64Array {
  return solveLowerTransposed(l, solveLower(l, b))
}

/**
 * 2 sum ln L_ii: the logarithm of the determinant of L L'.
 * @throws MathError `empty`, `shape`, `not-finite`, `singular` when the diagonal is not above zero
 */
export function logDeterminant(l: Matrix): number {
  requireMatrix('the triangle', l)
  for (let i = 0; i < l.length; i++) refuseUnless(l[i][i] > 0, 'singular', () => `the diagonal is ${l[i][i]} in row ${i}`)
  let total = 0
  for (let i = 0; i < l.length; i++) total += Math.log(l[i][i])
  return 2 * total
}

/**
 * Solves A x = b by LU with partial pivoting.
 * @throws MathError `singular` when a pivot is rounding noise
 */
export function solve(a: Matrix, b: Vector): Float64Array {
  requireMatrix('the matrix', a)
  requireVector('the right side', b)
  const n = a.length
  refuseUnless(a[0].length === n && b.length === n, 'shape', () => `${n} x ${a[0].length} against ${b.length}`)
  const rows = a.map((row) => Float64Array.from(row))
  const x = Float64Array.from(b)
  let scale = 0
  for (const row of rows) for (const value of row) scale = Math.max(scale, Math.abs(value))
  for (let k = 0; k < n; k++) {
    let pivot = k
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i
    refuseUnless(Math.abs(rows[pivot][k]) > 1e-14 * scale, 'singular', 'the matrix is singular')
    ;[rows[k], rows[pivot]] = [rows[pivot], rows[k]]
    ;[x[k], x[pivot]] = [x[pivot], x[k]]
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k] / rows[k][k]
      if (factor === 0) continue
      for (let j = k; j < n; j++) rows[i][j] -= factor * rows[k][j]
      x[i] -= factor * x[k]
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    let rest = x[i]
    for (let j = i + 1; j < n; j++) rest -= rows[i][j] * x[j]
    x[i] = rest / rows[i][i]
  }
  if (!allFinite(x)) refuseValues()
  return x
}

export interface LeastSquares {
  readonly coefficients: Float64Array
  readonly residuals: Float64Array
  /** Sum of squared residuals. */
  readonly rss: number
  /** (X'X)^-1, for standard errors: the residual variance times its diagonal. */
  readonly inverseGram: Float64Array[]
}

/**
 * min ||y - X b|| by Householder QR; X as rows, with its own column of ones where an intercept is wanted.
 * @throws MathError `too-short` with fewer rows than columns, `singular` when columns depend on one another
 */
export function leastSquares(x: Matrix, y: Vector): LeastSquares {
  requireMatrix('the regressors', x)
  requireVector('the target', y)
  const n = x.length
  const p = x[0].length
  refuseUnless(y.length === n, 'shape', () => `${n} rows of regressors against ${y.length} targets`)
  refuseUnless(n >= p, 'too-short', () => `${n} rows for ${p} coefficients`)
  // Columns of very large or very small values would leave the range of a double when they are squared.
  const scales = Float64Array.from({ length: p }, (_, j) => {
    let largest = 0
    for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(x[i][j]))
    return largest > 1e100 || largest < 1e-100 ? largest : 1
  })
  const zero = scales.indexOf(0)
  refuseUnless(zero < 0, 'singular', () => `column ${zero} of the regressors is zero`)
  // Loops: `from` with a function takes several times as long.
  const q = x.map((row) => {
    const scaled = new Float64Array(p)
    for (let j = 0; j < p; j++) scaled[j] = row[j] / scales[j]
    return scaled
  })
  const right = Float64Array.from(y)
  const norms = Float64Array.from({ length: p }, (_, j) => Math.sqrt(q.reduce((total, row) => total + row[j] * row[j], 0)))
  const diagonal = new Float64Array(p)
  for (let k = 0; k < p; k++) {
    let norm = 0
    for (let i = k; i < n; i++) norm += q[i][k] * q[i][k]
    norm = Math.sqrt(norm)
    refuseUnless(
      norm > 1e-11 * norms[k] && norm > 0,
      'singular',
      () => `column ${k} of the regressors depends on the ones before`,
    )
    if (q[k][k] > 0) norm = -norm
    for (let i = k; i < n; i++) q[i][k] /= -norm
    q[k][k] += 1
    for (let j = k + 1; j < p; j++) {
      let s = 0
      for (let i = k; i < n; i++) s += q[i][k] * q[i][j]
      s = -s / q[k][k]
      for (let i = k; i < n; i++) q[i][j] += s * q[i][k]
    }
    let s = 0
    for (let i = k; i < n; i++) s += q[i][k] * right[i]
    s = -s / q[k][k]
    for (let i = k; i < n; i++) right[i] += s * q[i][k]
    diagonal[k] = norm
  }
  const coefficients = new Float64Array(p)
  const upper = (i: number, j: number): number => (i === j ? diagonal[i] : q[i][j])
  for (let i = p - 1; i >= 0; i--) {
    let rest = right[i]
    for (let j = i + 1; j < p; j++) rest -= upper(i, j) * coefficients[j]
    coefficients[i] = rest / diagonal[i]
  }
  // R^-1, column by column; (X'X)^-1 = R^-1 R^-T.
  const inverse = Array.from({ length: p }, () => new Float64Array(p))
  for (let c = 0; c < p; c++)
    for (let i = c; i >= 0; i--) {
      let rest = i === c ? 1 : 0
      for (let j = i + 1; j <= c; j++) rest -= upper(i, j) * inverse[j][c]
      inverse[i][c] = rest / diagonal[i]
    }
  const inverseGram = inverse.map((row, i) => Float64Array.from(inverse, (other, j) => dot(row, other) / scales[i] / scales[j]))
  for (let j = 0; j < p; j++) coefficients[j] /= scales[j]
  if (!allFinite(coefficients) || !inverseGram.every(allFinite)) refuseValues()
  const residuals = Float64Array.from(y, (value, i) => value - dot(x[i], coefficients))
  return { coefficients, residuals, rss: dot(residuals, residuals), inverseGram }
}

/**
 * Eigenvalues ascending, with their unit vectors as rows in the same order.
 * @throws MathError `not-finite`
 */
export function symmetricEigen(a: Matrix): { readonly values: Float64Array; readonly vectors: Float64Array[] } {
  requireSymmetric('the matrix', a)
  const scale = largestOf(a)
  const found = new EigenvalueDecomposition(denseOf(a, scale), { assumeSymmetric: true })
  const order = found.realEigenvalues.map((_, i) => i).sort((i, j) => found.realEigenvalues[i] - found.realEigenvalues[j])
  return {
    values: scaledBy(
      Float64Array.from(order, (i) => found.realEigenvalues[i]),
      scale,
    ),
    vectors: order.map((i) => Float64Array.from(found.eigenvectorMatrix.getColumn(i))),
  }
}

/**
 * A = U diag(s) V', s descending; U and V by their columns: `u[k]` and `v[k]` belong to `s[k]`.
 * @throws MathError `empty`, `shape`, `not-finite`
 */
export function singularValues(a: Matrix): { readonly u: Float64Array[]; readonly s: Float64Array; readonly v: Float64Array[] } {
  requireMatrix('the matrix', a)
  const scale = largestOf(a)
  const found = new SingularValueDecomposition(denseOf(a, scale), { autoTranspose: true })
  const rank = found.diagonal.length
  const column = (m: Dense, k: number): Float64Array => Float64Array.from(m.getColumn(k))
  return {
    u: Array.from({ length: rank }, (_, k) => column(found.leftSingularVectors, k)),
    s: scaledBy(Float64Array.from(found.diagonal), scale),
    v: Array.from({ length: rank }, (_, k) => column(found.rightSingularVectors, k)),
  }
}

/** The largest entry by its size, 1 for a matrix of zeros: decompositions work on entries up to one, whatever the units. */
function largestOf(a: Matrix): number {
  let largest = 0
  for (const row of a) for (let j = 0; j < row.length; j++) largest = Math.max(largest, Math.abs(row[j]))
  return largest > 1e-290 ? largest : 1
}

function scaledBy(values: Float64Array, scale: number): Float64Array {
  const out = values.map((value) => value * scale)
  if (!allFinite(out)) refuseValues()
  return out
}

const denseOf = (a: Matrix, scale: number): Dense => new Dense(a.map((row) => Array.from(row, (value) => value / scale)))
