/**
 * Several unknowns without constraints: the Nelder-Mead simplex, and BFGS with a gradient of the caller's or one by central
 * differences. A start that fails, a function that is nowhere finite: an error, never the start handed back as an answer.
 *
 * Pure. Sources: J. A. Nelder, R. Mead, Computer Journal 7 (1965), coefficients by F. Gao, L. Han (2012);
 * J. Nocedal, S. J. Wright, Numerical Optimization, 2nd ed. (2006), chapters 3 and 6.
 */
import { MathError } from '../error.ts'
import { refuseUnless, requireInteger, requirePositive, requireSameLength, requireVector, type Vector } from '../guard.ts'
import { curvatureOf, scaledIdentity, updateInverse } from './inverse-hessian.ts'
import { dot } from './linear-algebra.ts'

/** To be made small. Where it is not defined it answers Infinity, or throws a `MathError`. */
export type Objective = (x: Float64Array) => number

function valueAt(objective: Objective, x: Float64Array): number {
  try {
    return objective(x)
  } catch (error) {
    if (error instanceof MathError) return Infinity
    throw error
  }
}

export interface Optimum {
  readonly x: Float64Array
  readonly value: number
  readonly evaluations: number
  /** The tolerance was reached within the allowed steps. */
  readonly converged: boolean
  /** Largest absolute component; only where a gradient was computed. */
  readonly gradientNorm: number | undefined
}

export interface NelderMeadOptions {
  /** The first simplex reaches so far along each axis, in units of max(1, |x|); as a list, so far as it says. 0.1 by default. */
  readonly step?: number | Vector
  readonly tolerance?: number
  /** 400 a variable by default, for each start. */
  readonly maxEvaluations?: number
  /** How often it starts again, with a new simplex around the best point: a simplex that fell flat does not stay so. */
  readonly restarts?: number
}

/**
 * The lowest value of f that a simplex of n + 1 points finds by reflecting, stretching and shrinking; needs no derivatives.
 * @throws MathError `empty`, `not-finite` (the start, or the objective there), `shape`, `out-of-domain` for a step of zero
 */
export function nelderMead(objective: Objective, start: Vector, options: NelderMeadOptions = {}): Optimum {
  requireVector('start', start)
  const { restarts = 0 } = options
  requireInteger('restarts', restarts, 0, 100)
  let best = simplexSearch(objective, start, options)
  let evaluations = best.evaluations
  for (let i = 0; i < restarts; i++) {
    const next = simplexSearch(objective, best.x, options)
    evaluations += next.evaluations
    const gain = best.value - next.value
    if (next.value <= best.value) best = next
    if (gain <= 1e-15 * Math.abs(best.value)) break
  }
  return Object.assign({}, best, { evaluations })
}

function simplexSearch(objective: Objective, start: Vector, options: NelderMeadOptions): Optimum {
  const n = start.length
  const { step = 0.1, tolerance = 1e-10, maxEvaluations = 400 * n } = options
  requirePositive('tolerance', tolerance)
  requireInteger('maxEvaluations', maxEvaluations, 1)
  if (typeof step === 'number') requirePositive('step', step)
  else {
    requireVector('step', step)
    requireSameLength('step', step, 'start', start)
    for (let i = 0; i < n; i++) refuseUnless(step[i] !== 0, 'out-of-domain', () => `step[${i}] is zero`)
  }
  let evaluations = 0
  const f = (x: Float64Array): number => {
    evaluations += 1
    // What is wrong at the start is told; elsewhere it is a place not to go.
    const value = evaluations === 1 ? objective(x) : valueAt(objective, x)
    return Number.isNaN(value) ? Infinity : value
  }
  const [expand, contract, shrink] = [1 + 2 / n, 0.75 - 0.5 / n, 1 - 1 / n]
  const first = Float64Array.from(start)
  const simplex: Vertex[] = [{ x: first, value: f(first) }]
  refuseUnless(Number.isFinite(simplex[0].value), 'not-finite', () => `the objective is ${simplex[0].value} at the start`)
  for (let i = 0; i < n; i++) {
    const x = Float64Array.from(start)
    x[i] += typeof step === 'number' ? step * Math.max(1, Math.abs(x[i])) : step[i]
    simplex.push({ x, value: f(x) })
  }
  const centre = new Float64Array(n)
  const along = (worst: Float64Array, t: number): Vertex => {
    const x = Float64Array.from(centre, (c, i) => c + t * (worst[i] - c))
    return { x, value: f(x) }
  }
  let converged = false
  for (;;) {
    if (evaluations >= maxEvaluations) break
    simplex.sort((a, b) => a.value - b.value)
    const [best, worst] = [simplex[0], simplex[n]]
    let width = 0
    for (let i = 0; i < n; i++) width = Math.max(width, Math.abs(worst.x[i] - best.x[i]) / Math.max(1, Math.abs(best.x[i])))
    if (worst.value - best.value <= tolerance * (Math.abs(best.value) + tolerance) && width <= Math.sqrt(tolerance)) {
      converged = true
      break
    }
    centre.fill(0)
    for (let k = 0; k < n; k++) for (let i = 0; i < n; i++) centre[i] += simplex[k].x[i] / n
    const reflected = along(worst.x, -1)
    if (reflected.value < best.value) {
      const expanded = along(worst.x, -expand)
      simplex[n] = expanded.value < reflected.value ? expanded : reflected
      continue
    }
    if (reflected.value < simplex[n - 1].value) {
      simplex[n] = reflected
      continue
    }
    const inside = reflected.value >= worst.value
    const contracted = along(worst.x, inside ? contract : -contract)
    if (contracted.value < Math.min(reflected.value, worst.value)) {
      simplex[n] = contracted
      continue
    }
    for (let k = 1; k <= n; k++) {
      const x = Float64Array.from(simplex[k].x, (value, i) => best.x[i] + (n === 1 ? 0.5 : shrink) * (value - best.x[i]))
      simplex[k] = { x, value: f(x) }
    }
  }
  simplex.sort((a, b) => a.value - b.value)
  return { x: simplex[0].x, value: simplex[0].value, evaluations, converged, gradientNorm: undefined }
}

interface Vertex {
  readonly x: Float64Array
  readonly value: number
}

/**
 * The gradient by central differences (f(x + h) - f(x - h)) / 2h with h = eps^(1/3) max(1, |x|).
 * @throws MathError `empty`, `not-finite` when f is not finite beside x
 */
export function numericalGradient(objective: Objective, x: Float64Array): Float64Array {
  requireVector('x', x)
  const gradient = centralDifferences(objective, x)
  refuseUnless(gradient.every(Number.isFinite), 'not-finite', 'the objective is not finite beside the point')
  return gradient
}

function centralDifferences(objective: Objective, x: Float64Array): Float64Array {
  const point = Float64Array.from(x)
  return Float64Array.from(x, (value, i) => {
    const h = Math.cbrt(Number.EPSILON) * Math.max(1, Math.abs(value))
    point[i] = value + h
    const above = valueAt(objective, point)
    point[i] = value - h
    const below = valueAt(objective, point)
    point[i] = value
    return (above - below) / (2 * h)
  })
}

/**
 * The matrix of second derivatives by central differences with h = step max(0.1, |x|), symmetric; the step near eps^(1/4) balances
 * rounding against curvature. Where f is not finite so far out, h is made smaller.
 * @throws MathError `empty`, `not-finite` when f is not finite around x, `out-of-domain` for a step that is not above zero
 */
export function numericalHessian(objective: Objective, x: Float64Array, step = 1e-4): Float64Array[] {
  requireVector('x', x)
  requirePositive('step', step)
  const n = x.length
  const at = (i: number, si: number, j: number, sj: number): number => {
    const point = Float64Array.from(x)
    point[i] += si * h[i]
    point[j] += sj * h[j]
    return valueAt(objective, point)
  }
  const h = Float64Array.from(x, (value) => step * Math.max(0.1, Math.abs(value)))
  for (let i = 0; i < n; i++)
    for (let k = 0; k < 6 && !(Number.isFinite(at(i, 1, i, 0)) && Number.isFinite(at(i, -1, i, 0))); k++) h[i] /= 10
  const middle = objective(Float64Array.from(x))
  const out = Array.from({ length: n }, () => new Float64Array(n))
  for (let i = 0; i < n; i++) {
    out[i][i] = (at(i, 1, i, 0) - 2 * middle + at(i, -1, i, 0)) / (h[i] * h[i])
    for (let j = 0; j < i; j++) {
      const mixed = (at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1)) / (4 * h[i] * h[j])
      out[i][j] = mixed
      out[j][i] = mixed
    }
  }
  refuseUnless(
    out.every((row) => row.every(Number.isFinite)),
    'not-finite',
    'the objective is not finite around the point',
  )
  return out
}

/**
 * The lowest value of f by the quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno, with a line search for the conditions
 * of Armijo and Wolfe.
 * @throws MathError `empty`, `out-of-domain`, `not-finite` when the objective or its gradient is not finite at the start
 */
export function bfgs(
  objective: Objective,
  start: Vector,
  options: {
    readonly gradient?: (x: Float64Array) => Float64Array
    readonly tolerance?: number
    readonly maxIterations?: number
  } = {},
): Optimum {
  requireVector('start', start)
  const n = start.length
  const { tolerance = 1e-8, maxIterations = 200 } = options
  requirePositive('tolerance', tolerance)
  requireInteger('maxIterations', maxIterations, 1)
  let evaluations = 0
  const f = (x: Float64Array): number => {
    evaluations += 1
    // What is wrong at the start is told; elsewhere it is a place not to go.
    const value = evaluations === 1 ? objective(x) : valueAt(objective, x)
    return Number.isNaN(value) ? Infinity : value
  }
  const { gradient: given } = options
  const gradientAt = (x: Float64Array): Float64Array => {
    if (given === undefined) return centralDifferences(f, x)
    if (evaluations === 1) return given(x)
    try {
      return given(x)
    } catch (error) {
      if (error instanceof MathError) return x.map(() => Infinity)
      throw error
    }
  }
  let x: Float64Array = Float64Array.from(start)
  let value = f(x)
  refuseUnless(Number.isFinite(value), 'not-finite', () => `the objective is ${value} at the start`)
  let gradient: Float64Array = gradientAt(x)
  refuseUnless(gradient.every(Number.isFinite), 'not-finite', 'the gradient is not finite at the start')
  let inverse = scaledIdentity(n)
  let fresh = true
  const norm = (g: Float64Array): number => g.reduce((largest, each) => Math.max(largest, Math.abs(each)), 0)
  let converged = norm(gradient) <= tolerance
  for (let iteration = 0; iteration < maxIterations && !converged; iteration++) {
    let direction: Float64Array = Float64Array.from(inverse, (row) => -dot(row, gradient))
    let slope = dot(direction, gradient)
    if (!(slope < 0)) {
      inverse = scaledIdentity(n)
      fresh = true
      direction = gradient.map((g) => -g)
      slope = dot(direction, gradient)
    }
    let [low, high, t] = [0, Infinity, fresh ? Math.min(1, 1 / norm(gradient)) : 1]
    let found: (Vertex & { readonly gradient: Float64Array }) | undefined
    for (let k = 0; k < 50; k++) {
      const next = x.map((each, i) => each + t * direction[i])
      const nextValue = f(next)
      if (!(nextValue <= value + 1e-4 * t * slope)) high = t
      else {
        const nextGradient = gradientAt(next)
        if (nextGradient.every(Number.isFinite)) found = { x: next, value: nextValue, gradient: nextGradient }
        if (dot(nextGradient, direction) >= 0.9 * slope) break
        low = t
      }
      t = high === Infinity ? 2 * t : 0.5 * (low + high)
      if (high - low < 1e-14 * Math.max(1, low)) break
    }
    if (found === undefined) {
      if (fresh) break
      inverse = scaledIdentity(n)
      fresh = true
      continue
    }
    const s = found.x.map((each, i) => each - x[i])
    const y = found.gradient.map((each, i) => each - gradient[i])
    const sy = curvatureOf(s, y)
    const gain = value - found.value
    ;({ x, value, gradient } = found)
    converged = norm(gradient) <= tolerance * Math.max(1, Math.abs(value))
    if (sy !== undefined) {
      if (fresh) inverse = scaledIdentity(n, sy / dot(y, y))
      fresh = false
      updateInverse(inverse, s, y, sy)
    }
    if (gain <= 1e-16 * Math.abs(value) && norm(s) <= 1e-12) break
  }
  return { x, value, evaluations, converged, gradientNorm: norm(gradient) }
}
