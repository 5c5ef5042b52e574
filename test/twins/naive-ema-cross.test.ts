import { describe, expect, it } from 'vitest'
import { naiveEmaCross } from './naive-ema-cross.ts'
import type { EmaCrossBar, EmaCrossSettings } from './naive-ema-cross.ts'
import { randomWalk, WALK_INTERVAL_MS, WALK_TICK } from './random-walk.ts'

const W1: EmaCrossSettings = {
  fast: 20,
  slow: 100,
  atr: 14,
  mult: 3,
  qty: '1',
  tick: WALK_TICK,
  takerFee: '0.0004',
  capital: '10000000',
  intervalMs: WALK_INTERVAL_MS,
}
const walk = randomWalk(1_000_000)
const bars: readonly EmaCrossBar[] = Array.from(walk.open, (open, i) => ({
  openTimeMs: walk.openTimeMs[i],
  open,
  high: walk.high[i],
  low: walk.low[i],
  close: walk.close[i],
}))

describe('the seeded walk', () => {
  it('starts as it is defined and keeps its bars consistent', () => {
    expect(new Date(walk.openTimeMs[0]).toISOString()).toBe('2022-01-01T00:00:00.000Z')
    expect(walk.open[0]).toBe(50_000)
    const wrong = bars.filter((bar) => bar.high < Math.max(bar.open, bar.close) || bar.low > Math.min(bar.open, bar.close))
    expect(wrong).toHaveLength(0)
    const gaps = bars.filter((bar, i) => i > 0 && bar.open !== bars[i - 1].close).length
    expect(gaps / bars.length).toBeGreaterThan(0.0095)
    expect(gaps / bars.length).toBeLessThan(0.0105)
  })

  it('is the same for the same seed, also when it is shorter, and another for another seed', () => {
    expect(randomWalk(500).close).toEqual(walk.close.slice(0, 500))
    expect(randomWalk(500, 43).close).not.toEqual(walk.close.slice(0, 500))
  })
})

describe('ema-cross recomputed', () => {
  it.each([
    [50_000, '9970516.0450', 705, undefined],
    [250_000, '9810276.7090', 3_626, undefined],
    [1_000_000, '8464135.1434', 14_236, 21_765],
  ])('agrees with the published figures of %i bars, with float money and unrounded stops', (rows, equity, trades, fills) => {
    const result = naiveEmaCross(bars.slice(0, rows), { ...W1, floatMoneyAndStops: true })
    expect(Number(result.finalEquity).toFixed(4)).toBe(equity)
    expect(result.trades).toHaveLength(trades)
    if (fills !== undefined) expect(result.fills).toBe(fills)
  })

  it('differs only slightly with exact money and stops on ticks', () => {
    const result = naiveEmaCross(bars, W1)
    expect(result).toMatchObject({ finalEquity: '8463756.03268', fees: '1865572.06732', fills: 21_765, droppedLastOrder: false })
    expect(result.trades.every((trade) => /^\d+(\.\d)?$/.test(trade.exitPrice))).toBe(true)
  })
})

/** With fast 1 and slow 2 the difference turns with every change of direction, so trades can be laid out by hand. */
const SMALL: EmaCrossSettings = {
  fast: 1,
  slow: 2,
  atr: 1,
  mult: 1,
  qty: '2',
  tick: '1',
  takerFee: '0.001',
  capital: '1000',
  intervalMs: 60_000,
}
const flat = (i: number, price: number): EmaCrossBar => ({
  openTimeMs: i * 60_000,
  open: price,
  high: price,
  low: price,
  close: price,
})
const bar = (i: number, open: number, high: number, low: number, close: number): EmaCrossBar => ({
  openTimeMs: i * 60_000,
  open,
  high,
  low,
  close,
})

describe('ema-cross by hand', () => {
  it('opens at the next row, also over a gap, and is stopped in the entry bar at its trigger', () => {
    // Row 2 turns up: close 104, TR 4, stop 100. Row 3 opens 105, its low reaches 100.
    const result = naiveEmaCross([flat(0, 100), flat(1, 100), bar(2, 100, 104, 100, 104), bar(9, 105, 106, 99, 100)], SMALL)
    expect(result.trades).toEqual([
      {
        id: 1,
        symbol: 'TWIN',
        side: 'long',
        entryTimeMs: 540_000,
        exitTimeMs: 599_999,
        qty: '2',
        entryPrice: '105',
        exitPrice: '100',
        grossPnl: '-10',
        fees: '0.41',
        funding: '0',
        netPnl: '-10.41',
        exitReason: 'stop',
      },
    ])
    // The close of row 3 turned down; no row is left to fill that.
    expect(result).toMatchObject({ fills: 2, finalEquity: '989.59', fees: '0.41', droppedLastOrder: true })
  })

  it('acts at once, at the open, when the entry opens beyond its own stop', () => {
    const result = naiveEmaCross([flat(0, 100), flat(1, 100), bar(2, 100, 104, 100, 104), bar(3, 97, 98, 96, 97)], SMALL)
    expect(result.trades).toMatchObject([{ entryPrice: '97', exitPrice: '97', grossPnl: '0', fees: '0.388', exitReason: 'stop' }])
  })

  it('reverses with one fill, removes the old stop first, and splits the fee', () => {
    // Long from row 3 at 104 with stop 100; row 3 turns down (close 101, TR 3, stop 104); row 4 opens at 99, below the old stop.
    const rows = [flat(0, 100), flat(1, 100), bar(2, 100, 104, 100, 104), bar(3, 104, 104, 101, 101), bar(4, 99, 100, 98, 98)]
    const result = naiveEmaCross(rows, SMALL)
    expect(result.trades).toMatchObject([
      { side: 'long', exitTimeMs: 240_000, exitPrice: '99', grossPnl: '-10', fees: '0.406', exitReason: 'reversal' },
    ])
    // Fees 0.208 + 0.396; the short of 2 from 99 is marked at 98.
    expect(result).toMatchObject({ fills: 2, fees: '0.604', finalEquity: '991.396', droppedLastOrder: false })
  })

  it('rounds stops away from the position and leaves whole ticks alone', () => {
    // Stop 104 - 1.5 x 4 = 98 is whole; with mult 1.6 it is 97.6 and becomes 97 for a long.
    const rows = [flat(0, 100), flat(1, 100), bar(2, 100, 104, 100, 104), bar(3, 104, 104, 97, 104)]
    expect(naiveEmaCross(rows, { ...SMALL, mult: 1.5 }).trades[0].exitPrice).toBe('98')
    expect(naiveEmaCross(rows, { ...SMALL, mult: 1.6 }).trades[0].exitPrice).toBe('97')
  })

  it('holds without a stop when the stop would be at or below zero', () => {
    const rows = [flat(0, 100), flat(1, 100), bar(2, 100, 104, 100, 104), bar(3, 104, 104, 1, 104)]
    expect(naiveEmaCross(rows, { ...SMALL, mult: 26 })).toMatchObject({ trades: [], fills: 1, finalEquity: '999.792' })
  })
})
