/**
 * A series of the catalog as a table of SQL: its months one after the other, in the order of time, every field as its source
 * had it.
 *
 * Looks into the partitions' footers.
 */
import { join } from 'node:path'
import { hint } from '../../core/did-you-mean.ts'
import { InputError } from '../../core/errors.ts'
import type { Micros } from '../../core/time.ts'
import { sqlName, sqlPath } from '../parquet/duck-db.ts'
import { parquetInfo } from '../parquet/read-parquet.ts'
import { originalText } from './digits.ts'
import { MANIFEST_FILE, readManifest } from './manifest.ts'
import type { Manifest, Partition, Series } from './manifest.ts'
import { LAYOUTS, seriesName } from './series.ts'
import type { SeriesKind } from './series.ts'

/** Throws `InputError` when there is no catalog in the folder. */
export async function openCatalog(folder: string): Promise<Manifest> {
  const manifest = await readManifest(folder)
  if (manifest !== undefined) return manifest
  throw new InputError('no-catalog', `there is no catalog in ${folder} (no ${MANIFEST_FILE})`, {
    where: { path: folder },
    next: 'Import data with `autotrading data import PATH`, or name another folder with --catalog.',
  })
}

export interface SeriesChoice {
  readonly symbol: string | undefined
  readonly kind: SeriesKind | undefined
  readonly interval: string | undefined
  readonly market: 'perp' | 'spot' | undefined
}

/** The one series that fits. Throws `InputError` when none or several do. */
export function chooseSeries(manifest: Manifest, choice: SeriesChoice): Series {
  const fits = (series: Series): boolean =>
    (choice.symbol === undefined || series.symbol === choice.symbol) &&
    (choice.kind === undefined || series.kind === choice.kind) &&
    (choice.interval === undefined || series.interval === choice.interval) &&
    (choice.market === undefined || series.market === choice.market)
  const found = manifest.series.filter(fits)
  if (found.length === 1) return found[0]
  const names = found.map(seriesName)
  if (found.length > 1)
    throw new InputError(
      'many-series',
      `${found.length} series fit: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ` and ${names.length - 12} more` : ''}`,
      {
        where: { series: found.length },
        next: 'Choose one with --symbol, --kind, --interval, --market.',
      },
    )
  const symbols = [...new Set(manifest.series.map(({ symbol }) => symbol))]
  const own = manifest.series.filter(({ symbol }) => symbol === choice.symbol).map(seriesName)
  throw new InputError(
    'no-series',
    own.length > 0
      ? `no such series of ${String(choice.symbol)} is in the catalog; of it there are ${own.slice(0, 12).join(', ')}`
      : `${choice.symbol ?? 'such a series'} is not in the catalog`,
    {
      where: { symbol: choice.symbol ?? '' },
      next:
        own.length > 0
          ? 'Choose one of them.'
          : `${hint(choice.symbol ?? '', symbols)} 'autotrading data list' says what is there.`.trim(),
    },
  )
}

/** The months that can hold rows of [from, to). */
export function monthsWithin({ partitions }: Series, from: Micros | undefined, to: Micros | undefined): readonly Partition[] {
  return partitions.filter(
    ({ firstMs, lastMs }) => (from === undefined || lastMs * 1_000 + 999 >= from) && (to === undefined || firstMs * 1_000 < to),
  )
}

/** A SELECT of the columns of the series' layout and `micros`. Decimals are texts. */
export async function selectRows(
  folder: string,
  series: Series,
  from: Micros | undefined,
  to: Micros | undefined,
): Promise<string> {
  const layout = LAYOUTS[series.kind]
  const conditions = [
    ...(from === undefined ? [] : [`${layout.micros} >= ${from}`]),
    ...(to === undefined ? [] : [`${layout.micros} < ${to}`]),
  ]
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  const selects: string[] = []
  for (const { path } of monthsWithin(series, from, to)) {
    const file = join(folder, path)
    const info = await parquetInfo(file)
    const columns = layout.columns.map((column) => `${originalText(info, column)} AS ${sqlName(column.name)}`)
    selects.push(
      `SELECT ${columns.join(', ')}, ${layout.micros} AS micros FROM read_parquet(${sqlPath(file)}, hive_partitioning = false)${where}`,
    )
  }
  if (selects.length > 0) return selects.join(' UNION ALL ')
  throw new InputError('period-empty', `${seriesName(series)} has no rows in the period`, {
    where: { series: seriesName(series) },
    next: 'Change --from and --to.',
  })
}
