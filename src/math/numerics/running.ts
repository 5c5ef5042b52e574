/**
 * Mean and variance one value at a time, without keeping the values.
 *
 * Pure: numbers in, numbers out. Sources: B. P. Welford, Technometrics 4 (1962); T. F. Chan, G. H. Golub, R. J. LeVeque (1979).
 */
import { finiteOr, refuseUnless, requireNumber } from '../guard.ts'
import type { Divisor } from './statistics.ts'

/** Mean and sum of squared deviations of the values so far, updated in place. */
export class RunningMoments {
  #count = 0
  #mean = 0
  #squares = 0

  /** @throws MathError `not-finite` */
  add(value: number): void {
    requireNumber('value', value)
    this.#count += 1
    const before = value - this.#mean
    this.#mean += before / this.#count
    this.#squares += before * (value - this.#mean)
  }

  /** As if the values of the other had been added too. */
  merge(other: RunningMoments): void {
    const total = this.#count + other.#count
    if (total === 0) return
    const apart = other.#mean - this.#mean
    this.#squares += other.#squares + (apart * apart * this.#count * other.#count) / total
    this.#mean += (apart * other.#count) / total
    this.#count = total
  }

  get count(): number {
    return this.#count
  }

  /** @throws MathError `empty` */
  get mean(): number {
    refuseUnless(this.#count > 0, 'empty', 'no values')
    return finiteOr('overflow', this.#mean, 'the mean')
  }

  /** @throws MathError `too-short` */
  variance(divisor: Divisor = 'sample'): number {
    const by = this.#count - (divisor === 'sample' ? 1 : 0)
    refuseUnless(by > 0, 'too-short', () => `${this.#count} values`)
    return finiteOr('overflow', this.#squares / by, 'the variance')
  }

  /** @throws MathError `too-short` */
  deviation(divisor: Divisor = 'sample'): number {
    return Math.sqrt(this.variance(divisor))
  }
}
