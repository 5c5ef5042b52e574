/**
 * Bars out of the trades or finer bars of a series, into a file. Months are read one after the other.
 *
 * Reads the catalog's partitions through the readers of market data, writes one file, which appears whole or not at all.
 */
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { InputError } from '../../core/errors.ts'
import { formatUnits, parseDecimal } from '../../core/exact.ts'
import { DAY, intervalOf } from '../../core/time.ts'
import type { Interval } from '../../core/time.ts'
import { barsOfBars, barsOfTrades } from '../market-data/build-bars.ts'
import { cutKlines, OPTIONAL_COLUMNS, PRICE_COLUMNS } from '../market-data/kline-table.ts'
import type { KlineTable } from '../market-data/kline-table.ts'
import { readKlines } from '../market-data/read-klines.ts'
import { readTrades } from '../market-data/read-trades.ts'
import { cutTrades } from '../market-data/trade-table.ts'
import { notWritten, writeParquet } from '../parquet/write-parquet.ts'
import { exportFormat } from './export.ts'
import type { ExportRequest } from './export.ts'
import type { Partition } from './manifest.ts'
import { monthsWithin } from './query.ts'
import { seriesName } from './series.ts'

const NAMES = ['open_time_ms', 'open', 'high', 'low', 'close', 'volume', 'quote_volume', 'trades', 'taker_buy_base'] as const

/** Returns the bars written. Throws `InputError` when such bars cannot be built from the series. */
export async function exportBars(request: ExportRequest, interval: Interval): Promise<number> {
  const { series, from, to, path } = request
  refuseUnfit(request, interval)
  const months = monthsWithin(series, from, to)
  let rows = 0
  const tables = async function* (): AsyncGenerator<KlineTable> {
    for (const month of months) {
      const bars = await barsOfMonth(request, month, interval)
      rows += bars.length
      yield bars
    }
  }
  if (exportFormat(path) === 'parquet') {
    const columns = NAMES.map((name) => ({ name, type: name === 'open_time_ms' ? ('integer' as const) : ('double' as const) }))
    await writeParquet(path, columns, async (append) => {
      for await (const table of tables()) append(columnsOf(table), table.length)
    })
  } else await writeText(path, tables())
  if (rows > 0) return rows
  await rm(path, { force: true })
  throw new InputError('period-empty', `${seriesName(series)} has no rows in the period`, {
    where: { series: seriesName(series) },
    next: 'Change --from and --to.',
  })
}

function refuseUnfit({ series }: ExportRequest, interval: Interval): void {
  const own = series.interval === undefined ? undefined : intervalOf(series.interval)
  const fits =
    series.kind !== 'funding' &&
    DAY % interval.length === 0 &&
    (own === undefined || (interval.length > own.length && interval.length % own.length === 0))
  if (fits) return
  throw new InputError('bars-not-built', `bars of ${interval.name} cannot be built from ${seriesName(series)}`, {
    where: { series: seriesName(series), interval: interval.name },
    next: 'Take trades or finer bars, and an interval of at most a day.',
  })
}

/** No bar of a day or less reaches over the end of a month. */
async function barsOfMonth(
  { folder, series, from, to }: ExportRequest,
  month: Partition,
  interval: Interval,
): Promise<KlineTable> {
  const { kind, market, symbol } = series
  const path = join(folder, month.path)
  if (kind === 'trades' || kind === 'aggTrades') {
    const { table } = await readTrades({ path, market, symbol })
    return barsOfTrades(cutTrades(table, from, to), interval)
  }
  const own = series.interval === undefined ? undefined : intervalOf(series.interval)
  const { tables } = await readKlines({ path, market, symbol, kind: kind === 'mark' ? 'mark' : 'klines', interval: own })
  return barsOfBars(cutKlines(tables[0], from, to), interval)
}

const columnsOf = (table: KlineTable): readonly Float64Array[] => [
  table.openTime.map((time) => time / 1_000),
  ...PRICE_COLUMNS.map((name) => table[name]),
  ...OPTIONAL_COLUMNS.map((name) => table[name] ?? new Float64Array(table.length).fill(Number.NaN)),
]

async function writeText(path: string, tables: AsyncIterable<KlineTable>): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`
  const csv = path.toLowerCase().includes('.csv')
  const lines = async function* (): AsyncGenerator<string> {
    if (csv) yield `${NAMES.join(',')}\n`
    for await (const table of tables) {
      const columns = columnsOf(table)
      for (let row = 0; row < table.length; row += 1) {
        const texts = columns.map((column) => decimalOf(column[row]))
        yield csv
          ? `${texts.join(',')}\n`
          : `${JSON.stringify(Object.fromEntries(texts.map((text, at) => [NAMES[at], at === 0 ? Number(text) : text === '' ? null : text])))}\n`
      }
    }
  }
  try {
    const source = Readable.from(lines())
    const target = createWriteStream(draft)
    await (path.toLowerCase().endsWith('.gz') ? pipeline(source, createGzip(), target) : pipeline(source, target))
    await rename(draft, path)
  } catch (error) {
    throw error instanceof InputError ? error : notWritten(path, error)
  } finally {
    await rm(draft, { force: true })
  }
}

/** Without an exponent; an empty text for NaN. */
function decimalOf(value: number): string {
  if (Number.isNaN(value)) return ''
  const decimal = parseDecimal(String(value))
  return decimal === undefined ? '' : formatUnits(decimal.units, decimal.scale)
}
