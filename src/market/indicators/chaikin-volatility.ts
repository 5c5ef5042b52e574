/** Chaikin volatility. */
import type { Indicator, IndicatorDefinition, Seed } from './indicator.ts'
import { checkValue } from './parts/check.ts'
import { Lag } from './parts/lag.ts'
import { exponential, type Recursion } from './parts/recursion.ts'
import { packed, unpack } from './parts/state.ts'

/** An average that only decays falls below every quotient after thousands of flat bars. */
const NOTHING = 1e-200

export interface ChaikinVolatilityOptions {
  /** Bars between the two averages compared; the length of the average. */
  readonly change?: number
  /** 'mean' */
  readonly seed?: Seed
}

/** Relative change of the EMA of high - low over so many bars, as a fraction; 0 where there had been no range at all. */
export class ChaikinVolatility implements Indicator {
  value = Number.NaN
  readonly #average: Recursion
  readonly #lag: Lag

  constructor(length = 10, { change = length, seed = 'mean' }: ChaikinVolatilityOptions = {}) {
    this.#average = exponential(length, seed)
    this.#lag = new Lag(change)
  }

  get ready(): boolean {
    return this.#lag.ready
  }

  update(high: number, low: number): number {
    checkValue('high', high)
    checkValue('low', low)
    const now = this.#average.update(high - low)
    if (!this.#average.ready) return this.value
    const before = this.#lag.update(now)
    if (this.#lag.ready) this.value = Math.abs(before) < NOTHING ? 0 : now / before - 1
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#average, this.#lag)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#average, this.#lag)
    this.value = state[0]
  }
}

export const chaikinVolatility = (length = 10, options: ChaikinVolatilityOptions = {}): ChaikinVolatility =>
  new ChaikinVolatility(length, options)

export const chaikinVolatilityDefinition: IndicatorDefinition = {
  name: 'chaikin-volatility',
  summary: 'Chaikin volatility: relative change of the EMA of high - low over n bars',
  call: "chaikinVolatility(length = 10, { change = length, seed = 'mean' | 'first' })",
  takes: 'high, low',
  source: 'M. Chaikin; R package TTR, function chaikinVolatility',
  example: () => {
    const indicator = chaikinVolatility()
    return { indicator, feed: ({ high, low }) => void indicator.update(high, low), outputs: () => ({ value: indicator.value }) }
  },
}
