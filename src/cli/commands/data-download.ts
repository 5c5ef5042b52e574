/**
 * `data download`: market data of Binance USD-M futures from the public archive and by REST, into a folder that `--data` of a
 * backtest understands.
 */
import { relative, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { systemClock } from '../../core/clock.ts'
import { InputError, OutsideError } from '../../core/errors.ts'
import { createPrng } from '../../core/random.ts'
import { formatDuration, formatMinute, intervalOf, parseTime, toMs } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import { download } from '../../data/download/download.ts'
import type { DownloadPorts, DownloadProgress, DownloadRequest } from '../../data/download/download.ts'
import { KINDS, kindOf } from '../../data/download/kinds.ts'
import type { KindRules } from '../../data/download/kinds.ts'
import type { DownloadedFile, DownloadResult, FileState } from '../../data/download/result.ts'
import { seriesName } from '../../data/download/units.ts'
import { textOption } from '../backtest-options.ts'
import type { Options } from '../backtest-options.ts'
import type { CommandDefinition, CommandIo } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { interrupted } from '../output.ts'

const DEFAULT_KINDS = 'klines,mark,funding'
const SOURCES = ['auto', 'archive', 'rest'] as const

export const command: CommandDefinition = {
  examples: [
    'autotrading data download BTCUSDT,ETHUSDT --interval 1h --from 2023-01-01',
    'autotrading data download BTCUSDT --interval 1m,1h --from 2024-01-01 --to 2024-07-01 --kinds klines,mark,funding,metrics --out data',
    'autotrading data download SOLUSDT --interval 15m --from 2024-01-01 --source archive --verify --json',
  ],
  configure: (cli) =>
    cli
      .argument('<SYMBOLS...>', 'contracts like BTCUSDT, separated by commas or spaces')
      .requiredOption('--from <ISO>', 'first moment, like 2024-01-01')
      .option('--to <ISO>', 'first moment that is no longer part of it (now)')
      .option('--interval <I>', 'of klines and the like, several separated by commas, like 1m,1h')
      .option('--kinds <K>', `separated by commas (${DEFAULT_KINDS}): ${KINDS.map(({ name }) => name).join(', ')}`)
      .option('--source <S>', `auto: the archive, and by REST what it does not have (auto): ${SOURCES.join(', ')}`)
      .option('--out <DIR>', 'where the files go (./data)')
      .option('--verify', 'look again at files that are there: damaged here, or replaced in the archive')
      .option('--archive-url <URL>', 'the public archive, or a mirror of it')
      .option('--rest-url <URL>', 'the REST interface'),
  onInterrupt: 'finish',
  async run(options, io) {
    const request = requestOf(options, io)
    const view = await progressView(io)
    let result: DownloadResult
    try {
      result = await download(request, portsOf(io, view))
    } catch (error) {
      if (!io.signal.aborted) throw error
      view.stop()
      io.out.note('What was fetched is kept: the same command goes on from there.')
      throw interrupted()
    } finally {
      view.stop()
    }
    refuseNothing(request, result)
    const document = documentOf(request, result, io)
    io.out.document(document)
    io.out.print(textOf(request, result, document.use))
    tellFailures(result)
  },
}

// ---- What is asked for ---------------------------------------------------------------------------------------------------

function requestOf(options: Options, io: CommandIo): DownloadRequest {
  const flag = (name: string, path: string, key: string) => ({ flag: `--${name}`, path, value: textOption(options, key) })
  const config = loadConfiguration(io, [
    flag('archive-url', 'download.archiveUrl', 'archiveUrl'),
    flag('rest-url', 'download.restUrl', 'restUrl'),
  ]).value.download
  const from = parseTime(textOption(options, 'from') ?? '', '--from')
  const to = timeOption(options, 'to')
  if (to !== undefined && from >= to)
    throw new InputError('usage', `--from ${String(options['from'])} is not before --to ${String(options['to'])}`, {
      next: 'Exchange them.',
    })
  if (from >= systemClock.now())
    throw new InputError('usage', `--from ${String(options['from'])} lies in the future`, { next: 'Name an earlier moment.' })
  const kinds = [...new Set(listOf(textOption(options, 'kinds') ?? DEFAULT_KINDS).map(kindOf))]
  return {
    symbols: symbolsOf(io.args[0] as readonly string[]),
    kinds,
    intervals: intervalsOf(textOption(options, 'interval'), kinds),
    from,
    to,
    source: sourceOf(textOption(options, 'source') ?? 'auto'),
    folder: resolve(io.cwd, textOption(options, 'out') ?? 'data'),
    archiveUrl: config.archiveUrl.replace(/\/+$/, ''),
    restUrl: config.restUrl.replace(/\/+$/, ''),
    parallel: config.parallel,
    verify: options['verify'] === true,
  }
}

const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

function timeOption(options: Options, name: string): Micros | undefined {
  const text = textOption(options, name)
  return text === undefined ? undefined : parseTime(text, `--${name}`)
}

const SYMBOL = /^(?=.*[\p{Lu}\p{Lo}])[\p{Lu}\p{Lo}\d]{2,}(?:_\d{6})?$/u

function symbolsOf(words: readonly string[]): readonly string[] {
  const symbols = [...new Set(words.flatMap(listOf).map((word) => word.toUpperCase()))]
  if (symbols.length === 0) throw new InputError('usage', 'no symbol is named', { next: 'Name one, like BTCUSDT.' })
  for (const symbol of symbols) {
    if (/USD(_PERP|_\d{6})$/.test(symbol))
      throw new InputError('coin-margined', `${symbol} is a COIN-M contract, and only USD-M contracts are downloaded`, {
        where: { value: symbol },
        next: 'Use the USD-M contract of the same coin (BTCUSDT instead of BTCUSD_PERP).',
      })
    if (!SYMBOL.test(symbol))
      throw new InputError('symbol-unknown', `'${symbol}' is no name of a contract`, {
        where: { value: symbol },
        next: 'Write it like BTCUSDT.',
      })
  }
  return symbols
}

function intervalsOf(text: string | undefined, kinds: readonly KindRules[]): readonly Interval[] {
  const intervals = [...new Set(listOf(text ?? '').map(intervalOf))]
  const second = intervals.find(({ name }) => name === '1s')
  if (second !== undefined)
    throw new InputError('interval-unknown', 'the exchange has no futures bars of 1s', { next: 'The shortest is 1m.' })
  const needed = kinds.filter(({ perInterval }) => perInterval).map(({ name }) => name)
  if (intervals.length === 0 && needed.length > 0)
    throw new InputError('usage', `--interval is missing, and ${needed.join(' and ')} come in intervals`, {
      next: 'Give one, like --interval 1h.',
    })
  return intervals
}

function sourceOf(text: string): DownloadRequest['source'] {
  const source = SOURCES.find((name) => name === text)
  if (source !== undefined) return source
  throw new InputError('usage', `--source is '${text}', allowed are ${SOURCES.join(', ')}`, { where: { value: text } })
}

// ---- While it runs -------------------------------------------------------------------------------------------------------

interface ProgressView {
  update(progress: DownloadProgress): void
  wait(ms: number, reason: string): void
  stop(): void
}

/** Waits shorter than this are not worth a line of their own. */
const WAIT_TOLD_MS = 5_000

/** A bar on a terminal; long waits are told there and, as a line, elsewhere. */
async function progressView({ out }: CommandIo): Promise<ProgressView> {
  const bar = await out.progress('download', 1_000)
  let last: DownloadProgress = { filesDone: 0, files: 0, bytes: 0 }
  let toldUntil = 0 as Micros
  const show = (note: string): void => bar.update(Math.floor((last.filesDone / Math.max(1, last.files)) * 1_000), note)
  return {
    update(progress) {
      last = progress
      show(`${progress.filesDone}/${progress.files} files, ${megabytes(progress.bytes)}`)
    },
    wait(ms, reason) {
      const text = `waiting ${formatDuration(Math.ceil(ms / 1_000) * 1_000_000)}: ${reason}`
      show(text)
      // Files that wait at the same time wait for the same.
      const now = systemClock.now()
      if (ms < WAIT_TOLD_MS || now < toldUntil) return
      toldUntil = (now + ms * 1_000) as Micros
      out.note(text)
    },
    stop: () => bar.stop(),
  }
}

const portsOf = ({ out, env, signal, globals }: CommandIo, view: ProgressView): DownloadPorts => ({
  clock: systemClock,
  sleep: async (ms, signal) => {
    await setTimeout(ms, undefined, { signal })
  },
  // Programs that were refused together shall not come back together: without --seed each draws its own waits.
  prng: createPrng(globals.seed ?? systemClock.now()),
  signal,
  env,
  onProgress: (progress) => view.update(progress),
  onWait: (ms, reason) => view.wait(ms, reason),
  onWarning: (text) => out.warn(text),
})

// ---- What is told --------------------------------------------------------------------------------------------------------

function refuseNothing({ symbols, archiveUrl }: DownloadRequest, { series, failures }: DownloadResult): void {
  if (failures.length > 0 || series.some(({ files }) => files.length > 0)) return
  const reasons = [...new Set(series.flatMap(({ holes }) => holes.map(({ reason }) => reason)))]
  throw new InputError(
    'nothing-found',
    `nothing was found of ${symbols.join(', ')} in this period: ${reasons.join('; ') || 'no bar is over yet'}`,
    {
      where: { archive: archiveUrl },
      next: 'Check the symbols, the intervals and the period.',
    },
  )
}

function tellFailures({ failures }: DownloadResult): void {
  const [first] = failures
  if (first === undefined) return
  if (failures.length === 1) throw first.error
  throw new OutsideError(
    'download-incomplete',
    `${failures.length} files could not be had (${failures.map(({ path }) => path).join(', ')}), the first because: ${first.error.message}`,
    { ...(first.error.next === undefined ? {} : { next: first.error.next }), cause: first.error, retryable: true },
  )
}

const countOf = (result: DownloadResult, ...states: readonly FileState[]): readonly DownloadedFile[] =>
  result.series.flatMap(({ files }) => files.filter(({ state }) => states.includes(state)))

function documentOf(request: DownloadRequest, result: DownloadResult, io: CommandIo) {
  const { source, folder, from, to } = request
  return {
    schema: 'autotrading.data-download/1',
    out: folder,
    source,
    fromMs: toMs(from),
    toMs: to === undefined ? null : toMs(to),
    files: {
      downloaded: countOf(result, 'downloaded', 'grown', 'replaced', 'repaired').length,
      present: countOf(result, 'present').length,
      failed: result.failures.length,
      superseded: result.superseded,
    },
    bytes: result.bytes,
    series: result.series.map(({ series, files, holes }) => ({
      symbol: series.symbol,
      kind: series.kind.name,
      interval: series.interval?.name ?? null,
      files: files.map((file) => ({
        path: file.path,
        source: file.source,
        state: file.state,
        sha256: file.sha256,
        bytes: file.bytes,
        fromMs: toMs(file.from),
        toMs: toMs(file.to),
      })),
      holes: holes.map((hole) => ({ fromMs: toMs(hole.from), toMs: toMs(hole.to), reason: hole.reason })),
    })),
    failures: result.failures.map(({ path, error }) => ({ path, code: error.code, reason: error.message })),
    use: useOf(request, io),
  } as const
}

/** How to go on with what lies in the folder. */
function useOf({ folder, intervals, symbols, kinds, from, to }: DownloadRequest, { cwd }: CommandIo): readonly string[] {
  const shown = relative(cwd, folder)
  const path = shown === '' ? '.' : shown.startsWith('..') ? folder : shown
  const data = /[^\w./-]/.test(path) ? `'${path}'` : path
  const period = `--from ${timeText(from)}${to === undefined ? '' : ` --to ${timeText(to)}`}`
  const check = `autotrading data validate ${data}`
  if (!kinds.some(({ name }) => name === 'klines')) return [check]
  const [interval] = intervals
  return [
    `autotrading backtest --strategy trend-following --data ${data} --interval ${interval.name} --symbol ${symbols.join(',')} ${period}`,
    check,
  ]
}

/** `2024-01-01`, or `2024-01-01T13:00Z`. */
function timeText(time: Micros): string {
  const text = formatMinute(time)
  return text.endsWith(' 00:00') ? text.slice(0, 10) : `${text.replace(' ', 'T')}Z`
}

const HOLES_SHOWN = 5

function textOf(request: DownloadRequest, result: DownloadResult, use: readonly string[]): string {
  const lines: string[] = []
  for (const { series, files, holes } of result.series) {
    lines.push(`${seriesName(series)}: ${filesText(files)}`)
    for (const { from, to, reason } of holes.slice(0, HOLES_SHOWN))
      lines.push(`  hole from ${formatMinute(from)} to ${formatMinute(to)}: ${reason}`)
    if (holes.length > HOLES_SHOWN) lines.push(`  and ${holes.length - HOLES_SHOWN} more holes (--json lists them)`)
  }
  for (const [state, words] of [
    ['replaced', 'The archive has replaced'],
    ['repaired', 'Damaged here and fetched again'],
  ] as const)
    for (const { path } of countOf(result, state)) lines.push(`${words}: ${path}`)
  if (result.superseded.length > 0)
    lines.push(`Removed, because a file of the archive took their place: ${listText(result.superseded)}`)
  const fetched = countOf(result, 'downloaded', 'grown', 'replaced', 'repaired').length
  const present = countOf(result, 'present').length
  if (fetched > 0)
    lines.push(
      `${files(fetched)}, ${megabytes(result.bytes)} downloaded to ${request.folder}${present > 0 ? `; ${files(present)} were there` : ''}.`,
    )
  else if (result.failures.length === 0) lines.push(`Nothing to do: ${files(present)} were there already.`)
  return [...lines, ...use.map((line, i) => `${i === use.length - 1 ? 'Check' : 'Use'}:  ${line}`)].join('\n')
}

const files = (count: number): string => (count === 1 ? '1 file' : `${count} files`)

function listText(paths: readonly string[]): string {
  const shown = paths.slice(0, HOLES_SHOWN).join(', ')
  return paths.length > HOLES_SHOWN ? `${shown} and ${paths.length - HOLES_SHOWN} more` : shown
}

function filesText(found: readonly DownloadedFile[]): string {
  const [first, last] = [found.at(0), found.at(-1)]
  if (first === undefined || last === undefined) return 'nothing'
  const of = (source: DownloadedFile['source']): number => found.filter((file) => file.source === source).length
  const sources = [
    ...(of('archive') > 0 ? [`${of('archive')} from the archive`] : []),
    ...(of('rest') > 0 ? [`${of('rest')} by REST`] : []),
  ]
  return `${files(found.length)} (${sources.join(', ')}), ${formatMinute(first.from)} to ${formatMinute(last.to)}`
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1)} MB`
