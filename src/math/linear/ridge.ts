/**
 * Ridge regression: least squares with a penalty on the size of the coefficients, the penalty given or chosen by cross-validation.
 *
 * Pure: numbers in, numbers out. Sources: A. E. Hoerl, R. W. Kennard, Technometrics 12 (1970); G. H. Golub, M. Heath, G. Wahba,
 * Technometrics 21 (1979), for the cross-validation.
 */
import {
  finiteOr,
  type Matrix,
  refuseUnless,
  requireInteger,
  requireMatrix,
  requireNumber,
  requireVector,
  type Vector,
} from '../guard.ts'
import { dot, singularValues } from '../numerics/linear-algebra.ts'
import { backToUnits, centre, type Centred, determination, type LinearFunction, predictLinear } from './design.ts'

export interface RidgeOptions {
  /** Of ||y - X b - a||^2 + penalty ||b||^2: not divided by the number of rows. */
  readonly penalty: number
  /** Not penalised; true by default. */
  readonly intercept?: boolean
  /** Penalises the coefficients of columns brought to a population standard deviation of one; reported for the columns as given. */
  readonly standardise?: boolean
  /** Of the squared errors. */
  readonly weights?: Vector
}

export interface Ridge extends LinearFunction {
  readonly fitted: Float64Array
  /** `undefined` when the target does not vary. */
  readonly r2: number | undefined
  /** Trace of the hat matrix: how many coefficients the penalty has left, the intercept included. */
  readonly effectiveParameters: number
  /** y_i less what is predicted for it without it; `undefined` when a row alone decides its own fit. */
  readonly leaveOneOutResiduals: Float64Array | undefined
}

/** Below this share of the largest, singular values count as zero. */
const CUTOFF = 1e-12

interface Decomposed {
  readonly centred: Centred
  readonly u: readonly Float64Array[]
  readonly s: Float64Array
  readonly v: readonly Float64Array[]
  readonly kept: number
  /** U'y. */
  readonly projections: Float64Array
}

function decompose(x: Matrix, y: Vector, options: Omit<RidgeOptions, 'penalty'>): Decomposed {
  const centred = centre(x, y, {
    intercept: options.intercept ?? true,
    standardise: options.standardise ?? false,
    weights: options.weights,
  })
  requireMatrix('the centred regressors', centred.rows)
  requireVector('the centred target', centred.target)
  const { u, s, v } = singularValues(centred.rows)
  refuseUnless(s[0] > 0, 'no-variance', 'no column varies')
  let kept = 0
  while (kept < s.length && s[kept] > CUTOFF * s[0]) kept += 1
  return { centred, u, s, v, kept, projections: Float64Array.from({ length: kept }, (_, k) => dot(u[k], centred.target)) }
}

/** s / (s^2 + penalty) and s^2 / (s^2 + penalty), without squares that overflow. */
const shrink = (s: number, penalty: number): number => 1 / (s + penalty / s)
const kept = (s: number, penalty: number): number => 1 / (1 + penalty / s / s)

function ridgeOf(found: Decomposed, penalty: number, x: Matrix, y: Vector, intercept: boolean): Ridge {
  const { centred, u, s, v, projections } = found
  const p = centred.means.length
  const scaled = new Float64Array(p)
  for (let k = 0; k < found.kept; k++) {
    const by = shrink(s[k], penalty) * projections[k]
    for (let j = 0; j < p; j++) scaled[j] += by * v[k][j]
  }
  const model = backToUnits(centred, scaled)
  const fitted = predictLinear(model, x)
  let effectiveParameters = intercept ? 1 : 0
  for (let k = 0; k < found.kept; k++) effectiveParameters += kept(s[k], penalty)
  const leftOut = new Float64Array(y.length)
  let decided = false
  for (let i = 0; i < y.length; i++) {
    let hat = intercept ? centred.roots[i] ** 2 / centred.mass : 0
    for (let k = 0; k < found.kept; k++) hat += kept(s[k], penalty) * u[k][i] * u[k][i]
    if (!(1 - hat > 1e-10)) decided = true
    leftOut[i] = (y[i] - fitted[i]) / (1 - hat)
  }
  return {
    ...model,
    fitted,
    r2: determination(centred, centred.rows, scaled, y),
    effectiveParameters,
    leaveOneOutResiduals: decided ? undefined : leftOut,
  }
}

/**
 * min ||y - X b - a||^2 + penalty ||b||^2 by the singular value decomposition of the centred columns, singular values below 1e-12 of
 * the largest left out; a penalty of zero gives the shortest least-squares solution.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain` for a negative penalty or weight, `no-variance` when no column
 * varies, `overflow`
 */
export function ridgeRegression(x: Matrix, y: Vector, options: RidgeOptions): Ridge {
  requireNumber('penalty', options.penalty, 0)
  return ridgeOf(decompose(x, y, options), options.penalty, x, y, options.intercept ?? true)
}

export interface RidgeChoiceOptions extends Omit<RidgeOptions, 'penalty'> {
  /** To choose from; none is below zero. */
  readonly penalties: Vector
  /** Mean squared error by leaving out each row (default), by generalised cross-validation, or by leaving out blocks of rows. */
  readonly method?: 'leave-one-out' | 'generalised' | 'k-fold'
  /** Of `k-fold`: consecutive blocks, the first ones longer by one where it does not come out even; 5 by default. */
  readonly folds?: number
}

export interface RidgeChoice {
  readonly penalty: number
  /** Mean squared error of each penalty. */
  readonly errors: Float64Array
  /** The fit to all rows at the penalty of the least error. */
  readonly model: Ridge
}

/**
 * The penalty of the least mean squared cross-validation error (the first of equals), and its fit: the mean of w_i (e_i / (1 - h_ii))^2
 * for leaving out one, n rss / (n - trace H)^2 for generalised.
 * @throws MathError as `ridgeRegression`; `too-short` with more folds than rows; `singular` when a row alone decides its own fit
 */
export function chooseRidgePenalty(x: Matrix, y: Vector, options: RidgeChoiceOptions): RidgeChoice {
  const { penalties, method = 'leave-one-out', folds = 5, intercept = true, weights } = options
  requireVector('penalties', penalties)
  for (let k = 0; k < penalties.length; k++) requireNumber(`penalties[${k}]`, penalties[k], 0)
  requireInteger('folds', folds, 2)
  const found = decompose(x, y, options)
  const n = y.length
  const weight = (i: number): number => weights?.[i] ?? 1
  const errorOf = (penalty: number): number => {
    if (method === 'k-fold') return foldError(x, y, options, penalty, folds)
    const fit = ridgeOf(found, penalty, x, y, intercept)
    let total = 0
    if (method === 'generalised') {
      const free = n - fit.effectiveParameters
      refuseUnless(free > 1e-10 * n, 'singular', 'the fit leaves nothing free')
      for (let i = 0; i < n; i++) total += weight(i) * (y[i] - fit.fitted[i]) ** 2
      return (n * total) / free / free
    }
    refuseUnless(fit.leaveOneOutResiduals !== undefined, 'singular', 'a row alone decides its own fit')
    for (let i = 0; i < n; i++) total += weight(i) * fit.leaveOneOutResiduals[i] ** 2
    return total / n
  }
  const errors = Float64Array.from(penalties, (penalty) => finiteOr('overflow', errorOf(penalty), 'the error'))
  let best = 0
  for (let k = 1; k < errors.length; k++) if (errors[k] < errors[best]) best = k
  return { penalty: penalties[best], errors, model: ridgeOf(found, penalties[best], x, y, intercept) }
}

function foldError(x: Matrix, y: Vector, options: RidgeChoiceOptions, penalty: number, folds: number): number {
  const n = y.length
  refuseUnless(n >= folds, 'too-short', () => `${n} rows for ${folds} folds`)
  const { weights } = options
  let total = 0
  let start = 0
  for (let fold = 0; fold < folds; fold++) {
    const end = start + Math.floor(n / folds) + (fold < n % folds ? 1 : 0)
    const inside = (_: unknown, i: number): boolean => i < start || i >= end
    const rest = Array.from(y).filter(inside)
    const restWeights = weights === undefined ? undefined : Array.from(weights).filter(inside)
    const model = ridgeRegression(x.filter(inside), rest, {
      penalty,
      intercept: options.intercept ?? true,
      standardise: options.standardise ?? false,
      ...(restWeights === undefined ? {} : { weights: restWeights }),
    })
    const guesses = predictLinear(model, x.slice(start, end))
    for (let i = start; i < end; i++) total += (weights?.[i] ?? 1) * (y[i] - guesses[i - start]) ** 2
    start = end
  }
  return total / n
}
