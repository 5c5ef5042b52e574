/** Aroon. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, requireChoice, requireLength } from './parts/check.ts'
import { Extreme } from './parts/extreme.ts'
import { packed, unpack } from './parts/state.ts'

export interface AroonOptions {
  /** The window has n + 1 bars: the first result with all of them ('full'), or with n (TTR's 'partial'). */
  readonly start?: 'full' | 'partial'
}

/** `up = 100 (n - bars since the highest high of n + 1 bars)/n`, `down` of the lowest low, oscillator = up - down; the latest of equals counts. */
export class Aroon implements Indicator {
  up = Number.NaN
  down = Number.NaN
  readonly #length: number
  readonly #first: number
  readonly #highest: Extreme
  readonly #lowest: Extreme
  #count = 0

  constructor(length = 14, { start = 'full' }: AroonOptions = {}) {
    requireLength('length', length)
    requireChoice('start', start, ['full', 'partial'])
    this.#length = length
    this.#first = start === 'full' ? length + 1 : length
    this.#highest = new Extreme(length + 1, 'highest')
    this.#lowest = new Extreme(length + 1, 'lowest')
  }

  get oscillator(): number {
    return this.up - this.down
  }

  /** The oscillator. */
  get value(): number {
    return this.oscillator
  }

  get ready(): boolean {
    return this.#count >= this.#first
  }

  update(high: number, low: number): number {
    checkValue('high', high)
    checkValue('low', low)
    this.#highest.update(high)
    this.#lowest.update(low)
    this.#count += 1
    if (this.#count >= this.#first) {
      const n = this.#length
      this.up = (100 * (n - this.#highest.age)) / n
      this.down = (100 * (n - this.#lowest.age)) / n
    }
    return this.oscillator
  }

  snapshot(): readonly number[] {
    return packed([this.up, this.down, this.#count], this.#highest, this.#lowest)
  }

  restore(state: readonly number[]): void {
    unpack(state, 3, this.#highest, this.#lowest)
    this.up = state[0]
    this.down = state[1]
    this.#count = state[2]
  }
}

export const aroon = (length = 14, options: AroonOptions = {}): Aroon => new Aroon(length, options)

export const aroonDefinition: IndicatorDefinition = {
  name: 'aroon',
  summary: 'Aroon: how recent the highest high and the lowest low of n + 1 bars are, 0 to 100',
  call: "aroon(length = 14, { start = 'full' | 'partial' })",
  takes: 'high, low',
  source: 'T. Chande, Technical Analysis of Stocks & Commodities 13 (1995)',
  example: () => {
    const indicator = aroon()
    return {
      indicator,
      feed: ({ high, low }) => void indicator.update(high, low),
      outputs: () => ({ up: indicator.up, down: indicator.down, oscillator: indicator.oscillator }),
    }
  },
}
