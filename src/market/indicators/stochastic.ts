/** Stochastic oscillator, fast and slow. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkBar, requireChoice } from './parts/check.ts'
import { Extreme } from './parts/extreme.ts'
import { RollingSum } from './parts/rolling-sum.ts'
import { packed, unpack } from './parts/state.ts'
import { requireNumber } from '../../math/guard.ts'

export interface StochasticOptions {
  /** Length of the average that makes slow %K (which is fast %D) of fast %K; 3. */
  readonly smoothK?: number
  /** Length of the average that makes slow %D of slow %K; 3. */
  readonly smoothD?: number
  /** 0 to 100, or 0 to 1; 'percent'. */
  readonly scale?: 'percent' | 'fraction'
  /** Share of the range where there is no range; 0.5 (TA-Lib: 0). */
  readonly flat?: number
}

/** Where the close lies between the lowest low and the highest high of n bars, and its simple averages. */
export class Stochastic implements Indicator {
  fastK = Number.NaN
  slowK = Number.NaN
  slowD = Number.NaN
  readonly #highest: Extreme
  readonly #lowest: Extreme
  readonly #k: RollingSum
  readonly #d: RollingSum
  readonly #smoothK: number
  readonly #smoothD: number
  readonly #full: number
  readonly #flat: number

  constructor(length = 14, { smoothK = 3, smoothD = 3, scale = 'percent', flat = 0.5 }: StochasticOptions = {}) {
    requireChoice('scale', scale, ['percent', 'fraction'])
    requireNumber('flat', flat)
    this.#highest = new Extreme(length, 'highest')
    this.#lowest = new Extreme(length, 'lowest')
    this.#k = new RollingSum(smoothK)
    this.#d = new RollingSum(smoothD)
    this.#smoothK = smoothK
    this.#smoothD = smoothD
    this.#full = scale === 'percent' ? 100 : 1
    this.#flat = flat
  }

  /** Slow %K. */
  get value(): number {
    return this.slowK
  }

  /** The same as slow %K. */
  get fastD(): number {
    return this.slowK
  }

  get ready(): boolean {
    return this.#d.ready
  }

  update(high: number, low: number, close: number): number {
    checkBar(high, low, close)
    this.#highest.update(high)
    this.#lowest.update(low)
    if (!this.#highest.ready) return this.slowK
    const lowest = this.#lowest.value
    const range = this.#highest.value - lowest
    this.fastK = this.#full * (range > 0 ? (close - lowest) / range : this.#flat)
    this.slowK = this.#k.update(this.fastK) / this.#smoothK
    if (this.#k.ready) this.slowD = this.#d.update(this.slowK) / this.#smoothD
    return this.slowK
  }

  snapshot(): readonly number[] {
    return packed([this.fastK, this.slowK, this.slowD], this.#highest, this.#lowest, this.#k, this.#d)
  }

  restore(state: readonly number[]): void {
    unpack(state, 3, this.#highest, this.#lowest, this.#k, this.#d)
    this.fastK = state[0]
    this.slowK = state[1]
    this.slowD = state[2]
  }
}

export const stochastic = (length = 14, options: StochasticOptions = {}): Stochastic => new Stochastic(length, options)

export const stochasticDefinition: IndicatorDefinition = {
  name: 'stochastic',
  summary: 'stochastic oscillator: where the close lies in the range of n bars; 50 without range; fast %D is slow %K',
  call: "stochastic(length = 14, { smoothK = 3, smoothD = 3, scale = 'percent' | 'fraction', flat = 0.5 })",
  takes: 'high, low, close',
  source: 'G. Lane, Technical Analysis of Stocks & Commodities 2 (1984)',
  example: () => {
    const indicator = stochastic()
    return {
      indicator,
      feed: ({ high, low, close }) => void indicator.update(high, low, close),
      outputs: () => ({ fastK: indicator.fastK, slowK: indicator.slowK, slowD: indicator.slowD }),
    }
  },
}
