/**
 * One series out of the catalog into a file, digit by digit as its sources had it: importing the file again changes nothing.
 *
 * Writes one file, which appears whole or not at all; memory stays bounded.
 */
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Micros } from '../../core/time.ts'
import { InputError } from '../../core/errors.ts'
import { sqlName, sqlText, withEngine } from '../parquet/duck-db.ts'
import type { Connection } from '../parquet/duck-db.ts'
import { copyToParquet, notWritten } from '../parquet/write-parquet.ts'
import { decimalsOfText, storedColumns, wholeDigitsOfText } from './digits.ts'
import type { Series } from './manifest.ts'
import { selectRows } from './query.ts'
import { LAYOUTS, seriesName } from './series.ts'
import type { SeriesColumn } from './series.ts'

export type ExportFormat = 'csv' | 'csv.gz' | 'jsonl' | 'jsonl.gz' | 'parquet'

const FORMATS: readonly ExportFormat[] = ['csv', 'csv.gz', 'jsonl', 'jsonl.gz', 'parquet']

/** By the end of the name. Throws `InputError` for others. */
export function exportFormat(path: string): ExportFormat {
  const format = FORMATS.findLast((name) => path.toLowerCase().endsWith(`.${name}`))
  if (format !== undefined) return format
  throw new InputError('export-format', `${path} ends in no format that is written`, {
    where: { file: path },
    next: `Let it end in ${FORMATS.map((name) => `.${name}`).join(', ')}.`,
  })
}

/**
 * Whether a file may be written there, asked before the work. Throws `InputError` when its name ends in no format that is written,
 * its folder is missing, or something is there already.
 */
export function checkExportFile(path: string): void {
  exportFormat(path)
  const where = { file: path }
  if (!existsSync(dirname(path)))
    throw new InputError('export-folder', `there is no folder ${dirname(path)} for ${path}`, {
      where,
      next: 'Create it, or name another file.',
    })
  if (existsSync(path))
    throw new InputError('export-exists', `${path} exists, and an export writes over nothing`, {
      where,
      next: 'Name another file, or remove this one yourself.',
    })
}

export interface ExportRequest {
  readonly folder: string
  readonly series: Series
  readonly from: Micros | undefined
  readonly to: Micros | undefined
  readonly path: string
}

/** Returns the rows written. Throws `InputError` when there are none in the period. */
export async function exportSeries({ folder, series, from, to, path }: ExportRequest): Promise<number> {
  const format = exportFormat(path)
  const select = await selectRows(folder, series, from, to)
  const draft = `${path}.${process.pid}.tmp`
  try {
    const rows = await withEngine({ memoryMb: 384, tempFolder: `${draft}.spill` }, async (connection) => {
      const summary = await summaryOf(connection, select, LAYOUTS[series.kind].columns)
      if (summary.rows > 0) await copyRows(connection, select, series, summary, format, draft)
      return summary.rows
    })
    if (rows > 0) {
      await rename(draft, path)
      return rows
    }
  } catch (error) {
    throw error instanceof InputError ? error : notWritten(path, error)
  } finally {
    await rm(draft, { force: true })
    await rm(`${draft}.spill`, { force: true, recursive: true })
  }
  throw new InputError('period-empty', `${seriesName(series)} has no rows in the period`, {
    where: { series: seriesName(series) },
    next: 'Change --from and --to.',
  })
}

interface Summary {
  readonly rows: number
  /** Rows in which the column is not empty. */
  readonly filled: ReadonlyMap<string, number>
  /** Columns in microseconds that hold nothing finer than milliseconds. */
  readonly coarse: ReadonlySet<string>
  readonly digits: ReadonlyMap<string, { readonly least: number; readonly most: number; readonly whole: number }>
}

async function summaryOf(connection: Connection, select: string, columns: readonly SeriesColumn[]): Promise<Summary> {
  const parts = columns.flatMap(({ name, kind }) => {
    const quoted = sqlName(name)
    const filled = `count(${quoted})`
    if (kind === 'decimal')
      return [
        filled,
        `coalesce(min(${decimalsOfText(quoted)}) FILTER (${quoted} IS NOT NULL), 0)`,
        `coalesce(max(${decimalsOfText(quoted)}) FILTER (${quoted} IS NOT NULL), 0)`,
        `coalesce(max(${wholeDigitsOfText(quoted)}), 0)`,
      ]
    return [filled, name.endsWith('_us') ? `count_if(${quoted} % 1000 <> 0)` : '1', '0', '0']
  })
  const read = await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE, ${parts.map((sql) => `(${sql})::DOUBLE`).join(', ')} FROM (${select})`,
  )
  const [rows, ...values] = read.getRowsJS()[0].map(Number)
  const at = (column: number, part: number): number => values[4 * column + part]
  return {
    rows,
    filled: new Map(columns.map(({ name }, column) => [name, at(column, 0)])),
    coarse: new Set(columns.filter(({ name }, column) => name.endsWith('_us') && at(column, 1) === 0).map(({ name }) => name)),
    digits: new Map(
      columns.map(({ name }, column) => [name, { least: at(column, 1), most: at(column, 2), whole: at(column, 3) }]),
    ),
  }
}

async function copyRows(
  connection: Connection,
  select: string,
  { kind }: Series,
  { filled, coarse, digits }: Summary,
  format: ExportFormat,
  path: string,
): Promise<void> {
  // A column that no row has a value for says nothing, unless its place is expected.
  const optional = ['recv_us', 'first_trade_id', 'last_trade_id']
  const columns = LAYOUTS[kind].columns.filter(({ name }) => !optional.includes(name) || (filled.get(name) ?? 0) > 0)
  const values = columns.flatMap((column) => {
    const { name } = column
    if (coarse.has(name)) return [`${sqlName(name)} // 1000 AS ${sqlName(name.replace(/_us$/, '_ms'))}`]
    if (format !== 'parquet' || column.kind !== 'decimal') return [sqlName(name)]
    return storedColumns(name, digits.get(name) ?? { least: 0, most: 0, whole: 0 }) ?? [sqlName(name)]
  })
  const query = `SELECT ${values.join(', ')} FROM (${select})`
  if (format === 'parquet') return copyToParquet(connection, query, path)
  const form = format.startsWith('csv') ? "FORMAT csv, HEADER true, NULLSTR ''" : 'FORMAT json'
  const packing = format.endsWith('.gz') ? 'gzip' : 'none'
  await connection.run(`COPY (${query}) TO ${sqlText(path)} (${form}, COMPRESSION ${packing})`)
}
