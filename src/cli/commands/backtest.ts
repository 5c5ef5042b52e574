/** `backtest`: a strategy over historical bars, to a summary, a JSON document, a page, or all of them in a folder. */
import { resolve } from 'node:path'
import { runBacktest } from '../../backtest/run.ts'
import type { BacktestRequest, BacktestResult } from '../../backtest/run.ts'
import { addDataOptions, addTradingOptions, listOption, loadMarkets, textOption, tradingFlags } from '../backtest-options.ts'
import { checkOutFolder, checkPageFile, printSummary, writeOutFolder, writePage } from '../backtest-report.ts'
import { codeIdentity, runtimeName } from '../code-identity.ts'
import type { CommandDefinition, CommandIo } from '../command.ts'
import { backtestSettings, loadConfiguration } from '../configuration.ts'
import { findStrategy, withParameters } from '../strategy-file.ts'

export const command: CommandDefinition = {
  examples: [
    'autotrading backtest --strategy trend-following --data data/BTCUSDT-1h.csv.gz',
    'autotrading backtest --strategy ./my-strategy.ts --data data --interval 1h --symbol BTCUSDT,ETHUSDT --from 2023-01-01 --out results',
    'autotrading backtest --strategy ema-cross --param fast=10 --param qty=0.1 --data data/BTCUSDT-1h.csv.gz --capital 100000 --json report.json',
  ],
  configure: (cli) =>
    addTradingOptions(addDataOptions(cli))
      .option('--html <FILE>', 'write the report as a page')
      .option('--out <DIR>', 'write report.json, report.html and manifest.json there'),
  async run(options, io) {
    const file = (name: string): string | undefined => {
      const path = textOption(options, name)
      return path === undefined ? undefined : resolve(io.cwd, path)
    }
    const [page, folder] = [file('html'), file('out')]
    if (page !== undefined) checkPageFile(page)

    const config = loadConfiguration(io, tradingFlags(options)).value
    const settings = backtestSettings(config)
    const strategy = withParameters(
      await findStrategy(textOption(options, 'strategy') ?? '', io.cwd),
      listOption(options, 'param'),
    )
    const { prepared, sources } = await loadMarkets(options, io, settings.leverage)
    if (folder !== undefined) checkOutFolder(folder)
    const manifest = { code: codeIdentity(io.version), config, data: sources, runtime: runtimeName(), synthetic: false }
    const { document } = await runWithProgress({ prepared, strategy, settings, manifest }, io)

    if (page !== undefined) await writePage(page, document, prepared, settings)
    if (folder !== undefined) await writeOutFolder(folder, document, prepared, settings)
    io.out.document(document)
    if (io.globals.json !== true) await printSummary(document, io.out)
    for (const path of [page, folder]) if (path !== undefined) io.out.note(`Written: ${path}`)
  },
}

/** @throws InputError as `runBacktest`. */
export async function runWithProgress(request: BacktestRequest, io: CommandIo): Promise<BacktestResult> {
  const progress = await io.out.progress('backtest', 100)
  try {
    return io.compute(() => runBacktest({ ...request, onProgress: (share) => progress.update(Math.floor(share * 100)) }))
  } finally {
    progress.stop()
  }
}
