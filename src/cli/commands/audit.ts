/** `audit`: whether strategies see the future, forget their beginning, decide alike twice, and bear a little noise. */
import { InputError } from '../../core/errors.ts'
import { audit } from '../../research/audit/audit.ts'
import type { AuditDocument } from '../../research/audit/verdict.ts'
import { auditText } from '../audit-text.ts'
import { addDataOptions, addTradingOptions, loadMarkets, textOption, tradingFlags } from '../backtest-options.ts'
import { codeIdentity, computingVersion, runtimeName } from '../code-identity.ts'
import type { CommandDefinition } from '../command.ts'
import { backtestSettings, loadConfiguration, withAnswerFiles } from '../configuration.ts'
import { Exit } from '../exit.ts'
import { chosenStrategies, spotChoice } from '../strategy-file.ts'

export const command: CommandDefinition = {
  examples: [
    'autotrading audit --strategy ./my-strategy.ts --data data/BTCUSDT-1h.csv.gz',
    'autotrading audit --strategy ./my-strategy.ts --data data --interval 1h --symbol BTCUSDT,ETHUSDT --quick --strict --json audit.json',
    'autotrading audit --config four-strategies.yaml --data data --interval 1h --quick',
    'autotrading audit --strategy ema-cross --param fast=10 --param qty=0.1 --data data/BTCUSDT-1h.csv.gz --seed 7',
  ],
  configure: (cli) =>
    addTradingOptions(addDataOptions(cli))
      .option('--quick', 'fewer moments and histories, for CI')
      .option('--strict', 'warnings count as failures')
      .option('--tolerance <SHARE>', 'share of the decisions that may change on slightly different data (0.2)'),
  async run(options, io) {
    const tolerance = toleranceOf(textOption(options, 'tolerance'))
    const config = loadConfiguration(io, tradingFlags(options)).value
    const settings = withAnswerFiles(backtestSettings(config, io.cwd), io.globals.home, computingVersion)
    const strategies = await chosenStrategies(options, config, io.cwd)
    const { prepared, sources } = await loadMarkets(options, io, settings.leverage, spotChoice(strategies, config))
    const progress = await io.out.progress('audit', 100)
    let document: AuditDocument
    try {
      document = await audit({
        prepared,
        strategies,
        settings,
        manifest: { code: codeIdentity(io.version), data: sources, runtime: runtimeName() },
        seed: settings.seed,
        quick: options['quick'] === true,
        strict: options['strict'] === true,
        tolerance,
        preload: [new URL('../self-import.ts', import.meta.url).href],
        onProgress: (done, total, part) => progress.update(Math.floor((100 * done) / total), part),
      })
    } finally {
      progress.stop()
    }
    io.out.document(document)
    io.out.print(auditText(document, io.out.color))
    return document.verdict === 'fail' ? Exit.wanting : Exit.done
  },
}

function toleranceOf(text: string | undefined): number {
  if (text === undefined) return 0.2
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1) return value
  throw new InputError('usage', `--tolerance is '${text}', it must be a share from 0 to 1`, { next: 'Write it like 0.2.' })
}
