/**
 * The options that every command over historical bars shares: what is read, what trading costs and may do; and the
 * markets that follow from them.
 *
 * Reads the data files.
 */
import type { Command } from 'commander'
import { resolve } from 'node:path'
import { prepareMarkets } from '../backtest/prepare.ts'
import type { PreparedMarkets } from '../backtest/prepare.ts'
import type { DataSource } from '../backtest/result.ts'
import type { ConfigFlag } from '../core/config.ts'
import { InputError } from '../core/errors.ts'
import { intervalOf, parseTime } from '../core/time.ts'
import { readBrackets } from '../storage/market-data/brackets.ts'
import { readExchangeInfo } from '../storage/market-data/exchange-info.ts'
import { loadMarketData } from '../storage/market-data/load.ts'
import type { MarketData } from '../storage/market-data/load.ts'
import type { BasisTerms } from '../sim/synthetic/basis.ts'
import type { CommandIo } from './command.ts'

export type Options = Readonly<Record<string, unknown>>

/** Which strategy, and over which bars. */
export const addDataOptions = (cli: Command): Command =>
  cli
    .option(
      '--strategy <NAME|FILE>',
      'a strategy of the house, or a file whose default export is one; else those of the configuration',
    )
    .requiredOption('--data <PATH>', 'file or folder with bars, repeatable', collect)
    .option('--param <k=v>', 'a parameter of the strategy, repeatable', collect)
    .option('--symbol <S>', 'only these symbols, repeatable or separated by commas', collect)
    .option('--interval <I>', 'bars on which the strategy decides, like 1h')
    .option('--fill-interval <I>', 'finer bars of the same folders that drive the venue')
    .option('--from <ISO>', 'first moment, like 2024-01-01')
    .option('--to <ISO>', 'first moment that is no longer part of it')
    .option('--mark <PATH>', 'mark prices, repeatable', collect)
    .option('--funding <PATH>', 'funding rates, repeatable', collect)
    .option('--spot <PATH>', 'spot bars, repeatable', collect)
    .option('--exchange-info <FILE>', 'an exchangeInfo document with the rules of the contracts')
    .option('--brackets <FILE>', 'a leverage-bracket document, repeatable for several dates', collect)
    .option('--memory-mb <N>', 'most memory that the data may take (4096, or 60 % of the machine)', memoryOf)

/** What trading costs and may do; each flag is one key of the configuration. */
export const addTradingOptions = (cli: Command): Command =>
  cli
    .option('--capital <AMOUNT>', 'capital at the start (10000)')
    .option('--leverage <N>', 'largest gross notional over equity (1)')
    .option('--maker-fee <RATE>', 'share of the notional (0.0002)')
    .option('--taker-fee <RATE>', 'share of the notional (0.0005)')
    .option('--slippage-bps <N>', 'basis points by which taker fills are worse (0)')
    .option('--latency-ms <N>', 'of orders, reports and data alike (0)')
    .option('--participation <SHARE|none>', "share of a bar's volume that orders may take (0.1)")

export function tradingFlags(options: Options): readonly ConfigFlag[] {
  const flag = (name: string, path: string): ConfigFlag => ({ flag: `--${name}`, path, value: options[camel(name)] })
  return [
    flag('capital', 'capital'),
    flag('leverage', 'risk.leverage.max'),
    flag('maker-fee', 'fees.maker'),
    flag('taker-fee', 'fees.taker'),
    flag('slippage-bps', 'slippageBps'),
    ...['orderMs', 'reportMs', 'dataMs'].map((key) => flag('latency-ms', `latency.${key}`)),
    flag('participation', 'participation'),
  ]
}

/** Spot pairs are wanted: from files, and where there are none from a basis of this kind. */
export interface SpotChoice {
  readonly basis: BasisTerms | undefined
  /** Only of these contracts; undefined is all. */
  readonly symbols: readonly string[] | undefined
}

export interface LoadedMarkets {
  readonly prepared: PreparedMarkets
  /** Every file that was read, for the manifest. */
  readonly sources: readonly DataSource[]
}

/** Reads what the options name. @throws InputError when anything is missing, damaged or contradictory. */
export async function loadMarkets(
  options: Options,
  io: Pick<CommandIo, 'cwd'>,
  leverage: number,
  spotTerms?: SpotChoice,
): Promise<LoadedMarkets> {
  const at = (path: string): string => (io.cwd === process.cwd() ? path : resolve(io.cwd, path))
  const files = (name: string): readonly string[] => listOption(options, name).map(at)
  const interval = (name: string): ReturnType<typeof intervalOf> | undefined => mapped(textOption(options, name), intervalOf)
  const [from, to] = [
    mapped(textOption(options, 'from'), (text) => parseTime(text, '--from')),
    mapped(textOption(options, 'to'), (text) => parseTime(text, '--to')),
  ]
  if (from !== undefined && to !== undefined && from >= to)
    throw new InputError('usage', `--from ${String(options['from'])} is not before --to ${String(options['to'])}`, {
      next: 'Exchange them.',
    })

  const exchangeInfo = await mapped(textOption(options, 'exchangeInfo'), (path) => readExchangeInfo(at(path)))
  const brackets = await Promise.all(files('brackets').map((path) => readBrackets(path)))
  const asked = { interval: interval('interval'), fillInterval: interval('fillInterval') }
  const data = await loadMarketData({
    ...asked,
    data: files('data'),
    mark: files('mark'),
    funding: files('funding'),
    spot: files('spot'),
    trades: 'named',
    symbols: symbolsOf(options),
    from,
    to,
    memoryLimitBytes: typeof options['memoryMb'] === 'number' ? options['memoryMb'] * 2 ** 20 : undefined,
  })
  const spot = spotTerms && { tables: data.spot, ...spotTerms }
  const prepared = prepareMarkets({ ...asked, data, exchangeInfo, brackets, leverage, ...(spot && { spot }) })
  return {
    prepared: { ...prepared, warnings: [...data.warnings, ...prepared.warnings] },
    sources: sourcesOf(data, exchangeInfo, brackets),
  }
}

interface RulesFile {
  readonly path: string
  readonly sha256: string
}

function sourcesOf(
  data: MarketData,
  exchangeInfo: (RulesFile & { readonly symbols: ArrayLike<unknown> | ReadonlyMap<string, unknown> }) | undefined,
  brackets: readonly (RulesFile & { readonly brackets: ReadonlyMap<string, unknown> })[],
): readonly DataSource[] {
  const size = (list: ArrayLike<unknown> | ReadonlyMap<string, unknown>): number => ('size' in list ? list.size : list.length)
  return [
    ...data.sources,
    ...(exchangeInfo === undefined
      ? []
      : [{ path: exchangeInfo.path, sha256: exchangeInfo.sha256, rows: size(exchangeInfo.symbols) }]),
    ...brackets.map(({ path, sha256, brackets: tables }) => ({ path, sha256, rows: tables.size })),
  ]
}

export function symbolsOf(options: Options): readonly string[] | undefined {
  const names = listOption(options, 'symbol')
    .flatMap((text) => text.split(','))
    .map((name) => name.trim().toUpperCase())
    .filter((name) => name !== '')
  return names.length === 0 ? undefined : [...new Set(names)]
}

export const textOption = (options: Options, name: string): string | undefined =>
  typeof options[name] === 'string' ? options[name] : undefined
export const listOption = (options: Options, name: string): readonly string[] =>
  Array.isArray(options[name]) ? (options[name] as readonly string[]) : []
const mapped = <T>(text: string | undefined, map: (text: string) => T): T | undefined =>
  text === undefined ? undefined : map(text)
export const collect = (value: string, before: unknown): readonly string[] => [
  ...(Array.isArray(before) ? (before as string[]) : []),
  value,
]
function memoryOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InputError('usage', `--memory-mb is '${text}', it must be a whole number of megabytes above 0`)
}
const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
