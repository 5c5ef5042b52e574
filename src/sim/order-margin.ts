/**
 * What open orders tie up and what an account may still spend: F3 to F6 of docs/venue.md over its positions and orders.
 *
 * Floats decide where the answer is plain; where it is close, exact integers do.
 */
import { notional } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import type { OrderRequest } from '../domain/order.ts'
import { CROSS, SIDES } from './margin-account.ts'
import type { MarginAccount, MarkOf } from './margin-account.ts'
import {
  exactNotional,
  initialMargin,
  maxNotional,
  openLoss,
  openOrderMargin,
  openOrderMarginHedge,
  unrealisedAt,
} from '../domain/margin.ts'
import { hasLimit, isConditional, onlyCloses } from './sim-order.ts'
import type { SimOrder } from './sim-order.ts'
import type { Book } from './venue-book.ts'

/** Beyond this factor floats are enough to tell that a balance suffices. */
const PLAINLY = 1.001

/** Notionals of what could open, by side. */
interface Notionals {
  bids: bigint
  asks: bigint
}

export class OrderMargin {
  readonly #books: readonly Book[]
  readonly #accounts: readonly MarginAccount[]
  readonly #markOf: MarkOf

  constructor(books: readonly Book[], accounts: readonly MarginAccount[], markOf: MarkOf) {
    this.#books = books
    this.#accounts = accounts
    this.#markOf = markOf
  }

  /** F6: the price at which an order's cost is reckoned. */
  assumedPrice(book: Book, { side, type, price }: Pick<OrderRequest, 'side' | 'type' | 'price'>): Price {
    if (price === undefined || !hasLimit(type)) return book.last()
    if (side === 'buy') return price
    return Math.max(price, Math.floor(this.#markOf(book.instrument.index) / book.markPerPrice)) as Price
  }

  /** V1.18: whether what could be held is above what the leverage allows. `without` is not counted among the open orders. */
  isAboveBracket(book: Book, request: OrderRequest, qty: number, without?: SimOrder): boolean {
    const { account: index, side, positionSide } = request
    const account = this.#accounts[index]
    const i = book.instrument.index
    const most = maxNotional(account.bracketsOf(i), account.leverage[i])
    if (most === undefined) return false
    const held = account.position(i, positionSide).qty * (side === 'buy' ? 1 : -1)
    const price = this.assumedPrice(book, request)
    if (book.orders.length <= 1 && this.#isPlainlyBelow(book, most, held, price * qty)) return false
    const waiting =
      book.orders.length === 0 ? 0n : this.#waiting(book, index, positionSide, without)[side === 'buy' ? 'bids' : 'asks']
    const perPrice = BigInt(book.markPerPrice)
    const value = exactNotional(held, this.#markOf(i)) + (waiting + notional(price, qty as Qty)) * perPrice
    return value > most * perPrice
  }

  /** In floats, never yes where it is close; at most one order waits, and counts as much again as this one. */
  #isPlainlyBelow(book: Book, most: Money, held: number, value: number): boolean {
    const waiting =
      book.orders.length === 0 ? 0 : book.orders[0].request.qty * Math.max(book.orders[0].request.price ?? 0, book.last())
    const position = (Math.abs(held) * this.#markOf(book.instrument.index)) / book.markPerPrice
    return (position + waiting + value) * PLAINLY < Number(most)
  }

  /** V1.19: whether the order costs more than is available. `opens` is the part of `qty` that opens. */
  isTooDear(book: Book, request: OrderRequest, qty: number, opens: number, without?: SimOrder): boolean {
    const { account: index } = request
    if (!this.#accounts[index].isolated[book.instrument.index] && this.#plainlyAffordable(book, index, request, qty)) return false
    const i = book.instrument.index
    const price = this.assumedPrice(book, request)
    const before = this.#ordersMargin(book, index, without)
    const after = this.#ordersMargin(book, index, without, request, notional(price, qty as Qty))
    const perPrice = BigInt(book.markPerPrice)
    const loss = openLoss(
      request.side,
      opens as Qty,
      hasLimit(request.type) ? (request.price ?? price) : price,
      this.#markOf(i),
      perPrice,
    )
    const available = this.available(index, without)
    return after - before + loss > available || this.#isReversalTooDear(book, request, { qty, opens, price, loss }, available)
  }

  /** V10: what an isolated position leaves behind when it is closed must do, with what is available, for what opens. */
  #isReversalTooDear(
    book: Book,
    { account: index, side, positionSide }: OrderRequest,
    { qty, opens, price, loss }: { readonly qty: number; readonly opens: number; readonly price: Price; readonly loss: bigint },
    available: Money,
  ): boolean {
    const account = this.#accounts[index]
    const i = book.instrument.index
    const { qty: held, cost } = account.position(i, positionSide)
    if (!account.isolated[i] || held === 0 || held > 0 === (side === 'buy')) return false
    const size = Math.abs(held)
    const opened = Math.min(qty - opens, size) + opens - size
    if (opened <= 0) return false
    const left = account.isolatedWallet(i, positionSide) + unrealisedAt(held, cost, this.#markOf(i), BigInt(book.markPerPrice))
    return initialMargin(notional(price, opened as Qty), account.leverage[i]) + loss > available + left
  }

  /** F5 */
  available(index: number, without?: SimOrder): Money {
    const free = this.free(index, without)
    return (free < 0n ? 0n : free) as Money
  }

  /** F5 before it is cut off at 0. */
  free(index: number, without?: SimOrder): bigint {
    const account = this.#accounts[index]
    let unrealised = 0n
    let margins = 0n
    for (const book of this.#books) {
      const i = book.instrument.index
      if (book.orders.length > 0) margins += this.#ordersMargin(book, index, without)
      if (account.isolated[i] || !account.isHeld(i)) continue
      const perPrice = BigInt(book.markPerPrice)
      for (const side of account.heldSides(CROSS, i)) {
        const { qty, cost } = account.position(i, side)
        const mark = this.#markOf(i)
        unrealised += unrealisedAt(qty, cost, mark, perPrice)
        margins += initialMargin(exactNotional(qty, mark), account.leverage[i], perPrice)
      }
    }
    return account.crossWallet + unrealised - margins
  }

  /** F4 of one instrument, with an order of a notional more and without one. */
  #ordersMargin(book: Book, index: number, without?: SimOrder, added?: OrderRequest, value: bigint = 0n): bigint {
    const account = this.#accounts[index]
    const i = book.instrument.index
    const leverage = account.leverage[i]
    if (account.hedge) {
      const { bids } = this.#waiting(book, index, 'long', without)
      const { asks } = this.#waiting(book, index, 'short', without)
      const ofLong = added?.positionSide === 'long' ? value : 0n
      const ofShort = added?.positionSide === 'short' ? value : 0n
      return openOrderMarginHedge({ bids: bids + ofLong, asks: asks + ofShort }, leverage)
    }
    const { bids, asks } = this.#waiting(book, index, 'both', without)
    const position = exactNotional(account.position(i, 'both').qty, this.#markOf(i))
    const [bid, ask] = added === undefined ? [0n, 0n] : added.side === 'buy' ? [value, 0n] : [0n, value]
    return openOrderMargin(position, { bids: bids + bid, asks: asks + ask }, leverage, BigInt(book.markPerPrice))
  }

  #waiting(book: Book, index: number, side: OrderRequest['positionSide'], without: SimOrder | undefined): Notionals {
    const sums = { bids: 0n, asks: 0n }
    for (const order of book.orders) {
      const { request, type, filled } = order
      if (order === without || request.account !== index || request.positionSide !== side) continue
      if (isConditional(type) || onlyCloses(request)) continue
      const value = notional(this.assumedPrice(book, request), (request.qty - filled) as Qty)
      if (request.side === 'buy') sums.bids += value
      else sums.asks += value
    }
    return sums
  }

  /** Whether even the whole of everything, orders counted in full, leaves enough: in floats, never yes where it is close. */
  #plainlyAffordable(book: Book, index: number, request: OrderRequest, qty: number): boolean {
    const account = this.#accounts[index]
    const { instrument: at } = request
    const price = hasLimit(request.type) ? (request.price ?? book.last()) : book.last()
    const mark = this.#markOf(at) / book.markPerPrice
    // A position that the order closes first still ties up its margin now.
    let tied = (qty * Math.max(price, mark)) / account.leverage[at] + qty * Math.abs(price - mark)
    let balance = Number(account.crossWallet)
    for (const other of this.#books) {
      const i = other.instrument.index
      for (const order of other.orders) {
        if (order.request.account !== index || isConditional(order.type)) continue
        tied += ((order.request.qty - order.filled) * Math.max(order.request.price ?? 0, other.last())) / account.leverage[i]
      }
      if (account.isolated[i] || !account.isHeld(i)) continue
      const otherMark = this.#markOf(i) / other.markPerPrice
      for (const side of SIDES) {
        const { qty: held, cost } = account.position(i, side)
        if (held === 0) continue
        balance += held * otherMark - Number(cost)
        tied += (Math.abs(held) * otherMark) / account.leverage[i]
      }
    }
    return balance > tied * PLAINLY + 1e6
  }
}
