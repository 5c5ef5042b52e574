/**
 * The straight line through points, which impact and liquidity are measured by: centred sums, no matrix. Not offered by itself: whoever
 * wants a regression takes `leastSquares`.
 *
 * Pure.
 */
import { finiteOr, refuseUnless, requireSameLength, requireVector, type Vector } from '../guard.ts'
import { sum } from '../sum.ts'

/** y = intercept + slope x by least squares. */
export interface Line {
  readonly intercept: number
  readonly slope: number
  /** Standard error of the slope, residuals divided by n - 2; 0 when the points lie on the line. */
  readonly slopeError: number
  readonly interceptError: number
  /** slope / slopeError; not defined when the points lie on the line. */
  readonly t: number | undefined
  /** Share of the variance of y that the line explains, in [0, 1]. */
  readonly rSquared: number
  readonly count: number
}

/**
 * Ordinary least squares of y on x with an intercept: slope = S_xy / S_xx.
 * @throws MathError `too-short` below three points, `shape`, `no-variance` when x or y is constant, `overflow`
 */
export function fitLine(nameX: string, x: Vector, nameY: string, y: Vector): Line {
  requireVector(nameX, x, 3)
  requireVector(nameY, y, 3)
  requireSameLength(nameX, x, nameY, y)
  const n = x.length
  const meanX = sum(x) / n
  const meanY = sum(y) / n
  let [sxx, sxy, syy] = [0, 0, 0]
  let [largestX, largestY] = [0, 0]
  for (let i = 0; i < n; i++) {
    const dx = x[i] - meanX
    const dy = y[i] - meanY
    sxx += dx * dx
    sxy += dx * dy
    syy += dy * dy
    largestX = Math.max(largestX, Math.abs(x[i]))
    largestY = Math.max(largestY, Math.abs(y[i]))
  }
  finiteOr('overflow', sxx + syy + Math.abs(sxy), `the squares of ${nameX} and ${nameY}`)
  refuseUnless(Math.sqrt(sxx / n) > 1e-14 * largestX && sxx > 0, 'no-variance', () => `${nameX} does not vary`)
  refuseUnless(Math.sqrt(syy / n) > 1e-14 * largestY && syy > 0, 'no-variance', () => `${nameY} does not vary`)
  const slope = finiteOr('overflow', sxy / sxx, `the slope of ${nameY} on ${nameX}`)
  const intercept = meanY - slope * meanX
  let rss = 0
  for (let i = 0; i < n; i++) rss += (y[i] - meanY - slope * (x[i] - meanX)) ** 2
  // Below this the residuals are what rounding left of y.
  if (rss <= 1e-28 * syy) rss = 0
  const residualVariance = rss / (n - 2)
  const slopeError = finiteOr('overflow', Math.sqrt(residualVariance / sxx), 'the standard error of the slope')
  const interceptError = finiteOr(
    'overflow',
    Math.sqrt(residualVariance * (1 / n + (meanX * meanX) / sxx)),
    'the standard error of the intercept',
  )
  return {
    intercept: finiteOr('overflow', intercept, 'the intercept'),
    slope,
    slopeError,
    interceptError,
    t: slopeError > 0 ? finiteOr('overflow', slope / slopeError, 't') : undefined,
    rSquared: Math.max(0, 1 - rss / syy),
    count: n,
  }
}
