/** Statistics of markets against series whose values are known. */
import { describe, expect, it } from 'vitest'
import { createPrng } from '../core/random.ts'
import { DAY, HOUR } from '../core/time.ts'
import {
  autocorrelation,
  barStatistics,
  fundingStatistics,
  hillTailIndex,
  kurtosis,
  returnsOf,
  standardDeviation,
  tradeStatistics,
} from './market-statistics.ts'

const chance = createPrng(1)
const many = (draw: () => number, count = 100_000): Float64Array => Float64Array.from({ length: count }, draw)

describe('moments and tails', () => {
  it('know the normal law, the two-point law, and a constant', () => {
    const normal = many(() => chance.normal())
    expect(standardDeviation(normal)).toBeCloseTo(1, 2)
    expect(kurtosis(normal)).toBeCloseTo(3, 1)
    expect(kurtosis(Float64Array.of(1, -1, 1, -1))).toBe(1)
    expect(kurtosis(Float64Array.of(2, 2))).toBeUndefined()
    expect(standardDeviation(Float64Array.of(2))).toBeUndefined()
    expect(standardDeviation(Float64Array.of(1, 2, 3, 4))).toBeCloseTo(Math.sqrt(5 / 3), 12)
  })

  it('finds the exponent of a power law', () => {
    for (const exponent of [2, 3, 4]) {
      const pareto = many(() => Math.exp(chance.exponential() / exponent))
      expect((hillTailIndex(pareto, 0.05) ?? 0) / exponent).toBeCloseTo(1, 1)
    }
    expect(hillTailIndex(Float64Array.of(1, 2, 3), 0.5)).toBeUndefined()
  })
})

describe('correlations', () => {
  it('of a series with its past decay by a constant factor when it forgets by one', () => {
    let value = 0
    const series = many(() => (value = 0.8 * value + chance.normal()))
    expect(autocorrelation(series, 1)).toBeCloseTo(0.8, 1)
    expect(autocorrelation(series, 3)).toBeCloseTo(0.512, 1)
    expect(autocorrelation(series.subarray(0, 100), 11)).toBeUndefined()
  })
})

describe('bars', () => {
  const bars = (closes: readonly number[], gapAt = -1): Parameters<typeof barStatistics>[0] => {
    const close = Float64Array.from(closes)
    return {
      openTime: Float64Array.from(closes, (_, row) => (row + (gapAt >= 0 && row >= gapAt ? 5 : 0)) * HOUR),
      open: close,
      high: close.map((price) => price * 1.01),
      low: close,
      close,
      volume: close,
    }
  }

  it('that do not follow one another give no return', () => {
    const { times, returns } = returnsOf(bars([1, 2, 4, 8], 2), HOUR)
    expect([...times]).toEqual([HOUR, 8 * HOUR])
    expect([...returns]).toEqual([Math.log(2), Math.log(2)])
  })

  it('of a random walk have no tails, no memory and no busy hour', () => {
    let price = 100
    const walk = barStatistics(bars(Array.from({ length: 20_000 }, () => (price *= Math.exp(0.005 * chance.normal())))), HOUR)
    expect(walk.annualVolatility).toBeCloseTo(0.005 * Math.sqrt(365 * 24), 1)
    expect(walk.kurtosis).toBeLessThan(3.3)
    expect(walk.tailIndex).toBeGreaterThan(6)
    for (const lag of Object.values(walk.absoluteAutocorrelation)) expect(Math.abs(lag ?? 1)).toBeLessThan(0.03)
    expect(walk.hourRatio).toBeLessThan(1.2)
    expect(walk.weekendRatio).toBeCloseTo(1, 1)
    expect(walk.jumpsPerThousand).toBe(0)
    expect(walk.gapShare).toBeCloseTo(1, 2)
  })

  it('of a few rows leave undefined what they are too few for', () => {
    const few = barStatistics(bars([1, 2, 3]), DAY)
    expect(few).toMatchObject({ bars: 3, tailIndex: undefined, leverage: undefined, hourRatio: undefined })
    expect(barStatistics(bars([]), DAY).annualVolatility).toBeUndefined()
  })

  it('tell the busiest hour', () => {
    let price = 1
    const closes = Array.from({ length: 24 * 40 }, (_, row) => (price *= row % 24 === 15 ? 1.02 : row % 24 === 4 ? 1 : 1.001))
    expect(barStatistics(bars(closes), HOUR)).toMatchObject({ busiestHour: 15, quietestHour: 4, hourRatio: undefined })
  })
})

it('funding: mean, spread, share below zero and of the commonest rate', () => {
  expect(fundingStatistics(Float64Array.of(1, 1, -2, 4))).toMatchObject({
    settlements: 4,
    mean: 1,
    deviation: Math.sqrt(6),
    negativeShare: 0.25,
    commonestShare: 0.5,
  })
  expect(fundingStatistics(new Float64Array(0))).toMatchObject({
    mean: undefined,
    negativeShare: undefined,
    commonestShare: undefined,
  })
})

it('trades: spread where sides change, same price, same moment, sizes', () => {
  const statistics = tradeStatistics({
    price: Float64Array.of(100, 101, 101, 100),
    quantity: Float64Array.of(1, 1, 2, 4),
    time: Float64Array.of(0, 10, 10, 40),
    takerBuys: Uint8Array.of(0, 1, 1, 0),
  })
  expect(statistics.trades).toBe(4)
  expect(statistics.spread).toBeCloseTo(0.01, 3)
  expect(statistics.samePriceShare).toBeCloseTo(1 / 3, 12)
  expect(statistics.sameTimeShare).toBeCloseTo(1 / 3, 12)
  expect(statistics.waitingVariation).toBeCloseTo(Math.sqrt(200) / 20, 12)
  expect(statistics.meanOverMedianSize).toBe(1)
})
