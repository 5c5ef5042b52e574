/** `data import`: files and folders into the local catalog. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { importFiles } from '../../storage/catalog/import.ts'
import { seriesName } from '../../storage/catalog/series.ts'
import { scanPaths, skippedWarnings } from '../../storage/market-data/scan.ts'
import type { DataFile, SkippedFile } from '../../storage/market-data/scan.ts'
import { isCapture } from '../../storage/market-data/symbol-and-interval.ts'
import { textOption } from '../backtest-options.ts'
import type { CommandDefinition, CommandIo } from '../command.ts'
import { addCatalogOption, catalogFolder, intervalOption } from '../data-options.ts'
import { interrupted } from '../output.ts'

export const command: CommandDefinition = {
  examples: [
    'autotrading data import data/BTCUSDT-1h.csv.gz',
    'autotrading data import downloads --catalog /data/catalog --json',
  ],
  onInterrupt: 'finish',
  configure: (cli) =>
    addCatalogOption(cli.argument('<PATH...>', 'files and folders of market data'))
      .option('--symbol <S>', 'the symbol of files that do not tell it')
      .option('--interval <I>', 'the interval of files that do not tell it'),
  async run(options, io) {
    const folder = catalogFolder(options, io)
    const paths = (io.args[0] as readonly string[]).map((path) => (io.cwd === process.cwd() ? path : resolve(io.cwd, path)))
    const scan = await scanPaths({ data: paths, mark: [], funding: [], spot: [] })
    const { files, skipped } = importable(scan.files)
    for (const warning of [...scan.warnings, ...skippedWarnings(skipped)]) io.out.warn(warning)
    const known = [...scan.skipped, ...skipped].map(({ path, reason }) => ({ path, reason }))
    if (files.length === 0)
      throw new InputError('nothing-to-import', `there is nothing to import in ${paths.join(', ')}`, {
        where: { paths: paths.join(', ') },
        next: 'Name files or folders of bars, mark prices, funding or trades.',
      })
    const result = await withProgress(files, io, (onProgress) =>
      importFiles({
        folder,
        files,
        symbolFlag: textOption(options, 'symbol')?.trim().toUpperCase(),
        intervalFlag: intervalOption(options, 'interval'),
        onProgress,
      }),
    )
    for (const warning of result.warnings) io.out.warn(warning)
    const sum = (of: (file: (typeof result.files)[number]) => number): number =>
      result.files.reduce((total, file) => total + of(file), 0)
    const [added, rows] = [sum((file) => file.added), sum((file) => file.rows)]
    io.out.document({
      schema: 'autotrading.data-import/1',
      catalog: folder,
      rows,
      added,
      files: result.files.map(({ series, ...file }) => ({ ...file, series: series.map(seriesName) })),
      skipped: known,
      warnings: [...scan.warnings, ...skippedWarnings(skipped), ...result.warnings],
    } as const)
    for (const file of result.files.slice(0, LINES_MAX)) io.out.print(`${file.path}: ${said(file)}`)
    if (result.files.length > LINES_MAX) io.out.print(`... and ${result.files.length - LINES_MAX} more files`)
    io.out.print(
      added === 0 ? `Nothing new: all ${rows} rows are in ${folder} already.` : `${added} new rows of ${rows} are in ${folder}.`,
    )
  },
}

const LINES_MAX = 100

function said({ known, rows, added, partitions }: { known: boolean; rows: number; added: number; partitions: number }): string {
  if (known) return `imported before, ${rows} rows`
  if (partitions === 0) return `${rows} rows, all known`
  return `${rows} rows, ${added} of them new, ${partitions} ${partitions === 1 ? 'month' : 'months'} written`
}

/** Order books stay in their files, but for the trades of raw captures that are named. */
function importable(all: readonly DataFile[]): { readonly files: readonly DataFile[]; readonly skipped: readonly SkippedFile[] } {
  const files: DataFile[] = []
  const skipped: SkippedFile[] = []
  for (const file of all) {
    if (file.kind !== 'depth' || (file.named && isCapture(file.path))) files.push(file)
    else if (!file.named) skipped.push({ path: file.path, reason: 'order books, which stay in their files' })
    else
      throw new InputError(
        'depth-not-imported',
        `${file.path} holds an order book, and the catalog keeps bars, mark prices, funding and trades`,
        {
          where: { file: file.path },
          next: '`data show FILE` says what is in it; of raw captures (SYMBOL-raw-*.jsonl.gz) the trades can be imported.',
        },
      )
  }
  return { files, skipped }
}

async function withProgress<T>(
  files: readonly DataFile[],
  io: CommandIo,
  work: (onProgress: (file: DataFile, rows: number) => void) => Promise<T>,
): Promise<T> {
  const sizes = new Map<string, number>()
  for (const { path } of files) sizes.set(path, (await stat(path)).size)
  const progress = await io.out.progress(
    'import',
    [...sizes.values()].reduce((sum, size) => sum + size, 0),
  )
  let done = 0
  let current: DataFile | undefined
  try {
    return await work((file, rows) => {
      if (io.signal.aborted) throw interrupted()
      if (file !== current) {
        done += current === undefined ? 0 : (sizes.get(current.path) ?? 0)
        current = file
      }
      progress.update(done, `${file.path}${rows === 0 ? '' : `, ${rows} rows`}`)
    })
  } finally {
    progress.stop()
  }
}
