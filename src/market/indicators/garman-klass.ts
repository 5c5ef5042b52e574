/** Garman and Klass's volatility. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkPrices, requireChoice, requireFactor } from './parts/check.ts'
import { RollingSum } from './parts/rolling-sum.ts'
import { packed, unpack } from './parts/state.ts'
import type { RangeVolatilityOptions } from './parkinson.ts'

export interface GarmanKlassOptions extends RangeVolatilityOptions {
  /** Whether the move from the close before to the open counts (Yang and Zhang's extension; one bar more); 'none'. */
  readonly gap?: 'none' | 'open'
}

const WEIGHT = 2 * Math.LN2 - 1

/** `sqrt(periodsPerYear/n sum(ln(high/low)^2/2 - (2 ln 2 - 1) ln(close/open)^2))` of n bars. */
export class GarmanKlass implements Indicator {
  value = Number.NaN
  readonly #sum: RollingSum
  readonly #scale: number
  readonly #gap: boolean
  #close = Number.NaN

  constructor(length = 20, { periodsPerYear = 1, gap = 'none' }: GarmanKlassOptions = {}) {
    requireFactor('periodsPerYear', periodsPerYear)
    requireChoice('gap', gap, ['none', 'open'])
    this.#sum = new RollingSum(length)
    this.#scale = periodsPerYear / length
    this.#gap = gap === 'open'
  }

  get ready(): boolean {
    return this.#sum.ready
  }

  update(open: number, high: number, low: number, close: number): number {
    checkPrices(open, high, low, close)
    const range = Math.log(high / low)
    const body = Math.log(close / open)
    const jump = this.#gap ? Math.log(open / this.#close) : 0
    this.#close = close
    if (Number.isNaN(jump)) return this.value
    const sum = this.#sum.update(jump * jump + (range * range) / 2 - WEIGHT * body * body)
    this.value = Math.sqrt(Math.max(0, this.#scale * sum))
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value, this.#close], this.#sum)
  }

  restore(state: readonly number[]): void {
    unpack(state, 2, this.#sum)
    this.value = state[0]
    this.#close = state[1]
  }
}

export const garmanKlass = (length = 20, options: GarmanKlassOptions = {}): GarmanKlass => new GarmanKlass(length, options)

export const garmanKlassDefinition: IndicatorDefinition = {
  name: 'garman-klass',
  summary: "Garman and Klass's volatility from open, high, low and close",
  call: "garmanKlass(length = 20, { periodsPerYear = 1, gap = 'none' | 'open' })",
  takes: 'open, high, low, close',
  source: 'M. Garman and M. Klass, Journal of Business 53 (1980)',
  example: () => {
    const indicator = garmanKlass(20, { periodsPerYear: 365 })
    return {
      indicator,
      feed: ({ open, high, low, close }) => void indicator.update(open, high, low, close),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
