/**
 * Fractional differentiation: makes a series stationary while it keeps as much of its memory as it can.
 *
 * Pure: numbers in, numbers out. Source: J. R. M. Hosking, Biometrika 68 (1981); M. López de Prado, Advances in Financial Machine
 * Learning (2018), ch. 5 (fixed-width window).
 */
import { finiteOr, refuseUnless, requireInteger, requireNumber, requirePositive, requireVector, type Vector } from '../guard.ts'

export interface FractionalDifferenceOptions {
  /** d: 1 is the ordinary difference, 0 changes nothing. */
  readonly order: number
  /** Weights from the first one that is smaller than this are cut; 1e-4 by default. */
  readonly threshold?: number
}

export interface FractionalDifference {
  /** w_0 = 1 first, of the newest value. */
  readonly weights: Float64Array
  /** Of the series from index `weights.length - 1` on. */
  readonly values: Float64Array
}

/**
 * Weights of (1 - B)^d: w_0 = 1, w_k = -w_{k-1} (d - k + 1)/k, up to the first that is below the threshold, or `most` of them.
 * @throws MathError `out-of-domain`, `not-finite`, `overflow` for orders whose weights explode
 */
export function fractionalWeights(
  order: number,
  { threshold = 1e-4, most = 10_000 }: { readonly threshold?: number; readonly most?: number } = {},
): Float64Array {
  requireNumber('the order', order)
  requirePositive('the threshold', threshold)
  requireInteger('the most weights', most, 1, 10_000_000)
  const weights = [1]
  while (weights.length < most) {
    const k = weights.length
    const next = (-weights[k - 1] * (order - k + 1)) / k
    if (Math.abs(next) < threshold) break
    weights.push(finiteOr('overflow', next, 'a weight'))
  }
  return Float64Array.from(weights)
}

/**
 * Fixed-width fractional difference y_t = sum_k w_k x_{t-k} with the weights of (1 - B)^d that are not below a threshold; the first value
 * is that of the first t with a full window.
 * @throws MathError `too-short` when there are more weights than values (raise the threshold), `out-of-domain`, `overflow`
 */
export function fractionalDifference(
  series: Vector,
  { order, threshold = 1e-4 }: FractionalDifferenceOptions,
): FractionalDifference {
  requireVector('the series', series)
  const weights = fractionalWeights(order, { threshold, most: series.length + 1 })
  const width = weights.length
  refuseUnless(
    width <= series.length,
    'too-short',
    () =>
      `order ${order} has more than ${series.length} weights above ${threshold}, and there are ${series.length} values; raise the threshold`,
  )
  const values = Float64Array.from({ length: series.length - width + 1 }, (_, i) => {
    let total = 0
    for (let k = 0; k < width; k++) total += weights[k] * series[i + width - 1 - k]
    return finiteOr('overflow', total, 'a difference')
  })
  return { weights, values }
}
