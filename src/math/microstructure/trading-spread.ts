/**
 * What trading costs against quotes: quoted, effective and realised spread, and the price impact between them.
 *
 * Pure. Source: R. D. Huang, H. R. Stoll, Journal of Financial Economics 41 (1996); J. Hasbrouck, Empirical Market Microstructure (2007).
 */
import {
  finiteOr,
  refuseUnless,
  requireInteger,
  requirePositive,
  requireSameLength,
  requireVector,
  type Vector,
} from '../guard.ts'
import { average } from '../numerics/statistics.ts'

/** Columns, one value a trade: its price and the quote in force. */
export interface QuotedTrades {
  readonly price: Vector
  readonly bid: Vector
  readonly ask: Vector
  /** 1 or -1 where the aggressor is known; without it the sign of price - mid, 0 at the mid. */
  readonly side?: Vector
}

export interface TradingSpreads {
  /** 2 D (P - mid), a value a trade, in units of the price. */
  readonly effective: Float64Array
  /** 2 D (P - later mid). */
  readonly realised: Float64Array
  /** effective - realised = 2 D (later mid - mid): what the trade told the market. */
  readonly impact: Float64Array
  readonly meanEffective: number
  readonly meanRealised: number
  readonly meanImpact: number
}

/**
 * Effective spread 2 D (P - mid), realised spread 2 D (P - mid h trades later), impact = effective - realised; D is 1 for buys, -1 for sells.
 * @param horizon h, whole; past the last quote the last mid is taken
 * @throws MathError `empty`, `shape`, `not-finite`, `out-of-domain` when an ask is below its bid, `overflow`
 */
export function tradingSpreads(trades: QuotedTrades, horizon: number): TradingSpreads {
  const { price, bid, ask, side } = trades
  const mid = midsOf(bid, ask)
  requireVector('price', price)
  requireSameLength('price', price, 'bid', bid)
  requireInteger('horizon', horizon, 0)
  if (side !== undefined) {
    requireVector('side', side)
    requireSameLength('price', price, 'side', side)
  }
  const n = price.length
  const [effective, realised, impact] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)]
  for (let i = 0; i < n; i++) {
    const later = mid[Math.min(n - 1, i + horizon)]
    const d = Math.sign(side === undefined ? price[i] - mid[i] : side[i])
    effective[i] = finiteOr('overflow', 2 * d * (price[i] - mid[i]), 'an effective spread')
    realised[i] = finiteOr('overflow', 2 * d * (price[i] - later), 'a realised spread')
    impact[i] = finiteOr('overflow', effective[i] - realised[i], 'an impact')
  }
  return {
    effective,
    realised,
    impact,
    meanEffective: finiteOr('overflow', average(effective), 'the mean'),
    meanRealised: finiteOr('overflow', average(realised), 'the mean'),
    meanImpact: finiteOr('overflow', average(impact), 'the mean'),
  }
}

function midsOf(bid: Vector, ask: Vector): Float64Array {
  requireVector('bid', bid)
  requireVector('ask', ask)
  requireSameLength('bid', bid, 'ask', ask)
  return Float64Array.from(bid, (each, i) => {
    refuseUnless(ask[i] >= each, 'out-of-domain', () => `the ask ${ask[i]} is below the bid ${each}`)
    return finiteOr('overflow', each + 0.5 * (ask[i] - each), 'the mid')
  })
}

export interface QuotedSpread {
  /** Mean of ask - bid, in units of the price. */
  readonly absolute: number
  /** Mean of (ask - bid) / mid, a fraction. */
  readonly relative: number
}

/**
 * The mean of ask - bid, and of (ask - bid) / mid, over quotes; with `time` each quote counts for as long as it stood.
 * @param time of each quote, not decreasing; the last quote then counts for nothing
 * @throws MathError `empty`, `shape`, `not-finite`, `out-of-domain` when a mid is not above zero, an ask is below its bid or time goes back, `no-denominator` when no time passes
 */
export function quotedSpread(bid: Vector, ask: Vector, time?: Vector): QuotedSpread {
  const mid = midsOf(bid, ask)
  const spread = mid.map((_, i) => finiteOr('overflow', ask[i] - bid[i], 'a spread'))
  const relative = spread.map((each, i) => {
    requirePositive('the mid', mid[i])
    return finiteOr('overflow', each / mid[i], 'a relative spread')
  })
  if (time === undefined)
    return {
      absolute: finiteOr('overflow', average(spread), 'the mean spread'),
      relative: finiteOr('overflow', average(relative), 'the mean spread'),
    }
  return { absolute: timeWeightedMean(spread, time), relative: timeWeightedMean(relative, time) }
}

/**
 * sum x_i (t_(i+1) - t_i) / (t_n - t_1): the mean of a quantity that holds its value until the next; the last value counts for nothing.
 * @throws MathError `too-short` below two values, `shape`, `not-finite`, `out-of-domain` when time goes back, `no-denominator` when no time passes, `overflow`
 */
export function timeWeightedMean(values: Vector, time: Vector): number {
  requireVector('values', values, 2)
  requireVector('time', time)
  requireSameLength('values', values, 'time', time)
  const n = values.length
  const whole = finiteOr('overflow', time[n - 1] - time[0], 'the time passed')
  let mean = 0
  for (let i = 0; i + 1 < n; i++) {
    const stood = time[i + 1] - time[i]
    refuseUnless(stood >= 0, 'out-of-domain', () => `time[${i + 1}] is ${time[i + 1]}, before ${time[i]}`)
    if (stood > 0) mean += values[i] * (stood / whole)
  }
  refuseUnless(whole > 0, 'no-denominator', 'no time passes')
  return finiteOr('overflow', mean, 'the mean')
}
