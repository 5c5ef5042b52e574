/** Sum of the last n values with weights 1 (oldest) to n (newest), by blocks as in `rolling-sum.ts`. O(1) amortised. Pure. */
import type { Indicator } from '../indicator.ts'
import { requireLength } from './check.ts'
import { requireSize } from './state.ts'

export class RollingWeightedSum implements Indicator {
  /** NaN until there are n values. */
  value = Number.NaN
  /** Before `#at` values of this block, from there plain sums to the end of the block before. */
  readonly #slots: Float64Array
  /** From `#at`: sums to the end of the block before, with weights from 1. */
  readonly #weighted: Float64Array
  #at = 0
  #sum = 0
  #weightedSum = 0
  #full = false

  constructor(length: number) {
    requireLength('length', length)
    this.#slots = new Float64Array(length)
    this.#weighted = new Float64Array(length)
  }

  get ready(): boolean {
    return this.#full
  }

  update(x: number): number {
    const slots = this.#slots
    const { length } = slots
    slots[this.#at] = x
    this.#at += 1
    this.#sum += x
    this.#weightedSum += this.#at * x
    if (this.#at === length) {
      this.value = this.#weightedSum
      let end = 0
      let weighted = 0
      for (let i = length - 1; i >= 0; i--) {
        end += slots[i]
        weighted += end
        slots[i] = end
        this.#weighted[i] = weighted
      }
      this.#at = 0
      this.#sum = 0
      this.#weightedSum = 0
      this.#full = true
    } else if (this.#full) this.value = this.#weighted[this.#at] + (length - this.#at) * this.#sum + this.#weightedSum
    return this.value
  }

  snapshot(): readonly number[] {
    return [this.value, this.#at, this.#sum, this.#weightedSum, this.#full ? 1 : 0, ...this.#slots, ...this.#weighted]
  }

  restore(state: readonly number[]): void {
    const { length } = this.#slots
    requireSize(state, 5 + 2 * length)
    this.value = state[0]
    this.#at = state[1]
    this.#sum = state[2]
    this.#weightedSum = state[3]
    this.#full = state[4] === 1
    this.#slots.set(state.slice(5, 5 + length))
    this.#weighted.set(state.slice(5 + length))
  }
}
