/** Rogers and Satchell's volatility. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkPrices, requireFactor } from './parts/check.ts'
import { RollingSum } from './parts/rolling-sum.ts'
import { packed, unpack } from './parts/state.ts'
import type { RangeVolatilityOptions } from './parkinson.ts'

/** The variance of one bar, whatever its drift. */
export const driftFreeVariance = (open: number, high: number, low: number, close: number): number =>
  Math.log(high / close) * Math.log(high / open) + Math.log(low / close) * Math.log(low / open)

/** `sqrt(periodsPerYear/n sum(ln(H/C) ln(H/O) + ln(L/C) ln(L/O)))` of n bars. */
export class RogersSatchell implements Indicator {
  value = Number.NaN
  readonly #sum: RollingSum
  readonly #scale: number

  constructor(length = 20, { periodsPerYear = 1 }: RangeVolatilityOptions = {}) {
    requireFactor('periodsPerYear', periodsPerYear)
    this.#sum = new RollingSum(length)
    this.#scale = periodsPerYear / length
  }

  get ready(): boolean {
    return this.#sum.ready
  }

  update(open: number, high: number, low: number, close: number): number {
    checkPrices(open, high, low, close)
    const sum = this.#sum.update(driftFreeVariance(open, high, low, close))
    this.value = Math.sqrt(Math.max(0, this.#scale * sum))
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#sum)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#sum)
    this.value = state[0]
  }
}

export const rogersSatchell = (length = 20, options: RangeVolatilityOptions = {}): RogersSatchell =>
  new RogersSatchell(length, options)

export const rogersSatchellDefinition: IndicatorDefinition = {
  name: 'rogers-satchell',
  summary:
    "Rogers and Satchell's volatility, right for any drift: `sqrt(periodsPerYear/n sum(ln(H/C) ln(H/O) + ln(L/C) ln(L/O)))`",
  call: 'rogersSatchell(length = 20, { periodsPerYear = 1 })',
  takes: 'open, high, low, close',
  source: 'L. Rogers and S. Satchell, Annals of Applied Probability 1 (1991)',
  example: () => {
    const indicator = rogersSatchell(20, { periodsPerYear: 365 })
    return {
      indicator,
      feed: ({ open, high, low, close }) => void indicator.update(open, high, low, close),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
