/** Linearly weighted moving average. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue } from './parts/check.ts'
import { RollingWeightedSum } from './parts/rolling-weighted-sum.ts'
import { packed, unpack } from './parts/state.ts'

/** `sum(w x) / sum(w)` over the last n values with weights 1 (oldest) to n (newest). */
export class Wma implements Indicator {
  value = Number.NaN
  readonly #weights: number
  readonly #sum: RollingWeightedSum

  constructor(length: number) {
    this.#sum = new RollingWeightedSum(length)
    this.#weights = (length * (length + 1)) / 2
  }

  get ready(): boolean {
    return this.#sum.ready
  }

  update(x: number): number {
    checkValue('x', x)
    this.value = this.#sum.update(x) / this.#weights
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#sum)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#sum)
    this.value = state[0]
  }
}

export const wma = (length: number): Wma => new Wma(length)

export const wmaDefinition: IndicatorDefinition = {
  name: 'wma',
  summary: 'weighted moving average: weights 1 (oldest) to n (newest)',
  call: 'wma(length)',
  takes: 'x',
  source: 'R. Edwards and J. Magee, Technical Analysis of Stock Trends, 1948',
  example: () => {
    const indicator = wma(10)
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
