/** Rolling median. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue } from './parts/check.ts'
import { SortedWindow } from './parts/sorted-window.ts'
import { packed, unpack } from './parts/state.ts'

/** Median of the last n values; of an even number, the mean of the middle two. */
export class Median implements Indicator {
  value = Number.NaN
  readonly #window: SortedWindow

  constructor(length: number) {
    this.#window = new SortedWindow(length)
  }

  get ready(): boolean {
    return this.#window.ready
  }

  update(x: number): number {
    checkValue('x', x)
    this.#window.update(x)
    if (this.#window.ready) this.value = this.#window.median()
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

export const median = (length: number): Median => new Median(length)

export const medianDefinition: IndicatorDefinition = {
  name: 'median',
  summary: 'median of the last n values',
  call: 'median(length)',
  takes: 'x',
  source: 'order statistic of a sorted window',
  example: () => {
    const indicator = median(11)
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
