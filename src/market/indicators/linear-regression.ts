/** Rolling straight line. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, requireFactor, requireLength } from './parts/check.ts'
import { RollingCovariance } from './parts/rolling-covariance.ts'
import { packed, unpack } from './parts/state.ts'

export interface LinearRegressionOptions {
  /** Half the width of the channel in standard errors; 2. */
  readonly factor?: number
}

/**
 * Least squares line through the last n values at times 0 to n - 1: slope a bar, intercept (at the oldest), end (at the newest), R^2
 * (0 where the values do not vary), standard error of the residuals `sqrt(SSE/(n-2))`, that of the slope, and the channel end +- k
 * standard errors. With two values the errors are 0.
 */
export class LinearRegression implements Indicator {
  slope = Number.NaN
  intercept = Number.NaN
  end = Number.NaN
  rSquared = Number.NaN
  standardError = Number.NaN
  slopeError = Number.NaN
  readonly #length: number
  readonly #factor: number
  readonly #pairs: RollingCovariance
  #count = 0

  constructor(length = 14, { factor = 2 }: LinearRegressionOptions = {}) {
    requireLength('length', length, 2)
    requireFactor('factor', factor)
    this.#length = length
    this.#factor = factor
    this.#pairs = new RollingCovariance(length)
  }

  /** The line at the newest value. */
  get value(): number {
    return this.end
  }

  /** The line at the value to come. */
  get next(): number {
    return this.end + this.slope
  }

  /** The angle of the line over the axis of time in degrees, a bar as wide as one unit of value is high. */
  get angle(): number {
    return (Math.atan(this.slope) * 180) / Math.PI
  }

  get upper(): number {
    return this.end + this.#factor * this.standardError
  }

  get lower(): number {
    return this.end - this.#factor * this.standardError
  }

  get ready(): boolean {
    return this.#pairs.ready
  }

  update(x: number): number {
    checkValue('x', x)
    const n = this.#length
    const pairs = this.#pairs
    pairs.update(this.#count, x)
    this.#count += 1
    if (!pairs.ready) return this.end
    // Of the whole numbers 0 to n - 1, exactly.
    const squares = (n * (n * n - 1)) / 12
    this.slope = pairs.products / squares
    this.intercept = pairs.meanY - (this.slope * (n - 1)) / 2
    this.end = pairs.meanY + (this.slope * (n - 1)) / 2
    const rest = n === 2 ? 0 : Math.max(0, pairs.squaresY - this.slope * pairs.products)
    this.rSquared = pairs.squaresY > 0 ? Math.min(1, 1 - rest / pairs.squaresY) : 0
    this.standardError = n === 2 ? 0 : Math.sqrt(rest / (n - 2))
    this.slopeError = this.standardError / Math.sqrt(squares)
    return this.end
  }

  snapshot(): readonly number[] {
    const results = [this.slope, this.intercept, this.end, this.rSquared, this.standardError, this.slopeError]
    return packed([...results, this.#count], this.#pairs)
  }

  restore(state: readonly number[]): void {
    unpack(state, 7, this.#pairs)
    this.slope = state[0]
    this.intercept = state[1]
    this.end = state[2]
    this.rSquared = state[3]
    this.standardError = state[4]
    this.slopeError = state[5]
    this.#count = state[6]
  }
}

export const linearRegression = (length = 14, options: LinearRegressionOptions = {}): LinearRegression =>
  new LinearRegression(length, options)

export const linearRegressionDefinition: IndicatorDefinition = {
  name: 'linear-regression',
  summary: 'least squares line through the last n values: slope, ends, R^2, standard errors, channel',
  call: 'linearRegression(length = 14, { factor = 2 })',
  takes: 'x',
  source: 'least squares; channel of G. Raff, Trading the Regression Channel, 1996, in standard errors',
  example: () => {
    const indicator = linearRegression()
    return {
      indicator,
      feed: ({ close }) => void indicator.update(close),
      outputs: () => {
        const { slope, intercept, end, rSquared, standardError, slopeError, upper, lower } = indicator
        return { slope, intercept, end, rSquared, standardError, slopeError, upper, lower }
      },
    }
  },
}
