/**
 * Capital by risk: each asset contributes its budget to the portfolio's volatility, or gets capital by the inverse of its
 * own risk.
 *
 * Pure. Sources: F. Spinu, An Algorithm for Computing Risk Parity Weights (2013); T. Griveau-Billion, J.-C. Richard, T.
 * Roncalli, A Fast Algorithm for Computing High-dimensional Risk Parity Portfolios (2013); S. Maillard, T. Roncalli, J.
 * Teiletche, The Properties of Equally Weighted Risk Contribution Portfolios, J. Portfolio Management 36 (2010).
 */
import { MathError } from '../error.ts'
import { type Matrix, refuseUnless, type Vector } from '../guard.ts'
import { choleskyWithJitter, dot, multiplyVector, solveCholesky } from '../numerics/linear-algebra.ts'
import { correlationOf } from '../numerics/statistics.ts'
import { sum } from '../sum.ts'
import { finiteMatrix, finiteVector, requireCovariance, requireOneEach } from './requirements.ts'

export interface RiskBudgetingOptions {
  /** +1 for assets that shall be held long, -1 for short; default all long. */
  readonly sides?: Vector
}

/**
 * Weights with risk contributions in given proportions, w_i (S w)_i / (w'S w) = b_i / sum b, to 1e-10: the y > 0 that
 * minimises y'S y / 2 - sum b_i ln y_i, scaled to sum |w| = 1. There is one solution for each choice of sides.
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `out-of-domain` (a budget that
 * is not positive, a side other than 1 and -1), `no-convergence` when assets cancel out, `overflow`
 */
export function riskBudgeting(covariance: Matrix, budgets: Vector, { sides }: RiskBudgetingOptions = {}): Float64Array {
  requireCovariance('covariance', covariance)
  const n = covariance.length
  requireOneEach('budgets', budgets, n)
  for (let i = 0; i < n; i++)
    refuseUnless(budgets[i] > 0, 'out-of-domain', () => `budgets[${i}] is ${budgets[i]}; it is above zero`)
  const whole = sum(budgets)
  const shares = finiteVector(
    Float64Array.from(budgets, (each) => each / whole),
    'the budget',
  )
  const side = sides === undefined ? new Float64Array(n).fill(1) : requireSides(sides, n)
  const { correlation, deviations } = correlationOf(covariance)
  finiteMatrix(correlation, 'the correlation')
  const turned = correlation.map((row, i) => row.map((each, j) => each * side[i] * side[j]))
  // In units of each asset's own risk: x_i = y_i sigma_i.
  const x = solveBudgets(turned, shares)
  const raw = x.map((each, i) => (side[i] * each) / deviations[i])
  finiteVector(raw, 'the weight')
  const gross = sum(raw.map(Math.abs))
  return finiteVector(
    raw.map((each) => each / gross),
    'the weight',
  )
}

/**
 * Equal risk contribution: risk budgeting with the same budget for every asset.
 * @throws MathError as `riskBudgeting`
 */
export function riskParity(covariance: Matrix, options: RiskBudgetingOptions = {}): Float64Array {
  requireCovariance('covariance', covariance)
  return riskBudgeting(covariance, new Float64Array(covariance.length).fill(1), options)
}

function requireSides(sides: Vector, n: number): Float64Array {
  requireOneEach('sides', sides, n)
  for (let i = 0; i < n; i++)
    refuseUnless(Math.abs(sides[i]) === 1, 'out-of-domain', () => `sides[${i}] is ${sides[i]}; it is 1 or -1`)
  return Float64Array.from(sides)
}

/**
 * min x'C x / 2 - b' ln x for a correlation matrix: sweeps of coordinates bring it near, Newton's steps to the last digits.
 */
function solveBudgets(c: readonly Float64Array[], b: Float64Array): Float64Array {
  const n = b.length
  const objective = (x: Float64Array): number => {
    let logs = 0
    for (let i = 0; i < n; i++) logs += b[i] * Math.log(x[i])
    return 0.5 * dot(x, multiplyVector(c, x)) - logs
  }
  const missed = (x: Float64Array): number =>
    multiplyVector(c, x).reduce((worst, slope, i) => Math.max(worst, Math.abs(x[i] * slope - b[i]) / b[i]), 0)
  let x: Float64Array = b.map(Math.sqrt)
  for (let sweep = 0; sweep < 10; sweep++)
    for (let i = 0; i < n; i++) {
      const others = dot(c[i], x) - x[i]
      x[i] = coordinate(others, b[i])
    }
  for (let iteration = 0; iteration < 200; iteration++) {
    const miss = missed(x)
    if (miss < 1e-13) break
    const product = multiplyVector(c, x)
    const gradient = product.map((each, i) => each - b[i] / x[i])
    const hessian = c.map((row, i) => row.map((each, j) => (i === j ? each + b[i] / (x[i] * x[i]) : each)))
    const step = solveCholesky(choleskyWithJitter(hessian).factor, gradient)
    let longest = 1
    for (let i = 0; i < n; i++) if (step[i] > 0) longest = Math.min(longest, (0.99 * x[i]) / step[i])
    const from = x
    const after = (t: number): Float64Array => from.map((each, i) => each - t * step[i])
    // Near the end the objective no longer tells points apart; the equations do.
    const near = after(longest)
    if (missed(near) < 0.5 * miss) {
      x = near
      continue
    }
    const [value, slope] = [objective(x), dot(gradient, step)]
    let found = false
    for (let t = longest, k = 0; k < 60 && !found; k++, t /= 2) {
      const next = after(t)
      if (!(objective(next) < value - 1e-4 * t * slope)) continue
      x = next
      found = true
    }
    if (!found) break
  }
  const worst = multiplyVector(c, x).reduce((most, slope, i) => Math.max(most, Math.abs(x[i] * slope - b[i])), 0)
  if (!(worst <= 1e-10)) throw new MathError('no-convergence', `risk contributions miss their budgets by ${worst}`)
  return x
}

/** The positive root of x^2 + c x = b. */
const coordinate = (c: number, b: number): number => {
  const root = Math.sqrt(c * c + 4 * b)
  return c > 0 ? (2 * b) / (root + c) : (root - c) / 2
}

/**
 * Inverse volatility, w_i = (1/sigma_i) / sum (1/sigma_j): risk parity when all correlations are equal.
 * Source: S. Maillard, T. Roncalli, J. Teiletche (2010).
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `overflow`
 */
export function inverseVolatility(covariance: Matrix): Float64Array {
  return byInverse(covariance, 0.5)
}

/**
 * Inverse variance, w_i = (1/sigma_i^2) / sum (1/sigma_j^2): minimum variance when there is no correlation.
 * Source: M. Lopez de Prado (2016).
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `overflow`
 */
export function inverseVariance(covariance: Matrix): Float64Array {
  return byInverse(covariance, 1)
}

function byInverse(covariance: Matrix, power: number): Float64Array {
  requireCovariance('covariance', covariance)
  const inverse = Float64Array.from(covariance, (row, i) => 1 / row[i] ** power)
  const total = sum(inverse)
  finiteVector([total], 'the sum of inverse risks')
  return inverse.map((each) => each / total)
}

/**
 * Diversification ratio sum |w_i| sigma_i / sqrt(w'S w): 1 for assets that move as one, sqrt(n) for n equal ones without
 * correlation.
 * Source: Y. Choueifaty, Y. Coignard, Toward Maximum Diversification, J. Portfolio Management 35 (2008).
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance` (a variable, or the portfolio), `not-positive-definite`,
 * `overflow`
 */
export function diversificationRatio(weights: Vector, covariance: Matrix): number {
  requireCovariance('covariance', covariance)
  requireOneEach('weights', weights, covariance.length)
  const { correlation, deviations } = correlationOf(covariance)
  const risks = finiteVector(
    deviations.map((each, i) => each * weights[i]),
    'the risk',
  )
  const largest = risks.reduce((most, each) => Math.max(most, Math.abs(each)), 0)
  refuseUnless(largest > 0, 'no-variance', 'the portfolio does not vary')
  const scaled = risks.map((each) => each / largest)
  const variance = dot(scaled, multiplyVector(correlation, scaled))
  refuseUnless(variance > 1e-14, 'no-variance', 'the portfolio does not vary')
  return sum(scaled.map(Math.abs)) / Math.sqrt(variance)
}
