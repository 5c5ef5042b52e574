/**
 * Orders on trades: rules R1 to R5 of docs/backtest-assumptions.md. Orders fill at trades, never between them.
 */
import type { Price } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import { opposite } from '../domain/order.ts'
import { DEFAULT_QUEUE, fillableQty, reaches } from './fill-model.ts'
import type { Liquidation } from './liquidation.ts'
import { firesLike, follow, isConditional } from './sim-order.ts'
import type { SimOrder } from './sim-order.ts'
import type { VenueCore } from './venue-core.ts'
import type { Book } from './venue-book.ts'
import type { VenueTrades } from './venue-bars.ts'

const RATE_ONE = 10n ** 10n
/** R2: weight of the newest trade in the mean quantity. */
const MEAN_WEIGHT = 1 / 64

export class TradeMatching {
  readonly #core: VenueCore
  readonly #liquidation: Liquidation

  constructor(core: VenueCore, liquidation: Liquidation) {
    this.#core = core
    this.#liquidation = liquidation
  }

  /** R1 */
  trade(book: Book, row: number): void {
    const { price: prices, qty: quantities, buyerIsMaker, time } = book.trades as VenueTrades
    const price = prices[row] as Price
    const qty = quantities[row]
    const { bid: bidBefore, ask: askBefore } = book
    book.row = row
    book.tradePrice = price
    book.meanQty = book.meanQty === book.meanQty ? book.meanQty + (qty - book.meanQty) * MEAN_WEIGHT : qty
    const mark = book.mark()
    const isQuiet = price > book.lowTrigger && price < book.highTrigger && mark > book.lowMark && mark < book.highMark
    if (book.pending || !isQuiet) {
      this.#core.time = time[row] as Micros
      this.#act(book, price, qty, buyerIsMaker[row] === 1, bidBefore || price, askBefore || price)
      book.watch()
    }
    if (buyerIsMaker[row] === 1) {
      book.bid = price
      book.ask = Math.max(askBefore || price, price)
    } else {
      book.ask = price
      book.bid = Math.min(bidBefore || price, price)
    }
  }

  /** R5: a row of a mark series beside the trades begins, or ends: its low, then its high are seen then. */
  mark(book: Book, of: MarkMoment, time: Micros): void {
    const core = this.#core
    core.time = time
    if (of.phase === 'open') {
      book.markNow = of.open
      for (let account = 0; account < core.accounts.length; account++) this.#liquidation.ifDue(account, book)
      this.#triggerByMark(book, of.open)
    } else {
      for (let account = 0; account < core.accounts.length; account++) this.#liquidation.atExtreme(account, book, of.low, 'down')
      this.#triggerByMark(book, of.low)
      for (let account = 0; account < core.accounts.length; account++) this.#liquidation.atExtreme(account, book, of.high, 'up')
      this.#triggerByMark(book, of.high)
      book.markNow = of.close
    }
    core.reboundHolders(book)
    core.watchMarks(book)
    book.watch()
  }

  #triggerByMark(book: Book, mark: number): void {
    for (const order of [...book.orders])
      if (order.open && isConditional(order.type) && order.request.workingType === 'mark') this.#trigger(book, order, mark, mark)
  }

  #act(book: Book, price: Price, qty: number, sold: boolean, bid: number, ask: number): void {
    const core = this.#core
    for (let account = 0; account < core.accounts.length; account++) this.#liquidation.ifDue(account, book)
    const share = fillableQty(qty, core.fills.participation, 1)
    book.budget = share
    // What fires now, and what an entry attaches, takes part from the next trade on.
    const orders = book.orders.filter(({ type }) => !isConditional(type))
    const mark = book.mark()
    for (const order of [...book.orders])
      if (order.open && isConditional(order.type))
        this.#trigger(book, order, order.request.workingType === 'mark' ? mark : price, mark)
    const worse = (order: SimOrder): Price =>
      (order.request.side === 'buy' ? Math.max(price, ask) : Math.min(price, bid)) as Price
    for (const order of orders) if (order.open && order.type === 'market') core.take(book, order, worse(order))
    for (const order of orders)
      if (order.open && order.type === 'limit' && !order.rested) this.#firstTurn(book, order, worse(order))
    // A trade gives a resting order at most what was traded.
    if (core.fills.participation === undefined) book.budget = qty
    for (const order of orders)
      if (order.open && order.type === 'limit' && order.rested) this.#rest(book, order, price, qty, sold)
  }

  /** V4: `now` is what the order looks at, in its own units; `mark` that of the moment. */
  #trigger(book: Book, order: SimOrder, now: number, mark: number): void {
    const { side, workingType, terms } = order.request
    const per = workingType === 'mark' ? book.markPerPrice : 1
    if (order.type === 'trailing-stop-market')
      follow(order, now, terms.activation === undefined ? undefined : terms.activation * per)
    const level = book.levelOf(order, this.#core.tickOf(book))
    if (level === undefined || !reaches(now, level * per, firesLike(order.type, side))) return
    if (this.#isUnprotected(book, order, mark)) this.#core.becomeChild(book, order)
  }

  #isUnprotected(book: Book, order: SimOrder, mark: number): boolean {
    const { triggerProtect } = book.instrument.rulesAt(this.#core.time)
    if (!order.request.terms.priceProtect || triggerProtect === undefined || !book.hasOwnMark) return true
    const apart = Math.abs(mark - book.tradePrice * book.markPerPrice)
    return BigInt(apart) * RATE_ONE <= BigInt(mark) * BigInt(triggerProtect)
  }

  /** O10 on trades. */
  #firstTurn(book: Book, order: SimOrder, price: Price): void {
    const core = this.#core
    const { side, price: limit, timeInForce } = order.request
    const isMarketable = reaches(price, limit as Price, opposite(side))
    if (isMarketable && timeInForce === 'GTX') core.end(order, 'order-expired', 'post-only')
    else if (isMarketable && (timeInForce !== 'FOK' || book.budget >= core.wantedOf(order))) core.take(book, order, price)
    if (order.open && timeInForce === 'FOK') core.end(order, 'order-expired', 'fok')
    if (order.open && timeInForce === 'IOC') core.end(order, 'order-expired', 'ioc')
    if (order.open) this.#beginToRest(book, order)
  }

  #beginToRest(book: Book, order: SimOrder): void {
    order.rested = true
    order.ahead = Math.floor((this.#core.fills.queue ?? DEFAULT_QUEUE) * book.meanQty)
  }

  /** R2 */
  #rest(book: Book, order: SimOrder, price: Price, qty: number, sold: boolean): void {
    const { side, price: limit } = order.request
    const at = limit as Price
    const isThrough = side === 'buy' ? price < at : price > at
    if (!isThrough) {
      if (price !== at || sold !== (side === 'buy')) return
      const used = Math.min(order.ahead, qty)
      order.ahead -= used
      if (qty === used) return
      const budget = Math.min(book.budget, qty - used)
      this.#fillWithin(book, order, at, budget)
    } else this.#fillWithin(book, order, at, book.budget)
  }

  #fillWithin(book: Book, order: SimOrder, at: Price, most: number): void {
    const kept = book.budget - most
    book.budget = most
    this.#core.fill(book, order, at, at, 'maker')
    book.budget += kept
  }
}

/** In mark units. */
export interface MarkMoment {
  readonly phase: 'open' | 'end'
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}
