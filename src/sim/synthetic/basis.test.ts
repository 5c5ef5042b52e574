/** Spot prices made of marks and a basis: consistent, seeded, and without a look ahead. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price, Qty } from '../../core/exact.ts'
import { HOUR } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import type { VenueBars } from '../venue-bars.ts'
import { syntheticSpot, syntheticSpotWarning } from './basis.ts'

const spec = {
  symbol: 'BTCUSDT',
  priceScale: 2,
  rules: [{ from: 0 as Micros, tick: 5 as Price, step: 1 as Qty, binding: false }],
}

/** Hourly bars around the closes, the marks half a percent above them. */
function barsOf(closes: readonly number[], marked = true): VenueBars {
  const column = (of: (close: number, open: number) => number): Float64Array =>
    Float64Array.from(closes, (close, i) => of(close, i === 0 ? close : closes[i - 1]))
  const open = column((_, before) => before)
  const high = column((close, before) => Math.max(close, before) + 3)
  const low = column((close, before) => Math.max(1, Math.min(close, before) - 3))
  const close = column((now) => now)
  const mark = (of: Float64Array): Float64Array => of.map((price) => Math.round(price * 1.005 * 1e6))
  return {
    length: closes.length,
    openTime: Float64Array.from(closes, (_, i) => i * HOUR),
    duration: Float64Array.from(closes, () => HOUR),
    open,
    high,
    low,
    close,
    volume: column(() => 10),
    mark: marked ? { open: mark(open), high: mark(high), low: mark(low), close: mark(close) } : undefined,
  }
}
const closes = fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 1, maxLength: 60 })

describe('synthetic spot prices', () => {
  it('are bars on the tick above zero, whose extremes hold open and close', () => {
    fc.assert(
      fc.property(closes, fc.boolean(), fc.nat(), (list, marked, seed) => {
        const spot = syntheticSpot(spec, barsOf(list, marked), { seed, sdBps: 100 })
        for (let i = 0; i < spot.length; i++) {
          const [open, high, low, close] = [spot.open[i], spot.high[i], spot.low[i], spot.close[i]]
          for (const price of [open, high, low, close]) expect(price > 0 && price % 5 === 0).toBe(true)
          expect(low <= Math.min(open, close) && high >= Math.max(open, close)).toBe(true)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('do not know what comes later', () => {
    fc.assert(
      fc.property(closes, closes, fc.nat(), (before, after, seed) => {
        const short = syntheticSpot(spec, barsOf(before), { seed })
        const long = syntheticSpot(spec, barsOf([...before, ...after]), { seed })
        for (const name of ['open', 'high', 'low', 'close'] as const)
          expect([...long[name].subarray(0, before.length)]).toEqual([...short[name]])
      }),
      { numRuns: 30 },
    )
  })

  it('stand below the mark by the mean, with the deviation that is asked for, and revert', () => {
    const list = new Array<number>(20_000).fill(100_000_000)
    const terms = { seed: 7, meanBps: 20, sdBps: 10, halfLife: 4 * HOUR }
    const bars = barsOf(list)
    const { close } = syntheticSpot(spec, bars, terms)
    const basis = [...close].map((price) => ((100_000_000 * 1.005) / price - 1) * 1e4)
    const mean = basis.reduce((a, b) => a + b, 0) / basis.length
    const variance = basis.reduce((sum, b) => sum + (b - mean) ** 2, 0) / basis.length
    const lag = basis.slice(4).reduce((sum, b, i) => sum + (b - mean) * (basis[i] - mean), 0) / (basis.length - 4) / variance
    expect(mean).toBeGreaterThan(19)
    expect(mean).toBeLessThan(21)
    expect(Math.sqrt(variance)).toBeGreaterThan(9)
    expect(Math.sqrt(variance)).toBeLessThan(11)
    // Half of a deviation is left after the half-life.
    expect(lag).toBeGreaterThan(0.43)
    expect(lag).toBeLessThan(0.57)
  })

  it('are those of their seed and symbol', () => {
    const bars = barsOf(new Array<number>(50).fill(1_000_000))
    const of = (seed: number, symbol: string): number[] => [...syntheticSpot({ ...spec, symbol }, bars, { seed }).close]
    expect(of(1, 'BTCUSDT')).toEqual(of(1, 'BTCUSDT'))
    expect(of(1, 'BTCUSDT')).not.toEqual(of(2, 'BTCUSDT'))
    expect(of(1, 'BTCUSDT')).not.toEqual(of(1, 'ETHUSDT'))
  })

  it('are named for what they are', () => {
    expect(syntheticSpotWarning('BTCUSDT', { seed: 1 }, true)).toBe(
      'There are no spot prices for BTCUSDT: the spot leg trades at the mark price less a seeded basis of 3 bps on average ' +
        "with a standard deviation of 5 bps and a half-life of 8 h, and with the contract's volume.",
    )
    expect(syntheticSpotWarning('BTCUSDT', { seed: 1 }, false)).toContain('at the last price')
  })
})
