/**
 * The protective stops of the books and those at the venue: virtual stops become reduce-only stop orders whose total is
 * the net position, the nearest first. Pure.
 *
 * A book that is alone in its instrument gets its stop with its entry, in the moment of the fill; here is what is left:
 * stops that move, and books that share a position.
 */
import type { Price } from '../core/exact.ts'
import type { Approved } from '../domain/decision.ts'
import type { OrderRequest } from '../domain/order.ts'
import { planStop } from '../execution/order-router.ts'
import type { RiskController } from '../risk/risk-controller.ts'
import type { Books } from './books.ts'
import type { DecisionBuffer } from './decision-buffer.ts'
import type { KernelView } from './kernel-view.ts'
import type { OrderManager, OrderRecord } from './order-manager.ts'

export interface StopKeeperParts {
  readonly books: Books
  readonly view: KernelView
  readonly orders: OrderManager
  readonly risk: RiskController
  readonly out: DecisionBuffer
  nextId(): string
  send(order: Approved<OrderRequest>): void
  cancel(request: OrderRequest, reason: string): void
  /** A cancel of it is under way. */
  isCancelling(clientOrderId: string): boolean
}

/** What the venue shall hold for one book. */
interface Wanted {
  readonly strategy: number
  readonly trigger: Price
  /** Signed position that it protects. */
  readonly qty: number
}

export class StopKeeper {
  readonly #parts: StopKeeperParts
  /** The virtual stop of each book, negative where it protects a short position; undefined is none. */
  readonly #triggers: (number | undefined)[] = []

  constructor(parts: StopKeeperParts) {
    this.#parts = parts
  }

  /** The stop of a book from now on, for positions on the side of `side`: while a book turns it does not hold for the old one. */
  set(strategy: number, trigger: Price | undefined, side: number): void {
    this.#triggers[strategy] = trigger === undefined ? undefined : Math.sign(side) * trigger
  }

  trigger(strategy: number): Price | undefined {
    const signed = this.#triggers[strategy]
    return signed === undefined ? undefined : (Math.abs(signed) as Price)
  }

  /** The stop of a book for a position of this side. */
  #triggerFor(strategy: number, qty: number): Price | undefined {
    const signed = this.#triggers[strategy]
    return signed !== undefined && signed * qty > 0 ? (Math.abs(signed) as Price) : undefined
  }

  /** Makes the venue's stops of an instrument what the books' stops ask for. */
  align(account: number, instrument: number): void {
    const { books, view, orders } = this.#parts
    const net = view.netQty(account, instrument)
    const owners = books.of(instrument).filter((book) => books.account(book, instrument) === account)
    const wanted = this.#wanted(owners, instrument, net)
    for (const strategy of owners) {
      const records = orders.stopsOf(strategy, instrument).flatMap((id) => orders.get(id) ?? [])
      // Its own entry is on the way and brings the new stop along.
      if (records.some(({ status }) => status === 'attached')) continue
      // Or takes the old one along, in the moment of its fill and not before.
      if (owners.length > 1 && this.#isLeaving(strategy, instrument, records)) continue
      this.#replace(
        wanted.find((each) => each.strategy === strategy),
        records,
        { account, instrument, alone: owners.length === 1 },
      )
    }
  }

  #isLeaving(strategy: number, instrument: number, records: readonly OrderRecord[]): boolean {
    const entries = this.#parts.orders.entriesOf(strategy, instrument)
    return entries.some(({ request: { attached } }) =>
      records.some(({ request }) => attached?.cancels.includes(request.clientOrderId) === true),
    )
  }

  /**
   * Books whose virtual stop lies within a bar's range and for which nothing stands at the venue: the account's position is on
   * the other side, or others cover it. A pair looks after itself.
   */
  reached(instrument: number, low: number, high: number): readonly number[] {
    const { books, view, orders } = this.#parts
    const owners = books.of(instrument)
    let found = NONE
    for (let i = 0; i < owners.length; i++) {
      const strategy = owners[i]
      const qty = view.bookQty(strategy, instrument)
      const trigger = this.#triggerFor(strategy, qty)
      if (trigger === undefined || books.owners[strategy].hedge !== undefined) continue
      if (qty > 0 ? low > trigger : high < trigger) continue
      if (orders.stopsOf(strategy, instrument).length === 0) found = [...found, strategy]
    }
    return found
  }

  /** Virtual stops on the side of the net position, the nearest first, until it is covered. */
  #wanted(owners: readonly number[], instrument: number, net: number): readonly Wanted[] {
    const { view } = this.#parts
    const side = Math.sign(net)
    const stops: Wanted[] = []
    for (const strategy of owners) {
      const qty = view.bookQty(strategy, instrument)
      const trigger = this.#triggerFor(strategy, qty)
      if (trigger !== undefined && Math.sign(qty) === side) stops.push({ strategy, trigger, qty })
    }
    stops.sort((a, b) => side * (b.trigger - a.trigger) || a.strategy - b.strategy)
    let left = Math.abs(net)
    return stops.flatMap(({ strategy, trigger, qty }) => {
      const part = Math.min(left, Math.abs(qty))
      left -= part
      return part === 0 ? [] : [{ strategy, trigger, qty: side * part }]
    })
  }

  #replace(
    wanted: Wanted | undefined,
    records: readonly OrderRecord[],
    { account, instrument, alone }: { readonly account: number; readonly instrument: number; readonly alone: boolean },
  ): void {
    const { view, risk, out, nextId, send, cancel, isCancelling } = this.#parts
    const kept = records.find(
      (record) => wanted !== undefined && !isCancelling(record.request.clientOrderId) && fits(record, wanted, alone),
    )
    if (wanted !== undefined && kept === undefined) {
      const verdict = risk.approveStop(planStop({ account, instrument, ...wanted }, view, nextId), view)
      if (verdict.refusal === undefined) send(verdict.approved)
      else {
        out.refusals.push(verdict.refusal)
        return
      }
    }
    // The new one is on its way before the old ones go: both only reduce.
    for (const record of records) if (record !== kept) cancel(record.request, wanted === undefined ? 'no position' : 'stop moved')
  }

  snapshot(): readonly (readonly [number, number])[] {
    return this.#triggers.flatMap((trigger, strategy) => (trigger === undefined ? [] : [[strategy, trigger] as const]))
  }

  restore(state: readonly (readonly [number, number])[]): void {
    this.#triggers.length = 0
    for (const [strategy, trigger] of state) this.#triggers[strategy] = trigger
  }
}

/** One that is alone may be larger than what has filled so far: the venue never lets it open anything. */
function fits({ request, filled }: OrderRecord, { trigger, qty }: Wanted, alone: boolean): boolean {
  const left = request.qty - filled
  return (
    request.trigger === trigger &&
    (request.side === 'sell') === qty > 0 &&
    (alone ? left >= Math.abs(qty) : left === Math.abs(qty))
  )
}

const NONE: readonly number[] = Object.freeze([])
