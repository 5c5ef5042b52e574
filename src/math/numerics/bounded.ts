/**
 * Several unknowns between bounds: projected BFGS, and the lowest of several starts.
 *
 * Pure. Source: D. P. Bertsekas, SIAM J. Control and Optimization 20 (1982), 221-246 (projected Newton with an active set).
 */
import { MathError } from '../error.ts'
import { refuseUnless, requireSameLength, requireVector, type Vector } from '../guard.ts'
import { curvatureOf, scaledIdentity, updateInverse } from './inverse-hessian.ts'
import { dot } from './linear-algebra.ts'
import { numericalGradient, type Objective, type Optimum } from './optimise.ts'

export interface Bounds {
  readonly lower: Vector
  readonly upper: Vector
}

/** Puts every component between its bounds. */
function clamp(x: Float64Array, { lower, upper }: Bounds): Float64Array {
  return x.map((value, i) => Math.min(upper[i], Math.max(lower[i], value)))
}

function requireBounds({ lower, upper }: Bounds): void {
  requireVector('lower', lower)
  requireVector('upper', upper)
  requireSameLength('lower', lower, 'upper', upper)
  for (let i = 0; i < lower.length; i++)
    refuseUnless(lower[i] <= upper[i], 'out-of-domain', () => `nothing lies between ${lower[i]} and ${upper[i]} (variable ${i})`)
}

/**
 * A local minimum between bounds (both included): BFGS among the variables that are free, steps projected onto the box.
 *
 * @param options.gradient of the objective; central differences without it
 * @returns `gradientNorm` is that of the free variables
 * @throws MathError `not-finite` when the objective or its gradient is not finite at the start, `out-of-domain` for empty bounds
 */
export function boundedBfgs(
  objective: Objective,
  start: Vector,
  bounds: Bounds,
  options: {
    readonly gradient?: (x: Float64Array) => Float64Array
    readonly tolerance?: number
    readonly maxIterations?: number
  } = {},
): Optimum {
  requireVector('start', start)
  requireBounds(bounds)
  requireSameLength('start', start, 'lower', bounds.lower)
  const { tolerance = 1e-8, maxIterations = 200 } = options
  const n = start.length
  let evaluations = 0
  const f = (x: Float64Array): number => {
    evaluations += 1
    const value = objective(x)
    return Number.isNaN(value) ? Infinity : value
  }
  const gradientAt = options.gradient ?? ((x: Float64Array) => numericalGradient(f, x))
  let x = clamp(Float64Array.from(start), bounds)
  let value = f(x)
  refuseUnless(Number.isFinite(value), 'not-finite', () => `the objective is ${value} at the start`)
  let gradient = gradientAt(x)
  refuseUnless(gradient.every(Number.isFinite), 'not-finite', 'the gradient is not finite at the start')
  const free = (i: number): boolean =>
    !((x[i] <= bounds.lower[i] && gradient[i] > 0) || (x[i] >= bounds.upper[i] && gradient[i] < 0))
  const freeNorm = (): number => gradient.reduce((largest, g, i) => (free(i) ? Math.max(largest, Math.abs(g)) : largest), 0)
  let inverse = scaledIdentity(n)
  // Whether the next step is steepest descent anyway: when that fails there is nowhere to go.
  let fresh = true
  let converged = freeNorm() <= tolerance
  for (let iteration = 0; iteration < maxIterations && !converged; iteration++) {
    const held = Array.from({ length: n }, (_, i) => !free(i))
    const masked = gradient.map((g, i) => (held[i] ? 0 : g))
    let direction: Float64Array = Float64Array.from(inverse, (row, i) => (held[i] ? 0 : -dot(row, masked)))
    if (!(dot(direction, masked) < 0)) {
      inverse = scaledIdentity(n)
      fresh = true
      direction = masked.map((g) => -g)
    }
    let t = fresh ? Math.min(1, 1 / Math.sqrt(dot(masked, masked))) : 1
    let next: Float64Array | undefined
    let nextValue = Infinity
    for (let k = 0; k < 40; k++, t *= 0.5) {
      const candidate = clamp(
        x.map((each, i) => each + t * direction[i]),
        bounds,
      )
      nextValue = f(candidate)
      let decrease = 0
      for (let i = 0; i < n; i++) decrease += gradient[i] * (candidate[i] - x[i])
      if (nextValue <= value + 1e-4 * decrease && decrease < 0) {
        next = candidate
        break
      }
    }
    if (next === undefined) {
      if (fresh) break
      inverse = scaledIdentity(n)
      fresh = true
      continue
    }
    fresh = false
    const nextGradient = gradientAt(next)
    if (!nextGradient.every(Number.isFinite)) break
    const s = next.map((each, i) => each - x[i])
    const y = nextGradient.map((each, i) => each - gradient[i])
    const gain = value - nextValue
    x = next
    value = nextValue
    gradient = nextGradient
    const curvature = curvatureOf(s, y)
    if (curvature !== undefined) updateInverse(inverse, s, y, curvature)
    converged = freeNorm() <= tolerance * Math.max(1, Math.abs(value))
    if (gain <= 1e-15 * Math.max(1, Math.abs(value)) && Math.sqrt(dot(s, s)) <= 1e-12) break
  }
  return { x, value, evaluations, converged, gradientNorm: freeNorm() }
}

/**
 * The lowest of the local minima found from several starts; of equal ones the first.
 * @throws MathError `no-convergence` when the objective is finite at none of them
 */
export function lowestOfStarts(
  objective: Objective,
  starts: readonly Vector[],
  bounds: Bounds,
  options: {
    readonly gradient?: (x: Float64Array) => Float64Array
    readonly tolerance?: number
    readonly maxIterations?: number
  } = {},
): Optimum {
  refuseUnless(starts.length > 0, 'empty', 'there is no start')
  requireBounds(bounds)
  for (const start of starts) {
    requireVector('start', start)
    requireSameLength('start', start, 'lower', bounds.lower)
  }
  let best: Optimum | undefined
  for (const start of starts) {
    if (!Number.isFinite(objective(clamp(Float64Array.from(start), bounds)))) continue
    const found = boundedBfgs(objective, start, bounds, options)
    if (best === undefined || found.value < best.value) best = found
  }
  if (best === undefined) throw new MathError('no-convergence', 'the objective is finite at no start')
  return best
}
