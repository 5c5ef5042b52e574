/** Volume-weighted average price since an anchor. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, checkVolume } from './parts/check.ts'
import { requireSize } from './parts/state.ts'
import { requireNumber } from '../../math/guard.ts'

/** `sum(p v)/sum(v)` of all bars since the anchor; the newest price while there is no volume. */
export class AnchoredVwap implements Indicator {
  value = Number.NaN
  #anchor: number
  #money = 0
  #volume = 0

  /** @param anchor bars that open before this moment (micros) do not count */
  constructor(anchor = 0) {
    requireNumber('anchor', anchor)
    this.#anchor = anchor
  }

  get ready(): boolean {
    return !Number.isNaN(this.value)
  }

  update(time: number, price: number, volume: number): number {
    checkValue('time', time)
    checkValue('price', price)
    checkVolume('volume', volume)
    if (time < this.#anchor) return this.value
    this.#money += price * volume
    this.#volume += volume
    this.value = this.#volume > 0 ? this.#money / this.#volume : price
    return this.value
  }

  /** Begins anew at another moment, such as that of a swing. */
  anchorAt(time: number): void {
    requireNumber('anchor', time)
    this.#anchor = time
    this.#money = 0
    this.#volume = 0
    this.value = Number.NaN
  }

  snapshot(): readonly number[] {
    return [this.value, this.#anchor, this.#money, this.#volume]
  }

  restore(state: readonly number[]): void {
    requireSize(state, 4)
    this.value = state[0]
    this.#anchor = state[1]
    this.#money = state[2]
    this.#volume = state[3]
  }
}

export const anchoredVwap = (anchor = 0): AnchoredVwap => new AnchoredVwap(anchor)

export const anchoredVwapDefinition: IndicatorDefinition = {
  name: 'anchored-vwap',
  summary: 'volume-weighted average price since an anchor, which `anchorAt` moves',
  call: 'anchoredVwap(anchor = 0)',
  takes: 'time, price, volume',
  source: 'B. Shannon, Maximum Trading Gains with Anchored VWAP, 2023',
  example: () => {
    const indicator = anchoredVwap()
    return {
      indicator,
      feed: ({ time, close, volume }) => void indicator.update(time, close, volume),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
