/** Commodity channel index. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkBar, requireFactor } from './parts/check.ts'
import { RollingMoments } from './parts/rolling-moments.ts'
import { packed, unpack } from './parts/state.ts'

/**
 * `(p - mean)/(0.015 D)` with the typical price p = (high + low + close)/3, its mean over n bars and D the mean of |p_i - mean| over
 * them; 0 where D is 0. The deviations are taken from today's mean, which costs one pass over the n prices a bar.
 */
export class Cci implements Indicator {
  value = Number.NaN
  readonly #moments: RollingMoments
  readonly #ring: Float64Array
  readonly #factor: number
  #at = 0

  constructor(length = 20, factor = 0.015) {
    requireFactor('factor', factor)
    this.#moments = new RollingMoments(length)
    this.#ring = new Float64Array(length)
    this.#factor = factor
  }

  get ready(): boolean {
    return this.#moments.ready
  }

  update(high: number, low: number, close: number): number {
    checkBar(high, low, close)
    const ring = this.#ring
    const price = (high + low + close) / 3
    ring[this.#at] = price
    this.#at = this.#at + 1 === ring.length ? 0 : this.#at + 1
    this.#moments.update(price)
    if (!this.#moments.ready) return this.value
    const { mean } = this.#moments
    let deviations = 0
    for (let i = 0; i < ring.length; i++) deviations += Math.abs(ring[i] - mean)
    this.value = deviations > 0 ? ((price - mean) / deviations) * (ring.length / this.#factor) : 0
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value, this.#at, ...this.#ring], this.#moments)
  }

  restore(state: readonly number[]): void {
    const n = this.#ring.length
    unpack(state, 2 + n, this.#moments)
    this.value = state[0]
    this.#at = state[1]
    this.#ring.set(state.slice(2, 2 + n))
  }
}

export const cci = (length = 20, factor = 0.015): Cci => new Cci(length, factor)

export const cciDefinition: IndicatorDefinition = {
  name: 'cci',
  summary: 'commodity channel index: distance of the typical price from its mean in 0.015 mean absolute deviations; 0 when flat',
  call: 'cci(length = 20, factor = 0.015)',
  takes: 'high, low, close',
  source: 'D. Lambert, Commodities 10 (1980)',
  example: () => {
    const indicator = cci()
    return {
      indicator,
      feed: ({ high, low, close }) => void indicator.update(high, low, close),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
