/** Laws of spreads from bars: not below zero unless the sign is asked for, blind to the unit of price, and near the truth in simulated markets. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import {
  abdiRanaldo,
  corwinSchultz,
  edge,
  generalisedSpread,
  type OhlcPrices,
  rollCloseSpread,
  type SpreadOptions,
} from './ohlc-spread.ts'

/** Bars of trades at a mid that walks, half a spread above or below it. */
function market(seed: number, bars: number, spread: number, volatility = 0.02, trades = 60): OhlcPrices {
  const prng = createPrng(seed)
  let mid = Math.log(100)
  const out: { open: number[]; high: number[]; low: number[]; close: number[] } = { open: [], high: [], low: [], close: [] }
  for (let b = 0; b < bars; b++) {
    const prices = Array.from({ length: trades }, () => {
      mid += (volatility / Math.sqrt(trades)) * prng.normal()
      return Math.exp(mid) * (1 + (prng.chance(0.5) ? 0.5 : -0.5) * spread)
    })
    out.open.push(prices[0])
    out.high.push(Math.max(...prices))
    out.low.push(Math.min(...prices))
    out.close.push(prices[trades - 1])
  }
  return out
}

const estimators: readonly (readonly [string, (prices: OhlcPrices, options?: SpreadOptions) => number])[] = [
  ['EDGE', edge],
  ['Roll', (prices, options) => rollCloseSpread(prices.close, options)],
  ['Corwin-Schultz', corwinSchultz],
  ['Abdi-Ranaldo', abdiRanaldo],
  ['OHL', (prices, options) => generalisedSpread(prices, ['OHL'], options)],
  ['OHLC', (prices, options) => generalisedSpread(prices, ['OHLC'], options)],
  ['CHL', (prices, options) => generalisedSpread(prices, ['CHL'], options)],
  ['CHLO', (prices, options) => generalisedSpread(prices, ['CHLO'], options)],
]
const seeds = fc.integer({ min: 1, max: 1e6 })

describe.each(estimators)('%s', (_name, estimate) => {
  it('is not below zero, the size of its signed self, and the same in another currency', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 0.02, noNaN: true }), (seed, spread) => {
        const own = market(seed, 30, spread)
        const value = estimate(own)
        expect(value).toBeGreaterThanOrEqual(0)
        expect(Math.abs(estimate(own, { signed: true }))).toBe(value)
        const scaled = (column: ArrayLike<number>): number[] => Array.from(column, (price) => price * 4)
        const abroad = { open: scaled(own.open), high: scaled(own.high), low: scaled(own.low), close: scaled(own.close) }
        expect(estimate(abroad) ** 2).toBeCloseTo(value ** 2, 12)
      }),
      { numRuns: 20 },
    )
  })

  it('comes near the truth', () => {
    for (const spread of [0.02, 0.04]) {
      // The mean over markets of the squared estimate: single ones are noisy.
      let mean = 0
      for (let seed = 1; seed <= 8; seed++) {
        const value = estimate(market(seed, 250, spread), { signed: true })
        mean += (Math.sign(value) * value * value) / 8
      }
      expect(Math.abs(Math.sqrt(Math.max(0, mean)) / spread - 1)).toBeLessThan(0.25)
    }
  })
})

describe('EDGE', () => {
  it('is closer than the others', () => {
    const errorOf = (estimate: (prices: OhlcPrices, options?: SpreadOptions) => number): number => {
      let total = 0
      for (let seed = 1; seed <= 12; seed++) total += (estimate(market(seed, 250, 0.01), { signed: true }) - 0.01) ** 2
      return total
    }
    const best = errorOf(edge)
    for (const [, estimate] of estimators.slice(1, 4)) expect(best).toBeLessThan(errorOf(estimate))
  })

  it('is undefined, with a reason, where prices do not move', () => {
    const flat = [10, 10, 10, 10]
    expect(() => edge({ open: flat, high: flat, low: flat, close: flat })).toThrow('fewer than two bars moved')
  })
})
