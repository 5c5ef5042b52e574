/** On-balance volume. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, checkVolume, requireChoice } from './parts/check.ts'
import { requireSize } from './parts/state.ts'

export interface ObvOptions {
  /** What the first bar counts: its volume, or 0; 'volume'. */
  readonly start?: 'volume' | 'zero'
}

/** Running sum of the volume, added where the close rose and taken away where it fell. */
export class Obv implements Indicator {
  value = Number.NaN
  readonly #zero: boolean
  #close = Number.NaN

  constructor({ start = 'volume' }: ObvOptions = {}) {
    requireChoice('start', start, ['volume', 'zero'])
    this.#zero = start === 'zero'
  }

  get ready(): boolean {
    return !Number.isNaN(this.value)
  }

  update(close: number, volume: number): number {
    checkValue('close', close)
    checkVolume('volume', volume)
    if (Number.isNaN(this.value)) this.value = this.#zero ? 0 : volume
    else if (close > this.#close) this.value += volume
    else if (close < this.#close) this.value -= volume
    this.#close = close
    return this.value
  }

  snapshot(): readonly number[] {
    return [this.value, this.#close]
  }

  restore(state: readonly number[]): void {
    requireSize(state, 2)
    this.value = state[0]
    this.#close = state[1]
  }
}

export const obv = (options: ObvOptions = {}): Obv => new Obv(options)

export const obvDefinition: IndicatorDefinition = {
  name: 'obv',
  summary: 'on-balance volume: running sum of the volume, signed by the change of the close',
  call: "obv({ start = 'volume' | 'zero' })",
  takes: 'close, volume',
  source: "J. Granville, Granville's New Key to Stock Market Profits, 1963",
  example: () => {
    const indicator = obv()
    return {
      indicator,
      feed: ({ close, volume }) => void indicator.update(close, volume),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
