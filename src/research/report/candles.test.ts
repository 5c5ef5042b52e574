/** Joining candles: laws that hold for every series. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { downsampleCandles } from './candles.ts'
import type { CandleColumns } from './candles.ts'

const HOUR_MS = 3_600_000

function hourly(closes: readonly number[], steps: readonly number[] = closes.map(() => 1), startMs = 0): CandleColumns {
  let time = startMs - HOUR_MS
  const open = closes.map((close, i) => closes[i - 1] ?? close)
  return {
    symbol: 'BTCUSDT',
    interval: '1h',
    openTimeMs: steps.map((step) => (time += step * HOUR_MS)),
    open,
    high: closes.map((close, i) => Math.max(close, open[i]) + 1),
    low: closes.map((close, i) => Math.min(close, open[i]) - 1),
    close: closes,
    volume: closes.map((_, i) => i + 1),
  }
}

describe('downsampleCandles', () => {
  it('leaves a short series alone', () => {
    const few = hourly([1, 2, 3])
    expect(downsampleCandles(few, 3)).toBe(few)
  })

  it('joins on the shortest interval that is enough', () => {
    expect(downsampleCandles(hourly([10, 12, 9, 11, 20]), 3)).toEqual({
      symbol: 'BTCUSDT',
      interval: '2h',
      openTimeMs: [0, 2 * HOUR_MS, 4 * HOUR_MS],
      open: [10, 12, 11],
      high: [13, 13, 21],
      low: [9, 8, 10],
      close: [12, 11, 20],
      volume: [3, 7, 5],
    })
  })

  it('aligns to the clock and not to the first candle', () => {
    expect(downsampleCandles(hourly([1, 2, 3, 4], [1, 1, 1, 1], HOUR_MS), 3).openTimeMs).toEqual([0, 2 * HOUR_MS, 4 * HOUR_MS])
  })

  it('keeps gaps and does without volume', () => {
    const { volume: _, ...columns } = hourly([1, 2, 3, 4], [1, 1, 99, 1])
    const fewer = downsampleCandles(columns, 2)
    expect(fewer.openTimeMs).toEqual([0, 100 * HOUR_MS])
    expect('volume' in fewer).toBe(false)
  })

  it('goes beyond months when it must', () => {
    const decades = hourly(
      Array.from({ length: 480 }, (_, i) => i + 1),
      Array.from({ length: 480 }, () => 731),
    )
    expect(downsampleCandles(decades, 10).interval).toBe('60 months')
    expect(downsampleCandles(decades, 1).openTimeMs.length).toBe(1)
  })

  it('keeps first open, extremes, last close, volume and order (property)', () => {
    const series = fc.array(fc.tuple(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 50 })), {
      minLength: 1,
      maxLength: 300,
    })
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 60 }), fc.integer({ min: -5_000, max: 5_000 }), (rows, count, startHour) => {
        const all = hourly(
          rows.map((r) => r[0]),
          rows.map((r) => r[1]),
          startHour * HOUR_MS,
        )
        const fewer = downsampleCandles(all, count)
        const n = fewer.openTimeMs.length
        const list = (column: ArrayLike<number> | undefined): number[] => Array.from(column ?? [])
        expect(n).toBeLessThanOrEqual(count)
        expect(fewer.open[0]).toBe(all.open[0])
        expect(fewer.close[n - 1]).toBe(all.close[rows.length - 1])
        expect(Math.max(...list(fewer.high))).toBe(Math.max(...list(all.high)))
        expect(Math.min(...list(fewer.low))).toBe(Math.min(...list(all.low)))
        expect(list(fewer.volume).reduce((a, b) => a + b)).toBe(list(all.volume).reduce((a, b) => a + b))
        for (let i = 1; i < n; i++) expect(fewer.openTimeMs[i]).toBeGreaterThan(fewer.openTimeMs[i - 1])
      }),
    )
  })
})
