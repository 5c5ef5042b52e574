/**
 * Portfolios on the edge of what return and risk allow: least variance, best utility after costs, highest Sharpe ratio,
 * widest diversification, and the frontier between. Means, covariances, rates and costs are of one period; weights are
 * signed shares of equity. A question that no portfolio satisfies is an error `infeasible`.
 *
 * Pure. Sources: H. Markowitz, Portfolio Selection, J. Finance 7 (1952); A. F. Perold, Large-scale Portfolio Optimization,
 * Management Science 30 (1984); G. Cornuejols, R. Tutuncu, Optimization Methods in Finance (2007), chapter 8; Y.
 * Choueifaty, Y. Coignard, J. Portfolio Management 35 (2008).
 */
import { MathError } from '../error.ts'
import { finiteOr, type Matrix, refuseUnless, requireInteger, requireNumber, requireVector, type Vector } from '../guard.ts'
import { dot, multiplyVector } from '../numerics/linear-algebra.ts'
import { type ConstraintRows, constraintRows, type PortfolioConstraints, programOf, solved } from './constraints.ts'
import { finiteVector, requireCovariance, requireOneEach, zeros } from './requirements.ts'

export interface OptimalPortfolio {
  readonly weights: Float64Array
  /** w'S w. */
  readonly variance: number
  /** sqrt(w'S w). */
  readonly volatility: number
  /** sum |w - current|. */
  readonly turnover: number
  /** How far the answer is from optimal: the largest relative violation of the conditions of Karush, Kuhn and Tucker. */
  readonly residual: number
}

export interface OptimalPortfolioWithReturn extends OptimalPortfolio {
  /** mu'w, before costs. */
  readonly expectedReturn: number
}

/**
 * The weights of least variance w'S w within constraints (by default long only, adding up to one).
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `out-of-domain`, `infeasible`,
 * `no-convergence`, `overflow`
 */
export function minimumVariance(covariance: Matrix, constraints: PortfolioConstraints = {}): OptimalPortfolio {
  requireCovariance('covariance', covariance)
  const rows = constraintRows(covariance.length, constraints)
  const found = solved(programOf(rows, hessianOf(rows, covariance, 1), new Float64Array(rows.variables)))
  return portfolioOf(found.x, found.residual, rows, covariance)
}

export interface MeanVarianceOptions extends PortfolioConstraints {
  /** lambda; default 1, which is that of the growth-optimal portfolio. */
  readonly riskAversion?: number
  /** Cost of trading a unit of equity, one for all assets or one each; default 0. */
  readonly linearCost?: number | Vector
  /** Cost k of k (w - current)^2, market impact; default 0. */
  readonly quadraticCost?: number | Vector
}

export interface MeanVariancePortfolio extends OptimalPortfolioWithReturn {
  /** Linear and quadratic costs. */
  readonly cost: number
  /** mu'w - (lambda/2) w'S w - cost. */
  readonly objective: number
}

/**
 * The weights that maximise mu'w - (lambda/2) w'S w - sum c_i |w_i - w0_i| - sum k_i (w_i - w0_i)^2 within constraints (by
 * default long only, adding up to one), w0 what is held now. Where no trade is worth its cost the answer is w0.
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `out-of-domain`, `infeasible`,
 * `unbounded`, `no-convergence`, `overflow`
 */
export function meanVariance(means: Vector, covariance: Matrix, options: MeanVarianceOptions = {}): MeanVariancePortfolio {
  requireCovariance('covariance', covariance)
  const n = covariance.length
  requireOneEach('means', means, n)
  const { riskAversion = 1 } = options
  requireNumber('riskAversion', riskAversion, 0)
  const linearCost = costsOf('linearCost', options.linearCost ?? 0, n)
  const quadraticCost = costsOf('quadraticCost', options.quadraticCost ?? 0, n)
  const rows = constraintRows(
    n,
    options,
    linearCost.some((each) => each > 0),
  )
  const hessian = hessianOf(rows, covariance, riskAversion)
  const linear = new Float64Array(rows.variables)
  for (let i = 0; i < n; i++) {
    hessian[i][i] += 2 * quadraticCost[i]
    linear[i] = means[i] + 2 * quadraticCost[i] * rows.current[i]
    if (rows.tradeAt[i] >= 0) linear[rows.tradeAt[i]] = -linearCost[i]
  }
  finiteVector(linear, 'the objective')
  const found = solved(programOf(rows, hessian, linear))
  const plain = portfolioOf(found.x, found.residual, rows, covariance)
  const expectedReturn = dot(plain.weights, means)
  let cost = 0
  for (let i = 0; i < n; i++) {
    const trade = Math.abs(plain.weights[i] - rows.current[i])
    cost += linearCost[i] * trade + quadraticCost[i] * trade * trade
  }
  const objective = expectedReturn - 0.5 * riskAversion * plain.variance - cost
  finiteVector([expectedReturn, cost, objective], 'the objective')
  return { ...plain, expectedReturn, cost, objective }
}

function costsOf(name: string, costs: number | Vector, n: number): Float64Array {
  const values = typeof costs === 'number' ? new Float64Array(n).fill(costs) : costs
  requireOneEach(name, values, n)
  for (let i = 0; i < n; i++) requireNumber(`${name}[${i}]`, values[i], 0)
  return Float64Array.from(values)
}

export interface MaximumSharpeOptions extends PortfolioConstraints {
  /** Default 0. */
  readonly riskFree?: number
}

export interface MaximumSharpePortfolio extends OptimalPortfolioWithReturn {
  /** (mu - rf)'w / sqrt(w'S w). */
  readonly sharpe: number
}

/**
 * The weights with the highest Sharpe ratio (mu - rf)'w / sqrt(w'S w) within constraints (by default long only, adding up
 * to one): y minimises y'S y with (mu - rf)'y = 1, and is scaled to the budget. Without a budget the ratio says nothing of
 * the size, and the largest that the constraints allow is taken.
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `out-of-domain` (a turnover
 * limit without a budget), `infeasible` also when no portfolio is expected to earn more than rf, `unbounded` when nothing
 * limits the size, `singular` when something earns without risk, `no-convergence`, `overflow`
 */
export function maximumSharpe(means: Vector, covariance: Matrix, options: MaximumSharpeOptions = {}): MaximumSharpePortfolio {
  requireCovariance('covariance', covariance)
  const n = covariance.length
  requireOneEach('means', means, n)
  const { riskFree = 0 } = options
  requireNumber('riskFree', riskFree)
  const excess = finiteVector(
    Float64Array.from(means, (each) => each - riskFree),
    'the excess return',
  )
  const { weights, residual } = maximumRatio(excess, covariance, options)
  const rows = constraintRows(n, options)
  const plain = portfolioOf(weights, residual, rows, covariance)
  const expectedReturn = finiteOr('overflow', dot(weights, means), 'the expected return')
  return { ...plain, expectedReturn, sharpe: finiteOr('overflow', dot(weights, excess) / plain.volatility, 'the ratio') }
}

export interface MaximumDiversificationPortfolio extends OptimalPortfolio {
  /** sum w_i sigma_i / sqrt(w'S w). */
  readonly diversificationRatio: number
}

/**
 * The long-only weights with the highest diversification ratio sum w_i sigma_i / sqrt(w'S w) within constraints (by default
 * adding up to one).
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `out-of-domain` (a lower bound
 * below zero), `infeasible`, `unbounded`, `singular`, `no-convergence`, `overflow`
 */
export function maximumDiversification(
  covariance: Matrix,
  constraints: PortfolioConstraints = {},
): MaximumDiversificationPortfolio {
  requireCovariance('covariance', covariance)
  const rows = constraintRows(covariance.length, constraints)
  refuseUnless(
    rows.lower.every((each) => each >= 0),
    'out-of-domain',
    'a lower bound is below zero: the diversification ratio is of long positions',
  )
  const deviations = Float64Array.from(covariance, (row, i) => Math.sqrt(row[i]))
  const { weights, residual } = maximumRatio(deviations, covariance, constraints)
  const plain = portfolioOf(weights, residual, rows, covariance)
  return { ...plain, diversificationRatio: dot(weights, deviations) / plain.volatility }
}

/** max gains'w / sqrt(w'S w): the constraints times a scale k > 0, gains'y = 1, and w = y / k. */
function maximumRatio(
  gains: Float64Array,
  covariance: Matrix,
  constraints: PortfolioConstraints,
): { readonly weights: Float64Array; readonly residual: number } {
  const n = covariance.length
  const rows = constraintRows(n, constraints)
  const { budget = 1 } = constraints
  const fixed = budget !== 'free' && budget !== 0
  refuseUnless(
    fixed || constraints.turnover === undefined,
    'out-of-domain',
    'a turnover limit needs a budget, or the size is not known',
  )
  // In units of each asset's risk and with gains near one, so that daily and yearly numbers solve alike.
  const middle = Math.exp(covariance.reduce((total, row, i) => total - 0.5 * Math.log(row[i]), 0) / n)
  const unit = Float64Array.from({ length: rows.variables }, (_, k) => (k < n ? 1 / Math.sqrt(covariance[k][k]) : middle))
  const largest = gains.reduce((most, each, i) => Math.max(most, Math.abs(each) * unit[i]), 0)
  refuseUnless(largest > 0, 'infeasible', 'no portfolio is expected to earn anything')
  const variables = rows.variables + (fixed ? 0 : 1)
  /** a'x - right k >= 0, where k is a variable or the sum of weights over the budget. */
  const scaled = (row: Vector, right: number): Float64Array => {
    const out = new Float64Array(variables)
    for (let k = 0; k < rows.variables; k++) {
      const share = fixed && k < n ? right / budget : 0
      out[k] = (row[k] - share) * unit[k]
    }
    if (!fixed) out[rows.variables] = -right * middle
    return out
  }
  const gainRow = Float64Array.from({ length: variables }, (_, k) => (k < n ? (gains[k] * unit[k]) / largest : 0))
  const equalities: Float64Array[] = [gainRow]
  const inequalities: Float64Array[] = []
  rows.equalities.forEach((row, k) => {
    const turned = scaled(row, rows.equalityRight[k])
    // The budget itself has become 0 = 0.
    if (turned.some((each) => Math.abs(each) > 0)) equalities.push(turned)
  })
  rows.inequalities.forEach((row, k) => inequalities.push(scaled(row, rows.inequalityRight[k])))
  const lower = new Float64Array(variables).fill(-Infinity)
  for (let k = 0; k < rows.variables; k++) {
    const own = new Float64Array(rows.variables)
    own[k] = 1
    if (rows.lower[k] === 0) lower[k] = 0
    else if (rows.lower[k] > -Infinity) inequalities.push(scaled(own, rows.lower[k]))
    own[k] = -1
    if (rows.upper[k] < Infinity) inequalities.push(scaled(own, -rows.upper[k]))
  }
  if (fixed) inequalities.push(scaled(new Float64Array(rows.variables), -1))
  else lower[rows.variables] = 0
  const hessian = zeros(variables)
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) hessian[i][j] = i === j ? 1 : covariance[i][j] * unit[i] * unit[j]
  let found
  try {
    found = solved({
      hessian,
      equalities: { matrix: equalities, right: equalities.map((_, k) => (k === 0 ? 1 : 0)) },
      ...(inequalities.length > 0
        ? { inequalities: { matrix: inequalities, right: new Float64Array(inequalities.length) } }
        : {}),
      lower,
    })
  } catch (error) {
    if (error instanceof MathError && error.reason === 'infeasible')
      throw new MathError('infeasible', 'no portfolio within the constraints is expected to earn more than nothing')
    throw error
  }
  const y = Float64Array.from({ length: n }, (_, i) => found.x[i] * unit[i])
  const own = y.reduce((total, each, i) => total + each * each * covariance[i][i], 0)
  refuseUnless(
    dot(y, multiplyVector(covariance, y)) > 1e-12 * own,
    'singular',
    'some portfolio earns without any risk, by this covariance: the ratio has no bound',
  )
  const size = fixed ? y.reduce((total, each) => total + each, 0) / budget : smallestScale(y, rows)
  refuseUnless(size > 0, 'infeasible', 'the best ratio is that of no portfolio at all')
  return {
    weights: finiteVector(
      y.map((each) => each / size),
      'the weight',
    ),
    residual: found.residual,
  }
}

/** The least k for which y / k keeps all constraints, whose right sides are zero or loosen with k. */
function smallestScale(y: Float64Array, rows: ConstraintRows): number {
  const x = Float64Array.from({ length: rows.variables }, (_, k) => (k < rows.assets ? y[k] : 0))
  // Sizes stand behind the weights in the rows that say u >= |w|.
  rows.inequalities.forEach((row, k) => {
    if (rows.inequalityRight[k] !== 0) return
    const variable = row.findIndex((each, at) => at >= rows.assets && each === 1)
    if (variable >= 0) x[variable] = Math.max(x[variable], -dot(row.subarray(0, rows.assets), y))
  })
  let least = 0
  const atLeast = (value: number, right: number): void => {
    if (right < 0) least = Math.max(least, value / right)
  }
  rows.inequalities.forEach((row, k) => atLeast(dot(row, x), rows.inequalityRight[k]))
  rows.equalities.forEach((row, k) => {
    if (rows.equalityRight[k] !== 0) least = Math.max(least, dot(row, x) / rows.equalityRight[k])
  })
  for (let i = 0; i < rows.assets; i++) {
    if (rows.lower[i] > -Infinity) atLeast(y[i], rows.lower[i])
    if (rows.upper[i] < Infinity) atLeast(-y[i], -rows.upper[i])
  }
  if (!(least > 0))
    throw new MathError('unbounded', 'nothing limits the size of the portfolio: a budget, bounds or a gross limit is missing')
  return least
}

export interface EfficientFrontierOptions extends PortfolioConstraints {
  /** How many portfolios, both ends included; default 20, from 2 to 500. Not together with `targets`. */
  readonly points?: number
  /** The expected returns themselves, which are met exactly, on the lower branch as well. */
  readonly targets?: Vector
}

/**
 * Portfolios of least variance for returns evenly spaced between that of the minimum-variance portfolio and the highest
 * within the constraints (by default long only, adding up to one), or for given returns.
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `out-of-domain`, `infeasible`,
 * `unbounded` when there is no highest return, `no-convergence`, `overflow`
 */
export function efficientFrontier(
  means: Vector,
  covariance: Matrix,
  { points = 20, targets, ...constraints }: EfficientFrontierOptions = {},
): OptimalPortfolioWithReturn[] {
  requireCovariance('covariance', covariance)
  requireOneEach('means', means, covariance.length)
  if (targets !== undefined) {
    requireVector('targets', targets)
    return Array.from(targets, (target) => targetReturn(means, covariance, target, { ...constraints, exactly: true }))
  }
  requireInteger('points', points, 2, 500)
  const least = minimumVariance(covariance, constraints)
  const lowest = dot(least.weights, means)
  const highest = meanVariance(means, covariance, { ...constraints, riskAversion: 0 }).expectedReturn
  const span = Math.max(0, highest - lowest)
  return Array.from({ length: points }, (_, k) => {
    // The last is a hair inside, or rounding would leave no portfolio.
    const share = k === points - 1 ? 1 - 1e-9 : k / (points - 1)
    if (k > 0) return targetReturn(means, covariance, lowest + share * span, constraints)
    return { ...least, expectedReturn: finiteOr('overflow', lowest, 'the expected return') }
  })
}

export interface TargetReturnOptions extends PortfolioConstraints {
  /** The expected return shall be the target, not at least the target; default false. */
  readonly exactly?: boolean
}

/**
 * The weights of least variance that are expected to return at least a target, mu'w >= target, within constraints (by default
 * long only, adding up to one).
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `out-of-domain`, `infeasible`,
 * `no-convergence`, `overflow`
 */
export function targetReturn(
  means: Vector,
  covariance: Matrix,
  target: number,
  { exactly = false, ...constraints }: TargetReturnOptions = {},
): OptimalPortfolioWithReturn {
  requireCovariance('covariance', covariance)
  requireOneEach('means', means, covariance.length)
  requireNumber('target', target)
  const wanted = { coefficients: means, lower: target, ...(exactly ? { upper: target } : {}) }
  const found = minimumVariance(covariance, { ...constraints, linear: [...(constraints.linear ?? []), wanted] })
  return { ...found, expectedReturn: finiteOr('overflow', dot(found.weights, means), 'the expected return') }
}

function hessianOf(rows: ConstraintRows, covariance: Matrix, scale: number): Float64Array[] {
  const hessian = zeros(rows.variables)
  for (let i = 0; i < rows.assets; i++) for (let j = 0; j < rows.assets; j++) hessian[i][j] = scale * covariance[i][j]
  return hessian
}

function portfolioOf(x: Float64Array, residual: number, rows: ConstraintRows, covariance: Matrix): OptimalPortfolio {
  // Rounding does not take a weight beyond its bounds.
  const weights = x.slice(0, rows.assets).map((each, i) => Math.max(rows.lower[i], Math.min(rows.upper[i], each)))
  const variance = dot(weights, multiplyVector(covariance, weights))
  const turnover = weights.reduce((total, each, i) => total + Math.abs(each - rows.current[i]), 0)
  finiteVector([variance, turnover], 'the portfolio')
  return { weights, variance: Math.max(0, variance), volatility: Math.sqrt(Math.max(0, variance)), turnover, residual }
}
