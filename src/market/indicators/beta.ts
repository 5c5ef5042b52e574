/** Rolling beta. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, requireLength } from './parts/check.ts'
import { RollingCovariance } from './parts/rolling-covariance.ts'
import { packed, unpack } from './parts/state.ts'

/** Slope and intercept of y on x over the last n pairs: `beta = cov(x, y)/var(x)`, `alpha = mean y - beta mean x`; beta is 0 where x does not vary. */
export class Beta implements Indicator {
  beta = Number.NaN
  alpha = Number.NaN
  readonly #pairs: RollingCovariance

  constructor(length = 20) {
    requireLength('length', length, 2)
    this.#pairs = new RollingCovariance(length)
  }

  /** Beta. */
  get value(): number {
    return this.beta
  }

  get ready(): boolean {
    return this.#pairs.ready
  }

  /** @param y of the asset @param x of the benchmark, both as returns where the beta of an asset is meant */
  update(y: number, x: number): number {
    checkValue('y', y)
    checkValue('x', x)
    const pairs = this.#pairs
    pairs.update(x, y)
    if (pairs.ready) {
      const slope = pairs.products / pairs.squaresX
      this.beta = Number.isFinite(slope) ? slope : 0
      this.alpha = pairs.meanY - this.beta * pairs.meanX
    }
    return this.beta
  }

  snapshot(): readonly number[] {
    return packed([this.beta, this.alpha], this.#pairs)
  }

  restore(state: readonly number[]): void {
    unpack(state, 2, this.#pairs)
    this.beta = state[0]
    this.alpha = state[1]
  }
}

export const beta = (length = 20): Beta => new Beta(length)

export const betaDefinition: IndicatorDefinition = {
  name: 'beta',
  summary: 'beta and alpha: slope and intercept of y on x over the last n pairs',
  call: 'beta(length = 20)',
  takes: 'y, x',
  source: 'W. Sharpe, Journal of Finance 19 (1964); least squares',
  example: () => {
    const indicator = beta()
    return {
      indicator,
      feed: ({ close, open }) => void indicator.update(close, open),
      outputs: () => ({ beta: indicator.beta, alpha: indicator.alpha }),
    }
  },
}
