/** From loaded files to the markets of a world, and a world over real ones. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InputError } from '../core/errors.ts'
import { rateOf, unitsOf } from '../core/exact.ts'
import type { Money } from '../core/exact.ts'
import { DAY, formatMinute, fromMs, HOUR, intervalOf, MINUTE, parseTime } from '../core/time.ts'
import type { Duration, Micros } from '../core/time.ts'
import type { AccountReport, Event, OrderReport } from '../domain/event.ts'
import type { KlineTable } from '../storage/market-data/kline-table.ts'
import { loadMarketData } from '../storage/market-data/load.ts'
import type { MarketDataRequest } from '../storage/market-data/load.ts'
import type { FundingTable } from '../storage/market-data/funding-table.ts'
import type { TradeTable } from '../storage/market-data/trade-table.ts'
import { STRATEGIES } from '../strategy/list.ts'
import { readParameters } from '../strategy/parameters.ts'
import type { StrategyDefinition } from '../strategy/strategy.ts'
import { prepareMarkets } from './prepare.ts'
import type { LoadedMarket, PreparedMarkets, PrepareRequest } from './prepare.ts'
import { prepareSynthetic } from './prepare-synthetic.ts'
import { World } from './world.ts'

const START = parseTime('2024-01-01T00:00Z')

/** `count` flat bars. */
function table(symbol: string, interval: string, count: number, over: Partial<KlineTable> = {}): KlineTable {
  const { length } = intervalOf(interval)
  const price = Float64Array.from({ length: count }, (_, i) => 100 + (i % 7))
  return {
    symbol,
    interval: intervalOf(interval),
    kind: 'klines',
    market: 'perp',
    length: count,
    openTime: price.map((_, i) => START + i * length),
    open: price,
    high: price,
    low: price,
    close: price,
    volume: price,
    quoteVolume: undefined,
    trades: undefined,
    takerBuyBase: undefined,
    decimals: 1,
    sources: [{ path: `${symbol}-${interval}.csv`, sha256: '', rows: count }],
    ...over,
  }
}

const funding = (symbol: string, count: number): FundingTable => ({
  symbol,
  length: count,
  time: Float64Array.from({ length: count }, (_, i) => START + i * 8 * HOUR),
  rate: new Float64Array(count).fill(1_000_000),
  mark: new Float64Array(count).fill(Number.NaN),
  sources: [],
})

const loaded = (tables: readonly KlineTable[], over: Partial<LoadedMarket> = {}): LoadedMarket => ({
  bars: new Map([...Map.groupBy(tables, ({ symbol }) => symbol)].map(([symbol, own]) => [symbol, own])),
  mark: new Map(),
  funding: new Map(),
  ...over,
})
const prepare = (tables: readonly KlineTable[], over: Partial<PrepareRequest> = {}): PreparedMarkets =>
  prepareMarkets({ data: loaded(tables), interval: undefined, leverage: 1, ...over })
const tradesOf = (symbol: string, minutes: number): TradeTable => {
  const time = Float64Array.from({ length: minutes }, (_, i) => START + i * MINUTE)
  const same = time.map(() => 100)
  return {
    symbol,
    market: 'perp',
    kind: 'trades',
    length: minutes,
    id: time.map((_, i) => i),
    time,
    received: undefined,
    price: same,
    qty: same,
    buyerIsMaker: new Uint8Array(minutes),
    decimals: 1,
    qtyDecimals: 1,
    sources: [],
  }
}
function refusal(work: () => unknown): InputError {
  try {
    work()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('the decision interval', () => {
  it('is the one asked for, else the only one that is there, fill data aside', () => {
    const both = [table('BTCUSDT', '1h', 48), table('BTCUSDT', '5m', 600)]
    expect(prepare([table('BTCUSDT', '4h', 9)]).interval.name).toBe('4h')
    expect(prepare(both, { fillInterval: intervalOf('5m') }).interval.name).toBe('1h')
    expect(prepare([table('BTCUSDT', '5m', 600)], { fillInterval: intervalOf('5m') }).interval.name).toBe('5m')
    expect(prepare(both, { interval: intervalOf('4h') }).interval.name).toBe('4h')
    expect(refusal(() => prepare(both))).toMatchObject({ code: 'many-intervals', where: { intervals: '5m, 1h' } })
    expect(refusal(() => prepare([table('BTCUSDT', '1h', 1, { interval: undefined })])).code).toBe('interval-unknown')
  })

  it('needs bars of it or finer ones that divide it', () => {
    expect(refusal(() => prepare([table('BTCUSDT', '4h', 9)], { interval: intervalOf('1h') })).message).toBe(
      'BTCUSDT has no bars of 1h or finer, only of 4h',
    )
    expect(refusal(() => prepare([table('BTCUSDT', '8h', 9)], { interval: intervalOf('12h') })).code).toBe(
      'interval-does-not-divide',
    )
    expect(
      refusal(() => prepare([table('BTCUSDT', '1h', 9)], { interval: intervalOf('1h'), fillInterval: intervalOf('4h') })).code,
    ).toBe('interval-does-not-divide')
  })

  it('is driven by the finest bars that were given; what nobody uses is told', () => {
    const { symbols, markets, warnings } = prepare(
      [table('BTCUSDT', '5m', 24), table('BTCUSDT', '15m', 8), table('BTCUSDT', '1h', 3), table('BTCUSDT', '1d', 1)],
      { interval: intervalOf('1h') },
    )
    expect([...markets[0].bars.duration].map((length) => length / MINUTE)).toEqual([...Array.from({ length: 24 }, () => 5), 60])
    expect(symbols[0].table.interval?.name).toBe('1h')
    expect(symbols[0].bars).toBe(markets[0].bars)
    expect(warnings).toContain('BTCUSDT: the bars of 15m, 1d are not used; those of 1h and 5m are.')
    expect(warnings).toContainEqual(expect.stringContaining('2 of 2 bars of 1h differ from those built from 5m bars'))
  })
})

describe('the markets', () => {
  it('are sorted by instrument id, dated contracts first', () => {
    const { markets, instruments, symbols } = prepare([
      table('ETHUSDT', '1h', 9),
      table('BTCUSDT', '1h', 9),
      table('BTCUSDT_240628', '1h', 9),
    ])
    const names = ['BTCUSDT_240628', 'BTCUSDT', 'ETHUSDT']
    expect(markets.map(({ spec }) => spec.symbol)).toEqual(names)
    expect(instruments.map(({ symbol, source }) => `${symbol} ${source}`)).toEqual([
      'BTCUSDT_240628 data',
      'BTCUSDT built-in',
      'ETHUSDT built-in',
    ])
    expect(symbols.map(({ symbol }) => symbol)).toEqual(names)
  })

  it('say once what was not given', () => {
    const tables = [table('ETHUSDT', '1h', 24), table('BTCUSDT', '1h', 24)]
    expect(prepare(tables).warnings).toEqual([
      'No funding is booked for BTCUSDT, ETHUSDT: there is no funding file.',
      'No mark prices for BTCUSDT, ETHUSDT: the last price stands in for the mark.',
    ])
    const mark = new Map(tables.map((each) => [each.symbol, { ...each, kind: 'mark' as const }]))
    const given = prepare(tables, { data: loaded(tables, { mark, funding: new Map([['BTCUSDT', funding('BTCUSDT', 4)]]) }) })
    expect(given.warnings).toEqual(['No funding is booked for ETHUSDT: there is no funding file.'])
    expect(given.markets.map((market) => [market.funding?.time.length, market.bars.mark?.open[0]])).toEqual([
      [3, 100e8],
      [undefined, 100e8],
    ])
    expect([...(given.markets[0].funding?.mark ?? [])]).toEqual([100e8, 101e8, 102e8])
  })

  it('are never spot', () => {
    expect(refusal(() => prepare([table('BTCUSDT', '1h', 9, { market: 'spot' })]))).toMatchObject({
      code: 'spot-not-traded',
      where: { symbol: 'BTCUSDT' },
    })
  })
})

/** A run of the reference strategy, with everything that happened to it. */
function run(prepared: PreparedMarkets, qty: string) {
  const definition = STRATEGIES.find(({ name }) => name === 'ema-cross') as StrategyDefinition
  const { scale } = prepared.markets[0].spec.settle
  const happened: Event[] = []
  const world = new World({
    runId: 'preparet',
    seed: 1,
    markets: prepared.markets,
    strategies: [
      {
        definition,
        params: readParameters(definition.name, definition.parameters, { qty }),
        interval: prepared.interval,
        account: 0,
      },
    ],
    capital: unitsOf('10000000', scale) as Money,
    fills: { takerFee: rateOf('0.0005'), makerFee: rateOf('0.0002'), slippageBps: 0, participation: undefined, touch: false },
    latency: { order: 0 as Duration, report: 0 as Duration, data: 0 as Duration },
    risk: {},
    allocation: { fraction: 0.9 },
    observers: () => [
      {
        name: 'witness',
        observe: (event) => void (event.kind === 'order-filled' || event.kind === 'account' ? happened.push({ ...event }) : 0),
      },
    ],
  })
  expect(world.run()).toBe(false)
  const fills = happened.filter((event): event is OrderReport => event.kind === 'order-filled')
  const settlements = happened.filter((event): event is AccountReport => event.kind === 'account' && event.entry === 'funding')
  return { world, fills, settlements }
}

const data = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data')
const load = (request: Partial<MarketDataRequest>) =>
  loadMarketData({
    data: [],
    mark: [],
    funding: [],
    spot: [],
    symbols: ['BTCUSDT'],
    interval: undefined,
    fillInterval: undefined,
    ...request,
  })

describe('real data', () => {
  it.skipIf(!existsSync(data))('BTCUSDT on 1h with mark prices and funding is a whole run', async () => {
    const files = await load({
      data: [join(data, 'klines', 'BTCUSDT-1h.csv.gz')],
      mark: [join(data, 'mark', 'BTCUSDT-1h.csv.gz')],
      funding: [join(data, 'funding', 'BTCUSDT.csv.gz')],
      from: parseTime('2024-01-01'),
      to: parseTime('2025-01-01'),
    })
    const prepared = prepareMarkets({ data: files, interval: undefined, leverage: 1 })
    expect(prepared.warnings).toEqual([])
    // The tick is 0.1 today; the file has prices of two decimals in 2019.
    expect(prepared.instruments).toEqual([
      { symbol: 'BTCUSDT', tickSize: '0.01', stepSize: '0.001', fromMs: 1_704_067_200_000, source: 'built-in' },
    ])
    const [{ bars, funding: schedule }] = prepared.markets
    expect([bars.length, schedule?.time.length]).toEqual([8_784, 366 * 3])

    const { world, fills, settlements } = run(prepared, '1')
    expect(fills.length).toBeGreaterThan(100)
    // Every settlement is recomputed from the fills before it: quantity x mark x rate, truncated, paid by longs.
    const markTable = files.mark.get('BTCUSDT') as KlineTable
    const fundingTable = files.funding.get('BTCUSDT') as FundingTable
    let checked = 0
    for (let row = 0; row < fundingTable.length; row++) {
      const time = fundingTable.time[row]
      const held = fills
        .filter(({ exchangeTime }) => exchangeTime < time)
        .reduce((sum, { fill }) => sum + (fill?.side === 'buy' ? fill.qty : -(fill?.qty ?? 0)), 0)
      const booked = settlements.filter(({ exchangeTime }) => exchangeTime === time)
      if (held === 0) {
        expect(booked).toEqual([])
        continue
      }
      const mark = BigInt(Math.round(markTable.open[markTable.openTime.indexOf(time)] * 1e8))
      // Price units are 0.01 and money 1e-8, so quantities count 1e-6; the mark 1e-8, the rate 1e-10.
      const paid = (BigInt(held) * mark * BigInt(fundingTable.rate[row])) / 10n ** 16n
      expect(booked.reduce((sum, { amount }) => sum + amount, 0n)).toBe(-paid)
      checked++
    }
    expect(checked).toBeGreaterThan(500)
    expect(world.kernel.positions.exactEquity(0)).not.toBe(unitsOf('10000000', 8))
  })

  it.skipIf(!existsSync(data))('5m against 1h around the outage of 2024-10-28 is told', async () => {
    const files = await load({
      data: [join(data, 'klines', 'BTCUSDT-5m.csv.gz'), join(data, 'klines', 'BTCUSDT-1h.csv.gz')],
      interval: intervalOf('1h'),
      from: parseTime('2024-10-27'),
      to: parseTime('2024-10-30'),
    })
    const { warnings, markets } = prepareMarkets({ data: files, interval: intervalOf('1h'), leverage: 1 })
    expect(warnings[0]).toBe(
      'BTCUSDT: 2 of 72 bars of 1h differ from those built from 5m bars, the first at 2024-10-28T20:00:00.000Z (open 69605.8, built 69566.1). The finer bars are used.',
    )
    expect([markets[0].bars.length, new Set(markets[0].bars.duration)]).toEqual([3 * 288, new Set([5 * MINUTE])])
  })

  it.skipIf(!existsSync(data))('finer bars fill where they are there, and decide with the rest', async () => {
    const files = await load({
      data: [join(data, 'klines', 'BTCUSDT-1m-20230718-20230817.csv.gz'), join(data, 'klines', 'BTCUSDT-1h.csv.gz')],
      interval: intervalOf('1h'),
      from: parseTime('2023-07-01'),
      to: parseTime('2023-09-01'),
    })
    const {
      markets: [{ bars }],
      warnings,
    } = prepareMarkets({ data: files, interval: intervalOf('1h'), leverage: 1 })
    // The minutes begin at 11:13 and end at 11:11, so 719 whole hours are covered.
    const minutes = bars.duration.filter((length) => length === MINUTE).length
    expect([minutes, bars.length - minutes]).toEqual([719 * 60, 62 * 24 - 719])
    // The exchange restated the volume of one hour.
    expect(warnings.filter((text) => text.includes('differ'))).toEqual([
      'BTCUSDT: 1 of 719 bars of 1h differ from those built from 1m bars, the first at 2023-08-16T15:00:00.000Z (volume 8853.323, built 8853.46). The finer bars are used.',
    ])
  })
})

describe('a generated market', () => {
  const request = { seed: 3, from: fromMs(1_704_067_200_000), bars: 4_000, interval: intervalOf('1h'), leverage: 1 }

  it('is prepared like files, and plainly marked', () => {
    const { markets, instruments, warnings, symbols } = prepareSynthetic(request)
    expect(instruments.map(({ symbol, tickSize, source }) => [symbol, tickSize, source])).toEqual([
      ['SYNAUSDT', '0.1', 'synthetic'],
      ['SYNBUSDT', '0.01', 'synthetic'],
      ['SYNCUSDT', '0.0001', 'synthetic'],
    ])
    expect(warnings).toEqual([expect.stringMatching(/^SYNTHETIC MARKET: /)])
    expect(symbols.map(({ table: { length } }) => length)).toEqual([4_000, 4_000, 4_000])
    for (const { bars, funding: schedule } of markets) {
      expect(bars.mark).toBeDefined()
      expect(schedule?.time).toHaveLength(499)
      expect(schedule?.mark.some(Number.isNaN)).toBe(false)
      expect(bars.openTime[1] - bars.openTime[0]).toBe(DAY / 24)
    }
  })

  it('runs, and runs alike twice', () => {
    const once = run(prepareSynthetic(request), '1')
    const again = run(prepareSynthetic(request), '1')
    expect(once.fills.length).toBeGreaterThan(50)
    expect(once.settlements.length).toBeGreaterThan(100)
    expect(again.fills.map(({ fill }) => fill)).toEqual(once.fills.map(({ fill }) => fill))
    expect(again.world.kernel.positions.exactEquity(0)).toBe(once.world.kernel.positions.exactEquity(0))
  })
})

it('says which period is left where trades take the place of bars', () => {
  const data = loaded([table('BTCUSDT', '1h', 500)], { trades: new Map([['BTCUSDT', tradesOf('BTCUSDT', 130)]]) })
  const { warnings, symbols } = prepare([], { data, interval: intervalOf('1h') })
  expect(symbols.map(({ table: { length } }) => length)).toEqual([3])
  const [first, last] = [0, 2].map((hours) => formatMinute((START + hours * HOUR) as Micros))
  expect(warnings[0]).toBe(
    `BTCUSDT: the bars of 1h are not used; bars are built from its trades, which open from ${first} to ${last} only.`,
  )
})
