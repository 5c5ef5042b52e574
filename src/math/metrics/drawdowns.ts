/**
 * Drawdowns of returns: wealth W_t = prod(1 + r) from W_0 = 1, drawdown W_t / max(1, W_1 .. W_t) - 1; what is smaller than 1e-12
 * is none.
 *
 * Pure: numbers in, numbers out. Source: A. Chekhlov, S. Uryasev, M. Zabarankin, International Journal of Theoretical and Applied
 * Finance 8 (2005); P. G. Martin, B. B. McCann, The Investor's Guide to Fidelity Funds (1989), for the Ulcer index; T. Becker, for the
 * Pain index; R package PerformanceAnalytics 2.1.0.
 */
import { finiteOr, refuseUnless, requireNumber, requireConfidence, type Vector } from '../guard.ts'
import { quantileSorted, sorted } from '../numerics/quantile.ts'
import { sum } from '../sum.ts'
import { NO_DRAWDOWN, scanFalls } from './drawdown-scan.ts'
import { quotient } from './quotient.ts'
import { annualisedReturn, wealthPath } from './returns.ts'
import type { YearOptions } from './spread.ts'

/** One fall below the highest wealth so far. Indices count returns from 0. */
export interface DrawdownEpisode {
  /** The first return below the peak. */
  readonly from: number
  /** The first of the deepest. */
  readonly trough: number
  /** The first return back at the peak; the number of returns when it was not reached again. */
  readonly to: number
  readonly recovered: boolean
  /** Positive share of the peak. */
  readonly depth: number
  /** to - from + 1 periods. */
  readonly length: number
  /** to - trough periods. */
  readonly recovery: number
}

/**
 * Drawdown after each return: W_t / max(1, max of W until t) - 1, zero or negative.
 * @throws MathError `empty`, `not-finite`, `out-of-domain` for a return of -1 or less, `overflow`
 */
export function drawdownSeries(returns: Vector): Float64Array {
  let highest = 1
  return wealthPath(returns).map((wealth) => {
    const below = 1 - wealth / highest
    highest = Math.max(highest, wealth)
    return below < NO_DRAWDOWN ? 0 : -below
  })
}

/**
 * All drawdown episodes in the order of time, each from its first return below the peak to the first one back at it.
 * @throws MathError `empty`, `not-finite`, `out-of-domain` for a return of -1 or less, `overflow`
 */
export function drawdownEpisodes(returns: Vector): DrawdownEpisode[] {
  const found: DrawdownEpisode[] = []
  scanFalls(wealthPath(returns), 1, ({ peak, trough, recovery, depth }) => {
    const [from, to] = [peak + 1, recovery ?? returns.length]
    found.push({ from, trough, to, recovered: recovery !== undefined, depth, length: to - from + 1, recovery: to - trough })
  })
  return found
}

/**
 * The deepest episodes first, at most `count`; of equally deep ones the earlier first.
 * @throws MathError `empty`, `not-finite`, `out-of-domain`, `overflow`
 */
export function worstDrawdowns(returns: Vector, count: number): DrawdownEpisode[] {
  requireNumber('count', count, 0)
  return drawdownEpisodes(returns)
    .sort((a, b) => b.depth - a.depth || a.from - b.from)
    .slice(0, Math.floor(count))
}

/**
 * Maximum drawdown: the deepest fall of wealth below its highest value so far, a positive share of it; 0 without one.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain` for a return of -1 or less, `overflow`
 */
export function maximumDrawdown(returns: Vector): number {
  return episodesOf(returns).reduce((most, { depth }) => Math.max(most, depth), 0)
}

function episodesOf(returns: Vector): DrawdownEpisode[] {
  refuseUnless(returns.length !== 1, 'too-short', 'one return has no drawdown statistics')
  return drawdownEpisodes(returns)
}

const meanOf = (episodes: readonly DrawdownEpisode[], of: (episode: DrawdownEpisode) => number): number =>
  episodes.length === 0 ? 0 : sum(episodes.map(of)) / episodes.length

/**
 * Average drawdown: the mean depth of all episodes; 0 without one.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function averageDrawdown(returns: Vector): number {
  return meanOf(episodesOf(returns), ({ depth }) => depth)
}

/**
 * Average drawdown length: the mean of to - from + 1 over all episodes, in periods; 0 without one.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function averageDrawdownLength(returns: Vector): number {
  return meanOf(episodesOf(returns), ({ length }) => length)
}

/**
 * Average recovery: the mean of to - trough over all episodes, in periods; 0 without one.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function averageRecovery(returns: Vector): number {
  return meanOf(episodesOf(returns), ({ recovery }) => recovery)
}

/**
 * The longest drawdown: the largest to - from + 1, in periods; 0 without one.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function longestDrawdown(returns: Vector): number {
  return episodesOf(returns).reduce((most, { length }) => Math.max(most, length), 0)
}

/**
 * Drawdown deviation: sqrt(sum of squared episode depths / n), n all returns.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function drawdownDeviation(returns: Vector): number {
  return Math.sqrt(sum(episodesOf(returns).map(({ depth }) => depth * depth)) / returns.length)
}

export interface UlcerOptions {
  /** `population` divides by n; `quantstats` by n - 1. Default: `population`. */
  readonly convention?: 'population' | 'quantstats'
}

/**
 * Ulcer index: sqrt(mean(drawdown^2)).
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function ulcerIndex(returns: Vector, { convention = 'population' }: UlcerOptions = {}): number {
  const series = seriesOf(returns)
  return Math.sqrt(sum(series.map((each) => each * each)) / (series.length - (convention === 'quantstats' ? 1 : 0)))
}

/**
 * Pain index: mean |drawdown|.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function painIndex(returns: Vector): number {
  return Math.abs(sum(seriesOf(returns))) / returns.length
}

function seriesOf(returns: Vector): Float64Array {
  refuseUnless(returns.length !== 1, 'too-short', 'one return has no drawdown statistics')
  return drawdownSeries(returns)
}

/**
 * Conditional drawdown at risk (CDaR): the mean of the drawdowns at or below their (1 - confidence) quantile (type 8), positive.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function conditionalDrawdown(returns: Vector, { confidence = 0.95 }: { readonly confidence?: number } = {}): number {
  requireConfidence(confidence)
  const ascending = sorted(seriesOf(returns))
  const border = quantileSorted(ascending, 1 - confidence, 8)
  const worst = ascending.filter((each) => each <= border)
  return Math.abs(sum(worst)) / worst.length
}

/** How many returns make a year is required: these compare a year's return with a loss. */
export type DrawdownRatioOptions = Required<YearOptions>

const grown = (returns: Vector, { periodsPerYear }: DrawdownRatioOptions): number => annualisedReturn(returns, { periodsPerYear })

/**
 * Calmar ratio: annualised return over the maximum drawdown. Source: T. W. Young, Futures 20 (1991).
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function calmar(returns: Vector, options: DrawdownRatioOptions): number {
  return quotient(grown(returns, options), maximumDrawdown(returns), 'the Calmar ratio')
}

/**
 * Sterling ratio: annualised return over (maximum drawdown + excess), the excess 0.10 by default.
 * Source: D. L. Kestner, Futures 25 (1996).
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `no-denominator`, `overflow`
 */
export function sterling(
  returns: Vector,
  { excess = 0.1, ...options }: DrawdownRatioOptions & { readonly excess?: number },
): number {
  requireNumber('excess', excess, 0)
  return quotient(grown(returns, options), maximumDrawdown(returns) + excess, 'the Sterling ratio')
}

/**
 * Burke ratio: annualised return over sqrt(sum of squared episode depths). Source: G. Burke, Futures 23 (1994).
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function burke(returns: Vector, options: DrawdownRatioOptions): number {
  const depths = Math.sqrt(sum(episodesOf(returns).map(({ depth }) => depth * depth)))
  return quotient(grown(returns, options), depths, 'the Burke ratio')
}

/**
 * Martin ratio (Ulcer performance index): annualised return over the Ulcer index. Source: Martin and McCann (1989).
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function martin(returns: Vector, options: DrawdownRatioOptions): number {
  return quotient(grown(returns, options), ulcerIndex(returns), 'the Martin ratio')
}

/**
 * Pain ratio: annualised return over the Pain index.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function painRatio(returns: Vector, options: DrawdownRatioOptions): number {
  return quotient(grown(returns, options), painIndex(returns), 'the pain ratio')
}

/**
 * Recovery factor: |sum of the returns| over the maximum drawdown. Source: quantstats 0.0.81.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function recoveryFactor(returns: Vector): number {
  return quotient(Math.abs(finiteOr('overflow', sum(returns), 'the sum')), maximumDrawdown(returns), 'the recovery factor')
}
