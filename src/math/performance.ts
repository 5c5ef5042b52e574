/**
 * Performance statistics of returns, equity curves and closed trades.
 *
 * Conventions. Standard deviations divide by n - 1; the downside deviation divides by all n returns, not only by those
 * below the target. Ratios are annualised arithmetically, by the square root of the periods in a year (365 days for
 * daily returns of a market that never closes); only `cagr` compounds, over years of 365.25 days. A statistic that is
 * not defined (too few returns, nothing to divide by) is `undefined`, never 0, NaN or infinity.
 *
 * Pure: numbers in, numbers out.
 */
import { assert } from '../core/errors.ts'
import { mean, sum } from './sum.ts'

export const DAYS_PER_YEAR = 365
/** The Julian year, the one by which `cagr` compounds. */
export const YEAR_MS = 365.25 * 86_400_000

/** A drawdown smaller than this is rounding noise; it would split one long episode into many. */
export const NO_DRAWDOWN = 1e-12
/** A deviation this small against the returns is rounding noise of returns that are all the same. */
const NO_DEVIATION = 1e-14

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined)

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
  if (!(initial > 0) || !(durationMs > 0) || final < 0) return undefined
  if (final === 0) return -1
  return finite(Math.expm1((Math.log(final / initial) * YEAR_MS) / durationMs))
}

/** Sample standard deviation (n - 1), two passes; `undefined` below two values. */
export function sampleDeviation(values: ArrayLike<number>): number | undefined {
  const centre = mean(values)
  if (centre === undefined || values.length < 2) return undefined
  const squares = Float64Array.from(values, (value) => (value - centre) ** 2)
  return Math.sqrt(sum(squares) / (values.length - 1))
}

/** sqrt(mean(min(r - target, 0)^2)) over all n returns; `undefined` for none. */
export function downsideDeviation(returns: ArrayLike<number>, target = 0): number | undefined {
  const variance = mean(Float64Array.from(returns, (r) => Math.min(r - target, 0) ** 2))
  return variance === undefined ? undefined : Math.sqrt(variance)
}

/** Sample standard deviation times sqrt(periods per year). */
export function annualisedVolatility(returns: ArrayLike<number>, periodsPerYear = DAYS_PER_YEAR): number | undefined {
  const deviation = sampleDeviation(returns)
  return deviation === undefined ? undefined : deviation * Math.sqrt(periodsPerYear)
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
  options: RatioOptions & { readonly riskFree?: number } = {},
): number | undefined {
  return ratio(returns, options.riskFree ?? 0, sampleDeviation(returns), options.periodsPerYear ?? DAYS_PER_YEAR)
}

/**
 * Mean return above the target over the downside deviation against the same target (all n returns in its
 * denominator), times sqrt(periods per year). `target` is per period. `undefined` below two returns and when none of
 * them fell short of the target.
 */
export function sortino(
  returns: ArrayLike<number>,
  options: RatioOptions & { readonly target?: number } = {},
): number | undefined {
  const target = options.target ?? 0
  if (returns.length < 2) return undefined
  return ratio(returns, target, downsideDeviation(returns, target), options.periodsPerYear ?? DAYS_PER_YEAR)
}

function ratio(
  returns: ArrayLike<number>,
  hurdle: number,
  deviation: number | undefined,
  periodsPerYear: number,
): number | undefined {
  const average = mean(returns)
  if (average === undefined || deviation === undefined) return undefined
  if (deviation <= NO_DEVIATION * Math.max(Math.abs(average), Math.abs(hurdle))) return undefined
  return finite(((average - hurdle) / deviation) * Math.sqrt(periodsPerYear))
}

/** Compound annual growth over the maximum drawdown (a positive fraction); `undefined` without either. */
export function calmar({
  cagr,
  maxDrawdown,
}: {
  readonly cagr: number | undefined
  readonly maxDrawdown: number
}): number | undefined {
  return cagr === undefined || !(maxDrawdown > 0) ? undefined : finite(cagr / maxDrawdown)
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
  let peak = start?.equity ?? equity[0] ?? 1
  let peakTime = start?.time ?? times[0]
  let worst: { fraction: number; peak: number; peakTime: number; trough: number } | undefined
  assert(peak > 0, `the first peak of an equity curve is ${peak}; it must be positive`)
  for (let i = 0; i < equity.length; i++) {
    const fraction = 1 - equity[i] / peak
    if (fraction < NO_DRAWDOWN) {
      peak = Math.max(peak, equity[i])
      peakTime = times[i]
    } else if (worst === undefined || fraction > worst.fraction) {
      worst = { fraction, peak, peakTime, trough: i }
    }
  }
  if (worst === undefined)
    return { fraction: 0, durationMs: 0, peakTime: undefined, troughTime: undefined, recoveryTime: undefined }
  const recovery = recoveryAfter(equity, worst)
  const end = times[recovery ?? times.length - 1]
  return {
    fraction: worst.fraction,
    durationMs: (end - worst.peakTime) / 1_000,
    peakTime: worst.peakTime,
    troughTime: times[worst.trough],
    recoveryTime: recovery === undefined ? undefined : times[recovery],
  }
}

function recoveryAfter(
  equity: Float64Array,
  { trough, peak }: { readonly trough: number; readonly peak: number },
): number | undefined {
  for (let i = trough + 1; i < equity.length; i++) if (1 - equity[i] / peak < NO_DRAWDOWN) return i
  return undefined
}

/** Trades that won over trades that won or lost: one that came out at exactly zero counts for neither. */
export function winRate(pnls: ArrayLike<number>): number | undefined {
  let wins = 0
  let losses = 0
  for (let i = 0; i < pnls.length; i++) {
    if (pnls[i] > 0) wins += 1
    else if (pnls[i] < 0) losses += 1
  }
  return wins + losses === 0 ? undefined : wins / (wins + losses)
}

/** The sum of the gains over the sum of the losses; `undefined` when nothing was lost. */
export function profitFactor(pnls: ArrayLike<number>): number | undefined {
  const losses = -sum(Float64Array.from(pnls, (pnl) => Math.min(pnl, 0)))
  return losses > 0 ? finite(sum(Float64Array.from(pnls, (pnl) => Math.max(pnl, 0))) / losses) : undefined
}

/** Mean result of a trade, zeros included, in the unit of the results. */
export function expectancy(pnls: ArrayLike<number>): number | undefined {
  return mean(pnls)
}
