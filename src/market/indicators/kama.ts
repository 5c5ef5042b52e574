/** Kaufman's adaptive moving average. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, requireLength } from './parts/check.ts'
import { Lag } from './parts/lag.ts'
import { RollingSum } from './parts/rolling-sum.ts'
import { packed, unpack } from './parts/state.ts'

export interface KamaOptions {
  /** Length of the EMA it is in a straight move; 2. */
  readonly fast?: number
  /** Length of the EMA it is without direction; 30. */
  readonly slow?: number
}

/**
 * `k += c (x - k)` with `c = (ER (f - s) + s)^2`, f = 2/(fast+1), s = 2/(slow+1) and the efficiency ratio ER = |x - x_n ago| over
 * the sum of the |changes|. Begins with the nth value, first result with the one after; a window without any change has ER 1.
 */
export class Kama implements Indicator {
  value = Number.NaN
  readonly #fast: number
  readonly #slow: number
  readonly #lag: Lag
  readonly #way: RollingSum
  #previous = Number.NaN

  constructor(length: number, { fast = 2, slow = 30 }: KamaOptions = {}) {
    requireLength('fast', fast)
    requireLength('slow', slow)
    this.#way = new RollingSum(length)
    this.#lag = new Lag(length)
    this.#fast = 2 / (fast + 1)
    this.#slow = 2 / (slow + 1)
  }

  get ready(): boolean {
    return this.#way.ready
  }

  update(x: number): number {
    checkValue('x', x)
    const before = this.#previous
    const first = this.#lag.update(x)
    if (!Number.isNaN(before)) {
      const way = this.#way.update(Math.abs(x - before))
      if (this.#way.ready) {
        const ratio = way === 0 ? 1 : Math.min(1, Math.abs(x - first) / way)
        const gain = ratio * (this.#fast - this.#slow) + this.#slow
        const from = Number.isNaN(this.value) ? before : this.value
        this.value = from + gain * gain * (x - from)
      }
    }
    this.#previous = x
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value, this.#previous], this.#lag, this.#way)
  }

  restore(state: readonly number[]): void {
    unpack(state, 2, this.#lag, this.#way)
    this.value = state[0]
    this.#previous = state[1]
  }
}

export const kama = (length: number, options: KamaOptions = {}): Kama => new Kama(length, options)

export const kamaDefinition: IndicatorDefinition = {
  name: 'kama',
  summary: "Kaufman's adaptive moving average: an EMA whose gain follows the efficiency ratio of the last n changes",
  call: 'kama(length, { fast = 2, slow = 30 })',
  takes: 'x',
  source: 'P. Kaufman, Smarter Trading, 1995',
  example: () => {
    const indicator = kama(10)
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
