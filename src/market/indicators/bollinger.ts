/** Bollinger bands. */
import type { DeviationKind, Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, requireChoice, requireFactor, requireLength } from './parts/check.ts'
import { RollingMoments } from './parts/rolling-moments.ts'
import { packed, unpack } from './parts/state.ts'

/** A middle that cannot be divided by. */
const NOTHING = 1e-200

export interface BollingerOptions {
  /** Half the width in standard deviations; 2. */
  readonly factor?: number
  /** 'population' */
  readonly deviation?: DeviationKind
}

/**
 * Mean of n values +- k standard deviations; `percentB = (x - lower)/(upper - lower)` (0.5 where the band has no width) and
 * `bandwidth = (upper - lower)/middle` (0 where the middle is 0).
 */
export class Bollinger implements Indicator {
  upper = Number.NaN
  middle = Number.NaN
  lower = Number.NaN
  percentB = Number.NaN
  bandwidth = Number.NaN
  readonly #moments: RollingMoments
  readonly #factor: number
  readonly #divisor: number

  constructor(length = 20, { factor = 2, deviation = 'population' }: BollingerOptions = {}) {
    requireChoice('deviation', deviation, ['population', 'sample'])
    requireFactor('factor', factor)
    requireLength('length', length, deviation === 'sample' ? 2 : 1)
    this.#moments = new RollingMoments(length)
    this.#factor = factor
    this.#divisor = deviation === 'sample' ? length - 1 : length
  }

  /** The middle. */
  get value(): number {
    return this.middle
  }

  get ready(): boolean {
    return this.#moments.ready
  }

  update(x: number): number {
    checkValue('x', x)
    this.#moments.update(x)
    if (!this.#moments.ready) return this.middle
    const { mean } = this.#moments
    const half = this.#factor * Math.sqrt(this.#moments.squares / this.#divisor)
    this.middle = mean
    this.upper = mean + half
    this.lower = mean - half
    this.percentB = half > 0 ? (x - mean + half) / (2 * half) : 0.5
    this.bandwidth = Math.abs(mean) < NOTHING ? 0 : (2 * half) / mean
    return mean
  }

  snapshot(): readonly number[] {
    return packed([this.upper, this.middle, this.lower, this.percentB, this.bandwidth], this.#moments)
  }

  restore(state: readonly number[]): void {
    unpack(state, 5, this.#moments)
    this.upper = state[0]
    this.middle = state[1]
    this.lower = state[2]
    this.percentB = state[3]
    this.bandwidth = state[4]
  }
}

export const bollinger = (length = 20, options: BollingerOptions = {}): Bollinger => new Bollinger(length, options)

export const bollingerDefinition: IndicatorDefinition = {
  name: 'bollinger',
  summary: 'Bollinger bands: mean +- k standard deviations, with %B and bandwidth',
  call: "bollinger(length = 20, { factor = 2, deviation = 'population' | 'sample' })",
  takes: 'x',
  source: 'J. Bollinger, Bollinger on Bollinger Bands, 2001',
  example: () => {
    const indicator = bollinger()
    return {
      indicator,
      feed: ({ close }) => void indicator.update(close),
      outputs: () => {
        const { upper, middle, lower, percentB, bandwidth } = indicator
        return { upper, middle, lower, percentB, bandwidth }
      },
    }
  },
}
