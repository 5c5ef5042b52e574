/**
 * Highest or lowest of the last n values and how long ago it was, by a monotonic queue: whoever is overtaken while still in the
 * window can never be the extreme again. O(1) amortised.
 *
 * Pure.
 */
import type { Indicator } from '../indicator.ts'
import { requireLength } from './check.ts'
import { requireSize } from './state.ts'

export type Side = 'highest' | 'lowest'
/** Which of equal extremes counts. */
export type Tie = 'latest' | 'earliest'

export class Extreme implements Indicator {
  /** NaN until there are n values. */
  value = Number.NaN
  /** Updates since the extreme of what the window holds so far; 0 is the newest value. */
  age = Number.NaN
  readonly #length: number
  /** Lowest values are the highest of the negative ones. */
  readonly #sign: number
  readonly #latest: boolean
  readonly #values: Float64Array
  readonly #times: Float64Array
  #head = 0
  #size = 0
  #count = 0

  constructor(length: number, side: Side, tie: Tie = 'latest') {
    requireLength('length', length)
    this.#length = length
    this.#sign = side === 'highest' ? 1 : -1
    this.#latest = tie === 'latest'
    this.#values = new Float64Array(length)
    this.#times = new Float64Array(length)
  }

  get ready(): boolean {
    return this.#count >= this.#length
  }

  /** The result is read from `value`: a returned number would have to be boxed where the call is not inlined. */
  update(x: number): void {
    const n = this.#length
    const values = this.#values
    const signed = this.#sign * x
    if (this.#size > 0 && this.#times[this.#head] <= this.#count - n) {
      this.#head = this.#head + 1 === n ? 0 : this.#head + 1
      this.#size -= 1
    }
    let end = this.#head + this.#size
    if (end >= n) end -= n
    while (this.#size > 0) {
      const last = end === 0 ? n - 1 : end - 1
      if (this.#latest ? values[last] > signed : values[last] >= signed) break
      end = last
      this.#size -= 1
    }
    values[end] = signed
    this.#times[end] = this.#count
    this.#size += 1
    this.age = this.#count - this.#times[this.#head]
    this.#count += 1
    if (this.#count >= n) this.value = this.#sign * values[this.#head]
  }

  snapshot(): readonly number[] {
    return [this.value, this.age, this.#head, this.#size, this.#count, ...this.#values, ...this.#times]
  }

  restore(state: readonly number[]): void {
    const n = this.#length
    requireSize(state, 5 + 2 * n)
    this.value = state[0]
    this.age = state[1]
    this.#head = state[2]
    this.#size = state[3]
    this.#count = state[4]
    this.#values.set(state.slice(5, 5 + n))
    this.#times.set(state.slice(5 + n))
  }
}
