/**
 * Least squares in parameters that enter nonlinearly: Levenberg-Marquardt with Marquardt's scaling and forward differences.
 *
 * Pure. Source: D. W. Marquardt, SIAM Journal on Applied Mathematics 11 (1963); J. Nocedal, S. J. Wright, Numerical
 * Optimization, 2nd ed. (2006), section 10.3.
 */
import { choleskyWithJitter, solveCholesky } from '../numerics/index.ts'

/** Writes the residuals at `x` and answers their sum of squares; Infinity where they are not defined. */
export type Residuals = (x: Float64Array, into: Float64Array) => number

export interface NonlinearFit {
  readonly x: Float64Array
  /** Sum of squared residuals. */
  readonly value: number
  readonly iterations: number
  /** The last step changed the sum of squares by less than the tolerance. */
  readonly converged: boolean
}

/**
 * The x near `start` that makes the sum of `count` squared residuals smallest. The sum at the start is finite.
 *
 * Steps solve (J'J + damping diag(J'J)) s = -J'r; the damping shrinks after a step that helps and grows after one that does not.
 */
export function levenbergMarquardt(
  residuals: Residuals,
  start: Float64Array,
  count: number,
  { maxIterations = 100, tolerance = 1e-10 }: { readonly maxIterations?: number; readonly tolerance?: number } = {},
): NonlinearFit {
  const k = start.length
  let x = Float64Array.from(start)
  let r = new Float64Array(count)
  let next = new Float64Array(count)
  const moved = new Float64Array(count)
  const jacobian = Array.from({ length: k }, () => new Float64Array(count))
  let value = residuals(x, r)
  let damping = 1e-3
  let iterations = 0
  let calm = 0
  let converged = value === 0
  while (iterations < maxIterations && !converged) {
    iterations += 1
    for (let j = 0; j < k; j++) fillColumn(residuals, x, j, r, moved, jacobian[j])
    const gram = jacobian.map(() => new Float64Array(k))
    for (let i = 0; i < k; i++)
      for (let j = 0; j <= i; j++) {
        gram[i][j] = product(jacobian[i], jacobian[j])
        gram[j][i] = gram[i][j]
      }
    const right = Float64Array.from(jacobian, (a) => -product(a, r))
    let largest = 0
    for (let j = 0; j < k; j++) largest = Math.max(largest, gram[j][j])
    if (!(largest > 0) || !Number.isFinite(largest)) break
    let gained = -1
    for (let attempt = 0; attempt < 12 && gained < 0; attempt++) {
      const damped = gram.map((row, i) =>
        row.map((each, j) => (i === j ? each + damping * Math.max(each, 1e-12 * largest) : each)),
      )
      const step = solveCholesky(choleskyWithJitter(damped).factor, right)
      const candidate = x.map((each, i) => each + step[i])
      const sum = candidate.every(Number.isFinite) ? residuals(candidate, next) : Infinity
      if (sum <= value) {
        gained = value - sum
        x = candidate
        value = sum
        ;[r, next] = [next, r]
        damping = Math.max(1e-12, damping / 5)
      } else damping = Math.min(1e12, damping * 4)
    }
    // No direction helps any more, or only by rounding, twice in a row.
    if (gained < 0) {
      converged = true
      break
    }
    calm = gained <= tolerance * value ? calm + 1 : 0
    converged = calm >= 2 || value === 0
  }
  return { x, value, iterations, converged }
}

function fillColumn(
  residuals: Residuals,
  x: Float64Array,
  j: number,
  r: Float64Array,
  moved: Float64Array,
  into: Float64Array,
): void {
  const kept = x[j]
  const h = 2e-8 * Math.max(0.1, Math.abs(kept))
  for (const step of [h, -h]) {
    x[j] = kept + step
    const sum = residuals(x, moved)
    x[j] = kept
    if (!Number.isFinite(sum)) continue
    for (let i = 0; i < r.length; i++) into[i] = (moved[i] - r[i]) / step
    return
  }
  into.fill(0)
}

function product(a: Float64Array, b: Float64Array): number {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i] * b[i]
  return total
}
