/**
 * Lasso and elastic net: penalties that set coefficients to zero.
 *
 * Pure: numbers in, numbers out. Sources: R. Tibshirani, Journal of the Royal Statistical Society B 58 (1996); J. Friedman,
 * T. Hastie, R. Tibshirani, Journal of Statistical Software 33 (2010), for the coordinate descent.
 */
import { MathError } from '../error.ts'
import {
  finiteOr,
  type Matrix,
  refuseUnless,
  requireInteger,
  requireNumber,
  requirePositive,
  requireShare,
  type Vector,
} from '../guard.ts'
import { leastSquares } from '../numerics/linear-algebra.ts'
import { backToUnits, centre, determination, type LinearFunction, predictLinear } from './design.ts'

export interface ElasticNetOptions {
  /** Of (1/2n) ||y - X b - a||^2 + penalty (l1Share ||b||_1 + (1 - l1Share) / 2 ||b||^2). */
  readonly penalty: number
  /** Share of the absolute values in the penalty; 0.5 by default. */
  readonly l1Share?: number
  /** Not penalised; true by default. */
  readonly intercept?: boolean
  /** Penalises the coefficients of columns brought to a population standard deviation of one; reported for the columns as given. */
  readonly standardise?: boolean
  /** Largest change of a coefficient, relative to the largest coefficient; 1e-10 by default. */
  readonly tolerance?: number
  /** Rounds over all coefficients; 100,000 by default. */
  readonly maxIterations?: number
}

export interface ElasticNet extends LinearFunction {
  readonly fitted: Float64Array
  /** `undefined` when the target does not vary. */
  readonly r2: number | undefined
  /** What was minimised. */
  readonly objective: number
  /** Coefficients other than zero. */
  readonly nonZero: number
  readonly iterations: number
}

/** Rounds after which columns that are nearly copies of one another are thought of. */
const FIRST_ATTEMPT = 1_000
/** Changes of the set of coefficients that are not zero, per coefficient. */
const MOST_CHANGES = 20
/** Beyond the penalty, in its own measure, a pull on a coefficient of zero is more than rounding. */
const SLACK = 1e-9

interface Penalised {
  readonly columns: readonly Float64Array[]
  readonly target: Float64Array
  readonly absolute: number
  readonly squared: number
}

/**
 * Goes on from `coefficients` to the optimum by sets of coefficients that are not zero: with their signs given the optimum is a linear
 * system; on the way to it the first coefficient that would change its sign becomes zero; at it the coefficient of zero that is pulled
 * most joins. Every step lowers the objective, so that no set comes twice. Leaves `coefficients` and `rest` at the best that was found;
 * false when columns depend on one another, or rounding goes in circles.
 */
function settle({ columns, target, absolute, squared }: Penalised, coefficients: Float64Array, rest: Float64Array): boolean {
  const n = target.length
  const signs = coefficients.map(Math.sign)
  const refresh = (): void => {
    rest.set(target)
    columns.forEach((column, j) => {
      if (coefficients[j] !== 0) for (let i = 0; i < n; i++) rest[i] -= coefficients[j] * column[i]
    })
  }
  for (let changes = 0; changes < MOST_CHANGES * columns.length; changes++) {
    const active = Array.from(signs.keys()).filter((j) => signs[j] !== 0)
    const goal = active.length === 0 ? new Float64Array() : withSigns(columns, target, absolute, squared, active, signs)
    if (goal === undefined) {
      refresh()
      return false
    }
    let share = 1
    let leaver = -1
    active.forEach((j, k) => {
      if (goal[k] * signs[j] > 0) return
      const until = coefficients[j] / (coefficients[j] - goal[k])
      if (until < share) [share, leaver] = [until, j]
    })
    active.forEach((j, k) => {
      coefficients[j] = share === 1 ? goal[k] : coefficients[j] + share * (goal[k] - coefficients[j])
    })
    if (leaver >= 0) {
      coefficients[leaver] = 0
      signs[leaver] = 0
      continue
    }
    refresh()
    const pulls = columns.map((column, j) =>
      signs[j] === 0 ? column.reduce((sum, value, i) => sum + value * rest[i], 0) / n : 0,
    )
    const most = pulls.reduce((at, pull, j) => (Math.abs(pull) > Math.abs(pulls[at]) ? j : at), 0)
    if (Math.abs(pulls[most]) <= absolute * (1 + SLACK)) return true
    signs[most] = Math.sign(pulls[most])
  }
  refresh()
  return false
}

/** The optimum of the active coefficients if their signs are as given; `undefined` when their columns depend on one another. */
function withSigns(
  columns: readonly Float64Array[],
  target: Float64Array,
  absolute: number,
  squared: number,
  active: readonly number[],
  signs: Float64Array,
): Float64Array | undefined {
  const n = target.length
  const ridge = squared > 0 ? active.map((_, k) => active.map((__, l) => (k === l ? Math.sqrt(n * squared) : 0))) : []
  const rows = [...Array.from(target, (_, i) => active.map((j) => columns[j][i])), ...ridge]
  try {
    const { coefficients, inverseGram } = leastSquares(rows, [...target, ...ridge.map(() => 0)])
    return coefficients.map(
      (each, k) => each - n * absolute * active.reduce((sum, j, l) => sum + inverseGram[k][l] * signs[j], 0),
    )
  } catch (error) {
    if (error instanceof MathError) return undefined
    throw error
  }
}

/**
 * min (1/2n) ||y - X b - a||^2 + penalty (l1Share ||b||_1 + (1 - l1Share) / 2 ||b||^2) by cyclic coordinate descent.
 * Where near copies among the columns make that slow, it solves for the coefficients that are not zero, signs given, until the signs hold.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain`, `no-convergence`, `overflow`
 */
export function elasticNet(x: Matrix, y: Vector, options: ElasticNetOptions): ElasticNet {
  const { penalty, l1Share = 0.5, intercept = true, tolerance = 1e-10, maxIterations = 100_000 } = options
  requireNumber('penalty', penalty, 0)
  requireShare('l1Share', l1Share)
  requirePositive('tolerance', tolerance)
  requireInteger('maxIterations', maxIterations, 1)
  const centred = centre(x, y, { intercept, standardise: options.standardise ?? false, weights: undefined })
  const n = y.length
  const p = centred.means.length
  const columns = Array.from({ length: p }, (_, j) => Float64Array.from(centred.rows, (row) => row[j]))
  const squares = Float64Array.from(columns, (column) =>
    finiteOr('overflow', column.reduce((total, value) => total + value * value, 0) / n, 'the square of a column'),
  )
  const [absolute, squared] = [penalty * l1Share, penalty * (1 - l1Share)]
  const scaled = new Float64Array(p)
  const rest = Float64Array.from(centred.target)
  let iterations = 0
  let attempt = FIRST_ATTEMPT
  for (;;) {
    if (iterations === attempt) {
      attempt *= 4
      if (settle({ columns, target: centred.target, absolute, squared }, scaled, rest)) break
    }
    if (iterations === maxIterations) throw new MathError('no-convergence', `not settled within ${maxIterations} rounds`)
    iterations += 1
    let [change, size] = [0, 0]
    for (let j = 0; j < p; j++) {
      const column = columns[j]
      const before = scaled[j]
      if (squares[j] === 0) continue
      let pull = squares[j] * before
      for (let i = 0; i < n; i++) pull += (column[i] * rest[i]) / n
      const after = (Math.sign(pull) * Math.max(0, Math.abs(pull) - absolute)) / (squares[j] + squared)
      if (after !== before) {
        const step = before - after
        for (let i = 0; i < n; i++) rest[i] += step * column[i]
        scaled[j] = after
        // In units of the target, so that no column's scale decides.
        change = Math.max(change, Math.abs(step) * Math.sqrt(squares[j]))
      }
      size = Math.max(size, Math.abs(after) * Math.sqrt(squares[j]))
    }
    refuseUnless(Number.isFinite(change) && Number.isFinite(size), 'overflow', 'a coefficient exceeds the range of a double')
    if (change <= tolerance * size) break
  }
  let objective = 0
  for (let i = 0; i < n; i++) objective += (rest[i] * rest[i]) / (2 * n)
  for (let j = 0; j < p; j++) objective += absolute * Math.abs(scaled[j]) + 0.5 * squared * scaled[j] * scaled[j]
  const model = backToUnits(centred, scaled)
  return {
    ...model,
    fitted: predictLinear(model, x),
    r2: determination(centred, centred.rows, scaled, y),
    objective: finiteOr('overflow', objective, 'the objective'),
    nonZero: scaled.reduce((count, value) => count + (value === 0 ? 0 : 1), 0),
    iterations,
  }
}

/**
 * min (1/2n) ||y - X b - a||^2 + penalty ||b||_1: the elastic net with absolute values alone.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain`, `no-convergence`, `overflow`
 */
export function lasso(x: Matrix, y: Vector, options: Omit<ElasticNetOptions, 'l1Share'>): ElasticNet {
  return elasticNet(x, y, Object.assign({}, options, { l1Share: 1 }))
}
