/**
 * Watches a run and keeps what its report needs: equity at every bar, fills, trades, costs, and whatever was refused.
 *
 * It sees every event, so for a bar without a decision it writes two numbers into columns and does nothing else.
 */
import { ZERO } from '../core/exact.ts'
import type { Money, Price } from '../core/exact.ts'
import { MILLISECOND } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { Decision, Refusal } from '../domain/decision.ts'
import type { AccountReport, Event, OrderReport } from '../domain/event.ts'
import type { Fill, OrderRequest } from '../domain/order.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Observer } from '../kernel/ports.ts'
import { slippageOf, TradeRecorder } from './trade-recorder.ts'

/** What happened several times, told once: how often, and the first time. */
export interface Repeated<T> {
  readonly what: string
  count: number
  readonly first: T
  readonly firstTime: Micros
}

/** Money that moved without a fill and belongs to an instrument. */
export interface Charge {
  readonly time: Micros
  readonly instrument: number
  readonly entry: 'funding' | 'liquidation-fee'
  /** Signed: positive makes the wallet larger. */
  readonly amount: Money
}

const FIRST_ROOM = 1_024

export class Recorder implements Observer {
  readonly name = 'recorder'
  readonly trades: TradeRecorder
  readonly fills: Fill[] = []
  /** Of each fill the price its order was decided at; forced executions have none. */
  readonly decided: (Price | undefined)[] = []
  readonly charges: Charge[] = []
  readonly #kernel: Kernel
  #times: Float64Array
  #equity: Float64Array
  #points = 0
  readonly #large = new Map<number, Money>()
  /** Per order id the price it was decided at; orders that ended are forgotten. */
  readonly #decisionPrices = new Map<string, Price>()
  /** Per order id the trigger of the stop that came with it. */
  readonly #stops = new Map<string, Price>()
  #slippage = ZERO as bigint
  #traded = 0
  /** Fills that left a rest for later bars. */
  #partial: Repeated<Fill> | undefined
  #heldSince: Micros | undefined
  #heldTime = 0
  #liquidations = 0
  readonly #refusals = new Map<string, Repeated<Refusal>>()
  readonly #rejections = new Map<string, Repeated<OrderReport>>()
  readonly #notes = new Map<string, Repeated<string>>()

  /** `points`: about how many moments there will be; the columns grow when there are more. */
  constructor(kernel: Kernel, points = FIRST_ROOM) {
    this.#kernel = kernel
    this.trades = new TradeRecorder((instrument) => kernel.instruments[instrument].kind === 'spot')
    this.#times = new Float64Array(Math.max(points, FIRST_ROOM))
    this.#equity = new Float64Array(this.#times.length)
  }

  observe(event: Event, decision: Decision): void {
    if (event.kind === 'bar') this.#point(event.exchangeTime - MILLISECOND)
    else if (event.kind === 'account') this.#onAccountReport(event)
    else if (event.kind.startsWith('order-')) this.#onReport(event as OrderReport)
    const { effects, refusals, notes } = decision
    if (effects.length > 0) this.#onEffects(decision)
    for (let i = 0; i < refusals.length; i++) repeat(this.#refusals, refusals[i].rule, refusals[i], event.time)
    for (let i = 0; i < notes.length; i++) repeat(this.#notes, notes[i], notes[i], event.time)
  }

  /**
   * Equity after a bar, stamped one millisecond before its end: a day's last bar belongs to that day. Bars of several
   * instruments that close together make one point.
   */
  #point(time: number): void {
    if (this.#points === 0 || this.#times[this.#points - 1] !== time) {
      if (this.#points === this.#times.length) this.#grow()
      this.#points += 1
      this.#times[this.#points - 1] = time
    }
    this.#note(this.#points - 1)
  }

  #note(at: number): void {
    const equity = this.#kernel.positions.totalEquity()
    this.#equity[at] = equity
    // Beyond 2^53 money units a number is not exact any more; the document tells money, so it is kept as such.
    if (!Number.isSafeInteger(equity)) this.#large.set(at, this.#kernel.positions.exactTotalEquity())
  }

  /** A point of `equity` as exact money. */
  equityAt(at: number): Money {
    return this.#large.get(at) ?? (BigInt(this.#equity[at]) as Money)
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2)
    const equity = new Float64Array(times.length)
    times.set(this.#times)
    equity.set(this.#equity)
    this.#times = times
    this.#equity = equity
  }

  #onEffects({ effects }: Decision): void {
    for (const effect of effects) {
      if (effect.kind !== 'submit') continue
      const { clientOrderId, decisionPrice, attached } = effect.order
      this.#decisionPrices.set(clientOrderId, decisionPrice)
      if (attached?.stop === undefined) continue
      this.#decisionPrices.set(attached.stop.clientOrderId, attached.stop.trigger)
      this.#stops.set(clientOrderId, attached.stop.trigger)
    }
  }

  #onAccountReport(report: AccountReport): void {
    this.trades.onAccountReport(report)
    const { entry, exchangeTime: time, instrument, amount } = report
    if (entry === 'funding' || entry === 'liquidation-fee') this.charges.push({ time, instrument, entry, amount })
  }

  #onReport(report: OrderReport): void {
    if (report.fill !== undefined) this.#onFill(report.fill, report.remaining)
    else if (report.kind === 'order-rejected') repeat(this.#rejections, report.reason, report, report.time)
    if (report.kind === 'order-accepted' || report.remaining > 0) return
    this.#decisionPrices.delete(report.clientOrderId)
    this.#stops.delete(report.clientOrderId)
  }

  #onFill(fill: Fill, remaining: number): void {
    this.fills.push(fill)
    this.#traded += fill.price * fill.qty
    const decided = this.#decisionPrices.get(fill.clientOrderId)
    this.decided.push(decided)
    if (decided !== fill.price) this.#slippage += slippageOf(fill, fill.qty, decided)
    if (fill.reason === 'liquidation') this.#liquidations += 1
    if (remaining > 0) {
      this.#partial ??= { what: 'partial', count: 0, first: fill, firstTime: fill.exchangeTime }
      this.#partial.count += 1
    }
    this.trades.onFill(fill, { decided, stop: this.#stops.get(fill.clientOrderId) })
    this.#measureExposure(fill.exchangeTime)
  }

  #measureExposure(time: Micros): void {
    if (this.trades.openCount > 0) this.#heldSince ??= time
    else if (this.#heldSince !== undefined) {
      this.#heldTime += time - this.#heldSince
      this.#heldSince = undefined
    }
  }

  /** Micros in which any position was held, until `end` for those still open. */
  heldTime(end: Micros): number {
    return this.#heldTime + (this.#heldSince === undefined ? 0 : Math.max(0, end - this.#heldSince))
  }

  /** Times in micros and equity in money units, one point a moment at which bars closed. What came after the last bar counts for it. */
  get equity(): { readonly times: Float64Array; readonly values: Float64Array } {
    if (this.#points > 0) this.#note(this.#points - 1)
    return { times: this.#times.subarray(0, this.#points), values: this.#equity.subarray(0, this.#points) }
  }

  /** Against the decision price (of a stop: its trigger), paid = positive. Forced executions have none. */
  get slippage(): Money {
    return this.#slippage as Money
  }
  /** Sum of price x quantity of all fills in money units, a float: for the turnover. */
  get traded(): number {
    return this.#traded
  }
  get liquidations(): number {
    return this.#liquidations
  }
  get partialFills(): Repeated<Fill> | undefined {
    return this.#partial
  }
  get refusals(): readonly Repeated<Refusal>[] {
    return [...this.#refusals.values()]
  }
  get rejections(): readonly Repeated<OrderReport>[] {
    return [...this.#rejections.values()]
  }
  get notes(): readonly Repeated<string>[] {
    return [...this.#notes.values()]
  }
}

/** Orders that can still fill when the data end, attached stops not counted. */
export function ordersLeft(kernel: Kernel): readonly { readonly request: OrderRequest; readonly filled: number }[] {
  return [...kernel.orders.open].filter(({ request, status }) => request.reason !== 'stop' && status !== 'attached')
}

function repeat<T>(known: Map<string, Repeated<T>>, what: string, first: T, time: Micros): void {
  const found = known.get(what)
  if (found === undefined) known.set(what, { what, count: 1, first, firstTime: time })
  else found.count += 1
}
