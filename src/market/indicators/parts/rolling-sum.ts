/**
 * Sum of the last n values without subtraction, so that rounding cannot pile up and a large value leaves no trace: the stream is
 * cut into blocks of n, and a window is the end of one block and the beginning of the next. Each n updates the sums of the ends of
 * the finished block are built. O(1) amortised.
 *
 * Pure.
 */
import type { Indicator } from '../indicator.ts'
import { requireLength } from './check.ts'
import { requireSize } from './state.ts'

export class RollingSum implements Indicator {
  /** NaN until there are n values. */
  value = Number.NaN
  /** Before `#at` values of this block, from there sums to the end of the block before. */
  readonly #slots: Float64Array
  #at = 0
  #sum = 0
  #full = false

  constructor(length: number) {
    requireLength('length', length)
    this.#slots = new Float64Array(length)
  }

  get ready(): boolean {
    return this.#full
  }

  update(x: number): number {
    const slots = this.#slots
    slots[this.#at] = x
    this.#sum += x
    this.#at += 1
    if (this.#at === slots.length) {
      this.value = this.#sum
      let end = 0
      for (let i = slots.length - 1; i >= 0; i--) slots[i] = end += slots[i]
      this.#at = 0
      this.#sum = 0
      this.#full = true
    } else if (this.#full) this.value = slots[this.#at] + this.#sum
    return this.value
  }

  snapshot(): readonly number[] {
    return [this.value, this.#at, this.#sum, this.#full ? 1 : 0, ...this.#slots]
  }

  restore(state: readonly number[]): void {
    requireSize(state, 4 + this.#slots.length)
    this.value = state[0]
    this.#at = state[1]
    this.#sum = state[2]
    this.#full = state[3] === 1
    this.#slots.set(state.slice(4))
  }
}
