/** Williams' percent range. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkBar } from './parts/check.ts'
import { Extreme } from './parts/extreme.ts'
import { packed, unpack } from './parts/state.ts'
import { requireNumber } from '../../math/guard.ts'

export interface WilliamsROptions {
  /** Value where there is no range; -50 (TA-Lib: 0). */
  readonly flat?: number
}

/** `-100 (highest high - close) / (highest high - lowest low)` over n bars. */
export class WilliamsR implements Indicator {
  value = Number.NaN
  readonly #highest: Extreme
  readonly #lowest: Extreme
  readonly #flat: number

  constructor(length = 14, { flat = -50 }: WilliamsROptions = {}) {
    requireNumber('flat', flat)
    this.#highest = new Extreme(length, 'highest')
    this.#lowest = new Extreme(length, 'lowest')
    this.#flat = flat
  }

  get ready(): boolean {
    return this.#highest.ready
  }

  update(high: number, low: number, close: number): number {
    checkBar(high, low, close)
    this.#highest.update(high)
    this.#lowest.update(low)
    if (!this.#highest.ready) return this.value
    const highest = this.#highest.value
    const range = highest - this.#lowest.value
    this.value = range > 0 ? (-100 * (highest - close)) / range : this.#flat
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#highest, this.#lowest)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#highest, this.#lowest)
    this.value = state[0]
  }
}

export const williamsR = (length = 14, options: WilliamsROptions = {}): WilliamsR => new WilliamsR(length, options)

export const williamsRDefinition: IndicatorDefinition = {
  name: 'williams-r',
  summary: 'Williams %R: `-100 (highest - close)/(highest - lowest)` of n bars; -50 without range',
  call: 'williamsR(length = 14, { flat = -50 })',
  takes: 'high, low, close',
  source: 'L. Williams, How I Made One Million Dollars Last Year Trading Commodities, 1973',
  example: () => {
    const indicator = williamsR()
    return {
      indicator,
      feed: ({ high, low, close }) => void indicator.update(high, low, close),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
