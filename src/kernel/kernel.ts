/**
 * The function from what happened to what we want done. Synchronous, single-threaded, deterministic: it knows neither
 * the clock, nor chance, nor the network, nor which world it runs in.
 *
 * Here events are taken apart; what follows from opinions is in `decision-chain.ts`, what leaves in `order-desk.ts`.
 */
import { assert, InputError, unreachable } from '../core/errors.ts'
import { rateToFloat } from '../core/exact.ts'
import { intervalOf } from '../core/time.ts'
import type { Interval, Micros } from '../core/time.ts'
import type { Decision, Effect, Signal } from '../domain/decision.ts'
import type { AccountReport, Command, Event, ModelAnswer, OrderReport } from '../domain/event.ts'
import { Instrument } from '../domain/instrument.ts'
import type { InstrumentSpec, TradingRules } from '../domain/instrument.ts'
import type { MarketSlot } from '../domain/market-slot.ts'
import type { OrderRequest } from '../domain/order.ts'
import { codeOf } from '../domain/venue-error.ts'
import type { VenueCode } from '../domain/venue-error.ts'
import { BarBuilder } from '../market/bar.ts'
import type { BarBuilderState } from '../market/bar.ts'
import { fixedFraction } from '../portfolio/fixed-fraction.ts'
import type { AllocationValues } from '../portfolio/fixed-fraction.ts'
import { RiskController } from '../risk/risk-controller.ts'
import type { LimitValues, TradingState } from '../risk/risk-controller.ts'
import type { Parameters, ParametersOf } from '../strategy/parameters.ts'
import { StrategyManager } from '../strategy/strategy-manager.ts'
import type { ConflictRule, MatrixValues, StrategyManagerState } from '../strategy/strategy-manager.ts'
import { isPair } from '../strategy/pair.ts'
import type { AnyStrategy } from '../strategy/pair.ts'
import type { Model } from '../strategy/strategy.ts'
import { StrategyRunner } from '../strategy/strategy-runner.ts'
import type { RunnerState } from '../strategy/strategy-runner.ts'
import { BookResults } from './book-results.ts'
import type { BookResultsState } from './book-results.ts'
import { Books } from './books.ts'
import { DecisionBuffer } from './decision-buffer.ts'
import { DecisionChain } from './decision-chain.ts'
import { KernelView } from './kernel-view.ts'
import { MarketWatch } from './market-watch.ts'
import type { MarketWatchState } from './market-watch.ts'
import { OrderDesk } from './order-desk.ts'
import { OrderManager } from './order-manager.ts'
import type { OrderManagerState } from './order-manager.ts'
import { PositionManager } from './position-manager.ts'
import type { AccountSpec, PositionManagerState } from './position-manager.ts'
import { StopKeeper } from './stop-keeper.ts'

export interface KernelConfig {
  /** Eight characters that stand for this run in order ids. */
  readonly runId: string
  readonly seed: number | string
  readonly accounts: readonly AccountSpec[]
  /** Instruments known from the start, in the order of their ids; more come by `listed` events. */
  readonly instruments: readonly InstrumentSpec[]
  readonly strategies: readonly StrategySpec[]
  readonly risk: LimitValues
  readonly allocation: AllocationValues
  readonly manager?: ManagerValues
}

export interface ManagerValues {
  readonly matrix: MatrixValues
  readonly conflict: ConflictRule
}

/** A strategy on the instruments of an account's venue. */
export interface StrategySpec {
  readonly definition: AnyStrategy
  readonly params: ParametersOf<Parameters>
  readonly interval: Interval
  readonly account: number
  /** Only these; default all. */
  readonly symbols?: readonly string[]
  /** Its part of the capital, 0 to 1; default an equal one. */
  readonly share?: number
}

/** One interval of one instrument and the strategies that listen to it. */
interface Subscription {
  readonly builder: BarBuilder
  readonly runners: StrategyRunner[]
}

export interface KernelState {
  readonly format: 2
  readonly lastSeq: number
  readonly lastTime: number
  readonly orderSeq: number
  readonly requestSeq: number
  readonly tradingState: TradingState
  readonly flattening: boolean
  readonly listed: readonly InstrumentSpec[]
  readonly changedRules: readonly (readonly [number, TradingRules])[]
  readonly orders: OrderManagerState
  readonly positions: PositionManagerState
  readonly watch: MarketWatchState
  readonly results: BookResultsState
  readonly stops: readonly (readonly [number, number])[]
  readonly manager: StrategyManagerState
  readonly builders: readonly BarBuilderState[]
  readonly runners: readonly RunnerState[]
}

/** The default leverage that the allocator divides; the limit of the same name holds it. */
const leverageOf = (risk: LimitValues): number => Number(risk['leverage']?.['max'] ?? 1)

/** Nobody is against anybody, and no regime takes a part away. */
const PLAIN_MANAGER: ManagerValues = { matrix: { changeLimit: 0.2 }, conflict: 'net' }

export class Kernel {
  readonly #config: KernelConfig
  readonly #instruments: Instrument[] = []
  readonly #listed: InstrumentSpec[] = []
  readonly #changed: (readonly [number, TradingRules])[] = []
  readonly #books = new Books()
  readonly #positions: PositionManager
  readonly #orders = new OrderManager()
  readonly #watch = new MarketWatch()
  readonly #results = new BookResults()
  readonly #risk: RiskController
  readonly #view: KernelView
  readonly #manager: StrategyManager
  readonly #desk: OrderDesk
  readonly #stops: StopKeeper
  readonly #chain: DecisionChain
  /** By instrument. */
  readonly #subscriptions: Subscription[][] = []
  readonly #runners: StrategyRunner[] = []
  /** A `flatten` was commanded and not yet resumed from. */
  #flattening = false
  #requestSeq = 0
  #lastSeq = 0
  #time = 0 as Micros
  readonly #decision = new DecisionBuffer()
  /** Opinions of one moment, used again. */
  readonly #signals: Signal[] = []

  constructor(config: KernelConfig) {
    this.#config = config
    const { accounts, strategies, manager = PLAIN_MANAGER } = config
    const books = this.#books
    const [orders, watch, results, out] = [this.#orders, this.#watch, this.#results, this.#decision]
    this.#positions = new PositionManager(this.#instruments, accounts)
    const positions = this.#positions
    const risk = (this.#risk = new RiskController(config.risk))
    const view = (this.#view = new KernelView({ instruments: this.#instruments, accounts, positions, orders, watch, results }))
    const shares = strategies.map(({ share }) => share ?? 1 / strategies.length)
    const allocator = fixedFraction(config.allocation, leverageOf(config.risk), shares)
    this.#manager = new StrategyManager(books.owners, manager.matrix, manager.conflict)
    this.#desk = new OrderDesk({ runId: config.runId, view, orders, results, risk, out })
    const { nextId, send, cancel } = this.#desk
    const stops = (this.#stops = new StopKeeper({ books, view, orders, risk, out, nextId, send, cancel }))
    const parts = { books, view, positions, orders, risk, allocator, stops, out, nextId, send, cancel }
    this.#chain = new DecisionChain({ ...parts, manager: this.#manager })
    for (const spec of config.instruments) this.#list(spec)
  }

  /** Applies what happened and answers with what we want done. The answer is valid until the next call. */
  handle(event: Event): Decision {
    this.#decision.clear()
    this.#lastSeq = event.seq
    this.#time = event.time
    this.#view.time = event.time
    switch (event.kind) {
      case 'bar':
        this.#onBar(event)
        break
      case 'order-accepted':
      case 'order-filled':
      case 'order-canceled':
      case 'order-expired':
      case 'order-rejected':
      case 'order-amended':
        this.#onOrderReport(event)
        break
      case 'account':
        this.#onAccountReport(event)
        break
      case 'model-answer':
        this.#onAnswer(event)
        break
      case 'command':
        this.#onCommand(event)
        break
      case 'listed':
        this.#listed.push(event.spec)
        this.#list(event.spec)
        break
      case 'delisted':
        this.#onDelisted(event.instrument)
        break
      case 'gap':
        this.#decision.notes.push(`${event.lost} market events of ${this.#instruments[event.instrument].symbol} were lost`)
        break
      case 'rules-changed':
        this.#changed.push([event.instrument, event.rules])
        this.#instruments[event.instrument].changeRules(event.rules)
        break
      case 'funding':
        this.#watch.onFunding(event.instrument, rateToFloat(event.rate), event.exchangeTime)
        break
      case 'quote':
        this.#watch.onQuote(event.instrument, event.bidPrice, event.askPrice)
        break
      case 'timer':
      case 'link':
      case 'trade':
      case 'mark':
      case 'depth':
        // Facts that nothing decides on yet; journal and observers have them.
        break
      default:
        unreachable(event)
    }
    return this.#decision
  }

  // ---- markets -------------------------------------------------------------------------------------------------

  #onBar(slot: MarketSlot): void {
    const { instrument } = slot
    this.#positions.mark(instrument, slot.close, slot.time)
    this.#watch.onBar(instrument, slot.exchangeTime)
    const subscriptions = this.#subscriptions[instrument]
    for (let i = 0; i < subscriptions.length; i++) {
      const { builder, runners } = subscriptions[i]
      if (builder.closeBefore(slot)) this.#ask(builder, runners)
      if (builder.add(slot)) this.#ask(builder, runners)
    }
  }

  /** Opinion: every strategy that listens to this bar, in the order of their indices. */
  #ask(builder: BarBuilder, runners: readonly StrategyRunner[]): void {
    const signals = this.#signals
    for (let i = 0; i < runners.length; i++) {
      const signal = runners[i].onBar(builder.bar, this.#view)
      if (signal !== undefined) signals.push(signal)
    }
    if (signals.length > 0) {
      this.#chain.pursue(signals)
      signals.length = 0
    }
    for (let i = 0; i < runners.length; i++) this.#collectRequests(runners[i])
  }

  #list(spec: InstrumentSpec): void {
    this.#refuseUnfit(spec)
    const instrument = new Instrument(spec, this.#instruments.length)
    this.#instruments.push(instrument)
    this.#positions.reserve()
    this.#watch.reserve(this.#instruments.length)
    const subscriptions: Subscription[] = []
    this.#subscriptions.push(subscriptions)
    this.#config.strategies.forEach((strategy, group) => {
      if (this.#trades(strategy, spec)) this.#run(strategy, group, instrument, subscriptions)
    })
  }

  #trades({ account, symbols }: StrategySpec, { venue, kind, symbol }: InstrumentSpec): boolean {
    const { venue: own, kind: accountKind = 'margin' } = this.#config.accounts[account]
    return own === venue && (kind === 'spot') === (accountKind === 'spot') && (symbols === undefined || symbols.includes(symbol))
  }

  #run(
    { definition, params, interval, account }: StrategySpec,
    group: number,
    instrument: Instrument,
    subscriptions: Subscription[],
  ): void {
    // Pairs are made of two instruments, in a place of their own.
    if (isPair(definition)) return
    const { kind, name } = definition
    const owner = { kind, name, barLength: interval.length, group, account, instrument: instrument.index, hedge: undefined }
    const runner = new StrategyRunner(this.#books.add(owner), {
      definition,
      params,
      instrument,
      interval,
      seed: this.#config.seed,
    })
    this.#runners.push(runner)
    const names = new Set([interval.name, ...(definition.intervals?.(params) ?? [])])
    for (const each of names) this.#subscribe(subscriptions, instrument, intervalOf(each), runner)
  }

  /** What the frame does not do is refused and not done wrongly. */
  #refuseUnfit(spec: InstrumentSpec): void {
    const foreign = this.#config.strategies.find(
      (strategy) => this.#trades(strategy, spec) && this.#config.accounts[strategy.account].settle !== spec.settle.name,
    )
    if (foreign !== undefined)
      throw new InputError(
        'settlement-asset',
        `${spec.symbol} settles in ${spec.settle.name}, the account in ${this.#config.accounts[foreign.account].settle}`,
        {
          next: 'Trade it in an account of its own.',
        },
      )
  }

  #subscribe(subscriptions: Subscription[], instrument: Instrument, interval: Interval, runner: StrategyRunner): void {
    const found = subscriptions.find(({ builder }) => builder.bar.interval === interval)
    if (found !== undefined) found.runners.push(runner)
    else {
      subscriptions.push({ builder: new BarBuilder(instrument, interval), runners: [runner] })
      // Longer bars first, so that a strategy which listens to two intervals sees the longer one before it decides on its own.
      subscriptions.sort((a, b) => b.builder.bar.interval.length - a.builder.bar.interval.length)
    }
  }

  /** No order may outlive its instrument; the venue settles the position and reports it. */
  #onDelisted(instrument: number): void {
    this.#watch.onDelisted(instrument)
    this.#desk.cancelAll(instrument, 'delisting')
  }

  // ---- slow mathematics ------------------------------------------------------------------------------------------

  #onAnswer({ strategy, answer }: ModelAnswer): void {
    this.#runners[strategy].onAnswer(answer, this.#view)
    this.#collectRequests(this.#runners[strategy])
  }

  #collectRequests(runner: StrategyRunner): void {
    const requests = runner.takeRequests()
    for (let i = 0; i < requests.length; i++) {
      this.#requestSeq += 1
      const request = `${this.#config.runId}-${this.#requestSeq}`
      this.#decision.effects.push({ kind: 'compute', request, strategy: runner.index, ...requests[i] })
    }
  }

  /** The function behind a `compute` effect, for the world that has to answer it. */
  modelOf({ strategy, model }: Extract<Effect, { kind: 'compute' }>): Model {
    const { definition } = this.#runners[strategy].spec
    const found = definition.models?.[model]
    assert(found !== undefined, () => `${definition.name} asks for a model '${model}' that it does not define`)
    return found
  }

  // ---- reports ---------------------------------------------------------------------------------------------------

  #onOrderReport(report: OrderReport): void {
    const order = this.#orders.apply(report)
    this.#book(report, order)
    if (order !== 'foreign' && order !== 'repeated') this.#afterReport(report, order.request)
    if (this.#flattening) this.#desk.closeAll()
  }

  #book(report: OrderReport, order: ReturnType<OrderManager['apply']>): void {
    const { fill } = report
    const { notes, bookings } = this.#decision
    if (fill === undefined) {
      if (order === 'foreign' && report.kind !== 'order-rejected')
        notes.push(`${report.kind} for ${report.clientOrderId}, which is not open here`)
      return
    }
    if (order === 'repeated') {
      notes.push(`fill ${fill.tradeId} of ${report.clientOrderId} was reported before`)
      return
    }
    // A forced execution (liquidation, settlement) is no order of ours and is booked all the same.
    const request = order === 'foreign' ? undefined : order.request
    const realised = this.#positions.applyFill(fill, request?.shares ?? NO_SHARES, bookings, request?.decisionPrice)
    assert(realised === fill.realised, () => `fill ${fill.tradeId}: the venue realised ${fill.realised}, our books ${realised}`)
    this.#results.onBookings(bookings, this.#time, fill.reason, this.#isFlat)
  }

  readonly #isFlat = (strategy: number): boolean => {
    const { instrument, hedge } = this.#books.owners[strategy]
    if (this.#view.bookQty(strategy, instrument) !== 0) return false
    return hedge === undefined || this.#view.bookQty(strategy, hedge.instrument) === 0
  }

  /** What a report means for opinions that stand and for the stops of books that share a position. */
  #afterReport({ kind, fill, reason }: OrderReport, { account, instrument, shares, reason: purpose }: OrderRequest): void {
    if (purpose === 'stop') {
      const [{ strategy }] = shares
      if (fill !== undefined) this.#onStopFill(strategy)
      // The venue would not take it because the price has passed it: then it acts now.
      else if (kind === 'order-rejected' && codeOf(reason) === WOULD_TRIGGER) this.#chain.exit(strategy, 'stop')
    }
    if (this.#books.of(instrument).length > 1) this.#stops.align(account, instrument)
  }

  /** The opinion behind a position that was stopped out is over; what the venue's stop did not cover goes too. */
  #onStopFill(strategy: number): void {
    this.#manager.stand(strategy, undefined)
    const { instrument } = this.#books.owners[strategy]
    if (this.#orders.stopsOf(strategy, instrument).length > 0) return
    this.#stops.set(strategy, undefined)
    if (this.#books.of(instrument).length > 1 && this.#view.bookQtyInFlight(strategy, instrument) !== 0)
      this.#chain.exit(strategy, 'stop')
  }

  #onAccountReport(report: AccountReport): void {
    this.#positions.applyAccountReport(report, this.#decision.bookings)
    this.#results.onBookings(this.#decision.bookings, this.#time, report.entry, this.#isFlat)
  }

  // ---- people ----------------------------------------------------------------------------------------------------

  #onCommand({ command }: Command): void {
    switch (command) {
      case 'pause':
      case 'reduce':
        this.#risk.tighten('REDUCING')
        this.#desk.cancelEntries(command)
        break
      case 'resume':
        this.#flattening = false
        this.#risk.setState('ACTIVE')
        break
      case 'flatten':
        this.#risk.tighten('HALTED')
        this.#flatten(command)
        break
      default:
        unreachable(command)
    }
  }

  #flatten(reason: string): void {
    this.#flattening = true
    for (let strategy = 0; strategy < this.#books.owners.length; strategy++) this.#manager.stand(strategy, undefined)
    this.#desk.cancelEntries(reason)
    this.#desk.closeAll()
  }

  // ---- state -----------------------------------------------------------------------------------------------------

  get view(): KernelView {
    return this.#view
  }

  get positions(): PositionManager {
    return this.#positions
  }

  get orders(): OrderManager {
    return this.#orders
  }

  get books(): Books {
    return this.#books
  }

  get instruments(): readonly Instrument[] {
    return this.#instruments
  }

  /** Everything that later decisions depend on, as plain data. */
  snapshot(): KernelState {
    return {
      format: 2,
      lastSeq: this.#lastSeq,
      lastTime: this.#time,
      orderSeq: this.#desk.seq,
      requestSeq: this.#requestSeq,
      tradingState: this.#risk.state,
      flattening: this.#flattening,
      listed: [...this.#listed],
      changedRules: [...this.#changed],
      orders: this.#orders.snapshot(),
      positions: this.#positions.snapshot(),
      watch: this.#watch.snapshot(),
      results: this.#results.snapshot(),
      stops: this.#stops.snapshot(),
      manager: this.#manager.snapshot(),
      builders: this.#subscriptions.flatMap((list) => list.map(({ builder }) => builder.snapshot())),
      runners: this.#runners.map((runner) => runner.snapshot()),
    }
  }

  /** Continues from a snapshot of a kernel that was made with the same configuration. Only a fresh kernel may be restored. */
  restore(state: KernelState): void {
    assert(this.#lastSeq === 0, 'a kernel that has handled events cannot be restored')
    assert(state.format === 2, () => `the snapshot has format ${String(state.format)}, this program reads 2`)
    for (const spec of state.listed) {
      this.#listed.push(spec)
      this.#list(spec)
    }
    const builders = this.#subscriptions.flat()
    assert(
      builders.length === state.builders.length && this.#runners.length === state.runners.length,
      'the snapshot was made with other strategies or instruments',
    )
    for (const [instrument, rules] of state.changedRules) {
      this.#changed.push([instrument, rules])
      this.#instruments[instrument].changeRules(rules)
    }
    this.#orders.restore(state.orders)
    this.#positions.restore(state.positions)
    this.#watch.restore(state.watch)
    this.#results.restore(state.results)
    this.#stops.restore(state.stops)
    this.#manager.restore(state.manager)
    builders.forEach(({ builder }, i) => builder.restore(state.builders[i]))
    this.#runners.forEach((runner, i) => runner.restore(state.runners[i]))
    this.#risk.setState(state.tradingState)
    this.#flattening = state.flattening
    this.#desk.restore(state.orderSeq)
    this.#requestSeq = state.requestSeq
    this.#lastSeq = state.lastSeq
    this.#time = state.lastTime as Micros
    this.#view.time = this.#time
  }
}

const NO_SHARES: OrderRequest['shares'] = Object.freeze([])
const WOULD_TRIGGER: VenueCode = 2021
