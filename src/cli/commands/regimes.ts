/** `regimes`: which regime each market was in at every bar, by the detector alone. Reads data files, writes a page on demand. */
import { resolve } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { defaultsOf } from '../../core/setting.ts'
import { barEnd, type Micros } from '../../core/time.ts'
import { barsOfInterval } from '../../research/regimes/regime-bars.ts'
import { REGIMES_SCHEMA, studyRegimes, type RegimesDocument, type RegimeStudy } from '../../research/regimes/study.ts'
import { REGIME_SETTINGS } from '../../strategy/regimes/detector.ts'
import { collect, loadMarkets, textOption } from '../backtest-options.ts'
import { checkPageFile, writePageText } from '../backtest-report.ts'
import type { CommandDefinition } from '../command.ts'

export const command: CommandDefinition = {
  examples: [
    'autotrading regimes --data data/BTCUSDT-1h.csv.gz',
    'autotrading regimes --data data --symbol BTCUSDT,ETHUSDT --interval 1h --from 2022-01-01 --html regimes.html --json regimes.json',
  ],
  configure: (cli) =>
    cli
      .requiredOption('--data <PATH>', 'file or folder with bars, repeatable', collect)
      .option('--symbol <S>', 'only these symbols, repeatable or separated by commas', collect)
      .option('--interval <I>', 'bars that the regimes are told on, like 1h')
      .option('--from <ISO>', 'first moment, like 2024-01-01')
      .option('--to <ISO>', 'first moment that is no longer part of it')
      .option('--html <FILE>', 'write the regimes as a page'),
  async run(options, io) {
    const page = textOption(options, 'html')
    const path = page === undefined ? undefined : resolve(io.cwd, page)
    if (path !== undefined) checkPageFile(path)
    const { prepared } = await loadMarkets(options, io, 1)
    const { interval } = prepared
    const settings = { ...defaultsOf(REGIME_SETTINGS), enabled: true }
    const seed = io.globals.seed ?? 1

    const progress = await io.out.progress('regimes', prepared.symbols.length)
    const studies: RegimeStudy[] = []
    for (const { symbol, table } of prepared.symbols) {
      progress.update(studies.length, symbol)
      const own = table.interval ?? interval
      const volume = table.volume ?? new Float64Array(table.length)
      const duration = (row: number): number => barEnd(table.openTime[row] as Micros, own) - table.openTime[row]
      const bars = barsOfInterval({ ...table, volume }, duration, interval)
      if (bars.length < 2)
        throw new InputError('regimes-too-short', `${symbol} has ${bars.length} whole bars of ${interval.name}`, {
          where: { symbol },
          next: 'Give a longer period, or a shorter --interval.',
        })
      studies.push(io.compute(() => studyRegimes({ symbol, bars, interval, settings, seed })))
    }
    progress.stop()

    const document: RegimesDocument = {
      schema: REGIMES_SCHEMA,
      interval: interval.name,
      seed,
      settings,
      markets: studies.map(({ market }) => market),
      warnings: prepared.warnings,
    }
    if (path !== undefined) {
      const { renderRegimesHtml } = await import('../../research/regimes/html.ts')
      writePageText(path, renderRegimesHtml({ studies, interval, version: io.version }))
    }
    io.out.document(document)
    if (io.globals.json !== true) {
      const { renderRegimes } = await import('../../research/regimes/terminal.ts')
      io.out.print(renderRegimes(studies, interval, { width: io.out.width, color: io.out.color }))
    }
    if (path !== undefined) io.out.note(`Written: ${path}`)
  },
}
