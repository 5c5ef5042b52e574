/**
 * Growth-optimal leverage of several assets together: from means and covariances, without and within constraints, and from
 * what happened. Weights are notional over equity; means, covariances and rates are of one period, and money that is not
 * invested earns the risk-free rate.
 *
 * Pure. Sources: E. O. Thorp, The Kelly Criterion in Blackjack, Sports Betting, and the Stock Market (2006), section 8; L.
 * C. MacLean, E. O. Thorp, W. T. Ziemba, The Kelly Capital Growth Investment Criterion (2011); Y. Nesterov, A. Nemirovskii,
 * Interior-Point Polynomial Algorithms in Convex Programming (1994), for the steps of Newton's method.
 */
import { MathError } from '../error.ts'
import { finiteOr, type Matrix, refuseUnless, requireMatrix, requireNumber, type Vector } from '../guard.ts'
import { cholesky, dot, multiplyVector, solveCholesky } from '../numerics/linear-algebra.ts'
import { sum } from '../sum.ts'
import { type ConstraintRows, constraintRows, type PortfolioConstraints, programOf, solved } from './constraints.ts'
import { meanVariance } from './mean-variance.ts'
import { finiteVector, requireCovariance, requireOneEach, zeros } from './requirements.ts'

export interface KellyPortfolioOptions {
  /** Default 0. */
  readonly riskFree?: number
}

export interface KellyPortfolio {
  readonly weights: Float64Array
  /** r + F'(mu - r) - F'S F / 2, a period. */
  readonly growth: number
  /** (mu - r)'F / sqrt(F'S F); 0 when nothing is held. */
  readonly sharpe: number
}

/**
 * The growth-optimal leverages F = S^-1 (mu - r) of several assets, without constraints.
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `overflow`
 */
export function kellyPortfolio(means: Vector, covariance: Matrix, { riskFree = 0 }: KellyPortfolioOptions = {}): KellyPortfolio {
  const excess = excessOf(means, covariance, riskFree)
  const weights = finiteVector(solveCholesky(cholesky(covariance), excess), 'the weight')
  return evaluated(weights, excess, covariance, riskFree)
}

export interface ConstrainedKellyOptions extends KellyPortfolioOptions, PortfolioConstraints {}

/**
 * The leverages that maximise growth (mu - r)'f - f'S f / 2 within constraints: by default f >= 0 and no budget, so that
 * `gross` limits the leverage sum |f|; with `lower: -Infinity` short positions as well.
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `out-of-domain`, `infeasible`,
 * `unbounded`, `no-convergence`, `overflow`
 */
export function constrainedKelly(
  means: Vector,
  covariance: Matrix,
  { riskFree = 0, ...constraints }: ConstrainedKellyOptions = {},
): KellyPortfolio {
  const excess = excessOf(means, covariance, riskFree)
  const { weights } = meanVariance(excess, covariance, { budget: 'free', ...constraints, riskAversion: 1 })
  return evaluated(weights, excess, covariance, riskFree)
}

/**
 * Expected growth of log wealth a period at leverages f, g = r + f'(mu - r) - f'S f / 2.
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `overflow`
 */
export function kellyPortfolioGrowth(
  weights: Vector,
  means: Vector,
  covariance: Matrix,
  { riskFree = 0 }: KellyPortfolioOptions = {},
): number {
  const excess = excessOf(means, covariance, riskFree)
  requireOneEach('weights', weights, covariance.length)
  return evaluated(Float64Array.from(weights), excess, covariance, riskFree).growth
}

/**
 * A fraction c of full Kelly stakes, c F; a quarter unless told otherwise, because means are estimated with errors.
 * Source: L. C. MacLean, E. O. Thorp, W. T. Ziemba (2011).
 * @throws MathError `empty`, `not-finite`, `out-of-domain` (a fraction below zero), `overflow`
 */
export function fractionalKelly(stakes: Vector, fraction = 0.25): Float64Array {
  requireOneEach('stakes', stakes, stakes.length)
  requireNumber('fraction', fraction, 0)
  return finiteVector(
    Float64Array.from(stakes, (each) => fraction * each),
    'the stake',
  )
}

function excessOf(means: Vector, covariance: Matrix, riskFree: number): Float64Array {
  requireCovariance('covariance', covariance)
  requireOneEach('means', means, covariance.length)
  requireNumber('riskFree', riskFree)
  return finiteVector(
    Float64Array.from(means, (each) => each - riskFree),
    'the excess return',
  )
}

function evaluated(weights: Float64Array, excess: Float64Array, covariance: Matrix, riskFree: number): KellyPortfolio {
  const gain = dot(weights, excess)
  const variance = Math.max(0, dot(weights, multiplyVector(covariance, weights)))
  const growth = finiteOr('overflow', riskFree + gain - 0.5 * variance, 'the growth')
  return { weights, growth, sharpe: variance > 0 ? finiteOr('overflow', gain / Math.sqrt(variance), 'the ratio') : 0 }
}

export interface EmpiricalKellyOptions extends PortfolioConstraints {
  /**
   * Scenarios beside those that happened, in which wealth may not fall below `leastWealth`: a crash of all assets, say.
   * Rows like those of the returns.
   */
  readonly shocks?: Matrix
  /** Share of wealth that is left in every shock; default 0.01. */
  readonly leastWealth?: number
}

export interface EmpiricalKelly {
  readonly weights: Float64Array
  /** Mean of ln(1 + R f) over the rows. */
  readonly growth: number
  readonly iterations: number
  /** How much more growth there may be, by the model of the last step. */
  readonly gap: number
}

/**
 * The leverages f that maximise the mean of ln(1 + R f) over what happened (rows of simple returns over the risk-free
 * rate), within constraints: by default f >= 0 and no budget. No scenario loses everything. The problem is concave; each
 * step solves it with the exact curvature within the constraints.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain`, `infeasible` (constraints, or a shock that cannot be
 * survived), `unbounded` when something never loses and nothing limits it, `no-convergence`, `overflow`
 */
export function empiricalKelly(returns: Matrix, options: EmpiricalKellyOptions = {}): EmpiricalKelly {
  requireMatrix('returns', returns)
  const n = returns[0].length
  const { shocks = [], leastWealth = 0.01, ...constraints } = options
  requireNumber('leastWealth', leastWealth, 0, 1)
  if (shocks.length > 0) {
    requireMatrix('shocks', shocks)
    refuseUnless(shocks[0].length === n, 'shape', () => `shocks has ${shocks[0].length} columns for ${n} assets`)
  }
  const survival = shocks.map((row) => ({ coefficients: row, lower: leastWealth - 1 }))
  const rows = constraintRows(n, { budget: 'free', ...constraints, linear: [...(constraints.linear ?? []), ...survival] })
  let x = startOf(returns, rows)
  let growth = empiricalGrowth(returns, x)
  let gap = Infinity
  for (let iteration = 1; iteration <= 200; iteration++) {
    const { gradient, hessian } = slopes(returns, x, rows.variables)
    const linear = Float64Array.from(gradient, (each, i) => each + dot(hessian[i], x))
    // Rounding does not take a weight beyond its bounds.
    const target = solved(programOf(rows, hessian, linear)).x.map((each, i) =>
      Math.max(rows.lower[i], Math.min(rows.upper[i], each)),
    )
    const step = target.map((each, i) => each - x[i])
    const gain = dot(gradient, step)
    gap = Math.max(0, gain / 2)
    if (gain <= 1e-14) return resultOf(x, n, growth, iteration, gap)
    let taken = false
    for (let t = 1, k = 0; k < 60; k++, t /= 2) {
      const from = x
      const next = from.map((each, i) => each + t * step[i])
      const value = empiricalGrowth(returns, next)
      if (!(value >= growth + 1e-4 * t * gain)) continue
      x = next
      growth = value
      taken = true
      break
    }
    // Rounding hides what is left to gain.
    if (!taken) {
      if (gap <= 1e-9) return resultOf(x, n, growth, iteration, gap)
      break
    }
    if (sum(x.map(Math.abs)) > 1e9)
      throw new MathError('unbounded', 'growth has no bound: something never loses and nothing limits it')
  }
  throw new MathError('no-convergence', `growth could still rise by ${gap}`)
}

const resultOf = (x: Float64Array, n: number, growth: number, iterations: number, gap: number): EmpiricalKelly => ({
  weights: x.slice(0, n),
  growth,
  iterations,
  gap,
})

/** Nothing, or what is nearest to it within the constraints, in a way that survives all that happened. */
function startOf(returns: Matrix, rows: ConstraintRows): Float64Array {
  const hessian = zeros(rows.variables)
  for (let i = 0; i < rows.variables; i++) hessian[i][i] = 1
  const nothing = new Float64Array(rows.variables)
  const near = solved(programOf(rows, hessian, nothing)).x
  if (empiricalGrowth(returns, near) > -Infinity) return near
  const survivors = returns.map((row) => Float64Array.from({ length: rows.variables }, (_, k) => (k < rows.assets ? row[k] : 0)))
  for (const left of [0.5, 0.1, 0.001])
    try {
      return solved(
        programOf(
          {
            ...rows,
            inequalities: [...rows.inequalities, ...survivors],
            inequalityRight: [...rows.inequalityRight, ...survivors.map(() => left - 1)],
          },
          hessian,
          nothing,
        ),
      ).x
    } catch (error) {
      if (!(error instanceof MathError && error.reason === 'infeasible')) throw error
    }
  throw new MathError('infeasible', 'no portfolio within the constraints survives all that happened')
}

/** Minus infinity where a scenario loses everything. */
function empiricalGrowth(returns: Matrix, x: Float64Array): number {
  const logs = new Float64Array(returns.length)
  for (let t = 0; t < returns.length; t++) {
    const change = changeOf(returns[t], x)
    if (!(change > -1)) return -Infinity
    logs[t] = Math.log1p(change)
  }
  return finiteOr('overflow', sum(logs) / logs.length, 'the growth')
}

function changeOf(row: Vector, x: Float64Array): number {
  let change = 0
  for (let i = 0; i < row.length; i++) change += row[i] * x[i]
  return change
}

function slopes(
  returns: Matrix,
  x: Float64Array,
  variables: number,
): { readonly gradient: Float64Array; readonly hessian: Float64Array[] } {
  const gradient = new Float64Array(variables)
  const hessian = zeros(variables)
  const n = returns[0].length
  const scaled = new Float64Array(n)
  for (const row of returns) {
    const wealth = 1 + changeOf(row, x)
    for (let i = 0; i < n; i++) {
      scaled[i] = row[i] / wealth
      gradient[i] += scaled[i] / returns.length
      for (let j = 0; j <= i; j++) hessian[i][j] += (scaled[i] * scaled[j]) / returns.length
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) hessian[j][i] = hessian[i][j]
  finiteVector(gradient, 'the gradient')
  for (const line of hessian) finiteVector(line, 'the curvature')
  return { gradient, hessian }
}
