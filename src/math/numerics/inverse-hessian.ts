/**
 * The estimate of an inverse Hessian that quasi-Newton methods keep: how it begins, and what a step teaches it.
 *
 * Pure. Source: J. Nocedal, S. J. Wright, Numerical Optimization, 2nd ed. (2006), equations 6.17 and 6.20.
 */
import { dot } from './linear-algebra.ts'

/** A diagonal of one number. */
export const scaledIdentity = (n: number, scale = 1): Float64Array[] =>
  Array.from({ length: n }, (_, i) => {
    const row = new Float64Array(n)
    row[i] = scale
    return row
  })

/** s'y of a step s and the change y of the gradient along it; `undefined` where the curvature is not above rounding. */
export function curvatureOf(s: Float64Array, y: Float64Array): number | undefined {
  const sy = dot(s, y)
  return sy > 1e-12 * Math.sqrt(dot(s, s) * dot(y, y)) ? sy : undefined
}

/** H <- (I - s y'/sy) H (I - y s'/sy) + s s'/sy. */
export function updateInverse(inverse: readonly Float64Array[], s: Float64Array, y: Float64Array, sy: number): void {
  const hy = Float64Array.from(inverse, (row) => dot(row, y))
  const factor = (1 + dot(y, hy) / sy) / sy
  for (let i = 0; i < s.length; i++)
    for (let j = 0; j < s.length; j++) inverse[i][j] += factor * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / sy
}
