/**
 * Reads kline and mark files: our CSV, universe files of many symbols, the exchange's archive.
 *
 * Damage of any kind is an `InputError` with file, line, column and value, never a wrong result. Gaps are no damage:
 * exchanges have outages (`gapOf` counts them). Reads files through `file-bytes.ts` only.
 */
import { InputError } from '../../core/errors.ts'
import { barStart } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import { ARCHIVE_COLUMNS, beginsWithNumber, readHeader, wrongFieldCount } from './columns.ts'
import type { Columns } from './columns.ts'
import { fieldText, shownField } from './csv-scanner.ts'
import type { CsvRow, RowScanner } from './csv-scanner.ts'
import { DecimalField } from './decimal-field.ts'
import { readBytes } from './file-bytes.ts'
import type { ReadLimits } from './file-bytes.ts'
import { KLINE_IGNORED, KLINE_RULES } from './kline-columns.ts'
import type { KlineColumn } from './kline-columns.ts'
import { OPTIONAL_COLUMNS, presentOrUndefined, PRICE_COLUMNS, VALUE_COLUMNS } from './kline-table.ts'
import type { KlineKind, KlineTable, Market } from './kline-table.ts'
import { feedRows, scannerFor } from './row-source.ts'
import { readParquetKlines } from './read-parquet-klines.ts'
import { StreamedSpacing } from './streamed-spacing.ts'
import { firstOffGrid, formatOf, isCoinMargined, settleInterval, shownTime } from './symbol-and-interval.ts'
import { timeUnitOf } from './time-unit.ts'
import type { TimeUnit } from './time-unit.ts'

export interface KlineFile {
  readonly path: string
  readonly market: Market
  /** `mark` drops the volume columns (the archive fills them with zeros); `klines` without any volume become a mark series. */
  readonly kind: KlineKind
  /** From the file name; a symbol column must agree. */
  readonly symbol: string | undefined
  /** From a flag: stands in where neither the name nor a column tells the symbol. */
  readonly symbolFlag?: string | undefined
  /** From the file name; the spacing of the rows must agree. */
  readonly interval: Interval | undefined
  /** From a flag: stands in where neither the name nor the rows tell the interval. */
  readonly intervalFlag?: Interval | undefined
}

/**
 * Takes the bars of a file one by one instead of a table that holds them all. `onGroup` is told at the end of each symbol what
 * its rows were.
 */
export interface KlineReceiver {
  /** A bar that holds; `time` in micros. The row is valid only during the call. */
  onBar(row: CsvRow, time: number, columns: Columns<KlineColumn>): void
  onGroup(group: KlineGroup): void
}

export interface KlineGroup {
  readonly symbol: string
  readonly interval: Interval | undefined
  readonly kind: KlineKind
  readonly rows: number
}

export interface KlineReadOptions {
  /** Only these symbols of a file with a symbol column; the others are skipped unparsed. */
  readonly symbols?: ReadonlySet<string>
  readonly limits?: ReadLimits
}

export interface KlineRead {
  /** One per symbol, in the order of the file. */
  readonly tables: readonly KlineTable[]
  /** Every symbol of the file, read or skipped. */
  readonly symbols: readonly string[]
  readonly warnings: readonly string[]
}

/** Reads one file. Throws `InputError` on any damage. */
export async function readKlines(file: KlineFile, options: KlineReadOptions = {}): Promise<KlineRead> {
  if (formatOf(file.path) === 'parquet') {
    const read = await readColumns(file, options)
    if (read !== undefined) return read
  }
  const parser = new KlineParser(file, options)
  let sha256: string
  try {
    sha256 = await feedRows(file.path, parser.scanner, options.limits)
  } catch (error) {
    throw parser.locate(error)
  }
  return parser.finish(sha256)
}

/** Klines of a Parquet file without going row by row; undefined when only the rows can tell what is there, or what is wrong. */
async function readColumns(file: KlineFile, options: KlineReadOptions): Promise<KlineRead | undefined> {
  const { path, market, kind, symbol = file.symbolFlag, intervalFlag } = file
  if (symbol === undefined || options.symbols?.has(symbol) === false) return undefined
  const [sha256, columns] = await Promise.all([readBytes(path, () => undefined, options.limits), readParquetKlines(path)])
  if (columns === undefined) return undefined
  const { interval = intervalFlag, inferred } = settleInterval(path, file.interval, columns.openTime)
  if (interval !== undefined && firstOffGrid(columns.openTime, interval) >= 0) return undefined
  const [open, high, low, close] = columns.prices
  const [volume, quoteVolume, trades, takerBuyBase] = columns.optional.map((column) =>
    kind === 'mark' || column === undefined ? undefined : presentOrUndefined(column),
  )
  const warnings = columns.unknown.length > 0 ? [`${path}: unknown columns are ignored: ${columns.unknown.join(', ')}.`] : []
  if (inferred && interval !== intervalFlag) warnings.push(inferredWarning(path, symbol, interval))
  const table: KlineTable = {
    symbol,
    interval,
    kind: volume === undefined ? 'mark' : kind,
    market,
    length: columns.rows,
    openTime: columns.openTime,
    open,
    high,
    low,
    close,
    volume,
    quoteVolume,
    trades,
    takerBuyBase,
    decimals: columns.decimals,
    sources: [{ path, sha256, rows: columns.rows }],
  }
  return { tables: [table], symbols: [symbol], warnings }
}

const inferredWarning = (path: string, symbol: string, interval: Interval | undefined): string =>
  `${path}: ${symbol} is taken for ${interval?.name} bars by the spacing of its rows.`

/**
 * Reads one file of any length: its bars go to the receiver as they are read, checked as `readKlines` checks them. What was
 * received counts only when this returns. Throws `InputError` on any damage.
 */
export async function streamKlines(
  file: KlineFile,
  receiver: KlineReceiver,
  onChunk: (rows: number) => void,
): Promise<{ readonly sha256: string; readonly warnings: readonly string[] }> {
  const parser = new KlineParser(file, {}, receiver)
  const sha256 = await feedRows(file.path, parser.scanner, undefined, () => onChunk(parser.rows)).catch((error: unknown) => {
    throw parser.locate(error)
  })
  const { warnings } = parser.finish(sha256)
  return { sha256, warnings }
}

/** Reads klines from bytes that are already unpacked; `sha256` goes into the tables' sources. */
export function parseKlines(bytes: Uint8Array, sha256: string, file: KlineFile, options: KlineReadOptions = {}): KlineRead {
  const parser = new KlineParser(file, options)
  parser.scanner.feed(bytes)
  return parser.finish(sha256)
}

/** Consecutive rows of one symbol. */
interface Group {
  readonly symbol: string
  readonly start: number
  /** Line of the first row; the others follow line by line. */
  line: number
  place: 'line' | 'row'
  decimals: number
  /** Whether any row has a volume; told to receivers only. */
  traded: boolean
}

const INITIAL_ROWS = 4_096

class KlineParser {
  readonly #file: KlineFile
  readonly #only: ReadonlySet<string> | undefined
  readonly #scanner: RowScanner
  readonly #number = new DecimalField()
  readonly #warnings: string[] = []
  readonly #groups: Group[] = []
  readonly #symbols = new Set<string>()
  #columns: Columns<KlineColumn> | undefined
  #timeField = -1
  #timeName = ''
  #symbolField = -1
  /** Fields of open, high, low, close. */
  #priceFields: readonly number[] = []
  /** Fields of the optional columns, -1 when absent. */
  #optionalFields: readonly number[] = []
  #unit: TimeUnit | undefined
  /** Bytes of the symbol of the rows being read, and what became of it. */
  #symbolBytes: Uint8Array = new Uint8Array(0)
  #skipping = false
  #group: Group | undefined
  #rows = 0
  #capacity = INITIAL_ROWS
  #time = new Float64Array(INITIAL_ROWS)
  /** In the order of VALUE_COLUMNS. */
  #values: Float64Array[] = VALUE_COLUMNS.map(() => new Float64Array(INITIAL_ROWS))
  readonly #receiver: KlineReceiver | undefined
  #spacing: StreamedSpacing | undefined
  /** Open time of the row before, of the same symbol; -1 at its first. */
  #before = -1
  /** Where the row being read is kept: with a receiver always in the same place. */
  #at = 0

  constructor(file: KlineFile, options: KlineReadOptions, receiver?: KlineReceiver) {
    this.#file = file
    this.#receiver = receiver
    this.#only = options.symbols
    this.#scanner = scannerFor(file.path, (row) => this.#onRow(row))
  }

  get scanner(): RowScanner {
    return this.#scanner
  }
  get rows(): number {
    return this.#rows
  }

  /** An error of the bytes underneath says how far they could be read. */
  locate(error: unknown): unknown {
    if (!(error instanceof InputError) || this.#scanner.line === 0) return error
    if (error.where['line'] !== undefined || error.where['row'] !== undefined) return error
    return new InputError(error.code, `${error.message} (after line ${this.#scanner.line})`, {
      where: { ...error.where, line: this.#scanner.line },
      cause: error.cause,
      ...(error.next === undefined ? {} : { next: error.next }),
    })
  }
  finish(sha256: string): KlineRead {
    const { path } = this.#file
    const { unterminated } = this.#scanner.finish()
    if (this.#columns === undefined)
      throw new InputError('file-empty', `${path} is empty`, { where: { file: path, line: 1 }, next: 'Fetch the file again.' })
    if (this.#symbols.size === 0)
      throw new InputError('file-no-rows', `${path} has a header and no rows`, {
        where: { file: path, line: 2 },
        next: 'Fetch the file again.',
      })
    if (unterminated)
      this.#warnings.push(`${path} ends without a line end (line ${this.#scanner.line}): the file may have been cut off.`)
    if (this.#receiver !== undefined) {
      this.#endGroup()
      return { tables: [], symbols: [...this.#symbols], warnings: this.#warnings }
    }
    const tables = this.#groups.map((group, at) => this.#table(group, this.#groups[at + 1]?.start ?? this.#rows, sha256))
    return { tables, symbols: [...this.#symbols], warnings: this.#warnings }
  }

  #onRow(row: CsvRow): void {
    if (this.#columns === undefined) {
      this.#onHeader(row)
      if (!beginsWithNumber(row)) return
    }
    if (row.count !== this.#columns?.count) throw wrongFieldCount(this.#file.path, row, this.#columns?.count ?? 0)
    if (this.#symbolField >= 0 && !this.#sameSymbol(row)) this.#onSymbol(row)
    if (!this.#skipping) this.#read(row)
  }

  #onHeader(row: CsvRow): void {
    const { path, kind } = this.#file
    const columns = beginsWithNumber(row) ? this.#archiveColumns(row) : readHeader(path, row, KLINE_RULES, KLINE_IGNORED)
    const field = (name: KlineColumn): number => columns.index.get(name) ?? -1
    this.#columns = columns
    this.#timeField = field('openTime')
    this.#timeName = columns.names[this.#timeField]
    this.#symbolField = field('symbol')
    this.#priceFields = PRICE_COLUMNS.map(field)
    this.#optionalFields = OPTIONAL_COLUMNS.map((name) => (kind === 'mark' ? -1 : field(name)))
    if (columns.unknown.length > 0) this.#warnings.push(`${path}: unknown columns are ignored: ${columns.unknown.join(', ')}.`)
    if (this.#symbolField < 0) this.#startGroup(this.#symbolOfFile())
  }

  #archiveColumns(row: CsvRow): Columns<KlineColumn> {
    if (row.count !== ARCHIVE_COLUMNS.length)
      throw new InputError(
        'header-missing',
        `${this.#file.path} begins with data and has no header; only the archive's files of ${ARCHIVE_COLUMNS.length} columns are read without one, this has ${row.count}`,
        {
          where: { file: this.#file.path, [row.place]: row.line, value: shownField(row, 0) },
          next: 'Put the header open_time_ms,open,high,low,close,volume,quote_volume,trades,taker_buy_base on the first line, with the columns that are there.',
        },
      )
    const index = new Map<KlineColumn, number>()
    for (const [at, name] of ARCHIVE_COLUMNS.entries()) {
      const rule = KLINE_RULES.find(({ aliases }) => aliases.includes(name))
      if (rule !== undefined) index.set(rule.name, at)
    }
    return { index, count: ARCHIVE_COLUMNS.length, names: ARCHIVE_COLUMNS, unknown: [] }
  }

  #symbolOfFile(): string {
    const { path, symbol = this.#file.symbolFlag } = this.#file
    if (symbol !== undefined) return symbol
    throw new InputError(
      'symbol-unknown',
      `${path} does not say which symbol it holds: it has no symbol column, and its name does not begin with one`,
      {
        where: { file: path },
        next: 'Name it like BTCUSDT-1h.csv, or give --symbol.',
      },
    )
  }

  #sameSymbol(row: CsvRow): boolean {
    const start = row.starts[this.#symbolField]
    const known = this.#symbolBytes
    if (row.ends[this.#symbolField] - start !== known.length || known.length === 0) return false
    for (let at = 0; at < known.length; at += 1) if (row.bytes[start + at] !== known[at]) return false
    return true
  }

  /** The first row of the next symbol of a universe file. */
  #onSymbol(row: CsvRow): void {
    const { path, symbol: named } = this.#file
    const symbol = fieldText(row, this.#symbolField)
    const where = { file: path, [row.place]: row.line, column: 'symbol', value: shownField(row, this.#symbolField) }
    if (symbol === undefined || symbol.trim() === '')
      throw new InputError('symbol-empty', `${row.place} ${row.line} of ${path} names no symbol`, {
        where,
        next: 'Correct the line.',
      })
    if (named !== undefined && named !== symbol)
      throw new InputError(
        'symbol-contradicts',
        `${row.place} ${row.line} of ${path} is of ${symbol}, but the file is named for ${named}`,
        {
          where,
          next: 'Name a file of many symbols universe-1h.csv or the like.',
        },
      )
    if (this.#symbols.has(symbol))
      throw new InputError(
        'symbol-not-sorted',
        `${row.place} ${row.line} of ${path} returns to ${symbol} after other symbols: the rows are not sorted by symbol, then time`,
        {
          where,
          next: 'Sort the file by symbol, then time.',
        },
      )
    this.#symbolBytes = Uint8Array.from(row.bytes.subarray(row.starts[this.#symbolField], row.ends[this.#symbolField]))
    if (isCoinMargined(symbol))
      this.#warnings.push(`${path}: ${symbol} is skipped, coin-margined (COIN-M) contracts are not read.`)
    this.#skipping = isCoinMargined(symbol) || this.#only?.has(symbol) === false
    if (this.#skipping) this.#symbols.add(symbol)
    else this.#startGroup(symbol)
  }

  #startGroup(symbol: string): void {
    if (this.#receiver !== undefined) this.#endGroup()
    this.#before = -1
    this.#group = { symbol, start: this.#rows, line: 0, place: 'line', decimals: 0, traded: false }
    this.#groups.push(this.#group)
  }

  #read(row: CsvRow): void {
    const group = this.#group as Group
    const at = this.#receiver === undefined ? this.#rows : 0
    if (at === this.#capacity) this.#grow()
    this.#at = at
    const time = this.#readTime(row)
    if (time <= this.#before) this.#notAscending(row, this.#before, time)
    this.#time[at] = time
    const open = this.#readPrice(row, 0, group)
    const high = this.#readPrice(row, 1, group)
    const low = this.#readPrice(row, 2, group)
    const close = this.#readPrice(row, 3, group)
    if (!(high >= open && high >= close && low <= open && low <= close)) this.#badBar(row, open, high, low, close)
    this.#readOptional(row, 0)
    this.#readOptional(row, 1)
    this.#readOptional(row, 2)
    this.#readOptional(row, 3)
    this.#rows += 1
    if (this.#before < 0) {
      this.#symbols.add(group.symbol)
      group.line = row.line
      group.place = row.place
    }
    if (this.#receiver !== undefined) this.#give(row, time, group)
    this.#before = time
  }

  #give(row: CsvRow, time: number, group: Group): void {
    this.#spacing ??= new StreamedSpacing((times) => this.#settle(group, times))
    const interval = this.#spacing.add(time)
    const onGrid =
      interval === undefined || time - this.#before === interval.length || barStart(time as Micros, interval) === time
    if (!onGrid) this.#offGrid(row.place, row.line, time, interval)
    group.traded ||= this.#optionalFields[0] >= 0 && !Number.isNaN(this.#values[PRICE_COLUMNS.length][0])
    if (this.#columns !== undefined) this.#receiver?.onBar(row, time, this.#columns)
  }

  /** Tells the receiver what the rows since the last group were. */
  #endGroup(): void {
    const group = this.#group
    if (group === undefined || this.#spacing === undefined) return
    const interval = this.#spacing.finish()
    this.#spacing = undefined
    const kind = group.traded ? this.#file.kind : 'mark'
    this.#receiver?.onGroup({ symbol: group.symbol, interval, kind, rows: this.#rows - group.start })
  }

  #readTime(row: CsvRow): number {
    const field = this.#timeField
    const value = this.#number.read(row.bytes, row.starts[field], row.ends[field])
    if (!Number.isSafeInteger(value)) this.#notNumber(row, field, Number.isNaN(value) ? 'a number' : 'a whole number')
    this.#unit ??= timeUnitOf(value, { file: this.#file.path, line: row.line, place: row.place, column: this.#timeName })
    const { low, high, toMicros, name } = this.#unit
    if (value < low || value >= high)
      throw new InputError(
        'time-unit',
        `${this.#timeName} in ${row.place} ${row.line} of ${this.#file.path} is ${value}, while the rows before count ${name}`,
        {
          where: { file: this.#file.path, [row.place]: row.line, column: this.#timeName, value },
          next: 'Write all times in the same unit.',
        },
      )
    return value * toMicros
  }

  #readPrice(row: CsvRow, column: number, group: Group): number {
    const field = this.#priceFields[column]
    const { bytes } = row
    const end = row.ends[field]
    const value = this.#number.read(bytes, row.starts[field], end)
    if (!(value > 0)) {
      if (Number.isNaN(value)) this.#notNumber(row, field, 'a number')
      this.#bad(row, field, 'price-not-positive', 'a price must be above zero')
    }
    if (this.#number.decimals > group.decimals)
      group.decimals = Math.max(group.decimals, this.#number.significantDecimals(bytes, end))
    this.#values[column][this.#at] = value
    return value
  }

  #readOptional(row: CsvRow, column: number): void {
    const field = this.#optionalFields[column]
    if (field < 0) return
    const start = row.starts[field]
    const end = row.ends[field]
    let value = Number.NaN
    if (end > start) {
      value = this.#number.read(row.bytes, start, end)
      if (!(value >= 0)) {
        if (Number.isNaN(value)) this.#notNumber(row, field, 'a number')
        this.#bad(row, field, 'volume-negative', 'it must not be below zero')
      }
    }
    this.#values[PRICE_COLUMNS.length + column][this.#at] = value
  }

  #grow(): void {
    this.#capacity *= 2
    const grown = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(this.#capacity)
      larger.set(column)
      return larger
    }
    this.#time = grown(this.#time)
    this.#values = this.#values.map((column, at) => {
      const used = at < PRICE_COLUMNS.length || this.#optionalFields[at - PRICE_COLUMNS.length] >= 0
      return used ? grown(column) : column
    })
  }

  #table(group: Group, end: number, sha256: string): KlineTable {
    const { path, market, kind } = this.#file
    const { symbol, start } = group
    const openTime = this.#time.slice(start, end)
    const interval = this.#settle(group, openTime)
    const price = (column: number): Float64Array => this.#values[column].slice(start, end)
    const optional = (column: number): Float64Array | undefined =>
      this.#optionalFields[column] < 0
        ? undefined
        : presentOrUndefined(this.#values[PRICE_COLUMNS.length + column].slice(start, end))
    const volume = optional(0)
    return {
      symbol,
      interval,
      kind: volume === undefined ? 'mark' : kind,
      market,
      length: end - start,
      openTime,
      open: price(0),
      high: price(1),
      low: price(2),
      close: price(3),
      volume,
      quoteVolume: optional(1),
      trades: optional(2),
      takerBuyBase: optional(3),
      decimals: group.decimals,
      sources: [{ path, sha256, rows: end - start }],
    }
  }

  /** The interval of rows that begin at the group's first; they must stand on its grid. */
  #settle(group: Group, openTime: Float64Array): Interval | undefined {
    const { path, intervalFlag } = this.#file
    const { interval = intervalFlag, inferred } = settleInterval(
      this.#symbolField < 0 ? path : `${path} (${group.symbol})`,
      this.#file.interval,
      openTime,
    )
    if (inferred && interval !== intervalFlag) this.#warnings.push(inferredWarning(path, group.symbol, interval))
    const row = interval === undefined ? -1 : firstOffGrid(openTime, interval)
    if (row >= 0) this.#offGrid(group.place, group.line + row, openTime[row], interval)
    return interval
  }

  #offGrid(place: 'line' | 'row', line: number, time: number, interval: Interval | undefined): never {
    throw new InputError(
      'time-off-grid',
      `${place} ${line} of ${this.#file.path} opens at ${shownTime(time)}, where no ${interval?.name} bar begins`,
      {
        where: { file: this.#file.path, [place]: line, column: this.#timeName, value: shownTime(time) },
        next: 'Check the interval, or correct the line.',
      },
    )
  }

  #notAscending(row: CsvRow, before: number, time: number): never {
    const { path } = this.#file
    const where = { file: path, [row.place]: row.line, column: this.#timeName, value: shownTime(time), before: shownTime(before) }
    if (time === before)
      throw new InputError(
        'row-doubled',
        `${row.place} ${row.line} of ${path} opens at ${shownTime(time)}, the same time as the ${row.place} before`,
        {
          where,
          next: 'Remove one of the two.',
        },
      )
    throw new InputError(
      'time-not-ascending',
      `${row.place} ${row.line} of ${path} opens at ${shownTime(time)}, before the ${shownTime(before)} of the ${row.place} above`,
      {
        where,
        next: 'Sort the rows by time.',
      },
    )
  }

  #badBar(row: CsvRow, open: number, high: number, low: number, close: number): never {
    const { path } = this.#file
    const highWrong = high < open || high < close
    const text = highWrong
      ? `a high of ${high}, below its ${high < open ? `open of ${open}` : `close of ${close}`}`
      : `a low of ${low}, above its ${low > open ? `open of ${open}` : `close of ${close}`}`
    throw new InputError(highWrong ? 'high-too-low' : 'low-too-high', `${row.place} ${row.line} of ${path} has ${text}`, {
      where: { file: path, [row.place]: row.line, column: highWrong ? 'high' : 'low', value: highWrong ? high : low },
      next: 'Correct the line or fetch the file again.',
    })
  }

  #notNumber(row: CsvRow, field: number, wanted: string): never {
    const empty = row.ends[field] === row.starts[field]
    this.#bad(row, field, empty ? 'field-empty' : 'not-a-number', empty ? 'it must not be empty' : `it must be ${wanted}`)
  }

  #bad(row: CsvRow, field: number, code: string, why: string): never {
    const { path } = this.#file
    const column = this.#columns?.names[field] ?? ''
    const value = shownField(row, field)
    throw new InputError(code, `${column} in ${row.place} ${row.line} of ${path} is '${value}': ${why}`, {
      where: { file: path, [row.place]: row.line, column, value },
      next: 'Correct the line or fetch the file again.',
    })
  }
}
