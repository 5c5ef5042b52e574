/** Donchian channel. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, requireChoice } from './parts/check.ts'
import { Extreme } from './parts/extreme.ts'
import { packed, unpack } from './parts/state.ts'

export interface DonchianOptions {
  /** The n bars up to this one, or the n bars before it (for breakouts: a bar never leaves its own range); 'inclusive'. */
  readonly bars?: 'inclusive' | 'previous'
}

/** Highest high and lowest low of n bars, and the middle of the two. */
export class Donchian implements Indicator {
  upper = Number.NaN
  lower = Number.NaN
  readonly #highest: Extreme
  readonly #lowest: Extreme
  readonly #previous: boolean

  constructor(length = 20, { bars = 'inclusive' }: DonchianOptions = {}) {
    requireChoice('bars', bars, ['inclusive', 'previous'])
    this.#highest = new Extreme(length, 'highest')
    this.#lowest = new Extreme(length, 'lowest')
    this.#previous = bars === 'previous'
  }

  get middle(): number {
    return this.lower + (this.upper - this.lower) / 2
  }

  /** The middle. */
  get value(): number {
    return this.middle
  }

  get ready(): boolean {
    return !Number.isNaN(this.upper)
  }

  update(high: number, low: number): number {
    checkValue('high', high)
    checkValue('low', low)
    if (this.#previous) {
      this.upper = this.#highest.value
      this.lower = this.#lowest.value
    }
    this.#highest.update(high)
    this.#lowest.update(low)
    if (!this.#previous) {
      this.upper = this.#highest.value
      this.lower = this.#lowest.value
    }
    return this.middle
  }

  snapshot(): readonly number[] {
    return packed([this.upper, this.lower], this.#highest, this.#lowest)
  }

  restore(state: readonly number[]): void {
    unpack(state, 2, this.#highest, this.#lowest)
    this.upper = state[0]
    this.lower = state[1]
  }
}

export const donchian = (length = 20, options: DonchianOptions = {}): Donchian => new Donchian(length, options)

export const donchianDefinition: IndicatorDefinition = {
  name: 'donchian',
  summary: 'Donchian channel: highest high and lowest low of n bars, with this one or before it',
  call: "donchian(length = 20, { bars = 'inclusive' | 'previous' })",
  takes: 'high, low',
  source: 'R. Donchian, Commodities: High Finance in Copper, Financial Analysts Journal, 1960',
  example: () => {
    const indicator = donchian()
    return {
      indicator,
      feed: ({ high, low }) => void indicator.update(high, low),
      outputs: () => ({ upper: indicator.upper, middle: indicator.middle, lower: indicator.lower }),
    }
  },
}
