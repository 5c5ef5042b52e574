/**
 * How far forecasts are from what came.
 *
 * Pure. Source: R. J. Hyndman, A. B. Koehler, International Journal of Forecasting 22 (2006) for MASE; S. Makridakis, International
 * Journal of Forecasting 9 (1993) for sMAPE; A. J. Patton, Journal of Econometrics 160 (2011) for QLIKE.
 */
import { refuseUnless, requireInteger, requireSameLength, type Vector } from '../guard.ts'
import { requireSeries } from './magnitude.ts'

function requirePair(actual: Vector, forecast: Vector): void {
  requireSeries('actual', actual)
  requireSeries('forecast', forecast)
  requireSameLength('actual', actual, 'forecast', forecast)
}

/**
 * Mean absolute error, mean |y - f|, in the unit of y.
 * @throws MathError `empty`, `not-finite`, `shape`, `overflow`
 */
export function meanAbsoluteError(actual: Vector, forecast: Vector): number {
  requirePair(actual, forecast)
  let total = 0
  for (let t = 0; t < actual.length; t++) total += Math.abs(actual[t] - forecast[t])
  return total / actual.length
}

/**
 * Root mean squared error, sqrt(mean (y - f)^2), in the unit of y.
 * @throws MathError `empty`, `not-finite`, `shape`, `overflow`
 */
export function rootMeanSquaredError(actual: Vector, forecast: Vector): number {
  requirePair(actual, forecast)
  // In units of the largest error, so that small ones do not vanish when they are squared.
  let largest = 0
  for (let t = 0; t < actual.length; t++) largest = Math.max(largest, Math.abs(actual[t] - forecast[t]))
  if (largest === 0) return 0
  let total = 0
  for (let t = 0; t < actual.length; t++) total += ((actual[t] - forecast[t]) / largest) ** 2
  return largest * Math.sqrt(total / actual.length)
}

/**
 * Mean error, mean (y - f): the bias, above zero where forecasts are too low, in the unit of y.
 * @throws MathError `empty`, `not-finite`, `shape`, `overflow`
 */
export function meanError(actual: Vector, forecast: Vector): number {
  requirePair(actual, forecast)
  let total = 0
  for (let t = 0; t < actual.length; t++) total += actual[t] - forecast[t]
  return total / actual.length
}

/**
 * Symmetric mean absolute percentage error, mean of 2 |y - f| / (|y| + |f|), a share between 0 and 2.
 *
 * A pair of zeros counts as no error.
 * @throws MathError `empty`, `not-finite`, `shape`, `overflow`
 */
export function symmetricPercentageError(actual: Vector, forecast: Vector): number {
  requirePair(actual, forecast)
  let total = 0
  for (let t = 0; t < actual.length; t++) {
    const size = Math.abs(actual[t]) + Math.abs(forecast[t])
    if (size > 0) total += (2 * Math.abs(actual[t] - forecast[t])) / size
  }
  return total / actual.length
}

/**
 * Mean absolute scaled error (MASE): the mean absolute error over that of the seasonal naive forecast inside of the training series,
 * mean |y_t - y_{t-period}|.
 *
 * Below 1 is better than the naive forecast was one step ahead. Without a unit.
 * @throws MathError `empty`, `too-short` (a period plus one), `no-denominator` (the naive forecast was never wrong), `not-finite`,
 * `shape`, `out-of-domain`, `overflow`
 */
export function meanAbsoluteScaledError(actual: Vector, forecast: Vector, training: Vector, period = 1): number {
  requireInteger('period', period, 1, 100_000)
  const error = meanAbsoluteError(actual, forecast)
  requireSeries('training', training, period + 1)
  let total = 0
  for (let t = period; t < training.length; t++) total += Math.abs(training[t] - training[t - period])
  const scale = total / (training.length - period)
  refuseUnless(scale > 0, 'no-denominator', 'the naive forecast was never wrong in the training series')
  return error / scale
}

/**
 * QLIKE of forecasts of variance, mean of RV/h - ln(RV/h) - 1: zero when all are right, and dearer for forecasts that are too low.
 *
 * `actual` are realised variances, `forecast` the forecasts of them, in one unit, all above zero.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain`, `overflow`
 */
export function qlike(actual: Vector, forecast: Vector): number {
  requirePair(actual, forecast)
  let total = 0
  for (let t = 0; t < actual.length; t++) {
    refuseUnless(
      actual[t] > 0 && forecast[t] > 0,
      'out-of-domain',
      () => `variances are above zero; at ${t} there are ${actual[t]} and ${forecast[t]}`,
    )
    const ratio = actual[t] / forecast[t]
    total += ratio - Math.log(ratio) - 1
  }
  refuseUnless(Number.isFinite(total), 'overflow', 'the loss leaves the range of a double')
  return Math.max(0, total / actual.length)
}
