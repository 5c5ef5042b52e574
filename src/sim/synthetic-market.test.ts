/** What the generated market promises: the same every time, on the tick, and alive like a real one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { POW10 } from '../core/exact.ts'
import { barEnd, barStart, HOUR, intervalOf, INTERVALS, MINUTE, parseTime } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import { SYNTHETIC_SYMBOLS, syntheticMarket } from './synthetic-market.ts'
import type { SyntheticRequest, SyntheticSeries } from './synthetic-market.ts'

const REQUEST: SyntheticRequest = {
  seed: 7,
  symbols: SYNTHETIC_SYMBOLS,
  from: parseTime('2024-01-01'),
  bars: 6_000,
  interval: intervalOf('1h'),
}
const market = (over: Partial<SyntheticRequest> = {}): readonly SyntheticSeries[] => syntheticMarket({ ...REQUEST, ...over })

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
function correlation(a: readonly number[], b: readonly number[]): number {
  const [ma, mb] = [mean(a), mean(b)]
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number): number =>
    mean(x.map((value, i) => (value - mx) * (y[i] - my)))
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb))
}
const returnsOf = ({ close }: SyntheticSeries): number[] => Array.from(close.subarray(1), (price, i) => price / close[i] - 1)

describe('the generated market', () => {
  it('is the same for the same seed and another for another', () => {
    expect(market()).toEqual(market())
    expect(market({ seed: 8 })[0].close).not.toEqual(market()[0].close)
  })

  it('of a symbol does not depend on the others, and a longer one begins with the shorter', () => {
    const [alone] = market({ symbols: ['SYNBUSDT'] })
    expect(alone).toEqual(market({ symbols: ['NEWUSDT', 'SYNAUSDT', 'SYNBUSDT'] })[2])
    expect(market({ bars: 500, symbols: ['SYNBUSDT'] })[0].close).toEqual(alone.close.slice(0, 500))
  })

  it('keeps bars consistent, prices on the tick and volumes on the step, for any symbol and interval', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom(...INTERVALS),
        fc.constantFrom('SYNAUSDT', 'SYNCUSDT', 'XUSDT', 'YUSDT', 'ZUSDT'),
        fc.integer({ min: 1, max: 60 }),
        (seed, interval, symbol, bars) => {
          const [{ openTime, open, high, low, close, volume, mark, priceDecimals, qtyDecimals }] = market({
            seed,
            interval,
            symbols: [symbol],
            bars,
          })
          expect(openTime[0]).toBe(barStart(REQUEST.from, interval))
          for (let row = 0; row < bars; row++) {
            if (row > 0) expect(openTime[row]).toBe(barEnd(openTime[row - 1] as Micros, interval))
            for (const columns of [{ open, high, low, close }, mark]) {
              expect(columns.high[row]).toBeGreaterThanOrEqual(Math.max(columns.open[row], columns.close[row]))
              expect(columns.low[row]).toBeLessThanOrEqual(Math.min(columns.open[row], columns.close[row]))
              expect(columns.low[row]).toBeGreaterThan(0)
            }
            for (const column of [open, high, low, close])
              expect(Math.round(column[row] * POW10[priceDecimals]) / POW10[priceDecimals]).toBe(column[row])
            expect(volume[row]).toBeGreaterThanOrEqual(0)
            expect(Math.round(volume[row] * POW10[qtyDecimals]) / POW10[qtyDecimals]).toBe(volume[row])
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('has tails, correlated symbols, clustered movement, and volume that follows it', () => {
    const series = market({ bars: 20_000 })
    const returns = series.map(returnsOf)
    expect(correlation(returns[0], returns[1])).toBeGreaterThan(0.6)
    expect(correlation(returns[0], returns[2])).toBeGreaterThan(0.4)
    for (const [i, own] of returns.entries()) {
      const variance = mean(own.map((value) => value * value))
      const yearly = Math.sqrt(variance * 24 * 365)
      expect(yearly).toBeGreaterThan(0.3)
      expect(yearly).toBeLessThan(1.6)
      expect(mean(own.map((value) => value * value * value * value)) / (variance * variance)).toBeGreaterThan(5)
      const size = own.map((value) => Math.min(0.03, Math.abs(value)))
      expect(correlation(size.slice(24), size.slice(0, -24))).toBeGreaterThan(0.1)
      expect(correlation(own.slice(1), own.slice(0, -1))).toBeLessThan(0.06)
      const ranges = Array.from(series[i].high.subarray(1), (high, row) => high / series[i].low[row + 1] - 1)
      expect(correlation(ranges, [...series[i].volume.subarray(1)])).toBeGreaterThan(0.3)
    }
    const volumeAt = (hour: number): number => mean([...series[0].volume].filter((_, row) => row % 24 === hour))
    expect(volumeAt(15)).toBeGreaterThan(1.5 * volumeAt(4))
  })

  it('pays funding every eight hours inside the market, near the usual rate, at the mark then', () => {
    for (const { funding, mark, openTime } of market()) {
      expect(funding.time).toHaveLength(6_000 / 8 - 1)
      expect([...funding.time].every((time) => time % (8 * HOUR) === 0)).toBe(true)
      expect([...funding.rate].every((rate) => Number.isInteger(rate / 100) && Math.abs(rate) <= 30_000_000)).toBe(true)
      expect(Math.abs(mean([...funding.rate]) / 1e10)).toBeLessThan(0.0003)
      expect(funding.rate.some((rate) => rate < 0)).toBe(true)
      const row = openTime.indexOf(funding.time[10])
      expect(funding.mark[10]).toBe(Math.round(mark.open[row] * 1e8))
    }
    const [minutes] = market({ interval: intervalOf('1m'), bars: 1_000, from: (REQUEST.from + 30 * MINUTE) as Micros })
    expect([...minutes.funding.time].map((time) => (time - REQUEST.from) / HOUR)).toEqual([8, 16])
  })
})
