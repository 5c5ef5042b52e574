/**
 * The statistics of real files, to stand beside those of a synthetic market: bars of minutes, hours and days, funding, trades.
 *
 * Reads the files, one at a time.
 */
import { existsSync } from 'node:fs'
import { AutoTradingError, InputError } from '../../core/errors.ts'
import { DAY, HOUR, MINUTE } from '../../core/time.ts'
import { barStatistics, fundingStatistics, returnsOf, tradeStatistics } from '../../math/market-statistics.ts'
import type { BarStatistics, FundingStatistics, TradeStatistics } from '../../math/market-statistics.ts'
import { readFunding } from '../../storage/market-data/read-funding.ts'
import { readKlines } from '../../storage/market-data/read-klines.ts'
import { readTrades } from '../../storage/market-data/read-trades.ts'
import { scanPaths } from '../../storage/market-data/scan.ts'
import type { DataFile } from '../../storage/market-data/scan.ts'
import { correlationsWithFirst } from './measure.ts'
import type { SymbolCorrelation } from './measure.ts'

export interface Compared {
  readonly minutes: readonly (BarStatistics & Source)[]
  readonly hours: readonly (BarStatistics & Source)[]
  readonly days: readonly (BarStatistics & Source)[]
  readonly funding: readonly (FundingStatistics & Source)[]
  readonly trades: readonly (TradeStatistics & Source)[]
  /** Of hourly returns, of each symbol with BTCUSDT or else with the first. */
  readonly correlations: readonly SymbolCorrelation[]
}

interface Source {
  readonly symbol: string
  readonly path: string
}

/** Rows below which statistics say nothing. */
const ROWS_MIN = 400

/** @throws InputError when a path is missing or a file damaged. */
export async function compareWith(paths: readonly string[], signal: AbortSignal): Promise<Compared> {
  const absent = paths.find((path) => !existsSync(path))
  if (absent !== undefined)
    throw new InputError('path-not-found', `--compare ${absent} does not exist`, {
      where: { path: absent },
      next: 'Check the path.',
    })
  const { files } = await scanPaths({ data: paths, mark: [], funding: [], spot: [] })
  const found = {
    minutes: [] as (BarStatistics & Source)[],
    hours: [] as (BarStatistics & Source)[],
    days: [] as (BarStatistics & Source)[],
    funding: [] as (FundingStatistics & Source)[],
    trades: [] as (TradeStatistics & Source)[],
  }
  const hourly: (ReturnType<typeof returnsOf> & { readonly symbol: string })[] = []
  for (const file of files) {
    if (signal.aborted) throw new AutoTradingError('interrupted', 'interrupted', 'interrupted')
    if (file.market !== 'perp' || file.symbol === undefined) continue
    if (file.kind === 'klines') await measureBars(file, found, hourly)
    else if (file.kind === 'funding') {
      for (const table of (await readFunding(file)).tables)
        if (table.length >= ROWS_MIN)
          found.funding.push({
            symbol: table.symbol,
            path: file.path,
            ...fundingStatistics(table.rate.map((rate) => rate / 1e10)),
          })
    } else if (file.kind === 'trades') {
      const { table } = await readTrades(file)
      if (table.length < ROWS_MIN || table.kind !== 'trades') continue
      const { price, qty: quantity, time, buyerIsMaker } = table
      const takerBuys = buyerIsMaker.map((flag) => 1 - flag)
      found.trades.push({ symbol: table.symbol, path: file.path, ...tradeStatistics({ price, quantity, time, takerBuys }) })
    }
  }
  const leaderFirst = hourly.toSorted((a, b) => Number(b.symbol === 'BTCUSDT') - Number(a.symbol === 'BTCUSDT'))
  return { ...found, correlations: leaderFirst.length < 2 ? [] : correlationsWithFirst(leaderFirst) }
}

const GROUPS = { [MINUTE]: 'minutes', [HOUR]: 'hours', [DAY]: 'days' } as const

async function measureBars(
  file: DataFile,
  found: Record<'minutes' | 'hours' | 'days', (BarStatistics & Source)[]>,
  hourly: (ReturnType<typeof returnsOf> & { readonly symbol: string })[],
): Promise<void> {
  const length = file.interval?.length
  if (length !== MINUTE && length !== HOUR && length !== DAY) return
  const { path, market, symbol, interval } = file
  for (const table of (await readKlines({ path, market, symbol, interval, kind: 'klines' })).tables) {
    if (table.length < ROWS_MIN || table.kind !== 'klines') continue
    found[GROUPS[length]].push({ symbol: table.symbol, path, ...barStatistics(table, length) })
    if (length === HOUR) hourly.push({ symbol: table.symbol, ...returnsOf(table, HOUR) })
  }
}
