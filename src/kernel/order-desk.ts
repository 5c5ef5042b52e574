/**
 * Where orders leave: every approved order and cancel becomes an effect here, and is in the books before it leaves. Pure.
 */
import { clientOrderId } from '../core/ids.ts'
import type { Approved } from '../domain/decision.ts'
import type { OrderReport } from '../domain/event.ts'
import type { OrderRequest } from '../domain/order.ts'
import { closePosition } from '../risk/reduce-only-door.ts'
import type { RiskController } from '../risk/risk-controller.ts'
import type { BookResults } from './book-results.ts'
import type { DecisionBuffer } from './decision-buffer.ts'
import type { KernelView } from './kernel-view.ts'
import type { OrderManager } from './order-manager.ts'

export interface OrderDeskParts {
  readonly runId: string
  readonly view: KernelView
  readonly orders: OrderManager
  readonly results: BookResults
  readonly risk: RiskController
  readonly out: DecisionBuffer
}

export interface OrderDeskState {
  readonly seq: number
  readonly cancelling: readonly string[]
}

export class OrderDesk {
  readonly #parts: OrderDeskParts
  readonly #idPrefix: string
  #seq = 0
  /** Orders whose cancel is under way. */
  readonly #cancelling = new Set<string>()
  readonly nextId = (): string => {
    const id = this.#idPrefix + this.#seq.toString(36)
    this.#seq += 1
    return id
  }

  constructor(parts: OrderDeskParts) {
    this.#parts = parts
    // All ids of a run share their beginning; only the number at the end counts up.
    this.#idPrefix = clientOrderId({ origin: 'kernel', runId: parts.runId, strategy: 'k', seq: 0 }).slice(0, -1)
  }

  readonly send = (order: Approved<OrderRequest>): void => {
    const { orders, results, view, out } = this.#parts
    orders.record(order, view.time)
    if (order.qty > order.closes) results.onEntry(order.account, view.time)
    out.effects.push({ kind: 'submit', order })
  }

  readonly cancel = ({ clientOrderId: id, account, instrument }: OrderRequest, reason: string): void => {
    const { risk, out } = this.#parts
    if (this.#cancelling.has(id)) return
    this.#cancelling.add(id)
    out.effects.push({ kind: 'cancel', cancel: risk.approveCancel({ clientOrderId: id, account, instrument, reason }) })
  }

  readonly isCancelling = (id: string): boolean => this.#cancelling.has(id)

  /** The venue has spoken of an order: it is over, or its cancel was refused and may be tried again. */
  onReport({ kind, clientOrderId }: OrderReport): void {
    if (kind === 'order-rejected' || this.#parts.orders.get(clientOrderId) === undefined) this.#cancelling.delete(clientOrderId)
  }

  /** Everything that could still open something. Protective stops stay: they go with their positions. */
  cancelEntries(reason: string): void {
    for (const { request, status } of this.#parts.orders.open)
      if (status !== 'attached' && !request.reduceOnly) this.cancel(request, reason)
  }

  /** Everything of an instrument that waits at the venue. */
  cancelAll(instrument: number, reason: string): void {
    for (const { request, status } of this.#parts.orders.open)
      if (request.instrument === instrument && status !== 'attached') this.cancel(request, reason)
  }

  /** Through the second door, again after every report until nothing is held: an entry may fill before its cancel arrives. */
  closeAll(): void {
    const { view } = this.#parts
    for (let account = 0; account < view.accounts; account++) {
      for (const { index } of view.instruments) {
        if (view.netQty(account, index) === 0 || !view.isTradable(index) || this.#isClosing(account, index)) continue
        const order = closePosition({ account, instrument: index, clientOrderId: this.nextId(), reason: 'flatten' }, view)
        if (order !== undefined) this.send(order)
      }
    }
  }

  #isClosing(account: number, instrument: number): boolean {
    for (const { request } of this.#parts.orders.open)
      if (request.account === account && request.instrument === instrument && request.reason === 'flatten') return true
    return false
  }

  snapshot(): OrderDeskState {
    return { seq: this.#seq, cancelling: [...this.#cancelling] }
  }

  restore({ seq, cancelling }: OrderDeskState): void {
    this.#seq = seq
    this.#cancelling.clear()
    for (const id of cancelling) this.#cancelling.add(id)
  }
}
