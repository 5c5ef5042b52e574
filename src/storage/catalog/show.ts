/**
 * What a catalog holds, and what one of its series looks like.
 *
 * Reads the list, and of the series that is shown its partitions, in an engine with bounded memory.
 */
import { barEnd, fromMs, intervalOf } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import { sqlName, withReader } from '../parquet/duck-db.ts'
import type { Series } from './manifest.ts'
import { selectRows } from './query.ts'
import { LAYOUTS } from './series.ts'

export interface SeriesSummary {
  readonly rows: number
  /** Of the first and last row. */
  readonly firstMs: number
  readonly lastMs: number
  readonly partitions: number
  readonly bytes: number
  /** Places where bars are missing, and how many; undefined of kinds without a grid. */
  readonly gaps: number | undefined
  readonly missing: number | undefined
}

/** From the list alone. */
export function summarize({ partitions, interval }: Series): SeriesSummary {
  const sorted = partitions.toSorted((a, b) => (a.month < b.month ? -1 : 1))
  const sum = (of: (partition: Series['partitions'][number]) => number): number =>
    sorted.reduce((total, partition) => total + of(partition), 0)
  const [firstMs, lastMs] = [sorted[0].firstMs, sorted[sorted.length - 1].lastMs]
  const rows = sum((partition) => partition.rows)
  const base = { rows, firstMs, lastMs, partitions: sorted.length, bytes: sum(({ bytes }) => bytes) }
  if (interval === undefined) return { ...base, gaps: undefined, missing: undefined }
  const between = sorted.filter(
    ({ firstMs: first }, at) => at > 0 && barsBetween(sorted[at - 1].lastMs, first, interval) > 1,
  ).length
  const gaps = sum((partition) => partition.gaps ?? 0) + between
  return { ...base, gaps, missing: barsBetween(firstMs, lastMs, interval) + 1 - rows }
}

/** Steps of the interval from one open time to another. */
function barsBetween(firstMs: number, lastMs: number, name: string): number {
  const interval = intervalOf(name)
  if (name !== '1M') return Math.round(((lastMs - firstMs) * 1_000) / interval.length)
  let count = 0
  for (let time = fromMs(firstMs); time < fromMs(lastMs); time = barEnd(time, interval)) count += 1
  return count
}

export interface SeriesGap {
  /** Open time of the first bar that is missing, and of the first that is there again. */
  readonly fromMs: number
  readonly toMs: number
  readonly bars: number
}

export type ShownRow = Readonly<Record<string, string | number | boolean | null>>

export interface SeriesPicture {
  readonly gaps: readonly SeriesGap[]
  readonly firstRows: readonly ShownRow[]
  readonly lastRows: readonly ShownRow[]
  /** By name; decimals as texts, counts as numbers. */
  readonly statistics: ShownRow
}

/** `rows` first and last rows. */
export async function pictureOf(folder: string, series: Series, rows: number): Promise<SeriesPicture> {
  const select = await selectRows(folder, series, undefined, undefined)
  const columns = LAYOUTS[series.kind].columns.map(({ name }) => sqlName(name)).join(', ')
  return withReader(async (connection) => {
    const read = async (sql: string): Promise<readonly ShownRow[]> =>
      (await connection.runAndReadAll(sql)).getRowObjectsJS().map(plainRow)
    const [statistics] = await read(`SELECT ${STATISTICS[series.kind].join(', ')} FROM (${select})`)
    const last = await read(`SELECT ${columns} FROM (${select}) ORDER BY micros DESC LIMIT ${rows}`)
    return {
      gaps: await gapsOf(series, read, select),
      firstRows: await read(`SELECT ${columns} FROM (${select}) ORDER BY micros LIMIT ${rows}`),
      lastRows: last.toReversed(),
      statistics,
    }
  })
}

async function gapsOf(
  { interval }: Series,
  read: (sql: string) => Promise<readonly ShownRow[]>,
  select: string,
): Promise<readonly SeriesGap[]> {
  if (interval === undefined) return []
  const { length } = intervalOf(interval)
  const found = await read(
    `SELECT before::DOUBLE AS "from", time::DOUBLE AS "to" FROM (SELECT micros AS time, lag(micros) OVER (ORDER BY micros) AS before FROM (${select}))
     WHERE time - before > ${interval === '1M' ? 31 * 86_400_000_000 : length} ORDER BY time`,
  )
  return found.map(({ from, to }) => {
    const fromMs = barEnd(Number(from) as Micros, intervalOf(interval)) / 1_000
    const toMs = Number(to) / 1_000
    return { fromMs, toMs, bars: barsBetween(fromMs, toMs, interval) }
  })
}

const plainRow = (row: Readonly<Record<string, unknown>>): ShownRow =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? Number(value) : (value as string | number | boolean | null),
    ]),
  )

/** The text of the value that is least or largest as a number. */
const extreme = (pick: 'min' | 'max', column: string, name: string): string =>
  `arg_${pick}(${column}, CAST(${column} AS DOUBLE)) AS ${name}`
const PRICE_RANGE = [extreme('min', 'low', 'lowest'), extreme('max', 'high', 'highest')]
const TRADE_RANGE = [
  extreme('min', 'price', 'lowest'),
  extreme('max', 'price', 'highest'),
  extreme('max', 'quantity', '"largestQuantity"'),
  'count_if(is_buyer_maker)::DOUBLE AS "sellerTook"',
]
const STATISTICS: Readonly<Record<Series['kind'], readonly string[]>> = {
  klines: [...PRICE_RANGE, 'count_if(CAST(volume AS DOUBLE) = 0)::DOUBLE AS "withoutVolume"'],
  mark: PRICE_RANGE,
  funding: [
    extreme('min', 'rate', '"lowestRate"'),
    extreme('max', 'rate', '"highestRate"'),
    'avg(CAST(rate AS DOUBLE)) AS "meanRate"',
  ],
  trades: [...TRADE_RANGE, '(max(trade_id) - min(trade_id) + 1 - count(*))::DOUBLE AS "missingIds"'],
  aggTrades: [...TRADE_RANGE, '(max(agg_trade_id) - min(agg_trade_id) + 1 - count(*))::DOUBLE AS "missingIds"'],
}
