/**
 * Cointegration: whether series that wander have a combination that does not, and how fast that combination comes back.
 *
 * Pure: numbers in, numbers out. Source: R. F. Engle, C. W. J. Granger, Econometrica 55 (1987); S. Johansen, Econometrica 59 (1991);
 * critical values of J. G. MacKinnon (2010) and J. G. MacKinnon, A. A. Haug, L. Michelis, Journal of Applied Econometrics 14 (1999);
 * half-life: E. P. Chan, Algorithmic Trading (2013).
 */
import { finiteOr, type Matrix, refuseUnless, requireInteger, requireMatrix, requireVector, type Vector } from '../guard.ts'
import { cholesky, leastSquares, solveLower, solveLowerTransposed, symmetricEigen } from '../numerics/linear-algebra.ts'
import { type CriticalValues, dickeyFullerCritical, dickeyFullerP, type Trend } from './dickey-fuller-distribution.ts'
import { fitWithResiduals, rowsOf, trendColumns } from './regression.ts'
import { standardise } from './standardise.ts'
import { type TestResult, testResult } from './test-result.ts'
import { augmentedDickeyFuller, type LagChoice } from './unit-root.ts'

export interface EngleGrangerOptions {
  /** Deterministic terms of the cointegrating regression; 'c' by default. */
  readonly trend?: Exclude<Trend, 'n'>
  /** Lagged differences in the test of the residuals; 'aic' by default. */
  readonly lags?: LagChoice
  readonly maxLags?: number
}

export interface EngleGrangerResult extends TestResult {
  /** Of the columns of x. */
  readonly hedgeRatios: Float64Array
  readonly intercept: number
  /** y less what x explains. */
  readonly spread: Float64Array
  readonly lags: number
  readonly critical: CriticalValues
}

/**
 * Engle-Granger test of no cointegration: the Dickey-Fuller t-ratio (without deterministic terms) of the residuals of y on x and a trend,
 * with p-values and critical values for as many series as there are. Small p-values speak for a stationary spread.
 * @param x one series, or several as rows of a matrix (rows are times)
 * @throws MathError `too-short`, `singular`, `no-variance` when y is an exact combination of x, `shape`
 */
export function engleGranger(
  y: Vector,
  x: Vector | Matrix,
  { trend = 'c', lags = 'aic', maxLags }: EngleGrangerOptions = {},
): EngleGrangerResult {
  requireVector('y', y, 6)
  const rows = asRows(x)
  requireMatrix('x', rows)
  const n = y.length
  refuseUnless(rows.length === n, 'shape', () => `y has ${n} values, x has ${rows.length}`)
  const target = standardise('y', y)
  const columns = Array.from({ length: rows[0].length }, (_, j) =>
    standardise(
      `column ${j} of x`,
      Float64Array.from(rows, (row) => row[j]),
    ),
  )
  // Scaled by their deviations; the means stay, for the intercept.
  const level = ({ z, mean, deviation }: typeof target): Float64Array => z.map((value) => value + mean / deviation)
  const terms = trendColumns(trend, n)
  const fit = fitWithResiduals(rowsOf([...columns.map(level), ...terms], n), level(target))
  const k = columns.length
  const options = { trend: 'n' as const, lags }
  const unitRoot = augmentedDickeyFuller(fit.residuals, maxLags === undefined ? options : { ...options, maxLags })
  const series = k + 1
  return {
    ...testResult(unitRoot.statistic, dickeyFullerP(unitRoot.statistic, trend, series)),
    hedgeRatios: Float64Array.from(columns, ({ deviation }, j) =>
      finiteOr('overflow', (fit.coefficients[j] * target.deviation) / deviation, 'a hedge ratio'),
    ),
    intercept: finiteOr('overflow', fit.coefficients[k] * target.deviation, 'the intercept'),
    spread: fit.residuals.map((value) => value * target.deviation),
    lags: unitRoot.lags,
    critical: dickeyFullerCritical(trend, n - 1, series),
  }
}

const asRows = (x: Vector | Matrix): Matrix =>
  typeof x[0] === 'number' ? Array.from(x as Vector, (value) => [value]) : (x as Matrix)

export interface JohansenOptions {
  /** Lagged differences in the error-correction model; 1 by default. */
  readonly lags?: number
  /** None, a constant (the default), or a constant and a trend in the data. */
  readonly trend?: 'n' | 'c' | 'ct'
}

export interface JohansenResult {
  /** Descending; squared canonical correlations of differences and levels. */
  readonly eigenvalues: Float64Array
  /** For ranks 0, 1, .. against full rank. */
  readonly trace: Float64Array
  /** For ranks 0, 1, .. against one more. */
  readonly maximumEigenvalue: Float64Array
  /** At 90, 95 and 99 %, for ranks 0, 1, ... */
  readonly traceCritical: readonly (readonly number[])[]
  readonly maximumEigenvalueCritical: readonly (readonly number[])[]
  /** The number of cointegrating relations at 95 % by the trace test. */
  readonly rank: number
  /** Row k belongs to eigenvalue k: weights of a stationary combination. */
  readonly vectors: Float64Array[]
}

/**
 * Johansen's test of the number of cointegrating relations: eigenvalues l of S_kk^-1 S_k0 S_00^-1 S_0k from the residuals of differences and
 * lagged levels on lagged differences; trace_r = -n sum_{i>r} ln(1 - l_i), max_r = -n ln(1 - l_{r+1}). Up to 12 series.
 * @param levels rows are times, columns are series
 * @throws MathError `too-short`, `singular`, `not-positive-definite` when series depend on one another, `out-of-domain` above 12 series
 */
export function johansen(levels: Matrix, { lags = 1, trend = 'c' }: JohansenOptions = {}): JohansenResult {
  requireMatrix('the levels', levels, 4)
  requireInteger('the number of lagged differences', lags, 0)
  const k = levels[0].length
  refuseUnless(k <= 12, 'out-of-domain', () => `critical values are tabulated up to 12 series, not ${k}`)
  const n = levels.length - 1 - lags
  refuseUnless(n > k * lags + 2 * k + 1, 'too-short', () => `${levels.length} rows are too few for ${k} series and ${lags} lags`)
  const columns = Array.from({ length: k }, (_, j) =>
    standardise(
      `series ${j}`,
      Float64Array.from(levels, (row) => row[j]),
    ),
  )
  // Detrended once as levels and once more as differences, which is what the tabulated distributions belong to.
  const order = trend === 'ct' ? 2 : trend === 'c' ? 1 : 0
  const series = columns.map(({ z, mean, deviation }) =>
    trend === 'n' ? z.map((value) => value + mean / deviation) : detrend(z, order),
  )
  const differences = series.map((x) => Float64Array.from({ length: x.length - 1 }, (_, t) => x[t + 1] - x[t]))
  // With a trend in the levels the differences have a level only.
  const again = trend === 'n' ? 0 : 1
  const lagged = series.flatMap((_, j) => Array.from({ length: lags }, (__, l) => [j, l + 1] as const))
  const z = lagged
    .toSorted(([a, l], [b, m]) => l - m || a - b)
    .map(([j, l]) => detrend(differences[j].slice(lags - l, lags - l + n), again))
  const without = (x: Float64Array): Float64Array => {
    const centred = detrend(x, again)
    return z.length === 0 ? centred : leastSquares(rowsOf(z, n), centred).residuals
  }
  const r0 = differences.map((x) => without(x.slice(lags, lags + n)))
  const rk = series.map((x) => without(x.slice(lags, lags + n)))
  const moment = (a: readonly Float64Array[], b: readonly Float64Array[]): Float64Array[] =>
    a.map((x) => Float64Array.from(b, (y) => x.reduce((sum, value, t) => sum + value * y[t], 0) / n))
  const lowerK = cholesky(moment(rk, rk))
  const lower0 = cholesky(moment(r0, r0))
  // L_k^-1 S_k0 L_0^-T: its squared singular values are the eigenvalues.
  const half = moment(rk, r0).map((row) => solveLower(lower0, row))
  const bridge = Array.from({ length: k }, (_, j) =>
    solveLower(
      lowerK,
      Float64Array.from(half, (row) => row[j]),
    ),
  )
  const symmetric = Array.from({ length: k }, (_, a) =>
    Float64Array.from({ length: k }, (__, b) => bridge.reduce((sum, column) => sum + column[a] * column[b], 0)),
  )
  const found = symmetricEigen(symmetric)
  const eigenvalues = found.values.toReversed().map((value) => Math.min(Math.max(value, 0), 1))
  refuseUnless(eigenvalues[0] < 1 - 1e-12, 'singular', 'a combination of the series is predicted perfectly')
  const maximumEigenvalue = eigenvalues.map((value) => -n * Math.log1p(-value))
  const trace = maximumEigenvalue.map((_, r) => maximumEigenvalue.slice(r).reduce((a, b) => a + b, 0))
  const critical = (table: readonly (readonly number[])[]): readonly (readonly number[])[] =>
    Array.from({ length: k }, (_, r) => table[k - r - 1])
  const traceCritical = critical(TRACE[trend])
  const above = trace.findIndex((value, r) => value <= traceCritical[r][1])
  return {
    eigenvalues,
    trace,
    maximumEigenvalue,
    traceCritical,
    maximumEigenvalueCritical: critical(MAXIMUM[trend]),
    rank: above === -1 ? k : above,
    vectors: found.vectors
      .toReversed()
      .map((vector) => solveLowerTransposed(lowerK, vector).map((value, j) => value / columns[j].deviation)),
  }
}

/** Residuals of a series on the first `order` powers of time. */
function detrend(x: Float64Array, order: number): Float64Array {
  if (order === 0) return x
  return leastSquares(rowsOf(trendColumns(order === 1 ? 'c' : 'ct', x.length), x.length), x).residuals
}

export interface HalfLife {
  /** b of ds_t = a + b s_{t-1}; below zero for a series that comes back. */
  readonly slope: number
  /** -ln 2/b, of the Ornstein-Uhlenbeck process in continuous time. */
  readonly continuous: number
  /** -ln 2/ln(1 + b), of the autoregression. */
  readonly discrete: number
}

/**
 * Half-life of mean reversion -ln 2/b, in periods, from the regression ds_t = a + b s_{t-1}; beside it -ln 2/ln(1 + b), which is exact for
 * an autoregression.
 * @throws MathError `too-short` below four values, `no-variance`, `out-of-domain` when the series does not come back (b >= 0) or jumps
 * past its mean (b <= -1)
 */
export function halfLife(series: Vector): HalfLife {
  const { z } = standardise('the series', series, 4)
  const n = z.length - 1
  const rows = Array.from({ length: n }, (_, t) => [1, z[t]])
  const slope = leastSquares(
    rows,
    Float64Array.from({ length: n }, (_, t) => z[t + 1] - z[t]),
  ).coefficients[1]
  refuseUnless(slope < 0, 'out-of-domain', () => `the series does not come back to a mean: its slope is ${slope}`)
  refuseUnless(slope > -1, 'out-of-domain', () => `the series jumps past its mean: its slope is ${slope}`)
  return {
    slope,
    continuous: finiteOr('overflow', -Math.LN2 / slope, 'the half-life'),
    discrete: finiteOr('overflow', -Math.LN2 / Math.log1p(slope), 'the half-life'),
  }
}

/** Row m - 1: 90, 95 and 99 % with m relations less than full rank left. */
const TRACE: Readonly<Record<'n' | 'c' | 'ct', readonly (readonly number[])[]>> = {
  n: [
    [2.9762, 4.1296, 6.9406],
    [10.4741, 12.3212, 16.364],
    [21.7781, 24.2761, 29.5147],
    [37.0339, 40.1749, 46.5716],
    [56.2839, 60.0627, 67.6367],
    [79.5329, 83.9383, 92.7136],
    [106.7351, 111.7797, 121.7375],
    [137.9954, 143.6691, 154.7977],
    [173.2292, 179.5199, 191.8122],
    [212.4721, 219.4051, 232.8291],
    [255.6732, 263.2603, 277.9962],
    [302.9054, 311.1288, 326.9716],
  ],
  c: [
    [2.7055, 3.8415, 6.6349],
    [13.4294, 15.4943, 19.9349],
    [27.0669, 29.7961, 35.4628],
    [44.4929, 47.8545, 54.6815],
    [65.8202, 69.8189, 77.8202],
    [91.109, 95.7542, 104.9637],
    [120.3673, 125.6185, 135.9825],
    [153.6341, 159.529, 171.0905],
    [190.8714, 197.3772, 210.0366],
    [232.103, 239.2468, 253.2526],
    [277.374, 285.1402, 300.2821],
    [326.5354, 334.9795, 351.215],
  ],
  ct: [
    [2.7055, 3.8415, 6.6349],
    [16.1619, 18.3985, 23.1485],
    [32.0645, 35.0116, 41.0815],
    [51.6492, 55.2459, 62.5202],
    [75.1027, 79.3422, 87.7748],
    [102.4674, 107.3429, 116.9829],
    [133.7852, 139.278, 150.0778],
    [169.0618, 175.1584, 187.1891],
    [208.3582, 215.1268, 228.2226],
    [251.6293, 259.0267, 273.3838],
    [298.8836, 306.8988, 322.4264],
    [350.1125, 358.719, 375.3203],
  ],
}

const MAXIMUM: Readonly<Record<'n' | 'c' | 'ct', readonly (readonly number[])[]>> = {
  n: [
    [2.9762, 4.1296, 6.9406],
    [9.4748, 11.2246, 15.0923],
    [15.7175, 17.7961, 22.2519],
    [21.837, 24.1592, 29.0609],
    [27.916, 30.4428, 35.7359],
    [33.9271, 36.6301, 42.2333],
    [39.9085, 42.7679, 48.6606],
    [45.893, 48.8795, 55.0335],
    [51.8528, 54.9629, 61.3449],
    [57.7954, 61.0404, 67.6415],
    [63.7248, 67.0756, 73.8856],
    [69.6513, 73.0946, 80.0937],
  ],
  c: [
    [2.7055, 3.8415, 6.6349],
    [12.2971, 14.2639, 18.52],
    [18.8928, 21.1314, 25.865],
    [25.1236, 27.5858, 32.7172],
    [31.2379, 33.8777, 39.3693],
    [37.2786, 40.0763, 45.8662],
    [43.2947, 46.2299, 52.3069],
    [49.2855, 52.3622, 58.6634],
    [55.2412, 58.4332, 64.996],
    [61.2041, 64.504, 71.2525],
    [67.1307, 70.5392, 77.4877],
    [73.0563, 76.5734, 83.7105],
  ],
  ct: [
    [2.7055, 3.8415, 6.6349],
    [15.0006, 17.1481, 21.7465],
    [21.8731, 24.2522, 29.2631],
    [28.2398, 30.8151, 36.193],
    [34.4202, 37.1646, 42.8612],
    [40.5244, 43.4183, 49.4095],
    [46.5583, 49.5875, 55.8171],
    [52.5858, 55.7302, 62.1741],
    [58.5316, 61.8051, 68.503],
    [64.5292, 67.904, 74.7434],
    [70.463, 73.9355, 81.0678],
    [76.4081, 79.9878, 87.2395],
  ],
}
