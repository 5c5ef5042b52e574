/** Relative strength index. */
import type { Indicator, IndicatorDefinition, Seed } from './indicator.ts'
import { checkValue } from './parts/check.ts'
import { wilder, type Recursion } from './parts/recursion.ts'
import { packed, unpack } from './parts/state.ts'
import { requireNumber } from '../../math/guard.ts'

export interface RsiOptions {
  /** 'mean' */
  readonly seed?: Seed
  /** Value where there was neither gain nor loss; 50 (TA-Lib: 0). */
  readonly flat?: number
}

/** `100 G/(G+L)` with G and L Wilder's averages of gains and losses. */
export class Rsi implements Indicator {
  value = Number.NaN
  readonly #gains: Recursion
  readonly #losses: Recursion
  readonly #flat: number
  #previous = Number.NaN

  constructor(length = 14, { seed = 'mean', flat = 50 }: RsiOptions = {}) {
    requireNumber('flat', flat)
    this.#gains = wilder(length, seed)
    this.#losses = wilder(length, seed)
    this.#flat = flat
  }

  get ready(): boolean {
    return this.#gains.ready
  }

  update(x: number): number {
    checkValue('x', x)
    const change = x - this.#previous
    this.#previous = x
    if (Number.isNaN(change)) return this.value
    const gain = this.#gains.update(change > 0 ? change : 0)
    const loss = this.#losses.update(change < 0 ? -change : 0)
    if (this.#gains.ready) this.value = gain + loss > 0 ? (100 * gain) / (gain + loss) : this.#flat
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value, this.#previous], this.#gains, this.#losses)
  }

  restore(state: readonly number[]): void {
    unpack(state, 2, this.#gains, this.#losses)
    this.value = state[0]
    this.#previous = state[1]
  }
}

export const rsi = (length = 14, options: RsiOptions = {}): Rsi => new Rsi(length, options)

export const rsiDefinition: IndicatorDefinition = {
  name: 'rsi',
  summary: "relative strength index: `100 G/(G+L)` of Wilder's averages of gains and losses; 50 without any",
  call: "rsi(length = 14, { seed = 'mean' | 'first', flat = 50 })",
  takes: 'x',
  source: 'J. W. Wilder, New Concepts in Technical Trading Systems, 1978',
  example: () => {
    const indicator = rsi()
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
