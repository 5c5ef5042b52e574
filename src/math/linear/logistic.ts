/**
 * Logistic regression: the probability of one of two outcomes.
 *
 * Pure: numbers in, numbers out. Sources: T. Hastie, R. Tibshirani, J. Friedman, The Elements of Statistical Learning (2009), 4.4;
 * A. Albert, J. A. Anderson, Biometrika 71 (1984), on separated classes.
 */
import { MathError } from '../error.ts'
import {
  finiteOr,
  type Matrix,
  refuseUnless,
  requireInteger,
  requireMatrix,
  requireNumber,
  requirePositive,
  requireVector,
  type Vector,
} from '../guard.ts'
import { cholesky, dot, solveCholesky } from '../numerics/linear-algebra.ts'
import { log1pExp, logistic } from '../numerics/log-space.ts'
import { solveQuadraticProgram } from '../numerics/quadratic-program.ts'
import { type LinearFunction, predictLinear } from './design.ts'

export interface LogisticOptions {
  /** Of sum of log losses + penalty/2 ||b||^2; zero by default, which separated classes do not bear. Instead of `inversePenalty`. */
  readonly penalty?: number
  /** C of 1/2 ||b||^2 + C sum of log losses, the other way to say it: penalty = 1 / C. */
  readonly inversePenalty?: number
  /** Not penalised; true by default. */
  readonly intercept?: boolean
  /** Of the log losses. */
  readonly weights?: Vector
  /** Largest component of the gradient, relative to the number of rows; 1e-10 by default. */
  readonly tolerance?: number
  /** 200 by default. */
  readonly maxIterations?: number
}

export interface LogisticRegression extends LinearFunction {
  /** Of outcome 1, for each row. */
  readonly probabilities: Float64Array
  /** Without the penalty. */
  readonly logLikelihood: number
  /** What was minimised: sum of log losses + penalty/2 ||b||^2. */
  readonly objective: number
  readonly gradientNorm: number
  readonly iterations: number
}

/**
 * P(y = 1) = 1 / (1 + exp(-a - x'b)) with the least sum of log losses + penalty/2 ||b||^2, by Newton's method with step halving.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain` for outcomes other than 0 and 1, `no-variance` when there is one
 * outcome only, `singular` when columns depend on one another and nothing is penalised, `no-convergence` when a plane separates the
 * outcomes and nothing is penalised
 */
export function logisticRegression(x: Matrix, y: Vector, options: LogisticOptions = {}): LogisticRegression {
  const { intercept = true, weights, tolerance = 1e-10, maxIterations = 200 } = options
  refuseUnless(
    options.penalty === undefined || options.inversePenalty === undefined,
    'out-of-domain',
    'a penalty is given, and its inverse too',
  )
  if (options.inversePenalty !== undefined) requirePositive('inversePenalty', options.inversePenalty)
  const penalty = options.inversePenalty === undefined ? (options.penalty ?? 0) : 1 / options.inversePenalty
  requireNumber('penalty', penalty, 0)
  requirePositive('tolerance', tolerance)
  requireInteger('maxIterations', maxIterations, 1)
  requireMatrix('x', x)
  requireVector('y', y)
  const n = x.length
  refuseUnless(y.length === n, 'shape', () => `${n} rows against ${y.length} outcomes`)
  if (weights !== undefined) {
    requireVector('weights', weights)
    refuseUnless(weights.length === n, 'shape', () => `${n} rows against ${weights.length} weights`)
    for (let i = 0; i < n; i++) requireNumber(`weights[${i}]`, weights[i], 0)
  }
  const weight = (i: number): number => weights?.[i] ?? 1
  let [ones, mass] = [0, 0]
  for (let i = 0; i < n; i++) {
    refuseUnless(y[i] === 0 || y[i] === 1, 'out-of-domain', () => `y[${i}] is ${y[i]}; it is 0 or 1`)
    ones += weight(i) * y[i]
    mass += weight(i)
  }
  refuseUnless(ones > 0 && ones < mass, 'no-variance', 'there is one outcome only')
  // Columns of one scale keep the second derivatives well conditioned; the penalty is rescaled with them.
  const p = x[0].length
  const scales = Float64Array.from({ length: p }, (_, j) => {
    let largest = 0
    for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(x[i][j]))
    return largest > 0 ? largest : 1
  })
  const offset = intercept ? 1 : 0
  const rows = x.map((row) =>
    Float64Array.from({ length: p + offset }, (_, j) => (j < offset ? 1 : row[j - offset] / scales[j - offset])),
  )
  const k = p + offset
  const penalties = Float64Array.from({ length: k }, (_, j) => (j < offset ? 0 : penalty / scales[j - offset] ** 2))
  refuseUnless(penalties.every(Number.isFinite), 'overflow', 'the penalty exceeds the range of a double')
  const objectiveAt = (b: Float64Array): number => {
    let total = 0
    for (let i = 0; i < n; i++) {
      const at = dot(rows[i], b)
      total += weight(i) * log1pExp(y[i] === 1 ? -at : at)
    }
    for (let j = 0; j < k; j++) total += 0.5 * penalties[j] * b[j] * b[j]
    return total
  }
  let b: Float64Array = new Float64Array(k)
  if (intercept) b[0] = Math.log(ones / (mass - ones))
  let objective = objectiveAt(b)
  let gradientNorm = Infinity
  let iterations = 0
  for (; ; iterations++) {
    const gradient = Float64Array.from(b, (value, j) => penalties[j] * value)
    const hessian = Array.from({ length: k }, (_, j) => {
      const row = new Float64Array(k)
      row[j] = penalties[j]
      return row
    })
    for (let i = 0; i < n; i++) {
      const row = rows[i]
      const share = logistic(dot(row, b))
      const curve = weight(i) * share * (1 - share)
      const slope = weight(i) * (share - y[i])
      for (let j = 0; j < k; j++) {
        gradient[j] += slope * row[j]
        const by = curve * row[j]
        for (let l = 0; l <= j; l++) hessian[j][l] += by * row[l]
      }
    }
    for (let j = 0; j < k; j++) for (let l = 0; l < j; l++) hessian[l][j] = hessian[j][l]
    gradientNorm = gradient.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
    if (gradientNorm <= tolerance * mass) break
    if (iterations >= maxIterations) throw new MathError('no-convergence', `not settled within ${maxIterations} steps`)
    const step = newtonStep(hessian, gradient, penalty, () => separated(rows, y))
    let t = 1
    let next = b
    let value = Infinity
    for (let half = 0; half < 60; half++, t *= 0.5) {
      next = Float64Array.from(b, (each, j) => each - t * step[j])
      value = objectiveAt(next)
      // Near the minimum the objective no longer tells one point from the next; there the whole step is right.
      if (value <= objective + 1e-13 * Math.abs(objective)) break
    }
    // No step lowers it any more: this is the minimum as far as a double can tell.
    if (!(value <= objective + 1e-13 * Math.abs(objective)) || next.every((each, j) => each === b[j])) break
    b = next
    objective = value
  }
  refuseUnless(gradientNorm <= 1e-6 * mass, 'no-convergence', () => `the gradient is still ${gradientNorm}`)
  const probabilities = Float64Array.from(rows, (row) => logistic(dot(row, b)))
  if (penalty === 0 && probabilities.some((share) => share < 1e-6 || share > 1 - 1e-6) && separated(rows, y))
    throw new MathError('no-convergence', 'a plane separates the outcomes, so that no finite coefficients are best')
  const coefficients = Float64Array.from({ length: p }, (_, j) =>
    finiteOr('overflow', b[j + offset] / scales[j], 'a coefficient'),
  )
  let logLikelihood = 0
  for (let i = 0; i < n; i++) {
    const at = dot(rows[i], b)
    logLikelihood -= weight(i) * log1pExp(y[i] === 1 ? -at : at)
  }
  return { coefficients, intercept: intercept ? b[0] : 0, probabilities, logLikelihood, objective, gradientNorm, iterations }
}

function newtonStep(hessian: Matrix, gradient: Float64Array, penalty: number, apart: () => boolean): Float64Array {
  try {
    return solveCholesky(cholesky(hessian), gradient)
  } catch (error) {
    if (!(error instanceof MathError) || error.reason !== 'not-positive-definite') throw error
    if (penalty === 0 && apart())
      throw new MathError('no-convergence', 'a plane separates the outcomes, so that no finite coefficients are best')
    throw new MathError('singular', 'columns depend on one another, and nothing is penalised enough')
  }
}

/**
 * Whether some b has x'b >= 0 where the outcome is 1 and <= 0 where it is 0, not all zero: a linear program over coefficients
 * between -1 and 1.
 */
function separated(rows: Matrix, y: Vector): boolean {
  const k = rows[0].length
  const signed = rows.map((row, i) => Float64Array.from(row, (value) => (y[i] === 1 ? value : -value)))
  const linear = Float64Array.from({ length: k }, (_, j) => signed.reduce((total, row) => total + row[j], 0) / rows.length)
  const result = solveQuadraticProgram({
    hessian: Array.from({ length: k }, () => new Float64Array(k)),
    linear,
    inequalities: { matrix: signed, right: new Float64Array(rows.length) },
    lower: new Float64Array(k).fill(-1),
    upper: new Float64Array(k).fill(1),
  })
  return result.status === 'optimal' && result.value < -1e-9
}

/**
 * 1 / (1 + exp(-intercept - x'coefficients)) for each row.
 * @throws MathError `empty`, `shape`, `not-finite`, `overflow`
 */
export function predictProbability(model: LinearFunction, x: Matrix): Float64Array {
  return predictLinear(model, x).map(logistic)
}
