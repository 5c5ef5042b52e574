/**
 * The optimal execution of Almgren and Chriss for one asset, with linear impact: how a position is sold or bought over N steps so
 * that expected cost plus a price on its variance is lowest. Permanent impact g(v) = gamma v, temporary h(v) = epsilon sgn(v) + eta v.
 *
 * Pure: numbers in, numbers out. Source: R. Almgren, N. Chriss, Optimal Execution of Portfolio Transactions, Journal of Risk 3 (2000).
 */
import { finiteOr, refuseUnless, requireInteger, requireNumber, requirePositive, requireVector, type Vector } from '../guard.ts'
import { minimiseScalar } from '../numerics/root.ts'
import { normalQuantile } from '../numerics/special.ts'

/** The market and the task. Any unit of time and of money, the same in all fields. */
export interface AlmgrenChrissTask {
  /** X, units held at the start: above zero to sell, below zero to buy back. */
  readonly quantity: number
  /** T, time in which it is to be zero. */
  readonly horizon: number
  /** N, equal steps of tau = T/N. */
  readonly steps: number
  /** sigma, price (not relative) per square root of a unit of time. */
  readonly volatility: number
  /** eta, price per unit traded a unit of time: temporary impact. */
  readonly temporaryImpact: number
  /** gamma, price per unit traded: permanent impact. */
  readonly permanentImpact: number
  /** epsilon, price per unit: half the spread and the fees. */
  readonly fixedCost?: number
  /** lambda, per unit of money: 0 minds cost alone, below zero seeks risk. */
  readonly riskAversion: number
  /** alpha, price per unit of time: an expected drift, 0 unless given. */
  readonly drift?: number
}

/** What a trajectory decays by. */
export interface ExecutionDecay {
  /** eta - gamma tau/2, above zero. */
  readonly etaTilde: number
  /** lambda sigma^2 / etaTilde. */
  readonly kappaTildeSquared: number
  /** Per unit of time; the angular rate of the sine where lambda is below zero. */
  readonly kappa: number
  /** 1/kappa, the paper's half-life; not defined for lambda <= 0. */
  readonly halfLife: number | undefined
}

export interface ExecutionCost {
  /** E, money. */
  readonly expectedCost: number
  /** V, money squared. */
  readonly variance: number
  /** E + lambda V. */
  readonly utility: number
}

export interface ExecutionTrajectory extends ExecutionDecay, ExecutionCost {
  /** t_0..t_N. */
  readonly times: Float64Array
  /** x_0..x_N: x_0 = X, x_N = 0. */
  readonly holdings: Float64Array
  /** n_1..n_N: what is sold (below zero: bought) in each step. */
  readonly trades: Float64Array
}

/**
 * kappa = acosh(1 + kappaTilde^2 tau^2 / 2) / tau with kappaTilde^2 = lambda sigma^2 / (eta - gamma tau / 2): how fast an optimal trajectory decays.
 * Below zero risk aversion acos takes the place of acosh.
 * @throws MathError `not-finite`, `out-of-domain` when eta - gamma tau/2 is not above zero, `unbounded` when risk is sought so much that no best trajectory exists (kappa T >= pi)
 */
export function executionDecay(task: AlmgrenChrissTask): ExecutionDecay {
  const { horizon, steps, volatility, temporaryImpact, permanentImpact, riskAversion } = task
  requireNumber('quantity', task.quantity)
  requirePositive('horizon', horizon)
  requireInteger('steps', steps, 1, 10_000_000)
  requireNumber('volatility', volatility, 0)
  requireNumber('temporaryImpact', temporaryImpact)
  requireNumber('permanentImpact', permanentImpact, 0)
  requireNumber('fixedCost', task.fixedCost ?? 0, 0)
  requireNumber('riskAversion', riskAversion)
  requireNumber('drift', task.drift ?? 0)
  const tau = horizon / steps
  const etaTilde = temporaryImpact - 0.5 * permanentImpact * tau
  refuseUnless(etaTilde > 0, 'out-of-domain', () => `eta - gamma tau/2 is ${etaTilde}; it is above zero`)
  const kappaTildeSquared = finiteOr('overflow', (riskAversion * volatility * volatility) / etaTilde, 'lambda sigma^2 / eta')
  // acosh(1 + y) = log1p(y + sqrt(y (y + 2))) keeps its digits for small y.
  const y = finiteOr('overflow', 0.5 * kappaTildeSquared * tau * tau, 'kappa^2 tau^2 / 2')
  if (y >= 0) {
    const kappa = finiteOr('overflow', Math.log1p(y + Math.sqrt(y) * Math.sqrt(y + 2)) / tau, 'kappa')
    return { etaTilde, kappaTildeSquared, kappa, halfLife: kappa > 0 ? finiteOr('overflow', 1 / kappa, '1/kappa') : undefined }
  }
  refuseUnless(y > -2, 'unbounded', 'risk is sought so much that no trajectory is best')
  // acos(1 - u) = 2 asin(sqrt(u/2)), for the same reason.
  const kappa = (2 * Math.asin(Math.sqrt(-0.5 * y))) / tau
  refuseUnless(steps === 1 || kappa * horizon < Math.PI, 'unbounded', 'risk is sought so much that no trajectory is best')
  return { etaTilde, kappaTildeSquared, kappa, halfLife: undefined }
}

/** The holding at time t of the trajectory. */
function holdingAt(task: AlmgrenChrissTask, { etaTilde, kappaTildeSquared, kappa }: ExecutionDecay, t: number): number {
  const { quantity, horizon, drift = 0 } = task
  const rest = horizon - t
  if (kappa * horizon < 1e-6) {
    const straight = quantity * (rest / horizon)
    return drift === 0 ? straight : straight + (drift * t * rest) / (4 * etaTilde)
  }
  if (kappaTildeSquared > 0) {
    // sinh(a)/sinh(b) = e^(a-b) (1 - e^-2a) / (1 - e^-2b): no sinh beyond the range of a double.
    const decaying = (Math.exp(-kappa * t) * Math.expm1(-2 * kappa * rest)) / Math.expm1(-2 * kappa * horizon)
    if (drift === 0) return quantity * decaying
    // 1 - (sinh(kappa(T-t)) + sinh(kappa t)) / sinh(kappa T), without the cancellation.
    const inward = (Math.expm1(-kappa * rest) * Math.expm1(-kappa * t)) / (1 + Math.exp(-kappa * horizon))
    return quantity * decaying + (drift / (2 * etaTilde * kappaTildeSquared)) * inward
  }
  const swinging = Math.sin(kappa * rest) / Math.sin(kappa * horizon)
  if (drift === 0) return quantity * swinging
  const inward = (-2 * Math.sin(0.5 * kappa * rest) * Math.sin(0.5 * kappa * t)) / Math.cos(0.5 * kappa * horizon)
  return quantity * swinging + (drift / (2 * etaTilde * kappaTildeSquared)) * inward
}

/**
 * The optimal holdings x_k = X sinh(kappa (T - t_k)) / sinh(kappa T), the trades n_k = x_(k-1) - x_k, their expected cost and variance.
 * For lambda = 0 a straight line; for lambda < 0 with sin; with a drift alpha the path is pulled towards alpha / (2 lambda sigma^2).
 * Selling and buying mirror one another.
 * @throws MathError as `executionDecay`; `overflow`
 */
export function optimalTrajectory(task: AlmgrenChrissTask): ExecutionTrajectory {
  const decay = executionDecay(task)
  const { quantity, horizon, steps } = task
  const times = Float64Array.from({ length: steps + 1 }, (_, k) => (horizon * k) / steps)
  const holdings = times.map((t, k) => (k === 0 ? quantity : k === steps ? 0 : holdingAt(task, decay, t)))
  const trades = Float64Array.from({ length: steps }, (_, k) => holdings[k] - holdings[k + 1])
  return { ...decay, times, holdings, trades, ...executionCost(holdings, task) }
}

/**
 * E = gamma X^2/2 + epsilon sum |n_k| + (etaTilde/tau) sum n_k^2 - alpha tau sum x_k and V = sigma^2 tau sum x_k^2 (k = 1..N) of any holdings x_0..x_N.
 * @param holdings N + 1 values, optimal or not; the first and the last are free
 * @throws MathError as `executionDecay`; `shape` when there are not N + 1 holdings, `overflow`
 */
export function executionCost(holdings: Vector, task: AlmgrenChrissTask): ExecutionCost {
  const { etaTilde } = executionDecay(task)
  const { horizon, steps, volatility, permanentImpact, riskAversion, fixedCost = 0, drift = 0 } = task
  requireVector('holdings', holdings, 2)
  refuseUnless(holdings.length === steps + 1, 'shape', () => `${holdings.length} holdings for ${steps} steps`)
  const tau = horizon / steps
  let [traded, squares, held, heldSquares] = [0, 0, 0, 0]
  for (let k = 1; k <= steps; k++) {
    const x = holdings[k]
    const n = holdings[k - 1] - x
    traded += Math.abs(n)
    squares += n * n
    held += x
    heldSquares += x * x
  }
  const total = holdings[0] - holdings[steps]
  const expectedCost = finiteOr(
    'overflow',
    0.5 * permanentImpact * total * total + fixedCost * traded + (etaTilde / tau) * squares - drift * tau * held,
    'the expected cost',
  )
  const variance = finiteOr('overflow', volatility * volatility * tau * heldSquares, 'the variance')
  return { expectedCost, variance, utility: finiteOr('overflow', expectedCost + riskAversion * variance, 'the utility') }
}

/**
 * n_1 = X - x_1: the first trade of the optimal trajectory, which is all that is done before the rest is solved anew.
 * @throws MathError as `executionDecay`
 */
export function firstTrade(task: AlmgrenChrissTask): number {
  const decay = executionDecay(task)
  if (task.steps === 1) return task.quantity
  return finiteOr('overflow', task.quantity - holdingAt(task, decay, task.horizon / task.steps), 'the first trade')
}

/** One point of the frontier. */
export interface FrontierPoint extends ExecutionCost {
  readonly riskAversion: number
}

/**
 * The efficient frontier of execution: E and V of the optimal trajectory for each lambda; a lower E costs a higher V.
 * @param task its own risk aversion is not looked at
 * @param riskAversions lambdas, in any order
 * @throws MathError as `optimalTrajectory`
 */
export function executionFrontier(task: Omit<AlmgrenChrissTask, 'riskAversion'>, riskAversions: Vector): FrontierPoint[] {
  requireVector('riskAversions', riskAversions)
  return Array.from(riskAversions, (riskAversion) => {
    const { expectedCost, variance, utility } = optimalTrajectory({ ...task, riskAversion })
    return { riskAversion, expectedCost, variance, utility }
  })
}

export interface LiquidityAdjustedVar extends ExecutionCost {
  /** E + z sqrt V at its lowest, money. */
  readonly lvar: number
  /** The lambda of the trajectory it is lowest for. */
  readonly riskAversion: number
}

/**
 * Liquidity-adjusted value at risk: the lowest E + z sqrt(V) over the efficient trajectories, z = Phi^-1(confidence).
 * @param confidence from 0.5 to below 1
 * @throws MathError as `optimalTrajectory`; `out-of-domain` for a confidence outside of its bounds
 */
export function liquidityAdjustedVar(task: Omit<AlmgrenChrissTask, 'riskAversion'>, confidence: number): LiquidityAdjustedVar {
  requireNumber('confidence', confidence, 0.5)
  refuseUnless(confidence < 1, 'out-of-domain', () => `confidence is ${confidence}; it is below 1`)
  const z = confidence === 0.5 ? 0 : normalQuantile(confidence)
  const at = (riskAversion: number): LiquidityAdjustedVar => {
    const { expectedCost, variance, utility } = optimalTrajectory({ ...task, riskAversion })
    return { lvar: expectedCost + z * Math.sqrt(variance), riskAversion, expectedCost, variance, utility }
  }
  const straight = at(0)
  if (z === 0 || task.volatility === 0 || task.quantity === 0 || task.steps === 1) return straight
  // In ln (kappaTilde T)^2: from a straight line up to everything at once. One valley; a coarse walk finds its neighbourhood.
  const { etaTilde } = executionDecay({ ...task, riskAversion: 0 })
  const unit = finiteOr('overflow', etaTilde / (task.volatility * task.horizon) ** 2, 'the scale of lambda')
  const valueAt = (logSquare: number): number => at(unit * Math.exp(logSquare)).lvar
  const [lowest, highest, count] = [-18, 18 + 2 * Math.log(task.steps), 48]
  const width = (highest - lowest) / count
  let [best, bestValue] = [lowest, Infinity]
  for (let i = 0; i <= count; i++) {
    const value = valueAt(lowest + i * width)
    if (value < bestValue) [best, bestValue] = [lowest + i * width, value]
  }
  const found = at(unit * Math.exp(minimiseScalar(valueAt, best - width, best + width).x))
  return found.lvar <= straight.lvar ? found : straight
}
