/** Chaikin oscillator. */
import { Accumulation } from './accumulation.ts'
import type { Indicator, IndicatorDefinition, Seed } from './indicator.ts'
import { requireLength } from './parts/check.ts'
import { exponential, type Recursion } from './parts/recursion.ts'
import { packed, unpack } from './parts/state.ts'

export interface ChaikinOscillatorOptions {
  /** 3 */
  readonly fast?: number
  /** 10 */
  readonly slow?: number
  /** 'mean' (TA-Lib: 'first') */
  readonly seed?: Seed
}

/** Fast EMA less slow EMA of the accumulation/distribution line. */
export class ChaikinOscillator implements Indicator {
  value = Number.NaN
  readonly #line = new Accumulation()
  readonly #fast: Recursion
  readonly #slow: Recursion

  constructor({ fast = 3, slow = 10, seed = 'mean' }: ChaikinOscillatorOptions = {}) {
    requireLength('slow', slow, fast)
    this.#fast = exponential(fast, seed)
    this.#slow = exponential(slow, seed)
  }

  get ready(): boolean {
    return this.#slow.ready
  }

  update(high: number, low: number, close: number, volume: number): number {
    const line = this.#line.update(high, low, close, volume)
    this.value = this.#fast.update(line) - this.#slow.update(line)
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#line, this.#fast, this.#slow)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#line, this.#fast, this.#slow)
    this.value = state[0]
  }
}

export const chaikinOscillator = (options: ChaikinOscillatorOptions = {}): ChaikinOscillator => new ChaikinOscillator(options)

export const chaikinOscillatorDefinition: IndicatorDefinition = {
  name: 'chaikin-oscillator',
  summary: 'Chaikin oscillator: fast EMA less slow EMA of the accumulation/distribution line',
  call: "chaikinOscillator({ fast = 3, slow = 10, seed = 'mean' | 'first' })",
  takes: 'high, low, close, volume',
  source: 'M. Chaikin; TA-Lib, function ADOSC',
  example: () => {
    const indicator = chaikinOscillator()
    return {
      indicator,
      feed: ({ high, low, close, volume }) => void indicator.update(high, low, close, volume),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
