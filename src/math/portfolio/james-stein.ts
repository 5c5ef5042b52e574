/**
 * Means of several assets pulled towards one another: each alone is too uncertain to bet on.
 *
 * Pure. Sources: W. James, C. Stein, Proceedings of the Fourth Berkeley Symposium 1 (1961); B. Efron, C. Morris, JASA 70
 * (1975); P. Jorion, Bayes-Stein Estimation for Portfolio Analysis, J. Financial and Quantitative Analysis 21 (1986).
 */
import { type Matrix, refuseUnless, requireInteger, requireNumber, requireVector, type Vector } from '../guard.ts'
import { cholesky, dot, solveCholesky } from '../numerics/linear-algebra.ts'
import { sum } from '../sum.ts'
import { finiteVector, requireCovariance, requireOneEach } from './requirements.ts'

export interface MeanShrinkageOptions {
  /**
   * Where the means are pulled to: their average (default), the mean return of the minimum-variance portfolio (Jorion), or
   * a number.
   */
  readonly target?: 'grand-mean' | 'minimum-variance' | number
}

export interface ShrunkMeans {
  readonly means: Float64Array
  /** Share of the target, between 0 and 1. */
  readonly shrinkage: number
  readonly target: number
}

/**
 * Means (1 - k) m + k m0: with D = n (m - m0)'S^-1(m - m0), James and Stein's k = min(1, (p - 2)/D), p - 3 where the target
 * is the average of the means, or Jorion's k = (p + 2)/(p + 2 + D) towards the minimum-variance portfolio's mean. S is the
 * covariance of returns, n the number of observations.
 * @throws MathError `empty`, `too-short` (too few assets: 3, 4 for the average, 2 for Jorion), `not-finite`, `shape`,
 * `no-variance`, `not-positive-definite`, `out-of-domain`, `overflow`
 */
export function jamesSteinMeans(
  means: Vector,
  covariance: Matrix,
  observations: number,
  { target: wanted = 'grand-mean' }: MeanShrinkageOptions = {},
): ShrunkMeans {
  requireVector('means', means)
  requireCovariance('covariance', covariance)
  const p = covariance.length
  requireOneEach('means', means, p)
  requireInteger('observations', observations, 1)
  const least = wanted === 'grand-mean' ? 4 : wanted === 'minimum-variance' ? 2 : 3
  refuseUnless(p >= least, 'too-short', () => `${p} assets; ${least} are needed`)
  const factor = cholesky(covariance)
  const target = targetOf(means, factor, wanted)
  const gaps = finiteVector(
    Float64Array.from(means, (each) => each - target),
    'the distance from the target',
  )
  const distance = observations * dot(gaps, solveCholesky(factor, gaps))
  refuseUnless(!Number.isNaN(distance), 'overflow', 'the distance from the target leaves the range of a double')
  const freedom = wanted === 'grand-mean' ? p - 3 : p - 2
  const shrinkage = wanted === 'minimum-variance' ? (p + 2) / (p + 2 + distance) : distance > freedom ? freedom / distance : 1
  return { means: gaps.map((gap) => target + (1 - shrinkage) * gap), shrinkage, target }
}

function targetOf(means: Vector, factor: Matrix, wanted: 'grand-mean' | 'minimum-variance' | number): number {
  if (typeof wanted === 'number') {
    requireNumber('target', wanted)
    return wanted
  }
  if (wanted === 'grand-mean') return finiteVector([sum(means) / means.length], 'the target')[0]
  const inverse = solveCholesky(factor, new Float64Array(means.length).fill(1))
  return finiteVector([dot(inverse, means) / sum(inverse)], 'the target')[0]
}
