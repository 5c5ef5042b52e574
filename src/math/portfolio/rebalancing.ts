/**
 * From what is held to what shall be held: turnover, what weights become when prices move, trades too small to be worth it,
 * and the size that has a wanted volatility. Weights are signed shares of equity.
 *
 * Pure. Sources: R. C. Grinold, R. N. Kahn, Active Portfolio Management, 2nd ed. (2000), chapter 16; G. M. Constantinides,
 * Capital Market Equilibrium with Transaction Costs, J. Political Economy 94 (1986), for the band in which nothing is
 * traded.
 */
import {
  type Matrix,
  refuseUnless,
  requireNumber,
  requirePositive,
  requireSameLength,
  requireVector,
  type Vector,
} from '../guard.ts'
import { sum } from '../sum.ts'
import { finiteVector, requireOneEach } from './requirements.ts'
import { volatilityDecomposition } from './risk-decomposition.ts'

/**
 * Two-way turnover sum |w_i - w0_i|: what is bought and what is sold, in units of equity. One-way turnover is half of it.
 * @throws MathError `empty`, `not-finite`, `shape`, `overflow`
 */
export function turnover(current: Vector, target: Vector): number {
  requireVector('current', current)
  requireVector('target', target)
  requireSameLength('current', current, 'target', target)
  return finiteVector([sum(Float64Array.from(current, (each, i) => Math.abs(target[i] - each)))], 'the turnover')[0]
}

/**
 * What weights have become after a period with returns R when nothing was traded, w_i (1 + R_i) / (1 + sum w_j R_j); what
 * is not invested keeps its value.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain` when the equity is lost, `overflow`
 */
export function driftedWeights(weights: Vector, returns: Vector): Float64Array {
  requireVector('weights', weights)
  requireOneEach('returns', returns, weights.length)
  const equity = 1 + sum(Float64Array.from(weights, (each, i) => each * returns[i]))
  finiteVector([equity], 'the equity')
  refuseUnless(equity > 0, 'out-of-domain', () => `the equity is ${equity} of what it was`)
  return finiteVector(
    Float64Array.from(weights, (each, i) => (each * (1 + returns[i])) / equity),
    'the weight',
  )
}

/**
 * The weights to trade to when only what is outside of a band around the target is traded, and only to its edge: min(target
 * + band, max(target - band, current)).
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain` (a band below zero), `overflow`
 */
export function bandedWeights(current: Vector, target: Vector, band: number): Float64Array {
  requireVector('current', current)
  requireOneEach('target', target, current.length)
  requireNumber('band', band, 0)
  return finiteVector(
    Float64Array.from(current, (each, i) => Math.min(target[i] + band, Math.max(target[i] - band, each))),
    'the weight',
  )
}

export interface VolatilityTargetOptions {
  /** Most that sum |w| may become; default none. */
  readonly gross?: number
}

/**
 * Weights scaled so that sqrt(w'S w) is a wanted volatility of the same period, w * target / sigma, or as far as the gross
 * limit allows.
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `out-of-domain`, `overflow`
 */
export function scaleToVolatility(
  weights: Vector,
  covariance: Matrix,
  target: number,
  { gross }: VolatilityTargetOptions = {},
): Float64Array {
  requirePositive('target', target)
  const { total } = volatilityDecomposition(weights, covariance)
  let factor = target / total
  if (gross !== undefined) {
    requireNumber('gross', gross, 0)
    factor = Math.min(factor, gross / sum(Float64Array.from(weights, Math.abs)))
  }
  return finiteVector(
    Float64Array.from(weights, (each) => each * factor),
    'the weight',
  )
}
