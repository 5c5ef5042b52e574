/** Z-score. */
import type { DeviationKind, Indicator, IndicatorDefinition } from './indicator.ts'
import { Deviation } from './deviation.ts'
import { packed, unpack } from './parts/state.ts'

/** `(x - mean)/standard deviation` of the last n values; 0 where all are the same. */
export class ZScore implements Indicator {
  value = Number.NaN
  readonly #deviation: Deviation

  constructor(length = 20, kind: DeviationKind = 'sample') {
    this.#deviation = new Deviation(length, kind)
  }

  get ready(): boolean {
    return this.#deviation.ready
  }

  update(x: number): number {
    const width = this.#deviation.update(x)
    if (this.#deviation.ready) this.value = width > 0 ? (x - this.#deviation.mean) / width : 0
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#deviation)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#deviation)
    this.value = state[0]
  }
}

export const zScore = (length = 20, kind: DeviationKind = 'sample'): ZScore => new ZScore(length, kind)

export const zScoreDefinition: IndicatorDefinition = {
  name: 'z-score',
  summary: 'z-score: distance from the mean of the last n values in standard deviations; 0 when flat',
  call: "zScore(length = 20, kind = 'sample' | 'population')",
  takes: 'x',
  source: 'standard score',
  example: () => {
    const indicator = zScore()
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
