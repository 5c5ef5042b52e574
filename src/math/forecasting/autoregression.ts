/**
 * Autoregressions without a likelihood: by least squares and by the Yule-Walker equations, their forecasts, and a stream.
 *
 * Pure. Source: J. D. Hamilton, Time Series Analysis (1994), chapter 5; P. J. Brockwell, R. A. Davis, Time Series: Theory and
 * Methods, 2nd ed. (1991), section 8.1.
 */
import { refuseUnless, requireInteger, requireNumber, requireVector, type Vector } from '../guard.ts'
import { average, leastSquares, solve } from '../numerics/index.ts'
import { requireEstimable, requireModerate, requireSeries } from './magnitude.ts'

const MOST_LAGS = 200

export interface Autoregression {
  /** c in y_t = c + phi_1 y_{t-1} + ... + e_t, in the unit of y. */
  readonly constant: number
  /** phi_1, phi_2, ... */
  readonly ar: Float64Array
  /** Variance of the errors, in the unit of y squared. */
  readonly sigma2: number
}

export interface AutoregressionFit extends Autoregression {
  /** Standard errors of the constant and of phi_1, phi_2, ..., by the usual formula with the residual degrees of freedom. */
  readonly standardErrors: Float64Array
  /** One for each observation after the first `lags`. */
  readonly residuals: Float64Array
  readonly observations: number
}

/**
 * An autoregression with a constant, fitted by ordinary least squares of y_t on 1, y_{t-1}, ..., y_{t-lags}.
 *
 * `sigma2` is the residual sum of squares over the number of rows (the conditional maximum likelihood, as in statsmodels' `AutoReg`),
 * or with `divisor: 'residual'` over the degrees of freedom left.
 * @throws MathError `too-short` (2 lags + 2 values), `singular` (a constant or perfectly repeating series), `not-finite`,
 * `out-of-domain`, `overflow`
 */
export function fitAutoregression(
  y: Vector,
  lags: number,
  options: { readonly divisor?: 'observations' | 'residual' } = {},
): AutoregressionFit {
  requireInteger('lags', lags, 1, MOST_LAGS)
  const scale = requireEstimable('y', y, 2 * lags + 2)
  refuseUnless(scale > 0, 'singular', 'all values are zero')
  const rows: Float64Array[] = []
  for (let t = lags; t < y.length; t++) {
    const row = new Float64Array(lags + 1)
    row[0] = 1
    for (let i = 1; i <= lags; i++) row[i] = y[t - i] / scale
    rows.push(row)
  }
  const target = Float64Array.from(rows, (_, i) => y[i + lags] / scale)
  const { coefficients, residuals, rss, inverseGram } = leastSquares(rows, target)
  const unit = scale * scale
  const left = rows.length - lags - 1
  const perFreedom = rss / left
  return {
    constant: coefficients[0] * scale,
    ar: Float64Array.from(coefficients.subarray(1)),
    sigma2: (options.divisor === 'residual' ? perFreedom : rss / rows.length) * unit,
    standardErrors: Float64Array.from(inverseGram, (row, i) => Math.sqrt(perFreedom * row[i]) * (i === 0 ? scale : 1)),
    residuals: residuals.map((each) => each * scale),
    observations: rows.length,
  }
}

/**
 * An autoregression by the Yule-Walker equations, R phi = r with R the autocovariances of the series less its mean.
 *
 * Autocovariances divide by n, so that the answer is stationary; with `divisor: 'adjusted'` that of lag k divides by n - k.
 * sigma2 = r_0 - phi'r; the constant is mean (1 - sum phi).
 * @throws MathError `too-short` (lags + 2 values), `no-variance`, `singular`, `not-finite`, `out-of-domain` (adjusted autocovariances
 * that are those of no process), `overflow`
 */
export function yuleWalker(y: Vector, lags: number, options: { readonly divisor?: 'n' | 'adjusted' } = {}): Autoregression {
  requireInteger('lags', lags, 1, MOST_LAGS)
  const scale = requireEstimable('y', y, lags + 2)
  const n = y.length
  const mean = average(y)
  const x = Float64Array.from(y, (each) => each - mean)
  const covariances = Float64Array.from({ length: lags + 1 }, (_, k) => {
    let total = 0
    for (let t = k; t < n; t++) total += x[t] * x[t - k]
    return total / (options.divisor === 'adjusted' ? n - k : n)
  })
  refuseUnless(covariances[0] > (1e-13 * scale) ** 2, 'no-variance', 'the series does not vary')
  const r = covariances.map((each) => each / covariances[0])
  const rows = Array.from({ length: lags }, (_, i) => Float64Array.from({ length: lags }, (_each, j) => r[Math.abs(i - j)]))
  const ar = solve(rows, r.subarray(1))
  let [share, total] = [1, 0]
  for (let i = 0; i < lags; i++) {
    share -= ar[i] * r[i + 1]
    total += ar[i]
  }
  refuseUnless(share >= 0, 'out-of-domain', 'the adjusted autocovariances are those of no process')
  return { constant: mean * (1 - total), ar, sigma2: share * covariances[0] }
}

/** The constant and coefficients that forecasts need. */
export type AutoregressionCoefficients = Pick<Autoregression, 'constant' | 'ar'>

function requireAutoregression({ constant, ar }: AutoregressionCoefficients): void {
  requireModerate('constant', constant)
  requireVector('ar', ar)
  for (let i = 0; i < ar.length; i++) requireNumber(`ar[${i}]`, ar[i], -1e6, 1e6)
}

/**
 * Forecasts of 1 to `horizon` steps of an autoregression after y: its equation, with forecasts in place of what is not known yet.
 * @throws MathError `too-short` (as many values as coefficients), `not-finite`, `out-of-domain`, `overflow`
 */
export function forecastAutoregression(y: Vector, fit: AutoregressionCoefficients, horizon: number): Float64Array {
  requireAutoregression(fit)
  requireInteger('horizon', horizon, 1, 100_000)
  const lags = fit.ar.length
  requireSeries('y', y, lags)
  const last = Float64Array.from({ length: lags }, (_, i) => y[y.length - lags + i])
  return ahead(last, fit, horizon)
}

/** `last` holds the oldest first. */
function ahead(last: Float64Array, { constant, ar }: AutoregressionCoefficients, horizon: number): Float64Array {
  const lags = ar.length
  const path = new Float64Array(lags + horizon)
  path.set(last)
  for (let h = lags; h < path.length; h++) {
    let value = constant
    for (let i = 1; i <= lags; i++) value += ar[i - 1] * path[h - i]
    path[h] = value
  }
  const out = path.slice(lags)
  refuseUnless(out.every(Number.isFinite), 'overflow', 'a forecast leaves the range of a double')
  return out
}

/** An autoregression with given coefficients, one observation at a time: equal to the whole series' errors and forecasts. */
export class AutoregressionStream {
  readonly #fit: AutoregressionCoefficients
  readonly #last: Float64Array
  #count = 0

  /** @throws MathError `empty`, `not-finite`, `out-of-domain` */
  constructor(fit: AutoregressionCoefficients) {
    requireAutoregression(fit)
    this.#fit = fit
    this.#last = new Float64Array(fit.ar.length)
  }

  /** As many observations as coefficients were seen. */
  get ready(): boolean {
    return this.#count >= this.#last.length
  }

  /**
   * Takes y in; answers its error, `undefined` for the first observations.
   * @throws MathError `not-finite`, `overflow`
   */
  update(y: number): number | undefined {
    requireModerate('y', y)
    const error = this.ready ? y - this.forecast(1)[0] : undefined
    this.#last.copyWithin(0, 1)
    this.#last[this.#last.length - 1] = y
    this.#count += 1
    return error
  }

  /** @throws MathError `too-short` before `ready`, `out-of-domain`, `overflow` */
  forecast(horizon: number): Float64Array {
    requireInteger('horizon', horizon, 1, 100_000)
    refuseUnless(this.ready, 'too-short', () => `${this.#count} observations; ${this.#last.length} are needed`)
    return ahead(this.#last, this.#fit, horizon)
  }
}
