/**
 * Conditional variances at given parameters: of a whole series with its likelihood, and bar by bar.
 *
 * The presample. e^2 and h of the bar before the first are one number. Without `backcast` it is the mean of (r - mean)^2 over the
 * series (G. Fiorentini, G. Calzolari, L. Panattoni, Journal of Applied Econometrics 11, 1996: the convention of the DEM/GBP
 * benchmark). It looks at the whole series: what filters bar by bar takes a `backcast` known beforehand.
 *
 * Pure. Source: T. Bollerslev, Journal of Econometrics 31 (1986); Fiorentini, Calzolari, Panattoni (1996).
 */
import { finiteOr, requireNumber, requirePositive, requireVector, type Vector } from '../guard.ts'
import { sum } from '../sum.ts'
import { logDensity, studentConstant } from './density.ts'
import {
  firstVariance,
  nextVariance,
  requireVolatilityParameters,
  type VolatilityModel,
  type VolatilityParameters,
} from './model.ts'

export interface VolatilityFilterOptions {
  readonly model: VolatilityModel
  readonly parameters: VolatilityParameters
  /** Mean of the returns; default 0. */
  readonly mean?: number
  /** Presample variance; default the mean of (r - mean)^2, which looks at the whole series: for signals give one known before. */
  readonly backcast?: number
}

export interface FilteredVolatility {
  /** h_t, known at the close of the bar before t. */
  readonly variances: Float64Array
  /** (r_t - mean) / sqrt(h_t). */
  readonly standardised: Float64Array
  /** h of the bar after the last. */
  readonly nextVariance: number
  /** With all constants. */
  readonly logLikelihood: number
  /** The presample variance used. */
  readonly presample: number
}

/**
 * Conditional variances h_t of a GARCH, GJR or EGARCH recursion at given parameters, and the log-likelihood
 * -1/2 sum[ln 2pi + ln h_t + e_t^2/h_t] (normal), or with Student's density of unit variance where `nu` is given.
 * @throws MathError `empty`, `not-finite`, `out-of-domain` (parameters, presample), `overflow`
 */
export function filterVolatility(returns: Vector, options: VolatilityFilterOptions): FilteredVolatility {
  const { model, parameters, mean = 0, backcast } = options
  requireVector('returns', returns)
  requireNumber('mean', mean)
  requireVolatilityParameters(model, parameters)
  const presample = presampleVariance(returns, mean, backcast)
  const n = returns.length
  const { nu } = parameters
  const constant = nu === undefined ? 0 : studentConstant(nu)
  const variances = new Float64Array(n)
  const standardised = new Float64Array(n)
  const densities = new Float64Array(n)
  let h = firstVariance(model, parameters, presample)
  for (let t = 0; t < n; t++) {
    requireVariance(h)
    const e = returns[t] - mean
    variances[t] = h
    standardised[t] = e / Math.sqrt(h)
    densities[t] = logDensity(e, h, nu, constant)
    h = nextVariance(model, parameters, e, h)
  }
  requireVariance(h)
  const logLikelihood = finiteOr('overflow', sum(densities), 'the log-likelihood')
  for (let t = 0; t < n; t++) finiteOr('overflow', standardised[t], 'a standardised return')
  return { variances, standardised, nextVariance: h, logLikelihood, presample }
}

/** The given presample variance, or the mean square around the mean. */
export function presampleVariance(returns: Vector, mean: number, backcast: number | undefined): number {
  if (backcast !== undefined) {
    requirePositive('backcast', backcast)
    return backcast
  }
  const squares = Float64Array.from({ length: returns.length }, (_, t) => (returns[t] - mean) * (returns[t] - mean))
  const value = finiteOr('overflow', sum(squares) / returns.length, 'the mean square of the returns')
  requirePositive('the mean square of the returns', value)
  return value
}

const requireVariance = (h: number): void => {
  finiteOr('overflow', h, 'a variance')
  requirePositive('a variance', h)
}

export interface StreamingVolatilityOptions extends VolatilityFilterOptions {
  /** Presample variance, known before the first bar. */
  readonly backcast: number
}

/**
 * The variance filter one bar at a time: `update(return)` answers the variance h of the next bar, equal to the one of
 * `filterVolatility` over the same returns with the same `backcast`. Constant time a bar, nothing is allocated.
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export class VolatilityFilter {
  readonly #model: VolatilityModel
  readonly #parameters: VolatilityParameters
  readonly #mean: number
  readonly #constant: number
  #variance: number
  #logLikelihood = 0
  #count = 0

  constructor(options: StreamingVolatilityOptions) {
    const { model, parameters, mean = 0, backcast } = options
    requireVolatilityParameters(model, parameters)
    requireNumber('mean', mean)
    requirePositive('backcast', backcast)
    this.#model = model
    this.#parameters = { ...parameters }
    this.#mean = mean
    this.#constant = parameters.nu === undefined ? 0 : studentConstant(parameters.nu)
    this.#variance = firstVariance(model, parameters, backcast)
    requireVariance(this.#variance)
  }

  /** Takes the return of a closed bar; the variance of the next one. */
  update(value: number): number {
    requireNumber('the return', value)
    const e = value - this.#mean
    const next = nextVariance(this.#model, this.#parameters, e, this.#variance)
    requireVariance(next)
    const density = logDensity(e, this.#variance, this.#parameters.nu, this.#constant)
    this.#logLikelihood = finiteOr('overflow', this.#logLikelihood + density, 'the log-likelihood')
    this.#variance = next
    this.#count += 1
    return next
  }

  /** h of the coming bar. */
  get variance(): number {
    return this.#variance
  }

  /** Of all bars so far. */
  get logLikelihood(): number {
    return this.#logLikelihood
  }

  /** Bars taken. */
  get count(): number {
    return this.#count
  }

  /** The whole state as numbers; parameters are not part of it. */
  snapshot(): readonly number[] {
    return [this.#variance, this.#logLikelihood, this.#count]
  }

  restore(state: readonly number[]): void {
    requireVector('the state', state, 3)
    requirePositive('the variance of the state', state[0])
    this.#variance = state[0]
    this.#logLikelihood = state[1]
    this.#count = state[2]
  }
}
