/**
 * The life of every order we sent, from approval to its end, and what is still in flight.
 *
 * Fills are counted exactly once: a trade id that was seen is not counted again, in whatever order reports arrive.
 */
import { assert } from '../core/errors.ts'
import type { Qty } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import type { OrderReport } from '../domain/event.ts'
import { isProtectiveStop, sideSign, stopRequest } from '../domain/order.ts'
import type { AttachedStop, OrderRequest, OrderStatus } from '../domain/order.ts'
import { codeOf } from '../domain/venue-error.ts'
import type { VenueCode } from '../domain/venue-error.ts'
import { SeenTrades } from './seen-trades.ts'
import type { SeenTradesState } from './seen-trades.ts'

export interface OrderRecord {
  readonly request: OrderRequest
  status: OrderStatus
  filled: number
}

export interface OrderManagerState {
  readonly orders: readonly { readonly request: OrderRequest; readonly status: OrderStatus; readonly filled: number }[]
  readonly approvals: readonly number[]
  readonly trades: readonly (readonly [number, SeenTradesState])[]
}

const UNKNOWN_ORDER: VenueCode = 2011

/** Approvals remembered for the order-rate limits: more than any venue lets through in their longest span. */
const APPROVALS_KEPT = 4_096

/** Everything of one instrument and account that open orders add up to. */
interface OpenSums {
  /** Remaining quantity of entry orders, by side. Protective stops never increase a position and do not count. */
  buys: number
  sells: number
}

export class OrderManager {
  readonly #orders = new Map<string, OrderRecord>()
  readonly #open = new Map<number, OpenSums>()
  readonly #inFlight = new Map<number, number>()
  readonly #stops = new Map<number, string[]>()
  readonly #approvals = new Float64Array(APPROVALS_KEPT)
  #approvalCount = 0
  readonly #trades = new Map<number, SeenTrades>()
  #ordersOpen = 0

  /** Takes an approved order into the books before it leaves. */
  record(request: OrderRequest, time: Micros): void {
    assert(!this.#orders.has(request.clientOrderId), () => `client order id ${request.clientOrderId} was used twice`)
    this.#orders.set(request.clientOrderId, { request, status: 'sent', filled: 0 })
    this.#ordersOpen += 1
    this.#approvals[this.#approvalCount % APPROVALS_KEPT] = time
    this.#approvalCount += 1
    this.#count(request, request.qty)
    if (isProtectiveStop(request)) this.#rememberStop(request)
    const stop = request.attached?.stop
    if (stop !== undefined) this.#recordAttached(request, stop)
  }

  /** Answers a question as if an order had been sent: whether a second one may go that only makes sense together with it. */
  supposing<T>(request: OrderRequest, time: Micros, ask: () => T): T {
    const slot = this.#approvalCount % APPROVALS_KEPT
    const oldest = this.#approvals[slot]
    this.record(request, time)
    const answer = ask()
    this.#orders.delete(request.clientOrderId)
    this.#count(request, -request.qty)
    this.#ordersOpen -= 1
    this.#approvalCount -= 1
    this.#approvals[slot] = oldest
    return answer
  }

  #recordAttached(parent: OrderRequest, stop: AttachedStop): void {
    const request = stopRequest(parent, stop)
    this.#orders.set(stop.clientOrderId, { request, status: 'attached', filled: 0 })
    this.#rememberStop(request)
  }

  #rememberStop({ shares, instrument, clientOrderId }: OrderRequest): void {
    const key = keyOf(shares[0].strategy, instrument)
    const stops = this.#stops.get(key)
    if (stops === undefined) this.#stops.set(key, [clientOrderId])
    else stops.push(clientOrderId)
  }

  /** Applies what the venue said: to our order, or to one that is not ours, or not at all when it was counted before. */
  apply(report: OrderReport): OrderRecord | 'foreign' | 'repeated' {
    const order = this.#orders.get(report.clientOrderId)
    if (report.fill !== undefined && !this.#firstSeen(report.account, report.instrument, report.fill.tradeId)) return 'repeated'
    if (order === undefined) return 'foreign'
    switch (report.kind) {
      case 'order-accepted':
        if (order.status === 'attached') this.#ordersOpen += 1
        order.status = 'working'
        return order
      case 'order-filled': {
        const qty = report.fill?.qty ?? 0
        order.filled += qty
        this.#count(order.request, -qty)
        // The last fill may be reported before others: what counts is what has arrived. A reduce-only order may be cut by the venue.
        if (order.filled === order.request.qty || (report.remaining === 0 && order.request.reduceOnly))
          this.#close(order, 'filled')
        return order
      }
      case 'order-canceled':
        this.#close(order, 'canceled')
        return order
      case 'order-expired':
        this.#close(order, 'expired')
        return order
      case 'order-rejected':
        // A cancel that came too late is rejected too; the order it meant is then not ours to change.
        if (order.status === 'sent' || (order.status === 'attached' && codeOf(report.reason) !== UNKNOWN_ORDER))
          this.#close(order, 'rejected')
        return order
      case 'order-amended':
        return order
    }
  }

  #close(order: OrderRecord, status: OrderStatus): void {
    const { request } = order
    this.#count(request, -(request.qty - order.filled))
    if (order.status !== 'attached') this.#ordersOpen -= 1
    order.status = status
    this.#orders.delete(request.clientOrderId)
    if (isProtectiveStop(request)) this.#forgetStop(request)
    const stop = request.attached?.stop
    if (stop === undefined || order.filled === request.qty) return
    // An entry that ended without its last fill: its stop stands if the venue has accepted it, else it never will.
    const attached = this.#orders.get(stop.clientOrderId)
    if (attached?.status === 'attached') this.#close(attached, 'canceled')
  }

  #forgetStop(request: OrderRequest): void {
    const stops = this.#stops.get(keyOf(request.shares[0].strategy, request.instrument))
    if (stops === undefined) return
    const at = stops.indexOf(request.clientOrderId)
    if (at >= 0) stops.splice(at, 1)
  }

  /** Adds to the sums of open orders; negative when some of it is done. */
  #count(request: OrderRequest, qty: number): void {
    if (isProtectiveStop(request) || qty === 0) return
    const key = keyOf(request.account, request.instrument)
    let sums = this.#open.get(key)
    if (sums === undefined) {
      sums = { buys: 0, sells: 0 }
      this.#open.set(key, sums)
    }
    if (request.side === 'buy') sums.buys += qty
    else sums.sells += qty
    const sign = sideSign(request.side)
    for (const part of request.shares) {
      const book = keyOf(part.strategy, request.instrument)
      // With several owners the open part is spread as the fills will be; whole orders come out exact.
      const own = request.shares.length === 1 ? qty : (qty * part.qty) / request.qty
      this.#inFlight.set(book, (this.#inFlight.get(book) ?? 0) + sign * own)
    }
  }

  /** Two accounts of ours can be the two sides of one trade. */
  #firstSeen(account: number, instrument: number, tradeId: number): boolean {
    const key = keyOf(account, instrument)
    let seen = this.#trades.get(key)
    if (seen === undefined) {
      seen = new SeenTrades()
      this.#trades.set(key, seen)
    }
    return seen.add(tradeId)
  }

  get(clientOrderId: string): OrderRecord | undefined {
    return this.#orders.get(clientOrderId)
  }

  /** Orders that are sent or working, attached ones that wait not counted. */
  get openCount(): number {
    return this.#ordersOpen
  }

  get open(): IterableIterator<OrderRecord> {
    return this.#orders.values()
  }

  inFlight(strategy: number, instrument: number): Qty {
    return (this.#inFlight.get(keyOf(strategy, instrument)) ?? 0) as Qty
  }

  /** Client ids of the protective stops of one book, oldest first; they may still wait for their parent. */
  stopsOf(strategy: number, instrument: number): readonly string[] {
    return this.#stops.get(keyOf(strategy, instrument)) ?? NO_STOPS
  }

  /** The largest absolute position possible when only what increases it is filled. */
  worstQty(account: number, instrument: number, net: number, extra: number): number {
    const sums = this.#open.get(keyOf(account, instrument))
    const long = net + (sums?.buys ?? 0) + (extra > 0 ? extra : 0)
    const short = net - (sums?.sells ?? 0) + (extra < 0 ? extra : 0)
    return Math.max(Math.abs(long), Math.abs(short))
  }

  /** The signed position when all open orders on the side of `extra` are filled, and `extra` too. */
  filledQty(account: number, instrument: number, net: number, extra: number): number {
    const sums = this.#open.get(keyOf(account, instrument))
    return net + extra + (extra > 0 ? (sums?.buys ?? 0) : -(sums?.sells ?? 0))
  }

  /** What all entry orders in flight come to, signed. */
  inFlightNet(account: number, instrument: number): number {
    const sums = this.#open.get(keyOf(account, instrument))
    return sums === undefined ? 0 : sums.buys - sums.sells
  }

  /** Entry orders of a book that are on their way or working, oldest first. */
  entriesOf(strategy: number, instrument: number): readonly OrderRecord[] {
    return [...this.#orders.values()].filter(
      ({ request, status }) =>
        status !== 'attached' &&
        !isProtectiveStop(request) &&
        request.instrument === instrument &&
        request.shares.some((part) => part.strategy === strategy),
    )
  }

  approvalsSince(time: number): number {
    let count = 0
    const oldest = Math.max(0, this.#approvalCount - APPROVALS_KEPT)
    for (let i = this.#approvalCount - 1; i >= oldest && this.#approvals[i % APPROVALS_KEPT] > time; i--) count += 1
    return count
  }

  snapshot(): OrderManagerState {
    const kept = Math.min(this.#approvalCount, APPROVALS_KEPT)
    const approvals = Array.from({ length: kept }, (_, i) => this.#approvals[(this.#approvalCount - kept + i) % APPROVALS_KEPT])
    return {
      orders: [...this.#orders.values()].map((order) => ({ ...order })),
      approvals,
      trades: [...this.#trades].map(([key, seen]) => [key, seen.snapshot()] as const),
    }
  }

  restore(state: OrderManagerState): void {
    for (const map of [this.#orders, this.#open, this.#inFlight, this.#stops, this.#trades]) map.clear()
    this.#ordersOpen = 0
    for (const { request, status, filled } of state.orders) {
      this.#orders.set(request.clientOrderId, { request, status, filled })
      if (status !== 'attached') this.#ordersOpen += 1
      this.#count(request, request.qty - filled)
      if (isProtectiveStop(request)) this.#rememberStop(request)
    }
    this.#approvalCount = state.approvals.length
    this.#approvals.set(state.approvals)
    for (const [key, seen] of state.trades) this.#trades.set(key, SeenTrades.restore(seen))
  }
}

const NO_STOPS: readonly string[] = Object.freeze([])

/** One number for a pair of small indices. */
const keyOf = (a: number, b: number): number => a * 65_536 + b
