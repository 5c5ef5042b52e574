/**
 * A backtest's result to the places a user asked for: terminal, HTML, a folder with all of it.
 *
 * Writes files; never over one that is not an earlier report of ours.
 */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PreparedMarkets } from '../backtest/prepare.ts'
import { assumptionsOf } from '../backtest/run.ts'
import type { BacktestSettings } from '../backtest/run.ts'
import type { BacktestDocument } from '../backtest/result.ts'
import { InputError, OutsideError } from '../core/errors.ts'
import type { MetricResult } from '../math/metrics/compute.ts'
import type { CandleColumns, ReportSeries } from '../research/report/candles.ts'
import { writeWholeFile } from '../storage/whole-file.ts'
import type { Output } from './output.ts'
import { checkReportFile, writeReportFile } from './report-file.ts'

/** What `--out` writes. */
export const OUT_FILES = {
  report: 'report.json',
  page: 'report.html',
  manifest: 'manifest.json',
  metrics: 'metrics.json',
} as const

export async function printSummary(document: BacktestDocument, out: Output): Promise<void> {
  const { renderTerminal } = await import('../research/report/terminal.ts')
  out.print(renderTerminal(document, { width: out.width, color: out.color }))
}

/** Asked before the work: whether `--html FILE` may be written. @throws InputError */
export function checkPageFile(path: string): void {
  const where = { file: path }
  if (!/\.html?$/.test(path))
    throw new InputError('html-file-name', `--html ${path}: the name of a page must end in .html`, {
      where,
      next: 'Give such a name.',
    })
  const folder = dirname(path)
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new InputError('html-file-folder', `--html ${path}: there is no folder ${folder}`, {
      where,
      next: 'Create the folder, or name another file.',
    })
  if (existsSync(path) && !readFileSync(path, 'utf8').slice(0, 2_000).includes('content="AutoTrading '))
    throw new InputError(
      'html-file-not-ours',
      `--html ${path}: this file exists and is not a report of AutoTrading, so it is not replaced`,
      {
        where,
        next: 'Name another file, or remove this one yourself.',
      },
    )
}

/** Makes the folder of `--out` and asks for each file in it. @throws InputError, OutsideError */
export function checkOutFolder(folder: string): void {
  makeFolder(folder)
  checkReportFile(join(folder, OUT_FILES.report))
  checkReportFile(join(folder, OUT_FILES.manifest))
  checkReportFile(join(folder, OUT_FILES.metrics))
  checkPageFile(join(folder, OUT_FILES.page))
}

export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (cause) {
    throw new OutsideError('folder', `the folder ${folder} cannot be made`, {
      cause,
      where: { folder },
      next: 'Check its name and permissions.',
      retryable: false,
    })
  }
}

/** Every metric of the list, for `writePage`. Loads what computes them. */
export async function allMetrics(document: BacktestDocument, { riskFree }: BacktestSettings): Promise<readonly MetricResult[]> {
  const { metricsOf } = await import('../research/report/all-metrics.ts')
  return metricsOf(document, riskFree)
}

export async function writePage(
  path: string,
  document: BacktestDocument,
  prepared: PreparedMarkets,
  settings: BacktestSettings,
  metrics: readonly MetricResult[] = [],
): Promise<void> {
  const { renderHtml } = await import('../research/report/html.ts')
  const assumptions = assumptionsOf(settings, prepared.markets)
  const page = renderHtml(document, seriesOf(prepared), { assumptions, metrics })
  writePageText(path, page)
}

/** Whole or not at all. @throws OutsideError */
export function writePageText(path: string, page: string): void {
  try {
    writeWholeFile(path, page)
  } catch (cause) {
    throw new OutsideError('html-file-write', `--html ${path}: the page could not be written`, {
      cause,
      where: { file: path },
      next: 'Check the permissions and the space on that disk.',
      retryable: true,
    })
  }
}

/** The document, the page, the manifest by itself, and all metrics. */
export async function writeOutFolder(
  folder: string,
  document: BacktestDocument,
  prepared: PreparedMarkets,
  settings: BacktestSettings,
): Promise<void> {
  writeReportFile(join(folder, OUT_FILES.report), document)
  const manifest = { schema: 'autotrading.manifest/1', digest: document.digest, ...document.manifest } as const
  writeReportFile(join(folder, OUT_FILES.manifest), manifest)
  const metrics = await allMetrics(document, settings)
  const { metricsDocument } = await import('../research/report/all-metrics.ts')
  writeReportFile(join(folder, OUT_FILES.metrics), metricsDocument(document.digest, metrics))
  await writePage(join(folder, OUT_FILES.page), document, prepared, settings, metrics)
}

/** The decision bars as candles in quote units. */
function seriesOf({ symbols }: PreparedMarkets): ReportSeries {
  return {
    symbols: symbols.map(({ symbol, decisionInterval, table }): CandleColumns => {
      const { open, high, low, close, volume } = table
      const columns = {
        symbol,
        interval: (table.interval ?? decisionInterval).name,
        openTimeMs: table.openTime.map((time) => time / 1_000),
        open,
        high,
        low,
        close,
      }
      return volume === undefined ? columns : { ...columns, volume: volume.map((value) => (Number.isNaN(value) ? 0 : value)) }
    }),
  }
}
