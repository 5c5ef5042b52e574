/**
 * Realised measures of returns within a day: variance, what of it jumps cannot touch, and whether there was one.
 *
 * Pure. Sources: O. E. Barndorff-Nielsen, N. Shephard, Journal of Financial Econometrics 2 (2004) and 4 (2006), with S. Kinnebrock
 * (2010) for semivariances; X. Huang, G. Tauchen, Journal of Financial Econometrics 3 (2005); T. G. Andersen, D. Dobrev,
 * E. Schaumburg, Journal of Econometrics 169 (2012) for medRV and minRV.
 */
import { finiteOr, refuseUnless, requireVector, type Vector } from '../guard.ts'
import { normalTail } from '../numerics/special.ts'

const total = (what: string, count: number, term: (i: number) => number): number => {
  let value = 0
  for (let i = 0; i < count; i++) value += term(i)
  return finiteOr('overflow', value, what)
}

/**
 * sum r_i^2: realised variance.
 * @throws MathError `empty`, `not-finite`, `overflow`
 */
export function realisedVariance(returns: Vector): number {
  requireVector('returns', returns)
  return total('realised variance', returns.length, (i) => returns[i] * returns[i])
}

/**
 * (pi/2) n/(n-1) sum |r_i| |r_(i-1)|: bipower variation, the part of the variance without jumps.
 * @throws MathError `too-short` below two returns, `not-finite`, `overflow`
 */
export function bipowerVariation(returns: Vector): number {
  requireVector('returns', returns, 2)
  const n = returns.length
  const products = total('bipower variation', n - 1, (i) => Math.abs(returns[i]) * Math.abs(returns[i + 1]))
  return finiteOr('overflow', (Math.PI / 2) * (n / (n - 1)) * products, 'bipower variation')
}

/** E|Z|^(4/3) = 2^(2/3) Gamma(7/6) / Gamma(1/2). */
const MU_4_3 = 0.830_860_925_029_559_2

/**
 * n mu^-3 n/(n-2) sum |r_i r_(i-1) r_(i-2)|^(4/3) with mu = E|Z|^(4/3): tripower quarticity, of which the error of the bipower variation is made.
 * @throws MathError `too-short` below three returns, `not-finite`, `overflow`
 */
export function tripowerQuarticity(returns: Vector): number {
  requireVector('returns', returns, 3)
  const n = returns.length
  const power = (r: number): number => Math.abs(r) ** (4 / 3)
  const products = total('tripower quarticity', n - 2, (i) => power(returns[i]) * power(returns[i + 1]) * power(returns[i + 2]))
  return finiteOr('overflow', ((n * n) / (n - 2) / MU_4_3 ** 3) * products, 'tripower quarticity')
}

/**
 * (n/3) sum r_i^4: realised quarticity.
 * @throws MathError `empty`, `not-finite`, `overflow`
 */
export function realisedQuarticity(returns: Vector): number {
  requireVector('returns', returns)
  const n = returns.length
  return finiteOr(
    'overflow',
    (n / 3) * total('realised quarticity', n, (i) => (returns[i] * returns[i]) ** 2),
    'realised quarticity',
  )
}

/**
 * pi/(6 - 4 sqrt 3 + pi) n/(n-2) sum med(|r_(i-1)|, |r_i|, |r_(i+1)|)^2: medRV, which a jump or a zero return can hardly move.
 * @throws MathError `too-short` below three returns, `not-finite`, `overflow`
 */
export function medianRealisedVariance(returns: Vector): number {
  requireVector('returns', returns, 3)
  const n = returns.length
  const squares = total('medRV', n - 2, (i) => {
    const [a, b, c] = [Math.abs(returns[i]), Math.abs(returns[i + 1]), Math.abs(returns[i + 2])]
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c)) ** 2
  })
  return finiteOr('overflow', (Math.PI / (6 - 4 * Math.sqrt(3) + Math.PI)) * (n / (n - 2)) * squares, 'medRV')
}

/**
 * pi/(pi - 2) n/(n-1) sum min(|r_i|, |r_(i+1)|)^2: minRV.
 * @throws MathError `too-short` below two returns, `not-finite`, `overflow`
 */
export function minimumRealisedVariance(returns: Vector): number {
  requireVector('returns', returns, 2)
  const n = returns.length
  const squares = total('minRV', n - 1, (i) => Math.min(Math.abs(returns[i]), Math.abs(returns[i + 1])) ** 2)
  return finiteOr('overflow', (Math.PI / (Math.PI - 2)) * (n / (n - 1)) * squares, 'minRV')
}

export interface Semivariances {
  /** sum of r_i^2 with r_i > 0. */
  readonly up: number
  /** sum of r_i^2 with r_i < 0. */
  readonly down: number
}

/**
 * sum r_i^2 1[r_i > 0] and sum r_i^2 1[r_i < 0]: realised semivariances, which add up to the realised variance.
 * @throws MathError `empty`, `not-finite`, `overflow`
 */
export function realisedSemivariances(returns: Vector): Semivariances {
  requireVector('returns', returns)
  const n = returns.length
  return {
    up: total('the upper semivariance', n, (i) => (returns[i] > 0 ? returns[i] * returns[i] : 0)),
    down: total('the lower semivariance', n, (i) => (returns[i] < 0 ? returns[i] * returns[i] : 0)),
  }
}

export interface JumpTest {
  /** Standard normal without jumps. */
  readonly z: number
  /** P(Z > z): one-sided. */
  readonly pValue: number
  /** max(0, 1 - bipower / realised variance): the share of the variance that jumps made. */
  readonly jumpShare: number
}

/**
 * The ratio test of Huang and Tauchen: z = (1 - BV/RV) / sqrt(((pi/2)^2 + pi - 5)/n max(1, TQ/BV^2)), standard normal when there was no jump.
 * @throws MathError `too-short` below three returns, `no-variance` when all returns or their products are zero, `not-finite`, `overflow`
 */
export function jumpTest(returns: Vector): JumpTest {
  const rv = realisedVariance(returns)
  const tq = tripowerQuarticity(returns)
  const bv = bipowerVariation(returns)
  refuseUnless(rv > 0 && bv > 0 && bv * bv > 0, 'no-variance', 'there is no variation to compare')
  const relative = 1 - bv / rv
  const spread = Math.sqrt(
    (((Math.PI / 2) ** 2 + Math.PI - 5) / returns.length) * Math.max(1, finiteOr('overflow', tq / (bv * bv), 'TQ / BV^2')),
  )
  const z = finiteOr('overflow', relative / spread, 'z')
  return { z, pValue: normalTail(z), jumpShare: Math.max(0, relative) }
}
