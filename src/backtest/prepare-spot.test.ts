/** Spot pairs beside contracts: their scales, their order, and what is said about them. */
import { describe, expect, it } from 'vitest'
import { HOUR, intervalOf, parseTime } from '../core/time.ts'
import { Instrument } from '../domain/instrument.ts'
import type { KlineTable } from '../storage/market-data/kline-table.ts'
import { prepareMarkets } from './prepare.ts'
import type { PreparedMarkets } from './prepared-markets.ts'
import type { SpotRequest } from './prepare-spot.ts'

const START = parseTime('2024-01-01T00:00Z')

function table(
  symbol: string,
  interval: string,
  prices: readonly number[],
  decimals: number,
  market: 'perp' | 'spot',
): KlineTable {
  const price = Float64Array.from(prices)
  return {
    symbol,
    interval: intervalOf(interval),
    kind: 'klines',
    market,
    length: price.length,
    openTime: price.map((_, i) => START + i * intervalOf(interval).length),
    open: price,
    high: price,
    low: price,
    close: price,
    volume: price,
    quoteVolume: undefined,
    trades: undefined,
    takerBuyBase: undefined,
    decimals,
    sources: [],
  }
}

const HOURS = [100.5, 101.5, 102.5]
function prepared(spot: SpotRequest | undefined, symbols = ['BTCUSDT', 'ETHUSDT']): PreparedMarkets {
  return prepareMarkets({
    data: {
      bars: new Map(symbols.map((symbol) => [symbol, [table(symbol, '1h', HOURS, 1, 'perp')]])),
      mark: new Map(),
      funding: new Map(),
    },
    interval: undefined,
    leverage: 1,
    spot,
  })
}
const ids = ({ markets }: PreparedMarkets): string[] => markets.map(({ spec }, i) => new Instrument(spec, i).id)

describe('spot pairs', () => {
  it('are not there unless they are asked for', () => {
    expect(ids(prepared(undefined))).toEqual(['binance:perp:BTCUSDT', 'binance:perp:ETHUSDT'])
  })

  it('come after the contracts, in the order of ids, with the scales of their own prices', () => {
    const tables = new Map([['BTCUSDT', table('BTCUSDT', '1h', [100.25, 101.25, 102.25], 2, 'spot')]])
    const result = prepared({ tables })
    expect(ids(result)).toEqual(['binance:perp:BTCUSDT', 'binance:perp:ETHUSDT', 'binance:spot:BTCUSDT'])
    const [perp, , { spec, bars, funding }] = result.markets
    expect(funding).toBeUndefined()
    expect([...bars.close]).toEqual([10_025, 10_125, 10_225])
    const [contract, pair] = [new Instrument(perp.spec, 0), new Instrument(spec, 2)]
    expect([pair.priceScale, pair.settle, pair.brackets]).toEqual([2, contract.settle, []])
    // A step of the contract is a quantity of the pair, too.
    expect(pair.qtyToFloat(spec.rules[0].step)).toBe(contract.qtyToFloat(perp.spec.rules[0].step))
    expect(result.instruments.map(({ symbol, tickSize, source }) => [symbol, tickSize, source]).at(-1)).toEqual([
      'SPOT-BTCUSDT',
      '0.01',
      'data',
    ])
    expect(result.symbols.at(-1)?.table.market).toBe('spot')
  })

  it('may have finer bars than decisions, and no coarser ones', () => {
    const fine = new Map([['BTCUSDT', table('BTCUSDT', '30m', [100, 101], 1, 'spot')]])
    expect([...prepared({ tables: fine }).markets[2].bars.duration]).toEqual([HOUR / 2, HOUR / 2])
    const coarse = new Map([['BTCUSDT', table('BTCUSDT', '4h', [100, 101], 1, 'spot')]])
    expect(() => prepared({ tables: coarse })).toThrow(/bars of 1h cannot be built from bars of 4h/)
  })

  it('refuse prices finer than money beside the contract', () => {
    const tables = new Map([['BTCUSDT', table('BTCUSDT', '1h', [100.1234567, 101, 102], 7, 'spot')]])
    expect(() => prepared({ tables })).toThrow(/have 7 decimals, at most 6/)
  })

  it('are made from marks and a basis where no file is, with a warning', () => {
    const tables = new Map([['BTCUSDT', table('BTCUSDT', '1h', HOURS, 1, 'spot')]])
    const result = prepared({ tables, basis: { seed: 5, meanBps: 100, sdBps: 0 } })
    expect(ids(result).slice(2)).toEqual(['binance:spot:BTCUSDT', 'binance:spot:ETHUSDT'])
    const { spec, bars } = result.markets[3]
    const tick = spec.rules[0].tick / 10 ** spec.priceScale
    expect(Math.abs(bars.close[0] / 10 ** spec.priceScale - 100.5 / 1.01)).toBeLessThanOrEqual(0.01 + tick)
    expect(result.warnings.filter((each) => each.includes('no spot prices'))).toHaveLength(1)
    expect(result.warnings.join('\n')).toContain('There are no spot prices for ETHUSDT: the spot leg trades at the last price')
    expect(result.symbols[3].table.close[0]).toBeCloseTo(100.5 / 1.01, 0)
  })
})
