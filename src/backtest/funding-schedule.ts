/**
 * Funding settlements as the timeline takes them: inside the run, each with the mark price by rule M4.
 *
 * Pure: columns in, columns out.
 */
import { POW10 } from '../core/exact.ts'
import { DAY, floorTo, formatMinute, MINUTE } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import { markScaleOf } from '../sim/venue-bars.ts'
import type { VenueBars } from '../sim/venue-bars.ts'
import type { FundingTable } from '../storage/market-data/funding-table.ts'
import { rowAtOrAfter } from '../storage/market-data/kline-table.ts'
import type { KlineTable } from '../storage/market-data/kline-table.ts'
import { markUnits } from './align-marks.ts'
import type { FundingSchedule } from './timeline.ts'

export interface FundingRequest {
  readonly table: FundingTable
  /** The rows that drive the venue. */
  readonly bars: VenueBars
  readonly priceScale: number
  /** Mark prices of any interval. */
  readonly marks: KlineTable | undefined
  /** The run: settlements in [from, to) take part. */
  readonly from: Micros
  readonly to: Micros
}

/** A funding file gives its mark prices in counts of this many decimals. */
const FILE_MARK_SCALE = 8

export function fundingSchedule({ table, bars, priceScale, marks, from, to }: FundingRequest): FundingSchedule {
  const time = table.time.map((at) => floorTo(at as Micros, MINUTE))
  const start = rowAtOrAfter(time, from)
  const end = Math.max(start, rowAtOrAfter(time, to))
  const own = time.slice(start, end)
  const markOf = markChooser(bars, priceScale, marks)
  return { time: own, rate: table.rate.slice(start, end), mark: own.map((at, row) => markOf(at, table.mark[start + row])) }
}

/** M4: the file's; else the open of the mark bar that starts there; else the last open at or before; NaN before the first. */
function markChooser(
  bars: VenueBars,
  priceScale: number,
  marks: KlineTable | undefined,
): (time: number, given: number) => number {
  const scale = markScaleOf(priceScale)
  return (time, given) => {
    if (bars.length === 0 || time < bars.openTime[0]) return Number.NaN
    if (!Number.isNaN(given)) return given * POW10[scale - FILE_MARK_SCALE]
    const row = marks === undefined ? -1 : rowAtOrAfter(marks.openTime, time)
    if (marks !== undefined && marks.openTime[row] === time) return markUnits(marks.open[row], POW10[scale])
    // The last row that opens at or before the settlement.
    return bars.open[rowAtOrAfter(bars.openTime, time + 1) - 1] * POW10[scale - priceScale]
  }
}

/** Says where a funding file leaves a day or more of its market's bars without settlements. */
export function fundingGapWarning(symbol: string, { time }: FundingSchedule, bars: VenueBars): string | undefined {
  const start = bars.openTime[0]
  const end = bars.openTime[bars.length - 1] + bars.duration[bars.length - 1]
  if (time.length === 0) return `${symbol}: the funding file has no settlements inside the run, so none is booked.`
  const first = time[0]
  const last = time[time.length - 1]
  if (first - start <= DAY && end - last <= DAY) return undefined
  return `${symbol}: the funding file covers ${formatMinute(first as Micros)} to ${formatMinute(last as Micros)} only; outside none is booked.`
}
