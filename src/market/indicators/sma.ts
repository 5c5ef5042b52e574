/** Simple moving average. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'

/** Mean of the last n values. The sum is built anew once a window, so rounding does not pile up. */
export class Sma implements Indicator {
  value = Number.NaN
  readonly #window: Float64Array
  #count = 0
  #sum = 0

  constructor(length: number) {
    this.#window = new Float64Array(length)
  }

  get ready(): boolean {
    return this.#count >= this.#window.length
  }

  update(x: number): number {
    const { length } = this.#window
    const at = this.#count % length
    this.#sum += x - this.#window[at]
    this.#window[at] = x
    this.#count += 1
    if (at === length - 1) {
      this.#sum = 0
      for (let i = 0; i < length; i++) this.#sum += this.#window[i]
    }
    if (this.#count >= length) this.value = this.#sum / length
    return this.value
  }

  snapshot(): readonly number[] {
    return [this.value, this.#count, this.#sum, ...this.#window]
  }

  restore(state: readonly number[]): void {
    this.value = state[0]
    this.#count = state[1]
    this.#sum = state[2]
    this.#window.set(state.slice(3))
  }
}

export const sma = (length: number): Sma => new Sma(length)

export const smaDefinition: IndicatorDefinition = {
  name: 'sma',
  source: 'arithmetic mean of the last n values',
  example: () => {
    const indicator = sma(20)
    return { indicator, feed: (_high, _low, close) => void indicator.update(close), value: () => indicator.value }
  },
}
