/**
 * One description of what a portfolio may be, and the rows of a quadratic program that say it. Weights are signed shares of
 * equity (for futures notional over equity), so all constraints are linear in the weights, their sizes |w| and the trades
 * |w - current|; the latter two become variables of their own where a constraint or a cost asks for them: u >= |w|, t >= |w
 * - current|.
 *
 * Pure.
 */
import { MathError } from '../error.ts'
import { refuseUnless, requireInteger, requireNumber, requireVector, type Vector } from '../guard.ts'
import { type QuadraticProgram, solveQuadraticProgram } from '../numerics/quadratic-program.ts'
import { requireOneEach } from './requirements.ts'

/** Both included; either may be left out. */
export interface WeightRange {
  readonly lower?: number
  readonly upper?: number
}

/** Of the members together. */
export interface WeightGroup extends WeightRange {
  /** Indices of assets, from 0. */
  readonly members: readonly number[]
  /** Most that sum |w| may be. */
  readonly gross?: number
}

export interface LinearWeightConstraint extends WeightRange {
  /** lower <= coefficients'w <= upper. */
  readonly coefficients: Vector
}

export interface PortfolioConstraints {
  /** Least weight of each asset, one for all or one each; default 0. Minus infinity is none. */
  readonly lower?: number | Vector
  /** Largest weight; default none. */
  readonly upper?: number | Vector
  /** What the weights add up to; default 1. `free` where they need not add up to anything, as with futures. */
  readonly budget?: number | 'free'
  /** Bounds of the sum of weights, for a free budget. */
  readonly net?: WeightRange
  /** Most that sum |w| may be. */
  readonly gross?: number
  /** Margin: sum rate_i |w_i| <= limit. */
  readonly margin?: { readonly rates: Vector; readonly limit: number }
  readonly groups?: readonly WeightGroup[]
  readonly linear?: readonly LinearWeightConstraint[]
  /** What is held now; default nothing. */
  readonly current?: Vector
  /** Most that sum |w - current| may be. */
  readonly turnover?: number
}

/** A row of coefficients over weights, sizes and trades; w alone where the others are empty. */
interface Row {
  readonly weights?: Vector
  readonly sizes?: Vector
  readonly trades?: Vector
  readonly right: number
}

/** Constraints as rows over the variables (w, u, t), of which u and t are there for some assets or none. */
export interface ConstraintRows {
  readonly assets: number
  /** Number of variables. */
  readonly variables: number
  readonly equalities: readonly Float64Array[]
  readonly equalityRight: readonly number[]
  /** row x >= right. */
  readonly inequalities: readonly Float64Array[]
  readonly inequalityRight: readonly number[]
  readonly lower: Float64Array
  readonly upper: Float64Array
  /** Where the trade |w_i - current_i| stands among the variables; -1 where it has none. */
  readonly tradeAt: Int32Array
  readonly current: Float64Array
}

/** Rows for n assets; `trades` says that every asset needs its trade, because trading costs. */
export function constraintRows(n: number, constraints: PortfolioConstraints, trades = false): ConstraintRows {
  const { budget = 1, net, gross, margin, groups = [], linear = [], turnover } = constraints
  const lower = boundsOf('lower', constraints.lower ?? 0, n)
  const upper = boundsOf('upper', constraints.upper ?? Infinity, n)
  const current = new Float64Array(n)
  if (constraints.current !== undefined) {
    requireOneEach('current', constraints.current, n)
    current.set(constraints.current)
  }
  const ones = new Float64Array(n).fill(1)
  const equal: Row[] = []
  const above: Row[] = []
  const within = (weights: Vector, { lower: least, upper: most }: WeightRange, name: string): void => {
    if (least !== undefined) requireNumber(`the lower bound of ${name}`, least)
    if (most !== undefined) requireNumber(`the upper bound of ${name}`, most)
    if (least !== undefined && least === most) {
      equal.push({ weights, right: least })
      return
    }
    if (least !== undefined) above.push({ weights, right: least })
    if (most !== undefined) above.push({ weights: Float64Array.from(weights, (each) => -each), right: -most })
  }
  if (budget !== 'free') within(ones, { lower: budget, upper: budget }, 'the budget')
  if (net !== undefined) within(ones, net, 'net')
  if (gross !== undefined) {
    requireNumber('gross', gross, 0)
    above.push({ sizes: ones.map((each) => -each), right: -gross })
  }
  if (margin !== undefined) {
    requireOneEach('margin.rates', margin.rates, n)
    for (let i = 0; i < n; i++) requireNumber(`margin.rates[${i}]`, margin.rates[i], 0)
    requireNumber('margin.limit', margin.limit, 0)
    above.push({ sizes: Float64Array.from(margin.rates, (each) => -each), right: -margin.limit })
  }
  groups.forEach((group, k) => {
    const members = new Float64Array(n)
    for (const i of group.members) {
      requireInteger(`a member of group ${k}`, i, 0, n - 1)
      members[i] = 1
    }
    within(members, group, `group ${k}`)
    if (group.gross === undefined) return
    requireNumber(`gross of group ${k}`, group.gross, 0)
    above.push({ sizes: members.map((each) => -each), right: -group.gross })
  })
  linear.forEach((each, k) => {
    requireOneEach(`linear[${k}].coefficients`, each.coefficients, n)
    within(each.coefficients, each, `linear[${k}]`)
  })
  if (turnover !== undefined) {
    requireNumber('turnover', turnover, 0)
    above.push({ trades: ones.map((each) => -each), right: -turnover })
  }
  return laidOut(n, { lower, upper, current, equal, above, trades: trades || turnover !== undefined })
}

interface Parts {
  readonly lower: Float64Array
  readonly upper: Float64Array
  readonly current: Float64Array
  readonly equal: readonly Row[]
  readonly above: readonly Row[]
  readonly trades: boolean
}

function laidOut(n: number, { lower, upper, current, equal, above, trades }: Parts): ConstraintRows {
  const sized = above.some(({ sizes }) => sizes !== undefined)
  // Where a weight's sign is known its size is the weight itself.
  const signs = Float64Array.from(lower, (each, i) => (each >= 0 ? 1 : upper[i] <= 0 ? -1 : 0))
  let variables = n
  const sizeAt = Int32Array.from(signs, (sign) => (sized && sign === 0 ? variables++ : -1))
  const tradeAt = Int32Array.from(signs, () => (trades ? variables++ : -1))
  const rowOf = ({ weights, sizes, trades: traded }: Row): Float64Array => {
    const row = new Float64Array(variables)
    for (let i = 0; i < n; i++) {
      row[i] += weights?.[i] ?? 0
      const size = sizes?.[i] ?? 0
      if (sizeAt[i] >= 0) row[sizeAt[i]] += size
      else row[i] += signs[i] * size
      if (tradeAt[i] >= 0) row[tradeAt[i]] += traded?.[i] ?? 0
    }
    return row
  }
  const inequalities = above.map(rowOf)
  const inequalityRight = above.map(({ right }) => right)
  const atLeast = (variable: number, i: number, middle: number): void => {
    for (const sign of [1, -1]) {
      const row = new Float64Array(variables)
      row[variable] = 1
      row[i] = sign
      inequalities.push(row)
      inequalityRight.push(sign * middle)
    }
  }
  for (let i = 0; i < n; i++) {
    if (sizeAt[i] >= 0) atLeast(sizeAt[i], i, 0)
    if (tradeAt[i] >= 0) atLeast(tradeAt[i], i, current[i])
  }
  const all = (bounds: Float64Array, rest: number): Float64Array =>
    Float64Array.from({ length: variables }, (_, k) => (k < n ? bounds[k] : rest))
  return {
    assets: n,
    variables,
    equalities: equal.map(rowOf),
    equalityRight: equal.map(({ right }) => right),
    inequalities,
    inequalityRight,
    lower: all(lower, 0),
    upper: all(upper, Infinity),
    tradeAt,
    current,
  }
}

function boundsOf(name: 'lower' | 'upper', bounds: number | Vector, n: number): Float64Array {
  const values = typeof bounds === 'number' ? new Float64Array(n).fill(bounds) : Float64Array.from(bounds)
  refuseUnless(values.length === n, 'shape', () => `${name} has ${values.length} values for ${n} assets`)
  const none = name === 'lower' ? -Infinity : Infinity
  for (let i = 0; i < n; i++)
    refuseUnless(Number.isFinite(values[i]) || values[i] === none, 'not-finite', () => `${name}[${i}] is ${values[i]}`)
  return values
}

/** The rows as a program with an objective over the variables. */
export function programOf(rows: ConstraintRows, hessian: readonly Float64Array[], linear: Float64Array): QuadraticProgram {
  return {
    hessian,
    linear,
    ...(rows.equalities.length > 0 ? { equalities: { matrix: rows.equalities, right: rows.equalityRight } } : {}),
    ...(rows.inequalities.length > 0 ? { inequalities: { matrix: rows.inequalities, right: rows.inequalityRight } } : {}),
    lower: rows.lower,
    upper: rows.upper,
  }
}

export interface Solved {
  readonly x: Float64Array
  readonly residual: number
  readonly iterations: number
}

/** The optimum, or an error of what is wrong with the question. */
export function solved(program: QuadraticProgram): Solved {
  const found = solveQuadraticProgram(program)
  if (found.status === 'infeasible') throw new MathError('infeasible', 'no portfolio keeps all constraints')
  if (found.status === 'unbounded')
    throw new MathError('unbounded', 'the objective has no bound: a bound, a budget or a gross limit is missing')
  requireVector('the solution', found.x)
  return found
}
