/**
 * Tests that the variance of residuals is the same throughout: ARCH-LM over time, Breusch-Pagan and White against regressors.
 *
 * Pure: numbers in, numbers out. Source: R. F. Engle, Econometrica 50 (1982); T. S. Breusch, A. R. Pagan, Econometrica 47 (1979);
 * R. Koenker, Journal of Econometrics 17 (1981); H. White, Econometrica 48 (1980).
 */
import {
  type Matrix,
  refuseUnless,
  requireInteger,
  requireMatrix,
  requireSameLength,
  requireVector,
  type Vector,
} from '../guard.ts'
import { explainedShare, fitWithResiduals } from './regression.ts'
import { scaledByLargest } from './standardise.ts'
import { chiSquaredTest, fTest, type TestResult } from './test-result.ts'

export interface HeteroskedasticityResult extends TestResult {
  /** The F statistic of the same regression. */
  readonly fStatistic: number
  readonly fPValue: number
}

/** n R^2 and F of a regression with an intercept. */
function auxiliary(rows: Matrix, target: Vector): HeteroskedasticityResult {
  const fit = fitWithResiduals(rows, target)
  const n = rows.length
  const slopes = rows[0].length - 1
  refuseUnless(slopes > 0, 'shape', 'there is no regressor beside the constant')
  const share = explainedShare(fit, target)
  const f = fTest(share / slopes / ((1 - share) / fit.freedom), slopes, fit.freedom)
  return { ...chiSquaredTest(n * share, slopes), fStatistic: f.statistic, fPValue: f.pValue }
}

/** Squares of residuals that were scaled first, so that they neither vanish nor overflow. */
const squaresOf = (residuals: Vector): Float64Array => scaledByLargest('the residuals', residuals).map((e) => e * e)

/**
 * Engle's ARCH-LM test of no autoregressive conditional heteroskedasticity: n R^2 of the regression of e_t^2 on a constant and its own
 * h lags, against chi-squared with h; n counts the rows of that regression.
 * @throws MathError `too-short` for the lags, `no-variance` when the squares do not vary, `singular`
 */
export function archLm(residuals: Vector, lags: number): HeteroskedasticityResult {
  requireInteger('the number of lags', lags, 1)
  requireVector('the residuals', residuals, 3)
  const squares = squaresOf(residuals)
  const n = squares.length - lags
  refuseUnless(n > lags + 1, 'too-short', () => `${squares.length} residuals are too few for ${lags} lags`)
  const rows = Array.from({ length: n }, (_, i) =>
    Float64Array.from({ length: lags + 1 }, (__, k) => (k === 0 ? 1 : squares[i + lags - k])),
  )
  return auxiliary(rows, squares.slice(lags))
}

/**
 * Breusch-Pagan test of constant variance in Koenker's form: n R^2 of the regression of the squared residuals on the regressors,
 * against chi-squared with the number of slopes.
 * @param x the regressors as rows, with their own column of ones
 * @throws MathError `too-short`, `singular`, `no-variance`, `shape`
 */
export function breuschPagan(residuals: Vector, x: Matrix): HeteroskedasticityResult {
  requireMatrix('the regressors', x)
  requireVector('the residuals', residuals, 3)
  requireSameLength('the regressors', x as unknown as Vector, 'the residuals', residuals)
  return auxiliary(x, squaresOf(residuals))
}

/**
 * White's test of constant variance: n R^2 of the regression of the squared residuals on the regressors, their squares and their
 * products, against chi-squared with the number of slopes.
 * @param x the regressors as rows, with their own column of ones first
 * @throws MathError `too-short` for that many products, `singular` (among them regressors whose squares repeat them), `no-variance`
 */
export function whiteTest(residuals: Vector, x: Matrix): HeteroskedasticityResult {
  requireMatrix('the regressors', x)
  requireVector('the residuals', residuals, 3)
  requireSameLength('the regressors', x as unknown as Vector, 'the residuals', residuals)
  const p = x[0].length
  refuseUnless(
    x.length > (p * (p + 1)) / 2,
    'too-short',
    () => `${x.length} rows are too few for the ${(p * (p + 1)) / 2} products of ${p} regressors`,
  )
  const products = x.map((row) => {
    const out: number[] = []
    for (let i = 0; i < p; i++) for (let j = i; j < p; j++) out.push(row[i] * row[j])
    return out
  })
  return auxiliary(products, squaresOf(residuals))
}
