/** Volatility of closes. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkPrice, requireFactor, requireLength } from './parts/check.ts'
import { RollingMoments } from './parts/rolling-moments.ts'
import { packed, unpack } from './parts/state.ts'

export interface CloseVolatilityOptions {
  /** Bars of a year (365 for daily bars of a market that never closes), to annualise; 1: a bar. */
  readonly periodsPerYear?: number
  /** Deviations from the mean, or from 0; 'sample'. */
  readonly mean?: 'sample' | 'zero'
}

/** Standard deviation (n - 1) of the last n logarithmic returns of the close, times the root of `periodsPerYear`. */
export class CloseVolatility implements Indicator {
  value = Number.NaN
  readonly #moments: RollingMoments
  readonly #length: number
  readonly #periods: number
  readonly #zero: boolean
  #close = Number.NaN

  constructor(length = 20, { periodsPerYear = 1, mean = 'sample' }: CloseVolatilityOptions = {}) {
    requireLength('length', length, 2)
    requireFactor('periodsPerYear', periodsPerYear)
    this.#moments = new RollingMoments(length)
    this.#length = length
    this.#periods = periodsPerYear
    this.#zero = mean === 'zero'
  }

  get ready(): boolean {
    return this.#moments.ready
  }

  update(close: number): number {
    checkPrice('close', close)
    const change = Math.log(close / this.#close)
    this.#close = close
    if (Number.isNaN(change)) return this.value
    this.#moments.update(change)
    const n = this.#length
    const { mean, squares } = this.#moments
    this.value = Math.sqrt((this.#periods * (this.#zero ? squares + n * mean * mean : squares)) / (n - 1))
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value, this.#close], this.#moments)
  }

  restore(state: readonly number[]): void {
    unpack(state, 2, this.#moments)
    this.value = state[0]
    this.#close = state[1]
  }
}

export const closeVolatility = (length = 20, options: CloseVolatilityOptions = {}): CloseVolatility =>
  new CloseVolatility(length, options)

export const closeVolatilityDefinition: IndicatorDefinition = {
  name: 'close-volatility',
  summary: 'volatility: standard deviation of n logarithmic returns of the close, annualised by `periodsPerYear`',
  call: "closeVolatility(length = 20, { periodsPerYear = 1, mean = 'sample' | 'zero' })",
  takes: 'close',
  source: 'sample standard deviation of logarithmic returns; J. Hull, Options, Futures and Other Derivatives',
  example: () => {
    const indicator = closeVolatility(20, { periodsPerYear: 365 })
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
