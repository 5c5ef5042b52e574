/**
 * Mean and squared deviations of the last n values, by blocks as in `rolling-sum.ts`, joined by the formula of Chan, Golub and
 * LeVeque (1979). Nothing is subtracted from a sum of squares: n equal values have exactly no deviation. O(1) amortised.
 *
 * Pure.
 */
import type { Indicator } from '../indicator.ts'
import { requireLength } from './check.ts'
import { requireSize } from './state.ts'

export class RollingMoments implements Indicator {
  /** NaN until there are n values. */
  mean = Number.NaN
  /** Sum of the squared deviations from the mean. */
  squares = Number.NaN
  readonly #length: number
  /** Before `#at` values of this block, from there means to the end of the block before. */
  readonly #means: Float64Array
  readonly #ends: Float64Array
  #at = 0
  #mean = 0
  #squares = 0
  #full = false

  constructor(length: number) {
    requireLength('length', length)
    this.#length = length
    this.#means = new Float64Array(length)
    this.#ends = new Float64Array(length)
  }

  get ready(): boolean {
    return this.#full
  }

  update(x: number): void {
    const n = this.#length
    this.#means[this.#at] = x
    this.#at += 1
    const delta = x - this.#mean
    this.#mean += delta / this.#at
    this.#squares += delta * (x - this.#mean)
    if (this.#at === n) {
      this.mean = this.#mean
      this.squares = this.#squares
      this.#close()
    } else if (this.#full) {
      const mean = this.#means[this.#at]
      const gap = this.#mean - mean
      const share = this.#at / n
      this.mean = mean + gap * share
      this.squares = this.#ends[this.#at] + this.#squares + gap * gap * share * (n - this.#at)
    }
  }

  #close(): void {
    const n = this.#length
    let mean = 0
    let squares = 0
    for (let i = n - 1; i >= 0; i--) {
      const x = this.#means[i]
      const delta = x - mean
      mean += delta / (n - i)
      squares += delta * (x - mean)
      this.#means[i] = mean
      this.#ends[i] = squares
    }
    this.#at = 0
    this.#mean = 0
    this.#squares = 0
    this.#full = true
  }

  snapshot(): readonly number[] {
    const own = [this.mean, this.squares, this.#at, this.#mean, this.#squares, this.#full ? 1 : 0]
    return own.concat([...this.#means], [...this.#ends])
  }

  restore(state: readonly number[]): void {
    const n = this.#length
    requireSize(state, 6 + 2 * n)
    this.mean = state[0]
    this.squares = state[1]
    this.#at = state[2]
    this.#mean = state[3]
    this.#squares = state[4]
    this.#full = state[5] === 1
    this.#means.set(state.slice(6, 6 + n))
    this.#ends.set(state.slice(6 + n))
  }
}
