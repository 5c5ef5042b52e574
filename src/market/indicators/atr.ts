/** Average true range. */
import type { Indicator, IndicatorDefinition, Seed } from './indicator.ts'

/**
 * Wilder's smoothing `a += (TR - a)/n` of TR = max(high-low, |high-prevClose|, |low-prevClose|); the first bar's TR is
 * high - low. Seeded with the first TR or with the mean of the first n.
 */
export class Atr implements Indicator {
  value = Number.NaN
  readonly #length: number
  readonly #seed: Seed
  #count = 0
  #sum = 0
  #previousClose = Number.NaN

  constructor(length: number, seed: Seed = 'mean') {
    this.#length = length
    this.#seed = seed
  }

  get ready(): boolean {
    return this.#count >= (this.#seed === 'first' ? 1 : this.#length)
  }

  update(high: number, low: number, close: number): number {
    let range = high - low
    if (this.#count > 0) {
      const up = Math.abs(high - this.#previousClose)
      const down = Math.abs(low - this.#previousClose)
      if (up > range) range = up
      if (down > range) range = down
    }
    this.#previousClose = close
    this.#count += 1
    if (this.#count > this.#length || (this.#seed === 'first' && this.#count > 1))
      this.value += (range - this.value) / this.#length
    else if (this.#seed === 'first') this.value = range
    else {
      this.#sum += range
      if (this.#count === this.#length) this.value = this.#sum / this.#length
    }
    return this.value
  }

  snapshot(): readonly number[] {
    return [this.value, this.#count, this.#sum, this.#previousClose]
  }

  restore(state: readonly number[]): void {
    this.value = state[0]
    this.#count = state[1]
    this.#sum = state[2]
    this.#previousClose = state[3]
  }
}

export const atr = (length: number, seed: Seed = 'mean'): Atr => new Atr(length, seed)

export const atrDefinition: IndicatorDefinition = {
  name: 'atr',
  source: 'J. W. Wilder, New Concepts in Technical Trading Systems, 1978',
  example: () => {
    const indicator = atr(14)
    return { indicator, feed: (high, low, close) => void indicator.update(high, low, close), value: () => indicator.value }
  },
}
