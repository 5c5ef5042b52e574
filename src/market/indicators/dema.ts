/** Double exponential moving average. */
import type { Indicator, IndicatorDefinition, Seed } from './indicator.ts'
import { checkValue } from './parts/check.ts'
import { exponential, type Recursion } from './parts/recursion.ts'
import { packed, unpack } from './parts/state.ts'

/** `2 E - E(E)` with E the EMA of length n; the second average begins where the first is defined. */
export class Dema implements Indicator {
  value = Number.NaN
  readonly #first: Recursion
  readonly #second: Recursion

  constructor(length: number, seed: Seed = 'mean') {
    this.#first = exponential(length, seed)
    this.#second = exponential(length, seed)
  }

  get ready(): boolean {
    return this.#second.ready
  }

  update(x: number): number {
    checkValue('x', x)
    const first = this.#first.update(x)
    if (this.#first.ready) this.value = 2 * first - this.#second.update(first)
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#first, this.#second)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#first, this.#second)
    this.value = state[0]
  }
}

export const dema = (length: number, seed: Seed = 'mean'): Dema => new Dema(length, seed)

export const demaDefinition: IndicatorDefinition = {
  name: 'dema',
  summary: 'double exponential moving average: `2 E - E(E)`',
  call: "dema(length, seed = 'mean' | 'first')",
  takes: 'x',
  source: 'P. Mulloy, Technical Analysis of Stocks & Commodities 12 (1994)',
  example: () => {
    const indicator = dema(10)
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
