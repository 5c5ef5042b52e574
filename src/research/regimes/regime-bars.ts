/**
 * Bars of one market as columns for a detector that runs alone: rows of the interval as they are, finer ones put together. A detector
 * asks for ratios only, so prices may be in any unit.
 *
 * Pure.
 */
import { barEnd, barStart } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import { Bar } from '../../market/bar.ts'

export interface PriceColumns {
  readonly length: number
  readonly openTime: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/** Closed bars of the interval. Rows of a bucket whose beginning or end is missing make no bar; `durationAt`: the length of a row. */
export function barsOfInterval(rows: PriceColumns, durationAt: (row: number) => number, interval: Interval): PriceColumns {
  const make = (): Float64Array => new Float64Array(rows.length)
  const out = { openTime: make(), open: make(), high: make(), low: make(), close: make(), volume: make() }
  let count = 0
  let building = false
  for (let i = 0; i < rows.length; i++) {
    const start = barStart(rows.openTime[i] as Micros, interval)
    const end = barEnd(start, interval)
    if (building && out.openTime[count] !== start) building = false
    if (!building) {
      if (rows.openTime[i] !== start) continue
      building = true
      out.openTime[count] = start
      out.open[count] = rows.open[i]
      out.high[count] = rows.high[i]
      out.low[count] = rows.low[i]
      out.volume[count] = 0
    }
    out.high[count] = Math.max(out.high[count], rows.high[i])
    out.low[count] = Math.min(out.low[count], rows.low[i])
    out.close[count] = rows.close[i]
    out.volume[count] += rows.volume[i]
    if (rows.openTime[i] + durationAt(i) < end) continue
    building = false
    count += 1
  }
  const cut = (column: Float64Array): Float64Array => column.subarray(0, count)
  return {
    length: count,
    openTime: cut(out.openTime),
    open: cut(out.open),
    high: cut(out.high),
    low: cut(out.low),
    close: cut(out.close),
    volume: cut(out.volume),
  }
}

/** The bars one after another, as one object that is used again. */
export function* eachBar(columns: PriceColumns, interval: Interval): Generator<Bar> {
  const bar = new Bar(0, interval)
  for (let i = 0; i < columns.length; i++) {
    bar.openTime = columns.openTime[i] as Micros
    bar.endTime = barEnd(bar.openTime, interval)
    bar.open = columns.open[i]
    bar.high = columns.high[i]
    bar.low = columns.low[i]
    bar.close = columns.close[i]
    bar.volume = columns.volume[i]
    yield bar
  }
}
