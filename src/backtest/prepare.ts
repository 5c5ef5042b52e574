/**
 * From loaded files to the markets of a world: which interval decides, which rows drive the venue, whose rules hold; and
 * everything about it that the reader of the result must know.
 *
 * Pure: nothing is opened here.
 */
import { assert, InputError } from '../core/errors.ts'
import { barEnd, formatMinute } from '../core/time.ts'
import type { Interval, Micros } from '../core/time.ts'
import type { BracketDocument } from '../storage/market-data/brackets.ts'
import type { ExchangeInfo } from '../storage/market-data/exchange-info.ts'
import type { KlineTable } from '../storage/market-data/kline-table.ts'
import { barsOfTrades } from '../storage/market-data/build-bars.ts'
import type { MarketData } from '../storage/market-data/load.ts'
import type { TradeTable } from '../storage/market-data/trade-table.ts'
import { alignMarks } from './align-marks.ts'
import { fundingGapWarning, fundingSchedule } from './funding-schedule.ts'
import { idOf, instrumentsOf, shortList } from './instruments.ts'
import type { RuleBooks, SymbolFacts } from './instruments.ts'
import { mergeIntervals, requireDivides } from './merge-intervals.ts'
import type { Series } from './merge-intervals.ts'
import type { PreparedMarkets, PreparedSymbol } from './prepared-markets.ts'
import { withSpot } from './prepare-spot.ts'
import type { SpotRequest } from './prepare-spot.ts'
import { venueMarks, venueTrades } from './trade-rows.ts'
import type { MarketInput } from './world.ts'

export type { PreparedMarkets, PreparedSymbol } from './prepared-markets.ts'

/** What was loaded; `sources` and `warnings` of the files stay with whoever loaded them. */
export type LoadedMarket = Pick<MarketData, 'bars' | 'mark' | 'funding'> & Partial<Pick<MarketData, 'trades'>>

export interface PrepareRequest {
  readonly data: LoadedMarket
  /** Decisions are made on these bars; undefined takes the single interval that is there. */
  readonly interval: Interval | undefined
  /** Asked for by `--fill-interval`: drives the venue, decides nothing. */
  readonly fillInterval?: Interval | undefined
  readonly exchangeInfo?: ExchangeInfo | undefined
  /** Margin tables, of several dates if there are; the nearest one before the run serves. */
  readonly brackets?: readonly BracketDocument[] | undefined
  readonly leverage: number
  /** Spot pairs of the contracts become markets, too; absent, spot is not traded. */
  readonly spot?: SpotRequest | undefined
}

/** Throws `InputError` when the data do not fit each other, the rules or what can be traded. */
export function prepareMarkets(request: PrepareRequest): PreparedMarkets {
  const { exchangeInfo, brackets = [] } = request
  return prepareWith(request, { exchangeInfo, brackets })
}

/** With rule books of the caller's. */
export function prepareWith(
  { data, interval: asked, fillInterval, leverage, spot }: Omit<PrepareRequest, 'exchangeInfo' | 'brackets'>,
  books: RuleBooks,
): PreparedMarkets {
  const { trades = NO_TRADES } = data
  const symbols = [...new Set([...data.bars.keys(), ...trades.keys()])].toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  assert(symbols.length > 0, 'a run has at least one symbol with bars')
  for (const tables of data.bars.values()) refuseSpot(tables)
  const interval = asked ?? onlyInterval(data, fillInterval)
  const sources = symbols.map((symbol) => {
    const traded = trades.get(symbol)
    const tables = data.bars.get(symbol) ?? []
    return traded === undefined ? seriesOf(symbol, tables, interval, fillInterval) : seriesOfTrades(traded, tables, interval)
  })
  const facts = sources.map((source) => factsOf(source, trades.get(source.symbol)))
  const { specs, rows, warnings } = instrumentsOf(facts, books, leverage)
  const run = { from: least(facts.map(({ from }) => from)), to: most(facts.map(({ to }) => to)) }
  const all = [...warnings]

  const markets = sources.map(({ symbol, coarse, fine, ignored }, i): MarketInput => {
    const { priceScale } = specs[i]
    const merged = mergeIntervals({ symbol, priceScale, coarse, fine })
    const marks = data.mark.get(symbol)
    const traded = trades.get(symbol)
    const aligned =
      traded === undefined ? alignMarks(symbol, merged.bars, priceScale, marks, interval) : { mark: undefined, warnings: [] }
    const bars = { ...merged.bars, mark: aligned.mark }
    const settled = data.funding.get(symbol)
    const funding = settled && fundingSchedule({ table: settled, bars, priceScale, marks, ...run })
    const gap = funding && fundingGapWarning(symbol, funding, bars)
    all.push(...ignored, ...merged.warnings, ...aligned.warnings, ...(gap === undefined ? [] : [gap]))
    if (traded === undefined) return { spec: specs[i], bars, funding }
    return {
      spec: specs[i],
      bars,
      trades: venueTrades(traded, specs[i]),
      marks: marks && venueMarks(marks, priceScale, interval),
      funding,
    }
  })

  all.push(...absences(symbols, data))
  const prepared = sources.map(({ symbol, coarse, fine }, i): PreparedSymbol => {
    // At least one of the two is there.
    const { table } = (coarse ?? fine) as Series
    return { symbol, decisionInterval: interval, table, bars: markets[i].bars }
  })
  const contracts: PreparedMarkets = { markets, interval, instruments: rows, symbols: prepared, warnings: all }
  return spot === undefined ? contracts : withSpot(contracts, spot)
}

function refuseSpot(tables: readonly KlineTable[]): void {
  const spot = tables.find(({ market }) => market === 'spot')
  if (spot === undefined) return
  throw new InputError(
    'spot-not-traded',
    `${spot.symbol} is a spot pair, and spot is not traded yet: positions, margin and funding are those of USD-M contracts`,
    {
      where: { symbol: spot.symbol, ...(spot.sources.length > 0 ? { file: spot.sources[0].path } : {}) },
      next: 'Give bars of the contract with --data, and the spot bars with --spot.',
    },
  )
}

const NO_TRADES: ReadonlyMap<string, TradeTable> = new Map()

/** The interval of all tables but those that only fill. */
function onlyInterval({ bars }: LoadedMarket, fillInterval: Interval | undefined): Interval {
  if (bars.size === 0)
    throw new InputError('interval-needed', 'the data are trades, and nothing says which bars strategies shall decide on', {
      next: 'Give it with --interval, for example --interval 1m.',
    })
  const found = new Set<Interval>()
  for (const [symbol, tables] of bars)
    for (const { interval } of tables) {
      if (interval === undefined)
        throw new InputError('interval-unknown', `the interval of ${symbol} cannot be told from a single bar`, {
          where: { symbol },
          next: 'Give it with --interval.',
        })
      if (interval !== fillInterval) found.add(interval)
    }
  if (found.size === 0 && fillInterval !== undefined) return fillInterval
  const [first, ...others] = [...found].toSorted((a, b) => a.length - b.length)
  if (others.length === 0) return first
  const names = [first, ...others].map(({ name }) => name).join(', ')
  throw new InputError('many-intervals', `the data hold bars of several intervals: ${names}`, {
    where: { intervals: names },
    next: 'Choose the one to decide on with --interval; finer ones then fill the orders.',
  })
}

interface SymbolSeries {
  readonly symbol: string
  readonly coarse: Series | undefined
  readonly fine: Series | undefined
  /** What is said about tables that nobody uses. */
  readonly ignored: readonly string[]
}

/** The decision bars and the finest of the finer ones. */
function seriesOf(
  symbol: string,
  tables: readonly KlineTable[],
  decision: Interval,
  fillInterval: Interval | undefined,
): SymbolSeries {
  if (fillInterval !== undefined && fillInterval !== decision) requireDivides(symbol, fillInterval, decision)
  const all = tables.filter(({ length }) => length > 0).map((table): Series => ({ table, interval: table.interval ?? decision }))
  const coarse = all.find(({ interval }) => interval === decision)
  const [fine] = all
    .filter(({ interval }) => interval.length < decision.length)
    .toSorted((a, b) => a.interval.length - b.interval.length)
  if (fine !== undefined) requireDivides(symbol, fine.interval, decision)
  if (coarse === undefined && fine === undefined) throw onlyCoarser(symbol, all, decision)
  const unused = all.filter((series) => series !== coarse && series !== fine).map(({ interval }) => interval.name)
  const used = [coarse, fine].flatMap((series) => series?.interval.name ?? []).join(' and ')
  return {
    symbol,
    coarse,
    fine,
    ignored: unused.length === 0 ? [] : [`${symbol}: the bars of ${unused.join(', ')} are not used; those of ${used} are.`],
  }
}

/** R5: bars for decisions are built from the trades that drive the venue. */
function seriesOfTrades(trades: TradeTable, tables: readonly KlineTable[], decision: Interval): SymbolSeries {
  const { symbol } = trades
  const unused = tables.map(({ interval }) => (interval ?? decision).name).join(', ')
  const table = barsOfTrades(trades, decision)
  const period = `${formatMinute(table.openTime[0] as Micros)} to ${formatMinute(table.openTime[table.length - 1] as Micros)}`
  return {
    symbol,
    coarse: { table, interval: decision },
    fine: undefined,
    ignored:
      unused === ''
        ? []
        : [`${symbol}: the bars of ${unused} are not used; bars are built from its trades, which open from ${period} only.`],
  }
}

function onlyCoarser(symbol: string, all: readonly Series[], decision: Interval): InputError {
  const names = all.map(({ interval }) => interval.name).join(', ')
  return new InputError(
    'interval-not-available',
    `${symbol} has no bars of ${decision.name} or finer${names === '' ? '' : `, only of ${names}`}`,
    {
      where: { symbol, interval: decision.name },
      next: 'Choose a longer --interval, or give finer data.',
    },
  )
}

function factsOf({ symbol, coarse, fine }: SymbolSeries, trades: TradeTable | undefined): SymbolFacts {
  const used = [coarse, fine].filter((series) => series !== undefined)
  return {
    symbol,
    decimals: most(used.map(({ table }) => table.decimals)),
    ...(trades === undefined ? {} : { qtyDecimals: trades.qtyDecimals }),
    from: least(used.map(({ table }) => table.openTime[0] as Micros)),
    to: most(used.map(({ table, interval }) => barEnd(table.openTime[table.length - 1] as Micros, interval))),
  }
}

const least = <N extends number>(values: readonly N[]): N => Math.min(...values) as N
const most = <N extends number>(values: readonly N[]): N => Math.max(...values) as N

/** What was not given at all, each with the symbols that lack it. */
function absences(symbols: readonly string[], { mark, funding }: LoadedMarket): readonly string[] {
  const withoutFunding = symbols.filter((symbol) => !funding.has(symbol))
  const withoutMark = symbols.filter((symbol) => !mark.has(symbol))
  return [
    ...(withoutFunding.length === 0 ? [] : [`No funding is booked for ${shortList(withoutFunding)}: there is no funding file.`]),
    ...(withoutMark.length === 0 ? [] : [`No mark prices for ${shortList(withoutMark)}: the last price stands in for the mark.`]),
  ]
}
