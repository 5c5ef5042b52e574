/**
 * Fractional Kelly from the book's own closed trades, the edge shrunk by what is not known of it.
 *
 * A trade's result is a share of its largest notional, so mean over variance is the growth-optimal notional over equity
 * (the continuous approximation). The measured mean m of n trades with deviation s has the t-statistic t = m / (s / sqrt(n));
 * it is multiplied by max(0, 1 - 1 / t^2), the positive-part shrinkage of James and Stein towards no edge: with the variance
 * of the true edge estimated as m^2 - s^2 / n this is the best linear guess of it. An edge that is not larger than its own
 * standard error counts as none.
 *
 * Sources: J. L. Kelly (1956); E. O. Thorp (2006); W. James, C. Stein (1961); B. Efron, C. Morris, JASA 70 (1975).
 */
import { kellyContinuous } from '../../math/portfolio/kelly.ts'
import type { BookStatistics } from '../../domain/view.ts'
import { affordable, defineConstraint } from './constraint.ts'

export const kelly = defineConstraint({
  name: 'kelly',
  description:
    "a fraction of the Kelly stake on the book's closed trades, their mean shrunk by its standard error; none before enough trades",
  settings: {
    enabled: { default: false, description: 'apply it' },
    fraction: {
      default: 0.25,
      min: 0.01,
      max: 1,
      unit: 'share of the full stake',
      description: 'what is staked of the Kelly stake',
    },
    minTrades: { default: 30, min: 2, max: 100_000, unit: 'trades', description: 'closed trades before it binds' },
    floor: {
      default: 0.05,
      min: 0,
      max: 10,
      unit: 'x equity',
      description: 'what is left where no edge is seen, so that a later one can be; 0 ends such a strategy for good',
    },
  },
  most(weight, account, view, { fraction, minTrades, floor }) {
    const statistics = view.bookStatistics(weight.signal.strategy)
    if (statistics.trades < minTrades) return Infinity
    return affordable(Math.max(floor, fraction * fullStake(statistics)), weight, account, view)
  },
})

/** Notional over equity; 0 without an edge, Infinity when every trade won the same. */
function fullStake({ trades, sum, sumOfSquares }: BookStatistics): number {
  const mean = sum / trades
  if (mean <= 0) return 0
  const variance = Math.max(0, (sumOfSquares - trades * mean * mean) / (trades - 1))
  if (variance === 0) return Infinity
  const shrunk = mean * Math.max(0, 1 - variance / trades / (mean * mean))
  return kellyContinuous({ mean: shrunk, volatility: Math.sqrt(variance) })
}
