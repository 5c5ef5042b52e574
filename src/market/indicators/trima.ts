/** Triangular moving average. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue } from './parts/check.ts'
import { RollingSum } from './parts/rolling-sum.ts'
import { packed, unpack } from './parts/state.ts'

/** Weights rise to the middle of the last n values and fall again: the mean over b of the mean over a, with a + b = n + 1. */
export class Trima implements Indicator {
  value = Number.NaN
  readonly #inner: RollingSum
  readonly #outer: RollingSum
  readonly #weights: number

  constructor(length: number) {
    const half = Math.floor((length + 1) / 2)
    this.#inner = new RollingSum(half)
    this.#outer = new RollingSum(length + 1 - half)
    this.#weights = half * (length + 1 - half)
  }

  get ready(): boolean {
    return this.#outer.ready
  }

  update(x: number): number {
    checkValue('x', x)
    const inner = this.#inner.update(x)
    if (this.#inner.ready) this.value = this.#outer.update(inner) / this.#weights
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#inner, this.#outer)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#inner, this.#outer)
    this.value = state[0]
  }
}

export const trima = (length: number): Trima => new Trima(length)

export const trimaDefinition: IndicatorDefinition = {
  name: 'trima',
  summary: 'triangular moving average: a simple average of a simple average, weights highest in the middle',
  call: 'trima(length)',
  takes: 'x',
  source: 'TA-Lib, function TRIMA',
  example: () => {
    const indicator = trima(10)
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
