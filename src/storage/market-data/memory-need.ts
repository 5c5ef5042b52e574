/**
 * How much memory the data of a run would take, told before anything of them is read: from the row counts of Parquet files, and
 * from the sizes of others.
 *
 * Looks at files' sizes and footers, and at the memory of the machine.
 */
import { stat } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { InputError } from '../../core/errors.ts'
import { parquetRows } from '../parquet/read-parquet.ts'
import type { DataFile } from './scan.ts'
import { formatOf, isCapture } from './symbol-and-interval.ts'

const GIBIBYTE = 2 ** 30

/** Unless another limit is asked for: 4 GiB, on small machines 60 % of what they have. */
export const memoryLimit = (): number => Math.min(4 * GIBIBYTE, 0.6 * totalmem())

/** Of a row in memory: its columns, their copies while they grow and are joined, and what a run makes of them. */
const BYTES_OF_ROW = { bars: 200, trades: 150 }
/** Of a row in a file, plain and packed; rather few, so that the need is rather overstated. */
const FILE_BYTES_OF_ROW = { bars: { plain: 55, packed: 18 }, trades: { plain: 40, packed: 7 } }
/** A capture holds more messages of the order book than trades. */
const CAPTURE_BYTES_OF_TRADE = 150

/** Estimated bytes in memory for what the files hold. */
export async function memoryNeed(files: readonly DataFile[]): Promise<number> {
  const rowsOfParquet = await parquetRows(files.map(({ path }) => path).filter((path) => formatOf(path) === 'parquet'))
  let bytes = 0
  for (const { path, kind } of files) {
    const what = kind === 'trades' || kind === 'depth' ? 'trades' : 'bars'
    const rows = rowsOfParquet.get(path) ?? (await rowsBySize(path, what))
    bytes += rows * BYTES_OF_ROW[what]
  }
  return bytes
}

async function rowsBySize(path: string, what: 'bars' | 'trades'): Promise<number> {
  const { size } = await stat(path)
  if (isCapture(path)) return size / CAPTURE_BYTES_OF_TRADE
  const packed = /\.(gz|zip)$/i.test(path)
  return size / FILE_BYTES_OF_ROW[what][packed ? 'packed' : 'plain']
}

export function refuseNeed(bytes: number, limit: number): void {
  if (bytes <= limit) return
  throw new InputError(
    'data-too-large',
    `the data of this run would take about ${gibibytes(bytes)} GiB of memory, and at most ${gibibytes(limit)} GiB are allowed`,
    {
      where: { bytes: Math.round(bytes), limit: Math.round(limit) },
      next: 'Take fewer symbols with --symbol, a longer --interval, or of a folder with one file a month a shorter period with --from and --to; --memory-mb raises the limit.',
    },
  )
}

const gibibytes = (bytes: number): string => (bytes / GIBIBYTE).toFixed(bytes < GIBIBYTE ? 3 : 1)
