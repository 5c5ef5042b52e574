/**
 * `backtest`: a strategy over historical bars, to a summary, a JSON document, a page, or all of them in a folder; on demand
 * with the journal of its events and a log of what it did.
 */
import { resolve } from 'node:path'
import { runBacktest } from '../../backtest/run.ts'
import type { BacktestRequest, BacktestResult } from '../../backtest/run.ts'
import type { BacktestDocument } from '../../backtest/result.ts'
import { checkJournalFile, RunJournal } from '../backtest-journal.ts'
import { checkLogFile, RunLog } from '../backtest-log.ts'
import { addDataOptions, addTradingOptions, loadMarkets, textOption, tradingFlags } from '../backtest-options.ts'
import { allMetrics, checkOutFolder, checkPageFile, printSummary, writeOutFolder, writePage } from '../backtest-report.ts'
import { codeIdentity, computingVersion, runtimeName } from '../code-identity.ts'
import type { CommandDefinition, CommandIo } from '../command.ts'
import { backtestSettings, loadConfiguration, withAnswerFiles } from '../configuration.ts'
import { recomputeWords } from '../recompute.ts'
import { chosenStrategies, spotChoice } from '../strategy-file.ts'

export const command: CommandDefinition = {
  examples: [
    'autotrading backtest --strategy trend-following --data data/BTCUSDT-1h.csv.gz',
    'autotrading backtest --strategy ./my-strategy.ts --data data --interval 1h --symbol BTCUSDT,ETHUSDT --from 2023-01-01 --out results',
    'autotrading backtest --strategy ema-cross --param fast=10 --param qty=0.1 --data data/BTCUSDT-1h.csv.gz --capital 100000 --json report.json',
    'autotrading backtest --strategy ema-cross --data data/BTCUSDT-1h.csv.gz --journal run.journal --log run.log',
  ],
  configure: (cli) =>
    addTradingOptions(addDataOptions(cli))
      .option('--html <FILE>', 'write the report as a page')
      .option('--out <DIR>', 'write report.json, report.html, manifest.json and metrics.json there')
      .option('--journal <FILE>', 'write every event there, and FILE.run.json beside it, for `replay`')
      .option('--log <FILE|->', 'write orders, fills, refusals and account entries as lines of JSON (-: to stderr)'),
  async run(options, io) {
    const file = (name: string): string | undefined => {
      const path = textOption(options, name)
      return path === undefined ? undefined : resolve(io.cwd, path)
    }
    const [page, folder, journalPath] = [file('html'), file('out'), file('journal')]
    const logPath = textOption(options, 'log') === '-' ? '-' : file('log')
    if (page !== undefined) checkPageFile(page)
    if (journalPath !== undefined) checkJournalFile(journalPath)
    if (logPath !== undefined && logPath !== '-') checkLogFile(logPath)

    const configuration = loadConfiguration(io, tradingFlags(options))
    const config = configuration.value
    const settings = withAnswerFiles(backtestSettings(config, io.cwd), io.globals.home, computingVersion)
    const strategies = await chosenStrategies(options, config, io.cwd)
    const { prepared, sources } = await loadMarkets(options, io, settings.leverage, spotChoice(strategies, config))
    if (folder !== undefined) checkOutFolder(folder)
    const command = recomputeWords('backtest', options, configuration)
    const manifest = { code: codeIdentity(io.version), config, data: sources, runtime: runtimeName(), synthetic: false, command }
    const journal =
      journalPath === undefined
        ? undefined
        : new RunJournal({
            path: journalPath,
            code: manifest.code,
            runtime: manifest.runtime,
            strategies,
          })
    const log = logPath === undefined ? undefined : new RunLog(logPath, io.globals)
    const request: BacktestRequest = {
      prepared,
      strategies,
      settings,
      manifest,
      journal: journal && ((kernel) => journal.open(kernel)),
      observers: log && ((kernel) => log.observers(kernel)),
    }
    const document = await runAndClose(request, { io, journal, log, bar: logPath !== '-' })

    if (page !== undefined) await writePage(page, document, prepared, settings, await allMetrics(document, settings))
    if (folder !== undefined) await writeOutFolder(folder, document, prepared, settings)
    io.out.document(document)
    if (io.globals.json !== true) await printSummary(document, io.out)
    const written = [page, folder, journalPath, ...(logPath === '-' ? [] : [logPath])]
    for (const path of written) if (path !== undefined) io.out.note(`Written: ${path}`)
    log?.confirm()
  },
}

interface Companions {
  readonly io: CommandIo
  readonly journal: RunJournal | undefined
  readonly log: RunLog | undefined
  /** A log on the terminal shows the progress itself, and a bar would be torn by its lines. */
  readonly bar: boolean
}

/** Whatever happens, what was written until then is in the files. */
async function runAndClose(request: BacktestRequest, { io, journal, log, bar }: Companions): Promise<BacktestDocument> {
  try {
    const { document } = bar ? await runWithProgress(request, io) : io.compute(() => runBacktest(request))
    journal?.close()
    journal?.finish(document.digest)
    return document
  } finally {
    journal?.close()
    log?.close()
  }
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
