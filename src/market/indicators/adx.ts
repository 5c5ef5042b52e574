/** Directional movement: +DI, -DI, DX, ADX. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkBar, requireChoice, requireLength } from './parts/check.ts'
import { wilder, type Recursion } from './parts/recursion.ts'
import { packed, unpack } from './parts/state.ts'

export interface AdxOptions {
  /**
   * How the sums of movement and range begin: with the first n - 1 and one step of the recursion ('short', as TA-Lib and TTR do), or
   * with all of the first n ('mean').
   */
  readonly start?: 'mean' | 'short'
}

/**
 * `+DI = 100 (+DM)/TR`, `-DI` likewise, `DX = 100 |+DI - -DI|/(+DI + -DI)` (0 where there was no movement), all of Wilder's sums of n
 * bars; ADX is Wilder's average of DX, first with bar 2n.
 */
export class Adx implements Indicator {
  plusDi = Number.NaN
  minusDi = Number.NaN
  dx = Number.NaN
  readonly #length: number
  readonly #short: boolean
  readonly #average: Recursion
  #high = Number.NaN
  #low = Number.NaN
  #close = Number.NaN
  #count = 0
  #plus = 0
  #minus = 0
  #range = 0

  constructor(length = 14, { start = 'short' }: AdxOptions = {}) {
    requireLength('length', length)
    requireChoice('start', start, ['mean', 'short'])
    this.#length = length
    this.#short = start === 'short'
    this.#average = wilder(length)
  }

  /** ADX. */
  get value(): number {
    return this.#average.value
  }

  get adx(): number {
    return this.#average.value
  }

  get ready(): boolean {
    return this.#average.ready
  }

  update(high: number, low: number, close: number): number {
    checkBar(high, low, close)
    if (!Number.isNaN(this.#high)) {
      const up = high - this.#high
      const down = this.#low - low
      this.#count += 1
      const n = this.#length
      if (this.#count > n || (this.#short && this.#count === n)) {
        this.#plus -= this.#plus / n
        this.#minus -= this.#minus / n
        this.#range -= this.#range / n
      }
      if (up > down && up > 0) this.#plus += up
      if (down > up && down > 0) this.#minus += down
      this.#range += Math.max(high, this.#close) - Math.min(low, this.#close)
      if (this.#count >= n) this.#conclude()
    }
    this.#high = high
    this.#low = low
    this.#close = close
    return this.#average.value
  }

  #conclude(): void {
    const moved = this.#plus + this.#minus
    this.plusDi = this.#range > 0 ? (100 * this.#plus) / this.#range : 0
    this.minusDi = this.#range > 0 ? (100 * this.#minus) / this.#range : 0
    this.dx = moved > 0 ? (100 * Math.abs(this.#plus - this.#minus)) / moved : 0
    this.#average.update(this.dx)
  }

  snapshot(): readonly number[] {
    const results = [this.plusDi, this.minusDi, this.dx]
    const state = [this.#high, this.#low, this.#close, this.#count, this.#plus, this.#minus, this.#range]
    return packed(results.concat(state), this.#average)
  }

  restore(state: readonly number[]): void {
    unpack(state, 10, this.#average)
    this.plusDi = state[0]
    this.minusDi = state[1]
    this.dx = state[2]
    this.#high = state[3]
    this.#low = state[4]
    this.#close = state[5]
    this.#count = state[6]
    this.#plus = state[7]
    this.#minus = state[8]
    this.#range = state[9]
  }
}

export const adx = (length = 14, options: AdxOptions = {}): Adx => new Adx(length, options)

export const adxDefinition: IndicatorDefinition = {
  name: 'adx',
  summary: 'directional movement: +DI, -DI, DX and its average ADX, 0 (no trend) to 100',
  call: "adx(length = 14, { start = 'short' | 'mean' })",
  takes: 'high, low, close',
  source: 'J. W. Wilder, New Concepts in Technical Trading Systems, 1978',
  example: () => {
    const indicator = adx()
    return {
      indicator,
      feed: ({ high, low, close }) => void indicator.update(high, low, close),
      outputs: () => ({ adx: indicator.adx, plusDi: indicator.plusDi, minusDi: indicator.minusDi, dx: indicator.dx }),
    }
  },
}
