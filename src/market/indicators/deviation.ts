/** Rolling standard deviation. */
import type { DeviationKind, Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, requireChoice, requireLength } from './parts/check.ts'
import { RollingMoments } from './parts/rolling-moments.ts'
import { packed, unpack } from './parts/state.ts'

/** Standard deviation of the last n values, and their mean. */
export class Deviation implements Indicator {
  value = Number.NaN
  readonly #moments: RollingMoments
  readonly #divisor: number

  constructor(length: number, kind: DeviationKind = 'sample') {
    requireChoice('kind', kind, ['population', 'sample'])
    requireLength('length', length, kind === 'sample' ? 2 : 1)
    this.#moments = new RollingMoments(length)
    this.#divisor = kind === 'sample' ? length - 1 : length
  }

  get mean(): number {
    return this.#moments.mean
  }

  get variance(): number {
    return this.#moments.squares / this.#divisor
  }

  get ready(): boolean {
    return this.#moments.ready
  }

  update(x: number): number {
    checkValue('x', x)
    this.#moments.update(x)
    this.value = Math.sqrt(this.#moments.squares / this.#divisor)
    return this.value
  }

  snapshot(): readonly number[] {
    return packed([this.value], this.#moments)
  }

  restore(state: readonly number[]): void {
    unpack(state, 1, this.#moments)
    this.value = state[0]
  }
}

export const deviation = (length: number, kind: DeviationKind = 'sample'): Deviation => new Deviation(length, kind)

export const deviationDefinition: IndicatorDefinition = {
  name: 'deviation',
  summary: 'standard deviation of the last n values, their mean and variance',
  call: "deviation(length, kind = 'sample' | 'population')",
  takes: 'x',
  source: 'T. Chan, G. Golub and R. LeVeque, Stanford STAN-CS-79-773 (1979)',
  example: () => {
    const indicator = deviation(20)
    return {
      indicator,
      feed: ({ close }) => void indicator.update(close),
      outputs: () => ({ value: indicator.value, mean: indicator.mean, variance: indicator.variance }),
    }
  },
}
