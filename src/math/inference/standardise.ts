/**
 * A series with its mean taken out and its standard deviation divided out, which is what moments, Sharpe ratios and tests of
 * shape are made of. Values are scaled by the largest before they are squared, so that neither huge nor tiny ones are lost.
 *
 * Pure: numbers in, numbers out.
 */
import { finiteOr, refuseUnless, requireVector, type Vector } from '../guard.ts'
import { sampleKurtosis, sampleSkewness } from '../numerics/shape.ts'
import { sum } from '../sum.ts'

export interface Standardised {
  readonly mean: number
  /** Population standard deviation (divides by n), above zero. */
  readonly deviation: number
  /** (x - mean) / deviation. */
  readonly z: Float64Array
}

/**
 * (x - mean) / sd with the population standard deviation.
 * @throws MathError `no-variance` when the values do not vary beyond rounding, `too-short`, `overflow`
 */
export function standardise(name: string, values: Vector, atLeast = 2): Standardised {
  requireVector(name, values, atLeast)
  let largest = 0
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]))
  refuseUnless(largest > 0, 'no-variance', () => `${name} does not vary`)
  const n = values.length
  const scaled = Float64Array.from(values, (value) => value / largest)
  const centre = sum(scaled) / n
  const z = Float64Array.from(scaled, (value) => value - centre)
  const spread = Math.sqrt(sum(Float64Array.from(z, (value) => value * value)) / n)
  refuseUnless(spread > 1e-14 * Math.abs(centre) && spread > 0, 'no-variance', () => `${name} does not vary`)
  for (let i = 0; i < n; i++) z[i] /= spread
  const deviation = spread * largest
  refuseUnless(deviation > 0, 'no-variance', () => `${name} does not vary within the range of a double`)
  return { mean: finiteOr('overflow', centre * largest, `the mean of ${name}`), deviation, z }
}

/** Population skewness m3 / m2^1.5 and kurtosis m4 / m2^2 (3 for the normal distribution) of standardised values. */
export const shapeOf = (z: Vector): { readonly skewness: number; readonly kurtosis: number } => ({
  skewness: sampleSkewness(z),
  kurtosis: sampleKurtosis(z),
})

/**
 * A series divided by its largest absolute value, for tests that do not change with the scale but do with the level.
 * @throws MathError `no-variance` when all values are the same
 */
export function scaledByLargest(name: string, values: Vector, atLeast = 2): Float64Array {
  standardise(name, values, atLeast)
  let largest = 0
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]))
  return Float64Array.from(values, (value) => value / largest)
}
