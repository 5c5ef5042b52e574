/**
 * The rows of a data file whatever its format is: the scanner that fits its name, and what feeds it.
 *
 * Reads files through `file-bytes.ts` and `../parquet`.
 */
import { CsvScanner } from './csv-scanner.ts'
import type { CsvRow, RowScanner } from './csv-scanner.ts'
import { readBytes } from './file-bytes.ts'
import type { ReadLimits } from './file-bytes.ts'
import { JsonScanner } from './json-scanner.ts'
import { ParquetScanner } from './parquet-scanner.ts'
import { formatOf } from './symbol-and-interval.ts'

/** The scanner for the format that the name of `path` tells; CSV where it tells none. */
export function scannerFor(path: string, onRow: (row: CsvRow) => void): RowScanner {
  const format = formatOf(path)
  if (format === 'parquet') return new ParquetScanner(path, onRow)
  if (format === 'json' || format === 'jsonl') return new JsonScanner(path, format === 'jsonl', onRow)
  return new CsvScanner(path, onRow)
}

/**
 * Feeds the file to its scanner and returns the SHA-256 of the file; `onPart` is called now and then on the way. Throws
 * `InputError` on any damage.
 */
export async function feedRows(
  path: string,
  scanner: RowScanner,
  limits?: ReadLimits,
  onPart: () => void = () => undefined,
): Promise<string> {
  if (!(scanner instanceof ParquetScanner)) {
    return readBytes(
      path,
      (chunk) => {
        scanner.feed(chunk)
        onPart()
      },
      limits,
    )
  }
  const sha256 = await readBytes(path, () => undefined, limits)
  await scanner.read(onPart)
  return sha256
}
