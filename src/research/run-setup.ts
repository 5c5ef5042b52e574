/**
 * A backtest as something that can be sent to worker threads: columns on shared memory, strategies by their addresses.
 *
 * Loads files of strategies where they are opened.
 */
import { pathToFileURL } from 'node:url'
import type { PreparedMarkets } from '../backtest/prepare.ts'
import type { BacktestRequest, BacktestSettings, StrategyChoice } from '../backtest/run.ts'
import type { MarketInput } from '../backtest/world.ts'
import { assert, InputError } from '../core/errors.ts'
import { intervalOf } from '../core/time.ts'
import type { VenueTrades } from '../sim/venue-bars.ts'
import { PAIRS, STRATEGIES } from '../strategy/list.ts'
import type { AnyStrategy } from '../strategy/pair.ts'
import type { Parameters, ParametersOf } from '../strategy/parameters.ts'

export type Params = ParametersOf<Parameters>

/** Plain data and shared columns; a structured clone of it copies no column. */
export interface RunSetup {
  readonly markets: readonly MarketInput[]
  readonly interval: string
  readonly instruments: BacktestRequest['prepared']['instruments']
  /** At least one. */
  readonly strategies: readonly StrategySetup[]
  readonly settings: BacktestSettings
}

export interface StrategySetup extends Pick<StrategyChoice, 'params' | 'symbols' | 'share' | 'hedge'> {
  readonly address: StrategyAddress
}

export interface StrategyAddress {
  readonly name: string
  /** Absolute; `null` for a strategy of the house. */
  readonly file: string | null
}

/** A strategy and the user's file that it comes from, absolute; `null` for one of the house. */
export type ChosenStrategy = StrategyChoice & { readonly file: string | null }

/** Copies every column once, to memory that threads share. */
export function shareSetup(
  prepared: Pick<PreparedMarkets, 'markets' | 'interval' | 'instruments'>,
  strategies: readonly ChosenStrategy[],
  settings: BacktestSettings,
): RunSetup {
  return {
    markets: prepared.markets.map(shared),
    interval: prepared.interval.name,
    instruments: prepared.instruments,
    strategies: strategies.map(({ definition: { name }, params, symbols, share, hedge, file }) => {
      return { address: { name, file }, params, symbols, share, hedge }
    }),
    settings,
  }
}

/** One of its strategies with the account to itself: on its own markets, without regimes and without a portfolio. */
export function aloneIn({ settings, ...setup }: RunSetup, strategy: StrategySetup): RunSetup {
  const { symbols, hedge } = strategy
  const { regimes: _, portfolio: __, manager: ___, universe: ____, ...own } = settings
  const hedges = typeof hedge === 'object' ? new Set(Object.values(hedge)) : undefined
  const markets = setup.markets.filter(
    ({ spec: { kind, symbol } }) =>
      (kind !== 'spot' || hedge === 'spot') &&
      (symbols === undefined || symbols.includes(symbol) || hedges?.has(symbol) === true),
  )
  return { ...setup, markets, strategies: [{ ...strategy, share: undefined }], settings: own }
}

function shared({ spec, bars, trades, marks, funding, basis }: MarketInput): MarketInput {
  const { mark } = bars
  return {
    spec,
    bars: { ...mapColumns(bars, sharedColumn), mark: mark && mapColumns(mark, sharedColumn) },
    ...(trades && { trades: sharedTrades(trades) }),
    ...(marks && { marks: mapColumns(marks, sharedColumn) }),
    funding: funding && mapColumns(funding, sharedColumn),
    ...(basis && { basis }),
  }
}

function sharedTrades(trades: VenueTrades): VenueTrades {
  const buyerIsMaker = new Uint8Array(new SharedArrayBuffer(trades.length))
  buyerIsMaker.set(trades.buyerIsMaker)
  return { ...mapColumns(trades, sharedColumn), buyerIsMaker }
}

/** The same object with every column of it put through `map`. */
export function mapColumns<T extends object>(columns: T, map: (column: Float64Array) => Float64Array): T {
  const mapped = Object.entries(columns).map(([name, value]: [string, unknown]) => [
    name,
    value instanceof Float64Array ? map(value) : value,
  ])
  return Object.fromEntries(mapped) as T
}

function sharedColumn(column: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(column.byteLength))
  copy.set(column)
  return copy
}

/** `query` is put behind the address of each file: another one is another instance of its module. */
export async function openStrategies({ strategies }: RunSetup, query = ''): Promise<readonly AnyStrategy[]> {
  return Promise.all(strategies.map(({ address }) => openStrategy(address, query)))
}

async function openStrategy({ name, file }: StrategyAddress, query: string): Promise<AnyStrategy> {
  if (file !== null) return ((await import(pathToFileURL(file).href + query)) as { readonly default: AnyStrategy }).default
  const house: readonly AnyStrategy[] = [...STRATEGIES, ...PAIRS]
  const found = house.find((strategy) => strategy.name === name)
  if (found === undefined) throw new InputError('unknown-strategy', `there is no strategy '${name}'`)
  return found
}

/**
 * What `runBacktest` takes, with `definitions` in the order of the setup's strategies; the manifest is left empty, because the
 * document of such a run goes nowhere.
 */
export function requestOf(
  setup: RunSetup,
  definitions: readonly AnyStrategy[],
  changed: {
    readonly markets?: readonly MarketInput[]
    /** Of the only strategy. */
    readonly params?: Params
    readonly settings?: BacktestSettings
    readonly observers?: BacktestRequest['observers']
  } = {},
): BacktestRequest {
  const { strategies } = setup
  assert(changed.params === undefined || strategies.length === 1, 'other parameters are those of a single strategy')
  return {
    prepared: {
      markets: changed.markets ?? setup.markets,
      interval: intervalOf(setup.interval),
      instruments: setup.instruments,
      warnings: [],
    },
    strategies: strategies.map(({ params, symbols, share, hedge }, i) => {
      return { definition: definitions[i], params: changed.params ?? params, sha256: null, symbols, share, hedge }
    }),
    settings: changed.settings ?? setup.settings,
    manifest: { code: { version: '', sha256: '' }, config: {}, data: [], runtime: '', synthetic: false },
    observers: changed.observers,
  }
}
