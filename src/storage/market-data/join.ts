/**
 * Joins the files of one symbol, interval and kind into one series by time: rows that two files share count once when
 * they say the same, and are an `InputError` when they do not.
 *
 * Pure.
 */
import { assert, InputError } from '../../core/errors.ts'
import type { FundingTable } from './funding-table.ts'
import { OPTIONAL_COLUMNS, PRICE_COLUMNS, rowAtOrAfter, VALUE_COLUMNS } from './kline-table.ts'
import type { DataSource, KlineTable } from './kline-table.ts'
import { shownTime } from './symbol-and-interval.ts'

/** At least one table, all of one symbol, interval, kind and market. Throws on the first row where two files differ. */
export function joinKlines(tables: readonly KlineTable[]): KlineTable {
  const [first] = tables
  assert(first !== undefined, 'nothing to join')
  assert(
    tables.every(
      (t) => t.symbol === first.symbol && t.interval === first.interval && t.kind === first.kind && t.market === first.market,
    ),
    'only tables of one series are joined',
  )
  const filled = tables.filter((table) => table.length > 0).toSorted(byStart)
  if (tables.length === 1 || filled.length === 0) return { ...first, sources: joinSources(tables) }
  const pieces: KlineTable[] = []
  for (const table of filled) {
    const last = pieces.at(-1)
    if (last !== undefined && table.openTime[0] <= lastTime(last)) pieces[pieces.length - 1] = merge(last, table, filled)
    else pieces.push(table)
  }
  return { ...concat(pieces), sources: joinSources(tables), decimals: Math.max(...tables.map((t) => t.decimals)) }
}

const lastTime = (table: KlineTable): number => table.openTime[table.length - 1]

function byStart(a: KlineTable, b: KlineTable): number {
  if (a.openTime[0] !== b.openTime[0]) return a.openTime[0] - b.openTime[0]
  return pathOf(a) < pathOf(b) ? -1 : 1
}

const pathOf = (table: { readonly sources: readonly DataSource[] }): string =>
  table.sources.map((source) => source.path).join(' and ')

/** Sources of all tables, each path once, sorted by path. */
export function joinSources(tables: readonly { readonly sources: readonly DataSource[] }[]): readonly DataSource[] {
  const byPath = new Map<string, DataSource>()
  for (const { sources } of tables)
    for (const source of sources) {
      const known = byPath.get(source.path)
      byPath.set(source.path, known === undefined ? source : { ...source, rows: known.rows + source.rows })
    }
  return [...byPath.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** One after another: no times overlap. */
function concat(pieces: readonly KlineTable[]): KlineTable {
  if (pieces.length === 1) return pieces[0]
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const column = (of: (piece: KlineTable) => Float64Array | undefined): Float64Array => {
    const joined = new Float64Array(length)
    let at = 0
    for (const piece of pieces) {
      const part = of(piece)
      if (part === undefined) joined.fill(Number.NaN, at, at + piece.length)
      else joined.set(part, at)
      at += piece.length
    }
    return joined
  }
  const values = VALUE_COLUMNS.map((name) =>
    pieces.some((piece) => piece[name] !== undefined) ? column((piece) => piece[name]) : undefined,
  )
  return withColumns(
    pieces[0],
    column((piece) => piece.openTime),
    values,
  )
}

function withColumns(like: KlineTable, openTime: Float64Array, values: readonly (Float64Array | undefined)[]): KlineTable {
  const [open, high, low, close, volume, quoteVolume, trades, takerBuyBase] = values
  assert(open !== undefined && high !== undefined && low !== undefined && close !== undefined, 'a kline table has prices')
  return { ...like, length: openTime.length, openTime, open, high, low, close, volume, quoteVolume, trades, takerBuyBase }
}

/** Two series whose times overlap. `all` are the files, to name the two that differ. */
function merge(a: KlineTable, b: KlineTable, all: readonly KlineTable[]): KlineTable {
  const rowsA = new Int32Array(a.length + b.length)
  const rowsB = new Int32Array(a.length + b.length)
  let length = 0
  for (let i = 0, j = 0; i < a.length || j < b.length; length += 1) {
    const takeA = j >= b.length || (i < a.length && a.openTime[i] <= b.openTime[j])
    const takeB = i >= a.length || (j < b.length && b.openTime[j] <= a.openTime[i])
    if (takeA && takeB) compare(a, i, b, j, all)
    rowsA[length] = takeA ? i++ : -1
    rowsB[length] = takeB ? j++ : -1
  }
  const column = (of: (table: KlineTable) => Float64Array | undefined): Float64Array => {
    const [columnA, columnB] = [of(a), of(b)]
    const joined = new Float64Array(length)
    for (let row = 0; row < length; row += 1) {
      // Where both have the row they agree, or one of them left the field empty.
      const value = rowsA[row] < 0 || columnA === undefined ? Number.NaN : columnA[rowsA[row]]
      joined[row] = !Number.isNaN(value) || rowsB[row] < 0 || columnB === undefined ? value : columnB[rowsB[row]]
    }
    return joined
  }
  const values = VALUE_COLUMNS.map((name) =>
    a[name] === undefined && b[name] === undefined ? undefined : column((table) => table[name]),
  )
  return {
    ...withColumns(
      a,
      column((table) => table.openTime),
      values,
    ),
    sources: joinSources([a, b]),
  }
}

function compare(a: KlineTable, i: number, b: KlineTable, j: number, all: readonly KlineTable[]): void {
  for (const name of PRICE_COLUMNS) if (a[name][i] !== b[name][j]) differs(a, b, a.openTime[i], name, a[name][i], b[name][j], all)
  for (const name of OPTIONAL_COLUMNS) {
    const valueA = a[name]?.[i]
    const valueB = b[name]?.[j]
    const known = valueA !== undefined && valueB !== undefined && !Number.isNaN(valueA) && !Number.isNaN(valueB)
    if (known && valueA !== valueB) differs(a, b, a.openTime[i], name, valueA, valueB, all)
  }
}

function differs(
  a: KlineTable,
  b: KlineTable,
  time: number,
  column: (typeof VALUE_COLUMNS)[number],
  valueA: number,
  valueB: number,
  all: readonly KlineTable[],
): never {
  // `a` may be joined from several files: find one that says what `a` says.
  const origin = all.find((table) => {
    const row = rowAtOrAfter(table.openTime, time)
    return table !== b && table.openTime[row] === time && table[column]?.[row] === valueA
  })
  const [fileA, fileB] = [pathOf(origin ?? a), pathOf(b)]
  throw new InputError(
    'files-differ',
    `${fileA} and ${fileB} both have the ${a.symbol} bar of ${shownTime(time)}, but ${column} is ${valueA} in the one and ${valueB} in the other`,
    {
      where: { file: fileA, other: fileB, time: shownTime(time), column, value: valueA, otherValue: valueB },
      next: 'Keep the better of the two files for this time.',
    },
  )
}

/** Funding of one symbol from several files; the same rules as for klines. */
export function joinFunding(tables: readonly FundingTable[]): FundingTable {
  const [first] = tables
  assert(first !== undefined && tables.every((table) => table.symbol === first.symbol), 'only tables of one symbol are joined')
  if (tables.length === 1) return first
  const rows = tables
    .flatMap((table) => Array.from(table.time, (time, row) => ({ time, rate: table.rate[row], mark: table.mark[row], table })))
    .toSorted((a, b) => a.time - b.time)
  const kept: { time: number; rate: number; mark: number; table: FundingTable }[] = []
  for (const row of rows) {
    const last = kept.at(-1)
    if (last === undefined || last.time !== row.time) kept.push({ ...row })
    else {
      if (last.rate !== row.rate) fundingDiffers(last, row, 'rate')
      if (Number.isNaN(last.mark)) last.mark = row.mark
      else if (!Number.isNaN(row.mark) && last.mark !== row.mark) fundingDiffers(last, row, 'mark')
    }
  }
  return {
    symbol: first.symbol,
    length: kept.length,
    time: Float64Array.from(kept, (row) => row.time),
    rate: Float64Array.from(kept, (row) => row.rate),
    mark: Float64Array.from(kept, (row) => row.mark),
    sources: joinSources(tables),
  }
}

interface FundingRow {
  readonly time: number
  readonly rate: number
  readonly mark: number
  readonly table: FundingTable
}

function fundingDiffers(a: FundingRow, b: FundingRow, column: 'rate' | 'mark'): never {
  const unit = column === 'rate' ? 1e10 : 1e8
  const [fileA, fileB] = [pathOf(a.table), pathOf(b.table)]
  throw new InputError(
    'files-differ',
    `${fileA} and ${fileB} both have the ${a.table.symbol} funding of ${shownTime(a.time)}, but ${column} is ${a[column] / unit} in the one and ${b[column] / unit} in the other`,
    {
      where: {
        file: fileA,
        other: fileB,
        time: shownTime(a.time),
        column,
        value: a[column] / unit,
        otherValue: b[column] / unit,
      },
      next: 'Keep the better of the two files for this time.',
    },
  )
}
