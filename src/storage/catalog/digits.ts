/**
 * Decimals in Parquet that keep every digit of their source: an integer with the scale of the column, and beside it, where values
 * were written with different numbers of decimals, a column `NAME_decimals` that says with how many.
 *
 * Pure: texts of SQL.
 */
import type { ParquetInfo } from '../parquet/read-parquet.ts'
import { sqlName } from '../parquet/duck-db.ts'
import type { SeriesColumn } from './series.ts'

/** So many digits the widest decimal of the engine has, and the widest that is as fast as an integer. */
export const DIGITS_MAX = 38
const DIGITS_FAST = 18

export const companionOf = (name: string): string => `${name}_decimals`

/** The column of a partition as the text it was read from (of integers and booleans, as they are). */
export function originalText(info: ParquetInfo, { name, kind }: SeriesColumn): string {
  const column = info.columns.find((known) => known.name === name)
  const quoted = sqlName(name)
  if (column === undefined) return `CAST(NULL AS ${kind === 'decimal' ? 'VARCHAR' : kind === 'boolean' ? 'BOOLEAN' : 'BIGINT'})`
  if (kind !== 'decimal') return quoted
  const text = `CAST(${quoted} AS VARCHAR)`
  if (column.scale === 0 || !info.columns.some((known) => known.name === companionOf(name))) return text
  const decimals = sqlName(companionOf(name))
  return `CASE WHEN ${decimals} = 0 THEN split_part(${text}, '.', 1) ELSE left(${text}, length(${text}) - ${column.scale} + ${decimals}) END`
}

/** Decimals of a text, as SQL. */
export const decimalsOfText = (text: string): string =>
  `CASE WHEN contains(${text}, '.') THEN length(${text}) - strpos(${text}, '.') ELSE 0 END`

/** Digits before the point, as SQL. */
export const wholeDigitsOfText = (text: string): string => `length(ltrim(split_part(${text}, '.', 1), '-'))`

/** The text without trailing zeros: equal for equal numbers. */
export const reducedText = (text: string): string =>
  `CASE WHEN contains(${text}, '.') THEN rtrim(rtrim(${text}, '0'), '.') ELSE ${text} END`

export interface DigitCounts {
  /** Fewest and most decimals of any value, and most digits before the point; 0 of a column without values. */
  readonly least: number
  readonly most: number
  readonly whole: number
}

/** The columns of the file for one column of texts; undefined when its numbers have too many digits. */
export function storedColumns(name: string, { least, most, whole }: DigitCounts): readonly string[] | undefined {
  const digits = whole + most
  if (digits > DIGITS_MAX) return undefined
  const quoted = sqlName(name)
  const value = `CAST(${quoted} AS DECIMAL(${digits > DIGITS_FAST ? DIGITS_MAX : DIGITS_FAST}, ${most})) AS ${quoted}`
  if (least === most) return [value]
  return [value, `CAST(${decimalsOfText(quoted)} AS UTINYINT) AS ${sqlName(companionOf(name))}`]
}
