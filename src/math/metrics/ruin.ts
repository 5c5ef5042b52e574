/**
 * Risk of ruin: how likely a bettor's capital ends, in closed form and by drawing from what happened.
 *
 * Pure; chance comes from the generator that is passed in. Source: W. Feller, An Introduction to Probability Theory and Its
 * Applications I, 3rd ed. (1968), chapter XIV; S. Asmussen, H. Albrecher, Ruin Probabilities (2010), chapter IV.
 */
import type { Prng } from '../../core/random.ts'
import { finiteOr, refuseUnless, requireInteger, requireNumber, requirePositive, requireShare, type Vector } from '../guard.ts'
import { findRoot } from '../numerics/root.ts'
import { requireCompounding } from './quotient.ts'

export interface Bet {
  /** Probability of a win, between 0 and 1. */
  readonly winRate: number
  /** What a win brings for each unit that a loss takes. Default: 1. */
  readonly payoff?: number
  /** How many losses of one unit the capital bears. */
  readonly units: number
}

/**
 * Risk of ruin of bets of one unit, ever: x^units with x < 1 the root of p x^payoff + (1 - p)/x = 1, and 1 without an edge
 * (p payoff <= 1 - p); with payoff 1, ((1 - p)/p)^units. Exact for whole units and payoffs, an upper bound (Lundberg's) otherwise.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function riskOfRuin({ winRate, payoff = 1, units }: Bet): number {
  requireShare('winRate', winRate)
  requirePositive('payoff', payoff)
  requirePositive('units', units)
  const lossRate = 1 - winRate
  if (winRate * payoff <= lossRate) return 1
  if (lossRate === 0) return 0
  if (payoff === 1) return (lossRate / winRate) ** units
  // In the logarithm y of x the function is convex, 0 at y = 0 and rising there; its other zero is below.
  const f = (y: number): number => winRate * Math.exp(payoff * y) + lossRate * Math.exp(-y) - 1
  const lowest = Math.log(lossRate / (winRate * payoff)) / (payoff + 1)
  let far = lowest
  for (let i = 0; i < 200 && f(far) <= 0; i++) far *= 2
  if (f(lowest) >= 0) return 1
  return Math.min(1, Math.exp(units * findRoot(f, far, lowest)))
}

export interface DiffusionRuin {
  /** Expected log growth per period: about mean - deviation^2 / 2 of returns. */
  readonly growth: number
  /** Standard deviation of the log growth per period. */
  readonly deviation: number
  /** The share of the capital at which it counts as ruined, between 0 and 1. */
  readonly level: number
}

/**
 * Risk that capital of normal, independent log growth ever falls to `level` of what it is now: level^(2 growth / deviation^2), and
 * 1 when it does not grow. Source: D. R. Cox, H. D. Miller, The Theory of Stochastic Processes (1965), 5.7.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function diffusionRuin({ growth, deviation, level }: DiffusionRuin): number {
  requireNumber('growth', growth)
  requirePositive('deviation', deviation)
  requireShare('level', level, true)
  if (growth <= 0) return 1
  return Math.exp((Math.log(level) * (2 * growth)) / deviation / deviation)
}

/**
 * Risk of ruin as quantstats has it: ((1 - p) / (1 + p))^n with the win rate p and n periods. A convention without a theorem; `riskOfRuin`
 * is the probability. Source: quantstats 0.0.81.
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function quantstatsRiskOfRuin({ winRate, periods }: { readonly winRate: number; readonly periods: number }): number {
  requireShare('winRate', winRate)
  requirePositive('periods', periods)
  return ((1 - winRate) / (1 + winRate)) ** periods
}

export interface SimulatedRuinOptions {
  /** The share of the starting capital at which a path counts as ruined, between 0 and 1. */
  readonly level: number
  /** Returns a path. */
  readonly periods: number
  /** Default: 1000. */
  readonly paths?: number
  /** What part of the capital, or which multiple of it, takes part in each return. Default: 1. */
  readonly exposure?: number
}

export interface SimulatedRuin {
  readonly probability: number
  /** sqrt(p (1 - p) / paths). */
  readonly standardError: number
}

/**
 * Risk of ruin by simulation: the share of paths, each of `periods` returns drawn with replacement from those given, on which
 * wealth falls to `level` of its start at least once.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain` for a return of -1 or less
 */
export function simulatedRuin(
  returns: Vector,
  { level, periods, paths = 1_000, exposure = 1 }: SimulatedRuinOptions,
  prng: Prng,
): SimulatedRuin {
  requireCompounding('returns', returns)
  requireShare('level', level, true)
  requireInteger('periods', periods, 1, 10_000_000)
  requireInteger('paths', paths, 1, 10_000_000)
  requireNumber('exposure', exposure)
  refuseUnless(paths * periods <= 1e9, 'out-of-domain', 'more than a thousand million draws')
  // A loss of more than everything is ruin.
  const logs = Float64Array.from(returns, (r) => (exposure * r > -1 ? Math.log1p(exposure * r) : -Infinity))
  for (const each of logs) if (each > 0) finiteOr('overflow', each, 'a log return')
  const border = Math.log(level)
  let ruined = 0
  for (let path = 0; path < paths; path++) {
    let wealth = 0
    for (let i = 0; i < periods; i++) {
      wealth += logs[prng.int(0, logs.length - 1)]
      if (wealth > border) continue
      ruined += 1
      break
    }
  }
  const probability = ruined / paths
  return { probability, standardError: Math.sqrt((probability * (1 - probability)) / paths) }
}
