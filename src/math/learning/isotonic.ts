/**
 * Isotonic regression: the rising step function nearest to the data; it turns scores into calibrated probabilities.
 *
 * Pure. Source: R. E. Barlow et al., Statistical Inference under Order Restrictions (1972): pool adjacent violators.
 */
import { refuseUnless, requireNumber, requireVector, type Vector } from '../guard.ts'

export interface IsotonicModel {
  /** Distinct inputs, ascending. */
  readonly x: Float64Array
  /** The fitted value at each, never falling. */
  readonly y: Float64Array
}

/**
 * Fits the never-falling values that minimise the weighted sum of squares; equal inputs are averaged first.
 * @throws MathError `shape`, `out-of-domain` for a weight that is not above zero, `not-finite`, `overflow`, `empty`
 */
export function isotonicFit(x: Vector, y: Vector, weights?: Vector): IsotonicModel {
  requireVector('x', x)
  requireVector('y', y)
  refuseUnless(x.length === y.length, 'shape', () => `${x.length} inputs with ${y.length} targets`)
  if (weights !== undefined) {
    requireVector('weights', weights)
    refuseUnless(weights.length === x.length, 'shape', () => `${weights.length} weights for ${x.length} inputs`)
    for (let i = 0; i < weights.length; i++) refuseUnless(weights[i] > 0, 'out-of-domain', () => `weight ${i} is ${weights[i]}`)
  }
  const order = Array.from(x, (_, i) => i).sort((i, j) => x[i] - x[j] || i - j)
  const inputs: number[] = []
  const blocks: { mean: number; weight: number; inputs: number }[] = []
  for (const i of order) {
    const weight = weights?.[i] ?? 1
    const last = blocks.at(-1)
    if (inputs.length > 0 && inputs.at(-1) === x[i] && last !== undefined) pool(last, { mean: y[i], weight, inputs: 0 })
    else {
      inputs.push(x[i])
      blocks.push({ mean: y[i], weight, inputs: 1 })
    }
  }
  const pooled: typeof blocks = []
  for (const block of blocks) {
    pooled.push(block)
    while (pooled.length > 1 && pooled[pooled.length - 2].mean >= pooled[pooled.length - 1].mean) {
      const [last] = pooled.splice(-1)
      pool(pooled[pooled.length - 1], last)
    }
  }
  const fitted = pooled.flatMap(({ mean, inputs: count }) => Array.from({ length: count }, () => mean))
  refuseUnless(fitted.every(Number.isFinite), 'overflow', 'a fitted value exceeds the range of a double')
  return { x: Float64Array.from(inputs), y: Float64Array.from(fitted) }
}

function pool(
  into: { mean: number; weight: number; inputs: number },
  other: { readonly mean: number; readonly weight: number; readonly inputs: number },
): void {
  const weight = into.weight + other.weight
  into.mean += ((other.mean - into.mean) * other.weight) / weight
  into.weight = weight
  into.inputs += other.inputs
}

/**
 * The fitted function elsewhere: linear between the inputs it was fitted on, constant beyond them.
 * @throws MathError `not-finite`
 */
export function isotonicPredict(model: IsotonicModel, at: Vector): Float64Array {
  requireVector('the fitted inputs', model.x)
  requireVector('the fitted values', model.y)
  refuseUnless(model.x.length === model.y.length, 'shape', 'inputs and values of the model differ in number')
  const { x, y } = model
  const last = x.length - 1
  return Float64Array.from(at, (value) => {
    requireNumber('an input', value)
    if (value <= x[0]) return y[0]
    if (value >= x[last]) return y[last]
    let [low, high] = [0, last]
    while (high - low > 1) {
      const between = (low + high) >> 1
      if (x[between] <= value) low = between
      else high = between
    }
    const share = (value - x[low]) / (x[high] - x[low])
    // Beyond half the range of a double the difference overflows; then the lower value stands.
    return Number.isFinite(share) ? y[low] + share * (y[high] - y[low]) : y[low]
  })
}
