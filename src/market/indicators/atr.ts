/** Average true range. */
import type { Indicator, IndicatorDefinition, Seed } from './indicator.ts'
import { checkBar, requireChoice, requireLength } from './parts/check.ts'
import { requireSize } from './parts/state.ts'
import type { FirstRange } from './true-range.ts'

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
  value = Number.NaN
  readonly #length: number
  /** Ranges after which there is a value. */
  readonly #begin: number
  readonly #skip: boolean
  #count = 0
  #mean = 0
  #previousClose = Number.NaN

  constructor(length: number, { seed = 'mean', firstRange = 'high-low' }: AtrOptions = {}) {
    requireLength('length', length)
    requireChoice('seed', seed, ['first', 'mean'])
    requireChoice('firstRange', firstRange, ['high-low', 'skip'])
    this.#length = length
    this.#begin = seed === 'first' ? 1 : length
    this.#skip = firstRange === 'skip'
  }

  get ready(): boolean {
    return this.#count >= this.#begin
  }

  // The parts are written out here, because strategies that are measured run on it.
  update(high: number, low: number, close: number): number {
    checkBar(high, low, close)
    const before = this.#previousClose
    let range = high - low
    if (before > high) range = before - low
    else if (before < low) range = high - before
    this.#previousClose = close
    if (this.#skip && Number.isNaN(before)) return this.value
    this.#count += 1
    if (this.#count > this.#begin) this.value += (range - this.value) / this.#length
    else {
      this.#mean += (range - this.#mean) / this.#count
      if (this.#count === this.#begin) this.value = this.#mean
    }
    return this.value
  }

  snapshot(): readonly number[] {
    return [this.value, this.#count, this.#mean, this.#previousClose]
  }

  restore(state: readonly number[]): void {
    requireSize(state, 4)
    this.value = state[0]
    this.#count = state[1]
    this.#mean = state[2]
    this.#previousClose = state[3]
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
