/**
 * Performance statistics as the summary of a run shows them: `undefined` where `metrics`, which has the arithmetic, refuses.
 *
 * Conventions. Standard deviations divide by n - 1; the downside deviation divides by all n returns, not only by those
 * below the target. Ratios are annualised arithmetically, by the square root of the periods in a year (365 days for
 * daily returns of a market that never closes); only `cagr` compounds, over years of 365.25 days. A statistic that is
 * not defined (too few returns, nothing to divide by) is `undefined`, never 0, NaN or infinity.
 *
 * Pure: numbers in, numbers out. Every start of the program loads this, so nothing here loads the special functions.
 */
import { assert } from '../core/errors.ts'
import { definedOr } from './metrics/defined.ts'
import { type Fall, scanFalls } from './metrics/drawdown-scan.ts'
import { quotient } from './metrics/quotient.ts'
import * as ratios from './metrics/ratios.ts'
import { compoundGrowth, DAYS_PER_YEAR } from './metrics/returns.ts'
import * as spread from './metrics/spread.ts'
import * as wins from './metrics/wins.ts'

export { DAYS_PER_YEAR }
/** The Julian year, the one by which `cagr` compounds. */
export const YEAR_MS = 365.25 * 86_400_000

/**
 * Compound annual growth rate: (final / initial)^(1 / years) - 1 with years of 365.25 days.
 * `undefined` without capital, without time, with a negative final equity, and when it exceeds the range of a double.
 */
export function cagr(growth: {
  readonly initial: number
  readonly final: number
  readonly durationMs: number
}): number | undefined {
  const { initial, final, durationMs } = growth
  return definedOr(() => compoundGrowth({ initial, final, duration: durationMs, year: YEAR_MS }))
}

/** Sample standard deviation (n - 1), two passes; `undefined` below two values. */
export function sampleDeviation(values: ArrayLike<number>): number | undefined {
  return definedOr(() => spread.volatility(values))
}

/** sqrt(mean(min(r - target, 0)^2)) over all n returns; `undefined` below two. */
export function downsideDeviation(returns: ArrayLike<number>, target = 0): number | undefined {
  return definedOr(() => spread.downsideDeviation(returns, { target }))
}

/** Sample standard deviation times sqrt(periods per year). */
export function annualisedVolatility(returns: ArrayLike<number>, periodsPerYear = DAYS_PER_YEAR): number | undefined {
  return definedOr(() => spread.volatility(returns, { periodsPerYear }))
}

export interface RatioOptions {
  /** How many of these returns make a year: 365 for daily ones. 1 leaves the ratio per period. */
  readonly periodsPerYear?: number
}

/**
 * Mean excess return over the sample standard deviation of the returns, times sqrt(periods per year).
 * `riskFree` is per period (an annual rate over 365 for daily returns). `undefined` below two returns and when they
 * do not vary.
 */
export function sharpe(
  returns: ArrayLike<number>,
  { riskFree = 0, periodsPerYear = DAYS_PER_YEAR }: RatioOptions & { readonly riskFree?: number } = {},
): number | undefined {
  return definedOr(() => ratios.sharpe(returns, { riskFree, periodsPerYear, overNothing: 'refuse' }))
}

/**
 * Mean return above the target over the downside deviation against the same target (all n returns in its
 * denominator), times sqrt(periods per year). `target` is per period. `undefined` below two returns and when none of
 * them fell short of the target.
 */
export function sortino(
  returns: ArrayLike<number>,
  { target = 0, periodsPerYear = DAYS_PER_YEAR }: RatioOptions & { readonly target?: number } = {},
): number | undefined {
  return definedOr(() => ratios.sortino(returns, { target, periodsPerYear, overNothing: 'refuse' }))
}

/** Compound annual growth over the maximum drawdown (a positive fraction); `undefined` without either. */
export function calmar({
  cagr,
  maxDrawdown,
}: {
  readonly cagr: number | undefined
  readonly maxDrawdown: number
}): number | undefined {
  return cagr === undefined ? undefined : definedOr(() => quotient(cagr, maxDrawdown, 'the Calmar ratio', 0, 'refuse'))
}

/** The deepest fall of an equity curve below its highest value so far. */
export interface Drawdown {
  /** Positive share of the peak, 0 when the curve never fell; above 1 when equity went below zero. */
  readonly fraction: number
  /** Milliseconds from the peak to the first point at or above it again, or to the last point when there is none. */
  readonly durationMs: number
  /** The last moment at the peak, before the fall; in the unit of `times`. All three `undefined` without a fall. */
  readonly peakTime: number | undefined
  readonly troughTime: number | undefined
  /** `undefined` when the curve ended below its peak. */
  readonly recoveryTime: number | undefined
}

/**
 * The maximum drawdown; of several equally deep ones the first.
 *
 * @param times integer microseconds, ascending
 * @param equity one value a time
 * @param start the capital before the first point, so that a loss on the very first point counts
 * @throws ImpossibleError when a peak is not positive: the fraction of it would mean nothing
 */
export function maxDrawdown(
  times: Float64Array,
  equity: Float64Array,
  start?: { readonly time: number; readonly equity: number },
): Drawdown {
  assert(times.length === equity.length, `${times.length} times with ${equity.length} equities`)
  const peak = start?.equity ?? equity[0] ?? 1
  assert(peak > 0, `the first peak of an equity curve is ${peak}; it must be positive`)
  let worst: Fall | undefined
  scanFalls(equity, peak, (fall) => {
    if (worst === undefined || fall.depth > worst.depth) worst = fall
  })
  if (worst === undefined)
    return { fraction: 0, durationMs: 0, peakTime: undefined, troughTime: undefined, recoveryTime: undefined }
  const peakTime = worst.peak < 0 ? (start?.time ?? times[0]) : times[worst.peak]
  const { depth, trough, recovery } = worst
  const end = times[recovery ?? times.length - 1]
  return {
    fraction: depth,
    durationMs: (end - peakTime) / 1_000,
    peakTime,
    troughTime: times[trough],
    recoveryTime: recovery === undefined ? undefined : times[recovery],
  }
}

/** Trades that won over trades that won or lost: one that came out at exactly zero counts for neither. */
export function winRate(pnls: ArrayLike<number>): number | undefined {
  return definedOr(() => wins.winRate(pnls))
}

/** The sum of the gains over the sum of the losses; `undefined` when nothing was lost. */
export function profitFactor(pnls: ArrayLike<number>): number | undefined {
  return definedOr(() => wins.profitFactor(pnls, { overNothing: 'refuse' }))
}

/** Mean result of a trade, zeros included, in the unit of the results. */
export function expectancy(pnls: ArrayLike<number>): number | undefined {
  return definedOr(() => wins.expectancy(pnls, { zeros: 'counted' }))
}
