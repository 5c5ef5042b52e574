/**
 * Klines of one symbol and interval as columns: what the readers give and everybody above works on.
 *
 * Pure: types and arithmetic on columns.
 */
import { barEnd } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'

/** A file that data came from, for the manifest of a run. */
export interface DataSource {
  readonly path: string
  /** Of the file's bytes as they lie on disk, lower-case hex. */
  readonly sha256: string
  /** Data rows of this file that were read into the table, before any cut by time. */
  readonly rows: number
}

export type Market = 'perp' | 'spot'

/** `mark` has prices only and is never traded. */
export type KlineKind = 'klines' | 'mark'

/** Time ascends strictly; all columns have `length` rows. Prices are the doubles nearest to the decimal texts. */
export interface KlineTable {
  readonly symbol: string
  /** Undefined when neither name, flag nor spacing tells: a file of a single row. */
  readonly interval: Interval | undefined
  readonly kind: KlineKind
  readonly market: Market
  readonly length: number
  /** Open times in `Micros`. */
  readonly openTime: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** In base asset. In this and the next three a NaN is a field the source left empty; an entirely empty column is undefined. */
  readonly volume: Float64Array | undefined
  readonly quoteVolume: Float64Array | undefined
  /** Number of trades. */
  readonly trades: Float64Array | undefined
  /** Volume bought by takers, in base asset. */
  readonly takerBuyBase: Float64Array | undefined
  /** The most decimals in any open, high, low or close text, trailing zeros dropped. */
  readonly decimals: number
  /** Sorted by path. */
  readonly sources: readonly DataSource[]
}

export const PRICE_COLUMNS = ['open', 'high', 'low', 'close'] as const
export const OPTIONAL_COLUMNS = ['volume', 'quoteVolume', 'trades', 'takerBuyBase'] as const
export const VALUE_COLUMNS = [...PRICE_COLUMNS, ...OPTIONAL_COLUMNS] as const
export type ValueColumn = (typeof VALUE_COLUMNS)[number]

/** Rows that should be there and are not: the exchange was down, or the file has holes. */
export interface Gap {
  /** Missing rows, in all gaps together. */
  readonly count: number
  /** Open time of the first missing row. */
  readonly first: Micros
}

/** All gaps of a table together; undefined when there is none or the interval is unknown. */
export function gapOf(table: KlineTable): Gap | undefined {
  const { interval, openTime } = table
  if (interval === undefined) return undefined
  let count = 0
  let first: Micros | undefined
  for (let row = 1; row < openTime.length; row += 1) {
    if (openTime[row] - openTime[row - 1] === interval.length) continue
    for (let due = barEnd(openTime[row - 1] as Micros, interval); due < openTime[row]; due = barEnd(due, interval)) {
      first ??= due
      if (interval.name === '1M') count += 1
      else {
        count += Math.round((openTime[row] - due) / interval.length)
        break
      }
    }
  }
  return first === undefined ? undefined : { count, first }
}

/** The first row at or after `time`; `length` when there is none. */
export function rowAtOrAfter(times: Float64Array, time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle] < time) low = middle + 1
    else high = middle
  }
  return low
}

/** The rows that open in [from, to). Sources keep the row counts of their files. */
export function cutKlines(table: KlineTable, from: Micros | undefined, to: Micros | undefined): KlineTable {
  const start = from === undefined ? 0 : rowAtOrAfter(table.openTime, from)
  const end = Math.max(start, to === undefined ? table.length : rowAtOrAfter(table.openTime, to))
  if (start === 0 && end === table.length) return table
  const cut = (column: Float64Array): Float64Array => column.slice(start, end)
  const optional = (column: Float64Array | undefined): Float64Array | undefined =>
    column === undefined ? undefined : cut(column)
  return {
    ...table,
    length: end - start,
    openTime: cut(table.openTime),
    open: cut(table.open),
    high: cut(table.high),
    low: cut(table.low),
    close: cut(table.close),
    volume: optional(table.volume),
    quoteVolume: optional(table.quoteVolume),
    trades: optional(table.trades),
    takerBuyBase: optional(table.takerBuyBase),
  }
}

/** The column, or undefined when every field of it is empty. */
export function presentOrUndefined(column: Float64Array): Float64Array | undefined {
  for (let row = 0; row < column.length; row += 1) if (!Number.isNaN(column[row])) return column
  return undefined
}
