/**
 * The list of what a catalog holds: `catalog.json` in its folder, written whole or not at all.
 *
 * Reads and writes that file.
 */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import { notWritten } from '../parquet/write-parquet.ts'
import { compareSeries, KINDS } from './series.ts'
import type { SeriesKey, SeriesKind } from './series.ts'

export const MANIFEST_FILE = 'catalog.json'

export interface Partition {
  /** `2024-05`. */
  readonly month: string
  /** Below the catalog's folder. */
  readonly path: string
  readonly rows: number
  readonly firstMs: number
  readonly lastMs: number
  /** Places inside the month where bars are missing; null of other kinds. */
  readonly gaps: number | null
  readonly bytes: number
  /** Of the file. */
  readonly sha256: string
  /** SHA-256 of the source files that its rows came from, sorted. */
  readonly sources: readonly string[]
}

export interface Series extends SeriesKey {
  /** By month. */
  readonly partitions: readonly Partition[]
}

export interface ImportedFile {
  readonly path: string
  readonly sha256: string
  readonly rows: number
}

export interface Manifest {
  readonly schema: 'autotrading.catalog/1'
  /** Sorted by kind, symbol, market, interval. */
  readonly series: readonly Series[]
  /** Files that were imported, sorted by path. */
  readonly files: readonly ImportedFile[]
}

const whole = z.number().int()
const SHAPE = z.object({
  schema: z.literal('autotrading.catalog/1'),
  series: z.array(
    z.object({
      kind: z.enum(KINDS as [SeriesKind, ...SeriesKind[]]),
      market: z.enum(['perp', 'spot']),
      symbol: z.string(),
      interval: z.string().nullable(),
      partitions: z.array(
        z.object({
          month: z.string().regex(/^\d{4}-\d{2}$/),
          path: z.string().regex(/^[^./][^\0]*\.parquet$/),
          rows: whole,
          firstMs: whole,
          lastMs: whole,
          gaps: whole.nullable(),
          bytes: whole,
          sha256: z.string(),
          sources: z.array(z.string()),
        }),
      ),
    }),
  ),
  files: z.array(z.object({ path: z.string(), sha256: z.string(), rows: whole })),
})

export const EMPTY: Manifest = { schema: 'autotrading.catalog/1', series: [], files: [] }

/** Undefined when there is no catalog in the folder. Throws `InputError` when its list is damaged. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = join(folder, MANIFEST_FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR')
      return undefined
    throw error
  }
  return parseManifest(path, text)
}

export function parseManifest(path: string, text: string): Manifest {
  try {
    const { series, ...rest } = SHAPE.parse(JSON.parse(text))
    return { ...rest, series: series.map(({ interval, ...more }) => ({ ...more, interval: interval ?? undefined })) }
  } catch (error) {
    throw new InputError('catalog-damaged', `${path} is no list of a catalog`, {
      where: { file: path },
      next: 'Restore it from a copy, or import the data into another folder.',
      cause: error,
    })
  }
}

export function manifestText({ schema, series, files }: Manifest): string {
  const sorted = series.toSorted(compareSeries).map(({ kind, market, symbol, interval, partitions }) => ({
    kind,
    market,
    symbol,
    interval: interval ?? null,
    partitions: partitions.toSorted((a, b) => (a.month < b.month ? -1 : 1)),
  }))
  const byPath = files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  return `${JSON.stringify({ schema, series: sorted, files: byPath }, undefined, 1)}\n`
}

export async function writeManifest(folder: string, text: string): Promise<void> {
  const path = join(folder, MANIFEST_FILE)
  const draft = join(folder, `.${MANIFEST_FILE}.${process.pid}`)
  try {
    await writeFile(draft, text, { flush: true })
    await rename(draft, path)
  } catch (error) {
    throw notWritten(path, error)
  }
}
