/**
 * The tree-structured Parzen estimator: good and bad trials each as a mixture of normals, and the candidate that is likely under
 * the good one and unlikely under the bad one.
 *
 * Pure. Source: J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, NeurIPS 24 (2011); widths and weights as in Optuna 3.1.
 */
import type { Prng } from '../../core/random.ts'
import { finiteOr, refuseUnless, requireInteger, requireNumber, requireVector, type Vector } from '../guard.ts'
import { normalCdf, normalQuantile } from '../numerics/special.ts'
import type { Direction } from './early-stopping.ts'

/** A mixture of normals cut off at the bounds. The last component is the prior. */
export interface ParzenEstimator {
  readonly low: number
  readonly high: number
  readonly centres: Float64Array
  readonly widths: Float64Array
  readonly weights: Float64Array
}

function requireBounds(low: number, high: number): void {
  requireNumber('low', low)
  requireNumber('high', high)
  refuseUnless(low < high && Number.isFinite(high - low), 'out-of-domain', () => `there is no interval from ${low} to ${high}`)
}

function requireEstimator({ low, high, centres, widths, weights }: ParzenEstimator): void {
  requireBounds(low, high)
  requireVector('centres', centres)
  requireVector('widths', widths)
  requireVector('weights', weights)
  refuseUnless(
    widths.length === centres.length && weights.length === centres.length,
    'shape',
    'centres, widths and weights differ in number',
  )
  for (let k = 0; k < centres.length; k++) {
    requireNumber('a centre', centres[k], low, high)
    refuseUnless(
      widths[k] > 0 && weights[k] > 0,
      'out-of-domain',
      () => `component ${k} has width ${widths[k]} and weight ${weights[k]}`,
    )
    refuseUnless(Number.isFinite((high - low) / widths[k]), 'overflow', () => `component ${k} is too narrow: ${widths[k]}`)
  }
}

/**
 * How many of n trials count as good: min(ceil(n/10), 25), and which.
 *
 * @returns the indices of the good and of the other trials, each ascending; of equal values the earlier is better
 * @throws MathError `empty`, `not-finite`
 */
export function parzenSplit(
  values: Vector,
  direction: Direction = 'minimize',
): { readonly good: readonly number[]; readonly rest: readonly number[] } {
  requireVector('values', values)
  const count = Math.min(Math.ceil(0.1 * values.length), 25)
  const sign = direction === 'minimize' ? 1 : -1
  const order = Array.from(values, (_, i) => i).sort((i, j) => sign * (values[i] - values[j]) || i - j)
  const ascending = (indices: readonly number[]): number[] => [...indices].sort((i, j) => i - j)
  return { good: ascending(order.slice(0, count)), rest: ascending(order.slice(count)) }
}

/**
 * A normal at every observation and a prior over the whole interval, all of one weight. An observation's width is its larger
 * distance to the sorted neighbours (the prior's centre is one of them), kept between (high - low)/min(100, 1 + number of
 * components) and high - low.
 *
 * @param observations within the bounds, in any order; none gives the prior alone
 * @throws MathError `out-of-domain` for observations or bounds, `not-finite`
 */
export function parzenEstimator(observations: Vector, low: number, high: number): ParzenEstimator {
  requireBounds(low, high)
  requireVector('observations', observations, 0)
  for (let i = 0; i < observations.length; i++) requireNumber(`observations[${i}]`, observations[i], low, high)
  const count = observations.length + 1
  const centres = Float64Array.from({ length: count }, (_, i) => (i < count - 1 ? observations[i] : 0.5 * (low + high)))
  const order = Array.from(centres, (_, i) => i).sort((i, j) => centres[i] - centres[j] || i - j)
  const widest = high - low
  const narrowest = widest / Math.min(100, 1 + count)
  const widths = new Float64Array(count)
  order.forEach((index, k) => {
    const below = k > 0 ? centres[index] - centres[order[k - 1]] : 0
    const above = k < count - 1 ? centres[order[k + 1]] - centres[index] : 0
    widths[index] = Math.min(widest, Math.max(narrowest, below, above))
  })
  widths[count - 1] = widest
  return { low, high, centres, widths, weights: new Float64Array(count).fill(1 / count) }
}

/**
 * `proper` integrates to one. `optuna-3.1` leaves out the 1/width of each component, as that release does: its score is no density,
 * and wide components count for more in it.
 */
export type ParzenConvention = 'proper' | 'optuna-3.1'

/**
 * The logarithm of the density of a Parzen estimator at each x between its bounds.
 * @throws MathError `out-of-domain` outside of the bounds, `not-finite`
 */
export function parzenLogDensity(estimator: ParzenEstimator, x: Vector, convention: ParzenConvention = 'proper'): Float64Array {
  requireVector('x', x, 0)
  requireEstimator(estimator)
  const { low, high, centres, widths, weights } = estimator
  const scales = Float64Array.from(centres, (centre, k) => {
    const mass = normalCdf((high - centre) / widths[k]) - normalCdf((low - centre) / widths[k])
    const width = convention === 'proper' ? Math.log(widths[k]) : 0
    return Math.log(weights[k]) - Math.log(mass) - width - 0.5 * Math.log(2 * Math.PI)
  })
  return Float64Array.from(x, (value, i) => {
    requireNumber(`x[${i}]`, value, low, high)
    const logs = scales.map((scale, k) => scale - 0.5 * ((value - centres[k]) / widths[k]) ** 2)
    const top = logs.reduce((largest, each) => Math.max(largest, each), -Infinity)
    const density = top + Math.log(logs.reduce((total, each) => total + Math.exp(each - top), 0))
    return finiteOr('overflow', density, 'the logarithm of a density')
  })
}

/**
 * Draws from a Parzen estimator: a component by its weight, then its normal cut off at the bounds, by inversion.
 * @throws MathError `out-of-domain` for the count
 */
export function parzenDraw(estimator: ParzenEstimator, count: number, prng: Prng): Float64Array {
  requireInteger('count', count, 0, 1_000_000)
  requireEstimator(estimator)
  const { low, high, centres, widths, weights } = estimator
  return Float64Array.from({ length: count }, () => {
    let rest = prng.float()
    let k = 0
    while (k < weights.length - 1 && rest >= weights[k]) {
      rest -= weights[k]
      k += 1
    }
    const from = normalCdf((low - centres[k]) / widths[k])
    const to = normalCdf((high - centres[k]) / widths[k])
    const u = Math.min(1 - 1e-16, Math.max(1e-300, from + prng.float() * (to - from)))
    return Math.min(high, Math.max(low, centres[k] + widths[k] * normalQuantile(u)))
  })
}

/**
 * The next value of one parameter to try: of `candidates` draws from the good trials' estimator the one with the largest ratio of
 * the good density to the other one.
 *
 * @param tried the values of the parameter so far, within the bounds
 * @param results what came of them, one each
 * @throws MathError `shape`, `out-of-domain`, `not-finite`, `empty`
 */
export function parzenSuggest(
  tried: Vector,
  results: Vector,
  bounds: { readonly low: number; readonly high: number },
  prng: Prng,
  options: { readonly direction?: Direction; readonly candidates?: number } = {},
): number {
  const { direction = 'minimize', candidates = 24 } = options
  requireVector('tried', tried)
  refuseUnless(tried.length === results.length, 'shape', () => `${tried.length} trials with ${results.length} results`)
  requireInteger('candidates', candidates, 1, 1_000_000)
  const { good, rest } = parzenSplit(results, direction)
  const pick = (indices: readonly number[]): number[] => indices.map((i) => tried[i])
  const better = parzenEstimator(pick(good), bounds.low, bounds.high)
  const worse = parzenEstimator(pick(rest), bounds.low, bounds.high)
  const drawn = parzenDraw(better, candidates, prng)
  const [forIt, against] = [parzenLogDensity(better, drawn), parzenLogDensity(worse, drawn)]
  let best = 0
  for (let i = 1; i < drawn.length; i++) if (forIt[i] - against[i] > forIt[best] - against[best]) best = i
  return drawn[best]
}
