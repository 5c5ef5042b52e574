/** `data list`, `data show`, `data export`: what is in the catalog, what one series looks like, and one out again. */
import type { Command } from 'commander'
import { resolve } from 'node:path'
import { formatMinute, formatTime, fromMs } from '../../core/time.ts'
import { exportBars } from '../../storage/catalog/export-bars.ts'
import { checkExportFile, exportSeries } from '../../storage/catalog/export.ts'
import type { Series } from '../../storage/catalog/manifest.ts'
import { chooseSeries, openCatalog } from '../../storage/catalog/query.ts'
import { seriesName } from '../../storage/catalog/series.ts'
import { pictureOf, summarize } from '../../storage/catalog/show.ts'
import type { ShownRow } from '../../storage/catalog/show.ts'
import { textOption } from '../backtest-options.ts'
import { summarizeDepth } from '../../storage/market-data/depth-summary.ts'
import type { CommandDefinition, CommandIo } from '../command.ts'
import { addSeriesOptions, alignedRows, catalogFolder, intervalOption, periodOption, seriesChoice } from '../data-options.ts'

const identity = ({ kind, market, symbol, interval }: Series) => ({ kind, market, symbol, interval: interval ?? null })

export const list: CommandDefinition = {
  examples: ['autotrading data list', 'autotrading data list --symbol BTCUSDT --json'],
  configure: (cli: Command) => addSeriesOptions(cli),
  async run(options, io) {
    const folder = catalogFolder(options, io)
    const { symbol, kind, interval, market } = seriesChoice(options)
    const { series } = await openCatalog(folder)
    const shown = series.filter(
      (one) =>
        (symbol === undefined || one.symbol === symbol) &&
        (kind === undefined || one.kind === kind) &&
        (interval === undefined || one.interval === interval) &&
        (market === undefined || one.market === market),
    )
    const rows = shown.map((one) => ({ ...identity(one), ...summarize(one) }))
    io.out.document({ schema: 'autotrading.data-list/1', catalog: folder, series: rows } as const)
    if (rows.length === 0) return io.out.print(`Nothing of that is in ${folder}.`)
    io.out.print(
      alignedRows([
        ['kind', 'symbol', 'interval', 'rows', 'from', 'to', 'gaps', 'missing', 'MB'],
        ...rows.map((row) => [
          row.market === 'spot' ? `spot ${row.kind}` : row.kind,
          row.symbol,
          row.interval ?? '',
          String(row.rows),
          formatMinute(fromMs(row.firstMs)),
          formatMinute(fromMs(row.lastMs)),
          String(row.gaps ?? ''),
          String(row.missing ?? ''),
          (row.bytes / 1e6).toFixed(1),
        ]),
      ]),
    )
  },
}

const GAPS_SHOWN = 20

export const show: CommandDefinition = {
  examples: [
    'autotrading data show --symbol BTCUSDT --interval 1h',
    'autotrading data show --symbol BTCUSDT --kind funding --json',
    'autotrading data show BTCUSDT-raw-2024-08-08.jsonl.gz',
  ],
  configure: (cli: Command) => addSeriesOptions(cli.argument('[FILE]', 'instead of a series, a recording of the order book')),
  async run(options, io) {
    const [file] = io.args
    if (typeof file === 'string') return showDepth(io.cwd === process.cwd() ? file : resolve(io.cwd, file), io)
    const folder = catalogFolder(options, io)
    const manifest = await openCatalog(folder)
    const series = chooseSeries(manifest, seriesChoice(options))
    const summary = summarize(series)
    const { gaps, firstRows, lastRows, statistics } = await pictureOf(folder, series, 3)
    const hashes = new Set(series.partitions.flatMap(({ sources }) => sources))
    const sources = manifest.files.filter(({ sha256 }) => hashes.has(sha256))
    io.out.document({
      schema: 'autotrading.data-show/1',
      catalog: folder,
      ...identity(series),
      ...summary,
      gaps,
      statistics,
      firstRows,
      lastRows,
      partitions: series.partitions,
      sources,
    } as const)
    io.out.print(
      `${seriesName(series)}: ${summary.rows} rows, ${time(summary.firstMs)} to ${time(summary.lastMs)}, ${summary.partitions} months`,
    )
    for (const { path, rows } of sources) io.out.print(`  from ${path} (${rows} rows)`)
    for (const [name, value] of Object.entries(statistics)) io.out.print(`  ${name}: ${String(value ?? 'none')}`)
    if (summary.missing !== undefined) io.out.print(`  missing: ${summary.missing} bars in ${gaps.length} gaps`)
    for (const { fromMs: from, toMs: to, bars } of gaps.slice(0, GAPS_SHOWN))
      io.out.print(`    ${time(from)} to ${time(to)}: ${bars}`)
    if (gaps.length > GAPS_SHOWN) io.out.print(`    ... and ${gaps.length - GAPS_SHOWN} more (--json lists all)`)
    io.out.print(rowTable(summary.rows > firstRows.length ? [...firstRows, undefined, ...lastRows] : firstRows))
  },
}

async function showDepth(path: string, io: CommandIo): Promise<void> {
  const { symbols, rows, messages, first, last, breaks, sha256 } = await summarizeDepth(path)
  const [firstMs, lastMs] = [first, last].map((micros) => (micros === undefined ? null : Math.floor(micros / 1_000)))
  io.out.document({ schema: 'autotrading.data-show/1', path, sha256, symbols, rows, messages, firstMs, lastMs, breaks } as const)
  const period = firstMs === null || lastMs === null ? '' : `, ${time(firstMs)} to ${time(lastMs)}`
  io.out.print(`${path}: ${symbols.join(', ') || 'no symbol'}, ${rows} rows${period}`)
  for (const [kind, count] of Object.entries(messages)) io.out.print(`  ${kind}: ${count}`)
  io.out.print(`  breaks in the sequence: ${breaks}`)
}

const time = (ms: number): string => formatTime(fromMs(ms))

function rowTable(rows: readonly (ShownRow | undefined)[]): string {
  const names = Object.keys(rows.find((row) => row !== undefined) ?? {})
  const text = (row: ShownRow | undefined, name: string): string => (row === undefined ? '...' : String(row[name] ?? ''))
  return alignedRows([names, ...rows.map((row) => names.map((name) => text(row, name)))])
}

export const exportCommand: CommandDefinition = {
  examples: [
    'autotrading data export --symbol BTCUSDT --interval 1h --from 2024-01-01 --to 2024-07-01 --out BTCUSDT-1h.csv.gz',
    'autotrading data export --symbol APEUSDT --kind aggTrades --bars 1m --out APEUSDT-1m.parquet',
  ],
  configure: (cli: Command) =>
    addSeriesOptions(cli)
      .requiredOption('--out <FILE>', 'the file to write: .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet')
      .option('--from <ISO>', 'first moment, like 2024-01-01')
      .option('--to <ISO>', 'first moment that is no longer part of it')
      .option('--bars <I>', 'bars of this interval, built from the trades or finer bars of the series'),
  async run(options, io) {
    const folder = catalogFolder(options, io)
    const path = resolve(io.cwd, textOption(options, 'out') ?? '')
    checkExportFile(path)
    const series = chooseSeries(await openCatalog(folder), seriesChoice(options))
    const bars = intervalOption(options, 'bars')
    const request = { folder, series, ...periodOption(options), path }
    const rows = bars === undefined ? await exportSeries(request) : await exportBars(request, bars)
    io.out.document({ schema: 'autotrading.data-export/1', catalog: folder, ...identity(series), path, rows } as const)
    const what = bars === undefined ? `rows of ${seriesName(series)}` : `bars of ${bars.name} built from ${seriesName(series)}`
    io.out.print(`${rows} ${what} are in ${path}.`)
  },
}
