/**
 * Convex quadratic programs: portfolios of least variance, tracking, projections, and (with a hessian of zeros) linear programs.
 * What no point satisfies and what has no bound are answers here, not errors.
 *
 * Pure: numbers in, numbers out. Sources: D. Goldfarb, A. Idnani, Mathematical Programming 27 (1983); proximal steps for
 * semidefinite hessians: R. T. Rockafellar, SIAM Journal on Control and Optimization 14 (1976).
 */
import { MathError } from '../error.ts'
import { type Matrix, refuseUnless, requireMatrix, requireSymmetric, requireVector, type Vector } from '../guard.ts'
import { type ActiveSet, correction, dualActiveSet, type ScaledProgram } from './dual-active-set.ts'
import { symmetricEigen } from './linear-algebra.ts'

/** Rows of coefficients and the right side of each. */
export interface LinearConstraints {
  readonly matrix: Matrix
  readonly right: Vector
}

export interface QuadraticProgram {
  /** H of 1/2 x'Hx - c'x: n x n, symmetric, positive semidefinite. */
  readonly hessian: Matrix
  /** c of 1/2 x'Hx - c'x, n values: note the sign. Zeros where it is left out. */
  readonly linear?: Vector
  /** matrix x = right. */
  readonly equalities?: LinearConstraints
  /** matrix x >= right. */
  readonly inequalities?: LinearConstraints
  /** x >= lower, n values; minus infinity where a variable has none. */
  readonly lower?: Vector
  /** x <= upper, n values; infinity where a variable has none. */
  readonly upper?: Vector
}

export interface QuadraticOptimum {
  readonly status: 'optimal'
  readonly x: Float64Array
  /** 1/2 x'Hx - c'x. */
  readonly value: number
  /**
   * One a row, equalities before inequalities, so that Hx - c = A'multipliers + lowerMultipliers - upperMultipliers. Those of
   * inequalities are not below zero: by how much the value rises when the right side rises by one.
   */
  readonly multipliers: Float64Array
  /** One a variable, not below zero; zero where the bound does not hold it back. */
  readonly lowerMultipliers: Float64Array
  readonly upperMultipliers: Float64Array
  /**
   * Constraints that are held, ascending: rows of the equalities from 0, then of the inequalities, then the n lower bounds, then
   * the n upper bounds. Rows that depend on others that are held are left out, equalities always in.
   */
  readonly active: Int32Array
  readonly iterations: number
  /** The largest of the relative violations of stationarity, feasibility, sign and complementarity. */
  readonly residual: number
  /** The value less that of the dual at these multipliers. */
  readonly gap: number
}

export interface QuadraticInfeasible {
  readonly status: 'infeasible'
}

export interface QuadraticUnbounded {
  readonly status: 'unbounded'
  /** Along it the value falls for ever and no constraint is reached; of unit length. */
  readonly direction: Float64Array
}

export type QuadraticResult = QuadraticOptimum | QuadraticInfeasible | QuadraticUnbounded

export interface QuadraticOptions {
  /**
   * `stationarity` (the default): the sign that makes Hx - c = A'multipliers hold. `quadprog`: as solve.QP of R says them, an
   * equality that was approached from above with the sign turned round.
   */
  readonly multiplierSigns?: 'stationarity' | 'quadprog'
}

/** Pivots above this share of their diagonal entries say that a hessian is positive definite. */
const DEFINITE = 1e-11
const ENOUGH = 1e-10
const TOLERABLE = 1e-8
const PROXIMAL_STEPS = 100

/**
 * min 1/2 x'Hx - c'x subject to equalities, inequalities (matrix x >= right) and bounds, H positive semidefinite, by the dual
 * active-set method of Goldfarb and Idnani.
 *
 * Where H is only semidefinite, a small multiple of the identity is added to it, and its effect is removed by proximal steps, so
 * that the answer is one of the program itself (of several, one near the origin). A residual above 1e-8 is an error.
 * @throws MathError `empty`, `shape`, `not-finite`; `not-positive-definite` when H has a negative eigenvalue; `out-of-domain` for
 * a lower bound of infinity or an upper bound of minus infinity; `no-convergence`; `overflow`
 */
export function solveQuadraticProgram(program: QuadraticProgram, options: QuadraticOptions = {}): QuadraticResult {
  const prepared = prepare(program, options)
  if (prepared === undefined) return { status: 'infeasible' }
  const { scaled, hessian, linear, scale } = prepared
  const n = scaled.variables
  const factor = inverseFactor(hessian, n, 0, DEFINITE)
  if (factor !== undefined) {
    const set = dualActiveSet(scaled, factor, linear)
    if (set === undefined) return { status: 'infeasible' }
    const point = polish(prepared, set)
    if (point.residual <= ENOUGH) return optimum(prepared, point)
  }
  return semidefinite(prepared, scale)
}

/** The program with rows of unit length and a hessian whose largest entry is one. */
interface Prepared {
  readonly scaled: ScaledProgram
  readonly hessian: Float64Array
  readonly linear: Float64Array
  readonly scale: number
  /** Where each row comes from: its place among equalities and inequalities, and the length it was divided by. */
  readonly places: Int32Array
  readonly lengths: Float64Array
  readonly total: number
  readonly equalities: number
  /** Multipliers are told for the side from which an equality was approached. */
  readonly turned: boolean
}

/** `undefined` when a constraint without variables, or a pair of bounds, contradicts itself. */
function prepare(program: QuadraticProgram, { multiplierSigns = 'stationarity' }: QuadraticOptions): Prepared | undefined {
  requireSymmetric('the hessian', program.hessian)
  const n = program.hessian.length
  const c = program.linear ?? new Float64Array(n)
  requireVector('linear', c)
  refuseUnless(c.length === n, 'shape', () => `linear has ${c.length} values for ${n} variables`)
  const lower = boundsOf('lower', program.lower, n, -Infinity)
  const upper = boundsOf('upper', program.upper, n, Infinity)
  let scale = 0
  for (const row of program.hessian) for (let i = 0; i < n; i++) scale = Math.max(scale, Math.abs(row[i]))
  if (scale === 0) for (let i = 0; i < n; i++) scale = Math.max(scale, Math.abs(c[i]))
  if (scale === 0) scale = 1
  const hessian = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) hessian[i * n + k] = 0.5 * (program.hessian[i][k] / scale + program.hessian[k][i] / scale)
  const linear = Float64Array.from(c, (value) => value / scale)
  refuseUnless(
    linear.every(Number.isFinite),
    'overflow',
    'the linear term exceeds the hessian by more than the range of a double',
  )

  const groups = [constraintsOf('equalities', program.equalities, n), constraintsOf('inequalities', program.inequalities, n)]
  const total = groups[0].right.length + groups[1].right.length
  const rows = new Float64Array(total * n)
  const right = new Float64Array(total)
  const places = new Int32Array(total)
  const lengths = new Float64Array(total)
  let kept = 0
  let equalities = 0
  let place = 0
  for (const [group, { matrix, right: sides }] of groups.entries()) {
    for (let i = 0; i < sides.length; i++, place++) {
      let largest = 0
      for (let k = 0; k < n; k++) largest = Math.max(largest, Math.abs(matrix[i][k]))
      if (largest === 0) {
        if (group === 0 ? sides[i] !== 0 : sides[i] > 0) return undefined
        continue
      }
      let squares = 0
      for (let k = 0; k < n; k++) squares += (matrix[i][k] / largest) ** 2
      const root = Math.sqrt(squares)
      for (let k = 0; k < n; k++) rows[kept * n + k] = matrix[i][k] / largest / root
      right[kept] = sides[i] / largest / root
      refuseUnless(Number.isFinite(right[kept]), 'overflow', () => `the right side ${sides[i]} exceeds its row beyond all range`)
      places[kept] = place
      lengths[kept] = largest * root
      kept += 1
      if (group === 0) equalities += 1
    }
  }
  for (let i = 0; i < n; i++) if (lower[i] > upper[i]) return undefined
  return {
    scaled: { variables: n, rows: rows.subarray(0, kept * n), right: right.subarray(0, kept), equalities, lower, upper },
    hessian,
    linear,
    scale,
    places,
    lengths,
    total,
    equalities: groups[0].right.length,
    turned: multiplierSigns === 'quadprog',
  }
}

function boundsOf(name: string, bounds: Vector | undefined, n: number, none: number): Float64Array {
  if (bounds === undefined) return new Float64Array(n).fill(none)
  refuseUnless(bounds.length === n, 'shape', () => `${name} has ${bounds.length} values for ${n} variables`)
  for (let i = 0; i < n; i++) {
    refuseUnless(!Number.isNaN(bounds[i]), 'not-finite', () => `${name}[${i}] is NaN`)
    refuseUnless(bounds[i] !== -none, 'out-of-domain', () => `${name}[${i}] is ${bounds[i]}, which no number keeps`)
  }
  return Float64Array.from(bounds)
}

function constraintsOf(name: string, given: LinearConstraints | undefined, n: number): LinearConstraints {
  if (given === undefined) return { matrix: [], right: [] }
  const { matrix, right } = given
  refuseUnless(
    matrix.length === right.length,
    'shape',
    () => `${name} have ${matrix.length} rows against ${right.length} right sides`,
  )
  if (matrix.length > 0) {
    requireMatrix(name, matrix)
    refuseUnless(matrix[0].length === n, 'shape', () => `${name} have ${matrix[0].length} columns for ${n} variables`)
  }
  requireVector(`right side of ${name}`, right, 0)
  return given
}

/** J by columns with J'(H + jitter I)J = I, or `undefined` when a pivot is below `least` of its diagonal entry. */
function inverseFactor(hessian: Float64Array, n: number, jitter: number, least: number): Float64Array | undefined {
  const l = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let k = 0; k <= i; k++) {
      let rest = hessian[i * n + k] + (i === k ? jitter : 0)
      for (let c = 0; c < k; c++) rest -= l[i * n + c] * l[k * n + c]
      if (i !== k) l[i * n + k] = rest / l[k * n + k]
      else if (rest > least * hessian[i * n + i]) l[i * n + i] = Math.sqrt(rest)
      else return undefined
    }
  // Column c of L^-T is row c of L^-1.
  const j = new Float64Array(n * n)
  for (let c = 0; c < n; c++) {
    for (let i = c; i < n; i++) {
      let rest = i === c ? 1 : 0
      for (let k = c; k < i; k++) rest -= l[i * n + k] * j[k * n + c]
      j[i * n + c] = rest / l[i * n + i]
    }
  }
  return j
}

/** A point with its multipliers, in the units of the scaled program. */
interface Point {
  readonly x: Float64Array
  readonly set: ActiveSet
  readonly multipliers: Float64Array
  readonly residual: number
}

/** Newton steps on the equations of the active set: removes what rounding, or a proximal term, has left. */
function polish(prepared: Prepared, set: ActiveSet): Point {
  const { scaled, hessian, linear } = prepared
  const { variables: n, lower, upper } = scaled
  const m = scaled.right.length
  let x = Float64Array.from(set.x)
  const signs = Float64Array.from(set.active.subarray(0, set.count), (p) => (p < m ? set.signs[p] : 1))
  let multipliers = Float64Array.from(signs, (sign, k) => sign * set.multipliers[k])
  let best: Point = { x, set, multipliers, residual: residualOf(prepared, set, x, multipliers) }
  for (let round = 0; round < 30 && best.residual > 1e-15; round++) {
    const { stationarity, missing } = remains(scaled, hessian, linear, set, x, multipliers)
    const step = correction(
      set,
      stationarity,
      missing.map((value, k) => signs[k] * value),
    )
    x = Float64Array.from(x, (value, i) => value + step.x[i])
    multipliers = Float64Array.from(multipliers, (value, k) => value + signs[k] * step.multipliers[k])
    for (let k = 0; k < set.count; k++) {
      const p = set.active[k]
      if (p >= m + n) x[p - m - n] = upper[p - m - n]
      else if (p >= m) x[p - m] = lower[p - m]
    }
    const residual = residualOf(prepared, set, x, multipliers)
    if (!(residual < best.residual)) break
    const slow = residual > 0.9 * best.residual
    best = { x, set, multipliers, residual }
    if (slow) break
  }
  return best
}

/** c + A'u - Hx, and for each constraint that is held how far the point falls short of it. */
function remains(
  scaled: ScaledProgram,
  hessian: Float64Array,
  linear: Float64Array,
  set: ActiveSet,
  x: Float64Array,
  multipliers: Float64Array,
): { readonly stationarity: Float64Array; readonly missing: Float64Array } {
  const { variables: n, rows, right, lower, upper } = scaled
  const m = right.length
  const stationarity = Float64Array.from(linear)
  const missing = new Float64Array(set.count)
  for (let i = 0; i < n; i++) {
    let total = 0
    for (let k = 0; k < n; k++) total += hessian[i * n + k] * x[k]
    stationarity[i] -= total
  }
  for (let k = 0; k < set.count; k++) {
    const p = set.active[k]
    const u = multipliers[k]
    if (p >= m + n) {
      stationarity[p - m - n] -= u
      missing[k] = x[p - m - n] - upper[p - m - n]
    } else if (p >= m) {
      stationarity[p - m] += u
      missing[k] = lower[p - m] - x[p - m]
    } else {
      let rest = right[p]
      for (let i = 0, at = p * n; i < n; i++, at++) {
        stationarity[i] += u * rows[at]
        rest -= rows[at] * x[i]
      }
      missing[k] = rest
    }
  }
  return { stationarity, missing }
}

/** The largest relative violation of the conditions of Karush, Kuhn and Tucker; infinite when the point is not finite. */
function residualOf(prepared: Prepared, set: ActiveSet, x: Float64Array, multipliers: Float64Array): number {
  const { scaled, hessian, linear } = prepared
  const { variables: n, rows, right, lower, upper, equalities } = scaled
  const m = right.length
  const { stationarity, missing } = remains(scaled, hessian, linear, set, x, multipliers)
  let force = 0
  for (let i = 0; i < n; i++) {
    let total = 0
    for (let k = 0; k < n; k++) total += Math.abs(hessian[i * n + k] * x[k])
    force = Math.max(force, total, Math.abs(linear[i]))
  }
  let pressure = 0
  let negative = 0
  for (let k = 0; k < set.count; k++) {
    pressure = Math.max(pressure, Math.abs(multipliers[k]))
    if (set.active[k] >= equalities) negative = Math.max(negative, -multipliers[k])
  }
  force = Math.max(force, pressure)
  let size = 0
  for (let i = 0; i < n; i++) size = Math.max(size, Math.abs(x[i]))
  let worst = 0
  const share = (part: number, whole: number): void => {
    if (part > 0) worst = Math.max(worst, part / whole)
    else if (Number.isNaN(part)) worst = Infinity
  }
  for (let i = 0; i < n; i++) share(Math.abs(stationarity[i]), force)
  share(negative, force)
  for (let k = 0; k < set.count; k++) share(Math.abs(missing[k]), size + Math.abs(missing[k]))
  for (let p = 0; p < m; p++) {
    let slack = -right[p]
    for (let i = 0, at = p * n; i < n; i++, at++) slack += rows[at] * x[i]
    share(p < equalities ? Math.abs(slack) : -slack, size + Math.abs(right[p]))
  }
  for (let i = 0; i < n; i++) {
    share(lower[i] - x[i], size + Math.abs(lower[i]))
    share(x[i] - upper[i], size + Math.abs(upper[i]))
  }
  return Number.isFinite(size + force) ? worst : Infinity
}

/** Proximal steps: each solves the program with a little of the distance from the last point added. */
function semidefinite(prepared: Prepared, scale: number): QuadraticResult {
  const { scaled, hessian, linear } = prepared
  const n = scaled.variables
  let [top, largest] = [0, 0]
  for (let i = 0; i < n; i++) {
    top = Math.max(top, hessian[i * n + i])
    for (let k = 0; k < n; k++) largest = Math.max(largest, Math.abs(hessian[i * n + k]))
  }
  const convex = largest === 0 || inverseFactor(hessian, n, 1e-9 * top, 0) !== undefined
  refuseUnless(
    convex,
    'not-positive-definite',
    () => `the hessian has the eigenvalue ${eigenOf(hessian, n).values[0] * scale}: the program is not convex`,
  )
  let [pull, distance] = [0, 0]
  for (let i = 0; i < n; i++) pull = Math.max(pull, Math.abs(linear[i]))
  for (const bounds of [scaled.right, scaled.lower, scaled.upper])
    for (const bound of bounds) if (Number.isFinite(bound)) distance = Math.max(distance, Math.abs(bound))
  const weight = Math.max(1e-8 * top, (1e-6 * pull) / (distance > 0 ? distance : 1), 1e-300)
  const factor = inverseFactor(hessian, n, weight, 0)
  if (factor === undefined) throw new MathError('not-positive-definite', 'the hessian is not positive semidefinite')
  let set = dualActiveSet(scaled, factor, linear)
  if (set === undefined) return { status: 'infeasible' }
  let best = polish(prepared, set)
  if (best.residual > ENOUGH) {
    // A point that keeps the conditions would have shown that there is a bound.
    const direction = recession(prepared)
    if (direction !== undefined) return { status: 'unbounded', direction }
  }
  let iterations = set.iterations
  for (let step = 1; step < PROXIMAL_STEPS && best.residual > ENOUGH; step++) {
    const centre: Float64Array = set.x
    set = dualActiveSet(
      scaled,
      factor,
      Float64Array.from(linear, (value, i) => value + weight * centre[i]),
    )
    if (set === undefined) break
    iterations += set.iterations
    const point = polish(prepared, set)
    if (point.residual < best.residual) best = point
  }
  refuseUnless(best.residual <= TOLERABLE, 'no-convergence', () => `a residual of ${best.residual} remains`)
  return optimum(prepared, best, iterations)
}

const eigenOf = (hessian: Float64Array, n: number): ReturnType<typeof symmetricEigen> =>
  symmetricEigen(Array.from({ length: n }, (_, i) => hessian.subarray(i * n, (i + 1) * n)))

/**
 * A direction in which the value falls for ever: the projection of the linear term on the cone of the directions that meet neither
 * curvature nor a constraint. That is a strictly convex program itself.
 */
function recession({ scaled, hessian, linear }: Prepared): Float64Array | undefined {
  const { variables: n, rows, right, equalities, lower, upper } = scaled
  let largest = 0
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(linear[i]))
  if (largest === 0) return undefined
  const { values, vectors } = eigenOf(hessian, n)
  const curved = vectors.filter((_, i) => values[i] > 1e-12 * values[n - 1])
  const count = curved.length + right.length
  const all = new Float64Array(count * n)
  for (const [i, vector] of curved.entries()) all.set(vector, i * n)
  all.set(rows, curved.length * n)
  const inverse = new Float64Array(n * n)
  for (let i = 0; i < n; i++) inverse[i * n + i] = 1
  const cone = dualActiveSet(
    {
      variables: n,
      rows: all,
      right: new Float64Array(count),
      equalities: curved.length + equalities,
      lower: lower.map((bound) => (bound === -Infinity ? -Infinity : 0)),
      upper: upper.map((bound) => (bound === Infinity ? Infinity : 0)),
    },
    inverse,
    linear.map((value) => value / largest),
  )
  if (cone === undefined) return undefined
  const length = Math.sqrt(cone.x.reduce((total, value) => total + value * value, 0))
  return length > 1e-8 ? cone.x.map((value) => value / length) : undefined
}

function optimum(prepared: Prepared, point: Point, iterations = point.set.iterations): QuadraticOptimum {
  const { scaled, hessian, linear, scale, places, lengths, total, equalities, turned } = prepared
  const { variables: n, right, lower, upper } = scaled
  const m = right.length
  const { x, set } = point
  const multipliers = new Float64Array(total)
  const lowerMultipliers = new Float64Array(n)
  const upperMultipliers = new Float64Array(n)
  const active = new Set<number>()
  for (let i = 0; i < equalities; i++) active.add(i)
  let dual = 0
  for (let k = 0; k < set.count; k++) {
    const p = set.active[k]
    const u = p < scaled.equalities ? point.multipliers[k] : Math.max(0, point.multipliers[k])
    if (p >= m + n) {
      upperMultipliers[p - m - n] = u * scale
      dual -= u * upper[p - m - n]
      active.add(total + n + p - m - n)
    } else if (p >= m) {
      lowerMultipliers[p - m] = u * scale
      dual += u * lower[p - m]
      active.add(total + p - m)
    } else {
      multipliers[places[p]] = ((turned ? set.signs[p] : 1) * u * scale) / lengths[p]
      dual += u * right[p]
      active.add(places[p])
    }
  }
  let [curve, slope] = [0, 0]
  for (let i = 0; i < n; i++) {
    let row = 0
    for (let k = 0; k < n; k++) row += hessian[i * n + k] * x[k]
    curve += row * x[i]
    slope += linear[i] * x[i]
  }
  const value = scale * (0.5 * curve - slope)
  const gap = scale * (curve - slope - dual)
  refuseUnless(
    Number.isFinite(value) && Number.isFinite(gap) && [multipliers, lowerMultipliers, upperMultipliers].every(allFinite),
    'overflow',
    'the solution exceeds the range of a double',
  )
  return {
    status: 'optimal',
    x,
    value,
    multipliers,
    lowerMultipliers,
    upperMultipliers,
    active: Int32Array.from(active).sort(),
    iterations,
    residual: point.residual,
    gap,
  }
}

const allFinite = (values: Float64Array): boolean => values.every(Number.isFinite)
