/**
 * A backtest as something that can be sent to worker threads: columns on shared memory, the strategy by its address.
 *
 * Loads the strategy's file where it is opened.
 */
import { pathToFileURL } from 'node:url'
import type { PreparedMarkets } from '../backtest/prepare.ts'
import type { BacktestRequest, BacktestSettings } from '../backtest/run.ts'
import type { MarketInput } from '../backtest/world.ts'
import { InputError } from '../core/errors.ts'
import { intervalOf } from '../core/time.ts'
import type { VenueTrades } from '../sim/venue-bars.ts'
import { STRATEGIES } from '../strategy/list.ts'
import type { Parameters, ParametersOf } from '../strategy/parameters.ts'
import type { StrategyDefinition } from '../strategy/strategy.ts'

export type Params = ParametersOf<Parameters>

/** Plain data and shared columns; a structured clone of it copies no column. */
export interface RunSetup {
  readonly markets: readonly MarketInput[]
  readonly interval: string
  readonly instruments: BacktestRequest['prepared']['instruments']
  readonly strategy: StrategyAddress
  readonly params: Params
  readonly settings: BacktestSettings
}

export interface StrategyAddress {
  readonly name: string
  /** Absolute; `null` for a strategy of the house. */
  readonly file: string | null
}

/** One strategy on its own, as sweeps and audits take it. */
export interface AuditedStrategy {
  readonly definition: StrategyDefinition
  readonly params: Params
  readonly sha256: string | null
}

/** Copies every column once, to memory that threads share. */
export function shareSetup(
  prepared: Pick<PreparedMarkets, 'markets' | 'interval' | 'instruments'>,
  { definition, params }: AuditedStrategy,
  file: string | null,
  settings: BacktestSettings,
): RunSetup {
  return {
    markets: prepared.markets.map(shared),
    interval: prepared.interval.name,
    instruments: prepared.instruments,
    strategy: { name: definition.name, file },
    params,
    settings,
  }
}

function shared({ spec, bars, trades, marks, funding }: MarketInput): MarketInput {
  const { mark } = bars
  return {
    spec,
    bars: { ...mapColumns(bars, sharedColumn), mark: mark && mapColumns(mark, sharedColumn) },
    ...(trades && { trades: sharedTrades(trades) }),
    ...(marks && { marks: mapColumns(marks, sharedColumn) }),
    funding: funding && mapColumns(funding, sharedColumn),
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

/** `query` is put behind the file's address: another one is another instance of its module. */
export async function openStrategy({ name, file }: StrategyAddress, query = ''): Promise<StrategyDefinition> {
  if (file !== null) return ((await import(pathToFileURL(file).href + query)) as { readonly default: StrategyDefinition }).default
  const found = STRATEGIES.find((strategy) => strategy.name === name)
  if (found === undefined) throw new InputError('unknown-strategy', `there is no strategy '${name}'`)
  return found
}

/** What `runBacktest` takes; the manifest is left empty, because the document of such a run goes nowhere. */
export function requestOf(
  setup: RunSetup,
  definition: StrategyDefinition,
  changed: {
    readonly markets?: readonly MarketInput[]
    readonly params?: Params
    readonly settings?: BacktestSettings
    readonly observers?: BacktestRequest['observers']
  } = {},
): BacktestRequest {
  return {
    prepared: {
      markets: changed.markets ?? setup.markets,
      interval: intervalOf(setup.interval),
      instruments: setup.instruments,
      warnings: [],
    },
    strategies: [{ definition, params: changed.params ?? setup.params, sha256: null }],
    settings: changed.settings ?? setup.settings,
    manifest: { code: { version: '', sha256: '' }, config: {}, data: [], runtime: '', synthetic: false },
    observers: changed.observers,
  }
}
