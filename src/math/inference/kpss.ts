/**
 * The test of Kwiatkowski, Phillips, Schmidt and Shin, whose null hypothesis is that a series is stationary: the counterpart of a
 * unit-root test. Small p-values speak against stationarity.
 *
 * Pure: numbers in, numbers out. Source: D. Kwiatkowski, P. C. B. Phillips, P. Schmidt, Y. Shin, Journal of Econometrics 54 (1992);
 * lags: B. Hobijn, P. H. Franses, M. Ooms, Statistica Neerlandica 58 (2004).
 */
import { refuseUnless, requireInteger, type Vector } from '../guard.ts'
import { fitWithResiduals, longRunVariance, rowsOf, trendColumns } from './regression.ts'
import { standardise } from './standardise.ts'
import { interpolate, type TestResult, testResult } from './test-result.ts'

export interface KpssOptions {
  /** Stationary around a level ('c', the default) or around a line ('ct'). */
  readonly trend?: 'c' | 'ct'
  /**
   * Lags of the Newey-West long-run variance: a number; 'auto' by Hobijn, Franses and Ooms (the default); 'short' is
   * floor(4 (n/100)^(1/4)), 'long' floor(12 (n/100)^(1/4)), 'legacy' ceil(12 (n/100)^(1/4)).
   */
  readonly lags?: number | 'auto' | 'short' | 'long' | 'legacy'
}

export interface KpssResult extends TestResult {
  readonly lags: number
  /** At 10, 5, 2.5 and 1 %. */
  readonly critical: readonly [number, number, number, number]
}

const CRITICAL = { c: [0.347, 0.463, 0.574, 0.739], ct: [0.119, 0.146, 0.176, 0.216] } as const
const LEVELS = [0.1, 0.05, 0.025, 0.01]

/**
 * KPSS test: sum S_t^2 / (n^2 l2), S_t the partial sums of the residuals around the level or the line, l2 their Bartlett long-run
 * variance. The p-value is interpolated in the table of the paper, so it lies between 0.01 and 0.10 (either may stand for beyond).
 * @throws MathError `too-short`, `no-variance` for series that are constant or a perfect line, `out-of-domain` for negative lags
 */
export function kpss(series: Vector, { trend = 'c', lags: choice = 'auto' }: KpssOptions = {}): KpssResult {
  const { z } = standardise('the series', series, 4)
  const n = z.length
  const { residuals } = fitWithResiduals(rowsOf(trendColumns(trend, n), n), z)
  const lags = typeof choice === 'number' ? choice : Math.min(n - 1, lagsOf(choice, residuals))
  requireInteger('the number of lags', lags, 0)
  refuseUnless(lags < n, 'too-short', () => `${lags} lags of ${n} values`)
  const long = longRunVariance(residuals, lags)
  refuseUnless(long > 0, 'no-variance', 'the residuals have no long-run variance')
  let [partial, total] = [0, 0]
  for (const residual of residuals) {
    partial += residual
    total += partial * partial
  }
  const statistic = total / (n * n) / long
  return { ...testResult(statistic, interpolate(statistic, CRITICAL[trend], LEVELS)), lags, critical: CRITICAL[trend] }
}

function lagsOf(choice: 'auto' | 'short' | 'long' | 'legacy', residuals: Float64Array): number {
  const n = residuals.length
  const root = (n / 100) ** 0.25
  if (choice === 'short') return Math.trunc(4 * root)
  if (choice === 'long') return Math.trunc(12 * root)
  if (choice === 'legacy') return Math.ceil(12 * root)
  const most = Math.trunc(n ** (2 / 9))
  let s0 = longRunVariance(residuals, 0)
  let s1 = 0
  for (let k = 1; k <= most; k++) {
    let product = 0
    for (let t = k; t < n; t++) product += residuals[t] * residuals[t - k]
    product /= n / 2
    s0 += product
    s1 += k * product
  }
  refuseUnless(s0 !== 0, 'no-variance', 'the residuals have no long-run variance')
  return Math.trunc(1.1447 * Math.cbrt((s1 / s0) ** 2) * Math.cbrt(n))
}
