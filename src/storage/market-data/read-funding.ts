/**
 * Reads funding files: `time_ms,rate,mark_price` of one symbol, universe files with a symbol column, and the exchange's
 * archive (`calc_time,funding_interval_hours,last_funding_rate`).
 *
 * A settlement that stands twice with the same values counts once; two that differ are an `InputError`, as is any
 * damage, with file, line, column and value. Reads files through `file-bytes.ts` only.
 */
import { InputError } from '../../core/errors.ts'
import { parseDecimal, pow10Big, RATE_SCALE } from '../../core/exact.ts'
import { floorTo, MINUTE } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import { beginsWithNumber, readHeader, wrongFieldCount } from './columns.ts'
import type { ColumnRule, Columns } from './columns.ts'
import { fieldText, shownField } from './csv-scanner.ts'
import type { CsvRow, RowScanner } from './csv-scanner.ts'
import type { ReadLimits } from './file-bytes.ts'
import type { FundingTable } from './funding-table.ts'
import { feedRows, scannerFor } from './row-source.ts'
import { isCoinMargined, shownTime } from './symbol-and-interval.ts'
import { timeUnitOf } from './time-unit.ts'
import type { TimeUnit } from './time-unit.ts'

export interface FundingFile {
  readonly path: string
  /** From the file name; a symbol column must agree. */
  readonly symbol: string | undefined
  /** From a flag: stands in where neither the name nor a column tells the symbol. */
  readonly symbolFlag?: string | undefined
}

export interface FundingRead {
  /** One per symbol, sorted by symbol. */
  readonly tables: readonly FundingTable[]
  /** Every symbol of the file, read or skipped. */
  readonly symbols: readonly string[]
  readonly warnings: readonly string[]
}

export type FundingColumn = 'time' | 'symbol' | 'rate' | 'mark'

const RULES: readonly ColumnRule<FundingColumn>[] = [
  { name: 'time', aliases: ['time_ms', 'time', 'funding_time_ms', 'calc_time', 'fundingtime'], required: true },
  { name: 'rate', aliases: ['rate', 'last_funding_rate', 'fundingrate'], required: true },
  { name: 'symbol', aliases: ['symbol'], required: false },
  { name: 'mark', aliases: ['mark_price', 'markprice'], required: false },
]
const IGNORED = ['funding_interval_hours']

const MARK_SCALE = 8

/** A rate outside of this is no funding rate of one settlement: a percentage, or another column. */
const RATE_MAX = 1

/** Reads one file; of a universe file only `symbols`. Throws `InputError` on any damage. */
export async function readFunding(
  file: FundingFile,
  options: { readonly symbols?: ReadonlySet<string>; readonly limits?: ReadLimits } = {},
): Promise<FundingRead> {
  const parser = new FundingParser(file, options.symbols)
  const sha256 = await feedRows(file.path, parser.scanner, options.limits)
  return parser.finish(sha256)
}

/** A settlement that holds and is not a repeated one, `time` in micros as the row has it. The row is valid only during the call. */
export type OnSettlement = (row: CsvRow, symbol: string, columns: Columns<FundingColumn>, time: number) => void

/** Reads one file and gives its rows away, checked as `readFunding` checks them. Throws `InputError` on any damage. */
export async function streamFunding(
  file: FundingFile,
  onSettlement: OnSettlement,
): Promise<{ readonly sha256: string; readonly warnings: readonly string[] }> {
  const parser = new FundingParser(file, undefined, onSettlement)
  const sha256 = await feedRows(file.path, parser.scanner)
  return { sha256, warnings: parser.finish(sha256).warnings }
}

/** Reads funding from bytes that are already unpacked. */
export function parseFunding(bytes: Uint8Array, sha256: string, file: FundingFile, symbols?: ReadonlySet<string>): FundingRead {
  const parser = new FundingParser(file, symbols)
  parser.scanner.feed(bytes)
  return parser.finish(sha256)
}

interface Series {
  readonly time: number[]
  readonly rate: number[]
  readonly mark: number[]
  /** Rows of the file, repeated ones included. */
  rows: number
}

class FundingParser {
  readonly #file: FundingFile
  readonly #only: ReadonlySet<string> | undefined
  readonly #scanner: RowScanner
  readonly #series = new Map<string, Series>()
  readonly #symbols = new Set<string>()
  readonly #warnings: string[] = []
  #columns: Columns<FundingColumn> | undefined
  #unit: TimeUnit | undefined
  #rounded = 0
  #roundedLine = 0
  #repeated = 0
  /** Time of the last row, as it stands there. */
  #stamped = 0

  readonly #onSettlement: OnSettlement | undefined

  constructor(file: FundingFile, only: ReadonlySet<string> | undefined, onSettlement?: OnSettlement) {
    this.#onSettlement = onSettlement
    this.#file = file
    this.#only = only
    this.#scanner = scannerFor(file.path, (row) => this.#onRow(row))
  }

  get scanner(): RowScanner {
    return this.#scanner
  }

  finish(sha256: string): FundingRead {
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
    if (this.#rounded > 0)
      this.#warnings.push(
        `${path}: ${this.#rounded} rates with more than ${RATE_SCALE} decimals were rounded half to even, the first in line ${this.#roundedLine}.`,
      )
    if (this.#repeated > 0)
      this.#warnings.push(`${path}: ${this.#repeated} settlements stand there twice with the same values and count once.`)
    const tables = [...this.#series].map(([symbol, { time, rate, mark, rows }]) => ({
      symbol,
      length: time.length,
      time: Float64Array.from(time),
      rate: Float64Array.from(rate),
      mark: Float64Array.from(mark),
      sources: [{ path, sha256, rows }],
    }))
    return {
      tables: tables.toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1)),
      symbols: [...this.#symbols],
      warnings: this.#warnings,
    }
  }

  #onRow(row: CsvRow): void {
    const { path } = this.#file
    if (this.#columns === undefined) {
      if (beginsWithNumber(row))
        throw new InputError('header-missing', `${path} begins with data and has no header`, {
          where: { file: path, [row.place]: row.line, value: shownField(row, 0) },
          next: 'Put the header time_ms,rate,mark_price on the first line.',
        })
      this.#columns = readHeader(path, row, RULES, IGNORED)
      if (this.#columns.unknown.length > 0)
        this.#warnings.push(`${path}: unknown columns are ignored: ${this.#columns.unknown.join(', ')}.`)
      return
    }
    if (row.count !== this.#columns.count) throw wrongFieldCount(path, row, this.#columns.count)
    const symbol = this.#symbolOf(row)
    this.#symbols.add(symbol)
    if (this.#only?.has(symbol) === false || isCoinMargined(symbol)) return
    this.#add(symbol, row)
  }

  #symbolOf(row: CsvRow): string {
    const { path, symbol: named } = this.#file
    const field = this.#columns?.index.get('symbol')
    if (field === undefined) {
      const symbol = named ?? this.#file.symbolFlag
      if (symbol !== undefined) return symbol
      throw new InputError(
        'symbol-unknown',
        `${path} does not say which symbol it holds: it has no symbol column, and its name does not begin with one`,
        {
          where: { file: path },
          next: 'Name it like BTCUSDT.csv, or give --symbol.',
        },
      )
    }
    const symbol = fieldText(row, field)
    if (symbol === undefined || symbol.trim() === '' || (named !== undefined && named !== symbol))
      this.#bad(
        row,
        'symbol',
        'symbol-contradicts',
        named === undefined ? 'it names no symbol' : `the file is named for ${named}`,
      )
    return symbol
  }

  #add(symbol: string, row: CsvRow): void {
    const time = this.#timeOf(row)
    const rate = this.#rateOf(row)
    const mark = this.#markOf(row)
    let series = this.#series.get(symbol)
    if (series === undefined) {
      series = { time: [], rate: [], mark: [], rows: 0 }
      this.#series.set(symbol, series)
    }
    series.rows += 1
    const last = series.time.length - 1
    if (last >= 0 && time < series.time[last])
      this.#bad(row, 'time', 'time-not-ascending', `it lies before the ${shownTime(series.time[last])} of the row above`)
    if (last >= 0 && time === series.time[last]) {
      if (rate !== series.rate[last])
        this.#bad(row, 'rate', 'row-contradicts', 'the row above has another rate for the same settlement')
      if (!Object.is(mark, series.mark[last]))
        this.#bad(row, 'mark', 'row-contradicts', 'the row above has another mark price for the same settlement')
      this.#repeated += 1
      return
    }
    series.time.push(time)
    series.rate.push(rate)
    series.mark.push(mark)
    if (this.#columns !== undefined) this.#onSettlement?.(row, symbol, this.#columns, this.#stamped)
  }

  #timeOf(row: CsvRow): Micros {
    const text = this.#text(row, 'time')
    const value = /^\d{1,20}$/.test(text) ? Number(text) : Number.NaN
    if (Number.isNaN(value)) this.#bad(row, 'time', text === '' ? 'field-empty' : 'not-a-number', 'it must be a whole number')
    const column = this.#name('time')
    this.#unit ??= timeUnitOf(value, { file: this.#file.path, line: row.line, place: row.place, column })
    if (value < this.#unit.low || value >= this.#unit.high)
      this.#bad(row, 'time', 'time-unit', `the rows before count ${this.#unit.name}`)
    this.#stamped = value * this.#unit.toMicros
    return floorTo(this.#stamped as Micros, MINUTE)
  }

  #rateOf(row: CsvRow): number {
    const text = this.#text(row, 'rate')
    const scaled = scaledOf(text, RATE_SCALE)
    if (scaled === undefined)
      this.#bad(
        row,
        'rate',
        text === '' ? 'field-empty' : 'not-a-number',
        text === '' ? 'it must not be empty' : 'it must be a number',
      )
    if (Math.abs(scaled.units) > RATE_MAX * 10 ** RATE_SCALE)
      this.#bad(
        row,
        'rate',
        'rate-too-large',
        `a rate above ${RATE_MAX} (100 %) a settlement does not occur; rates are fractions, 0.0001 is 0.01 %`,
      )
    if (scaled.rounded) {
      this.#rounded += 1
      if (this.#rounded === 1) this.#roundedLine = row.line
    }
    return scaled.units
  }

  #markOf(row: CsvRow): number {
    if (this.#columns?.index.has('mark') !== true) return Number.NaN
    const text = this.#text(row, 'mark')
    if (text === '') return Number.NaN
    const scaled = scaledOf(text, MARK_SCALE)
    if (scaled === undefined) this.#bad(row, 'mark', 'not-a-number', 'it must be a number')
    // The public API answers 0 for settlements of which it keeps no mark price.
    if (scaled.units === 0) return Number.NaN
    if (scaled.units < 0) this.#bad(row, 'mark', 'price-not-positive', 'a price must be above zero')
    return scaled.units
  }

  #field(column: FundingColumn): number {
    return this.#columns?.index.get(column) ?? 0
  }

  #name(column: FundingColumn): string {
    return this.#columns?.names[this.#field(column)] ?? column
  }

  #text(row: CsvRow, column: FundingColumn): string {
    return fieldText(row, this.#field(column)) ?? shownField(row, this.#field(column))
  }

  #bad(row: CsvRow, column: FundingColumn, code: string, why: string): never {
    const { path } = this.#file
    const value = shownField(row, this.#field(column))
    throw new InputError(code, `${this.#name(column)} in ${row.place} ${row.line} of ${path} is '${value}': ${why}`, {
      where: { file: path, [row.place]: row.line, column: this.#name(column), value },
      next: 'Correct the line or fetch the file again.',
    })
  }
}

/** The text as an integer count of 10^-scale, rounded half to even when it has more decimals; undefined when it is no safe number. */
function scaledOf(text: string, scale: number): { readonly units: number; readonly rounded: boolean } | undefined {
  const decimal = text.trim() === text && text.length <= 400 ? parseDecimal(text) : undefined
  if (decimal === undefined) return undefined
  const excess = decimal.scale - scale
  const units = excess > 0 ? roundHalfEven(decimal.units, pow10Big(excess)) : decimal.units * pow10Big(-excess)
  const value = Number(units)
  return Number.isSafeInteger(value) ? { units: value, rounded: excess > 0 } : undefined
}

function roundHalfEven(value: bigint, divisor: bigint): bigint {
  const negative = value < 0n
  const size = negative ? -value : value
  const quotient = size / divisor
  const twice = (size % divisor) * 2n
  const rounded = twice > divisor || (twice === divisor && quotient % 2n === 1n) ? quotient + 1n : quotient
  return negative ? -rounded : rounded
}
