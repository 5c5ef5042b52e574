/** Stochastic oscillator of the RSI. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { requireChoice } from './parts/check.ts'
import { Extreme } from './parts/extreme.ts'
import { RollingSum } from './parts/rolling-sum.ts'
import { packed, unpack } from './parts/state.ts'
import { Rsi, type RsiOptions } from './rsi.ts'
import type { StochasticOptions } from './stochastic.ts'
import { requireNumber } from '../../math/guard.ts'

/** An RSI that varies by less stands still: while the price does, only its rounding varies, and one near 0 or 100 has few digits left. */
const LEAST_RANGE = 1e-4

export interface StochRsiOptions extends StochasticOptions {
  /** Length of the RSI; 14. */
  readonly rsiLength?: number
  readonly rsi?: RsiOptions
}

/** Where the RSI lies between its lowest and its highest value of the last n, and its simple averages. */
export class StochRsi implements Indicator {
  /** Not smoothed. */
  raw = Number.NaN
  k = Number.NaN
  d = Number.NaN
  readonly #rsi: Rsi
  readonly #highest: Extreme
  readonly #lowest: Extreme
  readonly #sumK: RollingSum
  readonly #sumD: RollingSum
  readonly #smoothK: number
  readonly #smoothD: number
  readonly #full: number
  readonly #flat: number

  constructor(length = 14, options: StochRsiOptions = {}) {
    const { rsiLength = 14, rsi = {}, smoothK = 3, smoothD = 3, scale = 'percent', flat = 0.5 } = options
    requireChoice('scale', scale, ['percent', 'fraction'])
    requireNumber('flat', flat)
    this.#rsi = new Rsi(rsiLength, rsi)
    this.#highest = new Extreme(length, 'highest')
    this.#lowest = new Extreme(length, 'lowest')
    this.#sumK = new RollingSum(smoothK)
    this.#sumD = new RollingSum(smoothD)
    this.#smoothK = smoothK
    this.#smoothD = smoothD
    this.#full = scale === 'percent' ? 100 : 1
    this.#flat = flat
  }

  /** Smoothed %K. */
  get value(): number {
    return this.k
  }

  get ready(): boolean {
    return this.#sumD.ready
  }

  update(x: number): number {
    const value = this.#rsi.update(x)
    if (!this.#rsi.ready) return this.k
    this.#highest.update(value)
    this.#lowest.update(value)
    if (!this.#highest.ready) return this.k
    const lowest = this.#lowest.value
    const range = this.#highest.value - lowest
    this.raw = this.#full * (range > LEAST_RANGE ? (value - lowest) / range : this.#flat)
    this.k = this.#sumK.update(this.raw) / this.#smoothK
    if (this.#sumK.ready) this.d = this.#sumD.update(this.k) / this.#smoothD
    return this.k
  }

  snapshot(): readonly number[] {
    return packed([this.raw, this.k, this.d], this.#rsi, this.#highest, this.#lowest, this.#sumK, this.#sumD)
  }

  restore(state: readonly number[]): void {
    unpack(state, 3, this.#rsi, this.#highest, this.#lowest, this.#sumK, this.#sumD)
    this.raw = state[0]
    this.k = state[1]
    this.d = state[2]
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
