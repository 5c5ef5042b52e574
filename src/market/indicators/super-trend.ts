/** SuperTrend. */
import { Atr } from './atr.ts'
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { requireFactor } from './parts/check.ts'
import { packed, unpack } from './parts/state.ts'

/**
 * Bands (high + low)/2 +- k ATR that only come nearer while the close stays on their inner side; the line is the lower one in an up
 * trend and the upper one in a down trend. Up when the close passes the upper band, down when it passes the lower one. The ATR
 * counts the first bar (high - low); the first defined bar is in a down trend.
 */
export class SuperTrend implements Indicator {
  /** The line. */
  value = Number.NaN
  /** 1: up, the line is below the price; -1: down. */
  direction = Number.NaN
  readonly #atr: Atr
  readonly #factor: number
  #upper = Number.NaN
  #lower = Number.NaN
  #close = Number.NaN

  constructor(length = 10, factor = 3) {
    requireFactor('factor', factor)
    this.#atr = new Atr(length)
    this.#factor = factor
  }

  get ready(): boolean {
    return this.#atr.ready
  }

  update(high: number, low: number, close: number): number {
    const width = this.#factor * this.#atr.update(high, low, close)
    if (this.#atr.ready) {
      const middle = (high + low) / 2
      const first = Number.isNaN(this.#upper)
      // Comparisons with NaN are false.
      if (!(middle + width >= this.#upper) || this.#close > this.#upper) this.#upper = middle + width
      if (!(middle - width <= this.#lower) || this.#close < this.#lower) this.#lower = middle - width
      if (first) this.direction = -1
      else if (this.direction < 0 && close > this.#upper) this.direction = 1
      else if (this.direction > 0 && close < this.#lower) this.direction = -1
      this.value = this.direction > 0 ? this.#lower : this.#upper
    }
    this.#close = close
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value, this.direction, this.#upper, this.#lower, this.#close], this.#atr)
  }

  restore(state: readonly number[]): void {
    unpack(state, 5, this.#atr)
    this.value = state[0]
    this.direction = state[1]
    this.#upper = state[2]
    this.#lower = state[3]
    this.#close = state[4]
  }
}

export const superTrend = (length = 10, factor = 3): SuperTrend => new SuperTrend(length, factor)

export const superTrendDefinition: IndicatorDefinition = {
  name: 'super-trend',
  summary: 'SuperTrend: a trailing line k average true ranges from the middle of the bar, and its direction (1 up, -1 down)',
  call: 'superTrend(length = 10, factor = 3)',
  takes: 'high, low, close',
  source: 'O. Seban; recursion of the final bands as in Pine Script ta.supertrend',
  example: () => {
    const indicator = superTrend()
    return {
      indicator,
      feed: ({ high, low, close }) => void indicator.update(high, low, close),
      outputs: () => ({ value: indicator.value, direction: indicator.direction }),
    }
  },
}
