/** Stochastic oscillator of the RSI. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { packed, unpack } from './parts/state.ts'
import { Rsi, type RsiOptions } from './rsi.ts'
import { Stochastic, type StochasticOptions } from './stochastic.ts'

export interface StochRsiOptions extends Omit<StochasticOptions, 'flat'> {
  /** Length of the RSI; 14. */
  readonly rsiLength?: number
  readonly rsi?: RsiOptions
  /** Share of the range where the RSI has no range; 0.5. */
  readonly flat?: number
}

/** Where the RSI lies between its lowest and its highest value of the last n, and its simple averages. */
export class StochRsi implements Indicator {
  readonly #rsi: Rsi
  readonly #stochastic: Stochastic

  constructor(length = 14, { rsiLength = 14, rsi = {}, ...rest }: StochRsiOptions = {}) {
    this.#rsi = new Rsi(rsiLength, rsi)
    this.#stochastic = new Stochastic(length, rest)
  }

  /** Smoothed %K. */
  get value(): number {
    return this.#stochastic.slowK
  }

  /** Not smoothed. */
  get raw(): number {
    return this.#stochastic.fastK
  }

  get k(): number {
    return this.#stochastic.slowK
  }

  get d(): number {
    return this.#stochastic.slowD
  }

  get ready(): boolean {
    return this.#stochastic.ready
  }

  update(x: number): number {
    const value = this.#rsi.update(x)
    if (this.#rsi.ready) this.#stochastic.update(value, value, value)
    return this.#stochastic.slowK
  }

  snapshot(): readonly number[] {
    return packed([], this.#rsi, this.#stochastic)
  }

  restore(state: readonly number[]): void {
    unpack(state, 0, this.#rsi, this.#stochastic)
  }
}

export const stochRsi = (length = 14, options: StochRsiOptions = {}): StochRsi => new StochRsi(length, options)

export const stochRsiDefinition: IndicatorDefinition = {
  name: 'stoch-rsi',
  summary: 'stochastic oscillator of the RSI: where the RSI lies in its own range of n bars; 50 without range',
  call: "stochRsi(length = 14, { rsiLength = 14, smoothK = 3, smoothD = 3, scale = 'percent' | 'fraction', flat = 0.5 })",
  takes: 'x',
  source: 'T. Chande and S. Kroll, The New Technical Trader, 1994',
  example: () => {
    const indicator = stochRsi()
    return {
      indicator,
      feed: ({ close }) => void indicator.update(close),
      outputs: () => ({ raw: indicator.raw, k: indicator.k, d: indicator.d }),
    }
  },
}
