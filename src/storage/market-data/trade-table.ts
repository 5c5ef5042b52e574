/**
 * Trades of one symbol as columns: single ones, or the exchange's aggregates of one taker order at one price.
 *
 * Pure: types and arithmetic on columns.
 */
import { assert, InputError } from '../../core/errors.ts'
import type { Micros } from '../../core/time.ts'
import { joinSources } from './join.ts'
import { rowAtOrAfter } from './kline-table.ts'
import type { DataSource, Market } from './kline-table.ts'
import { shownTime } from './symbol-and-interval.ts'

export type TradeKind = 'trades' | 'aggTrades'

export interface TradeTable {
  readonly symbol: string
  readonly market: Market
  /** Whether rows are aggregates (aggTrades) or single trades. */
  readonly kind: TradeKind
  readonly length: number
  /** Ascending strictly. */
  readonly id: Float64Array
  /** Micros at the exchange, not descending. */
  readonly time: Float64Array
  /** Micros when a recorder received it; undefined when the file does not say. */
  readonly received: Float64Array | undefined
  /** Quote units, the double nearest to the decimal. */
  readonly price: Float64Array
  /** Base units, the double nearest to the decimal. */
  readonly qty: Float64Array
  /** 1 when the buyer was the maker: the seller took. */
  readonly buyerIsMaker: Uint8Array
  /** Most decimals in any price, in any quantity. */
  readonly decimals: number
  readonly qtyDecimals: number
  readonly sources: readonly DataSource[]
  /** Single trades in each aggregate; absent when rows are single trades or the file does not say. */
  readonly count?: Float64Array | undefined
}

/** The trades at [from, to). Sources keep the row counts of their files. */
export function cutTrades(table: TradeTable, from: Micros | undefined, to: Micros | undefined): TradeTable {
  const start = from === undefined ? 0 : rowAtOrAfter(table.time, from)
  const end = Math.max(start, to === undefined ? table.length : rowAtOrAfter(table.time, to))
  if (start === 0 && end === table.length) return table
  return {
    ...table,
    length: end - start,
    id: table.id.slice(start, end),
    time: table.time.slice(start, end),
    received: table.received?.slice(start, end),
    price: table.price.slice(start, end),
    qty: table.qty.slice(start, end),
    buyerIsMaker: table.buyerIsMaker.slice(start, end),
    count: table.count?.slice(start, end),
  }
}

/**
 * Files of one symbol, market and kind as one series by id: trades that two files share count once when they say the same, and
 * are an `InputError` when they do not.
 */
export function joinTrades(tables: readonly TradeTable[]): TradeTable {
  const [first] = tables
  assert(
    first !== undefined &&
      tables.every(({ symbol, market, kind }) => symbol === first.symbol && market === first.market && kind === first.kind),
    'only trades of one series are joined',
  )
  if (tables.length === 1) return first
  const sorted = tables.toSorted((a, b) => a.id[0] - b.id[0] || (pathOf(a) < pathOf(b) ? -1 : 1))
  return sorted.slice(1).reduce(merge, sorted[0])
}

const pathOf = (table: TradeTable): string => table.sources.map(({ path }) => path).join(' and ')

function merge(a: TradeTable, b: TradeTable): TradeTable {
  // Where to take each row from: the row of `a`, or `a.length` + the row of `b`.
  const from = new Float64Array(a.length + b.length)
  let length = 0
  for (let i = 0, j = 0; i < a.length || j < b.length; length += 1) {
    if (i < a.length && j < b.length && a.id[i] === b.id[j]) {
      compare(a, i, b, j)
      from[length] = i
      i += 1
      j += 1
    } else if (j >= b.length || (i < a.length && a.id[i] < b.id[j])) from[length] = i++
    else from[length] = a.length + j++
  }
  const column = (of: (table: TradeTable) => ArrayLike<number> | undefined): Float64Array => {
    const [columnA, columnB] = [of(a), of(b)]
    const joined = new Float64Array(length)
    for (let row = 0; row < length; row += 1) {
      const inB = from[row] - a.length
      joined[row] = (inB < 0 ? columnA?.[from[row]] : columnB?.[inB]) ?? Number.NaN
    }
    return joined
  }
  const time = column((table) => table.time)
  for (let row = 1; row < length; row += 1)
    if (time[row] < time[row - 1])
      throw new InputError(
        'files-differ',
        `${pathOf(a)} and ${pathOf(b)} do not fit together: by its id the ${a.symbol} trade ${from[row] < a.length ? a.id[from[row]] : b.id[from[row] - a.length]} follows one of a later time`,
        {
          where: { file: pathOf(a), other: pathOf(b), time: shownTime(time[row]) },
          next: 'Check that both files are of this symbol and market.',
        },
      )
  return {
    ...a,
    length,
    id: column((table) => table.id),
    time,
    received: a.received === undefined && b.received === undefined ? undefined : column((table) => table.received),
    price: column((table) => table.price),
    qty: column((table) => table.qty),
    buyerIsMaker: Uint8Array.from(column((table) => table.buyerIsMaker)),
    count: a.count === undefined && b.count === undefined ? undefined : column((table) => table.count),
    decimals: Math.max(a.decimals, b.decimals),
    qtyDecimals: Math.max(a.qtyDecimals, b.qtyDecimals),
    sources: joinSources([a, b]),
  }
}

function compare(a: TradeTable, i: number, b: TradeTable, j: number): void {
  for (const column of ['time', 'price', 'qty', 'buyerIsMaker'] as const) {
    const [value, other] = [a[column][i], b[column][j]]
    if (value === other) continue
    throw new InputError(
      'files-differ',
      `${pathOf(a)} and ${pathOf(b)} both have the ${a.symbol} trade ${a.id[i]}, but ${column} is ${value} in the one and ${other} in the other`,
      {
        where: { file: pathOf(a), other: pathOf(b), column, value, otherValue: other },
        next: 'Keep the better of the two files for this time.',
      },
    )
  }
}
