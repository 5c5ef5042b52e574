/**
 * Reads recordings of the order book, message by message: raw captures, CSV with one price level a row (diffs, snapshots and
 * trades, as stream recorders write them), CSV with one snapshot a row, and Parquet with lists of levels.
 *
 * Streams: one message is in memory. Damage is an `InputError` with file and line or row. Reads files through `row-source.ts`,
 * `read-capture.ts` and `../parquet`.
 */
import { InputError } from '../../core/errors.ts'
import { parquetInfo, readParquet } from '../parquet/read-parquet.ts'
import type { ParquetChunk } from '../parquet/read-parquet.ts'
import { fieldText, FIELDS_MAX } from './csv-scanner.ts'
import type { CsvRow } from './csv-scanner.ts'
import { LevelRows } from './depth-level-rows.ts'
import { readBytes } from './file-bytes.ts'
import type { DepthLevel, MarketRecord } from './market-record.ts'
import { readCapture } from './read-capture.ts'
import { feedRows, scannerFor } from './row-source.ts'
import { SnapshotRows } from './depth-snapshot-rows.ts'
import { formatOf, isCapture } from './symbol-and-interval.ts'

/** What makes messages of the rows of one layout. */
export interface DepthRows {
  onRow(row: CsvRow): void
  /** Gives what the last rows were. */
  finish(): void
}

export interface DepthRead {
  readonly sha256: string
  /** Lines or rows. */
  readonly rows: number
  /** Messages of kinds that are not understood, by kind. */
  readonly others: ReadonlyMap<string, number>
}

/** Gives the messages to `onRecord` in the order of the file. Throws `InputError` on any damage and on layouts that are not known. */
export async function readDepth(path: string, onRecord: (record: MarketRecord) => void): Promise<DepthRead> {
  if (isCapture(path)) {
    const { sha256, lines, others } = await readCapture(path, onRecord)
    return { sha256, rows: lines, others }
  }
  return formatOf(path) === 'parquet' ? readBooks(path, onRecord) : readRows(path, onRecord)
}

async function readRows(path: string, onRecord: (record: MarketRecord) => void): Promise<DepthRead> {
  let layout: DepthRows | undefined
  let rows = 0
  const scanner = scannerFor(path, (row) => {
    if (layout === undefined) layout = layoutOf(path, row, onRecord)
    else {
      rows += 1
      layout.onRow(row)
    }
  })
  const sha256 = await feedRows(path, scanner)
  scanner.finish()
  if (layout === undefined || rows === 0)
    throw new InputError('file-empty', `${path} has no rows`, { where: { file: path }, next: 'Fetch the file again.' })
  layout.finish()
  return { sha256, rows, others: new Map() }
}

function layoutOf(path: string, row: CsvRow, onRecord: (record: MarketRecord) => void): DepthRows {
  const names = Array.from({ length: Math.min(row.count, row.starts.length) }, (_, at) => fieldText(row, at)?.trim() ?? '')
  if (names.includes('FirstUpdateId') && names.includes('IsAsk')) return new LevelRows(path, names, onRecord)
  if (names.includes('asks[0].price') && names.includes('timestamp') && row.count <= FIELDS_MAX)
    return new SnapshotRows(path, names, row.count, onRecord)
  throw unknownLayout(path, names)
}

const unknownLayout = (path: string, names: readonly string[]): InputError =>
  new InputError(
    'depth-layout',
    `${path} is no recording of an order book in a layout that is known; its columns are '${names.join(',').slice(0, 200)}'`,
    {
      where: { file: path },
      next: 'Known are raw captures, rows of levels with FirstUpdateId and IsAsk, rows of snapshots of up to 31 levels with asks[0].price, and Parquet with bids_px and asks_px.',
    },
  )

const BOOK_NUMBERS = ['ts_ms', 'exch_ts_ms', 'seq'] as const
const BOOK_LISTS = ['bids_px', 'bids_qty', 'asks_px', 'asks_qty'] as const

/** Snapshots with lists of levels: a row is a book. */
async function readBooks(path: string, onRecord: (record: MarketRecord) => void): Promise<DepthRead> {
  const info = await parquetInfo(path)
  const names = info.columns.map(({ name }) => name)
  if (!BOOK_LISTS.every((name) => names.includes(name)) || !names.includes('ts_ms')) throw unknownLayout(path, names)
  const numbers = BOOK_NUMBERS.filter((name) => names.includes(name))
  const hasSymbol = names.includes('symbol')
  const columns = [
    ...numbers.map((name) => ({ name, form: 'number' as const })),
    ...BOOK_LISTS.map((name) => ({ name, form: 'lists' as const })),
    ...(hasSymbol ? [{ name: 'symbol', form: 'text' as const }] : []),
  ]
  const sha256 = await readBytes(path, () => undefined)
  let rows = 0
  await readParquet(
    path,
    columns,
    (chunk: ParquetChunk) => {
      const values = new Map(numbers.map((name, at) => [name, chunk.numbers(at)]))
      const lists = BOOK_LISTS.map((_, at) => chunk.lists(numbers.length + at))
      const symbols = hasSymbol ? chunk.texts(numbers.length + BOOK_LISTS.length) : []
      for (let row = 0; row < chunk.rows; row += 1) {
        rows += 1
        const place = `row ${chunk.firstRow + row + 1}`
        const at = (name: (typeof BOOK_NUMBERS)[number]): number | undefined => {
          const value = values.get(name)?.[row]
          return value === undefined || Number.isNaN(value) ? undefined : value
        }
        const [received, time] = [at('ts_ms'), at('exch_ts_ms')]
        onRecord({
          kind: 'snapshot',
          received: received === undefined ? undefined : received * 1_000,
          time: time === undefined ? undefined : time * 1_000,
          symbol: symbols[row],
          finalId: at('seq'),
          bids: levelsOf(path, place, lists[0][row], lists[1][row]),
          asks: levelsOf(path, place, lists[2][row], lists[3][row]),
        })
      }
    },
    { info },
  )
  return { sha256, rows, others: new Map() }
}

function levelsOf(
  path: string,
  place: string,
  prices: Float64Array | undefined,
  qtys: Float64Array | undefined,
): readonly DepthLevel[] {
  if (prices === undefined || qtys === undefined || prices.length !== qtys.length)
    throw new InputError('depth-damaged', `${place} of ${path} has a side whose prices and quantities are not as many`, {
      where: { file: path },
      next: 'Fetch the file again.',
    })
  return Array.from(prices, (price, level): DepthLevel => [String(price), String(qtys[level])])
}
