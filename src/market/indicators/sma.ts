/** Simple moving average. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue } from './parts/check.ts'
import { RollingSum } from './parts/rolling-sum.ts'
import { packed, unpack } from './parts/state.ts'

/** Mean of the last n values. No value is ever subtracted again, so rounding does not pile up. */
export class Sma implements Indicator {
  value = Number.NaN
  readonly #length: number
  readonly #sum: RollingSum

  constructor(length: number) {
    this.#sum = new RollingSum(length)
    this.#length = length
  }

  get ready(): boolean {
    return this.#sum.ready
  }

  update(x: number): number {
    checkValue('x', x)
    this.value = this.#sum.update(x) / this.#length
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

export const sma = (length: number): Sma => new Sma(length)

export const smaDefinition: IndicatorDefinition = {
  name: 'sma',
  summary: 'simple moving average: mean of the last n values',
  call: 'sma(length)',
  takes: 'x',
  source: 'arithmetic mean of the last n values',
  example: () => {
    const indicator = sma(20)
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
