/**
 * Wins against losses: of closed trades (their results in money or shares), or of the returns of periods. A result of exactly zero
 * is neither.
 *
 * Pure: numbers in, numbers out. Source: C. R. Bacon, Practical Portfolio Performance Measurement and Attribution, 2nd ed. (2008);
 * R. Vince, Portfolio Management Formulas (1990); quantstats 0.0.81.
 */
import { finiteOr, refuseUnless, requireVector, type Vector } from '../guard.ts'
import { sum } from '../sum.ts'
import { type OverNothing, quotient } from './quotient.ts'
import { tailRatio } from './shape.ts'

/** Numbers and sums of wins and losses; `lost` is positive. */
export interface WinsAndLosses {
  readonly wins: number
  readonly losses: number
  readonly won: number
  readonly lost: number
}

export function winsAndLosses(results: Vector): WinsAndLosses {
  requireVector('results', results)
  let wins = 0
  let losses = 0
  for (let i = 0; i < results.length; i++) {
    if (results[i] > 0) wins += 1
    else if (results[i] < 0) losses += 1
  }
  const won = sum(Float64Array.from(results, (each) => Math.max(each, 0)))
  const lost = -sum(Float64Array.from(results, (each) => Math.min(each, 0)))
  return { wins, losses, won: finiteOr('overflow', won, 'the gains'), lost: finiteOr('overflow', lost, 'the losses') }
}

/**
 * Win rate: wins / (wins + losses), results of zero left out.
 * @throws MathError `empty`, `not-finite`, `no-denominator` when nothing was won or lost
 */
export function winRate(results: Vector): number {
  return winRateOf(winsAndLosses(results))
}

export function winRateOf({ wins, losses }: WinsAndLosses): number {
  refuseUnless(wins + losses > 0, 'no-denominator', 'nothing was won or lost')
  return wins / (wins + losses)
}

/**
 * Average win: the mean of the results above zero.
 * @throws MathError `empty`, `not-finite`, `no-denominator` without a win, `overflow`
 */
export function averageWin(results: Vector): number {
  const { wins, won } = winsAndLosses(results)
  refuseUnless(wins > 0, 'no-denominator', 'nothing was won')
  return won / wins
}

/**
 * Average loss: the mean of the results below zero, negative.
 * @throws MathError `empty`, `not-finite`, `no-denominator` without a loss, `overflow`
 */
export function averageLoss(results: Vector): number {
  const { losses, lost } = winsAndLosses(results)
  refuseUnless(losses > 0, 'no-denominator', 'nothing was lost')
  return -lost / losses
}

/**
 * Payoff ratio: average win / |average loss|; +Infinity when nothing was lost.
 * @throws MathError `empty`, `not-finite`, `overflow`
 */
export function payoffRatio(results: Vector): number {
  return payoffOf(winsAndLosses(results))
}

export function payoffOf({ wins, won, losses, lost }: WinsAndLosses): number {
  return quotient(wins === 0 ? 0 : won / wins, losses === 0 ? 0 : lost / losses, 'the payoff ratio')
}

/**
 * Profit factor: the sum of the gains over the sum of the losses; +Infinity when nothing was lost (`overNothing: 'refuse'` throws).
 * @throws MathError `empty`, `not-finite`, `no-denominator`, `overflow`
 */
export function profitFactor(results: Vector, { overNothing }: { readonly overNothing?: OverNothing } = {}): number {
  const { won, lost } = winsAndLosses(results)
  return quotient(won, lost, 'the profit factor', 0, overNothing)
}

export interface ExpectancyOptions {
  /** Whether results of zero count in the mean. Default: `left-out`. */
  readonly zeros?: 'counted' | 'left-out'
}

/**
 * Expectancy: p * average win + (1 - p) * average loss with the win rate p, the mean of the results that are not zero; with
 * `zeros: 'counted'` the mean of all.
 * @throws MathError `empty`, `not-finite`, `no-denominator` when nothing was won or lost and zeros are left out, `overflow`
 */
export function expectancy(results: Vector, { zeros = 'left-out' }: ExpectancyOptions = {}): number {
  requireVector('results', results)
  if (zeros === 'counted') return finiteOr('overflow', sum(results) / results.length, 'the expectancy')
  return expectancyOf(winsAndLosses(results))
}

export function expectancyOf({ wins, losses, won, lost }: WinsAndLosses): number {
  refuseUnless(wins + losses > 0, 'no-denominator', 'nothing was won or lost')
  return finiteOr('overflow', (won - lost) / (wins + losses), 'the expectancy')
}

/**
 * Kelly fraction of trades: p - (1 - p) / payoff with the win rate p; negative when the trades lose on average. `share` 0.5 is half.
 * Source: J. L. Kelly, Bell System Technical Journal 35 (1956).
 * @throws MathError `empty`, `not-finite`, `no-denominator` without a win, `out-of-domain`, `overflow`
 */
export function kellyOfTrades(results: Vector, { share = 1 }: { readonly share?: number } = {}): number {
  const counts = winsAndLosses(results)
  refuseUnless(Number.isFinite(share), 'not-finite', () => `share is ${share}`)
  return share * kellyOfCounts(counts)
}

export function kellyOfCounts(counts: WinsAndLosses): number {
  const p = winRateOf(counts)
  const payoff = payoffOf(counts)
  refuseUnless(payoff > 0, 'no-denominator', 'nothing was won')
  return finiteOr('overflow', p - (1 - p) / payoff, 'the Kelly fraction')
}

/**
 * Longest run of results above zero.
 * @throws MathError `empty`, `not-finite`
 */
export function consecutiveWins(results: Vector): number {
  return longestRun(results, (each) => each > 0)
}

/**
 * Longest run of results below zero.
 * @throws MathError `empty`, `not-finite`
 */
export function consecutiveLosses(results: Vector): number {
  return longestRun(results, (each) => each < 0)
}

function longestRun(results: Vector, belongs: (result: number) => boolean): number {
  requireVector('results', results)
  let [run, longest] = [0, 0]
  for (let i = 0; i < results.length; i++) {
    run = belongs(results[i]) ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return longest
}

/**
 * Common sense ratio: profit factor * tail ratio.
 * @throws MathError `empty`, `too-short`, `not-finite`, `overflow`
 */
export function commonSenseRatio(returns: Vector): number {
  return times(profitFactor(returns), tailRatio(returns))
}

/**
 * CPC index: profit factor * win rate * payoff ratio.
 * @throws MathError `empty`, `not-finite`, `no-denominator`, `overflow`
 */
export function cpcIndex(results: Vector): number {
  return cpcOf(winsAndLosses(results))
}

export function cpcOf(counts: WinsAndLosses): number {
  const factor = quotient(counts.won, counts.lost, 'the profit factor')
  return times(times(factor, winRateOf(counts)), payoffOf(counts))
}

/** Nothing of what has no limit is nothing. */
function times(a: number, b: number): number {
  if (a === 0 || b === 0) return 0
  const product = a * b
  refuseUnless(product !== Infinity || a === Infinity || b === Infinity, 'overflow', 'the product overflows')
  return product
}

/**
 * Exposure: the share of periods whose return is not zero.
 * @throws MathError `empty`, `not-finite`
 */
export function exposure(returns: Vector): number {
  const { wins, losses } = winsAndLosses(returns)
  return (wins + losses) / returns.length
}
