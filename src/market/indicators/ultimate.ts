/** Ultimate oscillator. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkBar } from './parts/check.ts'
import { RollingSum } from './parts/rolling-sum.ts'
import { packed, unpack } from './parts/state.ts'
import { requireNumber } from '../../math/guard.ts'

export interface UltimateOptions {
  /** 7 */
  readonly short?: number
  /** 14 */
  readonly medium?: number
  /** 28 */
  readonly long?: number
  /** Share of buying pressure where there was no range; 0.5 (TA-Lib: 0). */
  readonly flat?: number
}

/**
 * `100 (4 A + 2 B + C)/7` with A, B, C the sums over three lengths of the buying pressure close - min(low, close before), each over
 * the sum of the true range.
 */
export class Ultimate implements Indicator {
  value = Number.NaN
  readonly #pressures: readonly [RollingSum, RollingSum, RollingSum]
  readonly #ranges: readonly [RollingSum, RollingSum, RollingSum]
  readonly #flat: number
  #close = Number.NaN

  constructor({ short = 7, medium = 14, long = 28, flat = 0.5 }: UltimateOptions = {}) {
    requireNumber('flat', flat)
    this.#pressures = [new RollingSum(short), new RollingSum(medium), new RollingSum(long)]
    this.#ranges = [new RollingSum(short), new RollingSum(medium), new RollingSum(long)]
    this.#flat = flat
  }

  get ready(): boolean {
    return !Number.isNaN(this.value)
  }

  update(high: number, low: number, close: number): number {
    checkBar(high, low, close)
    const before = this.#close
    this.#close = close
    if (Number.isNaN(before)) return this.value
    const bottom = Math.min(low, before)
    const pressure = close - bottom
    const range = Math.max(high, before) - bottom
    const short = this.#share(0, pressure, range)
    const medium = this.#share(1, pressure, range)
    const long = this.#share(2, pressure, range)
    this.value = (100 * (4 * short + 2 * medium + long)) / 7
    return this.value
  }

  #share(i: 0 | 1 | 2, pressure: number, range: number): number {
    const part = this.#pressures[i].update(pressure)
    const whole = this.#ranges[i].update(range)
    return whole === 0 ? this.#flat : part / whole
  }

  snapshot(): readonly number[] {
    return packed([this.value, this.#close], ...this.#pressures, ...this.#ranges)
  }

  restore(state: readonly number[]): void {
    unpack(state, 2, ...this.#pressures, ...this.#ranges)
    this.value = state[0]
    this.#close = state[1]
  }
}

export const ultimate = (options: UltimateOptions = {}): Ultimate => new Ultimate(options)

export const ultimateDefinition: IndicatorDefinition = {
  name: 'ultimate',
  summary: 'ultimate oscillator: buying pressure over true range of three lengths, weighted 4 : 2 : 1, 0 to 100; 50 when flat',
  call: 'ultimate({ short = 7, medium = 14, long = 28, flat = 0.5 })',
  takes: 'high, low, close',
  source: 'L. Williams, Technical Analysis of Stocks & Commodities 3 (1985)',
  example: () => {
    const indicator = ultimate()
    return {
      indicator,
      feed: ({ high, low, close }) => void indicator.update(high, low, close),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
