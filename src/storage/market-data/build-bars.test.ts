/** Bars of trades and of finer bars: laws on random input, and the exchange's own bars out of its own data. */
import fc from 'fast-check'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatDate, intervalOf, MINUTE } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import { barsOfBars, barsOfTrades } from './build-bars.ts'
import { ExactSum } from './exact-sum.ts'
import { rowAtOrAfter, VALUE_COLUMNS } from './kline-table.ts'
import type { KlineTable } from './kline-table.ts'
import { loadMarketData } from './load.ts'
import { readTrades } from './read-trades.ts'
import type { TradeTable } from './trade-table.ts'

const START = 1_704_067_200_000_000

test('a sum of decimals has no error, however many and however large', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.integer({ min: 0, max: 12 }))), (drawn) => {
      const sum = new ExactSum()
      let exact = 0n
      for (const [units, scale] of drawn) {
        sum.add(Number(`${units}e-${scale}`))
        exact += units * 10n ** BigInt(12 - scale)
      }
      expect(sum.take()).toBe(Number(`${exact}e-12`))
      expect(sum.take()).toBe(0)
    }),
  )
})

test('a tenth, ten times, is one; and products beyond 2^53 are exact', () => {
  const sum = new ExactSum()
  for (let at = 0; at < 10; at += 1) sum.add(0.1)
  expect(sum.take()).toBe(1)
  for (let at = 0; at < 3; at += 1) sum.addProduct(2 ** 52 + 1, 2 ** 40 + 1)
  expect(sum.take()).toBe(Number(3n * (2n ** 52n + 1n) * (2n ** 40n + 1n)) / 10)
})

function tradesOf(drawn: readonly { step: number; price: number; qty: number; maker: boolean }[]): TradeTable {
  let now = START
  const time = Float64Array.from(drawn, ({ step }) => (now += step))
  return {
    symbol: 'BTCUSDT',
    market: 'perp',
    kind: 'trades',
    length: drawn.length,
    id: Float64Array.from(drawn, (_, at) => at + 1),
    time,
    received: undefined,
    price: Float64Array.from(drawn, ({ price }) => price / 100),
    qty: Float64Array.from(drawn, ({ qty }) => qty / 1_000),
    buyerIsMaker: Uint8Array.from(drawn, ({ maker }) => (maker ? 1 : 0)),
    decimals: 2,
    qtyDecimals: 3,
    sources: [],
  }
}

test('bars of trades, and bars of those bars, are the same bars', () => {
  const trade = fc.record({
    step: fc.integer({ min: 0, max: 3 * MINUTE }),
    price: fc.integer({ min: 1, max: 10_000_000 }),
    qty: fc.integer({ min: 1, max: 10_000_000 }),
    maker: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(trade, { minLength: 1, maxLength: 60 }), (drawn) => {
      const table = tradesOf(drawn)
      const [fine, coarse] = ['1m', '15m'].map(intervalOf)
      expect(barsOfBars(barsOfTrades(table, fine), coarse)).toEqual(barsOfTrades(table, coarse))
      const bars = barsOfTrades(table, fine)
      const total = drawn.reduce((sum, { qty }) => sum + qty, 0)
      expect(bars.volume?.reduce((sum, volume) => sum + Math.round(volume * 1_000), 0)).toBe(total)
      expect(bars.openTime.every((time, row) => row === 0 || time > bars.openTime[row - 1])).toBe(true)
    }),
  )
})

const data = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data')
describe.skipIf(!existsSync(data))('recorded markets', () => {
  test('aggregates of a day rebuild its bar of the exchange', async () => {
    const path = join(data, 'trades/APEUSDT-aggTrades-2024-10-18.csv.gz')
    const { table } = await readTrades({ path, market: 'perp', symbol: 'APEUSDT' })
    const bars = barsOfTrades(table, intervalOf('1d'))
    const day = [bars.open, bars.high, bars.low, bars.close, bars.volume, bars.trades].map((column) => column?.[0])
    expect(day).toEqual([0.7097, 0.7386, 0.7075, 0.7365, 41_674_860, 180_907])
    expect(bars.length).toBe(1)
  })

  /** Days on which the exchange's bars of two intervals say different things. */
  const INCIDENTS: Readonly<Record<string, string>> = {
    '2019-09-08': 'first hours of the contract: bars without trades at prices off the market',
    '2019-09-09': 'first hours of the contract',
    '2019-09-10': 'first hours of the contract',
    '2019-09-24': 'the hour of the crash stops half-way in 1h bars',
    '2020-01-16': 'two 4h bars of XRPUSDT hold a part of their trades',
    '2020-01-17': 'two 4h bars of XRPUSDT hold a part of their trades',
    '2022-07-16': 'volumes restated',
    '2023-08-16': 'volumes restated',
    '2023-11-10': 'trades of an hour missing in 4h bars, restated 5m bars',
    '2024-03-27': 'restated 5m and 15m bars',
    '2024-03-28': 'restated 5m and 15m bars',
    '2024-10-28': 'outage: flat finer bars beside coarser ones with trades',
    '2025-01-14': 'a minute of trades missing in 15m and 30m bars',
    '2025-01-29': 'stretches without volume in finer bars',
  }

  test('finer bars rebuild the coarser ones but for the known incidents', async () => {
    const folder = join(data, 'klines')
    const files = readdirSync(folder).map((name) => join(folder, name))
    const { bars } = await loadMarketData({
      data: files,
      mark: [],
      funding: [],
      spot: [],
      symbols: undefined,
      interval: undefined,
      fillInterval: undefined,
    })
    const days = new Set<string>()
    let rebuilt = 0
    for (const tables of bars.values())
      for (const fine of tables)
        for (const coarse of tables.filter(({ interval }) => lengthOf(interval) > lengthOf(fine.interval))) {
          const { compared, differing } = compare(fine, coarse)
          rebuilt += compared
          for (const time of differing) days.add(formatDate(time))
        }
    expect([...days].toSorted()).toEqual(Object.keys(INCIDENTS))
    expect(rebuilt).toBeGreaterThan(500_000)
  })

  const lengthOf = (interval: KlineTable['interval']): number => interval?.length ?? 0

  /** Bars of `coarse` of which all finer rows are there, and those of them that these do not rebuild. */
  function compare(fine: KlineTable, coarse: KlineTable): { readonly compared: number; readonly differing: readonly Micros[] } {
    const interval = coarse.interval ?? intervalOf('1d')
    const rows = interval.length / lengthOf(fine.interval)
    const built = barsOfBars(fine, interval)
    const differing: Micros[] = []
    let compared = 0
    for (let bar = 0; bar < built.length; bar += 1) {
      const time = built.openTime[bar] as Micros
      const at = rowAtOrAfter(coarse.openTime, time)
      const first = rowAtOrAfter(fine.openTime, time)
      const whole = fine.openTime[first + rows - 1] === time + interval.length - lengthOf(fine.interval)
      if (coarse.openTime[at] !== time || !whole) continue
      compared += 1
      const differs = VALUE_COLUMNS.some((column) => {
        const [a, b] = [built[column]?.[bar] ?? Number.NaN, coarse[column]?.[at] ?? Number.NaN]
        return a !== b && !Number.isNaN(a) && !Number.isNaN(b)
      })
      if (differs) differing.push(time)
    }
    return { compared, differing }
  }
})
