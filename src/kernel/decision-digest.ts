/**
 * One hash of everything that was decided and everything that came of it: equal runs give equal hashes on every machine.
 *
 * Absorbs targets, actions of risk, refusals, effects, fills and account reports; market facts only through what they led to. Instruments
 * go in by id and orders by the order of their appearance, so that neither indices nor run ids matter.
 */
import { assert } from '../core/errors.ts'
import { Digest } from '../core/digest.ts'
import type { DigestState } from '../core/digest.ts'
import type { Decision, Effect, Refusal, RiskAction, Target } from '../domain/decision.ts'
import type { AccountReport, Event, OrderReport } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { AttachedOrders, OrderRequest } from '../domain/order.ts'
import type { Observer } from './ports.ts'

export interface DecisionDigestState {
  readonly format: 1
  readonly digest: DigestState
  readonly appeared: number
  /** Client order id and number of orders that may be named again. */
  readonly orders: readonly (readonly [string, number])[]
}

/** Orders remembered at most; far more than are open at once. The oldest goes, which happens alike everywhere. */
const ORDERS_KEPT = 16_384

export class DecisionDigest implements Observer {
  readonly name = 'decision-digest'
  readonly #instruments: readonly Instrument[]
  #digest = new Digest()
  readonly #orders = new Map<string, number>()
  #appeared = 0

  /** `instruments` may grow while we run. */
  constructor(instruments: readonly Instrument[]) {
    this.#instruments = instruments
  }

  observe(event: Event, { targets, refusals, effects, actions }: Decision): void {
    switch (event.kind) {
      case 'order-filled':
        this.#fill(event)
        break
      case 'order-canceled':
      case 'order-expired':
      case 'order-rejected':
        this.#orders.delete(event.clientOrderId)
        break
      case 'account':
        this.#account(event)
        break
      default:
      // Facts and requests: they count by what was decided on them.
    }
    for (let i = 0; i < actions.length; i++) this.#action(actions[i])
    for (let i = 0; i < targets.length; i++) this.#target(targets[i])
    for (let i = 0; i < refusals.length; i++) this.#refusal(refusals[i])
    for (let i = 0; i < effects.length; i++) this.#effect(effects[i])
  }

  /** The hash of everything so far; more may follow. */
  hex(): string {
    return this.#digest.hex()
  }

  // Every part begins with its name and has a fixed list of fields, so that different histories never make one stream.

  #fill({ fill, remaining }: OrderReport): void {
    if (fill === undefined) return
    const digest = this.#digest
    digest.text('fill')
    digest.number(fill.account)
    digest.text(this.#id(fill.instrument))
    digest.number(fill.exchangeTime)
    digest.text(fill.side)
    digest.text(fill.positionSide)
    digest.number(fill.price)
    digest.number(fill.qty)
    digest.big(fill.fee)
    digest.text(fill.liquidity)
    digest.big(fill.realised)
    digest.text(fill.reason)
    digest.number(remaining)
    if (remaining === 0) this.#orders.delete(fill.clientOrderId)
  }

  #account(report: AccountReport): void {
    const digest = this.#digest
    digest.text('account')
    digest.number(report.account)
    digest.text(report.entry)
    digest.text(report.asset)
    digest.big(report.amount)
    digest.text(this.#id(report.instrument))
    digest.number(report.exchangeTime)
  }

  #target({ signal, qty, bound }: Target): void {
    const digest = this.#digest
    digest.text('target')
    digest.number(signal.strategy)
    digest.text(this.#id(signal.instrument))
    digest.number(signal.time)
    digest.number(signal.direction)
    this.#optional(signal.stop)
    digest.number(qty)
    digest.text(bound)
  }

  #refusal({ rule, order }: Refusal): void {
    const digest = this.#digest
    digest.text('refusal')
    digest.text(rule)
    digest.text(this.#id(order.instrument))
    digest.text(order.side)
    digest.number(order.qty)
    digest.number(order.closes)
  }

  #action({ level, action, text, cancelled, closing }: RiskAction): void {
    const digest = this.#digest
    digest.text('risk-action')
    digest.text(level)
    digest.text(action)
    digest.text(text)
    digest.number(cancelled)
    digest.number(closing)
  }

  #effect(effect: Effect): void {
    const digest = this.#digest
    digest.text(effect.kind)
    switch (effect.kind) {
      case 'submit':
        this.#order(effect.order)
        break
      case 'cancel':
        digest.number(this.#orderNumber(effect.cancel.clientOrderId))
        digest.text(this.#id(effect.cancel.instrument))
        digest.text(effect.cancel.reason)
        break
      case 'transfer':
        digest.number(effect.transfer.from)
        digest.number(effect.transfer.to)
        digest.text(effect.transfer.asset)
        digest.big(effect.transfer.amount)
        break
      case 'timer':
        digest.text(effect.timer)
        digest.number(effect.at)
        break
      case 'compute':
        digest.number(effect.strategy)
        digest.text(effect.model)
        digest.data(effect.inputs)
        digest.number(effect.delay)
        break
    }
  }

  #order(order: OrderRequest): void {
    const digest = this.#digest
    digest.number(this.#orderNumber(order.clientOrderId))
    digest.number(order.account)
    digest.text(this.#id(order.instrument))
    digest.text(order.side)
    digest.text(order.positionSide)
    digest.text(order.type)
    digest.text(order.timeInForce)
    digest.number(order.qty)
    digest.number(order.closes)
    this.#optional(order.price)
    this.#optional(order.trigger)
    digest.text(order.workingType)
    digest.number(order.reduceOnly ? 1 : 0)
    this.#attached(order.attached)
    digest.number(order.shares.length)
    for (const { strategy, qty } of order.shares) {
      digest.number(strategy)
      digest.number(qty)
    }
    digest.text(order.reason)
    digest.number(order.decisionPrice)
    digest.number(order.decidedAt)
  }

  #attached(attached: AttachedOrders | undefined): void {
    const digest = this.#digest
    const cancels = attached?.cancels ?? NO_IDS
    digest.number(cancels.length)
    for (const id of cancels) digest.number(this.#orderNumber(id))
    const stop = attached?.stop
    if (stop === undefined) {
      digest.text('')
      return
    }
    digest.text('stop')
    digest.text(stop.side)
    digest.number(this.#orderNumber(stop.clientOrderId))
    digest.number(stop.trigger)
    digest.number(stop.qty)
    digest.text(stop.workingType)
  }

  /** The text for what is missing is no number's encoding. */
  #optional(value: number | undefined): void {
    if (value === undefined) this.#digest.text('')
    else this.#digest.number(value)
  }

  #id(instrument: number): string {
    return instrument < 0 ? '' : this.#instruments[instrument].id
  }

  #orderNumber(clientOrderId: string): number {
    const known = this.#orders.get(clientOrderId)
    if (known !== undefined) return known
    this.#appeared += 1
    this.#orders.set(clientOrderId, this.#appeared)
    if (this.#orders.size > ORDERS_KEPT) {
      for (const oldest of this.#orders.keys()) {
        this.#orders.delete(oldest)
        break
      }
    }
    return this.#appeared
  }

  snapshot(): DecisionDigestState {
    return { format: 1, digest: this.#digest.snapshot(), appeared: this.#appeared, orders: [...this.#orders] }
  }

  restore(state: DecisionDigestState): void {
    assert(state.format === 1, `the state of the decision digest has format ${String(state.format)}, this program reads 1`)
    this.#digest = Digest.restore(state.digest)
    this.#appeared = state.appeared
    this.#orders.clear()
    for (const [id, number] of state.orders) this.#orders.set(id, number)
  }
}

const NO_IDS: readonly string[] = Object.freeze([])
