/**
 * Orders on bars: rules O2 to O12 of docs/backtest-assumptions.md. A bar acts at two moments, `open` and `end`.
 *
 * While no order waits and no price reaches anything, both are a few comparisons: every change of orders or positions
 * computes the prices between which nothing can happen.
 */
import type { Price } from '../core/exact.ts'
import { MILLISECOND } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import { opposite } from '../domain/order.ts'
import { adversePrice, fillableQty, reaches, tradesThrough } from './fill-model.ts'
import type { Liquidation } from './liquidation.ts'
import { firesLike, follow, isConditional, isStop, isTakeProfit } from './sim-order.ts'
import type { SimOrder } from './sim-order.ts'
import type { VenueCore } from './venue-core.ts'
import type { Book } from './venue-book.ts'

const RATE_ONE = 10n ** 10n

export class BarMatching {
  readonly #core: VenueCore
  readonly #liquidation: Liquidation

  constructor(core: VenueCore, liquidation: Liquidation) {
    this.#core = core
    this.#liquidation = liquidation
  }

  /** O2. The next row of an instrument opens. */
  open(book: Book, row: number): void {
    const { bars } = book
    book.row = row
    book.inside = true
    const open = bars.open[row]
    if (!book.pending && open > book.lowTrigger && open < book.highTrigger) {
      const mark = book.mark()
      if (mark > book.lowMark && mark < book.highMark) return
    }
    this.#core.time = bars.openTime[row] as Micros
    book.budget = this.budgetLeft(book)
    book.budgetRow = row
    this.#matchOpen(book, open as Price)
    book.watch()
  }

  /** O3. The range of the present row. */
  end(book: Book): void {
    const { bars, row } = book
    if (
      !book.pending &&
      bars.low[row] > book.lowTrigger &&
      bars.high[row] < book.highTrigger &&
      this.#markIsSafe(book, book.markLow(), book.markHigh())
    ) {
      book.inside = false
      return
    }
    this.#core.time = (bars.openTime[row] + bars.duration[row] - MILLISECOND) as Micros
    book.budget = this.budgetLeft(book)
    book.budgetRow = row
    this.#matchRange(book)
    book.inside = false
    book.watch()
    this.#core.reboundHolders(book)
  }

  /** O6: what orders may still take of the present row. */
  budgetLeft(book: Book): number {
    if (!book.inside) return 0
    return book.budgetRow === book.row
      ? book.budget
      : fillableQty(book.bars.volume[book.row], this.#core.fills.participation, book.unitsPerBase)
  }

  #markIsSafe(book: Book, low: number, high: number): boolean {
    return low > book.lowMark && high < book.highMark
  }

  #matchOpen(book: Book, open: Price): void {
    const core = this.#core
    for (let account = 0; account < core.accounts.length; account++) this.#liquidation.ifDue(account, book)
    // What an entry attaches does not act before the range, so the list as it stands now is enough.
    const orders = [...book.orders]
    for (const order of orders) if (order.open && order.type === 'market') core.take(book, order, open)
    for (const order of orders) if (order.open && order.type === 'limit') this.#limitAtOpen(book, order, open)
    for (const order of orders) {
      order.rested = true
      order.reference = open
      if (order.type === 'trailing-stop-market') this.#follow(book, order, open, book.mark())
    }
  }

  #limitAtOpen(book: Book, order: SimOrder, open: Price): void {
    const limit = order.request.price as Price
    if (!order.rested) {
      this.#firstTurn(book, order, open)
      order.rested = true
    } else if (tradesThrough(open, limit, order.request.side, this.#through(book)))
      this.#core.fill(book, order, limit, limit, 'maker')
  }

  /** O10: a limit order meets the market at a price for the first time. */
  #firstTurn(book: Book, order: SimOrder, price: Price): void {
    const core = this.#core
    const { side, price: limit, timeInForce } = order.request
    const isMarketable = reaches(price, limit as Price, opposite(side))
    if (isMarketable && timeInForce === 'GTX') core.end(order, 'order-expired', 'post-only')
    else if (isMarketable && (timeInForce !== 'FOK' || book.budget >= core.wantedOf(order))) core.take(book, order, price)
    if (order.open && timeInForce === 'FOK') core.end(order, 'order-expired', 'fok')
    if (order.open && timeInForce === 'IOC') core.end(order, 'order-expired', 'ioc')
  }

  // ---- the range -----------------------------------------------------------------------------------------------

  #matchRange(book: Book): void {
    const core = this.#core
    // Taken before anything fires: what becomes a limit order inside the bar has had its first turn then.
    const arrived = book.orders.filter(({ arrivedInside }) => arrivedInside > 0)
    this.#dueAtReference(book)
    for (const order of arrived) if (order.open) this.#arriveInside(book, order)
    this.#stopsInRange(book)
    for (let account = 0; account < core.accounts.length; account++)
      this.#liquidation.inRange(account, book, book.markLow(), book.markHigh())
    this.#restingInRange(book)
    this.#stopsInRange(book)
    this.#trailInRange(book)
    for (const order of book.orders) {
      order.arrivedInside = 0
      order.rested = true
    }
  }

  /** O3.1 */
  #dueAtReference(book: Book): void {
    if (book.orders.length === 0) return
    // One may attach another, which is beyond its own reference already.
    const isDue = (order: SimOrder): boolean => this.#isDueAtReference(book, order)
    for (let next = book.orders.find(isDue); next !== undefined; next = book.orders.find(isDue))
      this.#fire(book, next, next.reference as Price)
  }

  #isDueAtReference(book: Book, order: SimOrder): boolean {
    if (!isConditional(order.type) || order.reference <= 0) return false
    const level = book.levelOf(order, this.#core.tickOf(book))
    if (level === undefined || !this.#hasPassed(book, order, level)) return false
    return this.#isUnprotected(book, order, order.reference, book.mark(), book.mark())
  }

  /** Whether the reference of an order has reached the level at which it fires. */
  #hasPassed(book: Book, order: SimOrder, level: Price): boolean {
    const { side, workingType } = order.request
    const ofMark = workingType === 'mark'
    const now = ofMark ? book.mark() : order.reference
    return order.reference > 0 && reaches(now, ofMark ? level * book.markPerPrice : level, firesLike(order.type, side))
  }

  /** O3.2 */
  #arriveInside(book: Book, order: SimOrder): void {
    const core = this.#core
    const { bars, row } = book
    const { side } = order.request
    const elapsed = order.arrivedInside - bars.openTime[row]
    const price = adversePrice(
      { open: bars.open[row], high: bars.high[row], low: bars.low[row], elapsed, length: bars.duration[row] },
      side,
      core.tickOf(book),
    )
    order.reference = price
    if (order.type === 'market') core.take(book, order, price)
    else if (order.type === 'limit') this.#firstTurn(book, order, price)
    else {
      if (order.type === 'trailing-stop-market') this.#follow(book, order, price, book.mark())
      if (this.#isDueAtReference(book, order)) this.#fire(book, order, price)
    }
  }

  /** O3.3: one at a time, because each fill can change what comes next. */
  #stopsInRange(book: Book): void {
    if (book.orders.length === 0) return
    const open = book.bars.open[book.row]
    for (;;) {
      this.#dueAtReference(book)
      const next = this.#nextStop(book)
      if (next === undefined) return
      const { order, price } = next
      const { account } = order.request
      if (this.#liquidation.ifDue(account, book)) continue
      const doom = this.#liquidation.nextIn(account, book, book.markLow(), book.markHigh())
      if (doom !== undefined && (doom.level - open) * (price - open) >= 0 && Math.abs(open - doom.level) < Math.abs(open - price))
        this.#liquidation.at(account, book, doom)
      else this.#fire(book, order, price)
    }
  }

  /** The order against us that the range reaches first: reducing ones, then nearest to the open, then by arrival. */
  #nextStop(book: Book): { readonly order: SimOrder; readonly price: Price } | undefined {
    const { bars, row } = book
    let best: SimOrder | undefined
    let bestPrice = 0
    let bestReduces = false
    let bestDistance = Infinity
    for (const order of book.orders) {
      if (!isStop(order.type) || (order.type === 'trailing-stop-market' && order.arrivedInside > 0)) continue
      const { side, account, positionSide } = order.request
      const price = this.#priceInRange(book, order)
      if (price === undefined) continue
      const { qty } = this.#core.accounts[account].position(book.instrument.index, positionSide)
      const reduces = qty !== 0 && qty > 0 === (side === 'sell')
      const distance = Math.abs(bars.open[row] - price)
      if (best !== undefined && (bestReduces !== reduces ? bestReduces : bestDistance <= distance)) continue
      best = order
      bestPrice = price
      bestReduces = reduces
      bestDistance = distance
    }
    return best === undefined ? undefined : { order: best, price: bestPrice as Price }
  }

  /** O11: the price at which the range makes an order fire; undefined when it does not. */
  #priceInRange(book: Book, order: SimOrder): Price | undefined {
    const { bars, row } = book
    const { side, workingType } = order.request
    const tick = this.#core.tickOf(book)
    const level = book.levelOf(order, tick)
    if (level === undefined) return undefined
    const like = firesLike(order.type, side)
    const ofMark = workingType === 'mark'
    // What was held up at its reference has been passed by the market: its trigger lies outside of the bar.
    if (order.request.terms.priceProtect && this.#hasPassed(book, order, level)) return undefined
    const [low, high] = ofMark ? [book.markLow(), book.markHigh()] : [bars.low[row], bars.high[row]]
    if (!reaches(like === 'sell' ? low : high, ofMark ? level * book.markPerPrice : level, like)) return undefined
    const price = ofMark ? intoRange(level, bars.low[row], bars.high[row], side, tick) : level
    return this.#isUnprotected(book, order, price, book.markLow(), book.markHigh()) ? price : undefined
  }

  /** O3.5: limit orders and take-profits that rest, in one line. */
  #restingInRange(book: Book): void {
    if (book.orders.length === 0) return
    const resting = book.orders.filter(
      ({ type, arrivedInside }) => (type === 'limit' || isTakeProfit(type)) && arrivedInside === 0,
    )
    for (const order of resting) {
      if (!order.open) continue
      if (order.type === 'limit') {
        const { side, price } = order.request
        const extreme = side === 'buy' ? book.bars.low[book.row] : book.bars.high[book.row]
        if (tradesThrough(extreme, price as Price, side, this.#through(book)))
          this.#core.fill(book, order, price as Price, price as Price, 'maker')
      } else {
        const price = this.#priceInRange(book, order)
        if (price !== undefined) this.#fire(book, order, price)
      }
    }
  }

  /** O12, step 7: the other extreme of the bar comes first where that is worse. */
  #trailInRange(book: Book): void {
    for (const order of book.orders.filter(({ type, arrivedInside }) => type === 'trailing-stop-market' && arrivedInside === 0)) {
      const { side } = order.request
      const { low, high } = book.bars
      this.#follow(
        book,
        order,
        side === 'sell' ? high[book.row] : low[book.row],
        side === 'sell' ? book.markHigh() : book.markLow(),
      )
      const level = this.#priceInRange(book, order)
      if (level !== undefined) this.#fire(book, order, Math.min(high[book.row], Math.max(low[book.row], level)) as Price)
    }
  }

  #follow(book: Book, order: SimOrder, price: number, mark: number): void {
    const { workingType, terms } = order.request
    if (workingType === 'last') follow(order, price, terms.activation)
    else follow(order, mark, terms.activation === undefined ? undefined : terms.activation * book.markPerPrice)
  }

  #fire(book: Book, order: SimOrder, price: Price): void {
    if (!this.#core.becomeChild(book, order)) return
    if (order.type === 'market') {
      this.#core.take(book, order, price)
      return
    }
    order.arrivedInside = this.#core.time
    this.#firstTurn(book, order, price)
  }

  /** O13: whether price protection lets an order fire at a price while the mark lies in a range. */
  #isUnprotected(book: Book, order: SimOrder, price: number, low: number, high: number): boolean {
    if (!order.request.terms.priceProtect || !book.rowHasMark()) return true
    const { triggerProtect } = book.instrument.rulesAt(this.#core.time)
    if (triggerProtect === undefined) return true
    const last = price * book.markPerPrice
    const mark = Math.min(high, Math.max(low, last))
    return BigInt(Math.abs(mark - last)) * RATE_ONE <= BigInt(mark) * BigInt(triggerProtect)
  }

  #through(book: Book): number {
    return this.#core.fills.touch ? 0 : this.#core.tickOf(book)
  }
}

/** The price of the range nearest to a level, rounded to the tick against the order. */
function intoRange(level: number, low: number, high: number, side: 'buy' | 'sell', tick: number): Price {
  const inside = Math.min(high, Math.max(low, level))
  return ((side === 'sell' ? Math.floor(inside / tick) : Math.ceil(inside / tick)) * tick) as Price
}
