/**
 * Checks the rows of a trade file and makes trades of them: ids and times ascend, prices and quantities are numbers above zero.
 *
 * Pure.
 */
import { InputError } from '../../core/errors.ts'
import { beginsWithNumber, wrongFieldCount } from './columns.ts'
import { fieldText, shownField } from './csv-scanner.ts'
import type { CsvRow } from './csv-scanner.ts'
import { DecimalField } from './decimal-field.ts'
import type { Market } from './kline-table.ts'
import { isCoinMargined, shownTime } from './symbol-and-interval.ts'
import { timeUnitOf } from './time-unit.ts'
import type { TimeUnit } from './time-unit.ts'
import { NO_TRADE, TradeCollector } from './trade-collector.ts'
import type { TradeRow } from './trade-collector.ts'
import { tradeColumns } from './trade-columns.ts'
import type { TradeColumn, TradeColumns } from './trade-columns.ts'
import type { TradeTable } from './trade-table.ts'

const ZERO = 48

export interface TradeFile {
  readonly path: string
  readonly market: Market
  /** From the file name; a symbol column must agree. */
  readonly symbol: string | undefined
  /** From a flag: stands in where neither the name nor a column tells the symbol. */
  readonly symbolFlag?: string | undefined
}

export interface TradeRead {
  readonly table: TradeTable
  readonly warnings: readonly string[]
}

export const placeholderWarning = (path: string, count: number): readonly string[] =>
  count === 0
    ? []
    : [
        `${path}: ${count} of its trades have neither price nor quantity, with which the exchange fills ids it shows to nobody; they do not count.`,
      ]
export const repeatedWarning = (path: string, count: number): readonly string[] =>
  count === 0 ? [] : [`${path}: ${count} trades stand there twice with the same values and count once.`]

/** Checks rows of fields and makes trades of them. */
export class TradeParser {
  readonly #file: TradeFile
  readonly #onTrade: ((row: CsvRow, trade: TradeRow) => void) | undefined
  readonly #collector = new TradeCollector()
  readonly #number = new DecimalField()
  readonly #row: TradeRow = { ...NO_TRADE }
  readonly #before: TradeRow = { ...NO_TRADE }
  #shape: TradeColumns | undefined
  #unit: TimeUnit | undefined
  #receivedUnit: TimeUnit | undefined
  #symbol: string | undefined
  #rows = 0
  #repeated = 0
  #placeholders = 0

  /** With `onTrade` trades are given away instead of kept. */
  constructor(file: TradeFile, onTrade?: (row: CsvRow, trade: TradeRow) => void) {
    this.#file = file
    this.#onTrade = onTrade
  }

  /** Known after the first row. */
  get shape(): TradeColumns | undefined {
    return this.#shape
  }
  get symbol(): string | undefined {
    return this.#symbol
  }
  get rows(): number {
    return this.#rows
  }

  onRow(row: CsvRow): void {
    const { path } = this.#file
    if (this.#shape === undefined) {
      this.#shape = tradeColumns(path, row)
      if (!this.#shape.columns.index.has('symbol')) this.#symbol = this.#symbolOfFile()
      if (!beginsWithNumber(row)) return
    }
    if (row.count !== this.#shape.columns.count) throw wrongFieldCount(path, row, this.#shape.columns.count)
    if (this.#shape.columns.index.has('symbol')) this.#checkSymbol(row)
    this.#read(row)
  }

  finish(sha256: string, unterminatedLine: number | undefined): TradeRead {
    const { path, market } = this.#file
    const warnings = this.end(unterminatedLine)
    const table = this.#collector.table(
      { symbol: this.#symbol ?? '', market, kind: this.#shape?.kind ?? 'trades' },
      { path, sha256 },
    )
    return { table: { ...table, sources: [{ path, sha256, rows: this.#rows }] }, warnings }
  }

  /** What is to be said at the end. Throws when there was nothing. */
  end(unterminatedLine: number | undefined): readonly string[] {
    const { path } = this.#file
    if (this.#shape === undefined)
      throw new InputError('file-empty', `${path} is empty`, { where: { file: path }, next: 'Fetch the file again.' })
    if (this.#rows === 0)
      throw new InputError('file-no-rows', `${path} has a header and no rows`, {
        where: { file: path },
        next: 'Fetch the file again.',
      })
    const { unknown } = this.#shape.columns
    return [
      ...(unknown.length === 0 ? [] : [`${path}: unknown columns are ignored: ${unknown.join(', ')}.`]),
      ...(unterminatedLine === undefined
        ? []
        : [`${path} ends without a line end (line ${unterminatedLine}): the file may have been cut off.`]),
      ...repeatedWarning(path, this.#repeated),
      ...placeholderWarning(path, this.#placeholders),
    ]
  }

  #symbolOfFile(): string {
    const { path, symbol = this.#file.symbolFlag } = this.#file
    if (symbol !== undefined) return symbol
    throw new InputError(
      'symbol-unknown',
      `${path} does not say which symbol it holds: it has no symbol column, and its name does not begin with one`,
      {
        where: { file: path },
        next: 'Name it like BTCUSDT-trades-2024-05-01.csv, or give --symbol.',
      },
    )
  }

  #checkSymbol(row: CsvRow): void {
    const symbol = fieldText(row, this.#field('symbol'))
    const expected = this.#file.symbol ?? this.#symbol
    if (symbol === undefined || symbol === '') this.#bad(row, 'symbol', 'symbol-empty', 'it names no symbol')
    if (isCoinMargined(symbol)) this.#bad(row, 'symbol', 'coin-margined', 'coin-margined (COIN-M) contracts are not read')
    if (expected !== undefined && symbol !== expected)
      this.#bad(
        row,
        'symbol',
        'symbol-contradicts',
        `the file is of ${expected}; trades of several symbols stand in several files`,
      )
    this.#symbol = symbol
  }

  #read(row: CsvRow): void {
    const now = this.#row
    const before = this.#before
    const first = before.id < 0
    now.id = this.#whole(row, 'id')
    now.time = this.#time(row)
    if (this.#isPlaceholder(row)) {
      this.#rows += 1
      this.#placeholders += 1
      return
    }
    now.price = this.#positive(row, 'price')
    if (this.#number.decimals > this.#collector.decimals)
      this.#collector.decimals = Math.max(this.#collector.decimals, this.#significant(row, 'price'))
    now.qty = this.#positive(row, 'qty')
    if (this.#number.decimals > this.#collector.qtyDecimals)
      this.#collector.qtyDecimals = Math.max(this.#collector.qtyDecimals, this.#significant(row, 'qty'))
    now.maker = this.#maker(row)
    now.received = this.#receivedAt(row)
    now.count = this.#count(row)
    this.#rows += 1
    if (!first && now.id === before.id) return this.#sameAgain(row)
    if (!first && now.id < before.id) this.#bad(row, 'id', 'id-not-ascending', `the ${row.place} above has the id ${before.id}`)
    if (!first && now.time < before.time)
      this.#bad(row, 'time', 'time-not-ascending', `it lies before the ${shownTime(before.time)} of the ${row.place} above`)
    Object.assign(before, now)
    if (this.#onTrade === undefined) this.#collector.add(now)
    else this.#onTrade(row, now)
  }

  /** Neither price nor quantity: an id that the exchange shows to nobody (insurance fund, auto-deleveraging). */
  #isPlaceholder(row: CsvRow): boolean {
    const [price, qty] = [this.#field('price'), this.#field('qty')]
    if (row.bytes[row.starts[price]] !== ZERO || row.bytes[row.starts[qty]] !== ZERO) return false
    return (
      this.#number.read(row.bytes, row.starts[price], row.ends[price]) === 0 &&
      this.#number.read(row.bytes, row.starts[qty], row.ends[qty]) === 0
    )
  }

  #sameAgain(row: CsvRow): void {
    for (const column of ['time', 'price', 'qty', 'maker'] as const)
      if (this.#row[column] !== this.#before[column])
        this.#bad(row, column, 'row-contradicts', `the ${row.place} above has another value for the same trade`)
    this.#repeated += 1
  }

  #time(row: CsvRow): number {
    const value = this.#whole(row, 'time')
    const place = { file: this.#file.path, line: row.line, place: row.place, column: this.#name('time') }
    this.#unit ??= timeUnitOf(value, place)
    if (value < this.#unit.low || value >= this.#unit.high)
      this.#bad(row, 'time', 'time-unit', `the rows before count ${this.#unit.name}`)
    return value * this.#unit.toMicros
  }

  #receivedAt(row: CsvRow): number {
    const field = this.#field('received')
    if (field < 0 || row.ends[field] === row.starts[field]) return Number.NaN
    const value = this.#whole(row, 'received')
    const place = { file: this.#file.path, line: row.line, place: row.place, column: this.#name('received') }
    this.#receivedUnit ??= timeUnitOf(value, place)
    return value * this.#receivedUnit.toMicros
  }

  /** How many trades an aggregate holds, by the ids of its first and last. */
  #count(row: CsvRow): number {
    const [firstField, lastField] = [this.#field('first'), this.#field('last')]
    if (firstField < 0 || lastField < 0 || row.ends[firstField] === row.starts[firstField]) return Number.NaN
    const first = this.#whole(row, 'first')
    const last = this.#whole(row, 'last')
    if (last < first) this.#bad(row, 'last', 'id-not-ascending', `it lies before the first trade ${first} of the aggregate`)
    return last - first + 1
  }

  #whole(row: CsvRow, column: TradeColumn): number {
    const field = this.#field(column)
    const value = this.#number.read(row.bytes, row.starts[field], row.ends[field])
    if (Number.isSafeInteger(value) && value >= 0) return value
    return this.#bad(row, column, 'not-a-number', 'it must be a whole number')
  }

  #positive(row: CsvRow, column: TradeColumn): number {
    const field = this.#field(column)
    const value = this.#number.read(row.bytes, row.starts[field], row.ends[field])
    if (value > 0) return value
    if (Number.isNaN(value)) this.#bad(row, column, 'not-a-number', 'it must be a number')
    return this.#bad(row, column, 'price-not-positive', 'it must be above zero')
  }

  #significant(row: CsvRow, column: TradeColumn): number {
    return this.#number.significantDecimals(row.bytes, row.ends[this.#field(column)])
  }

  #maker(row: CsvRow): number {
    const field = this.#field('maker')
    const length = row.ends[field] - row.starts[field]
    const byte = row.bytes[row.starts[field]] | 32
    // The first letter and the length tell true (True, TRUE) from false; then the word is looked at.
    const word =
      (byte === 116 && length === 4) || (byte === 102 && length === 5) || length === 1 ? fieldText(row, field) : undefined
    switch (word?.toLowerCase()) {
      case 'true':
      case '1':
        return 1
      case 'false':
      case '0':
        return 0
      default:
        return this.#bad(row, 'maker', 'not-a-boolean', 'it must be true or false')
    }
  }

  #field(column: TradeColumn): number {
    return this.#shape?.columns.index.get(column) ?? -1
  }

  #name(column: TradeColumn): string {
    return this.#shape?.columns.names[this.#field(column)] ?? column
  }

  #bad(row: CsvRow, column: TradeColumn, code: string, why: string): never {
    const { path } = this.#file
    const value = shownField(row, this.#field(column))
    throw new InputError(code, `${this.#name(column)} in ${row.place} ${row.line} of ${path} is '${value}': ${why}`, {
      where: { file: path, [row.place]: row.line, column: this.#name(column), value },
      next: 'Correct it or fetch the file again.',
    })
  }
}
