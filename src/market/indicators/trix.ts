/** TRIX. */
import type { Indicator, IndicatorDefinition, Seed } from './indicator.ts'
import { checkPrice, requireChoice } from './parts/check.ts'
import { exponential, type Recursion } from './parts/recursion.ts'
import { packed, unpack } from './parts/state.ts'

export interface TrixOptions {
  /** Length of the signal; 9. */
  readonly signal?: number
  /** 'mean' */
  readonly seed?: Seed
  /** 'percent' */
  readonly scale?: 'percent' | 'fraction'
}

/** Relative change from bar to bar of an EMA of an EMA of an EMA, and its EMA (signal). Prices are above zero. */
export class Trix implements Indicator {
  trix = Number.NaN
  readonly #first: Recursion
  readonly #second: Recursion
  readonly #third: Recursion
  readonly #signal: Recursion
  readonly #full: number
  #previous = Number.NaN

  constructor(length = 15, { signal = 9, seed = 'mean', scale = 'percent' }: TrixOptions = {}) {
    requireChoice('scale', scale, ['percent', 'fraction'])
    this.#first = exponential(length, seed)
    this.#second = exponential(length, seed)
    this.#third = exponential(length, seed)
    this.#signal = exponential(signal, seed)
    this.#full = scale === 'percent' ? 100 : 1
  }

  get value(): number {
    return this.trix
  }

  get signal(): number {
    return this.#signal.value
  }

  get ready(): boolean {
    return this.#signal.ready
  }

  update(price: number): number {
    checkPrice('price', price)
    this.#first.update(price)
    if (this.#first.ready) this.#second.update(this.#first.value)
    if (this.#second.ready) {
      const now = this.#third.update(this.#second.value)
      if (!Number.isNaN(this.#previous)) {
        this.trix = (this.#full * (now - this.#previous)) / this.#previous
        this.#signal.update(this.trix)
      }
      this.#previous = now
    }
    return this.trix
  }

  snapshot(): readonly number[] {
    return packed([this.trix, this.#previous], this.#first, this.#second, this.#third, this.#signal)
  }

  restore(state: readonly number[]): void {
    unpack(state, 2, this.#first, this.#second, this.#third, this.#signal)
    this.trix = state[0]
    this.#previous = state[1]
  }
}

export const trix = (length = 15, options: TrixOptions = {}): Trix => new Trix(length, options)

export const trixDefinition: IndicatorDefinition = {
  name: 'trix',
  summary: 'TRIX: relative change of a triple EMA from bar to bar, and its EMA (signal)',
  call: "trix(length = 15, { signal = 9, seed = 'mean' | 'first', scale = 'percent' | 'fraction' })",
  takes: 'price',
  source: 'J. Hutson, Technical Analysis of Stocks & Commodities 1 (1983)',
  example: () => {
    const indicator = trix()
    return {
      indicator,
      feed: ({ close }) => void indicator.update(close),
      outputs: () => ({ trix: indicator.trix, signal: indicator.signal }),
    }
  },
}
