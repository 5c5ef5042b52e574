/**
 * Differences of a series, ordinary and seasonal, and the way back.
 *
 * Pure. Source: G. E. P. Box, G. M. Jenkins, Time Series Analysis: Forecasting and Control (1970), chapter 4.
 */
import { refuseUnless, requireInteger, type Vector } from '../guard.ts'
import { requireSeries } from './magnitude.ts'

export interface Differencing {
  /** How often y_t - y_{t-1} is taken. */
  readonly differences?: number
  /** How often y_t - y_{t-period} is taken. */
  readonly seasonalDifferences?: number
  readonly period?: number
}

/**
 * Coefficients of (1 - B)^d (1 - B^s)^D, ascending in B, the first of them 1.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function differencingPolynomial({ differences = 0, seasonalDifferences = 0, period = 1 }: Differencing): Float64Array {
  requireInteger('differences', differences, 0, 5)
  requireInteger('seasonalDifferences', seasonalDifferences, 0, 5)
  requireInteger('period', period, seasonalDifferences > 0 ? 2 : 1, 1000)
  let out = Float64Array.of(1)
  for (let i = 0; i < differences; i++) out = timesOneMinus(out, 1)
  for (let i = 0; i < seasonalDifferences; i++) out = timesOneMinus(out, period)
  return out
}

/** The coefficients times 1 - B^lag. */
function timesOneMinus(coefficients: Float64Array, lag: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(coefficients.length + lag)
  for (let i = 0; i < coefficients.length; i++) {
    out[i] += coefficients[i]
    out[i + lag] -= coefficients[i]
  }
  return out
}

/**
 * The differenced series (1 - B)^d (1 - B^s)^D y, shorter by d + s D, in the unit of y.
 * @throws MathError `too-short`, `empty`, `not-finite`, `out-of-domain`, `overflow`
 */
export function difference(y: Vector, how: Differencing = { differences: 1 }): Float64Array {
  const polynomial = differencingPolynomial(how)
  requireSeries('y', y, polynomial.length)
  return differenceBy(polynomial, y)
}

/** What `difference` does, with the coefficients at hand. */
export function differenceBy(polynomial: Float64Array, y: Vector): Float64Array {
  const lost = polynomial.length - 1
  const out = new Float64Array(Math.max(0, y.length - lost))
  for (let t = 0; t < out.length; t++) {
    let value = 0
    for (let i = 0; i <= lost; i++) if (polynomial[i] !== 0) value += polynomial[i] * y[t + lost - i]
    out[t] = value
  }
  return out
}

/**
 * The series whose differences are given, from its first d + s D values on: the inverse of `difference`.
 *
 * `beginning` are those first values; the answer begins with them.
 * @throws MathError `shape` when the beginning has another length, `empty`, `not-finite`, `out-of-domain`, `overflow`
 */
export function integrate(differenced: Vector, beginning: Vector, how: Differencing = { differences: 1 }): Float64Array {
  const polynomial = differencingPolynomial(how)
  requireSeries('differenced', differenced)
  const lost = polynomial.length - 1
  if (lost > 0) requireSeries('beginning', beginning)
  refuseUnless(beginning.length === lost, 'shape', () => `${beginning.length} first values where ${lost} are needed`)
  const out = new Float64Array(lost + differenced.length)
  out.set(Array.from(beginning))
  for (let t = lost; t < out.length; t++) {
    let value = differenced[t - lost]
    for (let i = 1; i <= lost; i++) value -= polynomial[i] * out[t - i]
    out[t] = value
  }
  refuseUnless(out.every(Number.isFinite), 'overflow', 'the sums leave the range of a double')
  return out
}

/**
 * How many differences a series needs: it is differenced until a test says that it needs none, at most `highest` times.
 *
 * `needsDifference` is the test, such as KPSS at 5%: it answers whether the series is not stationary. A series that became constant
 * needs none.
 * @throws MathError `empty`, `not-finite`, `out-of-domain`, `overflow`, and what the test throws
 */
export function chooseDifferences(y: Vector, needsDifference: (values: Float64Array) => boolean, highest = 2): number {
  requireInteger('highest', highest, 0, 5)
  requireSeries('y', y)
  let series = Float64Array.from(y)
  for (let d = 0; d < highest; d++) {
    if (series.length < 3 || series.every((each) => each === series[0]) || !needsDifference(series)) return d
    series = Float64Array.from(difference(series))
  }
  return highest
}
