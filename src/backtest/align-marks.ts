/**
 * Mark prices brought onto the rows that drive the venue, and into mark units.
 *
 * Pure: columns in, columns out.
 */
import { POW10 } from '../core/exact.ts'
import { barEnd } from '../core/time.ts'
import type { Interval, Micros } from '../core/time.ts'
import { markScaleOf } from '../sim/venue-bars.ts'
import type { MarkColumns, VenueBars } from '../sim/venue-bars.ts'
import type { KlineTable } from '../storage/market-data/kline-table.ts'

export interface AlignedMarks {
  readonly mark: MarkColumns | undefined
  readonly warnings: readonly string[]
}

/**
 * A row's mark is made of the mark bars that lie entirely inside it; a mark bar longer than the row says nothing of the
 * row's extremes, so the traded prices stand in there. `undefined` when there is no mark series at all.
 */
export function alignMarks(
  symbol: string,
  bars: VenueBars,
  priceScale: number,
  table: KlineTable | undefined,
  decision: Interval,
): AlignedMarks {
  if (table === undefined) return { mark: undefined, warnings: [] }
  const interval = table.interval ?? decision
  const perUnit = POW10[markScaleOf(priceScale)]
  const mark = tradedAsMark(bars, priceScale)
  const has = new Uint8Array(bars.length)
  let next = 0
  let covered = 0
  for (let row = 0; row < bars.length; row++) {
    const start = bars.openTime[row]
    const end = start + bars.duration[row]
    while (next < table.length && table.openTime[next] < start) next++
    const first = next
    while (next < table.length && barEnd(table.openTime[next] as Micros, interval) <= end) next++
    if (next === first) continue
    covered++
    has[row] = 1
    join(table, first, next, perUnit, mark, row)
  }
  if (covered === bars.length) return { mark, warnings: [] }
  return { mark: { ...mark, covered: has }, warnings: [coverageWarning(symbol, covered / bars.length, interval)] }
}

/** What holds where no mark bar tells. */
function tradedAsMark({ open, high, low, close }: VenueBars, priceScale: number): MarkColumns {
  const perPrice = POW10[markScaleOf(priceScale) - priceScale]
  const converted = (column: Float64Array): Float64Array => column.map((price) => price * perPrice)
  return { open: converted(open), high: converted(high), low: converted(low), close: converted(close) }
}

function join(table: KlineTable, first: number, end: number, perUnit: number, mark: MarkColumns, row: number): void {
  let high = table.high[first]
  let low = table.low[first]
  for (let at = first + 1; at < end; at++) {
    if (table.high[at] > high) high = table.high[at]
    if (table.low[at] < low) low = table.low[at]
  }
  mark.open[row] = markUnits(table.open[first], perUnit)
  mark.high[row] = markUnits(high, perUnit)
  mark.low[row] = markUnits(low, perUnit)
  mark.close[row] = markUnits(table.close[end - 1], perUnit)
}

/** Half away from zero: mark prices are above it. */
export const markUnits = (price: number, perUnit: number): number => Math.round(price * perUnit)

function coverageWarning(symbol: string, share: number, interval: Interval): string {
  // Rounded down, so that nothing incomplete reads as 100.
  const percent = (Math.floor(share * 1000) / 10).toFixed(1)
  return `${symbol}: the mark prices (${interval.name}) cover ${percent} % of the bars; elsewhere the last price stands in for the mark.`
}
