/** Triple exponential moving average. */
import type { Indicator, IndicatorDefinition, Seed } from './indicator.ts'
import { checkValue } from './parts/check.ts'
import { exponential, type Recursion } from './parts/recursion.ts'
import { packed, unpack } from './parts/state.ts'

/** `3 E - 3 E(E) + E(E(E))` with E the EMA of length n; each average begins where the one before is defined. */
export class Tema implements Indicator {
  value = Number.NaN
  readonly #first: Recursion
  readonly #second: Recursion
  readonly #third: Recursion

  constructor(length: number, seed: Seed = 'mean') {
    this.#first = exponential(length, seed)
    this.#second = exponential(length, seed)
    this.#third = exponential(length, seed)
  }

  get ready(): boolean {
    return this.#third.ready
  }

  update(x: number): number {
    checkValue('x', x)
    const first = this.#first.update(x)
    if (!this.#first.ready) return this.value
    const second = this.#second.update(first)
    if (this.#second.ready) this.value = 3 * first - 3 * second + this.#third.update(second)
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#first, this.#second, this.#third)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#first, this.#second, this.#third)
    this.value = state[0]
  }
}

export const tema = (length: number, seed: Seed = 'mean'): Tema => new Tema(length, seed)

export const temaDefinition: IndicatorDefinition = {
  name: 'tema',
  summary: 'triple exponential moving average: `3 E - 3 E(E) + E(E(E))`',
  call: "tema(length, seed = 'mean' | 'first')",
  takes: 'x',
  source: 'P. Mulloy, Technical Analysis of Stocks & Commodities 12 (1994)',
  example: () => {
    const indicator = tema(10)
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
