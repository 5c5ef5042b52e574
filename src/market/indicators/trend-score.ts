/** Trend score. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkPrice, requireLength } from './parts/check.ts'
import { RollingCovariance } from './parts/rolling-covariance.ts'
import { packed, unpack } from './parts/state.ts'
import { requireInteger } from '../../math/guard.ts'

/** A line without any residual would have an infinite score. */
const LEAST_ERROR = 1e-12

/**
 * Slope of the least squares line through the logarithms of the last n prices, over its Newey-West standard error: the root of the sum
 * of `u_t^2` and, for each lag l up to L, `2 (1 - l/(L+1)) u_t u_{t-l}`, over the sum of squared times, with u the product of residual
 * and time (both from their means). 0 when flat; at most 1e12. Costs one pass over the window with all lags a bar.
 */
export class TrendScore implements Indicator {
  /** Slope over its standard error. */
  value = Number.NaN
  /** Of the logarithm, a bar. */
  slope = Number.NaN
  readonly #lags: number
  readonly #pairs: RollingCovariance
  readonly #ring: Float64Array
  /** Filled and read within one update; no state. */
  readonly #scores: Float64Array
  #at = 0
  #count = 0

  constructor(length = 48, lags = 6) {
    requireLength('length', length, 3)
    requireInteger('lags', lags, 0, length - 2)
    this.#lags = lags
    this.#pairs = new RollingCovariance(length)
    this.#ring = new Float64Array(length)
    this.#scores = new Float64Array(length)
  }

  get ready(): boolean {
    return this.#pairs.ready
  }

  update(price: number): number {
    checkPrice('price', price)
    const x = Math.log(price)
    const n = this.#ring.length
    this.#ring[this.#at] = x
    this.#at = this.#at + 1 === n ? 0 : this.#at + 1
    this.#pairs.update(this.#count, x)
    this.#count += 1
    if (this.#pairs.ready) this.#conclude()
    return this.value
  }

  #conclude(): void {
    const n = this.#ring.length
    const scores = this.#scores
    const squares = (n * (n * n - 1)) / 12
    const slope = this.#pairs.products / squares
    const mean = this.#pairs.meanY
    for (let i = 0, at = this.#at; i < n; i++) {
      const time = i - (n - 1) / 2
      scores[i] = (this.#ring[at] - mean - slope * time) * time
      at = at + 1 === n ? 0 : at + 1
    }
    let spread = 0
    for (let lag = 0; lag <= this.#lags; lag++) {
      let product = 0
      for (let i = lag; i < n; i++) product += scores[i] * scores[i - lag]
      spread += (lag === 0 ? 1 : 2 * (1 - lag / (this.#lags + 1))) * product
    }
    const error = Math.max(Math.sqrt(Math.max(0, spread)) / squares, LEAST_ERROR * Math.abs(slope))
    this.slope = slope
    this.value = error > 0 ? slope / error : 0
  }

  snapshot(): readonly number[] {
    return packed([this.value, this.slope, this.#at, this.#count, ...this.#ring], this.#pairs)
  }

  restore(state: readonly number[]): void {
    const n = this.#ring.length
    unpack(state, 4 + n, this.#pairs)
    this.value = state[0]
    this.slope = state[1]
    this.#at = state[2]
    this.#count = state[3]
    this.#ring.set(state.slice(4, 4 + n))
  }
}

export const trendScore = (length = 48, lags = 6): TrendScore => new TrendScore(length, lags)

export const trendScoreDefinition: IndicatorDefinition = {
  name: 'trend-score',
  summary: 'trend score: slope of ln price over n bars divided by its Newey-West standard error',
  call: 'trendScore(length = 48, lags = 6)',
  takes: 'price',
  source: 'W. Newey and K. West, Econometrica 55 (1987)',
  example: () => {
    const indicator = trendScore()
    return {
      indicator,
      feed: ({ close }) => void indicator.update(close),
      outputs: () => ({ value: indicator.value, slope: indicator.slope }),
    }
  },
}
