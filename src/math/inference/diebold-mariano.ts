/**
 * Whether one forecast is better than another: the test of Diebold and Mariano on the difference of their losses.
 *
 * Pure: numbers in, numbers out. Source: F. X. Diebold, R. S. Mariano, JBES 13 (1995); D. Harvey, S. Leybourne, P. Newbold,
 * International Journal of Forecasting 13 (1997).
 */
import { refuseUnless, requireInteger, requirePositive, requireSameLength, requireVector, type Vector } from '../guard.ts'
import { longRunVariance } from './regression.ts'
import { standardise } from './standardise.ts'
import { type Alternative, studentTest, type TestResult } from './test-result.ts'

export interface DieboldMarianoOptions {
  /** How many steps ahead the forecasts were; 1 by default. */
  readonly horizon?: number
  /** 'greater': the first has the larger losses. */
  readonly alternative?: Alternative
  /** Weights of the horizon - 1 autocovariances: all one (the default, as in the paper), or Bartlett's, which never leave a negative variance. */
  readonly kernel?: 'rectangular' | 'bartlett'
  /** Autocovariances of lag k divide by n ('biased', the default: the paper and R's forecast) or by n - k ('adjusted'). */
  readonly divisor?: 'biased' | 'adjusted'
}

export interface DieboldMarianoResult extends TestResult {
  /** Before the small-sample correction. */
  readonly uncorrected: number
  /** Mean of the first losses less the second. */
  readonly meanDifference: number
}

/**
 * Diebold-Mariano test of equal expected loss: the mean of d_t = loss1_t - loss2_t over sqrt(lrv/n), lrv its long-run variance with
 * h - 1 autocovariances, times the correction sqrt((n + 1 - 2h + h(h - 1)/n)/n) of Harvey, Leybourne and Newbold, against Student's t
 * with n - 1 degrees of freedom. A positive statistic says that the first loses more.
 * @throws MathError `no-variance` when the differences do not vary, `too-short` for the horizon, `out-of-domain` when the rectangular
 * long-run variance is not positive (use the Bartlett kernel)
 */
export function dieboldMariano(
  losses1: Vector,
  losses2: Vector,
  { horizon = 1, alternative = 'two-sided', kernel = 'rectangular', divisor = 'biased' }: DieboldMarianoOptions = {},
): DieboldMarianoResult {
  requireVector('the first losses', losses1, 2)
  requireVector('the second losses', losses2, 2)
  requireSameLength('the first losses', losses1, 'the second losses', losses2)
  requireInteger('the horizon', horizon, 1)
  const differences = Float64Array.from(losses1, (loss, i) => loss - losses2[i])
  const { mean, deviation, z } = standardise('the differences', differences)
  const n = z.length
  refuseUnless(n > 2 * horizon - 1, 'too-short', () => `${n} forecasts of ${horizon} steps`)
  const long = longRunVariance(z, horizon - 1, kernel, divisor)
  refuseUnless(
    long > 1e-14,
    'out-of-domain',
    () => `the long-run variance of ${horizon}-step forecasts is ${long}; the Bartlett kernel keeps it positive`,
  )
  const uncorrected = mean / deviation / Math.sqrt(long / n)
  const correction = Math.sqrt((n + 1 - 2 * horizon + (horizon * (horizon - 1)) / n) / n)
  return { ...studentTest(uncorrected * correction, n - 1, alternative), uncorrected, meanDifference: mean }
}

/**
 * Losses |e|^power of forecast errors: 2 for squared, 1 for absolute errors.
 * @throws MathError `empty`, `not-finite`, `out-of-domain` for a power that is not above zero, `overflow`
 */
export function powerLosses(errors: Vector, power = 2): Float64Array {
  requireVector('the errors', errors)
  requirePositive('the power', power)
  const losses = Float64Array.from(errors, (error) => Math.abs(error) ** power)
  for (const loss of losses) refuseUnless(Number.isFinite(loss), 'overflow', `a loss is ${loss}`)
  return losses
}
