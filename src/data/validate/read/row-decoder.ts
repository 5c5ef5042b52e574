/**
 * Rows of text to rows of numbers, whatever is wrong with them: every damaged line or field is a finding, and reading goes on.
 *
 * Pure but for what it reports.
 */
import { parseTime } from '../../../core/time.ts'
import { beginsWithNumber } from '../../../storage/market-data/columns.ts'
import { fieldText, FIELDS_MAX, shownField } from '../../../storage/market-data/csv-scanner.ts'
import type { CsvRow } from '../../../storage/market-data/csv-scanner.ts'
import { DecimalField } from '../../../storage/market-data/decimal-field.ts'
import {
  damagedLine,
  emptyField,
  encoding,
  header,
  noData,
  notation,
  notNumber,
  schema,
  symbolOrder,
  symbolRule,
  timeUnit,
  truncated,
  unknownColumn,
} from '../checks/text-rules.ts'
import type { NamedFile } from '../file-name.ts'
import type { Findings } from '../findings.ts'
import { BAR, headerless, layoutOf } from '../layout.ts'
import type { ColumnRule, Layout } from '../layout.ts'
import { SeriesSet } from './series-set.ts'
import type { Builder, SeriesSummary, SetOptions } from './series-set.ts'

const CR = 13

/** Units of time by the size of their values, and how many milliseconds one is. */
const UNITS = [
  { name: 'seconds', low: 1e8, high: 1e11, toMs: 1_000 },
  { name: 'milliseconds', low: 1e11, high: 1e14, toMs: 1 },
  { name: 'microseconds', low: 1e14, high: 1e17, toMs: 1e-3 },
  { name: 'nanoseconds', low: 1e17, high: 1e20, toMs: 1e-6 },
] as const
type Unit = (typeof UNITS)[number]

interface Field {
  readonly rule: ColumnRule
  /** Place in the file's rows, and in the layout. */
  readonly field: number
  readonly at: number
  readonly named: string
  /** Rows in which it was empty, and in which it was not. */
  empty: number
  filled: number
  emptyFrom: number
  unit: Unit | undefined
}

export class RowDecoder {
  /** Undefined until the header was seen, or when the file is none of market data. */
  set: SeriesSet | undefined
  readonly #file: NamedFile
  readonly #findings: Findings
  readonly #options: SetOptions
  readonly #number = new DecimalField()
  #fields: readonly Field[] = []
  #values = new Float64Array(0)
  #count = 0
  #firstName = ''
  #headerSeen = false
  #judged = true
  #crlf: boolean | undefined
  #symbolField = -1
  #symbolBytes: Uint8Array = new Uint8Array(0)
  #symbol: string
  #foreign = false
  #builder: Builder | undefined
  #rows = 0
  #wrongUnit = 0
  #wrongUnitLine = 0
  /** The line that is decoded is the last one, and has no end. */
  #cut = false

  constructor(options: SetOptions) {
    this.#options = options
    this.#file = options.file
    this.#findings = options.findings
    this.#symbol = options.file.symbol ?? ''
  }

  get rows(): number {
    return this.#rows
  }

  /** Whether the first row told a layout; false for files that are no market data. */
  get known(): boolean {
    return this.set !== undefined
  }

  row(row: CsvRow): void {
    if (!this.#headerSeen) {
      this.#headerSeen = true
      if (this.#readHeader(row)) return
    }
    if (!this.#judged) return
    if (row.count !== this.#count) return this.#wrongCount(row)
    const crlf = row.bytes[row.ends[row.count - 1]] === CR
    if (crlf !== this.#crlf) this.#mixedEnds(row, crlf)
    if (this.#symbolField >= 0) this.#readSymbol(row)
    if (this.#foreign) return
    this.#read(row)
  }

  /** A line that the scanner could not take apart. */
  damaged(message: string, line: number): void {
    this.#findings.add(damagedLine, message, { line })
    this.set?.lose()
  }

  blank(line: number): void {
    this.#findings.add(encoding, 'an empty line among the rows', { line })
  }

  /** The row that comes next is the rest of the file after its last line end. */
  lastIsCut(): void {
    this.#cut = true
  }

  finish(unterminatedLine: number | undefined): readonly SeriesSummary[] {
    if (unterminatedLine !== undefined && this.#judged && this.#findings.rowsOf(truncated) === 0 && this.set !== undefined)
      this.#findings.add(truncated, 'the last line has no line end: the file may have been cut off', { line: unterminatedLine })
    if (this.#wrongUnit > 0)
      this.#findings.add(
        timeUnit,
        `times count ${this.#fields[0].unit?.name} and not milliseconds`,
        { line: this.#wrongUnitLine, column: this.#fields[0].named },
        this.#wrongUnit,
      )
    const summaries = this.set?.finish() ?? []
    if (this.set !== undefined && this.#judged && this.#rows === 0)
      this.#findings.add(noData, 'there is a header and no row', { line: 1 })
    return summaries
  }

  // ---- The header ----------------------------------------------------------------------------------------------------

  /** Returns whether the row was a header; a row of data goes on to be read. */
  #readHeader(row: CsvRow): boolean {
    const names: string[] = []
    for (let i = 0; i < Math.min(row.count, FIELDS_MAX); i += 1) names.push((fieldText(row, i) ?? '').trim().toLowerCase())
    this.#crlf = row.bytes[row.ends[row.count - 1]] === CR
    const numeric = beginsWithNumber(row)
    if (!numeric) {
      const layout = layoutOf(names)
      if (layout !== undefined) {
        this.#useColumns(layout, names, row)
        return true
      }
      if (row.count === 1 && /[;\t|]/.test(names[0])) {
        const delimiter = /[;\t|]/.exec(names[0])?.[0] ?? ''
        if (layoutOf(names[0].split(delimiter)) !== undefined)
          return this.#refuse(`columns are separated by ${JSON.stringify(delimiter)} and not by commas`, row.line)
      }
    }
    const assumed = headerless(names, this.#file.hint)
    const layout = assumed === undefined ? undefined : layoutOf(assumed.names)
    if (
      assumed === undefined ||
      layout === undefined ||
      (!numeric && this.#file.hint === undefined && this.#file.interval === undefined)
    ) {
      // Neither header nor numbers of a known shape: whether that matters is for the caller, who knows the name.
      this.#judged = false
      return true
    }
    this.#useColumns(layout, assumed.names, row)
    if (!assumed.archive || !numeric)
      this.#findings.add(
        header,
        numeric
          ? 'there is no header; the columns are taken for the usual ones'
          : `the header cannot be read: '${shownField(row, 0)}'`,
        { line: row.line },
      )
    return !numeric
  }

  #refuse(message: string, line: number): true {
    this.#findings.add(schema, message, { line })
    this.#findings.add(noData, 'nothing could be judged', { line })
    this.#judged = false
    this.set = new SeriesSet(layoutOf(['open', 'close']) as Layout, this.#options)
    return true
  }

  #useColumns(layout: Layout, names: readonly string[], row: CsvRow): void {
    this.set = new SeriesSet(layout, this.#options)
    this.#count = row.count
    this.#firstName = names[0]
    this.#values = new Float64Array(layout.columns.length).fill(Number.NaN)
    const fields: Field[] = []
    for (const [at, rule] of layout.columns.entries()) {
      const found = names.flatMap((name, field) => (rule.aliases.includes(name) ? [field] : []))
      if (found.length === 0) continue
      // Of several spellings of one column the first in the list of aliases counts.
      const field = found.toSorted((a, b) => rule.aliases.indexOf(names[a]) - rule.aliases.indexOf(names[b]))[0]
      const doubled = names.filter((name) => name === names[field]).length > 1
      if (doubled)
        this.#findings.add(schema, `the column ${names[field]} is there twice`, { line: row.line, column: names[field] })
      if (rule.name === 'symbol') this.#symbolField = field
      else fields.push({ rule, field, at, named: names[field], empty: 0, filled: 0, emptyFrom: 0, unit: undefined })
    }
    this.#fields = fields
    this.#reportUnknown(layout, names, row.line)
    this.#requireColumns(layout, row.line)
  }

  #reportUnknown(layout: Layout, names: readonly string[], line: number): void {
    const known = new Set([...layout.ignored, ...layout.columns.flatMap(({ aliases }) => aliases)])
    for (const name of names)
      if (!known.has(name)) this.#findings.add(unknownColumn, `nobody knows the column '${name}'`, { line, column: name })
  }

  #requireColumns(layout: Layout, line: number): void {
    const missing = layout.columns.filter(({ required, name }) => required === true && !this.#has(name)).map(({ name }) => name)
    if (missing.length > 0) {
      this.#findings.add(schema, `missing: ${missing.join(', ')}`, { line, column: missing[0] }, missing.length)
      this.#findings.add(noData, 'nothing could be judged without these columns', { line })
      this.#judged = false
    } else if (layout.kind === 'klines' && !this.#has('volume') && (this.#has('quote_volume') || this.#file.hint === 'klines'))
      this.#findings.add(schema, 'missing: volume', { line, column: 'volume' })
  }

  #has(name: string): boolean {
    return this.#fields.some(({ rule }) => rule.name === name)
  }

  // ---- Lines ---------------------------------------------------------------------------------------------------------

  #wrongCount(row: CsvRow): void {
    const { line } = row
    if (this.#cut) {
      this.#findings.add(truncated, `the file was cut off: the last line has ${row.count} of ${this.#count} fields`, { line })
      return
    }
    const comma = row.count > this.#count && this.#looksLikeCommas(row)
    this.#findings.add(
      damagedLine,
      `${row.count} ${row.count === 1 ? 'field' : 'fields'} and not ${this.#count}${comma ? '; numbers seem to be written with decimal commas' : ''}`,
      { line, value: shownLine(row) },
    )
    this.set?.lose()
  }

  /** Whether all fields are whole numbers, as happens when decimal commas split them. */
  #looksLikeCommas(row: CsvRow): boolean {
    for (let i = 0; i < Math.min(row.count, FIELDS_MAX); i += 1) if (!/^-?\d*$/.test(shownField(row, i))) return false
    return true
  }

  #mixedEnds(row: CsvRow, crlf: boolean): void {
    // The last line may have no end at all.
    if (this.#cut) return
    this.#findings.add(encoding, `the line ends in ${crlf ? 'CR LF' : 'LF'}, and the first line does not`, { line: row.line })
  }

  #readSymbol(row: CsvRow): void {
    const field = this.#symbolField
    const start = row.starts[field]
    const known = this.#symbolBytes
    let same = row.ends[field] - start === known.length && known.length > 0
    for (let i = 0; same && i < known.length; i += 1) same = row.bytes[start + i] === known[i]
    if (same && !this.#foreign) return
    const symbol = fieldText(row, field)?.trim() ?? ''
    const named = this.#file.symbol
    this.#foreign = symbol === '' || (named !== undefined && symbol !== named)
    if (this.#foreign) {
      this.#findings.add(
        symbolRule,
        symbol === '' ? 'the row names no symbol' : `the row is of ${symbol}, the file of ${named}`,
        {
          line: row.line,
          column: 'symbol',
          value: shownField(row, field),
        },
      )
      return
    }
    const returns = symbol !== this.#symbol && this.set?.has(symbol) === true
    if (returns && this.set?.layout.kind === 'klines')
      this.#findings.add(symbolOrder, `${symbol} again, after other symbols`, { line: row.line, symbol, column: 'symbol' })
    this.#symbol = symbol
    this.#symbolBytes = Uint8Array.from(row.bytes.subarray(start, row.ends[field]))
  }

  // ---- Fields --------------------------------------------------------------------------------------------------------

  #read(row: CsvRow): void {
    const values = this.#values
    const number = this.#number
    const { bytes } = row
    const counts = this.set?.layout.kind === 'klines'
    let decimals = 0
    let decimalsField = this.#fields[0]
    for (const field of this.#fields) {
      const start = row.starts[field.field]
      const end = row.ends[field.field]
      const { type } = field.rule
      // Empty columns are common, and cheap when nobody tries to read them.
      if (start === end && type !== 'text') {
        values[field.at] = this.#empty(row, field)
        continue
      }
      let value = number.read(bytes, start, end)
      if (value !== value || number.unusual || type === 'text') value = this.#unusual(row, field, value)
      if (type === 'time') value = this.#time(row, field, value)
      else if (type === 'price' && counts && number.decimals > decimals && value === value) {
        const significant = number.significantDecimals(bytes, end)
        if (significant > decimals) {
          decimals = significant
          decimalsField = field
        }
      }
      if (value === value) {
        if (field.empty > 0) this.#reportEmptyStart(field)
        field.filled += 1
      }
      values[field.at] = value
    }
    if (Number.isNaN(values[0]) && this.#repeatsHeader(row)) return
    this.#rows += 1
    this.#builder = this.set?.add(this.#symbol, row.line, values)
    if (counts)
      this.#builder?.sawDecimals(decimals)?.push({
        line: row.line,
        timeMs: values[BAR.time],
        column: decimalsField.named,
        value: shownField(row, decimalsField.field),
      })
  }

  /** Fields of a repeated header were reported as no numbers one by one; they are one thing. */
  #repeatsHeader(row: CsvRow): boolean {
    return (
      this.#firstName !== '' &&
      (fieldText(row, this.#fields[0]?.field ?? 0)
        ?.trim()
        .toLowerCase() ?? '') === this.#fields[0]?.named
    )
  }

  /** A field that is no plain number: what it is, and its value if it has one. */
  #unusual(row: CsvRow, field: Field, value: number): number {
    const { type } = field.rule
    if (type === 'text') return this.set?.codeOf(fieldText(row, field.field) ?? '') ?? Number.NaN
    const text = shownField(row, field.field)
    const place = { line: row.line, column: field.named, value: text }
    if (value === value) {
      if (/e/i.test(text)) this.#findings.add(notation, 'written with an exponent', place)
      else if (text.startsWith('+')) this.#findings.add(notation, 'written with a plus sign', place)
      return value
    }
    if (type === 'flag' && /^(true|false)$/i.test(text)) return /^t/i.test(text) ? 1 : 0
    if (type === 'time' && /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d/.test(text)) return isoMs(text)
    const trimmed = text.trim()
    if (trimmed !== text && /^[+-]?\d+(\.\d+)?$/.test(trimmed)) {
      this.#findings.add(notation, 'written with spaces around', place)
      return Number(trimmed)
    }
    if (this.#repeatsHeader(row)) {
      // Said once for the line, at the first of its fields.
      if (field === this.#fields[0]) this.#findings.add(header, 'the header again', { line: row.line })
      return Number.NaN
    }
    const what = /^[+-]?\d+,\d+$/.test(trimmed)
      ? 'is written with a decimal comma'
      : text.includes('?') && fieldText(row, field.field) === undefined
        ? 'has bytes that are no text'
        : 'is no number'
    this.#findings.add(notNumber, `${field.named} ${what}`, place)
    return Number.NaN
  }

  #empty(row: CsvRow, field: Field): number {
    const { required } = field.rule
    if (required === true) {
      this.#findings.add(emptyField, `${field.named} is empty`, { line: row.line, column: field.named })
      return Number.NaN
    }
    if (!this.#mustBeFull(field)) return Number.NaN
    if (field.filled > 0) this.#findings.add(emptyField, `${field.named} is empty`, { line: row.line, column: field.named })
    else {
      if (field.empty === 0) field.emptyFrom = row.line
      field.empty += 1
    }
    return Number.NaN
  }

  /** Columns that a source has or has not, but not here and there. */
  #mustBeFull(field: Field): boolean {
    const kind = this.set?.layout.kind
    return kind === 'oi' || (kind === 'klines' && field.rule.type !== 'text')
  }

  /** A column that was empty at first and then was not. */
  #reportEmptyStart(field: Field): void {
    const rows = field.empty === 1 ? 'row' : `${field.empty} rows`
    this.#findings.add(
      emptyField,
      `${field.named} is empty in the first ${rows}`,
      { line: field.emptyFrom, column: field.named },
      field.empty,
    )
    field.empty = 0
  }

  #time(row: CsvRow, field: Field, value: number): number {
    if (value !== value) return value
    const unit = UNITS.find(({ low, high }) => value >= low && value < high)
    if (unit === undefined) {
      this.#findings.add(timeUnit, `${value} is a time in no unit`, { line: row.line, column: field.named, value })
      return Number.NaN
    }
    if (field.unit === undefined) field.unit = unit
    else if (field.unit !== unit)
      this.#findings.add(timeUnit, `the time counts ${unit.name}, the rows before ${field.unit.name}`, {
        line: row.line,
        timeMs: value * unit.toMs,
        column: field.named,
        value,
      })
    const promised = field.named.endsWith('_ms') ? 'milliseconds' : undefined
    if (field === this.#fields[0] && field.unit === unit && (unit.name === 'seconds' || (promised ?? unit.name) !== unit.name)) {
      if (this.#wrongUnit === 0) this.#wrongUnitLine = row.line
      this.#wrongUnit += 1
    }
    return unit.toMs === 1 ? value : unit.toMs < 1 ? value / (1 / unit.toMs) : value * unit.toMs
  }
}

function isoMs(text: string): number {
  try {
    return parseTime(text.replace(/(\.\d{6})\d+/, '$1')) / 1_000
  } catch {
    return Number.NaN
  }
}

function shownLine(row: CsvRow): string {
  const last = Math.min(row.count, FIELDS_MAX) - 1
  const text = Buffer.from(row.bytes.subarray(row.starts[0], Math.min(row.ends[last], row.starts[0] + 80))).toString('utf8')
  return text.replaceAll(/[\p{Cc}\ufffd]/gu, '?')
}
