/**
 * A class with hysteresis: another one holds only after it has been the likely one for some bars in a row. What `StateSwitch` of the
 * mathematics is for probabilities, for classes that somebody has judged already; made for every bar.
 *
 * Pure.
 */
import { assert } from '../../core/errors.ts'

export class ClassSwitch {
  /** The class in force; -1 before the first. */
  state = -1
  readonly #bars: number
  #candidate = -1
  #run = 0

  constructor(bars: number) {
    this.#bars = bars
  }

  /** Takes the likely class of a closed bar, -1 where none is likely enough. The first one holds at once. */
  update(likely: number): void {
    if (likely === -1 || likely === this.state) {
      this.#candidate = -1
      this.#run = 0
      return
    }
    this.#run = likely === this.#candidate ? this.#run + 1 : 1
    this.#candidate = likely
    if (this.state !== -1 && this.#run < this.#bars) return
    this.state = likely
    this.#candidate = -1
    this.#run = 0
  }

  snapshot(): readonly number[] {
    return [this.state, this.#candidate, this.#run]
  }

  restore(state: readonly number[]): void {
    assert(state.length === 3, 'not the memory of a class switch')
    this.state = state[0]
    this.#candidate = state[1]
    this.#run = state[2]
  }
}
