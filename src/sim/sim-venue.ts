/**
 * The simulated venue on bars: takes orders, fills them by the rules of docs/backtest-assumptions.md, keeps the accounts,
 * and reports. It sees the exchange's side of time only.
 *
 * A bar acts at two moments, `openBar` and `endBar`. While no order waits and no price reaches anything, both are a few
 * comparisons: every change of orders or positions computes the prices between which nothing can happen.
 */
import { assert } from '../core/errors.ts'
import { notional, POW10, timesRate, ZERO } from '../core/exact.ts'
import type { Money, Price, Qty, Rate } from '../core/exact.ts'
import { MILLISECOND } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { Approved } from '../domain/decision.ts'
import type { AccountReport, OrderReport, OrderReportKind, ReportEvent } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { LedgerKind } from '../domain/ledger.ts'
import { opposite, sideSign, stopRequest } from '../domain/order.ts'
import type { CancelRequest, Fill, OrderRequest } from '../domain/order.ts'
import { refusalText } from '../domain/venue-error.ts'
import { adversePrice, fillableQty, reaches, slipped, tradesThrough } from './fill-model.ts'
import type { FillModel } from './fill-model.ts'
import { MarginAccount } from './margin-account.ts'
import type { MarginAccountState } from './margin-account.ts'
import { markScaleOf } from './venue-bars.ts'
import type { VenueBars } from './venue-bars.ts'

export interface SimVenueConfig {
  readonly instruments: readonly Instrument[]
  /** By instrument index; all rows are known to the program, but the venue looks only at the row it is told of. */
  readonly bars: readonly VenueBars[]
  readonly accounts: number
  readonly fills: FillModel
  /** Receives every report in the moment it happens at the exchange. */
  report(report: ReportEvent): void
}

/** An order at the venue. */
interface SimOrder {
  readonly request: OrderRequest
  /** A stop that has fired goes on as a market order. */
  type: OrderRequest['type']
  filled: number
  /** How much of `filled` closed; the rest opened. */
  closed: number
  /** Has taken part in an open or a range: a limit that rests is a maker. */
  rested: boolean
  /** When it arrived inside the present bar; 0 otherwise. */
  arrivedInside: number
  /** O3.1: what a stop is measured against besides the range: the open, or the price at which its parent filled; 0 before. */
  reference: number
  /** The entry it is attached to, '' once that is done: it goes when the position is flat, and takes the rest of its parent with it when it fires. */
  parent: string | undefined
  /** Its own attached stop has been placed. */
  stopPlaced: boolean
  /** What it replaces has gone. */
  stopsReplaced: boolean
  open: boolean
}

/** One instrument: its present row, its orders, and the prices between which nothing happens. */
class Book {
  readonly instrument: Instrument
  readonly bars: VenueBars
  readonly unitsPerBase: number
  readonly markPerPrice: number
  row = -1
  /** The row's open has been, its range has not. */
  inside = false
  /** What orders may still take of the row `budgetRow`: an open at which nothing can happen does not compute it. */
  budget = 0
  budgetRow = -1
  orders: SimOrder[] = []
  /** Something must be looked at whatever the price: new orders, market orders. */
  pending = false
  lowTrigger = -Infinity
  highTrigger = Infinity
  lowMark = -Infinity
  highMark = Infinity

  constructor(instrument: Instrument, bars: VenueBars) {
    this.instrument = instrument
    this.bars = bars
    this.unitsPerBase = POW10[instrument.qtyScale]
    this.markPerPrice = POW10[markScaleOf(instrument.priceScale) - instrument.priceScale]
  }

  /** Newest mark in mark units: the row's open while it is inside, its close afterwards. */
  mark(): number {
    const { row, bars } = this
    if (row < 0) return 0
    if (bars.mark !== undefined) return this.inside ? bars.mark.open[row] : bars.mark.close[row]
    return (this.inside ? bars.open[row] : bars.close[row]) * this.markPerPrice
  }

  markLow(): number {
    return this.bars.mark === undefined ? this.bars.low[this.row] * this.markPerPrice : this.bars.mark.low[this.row]
  }

  markHigh(): number {
    return this.bars.mark === undefined ? this.bars.high[this.row] * this.markPerPrice : this.bars.mark.high[this.row]
  }
}

export interface SimVenueState {
  readonly books: readonly {
    readonly row: number
    readonly inside: boolean
    readonly budget: number
    readonly orders: readonly SimOrder[]
  }[]
  readonly accounts: readonly MarginAccountState[]
  readonly tradeSeq: number
  readonly forcedSeq: number
  readonly feePool: bigint
  readonly insuranceFund: bigint
}

export class SimVenue {
  readonly #books: readonly Book[]
  readonly #accounts: readonly MarginAccount[]
  readonly #asset: string
  readonly #fills: FillModel
  readonly #report: (report: ReportEvent) => void
  /** Ids of open orders. */
  readonly #open = new Map<string, SimOrder>()
  readonly #markOf = (i: number): number => this.#books[i].mark()
  #time = 0 as Micros
  #tradeSeq = 0
  #forcedSeq = 0
  #feePool: Money = ZERO
  #insuranceFund: Money = ZERO

  constructor(config: SimVenueConfig) {
    const { instruments } = config
    assert(instruments.length > 0, 'a venue needs at least one instrument')
    this.#asset = instruments[0].settle.name
    assert(
      instruments.every(({ settle }) => settle.name === this.#asset),
      'all instruments of one simulated venue settle in one asset',
    )
    this.#books = instruments.map((instrument, i) => new Book(instrument, config.bars[i]))
    this.#accounts = Array.from({ length: config.accounts }, (_, i) => new MarginAccount(i, instruments, this.#asset))
    this.#fills = config.fills
    this.#report = config.report
  }

  // ---- what reaches the exchange -------------------------------------------------------------------------------

  /** An order arrives. Only an approved one is accepted here; the rest follows from bars. */
  submit(request: Approved<OrderRequest>, time: Micros): void {
    this.#time = time
    const refusal = this.#whyNot(request)
    if (refusal !== undefined) {
      this.#reportOrder('order-rejected', request, refusal, 0)
      return
    }
    const book = this.#books[request.instrument]
    const order = newOrder(request)
    if (book.inside) order.arrivedInside = time
    this.#open.set(request.clientOrderId, order)
    book.orders.push(order)
    book.pending = true
    this.#reportOrder('order-accepted', request, '', request.qty)
  }

  #whyNot(request: OrderRequest): string | undefined {
    if (this.#open.has(request.clientOrderId)) return refusalText(4116)
    if (this.#books[request.instrument] === undefined) return 'unknown-instrument'
    if (!(request.qty > 0)) return 'quantity'
    if (!(request.closes >= 0 && request.closes <= request.qty) || (request.reduceOnly && request.closes !== request.qty))
      return 'closing-part'
    if (request.positionSide !== 'both') return 'position-side'
    if (request.type === 'limit') return request.price !== undefined && request.price > 0 ? undefined : 'price'
    if (request.type === 'stop-market') return request.trigger !== undefined && request.trigger > 0 ? undefined : 'trigger'
    return request.type === 'market' ? undefined : 'order-type'
  }

  cancel(request: Approved<CancelRequest>, time: Micros): void {
    this.#time = time
    const order = this.#open.get(request.clientOrderId)
    if (order === undefined || order.request.instrument !== request.instrument || order.request.account !== request.account) {
      const { account, instrument, clientOrderId } = request
      this.#reportOrder('order-rejected', { account, instrument, clientOrderId }, refusalText(2011), 0)
      return
    }
    this.#end(order, 'order-canceled', request.reason)
    this.#watch(this.#books[request.instrument])
  }

  /** Money comes in or goes out. */
  transfer(account: number, entry: LedgerKind, amount: Money, time: Micros): void {
    this.#time = time
    this.#book(account, entry, amount, -1, 0 as Rate, entry)
    this.#rebound(this.#accounts[account])
  }

  /** M4: funding of every position held; `mark` in mark units. */
  settleFunding(instrument: number, rate: Rate, mark: number, time: Micros): void {
    this.#time = time
    const { markPerPrice } = this.#books[instrument]
    for (let account = 0; account < this.#accounts.length; account++) {
      const { qty } = this.#accounts[account].positions[instrument]
      if (qty === 0 || rate === 0) continue
      const paid = (BigInt(qty) * BigInt(mark) * BigInt(rate)) / (BigInt(markPerPrice) * RATE_ONE)
      if (paid === 0n) continue
      this.#book(account, 'funding', -paid as Money, instrument, rate, 'funding')
      this.#rebound(this.#accounts[account])
    }
  }

  /** The instrument ceases to trade: orders go, positions settle at the newest mark without fee. */
  delist(instrument: number, time: Micros): void {
    this.#time = time
    const book = this.#books[instrument]
    for (const order of [...book.orders]) this.#end(order, 'order-expired', 'delisting')
    this.#accounts.forEach(({ positions }, account) => {
      const { qty } = positions[instrument]
      if (qty !== 0) this.#force(account, book, Math.round(book.mark() / book.markPerPrice) as Price, 0 as Rate, 'delisting')
    })
  }

  // ---- bars ----------------------------------------------------------------------------------------------------

  /** O2. The next row of an instrument opens. */
  openBar(instrument: number, row: number): void {
    const book = this.#books[instrument]
    const { bars } = book
    book.row = row
    book.inside = true
    const open = bars.open[row]
    if (!book.pending && open > book.lowTrigger && open < book.highTrigger && this.#markIsSafe(book, book.mark(), book.mark()))
      return
    this.#time = bars.openTime[row] as Micros
    book.budget = this.#budgetLeft(book)
    book.budgetRow = row
    this.#matchOpen(book, open as Price)
    this.#watch(book)
  }

  /** O3. The range of the present row. */
  endBar(instrument: number): void {
    const book = this.#books[instrument]
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
    this.#time = (bars.openTime[row] + bars.duration[row] - MILLISECOND) as Micros
    book.budget = this.#budgetLeft(book)
    book.budgetRow = row
    this.#matchRange(book)
    book.inside = false
    this.#watch(book)
    this.#reboundHolders(book)
  }

  /** O6: what orders may still take of the present row. */
  #budgetLeft(book: Book): number {
    if (!book.inside) return 0
    return book.budgetRow === book.row
      ? book.budget
      : fillableQty(book.bars.volume[book.row], this.#fills.participation, book.unitsPerBase)
  }

  #markIsSafe(book: Book, low: number, high: number): boolean {
    return low > book.lowMark && high < book.highMark
  }

  #matchOpen(book: Book, open: Price): void {
    for (let account = 0; account < this.#accounts.length; account++) this.#liquidateIfDue(account, book)
    // What an entry attaches does not act before the range, so the list as it stands now is enough.
    const orders = [...book.orders]
    for (const order of orders) if (order.open && order.type === 'market') this.#take(book, order, open)
    for (const order of orders) if (order.open && order.type === 'limit') this.#limitAtOpen(book, order, open)
    for (const order of orders) {
      order.rested = true
      order.reference = open
    }
  }

  #limitAtOpen(book: Book, order: SimOrder, open: Price): void {
    const limit = order.request.price as Price
    const { side } = order.request
    if (order.rested) {
      if (tradesThrough(open, limit, side, this.#through(book))) this.#fill(book, order, limit, 'maker')
    } else if (reaches(open, limit, opposite(side))) this.#fill(book, order, open, 'taker')
  }

  #matchRange(book: Book): void {
    this.#stopsBeyond(book)
    for (const order of book.orders.filter(({ arrivedInside }) => arrivedInside > 0))
      if (order.open) this.#arriveInside(book, order)
    this.#stopsInRange(book)
    for (let account = 0; account < this.#accounts.length; account++) this.#liquidateInRange(account, book)
    const resting = book.orders.filter((order) => order.type === 'limit' && order.arrivedInside === 0)
    for (const order of resting) {
      const { side, price } = order.request
      const extreme = side === 'buy' ? book.bars.low[book.row] : book.bars.high[book.row]
      if (order.open && tradesThrough(extreme, price as Price, side, this.#through(book)))
        this.#fill(book, order, price as Price, 'maker')
    }
    this.#stopsInRange(book)
    for (const order of book.orders) {
      order.arrivedInside = 0
      order.rested = true
    }
  }

  /** O3.1 */
  #stopsBeyond(book: Book): void {
    // One may attach another, which is beyond its own reference already.
    for (let next = book.orders.find(isBeyond); next !== undefined; next = book.orders.find(isBeyond))
      this.#fire(book, next, next.reference as Price)
  }

  /** O3.2 */
  #arriveInside(book: Book, order: SimOrder): void {
    const { bars, row, instrument } = book
    const { side } = order.request
    const elapsed = Math.min(1, Math.max(0, (order.arrivedInside - bars.openTime[row]) / bars.duration[row]))
    const tick = instrument.rulesAt(this.#time).tick
    const price = adversePrice({ open: bars.open[row], high: bars.high[row], low: bars.low[row], elapsed }, side, tick)
    order.reference = price
    if (order.type === 'market') this.#take(book, order, price)
    else if (order.type === 'limit') {
      if (reaches(price, order.request.price as Price, opposite(side))) this.#fill(book, order, price, 'taker')
    } else if (reaches(price, triggerOf(order), side)) this.#fire(book, order, price)
  }

  /** O3.3: one at a time, because each fill can change what comes next. */
  #stopsInRange(book: Book): void {
    const { bars, row } = book
    const open = bars.open[row]
    for (;;) {
      this.#stopsBeyond(book)
      const next = this.#nextStop(book)
      if (next === undefined) return
      const { account } = next.request
      if (this.#liquidateIfDue(account, book)) continue
      const trigger = triggerOf(next)
      const level = this.#liquidationLevelInRange(account, book)
      if (level !== undefined && (level - open) * (trigger - open) >= 0 && Math.abs(open - level) < Math.abs(open - trigger))
        this.#liquidate(account, book, level)
      else this.#fire(book, next, trigger)
    }
  }

  /** The stop that the range reaches first: reducing ones, then nearest to the open, then by arrival. */
  #nextStop(book: Book): SimOrder | undefined {
    const { bars, row } = book
    let best: SimOrder | undefined
    let bestReduces = false
    let bestDistance = Infinity
    for (const order of book.orders) {
      if (!isStop(order)) continue
      const { side, account } = order.request
      const trigger = triggerOf(order)
      if (!reaches(side === 'sell' ? bars.low[row] : bars.high[row], trigger, side)) continue
      const { qty } = this.#accounts[account].positions[book.instrument.index]
      const reduces = qty !== 0 && qty > 0 === (side === 'sell')
      const distance = Math.abs(bars.open[row] - trigger)
      if (best !== undefined && (bestReduces !== reduces ? bestReduces : bestDistance <= distance)) continue
      best = order
      bestReduces = reduces
      bestDistance = distance
    }
    return best
  }

  #through(book: Book): number {
    return this.#fills.touch ? 0 : book.instrument.rulesAt(this.#time).tick
  }

  // ---- fills ---------------------------------------------------------------------------------------------------

  /** A stop fires: it becomes a market order and takes what there is at this price. */
  #fire(book: Book, order: SimOrder, price: Price): void {
    order.type = 'market'
    const parent = order.parent === undefined ? undefined : this.#open.get(order.parent)
    if (parent !== undefined) this.#end(parent, 'order-canceled', 'stop-fired')
    this.#take(book, order, price)
  }

  #take(book: Book, order: SimOrder, price: Price): void {
    this.#fill(book, order, price, 'taker')
  }

  #fill(book: Book, order: SimOrder, price: Price, liquidity: Fill['liquidity']): void {
    const { request } = order
    const account = this.#accounts[request.account]
    const position = account.positions[request.instrument]
    // O5: the closing part is filled first and never opens anything; what the position lacks of it is not wanted.
    const reducible = position.qty !== 0 && position.qty > 0 === (request.side === 'sell') ? Math.abs(position.qty) : 0
    const closable = Math.min(request.closes - order.closed, reducible)
    const wanted = closable + (request.qty - request.closes) - (order.filled - order.closed)
    if (wanted === 0) {
      this.#end(order, 'order-expired', 'reduce-only')
      return
    }
    const qty = Math.min(wanted, book.budget) as Qty
    if (qty <= 0) return
    book.budget -= qty
    if (qty >= closable) this.#replaceStops(order)
    const paid = liquidity === 'taker' ? this.#takerPrice(book, order, price) : price
    order.filled += qty
    order.closed += Math.min(qty, closable)
    const done = qty === wanted
    const remaining = (request.qty - order.filled) as Qty
    this.#execute(
      request.account,
      book,
      request,
      paid,
      qty,
      liquidity === 'maker' ? this.#fills.makerFee : this.#fills.takerFee,
      liquidity,
      remaining,
      request.reason,
    )
    if (remaining === 0) this.#forget(order)
    if (position.qty === 0) this.#expireAttached(book, request.account)
    this.#placeStop(book, order, price, done)
    if (done && order.open) this.#end(order, 'order-expired', 'reduce-only')
    this.#rebound(account)
  }

  #takerPrice(book: Book, order: SimOrder, price: Price): Price {
    const { side, price: limit } = order.request
    const worse = slipped(price, side, this.#fills.slippageBps, book.instrument.rulesAt(this.#time).tick)
    if (limit === undefined) return worse
    return (side === 'buy' ? Math.min(worse, limit) : Math.max(worse, limit)) as Price
  }

  /** O4: what the order replaces goes once its closing part is filled, before the fill itself. */
  #replaceStops(order: SimOrder): void {
    const { attached, instrument } = order.request
    if (attached === undefined || attached.cancels.length === 0 || order.stopsReplaced) return
    order.stopsReplaced = true
    for (const id of attached.cancels) {
      const stop = this.#open.get(id)
      if (stop !== undefined && stop !== order && stop.request.instrument === instrument)
        this.#end(stop, 'order-canceled', 'replaced')
    }
  }

  /** O4: once something has been opened, or the order is done. */
  #placeStop(book: Book, parent: SimOrder, price: Price, done: boolean): void {
    const { request } = parent
    const stop = request.attached?.stop
    if (stop === undefined || parent.stopPlaced || (!done && parent.filled === parent.closed)) return
    parent.stopPlaced = true
    if (this.#open.has(stop.clientOrderId)) {
      this.#reportOrder('order-rejected', { ...request, clientOrderId: stop.clientOrderId }, refusalText(4116), 0)
      return
    }
    const order = newOrder(stopRequest(request, stop))
    order.rested = true
    order.reference = price
    order.parent = done ? '' : request.clientOrderId
    this.#open.set(stop.clientOrderId, order)
    book.orders.push(order)
    this.#reportOrder('order-accepted', order.request, '', stop.qty)
    if (this.#accounts[request.account].positions[request.instrument].qty === 0)
      this.#end(order, 'order-expired', 'position-closed')
  }

  #expireAttached(book: Book, account: number): void {
    for (const order of [...book.orders])
      if (order.open && order.parent !== undefined && order.request.account === account)
        this.#end(order, 'order-expired', 'position-closed')
  }

  /** Books an execution and reports it. */
  #execute(
    accountIndex: number,
    book: Book,
    of: Pick<OrderRequest, 'clientOrderId' | 'side' | 'positionSide'>,
    price: Price,
    qty: Qty,
    rate: Rate,
    liquidity: Fill['liquidity'],
    remaining: Qty,
    reason: string,
  ): void {
    const account = this.#accounts[accountIndex]
    const { index } = book.instrument
    const value = notional(price, qty)
    const fee = timesRate(value, rate)
    const realised = account.positions[index].apply(price, (sideSign(of.side) * qty) as Qty)
    if (realised !== 0n) account.ledger.book('realised', this.#asset, realised)
    if (fee !== 0n) account.ledger.book('commission', this.#asset, -fee as Money)
    this.#feePool = (this.#feePool + fee) as Money
    this.#tradeSeq += 1
    const fill: Fill = {
      tradeId: this.#tradeSeq,
      clientOrderId: of.clientOrderId,
      account: accountIndex,
      instrument: index,
      side: of.side,
      positionSide: of.positionSide,
      price,
      qty,
      fee,
      liquidity,
      realised,
      exchangeTime: this.#time,
      reason,
    }
    const report: OrderReport = {
      kind: 'order-filled',
      seq: 0,
      time: this.#time,
      exchangeTime: this.#time,
      account: accountIndex,
      instrument: index,
      clientOrderId: of.clientOrderId,
      fill,
      remaining,
      reason,
    }
    this.#report(report)
  }

  // ---- liquidation ---------------------------------------------------------------------------------------------

  /** L3 at the newest mark of a held instrument, which at an open is the open's; true when it came to that. */
  #liquidateIfDue(account: number, book: Book): boolean {
    const holder = this.#accounts[account]
    const i = book.instrument.index
    const mark = book.mark()
    if (holder.positions[i].qty === 0 || (mark > holder.lowBound[i] && mark < holder.highBound[i])) return false
    if (holder.slack(this.#markOf) > 0n) {
      this.#rebound(holder)
      return false
    }
    this.#liquidate(account, book, this.#worseOf(book, account, mark))
    return true
  }

  /** L4: the level or the mark's open, whichever is worse; a mark between ticks is rounded against us. */
  #worseOf(book: Book, account: number, mark: number): Price {
    const tick = book.instrument.rulesAt(this.#time).tick
    const long = this.#accounts[account].positions[book.instrument.index].qty > 0
    const ticks = mark / book.markPerPrice / tick
    const atMark = Math.max(1, long ? Math.floor(ticks) : Math.ceil(ticks)) * tick
    const level = this.#accounts[account].liquidationPrice(book.instrument.index, tick, this.#markOf) ?? atMark
    return (long ? Math.min(level, atMark) : Math.max(level, atMark)) as Price
  }

  /** The liquidation level if L3 holds at this row's extreme. The extreme can lie between ticks, and so just before the level. */
  #liquidationLevelInRange(account: number, book: Book): Price | undefined {
    const holder = this.#accounts[account]
    const i = book.instrument.index
    const { qty } = holder.positions[i]
    if (qty === 0) return undefined
    const extreme = qty > 0 ? book.markLow() : book.markHigh()
    if (extreme > holder.lowBound[i] && extreme < holder.highBound[i]) return undefined
    if (holder.slack(this.#markOf, i, extreme) > 0n) return undefined
    const { tick } = book.instrument.rulesAt(this.#time)
    return holder.liquidationPrice(i, tick, this.#markOf) ?? tick
  }

  #liquidateInRange(account: number, book: Book): void {
    if (this.#liquidateIfDue(account, book)) return
    const level = this.#liquidationLevelInRange(account, book)
    if (level !== undefined) this.#liquidate(account, book, level)
  }

  /** L4. */
  #liquidate(account: number, book: Book, price: Price): void {
    const holder = this.#accounts[account]
    for (const { orders } of this.#books)
      for (const order of [...orders]) if (order.request.account === account) this.#end(order, 'order-canceled', 'liquidation')
    this.#force(account, book, price, book.instrument.liquidationFee, 'liquidation')
    for (const other of this.#books) {
      if (holder.positions[other.instrument.index].qty === 0 || holder.slack(this.#markOf) > 0n) continue
      this.#force(account, other, this.#worseOf(other, account, other.mark()), other.instrument.liquidationFee, 'liquidation')
    }
    if (holder.isFlat && holder.wallet < 0n) {
      const cover = -holder.wallet as Money
      this.#insuranceFund = (this.#insuranceFund - cover) as Money
      this.#book(account, 'insurance-cover', cover, book.instrument.index, 0 as Rate, 'liquidation')
    }
    this.#rebound(holder)
    for (const other of this.#books) this.#watch(other)
  }

  /** Closes a whole position without being asked to. */
  #force(account: number, book: Book, price: Price, liquidationFee: Rate, reason: string): void {
    const { qty } = this.#accounts[account].positions[book.instrument.index]
    const side = qty > 0 ? 'sell' : 'buy'
    this.#forcedSeq += 1
    const prefix = reason === 'liquidation' ? 'autoclose' : 'settlement_autoclose'
    const of = { clientOrderId: `${prefix}-${book.instrument.index}-${this.#forcedSeq}`, side, positionSide: 'both' } as const
    const size = Math.abs(qty) as Qty
    const paid =
      reason === 'liquidation' ? slipped(price, side, this.#fills.slippageBps, book.instrument.rulesAt(this.#time).tick) : price
    this.#execute(
      account,
      book,
      of,
      paid,
      size,
      reason === 'liquidation' ? this.#fills.takerFee : (0 as Rate),
      'taker',
      0 as Qty,
      reason,
    )
    const fee = timesRate(notional(paid, size), liquidationFee)
    if (fee === 0n) return
    this.#insuranceFund = (this.#insuranceFund + fee) as Money
    this.#book(account, 'liquidation-fee', -fee as Money, book.instrument.index, 0 as Rate, of.clientOrderId)
  }

  // ---- bookkeeping ---------------------------------------------------------------------------------------------

  #book(account: number, entry: LedgerKind, amount: Money, instrument: number, rate: Rate, cause: string): void {
    this.#accounts[account].ledger.book(entry, this.#asset, amount)
    const report: AccountReport = {
      kind: 'account',
      seq: 0,
      time: this.#time,
      exchangeTime: this.#time,
      account,
      asset: this.#asset,
      entry,
      amount,
      instrument,
      rate,
      cause,
    }
    this.#report(report)
  }

  #end(order: SimOrder, kind: OrderReportKind, reason: string): void {
    this.#forget(order)
    this.#reportOrder(kind, order.request, reason, 0)
  }

  #forget(order: SimOrder): void {
    order.open = false
    this.#open.delete(order.request.clientOrderId)
    const { orders } = this.#books[order.request.instrument]
    orders.splice(orders.indexOf(order), 1)
    // Its id may be used again: what it attached must not take the next one for it.
    if (order.stopPlaced) for (const stop of orders) if (stop.parent === order.request.clientOrderId) stop.parent = ''
  }

  #reportOrder(
    kind: OrderReportKind,
    of: Pick<OrderRequest, 'account' | 'instrument' | 'clientOrderId'>,
    reason: string,
    remaining: number,
  ): void {
    const report: OrderReport = {
      kind,
      seq: 0,
      time: this.#time,
      exchangeTime: this.#time,
      account: of.account,
      instrument: of.instrument,
      clientOrderId: of.clientOrderId,
      fill: undefined,
      remaining: remaining as Qty,
      reason,
    }
    this.#report(report)
  }

  /** New safe marks after a change of an account. */
  #rebound(account: MarginAccount): void {
    account.rebound(this.#markOf)
    for (const book of this.#books) this.#watchMarks(book)
  }

  #reboundHolders(book: Book): void {
    for (const account of this.#accounts) if (account.positions[book.instrument.index].qty !== 0) this.#rebound(account)
  }

  #watchMarks(book: Book): void {
    const i = book.instrument.index
    book.lowMark = -Infinity
    book.highMark = Infinity
    for (const { lowBound, highBound } of this.#accounts) {
      if (lowBound[i] > book.lowMark) book.lowMark = lowBound[i]
      if (highBound[i] < book.highMark) book.highMark = highBound[i]
    }
  }

  /** The prices between which no order of the book can do anything. */
  #watch(book: Book): void {
    book.pending = false
    book.lowTrigger = -Infinity
    book.highTrigger = Infinity
    for (const order of book.orders) {
      const { side, price } = order.request
      // What a limit attached that filled away from the open can be due without the range reaching it.
      if (order.type === 'market' || !order.rested || isBeyond(order)) book.pending = true
      const level = order.type === 'limit' ? (price as number) : isStop(order) ? triggerOf(order) : Number.NaN
      const below = isStop(order) === (side === 'sell')
      if (below && level > book.lowTrigger) book.lowTrigger = level
      if (!below && level < book.highTrigger) book.highTrigger = level
    }
  }

  // ---- to be looked at -----------------------------------------------------------------------------------------

  account(index: number): MarginAccount {
    return this.#accounts[index]
  }

  get feePool(): Money {
    return this.#feePool
  }

  /** What liquidations paid in less what negative wallets took out. */
  get insuranceFund(): Money {
    return this.#insuranceFund
  }

  get openOrders(): number {
    return this.#open.size
  }

  snapshot(): SimVenueState {
    return {
      books: this.#books.map((book) => ({
        row: book.row,
        inside: book.inside,
        budget: this.#budgetLeft(book),
        orders: book.orders.map((order) => ({ ...order })),
      })),
      accounts: this.#accounts.map((account) => account.snapshot()),
      tradeSeq: this.#tradeSeq,
      forcedSeq: this.#forcedSeq,
      feePool: this.#feePool,
      insuranceFund: this.#insuranceFund,
    }
  }

  restore(state: SimVenueState): void {
    this.#open.clear()
    this.#books.forEach((book, i) => {
      const saved = state.books[i]
      book.row = saved.row
      book.inside = saved.inside
      book.budget = saved.budget
      book.budgetRow = saved.row
      book.orders = saved.orders.map((order) => ({ ...order }))
      for (const order of book.orders) this.#open.set(order.request.clientOrderId, order)
    })
    this.#accounts.forEach((account, i) => account.restore(state.accounts[i]))
    this.#tradeSeq = state.tradeSeq
    this.#forcedSeq = state.forcedSeq
    this.#feePool = state.feePool as Money
    this.#insuranceFund = state.insuranceFund as Money
    for (const account of this.#accounts) account.rebound(this.#markOf)
    for (const book of this.#books) {
      this.#watch(book)
      this.#watchMarks(book)
    }
  }
}

const RATE_ONE = 10n ** 10n

const isStop = (order: SimOrder): boolean => order.type === 'stop-market'
const triggerOf = (order: SimOrder): Price => order.request.trigger as Price
/** O3.1 */
const isBeyond = (order: SimOrder): boolean =>
  isStop(order) && order.reference > 0 && reaches(order.reference, triggerOf(order), order.request.side)

const newOrder = (request: OrderRequest): SimOrder => ({
  request,
  type: request.type,
  filled: 0,
  closed: 0,
  rested: false,
  arrivedInside: 0,
  reference: 0,
  parent: undefined,
  stopPlaced: false,
  stopsReplaced: false,
  open: true,
})
