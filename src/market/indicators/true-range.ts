/** True range. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkBar, requireChoice } from './parts/check.ts'
import { requireSize } from './parts/state.ts'

/** The first bar has no close before it: its range is high - low, or it has none. */
export type FirstRange = 'high-low' | 'skip'

/** `max(high, close before) - min(low, close before)`. */
export class TrueRange implements Indicator {
  value = Number.NaN
  readonly #skip: boolean
  #previousClose = Number.NaN

  constructor(firstRange: FirstRange = 'skip') {
    requireChoice('firstRange', firstRange, ['high-low', 'skip'])
    this.#skip = firstRange === 'skip'
  }

  get ready(): boolean {
    return !Number.isNaN(this.value)
  }

  update(high: number, low: number, close: number): number {
    checkBar(high, low, close)
    const before = this.#previousClose
    if (Number.isNaN(before)) {
      if (!this.#skip) this.value = high - low
    } else this.value = Math.max(high, before) - Math.min(low, before)
    this.#previousClose = close
    return this.value
  }

  snapshot(): readonly number[] {
    return [this.value, this.#previousClose]
  }

  restore(state: readonly number[]): void {
    requireSize(state, 2)
    this.value = state[0]
    this.#previousClose = state[1]
  }
}

export const trueRange = (firstRange: FirstRange = 'skip'): TrueRange => new TrueRange(firstRange)

export const trueRangeDefinition: IndicatorDefinition = {
  name: 'true-range',
  summary: 'true range: `max(high, close before) - min(low, close before)`',
  call: "trueRange(firstRange = 'skip' | 'high-low')",
  takes: 'high, low, close',
  source: 'J. W. Wilder, New Concepts in Technical Trading Systems, 1978',
  example: () => {
    const indicator = trueRange()
    return {
      indicator,
      feed: ({ high, low, close }) => void indicator.update(high, low, close),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
