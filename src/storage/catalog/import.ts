/**
 * Files into the catalog. Each file is one step: all of its rows are in, or nothing of it. A file that was imported before changes
 * nothing.
 *
 * Reads the files, writes below the catalog's folder; memory stays bounded whatever the files' length.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Interval } from '../../core/time.ts'
import { sha256OfFile } from '../file-hash.ts'
import type { DataFile } from '../market-data/scan.ts'
import { withEngine } from '../parquet/duck-db.ts'
import { closeStaging, commit, openStaging } from './commit.ts'
import { withLock } from './lock.ts'
import { EMPTY, readManifest } from './manifest.ts'
import type { ImportedFile, Manifest, Partition } from './manifest.ts'
import { mergeSeries } from './merge.ts'
import { sameSeries } from './series.ts'
import type { SeriesKey } from './series.ts'
import { stageFile } from './stage-file.ts'

/** Memory of the engine; JavaScript needs some 200 MB beside it. */
const ENGINE_MB = 384

export interface ImportRequest {
  /** The catalog's folder; made when it is not there. */
  readonly folder: string
  readonly files: readonly DataFile[]
  readonly symbolFlag: string | undefined
  readonly intervalFlag: Interval | undefined
  /** Told before each file with `rows` 0, and now and then while it is read; may throw to stop. */
  readonly onProgress: (file: DataFile, rows: number) => void
}

export interface FileImport {
  readonly path: string
  readonly sha256: string
  readonly rows: number
  /** Rows that were not there before. */
  readonly added: number
  /** Months that changed. */
  readonly partitions: number
  readonly series: readonly SeriesKey[]
  /** The very same file had been imported before, and was not read again. */
  readonly known: boolean
}

export interface ImportResult {
  readonly files: readonly FileImport[]
  readonly warnings: readonly string[]
}

/** Throws `InputError` on damage and on rows that contradict the catalog: the files before the one at fault are in. */
export async function importFiles(request: ImportRequest): Promise<ImportResult> {
  const { folder } = request
  return withLock(folder, async () => {
    const staging = await openStaging(folder)
    try {
      const limits = { memoryMb: ENGINE_MB, tempFolder: join(staging, 'spill') }
      return await withEngine(limits, async (connection) => {
        const results: FileImport[] = []
        const warnings: string[] = []
        for (const file of request.files) {
          const done = await importFile(request, connection, staging, file)
          results.push(done.result)
          warnings.push(...done.warnings)
        }
        return { files: results, warnings }
      })
    } finally {
      await closeStaging(folder)
    }
  })
}

async function importFile(
  { folder, symbolFlag, intervalFlag, onProgress }: ImportRequest,
  connection: Parameters<Parameters<typeof withEngine>[1]>[0],
  staging: string,
  file: DataFile,
): Promise<{ readonly result: FileImport; readonly warnings: readonly string[] }> {
  onProgress(file, 0)
  const manifest = (await readManifest(folder)) ?? EMPTY
  const known = await knownFile(manifest, file.path)
  if (known !== undefined) {
    const { path } = file
    const { sha256, rows } = known
    return { result: { path, sha256, rows, added: 0, partitions: 0, series: [], known: true }, warnings: [] }
  }
  const inner = join(staging, 'rows')
  await mkdir(inner)
  const staged = await stageFile(file, inner, { symbolFlag, intervalFlag, onRows: (rows) => onProgress(file, rows) })
  const source = { path: file.path, sha256: staged.sha256 }
  let count = 0
  const changed: { readonly key: SeriesKey; readonly partition: Partition; readonly file: string }[] = []
  let added = 0
  for (const series of staged.series) {
    const existing = manifest.series.find((other) => sameSeries(other, series.key))
    const nextName = (): string => `${(count += 1)}.parquet`
    const merged = await mergeSeries({ connection, folder, staging, source, nextName }, series, existing)
    await rm(series.csv)
    added += merged.added
    changed.push(...merged.changed.map((month) => ({ key: series.key, ...month })))
    onProgress(file, staged.rows)
  }
  await rm(inner, { recursive: true })
  const moves = changed.map(({ file: from, partition }) => ({ from, to: partition.path }))
  await commit(folder, moves, withChanges(manifest, changed, { ...source, rows: staged.rows }))
  const series = staged.series.map(({ key }) => key)
  const result = { ...source, rows: staged.rows, added, partitions: changed.length, series, known: false }
  return { result, warnings: staged.warnings }
}

/** The record of a file with these very bytes. Only its hash is read, so that a second import costs little. */
async function knownFile(manifest: Manifest, path: string): Promise<ImportedFile | undefined> {
  if (manifest.files.length === 0) return undefined
  // Whatever is wrong with it is said by its reader.
  const sha256 = await sha256OfFile(path).catch(() => undefined)
  return manifest.files.find((file) => file.sha256 === sha256)
}

function withChanges(
  manifest: Manifest,
  changed: readonly { readonly key: SeriesKey; readonly partition: Partition }[],
  file: ImportedFile,
): Manifest {
  const series = new Map(manifest.series.map((one) => [nameOf(one), one]))
  for (const { key, partition } of changed) {
    const known = series.get(nameOf(key)) ?? { ...key, partitions: [] }
    const others = known.partitions.filter(({ month }) => month !== partition.month)
    series.set(nameOf(key), { ...known, partitions: [...others, partition] })
  }
  const files = [...manifest.files.filter(({ path }) => path !== file.path), file]
  return { schema: manifest.schema, series: [...series.values()], files }
}

const nameOf = ({ kind, market, symbol, interval }: SeriesKey): string => JSON.stringify([kind, market, symbol, interval])
