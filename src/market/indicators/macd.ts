/** Moving average convergence/divergence. */
import type { Indicator, IndicatorDefinition, Seed } from './indicator.ts'
import { checkPrice, checkValue, requireChoice, requireLength } from './parts/check.ts'
import { exponential, type Recursion } from './parts/recursion.ts'
import { packed, unpack } from './parts/state.ts'

export interface MacdOptions {
  /** 12 */
  readonly fast?: number
  /** 26 */
  readonly slow?: number
  /** 9 */
  readonly signal?: number
  /** 'mean' */
  readonly seed?: Seed
  /** Each average begins with its own first n values ('own'), or the fast one so late that both begin together ('slow', as TA-Lib). */
  readonly align?: 'own' | 'slow'
  /** In units of price, or as 100 (fast/slow - 1); 'points'. */
  readonly scale?: 'points' | 'percent'
}

/** Fast EMA less slow EMA, the EMA of that (signal), and their difference (histogram). */
export class Macd implements Indicator {
  macd = Number.NaN
  signal = Number.NaN
  histogram = Number.NaN
  readonly #fast: Recursion
  readonly #slow: Recursion
  readonly #signal: Recursion
  readonly #percent: boolean
  readonly #skip: number
  #count = 0

  constructor({ fast = 12, slow = 26, signal = 9, seed = 'mean', align = 'own', scale = 'points' }: MacdOptions = {}) {
    requireLength('fast', fast)
    requireLength('slow', slow, fast)
    requireLength('signal', signal)
    requireChoice('align', align, ['own', 'slow'])
    requireChoice('scale', scale, ['points', 'percent'])
    this.#fast = exponential(fast, seed)
    this.#slow = exponential(slow, seed)
    this.#signal = exponential(signal, seed)
    this.#percent = scale === 'percent'
    this.#skip = align === 'slow' && seed === 'mean' ? slow - fast : 0
  }

  /** The MACD line. */
  get value(): number {
    return this.macd
  }

  get ready(): boolean {
    return this.#signal.ready
  }

  update(x: number): number {
    if (this.#percent) checkPrice('x', x)
    else checkValue('x', x)
    if (this.#count < this.#skip) this.#count += 1
    else this.#fast.update(x)
    const slow = this.#slow.update(x)
    if (!this.#slow.ready) return this.macd
    const fast = this.#fast.value
    this.macd = this.#percent ? 100 * (fast / slow - 1) : fast - slow
    this.signal = this.#signal.update(this.macd)
    this.histogram = this.macd - this.signal
    return this.macd
  }

  snapshot(): readonly number[] {
    return packed([this.macd, this.signal, this.histogram, this.#count], this.#fast, this.#slow, this.#signal)
  }

  restore(state: readonly number[]): void {
    unpack(state, 4, this.#fast, this.#slow, this.#signal)
    this.macd = state[0]
    this.signal = state[1]
    this.histogram = state[2]
    this.#count = state[3]
  }
}

export const macd = (options: MacdOptions = {}): Macd => new Macd(options)

export const macdDefinition: IndicatorDefinition = {
  name: 'macd',
  summary: 'fast EMA less slow EMA, its EMA (signal), and the difference of the two (histogram)',
  call: "macd({ fast = 12, slow = 26, signal = 9, seed = 'mean' | 'first', align = 'own' | 'slow', scale = 'points' | 'percent' })",
  takes: 'x',
  source: 'G. Appel, The Moving Average Convergence-Divergence Method, 1979',
  example: () => {
    const indicator = macd()
    return {
      indicator,
      feed: ({ close }) => void indicator.update(close),
      outputs: () => ({ macd: indicator.macd, signal: indicator.signal, histogram: indicator.histogram }),
    }
  },
}
