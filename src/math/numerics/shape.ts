/**
 * The shape of a sample: skewness, kurtosis, robust centres and spreads.
 *
 * Pure: numbers in, numbers out. Sources: D. N. Joanes, C. A. Gill, The Statistician 47 (1998); P. J. Huber, Robust Statistics (1981).
 */
import { sum } from '../sum.ts'
import { finiteOr, refuseUnless, requireShare, requireVector, type Vector } from '../guard.ts'
import { average, type Divisor, positiveDeviation } from './statistics.ts'
import { median, sorted } from './quantile.ts'

/** Mean of the k-th powers of the values in population standard deviations from their mean. */
function standardisedMoment(values: Vector, power: 3 | 4): number {
  const spread = positiveDeviation(values, 'population')
  const centre = average(values)
  return sum(Float64Array.from(values, (value) => ((value - centre) / spread) ** power)) / values.length
}

/**
 * Third standardised moment m3 / m2^1.5; with `sample` the adjusted one, times sqrt(n (n - 1)) / (n - 2).
 * @throws MathError `too-short` (two values, three for `sample`), `no-variance`
 */
export function sampleSkewness(values: Vector, divisor: Divisor = 'population'): number {
  requireVector('values', values, divisor === 'sample' ? 3 : 2)
  const n = values.length
  const skew = standardisedMoment(values, 3)
  return divisor === 'sample' ? (skew * Math.sqrt(n * (n - 1))) / (n - 2) : skew
}

/**
 * Fourth standardised moment m4 / m2^2, 3 for a normal distribution; with `sample` 3 plus the adjusted excess
 * (n - 1) / ((n - 2)(n - 3)) ((n + 1) excess + 6).
 * @throws MathError `too-short` (two values, four for `sample`), `no-variance`
 */
export function sampleKurtosis(values: Vector, divisor: Divisor = 'population'): number {
  requireVector('values', values, divisor === 'sample' ? 4 : 2)
  const n = values.length
  const kurtosis = standardisedMoment(values, 4)
  return divisor === 'sample' ? 3 + ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * (kurtosis - 3) + 6) : kurtosis
}

/**
 * The mean of what is left when the `share` lowest and the `share` highest values are taken away, each count rounded down.
 * @throws MathError `out-of-domain` when nothing would be left
 */
export function trimmedMean(values: Vector, share: number): number {
  requireVector('values', values)
  requireShare('share', share)
  const cut = Math.floor(share * values.length + 1e-12)
  refuseUnless(2 * cut < values.length, 'out-of-domain', () => `a share of ${share} at both ends leaves nothing`)
  return average(sorted(values).subarray(cut, values.length - cut))
}

/**
 * exp(mean of ln x_i), of values above zero.
 * @throws MathError `empty`, `not-finite`, `out-of-domain`
 */
export function geometricMean(values: Vector): number {
  requireVector('values', values)
  for (let i = 0; i < values.length; i++)
    refuseUnless(values[i] > 0, 'out-of-domain', () => `values[${i}] is ${values[i]}; it is above zero`)
  return Math.exp(sum(Float64Array.from(values, Math.log)) / values.length)
}

/**
 * Median of |x_i - median|, times `scale` (1.4826 makes it a standard deviation where the values are normal).
 * @throws MathError `empty`, `not-finite`, `overflow`
 */
export function medianAbsoluteDeviation(values: Vector, scale = 1): number {
  const centre = median(values)
  const away = Float64Array.from(values, (value) => Math.abs(value - centre))
  refuseUnless(away.every(Number.isFinite), 'overflow', 'a deviation exceeds the range of a double')
  return finiteOr('overflow', scale * median(away), 'the deviation')
}
