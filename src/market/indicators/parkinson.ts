/** Parkinson's volatility. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkPrice, requireFactor } from './parts/check.ts'
import { RollingSum } from './parts/rolling-sum.ts'
import { packed, unpack } from './parts/state.ts'

export interface RangeVolatilityOptions {
  /** Bars of a year (365 for daily bars of a market that never closes), to annualise; 1: a bar. */
  readonly periodsPerYear?: number
}

const FOUR_LN_2 = 4 * Math.LN2

/** `sqrt(periodsPerYear/(4 n ln 2) sum(ln(high/low)^2))` of n bars. */
export class Parkinson implements Indicator {
  value = Number.NaN
  readonly #sum: RollingSum
  readonly #scale: number

  constructor(length = 20, { periodsPerYear = 1 }: RangeVolatilityOptions = {}) {
    requireFactor('periodsPerYear', periodsPerYear)
    this.#sum = new RollingSum(length)
    this.#scale = periodsPerYear / (FOUR_LN_2 * length)
  }

  get ready(): boolean {
    return this.#sum.ready
  }

  update(high: number, low: number): number {
    checkPrice('high', high)
    checkPrice('low', low)
    const range = Math.log(high / low)
    this.value = Math.sqrt(this.#scale * this.#sum.update(range * range))
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#sum)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#sum)
    this.value = state[0]
  }
}

export const parkinson = (length = 20, options: RangeVolatilityOptions = {}): Parkinson => new Parkinson(length, options)

export const parkinsonDefinition: IndicatorDefinition = {
  name: 'parkinson',
  summary: "Parkinson's volatility from high and low: `sqrt(periodsPerYear/(4 n ln 2) sum(ln(high/low)^2))`",
  call: 'parkinson(length = 20, { periodsPerYear = 1 })',
  takes: 'high, low',
  source: 'M. Parkinson, Journal of Business 53 (1980)',
  example: () => {
    const indicator = parkinson(20, { periodsPerYear: 365 })
    return { indicator, feed: ({ high, low }) => void indicator.update(high, low), outputs: () => ({ value: indicator.value }) }
  },
}
