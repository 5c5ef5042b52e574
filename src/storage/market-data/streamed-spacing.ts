/**
 * The interval of rows that arrive one by one: the first of them are kept and decide, the others only have to fit.
 *
 * Pure.
 */
import type { Interval } from '../../core/time.ts'

/** So many rows show what the interval is. */
const ROWS = 65_536

export class StreamedSpacing {
  readonly #settle: (times: Float64Array) => Interval | undefined
  #times: Float64Array | undefined = new Float64Array(ROWS)
  #count = 0
  #interval: Interval | undefined

  /** `settle` tells the interval of some rows, and checks them. */
  constructor(settle: (times: Float64Array) => Interval | undefined) {
    this.#settle = settle
  }

  /** Takes the next open time; gives the interval once it is settled. */
  add(time: number): Interval | undefined {
    if (this.#times === undefined) return this.#interval
    this.#times[this.#count] = time
    this.#count += 1
    return this.#count < ROWS ? undefined : this.finish()
  }

  finish(): Interval | undefined {
    if (this.#times !== undefined) this.#interval = this.#settle(this.#times.subarray(0, this.#count))
    this.#times = undefined
    return this.#interval
  }
}
