/** Trend score. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkPrice, requireLength } from './parts/check.ts'
import { requireSize } from './parts/state.ts'
import { requireInteger } from '../../math/guard.ts'

/** A line without any residual would have an infinite score. */
const LEAST_ERROR = 1e-12

/**
 * Slope of the least squares line through the logarithms of the last n prices, over its Newey-West standard error: the root of the sum
 * of `u_t^2` and, for each lag l up to L, `2 (1 - l/(L+1)) u_t u_{t-l}`, over the sum of squared times, with u the product of residual
 * and time (both from their means). 0 when flat; at most 1e12. An update costs nothing; reading the score one pass over the window,
 * because Bartlett's weights make that sum the one of the squares of all sums of L+1 neighbours, divided by L+1.
 */
export class TrendScore implements Indicator {
  readonly #lags: number
  readonly #ring: Float64Array
  /** Filled and read within one reading; no state. */
  readonly #scores: Float64Array
  #at = 0
  #full = false
  /** The window has moved since `#value` was made. */
  #moved = false
  #value = Number.NaN
  #slope = Number.NaN

  constructor(length = 48, lags = 6) {
    requireLength('length', length, 3)
    requireInteger('lags', lags, 0, length - 2)
    this.#lags = lags
    this.#ring = new Float64Array(length)
    this.#scores = new Float64Array(length)
  }

  get ready(): boolean {
    return this.#full
  }

  /** Slope over its standard error. */
  get value(): number {
    this.#conclude()
    return this.#value
  }

  /** Of the logarithm, a bar. */
  get slope(): number {
    this.#conclude()
    return this.#slope
  }

  update(price: number): number {
    checkPrice('price', price)
    this.take(Math.log(price))
    return this.value
  }

  /** As `update`, for those who have the logarithm of the price and may not read the score at every bar. */
  take(logPrice: number): void {
    this.#ring[this.#at] = logPrice
    this.#at += 1
    if (this.#at === this.#ring.length) {
      this.#at = 0
      this.#full = true
    }
    this.#moved = true
  }

  #conclude(): void {
    if (!this.#moved || !this.#full) return
    this.#moved = false
    const ring = this.#ring
    const scores = this.#scores
    const n = ring.length
    const middle = (n - 1) / 2
    const base = ring[this.#at]
    let sum = 0
    let products = 0
    for (let i = 0, at = this.#at; i < n; i++) {
      const x = ring[at] - base
      scores[i] = x
      sum += x
      products += (i - middle) * x
      at = at + 1 === n ? 0 : at + 1
    }
    const mean = sum / n
    const squares = (n * (n * n - 1)) / 12
    const slope = products / squares
    const width = this.#lags + 1
    let neighbours = 0
    let spread = 0
    for (let i = 0; i < n; i++) {
      const time = i - middle
      scores[i] = (scores[i] - mean - slope * time) * time
      neighbours += scores[i]
      if (i >= width) neighbours -= scores[i - width]
      spread += neighbours * neighbours
    }
    // The sums that hang over the end hold fewer than L+1.
    for (let i = n; i < n + width - 1; i++) {
      neighbours -= scores[i - width] ?? 0
      spread += neighbours * neighbours
    }
    const error = Math.max(Math.sqrt(spread / width) / squares, LEAST_ERROR * Math.abs(slope))
    this.#slope = slope
    this.#value = error > 0 ? slope / error : 0
  }

  snapshot(): readonly number[] {
    return [this.#at, this.#full ? 1 : 0, ...this.#ring]
  }

  restore(state: readonly number[]): void {
    requireSize(state, 2 + this.#ring.length)
    this.#at = state[0]
    this.#full = state[1] === 1
    this.#ring.set(state.slice(2))
    this.#moved = true
    this.#value = Number.NaN
    this.#slope = Number.NaN
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
