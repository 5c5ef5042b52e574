/**
 * What the header of a data file says: which field is what. Columns are found by name, in any order; the exchange's
 * archive files of twelve columns may come without a header.
 *
 * Pure.
 */
import { InputError } from '../../core/errors.ts'
import { fieldText, FIELDS_MAX } from './csv-scanner.ts'
import type { CsvRow } from './csv-scanner.ts'

/** The archive's kline columns, in its order. */
export const ARCHIVE_COLUMNS = [
  'open_time',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'close_time',
  'quote_volume',
  'count',
  'taker_buy_volume',
  'taker_buy_quote_volume',
  'ignore',
] as const

/** A column of the catalog that says with how many decimals the column it is named after was written. */
export const isCompanion = (name: string): boolean => name.endsWith('_decimals')

export interface ColumnRule<Name extends string> {
  readonly name: Name
  /** Names in the header that mean this column. */
  readonly aliases: readonly string[]
  readonly required: boolean
}

export interface Columns<Name extends string> {
  /** Field index by column; absent when the file has none. */
  readonly index: ReadonlyMap<Name, number>
  readonly count: number
  /** The header's own names, for messages. */
  readonly names: readonly string[]
  /** Columns that nobody reads. */
  readonly unknown: readonly string[]
}

/**
 * Finds the columns in a header row. `ignored` are known names that carry nothing we need.
 * Throws when a name is missing, doubled or not text.
 */
export function readHeader<Name extends string>(
  file: string,
  row: CsvRow,
  rules: readonly ColumnRule<Name>[],
  ignored: readonly string[],
): Columns<Name> {
  const names = headerNames(file, row)
  const index = new Map<Name, number>()
  const unknown: string[] = []
  for (const [at, name] of names.entries()) {
    const rule = rules.find(({ aliases }) => aliases.includes(name))
    if (rule === undefined) {
      if (!ignored.includes(name) && !isCompanion(name)) unknown.push(name)
    } else if (index.has(rule.name)) {
      throw new InputError(
        'header-doubled-column',
        `the header of ${file} has the column ${rule.name} twice (${names.join(',')})`,
        {
          where: { file, [row.place]: row.line, column: name },
          next: 'Keep one of them.',
        },
      )
    } else index.set(rule.name, at)
  }
  const missing = rules.filter((rule) => rule.required && !index.has(rule.name))
  if (missing.length > 0) {
    const wanted = missing.map((rule) => rule.aliases[0]).join(', ')
    throw new InputError(
      'header-missing-columns',
      `the header of ${file} lacks ${missing.length === 1 ? 'the column' : 'the columns'} ${wanted}; it reads '${names.join(',').slice(0, 200)}'`,
      {
        where: { file, [row.place]: row.line, column: wanted },
        next: `Needed are ${rules
          .filter((rule) => rule.required)
          .map((rule) => rule.aliases[0])
          .join(', ')}.`,
      },
    )
  }
  return { index, count: names.length, names, unknown }
}

function headerNames(file: string, row: CsvRow): readonly string[] {
  const names: string[] = []
  for (let at = 0; at < Math.min(row.count, FIELDS_MAX); at += 1) {
    const text = fieldText(row, at)
    if (text === undefined || row.count > FIELDS_MAX)
      throw new InputError(
        'not-csv',
        `the first line of ${file} is no header of a CSV: ${row.count > FIELDS_MAX ? `it has ${row.count} fields` : 'it has bytes that are no text'}`,
        {
          where: { file, [row.place]: row.line },
          next: 'Check that this is the right file and that its name has the right extension.',
        },
      )
    names.push(text.trim().toLowerCase())
  }
  return names
}

/** Whether the row is data and not a header: its first field begins like a number. */
export function beginsWithNumber(row: CsvRow): boolean {
  const byte = row.bytes[row.starts[0]]
  return row.ends[0] > row.starts[0] && ((byte >= 48 && byte <= 57) || byte === 45 || byte === 46)
}

export function wrongFieldCount(file: string, row: CsvRow, expected: number): InputError {
  return new InputError(
    'wrong-field-count',
    `${row.place} ${row.line} of ${file} has ${row.count} ${row.count === 1 ? 'field' : 'fields'}, the header has ${expected}`,
    {
      where: { file, [row.place]: row.line, value: row.count, expected },
      next: 'The line is damaged or was cut off: fetch the file again or correct the line.',
    },
  )
}
