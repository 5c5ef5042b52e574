/** Zero-lag exponential moving average. */
import type { Indicator, IndicatorDefinition, Seed } from './indicator.ts'
import { checkValue, requireLength } from './parts/check.ts'
import { Lag } from './parts/lag.ts'
import { exponential, type Recursion } from './parts/recursion.ts'
import { packed, unpack } from './parts/state.ts'

/**
 * EMA of `2 x - x_lag` with lag = (n+1)/2 bars; half a bar is the mean of its two neighbours. Seeded with the mean of the first n
 * values themselves, or with the first.
 */
export class Zlema implements Indicator {
  readonly #average: Recursion
  readonly #far: Lag
  readonly #near: Lag
  readonly #length: number
  readonly #whole: boolean
  #count = 0

  constructor(length: number, seed: Seed = 'mean') {
    this.#average = exponential(length, seed)
    requireLength('length', length)
    this.#whole = length % 2 === 1
    this.#length = length
    const far = Math.ceil((length + 1) / 2)
    this.#far = new Lag(far)
    this.#near = new Lag(Math.max(1, far - 1))
  }

  get value(): number {
    return this.#average.value
  }

  get ready(): boolean {
    return this.#average.ready
  }

  update(x: number): number {
    checkValue('x', x)
    const far = this.#far.update(x)
    const near = this.#near.update(x)
    this.#count += 1
    if (this.#count <= this.#length) return this.#average.update(x)
    return this.#average.update(2 * x - (this.#whole ? far : far / 2 + near / 2))
  }

  snapshot(): readonly number[] {
    return packed([this.#count], this.#average, this.#far, this.#near)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#average, this.#far, this.#near)
    this.#count = state[0]
  }
}

export const zlema = (length: number, seed: Seed = 'mean'): Zlema => new Zlema(length, seed)

export const zlemaDefinition: IndicatorDefinition = {
  name: 'zlema',
  summary: 'zero-lag exponential moving average: EMA of `2 x - x_lag`, lag = (n+1)/2',
  call: "zlema(length, seed = 'mean' | 'first')",
  takes: 'x',
  source: 'J. Ehlers and R. Way, Zero Lag (Well, Almost), 2010',
  example: () => {
    const indicator = zlema(10)
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
