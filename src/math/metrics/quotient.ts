/**
 * One number over another, with the rule of all ratios here for nothing to divide by; and the questions asked of returns.
 *
 * Pure.
 */
import { finiteOr, refuseUnless, requireSameLength, requireVector, type Vector } from '../guard.ts'

/** A spread this small against the numbers it comes from is the rounding noise of numbers that are all the same. */
export const NOISE = 1e-14

/** What a ratio over 0 is: its `limit` (infinite, or 0 for 0), or nothing at all (`refuse`: `no-denominator`). */
export type OverNothing = 'limit' | 'refuse'

/**
 * numerator / denominator; a denominator of 0 (or within `noise` of it) gives +Infinity for a positive numerator and 0 for 0.
 * @throws MathError `no-denominator` for a negative numerator over 0, `overflow`
 */
export function quotient(
  numerator: number,
  denominator: number,
  what: string,
  noise = 0,
  overNothing: OverNothing = 'limit',
): number {
  finiteOr('overflow', numerator, `what stands above the line of ${what}`)
  finiteOr('overflow', denominator, `what stands below the line of ${what}`)
  if (Math.abs(denominator) > noise) return finiteOr('overflow', numerator / denominator, what)
  const limited = overNothing === 'limit'
  if (limited && Math.abs(numerator) <= noise) return 0
  refuseUnless(limited && numerator > 0, 'no-denominator', () => `${what} has nothing to divide by`)
  return Infinity
}

/** Finite returns, each above -1: after a loss of everything nothing compounds. */
export function requireCompounding(name: string, returns: Vector, atLeast = 2): void {
  requireVector(name, returns, atLeast)
  for (let i = 0; i < returns.length; i++)
    refuseUnless(returns[i] > -1, 'out-of-domain', () => `${name}[${i}] is ${returns[i]}; a return that compounds is above -1`)
}

/** Two series of finite returns of the same periods. */
export function requirePairs(returns: Vector, benchmark: Vector, atLeast = 2): void {
  requireVector('returns', returns, atLeast)
  requireVector('benchmark', benchmark, atLeast)
  requireSameLength('returns', returns, 'benchmark', benchmark)
}
