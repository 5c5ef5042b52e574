/** Yang and Zhang's volatility. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkPrices, requireFactor, requireLength } from './parts/check.ts'
import { RollingMoments } from './parts/rolling-moments.ts'
import { RollingSum } from './parts/rolling-sum.ts'
import { packed, unpack } from './parts/state.ts'
import type { RangeVolatilityOptions } from './parkinson.ts'
import { driftFreeVariance } from './rogers-satchell.ts'

export interface YangZhangOptions extends RangeVolatilityOptions {
  /** In k = (alpha - 1)/(alpha + (n + 1)/(n - 1)); 1.34. */
  readonly alpha?: number
}

/**
 * `sqrt(periodsPerYear (V_o + k V_c + (1 - k) V_rs))`: sample variances of ln(open/close before) and of ln(close/open) and the mean of Rogers
 * and Satchell's, of n bars.
 */
export class YangZhang implements Indicator {
  value = Number.NaN
  readonly #gaps: RollingMoments
  readonly #bodies: RollingMoments
  readonly #ranges: RollingSum
  readonly #length: number
  readonly #periods: number
  readonly #weight: number
  #close = Number.NaN

  constructor(length = 20, { periodsPerYear = 1, alpha = 1.34 }: YangZhangOptions = {}) {
    requireLength('length', length, 2)
    requireFactor('periodsPerYear', periodsPerYear)
    requireFactor('alpha', alpha)
    this.#gaps = new RollingMoments(length)
    this.#bodies = new RollingMoments(length)
    this.#ranges = new RollingSum(length)
    this.#length = length
    this.#periods = periodsPerYear
    this.#weight = (alpha - 1) / (alpha + (length + 1) / (length - 1))
  }

  get ready(): boolean {
    return this.#gaps.ready
  }

  update(open: number, high: number, low: number, close: number): number {
    checkPrices(open, high, low, close)
    const gap = Math.log(open / this.#close)
    this.#close = close
    if (Number.isNaN(gap)) return this.value
    this.#gaps.update(gap)
    this.#bodies.update(Math.log(close / open))
    const ranges = this.#ranges.update(driftFreeVariance(open, high, low, close))
    const n = this.#length
    const k = this.#weight
    const variance = (this.#gaps.squares + k * this.#bodies.squares) / (n - 1) + ((1 - k) * ranges) / n
    this.value = Math.sqrt(Math.max(0, this.#periods * variance))
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value, this.#close], this.#gaps, this.#bodies, this.#ranges)
  }

  restore(state: readonly number[]): void {
    unpack(state, 2, this.#gaps, this.#bodies, this.#ranges)
    this.value = state[0]
    this.#close = state[1]
  }
}

export const yangZhang = (length = 20, options: YangZhangOptions = {}): YangZhang => new YangZhang(length, options)

export const yangZhangDefinition: IndicatorDefinition = {
  name: 'yang-zhang',
  summary: "Yang and Zhang's volatility, right for any drift and for gaps at the open",
  call: 'yangZhang(length = 20, { periodsPerYear = 1, alpha = 1.34 })',
  takes: 'open, high, low, close',
  source: 'D. Yang and Q. Zhang, Journal of Business 73 (2000)',
  example: () => {
    const indicator = yangZhang(20, { periodsPerYear: 365 })
    return {
      indicator,
      feed: ({ open, high, low, close }) => void indicator.update(open, high, low, close),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
