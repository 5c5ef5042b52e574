/**
 * Shape of a distribution: skewness, kurtosis and the weight of the tails.
 *
 * Pure: numbers in, numbers out. Source: D. N. Joanes, C. A. Gill, The Statistician 47 (1998).
 */
import { finiteOr, refuseUnless, requireShare, requireVector, type Vector } from '../guard.ts'
import { quantileSorted, sorted } from '../numerics/quantile.ts'
import { sum } from '../sum.ts'
import { NOISE, quotient } from './quotient.ts'

/** Central moments that divide by n. */
export interface CentralMoments {
  readonly mean: number
  readonly m2: number
  readonly m3: number
  readonly m4: number
}

/**
 * Central moments mean((x - mean)^k) for k = 2, 3, 4, of values that vary.
 * @throws MathError `no-variance`, `overflow` also when squares vanish or their squares do
 */
export function centralMoments(values: Vector): CentralMoments {
  const mean = finiteOr('overflow', sum(values) / values.length, 'the mean')
  const power = (exponent: number): number =>
    sum(Float64Array.from(values, (value) => (value - mean) ** exponent)) / values.length
  const m2 = power(2)
  refuseUnless(Math.sqrt(m2) > NOISE * Math.abs(mean), 'no-variance', 'the values do not vary')
  const [m3, m4] = [power(3), power(4)]
  finiteOr('overflow', m4 / m2 ** 2, 'the fourth moment')
  return { mean, m2, m3, m4 }
}

/** `population` divides moments by n; `sample` is the bias-corrected G1 or G2. */
export type MomentKind = 'population' | 'sample'

/**
 * Skewness m3 / m2^1.5 with moments that divide by n; `sample` is G1, that times sqrt(n (n - 1)) / (n - 2).
 * @throws MathError `empty`, `too-short` below two values (three for `sample`), `not-finite`, `no-variance`, `overflow`
 */
export function skewness(values: Vector, { kind = 'population' }: { readonly kind?: MomentKind } = {}): number {
  requireVector('values', values, kind === 'sample' ? 3 : 2)
  return skewnessOf(centralMoments(values), values.length, kind)
}

export function skewnessOf({ m2, m3 }: Omit<CentralMoments, 'mean' | 'm4'>, n: number, kind: MomentKind): number {
  const population = m3 / m2 ** 1.5
  return finiteOr(
    'overflow',
    kind === 'population' ? population : (population * Math.sqrt(n * (n - 1))) / (n - 2),
    'the skewness',
  )
}

export interface KurtosisOptions {
  readonly kind?: MomentKind
  /** Whether 3, the kurtosis of the normal distribution, is subtracted. Default: false. */
  readonly excess?: boolean
}

/**
 * Kurtosis m4 / m2^2 with moments that divide by n, 3 for the normal distribution; `sample` is G2 + 3 with
 * G2 = (n - 1) / ((n - 2)(n - 3)) * ((n + 1) g2 + 6), g2 = m4 / m2^2 - 3; `excess` subtracts 3.
 * @throws MathError `empty`, `too-short` below two values (four for `sample`), `not-finite`, `no-variance`, `overflow`
 */
export function kurtosis(values: Vector, { kind = 'population', excess = false }: KurtosisOptions = {}): number {
  requireVector('values', values, kind === 'sample' ? 4 : 2)
  const over = excessKurtosisOf(centralMoments(values), values.length, kind)
  return excess ? over : over + 3
}

export function excessKurtosisOf({ m2, m4 }: Pick<CentralMoments, 'm2' | 'm4'>, n: number, kind: MomentKind): number {
  const g2 = m4 / m2 ** 2 - 3
  const value = kind === 'population' ? g2 : ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * g2 + 6)
  return finiteOr('overflow', value, 'the kurtosis')
}

/**
 * Tail ratio |q_p / q_(1-p)|, by default of the 95% and the 5% quantile (type 7): how far the good tail reaches against the bad one.
 * Source: empyrical 0.5.5.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `overflow`
 */
export function tailRatio(returns: Vector, { share = 0.95 }: { readonly share?: number } = {}): number {
  requireShare('share', share, true)
  requireVector('returns', returns, 2)
  const ascending = sorted(returns)
  return quotient(Math.abs(quantileSorted(ascending, share)), Math.abs(quantileSorted(ascending, 1 - share)), 'the tail ratio')
}

/**
 * Rachev ratio: the mean of the best returns, from order statistic floor((1 - upper) n) on, over minus the mean of those at or
 * below their `lower` quantile (type 7). Source: S. Biglova, S. Ortobelli, S. Rachev, S. Stoyanov, Journal of Portfolio Management 31 (2004).
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `no-denominator`, `overflow`
 */
export function rachev(
  returns: Vector,
  { upper = 0.1, lower = 0.1 }: { readonly upper?: number; readonly lower?: number } = {},
): number {
  requireShare('upper', upper, true)
  requireShare('lower', lower, true)
  requireVector('returns', returns, 2)
  const ascending = sorted(returns)
  const n = ascending.length
  const best = ascending[Math.max(0, Math.floor((1 - upper) * n + 1e-9) - 1)]
  const border = quantileSorted(ascending, lower)
  const tops = ascending.filter((each) => each >= best)
  const bottoms = ascending.filter((each) => each <= border)
  return quotient(sum(tops) / tops.length, -sum(bottoms) / bottoms.length, 'the Rachev ratio')
}

/**
 * Outlier win ratio: the 99% quantile of the returns (`share`, type 7) over the mean of those at or above zero.
 * Source: quantstats 0.0.81.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `no-denominator` without such returns, `overflow`
 */
export function outlierWinRatio(returns: Vector, { share = 0.99 }: { readonly share?: number } = {}): number {
  return outlier(returns, share, (r) => r >= 0)
}

/**
 * Outlier loss ratio: the 1% quantile of the returns (`share`, type 7) over the mean of those below zero.
 * Source: quantstats 0.0.81.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain`, `no-denominator` without such returns, `overflow`
 */
export function outlierLossRatio(returns: Vector, { share = 0.01 }: { readonly share?: number } = {}): number {
  return outlier(returns, share, (r) => r < 0)
}

function outlier(returns: Vector, share: number, belongs: (r: number) => boolean): number {
  requireShare('share', share, true)
  requireVector('returns', returns, 2)
  const side = Float64Array.from(returns).filter(belongs)
  refuseUnless(side.length > 0, 'no-denominator', 'there is no return of this sign')
  return quotient(quantileSorted(sorted(returns), share), sum(side) / side.length, 'the outlier ratio')
}
