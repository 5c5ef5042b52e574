/**
 * One source file as checked rows, series by series, in plain CSV files of the catalog's own columns: what the engine then joins
 * with what the catalog holds. Decimals are the digits of the source.
 *
 * Reads the source through the readers of market data, writes below the staging folder. Whatever its length, a few buffers of
 * it are in memory.
 */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { formatUnits, parseDecimal } from '../../core/exact.ts'
import type { CsvRow } from '../market-data/csv-scanner.ts'
import type { TradeMessage } from '../market-data/market-record.ts'
import { readCapture } from '../market-data/read-capture.ts'
import { streamFunding } from '../market-data/read-funding.ts'
import { streamKlines } from '../market-data/read-klines.ts'
import { judgeCaptured } from '../market-data/read-trades.ts'
import { feedRows, scannerFor } from '../market-data/row-source.ts'
import type { DataFile } from '../market-data/scan.ts'
import { isCapture } from '../market-data/symbol-and-interval.ts'
import { placeholderWarning, TradeParser } from '../market-data/trade-parser.ts'
import type { TradeColumn } from '../market-data/trade-columns.ts'
import type { SeriesKey } from './series.ts'

export interface StagedSeries {
  readonly key: SeriesKey
  /** The file with its rows, without header. */
  readonly csv: string
  /** Layout of the columns in that file: of bars without volume it is that of klines, too. */
  readonly columnsOf: SeriesKey['kind']
  readonly rows: number
}

export interface StagedFile {
  readonly sha256: string
  readonly series: readonly StagedSeries[]
  readonly rows: number
  readonly warnings: readonly string[]
}

export interface StageOptions {
  readonly symbolFlag: string | undefined
  readonly intervalFlag: DataFile['interval']
  /** Called now and then with the rows read so far; may throw to stop. */
  readonly onRows: (rows: number) => void
}

/** Throws `InputError` on any damage. */
export async function stageFile(file: DataFile, folder: string, options: StageOptions): Promise<StagedFile> {
  const staged = await stagedOf(file, folder, options)
  const rows = staged.series.reduce((sum, series) => sum + series.rows, 0)
  return { ...staged, rows }
}

function stagedOf(file: DataFile, folder: string, options: StageOptions): Promise<Omit<StagedFile, 'rows'>> {
  if (file.kind === 'klines' || file.kind === 'mark') return stageBars(file, file.kind, folder, options)
  if (file.kind === 'funding') return stageFunding(file, folder, options)
  if (isCapture(file.path)) return stageCapture(file, folder, options)
  return stageTrades(file, folder, options)
}

async function stageBars(
  file: DataFile,
  kind: 'klines' | 'mark',
  folder: string,
  { symbolFlag, intervalFlag, onRows }: StageOptions,
): Promise<Omit<StagedFile, 'rows'>> {
  const { path, market, symbol, interval } = file
  const series: StagedSeries[] = []
  let lines = new Lines(join(folder, '0.csv'))
  const read = await streamKlines(
    { path, market, kind, symbol, symbolFlag, interval, intervalFlag },
    {
      onBar(row, time, { index }) {
        lines.number(time / 1_000)
        for (const column of ['open', 'high', 'low', 'close'] as const) lines.decimal(row, index.get(column))
        for (const column of ['volume', 'quoteVolume', 'trades', 'takerBuyBase'] as const)
          lines.decimal(row, kind === 'mark' ? undefined : index.get(column))
        lines.end()
      },
      onGroup(group) {
        if (group.interval === undefined)
          throw new InputError('interval-unknown', `${path} does not say of which interval its bars of ${group.symbol} are`, {
            where: { file: path, symbol: group.symbol },
            next: 'Name it like BTCUSDT-1h.csv, or give --interval.',
          })
        const key = { kind: group.kind, market, symbol: group.symbol, interval: group.interval.name }
        series.push({ key, csv: lines.close(), columnsOf: 'klines', rows: group.rows })
        lines = new Lines(join(folder, `${series.length}.csv`))
      },
    },
    onRows,
  )
  return { ...read, series }
}

async function stageFunding(
  file: DataFile,
  folder: string,
  { symbolFlag, onRows }: StageOptions,
): Promise<Omit<StagedFile, 'rows'>> {
  const bySymbol = new Map<string, Lines>()
  let rows = 0
  const read = await streamFunding({ path: file.path, symbol: file.symbol, symbolFlag }, (row, symbol, { index }, time) => {
    let lines = bySymbol.get(symbol)
    if (lines === undefined) {
      lines = new Lines(join(folder, `${bySymbol.size}.csv`))
      bySymbol.set(symbol, lines)
    }
    lines.number(time / 1_000)
    lines.decimal(row, index.get('rate'))
    lines.decimal(row, index.get('mark'))
    lines.end()
    rows += 1
    if (rows % 65_536 === 0) onRows(rows)
  })
  const series = [...bySymbol].map(([symbol, lines]): StagedSeries => ({
    key: { kind: 'funding', market: file.market, symbol, interval: undefined },
    csv: lines.close(),
    columnsOf: 'funding',
    rows: lines.rows,
  }))
  return { ...read, series }
}

async function stageTrades(
  file: DataFile,
  folder: string,
  { symbolFlag, onRows }: StageOptions,
): Promise<Omit<StagedFile, 'rows'>> {
  const { path, market, symbol } = file
  const lines = new Lines(join(folder, '0.csv'))
  const parser = new TradeParser({ path, market, symbol, symbolFlag }, (row, trade) => {
    const index = parser.shape?.columns.index as ReadonlyMap<TradeColumn, number>
    lines.number(trade.id)
    lines.decimal(row, index.get('price'))
    lines.decimal(row, index.get('qty'))
    if (parser.shape?.kind === 'aggTrades') {
      lines.decimal(row, index.get('first'))
      lines.decimal(row, index.get('last'))
    }
    lines.number(trade.time)
    lines.number(trade.maker)
    lines.number(trade.received)
    lines.end()
  })
  const scanner = scannerFor(path, (row) => parser.onRow(row))
  const sha256 = await feedRows(path, scanner, undefined, () => onRows(parser.rows))
  const { unterminated } = scanner.finish()
  const warnings = parser.end(unterminated ? scanner.line : undefined)
  const kind = parser.shape?.kind ?? 'trades'
  const key: SeriesKey = { kind, market, symbol: parser.symbol ?? '', interval: undefined }
  return { sha256, warnings, series: [{ key, csv: lines.close(), columnsOf: kind, rows: lines.rows }] }
}

/** The trades of a raw capture, single ones and aggregates as two series. */
async function stageCapture(file: DataFile, folder: string, { onRows }: StageOptions): Promise<Omit<StagedFile, 'rows'>> {
  const { path, market } = file
  const kept = new Map<string, { readonly key: SeriesKey; readonly lines: Lines; before: TradeMessage | undefined }>()
  let messages = 0
  let placeholders = 0
  let books = 0
  const { sha256 } = await readCapture(path, (record) => {
    messages += 1
    if (messages % 16_384 === 0) onRows(messages)
    if (record.kind !== 'trade' && record.kind !== 'aggTrade') books += 1
    else {
      const name = `${record.kind} ${record.symbol}`
      let series = kept.get(name)
      if (series === undefined) {
        const kind = record.kind === 'trade' ? 'trades' : 'aggTrades'
        series = {
          key: { kind, market, symbol: record.symbol, interval: undefined },
          lines: new Lines(join(folder, `${kept.size}.csv`)),
          before: undefined,
        }
        kept.set(name, series)
      }
      const what = judgeCaptured(path, record, series.before)
      if (what === 'placeholder') placeholders += 1
      if (what === 'new') {
        series.before = record
        addMessage(series.lines, record)
      }
    }
  })
  const series = [...kept.values()].map(({ key, lines }): StagedSeries => ({
    key,
    csv: lines.close(),
    columnsOf: key.kind,
    rows: lines.rows,
  }))
  if (series.length === 0)
    throw new InputError('file-no-rows', `${path} holds no trades, and of captures a catalog keeps the trades`, {
      where: { file: path },
      next: 'Keep the file itself; the order book is read from it where it lies.',
    })
  const warnings = [
    ...(books === 0
      ? []
      : [`${path}: of its messages ${books} of the order book stay in the file, the catalog keeps the trades.`]),
    ...placeholderWarning(path, placeholders),
  ]
  return { sha256, series, warnings }
}

function addMessage(lines: Lines, { id, price, qty, time, received, buyerIsMaker, firstId, lastId, kind }: TradeMessage): void {
  lines.number(id)
  lines.text(price)
  lines.text(qty)
  if (kind === 'aggTrade') {
    lines.number(firstId ?? Number.NaN)
    lines.number(lastId ?? Number.NaN)
  }
  lines.number(time)
  lines.number(buyerIsMaker ? 1 : 0)
  lines.number(received ?? Number.NaN)
  lines.end()
}

const COMMA = 44
const LF = 10
const DOT = 46
const ZERO = 48
const MINUS = 45
const BUFFER_BYTES = 1 << 18
const FIELD_BYTES_MAX = 512

/** Lines of CSV that are written when the buffer is full. */
class Lines {
  rows = 0
  readonly #path: string
  #buffer = Buffer.alloc(4_096)
  #used = 0
  #first = true

  constructor(path: string) {
    this.#path = path
  }

  /** A whole number; an empty field when it is NaN. */
  number(value: number): void {
    this.#begin()
    if (!Number.isNaN(value)) this.#used += this.#buffer.write(String(value), this.#used, 'latin1')
  }

  text(decimal: string): void {
    this.#begin()
    this.#used += this.#buffer.write(plainDecimal(decimal), this.#used, 'latin1')
  }

  /** The digits of the field; an empty one when there is none. */
  decimal(row: CsvRow, field: number | undefined): void {
    if (field === undefined) return this.#begin()
    const { bytes, starts, ends } = row
    const [start, end] = [starts[field], ends[field]]
    if (!isPlain(bytes, start, end)) return this.text(Buffer.from(bytes.subarray(start, end)).toString('latin1'))
    this.#begin()
    for (let at = start; at < end; at += 1) this.#buffer[this.#used++] = bytes[at]
  }

  end(): void {
    this.#buffer[this.#used++] = LF
    this.#first = true
    this.rows += 1
  }

  /** Writes what is left and returns the path. */
  close(): string {
    this.#flush()
    return this.#path
  }

  #begin(): void {
    if (this.#used + FIELD_BYTES_MAX > this.#buffer.length) {
      if (this.#buffer.length < BUFFER_BYTES) this.#buffer = Buffer.concat([this.#buffer, Buffer.alloc(this.#buffer.length * 3)])
      else this.#flush()
    }
    if (!this.#first) this.#buffer[this.#used++] = COMMA
    this.#first = false
  }

  #flush(): void {
    appendFileSync(this.#path, this.#buffer.subarray(0, this.#used))
    this.#used = 0
  }
}

/** Digits, perhaps with a point between them and a minus before them; or nothing. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end) return true
  if (end - start > FIELD_BYTES_MAX - 8) return false
  let dots = 0
  const first = bytes[start] === MINUS ? start + 1 : start
  for (let at = first; at < end; at += 1) {
    const byte = bytes[at]
    if (byte === DOT) dots += 1
    else if (byte < 48 || byte > 57) return false
  }
  // Leading zeros would be lost in a number, so they are dropped here.
  if (bytes[first] === ZERO && first + 1 < end && bytes[first + 1] !== DOT) return false
  return dots <= 1 && bytes[first] !== DOT && bytes[end - 1] !== DOT && first < end
}

function plainDecimal(text: string): string {
  if (text === '' || /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)) return text
  const decimal = parseDecimal(text)
  return decimal === undefined ? '' : formatUnits(decimal.units, decimal.scale)
}
