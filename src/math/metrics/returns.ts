/**
 * From prices to returns, and from returns to growth.
 *
 * Pure: numbers in, numbers out. Source: C. R. Bacon, Practical Portfolio Performance Measurement and Attribution, 2nd ed. (2008),
 * chapters 2 and 3; log returns: J. Y. Campbell, A. W. Lo, A. C. MacKinlay, The Econometrics of Financial Markets (1997), 1.4.
 */
import { finiteOr, refuseUnless, requireNumber, requirePositive, requireVector, type Vector } from '../guard.ts'
import { sum } from '../sum.ts'
import { requireCompounding } from './quotient.ts'

/** Of a market that never closes. */
export const DAYS_PER_YEAR = 365

/**
 * Simple returns p_t / p_(t-1) - 1 of positive prices, one fewer than prices.
 * @throws MathError `empty`, `too-short` below two prices, `not-finite`, `out-of-domain` for a price that is not positive, `overflow`
 */
export function simpleReturns(prices: Vector): Float64Array {
  requirePrices(prices)
  return Float64Array.from({ length: prices.length - 1 }, (_, i) =>
    finiteOr('overflow', (prices[i + 1] - prices[i]) / prices[i], 'a return'),
  )
}

/**
 * Log returns ln(p_t / p_(t-1)) of positive prices, one fewer than prices.
 * @throws MathError `empty`, `too-short` below two prices, `not-finite`, `out-of-domain` for a price that is not positive
 */
export function logReturns(prices: Vector): Float64Array {
  requirePrices(prices)
  return Float64Array.from({ length: prices.length - 1 }, (_, i) => {
    const change = (prices[i + 1] - prices[i]) / prices[i]
    // A step too large for a quotient is far from one where log1p has something to gain.
    return change < 1 ? Math.log1p(change) : Math.log(prices[i + 1]) - Math.log(prices[i])
  })
}

function requirePrices(prices: Vector): void {
  requireVector('prices', prices, 2)
  for (let i = 0; i < prices.length; i++) requirePositive(`prices[${i}]`, prices[i])
}

/**
 * Simple returns as log returns: ln(1 + r).
 * @throws MathError `empty`, `not-finite`, `out-of-domain` for a return of -1 or less
 */
export function toLogReturns(returns: Vector): Float64Array {
  requireCompounding('returns', returns, 1)
  return Float64Array.from(returns, Math.log1p)
}

/**
 * Log returns as simple returns: e^l - 1.
 * @throws MathError `empty`, `not-finite`, `overflow`
 */
export function toSimpleReturns(logs: Vector): Float64Array {
  requireVector('logs', logs)
  return Float64Array.from(logs, (each) => finiteOr('overflow', Math.expm1(each), 'a return'))
}

/**
 * Wealth W_t = prod(1 + r) after each return, from 1 before the first.
 * @throws MathError `empty`, `not-finite`, `out-of-domain` for a return of -1 or less, `overflow`
 */
export function wealthPath(returns: Vector): Float64Array {
  requireCompounding('returns', returns, 1)
  let wealth = 1
  return Float64Array.from(returns, (r) => (wealth = finiteOr('overflow', wealth * (1 + r), 'the wealth')))
}

/** Sum of ln(1 + r): what all growth is made of. */
export const logGrowth = (returns: Vector): number => sum(Float64Array.from(returns, Math.log1p))

/**
 * Cumulative return prod(1 + r) - 1.
 * @throws MathError `empty`, `not-finite`, `out-of-domain` for a return of -1 or less, `overflow`
 */
export function cumulativeReturn(returns: Vector): number {
  requireCompounding('returns', returns, 1)
  return finiteOr('overflow', Math.expm1(logGrowth(returns)), 'the cumulative return')
}

/**
 * Geometric mean return prod(1 + r)^(1/n) - 1, per period.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain` for a return of -1 or less
 */
export function geometricMean(returns: Vector): number {
  requireCompounding('returns', returns)
  return finiteOr('overflow', Math.expm1(logGrowth(returns) / returns.length), 'the geometric mean')
}

export interface AnnualisedReturnOptions {
  /** How many of these returns make a year. */
  readonly periodsPerYear: number
  /** `geometric` compounds, `arithmetic` is the mean times the periods. Default: `geometric`. */
  readonly linking?: 'geometric' | 'arithmetic'
}

/**
 * Annualised return: prod(1 + r)^(q/n) - 1 for q periods a year; with `linking: 'arithmetic'` q * mean(r).
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain` for a return of -1 or less where it compounds, `overflow`
 */
export function annualisedReturn(returns: Vector, { periodsPerYear, linking = 'geometric' }: AnnualisedReturnOptions): number {
  requirePositive('periodsPerYear', periodsPerYear)
  if (linking === 'geometric') requireCompounding('returns', returns)
  else requireVector('returns', returns, 2)
  const value =
    linking === 'geometric'
      ? growthOf(logGrowth(returns), returns.length, periodsPerYear)
      : (sum(returns) / returns.length) * periodsPerYear
  return finiteOr('overflow', value, 'the annual return')
}

/** e^(growth * q / n) - 1. */
export const growthOf = (growth: number, count: number, periodsPerYear: number): number =>
  Math.expm1((growth * periodsPerYear) / count)

export interface Growth {
  readonly initial: number
  readonly final: number
  /** The time between the two, in any unit. */
  readonly duration: number
  /** A year in the same unit. */
  readonly year: number
}

/**
 * Compound annual growth rate between two values: (final / initial)^(year / duration) - 1; -1 when nothing is left.
 * @throws MathError `not-finite`, `out-of-domain` for a negative end, and a start, time or year that is not positive, `overflow`
 */
export function compoundGrowth({ initial, final, duration, year }: Growth): number {
  requirePositive('initial', initial)
  requireNumber('final', final, 0)
  requirePositive('duration', duration)
  requirePositive('year', year)
  if (final === 0) return -1
  return finiteOr('overflow', Math.expm1((Math.log(final / initial) * year) / duration), 'the growth')
}

/**
 * Compound returns over each window of `periods` returns in a row, overlapping: prod(1 + r) - 1, n - periods + 1 of them.
 * Neighbours share returns, so they are not independent: fit for quantiles over a horizon, not for standard errors.
 * @throws MathError `empty`, `too-short` below one window, `not-finite`, `out-of-domain`, `overflow`
 */
export function overlappingReturns(returns: Vector, periods: number): Float64Array {
  refuseUnless(
    Number.isInteger(periods) && periods >= 1,
    'out-of-domain',
    () => `periods is ${periods}; it is a whole number above 0`,
  )
  requireCompounding('returns', returns, periods)
  const logs = Float64Array.from(returns, Math.log1p)
  return Float64Array.from({ length: returns.length - periods + 1 }, (_, i) =>
    finiteOr('overflow', Math.expm1(sum(logs.subarray(i, i + periods))), 'a return'),
  )
}
