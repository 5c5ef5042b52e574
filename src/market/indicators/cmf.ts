/** Chaikin money flow. */
import { closeLocation } from './accumulation.ts'
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkBar, checkVolume } from './parts/check.ts'
import { RollingSum } from './parts/rolling-sum.ts'
import { packed, unpack } from './parts/state.ts'

/** Sum of close location value times volume over the sum of the volume of n bars; 0 without volume. */
export class Cmf implements Indicator {
  value = Number.NaN
  readonly #flow: RollingSum
  readonly #volume: RollingSum

  constructor(length = 20) {
    this.#flow = new RollingSum(length)
    this.#volume = new RollingSum(length)
  }

  get ready(): boolean {
    return this.#flow.ready
  }

  update(high: number, low: number, close: number, volume: number): number {
    checkBar(high, low, close)
    checkVolume('volume', volume)
    const flow = this.#flow.update(closeLocation(high, low, close) * volume)
    const all = this.#volume.update(volume)
    if (this.#flow.ready) this.value = all > 0 ? flow / all : 0
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#flow, this.#volume)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#flow, this.#volume)
    this.value = state[0]
  }
}

export const cmf = (length = 20): Cmf => new Cmf(length)

export const cmfDefinition: IndicatorDefinition = {
  name: 'cmf',
  summary: 'Chaikin money flow: volume times where the close lies in its bar, over the volume of n bars; 0 without volume',
  call: 'cmf(length = 20)',
  takes: 'high, low, close, volume',
  source: 'M. Chaikin; R package TTR, function CMF',
  example: () => {
    const indicator = cmf()
    return {
      indicator,
      feed: ({ high, low, close, volume }) => void indicator.update(high, low, close, volume),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
