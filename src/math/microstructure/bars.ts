/**
 * Bars of trades: by time, by count, by volume, by money; and the moments at which a price has moved far enough (CUSUM filter).
 *
 * Pure. Source: M. Lopez de Prado, Advances in Financial Machine Learning (2018), chapter 2.
 */
import {
  finiteOr,
  refuseUnless,
  requireInteger,
  requireNumber,
  requirePositive,
  requireSameLength,
  requireVector,
  type Vector,
} from '../guard.ts'

/** Columns, one value a trade, in order of time. */
export interface Trades {
  /** Any unit, not decreasing. */
  readonly time: Vector
  readonly price: Vector
  /** Units, not below zero. */
  readonly size: Vector
  /** 1: the buyer is the aggressor, -1: the seller, 0: not known. */
  readonly side: Vector
}

/** Columns, one value a bar. */
export interface TradeBars {
  /** Time of the bar's beginning: of its grid for time bars, else of its first trade. */
  readonly start: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
  /** Volume with a buying aggressor. */
  readonly takerBuyVolume: Float64Array
  /** Volume with a selling aggressor. */
  readonly takerSellVolume: Float64Array
  /** sum of price times size. */
  readonly money: Float64Array
  /** Index of the bar's last trade. */
  readonly lastTrade: Float64Array
}

function requireTrades({ time, price, size, side }: Trades): void {
  requireVector('time', time)
  for (const [name, column] of [
    ['price', price],
    ['size', size],
    ['side', side],
  ] as const) {
    requireVector(name, column)
    requireSameLength('time', time, name, column)
  }
  for (let i = 0; i < time.length; i++) {
    requireNumber(`size[${i}]`, size[i], 0)
    refuseUnless(i === 0 || time[i] >= time[i - 1], 'out-of-domain', () => `time[${i}] is ${time[i]}, before ${time[i - 1]}`)
  }
}

/** Bars from the indices of their last trades; `starts` where the grid says when a bar began. */
function barsOf({ time, price, size, side }: Trades, ends: readonly number[], starts?: readonly number[]): TradeBars {
  const n = ends.length
  const column = (): Float64Array => new Float64Array(n)
  const [start, open, high, low, close] = [column(), column(), column(), column(), column()]
  const [volume, takerBuyVolume, takerSellVolume, money] = [column(), column(), column(), column()]
  let i = 0
  for (let b = 0; b < n; b++) {
    start[b] = starts === undefined ? time[i] : starts[b]
    open[b] = high[b] = low[b] = price[i]
    for (; i <= ends[b]; i++) {
      high[b] = Math.max(high[b], price[i])
      low[b] = Math.min(low[b], price[i])
      volume[b] += size[i]
      if (side[i] > 0) takerBuyVolume[b] += size[i]
      else if (side[i] < 0) takerSellVolume[b] += size[i]
      money[b] += price[i] * size[i]
    }
    close[b] = price[ends[b]]
    finiteOr('overflow', volume[b] + Math.abs(money[b]), 'the volume or the money of a bar')
  }
  return { start, open, high, low, close, volume, takerBuyVolume, takerSellVolume, money, lastTrade: Float64Array.from(ends) }
}

/**
 * Bars of equal time: bar floor(time / width), empty ones left out.
 * @param width above zero, in the unit of time
 * @throws MathError `empty`, `shape`, `not-finite`, `out-of-domain` when times go back or a size is below zero, `overflow`
 */
export function timeBars(trades: Trades, width: number): TradeBars {
  requireTrades(trades)
  requirePositive('width', width)
  const { time } = trades
  const ends: number[] = []
  const starts: number[] = []
  let now = Number.NaN
  for (let i = 0; i < time.length; i++) {
    const slot = finiteOr('overflow', Math.floor(time[i] / width), 'the number of a bar')
    if (slot !== now) {
      if (i > 0) ends.push(i - 1)
      starts.push(finiteOr('overflow', slot * width, 'the start of a bar'))
      now = slot
    }
  }
  ends.push(time.length - 1)
  return barsOf(trades, ends, starts)
}

/**
 * Bars of `count` trades each; trades at the end that do not fill one are left out.
 * @throws MathError as `timeBars`
 */
export function tickBars(trades: Trades, count: number): TradeBars {
  requireTrades(trades)
  requireInteger('count', count, 1)
  return barsOf(
    trades,
    Array.from({ length: Math.floor(trades.time.length / count) }, (_, b) => (b + 1) * count - 1),
  )
}

/**
 * Bars that close on the trade with which their volume reaches `threshold`; the next begins from nothing (no carry-over), an unfinished one is left out.
 * @param threshold units, above zero
 * @throws MathError as `timeBars`
 */
export function volumeBars(trades: Trades, threshold: number): TradeBars {
  requireTrades(trades)
  return barsOf(trades, endsBySum(trades.size, threshold))
}

/**
 * Bars that close on the trade with which price times size, summed, reaches `threshold`; the next begins from nothing, an unfinished one is left out.
 * @param threshold money, above zero
 * @throws MathError as `timeBars`; `out-of-domain` for a price that is not above zero
 */
export function dollarBars(trades: Trades, threshold: number): TradeBars {
  requireTrades(trades)
  const { price, size } = trades
  const money = Float64Array.from(price, (each, i) => {
    requirePositive(`price[${i}]`, each)
    return finiteOr('overflow', each * size[i], 'price times size')
  })
  return barsOf(trades, endsBySum(money, threshold))
}

function endsBySum(values: Vector, threshold: number): number[] {
  requirePositive('threshold', threshold)
  const ends: number[] = []
  let total = 0
  for (let i = 0; i < values.length; i++) {
    total += values[i]
    if (total >= threshold) {
      ends.push(i)
      total = 0
    }
  }
  return ends
}

/**
 * The symmetric CUSUM filter: S+ = max(0, S+ + d), S- = min(0, S- + d) with d the change of ln price; an event, and the sum that caused it back to zero, where S- < -threshold or else S+ > threshold.
 * @param prices above zero
 * @param threshold in logarithms, above zero
 * @returns indices of the events
 * @throws MathError `empty`, `not-finite`, `out-of-domain`
 */
export function cusumEvents(prices: Vector, threshold: number): number[] {
  requireVector('prices', prices)
  requirePositive('threshold', threshold)
  const logs = Float64Array.from(prices, (price, i) => {
    requirePositive(`prices[${i}]`, price)
    return Math.log(price)
  })
  const events: number[] = []
  let [up, down] = [0, 0]
  for (let i = 1; i < logs.length; i++) {
    const change = logs[i] - logs[i - 1]
    up = Math.max(0, up + change)
    down = Math.min(0, down + change)
    if (down < -threshold) {
      down = 0
      events.push(i)
    } else if (up > threshold) {
      up = 0
      events.push(i)
    }
  }
  return events
}
