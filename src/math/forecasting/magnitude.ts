/**
 * The question whether squares of a series stay within the range of a double: asked once at the door, so that sums of squares,
 * likelihoods and their derivatives need not be asked again and again.
 *
 * Pure.
 */
import { refuseUnless, requireNumber, requireVector, type Vector } from '../guard.ts'

const LARGEST = 1e120
const SMALLEST = 1e-120

/**
 * A series of finite numbers, at least so many, whose squares do not overflow. Answers the largest absolute value.
 * @throws MathError `empty`, `too-short`, `not-finite`; `overflow` when squares are lost
 */
export function requireSeries(name: string, values: Vector, atLeast = 1): number {
  requireVector(name, values, atLeast)
  let largest = 0
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]))
  refuseUnless(largest <= LARGEST, 'overflow', () => `${name} reaches ${largest}; its squares leave the range of a double`)
  return largest
}

/** `requireSeries` where variances are estimated: the squares do not vanish either, unless all values are zero. */
export function requireEstimable(name: string, values: Vector, atLeast = 1): number {
  const largest = requireSeries(name, values, atLeast)
  refuseUnless(
    largest === 0 || largest >= SMALLEST,
    'overflow',
    () => `${name} stays below ${largest}; its squares leave the range of a double`,
  )
  return largest
}

/** A number whose square is a number, too. */
export function requireModerate(name: string, value: number): void {
  requireNumber(name, value)
  refuseUnless(Math.abs(value) <= LARGEST, 'overflow', () => `${name} is ${value}; its square leaves the range of a double`)
}
