/** Kaufman's efficiency ratio. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkPrice, checkValue, requireChoice } from './parts/check.ts'
import { Lag } from './parts/lag.ts'
import { RollingSum } from './parts/rolling-sum.ts'
import { packed, unpack } from './parts/state.ts'

/** `|x - x_n|/sum(|changes|)` over n changes of the logarithm of the price, or of the value itself: 1 is a straight move, 0 (also when flat) none. */
export class EfficiencyRatio implements Indicator {
  value = Number.NaN
  readonly #lag: Lag
  readonly #way: RollingSum
  readonly #log: boolean
  #previous = Number.NaN

  constructor(length = 48, of: 'log' | 'value' = 'log') {
    requireChoice('of', of, ['log', 'value'])
    this.#way = new RollingSum(length)
    this.#lag = new Lag(length)
    this.#log = of === 'log'
  }

  get ready(): boolean {
    return this.#way.ready
  }

  update(price: number): number {
    if (this.#log) checkPrice('price', price)
    else checkValue('price', price)
    const x = this.#log ? Math.log(price) : price
    const first = this.#lag.update(x)
    const change = Math.abs(x - this.#previous)
    this.#previous = x
    if (Number.isNaN(change)) return this.value
    const way = this.#way.update(change)
    if (this.#way.ready) this.value = way > 0 ? Math.min(1, Math.abs(x - first) / way) : 0
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value, this.#previous], this.#lag, this.#way)
  }

  restore(state: readonly number[]): void {
    unpack(state, 2, this.#lag, this.#way)
    this.value = state[0]
    this.#previous = state[1]
  }
}

export const efficiencyRatio = (length = 48, of: 'log' | 'value' = 'log'): EfficiencyRatio => new EfficiencyRatio(length, of)

export const efficiencyRatioDefinition: IndicatorDefinition = {
  name: 'efficiency-ratio',
  summary: 'efficiency ratio: net change over the sum of the absolute changes of n bars, 0 to 1',
  call: "efficiencyRatio(length = 48, of = 'log' | 'value')",
  takes: 'price',
  source: 'P. Kaufman, Smarter Trading, 1995',
  example: () => {
    const indicator = efficiencyRatio(20)
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
