/**
 * Spot pairs beside the contracts of a run: from files of spot bars, or where there are none from the contract's mark prices
 * and a seeded basis.
 *
 * Pure.
 */
import { InputError } from '../core/errors.ts'
import { formatUnits, POW10 } from '../core/exact.ts'
import type { Price, Qty, Rate } from '../core/exact.ts'
import { toMs } from '../core/time.ts'
import type { Interval, Micros } from '../core/time.ts'
import type { InstrumentSpec } from '../domain/instrument.ts'
import { syntheticSpot, syntheticSpotWarning } from '../sim/synthetic/basis.ts'
import type { BasisTerms } from '../sim/synthetic/basis.ts'
import type { VenueBars } from '../sim/venue-bars.ts'
import type { KlineTable } from '../storage/market-data/kline-table.ts'
import { shortList } from './instruments.ts'
import { mergeIntervals, requireDivides } from './merge-intervals.ts'
import type { PreparedMarkets, PreparedSymbol } from './prepared-markets.ts'
import type { InstrumentRow } from './result.ts'
import type { MarketInput } from './world.ts'

export interface SpotRequest {
  /** By symbol of the contract, which is that of the pair. */
  readonly tables: ReadonlyMap<string, KlineTable>
  /** Contracts without a table get spot prices of this kind; absent, they have no spot pair. */
  readonly basis?: BasisTerms | undefined
  /** Only for these contracts; default all. */
  readonly symbols?: readonly string[] | undefined
}

/** Fewer decimals of a quantity would make hedges crude. */
const QTY_DECIMALS = 2

interface SpotMarket {
  readonly market: MarketInput
  readonly symbol: PreparedSymbol
  readonly row: InstrumentRow
  readonly warnings: readonly string[]
}

/** With a spot pair for each perpetual that has one, after the contracts: the order of ids. Throws `InputError` when a table does not fit. */
export function withSpot(prepared: PreparedMarkets, { tables, basis, symbols }: SpotRequest): PreparedMarkets {
  const { interval } = prepared
  const pairs = prepared.markets.flatMap((contract): readonly SpotMarket[] => {
    if (contract.spec.kind !== 'perp' || symbols?.includes(contract.spec.symbol) === false) return []
    const table = tables.get(contract.spec.symbol)
    if (table !== undefined && table.length > 0) return [fromTable(contract, table, interval)]
    return basis === undefined ? [] : [fromBasis(contract, basis, interval)]
  })
  return {
    interval,
    markets: [...prepared.markets, ...pairs.map(({ market }) => market)],
    instruments: [...prepared.instruments, ...pairs.map(({ row }) => row)],
    symbols: [...prepared.symbols, ...pairs.map(({ symbol }) => symbol)],
    warnings: [...prepared.warnings, ...pairs.flatMap(({ warnings }) => warnings), ...rulesWarning(pairs)],
  }
}

function fromTable({ spec: contract }: MarketInput, table: KlineTable, decision: Interval): SpotMarket {
  const { symbol } = contract
  const interval = table.interval ?? decision
  if (interval !== decision) requireDivides(symbol, interval, decision)
  const spec = spotSpec(contract, table.decimals, 1 as Price, table.openTime[0] as Micros)
  const series = { table, interval }
  const merged = mergeIntervals({
    symbol,
    priceScale: spec.priceScale,
    coarse: interval === decision ? series : undefined,
    fine: interval === decision ? undefined : series,
  })
  return spotMarket(spec, merged.bars, table, decision, 'data', merged.warnings)
}

/** What is made from a contract is made again from what the contract has become. */
export function remakeSpot(markets: readonly MarketInput[]): readonly MarketInput[] {
  return markets.map((market) => {
    const { spec, basis } = market
    const contract = markets.find((other) => other.spec.kind === 'perp' && other.spec.symbol === spec.symbol)
    if (basis === undefined || contract === undefined) return market
    return { ...market, bars: syntheticSpot(contract.spec, contract.bars, basis) }
  })
}

/** The pair's prices lie on the contract's tick. */
function fromBasis({ spec: contract, bars }: MarketInput, basis: BasisTerms, decision: Interval): SpotMarket {
  const spec = spotSpec(contract, contract.priceScale, contract.rules[0].tick, contract.rules[0].from)
  const spot = syntheticSpot(contract, bars, basis)
  const table = tableOf(contract, spot, decision)
  const warning = syntheticSpotWarning(contract.symbol, basis, bars.mark !== undefined)
  const made = spotMarket(spec, spot, table, decision, 'synthetic', [warning])
  return { ...made, market: { ...made.market, basis } }
}

function spotMarket(
  spec: InstrumentSpec,
  bars: VenueBars,
  table: KlineTable,
  decisionInterval: Interval,
  source: string,
  warnings: readonly string[],
): SpotMarket {
  const [{ tick, step, from }] = spec.rules
  const symbol = spotName(spec.symbol)
  return {
    market: { spec, bars, funding: undefined },
    symbol: { symbol, decisionInterval, table, bars },
    row: {
      symbol,
      tickSize: formatUnits(tick, spec.priceScale),
      stepSize: formatUnits(step, spec.settle.scale - spec.priceScale),
      fromMs: toMs(from),
      source,
    },
    warnings,
  }
}

/** As files of spot bars are named. */
const spotName = (symbol: string): string => `SPOT-${symbol}`

/** Assets and their scales are the contract's, so that both legs have one money unit. */
function spotSpec(contract: InstrumentSpec, decimals: number, tick: Price, from: Micros): InstrumentSpec {
  const { venue, symbol, base, quote, settle } = contract
  if (settle.scale - decimals < QTY_DECIMALS)
    throw new InputError(
      'too-many-price-decimals',
      `the spot prices of ${symbol} have ${decimals} decimals, at most ${settle.scale - QTY_DECIMALS} are held beside this contract`,
      { where: { symbol, value: decimals }, next: 'Round the prices of the spot file to the decimals of the exchange.' },
    )
  return {
    venue,
    kind: 'spot',
    symbol,
    base,
    quote,
    settle,
    priceScale: decimals,
    rules: [{ from, tick, step: stepOf(contract, decimals), binding: false }],
    brackets: [],
    liquidationFee: 0 as Rate,
  }
}

/** The contract's step in the pair's quantity unit, so that legs can match; where that is too coarse for it, the unit. */
function stepOf({ rules: [rules], priceScale }: InstrumentSpec, decimals: number): Qty {
  const finer = rules.step * POW10[Math.max(0, priceScale - decimals)]
  const coarser = POW10[Math.max(0, decimals - priceScale)]
  return (finer % coarser === 0 ? finer / coarser : 1) as Qty
}

/** For charts: the bars as a file would hold them. */
function tableOf({ symbol, priceScale }: InstrumentSpec, bars: VenueBars, interval: Interval): KlineTable {
  const price = (column: Float64Array): Float64Array => column.map((units) => units / POW10[priceScale])
  return {
    symbol,
    interval,
    kind: 'klines',
    market: 'spot',
    length: bars.length,
    openTime: bars.openTime,
    open: price(bars.open),
    high: price(bars.high),
    low: price(bars.low),
    close: price(bars.close),
    volume: bars.volume,
    quoteVolume: undefined,
    trades: undefined,
    takerBuyBase: undefined,
    decimals: priceScale,
    sources: [],
  }
}

function rulesWarning(pairs: readonly SpotMarket[]): readonly string[] {
  if (pairs.length === 0) return []
  const names = shortList(pairs.map(({ row }) => row.symbol))
  return [
    `The spot exchange's trading rules are not known for ${names}: ticks are those of the prices, steps those of the contracts.`,
  ]
}
