/**
 * The function from what happened to what we want done. Synchronous, single-threaded, deterministic: it knows neither
 * the clock, nor chance, nor the network, nor which world it runs in.
 *
 * Here events are taken apart; what follows from opinions is in `decision-chain.ts`, what leaves in `order-desk.ts`.
 */
import { assert, InputError, unreachable } from '../core/errors.ts'
import { defaultsOf } from '../core/setting.ts'
import { rateToFloat } from '../core/exact.ts'
import { DAY, intervalOf, startOfDay } from '../core/time.ts'
import type { Interval, Micros } from '../core/time.ts'
import type { Decision, Effect, Signal } from '../domain/decision.ts'
import type { AccountReport, Command, Event, ModelAnswer, OrderReport } from '../domain/event.ts'
import { Instrument } from '../domain/instrument.ts'
import type { InstrumentSpec, TradingRules } from '../domain/instrument.ts'
import type { MarketSlot } from '../domain/market-slot.ts'
import { isOpen } from '../domain/order.ts'
import type { OrderRequest } from '../domain/order.ts'
import { codeOf } from '../domain/venue-error.ts'
import type { VenueCode } from '../domain/venue-error.ts'
import { BarBuilder } from '../market/bar.ts'
import type { Bar, BarBuilderState } from '../market/bar.ts'
import { MarketStatistics } from '../market/statistics.ts'
import type { MarketStatisticsState } from '../market/statistics.ts'
import { PortfolioManager } from '../portfolio/portfolio-manager.ts'
import type { PortfolioState } from '../portfolio/portfolio-manager.ts'
import type { AllocationValues, PortfolioValues } from '../portfolio/settings.ts'
import { PORTFOLIO_DEFAULTS } from '../portfolio/settings.ts'
import { liquidation } from '../risk/limits/liquidation.ts'
import { sizingOf } from '../risk/position-sizer.ts'
import type { SizingValues } from '../risk/position-sizer.ts'
import { RiskController } from '../risk/risk-controller.ts'
import type { LimitValues, RiskControllerState, RiskDemand } from '../risk/risk-controller.ts'
import type { Parameters, ParametersOf } from '../strategy/parameters.ts'
import { StrategyManager } from '../strategy/strategy-manager.ts'
import type { ConflictRule, MatrixValues, StrategyManagerState } from '../strategy/strategy-manager.ts'
import { isPair } from '../strategy/pair.ts'
import type { AnyStrategy } from '../strategy/pair.ts'
import type { Model } from '../strategy/strategy.ts'
import { PairRunner } from '../strategy/pair-runner.ts'
import type { DetectorState } from '../strategy/regimes/detector.ts'
import type { RegimeValues } from '../strategy/regimes/settings.ts'
import { UniverseSelector } from '../strategy/universe.ts'
import type { UniverseState, UniverseValues } from '../strategy/universe.ts'
import { StrategyRunner } from '../strategy/strategy-runner.ts'
import type { ComputeRequest, RunnerState } from '../strategy/strategy-runner.ts'
import { AccountBalancer } from './account-balancer.ts'
import type { AccountBalancerState, BalanceValues } from './account-balancer.ts'
import { BookResults } from './book-results.ts'
import type { BookResultsState } from './book-results.ts'
import { Books } from './books.ts'
import { DecisionBuffer } from './decision-buffer.ts'
import { DecisionChain } from './decision-chain.ts'
import type { Reweighing } from './decision-chain.ts'
import type { ChainState } from './decision-chain.ts'
import { KERNEL, KERNEL_MODELS } from './kernel-models.ts'
import { KernelView } from './kernel-view.ts'
import { MarketWatch } from './market-watch.ts'
import type { MarketWatchState } from './market-watch.ts'
import { OrderDesk } from './order-desk.ts'
import type { OrderDeskState } from './order-desk.ts'
import { OrderManager } from './order-manager.ts'
import type { OrderManagerState, OrderRecord } from './order-manager.ts'
import { PairDesk } from './pair-desk.ts'
import type { PairState } from './pair-desk.ts'
import { PositionManager } from './position-manager.ts'
import type { AccountSpec, PositionManagerState } from './position-manager.ts'
import { RegimeDesk } from './regime-desk.ts'
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
  /** How strategies that share an account get along; default: books net, nobody is refused. */
  readonly manager?: ManagerValues
  /** Default: capital is divided equally. */
  readonly portfolio?: PortfolioValues
  readonly sizing?: SizingValues
  /** Without it nobody looks at regimes. */
  readonly regimes?: RegimeValues
  /** Without it everything that is listed may be traded. */
  readonly universe?: UniverseValues
  /** Without it no money moves between accounts. */
  readonly balance?: BalanceValues
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
  /** Of a pair: where the second leg is. */
  readonly hedge?: HedgeSpec
}

export interface HedgeSpec {
  readonly account: number
  /** Id of the second instrument by the id of the first. */
  readonly instruments: Readonly<Record<string, string>>
}

/** One interval of one instrument and the strategies that listen to it. */
interface Subscription {
  readonly builder: BarBuilder
  readonly runners: StrategyRunner[]
  readonly pairs: PairRunner[]
  /** The regime is told from these bars. */
  watched: boolean
}

/** What a request of the kernel's own was for. */
type Purpose = { readonly what: 'regime'; readonly instrument: number } | { readonly what: 'portfolio' }

export interface KernelState {
  readonly format: 2
  readonly lastSeq: number
  readonly lastTime: number
  readonly desk: OrderDeskState
  /** What the orders of each book lead to. */
  readonly goals: ChainState
  readonly requestSeq: number
  readonly risk: RiskControllerState
  readonly flattening: boolean
  readonly listed: readonly InstrumentSpec[]
  readonly changedRules: readonly (readonly [number, TradingRules])[]
  readonly orders: OrderManagerState
  readonly positions: PositionManagerState
  readonly watch: MarketWatchState
  readonly results: BookResultsState
  readonly stops: readonly (readonly [number, number])[]
  readonly manager: StrategyManagerState
  readonly statistics: MarketStatisticsState
  readonly portfolio: PortfolioState
  readonly regimes: readonly (readonly [number, DetectorState])[]
  readonly universe: UniverseState | undefined
  readonly pairs: readonly PairState[]
  readonly balancer?: AccountBalancerState | undefined
  readonly pending: readonly (readonly [string, Purpose])[]
  readonly today: number
  readonly valuesAtDayStart: readonly number[]
  readonly builders: readonly BarBuilderState[]
  readonly runners: readonly RunnerState[]
}

/** The default leverage that the allocator divides; the limit of the same name holds it. */
const leverageOf = (risk: LimitValues): number => Number(risk['leverage']?.['max'] ?? 1)

/** What the limit lets a margin account have; without it as much as it likes. */
const mostLeverage = (risk: LimitValues): number => (risk['leverage']?.['enabled'] === false ? Infinity : leverageOf(risk))

/** The adverse move that positions have to survive; 0 where that limit is off. */
function stressOf(risk: LimitValues): number {
  const { enabled, stress } = { ...defaultsOf(liquidation.settings), ...risk['liquidation'] }
  return enabled === false ? 0 : Number(stress)
}

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
  readonly #statistics = new MarketStatistics()
  readonly #manager: StrategyManager
  readonly #portfolio: PortfolioManager
  readonly #regimes: RegimeDesk | undefined
  readonly #universe: UniverseSelector | undefined
  readonly #pairs: PairDesk
  readonly #balancer: AccountBalancer | undefined
  readonly #desk: OrderDesk
  readonly #stops: StopKeeper
  readonly #chain: DecisionChain
  /** By instrument. */
  readonly #subscriptions: Subscription[][] = []
  /** By book; pairs have none here. */
  readonly #runners: (StrategyRunner | undefined)[] = []
  /** A `flatten` was commanded and not yet resumed from. */
  #flattening = false
  /** Requests of our own that are not answered yet. */
  readonly #pending = new Map<string, Purpose>()
  /** End of the day for which results of the strategies are being gathered. */
  #tomorrow = 0
  /** What each group was worth when the day began, in money units. */
  #dayValues: number[] = []
  #requestSeq = 0
  #lastSeq = 0
  #time = 0 as Micros
  readonly #decision = new DecisionBuffer()
  /** Opinions of one moment, used again. */
  readonly #signals: Signal[] = []

  constructor(config: KernelConfig) {
    this.#config = config
    const { accounts, strategies, seed, manager = PLAIN_MANAGER } = config
    const books = this.#books
    const [orders, watch, results, out] = [this.#orders, this.#watch, this.#results, this.#decision]
    this.#positions = new PositionManager(this.#instruments, accounts)
    const positions = this.#positions
    const risk = (this.#risk = new RiskController(config.risk))
    const regimes = (this.#regimes =
      config.regimes?.enabled === true ? new RegimeDesk({ settings: config.regimes, seed }) : undefined)
    const universe = (this.#universe = config.universe?.enabled === true ? new UniverseSelector(config.universe) : undefined)
    const facts = { watch, results, statistics: this.#statistics, regimes }
    const view = (this.#view = new KernelView({ instruments: this.#instruments, accounts, positions, orders, ...facts }))
    const portfolio = (this.#portfolio = new PortfolioManager({
      values: config.portfolio ?? PORTFOLIO_DEFAULTS,
      fraction: config.allocation.fraction,
      maxLeverage: leverageOf(config.risk),
      shares: strategies.map(({ share }) => share ?? 1 / strategies.length),
    }))
    const sizing = sizingOf(config.sizing, stressOf(config.risk))
    this.#manager = new StrategyManager(books.owners, manager.matrix, manager.conflict)
    this.#desk = new OrderDesk({ runId: config.runId, view, orders, results, risk, out })
    const { nextId, send, cancel, isCancelling } = this.#desk
    const stops = (this.#stops = new StopKeeper({ books, view, orders, risk, out, nextId, send, cancel, isCancelling }))
    const parts = { view, orders, risk, manager: this.#manager, stops, out, nextId, send, cancel }
    const chain = (this.#chain = new DecisionChain({ ...parts, books, positions, portfolio, sizing, universe, results }))
    this.#pairs = new PairDesk({ ...parts, sized: (signal) => chain.sized(signal), maxLeverage: mostLeverage(config.risk) })
    const maxLeverage = mostLeverage(config.risk)
    this.#balancer =
      config.balance && new AccountBalancer({ values: config.balance, accounts, view, positions, risk, out, maxLeverage })
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
        this.#pairs.onTimer()
        break
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
    const { time } = slot
    this.#positions.mark(instrument, slot.close, time)
    this.#statistics.onBar(instrument, slot.exchangeTime, slot.close, slot.volume, slot.length)
    const traded = this.#watch.traded
    this.#watch.onBar(instrument, slot.exchangeTime, this.#counts(instrument))
    if (this.#flattening) this.#desk.closeAll()
    const action = this.#risk.onMark(this.#view)
    if (action !== undefined) this.#onRiskAction(action)
    if (time >= this.#tomorrow) this.#onDay(time)
    if (this.#watch.traded !== traded) this.#onUniverseChange()
    if (this.#isShared(instrument)) this.#chain.stopOut(this.#stops.reached(instrument, slot.low, slot.high))
    if (this.#universe !== undefined) this.#choose(this.#universe, time)
    const subscriptions = this.#subscriptions[instrument]
    for (let i = 0; i < subscriptions.length; i++) {
      const subscription = subscriptions[i]
      if (subscription.builder.closeBefore(slot)) this.#ask(subscription)
      if (subscription.builder.add(slot)) this.#ask(subscription)
    }
    if (this.#pairs.count > 0) {
      this.#pairs.onInstrument(instrument)
      this.#balancer?.onBar()
    }
    if (this.#portfolio.due(this.#view)) this.#askPortfolio()
  }

  /** Several books may hold it. */
  #isShared(instrument: number): boolean {
    return this.#books.of(instrument).length > 1
  }

  /** Whether it shares the capital: the spot side of a pair does not. */
  #counts(instrument: number): boolean {
    return this.#instruments[instrument].kind !== 'spot'
  }

  /** The regime first, then opinion: every strategy that listens to this bar, in the order of their indices. */
  #ask(subscription: Subscription): void {
    const { runners } = subscription
    const { bar } = subscription.builder
    const view = this.#view
    const isOther = subscription.watched && this.#watchRegime(bar)
    const signals = this.#signals
    if (subscription.watched) this.#universe?.onBar(bar.instrument, bar)
    let asks = false
    for (let i = 0; i < runners.length; i++) {
      const runner = runners[i]
      const signal = runner.onBar(bar, view)
      if (signal !== undefined) signals.push(signal)
      if (runner.hasRequests) asks = true
    }
    if (signals.length > 0) this.#pursue(signals)
    if (asks) for (let i = 0; i < runners.length; i++) this.#collectRequests(runners[i])
    if (subscription.pairs.length > 0) this.#askPairs(subscription)
    if (isOther) this.#reweigh(bar.instrument, 'risk')
  }

  #pursue(signals: Signal[]): void {
    this.#chain.pursue(signals)
    signals.length = 0
  }

  #askPairs({ builder, pairs }: Subscription): void {
    for (let i = 0; i < pairs.length; i++) {
      const signal = pairs[i].onBar(builder.bar, this.#view)
      if (signal !== undefined) this.#pairs.pursue(signal)
    }
  }

  /** Whether the label is another than before. */
  #watchRegime(bar: Bar): boolean {
    const { instrument } = bar
    const regimes = this.#regimes
    if (regimes === undefined) return false
    const isOther = regimes.onBar(bar)
    const requests = regimes.takeRequests(instrument)
    for (let i = 0; i < requests.length; i++) this.#request(requests[i], { what: 'regime', instrument })
    if (!isOther) return false
    this.#decision.regimes.push(instrument)
    this.#portfolio.hasten()
    return true
  }

  /** The capital is divided among others than before. Nobody may go on with more than he has now. */
  #onUniverseChange(): void {
    this.#portfolio.hasten()
    this.#reweighAll('room')
  }

  /** The standing opinions on an instrument are weighed again, account by account. */
  #reweigh(instrument: number, cause: Reweighing): void {
    const books = this.#books.of(instrument).filter((book) => !this.#pairs.isPair(book))
    for (const account of new Set(books.map((book) => this.#books.accountOf[book])))
      this.#chain.reweigh(
        books.filter((book) => this.#books.accountOf[book] === account),
        cause,
      )
  }

  #reweighAll(cause: Reweighing): void {
    for (const { index } of this.#instruments) this.#reweigh(index, cause)
  }

  /** A UTC day is over: what each strategy made of it. */
  #onDay(time: Micros): void {
    const values = this.#config.strategies.map(() => 0)
    this.#books.owners.forEach(({ group, instrument, hedge }, book) => {
      values[group] += this.#results.cash(book) + this.#valueOf(book, instrument)
      if (hedge !== undefined) values[group] += this.#valueOf(book, hedge.instrument)
    })
    const equity = this.#view.totalAtDayStart()
    const results = values.map((value, group) => value - (this.#dayValues[group] ?? 0))
    if (this.#tomorrow > 0 && this.#portfolio.onDay(results, equity)) this.#reweighAll('budget')
    this.#dayValues = values
    this.#tomorrow = startOfDay(time) + DAY
  }

  /** Who may be traded from now on; what left is closed where that is wanted. */
  #choose(universe: UniverseSelector, time: Micros): void {
    for (const { instrument, change, reason } of universe.onTime(time)) {
      this.#decision.remarks.push(`${this.#instruments[instrument].label} ${change} the universe: ${reason}`)
      if (change === 'entered' || !universe.values.exit) continue
      for (const book of this.#books.of(instrument))
        if (!this.#pairs.isPair(book) && this.#view.bookQtyInFlight(book, instrument) !== 0) this.#chain.exit(book, 'universe')
    }
  }

  #valueOf(book: number, instrument: number): number {
    return this.#view.bookQty(book, instrument) * this.#view.lastPrice(instrument)
  }

  #list(spec: InstrumentSpec): void {
    this.#refuseUnfit(spec)
    const instrument = new Instrument(spec, this.#instruments.length)
    this.#instruments.push(instrument)
    this.#positions.reserve()
    this.#watch.reserve(this.#instruments.length)
    this.#statistics.reserve(this.#instruments.length)
    this.#subscriptions.push([])
    this.#config.strategies.forEach((strategy, group) => {
      if (isPair(strategy.definition)) this.#pairUp(strategy, group, instrument)
      else if (this.#trades(strategy, spec)) this.#run(strategy, group, instrument)
    })
  }

  /** A pair begins when its later instrument is listed. */
  #pairUp({ definition, params, interval, account, hedge, symbols }: StrategySpec, group: number, listed: Instrument): void {
    if (!isPair(definition) || hedge === undefined) return
    for (const first of this.#instruments) {
      const second = this.#instruments.find(({ id }) => id === hedge.instruments[first.id])
      if (second === undefined || (first !== listed && second !== listed)) continue
      if (symbols !== undefined && !symbols.includes(first.symbol)) continue
      const { kind, name } = definition
      const other = { account: hedge.account, instrument: second.index }
      const owner = { kind, name, barLength: interval.length, group, account, instrument: first.index, hedge: other }
      const runner = new PairRunner(this.#books.add(owner), {
        definition,
        params,
        first,
        second,
        firstAccount: account,
        secondAccount: hedge.account,
        interval,
        seed: this.#config.seed,
      })
      this.#runners.push(undefined)
      this.#pairs.add(runner)
      for (const leg of [first, second]) this.#subscription(leg, interval).pairs.push(runner)
    }
  }

  #trades({ account, symbols }: StrategySpec, { venue, kind, symbol }: InstrumentSpec): boolean {
    const { venue: own, kind: accountKind = 'margin' } = this.#config.accounts[account]
    return own === venue && (kind === 'spot') === (accountKind === 'spot') && (symbols === undefined || symbols.includes(symbol))
  }

  #run({ definition, params, interval, account }: StrategySpec, group: number, instrument: Instrument): void {
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
    for (const each of names) this.#subscription(instrument, intervalOf(each)).runners.push(runner)
    const subscriptions = this.#subscriptions[instrument.index]
    if (subscriptions.some(({ watched }) => watched)) return
    this.#regimes?.watch(instrument.index, interval)
    this.#subscription(instrument, interval).watched = this.#regimes !== undefined || this.#universe !== undefined
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

  #subscription(instrument: Instrument, interval: Interval): Subscription {
    const subscriptions = this.#subscriptions[instrument.index]
    const found = subscriptions.find(({ builder }) => builder.bar.interval === interval)
    if (found !== undefined) return found
    const made = { builder: new BarBuilder(instrument, interval), runners: [], pairs: [], watched: false }
    subscriptions.push(made)
    // Longer bars first, so that a strategy which listens to two intervals sees the longer one before it decides on its own.
    subscriptions.sort((a, b) => b.builder.bar.interval.length - a.builder.bar.interval.length)
    return made
  }

  /** No order may outlive its instrument; the venue settles the position and reports it. */
  #onDelisted(instrument: number): void {
    const { traded } = this.#watch
    this.#watch.onDelisted(instrument, this.#counts(instrument))
    for (const book of this.#books.of(instrument)) this.#manager.stand(book, undefined)
    this.#desk.cancelAll(instrument, 'delisting')
    if (this.#watch.traded !== traded) this.#onUniverseChange()
    this.#closeBooks(instrument)
  }

  // ---- slow mathematics ------------------------------------------------------------------------------------------

  #onAnswer({ strategy, request, answer }: ModelAnswer): void {
    const runner = this.#runners[strategy]
    if (runner !== undefined) {
      runner.onAnswer(answer, this.#view)
      this.#collectRequests(runner)
      return
    }
    const purpose = this.#pending.get(request)
    assert(purpose !== undefined, () => `an answer came to ${request}, which nobody asked`)
    this.#pending.delete(request)
    if (purpose.what === 'regime') this.#regimes?.onAnswer(purpose.instrument, answer)
    else {
      this.#decision.remarks.push(this.#portfolio.onAnswer(answer))
      if (this.#portfolio.answer?.status === 'solved') this.#reweighAll('budget')
    }
  }

  #askPortfolio(): void {
    const request = this.#portfolio.request(this.#view, this.#statistics)
    if (request !== undefined) this.#request(request, { what: 'portfolio' })
  }

  #request(asked: ComputeRequest, purpose: Purpose): void {
    this.#requestSeq += 1
    const request = `${this.#config.runId}-${this.#requestSeq}`
    this.#pending.set(request, purpose)
    this.#decision.effects.push({ kind: 'compute', request, strategy: KERNEL, ...asked })
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
    if (strategy === KERNEL) return KERNEL_MODELS[model]
    const { definition } = (this.#runners[strategy] as StrategyRunner).spec
    const found = definition.models?.[model]
    assert(found !== undefined, () => `${definition.name} asks for a model '${model}' that it does not define`)
    return found
  }

  // ---- reports ---------------------------------------------------------------------------------------------------

  #onOrderReport(report: OrderReport): void {
    const order = this.#orders.apply(report)
    this.#desk.onReport(report)
    this.#book(report, order)
    if (order === 'foreign') this.#afterForeign(report)
    else if (order !== 'repeated') this.#afterReport(report, order)
    // A cancel that came too late is no order that the venue refused.
    if (report.kind === 'order-rejected' && typeof order === 'object' && order.status === 'rejected') {
      const action = this.#risk.onRejection(this.#time)
      if (action !== undefined) this.#onRiskAction(action)
    }
    if (this.#pairs.count > 0) this.#pairs.onInstrument(report.instrument)
    // What the venue has just refused is not sent again in the same moment, but at the next bar.
    if (this.#flattening && report.kind !== 'order-rejected') this.#desk.closeAll()
    if (this.#flattening || !this.#view.isTradable(report.instrument)) this.#closeBooks(report.instrument)
  }

  #closeBooks(instrument: number): void {
    if (!this.#isShared(instrument)) return
    for (let account = 0; account < this.#view.accounts; account++) this.#chain.closeBooks(account, instrument)
  }

  /** Somebody else took a position: the opinions behind it are over, as after a stop. */
  #afterForeign({ fill, account, instrument }: OrderReport): void {
    if (fill === undefined) return
    for (const { strategy, kind } of this.#decision.bookings) {
      if (kind !== 'fill' || strategy < 0) continue
      this.#manager.stand(strategy, undefined)
      this.#chain.forget(strategy)
    }
    if (this.#isShared(instrument)) this.#stops.align(account, instrument)
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
    this.#results.onBookings(bookings, this.#time, fill.reason)
  }

  /** What a report means for opinions that stand and for the stops of books that share a position. */
  #afterReport(report: OrderReport, order: OrderRecord): void {
    const { kind } = report
    const { account, instrument, shares, reason: purpose } = order.request
    this.#pairs.onReport(report, order.request)
    if (purpose === 'stop') this.#afterStop(report, order)
    const isRejected = purpose !== 'stop' && kind === 'order-rejected' && order.status === 'rejected'
    const isShort = purpose !== 'stop' && hadNothingToClose(report)
    if (isRejected && !isShort) for (const { strategy } of shares) this.#chain.forget(strategy)
    if (!this.#flattening) this.#chain.correct(account, instrument, isShort ? shares.map(({ strategy }) => strategy) : NOBODY)
    // The stop that a rejected order would have brought along did not come.
    if (isRejected || this.#isShared(instrument)) this.#stops.align(account, instrument)
  }

  /** The opinion behind a position that was stopped out is over. */
  #afterStop({ kind, fill, reason }: OrderReport, { request, status, filled }: OrderRecord): void {
    const { instrument, shares } = request
    const [{ strategy }] = shares
    if (fill !== undefined) this.#manager.stand(strategy, undefined)
    // The venue would not take it because the price has passed it: then it acts now.
    if (kind === 'order-rejected' && codeOf(reason) === WOULD_TRIGGER) this.#chain.exit(strategy, 'stop')
    if (filled === 0 || isOpen(status)) return
    if (this.#isShared(instrument) && !this.#pairs.isPair(strategy)) this.#chain.afterStop(strategy)
    else if (this.#orders.stopsOf(strategy, instrument).length === 0) this.#stops.set(strategy, undefined, 0)
  }

  #onAccountReport(report: AccountReport): void {
    this.#positions.applyAccountReport(report, this.#decision.bookings)
    this.#balancer?.onReport(report)
    this.#results.onBookings(this.#decision.bookings, this.#time, report.entry)
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

  /** The level of the drawdown, or the kill switch. */
  #onRiskAction({ level, action, text }: RiskDemand): void {
    const { actions, effects } = this.#decision
    const before = effects.length
    if (action === 'flatten') this.#flatten('drawdown')
    else if (action === 'stop-opening') this.#desk.cancelEntries('drawdown')
    const cancelled = effects.filter(({ kind }, i) => i >= before && kind === 'cancel').length
    const closing = effects.filter(({ kind }, i) => i >= before && kind === 'submit').length
    actions.push({ level, action, text, cancelled, closing })
    if (action === 'scale-down' || action === 'recovered') this.#reweighAll('risk')
  }

  #flatten(reason: string): void {
    this.#flattening = true
    this.#pairs.release()
    for (let strategy = 0; strategy < this.#books.owners.length; strategy++) this.#manager.stand(strategy, undefined)
    this.#desk.cancelEntries(reason)
    this.#desk.closeAll()
    for (let strategy = 0; strategy < this.#books.owners.length; strategy++) this.#chain.forget(strategy)
    for (const { index } of this.#instruments) this.#closeBooks(index)
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

  /** The virtual stop of a book; undefined is none. */
  stopOf(book: number): number | undefined {
    return this.#stops.trigger(book)
  }

  /** A cancel of this order is under way. */
  isCancelling(clientOrderId: string): boolean {
    return this.#desk.isCancelling(clientOrderId)
  }

  get isFlattening(): boolean {
    return this.#flattening
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
      desk: this.#desk.snapshot(),
      goals: this.#chain.snapshot(),
      requestSeq: this.#requestSeq,
      risk: this.#risk.snapshot(),
      flattening: this.#flattening,
      listed: [...this.#listed],
      changedRules: [...this.#changed],
      orders: this.#orders.snapshot(),
      positions: this.#positions.snapshot(),
      watch: this.#watch.snapshot(),
      results: this.#results.snapshot(),
      stops: this.#stops.snapshot(),
      manager: this.#manager.snapshot(),
      statistics: this.#statistics.snapshot(),
      portfolio: this.#portfolio.snapshot(),
      regimes: this.#regimes?.snapshot() ?? [],
      universe: this.#universe?.snapshot(),
      pairs: this.#pairs.snapshot(),
      balancer: this.#balancer?.snapshot(),
      pending: [...this.#pending],
      today: this.#tomorrow,
      valuesAtDayStart: [...this.#dayValues],
      builders: this.#subscriptions.flatMap((list) => list.map(({ builder }) => builder.snapshot())),
      runners: this.#runners.flatMap((runner) => runner?.snapshot() ?? []),
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
    const runners = this.#runners.filter((runner) => runner !== undefined)
    assert(
      builders.length === state.builders.length && runners.length === state.runners.length,
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
    this.#statistics.restore(state.statistics)
    this.#portfolio.restore(state.portfolio)
    this.#regimes?.restore(state.regimes)
    if (state.universe !== undefined) this.#universe?.restore(state.universe)
    this.#pairs.restore(state.pairs)
    if (state.balancer !== undefined) this.#balancer?.restore(state.balancer)
    for (const [request, purpose] of state.pending) this.#pending.set(request, purpose)
    this.#tomorrow = state.today
    this.#dayValues = [...state.valuesAtDayStart]
    builders.forEach(({ builder }, i) => builder.restore(state.builders[i]))
    runners.forEach((runner, i) => runner.restore(state.runners[i]))
    this.#risk.restore(state.risk)
    this.#flattening = state.flattening
    this.#desk.restore(state.desk)
    this.#chain.restore(state.goals)
    this.#requestSeq = state.requestSeq
    this.#lastSeq = state.lastSeq
    this.#time = state.lastTime as Micros
    this.#view.time = this.#time
  }
}

const NO_SHARES: OrderRequest['shares'] = Object.freeze([])
const WOULD_TRIGGER: VenueCode = 2021
const REDUCE_ONLY_REJECTED: VenueCode = 2022

/** The venue's words for an order that only closes and finds no position. */
const hadNothingToClose = ({ kind, reason }: OrderReport): boolean =>
  (kind === 'order-expired' && reason === 'reduce-only') || (kind === 'order-rejected' && codeOf(reason) === REDUCE_ONLY_REJECTED)
const NOBODY: readonly number[] = Object.freeze([])
