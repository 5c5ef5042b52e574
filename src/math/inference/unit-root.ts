/**
 * Tests of the null hypothesis that a series has a unit root (is a random walk at heart, so that it does not come back to a mean):
 * augmented Dickey-Fuller, Phillips-Perron, DF-GLS. Small p-values speak for a stationary series.
 *
 * Pure: numbers in, numbers out. Source: D. A. Dickey, W. A. Fuller, JASA 74 (1979); S. E. Said, D. A. Dickey, Biometrika 71 (1984);
 * P. C. B. Phillips, P. Perron, Biometrika 75 (1988); G. Elliott, T. J. Rothenberg, J. H. Stock, Econometrica 64 (1996); p-values
 * and critical values of MacKinnon (1994, 2010); longest lag of G. W. Schwert, JBES 7 (1989).
 */
import { refuseUnless, requireInteger, type Vector } from '../guard.ts'
import { leastSquares } from '../numerics/linear-algebra.ts'
import {
  type CriticalValues,
  dickeyFullerCritical,
  dickeyFullerGlsCritical,
  dickeyFullerGlsP,
  dickeyFullerP,
  dickeyFullerRhoCritical,
  dickeyFullerRhoP,
  type Trend,
} from './dickey-fuller-distribution.ts'
import { fitWithResiduals, longRunVariance, nestedFits, rowsOf, tRatio, trendColumns } from './regression.ts'
import { scaledByLargest } from './standardise.ts'
import { type TestResult, testResult } from './test-result.ts'

/** How many lagged differences: a number, or the choice of a criterion among 0 to `maxLags`. */
export type LagChoice = number | 'aic' | 'bic' | 't-stat'

export interface UnitRootOptions {
  /** Deterministic terms; 'c' by default. */
  readonly trend?: Trend
  /** 'aic' by default. */
  readonly lags?: LagChoice
  /** Where lags are chosen: the most; ceil(12 (n/100)^(1/4)) by default, less for short series. */
  readonly maxLags?: number
}

export interface UnitRootResult extends TestResult {
  /** Lagged differences in the regression, or lags of the long-run variance. */
  readonly lags: number
  /** Rows of the regression. */
  readonly observations: number
  readonly critical: CriticalValues
}

const schwert = (n: number): number => Math.ceil(12 * (n / 100) ** 0.25)
/** The 95 % quantile of the normal distribution, which the last lag has to reach under 't-stat'. */
const LAST_LAG = 1.6448536269514722
const trendCount = (trend: Trend): number => (trend === 'n' ? 0 : trend.length)

/** Differences and the regressors that go with them: trend columns, the level, so many lagged differences. */
function regressorsOf(
  y: Float64Array,
  trend: Trend,
  lags: number,
): { readonly target: Float64Array; readonly columns: Float64Array[] } {
  const rows = y.length - 1 - lags
  const difference = (lag: number): Float64Array =>
    Float64Array.from({ length: rows }, (_, i) => y[lags + i + 1 - lag] - y[lags + i - lag])
  return {
    target: difference(0),
    columns: [
      ...trendColumns(trend, rows),
      y.slice(lags, lags + rows),
      ...Array.from({ length: lags }, (_, k) => difference(k + 1)),
    ],
  }
}

function chosenLags(y: Float64Array, trend: Trend, choice: LagChoice, most: number): number {
  if (typeof choice === 'number') {
    requireInteger('the number of lags', choice, 0)
    return choice
  }
  requireInteger('the largest number of lags', most, 0)
  const count = trendCount(trend)
  const rows = y.length - 1 - most
  refuseUnless(
    rows > count + 1 + most,
    'too-short',
    () => `${y.length} values are too few to try up to ${most} lagged differences`,
  )
  const { target, columns } = regressorsOf(y, trend, most)
  const fits = nestedFits(columns, target, count + 1)
  refuseUnless(fits.length > 0, 'singular', 'the level depends on the trend')
  if (choice === 't-stat') {
    for (let lag = fits.length - 1; lag > 0; lag--) if (Math.abs(fits[lag].lastRatio) >= LAST_LAG) return lag
    return 0
  }
  const price = choice === 'aic' ? 2 : Math.log(rows)
  let [best, lowest] = [0, Infinity]
  fits.forEach(({ rss }, lag) => {
    const criterion = rows * Math.log(rss / rows) + price * (count + 1 + lag)
    if (criterion < lowest) [best, lowest] = [lag, criterion]
  })
  return best
}

/** The t-ratio of the level in the regression of the differences. */
function levelRatio(y: Float64Array, trend: Trend, lags: number): { readonly ratio: number; readonly observations: number } {
  const observations = y.length - 1 - lags
  const count = trendCount(trend)
  refuseUnless(
    observations > count + 1 + lags,
    'too-short',
    () => `${y.length} values are too few for ${lags} lagged differences`,
  )
  const { target, columns } = regressorsOf(y, trend, lags)
  return { ratio: tRatio(fitWithResiduals(rowsOf(columns, observations), target), count).ratio, observations }
}

/** The longest lag of Schwert, as far as the series is long enough for it. */
const mostLags = (n: number, trend: Trend): number => Math.max(0, Math.min(schwert(n), Math.floor(n / 2) - trendCount(trend) - 1))

/**
 * Augmented Dickey-Fuller test: the t-ratio of b in dy_t = trend + b y_{t-1} + sum_k c_k dy_{t-k} + e_t by least squares, against
 * b = 0 (a unit root). p-values by MacKinnon (1994), critical values by MacKinnon (2010). Lags chosen by a criterion are compared
 * over the same rows, then the regression is run again over all rows there are.
 * @throws MathError `too-short` for the lags asked for, `no-variance` for constant or perfectly predictable series, `singular`
 */
export function augmentedDickeyFuller(
  series: Vector,
  { trend = 'c', lags: choice = 'aic', maxLags }: UnitRootOptions = {},
): UnitRootResult {
  const y = scaledByLargest('the series', series, 4)
  const lags = chosenLags(y, trend, choice, maxLags ?? mostLags(y.length, trend))
  const { ratio, observations } = levelRatio(y, trend, lags)
  return {
    ...testResult(ratio, dickeyFullerP(ratio, trend)),
    lags,
    observations,
    critical: dickeyFullerCritical(trend, observations),
  }
}

export interface DfGlsOptions {
  readonly trend?: 'c' | 'ct'
  /** 'aic' by default, chosen on the series detrended by least squares. */
  readonly lags?: LagChoice
  readonly maxLags?: number
}

/**
 * DF-GLS test: the Dickey-Fuller t-ratio without deterministic terms of the series detrended by generalised least squares under the
 * local alternative rho = 1 + c/n, with c = -7 (constant) or -13.5 (constant and trend). More powerful than the plain test.
 * @throws MathError `too-short` for the lags asked for, `no-variance`, `singular`
 */
export function dfGls(series: Vector, { trend = 'c', lags: choice = 'aic', maxLags }: DfGlsOptions = {}): UnitRootResult {
  const y = scaledByLargest('the series', series, 5)
  const n = y.length
  const rho = 1 + (trend === 'c' ? -7 : -13.5) / n
  const quasiDifference = (x: Float64Array): Float64Array => x.map((value, t) => (t === 0 ? value : value - rho * x[t - 1]))
  const z = trendColumns(trend, n)
  const detrend = (coefficients: Float64Array): Float64Array =>
    y.map((value, t) => value - z.reduce((total, column, k) => total + coefficients[k] * column[t], 0))
  const { coefficients } = leastSquares(rowsOf(z.map(quasiDifference), n), quasiDifference(y))
  const most = maxLags ?? Math.max(0, Math.min(schwert(n), Math.floor((n - 1) / 2) - 1))
  const lags =
    typeof choice === 'number'
      ? chosenLags(y, 'n', choice, 0)
      : chosenLags(detrend(leastSquares(rowsOf(z, n), y).coefficients), 'n', choice, most)
  const { ratio, observations } = levelRatio(detrend(coefficients), 'n', lags)
  return {
    ...testResult(ratio, dickeyFullerGlsP(ratio, trend)),
    lags,
    observations,
    critical: dickeyFullerGlsCritical(trend, observations),
  }
}

export interface PhillipsPerronOptions {
  readonly trend?: Trend
  /** Lags of the Newey-West long-run variance; ceil(12 (n/100)^(1/4)) by default. */
  readonly lags?: number
  /** The corrected t-ratio ('tau', the default) or the corrected n (rho - 1) ('rho'). */
  readonly statistic?: 'tau' | 'rho'
}

/**
 * Phillips-Perron test: the Dickey-Fuller statistic without lagged differences, corrected for autocorrelation by the long-run
 * variance l2 of the residuals: Z_tau = sqrt(g0/l2) t - (l2 - g0)/(2 l) n se/s; Z_rho = n (rho - 1) - (n se/s)^2 (l2 - g0)/2.
 * @throws MathError `too-short`, `no-variance` for constant or perfectly predictable series, `out-of-domain`
 */
export function phillipsPerron(
  series: Vector,
  { trend = 'c', lags: given, statistic = 'tau' }: PhillipsPerronOptions = {},
): UnitRootResult {
  const y = scaledByLargest('the series', series, 5)
  const observations = y.length - 1
  const lags = given ?? Math.min(observations - 1, schwert(y.length))
  requireInteger('the number of lags', lags, 0)
  refuseUnless(lags < observations, 'too-short', () => `${lags} lags of ${observations} residuals`)
  const count = trendCount(trend)
  const fit = fitWithResiduals(rowsOf([...trendColumns(trend, observations), y.slice(0, -1)], observations), y.slice(1))
  const { ratio, error } = tRatio(fit, count, 1)
  const short = fit.rss / observations
  const long = longRunVariance(fit.residuals, lags)
  refuseUnless(long > 0, 'no-variance', 'the residuals have no long-run variance')
  const widths = (observations * error) / Math.sqrt(fit.variance)
  const tau = statistic === 'tau'
  const value = tau
    ? Math.sqrt(short / long) * ratio - (0.5 * (long - short) * widths) / Math.sqrt(long)
    : observations * (fit.coefficients[count] - 1) - 0.5 * widths * widths * (long - short)
  return {
    ...testResult(value, tau ? dickeyFullerP(value, trend) : dickeyFullerRhoP(value, trend)),
    lags,
    observations,
    critical: tau ? dickeyFullerCritical(trend, observations) : dickeyFullerRhoCritical(trend, observations),
  }
}
