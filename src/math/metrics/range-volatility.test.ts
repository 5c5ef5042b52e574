/** Volatility from ranges: on a fine random walk of known volatility, and what moves prices but not volatility. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import * as metrics from './index.ts'

/** Bars of a walk in small steps; the open of a bar is the close of the one before, times a gap. */
function walk(seed: number, bars: number, options: { readonly drift?: number; readonly gap?: number } = {}) {
  const prng = createPrng(seed)
  const [steps, deviation] = [250, 0.02]
  const [open, high, low, close]: number[][] = [[], [], [], []]
  let price = 0
  for (let bar = 0; bar < bars; bar++) {
    price += (options.gap ?? 0) * prng.normal()
    let [top, bottom] = [price, price]
    open.push(Math.exp(price))
    for (let i = 0; i < steps; i++) {
      price += (deviation / Math.sqrt(steps)) * prng.normal() + (options.drift ?? 0) / steps
      top = Math.max(top, price)
      bottom = Math.min(bottom, price)
    }
    high.push(Math.exp(top))
    low.push(Math.exp(bottom))
    close.push(Math.exp(price))
  }
  return { open, high, low, close }
}

const ALL = [
  metrics.parkinsonVolatility,
  metrics.garmanKlassVolatility,
  metrics.rogersSatchellVolatility,
  metrics.yangZhangVolatility,
] as const

describe('volatility from ranges', () => {
  it('finds the volatility of a walk, a little less because steps hide extremes', () => {
    const bars = walk(1, 1_500)
    for (const each of ALL) {
      expect(each(bars)).toBeGreaterThan(0.018)
      expect(each(bars)).toBeLessThan(0.0205)
    }
  })
  it('holds with a drift where it says so', () => {
    const bars = walk(2, 1_500, { drift: 0.04 })
    expect(metrics.parkinsonVolatility(bars)).toBeGreaterThan(0.025)
    for (const each of [metrics.rogersSatchellVolatility, metrics.yangZhangVolatility]) expect(each(bars)).toBeLessThan(0.021)
  })
  it('sees gaps where it says so', () => {
    const bars = walk(3, 1_500, { gap: 0.02 })
    expect(metrics.yangZhangVolatility(bars)).toBeCloseTo(Math.hypot(0.02, 0.019), 2)
    expect(metrics.rogersSatchellVolatility(bars)).toBeLessThan(0.021)
  })
  it('does not depend on the unit of prices, and scales with the root of a year (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 3, max: 12 }), (seed, count) => {
        const bars = walk(seed, count)
        const scaled = Object.fromEntries(
          Object.entries(bars).map(([name, values]) => [name, values.map((each) => each * 8)]),
        ) as typeof bars
        for (const each of ALL) {
          expect(each(scaled)).toBeCloseTo(each(bars), 12)
          expect(each(bars, { periodsPerYear: 16 })).toBeCloseTo(4 * each(bars), 12)
        }
      }),
      { numRuns: 20 },
    )
  })
  it('refuses a high below a low', () => {
    expect(() => metrics.parkinsonVolatility({ high: [1, 2], low: [1, 3] })).toThrow('outside')
  })
})
