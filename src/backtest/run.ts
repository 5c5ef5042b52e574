/**
 * One backtest from prepared markets to its document: builds the world, runs it in slices, says what one should know of it.
 *
 * Synchronous and deterministic; whoever calls decides how interrupts are met.
 */
import { assert, InputError } from '../core/errors.ts'
import { formatRate, formatUnits, pow10Big, unitsOf } from '../core/exact.ts'
import type { Money } from '../core/exact.ts'
import { runIdOf } from '../core/ids.ts'
import { canonicalJson } from '../core/plain.ts'
import { formatDuration, formatMinute, intervalOf } from '../core/time.ts'
import type { Interval } from '../core/time.ts'
import type { Instrument } from '../domain/instrument.ts'
import { instrumentId } from '../domain/instrument.ts'
import type { OrderRequest } from '../domain/order.ts'
import { DecisionDigest } from '../kernel/decision-digest.ts'
import type { HedgeSpec, Kernel, KernelConfig, ManagerValues } from '../kernel/kernel.ts'
import type { Journal, Observer } from '../kernel/ports.ts'
import type { AllocationValues, PortfolioValues } from '../portfolio/settings.ts'
import type { SizingValues } from '../risk/position-sizer.ts'
import type { LimitValues } from '../risk/risk-controller.ts'
import type { FillModel } from '../sim/fill-model.ts'
import { typicalDelay } from '../sim/latency.ts'
import type { Delay } from '../sim/latency.ts'
import type { VenueBars } from '../sim/venue-bars.ts'
import type { VenueSwitches } from '../sim/venue-switches.ts'
import type { Parameters, ParametersOf } from '../strategy/parameters.ts'
import { isPair } from '../strategy/pair.ts'
import type { AnyStrategy } from '../strategy/pair.ts'
import type { UniverseValues } from '../strategy/universe.ts'
import type { RegimeValues } from '../strategy/regimes/settings.ts'
import { AttributionRecorder } from './attribution-recorder.ts'
import { documentOf, periodOf } from './document.ts'
import { modelDeskOf } from './models.ts'
import type { ModelSettings } from './models.ts'
import { actionWords } from './risk-actions.ts'
import { ordersLeft, Recorder } from './recorder.ts'
import type { Repeated } from './recorder.ts'
import type { PreparedMarkets } from './prepare.ts'
import type { BacktestDocument, Manifest, Summary } from './result.ts'
import { bookedBy, openPositions, summarise, summariseSymbol } from './summary.ts'
import type { FinishedRun } from './summary.ts'
import type { Delays } from './timeline.ts'
import { dataEnd, kernelConfigOf, SPOT_ACCOUNT, World } from './world.ts'
import type { AccountTerms, KernelParts, MarketInput, SpotAccountTerms } from './world.ts'

export interface StrategyChoice {
  readonly definition: AnyStrategy
  readonly params: ParametersOf<Parameters>
  /** Of the user's file; `null` for a strategy of the house. */
  readonly sha256: string | null
  /** Only these symbols; default all. */
  readonly symbols?: readonly string[] | undefined
  /** Its part of the capital, 0 to 1; default an equal one. */
  readonly share?: number | undefined
  /** What the second leg of a pair is: spot of the same symbol, or the perpetual that is named for each symbol. */
  readonly hedge?: Hedge | undefined
}

export type Hedge = 'spot' | Readonly<Record<string, string>>

export interface BacktestSettings {
  /** Decimal amount of the settlement asset. */
  readonly capital: string
  readonly seed: number
  readonly fills: FillModel
  readonly latency: Delays
  /** V9: absent leaves the exchange's defaults. */
  readonly account?: AccountTerms | undefined
  readonly switches?: Partial<VenueSwitches> | undefined
  readonly risk: LimitValues
  readonly allocation: AllocationValues
  /** How strategies that share an account get along. */
  readonly manager?: ManagerValues
  readonly portfolio?: PortfolioValues
  readonly sizing?: SizingValues
  readonly regimes?: RegimeValues
  readonly universe?: UniverseValues
  /** Of the account in which spot pairs are held. */
  readonly spot?: SpotAccountTerms
  /** How slow mathematics is computed; it changes no result. */
  readonly models?: ModelSettings
  /** Annual risk-free rate of Sharpe and Sortino. */
  readonly riskFree: number
}

export interface BacktestRequest {
  readonly prepared: Pick<PreparedMarkets, 'markets' | 'interval' | 'instruments' | 'warnings'>
  /** At least one. */
  readonly strategies: readonly StrategyChoice[]
  readonly settings: BacktestSettings
  /** What the run itself cannot know. */
  readonly manifest: Pick<Manifest, 'code' | 'config' | 'data' | 'runtime' | 'synthetic' | 'command'>
  /** Share of the time that is behind us, between slices. */
  readonly onProgress?: ((share: number) => void) | undefined
  /** Opened once nothing can be refused any more, by what a kernel needs to be made again. */
  readonly journal?: ((config: KernelConfig) => Journal) | undefined
  /** Who else looks on; every one of them costs a call an event. */
  readonly observers?: ((kernel: Kernel) => readonly Observer[]) | undefined
}

export interface BacktestResult {
  readonly document: BacktestDocument
  readonly world: World
}

/** Decimals of fee tiers in the settings. */
const TIER_SCALE = 8

/** Events between two reports of progress: about ten milliseconds. */
const SLICE = 50_000

/** A run that is over, and what its document is made of. */
interface Played {
  readonly world: World
  readonly run: FinishedRun
  readonly digest: string
  readonly markets: readonly MarketInput[]
  readonly bars: readonly VenueBars[]
  readonly attribution: AttributionRecorder
}

/** @throws InputError when capital or parameters make no run. */
export function runBacktest(request: BacktestRequest): BacktestResult {
  const played = play(request)
  return { document: documentOfPlayed(request, played), world: played.world }
}

/** The same run without its document, for those who run many and look at one. @throws InputError as `runBacktest`. */
export function runForSummary(request: BacktestRequest): { readonly digest: string; readonly summary: Summary } {
  const { run, digest } = play(request)
  return { digest, summary: summarise(run) }
}

function play(request: BacktestRequest): Played {
  const { prepared, strategies, settings, onProgress } = request
  const markets = prepared.markets.toSorted((a, b) => (instrumentId(a.spec) < instrumentId(b.spec) ? -1 : 1))
  const bars = markets.map((market) => market.bars)
  refuseEmpty(markets)
  for (const { definition, params } of strategies) {
    refuseUnfit(definition, params)
    refuseShortIntervals(definition, params, markets)
  }

  const capital = capitalOf(settings.capital, markets[0].spec.settle.scale)
  const { from, to } = periodOf(bars)
  const points = bars.reduce((most, { length }) => Math.max(most, length), 0)
  const parts = kernelPartsOf(markets, request)
  const observers: { digest?: DecisionDigest; recorder?: Recorder; attribution?: AttributionRecorder } = {}
  const world = new World({
    ...parts,
    capital,
    fills: inMoneyOf(settings.fills, markets[0].spec.settle.scale),
    latency: settings.latency,
    switches: settings.switches,
    modelDesk: settings.models && modelDeskOf(settings.models),
    ...(request.journal === undefined ? {} : { journal: request.journal(kernelConfigOf(parts)) }),
    observers: (kernel) => [
      (observers.digest = new DecisionDigest(kernel.instruments)),
      (observers.recorder = new Recorder(kernel, points)),
      (observers.attribution = new AttributionRecorder(kernel)),
      ...(request.observers?.(kernel) ?? []),
    ],
  })
  while (world.run(SLICE)) onProgress?.(to > from ? Math.max(0, Math.min(1, (world.timeline.now - from) / (to - from))) : 0)
  onProgress?.(1)

  const { digest, recorder, attribution } = observers
  assert(
    digest !== undefined && recorder !== undefined && attribution !== undefined,
    'a world asks for its observers when it is made',
  )
  attribution.finish()
  const { kernel } = world
  const run: FinishedRun = { kernel, recorder, capital, from, to, riskFree: settings.riskFree }
  return { world, run, digest: digest.hex(), markets, bars, attribution }
}

function documentOfPlayed(
  { prepared, strategies, settings, manifest }: BacktestRequest,
  { run, digest, markets, bars, attribution }: Played,
): BacktestDocument {
  return documentOf(run, {
    manifest: {
      ...manifest,
      ...strategyRows(strategies),
      instruments: prepared.instruments,
      seed: settings.seed,
    },
    digest,
    attribution: { recorder: attribution, names: strategies.map(({ definition: { name } }) => name) },
    bars: bars.reduce((sum, { length }) => sum + length, 0),
    columns: bars,
    symbols: run.kernel.instruments.map((instrument, i) => summariseSymbol(run, instrument, bars[i], prepared.interval.name)),
    warnings: [
      ...prepared.warnings,
      ...warningsOf(run, {
        markets,
        bars,
        trades: markets.map((market) => market.trades !== undefined),
        strategies,
        interval: prepared.interval,
        settings,
      }),
    ],
  })
}

/** Settings write the volumes of fee tiers with 8 decimals; an account may count in finer units. */
function inMoneyOf(fills: FillModel, scale: number): FillModel {
  const { tiers = [] } = fills
  if (tiers.length === 0 || scale === TIER_SCALE) return fills
  return { ...fills, tiers: tiers.map((tier) => ({ ...tier, volume: (tier.volume * pow10Big(scale - TIER_SCALE)) as Money })) }
}

/** What the world's kernel is made of: with it and the events the same decisions can be had again. */
function kernelPartsOf(markets: readonly MarketInput[], { prepared, strategies, settings }: BacktestRequest): KernelParts {
  const { seed, account, risk, allocation, manager, portfolio, sizing, regimes, universe, spot } = settings
  const named = strategies.map(({ definition: { name }, params, symbols, share }) => ({ name, params, symbols, share }))
  const identity = { strategies: named, seed, symbols: markets.map(({ spec }) => spec.symbol) }
  return {
    runId: runIdOf(canonicalJson(identity)),
    seed,
    markets,
    strategies: strategies.map(({ definition, params, symbols, share, hedge }) => {
      const spec = { definition, params, interval: prepared.interval, account: 0 }
      return {
        ...spec,
        ...(symbols && { symbols }),
        ...(share !== undefined && { share }),
        ...(hedge && { hedge: hedgeOf(hedge, markets) }),
      }
    }),
    account,
    risk,
    allocation,
    ...(manager && { manager }),
    ...(portfolio && { portfolio }),
    ...(sizing && { sizing }),
    ...(regimes && { regimes }),
    ...(universe && { universe }),
    ...(spot && { spot }),
  }
}

/** Ids of the second legs, by those of the first. */
function hedgeOf(hedge: Hedge, markets: readonly MarketInput[]): HedgeSpec {
  const account = hedge === 'spot' ? SPOT_ACCOUNT : 0
  const instruments = markets.flatMap(({ spec }) => {
    if (spec.kind === 'spot') return []
    const second = markets.find(({ spec: other }) =>
      hedge === 'spot'
        ? other.kind === 'spot' && other.symbol === spec.symbol
        : other.kind !== 'spot' && other.symbol === hedge[spec.symbol],
    )
    return second === undefined ? [] : [[instrumentId(spec), instrumentId(second.spec)] as const]
  })
  return { account, instruments: Object.fromEntries(instruments) }
}

/** One strategy under its own name, several under all of theirs. */
export function strategyRows(strategies: readonly StrategyChoice[]): Pick<Manifest, 'strategy' | 'strategies'> {
  const rows = strategies.map(({ definition: { name }, params, sha256, symbols, share }) => ({
    name,
    params,
    sha256,
    ...(symbols && { symbols }),
    ...(share !== undefined && { share }),
  }))
  const [{ name, params, sha256 }] = rows
  if (rows.length === 1) return { strategy: { name, params, sha256 }, strategies: rows }
  return { strategy: { name: rows.map((row) => row.name).join(' + '), params: {}, sha256: null }, strategies: rows }
}

/** @throws InputError when the strategy complains about parameters that do not fit together. */
export function refuseUnfit(definition: AnyStrategy, params: ParametersOf<Parameters>): void {
  const complaint = definition.check?.(params)
  if (complaint === undefined) return
  throw new InputError('bad-parameters', `the parameters of ${definition.name} do not fit together: ${complaint}`, {
    next: 'Change them with --param.',
  })
}

/** A bar cannot be built from rows that are longer than itself. */
function refuseShortIntervals(definition: AnyStrategy, params: ParametersOf<Parameters>, markets: readonly MarketInput[]): void {
  const wanted = (isPair(definition) ? [] : (definition.intervals?.(params) ?? [])).map((name) => intervalOf(name))
  for (const { spec, bars } of markets) {
    const longest = bars.duration.reduce((most, each) => Math.max(most, each), 0)
    const short = wanted.find(({ length }) => length < longest)
    if (short !== undefined)
      throw new InputError(
        'interval-too-short',
        `${definition.name} asks for bars of ${short.name}, and the data of ${spec.symbol} have rows of ${formatDuration(longest)}`,
        {
          next: `Give data of ${short.name} or finer with --data and --fill-interval.`,
        },
      )
  }
}

function refuseEmpty(markets: readonly MarketInput[]): void {
  const empty = markets.find(({ bars }) => bars.length === 0)
  if (markets.length > 0 && empty === undefined) return
  throw new InputError(
    'no-bars',
    empty === undefined ? 'there is no market to run on' : `there are no bars of ${empty.spec.symbol}`,
    {
      next: 'Name files with bars of that time by --data, --from and --to.',
    },
  )
}

function capitalOf(text: string, scale: number): Money {
  const capital = unitsOf(text, scale, 'capital')
  if (capital <= 0n) throw new InputError('capital', `capital is ${text}, it must be above 0`, { next: 'Set it with --capital.' })
  return capital as Money
}

interface Context {
  readonly markets: readonly MarketInput[]
  readonly bars: readonly VenueBars[]
  /** Which markets trades drive. */
  readonly trades: readonly boolean[]
  readonly strategies: readonly StrategyChoice[]
  readonly interval: Interval
  readonly settings: BacktestSettings
}

/** In the order in which they matter to a reader; the same run gives the same list. */
function warningsOf(run: FinishedRun, context: Context): readonly string[] {
  const { kernel, recorder } = run
  const symbolOf = (index: number): string => kernel.instruments[index].label
  return [
    ...shortData(run, context),
    ...earlyEnds(run, context),
    ...liquidations(run),
    ...recorder.refusals.map((refusal) => {
      const { order, text } = refusal.first
      return `${refusal.what in context.settings.risk ? 'risk.' : ''}${refusal.what} refused ${times(refusal, 'order')}, ${theFirst(refusal)}, ${orderText(order, kernel.instruments)}: ${text}.`
    }),
    ...recorder.rejections.map(
      (rejection) =>
        `The venue rejected ${times(rejection, 'request')} (${rejection.what}), ${theFirst(rejection)}, in ${symbolOf(rejection.first.instrument)}.`,
    ),
    ...partialFills(run, context),
    ...riskActions(run),
    ...recorder.notes.map((note) => `${note.what}${note.count > 1 ? ` (${note.count} times)` : ''}, ${theFirst(note)}.`),
    ...leftOrders(run, context),
    ...openPositions(run).map(
      ({ symbol, side, qty, markPrice }) =>
        `${symbol}: ${side} ${qty} is still open at the end; it is marked at the last close ${markPrice} and not counted as a trade.`,
    ),
  ]
}

/** Warnings are read one by one; the document has all. */
const ACTIONS_TOLD = 6

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
const times = <T>({ count }: Repeated<T>, noun: string): string => plural(count, noun)
const theFirst = <T>({ count, firstTime }: Repeated<T>): string =>
  `${count === 1 ? 'at' : 'the first at'} ${formatMinute(firstTime)}`

function orderText({ instrument, side, qty, reason }: OrderRequest, instruments: readonly Instrument[]): string {
  const { label: symbol } = instruments[instrument]
  return `${symbol} ${side} ${instruments[instrument].formatQty(qty)} (${reason})`
}

function shortData(run: FinishedRun, context: Context): readonly string[] {
  return context.strategies.flatMap((strategy) => shortFor(strategy, run, context))
}

/** Contracts that were over before the run was. */
function earlyEnds({ kernel }: FinishedRun, { markets }: Context): readonly string[] {
  return markets.flatMap((market, i) => {
    const end = market.spec.expiresAt === undefined ? dataEnd(market, markets) : undefined
    return end === undefined
      ? []
      : [
          `The data of ${kernel.instruments[i].label} end at ${formatMinute(end)}, before others: what was held of it was settled at its last price.`,
        ]
  })
}

function shortFor(
  { definition, params, symbols }: StrategyChoice,
  { kernel }: FinishedRun,
  { bars, interval }: Context,
): readonly string[] {
  const warmUp = definition.warmUp(params)
  return kernel.instruments.flatMap(({ symbol, kind }, i) => {
    if (kind === 'spot' || (symbols !== undefined && !symbols.includes(symbol))) return []
    const { openTime, duration, length } = bars[i]
    const span = openTime[length - 1] + duration[length - 1] - openTime[0]
    const count = duration[0] === interval.length ? length : Math.floor(span / interval.length)
    return count > warmUp
      ? []
      : [
          `${symbol} has ${plural(count, 'bar')} of ${interval.name}, and ${definition.name} needs ${warmUp} before its first decision: it never decided.`,
        ]
  })
}

function riskActions({ recorder }: FinishedRun): readonly string[] {
  const { actions } = recorder.limits
  return actions
    .slice(0, ACTIONS_TOLD)
    .map((action) => `At ${formatMinute(action.time)} ${action.text}: ${actionWords(action)}.`)
    .concat(
      actions.length > ACTIONS_TOLD ? [`${plural(actions.length - ACTIONS_TOLD, 'more change')} of the drawdown's level.`] : [],
    )
}

function liquidations({ kernel, recorder }: FinishedRun): readonly string[] {
  const forced = recorder.fills.filter(({ reason }) => reason === 'liquidation')
  if (forced.length === 0) return []
  const [{ instrument, side, qty, price, exchangeTime }] = forced
  const { label: symbol } = kernel.instruments[instrument]
  const held = `${side === 'sell' ? 'long' : 'short'} ${kernel.instruments[instrument].formatQty(qty)}`
  const { settle } = kernel.instruments[instrument]
  const cover = bookedBy(kernel, 'insurance-cover', settle.name)
  return [
    `${plural(forced.length, 'position')} ${forced.length === 1 ? 'was' : 'were'} liquidated, ${forced.length === 1 ? '' : 'the first '}${symbol} ${held} at ${kernel.instruments[instrument].formatPrice(price)} on ${formatMinute(exchangeTime)}.`,
    ...(cover === 0n
      ? []
      : [`The insurance fund covered ${formatUnits(cover, settle.scale)} ${settle.name} that the account could not pay.`]),
  ]
}

function partialFills({ kernel, recorder }: FinishedRun, { settings, trades }: Context): readonly string[] {
  const { partialFills: partial } = recorder
  if (partial === undefined || settings.fills.participation === undefined) return []
  const { label: symbol } = kernel.instruments[partial.first.instrument]
  const what = trades[partial.first.instrument] ? 'trade' : 'bar'
  return [
    `${plural(partial.count, 'fill')} ${partial.count === 1 ? 'was' : 'were'} cut to ${settings.fills.participation * 100} % of the ${what}'s volume, ${theFirst(partial)} in ${symbol}; the rest went on at the next ${what} (--participation).`,
  ]
}

/** Orders for which no further bar came. */
function leftOrders({ kernel }: FinishedRun, { bars, settings }: Context): readonly string[] {
  return ordersLeft(kernel).map(({ request, filled }) => {
    const { instrument, qty, decidedAt } = request
    const text = orderText(request, kernel.instruments)
    if (request.type !== 'market')
      return `The ${request.type} order ${text} of ${formatMinute(decidedAt)} was still open at the end.`
    if (filled > 0)
      return `Of the order ${text} of ${formatMinute(decidedAt)} only ${kernel.instruments[instrument].formatQty(filled as typeof qty)} was filled when the data ended; the rest was dropped.`
    const { openTime, duration, length } = bars[instrument]
    const lastClose = openTime[length - 1] + duration[length - 1] + typicalDelay(settings.latency.data)
    if (decidedAt >= lastClose) return `The order decided on the last bar was dropped: ${text} at ${formatMinute(decidedAt)}.`
    return `The order ${text} of ${formatMinute(decidedAt)} found no fill before the data ended and was dropped.`
  })
}

/** What every run takes for granted, one sentence each, for the report. */
export function assumptionsOf(
  { fills, latency, account, switches }: BacktestSettings,
  markets: readonly Pick<MarketInput, 'trades'>[] = [],
): readonly string[] {
  const ms = (delay: Delay): string =>
    typeof delay === 'number' ? `${delay / 1_000} ms` : `${typicalDelay(delay) / 1_000} ms in the middle of its distribution`
  const driver = markets.length > 0 && markets.every(({ trades }) => trades !== undefined) ? 'trade' : 'bar'
  return [
    driver === 'trade'
      ? 'Orders fill at trades only, from the next trade after they arrive, at the worse of its price and the last price paid on their side; decisions are made on bars built from the same trades.'
      : `Orders decided on the close of a bar fill from the open of the next; a bar is known to us when it has closed${typicalDelay(latency.data) > 0 ? ` and ${ms(latency.data)} later` : ''}.`,
    `Orders reach the exchange after ${ms(latency.order)}, its reports reach us after ${ms(latency.report)}.`,
    fills.tiers === undefined || fills.tiers.length === 0
      ? `Fees: maker ${formatRate(fills.makerFee)}, taker ${formatRate(fills.takerFee)} of the notional, on every fill.`
      : `Fees go down with the notional of the last 30 days, in ${fills.tiers.length} tiers; the first is maker ${formatRate(fills.tiers[0].maker)}, taker ${formatRate(fills.tiers[0].taker)}.`,
    fills.slippageBps === 0
      ? `Taker fills have no slippage beyond the ${driver}.`
      : `Taker fills are ${fills.slippageBps} basis points worse than the price.`,
    fills.participation === undefined
      ? `The size of orders is not limited by a ${driver}'s volume.`
      : `Orders take at most ${fills.participation * 100} % of a ${driver}'s volume; a bar without volume fills nothing.`,
    fills.touch
      ? 'Limit orders fill when their price is touched.'
      : 'Limit orders fill only when the price trades through them by a tick.',
    ...(driver === 'trade'
      ? []
      : [
          'Inside a bar a stop comes before a profit, a liquidation before a gain; a stop fills at the worse of the open and its trigger.',
        ]),
    ...(account === undefined
      ? []
      : [
          `Margin is ${account.margin}, at ${account.leverage}x or what a contract allows at most; a liquidation takes ${switches?.liquidation === 'whole' ? 'the whole position' : 'what is needed of a large position, else all of it'}, and charges its fee.`,
        ]),
    'Our orders do not move the market.',
    'Equity is wallet plus unrealised profit at the last closes.',
  ]
}
