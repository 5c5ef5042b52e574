/** One file, whatever it is: read, checked, scored. Reads files. */
import type { NamedFile } from './file-name.ts'
import { Findings } from './findings.ts'
import type { Finding } from './findings.ts'
import type { Deduction } from './score.ts'
import type { Keeper, SeriesSummary } from './read/series-set.ts'
import { readCsv, readJsonDocument, readJsonLines } from './read/text-file.ts'
import type { ReadOptions, ReadResult } from './read/text-file.ts'

export interface FileResult {
  readonly path: string
  /** What the columns say it is; undefined when it is no market data, and then it has no score. */
  readonly kind: string | undefined
  readonly sha256: string | undefined
  readonly rows: number
  readonly series: readonly SeriesSummary[]
  readonly findings: Findings
}

export interface FileOptions {
  readonly nowMs: number
  readonly keep?: Keeper | undefined
  readonly onRead?: ((bytes: number) => void) | undefined
}

export type { Deduction, Finding }

export async function validateFile(file: NamedFile, { nowMs, keep, onRead }: FileOptions): Promise<FileResult> {
  const findings = new Findings()
  const read = await readerOf(file)({ file, findings, nowMs, keep, ...(onRead === undefined ? {} : { onRead }) })
  const rows = read.series.reduce((sum, series) => sum + series.rows, 0)
  const kind = read.kind === 'klines' && read.series.length > 0 && read.series.every(({ isMark }) => isMark) ? 'mark' : read.kind
  return { path: file.path, kind, sha256: read.sha256, rows, series: read.series, findings }
}

function readerOf(file: NamedFile): (options: ReadOptions) => Promise<ReadResult> {
  switch (file.format) {
    case 'csv':
      return readCsv
    case 'json':
      return readJsonDocument
    case 'jsonl':
      return readJsonLines
    case 'parquet':
      // The engine behind it takes a while to load.
      return async (options) => (await import('./read/parquet-file.ts')).readParquetFile(options)
  }
}
