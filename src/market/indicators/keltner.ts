/** Keltner channel. */
import { Atr, type AtrOptions } from './atr.ts'
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { requireFactor } from './parts/check.ts'
import { exponential, type Recursion } from './parts/recursion.ts'
import { packed, unpack } from './parts/state.ts'

export interface KeltnerOptions {
  /** Half the width in average true ranges; 2. */
  readonly factor?: number
  /** Length of the average true range; that of the channel. */
  readonly atrLength?: number
  /** How the average true range begins; the first bar has no range. */
  readonly atr?: AtrOptions
}

/** EMA of the typical price (high + low + close)/3 of n bars, +- k average true ranges. */
export class Keltner implements Indicator {
  upper = Number.NaN
  middle = Number.NaN
  lower = Number.NaN
  readonly #average: Recursion
  readonly #atr: Atr
  readonly #factor: number

  constructor(length = 20, { factor = 2, atrLength = length, atr = {} }: KeltnerOptions = {}) {
    requireFactor('factor', factor)
    this.#average = exponential(length)
    this.#atr = new Atr(atrLength, { firstRange: 'skip', ...atr })
    this.#factor = factor
  }

  /** The middle. */
  get value(): number {
    return this.middle
  }

  get ready(): boolean {
    return this.#average.ready && this.#atr.ready
  }

  update(high: number, low: number, close: number): number {
    const half = this.#factor * this.#atr.update(high, low, close)
    this.middle = this.#average.update((high + low + close) / 3)
    this.upper = this.middle + half
    this.lower = this.middle - half
    return this.middle
  }

  snapshot(): readonly number[] {
    return packed([this.upper, this.middle, this.lower], this.#average, this.#atr)
  }

  restore(state: readonly number[]): void {
    unpack(state, 3, this.#average, this.#atr)
    this.upper = state[0]
    this.middle = state[1]
    this.lower = state[2]
  }
}

export const keltner = (length = 20, options: KeltnerOptions = {}): Keltner => new Keltner(length, options)

export const keltnerDefinition: IndicatorDefinition = {
  name: 'keltner',
  summary: 'Keltner channel: EMA of the typical price +- k average true ranges',
  call: "keltner(length = 20, { factor = 2, atrLength = length, atr = { firstRange: 'skip' } })",
  takes: 'high, low, close',
  source: 'C. Keltner, How to Make Money in Commodities, 1960; L. Raschke (EMA and ATR)',
  example: () => {
    const indicator = keltner()
    return {
      indicator,
      feed: ({ high, low, close }) => void indicator.update(high, low, close),
      outputs: () => ({ upper: indicator.upper, middle: indicator.middle, lower: indicator.lower }),
    }
  },
}
