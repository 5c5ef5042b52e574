/**
 * The innovations: ln density of a residual given its variance, and draws.
 *
 * Pure. Source: T. Bollerslev, Review of Economics and Statistics 69 (1987), Student innovations scaled to unit variance;
 * R. W. Bailey, Mathematics of Computation 62 (1994), polar draws of Student's t.
 */
import type { Prng } from '../../core/random.ts'
import { logGamma } from '../numerics/special.ts'

export const LN_2PI = Math.log(2 * Math.PI)

/** lgamma((nu+1)/2) - lgamma(nu/2) - ln(pi (nu-2))/2: the constant of the Student density of unit variance. */
export const studentConstant = (nu: number): number =>
  logGamma((nu + 1) / 2) - logGamma(nu / 2) - 0.5 * Math.log(Math.PI * (nu - 2))

/** ln f(e) of a residual of variance h; `constant` is `studentConstant(nu)`, not looked at for normal innovations. */
export function logDensity(e: number, h: number, nu: number | undefined, constant: number): number {
  const square = (e / h) * e
  if (nu === undefined) return -0.5 * (LN_2PI + Math.log(h) + square)
  return constant - 0.5 * Math.log(h) - 0.5 * (nu + 1) * Math.log1p(square / (nu - 2))
}

/** An innovation of mean 0 and variance 1. */
export function drawInnovation(prng: Prng, nu: number | undefined): number {
  if (nu === undefined) return prng.normal()
  const radius = Math.sqrt(nu * Math.expm1((-2 / nu) * Math.log1p(-prng.float())))
  return radius * Math.cos(2 * Math.PI * prng.float()) * Math.sqrt((nu - 2) / nu)
}
