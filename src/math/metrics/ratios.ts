/**
 * Return over risk: Sharpe, Sortino, Omega, Kappa and their relatives.
 *
 * Where nothing is risked the denominator is 0: then a positive numerator gives +Infinity, 0 gives 0, and a negative one has no
 * ratio (`no-denominator`). Pure: numbers in, numbers out. Source: C. R. Bacon, Practical Portfolio Performance Measurement and
 * Attribution, 2nd ed. (2008), chapter 4; the papers named at the functions.
 */
import { finiteOr, requireNumber, requirePositive, requireVector, type Vector } from '../guard.ts'
import { sum } from '../sum.ts'
import { NOISE, type OverNothing, quotient, requireCompounding } from './quotient.ts'
import { growthOf, logGrowth } from './returns.ts'
import {
  downsideDeviation,
  type Location,
  locationOf,
  sideOf,
  type PartialDenominator,
  type TargetOptions,
  type YearOptions,
} from './spread.ts'

export interface RatioOptions extends YearOptions {
  /** What a ratio over no risk at all is: `limit` (infinite, or 0 for 0), or `refuse`. Default: `limit`. */
  readonly overNothing?: OverNothing
}

export interface SharpeOptions extends RatioOptions {
  /** Risk-free return per period. Default: 0. */
  readonly riskFree?: number
  /**
   * How a year is made of periods: `arithmetic` multiplies the ratio by sqrt(periods per year), `geometric` compounds the excess
   * returns over a year and divides by the annual volatility. Default: `arithmetic`.
   */
  readonly annualisation?: 'arithmetic' | 'geometric'
}

/**
 * Sharpe ratio: mean(r - f) / s(r) times sqrt(periods per year), s the sample standard deviation; with `annualisation: 'geometric'`
 * (prod(1 + r - f)^(q/n) - 1) / (s sqrt(q)). Source: W. F. Sharpe, Journal of Portfolio Management 21 (1994).
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `no-denominator`, `overflow`
 */
export function sharpe(
  returns: Vector,
  { riskFree = 0, periodsPerYear = 1, annualisation = 'arithmetic', overNothing }: SharpeOptions = {},
): number {
  requirePositive('periodsPerYear', periodsPerYear)
  const location = locationOf(returns, riskFree)
  if (annualisation === 'arithmetic') return sharpeOf(location, { riskFree, periodsPerYear, overNothing })
  const excess = Float64Array.from(returns, (r) => r - riskFree)
  requireCompounding('excess', excess)
  return geometricSharpeOf(location, logGrowth(excess), excess.length, periodsPerYear, overNothing)
}

/** The arithmetic ratio of what is known of returns. */
export function sharpeOf(
  { mean, deviation, noise }: Location,
  {
    riskFree,
    periodsPerYear,
    overNothing,
  }: { readonly riskFree: number; readonly periodsPerYear: number; readonly overNothing?: OverNothing | undefined },
): number {
  return annual(quotient(mean - riskFree, deviation, 'the Sharpe ratio', noise, overNothing), periodsPerYear)
}

/** The geometric one, from the log growth of the excess returns. */
export function geometricSharpeOf(
  { deviation, noise }: Location,
  growth: number,
  count: number,
  periodsPerYear: number,
  overNothing?: OverNothing,
): number {
  return quotient(
    growthOf(growth, count, periodsPerYear),
    deviation * Math.sqrt(periodsPerYear),
    'the Sharpe ratio',
    noise * periodsPerYear,
    overNothing,
  )
}

/** Per year; what has no limit keeps none. */
export const annual = (ratio: number, periodsPerYear: number): number =>
  ratio === Infinity ? ratio : finiteOr('overflow', ratio * Math.sqrt(periodsPerYear), 'the annual ratio')

export interface SortinoOptions extends RatioOptions, TargetOptions {
  /** `adjusted` divides by sqrt(2), which makes it comparable with a Sharpe ratio (J. D. Schwager). Default: false. */
  readonly adjusted?: boolean
}

/**
 * Sortino ratio: (mean(r) - m) / sqrt(mean(min(r - m, 0)^2)), all n returns in the denominator, times sqrt(periods per year).
 * Source: F. A. Sortino, R. van der Meer, Journal of Portfolio Management 17 (1991).
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `no-denominator`, `overflow`
 */
export function sortino(
  returns: Vector,
  { target = 0, periodsPerYear = 1, adjusted = false, overNothing }: SortinoOptions = {},
): number {
  requirePositive('periodsPerYear', periodsPerYear)
  const down = downsideDeviation(returns, { target })
  const ratio = sortinoOf(sum(returns) / returns.length, down, { target, periodsPerYear, overNothing })
  return adjusted ? ratio / Math.SQRT2 : ratio
}

/** Of a mean and a downside deviation. */
export function sortinoOf(
  mean: number,
  down: number,
  {
    target,
    periodsPerYear,
    overNothing,
  }: { readonly target: number; readonly periodsPerYear: number; readonly overNothing?: OverNothing | undefined },
): number {
  const noise = NOISE * Math.max(Math.abs(mean), Math.abs(target))
  return annual(quotient(mean - target, down, 'the Sortino ratio', noise, overNothing), periodsPerYear)
}

/**
 * Omega ratio: sum(max(r - m, 0)) / sum(max(m - r, 0)). Source: C. Keating, W. F. Shadwick, Journal of Performance Measurement 6 (2002).
 * @throws MathError `empty`, `too-short`, `not-finite`, `overflow`
 */
export function omega(returns: Vector, { target = 0 }: TargetOptions = {}): number {
  return quotient(sideOf(returns, target, 'above').sum, sideOf(returns, target, 'below').sum, 'the Omega ratio')
}

/**
 * Omega-Sharpe ratio: (mean(r) - m) / mean(max(m - r, 0)), which is Omega - 1.
 * Source: H. Kazemi, T. Schneeweis, R. Gupta, Journal of Performance Measurement 8 (2004).
 * @throws MathError `empty`, `too-short`, `not-finite`, `no-denominator`, `overflow`
 */
export function omegaSharpe(returns: Vector, { target = 0 }: TargetOptions = {}): number {
  const [up, down] = [sideOf(returns, target, 'above').sum, sideOf(returns, target, 'below').sum]
  return quotient(up - down, down, 'the Omega-Sharpe ratio')
}

/**
 * Kappa of order l: (mean(r) - m) / mean(max(m - r, 0)^l)^(1/l); of order 2 the Sortino ratio per period.
 * Source: P. D. Kaplan, J. A. Knowles, Journal of Performance Measurement 8 (2004).
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain` for an order that is not positive, `no-denominator`, `overflow`
 */
export function kappa(returns: Vector, { target = 0, order }: TargetOptions & { readonly order: number }): number {
  requirePositive('order', order)
  requireNumber('target', target)
  requireVector('returns', returns, 2)
  const shortfalls = Float64Array.from(returns, (r) => Math.max(target - r, 0))
  // In units of the worst one, so that no power leaves the range.
  const worst = finiteOr(
    'overflow',
    shortfalls.reduce((most, each) => Math.max(most, each), 0),
    'a shortfall',
  )
  const mean = worst === 0 ? 0 : sum(shortfalls.map((each) => (each / worst) ** order)) / returns.length
  return quotient(sum(returns) / returns.length - target, worst * mean ** (1 / order), 'the Kappa ratio')
}

/**
 * Upside potential ratio: the mean of max(r - m, 0) over the returns above m, over the downside deviation of those below it
 * (`subset`); with `denominator: 'full'` both over all n.
 * Source: F. A. Sortino, R. van der Meer, A. Plantinga, Journal of Portfolio Management 26 (1999).
 * @throws MathError `empty`, `too-short`, `not-finite`, `overflow`
 */
export function upsidePotentialRatio(
  returns: Vector,
  { target = 0, denominator = 'subset' }: TargetOptions & { readonly denominator?: PartialDenominator } = {},
): number {
  const up = sideOf(returns, target, 'above')
  const potential = up.count === 0 ? 0 : up.sum / (denominator === 'full' ? returns.length : up.count)
  return quotient(potential, downsideDeviation(returns, { target, denominator }), 'the upside potential ratio')
}

/**
 * Gain-to-pain ratio: sum(r) / |sum of the negative r|. Source: J. D. Schwager, Hedge Fund Market Wizards (2012), appendix A.
 * @throws MathError `empty`, `too-short`, `not-finite`, `no-denominator`, `overflow`
 */
export function gainToPain(returns: Vector): number {
  const [up, down] = [sideOf(returns, 0, 'above').sum, sideOf(returns, 0, 'below').sum]
  return quotient(up - down, down, 'the gain-to-pain ratio')
}

/**
 * Bernardo-Ledoit ratio: sum of the positive r over |sum of the negative r|, the profit factor of returns.
 * Source: A. E. Bernardo, O. Ledoit, Journal of Political Economy 108 (2000).
 * @throws MathError `empty`, `too-short`, `not-finite`, `overflow`
 */
export function bernardoLedoit(returns: Vector): number {
  return omega(returns)
}

/**
 * d-ratio: (number of negative r * |their sum|) / (number of positive r * their sum); low is good.
 * Source: P. Lavinio, The Hedge Fund Handbook (2000).
 * @throws MathError `empty`, `too-short`, `not-finite`, `overflow`
 */
export function dRatio(returns: Vector): number {
  const [up, down] = [sideOf(returns, 0, 'above'), sideOf(returns, 0, 'below')]
  return quotient(down.count * down.sum, up.count * up.sum, 'the d-ratio')
}

/**
 * Prospect ratio: (sum of the positive r + 2.25 * sum of the negative r - m) / (n * downside deviation below m).
 * Source: C. R. Bacon (2008), after A. Tversky, D. Kahneman, Journal of Risk and Uncertainty 5 (1992).
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `no-denominator`, `overflow`
 */
export function prospectRatio(
  returns: Vector,
  { target = 0, aversion = 2.25 }: TargetOptions & { readonly aversion?: number } = {},
): number {
  requireNumber('aversion', aversion, 0)
  const [up, down] = [sideOf(returns, 0, 'above').sum, sideOf(returns, 0, 'below').sum]
  return quotient(up - aversion * down - target, returns.length * downsideDeviation(returns, { target }), 'the prospect ratio')
}

/**
 * Kelly fraction of returns: share * mean(r - f) / s(r)^2, the growth-optimal stake of a continuous bet; `share` 0.5 is half Kelly.
 * Source: E. O. Thorp, The Kelly Criterion in Blackjack, Sports Betting and the Stock Market (2006).
 * @throws MathError `empty`, `too-short`, `not-finite`, `no-denominator`, `overflow`
 */
export function kellyOfReturns(
  returns: Vector,
  { riskFree = 0, share = 1 }: { readonly riskFree?: number; readonly share?: number } = {},
): number {
  requireNumber('share', share)
  return kellyOf(locationOf(returns, riskFree), riskFree, share)
}

/** Of what is known of returns. */
export function kellyOf({ mean, deviation, noise }: Location, riskFree: number, share: number): number {
  const ratio = quotient(mean - riskFree, deviation, 'the Kelly fraction', noise)
  return ratio === Infinity || ratio === 0 ? ratio : finiteOr('overflow', (share * ratio) / deviation, 'the Kelly fraction')
}
