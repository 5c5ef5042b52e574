/** Money flow index. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkBar, checkVolume, requireChoice } from './parts/check.ts'
import { RollingSum } from './parts/rolling-sum.ts'
import { packed, unpack } from './parts/state.ts'
import { requireNumber } from '../../math/guard.ts'

export interface MfiOptions {
  /** Value where no money flowed; 50 (TA-Lib: 0). */
  readonly flat?: number
  /**
   * The typical price as three roundings leave it ('double', as TA-Lib), or rounded once ('extended', as R, whose means are taken with
   * longer numbers). They part where two bars have the same typical price in decimals: whether it rose is then rounding alone.
   */
  readonly precision?: 'double' | 'extended'
}

/** Mean of three rounded once: the rounding errors of the two sums and of the quotient are kept and added at the end. */
function roundedMean(a: number, b: number, c: number): number {
  const ab = a + b
  const shareB = ab - a
  const sum = ab + c
  const shareC = sum - ab
  const lost = a - (ab - shareB) + (b - shareB) + (ab - (sum - shareC) + (c - shareC))
  const third = sum / 3
  const double = 2 * third
  const triple = double + third
  const shareThird = triple - double
  const over = double - (triple - shareThird) + (third - shareThird)
  return third + (sum - triple - over + lost) / 3
}

/**
 * `100 P/(P+N)`: P is the sum of typical price times volume over the bars of the last n whose typical price rose, N over those where
 * it fell.
 */
export class Mfi implements Indicator {
  value = Number.NaN
  readonly #positive: RollingSum
  readonly #negative: RollingSum
  readonly #flat: number
  readonly #extended: boolean
  #previous = Number.NaN

  constructor(length = 14, { flat = 50, precision = 'double' }: MfiOptions = {}) {
    requireNumber('flat', flat)
    requireChoice('precision', precision, ['double', 'extended'])
    this.#positive = new RollingSum(length)
    this.#negative = new RollingSum(length)
    this.#flat = flat
    this.#extended = precision === 'extended'
  }

  get ready(): boolean {
    return this.#positive.ready
  }

  update(high: number, low: number, close: number, volume: number): number {
    checkBar(high, low, close)
    checkVolume('volume', volume)
    const price = this.#extended ? roundedMean(high, low, close) : (high + low + close) / 3
    const before = this.#previous
    this.#previous = price
    if (Number.isNaN(before)) return this.value
    const flow = Math.abs(price) * volume
    const positive = this.#positive.update(price > before ? flow : 0)
    const negative = this.#negative.update(price < before ? flow : 0)
    if (this.#positive.ready) {
      const all = positive + negative
      this.value = all > 0 ? (100 * positive) / all : this.#flat
    }
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value, this.#previous], this.#positive, this.#negative)
  }

  restore(state: readonly number[]): void {
    unpack(state, 2, this.#positive, this.#negative)
    this.value = state[0]
    this.#previous = state[1]
  }
}

export const mfi = (length = 14, options: MfiOptions = {}): Mfi => new Mfi(length, options)

export const mfiDefinition: IndicatorDefinition = {
  name: 'mfi',
  summary: 'money flow index: share of price times volume on rising bars, 0 to 100; 50 without flow',
  call: "mfi(length = 14, { flat = 50, precision = 'double' | 'extended' })",
  takes: 'high, low, close, volume',
  source: 'G. Quong and A. Soudack, Technical Analysis of Stocks & Commodities 7 (1989)',
  example: () => {
    const indicator = mfi()
    return {
      indicator,
      feed: ({ high, low, close, volume }) => void indicator.update(high, low, close, volume),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
