/**
 * A generated market in place of files: the same result as from files, plainly marked as made up.
 *
 * Pure: chance comes from the seed alone.
 */
import { formatUnits } from '../core/exact.ts'
import type { Interval, Micros } from '../core/time.ts'
import { SYNTHETIC_SYMBOLS, syntheticMarket } from '../sim/synthetic-market.ts'
import type { SyntheticSeries } from '../sim/synthetic-market.ts'
import type { FundingTable } from '../storage/market-data/funding-table.ts'
import type { KlineTable } from '../storage/market-data/kline-table.ts'
import type { SyntheticTerms } from './instruments.ts'
import { prepareWith } from './prepare.ts'
import type { PreparedMarkets } from './prepare.ts'

export interface SyntheticMarketRequest {
  readonly seed: number | string
  /** Undefined: the three built-in ones. */
  readonly symbols?: readonly string[] | undefined
  readonly from: Micros
  readonly bars: number
  readonly interval: Interval
  readonly leverage: number
}

export function prepareSynthetic({
  seed,
  symbols = SYNTHETIC_SYMBOLS,
  from,
  bars,
  interval,
  leverage,
}: SyntheticMarketRequest): PreparedMarkets {
  const names = [...new Set(symbols)].toSorted()
  const series = syntheticMarket({ seed, symbols: names, from, bars, interval })
  const prepared = prepareWith(
    { data: asLoaded(series, interval), interval, leverage },
    { exchangeInfo: undefined, brackets: [], synthetic: termsOf(series) },
  )
  const warning = `SYNTHETIC MARKET: prices, volumes and funding of ${names.join(', ')} were generated from seed ${seed}; the result says nothing about any real market.`
  return { ...prepared, warnings: [warning, ...prepared.warnings] }
}

const mapOf = <T>(series: readonly SyntheticSeries[], value: (each: SyntheticSeries) => T): ReadonlyMap<string, T> =>
  new Map(series.map((each) => [each.symbol, value(each)]))

function asLoaded(series: readonly SyntheticSeries[], interval: Interval) {
  return {
    bars: mapOf(series, (each) => [klines(each, interval)]),
    mark: mapOf(series, (each) => markKlines(each, interval)),
    funding: mapOf(series, ({ symbol, funding }): FundingTable => ({
      symbol,
      length: funding.time.length,
      ...funding,
      sources: [],
    })),
  }
}

function klines(
  { symbol, priceDecimals, openTime, open, high, low, close, volume }: SyntheticSeries,
  interval: Interval,
): KlineTable {
  return {
    symbol,
    interval,
    kind: 'klines',
    market: 'perp',
    length: openTime.length,
    openTime,
    open,
    high,
    low,
    close,
    volume,
    quoteVolume: undefined,
    trades: undefined,
    takerBuyBase: undefined,
    decimals: priceDecimals,
    sources: [],
  }
}

function markKlines(series: SyntheticSeries, interval: Interval): KlineTable {
  return { ...klines(series, interval), ...series.mark, kind: 'mark', volume: undefined, decimals: 8 }
}

const termsOf = (series: readonly SyntheticSeries[]): ReadonlyMap<string, SyntheticTerms> =>
  mapOf(series, ({ symbol, priceDecimals, qtyDecimals }) => ({
    base: symbol.endsWith('USDT') ? symbol.slice(0, -4) : symbol,
    quote: 'USDT',
    tick: formatUnits(1, priceDecimals),
    step: formatUnits(1, qtyDecimals),
  }))
