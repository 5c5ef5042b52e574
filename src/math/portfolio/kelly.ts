/**
 * How much to stake so that wealth grows fastest: on one bet, on one asset, and what half of it costs. A stake is a share
 * of wealth, or for an asset notional over equity, so leverage. A bet without an edge has a stake below zero: take the
 * other side where there is one, or nothing.
 *
 * Pure. Sources: J. L. Kelly, A New Interpretation of Information Rate, Bell System Technical Journal 35 (1956); E. O.
 * Thorp, The Kelly Criterion in Blackjack, Sports Betting, and the Stock Market, Handbook of Asset and Liability Management
 * 1 (2006).
 */
import {
  finiteOr,
  refuseUnless,
  requireNumber,
  requirePositive,
  requireSameLength,
  requireShare,
  requireVector,
  type Vector,
} from '../guard.ts'
import { findRoot } from '../numerics/root.ts'
import { sum } from '../sum.ts'

/** Wins `win` a unit staked with `probability`, else loses `loss` a unit. */
export interface BinaryBet {
  readonly probability: number
  readonly win: number
  /** Default 1, the whole stake. */
  readonly loss?: number
}

/**
 * The growth-optimal stake on a bet with two outcomes, f = p/a - q/b for win b and loss a a unit, q = 1 - p; below zero
 * when there is no edge.
 * @throws MathError `not-finite`, `out-of-domain` (probability, win or loss), `overflow`
 */
export function kellyBinary(bet: BinaryBet): number {
  const { probability, win, loss } = requireBet(bet)
  return finiteOr('overflow', probability / loss - (1 - probability) / win, 'the stake')
}

/**
 * Expected growth of log wealth a bet, g(f) = p ln(1 + b f) + q ln(1 - a f).
 * @throws MathError `not-finite`, `out-of-domain` (probability, win or loss, or a stake that can lose everything), `overflow`
 */
export function kellyBinaryGrowth(bet: BinaryBet, stake: number): number {
  const { probability, win, loss } = requireBet(bet)
  requireNumber('stake', stake)
  const growth = (share: number, change: number): number => {
    if (share === 0) return 0
    refuseUnless(change > -1, 'out-of-domain', () => `a stake of ${stake} can lose everything`)
    return share * Math.log1p(change)
  }
  return finiteOr('overflow', growth(probability, win * stake) + growth(1 - probability, -loss * stake), 'the growth')
}

function requireBet({ probability, win, loss = 1 }: BinaryBet): Required<BinaryBet> {
  requireShare('probability', probability)
  requirePositive('win', win)
  requirePositive('loss', loss)
  return { probability, win, loss }
}

/** A bet with any number of outcomes. */
export interface DiscreteBet {
  /** Adding up to one. */
  readonly probabilities: Vector
  /** Return on a unit staked in each outcome, such as -0.2. */
  readonly returns: Vector
}

export interface DiscreteKellyOptions {
  /** Whether the stake may be below zero; default false, so that a bet without an edge has 0. */
  readonly allowShort?: boolean
  /** The largest stake either way; default none, but that of certain ruin. */
  readonly limit?: number
}

export interface DiscreteKelly {
  readonly stake: number
  /** Expected growth of log wealth a bet. */
  readonly growth: number
  readonly meanReturn: number
  readonly variance: number
  /** mean / variance, the stake if returns were normal and short. */
  readonly gaussianStake: number
}

/**
 * The stake f that maximises sum p_i ln(1 + r_i f), the exact root of sum p_i r_i / (1 + r_i f), within what no outcome
 * ruins.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain` (probabilities that are negative or do not add up to
 * one, limit), `no-variance` (one return), `unbounded` when nothing can be lost and there is no limit, `overflow`
 */
export function kellyDiscrete(
  { probabilities, returns }: DiscreteBet,
  { allowShort = false, limit = Infinity }: DiscreteKellyOptions = {},
): DiscreteKelly {
  requireProbabilities(probabilities, returns)
  refuseUnless(!Number.isNaN(limit), 'not-finite', 'limit is NaN')
  refuseUnless(limit >= 0, 'out-of-domain', () => `limit is ${limit}; it is not below zero`)
  const meanReturn = sum(Float64Array.from(returns, (each, i) => probabilities[i] * each))
  const variance = sum(Float64Array.from(returns, (each, i) => probabilities[i] * (each - meanReturn) ** 2))
  let [worst, best] = [Infinity, -Infinity]
  for (let i = 0; i < returns.length; i++) {
    if (probabilities[i] === 0) continue
    worst = Math.min(worst, returns[i])
    best = Math.max(best, returns[i])
  }
  refuseUnless(best > worst && variance > 0, 'no-variance', 'there is one outcome only')
  const gaussianStake = finiteOr('overflow', meanReturn / variance, 'the stake')
  const stake =
    meanReturn > 0
      ? longStake(probabilities, returns, worst, limit)
      : meanReturn < 0 && allowShort
        ? -longStake(
            probabilities,
            Float64Array.from(returns, (each) => -each),
            -best,
            limit,
          )
        : 0
  return { stake, growth: kellyDiscreteGrowth({ probabilities, returns }, stake), meanReturn, variance, gaussianStake }
}

/** The root of the slope above zero, where it is positive. */
function longStake(probabilities: Vector, returns: Vector, worst: number, limit: number): number {
  const slope = (f: number): number => {
    let total = 0
    for (let i = 0; i < returns.length; i++) total += (probabilities[i] * returns[i]) / (1 + returns[i] * f)
    return total
  }
  refuseUnless(worst < 0 || limit < Infinity, 'unbounded', 'nothing can be lost: there is no stake too large')
  const ruin = worst < 0 ? -1 / worst : Infinity
  finiteOr('overflow', Math.min(ruin, limit), 'the largest stake')
  if (limit === 0) return 0
  // Just below ruin the slope is as negative as can be; a limit before the root is the answer.
  const highest = Math.min(limit, ruin * (1 - 1e-12))
  const end = slope(highest)
  if (highest < ruin * (1 - 1e-12) && end >= 0) return highest
  return end >= 0 ? highest : findRoot(slope, 0, highest, 1e-15 * highest)
}

/**
 * Expected growth of log wealth a bet, sum p_i ln(1 + r_i f).
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain` (probabilities, or a stake that can lose everything),
 * `overflow`
 */
export function kellyDiscreteGrowth({ probabilities, returns }: DiscreteBet, stake: number): number {
  requireProbabilities(probabilities, returns)
  requireNumber('stake', stake)
  const terms = Float64Array.from(returns, (each, i) => {
    if (probabilities[i] === 0) return 0
    const change = finiteOr('overflow', each * stake, 'the return on wealth')
    refuseUnless(change > -1, 'out-of-domain', () => `a stake of ${stake} can lose everything`)
    return probabilities[i] * Math.log1p(change)
  })
  return sum(terms)
}

function requireProbabilities(probabilities: Vector, returns: Vector): void {
  requireVector('probabilities', probabilities)
  requireVector('returns', returns)
  requireSameLength('probabilities', probabilities, 'returns', returns)
  for (let i = 0; i < probabilities.length; i++) requireShare(`probabilities[${i}]`, probabilities[i])
  const total = sum(probabilities)
  refuseUnless(Math.abs(total - 1) <= 1e-6, 'out-of-domain', () => `the probabilities add up to ${total}, not to one`)
}

/** An asset whose log wealth is a Brownian motion; numbers per period. */
export interface ContinuousBet {
  readonly mean: number
  readonly volatility: number
  /** Default 0. */
  readonly riskFree?: number
}

/**
 * The growth-optimal leverage of one asset, f = (mu - r) / sigma^2.
 * @throws MathError `not-finite`, `out-of-domain` (volatility), `overflow`
 */
export function kellyContinuous({ mean, volatility, riskFree = 0 }: ContinuousBet): number {
  requireNumber('mean', mean)
  requirePositive('volatility', volatility)
  requireNumber('riskFree', riskFree)
  return finiteOr('overflow', (mean - riskFree) / volatility / volatility, 'the leverage')
}

/**
 * Expected growth of log wealth a period at leverage f, g = r + f (mu - r) - f^2 sigma^2 / 2.
 * @throws MathError `not-finite`, `out-of-domain` (volatility), `overflow`
 */
export function kellyContinuousGrowth({ mean, volatility, riskFree = 0 }: ContinuousBet, leverage: number): number {
  requireNumber('mean', mean)
  requirePositive('volatility', volatility)
  requireNumber('riskFree', riskFree)
  requireNumber('leverage', leverage)
  const risk = leverage * volatility
  return finiteOr('overflow', riskFree + leverage * (mean - riskFree) - 0.5 * risk * risk, 'the growth')
}

/**
 * Share of the full Kelly growth (over the risk-free rate) that a fraction c of the full stake keeps, c (2 - c): half the
 * stake keeps three quarters.
 * @throws MathError `not-finite`, `overflow`
 */
export function kellyGrowthShare(fraction: number): number {
  requireNumber('fraction', fraction)
  return finiteOr('overflow', fraction * (2 - fraction), 'the share')
}

/**
 * P(wealth ever falls to a share x of the start) = x^(2/c - 1) for one who stakes the fraction c of full Kelly; 1 from c =
 * 2 on.
 * Source: E. O. Thorp (2006), section 7.
 * @throws MathError `not-finite`, `out-of-domain` (fraction not positive, level outside of (0, 1])
 */
export function kellyDrawdownProbability(fraction: number, level: number): number {
  requirePositive('fraction', fraction)
  requireShare('level', level)
  refuseUnless(level > 0, 'out-of-domain', () => `level is ${level}; it is above zero`)
  return fraction >= 2 ? 1 : level ** (2 / fraction - 1)
}

/**
 * The largest fraction c of full Kelly with which wealth falls to a share x with no more than a given probability: c = 2 /
 * (1 + ln p / ln x), at most 1.
 * Source: E. O. Thorp (2006), section 7, solved for c.
 * @throws MathError `not-finite`, `out-of-domain` (level or probability outside of (0, 1))
 */
export function kellyFractionForDrawdown(level: number, probability: number): number {
  requireShare('level', level, true)
  requireShare('probability', probability, true)
  return Math.min(1, 2 / (1 + Math.log(probability) / Math.log(level)))
}

export interface LeverageLimitOptions {
  /** Default 3. */
  readonly deviations?: number
  /** Maintenance margin as a share of the notional; default 0. */
  readonly maintenanceMargin?: number
  /** Default `long`. A short position gains notional as it loses, and is liquidated a little sooner. */
  readonly side?: 'long' | 'short'
}

/**
 * The largest leverage whose liquidation is at least k deviations of one day away, L = 1 / (m + k sigma (1 - m)) for maintenance margin
 * m, with 1 + m for a short position: equity 1 - L d is m L (1 -+ d) after a move d = k sigma against it.
 * Source: the exchange's rule for isolated margin, solved for L; no more than this is staked, whatever Kelly says.
 * @throws MathError `not-finite`, `out-of-domain` (volatility or deviations not positive, a margin outside of [0, 1]), `overflow`
 */
export function liquidationLeverage(
  dailyVolatility: number,
  { deviations = 3, maintenanceMargin = 0, side = 'long' }: LeverageLimitOptions = {},
): number {
  requirePositive('dailyVolatility', dailyVolatility)
  requirePositive('deviations', deviations)
  requireShare('maintenanceMargin', maintenanceMargin)
  const notional = side === 'long' ? 1 - maintenanceMargin : 1 + maintenanceMargin
  return finiteOr('overflow', 1 / (maintenanceMargin + deviations * dailyVolatility * notional), 'the leverage')
}
