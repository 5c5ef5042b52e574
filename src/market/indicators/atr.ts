/** Average true range. */
import type { Indicator, IndicatorDefinition, Seed } from './indicator.ts'
import { wilder, type Recursion } from './parts/recursion.ts'
import { packed, unpack } from './parts/state.ts'
import { TrueRange, type FirstRange } from './true-range.ts'

export interface AtrOptions {
  /** 'mean' */
  readonly seed?: Seed
  /** Of the first bar: 'high-low' (first value with bar n), or 'skip' as in most libraries (with bar n + 1). */
  readonly firstRange?: FirstRange
}

/**
 * Wilder's smoothing `a += (TR - a)/n` of TR = max(high-low, |high-prevClose|, |low-prevClose|). Seeded with the first TR or with
 * the mean of the first n.
 */
export class Atr implements Indicator {
  readonly #range: TrueRange
  readonly #average: Recursion

  constructor(length: number, { seed = 'mean', firstRange = 'high-low' }: AtrOptions = {}) {
    this.#range = new TrueRange(firstRange)
    this.#average = wilder(length, seed)
  }

  get value(): number {
    return this.#average.value
  }

  get ready(): boolean {
    return this.#average.ready
  }

  update(high: number, low: number, close: number): number {
    const range = this.#range.update(high, low, close)
    if (this.#range.ready) this.#average.update(range)
    return this.#average.value
  }

  snapshot(): readonly number[] {
    return packed([], this.#range, this.#average)
  }

  restore(state: readonly number[]): void {
    unpack(state, 0, this.#range, this.#average)
  }
}

export const atr = (length: number, options: Seed | AtrOptions = {}): Atr =>
  new Atr(length, typeof options === 'string' ? { seed: options } : options)

export const atrDefinition: IndicatorDefinition = {
  name: 'atr',
  summary: "average true range: Wilder's average of the true range",
  call: "atr(length, { seed = 'mean' | 'first', firstRange = 'high-low' | 'skip' })",
  takes: 'high, low, close',
  source: 'J. W. Wilder, New Concepts in Technical Trading Systems, 1978',
  example: () => {
    const indicator = atr(14)
    return {
      indicator,
      feed: ({ high, low, close }) => void indicator.update(high, low, close),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
