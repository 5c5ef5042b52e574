/**
 * Regressions as tests need them: designs from columns, t-ratios, explained variance, nested fits for the choice of lags, long-run
 * variances.
 *
 * Pure: numbers in, numbers out. Source: W. H. Greene, Econometric Analysis, 8th ed. (2018); long-run variance: W. K. Newey,
 * K. D. West, Econometrica 55 (1987).
 */
import { type Matrix, refuseUnless, type Vector } from '../guard.ts'
import { dot, type LeastSquares, leastSquares } from '../numerics/linear-algebra.ts'
import { sum } from '../sum.ts'
import type { Trend } from './dickey-fuller-distribution.ts'

/** Columns side by side, as rows. */
export const rowsOf = (columns: readonly Vector[], count: number): Float64Array[] =>
  Array.from({ length: count }, (_, i) => {
    const row = new Float64Array(columns.length)
    for (let j = 0; j < row.length; j++) row[j] = columns[j][i]
    return row
  })

/** The columns of a trend: none, ones, 1 2 3 .., its squares; scaled to be of the size of one. */
export function trendColumns(trend: Trend, count: number): Float64Array[] {
  const powers = trend === 'n' ? 0 : trend.length
  return Array.from({ length: powers }, (_, power) => Float64Array.from({ length: count }, (__, t) => ((t + 1) / count) ** power))
}

/** Residuals this small against the target are rounding: there is nothing left to test. */
const NO_RESIDUAL = 1e-24

/** Least squares that leaves something unexplained, with more rows than columns. */
export function fitWithResiduals(x: Matrix, y: Vector): LeastSquares & { readonly freedom: number; readonly variance: number } {
  const columns = x.length === 0 ? 0 : x[0].length
  refuseUnless(x.length > columns, 'too-short', () => `${x.length} observations are too few for ${columns} coefficients`)
  const fit = leastSquares(x, y)
  refuseUnless(fit.rss > NO_RESIDUAL * dot(y, y), 'no-variance', 'the regression leaves no residuals')
  const freedom = x.length - columns
  return { ...fit, freedom, variance: fit.rss / freedom }
}

/** The t-ratio of a coefficient against a value. */
export function tRatio(
  fit: LeastSquares & { readonly variance: number },
  index: number,
  against = 0,
): { readonly ratio: number; readonly error: number } {
  const error = Math.sqrt(fit.variance * fit.inverseGram[index][index])
  return { ratio: (fit.coefficients[index] - against) / error, error }
}

/** Centred R^2 of a fit, of a target that varies. */
export function explainedShare(fit: LeastSquares, y: Vector): number {
  const centre = sum(y) / y.length
  const total = sum(Float64Array.from(y, (value) => (value - centre) ** 2))
  refuseUnless(total > 1e-28 * dot(y, y), 'no-variance', 'the target of the regression does not vary')
  return 1 - fit.rss / total
}

/**
 * Fits of y on the first p, p + 1, .. columns, by one Gram-Schmidt: the residual sums of squares and the t-ratio of the last column
 * each time. Ends before a column that depends on those before.
 */
export function nestedFits(
  columns: readonly Float64Array[],
  y: Float64Array,
  first: number,
): readonly { readonly rss: number; readonly lastRatio: number }[] {
  const basis: Float64Array[] = []
  const rest = Float64Array.from(y)
  const fits: { rss: number; lastRatio: number }[] = []
  for (const column of columns) {
    const q = Float64Array.from(column)
    const before = Math.sqrt(dot(q, q))
    // Twice is enough to be orthogonal to rounding.
    for (let pass = 0; pass < 2; pass++)
      for (const other of basis) {
        const share = dot(other, q)
        for (let i = 0; i < q.length; i++) q[i] -= share * other[i]
      }
    const norm = Math.sqrt(dot(q, q))
    if (!(norm > 1e-10 * before)) break
    for (let i = 0; i < q.length; i++) q[i] /= norm
    basis.push(q)
    const effect = dot(q, rest)
    for (let i = 0; i < q.length; i++) rest[i] -= effect * q[i]
    const rss = dot(rest, rest)
    if (basis.length >= first) fits.push({ rss, lastRatio: effect / Math.sqrt(rss / (y.length - basis.length)) })
  }
  return fits
}

/**
 * gamma_0 + 2 sum w_k gamma_k of a series that is not centred, with Bartlett weights 1 - k/(lags + 1) or with ones; autocovariances
 * divide by n ('biased', which keeps the Bartlett sum positive) or by n - k ('adjusted').
 */
export function longRunVariance(
  u: Vector,
  lags: number,
  kernel: 'bartlett' | 'rectangular' = 'bartlett',
  divisor: 'biased' | 'adjusted' = 'biased',
): number {
  const n = u.length
  let total = dot(u, u) / n
  for (let k = 1; k <= Math.min(lags, n - 1); k++) {
    let product = 0
    for (let t = k; t < n; t++) product += u[t] * u[t - k]
    total += (2 * (kernel === 'bartlett' ? 1 - k / (lags + 1) : 1) * product) / (divisor === 'biased' ? n : n - k)
  }
  return total
}
