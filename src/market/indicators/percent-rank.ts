/** Rank of the newest value in its window. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue } from './parts/check.ts'
import { SortedWindow } from './parts/sorted-window.ts'
import { packed, unpack } from './parts/state.ts'
import { requireShare } from '../../math/guard.ts'

/**
 * Share of the last n values that lie below the newest, plus `ties` times the share of those equal to it, itself among them: 0 to 1.
 * Long windows are cheap: for the percentile of today's volatility or liquidity in its last three months.
 */
export class PercentRank implements Indicator {
  value = Number.NaN
  readonly #window: SortedWindow
  readonly #length: number
  readonly #ties: number

  constructor(length: number, ties = 0.5) {
    requireShare('ties', ties)
    this.#window = new SortedWindow(length)
    this.#length = length
    this.#ties = ties
  }

  get ready(): boolean {
    return this.#window.ready
  }

  update(x: number): number {
    checkValue('x', x)
    this.#window.update(x)
    if (this.#window.ready) {
      const below = this.#window.below(x)
      this.value = (below + this.#ties * (this.#window.upTo(x) - below)) / this.#length
    }
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#window)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#window)
    this.value = state[0]
  }
}

export const percentRank = (length: number, ties = 0.5): PercentRank => new PercentRank(length, ties)

export const percentRankDefinition: IndicatorDefinition = {
  name: 'percent-rank',
  summary: 'rank of the newest among the last n values, 0 to 1, equals counted by `ties`; for long windows, too',
  call: 'percentRank(length, ties = 0.5)',
  takes: 'x',
  source: 'mid-rank; R package TTR, function runPercentRank',
  example: () => {
    const indicator = percentRank(90)
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
