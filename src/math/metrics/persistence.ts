/**
 * Whether series keep their direction or turn back: half-life, Hurst exponent, stability of growth, and ratios corrected for
 * autocorrelation.
 *
 * Pure: numbers in, numbers out.
 */
import { finiteOr, refuseUnless, requireInteger, requireNumber, requireVector, type Vector } from '../guard.ts'
import { deviation } from '../numerics/statistics.ts'
import { sum } from '../sum.ts'
import { coMomentsOf, correlationOf, slopeOf } from './benchmark.ts'
import { NOISE, requireCompounding } from './quotient.ts'
import { sharpe, sortino, type SharpeOptions, type SortinoOptions } from './ratios.ts'

export interface HalfLifeOptions {
  /**
   * `continuous`: -ln 2 / b, of the Ornstein-Uhlenbeck process dx = b (x - m) dt; `discrete`: -ln 2 / ln(1 + b), of the
   * autoregression that was fitted. They agree for small b. Default: `continuous`.
   */
  readonly form?: 'continuous' | 'discrete'
}

/**
 * Half-life of mean reversion: -ln 2 / b with b the slope of x_t - x_(t-1) on x_(t-1), in periods. `levels` are prices or a spread,
 * not returns. Source: E. P. Chan, Algorithmic Trading (2013), chapter 2; G. E. Uhlenbeck, L. S. Ornstein, Physical Review 36 (1930).
 * @throws MathError `empty`, `too-short` below three levels, `not-finite`, `no-variance`, `out-of-domain` when they do not revert
 */
export function halfLife(levels: Vector, { form = 'continuous' }: HalfLifeOptions = {}): number {
  requireVector('levels', levels, 3)
  const n = levels.length - 1
  const before = Float64Array.from({ length: n }, (_, i) => levels[i])
  const change = Float64Array.from({ length: n }, (_, i) => finiteOr('overflow', levels[i + 1] - levels[i], 'a change'))
  const b = slopeOf(coMomentsOf(change, before))
  refuseUnless(b < 0, 'out-of-domain', () => `a slope of ${b} does not revert to a mean`)
  if (form === 'continuous') return finiteOr('overflow', -Math.LN2 / b, 'the half-life')
  refuseUnless(b > -1, 'out-of-domain', () => `a slope of ${b} overshoots the mean at once`)
  return finiteOr('overflow', -Math.LN2 / Math.log1p(b), 'the half-life')
}

/** Range of the cumulated deviations from the mean over the sample deviation. */
function rescaledRange(values: Float64Array): number {
  const mean = finiteOr('overflow', sum(values) / values.length, 'the mean')
  const spread = finiteOr('overflow', deviation(values), 'the standard deviation')
  refuseUnless(spread > NOISE * Math.abs(mean), 'no-variance', 'the returns do not vary')
  let [at, low, high] = [0, Infinity, -Infinity]
  for (const value of values) {
    at += value - mean
    low = Math.min(low, at)
    high = Math.max(high, at)
  }
  return (high - low) / spread
}

/**
 * Hurst exponent by one rescaled range: ln((max - min of cumsum(r - mean)) / s) / ln n, s the sample deviation; 0.5 for independent
 * returns of a long series, above for trends, below for reversion. Source: H. E. Hurst, Transactions of the ASCE 116 (1951).
 * @throws MathError `empty`, `too-short`, `not-finite`, `no-variance`, `overflow`
 */
export function hurst(returns: Vector): number {
  requireVector('returns', returns, 2)
  const ratio = rescaledRange(Float64Array.from(returns))
  refuseUnless(ratio > 0, 'no-variance', 'the returns have no range')
  return finiteOr('overflow', Math.log(ratio) / Math.log(returns.length), 'the Hurst exponent')
}

export interface HurstWindowsOptions {
  /** The shortest window; the others double until they hold half of the returns. Default: 8. */
  readonly shortest?: number
}

/**
 * Hurst exponent over windows: the slope of ln(mean R/S of the windows of length m) on ln m, for m doubling from `shortest` to half
 * of the returns. Windows do not overlap; those whose returns do not vary are left out.
 * Source: B. B. Mandelbrot, J. R. Wallis, Water Resources Research 5 (1969).
 * @throws MathError `empty`, `too-short` below four times the shortest window, `not-finite`, `out-of-domain`, `no-variance`, `overflow`
 */
export function hurstOverWindows(returns: Vector, { shortest = 8 }: HurstWindowsOptions = {}): number {
  requireInteger('shortest', shortest, 2)
  requireVector('returns', returns, 4 * shortest)
  const values = Float64Array.from(returns)
  const [x, y]: [number[], number[]] = [[], []]
  for (let length = shortest; 2 * length <= values.length; length *= 2) {
    const ratios: number[] = []
    for (let i = 0; i + length <= values.length; i += length) {
      const window = values.subarray(i, i + length)
      if (window.some((value) => value !== window[0])) ratios.push(rescaledRange(window))
    }
    if (ratios.length === 0) continue
    x.push(Math.log(length))
    y.push(Math.log(sum(ratios) / ratios.length))
  }
  refuseUnless(x.length >= 2, 'no-variance', 'the returns vary in windows of fewer than two lengths')
  return slopeOf(coMomentsOf(y, x))
}

/**
 * Stability: R^2 of the line through the cumulative log return over time, 1 for steady growth or decay. Source: empyrical 0.5.5.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain` for a return of -1 or less, `no-variance`
 */
export function stability(returns: Vector): number {
  requireCompounding('returns', returns)
  let total = 0
  const path = Float64Array.from(returns, (r) => (total += Math.log1p(r)))
  return (
    correlationOf(
      coMomentsOf(
        path,
        Float64Array.from(path, (_, i) => i),
      ),
    ) ** 2
  )
}

/**
 * Autocorrelation penalty: sqrt(1 + 2 sum_{k<n} ((n - k)/n) |rho_1|^k), rho_1 the correlation of returns with the ones before them;
 * 1 when they are independent. Source: quantstats 0.0.81.
 * @throws MathError `empty`, `too-short` below three returns, `not-finite`, `no-variance`, `overflow`
 */
export function autocorrelationPenalty(returns: Vector): number {
  requireVector('returns', returns, 3)
  const n = returns.length
  const values = Float64Array.from(returns)
  const rho = Math.abs(correlationOf(coMomentsOf(values.subarray(1), values.subarray(0, n - 1))))
  let [total, power] = [0, 1]
  for (let k = 1; k < n; k++) {
    power *= rho
    if (power < 1e-30) break
    total += ((n - k) / n) * power
  }
  return Math.sqrt(1 + 2 * total)
}

/**
 * Smart Sharpe ratio: the Sharpe ratio over the autocorrelation penalty. Source: quantstats 0.0.81.
 * @throws MathError `empty`, `too-short` below three returns, `not-finite`, `out-of-domain`, `no-variance`, `overflow`
 */
export function smartSharpe(returns: Vector, options: Omit<SharpeOptions, 'annualisation'> = {}): number {
  requireNumber('riskFree', options.riskFree ?? 0)
  const penalty = autocorrelationPenalty(returns)
  return sharpe(returns, options) / penalty
}

/**
 * Smart Sortino ratio: the Sortino ratio over the autocorrelation penalty. Source: quantstats 0.0.81.
 * @throws MathError `empty`, `too-short` below three returns, `not-finite`, `out-of-domain`, `no-variance`, `no-denominator`, `overflow`
 */
export function smartSortino(returns: Vector, options: SortinoOptions = {}): number {
  const penalty = autocorrelationPenalty(returns)
  return sortino(returns, options) / penalty
}
