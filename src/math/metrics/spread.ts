/**
 * How far returns spread: volatility, and the two sides of a minimum acceptable return (MAR).
 *
 * Pure: numbers in, numbers out. Source: F. A. Sortino, R. van der Meer, Journal of Portfolio Management 17 (1991); C. R. Bacon,
 * Practical Portfolio Performance Measurement and Attribution, 2nd ed. (2008), chapter 4; R package PerformanceAnalytics 2.1.0.
 */
import { finiteOr, refuseUnless, requireNumber, requirePositive, requireVector, type Vector } from '../guard.ts'
import { deviation } from '../numerics/statistics.ts'
import { sum } from '../sum.ts'
import { NOISE } from './quotient.ts'

/** Mean, sample standard deviation, and what of it would be rounding noise against `hurdle`. */
export interface Location {
  readonly mean: number
  readonly deviation: number
  readonly noise: number
}

export function locationOf(returns: Vector, hurdle = 0): Location {
  requireNumber('riskFree', hurdle)
  requireVector('returns', returns, 2)
  const mean = sum(returns) / returns.length
  const spread = finiteOr('overflow', deviation(returns), 'the standard deviation')
  const noise = NOISE * Math.max(Math.abs(mean), Math.abs(hurdle))
  refuseUnless(spread > noise || isConstant(returns, noise), 'overflow', 'the returns are so small that their squares vanish')
  return { mean, deviation: spread, noise }
}

function isConstant(values: Vector, noise: number): boolean {
  let [low, high] = [Infinity, -Infinity]
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i])
    high = Math.max(high, values[i])
  }
  return high - low <= 10 * noise
}

export interface YearOptions {
  /** How many of these returns make a year. 1 leaves the figure per period. Default: 1. */
  readonly periodsPerYear?: number
}

/**
 * Volatility: the sample standard deviation (n - 1) times sqrt(periods per year).
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function volatility(returns: Vector, { periodsPerYear = 1 }: YearOptions = {}): number {
  requirePositive('periodsPerYear', periodsPerYear)
  requireVector('returns', returns, 2)
  return finiteOr('overflow', deviation(returns) * Math.sqrt(periodsPerYear), 'the volatility')
}

/**
 * Mean absolute deviation from the mean: mean|r - mean(r)|, per period.
 * @throws MathError `empty`, `too-short`, `not-finite`, `overflow`
 */
export function meanAbsoluteDeviation(returns: Vector): number {
  requireVector('returns', returns, 2)
  const mean = finiteOr('overflow', sum(returns) / returns.length, 'the mean')
  return finiteOr(
    'overflow',
    sum(Float64Array.from(returns, (r) => Math.abs(r - mean))) / returns.length,
    'the mean absolute deviation',
  )
}

/** Which returns a one-sided figure divides by: all, or those on its side of the target. */
export type PartialDenominator = 'full' | 'subset'

export interface PartialOptions extends YearOptions {
  /** Minimum acceptable return per period. Default: 0. */
  readonly target?: number
  /** Default: `full`. */
  readonly denominator?: PartialDenominator
}

/** Sums over one side of a target. */
export interface Side {
  readonly count: number
  readonly sum: number
  readonly squares: number
}

/** What lies beyond the target: `below` max(m - r, 0), `above` max(r - m, 0). */
export function sideOf(returns: Vector, target: number, which: 'below' | 'above'): Side {
  requireNumber('target', target)
  requireVector('returns', returns, 2)
  const beyond = Float64Array.from(returns, (r) => Math.max(which === 'below' ? target - r : r - target, 0))
  let count = 0
  for (const each of beyond) if (each > 0) count += 1
  const squares = finiteOr('overflow', sum(beyond.map((each) => each * each)), 'a sum of squares')
  const total = finiteOr('overflow', sum(beyond), 'a sum')
  refuseUnless(squares > 0 || total === 0, 'overflow', 'the returns are so close to the target that their squares vanish')
  return { count, sum: total, squares }
}

/** sqrt(sum of squares / n), n all returns or those of the side; 0 when the side is empty. */
function rootMeanSquare({ count, squares }: Side, all: number, denominator: PartialDenominator): number {
  return count === 0 ? 0 : Math.sqrt(squares / (denominator === 'full' ? all : count))
}

/**
 * Downside deviation against a minimum acceptable return m: sqrt(mean(min(r - m, 0)^2)) over all n returns (`full`), or over those
 * below m alone (`subset`), times sqrt(periods per year). 0 when nothing fell short.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function downsideDeviation(
  returns: Vector,
  { target = 0, denominator = 'full', periodsPerYear = 1 }: PartialOptions = {},
): number {
  requirePositive('periodsPerYear', periodsPerYear)
  const value = rootMeanSquare(sideOf(returns, target, 'below'), returns.length, denominator) * Math.sqrt(periodsPerYear)
  return finiteOr('overflow', value, 'the downside deviation')
}

/**
 * Upside risk above a minimum acceptable return m: sqrt(mean(max(r - m, 0)^2)), the mirror of the downside deviation.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function upsideRisk(
  returns: Vector,
  { target = 0, denominator = 'full', periodsPerYear = 1 }: PartialOptions = {},
): number {
  requirePositive('periodsPerYear', periodsPerYear)
  const value = rootMeanSquare(sideOf(returns, target, 'above'), returns.length, denominator) * Math.sqrt(periodsPerYear)
  return finiteOr('overflow', value, 'the upside risk')
}

/**
 * Semi-deviation: the downside deviation against the mean of the returns themselves.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function semiDeviation(returns: Vector, options: Omit<PartialOptions, 'target'> = {}): number {
  requireVector('returns', returns, 2)
  const target = finiteOr('overflow', sum(returns) / returns.length, 'the mean')
  return downsideDeviation(returns, { ...options, target })
}

export interface TargetOptions {
  /** Minimum acceptable return per period. Default: 0. */
  readonly target?: number
}

/**
 * Downside potential: mean(max(m - r, 0)) over all n returns.
 * @throws MathError `empty`, `too-short`, `not-finite`, `overflow`
 */
export function downsidePotential(returns: Vector, { target = 0 }: TargetOptions = {}): number {
  return sideOf(returns, target, 'below').sum / returns.length
}

/**
 * Upside potential: mean(max(r - m, 0)) over all n returns.
 * @throws MathError `empty`, `too-short`, `not-finite`, `overflow`
 */
export function upsidePotential(returns: Vector, { target = 0 }: TargetOptions = {}): number {
  return sideOf(returns, target, 'above').sum / returns.length
}

/**
 * Downside frequency: the share of returns below the target.
 * @throws MathError `empty`, `too-short`, `not-finite`, `overflow`
 */
export function downsideFrequency(returns: Vector, { target = 0 }: TargetOptions = {}): number {
  return sideOf(returns, target, 'below').count / returns.length
}

/**
 * Upside frequency: the share of returns above the target.
 * @throws MathError `empty`, `too-short`, `not-finite`, `overflow`
 */
export function upsideFrequency(returns: Vector, { target = 0 }: TargetOptions = {}): number {
  return sideOf(returns, target, 'above').count / returns.length
}

/**
 * Lower partial moment of order l: mean(max(m - r, 0)^l) over all n returns.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain` for an order below 0, `overflow`
 */
export function lowerPartialMoment(returns: Vector, { target = 0, order }: TargetOptions & { readonly order: number }): number {
  requireNumber('order', order, 0)
  requireNumber('target', target)
  requireVector('returns', returns, 2)
  const powers = Float64Array.from(returns, (r) => (r < target ? (target - r) ** order : 0))
  return finiteOr('overflow', sum(powers) / returns.length, 'the partial moment')
}

/**
 * Volatility skewness: mean(max(r - m, 0)^2) / mean(max(m - r, 0)^2); +Infinity when only the upside varies.
 * @throws MathError `empty`, `too-short`, `not-finite`, `overflow`
 */
export function volatilitySkewness(returns: Vector, { target = 0 }: TargetOptions = {}): number {
  const [up, down] = [sideOf(returns, target, 'above'), sideOf(returns, target, 'below')]
  if (down.squares === 0) return up.squares > 0 ? Infinity : 0
  return finiteOr('overflow', up.squares / down.squares, 'the volatility skewness')
}
