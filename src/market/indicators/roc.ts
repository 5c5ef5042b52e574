/** Rate of change. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkPrice, requireChoice, requireLength } from './parts/check.ts'
import { Lag } from './parts/lag.ts'
import { packed, unpack } from './parts/state.ts'

export interface RocOptions {
  /** `p/p_n - 1`, `ln(p/p_n)` or `p/p_n`; 'simple'. */
  readonly kind?: 'simple' | 'log' | 'ratio'
  /** 'percent' */
  readonly scale?: 'percent' | 'fraction'
}

/** Relative change of a price over n updates, in percent or as a fraction. Prices are above zero. */
export class Roc implements Indicator {
  value = Number.NaN
  readonly #lag: Lag
  readonly #kind: 'simple' | 'log' | 'ratio'
  readonly #full: number

  constructor(length = 10, { kind = 'simple', scale = 'percent' }: RocOptions = {}) {
    requireLength('length', length)
    requireChoice('kind', kind, ['simple', 'log', 'ratio'])
    requireChoice('scale', scale, ['percent', 'fraction'])
    this.#lag = new Lag(length)
    this.#kind = kind
    this.#full = scale === 'percent' ? 100 : 1
  }

  get ready(): boolean {
    return this.#lag.ready
  }

  update(price: number): number {
    checkPrice('price', price)
    const before = this.#lag.update(price)
    const kind = this.#kind
    const change = kind === 'log' ? Math.log(price / before) : (kind === 'ratio' ? price : price - before) / before
    this.value = this.#full * change
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#lag)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#lag)
    this.value = state[0]
  }
}

export const roc = (length = 10, options: RocOptions = {}): Roc => new Roc(length, options)

export const rocDefinition: IndicatorDefinition = {
  name: 'roc',
  summary: 'rate of change over n updates: `p/p_n - 1`, `ln(p/p_n)` or `p/p_n`',
  call: "roc(length = 10, { kind = 'simple' | 'log' | 'ratio', scale = 'percent' | 'fraction' })",
  takes: 'price',
  source: 'relative difference over n bars; TA-Lib, function ROC',
  example: () => {
    const indicator = roc()
    return { indicator, feed: ({ close }) => void indicator.update(close), outputs: () => ({ value: indicator.value }) }
  },
}
