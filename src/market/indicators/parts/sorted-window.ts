/**
 * The last n values in order: a ring, and the same values sorted. An update finds both places by halving and moves what lies
 * between them, O(log n) comparisons and one move of memory.
 *
 * Pure.
 */
import type { Indicator } from '../indicator.ts'
import { requireLength } from './check.ts'
import { requireSize } from './state.ts'

export class SortedWindow implements Indicator {
  readonly #ring: Float64Array
  readonly #sorted: Float64Array
  #at = 0
  #size = 0

  constructor(length: number) {
    requireLength('length', length)
    this.#ring = new Float64Array(length)
    this.#sorted = new Float64Array(length)
  }

  get ready(): boolean {
    return this.#size === this.#ring.length
  }

  update(x: number): void {
    const sorted = this.#sorted
    const n = this.#ring.length
    if (this.#size < n) {
      const to = this.below(x)
      sorted.copyWithin(to + 1, to, this.#size)
      sorted[to] = x
      this.#size += 1
    } else {
      const from = this.below(this.#ring[this.#at])
      const to = this.below(x)
      // What leaves stood at `from`; everything between moves by one towards it.
      if (to > from) {
        sorted.copyWithin(from, from + 1, to)
        sorted[to - 1] = x
      } else {
        sorted.copyWithin(to + 1, to, from)
        sorted[to] = x
      }
    }
    this.#ring[this.#at] = x
    this.#at = this.#at + 1 === n ? 0 : this.#at + 1
  }

  /** How many are less than x. */
  below(x: number): number {
    let low = 0
    let high = this.#size
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#sorted[middle] < x) low = middle + 1
      else high = middle
    }
    return low
  }

  /** How many are not greater than x. */
  upTo(x: number): number {
    let low = 0
    let high = this.#size
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#sorted[middle] <= x) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Of those the window holds; the mean of the middle two when their number is even. */
  median(): number {
    const middle = this.#size >>> 1
    if (this.#size % 2 === 1) return this.#sorted[middle]
    return this.#sorted[middle - 1] + (this.#sorted[middle] - this.#sorted[middle - 1]) / 2
  }

  snapshot(): readonly number[] {
    return [this.#at, this.#size, ...this.#ring]
  }

  restore(state: readonly number[]): void {
    requireSize(state, 2 + this.#ring.length)
    this.#at = state[0]
    this.#size = state[1]
    this.#ring.set(state.slice(2))
    this.#sorted.fill(0)
    this.#sorted.set(this.#ring.slice(0, this.#size).sort())
  }
}
