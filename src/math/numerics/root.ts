/**
 * One unknown: the zero of a function between two signs, and the lowest point between two bounds.
 *
 * Pure. Source: R. P. Brent, Algorithms for Minimization without Derivatives (1973), chapters 4 and 5.
 */
import { MathError } from '../error.ts'
import { refuseUnless, requireNumber, requirePositive } from '../guard.ts'

/**
 * A zero of a continuous f between lower and upper, where f has different signs.
 * @throws MathError `out-of-domain` when the signs are equal, `not-finite` when f is, `no-convergence`
 */
export function findRoot(f: (x: number) => number, lower: number, upper: number, tolerance = 1e-14): number {
  requireNumber('lower', lower)
  requireNumber('upper', upper)
  requirePositive('tolerance', tolerance)
  let [a, b] = [lower, upper]
  let [fa, fb] = [f(a), f(b)]
  refuseUnless(Number.isFinite(fa) && Number.isFinite(fb), 'not-finite', 'the function is not finite at a bound')
  if (fa === 0) return a
  if (fb === 0) return b
  refuseUnless(fa > 0 !== fb > 0, 'out-of-domain', () => `the function has one sign at both bounds: ${fa} and ${fb}`)
  let [c, fc] = [a, fa]
  let step = b - a
  let before = step
  for (let i = 0; i < 500; i++) {
    if (Math.abs(fc) < Math.abs(fb)) {
      ;[a, b, c] = [b, c, b]
      ;[fa, fb, fc] = [fb, fc, fb]
    }
    const enough = 2 * Number.EPSILON * Math.abs(b) + 0.5 * tolerance
    const half = 0.5 * (c - b)
    if (Math.abs(half) <= enough || fb === 0) return b
    if (Math.abs(before) >= enough && Math.abs(fa) > Math.abs(fb)) {
      const s = fb / fa
      let p: number
      let q: number
      if (a === c) {
        p = 2 * half * s
        q = 1 - s
      } else {
        const [t, r] = [fa / fc, fb / fc]
        p = s * (2 * half * t * (t - r) - (b - a) * (r - 1))
        q = (t - 1) * (r - 1) * (s - 1)
      }
      if (p > 0) q = -q
      else p = -p
      if (2 * p < Math.min(3 * half * q - Math.abs(enough * q), Math.abs(before * q))) {
        before = step
        step = p / q
      } else before = step = half
    } else before = step = half
    a = b
    fa = fb
    b += Math.abs(step) > enough ? step : half > 0 ? enough : -enough
    fb = f(b)
    refuseUnless(Number.isFinite(fb), 'not-finite', () => `the function is not finite at ${b}`)
    if (fb > 0 === fc > 0) {
      c = a
      fc = fa
      before = step = b - a
    }
  }
  throw new MathError('no-convergence', 'no root within 500 steps')
}

/**
 * The lowest point of a function with one valley between lower and upper.
 * @throws MathError `out-of-domain` when there is no interval, `not-finite`
 */
export function minimiseScalar(
  f: (x: number) => number,
  lower: number,
  upper: number,
  tolerance = 1e-10,
): { readonly x: number; readonly value: number } {
  requireNumber('lower', lower)
  requireNumber('upper', upper)
  requirePositive('tolerance', tolerance)
  refuseUnless(lower < upper, 'out-of-domain', () => `no interval from ${lower} to ${upper}`)
  const golden = (3 - Math.sqrt(5)) / 2
  let [a, b] = [lower, upper]
  let x = a + golden * (b - a)
  let [w, v] = [x, x]
  let fx = f(x)
  let [fw, fv] = [fx, fx]
  let [d, e] = [0, 0]
  for (let i = 0; i < 500; i++) {
    const middle = 0.5 * (a + b)
    const tol = 1.5e-8 * 1e-3 * Math.abs(x) + tolerance / 3
    if (Math.abs(x - middle) <= 2 * tol - 0.5 * (b - a)) break
    let [p, q, r] = [0, 0, 0]
    if (Math.abs(e) > tol) {
      r = (x - w) * (fx - fv)
      q = (x - v) * (fx - fw)
      p = (x - v) * q - (x - w) * r
      q = 2 * (q - r)
      if (q > 0) p = -p
      else q = -q
      r = e
      e = d
    }
    if (Math.abs(p) < Math.abs(0.5 * q * r) && p > q * (a - x) && p < q * (b - x)) {
      d = p / q
      const u = x + d
      if (u - a < 2 * tol || b - u < 2 * tol) d = x < middle ? tol : -tol
    } else {
      e = (x < middle ? b : a) - x
      d = golden * e
    }
    const u = x + (Math.abs(d) >= tol ? d : d > 0 ? tol : -tol)
    const fu = f(u)
    if (fu <= fx) {
      if (u < x) b = x
      else a = x
      ;[v, w, x] = [w, x, u]
      ;[fv, fw, fx] = [fw, fx, fu]
    } else {
      if (u < x) a = u
      else b = u
      if (fu <= fw || w === x) {
        ;[v, w] = [w, u]
        ;[fv, fw] = [fw, fu]
      } else if (fu <= fv || v === x || v === w) {
        v = u
        fv = fu
      }
    }
  }
  refuseUnless(Number.isFinite(fx), 'not-finite', 'the function is not finite at its lowest point')
  return { x, value: fx }
}
