/** Exponential smoothing, whose gain makes it an EMA or Wilder's average. Pure. */
import type { Indicator, Seed } from '../indicator.ts'
import { requireChoice, requireLength } from './check.ts'
import { requireSize } from './state.ts'

/** `a += gain (x - a)`, seeded with the first value or with the mean of the first n. */
export class Recursion implements Indicator {
  value = Number.NaN
  readonly #gain: number
  /** Values after which there is a result. */
  readonly #begin: number
  #count = 0
  #mean = 0

  constructor(length: number, gain: number, seed: Seed) {
    requireLength('length', length)
    requireChoice('seed', seed, ['first', 'mean'])
    this.#gain = gain
    this.#begin = seed === 'first' ? 1 : length
  }

  get ready(): boolean {
    return this.#count >= this.#begin
  }

  update(x: number): number {
    this.#count += 1
    if (this.#count > this.#begin) this.value += this.#gain * (x - this.value)
    else {
      // A running mean is exact where all values are the same, so that averages of a flat market agree to the last digit.
      this.#mean += (x - this.#mean) / this.#count
      if (this.#count === this.#begin) this.value = this.#mean
    }
    return this.value
  }

  snapshot(): readonly number[] {
    return [this.value, this.#count, this.#mean]
  }

  restore(state: readonly number[]): void {
    requireSize(state, 3)
    this.value = state[0]
    this.#count = state[1]
    this.#mean = state[2]
  }
}

/** With the gain of an EMA, 2/(n+1). */
export const exponential = (length: number, seed: Seed = 'mean'): Recursion => new Recursion(length, 2 / (length + 1), seed)

/** With Wilder's gain, 1/n. */
export const wilder = (length: number, seed: Seed = 'mean'): Recursion => new Recursion(length, 1 / length, seed)
