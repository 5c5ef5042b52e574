/**
 * The theta method: simple exponential smoothing with half the slope of a straight line added, on the series without its season.
 *
 * Pure. Source: V. Assimakopoulos, K. Nikolopoulos, International Journal of Forecasting 16 (2000); R. J. Hyndman, B. Billah,
 * International Journal of Forecasting 19 (2003); R's `forecast::thetaf`.
 */
import { requireInteger, type Vector } from '../guard.ts'
import { normalQuantile } from '../numerics/index.ts'
import { decompose } from './decomposition.ts'
import { forecastSmoothing } from './exponential-smoothing.ts'
import { requireSeries } from './magnitude.ts'
import { fitSmoothing } from './smoothing-fit.ts'

export interface ThetaOptions {
  /** Observations in a season; 1, the default, is no season. */
  readonly period?: number
  /** Whether the season is taken out first; by default where `isSeasonal` says so. */
  readonly seasonal?: boolean
}

export interface ThetaForecast {
  readonly mean: Float64Array
  /** Smoothing of the level. */
  readonly alpha: number
  /** Half the slope of the line, a step. */
  readonly drift: number
  /** A season was taken out, and put back into the forecasts. */
  readonly adjusted: boolean
}

/**
 * Theta forecasts of 1 to `horizon` steps: the level of simple exponential smoothing plus half the slope of the line through the
 * series times (h - 1 + (1 - (1 - alpha)^n) / alpha), in the unit of y.
 *
 * A season is divided out by classical decomposition (only where all values are above zero) and multiplied in again.
 * @throws MathError `too-short` (4 values), `not-finite`, `out-of-domain`, `overflow`
 */
export function forecastTheta(y: Vector, horizon: number, options: ThetaOptions = {}): ThetaForecast {
  const { period = 1, seasonal } = options
  requireSeries('y', y, 4)
  requireInteger('horizon', horizon, 1, 1e6)
  requireInteger('period', period, 1, 10_000)
  let positive = true
  for (let t = 0; t < y.length; t++) positive &&= y[t] > 0
  const adjusted = period > 1 && positive && (seasonal ?? isSeasonal(y, period))
  const parts = adjusted ? decompose(y, period, 'mul') : undefined
  const series = parts?.adjusted ?? y
  const n = series.length
  const fit = fitSmoothing(series, {})
  const alpha = Math.max(1e-10, fit.parameters.alpha)
  let [cross, squares] = [0, 0]
  for (let t = 0; t < n; t++) {
    const x = t - (n - 1) / 2
    cross += x * series[t]
    squares += x * x
  }
  const drift = cross / squares / 2
  const begun = -Math.expm1(n * Math.log1p(-Math.min(alpha, 1 - 1e-16))) / alpha
  const mean = forecastSmoothing({}, fit.parameters, fit.state, horizon).map((level, h) => {
    const line = level + drift * (h + begun)
    return parts === undefined ? line : line * parts.figure[(n + h) % period]
  })
  return { mean, alpha, drift, adjusted }
}

/**
 * Whether a series has a season: its autocorrelation at the period exceeds the 95% one-sided bound 1.645 sqrt((1 + 2 sum r_i^2) / n).
 *
 * False for two seasons or less, and for a constant series.
 * @throws MathError `empty`, `not-finite`, `out-of-domain`, `overflow`
 */
export function isSeasonal(y: Vector, period: number): boolean {
  requireSeries('y', y)
  requireInteger('period', period, 1, 10_000)
  const n = y.length
  if (period < 2 || n <= 2 * period) return false
  const r = autocorrelations(y, period)
  if (r === undefined) return false
  let squares = 0
  for (let k = 1; k < period; k++) squares += r[k] * r[k]
  return Math.abs(r[period]) / Math.sqrt((1 + 2 * squares) / n) > normalQuantile(0.95)
}

/** r_0 = 1 to r_lags, all with divisor n; `undefined` for a constant series. */
function autocorrelations(y: Vector, lags: number): Float64Array | undefined {
  const n = y.length
  let mean = 0
  for (let t = 0; t < n; t++) mean += y[t] / n
  const x = Float64Array.from(y, (each) => each - mean)
  const out = new Float64Array(lags + 1)
  let largest = 0
  for (let t = 0; t < n; t++) largest = Math.max(largest, Math.abs(y[t]))
  for (let k = 0; k <= lags; k++) for (let t = k; t < n; t++) out[k] += x[t] * x[t - k]
  const variance = out[0]
  if (!(variance > n * (1e-14 * largest) ** 2)) return undefined
  return out.map((each) => each / variance)
}
