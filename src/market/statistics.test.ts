/** Running statistics against their definitions over the whole past, without a look ahead, cut anywhere. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../core/random.ts'
import { DAY, HOUR, MINUTE } from '../core/time.ts'
import { CORRELATION_DAYS, LEAST_COMMON_DAYS, LEAST_RETURNS, MarketStatistics } from './statistics.ts'

interface TestBar {
  readonly end: number
  readonly close: number
  readonly volume: number
  readonly length: number
}

const START = 19_700 * DAY

interface Shape {
  readonly length: number
  readonly count: number
  readonly missing: number
  readonly from?: number
}

/** A random walk; some bars are missing. */
function walk(seed: number, { length, count, missing, from = START }: Shape): TestBar[] {
  const prng = createPrng(seed)
  const bars: TestBar[] = []
  let close = 100
  for (let k = 1; k <= count; k++) {
    close *= 1 + 0.02 * Math.sqrt(length / DAY) * prng.normal()
    const volume = prng.exponential()
    if (prng.float() >= missing) bars.push({ end: from + k * length, close, volume, length })
  }
  return bars
}

const feed = (statistics: MarketStatistics, instrument: number, bars: readonly TestBar[]): void =>
  bars.forEach(({ end, close, volume, length }) => statistics.onBar(instrument, end, close, volume, length))

const walks = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  shape: fc.record({
    length: fc.constantFrom(30 * MINUTE, HOUR, 4 * HOUR, DAY),
    count: fc.integer({ min: 1, max: 400 }),
    missing: fc.constantFrom(0, 0.05, 0.5),
    from: fc.constantFrom(START, START + 7 * HOUR, START + 30 * MINUTE),
  }),
})

function naiveVolatility(bars: readonly TestBar[]): number {
  if (bars.length - 1 < LEAST_RETURNS || bars[bars.length - 1].end - bars[0].end < DAY) return Number.NaN
  const now = bars[bars.length - 1].end
  let [squares, weight] = [0, 0]
  for (let k = 1; k < bars.length; k++) {
    const w = 0.94 ** ((now - bars[k].end) / DAY)
    squares += w * (bars[k].close / bars[k - 1].close - 1) ** 2
    weight += (w * (bars[k].end - bars[k - 1].end)) / DAY
  }
  return Math.sqrt(squares / weight)
}

function naiveVolume(bars: readonly TestBar[]): number {
  const last = bars[bars.length - 1]
  if (last.end - (bars[0].end - bars[0].length) < DAY) return Number.NaN
  const hour = Math.ceil(last.end / HOUR) - 1
  const passed = last.end / HOUR - hour
  let total = 0
  for (const { end, volume } of bars) {
    const age = hour - (Math.ceil(end / HOUR) - 1)
    if (age < 24) total += volume
    else if (age === 24) total += volume * (1 - passed)
  }
  return total
}

/** The returns of days that are over, by day number. */
function naiveReturns(bars: readonly TestBar[]): Map<number, number> {
  const closes = new Map<number, number>()
  for (const { end, close } of bars) closes.set(Math.ceil(end / DAY) - 1, close)
  const last = bars[bars.length - 1].end
  const found = new Map<number, number>()
  for (const [day, close] of closes) {
    const before = closes.get(day - 1)
    const isOver = last >= (day + 1) * DAY
    if (before !== undefined && isOver) found.set(day, close / before - 1)
  }
  return found
}

describe('running statistics', () => {
  it('are those of the whole past', () => {
    fc.assert(
      fc.property(walks, ({ seed, shape }) => {
        const bars = walk(seed, shape)
        if (bars.length === 0) return
        const statistics = new MarketStatistics()
        statistics.reserve(1)
        feed(statistics, 0, bars)
        const [volatility, volume] = [naiveVolatility(bars), naiveVolume(bars)]
        expect(Number.isNaN(statistics.volatility(0))).toBe(Number.isNaN(volatility))
        if (!Number.isNaN(volatility)) expect(statistics.volatility(0) / volatility).toBeCloseTo(1, 8)
        expect(Number.isNaN(statistics.dayVolume(0))).toBe(Number.isNaN(volume))
        if (!Number.isNaN(volume)) expect(statistics.dayVolume(0)).toBeCloseTo(volume, 9)
        const wanted = naiveReturns(bars)
        const { days, rows } = statistics.returns(500, 1, [0])
        expect(days).toEqual([...wanted.keys()])
        expect(rows.map(([each]) => each)).toEqual([...wanted.values()])
      }),
      { numRuns: 150 },
    )
  })

  it('mean the same for short and long bars', () => {
    const minutes = walk(3, { length: MINUTE, count: 40 * 1_440, missing: 0 })
    const hours = minutes.filter(({ end }) => end % HOUR === 0).map((bar) => ({ ...bar, length: HOUR }))
    const statistics = new MarketStatistics()
    statistics.reserve(2)
    feed(statistics, 0, minutes)
    feed(statistics, 1, hours)
    expect(statistics.volatility(0)).toBeCloseTo(0.02, 3)
    expect(statistics.volatility(1)).toBeCloseTo(0.02, 2)
    expect(statistics.returns(30, 1, [0]).rows).toEqual(statistics.returns(30, 1, [1]).rows)
  })

  it('know nothing before a day, or before enough returns', () => {
    const statistics = new MarketStatistics()
    statistics.reserve(2)
    const hours = walk(1, { length: HOUR, count: 25, missing: 0 })
    feed(statistics, 0, hours.slice(0, 23))
    expect(statistics.dayVolume(0)).toBeNaN()
    feed(statistics, 0, hours.slice(23, 24))
    expect(statistics.dayVolume(0)).toBeGreaterThan(0)
    expect(statistics.volatility(0)).toBeNaN()
    feed(statistics, 0, hours.slice(24))
    expect(statistics.volatility(0)).toBeGreaterThan(0)
    const days = walk(1, { length: DAY, count: LEAST_RETURNS + 1, missing: 0 })
    feed(statistics, 1, days.slice(0, LEAST_RETURNS))
    expect(statistics.volatility(1)).toBeNaN()
    feed(statistics, 1, days.slice(LEAST_RETURNS))
    expect(statistics.volatility(1)).toBeGreaterThan(0)
  })

  it('take from bars longer than a day the part of a day', () => {
    const statistics = new MarketStatistics()
    statistics.reserve(1)
    statistics.onBar(0, START + 3 * DAY, 100, 30, 3 * DAY)
    expect(statistics.dayVolume(0)).toBeCloseTo(10, 12)
  })
})

describe('correlation', () => {
  const days = (seed: number, count: number, from = START): TestBar[] => walk(seed, { length: DAY, count, missing: 0.03, from })

  function naive(one: readonly TestBar[], other: readonly TestBar[]): number {
    const [a, b] = [naiveReturns(one), naiveReturns(other)]
    const last = Math.max(one[one.length - 1].end, other[other.length - 1].end) / DAY - 1
    const common = [...a.keys()].filter((day) => b.has(day) && day > last - CORRELATION_DAYS)
    if (common.length < LEAST_COMMON_DAYS) return Number.NaN
    const mean = (of: Map<number, number>): number => common.reduce((sum, day) => sum + (of.get(day) ?? 0), 0) / common.length
    const [meanA, meanB] = [mean(a), mean(b)]
    let [xx, yy, xy] = [0, 0, 0]
    for (const day of common) {
      const [x, y] = [(a.get(day) ?? 0) - meanA, (b.get(day) ?? 0) - meanB]
      xx += x * x
      yy += y * y
      xy += x * y
    }
    return xy / Math.sqrt(xx * yy)
  }

  it('is that of the common days of the window', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 2, max: 200 }),
        fc.integer({ min: 0, max: 60 }),
        (seed, n, late) => {
          const [one, other] = [days(seed, n), days(seed + 1, Math.max(2, n - late), START + late * DAY)]
          if (one.length === 0 || other.length === 0) return
          const statistics = new MarketStatistics()
          statistics.reserve(2)
          feed(statistics, 0, one)
          feed(statistics, 1, other)
          const wanted = naive(one, other)
          expect(Number.isNaN(statistics.correlation(0, 1))).toBe(Number.isNaN(wanted))
          if (!Number.isNaN(wanted)) expect(statistics.correlation(0, 1)).toBeCloseTo(wanted, 12)
          expect(statistics.correlation(1, 0)).toEqual(statistics.correlation(0, 1))
          expect(statistics.correlation(0, 0)).toBe(1)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is computed anew with each day, of either', () => {
    const statistics = new MarketStatistics()
    const [one, other] = [days(1, 80), days(2, 80)]
    statistics.reserve(2)
    const rest = other.slice(-5)
    feed(statistics, 0, one)
    feed(statistics, 1, other.slice(0, -5))
    for (const bar of rest) {
      const before = statistics.correlation(0, 1)
      feed(statistics, 1, [bar])
      expect(statistics.correlation(0, 1)).not.toBe(before)
    }
  })

  it('with what stands still is not known', () => {
    const statistics = new MarketStatistics()
    statistics.reserve(2)
    feed(statistics, 0, days(1, 80))
    feed(
      statistics,
      1,
      days(1, 80).map((bar) => ({ ...bar, close: 5 })),
    )
    expect(statistics.correlation(0, 1)).toBeNaN()
  })
})

describe('the matrix of returns', () => {
  it('leaves out who has too few days, and names them', () => {
    const statistics = new MarketStatistics()
    statistics.reserve(3)
    feed(statistics, 0, walk(1, { length: DAY, count: 100, missing: 0 }))
    feed(statistics, 1, walk(2, { length: DAY, count: 20, missing: 0, from: START + 80 * DAY }))
    feed(statistics, 2, walk(3, { length: DAY, count: 60, missing: 0, from: START + 40 * DAY }))
    const found = statistics.returns(90, 45, [2, 0, 1])
    expect(found.instruments).toEqual([0, 2])
    expect(found.leftOut).toEqual([1])
    expect(found.rows).toHaveLength(59)
    expect(statistics.returns(90, 80, [0, 1, 2]).instruments).toEqual([0])
    expect(statistics.returns(90, 15, [0, 1, 2]).rows).toHaveLength(19)
    expect(statistics.returns(90, 200, [0, 1, 2]).instruments).toEqual([])
  })

  it('drops the one with the fewest days while the common ones are too few', () => {
    const statistics = new MarketStatistics()
    statistics.reserve(3)
    feed(statistics, 0, walk(1, { length: DAY, count: 100, missing: 0 }))
    feed(statistics, 1, walk(2, { length: DAY, count: 60, missing: 0 }))
    feed(statistics, 2, walk(3, { length: DAY, count: 55, missing: 0, from: START + 45 * DAY }))
    const found = statistics.returns(90, 45, [0, 1, 2])
    expect(found.instruments).toEqual([0, 2])
    expect(found.leftOut).toEqual([1])
  })
})

describe('a look ahead', () => {
  it('is not taken: what comes later changes no earlier answer', () => {
    fc.assert(
      fc.property(walks, fc.integer({ min: 1, max: 300 }), ({ seed, shape }, cut) => {
        const bars = walk(seed, shape)
        const answersOf = (all: readonly TestBar[]): unknown => {
          const statistics = new MarketStatistics()
          statistics.reserve(1)
          feed(statistics, 0, all.slice(0, cut))
          return [statistics.volatility(0), statistics.dayVolume(0), statistics.returns(100, 1, [0])]
        }
        const changed = bars.map((bar, k) => (k < cut ? bar : { ...bar, close: bar.close * 3, volume: 0 }))
        expect(answersOf(changed)).toEqual(answersOf(bars))
      }),
      { numRuns: 40 },
    )
  })
})

describe('a snapshot', () => {
  it('anywhere goes on like the original, with more instruments too', () => {
    fc.assert(
      fc.property(walks, fc.integer({ min: 0, max: 400 }), ({ seed, shape }, cut) => {
        const [one, other] = [walk(seed, shape), walk(seed + 1, shape)]
        const whole = new MarketStatistics()
        whole.reserve(2)
        feed(whole, 0, one.slice(0, cut))
        feed(whole, 1, other.slice(0, cut))
        const state = whole.snapshot()
        const again = new MarketStatistics()
        again.restore(state)
        for (const each of [whole, again]) {
          each.reserve(3)
          feed(each, 0, one.slice(cut))
          feed(each, 1, other.slice(cut))
          feed(each, 2, other)
        }
        expect(again.snapshot()).toEqual(whole.snapshot())
        expect(again.correlation(0, 1)).toEqual(whole.correlation(0, 1))
        expect(again.dayVolume(2)).toEqual(whole.dayVolume(2))
      }),
      { numRuns: 30 },
    )
  })
})
