/**
 * Tests of a whole regression: that its slopes are zero together, and that its coefficients stay the same over time.
 *
 * Pure: numbers in, numbers out. Source: W. H. Greene, Econometric Analysis, 8th ed. (2018); W. Ploberger, W. Krämer, Econometrica 60
 * (1992).
 */
import { refuseUnless, requireInteger, requireMatrix, type Vector, type Matrix } from '../guard.ts'
import type { FTestResult } from './groups.ts'
import { kolmogorovTail } from './kolmogorov-distribution.ts'
import { explainedShare, fitWithResiduals } from './regression.ts'
import { scaledByLargest } from './standardise.ts'
import { fTest, type TestResult, testResult } from './test-result.ts'

/**
 * F test that all slopes of a regression with an intercept are zero, F = R^2/(k - 1)/((1 - R^2)/(n - k)) for k coefficients.
 * @param x the regressors as rows, with their own column of ones
 * @throws MathError `too-short`, `singular`, `no-variance` when y does not vary or is explained perfectly, `shape` without a slope
 */
export function slopesFTest(x: Matrix, y: Vector): FTestResult {
  requireMatrix('the regressors', x)
  const target = scaledByLargest('y', y)
  const fit = fitWithResiduals(x, target)
  const slopes = x[0].length - 1
  refuseUnless(slopes > 0, 'shape', 'there is no regressor beside the constant')
  const share = explainedShare(fit, target)
  const statistic = share / slopes / ((1 - share) / fit.freedom)
  return { ...fTest(statistic, slopes, fit.freedom), freedom1: slopes, freedom2: fit.freedom }
}

/**
 * CUSUM test on the residuals of least squares that the coefficients stay the same, max_t |sum_{s<=t} e_s|/(sigma sqrt(n)), against the
 * supremum of a Brownian bridge (the limit of Kolmogorov).
 * @param coefficients how many were fitted, taken off the degrees of freedom of sigma
 * @throws MathError `too-short` with no more residuals than coefficients, `no-variance`
 */
export function cusumTest(residuals: Vector, coefficients = 0): TestResult {
  requireInteger('the number of coefficients', coefficients, 0)
  const e = scaledByLargest('the residuals', residuals, coefficients + 1)
  refuseUnless(e.length > coefficients, 'too-short', () => `${e.length} residuals of ${coefficients} coefficients`)
  let [partial, highest, squares] = [0, 0, 0]
  for (const residual of e) {
    partial += residual
    squares += residual * residual
    highest = Math.max(highest, Math.abs(partial))
  }
  const statistic = highest / Math.sqrt((squares / (e.length - coefficients)) * e.length)
  return testResult(statistic, kolmogorovTail(Infinity, statistic))
}
