/** `data synth`: a synthetic market as files of bars, trades or order-book captures, with its statistics. */
import type { Command } from 'commander'
import { resolve } from 'node:path'
import { hint } from '../../core/did-you-mean.ts'
import { InputError } from '../../core/errors.ts'
import { formatUnits } from '../../core/exact.ts'
import { floorTo, formatMinute, intervalOf, MINUTE, parseTime, toMs } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import { compareWith } from '../../data/synth/compare.ts'
import { KINDS } from '../../data/synth/request.ts'
import type { Kind, SynthRequest } from '../../data/synth/request.ts'
import { FORMATS } from '../../data/synth/row-file.ts'
import type { Format } from '../../data/synth/row-file.ts'
import { statisticsTable } from '../../data/synth/statistics-table.ts'
import { synthesize, workOf } from '../../data/synth/synthesize.ts'
import { MADE_UP_SYMBOLS } from '../../sim/synthetic/character.ts'
import { FUNDING_HOURS } from '../../sim/synthetic/funding.ts'
import type { FundingHours } from '../../sim/synthetic/funding.ts'
import { collect, listOption, symbolsOf, textOption } from '../backtest-options.ts'
import type { Options } from '../backtest-options.ts'
import type { CommandDefinition, CommandIo } from '../command.ts'

const SEED = 1

export const command: CommandDefinition = {
  onInterrupt: 'finish',
  examples: [
    'autotrading data synth --kind bars --seed 7 --from 2024-01-01 --to 2024-07-01 --out made',
    'autotrading data synth --kind ticks --seed 7 --from 2024-01-01 --to 2024-01-02 --symbol BTCUSDT,ETHUSDT --out made',
    'autotrading data synth --kind bars --interval 1h --from 2022-01-01 --to 2024-01-01 --out made --compare my-data --json',
  ],
  configure: (cli: Command) =>
    cli
      .requiredOption('--kind <KIND>', 'bars (klines, mark prices, funding), ticks (trades) or depth (order-book captures)')
      .requiredOption('--from <ISO>', 'first moment, like 2024-01-01')
      .requiredOption('--to <ISO>', 'first moment that is no longer part of it')
      .requiredOption('--out <DIR>', 'folder for the files')
      .option('--symbol <S>', `names, repeatable or separated by commas (${MADE_UP_SYMBOLS.join(',')})`, collect)
      .option('--interval <I>', 'of the bars (1m)')
      .option('--format <F>', `${FORMATS.join(', ')} (csv.gz); depth is always jsonl.gz`)
      .option('--origin <ISO>', 'where the market begins, to write a later part of it (--from)')
      .option('--funding-hours <N|S=N>', 'hours between settlements, 8, 4 or 1, of all or of one symbol, repeatable (8)', collect)
      .option('--compare <PATH>', 'files of a real market to measure beside it, repeatable', collect),
  async run(options, io) {
    const request = requestOf(options, io)
    const { out } = io
    const paths = listOption(options, 'compare').map((path) => resolve(io.cwd, path))
    const real = paths.length === 0 ? undefined : await compareWith(paths, io.signal)
    const progress = await out.progress(`data synth ${request.kind}`, workOf(request))
    const result = await synthesize(request, { signal: io.signal, onProgress: progress.update }).finally(() => progress.stop())
    out.document({
      schema: 'autotrading.data-synth/1',
      synthetic: true,
      kind: request.kind,
      seed: request.seed,
      originMs: toMs(request.origin),
      fromMs: toMs(request.from),
      toMs: toMs(request.to),
      interval: request.kind === 'bars' ? request.interval.name : undefined,
      format: request.kind === 'depth' ? 'jsonl.gz' : request.format,
      out: request.out,
      files: result.files,
      symbols: result.symbols.map(({ tickDecimals, stepDecimals, ...symbol }) => ({
        ...symbol,
        tickSize: formatUnits(1, tickDecimals),
        stepSize: formatUnits(1, stepDecimals),
      })),
      correlations: result.correlations,
      compared: real,
    } as const)
    const rows = result.files.reduce((sum, file) => sum + file.rows, 0)
    const bytes = result.files.reduce((sum, file) => sum + file.bytes, 0)
    out.print(
      `SYNTHETIC ${request.kind} of ${request.symbols.join(', ')} from ${formatMinute(request.from)} to ${formatMinute(request.to)}, seed ${request.seed}: ${rows} rows in ${result.files.length} files, ${(bytes / 1e6).toFixed(1)} MB, in ${request.out}`,
    )
    out.print(statisticsTable(result, real))
  },
}

/** @throws InputError for anything that cannot be meant. */
function requestOf(options: Options, { globals, cwd }: Pick<CommandIo, 'globals' | 'cwd'>): SynthRequest {
  const kind = oneOf(options, 'kind', KINDS, 'bars') as Kind
  const [from, to] = [moment(options, 'from'), moment(options, 'to')]
  if (from === undefined || to === undefined || from >= to)
    throw new InputError('usage', `--from ${String(options['from'])} is not before --to ${String(options['to'])}`, {
      next: 'Exchange them.',
    })
  const origin = moment(options, 'origin') ?? from
  if (origin > from)
    throw new InputError('usage', `--origin ${String(options['origin'])} is after --from ${String(options['from'])}`, {
      next: 'The market has to begin before what is written of it.',
    })
  const interval = barInterval(options, kind)
  const symbols = checkedSymbols(symbolsOf(options) ?? MADE_UP_SYMBOLS)
  return {
    kind,
    seed: globals.seed ?? SEED,
    symbols,
    origin: floorTo(origin, MINUTE),
    from,
    to,
    interval,
    format: fileFormat(options, kind),
    fundingHours: fundingHoursOf(options, symbols),
    out: resolve(cwd, textOption(options, 'out') ?? '.'),
  }
}

function moment(options: Options, name: string): Micros | undefined {
  const text = textOption(options, name)
  return text === undefined ? undefined : parseTime(text, `--${name}`)
}

function barInterval(options: Options, kind: Kind): Interval {
  const text = textOption(options, 'interval')
  if (text !== undefined && kind !== 'bars')
    throw new InputError('usage', `--interval ${text} is of bars, and --kind is ${kind}`, { next: 'Leave it out.' })
  const interval = intervalOf(text ?? '1m')
  if (interval.length < MINUTE)
    throw new InputError(
      'usage',
      `--interval ${interval.name} is shorter than a minute, and bars of a synthetic market begin at 1m`,
      {
        next: 'Use --kind ticks for what happens within a minute.',
      },
    )
  return interval
}

/** `4` is of all symbols, `SYNBUSDT=4` of one. */
function fundingHoursOf(options: Options, symbols: readonly string[]): ReadonlyMap<string, FundingHours> {
  const found = new Map<string, FundingHours>()
  const items = listOption(options, 'fundingHours').flatMap((text) => text.split(','))
  for (const item of items.toSorted((a, b) => Number(a.includes('=')) - Number(b.includes('=')))) {
    const [text, symbol] = item.split('=').toReversed()
    const hours = FUNDING_HOURS.find((each) => String(each) === text)
    if (hours === undefined)
      throw new InputError(
        'usage',
        `--funding-hours is '${item}', it must be one of ${FUNDING_HOURS.join(', ')}, alone or after SYMBOL=`,
      )
    if (symbol !== undefined && !symbols.includes(symbol))
      throw new InputError('usage', `--funding-hours ${item}: ${symbol} is not among the symbols`, {
        next: hint(symbol, symbols),
      })
    for (const each of symbol === undefined ? symbols : [symbol]) found.set(each, hours)
  }
  return found
}

function fileFormat(options: Options, kind: Kind): Format {
  const text = textOption(options, 'format')
  if (text !== undefined && kind === 'depth')
    throw new InputError('usage', `--format ${text} is of bars and ticks, and --kind depth is always jsonl.gz`, {
      next: 'Leave it out.',
    })
  return oneOf(options, 'format', FORMATS, 'csv.gz') as Format
}

function oneOf(options: Options, name: string, known: readonly string[], fallback: string): string {
  const text = textOption(options, name) ?? fallback
  if (known.includes(text)) return text
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  throw new InputError('usage', `--${flag} is '${text}', which is not known`, { next: hint(text, known) })
}

/** Letters and digits, as in the names of files that can be read again. */
function checkedSymbols(symbols: readonly string[]): readonly string[] {
  const wrong = symbols.find((symbol) => !/^[A-Z0-9]{2,30}$/.test(symbol) || !/[A-Z]/.test(symbol))
  if (wrong !== undefined)
    throw new InputError('usage', `--symbol '${wrong}' is no name of a contract: capital letters and digits, like BTCUSDT`, {
      where: { value: wrong },
    })
  return [...new Set(symbols)]
}
