/** Accumulation/distribution line. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkBar, checkVolume } from './parts/check.ts'
import { requireSize } from './parts/state.ts'

/** Close location value `((close - low) - (high - close))/(high - low)`: -1 at the low, 1 at the high, 0 without range. */
export const closeLocation = (high: number, low: number, close: number): number =>
  high > low ? (close - low - (high - close)) / (high - low) : 0

/** Running sum of the volume times the close location value. */
export class Accumulation implements Indicator {
  value = Number.NaN

  get ready(): boolean {
    return !Number.isNaN(this.value)
  }

  update(high: number, low: number, close: number, volume: number): number {
    checkBar(high, low, close)
    checkVolume('volume', volume)
    const flow = closeLocation(high, low, close) * volume
    this.value = Number.isNaN(this.value) ? flow : this.value + flow
    return this.value
  }

  snapshot(): readonly number[] {
    return [this.value]
  }

  restore(state: readonly number[]): void {
    requireSize(state, 1)
    this.value = state[0]
  }
}

export const accumulation = (): Accumulation => new Accumulation()

export const accumulationDefinition: IndicatorDefinition = {
  name: 'accumulation',
  summary: 'accumulation/distribution line: running sum of volume times where the close lies in its bar (-1 to 1)',
  call: 'accumulation()',
  takes: 'high, low, close, volume',
  source: 'M. Chaikin; TA-Lib, function AD',
  example: () => {
    const indicator = accumulation()
    return {
      indicator,
      feed: ({ high, low, close, volume }) => void indicator.update(high, low, close, volume),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
