/**
 * Everything a run reads from files: bars, mark prices, funding, spot; joined, cut to the period, checked for what is
 * missing. Of the folders that are named only the files that are needed are opened.
 *
 * Reads files through the readers beside it.
 */
import { InputError } from '../../core/errors.ts'
import { barEnd, formatTime } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import { cutFunding } from './funding-table.ts'
import type { FundingTable } from './funding-table.ts'
import { joinFunding, joinKlines, joinSources } from './join.ts'
import { cutKlines, gapOf } from './kline-table.ts'
import type { DataSource, KlineTable } from './kline-table.ts'
import { outsidePeriod } from './file-period.ts'
import { memoryLimit, memoryNeed, refuseNeed } from './memory-need.ts'
import { readFunding } from './read-funding.ts'
import { readKlines } from './read-klines.ts'
import type { KlineRead } from './read-klines.ts'
import { readTrades } from './read-trades.ts'
import { scanPaths } from './scan.ts'
import type { DataFile, DataPaths, SkippedFile } from './scan.ts'
import { isCapture } from './symbol-and-interval.ts'
import { cutTrades, joinTrades } from './trade-table.ts'
import type { TradeTable } from './trade-table.ts'

export interface MarketDataRequest extends DataPaths {
  /** Only these (`--symbol`); undefined means all that have bars. */
  readonly symbols: readonly string[] | undefined
  /** Of folders only files of this interval count; undefined takes the single one that is there. */
  readonly interval: Interval | undefined
  /** Folders give files of this interval, too. */
  readonly fillInterval: Interval | undefined
  /** Open times in [from, to). */
  readonly from?: Micros | undefined
  readonly to?: Micros | undefined
  /** Trades are read, too: from files that are named (`named`), or also from those of folders. */
  readonly trades?: boolean | 'named' | undefined
  /** More estimated bytes in memory are refused; 4 GiB or 60 % of the machine's memory when undefined. */
  readonly memoryLimitBytes?: number | undefined
  /** The symbol of files that do not tell it; the only one of `symbols` when undefined. */
  readonly symbolFlag?: string | undefined
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined
}

export interface LoadProgress {
  readonly path: string
  /** Files read so far, this one included. */
  readonly filesDone: number
}

export interface MarketData {
  /** By symbol, sorted; one table per interval, the finest first. */
  readonly bars: ReadonlyMap<string, readonly KlineTable[]>
  readonly mark: ReadonlyMap<string, KlineTable>
  readonly funding: ReadonlyMap<string, FundingTable>
  readonly spot: ReadonlyMap<string, KlineTable>
  /** By symbol, sorted; empty unless they were asked for. */
  readonly trades: ReadonlyMap<string, TradeTable>
  /** Every file that was read, sorted by path. */
  readonly sources: readonly DataSource[]
  readonly warnings: readonly string[]
  /** Files of the named folders that were not read, and why. */
  readonly skipped: readonly SkippedFile[]
}

/** Files read at the same time: unpacking runs beside parsing, more only costs memory. */
const READS_AT_ONCE = 3

/** Throws `InputError` when anything that is needed is missing, damaged or contradictory. */
export async function loadMarketData(request: MarketDataRequest): Promise<MarketData> {
  const scan = await scanPaths(request)
  const load = new Load(request, scan.files, scan.skipped, scan.warnings)
  const trades =
    request.trades === true || request.trades === 'named'
      ? await load.trades(request.trades === 'named')
      : new Map<string, TradeTable>()
  const bars = await load.bars(trades)
  const symbols = new Set([...bars.keys(), ...trades.keys()])
  const mark = await load.side('mark', symbols, bars)
  const spot = await load.side('spot', symbols, bars)
  const funding = await load.funding(symbols)
  return { bars, mark, funding, spot, trades, ...load.report() }
}

class Load {
  readonly #request: MarketDataRequest
  readonly #files: readonly DataFile[]
  readonly #skipped: SkippedFile[]
  readonly #warnings: string[]
  readonly #sources: { readonly sources: readonly DataSource[] }[] = []
  readonly #reads = new Map<string, KlineRead>()
  /** Series named under `--data` that have no volume: mark prices. */
  readonly #markSeries: KlineTable[] = []
  #filesDone = 0
  /** Estimated bytes in memory of everything that was asked for so far. */
  #need = 0
  /** What folders contribute. */
  #intervals: ReadonlySet<Interval | undefined> = new Set()

  constructor(
    request: MarketDataRequest,
    files: readonly DataFile[],
    skipped: readonly SkippedFile[],
    warnings: readonly string[],
  ) {
    this.#request = request
    const outside = outsidePeriod(files, request.from, request.to)
    this.#files = files.filter((file) => !outside.has(file))
    this.#skipped = [...skipped, ...[...outside].map(({ path }) => ({ path, reason: 'outside of the period' }))]
    this.#warnings = [...warnings]
  }

  report(): Pick<MarketData, 'sources' | 'warnings' | 'skipped'> {
    const skipped = this.#skipped.toSorted((a, b) => (a.path < b.path ? -1 : 1))
    return { sources: joinSources(this.#sources), warnings: this.#warnings, skipped }
  }

  /** Symbols that trades drive need no bars. */
  async bars(trades: ReadonlyMap<string, TradeTable>): Promise<Map<string, readonly KlineTable[]>> {
    const { symbols } = this.#request
    const files = this.#files.filter((file) => file.kind === 'klines' && file.market === 'perp')
    const wanted = files.filter((file) => this.#wanted(file, symbols))
    const chosen = await this.#ofChosenInterval(wanted)
    await this.#reserve(chosen)
    const read = await this.#read(chosen, symbols)
    const tables: KlineTable[] = []
    for (const table of read) {
      if (table.kind === 'klines') tables.push(table)
      else {
        this.#markSeries.push(table)
        this.#warnings.push(`${table.sources[0].path}: ${table.symbol} has no volume, so it is a mark series and is not traded.`)
      }
    }
    const bars = this.#joinBySymbol(tables)
    this.#requireSymbols(bars, files, trades)
    this.#warnOfNoFill(bars)
    return bars
  }

  /** Mark prices or spot bars: one series a symbol, of the interval that fits the bars best. */
  async side(
    kind: 'mark' | 'spot',
    symbols: ReadonlySet<string>,
    bars: ReadonlyMap<string, readonly KlineTable[]>,
  ): Promise<Map<string, KlineTable>> {
    const files = this.#files.filter((file) =>
      kind === 'mark' ? file.kind === 'mark' && file.market === 'perp' : file.kind === 'klines' && file.market === 'spot',
    )
    const wanted = files.filter((file) => this.#wanted(file, symbols) && this.#ofFolderInterval(file))
    const chosen = this.#nearestInterval(wanted, bars)
    await this.#reserve(chosen)
    const read = await this.#read(chosen, [...symbols])
    if (kind === 'mark') read.push(...this.#markSeries.filter((table) => symbols.has(table.symbol)))
    const joined = this.#joinBySymbol(read)
    const result = new Map<string, KlineTable>()
    for (const [symbol, tables] of joined) {
      const own = bars.get(symbol) ?? []
      const best =
        own.map((bar) => tables.find((table) => table.interval === bar.interval)).find((table) => table !== undefined) ??
        tables[0]
      for (const other of tables)
        if (other !== best)
          this.#warnings.push(
            `${symbol}: the ${kind} series of ${other.interval?.name ?? 'unknown interval'} is not used, the one of ${best.interval?.name} is.`,
          )
      result.set(symbol, best)
    }
    return result
  }

  async funding(symbols: ReadonlySet<string>): Promise<Map<string, FundingTable>> {
    const files = this.#files.filter((file) => file.kind === 'funding' && file.market === 'perp' && this.#wanted(file, symbols))
    const reads = await mapInOrder(files, READS_AT_ONCE, async (file) => {
      const read = await readFunding({ path: file.path, symbol: file.symbol, symbolFlag: this.#symbolFlag() }, { symbols })
      this.#progress(file)
      return read
    })
    const tables = reads.flatMap((read) => read.tables).filter((table) => symbols.has(table.symbol))
    this.#warnings.push(...reads.flatMap((read) => read.warnings))
    this.#sources.push(...tables)
    const result = new Map<string, FundingTable>()
    for (const [symbol, own] of [...Map.groupBy(tables, (table) => table.symbol)].toSorted(byKey)) {
      const cut = cutFunding(joinFunding(own), this.#request.from, this.#request.to)
      if (cut.length > 0) result.set(symbol, cut)
    }
    return result
  }

  async trades(namedOnly: boolean): Promise<Map<string, TradeTable>> {
    const { symbols } = this.#request
    const isTrades = (file: DataFile): boolean =>
      (file.named || !namedOnly) &&
      file.market === 'perp' &&
      (file.kind === 'trades' || (file.named && file.kind === 'depth' && isCapture(file.path)))
    const wanted = this.#files.filter((file) => isTrades(file) && this.#wanted(file, symbols))
    await this.#reserve(wanted)
    const reads = await mapInOrder(wanted, READS_AT_ONCE, async (file) => {
      const { path, market, symbol } = file
      const read = await readTrades({ path, market, symbol, symbolFlag: this.#symbolFlag() })
      this.#progress(file)
      return read
    })
    this.#warnings.push(...reads.flatMap(({ warnings }) => warnings))
    const tables = reads.map(({ table }) => table).filter(({ symbol }) => symbols === undefined || symbols.includes(symbol))
    this.#sources.push(...tables)
    const result = new Map<string, TradeTable>()
    for (const [symbol, own] of [...Map.groupBy(tables, (table) => table.symbol)].toSorted(byKey)) {
      refuseTwoKinds(symbol, own)
      const cut = cutTrades(joinTrades(own), this.#request.from, this.#request.to)
      if (cut.length > 0) result.set(symbol, cut)
    }
    return result
  }

  /** Refuses what would not fit into memory before any of it is read. */
  async #reserve(files: readonly DataFile[]): Promise<void> {
    this.#need += await memoryNeed(files)
    refuseNeed(this.#need, this.#request.memoryLimitBytes ?? memoryLimit())
  }

  /** A file whose name tells another symbol is not opened. */
  #wanted(file: DataFile, symbols: ReadonlySet<string> | readonly string[] | undefined): boolean {
    if (file.symbol === undefined || symbols === undefined) return true
    const needed = new Set(symbols).has(file.symbol)
    if (!needed) this.#skipped.push({ path: file.path, reason: 'another symbol' })
    return needed
  }

  #symbolFlag(): string | undefined {
    const { symbolFlag, symbols } = this.#request
    return symbolFlag ?? (symbols?.length === 1 ? symbols[0] : undefined)
  }

  /** Named files, and those in folders that have the interval asked for, or else the only one there is. */
  async #ofChosenInterval(files: readonly DataFile[]): Promise<readonly DataFile[]> {
    const { interval, fillInterval } = this.#request
    const inFolders = files.filter((file) => !file.named)
    const intervals = await this.#intervalsOf(inFolders)
    let chosen = interval
    if (chosen === undefined) {
      const distinct = [...new Set(intervals.values())].filter(
        (found) => found !== undefined && found !== fillInterval,
      ) as Interval[]
      if (distinct.length > 1) throw this.#manyIntervals(distinct, [...intervals.values()])
      chosen = distinct[0] ?? fillInterval
    }
    this.#intervals = new Set(chosen === undefined ? [] : fillInterval === undefined ? [chosen] : [chosen, fillInterval])
    return files.filter((file) => {
      if (file.named || this.#intervals.has(intervals.get(file.path))) return true
      this.#skipped.push({ path: file.path, reason: 'another interval' })
      return false
    })
  }

  /** By path. A file whose name does not tell is read, its rows do. */
  async #intervalsOf(files: readonly DataFile[]): Promise<ReadonlyMap<string, Interval | undefined>> {
    const silent = files.filter((file) => file.interval === undefined)
    await mapInOrder(silent, READS_AT_ONCE, (file) => this.#readOnce(file, this.#request.symbols))
    return new Map(files.map((file) => [file.path, file.interval ?? this.#reads.get(file.path)?.tables[0]?.interval]))
  }

  #manyIntervals(distinct: readonly Interval[], all: readonly (Interval | undefined)[]): InputError {
    const sorted = distinct.toSorted((a, b) => a.length - b.length)
    const counts = sorted
      .map((interval) => `${interval.name} (${all.filter((other) => other === interval).length} files)`)
      .join(', ')
    return new InputError('many-intervals', `the folders of --data hold bars of ${sorted.length} intervals: ${counts}`, {
      where: { intervals: sorted.map((interval) => interval.name).join(',') },
      next: 'Choose one with --interval, or name the files themselves.',
    })
  }

  /** A `--data` folder gives side data of the bars' interval only; what is named, or has its own flag, always counts. */
  #ofFolderInterval(file: DataFile): boolean {
    if (
      file.named ||
      file.flag !== 'data' ||
      file.interval === undefined ||
      this.#intervals.size === 0 ||
      this.#intervals.has(file.interval)
    )
      return true
    this.#skipped.push({ path: file.path, reason: 'another interval' })
    return false
  }

  /** Where a symbol's side data come in several intervals and one is that of its bars, the others are not opened. */
  #nearestInterval(files: readonly DataFile[], bars: ReadonlyMap<string, readonly KlineTable[]>): readonly DataFile[] {
    const fits = (file: DataFile): boolean =>
      file.interval !== undefined && bars.get(file.symbol ?? '')?.some((table) => table.interval === file.interval) === true
    const fitted = new Set(files.filter(fits).map((file) => file.symbol))
    return files.filter((file) => {
      if (file.named || file.symbol === undefined || file.interval === undefined || fits(file) || !fitted.has(file.symbol))
        return true
      this.#skipped.push({ path: file.path, reason: 'another interval' })
      return false
    })
  }

  async #read(files: readonly DataFile[], symbols: readonly string[] | undefined): Promise<KlineTable[]> {
    const reads = await mapInOrder(files, READS_AT_ONCE, (file) => this.#readOnce(file, symbols))
    const tables: KlineTable[] = []
    for (const read of reads) {
      this.#warnings.push(...read.warnings)
      const needed = read.tables.filter((table) => symbols?.includes(table.symbol) !== false)
      this.#sources.push(...needed)
      tables.push(...needed)
    }
    return tables
  }

  async #readOnce(file: DataFile, symbols: readonly string[] | undefined): Promise<KlineRead> {
    const known = this.#reads.get(file.path)
    if (known !== undefined) return known
    const { path, market, symbol, interval } = file
    const kind = file.kind === 'mark' ? 'mark' : 'klines'
    const read = await readKlines(
      { path, market, symbol, kind, symbolFlag: this.#symbolFlag(), interval, intervalFlag: this.#request.interval },
      symbols === undefined ? {} : { symbols: new Set(symbols) },
    )
    this.#reads.set(path, read)
    this.#progress(file)
    return read
  }

  #progress(file: DataFile): void {
    this.#filesDone += 1
    this.#request.onProgress?.({ path: file.path, filesDone: this.#filesDone })
  }

  /** By symbol, sorted; finest interval first. Cut to the period, without empty tables. */
  #joinBySymbol(tables: readonly KlineTable[]): Map<string, readonly KlineTable[]> {
    const { from, to } = this.#request
    const result = new Map<string, readonly KlineTable[]>()
    for (const [symbol, own] of [...Map.groupBy(tables, (table) => table.symbol)].toSorted(byKey)) {
      const joined: KlineTable[] = []
      for (const series of Map.groupBy(own, (table) => table.interval).values()) {
        const table = cutKlines(this.#join(series), from, to)
        if (table.length > 0) joined.push(table)
        this.#warnOfGaps(table)
      }
      result.set(
        symbol,
        joined.toSorted((a, b) => (a.interval?.length ?? 0) - (b.interval?.length ?? 0)),
      )
    }
    return result
  }

  #join(series: readonly KlineTable[]): KlineTable {
    // Whether a series has volume may differ between its files (a late file without it): prices are what they share.
    const kind = series.some((table) => table.kind === 'klines') ? 'klines' : 'mark'
    return joinKlines(series.map((table) => (table.kind === kind ? table : { ...table, kind })))
  }

  #warnOfGaps(table: KlineTable): void {
    const gap = gapOf(table)
    if (gap === undefined || table.interval === undefined) return
    const series = `${table.symbol} ${table.interval.name}${table.market === 'spot' ? ' spot' : table.kind === 'mark' ? ' mark' : ''}`
    const rows = gap.count === 1 ? '1 bar is' : `${gap.count} bars are`
    const files = table.sources.length > 3 ? `${table.sources.length} files` : table.sources.map(({ path }) => path).join(', ')
    this.#warnings.push(`${series}: ${rows} missing, the first at ${formatTime(gap.first)} (${files}).`)
  }

  /** Every symbol asked for must have bars in the period; without `--symbol`, at least one must. */
  #requireSymbols(
    bars: Map<string, readonly KlineTable[]>,
    files: readonly DataFile[],
    trades: ReadonlyMap<string, TradeTable>,
  ): void {
    const { symbols } = this.#request
    const needed = symbols ?? [...bars.keys()]
    for (const symbol of needed) {
      const tables = bars.get(symbol)
      if (trades.has(symbol) && (tables === undefined || tables.length === 0)) {
        bars.delete(symbol)
        continue
      }
      if (tables === undefined) throw this.#missingSymbol(symbol, files)
      if (tables.length > 0) continue
      if (symbols !== undefined) throw this.#emptyPeriod(symbol)
      bars.delete(symbol)
      this.#warnings.push(`${symbol} has no bars in the period and is left out.`)
    }
    if (bars.size > 0 || trades.size > 0) return
    if (needed.length > 0) throw this.#emptyPeriod(needed.join(', '))
    const unnamed =
      this.#request.trades === 'named' ? this.#files.find(({ kind, named }) => kind === 'trades' && !named) : undefined
    throw new InputError('no-bars', this.#noBars(), {
      where: { paths: this.#request.data.join(', ') },
      next:
        unnamed === undefined
          ? 'Name a kline file like BTCUSDT-1h.csv.gz, or a folder of such files.'
          : `Name a kline file or a folder of such files; trades drive a run only when their files are named, like ${unnamed.path}.`,
    })
  }

  #warnOfNoFill(bars: ReadonlyMap<string, readonly KlineTable[]>): void {
    const { fillInterval } = this.#request
    if (fillInterval === undefined) return
    const without = [...bars]
      .filter(([, tables]) => !tables.some((table) => table.interval === fillInterval))
      .map(([symbol]) => symbol)
    if (without.length > 0)
      this.#warnings.push(
        `No ${fillInterval.name} bars were found to fill orders on, for ${without.slice(0, 10).join(', ')}${without.length > 10 ? ` and ${without.length - 10} more` : ''}.`,
      )
  }

  #noBars(): string {
    const onlyMark = this.#files.every((file) => file.kind !== 'klines') && this.#files.some((file) => file.kind === 'mark')
    if (onlyMark || this.#markSeries.length > 0)
      return 'no data with volume were found: a series without volume is a mark series, which is never traded'
    if (this.#files.length > 0 && this.#files.every(({ market }) => market === 'spot'))
      return 'the files under --data are spot, which is not traded here; as side data they belong to --spot'
    const { interval } = this.#request
    return interval === undefined ? 'no klines were found under --data' : `no ${interval.name} klines were found under --data`
  }

  #missingSymbol(symbol: string, files: readonly DataFile[]): InputError {
    const there = new Set(files.map((file) => file.symbol).filter((name) => name !== undefined))
    for (const read of this.#reads.values()) for (const name of read.symbols) there.add(name)
    const own = files.filter((file) => file.symbol === symbol).map((file) => file.interval?.name ?? '?')
    if (own.length > 0)
      return new InputError(
        'symbol-without-interval',
        `${symbol} has no traded bars of the interval asked for; its files are of ${[...new Set(own)].join(', ')}`,
        {
          where: { symbol, intervals: own.join(',') },
          next: 'Choose another --interval, or name the file itself.',
        },
      )
    const names = [...there].toSorted()
    return new InputError(
      'symbol-not-found',
      `there are no data of ${symbol}; the symbols that exist are ${names.slice(0, 50).join(', ')}${names.length > 50 ? ` and ${names.length - 50} more` : ''}`,
      {
        where: { symbol },
        next: 'Check --symbol and --data.',
      },
    )
  }

  #emptyPeriod(symbol: string): InputError {
    const { from, to } = this.#request
    const tables = [...this.#reads.values()]
      .flatMap((read) => read.tables)
      .filter((table) => symbol.split(', ').includes(table.symbol) && table.length > 0)
    const first = Math.min(...tables.map((table) => table.openTime[0])) as Micros
    const last = Math.max(...tables.map((table) => endOf(table))) as Micros
    const period = `${from === undefined ? 'the beginning' : formatTime(from)} to ${to === undefined ? 'the end' : formatTime(to)}`
    return new InputError(
      'period-empty',
      `${symbol} has no bars from ${period}; there are data from ${formatTime(first)} to ${formatTime(last)}`,
      {
        where: { symbol },
        next: 'Change --from and --to.',
      },
    )
  }
}

/** Aggregates and the single trades they are made of are the same trades. */
function refuseTwoKinds(symbol: string, tables: readonly TradeTable[]): void {
  const [first] = tables
  const other = tables.find(({ kind }) => kind !== first.kind)
  if (other === undefined) return
  const [fileA, fileB] = [first.sources[0].path, other.sources[0].path]
  throw new InputError(
    'trades-of-two-kinds',
    `${fileA} holds ${first.kind} of ${symbol}, and ${fileB} holds ${other.kind}: the same trades twice`,
    {
      where: { symbol, file: fileA, other: fileB },
      next: 'Name the files of one kind.',
    },
  )
}

function endOf(table: KlineTable): number {
  const last = table.openTime[table.length - 1] as Micros
  return table.interval === undefined ? last : barEnd(last, table.interval)
}

const byKey = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1)

/** Up to `limit` at a time; results, and the first error, in the order of `items` whatever finishes first. */
async function mapInOrder<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const failures = new Map<number, unknown>()
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.size === 0) {
      const at = next++
      try {
        results[at] = await work(items[at])
      } catch (error) {
        failures.set(at, error)
      }
    }
  }
  await Promise.all(Array.from({ length: limit }, worker))
  if (failures.size > 0) throw failures.get(Math.min(...failures.keys()))
  return results
}
