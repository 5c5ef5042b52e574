/** Rolling correlation and beta of two series. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, requireLength } from './parts/check.ts'
import { RollingCovariance } from './parts/rolling-covariance.ts'
import { packed, unpack } from './parts/state.ts'

/** Pearson's correlation of the last n pairs, and the sample covariance; 0 where one of the two does not vary. */
export class Correlation implements Indicator {
  value = Number.NaN
  readonly #length: number
  readonly #pairs: RollingCovariance

  constructor(length = 20) {
    requireLength('length', length, 2)
    this.#length = length
    this.#pairs = new RollingCovariance(length)
  }

  get covariance(): number {
    return this.#pairs.products / (this.#length - 1)
  }

  get ready(): boolean {
    return this.#pairs.ready
  }

  update(x: number, y: number): number {
    checkValue('x', x)
    checkValue('y', y)
    this.#pairs.update(x, y)
    if (this.#pairs.ready) {
      // Each root by itself: the product of both could leave the range of a double.
      const width = Math.sqrt(this.#pairs.squaresX) * Math.sqrt(this.#pairs.squaresY)
      this.value = width > 0 ? Math.max(-1, Math.min(1, this.#pairs.products / width)) : 0
    }
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#pairs)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#pairs)
    this.value = state[0]
  }
}

export const correlation = (length = 20): Correlation => new Correlation(length)

export const correlationDefinition: IndicatorDefinition = {
  name: 'correlation',
  summary: "Pearson's correlation of the last n pairs, and their covariance; 0 where one does not vary",
  call: 'correlation(length = 20)',
  takes: 'x, y',
  source: 'K. Pearson, 1895; T. Chan, G. Golub and R. LeVeque, Stanford STAN-CS-79-773 (1979)',
  example: () => {
    const indicator = correlation()
    return {
      indicator,
      feed: ({ close, volume }) => void indicator.update(close, volume),
      outputs: () => ({ value: indicator.value, covariance: indicator.covariance }),
    }
  },
}
