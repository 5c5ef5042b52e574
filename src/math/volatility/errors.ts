/**
 * Standard errors of fitted parameters: the inverse Hessian of the log-likelihood, and the sandwich that holds under a wrong density.
 *
 * Pure. Source: T. Bollerslev, J. Wooldridge, Econometric Reviews 11 (1992).
 */
import { MathError } from '../error.ts'
import { cholesky, dot, solveCholesky } from '../numerics/linear-algebra.ts'
import { logLikelihoodOf, SLOTS, type LikelihoodTask } from './likelihood.ts'

/**
 * `exact`: central differences of the exact gradient. `optimhess`: differences of the value alone, with a step of 0.001 in every
 * parameter of the returns at unit deviation, as R's optimHess for fGarch; about a hundredth off.
 */
export type Differences = 'exact' | 'optimhess'

const COARSE_STEP = 1e-3

/**
 * Covariances H^-1 and H^-1 S H^-1 of the parameters along `directions` (each a change of theta), carried over to theta: J C J'.
 * S is the sum of squared scores. `undefined` where H is not positive definite.
 */
export function thetaCovariances(
  task: LikelihoodTask,
  theta: Float64Array,
  directions: readonly Float64Array[],
  differences: Differences,
): { readonly hessian: Float64Array[]; readonly sandwich: Float64Array[] } | undefined {
  const p = directions.length
  if (p === 0) return undefined
  const rows = differences === 'exact' ? ofGradients(task, theta, directions) : ofValues(task, theta, directions)
  if (rows === undefined) return undefined
  const information = rows.map((row, i) => row.map((value, j) => 0.5 * (value + rows[j][i])))
  const inverse = inverseOf(information)
  if (inverse === undefined) return undefined
  const n = task.returns.length
  const scores = new Float64Array(n * SLOTS)
  logLikelihoodOf(task, theta, new Float64Array(SLOTS), scores)
  const outer = Array.from({ length: p }, () => new Float64Array(p))
  const own = new Float64Array(p)
  for (let t = 0; t < n; t++) {
    for (let i = 0; i < p; i++) {
      let total = 0
      for (let s = 0; s < SLOTS; s++) if (directions[i][s] !== 0) total += directions[i][s] * scores[t * SLOTS + s]
      own[i] = total
    }
    for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) outer[i][j] += own[i] * own[j]
  }
  const middle = inverse.map((row) => outer.map((column) => dot(row, column)))
  const sandwich = middle.map((row) => Float64Array.from(inverse, (column) => dot(row, column)))
  return { hessian: carried(inverse, directions), sandwich: carried(sandwich, directions) }
}

/** H by central differences of the exact gradient. */
function ofGradients(
  task: LikelihoodTask,
  theta: Float64Array,
  directions: readonly Float64Array[],
): readonly Float64Array[] | undefined {
  const rows: Float64Array[] = []
  for (const direction of directions) {
    const step = 1e-5 * Math.max(1e-3, Math.abs(dot(direction, theta) / dot(direction, direction)))
    const [above, below] = [1, -1].map((sign) => {
      const gradient = new Float64Array(SLOTS)
      const moved = theta.map((value, i) => value + sign * step * direction[i])
      return Number.isFinite(logLikelihoodOf(task, moved, gradient)) ? gradient : gradient.fill(Number.NaN)
    })
    rows.push(Float64Array.from(directions, (other) => (dot(other, below) - dot(other, above)) / (2 * step)))
  }
  return rows.every((row) => row.every(Number.isFinite)) ? rows : undefined
}

/** H by central differences of central differences of the value. */
function ofValues(
  task: LikelihoodTask,
  theta: Float64Array,
  directions: readonly Float64Array[],
): readonly Float64Array[] | undefined {
  const at = (i: number, a: number, j: number, b: number): number =>
    logLikelihoodOf(
      task,
      theta.map((value, s) => value + COARSE_STEP * (a * directions[i][s] + b * directions[j][s])),
    )
  const rows = directions.map((_, i) =>
    Float64Array.from(
      directions,
      (__, j) => (at(i, 1, j, -1) + at(i, -1, j, 1) - at(i, 1, j, 1) - at(i, -1, j, -1)) / (4 * COARSE_STEP * COARSE_STEP),
    ),
  )
  return rows.every((row) => row.every(Number.isFinite)) ? rows : undefined
}

function inverseOf(matrix: readonly Float64Array[]): Float64Array[] | undefined {
  // To a unit diagonal, because the parameters differ in size.
  const scale = matrix.map((row, i) => Math.sqrt(row[i]))
  if (!scale.every((s) => s > 0 && Number.isFinite(s))) return undefined
  try {
    const factor = cholesky(matrix.map((row, i) => row.map((value, j) => value / scale[i] / scale[j])))
    return matrix.map((_, i) => {
      const unit = new Float64Array(matrix.length)
      unit[i] = 1
      return solveCholesky(factor, unit).map((value, j) => value / scale[i] / scale[j])
    })
  } catch (error) {
    if (error instanceof MathError) return undefined
    throw error
  }
}

const carried = (covariance: readonly Float64Array[], directions: readonly Float64Array[]): Float64Array[] =>
  Array.from({ length: SLOTS }, (_, a) =>
    Float64Array.from({ length: SLOTS }, (__, b) => {
      let total = 0
      for (let i = 0; i < directions.length; i++)
        for (let j = 0; j < directions.length; j++) total += directions[i][a] * covariance[i][j] * directions[j][b]
      return total
    }),
  )
