/** Momentum. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, requireLength } from './parts/check.ts'
import { Lag } from './parts/lag.ts'
import { packed, unpack } from './parts/state.ts'

/** The value less the one n updates ago. */
export class Momentum implements Indicator {
  value = Number.NaN
  readonly #lag: Lag

  constructor(length = 10) {
    requireLength('length', length)
    this.#lag = new Lag(length)
  }

  get ready(): boolean {
    return this.#lag.ready
  }

  update(x: number): number {
    checkValue('x', x)
    this.value = x - this.#lag.update(x)
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#lag)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#lag)
    this.value = state[0]
  }
}

export const momentum = (length = 10): Momentum => new Momentum(length)

export const momentumDefinition: IndicatorDefinition = {
  name: 'momentum',
  summary: 'momentum: `x - x_n` updates ago',
  call: 'momentum(length = 10)',
  takes: 'x',
  source: 'difference over n bars; TA-Lib, function MOM',
  example: () => {
    const indicator = momentum()
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
