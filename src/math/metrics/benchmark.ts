/**
 * Returns against those of a benchmark: the line of the market model, active return, and what was caught of its rises and falls.
 *
 * Pure: numbers in, numbers out. Source: W. F. Sharpe, Journal of Finance 19 (1964); J. L. Treynor, Harvard Business Review 43 (1965);
 * M. C. Jensen, Journal of Finance 23 (1968); T. H. Goodwin, Financial Analysts Journal 54 (1998), for the information ratio;
 * C. R. Bacon, Practical Portfolio Performance Measurement and Attribution, 2nd ed. (2008).
 */
import { finiteOr, refuseUnless, requireNumber, requirePositive, type Vector } from '../guard.ts'
import { sum } from '../sum.ts'
import { NOISE, quotient, requireCompounding, requirePairs } from './quotient.ts'
import { annualisedReturn, growthOf, logGrowth } from './returns.ts'
import { type Location, locationOf, type YearOptions } from './spread.ts'

/** Sums of squares and products around the means. */
export interface CoMoments {
  readonly count: number
  readonly meanX: number
  readonly meanY: number
  readonly xx: number
  readonly yy: number
  readonly xy: number
}

export function coMomentsOf(x: Vector, y: Vector): CoMoments {
  requirePairs(x, y)
  const n = x.length
  const [meanX, meanY] = [sum(x) / n, sum(y) / n]
  const about = (of: (a: number, b: number) => number): number =>
    finiteOr('overflow', sum(Float64Array.from(x, (value, i) => of(value - meanX, y[i] - meanY))), 'a sum of products')
  return { count: n, meanX, meanY, xx: about((a) => a * a), yy: about((_, b) => b * b), xy: about((a, b) => a * b) }
}

/** Whether what is left of a sum of squares is more than rounding noise of values that are all the same. */
const varies = (squares: number, count: number, mean: number): boolean =>
  Math.sqrt(squares / count) > NOISE * Math.abs(mean) && squares > 0

/** The sum of products; 0 where it is the rounding noise of series that have nothing in common. */
const common = ({ xx, yy, xy }: CoMoments): number => (Math.abs(xy) <= 1e-13 * Math.sqrt(xx) * Math.sqrt(yy) ? 0 : xy)

export function slopeOf(moments: CoMoments): number {
  const { count, meanY, yy } = moments
  refuseUnless(varies(yy, count, meanY), 'no-variance', 'the benchmark does not vary')
  return finiteOr('overflow', common(moments) / yy, 'beta')
}

export interface BetaOptions {
  /** Risk-free return per period; it matters only for which periods are bull or bear. Default: 0. */
  readonly riskFree?: number
  /** `bull`: only periods with benchmark > risk-free; `bear`: only those below it. Default: `all`. */
  readonly market?: 'all' | 'bull' | 'bear'
}

/**
 * Beta: cov(r, b) / var(b), the slope of returns on those of the benchmark; of all periods, or of the `bull` (b > f) or `bear`
 * (b < f) ones alone.
 * @throws MathError `empty`, `too-short` below two periods, `shape`, `not-finite`, `no-variance`, `overflow`
 */
export function beta(returns: Vector, benchmark: Vector, { riskFree = 0, market = 'all' }: BetaOptions = {}): number {
  requireNumber('riskFree', riskFree)
  requirePairs(returns, benchmark)
  if (market === 'all') return slopeOf(coMomentsOf(returns, benchmark))
  const [x, y] = where(returns, benchmark, (b) => (market === 'bull' ? b > riskFree : b < riskFree))
  refuseUnless(x.length >= 2, 'too-short', () => `${x.length} periods of a ${market} market; 2 are needed`)
  return slopeOf(coMomentsOf(x, y))
}

function where(returns: Vector, benchmark: Vector, belongs: (b: number) => boolean): readonly [Float64Array, Float64Array] {
  const rows = Array.from(returns, (_, i) => i).filter((i) => belongs(benchmark[i]))
  return [Float64Array.from(rows, (i) => returns[i]), Float64Array.from(rows, (i) => benchmark[i])]
}

export interface AlphaOptions extends YearOptions {
  /** Risk-free return per period. Default: 0. */
  readonly riskFree?: number
}

/**
 * Jensen's alpha: mean(r - f) - beta * mean(b - f) per period; with periods per year q other than 1, (1 + alpha)^q - 1.
 * @throws MathError `empty`, `too-short`, `shape`, `not-finite`, `out-of-domain`, `no-variance`, `overflow`
 */
export function alpha(returns: Vector, benchmark: Vector, options: AlphaOptions = {}): number {
  return interceptOf(coMomentsOf(returns, benchmark), options)
}

export function interceptOf(moments: CoMoments, { riskFree = 0, periodsPerYear = 1 }: AlphaOptions): number {
  requireNumber('riskFree', riskFree)
  requirePositive('periodsPerYear', periodsPerYear)
  const each = moments.meanX - riskFree - slopeOf(moments) * (moments.meanY - riskFree)
  if (periodsPerYear === 1) return finiteOr('overflow', each, 'alpha')
  refuseUnless(each > -1, 'out-of-domain', () => `an alpha of ${each} does not compound`)
  return finiteOr('overflow', Math.expm1(Math.log1p(each) * periodsPerYear), 'alpha')
}

/**
 * Correlation with the benchmark: cov(r, b) / (s(r) s(b)), Pearson's.
 * @throws MathError `empty`, `too-short`, `shape`, `not-finite`, `no-variance`, `overflow`
 */
export function benchmarkCorrelation(returns: Vector, benchmark: Vector): number {
  return correlationOf(coMomentsOf(returns, benchmark))
}

export function correlationOf(moments: CoMoments): number {
  const { count, meanX, meanY, xx, yy } = moments
  refuseUnless(varies(xx, count, meanX), 'no-variance', 'the returns do not vary')
  refuseUnless(varies(yy, count, meanY), 'no-variance', 'the benchmark does not vary')
  return Math.max(-1, Math.min(1, finiteOr('overflow', common(moments) / Math.sqrt(xx) / Math.sqrt(yy), 'the correlation')))
}

/**
 * R squared: the share of the variance of returns that the benchmark explains, the squared correlation.
 * @throws MathError `empty`, `too-short`, `shape`, `not-finite`, `no-variance`, `overflow`
 */
export function rSquared(returns: Vector, benchmark: Vector): number {
  return benchmarkCorrelation(returns, benchmark) ** 2
}

/**
 * Treynor ratio: (prod(1 + r - f)^(q/n) - 1) / beta, the annualised excess return per unit of market risk.
 * @throws MathError `empty`, `too-short`, `shape`, `not-finite`, `out-of-domain`, `no-variance`, `no-denominator`, `overflow`
 */
export function treynor(returns: Vector, benchmark: Vector, { riskFree = 0, periodsPerYear = 1 }: AlphaOptions = {}): number {
  requireNumber('riskFree', riskFree)
  requirePairs(returns, benchmark)
  const growth = annualisedReturn(
    Float64Array.from(returns, (r) => r - riskFree),
    { periodsPerYear },
  )
  return quotient(growth, beta(returns, benchmark), 'the Treynor ratio')
}

/**
 * Active premium: annualised return minus that of the benchmark, both compounded.
 * @throws MathError `empty`, `too-short`, `shape`, `not-finite`, `out-of-domain`, `overflow`
 */
export function activePremium(returns: Vector, benchmark: Vector, options: Required<YearOptions>): number {
  requirePairs(returns, benchmark)
  return annualisedReturn(returns, options) - annualisedReturn(benchmark, options)
}

/**
 * Tracking error: the sample standard deviation of r - b times sqrt(periods per year).
 * @throws MathError `empty`, `too-short`, `shape`, `not-finite`, `out-of-domain`, `overflow`
 */
export function trackingError(returns: Vector, benchmark: Vector, { periodsPerYear = 1 }: YearOptions = {}): number {
  requirePositive('periodsPerYear', periodsPerYear)
  return finiteOr('overflow', locationOf(active(returns, benchmark)).deviation * Math.sqrt(periodsPerYear), 'the tracking error')
}

function active(returns: Vector, benchmark: Vector): Float64Array {
  requirePairs(returns, benchmark)
  return Float64Array.from(returns, (r, i) => finiteOr('overflow', r - benchmark[i], 'an active return'))
}

export interface InformationRatioOptions extends YearOptions {
  /**
   * `geometric` (PerformanceAnalytics) is the active premium over the tracking error; `arithmetic` (empyrical's excess Sharpe,
   * quantstats) mean(r - b) / s(r - b) times sqrt(periods per year). Default: `geometric`.
   */
  readonly convention?: 'geometric' | 'arithmetic'
}

/**
 * Information ratio: active premium over tracking error; with `convention: 'arithmetic'` mean(r - b) / s(r - b) sqrt(q).
 * @throws MathError `empty`, `too-short`, `shape`, `not-finite`, `out-of-domain`, `no-denominator`, `overflow`
 */
export function informationRatio(
  returns: Vector,
  benchmark: Vector,
  { periodsPerYear = 1, convention = 'geometric' }: InformationRatioOptions = {},
): number {
  requirePositive('periodsPerYear', periodsPerYear)
  const location = locationOf(active(returns, benchmark))
  const above =
    convention === 'arithmetic' ? location.mean * periodsPerYear : activePremium(returns, benchmark, { periodsPerYear })
  return informationRatioOf(location, above, periodsPerYear)
}

/** An annual active return over the annual spread of the active returns. */
export const informationRatioOf = ({ deviation, noise }: Location, above: number, periodsPerYear: number): number =>
  quotient(above, deviation * Math.sqrt(periodsPerYear), 'the information ratio', noise * periodsPerYear)

export interface CaptureOptions {
  /** Which periods: `up` where b > 0, `down` where b <= 0 (of empyrical: b < 0), or `all`. */
  readonly side: 'up' | 'down' | 'all'
  /** `empyrical` annualises both sides, which `periodsPerYear` is for. Default: `performance-analytics`, returns as they add up. */
  readonly convention?: 'performance-analytics' | 'empyrical'
  readonly periodsPerYear?: number
}

/**
 * Capture ratio: the cumulative return in the periods in which the benchmark rose (`up`: b > 0) or did not (`down`: b <= 0), over
 * the cumulative return of the benchmark in them. Empyrical annualises both and takes b < 0 as down.
 * @throws MathError `empty`, `too-short`, `shape`, `not-finite`, `out-of-domain`, `no-denominator` also without such periods, `overflow`
 */
export function capture(
  returns: Vector,
  benchmark: Vector,
  { side, convention = 'performance-analytics', periodsPerYear = 1 }: CaptureOptions,
): number {
  requirePositive('periodsPerYear', periodsPerYear)
  requirePairs(returns, benchmark)
  const [x, y] = where(
    returns,
    benchmark,
    (b) => side === 'all' || (side === 'up' ? b > 0 : convention === 'empyrical' ? b < 0 : b <= 0),
  )
  refuseUnless(x.length > 0, 'no-denominator', () => `the benchmark has no ${side} periods`)
  requireCompounding('returns', x, 1)
  requireCompounding('benchmark', y, 1)
  const count = convention === 'empyrical' ? x.length : periodsPerYear
  return captureOf(logGrowth(x), logGrowth(y), count, periodsPerYear)
}

/** Logs of growth as growth over a year of the given count of periods. */
export const captureOf = (returns: number, benchmark: number, count: number, periodsPerYear: number): number =>
  quotient(growthOf(returns, count, periodsPerYear), growthOf(benchmark, count, periodsPerYear), 'the capture ratio')

/**
 * Up number: the share of the periods with b > 0 in which r > 0 too; with `side: 'down'` of those with b < 0 in which r < 0.
 * @throws MathError `empty`, `too-short`, `shape`, `not-finite`, `no-denominator` without such periods
 */
export function captureNumber(returns: Vector, benchmark: Vector, { side }: { readonly side: 'up' | 'down' }): number {
  const sign = side === 'up' ? 1 : -1
  return shareOf(
    returns,
    benchmark,
    (b) => b * sign > 0,
    (r) => r * sign > 0,
  )
}

/**
 * Up percent: the share of the periods with b > 0 in which r > b; with `side: 'down'` of those with b < 0 in which r > b.
 * @throws MathError `empty`, `too-short`, `shape`, `not-finite`, `no-denominator` without such periods
 */
export function capturePercent(returns: Vector, benchmark: Vector, { side }: { readonly side: 'up' | 'down' }): number {
  const sign = side === 'up' ? 1 : -1
  return shareOf(
    returns,
    benchmark,
    (b) => b * sign > 0,
    (r, b) => r > b,
  )
}

function shareOf(
  returns: Vector,
  benchmark: Vector,
  counts: (b: number) => boolean,
  belongs: (r: number, b: number) => boolean,
): number {
  requirePairs(returns, benchmark)
  let [all, those] = [0, 0]
  for (let i = 0; i < returns.length; i++) {
    if (!counts(benchmark[i])) continue
    all += 1
    if (belongs(returns[i], benchmark[i])) those += 1
  }
  refuseUnless(all > 0, 'no-denominator', 'the benchmark has no such periods')
  return those / all
}
