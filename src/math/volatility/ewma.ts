/**
 * Exponentially weighted variance, with a given weight or one fitted by likelihood.
 *
 * Pure: numbers in, numbers out. Source: J.P. Morgan, Reuters, RiskMetrics Technical Document, 4th ed. (1996).
 */
import { finiteOr, refuseUnless, requireNumber, requirePositive, requireShare, requireVector, type Vector } from '../guard.ts'
import { minimiseScalar } from '../numerics/root.ts'
import { sum } from '../sum.ts'
import { logDensity } from './density.ts'
import { presampleVariance } from './filter.ts'

export interface EwmaOptions {
  /** Weight of the past, inside 0 and 1. Default 0.94, the one for daily returns. */
  readonly lambda?: number
  /** h of the first bar; default the mean of (r - mean)^2, which looks at the whole series: for signals give one known before. */
  readonly initialVariance?: number
  /** Mean of the returns; default 0. */
  readonly mean?: number
}

export interface EwmaVolatility {
  readonly variances: Float64Array
  /** h of the bar after the last; also the forecast of every later bar. */
  readonly nextVariance: number
  /** With normal innovations and all constants. */
  readonly logLikelihood: number
}

/**
 * Exponentially weighted variances h_t = lambda h_{t-1} + (1 - lambda) e_{t-1}^2 from a given first one, and their normal
 * log-likelihood.
 * @throws MathError `empty`, `not-finite`, `out-of-domain`, `overflow`
 */
export function ewmaVariances(returns: Vector, options: EwmaOptions = {}): EwmaVolatility {
  const { lambda = 0.94, initialVariance, mean = 0 } = options
  requireVector('returns', returns)
  requireShare('lambda', lambda, true)
  requireNumber('mean', mean)
  const n = returns.length
  const variances = new Float64Array(n)
  const densities = new Float64Array(n)
  let h = presampleVariance(returns, mean, initialVariance)
  for (let t = 0; t < n; t++) {
    const e = returns[t] - mean
    variances[t] = h
    densities[t] = logDensity(e, h, undefined, 0)
    h = finiteOr('overflow', lambda * h + (1 - lambda) * e * e, 'a variance')
    requirePositive('a variance', h)
  }
  return { variances, nextVariance: h, logLikelihood: finiteOr('overflow', sum(densities), 'the log-likelihood') }
}

export interface EwmaFit {
  readonly lambda: number
  readonly logLikelihood: number
  /** The likelihood still grows at the end of the searched interval: the variance does not move, or moves at once. */
  readonly atBound: boolean
}

const LOWEST = 0.3
const HIGHEST = 0.9999

/**
 * The lambda of `ewmaVariances` with the highest normal likelihood, between 0.3 and 0.9999: a grid, then Brent's search around
 * its best point.
 * @throws MathError `too-short` below 20 returns, `not-finite`, `no-variance`, `out-of-domain`, `overflow`
 */
export function fitEwma(returns: Vector, options: Omit<EwmaOptions, 'lambda'> = {}): EwmaFit {
  requireVector('returns', returns, 20)
  let first = 0
  while (first < returns.length && returns[first] === returns[0]) first += 1
  refuseUnless(first < returns.length, 'no-variance', 'the returns are all the same')
  const { mean = 0 } = options
  requireNumber('mean', mean)
  const initialVariance = presampleVariance(returns, mean, options.initialVariance)
  // -ln(1 - lambda) spreads the interesting end.
  const cost = (x: number): number =>
    -ewmaVariances(returns, { lambda: -Math.expm1(-x), initialVariance, mean }).logLikelihood / returns.length
  const [from, to, parts] = [-Math.log1p(-LOWEST), -Math.log1p(-HIGHEST), 24]
  const grid = Array.from({ length: parts + 1 }, (_, i) => from + ((to - from) * i) / parts)
  const costs = grid.map(cost)
  let best = 0
  for (let i = 1; i <= parts; i++) if (costs[i] < costs[best]) best = i
  const found = minimiseScalar(cost, grid[Math.max(0, best - 1)], grid[Math.min(parts, best + 1)], 1e-9)
  const inner = found.value <= costs[best] ? found : { x: grid[best], value: costs[best] }
  return {
    lambda: -Math.expm1(-inner.x),
    logLikelihood: -inner.value * returns.length,
    atBound: inner.x - from < 1e-6 || to - inner.x < 1e-6,
  }
}

export interface StreamingEwmaOptions extends EwmaOptions {
  /** h of the first bar, known before it. */
  readonly initialVariance: number
}

/**
 * The exponentially weighted variance one bar at a time: `update(return)` answers h of the next bar, equal to `ewmaVariances`
 * over the same returns from the same first variance.
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export class EwmaFilter {
  readonly #lambda: number
  readonly #mean: number
  #variance: number

  constructor(options: StreamingEwmaOptions) {
    const { lambda = 0.94, initialVariance, mean = 0 } = options
    requireShare('lambda', lambda, true)
    requirePositive('initialVariance', initialVariance)
    requireNumber('mean', mean)
    this.#lambda = lambda
    this.#mean = mean
    this.#variance = initialVariance
  }

  update(value: number): number {
    requireNumber('the return', value)
    const e = value - this.#mean
    const next = finiteOr('overflow', this.#lambda * this.#variance + (1 - this.#lambda) * e * e, 'a variance')
    requirePositive('a variance', next)
    this.#variance = next
    return next
  }

  /** h of the coming bar. */
  get variance(): number {
    return this.#variance
  }

  snapshot(): readonly number[] {
    return [this.#variance]
  }

  restore(state: readonly number[]): void {
    requireVector('the state', state)
    requirePositive('the variance of the state', state[0])
    this.#variance = state[0]
  }
}
