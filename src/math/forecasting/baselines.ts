/**
 * Forecasts that cost nothing: what any other has to beat.
 *
 * Pure. Source: R. J. Hyndman, G. Athanasopoulos, Forecasting: Principles and Practice, 3rd ed. (2021), section 5.2; the EWMA of
 * RiskMetrics, Technical Document, 4th ed. (1996).
 */
import { refuseUnless, requireInteger, requireNumber, type Vector } from '../guard.ts'
import { average } from '../numerics/index.ts'
import { requireSeries } from './magnitude.ts'

function requireHorizon(horizon: number): void {
  requireInteger('horizon', horizon, 1, 1e6)
}

/**
 * The last value, at every step of the horizon.
 * @throws MathError `empty`, `not-finite`, `out-of-domain`
 */
export function forecastNaive(y: Vector, horizon: number): Float64Array {
  requireSeries('y', y)
  requireHorizon(horizon)
  return new Float64Array(horizon).fill(y[y.length - 1])
}

/**
 * The value one season before, at every step of the horizon: the last season repeated.
 * @throws MathError `empty`, `too-short` (one season), `not-finite`, `out-of-domain`
 */
export function forecastSeasonalNaive(y: Vector, horizon: number, period: number): Float64Array {
  requireInteger('period', period, 1, 100_000)
  requireSeries('y', y, period)
  requireHorizon(horizon)
  return Float64Array.from({ length: horizon }, (_, h) => y[y.length - period + (h % period)])
}

/**
 * The arithmetic mean of the series, at every step of the horizon.
 * @throws MathError `empty`, `not-finite`, `out-of-domain`
 */
export function forecastMean(y: Vector, horizon: number): Float64Array {
  requireSeries('y', y)
  requireHorizon(horizon)
  return new Float64Array(horizon).fill(average(y))
}

/**
 * The line from the first to the last value, continued: y_n + h (y_n - y_1) / (n - 1).
 * @throws MathError `empty`, `too-short` (2 values), `not-finite`, `out-of-domain`
 */
export function forecastDrift(y: Vector, horizon: number): Float64Array {
  requireSeries('y', y, 2)
  requireHorizon(horizon)
  const slope = (y[y.length - 1] - y[0]) / (y.length - 1)
  return Float64Array.from({ length: horizon }, (_, h) => y[y.length - 1] + (h + 1) * slope)
}

/**
 * The exponentially weighted mean m_t = lambda m_{t-1} + (1 - lambda) y_t, at every step of the horizon; it begins at y_1.
 *
 * On squared returns, with lambda 0.94, it is the RiskMetrics forecast of variance.
 * @throws MathError `empty`, `not-finite`, `out-of-domain` (lambda not inside 0 and 1)
 */
export function forecastEwma(y: Vector, horizon: number, lambda = 0.94): Float64Array {
  requireSeries('y', y)
  requireHorizon(horizon)
  requireNumber('lambda', lambda, 0, 1)
  refuseUnless(lambda > 0 && lambda < 1, 'out-of-domain', () => `lambda is ${lambda}; it lies inside 0 and 1`)
  let level = y[0]
  for (let t = 1; t < y.length; t++) level = lambda * level + (1 - lambda) * y[t]
  return new Float64Array(horizon).fill(level)
}
