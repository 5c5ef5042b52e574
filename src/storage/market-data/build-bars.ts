/**
 * Bars of an interval from trades, or from finer bars. Volumes are added up without an error, as the exchange does.
 *
 * Nothing is filled in: where there were no rows there is no bar. The first and the last bar hold what the rows hold of them.
 * Pure.
 */
import { assert } from '../../core/errors.ts'
import { POW10 } from '../../core/exact.ts'
import { barEnd, barStart } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import { ExactSum } from './exact-sum.ts'
import { GrowingColumns } from './growing-columns.ts'
import { presentOrUndefined, VALUE_COLUMNS } from './kline-table.ts'
import type { KlineTable } from './kline-table.ts'
import type { TradeTable } from './trade-table.ts'

/** Bars of trades. `trades` counts single trades where the table knows them, `takerBuyBase` the quantity that buyers took. */
export function barsOfTrades(table: TradeTable, interval: Interval): KlineTable {
  const { time, price, qty, buyerIsMaker, count, decimals, qtyDecimals } = table
  const bars = new BarColumns(qtyDecimals, decimals + qtyDecimals)
  const [priceFactor, qtyFactor] = [POW10[decimals], POW10[qtyDecimals]]
  forEachBar(time, interval, (openTime, from, to) => {
    let [high, low] = [price[from], price[from]]
    let trades = 0
    for (let row = from; row < to; row += 1) {
      if (price[row] > high) high = price[row]
      if (price[row] < low) low = price[row]
      // Both are the doubles nearest to decimals of so many digits: the product is off its whole number by far less than a half.
      const units = Math.round(qty[row] * qtyFactor)
      bars.volume.addUnits(units)
      if (buyerIsMaker[row] === 0) bars.takerBuyBase.addUnits(units)
      bars.quoteVolume.addProduct(Math.round(price[row] * priceFactor), units)
      trades += count === undefined ? 1 : count[row]
    }
    bars.add(openTime, price[from], high, low, price[to - 1], trades)
  })
  return bars.table({ ...table, kind: 'klines', interval })
}

/** Bars of finer bars. A volume that is empty in any of them is empty in their bar. */
export function barsOfBars(table: KlineTable, interval: Interval): KlineTable {
  assert(table.interval !== undefined && table.interval.length <= interval.length, 'bars are built from finer ones')
  const { openTime: times, open, high, low, close, volume, quoteVolume, trades, takerBuyBase } = table
  const bars = new BarColumns(0, 0)
  forEachBar(times, interval, (openTime, from, to) => {
    let [top, bottom] = [high[from], low[from]]
    let count = 0
    for (let row = from; row < to; row += 1) {
      if (high[row] > top) top = high[row]
      if (low[row] < bottom) bottom = low[row]
      count += trades?.[row] ?? Number.NaN
    }
    addUp(bars.volume, volume, from, to)
    addUp(bars.quoteVolume, quoteVolume, from, to)
    addUp(bars.takerBuyBase, takerBuyBase, from, to)
    bars.add(
      openTime,
      open[from],
      top,
      bottom,
      close[to - 1],
      count,
      [volume, quoteVolume, takerBuyBase].map((column) => isWhole(column, from, to)),
    )
  })
  return bars.table({ ...table, interval })
}

function addUp(sum: ExactSum, column: Float64Array | undefined, from: number, to: number): void {
  if (isWhole(column, from, to)) for (let row = from; row < to; row += 1) sum.add(column[row])
}

function isWhole(column: Float64Array | undefined, from: number, to: number): column is Float64Array {
  if (column === undefined) return false
  for (let row = from; row < to; row += 1) if (Number.isNaN(column[row])) return false
  return true
}

/** The rows [from, to) of each bar that has any. */
function forEachBar(times: Float64Array, interval: Interval, onBar: (openTime: Micros, from: number, to: number) => void): void {
  for (let from = 0; from < times.length;) {
    const openTime = barStart(times[from] as Micros, interval)
    const end = barEnd(openTime, interval)
    let to = from + 1
    while (to < times.length && times[to] < end) to += 1
    onBar(openTime, from, to)
    from = to
  }
}

class BarColumns {
  readonly volume: ExactSum
  readonly quoteVolume: ExactSum
  readonly takerBuyBase: ExactSum
  readonly #columns = new GrowingColumns(1 + VALUE_COLUMNS.length, 256)

  constructor(qtyScale: number, quoteScale: number) {
    this.volume = new ExactSum(qtyScale)
    this.quoteVolume = new ExactSum(quoteScale)
    this.takerBuyBase = new ExactSum(qtyScale)
  }

  /** Closes a bar with what was added up; `known` says which of volume, quote volume and taker volume were. */
  add(
    time: number,
    open: number,
    high: number,
    low: number,
    close: number,
    trades: number,
    known: readonly boolean[] = [true, true, true],
  ): void {
    const row = this.#columns.add()
    const sums = [this.volume, this.quoteVolume, this.takerBuyBase].map((sum, at) => (known[at] ? sum.take() : Number.NaN))
    for (const [at, value] of [time, open, high, low, close, sums[0], sums[1], trades, sums[2]].entries())
      this.#columns.at(at)[row] = value
  }

  table(like: Pick<KlineTable, 'symbol' | 'interval' | 'kind' | 'market' | 'decimals' | 'sources'>): KlineTable {
    const { symbol, interval, kind, market, decimals, sources } = like
    const [openTime, open, high, low, close, ...optional] = Array.from({ length: 1 + VALUE_COLUMNS.length }, (_, at) =>
      this.#columns.column(at),
    )
    const [volume, quoteVolume, trades, takerBuyBase] = optional.map(presentOrUndefined)
    const length = openTime.length
    return {
      symbol,
      interval,
      kind,
      market,
      length,
      openTime,
      open,
      high,
      low,
      close,
      volume,
      quoteVolume,
      trades,
      takerBuyBase,
      decimals,
      sources,
    }
  }
}
