/** The value so many updates ago. Pure. */
import type { Indicator } from '../indicator.ts'
import { requireSize } from './state.ts'

export class Lag implements Indicator {
  /** NaN until there is one. */
  value = Number.NaN
  readonly #ring: Float64Array
  #at = 0

  constructor(length: number) {
    this.#ring = new Float64Array(length).fill(Number.NaN)
  }

  get ready(): boolean {
    return !Number.isNaN(this.value)
  }

  update(x: number): number {
    const ring = this.#ring
    const at = this.#at
    this.value = ring[at]
    ring[at] = x
    this.#at = at + 1 === ring.length ? 0 : at + 1
    return this.value
  }

  snapshot(): readonly number[] {
    return [this.value, this.#at, ...this.#ring]
  }

  restore(state: readonly number[]): void {
    requireSize(state, 2 + this.#ring.length)
    this.value = state[0]
    this.#at = state[1]
    this.#ring.set(state.slice(2))
  }
}
