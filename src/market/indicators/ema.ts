/** Exponential moving average. */
import type { Indicator, IndicatorDefinition, Seed } from './indicator.ts'

/** `e += 2/(n+1) * (x - e)`, seeded with the first value or with the mean of the first n. */
export class Ema implements Indicator {
  value = Number.NaN
  readonly #length: number
  readonly #gain: number
  readonly #seed: Seed
  #count = 0
  #sum = 0

  constructor(length: number, seed: Seed = 'mean') {
    this.#length = length
    this.#gain = 2 / (length + 1)
    this.#seed = seed
  }

  get ready(): boolean {
    return this.#count >= (this.#seed === 'first' ? 1 : this.#length)
  }

  update(x: number): number {
    this.#count += 1
    if (this.#count > this.#length || (this.#seed === 'first' && this.#count > 1)) this.value += this.#gain * (x - this.value)
    else if (this.#seed === 'first') this.value = x
    else {
      this.#sum += x
      if (this.#count === this.#length) this.value = this.#sum / this.#length
    }
    return this.value
  }

  snapshot(): readonly number[] {
    return [this.value, this.#count, this.#sum]
  }

  restore(state: readonly number[]): void {
    this.value = state[0]
    this.#count = state[1]
    this.#sum = state[2]
  }
}

/** @param seed how the recursion begins; libraries differ here and nowhere else. */
export const ema = (length: number, seed: Seed = 'mean'): Ema => new Ema(length, seed)

export const emaDefinition: IndicatorDefinition = {
  name: 'ema',
  source: 'J. M. Hurst 1970; recursion e += 2/(n+1) (x - e)',
  example: () => {
    const indicator = ema(20)
    return { indicator, feed: (_high, _low, close) => void indicator.update(close), value: () => indicator.value }
  },
}
