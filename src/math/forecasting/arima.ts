/**
 * ARIMA models with given coefficients, seasonal ones too: exact Gaussian likelihood, one-step errors, forecasts with their standard
 * errors, and a stream that takes one observation at a time.
 *
 * With u_t = y_t - mean - drift t (t = 1, 2, ...): (1 - phi B)(1 - Phi B^s)(1 - B)^d (1 - B^s)^D u_t = (1 + theta B)(1 + Theta B^s) e_t.
 * The mean is the mean of the process, not the intercept of a regression.
 *
 * Pure. Source: A. C. Harvey, Forecasting, Structural Time Series Models and the Kalman Filter (1989); G. E. P. Box, G. M. Jenkins,
 * Time Series Analysis (1970); R's `arima`.
 */
import { refuseUnless, requireInteger, requirePositive, requireVector, type Vector } from '../guard.ts'
import { ArmaFilter, productOfAr, productOfMa, tryPartials, weights } from './arma.ts'
import { differenceBy, differencingPolynomial } from './differencing.ts'
import { requireModerate, requireSeries } from './magnitude.ts'

export interface ArimaModel {
  readonly ar: Vector
  readonly ma: Vector
  readonly seasonalAr?: Vector
  readonly seasonalMa?: Vector
  /** d. */
  readonly differences?: number
  /** D. */
  readonly seasonalDifferences?: number
  /** Observations in a season, 1 without. */
  readonly period?: number
  /** Mean of the process, in the unit of y; of no effect where the model takes differences. 0 when the model has none. */
  readonly mean?: number
  /** Slope of a straight line, in the unit of y a step. 0 when the model has none. */
  readonly drift?: number
  /** Variance of the shocks, in the unit of y squared. */
  readonly sigma2: number
}

/** A model multiplied out. */
interface Expanded {
  readonly phi: Float64Array
  readonly theta: Float64Array
  readonly differencing: Float64Array
  readonly mean: number
  readonly drift: number
  readonly sigma2: number
}

const MOST_COEFFICIENTS = 12
const LONGEST_STATE = 500

function expand(model: ArimaModel): Expanded {
  const { ar, ma, seasonalAr = [], seasonalMa = [], period = 1, mean = 0, drift = 0, sigma2 } = model
  const { differences = 0, seasonalDifferences = 0 } = model
  for (const [name, values] of Object.entries({ ar, ma, seasonalAr, seasonalMa })) {
    requireVector(name, values, 0)
    refuseUnless(values.length <= MOST_COEFFICIENTS, 'out-of-domain', () => `${name} has ${values.length} coefficients`)
    for (let i = 0; i < values.length; i++)
      refuseUnless(Math.abs(values[i]) <= 1e3, 'out-of-domain', () => `${name}[${i}] is ${values[i]}`)
  }
  const seasonal = seasonalAr.length + seasonalMa.length > 0
  requireInteger('period', period, seasonal || seasonalDifferences > 0 ? 2 : 1, 1000)
  requireModerate('mean', mean)
  requireModerate('drift', drift)
  requirePositive('sigma2', sigma2)
  refuseUnless(sigma2 >= 1e-250 && sigma2 <= 1e250, 'overflow', () => `sigma2 is ${sigma2}`)
  refuseUnless(tryPartials(ar) !== undefined, 'out-of-domain', 'the autoregressive part is not stationary')
  refuseUnless(tryPartials(seasonalAr) !== undefined, 'out-of-domain', 'the seasonal autoregressive part is not stationary')
  const phi = productOfAr(ar, seasonalAr, period)
  const theta = productOfMa(ma, seasonalMa, period)
  refuseUnless(phi.length <= LONGEST_STATE && theta.length <= LONGEST_STATE, 'out-of-domain', 'the model reaches back too far')
  const differencing = differencingPolynomial({ differences, seasonalDifferences, period })
  return { phi, theta, differencing, mean, drift, sigma2 }
}

export interface ArimaLikelihood {
  /** ln of the Gaussian density of the differenced series. */
  readonly logLikelihood: number
  /** One-step errors of the differenced series, in the unit of y; the first d + s D observations have none. */
  readonly innovations: Float64Array
  /** Their variances. */
  readonly variances: Float64Array
}

/**
 * Exact Gaussian log-likelihood of an ARIMA model, -1/2 sum (ln(2 pi F_t) + v_t^2 / F_t), by the Kalman filter, with its one-step
 * errors v and their variances F.
 *
 * The filter begins with the stationary distribution of the differenced series.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain` (not stationary), `singular`, `overflow`
 */
export function arimaLikelihood(y: Vector, model: ArimaModel): ArimaLikelihood {
  const expanded = expand(model)
  requireSeries('y', y, expanded.differencing.length)
  const series = differenceBy(expanded.differencing, withoutLine(y, expanded))
  const filter = new ArmaFilter(expanded.phi, expanded.theta)
  const innovations = new Float64Array(series.length)
  const variances = new Float64Array(series.length)
  let total = 0
  for (let t = 0; t < series.length; t++) {
    const variance = expanded.sigma2 * filter.variance
    const error = filter.observe(series[t])
    filter.move()
    innovations[t] = error
    variances[t] = variance
    total += Math.log(2 * Math.PI * variance) + (error * error) / variance
  }
  refuseUnless(Number.isFinite(total), 'overflow', 'the likelihood leaves the range of a double')
  return { logLikelihood: -0.5 * total, innovations, variances }
}

function withoutLine(y: Vector, { mean, drift }: Expanded): Float64Array {
  return Float64Array.from({ length: y.length }, (_, t) => y[t] - mean - drift * (t + 1))
}

export interface ArimaForecast {
  /** `[0]` is one step ahead, in the unit of y. */
  readonly mean: Float64Array
  /** Standard deviations of the forecast errors, the coefficients taken as known. */
  readonly standardErrors: Float64Array
}

/**
 * Forecasts of 1 to `horizon` steps of an ARIMA model after y, with standard errors; differences are summed up again.
 * @throws MathError as `arimaLikelihood`
 */
export function forecastArima(y: Vector, model: ArimaModel, horizon: number): ArimaForecast {
  requireInteger('horizon', horizon, 1, 10_000)
  const stream = new ArimaStream(model)
  requireSeries('y', y, differencingPolynomial(model).length)
  for (let t = 0; t < y.length; t++) stream.update(y[t])
  return stream.forecast(horizon)
}

/**
 * An ARIMA model with given coefficients, one observation at a time: its errors and forecasts equal those of the whole series, at
 * every step.
 */
export class ArimaStream {
  readonly #model: Expanded
  readonly #filter: ArmaFilter
  /** The last d + s D values less their line, oldest first. */
  readonly #last: Float64Array
  #count = 0

  /** @throws MathError as `arimaLikelihood` */
  constructor(model: ArimaModel) {
    this.#model = expand(model)
    this.#filter = new ArmaFilter(this.#model.phi, this.#model.theta)
    this.#last = new Float64Array(this.#model.differencing.length - 1)
  }

  /** Observations so far. */
  get count(): number {
    return this.#count
  }

  /** Enough observations to forecast: one more than the differences take. */
  get ready(): boolean {
    return this.#count > this.#last.length
  }

  /**
   * Takes y in; answers what was not expected of it, `undefined` for the first d + s D observations.
   * @throws MathError `not-finite`, `overflow`
   */
  update(y: number): number | undefined {
    requireModerate('y', y)
    const { differencing, mean, drift } = this.#model
    const last = this.#last
    this.#count += 1
    const value = y - mean - drift * this.#count
    let differenced = value
    for (let i = 1; i < differencing.length; i++) differenced += differencing[i] * last[last.length - i]
    const seen = this.#count > last.length
    if (last.length > 0) {
      last.copyWithin(0, 1)
      last[last.length - 1] = value
    }
    if (!seen) return undefined
    const error = this.#filter.observe(differenced)
    this.#filter.move()
    return error
  }

  /**
   * Forecasts of 1 to `horizon` steps after the last observation.
   * @throws MathError `too-short` before `ready`, `out-of-domain`, `overflow`
   */
  forecast(horizon: number): ArimaForecast {
    requireInteger('horizon', horizon, 1, 10_000)
    refuseUnless(this.ready, 'too-short', () => `${this.#count} observations; ${this.#last.length + 1} are needed`)
    const { phi, theta, differencing, mean, drift, sigma2 } = this.#model
    const filter = this.#filter
    const lost = this.#last.length
    const size = filter.size
    const path = new Float64Array(lost + horizon)
    path.set(this.#last)
    const ahead = filter.expected(horizon)
    for (let h = 0; h < horizon; h++) {
      let value = ahead[h]
      for (let i = 1; i <= lost; i++) value -= differencing[i] * path[lost + h - i]
      path[lost + h] = value
    }
    const variances = this.#variances(horizon, phi, theta, size)
    const out = {
      mean: Float64Array.from({ length: horizon }, (_, h) => path[lost + h] + mean + drift * (this.#count + h + 1)),
      standardErrors: variances.map((each) => Math.sqrt(sigma2 * Math.max(0, each))),
    }
    refuseUnless(
      out.mean.every(Number.isFinite) && out.standardErrors.every(Number.isFinite),
      'overflow',
      'a forecast leaves the range of a double',
    )
    return out
  }

  /** Variances of the forecast errors: future shocks, and what is not known of the shocks that happened. */
  #variances(horizon: number, phi: Float64Array, theta: Float64Array, size: number): Float64Array {
    const { differencing } = this.#model
    const summed = weights(negatedTail(differencing), [], horizon)
    const out = new Float64Array(horizon)
    const psi = weights(phi, theta, horizon)
    const full = differencing.length > 1 ? convolve(psi, summed) : psi
    let total = 0
    for (let h = 0; h < horizon; h++) {
      total += full[h] * full[h]
      out[h] = total
    }
    const unknown = this.#filter.unknown()
    if (unknown.every((row, i) => row[i] < 1e-13)) return out
    // u = sum over i of c_{h-i} z_i, z_i the weights of the state in the i-th forecast; the state is that before the next shock.
    const rows: Float64Array[] = []
    let z = new Float64Array(size)
    z[0] = 1
    for (let h = 0; h < horizon; h++) {
      rows.push(z)
      const next = new Float64Array(size)
      for (let i = 0; i < size; i++) {
        next[0] += z[i] * (i < phi.length ? phi[i] : 0)
        if (i + 1 < size) next[i + 1] += z[i]
      }
      z = next
    }
    const past: Float64Array[] = []
    for (let h = 0; h < horizon; h++) {
      const u = Float64Array.from(rows[h])
      for (let i = 1; i < differencing.length && i <= h; i++)
        if (differencing[i] !== 0) for (let k = 0; k < size; k++) u[k] -= differencing[i] * past[h - i][k]
      past.push(u)
      let value = 0
      for (let i = 0; i < size; i++) if (u[i] !== 0) for (let j = 0; j < size; j++) value += u[i] * unknown[i][j] * u[j]
      out[h] += value
    }
    return out
  }
}

/** 1 + d_1 B + ... as the coefficients -d_1, -d_2, ... of a recursion. */
const negatedTail = (polynomial: Float64Array): Float64Array => polynomial.slice(1).map((each) => -each)

function convolve(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length)
  for (let h = 0; h < out.length; h++) for (let i = 0; i <= h; i++) out[h] += a[i] * b[h - i]
  return out
}
