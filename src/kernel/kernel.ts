/**
 * The function from what happened to what we want done. Synchronous, single-threaded, deterministic: it knows neither
 * the clock, nor chance, nor the network, nor which world it runs in.
 *
 * The whole chain is in `handle` and the two methods below it: facts, opinion, share, size, plan, permission.
 */
import { assert, InputError, unreachable } from '../core/errors.ts'
import type { Qty } from '../core/exact.ts'
import { clientOrderId } from '../core/ids.ts'
import { intervalOf } from '../core/time.ts'
import type { Interval, Micros } from '../core/time.ts'
import type { Booking, Decision, Effect, Refusal, Signal, Target } from '../domain/decision.ts'
import type { AccountReport, Command, Event, OrderReport } from '../domain/event.ts'
import { Instrument } from '../domain/instrument.ts'
import type { InstrumentSpec, TradingRules } from '../domain/instrument.ts'
import type { MarketSlot } from '../domain/market-slot.ts'
import type { OrderRequest } from '../domain/order.ts'
import { BarBuilder } from '../market/bar.ts'
import type { BarBuilderState } from '../market/bar.ts'
import { planOrder } from '../execution/order-router.ts'
import { fixedFraction } from '../portfolio/fixed-fraction.ts'
import type { AllocationValues, Allocator } from '../portfolio/fixed-fraction.ts'
import { sizePosition } from '../risk/position-sizer.ts'
import { closePosition } from '../risk/reduce-only-door.ts'
import { RiskController } from '../risk/risk-controller.ts'
import type { LimitValues, TradingState } from '../risk/risk-controller.ts'
import type { Parameters, ParametersOf } from '../strategy/parameters.ts'
import type { Model, StrategyDefinition } from '../strategy/strategy.ts'
import { StrategyRunner } from '../strategy/strategy-runner.ts'
import type { RunnerState } from '../strategy/strategy-runner.ts'
import { KernelView } from './kernel-view.ts'
import { OrderManager } from './order-manager.ts'
import type { OrderManagerState } from './order-manager.ts'
import { PositionManager } from './position-manager.ts'
import type { AccountSpec, PositionManagerState } from './position-manager.ts'

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
}

/** A strategy on every instrument of an account's venue. */
export interface StrategySpec {
  readonly definition: StrategyDefinition
  readonly params: ParametersOf<Parameters>
  readonly interval: Interval
  readonly account: number
}

/** One interval of one instrument and the strategies that listen to it. */
interface Subscription {
  readonly builder: BarBuilder
  readonly runners: StrategyRunner[]
}

export interface KernelState {
  readonly format: 1
  readonly lastSeq: number
  readonly lastTime: number
  readonly orderSeq: number
  readonly requestSeq: number
  readonly tradingState: TradingState
  readonly flattening: boolean
  readonly listed: readonly InstrumentSpec[]
  readonly delisted: readonly number[]
  readonly changedRules: readonly (readonly [number, TradingRules])[]
  readonly orders: OrderManagerState
  readonly positions: PositionManagerState
  readonly builders: readonly BarBuilderState[]
  readonly runners: readonly RunnerState[]
}

/** The default leverage that the allocator divides; the limit of the same name holds it. */
const leverageOf = (risk: LimitValues): number => Number(risk['leverage']?.['max'] ?? 1)

export class Kernel {
  readonly #config: KernelConfig
  readonly #instruments: Instrument[] = []
  readonly #listed: InstrumentSpec[] = []
  readonly #delisted = new Set<number>()
  readonly #changed: (readonly [number, TradingRules])[] = []
  readonly #positions: PositionManager
  readonly #orders = new OrderManager()
  readonly #risk: RiskController
  readonly #allocator: Allocator
  readonly #view: KernelView
  /** By instrument. */
  readonly #subscriptions: Subscription[][] = []
  readonly #runners: StrategyRunner[] = []
  /** Account of each runner. */
  readonly #accountOf: number[] = []
  readonly #idPrefix: string
  /** A `flatten` was commanded and not yet resumed from. */
  #flattening = false
  #orderSeq = 0
  #requestSeq = 0
  #lastSeq = 0
  #time = 0 as Micros

  readonly #effects: Effect[] = []
  readonly #targets: Target[] = []
  readonly #refusals: Refusal[] = []
  readonly #notes: string[] = []
  readonly #bookings: Booking[] = []
  readonly #regimeChanges: number[] = []
  readonly #decision: Decision = {
    effects: this.#effects,
    targets: this.#targets,
    refusals: this.#refusals,
    bookings: this.#bookings,
    regimes: this.#regimeChanges,
    notes: this.#notes,
  }
  readonly #nextId = (): string => {
    const id = this.#idPrefix + this.#orderSeq.toString(36)
    this.#orderSeq += 1
    return id
  }

  constructor(config: KernelConfig) {
    this.#config = config
    this.#positions = new PositionManager(this.#instruments, config.accounts, this.#accountOf)
    this.#risk = new RiskController(config.risk)
    this.#allocator = fixedFraction(config.allocation, leverageOf(config.risk))
    this.#view = new KernelView(this.#instruments, this.#positions, this.#orders)
    // All ids of a run share their beginning; only the number at the end counts up.
    this.#idPrefix = clientOrderId({ origin: 'kernel', runId: config.runId, strategy: 'k', seq: 0 }).slice(0, -1)
    for (const spec of config.instruments) this.#list(spec)
  }

  /** Applies what happened and answers with what we want done. The answer is valid until the next call. */
  handle(event: Event): Decision {
    this.#clearDecision()
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
        this.#runners[event.strategy].onAnswer(event.answer, this.#view)
        this.#collectRequests(this.#runners[event.strategy])
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
        this.#notes.push(`${event.lost} market events of ${this.#instruments[event.instrument].symbol} were lost`)
        break
      case 'rules-changed':
        this.#changed.push([event.instrument, event.rules])
        this.#instruments[event.instrument].changeRules(event.rules)
        break
      case 'timer':
      case 'link':
      case 'trade':
      case 'quote':
      case 'mark':
      case 'depth':
        // Facts that nothing decides on yet; journal and observers have them.
        break
      default:
        unreachable(event)
    }
    return this.#decision
  }

  #clearDecision(): void {
    if (this.#effects.length > 0) this.#effects.length = 0
    if (this.#targets.length > 0) this.#targets.length = 0
    if (this.#refusals.length > 0) this.#refusals.length = 0
    if (this.#notes.length > 0) this.#notes.length = 0
  }

  #onBar(slot: MarketSlot): void {
    const { instrument } = slot
    this.#positions.mark(instrument, slot.close, slot.time)
    const subscriptions = this.#subscriptions[instrument]
    for (let i = 0; i < subscriptions.length; i++) {
      const { builder, runners } = subscriptions[i]
      if (builder.closeBefore(slot)) this.#ask(builder, runners)
      if (builder.add(slot)) this.#ask(builder, runners)
    }
  }

  /** Opinion: every strategy that listens to this bar, in the order of their indices. */
  #ask(builder: BarBuilder, runners: readonly StrategyRunner[]): void {
    for (let i = 0; i < runners.length; i++) {
      const signal = runners[i].onBar(builder.bar, this.#view)
      if (signal !== undefined) this.#pursue(signal)
      this.#collectRequests(runners[i])
    }
  }

  /** Share, size, plan, permission. */
  #pursue(signal: Signal): void {
    const account = this.#accountOf[signal.strategy]
    const weight = this.#allocator.weigh(signal, this.#view)
    const target = sizePosition(weight, account, this.#view)
    this.#targets.push(target)
    const order = this.#plan(target, account)
    if (order === undefined) return
    const verdict = this.#risk.approve(order, this.#view)
    if (verdict.refusal === undefined) {
      this.#send(verdict.approved)
      return
    }
    this.#refusals.push(verdict.refusal)
    if (order.closes > 0 && !order.reduceOnly) this.#closeOnly(target, account)
  }

  /** A reversal that may not open must still close: nobody wants the old side any more. */
  #closeOnly({ signal }: Target, account: number): void {
    const out: Target = {
      signal: { ...signal, direction: 0, qty: 0 as Qty, stop: undefined },
      qty: 0 as Qty,
      bound: 'risk',
      weight: undefined,
      constraints: [],
      regime: undefined,
    }
    const order = this.#plan(out, account)
    if (order === undefined) return
    const verdict = this.#risk.approve(order, this.#view)
    if (verdict.refusal === undefined) this.#send(verdict.approved)
    else this.#refusals.push(verdict.refusal)
  }

  #plan(target: Target, account: number): OrderRequest | undefined {
    const { strategy, instrument } = target.signal
    if (this.#delisted.has(instrument)) return undefined
    const held = this.#heldAfterCancels(target)
    return planOrder(target, {
      account,
      view: this.#view,
      held,
      stops: this.#orders.stopsOf(strategy, instrument),
      nextId: this.#nextId,
    })
  }

  /**
   * What the plan starts from: the book with what is in flight for it, as long as that leads towards the target. An entry
   * that would go somewhat beyond a target on its own side stays too and is corrected by an order of its own, because a
   * cancel may come too late; anything else in flight is cancelled.
   */
  #heldAfterCancels({ qty, signal: { strategy, instrument } }: Target): Qty {
    const book = this.#view.bookQty(strategy, instrument)
    const held = this.#view.bookQtyInFlight(strategy, instrument)
    const inFlight = held - book
    const towards = qty - held
    if (inFlight === 0 || towards === 0 || towards > 0 === inFlight > 0) return held
    if (inFlight * qty > 0 && book * qty >= 0 && Math.abs(qty) >= Math.abs(book)) return held
    for (const { request } of this.#orders.entriesOf(strategy, instrument)) this.#cancel(request, 'superseded')
    // Entries may fill before their cancel arrives. An exit covers them: what the position lacks of it is dropped.
    return qty === 0 && book * inFlight >= 0 ? held : book
  }

  #cancel({ clientOrderId: id, account, instrument }: OrderRequest, reason: string): void {
    if (this.#effects.some((effect) => effect.kind === 'cancel' && effect.cancel.clientOrderId === id)) return
    this.#effects.push({ kind: 'cancel', cancel: this.#risk.approveCancel({ clientOrderId: id, account, instrument, reason }) })
  }

  #send(order: Extract<Effect, { kind: 'submit' }>['order']): void {
    this.#orders.record(order, this.#time)
    this.#effects.push({ kind: 'submit', order })
  }

  #collectRequests(runner: StrategyRunner): void {
    const requests = runner.takeRequests()
    for (let i = 0; i < requests.length; i++) {
      this.#requestSeq += 1
      const request = `${this.#config.runId}-${this.#requestSeq}`
      this.#effects.push({ kind: 'compute', request, strategy: runner.index, ...requests[i] })
    }
  }

  #onOrderReport(report: OrderReport): void {
    this.#book(report)
    if (this.#flattening) this.#closeAll()
  }

  #book(report: OrderReport): void {
    const order = this.#orders.apply(report)
    const { fill } = report
    if (fill === undefined) {
      if (order === 'foreign' && report.kind !== 'order-rejected')
        this.#notes.push(`${report.kind} for ${report.clientOrderId}, which is not open here`)
      return
    }
    if (order === 'repeated') {
      this.#notes.push(`fill ${fill.tradeId} of ${report.clientOrderId} was reported before`)
      return
    }
    // A forced execution (liquidation, settlement) is no order of ours and is booked all the same.
    const realised = this.#positions.applyFill(fill, order === 'foreign' ? NO_SHARES : order.request.shares)
    assert(realised === fill.realised, () => `fill ${fill.tradeId}: the venue realised ${fill.realised}, our books ${realised}`)
  }

  #onAccountReport(report: AccountReport): void {
    this.#positions.applyAccountReport(report)
  }

  #onCommand({ command }: Command): void {
    switch (command) {
      case 'pause':
      case 'reduce':
        this.#risk.tighten('REDUCING')
        this.#cancelEntries(command)
        break
      case 'resume':
        this.#flattening = false
        this.#risk.setState('ACTIVE')
        break
      case 'flatten':
        this.#risk.tighten('HALTED')
        this.#flattening = true
        this.#cancelEntries(command)
        this.#closeAll()
        break
      default:
        unreachable(command)
    }
  }

  /** Everything that could still open something. Protective stops stay: they go with their positions. */
  #cancelEntries(reason: string): void {
    for (const { request, status } of this.#orders.open)
      if (status !== 'attached' && !request.reduceOnly) this.#cancel(request, reason)
  }

  /** Through the second door, again after every report until nothing is held: an entry may fill before its cancel arrives. */
  #closeAll(): void {
    for (let account = 0; account < this.#positions.accounts; account++) {
      for (const { index } of this.#instruments) {
        if (this.#view.netQty(account, index) === 0 || this.#delisted.has(index) || this.#isClosing(account, index)) continue
        const order = closePosition({ account, instrument: index, clientOrderId: this.#nextId(), reason: 'flatten' }, this.#view)
        if (order !== undefined) this.#send(order)
      }
    }
  }

  #isClosing(account: number, instrument: number): boolean {
    for (const { request } of this.#orders.open)
      if (request.account === account && request.instrument === instrument && request.reason === 'flatten') return true
    return false
  }

  #list(spec: InstrumentSpec): void {
    this.#refuseUnfit(spec)
    const instrument = new Instrument(spec, this.#instruments.length)
    this.#instruments.push(instrument)
    this.#positions.reserve()
    const subscriptions: Subscription[] = []
    this.#subscriptions.push(subscriptions)
    for (const { definition, params, interval, account } of this.#config.strategies) {
      if (this.#config.accounts[account].venue !== spec.venue) continue
      const runner = new StrategyRunner(this.#runners.length, {
        definition,
        params,
        instrument,
        interval,
        seed: this.#config.seed,
      })
      this.#runners.push(runner)
      this.#accountOf.push(account)
      const names = new Set([interval.name, ...(definition.intervals?.(params) ?? [])])
      for (const name of names) this.#subscribe(subscriptions, instrument, intervalOf(name), runner)
    }
  }

  /** What the frame does not do yet is refused and not done wrongly. */
  #refuseUnfit(spec: InstrumentSpec): void {
    const users = this.#config.strategies.filter(({ account }) => this.#config.accounts[account].venue === spec.venue)
    const twice = users.find(({ account }, i) => users.findIndex((other) => other.account === account) !== i)
    if (twice !== undefined)
      throw new InputError(
        'several-strategies',
        `${spec.symbol} would be traded by several strategies of account ${this.#config.accounts[twice.account].name}`,
        {
          next: 'Give each strategy an account of its own: stops of several strategies in one position are not merged yet.',
        },
      )
    const foreign = users.find(({ account }) => this.#config.accounts[account].settle !== spec.settle.name)
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
    this.#delisted.add(instrument)
    for (const { request, status } of this.#orders.open) {
      if (request.instrument === instrument && status !== 'attached') this.#cancel(request, 'delisting')
    }
  }

  /** The function behind a `compute` effect, for the world that has to answer it. */
  modelOf({ strategy, model }: Extract<Effect, { kind: 'compute' }>): Model {
    const { definition } = this.#runners[strategy].spec
    const found = definition.models?.[model]
    assert(found !== undefined, () => `${definition.name} asks for a model '${model}' that it does not define`)
    return found
  }

  get view(): KernelView {
    return this.#view
  }

  get positions(): PositionManager {
    return this.#positions
  }

  get orders(): OrderManager {
    return this.#orders
  }

  get instruments(): readonly Instrument[] {
    return this.#instruments
  }

  /** Everything that later decisions depend on, as plain data. */
  snapshot(): KernelState {
    return {
      format: 1,
      lastSeq: this.#lastSeq,
      lastTime: this.#time,
      orderSeq: this.#orderSeq,
      requestSeq: this.#requestSeq,
      tradingState: this.#risk.state,
      flattening: this.#flattening,
      listed: [...this.#listed],
      delisted: [...this.#delisted],
      changedRules: [...this.#changed],
      orders: this.#orders.snapshot(),
      positions: this.#positions.snapshot(),
      builders: this.#subscriptions.flatMap((list) => list.map(({ builder }) => builder.snapshot())),
      runners: this.#runners.map((runner) => runner.snapshot()),
    }
  }

  /** Continues from a snapshot of a kernel that was made with the same configuration. Only a fresh kernel may be restored. */
  restore(state: KernelState): void {
    assert(this.#lastSeq === 0, 'a kernel that has handled events cannot be restored')
    assert(state.format === 1, () => `the snapshot has format ${String(state.format)}, this program reads 1`)
    for (const spec of state.listed) {
      this.#listed.push(spec)
      this.#list(spec)
    }
    const builders = this.#subscriptions.flat()
    assert(
      builders.length === state.builders.length && this.#runners.length === state.runners.length,
      'the snapshot was made with other strategies or instruments',
    )
    for (const instrument of state.delisted) this.#delisted.add(instrument)
    for (const [instrument, rules] of state.changedRules) {
      this.#changed.push([instrument, rules])
      this.#instruments[instrument].changeRules(rules)
    }
    this.#orders.restore(state.orders)
    this.#positions.restore(state.positions)
    builders.forEach(({ builder }, i) => builder.restore(state.builders[i]))
    this.#runners.forEach((runner, i) => runner.restore(state.runners[i]))
    this.#risk.setState(state.tradingState)
    this.#flattening = state.flattening
    this.#orderSeq = state.orderSeq
    this.#requestSeq = state.requestSeq
    this.#lastSeq = state.lastSeq
    this.#time = state.lastTime as Micros
    this.#view.time = this.#time
  }
}

const NO_SHARES: OrderRequest['shares'] = Object.freeze([])
