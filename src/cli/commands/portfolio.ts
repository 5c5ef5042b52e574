/**
 * `portfolio`: how markets move together, which weights each method would give them now, and where the risk is. Reads data
 * files and at most one report, writes a page on demand.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { PreparedMarkets } from '../../backtest/prepared-markets.ts'
import { InputError } from '../../core/errors.ts'
import { barEnd } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import { rateToFloat } from '../../core/exact.ts'
import type { Money } from '../../core/exact.ts'
import { bracketOf, Instrument } from '../../domain/instrument.ts'
import type { InstrumentSpec } from '../../domain/instrument.ts'
import { CORRELATION_MEASURES } from '../../portfolio/correlation-report.ts'
import type { CorrelationMeasure } from '../../portfolio/correlation-report.ts'
import { studyPortfolio } from '../../research/portfolio/study.ts'
import type { HeldPosition, StudiedMarket } from '../../research/portfolio/study.ts'
import { heldPositions } from '../../research/portfolio/run-positions.ts'
import { collect, loadMarkets, textOption } from '../backtest-options.ts'
import { checkPageFile, OUT_FILES, writePageText } from '../backtest-report.ts'
import type { CommandDefinition } from '../command.ts'
import { backtestSettings, loadConfiguration } from '../configuration.ts'

export const command: CommandDefinition = {
  examples: [
    'autotrading portfolio --data data --interval 1h --symbol BTCUSDT,ETHUSDT,XRPUSDT',
    'autotrading portfolio --data data --interval 1h --method kendall --run results --html portfolio.html --json portfolio.json',
  ],
  configure: (cli) =>
    cli
      .requiredOption('--data <PATH>', 'file or folder with bars, repeatable', collect)
      .option('--symbol <S>', 'only these symbols, repeatable or separated by commas', collect)
      .option('--interval <I>', 'bars to read, like 1h; returns are those of UTC days')
      .option('--from <ISO>', 'first moment, like 2024-01-01')
      .option('--to <ISO>', 'first moment that is no longer part of it')
      .option('--method <NAME>', `measure of correlation: ${CORRELATION_MEASURES.join(', ')}`)
      .option('--run <RUN>', 'a report.json, or a folder of `backtest --out`: where the risk of its last positions is')
      .option('--html <FILE>', 'write it as a page'),
  async run(options, io) {
    const page = textOption(options, 'html')
    const path = page === undefined ? undefined : resolve(io.cwd, page)
    if (path !== undefined) checkPageFile(path)
    const measure = measureOf(textOption(options, 'method'))
    const run = textOption(options, 'run')
    const held = run === undefined ? undefined : positionsOf(run, io.cwd)
    const { value: config } = loadConfiguration(io)
    const { leverage, account, portfolio, allocation, capital } = backtestSettings(config, io.cwd)
    const { prepared } = await loadMarkets(options, io, leverage)
    const gross = allocation.fraction * leverage
    const values = portfolio ?? raise()
    const found = io.compute(() =>
      studyPortfolio({
        markets: marketsOf(prepared, {
          capital: Number(capital),
          leverage: account?.leverage ?? 1,
          gross,
          largest: values.largest,
        }),
        values,
        measure,
        gross,
        held,
      }),
    )
    const document = { ...found, warnings: prepared.warnings }
    if (path !== undefined) {
      const { renderPortfolioHtml } = await import('../../research/portfolio/html.ts')
      writePageText(path, renderPortfolioHtml(document, io.version))
    }
    io.out.document(document)
    if (io.globals.json !== true) {
      const { renderPortfolio } = await import('../../research/portfolio/terminal.ts')
      io.out.print(renderPortfolio(document, { width: io.out.width, color: io.out.color }))
    }
    if (path !== undefined) io.out.note(`Written: ${path}`)
  },
}

function raise(): never {
  throw new InputError('portfolio-missing', 'the configuration has no section portfolio')
}

function measureOf(text: string | undefined): CorrelationMeasure {
  if (text === undefined) return 'shrunk'
  const found = CORRELATION_MEASURES.find((measure) => measure === text)
  if (found !== undefined) return found
  throw new InputError('usage', `--method is '${text}', it must be one of ${CORRELATION_MEASURES.join(', ')}`, {
    next: 'Leave it out for shrunk, which the optimiser uses.',
  })
}

interface Terms {
  readonly capital: number
  readonly leverage: number
  readonly gross: number
  readonly largest: number
}

function marketsOf(prepared: PreparedMarkets, { capital, leverage, gross, largest }: Terms): readonly StudiedMarket[] {
  const count = prepared.symbols.length
  return prepared.symbols.map(({ symbol, table, decisionInterval }, i) => {
    const { spec } = prepared.markets[i]
    const interval: Interval = table.interval ?? decisionInterval
    const ends = Float64Array.from(table.openTime.subarray(0, table.length), (time) => barEnd(time as Micros, interval))
    const closes = table.close.subarray(0, table.length)
    const notional = gross * Math.max(largest, 1 / count) * capital
    return {
      symbol,
      ends,
      closes,
      maintenanceRate: maintenanceRateOf(spec, notional),
      marginRate: 1 / Math.min(leverage, spec.brackets[0]?.maxLeverage ?? leverage),
      smallest: smallestOf(spec, closes[closes.length - 1], ends[ends.length - 1]) / capital,
    }
  })
}

/** Of the bracket in which a position of this notional is: never less than what it really needs. */
function maintenanceRateOf({ brackets, settle }: InstrumentSpec, notional: number): number {
  if (brackets.length === 0) return 0
  return rateToFloat(bracketOf(brackets, BigInt(Math.round(notional * 10 ** settle.scale)) as Money).rate)
}

function smallestOf(spec: InstrumentSpec, close: number, end: number): number {
  const instrument = new Instrument(spec, 0)
  const { minNotional = 0n, minQty = 0 } = instrument.rulesAt(end as Micros)
  return Math.max(Number(minNotional) / 10 ** spec.settle.scale, (minQty / 10 ** instrument.qtyScale) * close)
}

/** @throws InputError when there is no readable report. */
function positionsOf(name: string, cwd: string): readonly HeldPosition[] {
  const given = resolve(cwd, name)
  const file = existsSync(given) && statSync(given).isDirectory() ? join(given, OUT_FILES.report) : given
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new InputError('report-missing', `--run ${name}: there is no readable report`, {
      cause,
      where: { file },
      next: 'Check the path; `autotrading backtest --out DIR` writes one.',
    })
  }
  return heldPositions(text, name)
}
