/**
 * Candle columns for the charts of a report, and how to make fewer of them.
 *
 * Pure: columns in, columns out. Imports the calendar only.
 */
import { assert } from '../../core/errors.ts'
import { addMonths, barStart, civilOf, fromMs, INTERVALS, toMs } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'

/** The candles of one symbol as columns of equal length, ascending by open time. */
export interface CandleColumns {
  readonly symbol: string
  /** What one candle spans: `1h`, or `3 months` where the exchange names no interval. */
  readonly interval: string
  readonly openTimeMs: ArrayLike<number>
  readonly open: ArrayLike<number>
  readonly high: ArrayLike<number>
  readonly low: ArrayLike<number>
  readonly close: ArrayLike<number>
  readonly volume?: ArrayLike<number>
}

/** What a report draws besides the document. */
export interface ReportSeries {
  readonly symbols: readonly CandleColumns[]
}

/** A way to cut time into pieces that begin at the same moments for every symbol. */
interface Grid {
  readonly name: string
  readonly startOf: (time: Micros) => Micros
}

const MONTHS = [2, 3, 6, 12, 24, 60, 120, 600] as const

const calendarGrid = (interval: Interval): Grid => ({ name: interval.name, startOf: (time) => barStart(time, interval) })
const monthsGrid = (months: number): Grid => ({
  name: `${months} months`,
  startOf: (time) => {
    const { year, month } = civilOf(time)
    return addMonths(time, -((year * 12 + month - 1) % months))
  },
})
const GRIDS: readonly Grid[] = [...INTERVALS.map(calendarGrid), ...MONTHS.map(monthsGrid)]

/**
 * At most `count` candles over the same time: the columns as they are when they are few enough, else joined on the
 * shortest calendar interval that brings them down to `count`. A candle belongs to the interval in which it opens;
 * joined candles open when their interval begins, gaps stay gaps.
 */
export function downsampleCandles(columns: CandleColumns, count: number): CandleColumns {
  assert(count >= 1, `asked for ${count} candles`)
  if (columns.openTimeMs.length <= count) return columns
  // Even the longest interval may end inside the data; then one candle holds all of them.
  const everything: Grid = { name: 'everything', startOf: () => fromMs(columns.openTimeMs[0]) }
  return joined(columns, GRIDS.find((grid) => piecesOf(columns.openTimeMs, grid) <= count) ?? everything)
}

function piecesOf(openTimeMs: ArrayLike<number>, grid: Grid): number {
  let pieces = 0
  let start = Number.NaN
  for (let i = 0; i < openTimeMs.length; i++) {
    const next = grid.startOf(fromMs(openTimeMs[i]))
    if (next === start) continue
    start = next
    pieces += 1
  }
  return pieces
}

function joined(columns: CandleColumns, grid: Grid): CandleColumns {
  const openTimeMs: number[] = []
  const open: number[] = []
  const high: number[] = []
  const low: number[] = []
  const close: number[] = []
  const volume: number[] = []
  let last = -1
  for (let i = 0; i < columns.openTimeMs.length; i++) {
    const start = toMs(grid.startOf(fromMs(columns.openTimeMs[i])))
    if (last < 0 || openTimeMs[last] !== start) {
      last = openTimeMs.push(start) - 1
      open.push(columns.open[i])
      high.push(columns.high[i])
      low.push(columns.low[i])
      close.push(columns.close[i])
      volume.push(columns.volume?.[i] ?? 0)
      continue
    }
    high[last] = Math.max(high[last], columns.high[i])
    low[last] = Math.min(low[last], columns.low[i])
    close[last] = columns.close[i]
    volume[last] += columns.volume?.[i] ?? 0
  }
  const result = { symbol: columns.symbol, interval: grid.name, openTimeMs, open, high, low, close }
  return columns.volume === undefined ? result : { ...result, volume }
}
