/** Realised variance and bipower variation. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkPrice, requireLength } from './parts/check.ts'
import { RollingSum } from './parts/rolling-sum.ts'
import { packed, unpack } from './parts/state.ts'

/**
 * Of the last n logarithmic returns: realised variance `sum(r^2)`, bipower variation `pi/2 n/(n-1) sum(|r_i| |r_{i-1}|)`, which jumps
 * leave almost alone, and the share of the variance that came from jumps, `max(0, 1 - bipower/variance)` (0 when nothing moved).
 */
export class RealisedVariance implements Indicator {
  variance = Number.NaN
  bipower = Number.NaN
  readonly #squares: RollingSum
  readonly #products: RollingSum
  readonly #scale: number
  #close = Number.NaN
  #size = Number.NaN

  constructor(length = 20) {
    requireLength('length', length, 2)
    this.#squares = new RollingSum(length)
    this.#products = new RollingSum(length - 1)
    this.#scale = ((Math.PI / 2) * length) / (length - 1)
  }

  /** Realised variance. */
  get value(): number {
    return this.variance
  }

  get jumpShare(): number {
    return this.variance === 0 ? 0 : Math.max(0, 1 - this.bipower / this.variance)
  }

  get ready(): boolean {
    return this.#squares.ready
  }

  update(close: number): number {
    checkPrice('close', close)
    const size = Math.abs(Math.log(close / this.#close))
    this.#close = close
    if (Number.isNaN(size)) return this.variance
    this.variance = this.#squares.update(size * size)
    const before = this.#size
    this.#size = size
    if (!Number.isNaN(before)) {
      const products = this.#products.update(before * size)
      if (this.#squares.ready) this.bipower = this.#scale * products
    }
    return this.variance
  }

  snapshot(): readonly number[] {
    return packed([this.variance, this.bipower, this.#close, this.#size], this.#squares, this.#products)
  }

  restore(state: readonly number[]): void {
    unpack(state, 4, this.#squares, this.#products)
    this.variance = state[0]
    this.bipower = state[1]
    this.#close = state[2]
    this.#size = state[3]
  }
}

export const realisedVariance = (length = 20): RealisedVariance => new RealisedVariance(length)

export const realisedVarianceDefinition: IndicatorDefinition = {
  name: 'realised-variance',
  summary: 'realised variance `sum(r^2)` of n logarithmic returns, bipower variation, and the share of jumps',
  call: 'realisedVariance(length = 20)',
  takes: 'close',
  source: 'O. Barndorff-Nielsen and N. Shephard, Journal of Financial Econometrics 2 (2004)',
  example: () => {
    const indicator = realisedVariance()
    return {
      indicator,
      feed: ({ close }) => void indicator.update(close),
      outputs: () => ({ variance: indicator.variance, bipower: indicator.bipower, jumpShare: indicator.jumpShare }),
    }
  },
}
