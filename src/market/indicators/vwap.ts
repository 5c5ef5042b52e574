/** Volume-weighted average price over the last n values. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, checkVolume } from './parts/check.ts'
import { RollingSum } from './parts/rolling-sum.ts'
import { packed, unpack } from './parts/state.ts'

/** `sum(p v)/sum(v)` over the last n bars; the newest price where there was no volume. */
export class Vwap implements Indicator {
  value = Number.NaN
  readonly #money: RollingSum
  readonly #volume: RollingSum

  constructor(length: number) {
    this.#money = new RollingSum(length)
    this.#volume = new RollingSum(length)
  }

  get ready(): boolean {
    return this.#money.ready
  }

  update(price: number, volume: number): number {
    checkValue('price', price)
    checkVolume('volume', volume)
    const money = this.#money.update(price * volume)
    const all = this.#volume.update(volume)
    if (this.#money.ready) this.value = all > 0 ? money / all : price
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#money, this.#volume)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#money, this.#volume)
    this.value = state[0]
  }
}

export const vwap = (length: number): Vwap => new Vwap(length)

export const vwapDefinition: IndicatorDefinition = {
  name: 'vwap',
  summary: 'rolling volume-weighted average price: `sum(p v)/sum(v)` of n bars; the price without volume',
  call: 'vwap(length)',
  takes: 'price, volume',
  source: 'S. Berkowitz, D. Logue and E. Noser, Journal of Finance 43 (1988)',
  example: () => {
    const indicator = vwap(20)
    return {
      indicator,
      feed: ({ close, volume }) => void indicator.update(close, volume),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
