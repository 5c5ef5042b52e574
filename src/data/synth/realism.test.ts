/**
 * The statistics of eight months of a synthetic market against bands that are derived from real files: the range of the real values,
 * widened by what another seed or another year may do. A plain random walk leaves most of them, and the real files keep them.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { HOUR, intervalOf, parseTime } from '../../core/time.ts'
import { barStatistics, fundingStatistics } from '../../math/market-statistics.ts'
import type { BarStatistics, FundingStatistics } from '../../math/market-statistics.ts'
import { SymbolMarket } from '../../sim/synthetic/market.ts'
import { readFunding } from '../../storage/market-data/read-funding.ts'
import { readKlines } from '../../storage/market-data/read-klines.ts'
import { correlationsWithFirst, Measure } from './measure.ts'
import type { SymbolStatistics } from './measure.ts'

type Band<S> = readonly [name: string, value: (statistics: S) => number | undefined, least: number, most: number]

/** Real values in the comments: bars of twelve contracts, one hour each, two to six years. */
const HOURS: readonly Band<BarStatistics>[] = [
  ['annualised volatility', (s) => s.annualVolatility, 0.3, 1.9], // 0.62 .. 1.26
  ['kurtosis', (s) => s.kurtosis, 6, 300], // 12 .. 77
  ['tail index', (s) => s.tailIndex, 2.1, 5.2], // 2.7 .. 3.8
  ['return autocorrelation', (s) => s.returnAutocorrelation, -0.09, 0.09], // -0.04 .. 0.01
  ['absolute autocorrelation, lag 1', (s) => s.absoluteAutocorrelation.lag1, 0.15, 0.48], // 0.24 .. 0.37
  ['lag 24', (s) => s.absoluteAutocorrelation.lag24, 0.06, 0.32], // 0.14 .. 0.26
  ['lag 168', (s) => s.absoluteAutocorrelation.lag168, 0.005, 0.25], // 0.07 .. 0.20
  ['leverage', (s) => s.leverage, -0.07, 0.02], // -0.025 .. 0.005
  ['busiest over quietest hour', (s) => s.hourRatio, 1.3, 2.4], // 1.4 .. 1.8
  ['weekend over weekday', (s) => s.weekendRatio, 0.55, 0.93], // 0.71 .. 0.85
  ['volume with range', (s) => s.volumeVolatility, 0.3, 0.95], // 0.36 .. 0.90
  ['jumps in 1000 bars', (s) => s.jumpsPerThousand, 1.8, 7.5], // 2.8 .. 5.0
  ['share of bars with a gap', (s) => s.gapShare, 0.35, 0.75], // 0.49 .. 0.70
]
/** Seven stretches of one to four months, minutes. */
const MINUTES: readonly Band<BarStatistics>[] = [
  ['kurtosis', (s) => s.kurtosis, 9, 3_000], // 11 .. 1578
  ['tail index', (s) => s.tailIndex, 2.1, 4.6], // 2.6 .. 3.9
  ['return autocorrelation', (s) => s.returnAutocorrelation, -0.1, 0.06], // -0.06 .. 0.02
  ['absolute autocorrelation, lag 1', (s) => s.absoluteAutocorrelation.lag1, 0.2, 0.55], // 0.27 .. 0.49
  ['lag 24', (s) => s.absoluteAutocorrelation.lag24, 0.1, 0.4], // 0.16 .. 0.26
  ['lag 168', (s) => s.absoluteAutocorrelation.lag168, 0.04, 0.32], // 0.08 .. 0.18
  ['volume with range', (s) => s.volumeVolatility, 0.6, 0.93], // 0.70 .. 0.81
]
/** Ten contracts. */
const FUNDING: readonly Band<FundingStatistics>[] = [
  ['mean', (s) => s.mean, -0.0001, 0.0006], // -0.000015 .. 0.00016
  ['deviation', (s) => s.deviation, 0.00006, 0.0015], // 0.00009 .. 0.00039
  ['autocorrelation, lag 1', (s) => s.autocorrelation1, 0.5, 0.97], // 0.63 .. 0.84
  ['autocorrelation, lag 3', (s) => s.autocorrelation3, 0.2, 0.9], // 0.45 .. 0.76
  ['share below zero', (s) => s.negativeShare, 0.01, 0.45], // 0.11 .. 0.32
  ['share of the commonest rate', (s) => s.commonestShare, 0.2, 0.8], // 0.26 .. 0.55
]

/** The bands that are left, each with its value. */
const outside = <S>(bands: readonly Band<S>[], statistics: S): readonly string[] =>
  bands.flatMap(([name, valueOf, least, most]) => {
    const value = valueOf(statistics)
    return value !== undefined && value >= least && value <= most ? [] : [`${name} ${value}`]
  })

describe('eight months of a synthetic market', () => {
  const found: SymbolStatistics[] = []
  let correlation: number | undefined
  beforeAll(() => {
    const measures = ['SYNAUSDT', 'SYNCUSDT'].map((symbol) => {
      const market = new SymbolMarket({ seed: 1, symbol, origin: parseTime('2023-01-01') })
      const measure = new Measure(symbol)
      for (let minute = 0; minute < 240 * 1_440; minute++) {
        market.step()
        measure.minute(market)
      }
      found.push(measure.result())
      return { symbol, ...measure.hourlyReturns() }
    })
    correlation = correlationsWithFirst(measures)[0].correlation
  }, 60_000)

  it('keeps the bands of real markets', () => {
    for (const { symbol, hours, minutes, funding } of found) {
      expect(outside(HOURS, hours as BarStatistics), symbol).toEqual([])
      expect(outside(MINUTES, minutes as BarStatistics), symbol).toEqual([])
      expect(outside(FUNDING, funding as FundingStatistics), symbol).toEqual([])
    }
  })

  it('has symbols that move together: real ones with BTCUSDT 0.49 to 0.84', () => {
    expect(correlation).toBeGreaterThan(0.4)
    expect(correlation).toBeLessThan(0.92)
  })

  it('is busiest when America opens', () => {
    for (const { hours } of found) expect([13, 14, 15, 16]).toContain(hours?.busiestHour)
  })
})

it('a plain random walk of the same volatility leaves the bands of tails, memory, hours and volume', () => {
  const chance = createPrng(1)
  const rows = 8_760
  const column = (valueOf: (row: number) => number): Float64Array => Float64Array.from({ length: rows }, (_, row) => valueOf(row))
  const close = new Float64Array(rows)
  let price = 40_000
  for (let row = 0; row < rows; row++) close[row] = price *= 1 + 0.007 * chance.normal()
  const open = column((row) => close[Math.max(0, row - 1)])
  const walk = barStatistics(
    {
      openTime: column((row) => parseTime('2023-01-01') + row * HOUR),
      open,
      high: column((row) => Math.max(open[row], close[row]) * (1 + 0.002 * chance.exponential())),
      low: column((row) => Math.min(open[row], close[row]) * (1 - 0.002 * chance.exponential())),
      close,
      volume: column(() => 1_000 * chance.exponential()),
    },
    HOUR,
  )
  const left = outside(HOURS, walk).map((text) => text.replace(/ [^ ]+$/, ''))
  for (const name of [
    'kurtosis',
    'tail index',
    'absolute autocorrelation, lag 1',
    'lag 24',
    'busiest over quietest hour',
    'weekend over weekday',
    'volume with range',
    'jumps in 1000 bars',
    'share of bars with a gap',
  ])
    expect(left).toContain(name)
})

const data = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data')

describe.skipIf(!existsSync(data))('real files', () => {
  it('keep the same bands', async () => {
    for (const symbol of ['BTCUSDT', 'BNBUSDT', 'SOLUSDT']) {
      const path = join(data, `klines/${symbol}-1h.csv.gz`)
      const { tables } = await readKlines({ path, market: 'perp', symbol, kind: 'klines', interval: intervalOf('1h') })
      expect(outside(HOURS, barStatistics(tables[0], HOUR)), symbol).toEqual([])
      const funding = await readFunding({ path: join(data, `funding/${symbol}.csv.gz`), symbol })
      expect(outside(FUNDING, fundingStatistics(funding.tables[0].rate.map((rate) => rate / 1e10))), symbol).toEqual([])
    }
  })
})
