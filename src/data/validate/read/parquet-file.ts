/**
 * Parquet files: columns of rows as in CSV, and books kept as lists of prices and sizes.
 *
 * Reads files through `storage/parquet`.
 */
import { describe } from '../../../core/errors.ts'
import { sha256OfFile } from '../../../storage/file-hash.ts'
import { parquetInfo, readParquet } from '../../../storage/parquet/read-parquet.ts'
import { isCompanion } from '../../../storage/market-data/columns.ts'
import type { ColumnRequest, ParquetChunk, ParquetInfo } from '../../../storage/parquet/read-parquet.ts'
import { crossed, levels, sequence } from '../checks/depth-rules.ts'
import { emptyField, noData, schema, symbolRule, unknownColumn, unreadable } from '../checks/text-rules.ts'
import { order } from '../checks/time-rules.ts'
import { layoutOf } from '../layout.ts'
import type { Layout } from '../layout.ts'
import { SeriesSet } from './series-set.ts'
import type { ReadOptions, ReadResult } from './text-file.ts'

export async function readParquetFile(options: ReadOptions): Promise<ReadResult> {
  const { file, findings, onRead } = options
  const sha256 = await sha256OfFile(file.path, undefined, onRead)
  try {
    const info = await parquetInfo(file.path)
    const names = info.columns.map(({ name }) => name.toLowerCase())
    if (names.includes('bids_px') && names.includes('asks_px')) return { ...(await readBooks(info, options)), sha256 }
    const layout = layoutOf(names)
    if (layout !== undefined) return { ...(await readRows(info, layout, options)), sha256 }
    if (file.hint !== undefined || file.interval !== undefined)
      findings.add(noData, 'the columns are those of no market data that is known')
  } catch (error) {
    findings.add(unreadable, describe(error))
    findings.add(noData, 'nothing could be judged')
  }
  return { kind: undefined, sha256, series: [] }
}

async function readRows(info: ParquetInfo, layout: Layout, options: ReadOptions): Promise<Omit<ReadResult, 'sha256'>> {
  const { file, findings } = options
  const set = new SeriesSet(layout, options)
  const requests: ColumnRequest[] = []
  /** Place of each layout column in the request; -1 when the file has none. */
  const places = layout.columns.map(({ aliases, type }) => {
    const found = info.columns.find(({ name }) => aliases.includes(name.toLowerCase()))
    if (found === undefined) return -1
    return requests.push({ name: found.name, form: type === 'text' ? 'text' : 'number' }) - 1
  })
  const missing = layout.columns.filter(({ required }, at) => required === true && places[at] < 0).map(({ name }) => name)
  const known = new Set([...layout.ignored, ...layout.columns.flatMap(({ aliases }) => aliases)])
  for (const { name } of info.columns)
    // The catalog writes `NAME_decimals` where the values of NAME have different numbers of them.
    if (!isCompanion(name) && !known.has(name.toLowerCase()))
      findings.add(unknownColumn, `nobody knows the column '${name}'`, { column: name })
  if (missing.length > 0) {
    findings.add(schema, `missing: ${missing.join(', ')}`, { column: missing[0] }, missing.length)
    findings.add(noData, 'nothing could be judged without these columns')
    return { kind: layout.kind, series: [] }
  }
  const symbolAt = layout.columns.findIndex(({ name }) => name === 'symbol')
  const values = new Float64Array(layout.columns.length)
  await readParquet(info.path, requests, (chunk) => {
    const columns = layout.columns.map(({ type }, at) =>
      places[at] < 0 || type === 'text' ? undefined : chunk.numbers(places[at]),
    )
    const texts = layout.columns.map(({ type }, at) => (places[at] < 0 || type !== 'text' ? undefined : chunk.texts(places[at])))
    const units = layout.columns.map(({ type }, at) => (type === 'time' ? toMs(columns[at]?.[0] ?? Number.NaN) : 1))
    for (let row = 0; row < chunk.rows; row += 1) {
      const line = chunk.firstRow + row + 1
      const symbol = texts[symbolAt]?.[row] ?? file.symbol ?? ''
      if (file.symbol !== undefined && symbol !== file.symbol) {
        findings.add(symbolRule, `the row is of ${symbol}, the file of ${file.symbol}`, { line, column: 'symbol', value: symbol })
        continue
      }
      for (let at = 0; at < values.length; at += 1) {
        const text = texts[at]?.[row]
        values[at] =
          text === undefined ? (columns[at]?.[row] ?? Number.NaN) / units[at] : at === symbolAt ? Number.NaN : set.codeOf(text)
        if (layout.columns[at].required === true && Number.isNaN(values[at]))
          findings.add(emptyField, `${layout.columns[at].name} is empty`, { line, column: layout.columns[at].name })
      }
      set.add(symbol, line, values)
    }
  })
  return { kind: layout.kind, series: set.finish() }
}

/** By what a time has to be divided to be milliseconds. */
const toMs = (value: number): number => (value >= 1e17 ? 1e6 : value >= 1e14 ? 1e3 : value < 1e11 ? 1e-3 : 1)

/** Books of many levels, a list a side. */
async function readBooks(info: ParquetInfo, { file, findings }: ReadOptions): Promise<Omit<ReadResult, 'sha256'>> {
  const has = (name: string): boolean => info.columns.some((column) => column.name === name)
  const scalars = ['ts_ms', 'exch_ts_ms', 'seq', 'best_bid', 'best_ask'].filter(has)
  const lists = ['bids_px', 'bids_qty', 'asks_px', 'asks_qty'].filter(has)
  const requests: readonly ColumnRequest[] = [
    ...scalars.map((name) => ({ name, form: 'number' }) as const),
    ...lists.map((name) => ({ name, form: 'lists' }) as const),
  ]
  let [rows, fromMs, toMs] = [0, Number.NaN, Number.NaN]
  let [lastSeq, lastTime] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  await readParquet(info.path, requests, (chunk) => {
    const scalar = (name: string): Float64Array | undefined =>
      scalars.includes(name) ? chunk.numbers(scalars.indexOf(name)) : undefined
    const list = listsOf(chunk, scalars.length, lists)
    const [times, seqs] = [scalar('exch_ts_ms') ?? scalar('ts_ms'), scalar('seq')]
    for (let row = 0; row < chunk.rows; row += 1) {
      const timeMs = times?.[row] ?? Number.NaN
      const place = { symbol: file.symbol, line: chunk.firstRow + row + 1, timeMs }
      if (Number.isNaN(fromMs)) fromMs = timeMs
      toMs = timeMs
      if (timeMs < lastTime) findings.add(order, `the book is ${lastTime - timeMs} ms before the one above`, place)
      const seq = seqs?.[row] ?? Number.NaN
      if (seq <= lastSeq)
        findings.add(sequence, `the sequence ${seq} does not rise after ${lastSeq}`, { ...place, column: 'seq', value: seq })
      ;[lastSeq, lastTime] = [seq, timeMs]
      judgeBook(list, row, place, findings)
    }
    rows += chunk.rows
  })
  if (rows === 0) findings.add(noData, 'there are no rows')
  return {
    kind: 'book',
    series: rows === 0 ? [] : [{ symbol: file.symbol ?? '', interval: undefined, isMark: false, rows, fromMs, toMs }],
  }
}

type Lists = Readonly<Record<string, readonly (Float64Array | undefined)[] | undefined>>

const listsOf = (chunk: ParquetChunk, offset: number, names: readonly string[]): Lists =>
  Object.fromEntries(names.map((name, i) => [name, chunk.lists(offset + i)]))

function judgeBook(lists: Lists, row: number, place: object, findings: ReadOptions['findings']): void {
  const [bids, asks] = [lists['bids_px']?.[row], lists['asks_px']?.[row]]
  if (bids === undefined || asks === undefined || bids.length === 0 || asks.length === 0) {
    findings.add(emptyField, 'a side of the book is empty', { ...place, column: 'bids_px' })
    return
  }
  if (bids[0] >= asks[0]) findings.add(crossed, `the best bid ${bids[0]} is not below the best ask ${asks[0]}`, place)
  if (!bids.every((price, i) => i === 0 || price < bids[i - 1]) || !asks.every((price, i) => i === 0 || price > asks[i - 1]))
    findings.add(levels, 'the levels are not in order', place)
  for (const [side, prices] of [
    ['bids_qty', bids],
    ['asks_qty', asks],
  ] as const) {
    const quantities = lists[side]?.[row]
    if (quantities === undefined) continue
    if (quantities.length !== prices.length)
      findings.add(levels, `${prices.length} prices and ${quantities.length} sizes`, { ...place, column: side })
    else if (!quantities.every((quantity) => quantity > 0))
      findings.add(levels, 'a level has no size', { ...place, column: side })
  }
}
