/**
 * Volatility from the range of bars: more exact than from closes alone, because the whole path of a bar speaks in its extremes.
 *
 * Each answers the standard deviation of the log return of one period, times sqrt(periods per year); 0 for bars that never moved.
 * Pure: numbers in, numbers out. Indicators that follow a stream are in `src/market/indicators`.
 */
import { finiteOr, refuseUnless, requirePositive, requireSameLength, requireVector, type Vector } from '../guard.ts'
import { variance } from '../numerics/statistics.ts'
import { sum } from '../sum.ts'
import type { YearOptions } from './spread.ts'

export interface HighLow {
  readonly high: Vector
  readonly low: Vector
}

export interface OpenHighLowClose extends HighLow {
  readonly open: Vector
  readonly close: Vector
}

function requireBars(bars: HighLow & Partial<OpenHighLowClose>, atLeast: number): void {
  const { high, low } = bars
  for (const [name, values] of Object.entries(bars) as [string, Vector][]) {
    requireVector(name, values, atLeast)
    requireSameLength('high', high, name, values)
    for (let i = 0; i < values.length; i++) {
      requirePositive(`${name}[${i}]`, values[i])
      refuseUnless(
        low[i] <= values[i] && values[i] <= high[i],
        'out-of-domain',
        () => `${name}[${i}] is ${values[i]}, outside of ${low[i]} to ${high[i]}`,
      )
    }
  }
}

/** ln(a / b) of positive prices, without a quotient that could leave the range. */
const logRatio = (a: number, b: number): number => (a === b ? 0 : Math.log(a) - Math.log(b))

/** The root of a mean per bar, which is not below 0 but for rounding, over a year. */
function annualRoot(meanVariance: number, { periodsPerYear = 1 }: YearOptions): number {
  requirePositive('periodsPerYear', periodsPerYear)
  return finiteOr('overflow', Math.sqrt(Math.max(0, meanVariance) * periodsPerYear), 'the volatility')
}

const meanOver = (count: number, of: (i: number) => number): number =>
  sum(Float64Array.from({ length: count }, (_, i) => of(i))) / count

/**
 * Parkinson volatility: sqrt(mean(ln(H/L)^2) / (4 ln 2)); assumes no drift and no gaps.
 * Source: M. Parkinson, Journal of Business 53 (1980).
 * @throws MathError `empty`, `shape`, `not-finite`, `out-of-domain` for prices that are not positive or not in order
 */
export function parkinsonVolatility({ high, low }: HighLow, options: YearOptions = {}): number {
  requireBars({ high, low }, 1)
  return annualRoot(meanOver(high.length, (i) => logRatio(high[i], low[i]) ** 2) / (4 * Math.LN2), options)
}

/**
 * Garman-Klass volatility: sqrt(mean(ln(H/L)^2 / 2 - (2 ln 2 - 1) ln(C/O)^2)); assumes no drift and no gaps.
 * Source: M. B. Garman, M. J. Klass, Journal of Business 53 (1980).
 * @throws MathError `empty`, `shape`, `not-finite`, `out-of-domain` for prices that are not positive or not in order
 */
export function garmanKlassVolatility({ open, high, low, close }: OpenHighLowClose, options: YearOptions = {}): number {
  requireBars({ open, high, low, close }, 1)
  const mean = meanOver(
    open.length,
    (i) => 0.5 * logRatio(high[i], low[i]) ** 2 - (2 * Math.LN2 - 1) * logRatio(close[i], open[i]) ** 2,
  )
  return annualRoot(mean, options)
}

/**
 * Rogers-Satchell volatility: sqrt(mean(ln(H/C) ln(H/O) + ln(L/C) ln(L/O))); holds with a drift, assumes no gaps.
 * Source: L. C. G. Rogers, S. E. Satchell, Annals of Applied Probability 1 (1991).
 * @throws MathError `empty`, `shape`, `not-finite`, `out-of-domain` for prices that are not positive or not in order
 */
export function rogersSatchellVolatility(bars: OpenHighLowClose, options: YearOptions = {}): number {
  const { open, high, low, close } = bars
  requireBars({ open, high, low, close }, 1)
  return annualRoot(rogersSatchellMean(bars, 0), options)
}

function rogersSatchellMean({ open, high, low, close }: OpenHighLowClose, from: number): number {
  return meanOver(open.length - from, (k) => {
    const i = k + from
    return logRatio(high[i], close[i]) * logRatio(high[i], open[i]) + logRatio(low[i], close[i]) * logRatio(low[i], open[i])
  })
}

/**
 * Yang-Zhang volatility: sqrt(V_o + k V_c + (1 - k) V_rs), V_o and V_c the sample variances of ln(O_t/C_(t-1)) and ln(C_t/O_t), V_rs
 * the Rogers-Satchell mean, k = 0.34 / (1.34 + (n + 1)/(n - 1)); all over the n bars after the first. Holds with drift and gaps.
 * Source: D. Yang, Q. Zhang, Journal of Business 73 (2000).
 * @throws MathError `empty`, `too-short` below three bars, `shape`, `not-finite`, `out-of-domain`
 */
export function yangZhangVolatility(bars: OpenHighLowClose, options: YearOptions = {}): number {
  const { open, high, low, close } = bars
  requireBars({ open, high, low, close }, 3)
  const n = open.length - 1
  const gaps = Float64Array.from({ length: n }, (_, i) => logRatio(open[i + 1], close[i]))
  const moves = Float64Array.from({ length: n }, (_, i) => logRatio(close[i + 1], open[i + 1]))
  const k = 0.34 / (1.34 + (n + 1) / (n - 1))
  return annualRoot(variance(gaps) + k * variance(moves) + (1 - k) * rogersSatchellMean(bars, 1), options)
}
