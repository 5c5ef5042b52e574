/**
 * New rows of one series into its months: rows that are there already count once when they say the same, and are an `InputError`
 * when they do not. Gives the months that change as finished files; the catalog itself is not touched.
 *
 * Works in an engine of its own database file, so that memory stays bounded however long a month is.
 */
import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { intervalOf } from '../../core/time.ts'
import { sha256OfFile } from '../file-hash.ts'
import { shownTime } from '../market-data/symbol-and-interval.ts'
import { sqlName, sqlPath, sqlText } from '../parquet/duck-db.ts'
import type { Connection } from '../parquet/duck-db.ts'
import { parquetInfo } from '../parquet/read-parquet.ts'
import { copyToParquet } from '../parquet/write-parquet.ts'
import { decimalsOfText, DIGITS_MAX, originalText, reducedText, storedColumns, wholeDigitsOfText } from './digits.ts'
import type { Partition, Series } from './manifest.ts'
import { LAYOUTS, partitionPath, seriesName } from './series.ts'
import type { KindLayout, SeriesColumn, SeriesKey } from './series.ts'
import type { StagedSeries } from './stage-file.ts'

const ROWS_OF_ONE_THREAD = 500_000

export interface Source {
  readonly path: string
  readonly sha256: string
}

export interface MergeContext {
  readonly connection: Connection
  /** The catalog's folder. */
  readonly folder: string
  /** Where finished months are put. */
  readonly staging: string
  readonly source: Source
  /** A name for the next finished month, below `staging`. */
  readonly nextName: () => string
}

export interface Merged {
  /** Months that change, with the finished file of each, below `staging`. */
  readonly changed: readonly { readonly partition: Partition; readonly file: string }[]
  /** Rows that were not there before. */
  readonly added: number
}

/** `existing` is what the catalog holds of the series. */
export async function mergeSeries(context: MergeContext, staged: StagedSeries, existing: Series | undefined): Promise<Merged> {
  const { connection } = context
  const layout = LAYOUTS[staged.key.kind]
  // A second thread only costs where there is little to do.
  await connection.run(`SET threads = ${staged.rows < ROWS_OF_ONE_THREAD ? 1 : Math.min(4, availableParallelism())}`)
  await readIncoming(connection, staged, layout)
  const months = (await rowsOf(connection, 'SELECT DISTINCT month FROM incoming ORDER BY month')).map(([month]) => String(month))
  const olds = (existing?.partitions ?? []).filter(({ month }) => months.includes(month))
  await readExisting(context, layout, olds)
  await refuseDifferences(context, staged, layout)
  const news = await newRowsByMonth(connection, layout)
  await joinRows(connection, layout, olds.length > 0)
  if (olds.length > 0 && layout.micros === 'time_us') await refuseTimesAgainstIds(context, staged)
  const changed: { partition: Partition; file: string }[] = []
  let added = 0
  for (const stats of await monthStats(connection, layout, staged.key)) {
    const { rows: newRows, filled } = news.get(stats.month) ?? { rows: 0, filled: 0 }
    added += newRows
    if (newRows + filled === 0) continue
    const old = olds.find(({ month }) => month === stats.month)
    changed.push(await writeMonth(context, staged, layout, stats, old))
  }
  await connection.run(`DROP ${olds.length > 0 ? 'TABLE' : 'VIEW'} merged; DROP TABLE incoming; DROP TABLE existing`)
  return { changed, added }
}

const TYPES: Readonly<Record<SeriesColumn['kind'], string>> = { integer: 'BIGINT', decimal: 'VARCHAR', boolean: 'BIGINT' }

async function readIncoming(connection: Connection, { csv, columnsOf }: StagedSeries, layout: KindLayout): Promise<void> {
  const types = LAYOUTS[columnsOf].columns.map(({ name, kind }) => `${sqlText(name)}: '${TYPES[kind]}'`)
  const values = layout.columns.map(({ name, kind }) =>
    kind === 'boolean' ? `${sqlName(name)} = 1 AS ${sqlName(name)}` : sqlName(name),
  )
  await connection.run(
    `CREATE OR REPLACE TABLE incoming AS SELECT ${values.join(', ')}, ${layout.key} AS k, strftime(make_timestamp(${layout.micros}), '%Y-%m') AS month
     FROM read_csv(${sqlPath(csv)}, header = false, auto_detect = false, delim = ',', quote = '', escape = '', nullstr = '', columns = {${types.join(', ')}})`,
  )
}

async function readExisting({ connection, folder }: MergeContext, layout: KindLayout, olds: readonly Partition[]): Promise<void> {
  await connection.run('CREATE OR REPLACE TABLE existing AS SELECT * FROM incoming LIMIT 0')
  for (const { month, path } of olds) {
    const file = join(folder, path)
    const info = await parquetInfo(file)
    const columns = layout.columns.map((column) => `${originalText(info, column)} AS ${sqlName(column.name)}`)
    await connection.run(
      `INSERT INTO existing SELECT ${columns.join(', ')}, ${layout.key} AS k, ${sqlText(month)} AS month FROM read_parquet(${sqlPath(file)}, hive_partitioning = false)`,
    )
  }
}

/** Columns in which two records of one row must agree. */
const strictColumns = ({ columns, loose, key }: KindLayout): readonly SeriesColumn[] =>
  columns.filter(({ name }) => !loose.includes(name) && name !== key)

async function refuseDifferences({ connection, source }: MergeContext, { key }: StagedSeries, layout: KindLayout): Promise<void> {
  const strict = strictColumns(layout)
  const differs = strict.map(({ name, kind }) => {
    const [mine, theirs] = [`i.${sqlName(name)}`, `e.${sqlName(name)}`]
    // A field that one of the two left empty is no difference.
    return kind === 'decimal' ? `${reducedText(mine)} <> ${reducedText(theirs)}` : `${mine} <> ${theirs}`
  })
  const shown = strict.flatMap(({ name }) => [`CAST(i.${sqlName(name)} AS VARCHAR)`, `CAST(e.${sqlName(name)} AS VARCHAR)`])
  const [found] = await rowsOf(
    connection,
    `SELECT CAST(i.${layout.micros} AS DOUBLE), i.k::DOUBLE, ${differs.map((sql) => `coalesce(${sql}, false)`).join(', ')}, ${shown.join(', ')}
     FROM incoming i JOIN existing e USING (month, k) WHERE ${differs.map((sql) => `(${sql})`).join(' OR ')} ORDER BY i.k LIMIT 1`,
  )
  if (found === undefined) return
  const at = found.slice(2, 2 + strict.length).indexOf(true)
  const [value, other] = found.slice(2 + strict.length + 2 * at).map(String)
  const time = shownTime(Number(found[0]))
  const row = layout.micros === 'time_us' ? `trade ${String(found[1])}, of ${time},` : `row of ${time}`
  throw new InputError(
    'catalog-differs',
    `${source.path} and the catalog both have the ${row} of ${seriesName(key)}, but ${strict[at].name} is ${value} in the file and ${other} in the catalog`,
    {
      where: { file: source.path, time, column: strict[at].name, value, otherValue: other },
      next: 'Nothing of this file was imported. Keep the better of the two, or import the file into a catalog of its own.',
    },
  )
}

/** Trades that fit each for itself may not fit together: their times must follow their ids. */
async function refuseTimesAgainstIds({ connection, source }: MergeContext, { key }: StagedSeries): Promise<void> {
  const [found] = await rowsOf(
    connection,
    'SELECT k::DOUBLE, time_us::DOUBLE, before::DOUBLE FROM (SELECT k, time_us, lag(time_us) OVER (ORDER BY k) AS before FROM merged) WHERE time_us < before ORDER BY k LIMIT 1',
  )
  if (found === undefined) return
  const [id, time, before] = found.map(Number)
  throw new InputError(
    'catalog-differs',
    `${source.path} and the catalog do not fit together: the trade ${id} of ${seriesName(key)} is of ${shownTime(time)}, and one with a lower id of ${shownTime(before)}`,
    {
      where: { file: source.path, value: id },
      next: 'Nothing of this file was imported. Check that it is of this symbol and market.',
    },
  )
}

/** By month: rows that were not there, and rows in which an empty field gets a value. */
async function newRowsByMonth(
  connection: Connection,
  layout: KindLayout,
): Promise<ReadonlyMap<string, { readonly rows: number; readonly filled: number }>> {
  const fills = layout.columns.map(({ name }) => `(e.${sqlName(name)} IS NULL AND i.${sqlName(name)} IS NOT NULL)`)
  const rows = await rowsOf(
    connection,
    `SELECT i.month, count_if(e.k IS NULL)::DOUBLE, count_if(e.k IS NOT NULL AND (${fills.join(' OR ')}))::DOUBLE
     FROM incoming i LEFT JOIN existing e USING (month, k) GROUP BY i.month`,
  )
  return new Map(rows.map(([month, count, filled]) => [String(month), { rows: Number(count), filled: Number(filled) }]))
}

async function joinRows(connection: Connection, layout: KindLayout, join: boolean): Promise<void> {
  const columns = layout.columns.map(({ name }) => `coalesce(e.${sqlName(name)}, i.${sqlName(name)}) AS ${sqlName(name)}`)
  await connection.run(
    join
      ? `CREATE TABLE merged AS SELECT ${columns.join(', ')}, k, month FROM existing e FULL JOIN incoming i USING (month, k)`
      : 'CREATE VIEW merged AS SELECT * FROM incoming',
  )
}

interface MonthStats {
  readonly month: string
  readonly rows: number
  readonly firstMs: number
  readonly lastMs: number
  readonly gaps: number | null
  /** Of each column of decimals, in their order: fewest and most decimals, most digits before the point. */
  readonly digits: readonly number[]
}

const decimalColumns = ({ columns }: KindLayout): readonly SeriesColumn[] => columns.filter(({ kind }) => kind === 'decimal')

/** Bars further apart than this have something missing between them; undefined of kinds without a grid. Milliseconds. */
function lengthMs({ interval }: SeriesKey): number | undefined {
  if (interval === undefined) return undefined
  return interval === '1M' ? 31 * 86_400_000 : intervalOf(interval).length / 1_000
}

async function monthStats(connection: Connection, layout: KindLayout, key: SeriesKey): Promise<readonly MonthStats[]> {
  const length = lengthMs(key)
  const rowsFrom =
    length === undefined
      ? '(SELECT *, NULL AS gap FROM merged)'
      : `(SELECT *, k - lag(k) OVER (PARTITION BY month ORDER BY k) > ${length} AS gap FROM merged)`
  const digits = decimalColumns(layout).flatMap(({ name }) => [
    `coalesce(min(${decimalsOfText(sqlName(name))}) FILTER (${sqlName(name)} IS NOT NULL), 0)`,
    `coalesce(max(${decimalsOfText(sqlName(name))}) FILTER (${sqlName(name)} IS NOT NULL), 0)`,
    `coalesce(max(${wholeDigitsOfText(sqlName(name))}), 0)`,
  ])
  const rows = await rowsOf(
    connection,
    `SELECT month, count(*)::DOUBLE, min(${layout.micros})::DOUBLE, max(${layout.micros})::DOUBLE, count_if(gap)::DOUBLE, ${digits.map((sql) => `(${sql})::DOUBLE`).join(', ')}
     FROM ${rowsFrom} GROUP BY month ORDER BY month`,
  )
  return rows.map(([month, count, first, last, gaps, ...more]) => ({
    month: String(month),
    rows: Number(count),
    firstMs: Math.floor(Number(first) / 1_000),
    lastMs: Math.floor(Number(last) / 1_000),
    gaps: length === undefined ? null : Number(gaps),
    digits: more.map(Number),
  }))
}

async function writeMonth(
  { connection, staging, source, nextName }: MergeContext,
  { key }: StagedSeries,
  layout: KindLayout,
  { month, rows, firstMs, lastMs, gaps, digits }: MonthStats,
  old: Partition | undefined,
): Promise<{ readonly partition: Partition; readonly file: string }> {
  let decimal = 0
  const columns = layout.columns.flatMap(({ name, kind }) => {
    if (kind !== 'decimal') return [sqlName(name)]
    const [least, most, whole] = digits.slice(3 * decimal, 3 * decimal + 3)
    decimal += 1
    const stored = storedColumns(name, { least, most, whole })
    if (stored !== undefined) return stored
    throw new InputError(
      'too-many-digits',
      `${name} of ${seriesName(key)} in ${source.path} has values with ${whole} digits before and ${most} after the point in ${month}, together more than ${DIGITS_MAX}`,
      {
        where: { file: source.path, column: name },
        next: 'Round the column to what it can mean.',
      },
    )
  })
  const file = nextName()
  const target = join(staging, file)
  await copyToParquet(
    connection,
    `SELECT ${columns.join(', ')} FROM merged WHERE month = ${sqlText(month)}${old === undefined ? '' : ' ORDER BY k'}`,
    target,
  )
  const sources = [...new Set([...(old?.sources ?? []), source.sha256])].toSorted()
  const { size } = await stat(target)
  const path = partitionPath(key, month)
  return {
    file,
    partition: { month, path, rows, firstMs, lastMs, gaps, bytes: size, sha256: await sha256OfFile(target), sources },
  }
}

async function rowsOf(connection: Connection, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await connection.runAndReadAll(sql)).getRowsJS()
}
