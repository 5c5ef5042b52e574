/**
 * Optimal execution of several assets at once, whose risks hedge one another: the first-order conditions are a block-tridiagonal
 * linear system with one block a step, solved by elimination from the last step to the first.
 *
 * Pure. Source: R. Almgren, N. Chriss, Optimal Execution of Portfolio Transactions, Journal of Risk 3 (2000), appendix A.
 */
import {
  finiteOr,
  type Matrix,
  refuseUnless,
  requireInteger,
  requireNumber,
  requirePositive,
  requireSymmetric,
  requireVector,
  type Vector,
} from '../guard.ts'
import { cholesky, multiplyVector, quadraticForm, solveCholesky } from '../numerics/linear-algebra.ts'

/** p assets. */
export interface PortfolioTask {
  /** X, p units: above zero to sell, below zero to buy back. */
  readonly quantities: Vector
  readonly horizon: number
  readonly steps: number
  /** p x p, of prices, per unit of time. */
  readonly covariance: Matrix
  /** eta: p values, or a symmetric p x p matrix with cross impact. */
  readonly temporaryImpact: Vector | Matrix
  /** gamma: p values, or a symmetric p x p matrix. */
  readonly permanentImpact: Vector | Matrix
  /** epsilon, p values; none unless given. */
  readonly fixedCosts?: Vector
  /** lambda, not below zero. */
  readonly riskAversion: number
}

export interface PortfolioTrajectory {
  /** N + 1 rows of p. */
  readonly holdings: Float64Array[]
  /** N rows of p. */
  readonly trades: Float64Array[]
  readonly expectedCost: number
  readonly variance: number
  readonly utility: number
}

const isMatrix = (impact: Vector | Matrix): impact is Matrix => impact.length > 0 && typeof impact[0] !== 'number'

function asMatrix(name: string, impact: Vector | Matrix, p: number): Matrix {
  if (isMatrix(impact)) requireSymmetric(name, impact)
  else requireVector(name, impact)
  refuseUnless(impact.length === p, 'shape', () => `${name} is given for ${impact.length} assets, there are ${p}`)
  if (isMatrix(impact)) return impact
  return Array.from(impact, (value, i) => Float64Array.from({ length: p }, (_, j) => (i === j ? value : 0)))
}

/**
 * The holdings that minimise E + lambda V for several assets, from (2 H/tau + lambda tau C) x_k = (H/tau) (x_(k-1) + x_(k+1)) with H = eta - gamma tau/2 and C the covariance.
 * E = X'Gamma X/2 + sum epsilon'|n_k| + sum n_k' H n_k / tau, V = tau sum x_k' C x_k.
 * @throws MathError `shape`, `not-finite`, `out-of-domain`, `not-positive-definite` when eta - gamma tau/2 or the covariance is not, `overflow`
 */
export function portfolioTrajectory(task: PortfolioTask): PortfolioTrajectory {
  const { quantities, horizon, steps, covariance, riskAversion } = task
  requireVector('quantities', quantities)
  requirePositive('horizon', horizon)
  requireInteger('steps', steps, 1, 1_000_000)
  requireNumber('riskAversion', riskAversion, 0)
  const p = quantities.length
  requireSymmetric('covariance', covariance)
  refuseUnless(covariance.length === p, 'shape', () => `a covariance of ${covariance.length} assets, there are ${p}`)
  const eta = asMatrix('temporaryImpact', task.temporaryImpact, p)
  const gamma = asMatrix('permanentImpact', task.permanentImpact, p)
  const fixed = task.fixedCosts ?? new Float64Array(p)
  requireVector('fixedCosts', fixed)
  refuseUnless(fixed.length === p, 'shape', () => `fixedCosts has ${fixed.length} values, there are ${p} assets`)
  const tau = horizon / steps
  const combine = (entry: (i: number, j: number) => number): Float64Array[] =>
    Array.from({ length: p }, (_, i) =>
      Float64Array.from({ length: p }, (__, j) => finiteOr('overflow', entry(i, j), 'a coefficient')),
    )
  // The fraction of a matrix per step; A x_k = B (x_(k-1) + x_(k+1)).
  const b = combine((i, j) => (eta[i][j] - 0.5 * tau * gamma[i][j]) / tau)
  cholesky(b)
  const a = combine((i, j) => 2 * b[i][j] + riskAversion * tau * covariance[i][j])

  // From the end: x_k = M_k x_(k-1) with M_k = (A - B M_(k+1))^-1 B and M_N = 0, so that only matrices are carried, never inverses.
  const carried: Float64Array[][] = []
  let next: Float64Array[] | undefined
  for (let k = steps - 1; k >= 1; k--) {
    const after = next
    const pivot = after === undefined ? a : combine((i, j) => a[i][j] - product(b, after, i, j))
    const factor = cholesky(symmetrised(pivot))
    // Column by column; M is not symmetric in general.
    const columns = Array.from({ length: p }, (_, j) =>
      solveCholesky(
        factor,
        Float64Array.from(b, (row) => row[j]),
      ),
    )
    next = combine((i, j) => columns[j][i])
    carried[k] = next
  }
  const holdings: Float64Array[] = [Float64Array.from(quantities)]
  for (let k = 1; k < steps; k++) holdings.push(multiplyVector(carried[k], holdings[k - 1]))
  holdings.push(new Float64Array(p))
  const trades = Array.from({ length: steps }, (_, k) => holdings[k].map((x, i) => x - holdings[k + 1][i]))

  let [traded, squares, risk] = [0, 0, 0]
  for (let k = 0; k < steps; k++) {
    for (let i = 0; i < p; i++) traded += fixed[i] * Math.abs(trades[k][i])
    squares += quadraticForm(b, trades[k])
    risk += quadraticForm(covariance, holdings[k + 1])
  }
  const expectedCost = finiteOr('overflow', 0.5 * quadraticForm(gamma, quantities) + traded + squares, 'the expected cost')
  const variance = finiteOr('overflow', tau * risk, 'the variance')
  refuseUnless(variance >= 0, 'not-positive-definite', 'the covariance gives a variance below zero')
  return {
    holdings,
    trades,
    expectedCost,
    variance,
    utility: finiteOr('overflow', expectedCost + riskAversion * variance, 'the utility'),
  }
}

function product(x: Matrix, y: Matrix, i: number, j: number): number {
  let total = 0
  for (let k = 0; k < y.length; k++) total += x[i][k] * y[k][j]
  return total
}

/** B M is symmetric, up to rounding. */
const symmetrised = (a: Matrix): Float64Array[] =>
  Array.from(a, (row, i) => Float64Array.from(row, (value, j) => 0.5 * (value + a[j][i])))
