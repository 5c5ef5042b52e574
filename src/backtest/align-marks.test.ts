/** Mark bars of any interval, on the rows of the venue. */
import { describe, expect, it } from 'vitest'
import { HOUR, intervalOf, MINUTE, parseTime } from '../core/time.ts'
import type { MarkColumns, VenueBars } from '../sim/venue-bars.ts'
import type { KlineTable } from '../storage/market-data/kline-table.ts'
import { alignMarks } from './align-marks.ts'

const START = parseTime('2024-01-01T00:00Z')
const UNIT = 1e8

/** Rows of an hour with prices 100, 101, ... and a tick of 0.1. */
function hours(count: number): VenueBars {
  const price = Float64Array.from({ length: count }, (_, i) => 1_000 + 10 * i)
  const openTime = price.map((_, i) => START + i * HOUR)
  return {
    length: count,
    openTime,
    duration: price.map(() => HOUR),
    open: price,
    high: price,
    low: price,
    close: price,
    volume: price,
    mark: undefined,
  }
}

/** [minutes after the start, open, high, low, close] */
function marks(interval: string, rows: readonly (readonly [number, number, number, number, number])[], known = true): KlineTable {
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => row[at])
  return {
    symbol: 'X',
    interval: known ? intervalOf(interval) : undefined,
    kind: 'mark',
    market: 'perp',
    length: rows.length,
    openTime: column(0).map((minute) => START + minute * MINUTE),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: undefined,
    quoteVolume: undefined,
    trades: undefined,
    takerBuyBase: undefined,
    decimals: 8,
    sources: [],
  }
}

const row = ({ open, high, low, close }: MarkColumns, at: number): number[] =>
  [open, high, low, close].map((column) => column[at] / UNIT)
const align = (bars: VenueBars, table: KlineTable | undefined, priceScale = 1) =>
  alignMarks('X', bars, priceScale, table, intervalOf('1h'))

describe('mark prices on the rows', () => {
  it('are taken over when the intervals are equal, rounded to eight decimals', () => {
    const { mark, warnings } = align(
      hours(2),
      marks('1h', [
        [0, 99.123456789, 103, 98, 102],
        [60, 102, 104, 101, 103],
      ]),
    )
    expect(row(mark as MarkColumns, 0)).toEqual([99.12345679, 103, 98, 102])
    expect(row(mark as MarkColumns, 1)).toEqual([102, 104, 101, 103])
    expect(warnings).toEqual([])
  })

  it('are joined from shorter bars: first open, extremes, last close', () => {
    const { mark } = align(
      hours(1),
      marks('15m', [
        [0, 99, 100, 97, 98],
        [15, 98, 105, 98, 104],
        [30, 104, 104, 96, 97],
        [45, 97, 99, 97, 99],
      ]),
    )
    expect(row(mark as MarkColumns, 0)).toEqual([99, 105, 96, 99])
  })

  it('leave bars that lie only in part inside a row aside; the traded price stands in, which is told', () => {
    const { mark, warnings } = align(
      hours(3),
      marks('1h', [
        [30, 1, 1, 1, 1],
        [120, 7, 8, 6, 7],
      ]),
    )
    expect([0, 1, 2].map((at) => row(mark as MarkColumns, at))).toEqual([
      [100, 100, 100, 100],
      [101, 101, 101, 101],
      [7, 8, 6, 7],
    ])
    expect(warnings).toEqual([
      'X: the mark prices (1h) cover 33.3 % of the bars; elsewhere the last price stands in for the mark.',
    ])
  })

  it('say nothing of rows shorter than themselves', () => {
    const { mark, warnings } = align(hours(8), marks('8h', [[0, 1, 1, 1, 1]]))
    expect(row(mark as MarkColumns, 0)).toEqual([100, 100, 100, 100])
    expect(warnings[0]).toContain('cover 0.0 %')
  })

  it('are never called complete when they are not', () => {
    const all = Array.from({ length: 2_999 }, (_, i) => [i * 60, 1, 1, 1, 1] as const)
    expect(align(hours(3_000), marks('1h', all)).warnings[0]).toContain('cover 99.9 %')
  })

  it('take the unit of a price finer than eight decimals', () => {
    const { mark } = align(hours(1), marks('1h', [[0, 0.0000000012, 1, 0.0000000012, 1]]), 10)
    expect((mark as MarkColumns).open[0]).toBe(12)
    expect((mark as MarkColumns).close[0]).toBe(1e10)
  })

  it('are undefined without a series, and one bar of unknown interval counts as a decision bar', () => {
    expect(align(hours(1), undefined)).toEqual({ mark: undefined, warnings: [] })
    expect(row(align(hours(1), marks('1h', [[0, 5, 5, 5, 5]], false)).mark as MarkColumns, 0)).toEqual([5, 5, 5, 5])
  })
})
