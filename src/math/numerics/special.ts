/**
 * Special functions and distributions, accurate in their tails too: a thin skin over the Cephes library, with the questions it
 * does not ask. Tails come from complements, never from `1 - cdf`.
 *
 * Pure: numbers in, numbers out. Source: S. L. Moshier, Methods and Programs for Mathematical Functions (1989); Cephes 2.9.
 */
import * as cephes from 'cephes'
import { refuseUnless, requireNumber, requirePositive, requireShare } from '../guard.ts'

await cephes.compiled // ambient-ok: the library is WebAssembly, made ready once, before anything is computed

const SQRT_2PI = Math.sqrt(2 * Math.PI)

/** The standard normal density exp(-x^2/2)/sqrt(2 pi). */
export function normalPdf(x: number): number {
  requireNumber('x', x)
  return Math.exp(-0.5 * x * x) / SQRT_2PI
}

/** P(Z <= x) of a standard normal Z. Infinite x gives 0 or 1. */
export function normalCdf(x: number): number {
  refuseUnless(!Number.isNaN(x), 'not-finite', 'x is NaN')
  return cephes.ndtr(x)
}

/** P(Z > x) of a standard normal Z, without cancellation. */
export function normalTail(x: number): number {
  return normalCdf(-x)
}

/** The z with P(Z <= z) = p, for 0 < p < 1. */
export function normalQuantile(p: number): number {
  requireShare('p', p, true)
  return cephes.ndtri(p)
}

/** Error function complement 2/sqrt(pi) * integral from x of exp(-t^2). */
export function erfc(x: number): number {
  requireNumber('x', x)
  return x > 26.6 ? 0 : cephes.erfc(x)
}

/** The logarithm of the gamma function, for x > 0. */
export function logGamma(x: number): number {
  requirePositive('x', x)
  return cephes.lgam(x)
}

/** The derivative of the logarithm of the gamma function, for x > 0. */
export function digamma(x: number): number {
  requirePositive('x', x)
  return cephes.psi(x)
}

/** Regularised lower incomplete gamma P(a, x), for a > 0, x >= 0. */
export function gammaLower(a: number, x: number): number {
  requirePositive('a', a)
  requireNumber('x', x, 0)
  return gammaUnderflows(a, x) ? (x > a ? 1 : 0) : cephes.igam(a, x)
}

/** Regularised upper incomplete gamma Q(a, x) = 1 - P(a, x), without cancellation. */
export function gammaUpper(a: number, x: number): number {
  requirePositive('a', a)
  requireNumber('x', x, 0)
  return gammaUnderflows(a, x) ? (x > a ? 0 : 1) : cephes.igamc(a, x)
}

/** x^a e^-x / Gamma(a) is below the smallest double, so that the smaller of both tails is nothing; Cephes refuses to say so. */
function gammaUnderflows(a: number, x: number): boolean {
  return x > 0 && !(a * Math.log(x) - x - cephes.lgam(a) > -708)
}

/** Regularised incomplete beta I_x(a, b), for a, b > 0, 0 <= x <= 1. */
export function betaIncomplete(a: number, b: number, x: number): number {
  requirePositive('a', a)
  requirePositive('b', b)
  requireShare('x', x)
  return cephes.incbet(a, b, x)
}

/** P(T > x) of Student's t with `freedom` > 0 degrees of freedom (need not be whole). */
export function studentTail(x: number, freedom: number): number {
  requireNumber('x', x)
  requirePositive('freedom', freedom)
  const half = 0.5 * cephes.incbet(freedom / 2, 0.5, freedom / (freedom + x * x))
  return x >= 0 ? half : 1 - half
}

/** P(T <= x) of Student's t. */
export function studentCdf(x: number, freedom: number): number {
  return studentTail(-x, freedom)
}

/** Density of Student's t (not scaled to unit variance). */
export function studentPdf(x: number, freedom: number): number {
  requireNumber('x', x)
  requirePositive('freedom', freedom)
  const scale = cephes.lgam((freedom + 1) / 2) - cephes.lgam(freedom / 2) - 0.5 * Math.log(freedom * Math.PI)
  return Math.exp(scale - ((freedom + 1) / 2) * Math.log1p((x * x) / freedom))
}

/** The x with P(T <= x) = p, for 0 < p < 1. */
export function studentQuantile(p: number, freedom: number): number {
  requireShare('p', p, true)
  requirePositive('freedom', freedom)
  if (p === 0.5) return 0
  const tail = Math.min(p, 1 - p)
  const z = cephes.incbi(freedom / 2, 0.5, 2 * tail)
  let x = Math.sqrt((freedom * (1 - z)) / z)
  // The inverse beta is good to about 1e-9; Newton on the logarithm of the tail takes it to the last digits.
  for (let i = 0; i < 4; i++) {
    const now = studentTail(x, freedom)
    const density = studentPdf(x, freedom)
    if (!(now > 0) || !(density > 0)) break
    x += (now * Math.log(now / tail)) / density
  }
  return p < 0.5 ? -x : x
}

/** P(X > x) of chi-squared with `freedom` > 0. */
export function chiSquaredTail(x: number, freedom: number): number {
  requireNumber('x', x, 0)
  return gammaUpper(freedom / 2, x / 2)
}

/** P(X <= x) of chi-squared with `freedom` > 0. */
export function chiSquaredCdf(x: number, freedom: number): number {
  requireNumber('x', x, 0)
  return gammaLower(freedom / 2, x / 2)
}

/** The x with P(X <= x) = p, for 0 < p < 1. */
export function chiSquaredQuantile(p: number, freedom: number): number {
  requireShare('p', p, true)
  requirePositive('freedom', freedom)
  return 2 * cephes.igami(freedom / 2, 1 - p)
}

/** P(X > x) of the F distribution, degrees of freedom need not be whole. */
export function fTail(x: number, freedom1: number, freedom2: number): number {
  requireNumber('x', x, 0)
  requirePositive('freedom1', freedom1)
  requirePositive('freedom2', freedom2)
  return cephes.incbet(freedom2 / 2, freedom1 / 2, freedom2 / (freedom2 + freedom1 * x))
}
