/**
 * What every part of the simulated venue shares: the books and accounts of the exchange, the execution of a fill with all
 * that follows from it, the end of an order, and the reports of both. It decides no price.
 */
import { assert } from '../core/errors.ts'
import { notional, timesRate, ZERO } from '../core/exact.ts'
import type { Money, Price, Qty, Rate } from '../core/exact.ts'
import { HOUR, NEVER } from '../core/time.ts'
import type { Duration, Micros } from '../core/time.ts'
import type { AccountReport, OrderReport, OrderReportKind, ReportEvent } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { LedgerKind } from '../domain/ledger.ts'
import { sideSign, stopRequest } from '../domain/order.ts'
import type { Fill, OrderRequest, OrderSide, PositionSide } from '../domain/order.ts'
import { baseAmount, spotOf } from '../domain/spot.ts'
import type { AccountKind } from '../domain/view.ts'
import { refusalText } from '../domain/venue-error.ts'
import { FeeSchedule } from './fee-schedule.ts'
import type { FeeScheduleState } from './fee-schedule.ts'
import { slipped } from './fill-model.ts'
import type { FillModel } from './fill-model.ts'
import { MarginAccount } from './margin-account.ts'
import type { MarginAccountState } from './margin-account.ts'
import { isolatedWalletAfter } from '../domain/margin.ts'
import { OrderChecks } from './order-checks.ts'
import { OrderMargin } from './order-margin.ts'
import { firedType, isConditional, newOrder, onlyCloses } from './sim-order.ts'
import type { SimOrder } from './sim-order.ts'
import type { VenueBars, VenueTrades } from './venue-bars.ts'
import { SpotAccount } from './spot-account.ts'
import { SpotFunds } from './spot-funds.ts'
import { borrowRateOf, DEFAULT_SPOT_TERMS } from './spot-terms.ts'
import type { SpotTerms } from './spot-terms.ts'
import { Book } from './venue-book.ts'
import { DEFAULT_SWITCHES } from './venue-switches.ts'
import type { VenueSwitches } from './venue-switches.ts'

export interface SimVenueConfig {
  readonly instruments: readonly Instrument[]
  /** By instrument index; all rows are known to the program, but the venue looks only at the row it is told of. Empty where trades drive. */
  readonly bars: readonly VenueBars[]
  /** By instrument index: those that trades drive. */
  readonly trades?: readonly (VenueTrades | undefined)[]
  /** How many margin accounts there are, or the kind of each. */
  readonly accounts: number | readonly AccountKind[]
  readonly fills: FillModel
  /** Of spot accounts; what is not named is as in `DEFAULT_SPOT_TERMS`. */
  readonly spot?: Partial<SpotTerms> | undefined
  readonly switches?: Partial<VenueSwitches>
  /** Receives every report in the moment it happens at the exchange. */
  report(report: ReportEvent): void
}

export interface SimVenueState {
  readonly books: readonly BookState[]
  readonly accounts: readonly MarginAccountState[]
  readonly fees: readonly FeeScheduleState[]
  readonly countdowns: readonly Countdown[]
  readonly tradeSeq: number
  readonly forcedSeq: number
  readonly feePool: bigint
  readonly insuranceFund: bigint
  readonly lenders: bigint
  readonly interestAt: number
}

interface BookState {
  readonly row: number
  readonly inside: boolean
  readonly closed: boolean
  readonly budget: number
  readonly tradePrice: number
  readonly bid: number
  readonly ask: number
  readonly meanQty: number
  readonly markNow: number
  readonly orders: readonly SimOrder[]
}

/** V8 */
interface Countdown {
  readonly account: number
  readonly instrument: number
  readonly at: number
}

/** Who executes, and as what. */
type Executed = Pick<OrderRequest, 'clientOrderId' | 'side' | 'positionSide'>

export class VenueCore {
  readonly books: readonly Book[]
  readonly accounts: readonly MarginAccount[]
  readonly fees: readonly FeeSchedule[]
  readonly fills: FillModel
  readonly switches: VenueSwitches
  readonly checks: OrderChecks
  readonly margin: OrderMargin
  readonly funds: SpotFunds
  readonly spot: SpotTerms
  /** Open orders by account and client id. */
  readonly open: readonly Map<string, SimOrder>[]
  readonly markOf = (i: number): number => this.books[i].mark()
  time = 0 as Micros
  feePool: Money = ZERO
  /** What liquidations paid in less what negative wallets took out. */
  insuranceFund: Money = ZERO
  /** S6: interest that spot accounts paid. */
  lenders: Money = ZERO
  /** S6: the next full hour at which debts may bear interest; NEVER where none can be. */
  interestAt: number = NEVER
  /** The next moment at which something ends by itself. */
  wakeAt: number = NEVER
  readonly asset: string
  readonly #report: (report: ReportEvent) => void
  readonly #instruments: readonly Instrument[]
  #countdowns: Countdown[] = []
  #tradeSeq = 0
  #forcedSeq = 0

  constructor(config: SimVenueConfig) {
    const { instruments } = config
    assert(instruments.length > 0, 'a venue needs at least one instrument')
    this.asset = instruments[0].settle.name
    assert(
      instruments.every(({ settle }) => settle.name === this.asset),
      'all instruments of one simulated venue settle in one asset',
    )
    this.fills = config.fills
    this.switches = { ...DEFAULT_SWITCHES, ...config.switches }
    this.books = instruments.map((instrument, i) => new Book(instrument, config.bars[i], config.trades?.[i]))
    const kinds: readonly AccountKind[] =
      typeof config.accounts === 'number' ? Array.from({ length: config.accounts }, () => 'margin') : config.accounts
    const spot = { ...DEFAULT_SPOT_TERMS, ...config.spot }
    this.spot = spot
    this.accounts = kinds.map((kind, i) =>
      kind === 'spot'
        ? new SpotAccount(i, instruments, this.asset, spot.liquidationLevel)
        : new MarginAccount(i, instruments, this.asset),
    )
    const { tiers = [], makerFee, takerFee } = config.fills
    this.fees = kinds.map((kind) =>
      kind === 'spot' ? new FeeSchedule([], spot.makerFee, spot.takerFee) : new FeeSchedule(tiers, makerFee, takerFee),
    )
    this.open = this.accounts.map(() => new Map<string, SimOrder>())
    this.margin = new OrderMargin(this.books, this.accounts, this.markOf)
    this.funds = new SpotFunds(this.books, this.fees, spot)
    this.checks = new OrderChecks(this.books, this.accounts, this.open, this.margin, this.funds, this.switches)
    this.#report = config.report
    this.#instruments = instruments
  }

  /** An accepted order takes its place. */
  add(order: SimOrder): void {
    const { request } = order
    this.open[request.account].set(request.clientOrderId, order)
    this.books[request.instrument].orders.push(order)
    this.wakeAt = Math.min(this.wakeAt, endOf(request))
    if (this.spot.borrow && this.books[request.instrument].instrument.kind === 'spot') this.#awaitInterest()
    this.reportOrder('order-accepted', request, '', request.qty)
  }

  tickOf(book: Book): Price {
    return book.instrument.rulesAt(this.time).tick
  }

  // ---- fills ---------------------------------------------------------------------------------------------------

  /** O5: of what is left of an order, how much may close and how much opens. */
  closableOf({ request, closed }: SimOrder): number {
    const { qty } = this.accounts[request.account].position(request.instrument, request.positionSide)
    const reducible = qty !== 0 && qty > 0 === (request.side === 'sell') ? Math.abs(qty) : 0
    return Math.min(request.closes - closed, reducible)
  }

  wantedOf(order: SimOrder): number {
    const { request, filled, closed } = order
    return this.closableOf(order) + (request.qty - request.closes) - (filled - closed)
  }

  /** Takes from the other side at a price; V7 first. */
  take(book: Book, order: SimOrder, price: Price): void {
    const paid = this.takerPrice(book, order, price)
    // What has nothing left to fill meets nobody: it expires.
    if (book.orders.length > 1 && this.wantedOf(order) > 0 && !this.#preventSelfTrade(book, order, paid)) return
    this.fill(book, order, price, paid, 'taker')
  }

  /** V7: false when the taker itself had to go. */
  #preventSelfTrade(book: Book, taker: SimOrder, paid: Price): boolean {
    const { side, account, terms } = taker.request
    if (terms.selfTrade === 'none') return true
    const met = book.orders.filter(
      ({ request, type, rested, arrivedInside }) =>
        type === 'limit' &&
        rested &&
        arrivedInside === 0 &&
        request.account === account &&
        request.side !== side &&
        (side === 'buy' ? (request.price as number) <= paid : (request.price as number) >= paid),
    )
    if (met.length === 0) return true
    if (terms.selfTrade !== 'expire-taker') for (const maker of met) this.end(maker, 'order-expired', 'self-trade')
    if (terms.selfTrade === 'expire-maker') return true
    this.end(taker, 'order-expired', 'self-trade')
    return false
  }

  takerPrice(book: Book, order: SimOrder, price: Price): Price {
    const { side, price: limit } = order.request
    const worse = slipped(price, side, this.fills.slippageBps, this.tickOf(book))
    if (limit === undefined || order.type === 'market') return worse
    return (side === 'buy' ? Math.min(worse, limit) : Math.max(worse, limit)) as Price
  }

  /** Fills what the budget gives. `price` is that of the market, `paid` what the order pays. */
  fill(book: Book, order: SimOrder, price: Price, paid: Price, liquidity: Fill['liquidity']): void {
    const { request } = order
    const account = this.accounts[request.account]
    // O5: the closing part is filled first and never opens anything; what the position lacks of it is not wanted.
    const closable = this.closableOf(order)
    const wanted = closable + (request.qty - request.closes) - (order.filled - order.closed)
    if (wanted === 0) {
      this.end(order, 'order-expired', 'reduce-only')
      return
    }
    const fees = this.fees[request.account].at(this.time)
    const rate = liquidity === 'maker' ? fees.maker : fees.taker
    const given = Math.min(wanted, book.budget) as Qty
    if (given <= 0) return
    // S4: a spot account fills what it can pay, and the rest ends.
    const qty = account instanceof SpotAccount ? this.#payable(account, book, request.side, paid, rate, given) : given
    if (qty === 0) {
      this.end(order, 'order-expired', refusalText(2010))
      return
    }
    book.budget -= qty
    if (qty >= closable) this.#replaceStops(order)
    const { qty: before } = account.position(request.instrument, request.positionSide)
    order.filled += qty
    order.closed += Math.min(qty, closable)
    const done = qty === wanted
    const remaining = (request.qty - order.filled) as Qty
    this.execute(request.account, book, request, paid, qty, rate, liquidity, remaining, request.reason)
    if (remaining === 0) this.#forget(order)
    const { qty: held } = account.position(request.instrument, request.positionSide)
    if (held === 0) this.#expireTied(book, request.account, request.positionSide)
    this.#placeStop(order, price, done)
    if (done && order.open) this.end(order, 'order-expired', 'reduce-only')
    if (qty < given) this.end(order, 'order-expired', refusalText(2010))
    if (this.switches.reduceOnlyTrim && (before > 0 ? held < before : held > before))
      this.#trim(book, request.account, request.positionSide, before > 0 ? 'sell' : 'buy')
    this.rebound(account)
  }

  #payable(account: SpotAccount, book: Book, side: OrderSide, price: Price, rate: Rate, qty: Qty): Qty {
    const { step } = book.instrument.rulesAt(this.time)
    return this.funds.payable(account, book, { side, price, rate, qty, step })
  }

  /** O4: what the order replaces goes once its closing part is filled, before the fill itself. */
  #replaceStops(order: SimOrder): void {
    const { attached, instrument, account } = order.request
    if (attached === undefined || attached.cancels.length === 0 || order.stopsReplaced) return
    order.stopsReplaced = true
    for (const id of attached.cancels) {
      const stop = this.open[account].get(id)
      if (stop !== undefined && stop !== order && stop.request.instrument === instrument)
        this.end(stop, 'order-canceled', 'replaced')
    }
  }

  /** O4: once something has been opened, or the order is done. */
  #placeStop(parent: SimOrder, price: Price, done: boolean): void {
    const { request } = parent
    const stop = request.attached?.stop
    if (stop === undefined || parent.stopPlaced || (!done && parent.filled === parent.closed)) return
    parent.stopPlaced = true
    if (this.open[request.account].has(stop.clientOrderId)) {
      this.reportOrder('order-rejected', { ...request, clientOrderId: stop.clientOrderId }, refusalText(4116), 0)
      return
    }
    const order = newOrder(stopRequest(request, stop))
    order.rested = true
    order.reference = price
    order.parent = done ? '' : request.clientOrderId
    this.add(order)
    if (this.accounts[request.account].position(request.instrument, request.positionSide).qty === 0)
      this.end(order, 'order-expired', 'position-closed')
  }

  /** What is tied to a position that is flat now. */
  #expireTied(book: Book, account: number, side: PositionSide): void {
    for (const order of [...book.orders]) {
      const { request, parent } = order
      if (request.account !== account || request.positionSide !== side) continue
      if (parent !== undefined || request.terms.closePosition) this.end(order, 'order-expired', 'position-closed')
      else if (onlyCloses(request) && !isConditional(order.type)) this.end(order, 'order-expired', 'reduce-only')
    }
  }

  /** V6: of the side that closed what was held. */
  #trim(book: Book, account: number, positionSide: PositionSide, side: OrderSide): void {
    const { qty } = this.accounts[account].position(book.instrument.index, positionSide)
    const resting = book.orders.filter(
      ({ request, type }) =>
        type === 'limit' &&
        request.account === account &&
        request.positionSide === positionSide &&
        request.side === side &&
        request.reduceOnly,
    )
    const fromBest = resting.toSorted((a, b) => {
      const better = (a.request.price as number) - (b.request.price as number)
      return side === 'sell' ? better : -better
    })
    let left = qty > 0 === (side === 'sell') ? Math.abs(qty) : 0
    for (const order of fromBest) {
      left -= order.request.qty - order.filled
      if (left < 0) this.end(order, 'order-expired', 'reduce-only')
    }
  }

  /** Books an execution and reports it; returns the profit that it realised. */
  execute(
    index: number,
    book: Book,
    of: Executed,
    price: Price,
    qty: Qty,
    rate: Rate,
    liquidity: Fill['liquidity'],
    remaining: Qty,
    reason: string,
    forced = false,
  ): void {
    const account = this.accounts[index]
    const { index: i } = book.instrument
    const value = notional(price, qty)
    const fee = timesRate(value, rate)
    const position = account.position(i, of.positionSide)
    const before = position.qty
    const signed = (sideSign(of.side) * qty) as Qty
    const profit = position.apply(price, signed)
    // S3: assets are exchanged, and no profit is realised.
    const isSpot = account instanceof SpotAccount
    const realised = isSpot ? ZERO : profit
    if (isSpot) {
      account.ledger.book('exchange', book.instrument.base.name, baseAmount(book.instrument, signed))
      account.ledger.book('exchange', this.asset, -notional(price, signed) as Money)
    }
    if (realised !== 0n) account.ledger.book('realised', this.asset, realised)
    if (fee !== 0n) account.ledger.book('commission', this.asset, -fee as Money)
    if (account.isolated[i])
      this.#moveIsolated(account, {
        i,
        side: of.positionSide,
        before,
        price,
        qty,
        fee,
        realised,
        forced,
        sold: of.side === 'sell',
      })
    this.feePool = (this.feePool + fee) as Money
    this.fees[index].at(this.time).trade(value)
    this.#tradeSeq += 1
    const fill: Fill = {
      tradeId: this.#tradeSeq,
      clientOrderId: of.clientOrderId,
      account: index,
      instrument: i,
      side: of.side,
      positionSide: of.positionSide,
      price,
      qty,
      fee,
      liquidity,
      realised,
      exchangeTime: this.time,
      reason,
    }
    const report: OrderReport = {
      kind: 'order-filled',
      seq: 0,
      time: this.time,
      exchangeTime: this.time,
      account: index,
      instrument: i,
      clientOrderId: of.clientOrderId,
      fill,
      remaining,
      reason,
    }
    this.#report(report)
    if (isSpot) this.#chargeBorrowed(index, book, Math.max(0, -position.qty) - Math.max(0, -before))
  }

  /** S6: the hour in which something is borrowed is paid at once. */
  #chargeBorrowed(index: number, book: Book, borrowed: number): void {
    if (borrowed <= 0) return
    this.#chargeInterest(index, book, borrowed)
    this.#awaitInterest()
  }

  /** S6: an hour's interest on a quantity, at the newest price. */
  #chargeInterest(index: number, book: Book, qty: number): void {
    const { base, index: instrument } = book.instrument
    const rate = BigInt(borrowRateOf(this.spot, base.name))
    const interest = ((notional(book.last(), qty as Qty) * rate) / INTEREST_PARTS) as Money
    if (interest === 0n) return
    this.lenders = (this.lenders + interest) as Money
    this.bookMoney(index, 'borrow-interest', -interest as Money, instrument, 0 as Rate, base.name)
  }

  /** S6: wakes at the next full hour, unless that is planned already. */
  #awaitInterest(): void {
    if (this.interestAt !== NEVER) return
    this.interestAt = (Math.floor(this.time / HOUR) + 1) * HOUR
    this.wakeAt = Math.min(this.wakeAt, this.interestAt)
  }

  /** S6: at a full hour every debt pays for the hour that begins. */
  #payInterest(): void {
    let mayOwe = false
    this.accounts.forEach((account, index) => {
      if (!(account instanceof SpotAccount)) return
      let isCharged = false
      for (const book of this.books) {
        const owed = -account.holding(book.instrument.index)
        if (owed <= 0) continue
        this.#chargeInterest(index, book, owed)
        isCharged = true
      }
      if (isCharged) this.rebound(account)
      mayOwe ||= isCharged || this.open[index].size > 0
    })
    // Only what waits can borrow before something else arrives.
    this.interestAt = mayOwe ? this.interestAt + HOUR : NEVER
  }

  /** V10; in a liquidation everything stays on the isolated wallet until the position is flat. */
  #moveIsolated(account: MarginAccount, of: IsolatedExecution): void {
    const { i, side, before, price, qty, fee, realised } = of
    const wallet = account.isolatedWallet(i, side)
    if (of.forced) {
      account.setIsolatedWallet(i, side, (wallet + realised - fee) as Money)
      return
    }
    const held = Math.abs(before) as Qty
    const closed = (before !== 0 && before > 0 === of.sold ? Math.min(qty, held) : 0) as Qty
    const opened = (qty - closed) as Qty
    account.setIsolatedWallet(
      i,
      side,
      isolatedWalletAfter(wallet, { held, closed, opened, price, leverage: account.leverage[i], fee }),
    )
  }

  // ---- conditional orders --------------------------------------------------------------------------------------

  /** V4: it becomes a market or limit order, unless it may not; false when that was its end. */
  becomeChild(book: Book, order: SimOrder): boolean {
    const parent = order.parent === undefined ? undefined : this.open[order.request.account].get(order.parent)
    if (parent !== undefined) this.end(parent, 'order-canceled', 'stop-fired')
    const { request } = order
    if (request.terms.closePosition) {
      const held = Math.abs(this.accounts[request.account].position(request.instrument, request.positionSide).qty) as Qty
      order.request = { ...request, qty: held, closes: held }
    }
    // What is attached was never asked: it closes what its entry opened, and expires when there is nothing.
    const refusal = order.parent === undefined ? this.checks.firing(book, order) : undefined
    if (refusal !== undefined) {
      this.end(order, 'order-expired', refusal)
      return false
    }
    order.type = firedType(order.type)
    return true
  }

  // ---- forced executions ---------------------------------------------------------------------------------------

  /** Closes part of a position without being asked to. */
  force(index: number, book: Book, side: PositionSide, qty: Qty, price: Price, rates: ForcedRates, reason: ForcedReason): void {
    const held = this.accounts[index].position(book.instrument.index, side).qty
    const closing = held > 0 ? 'sell' : 'buy'
    this.#forcedSeq += 1
    const of = {
      clientOrderId: `${PREFIX[reason]}-${book.instrument.index}-${this.#forcedSeq}`,
      side: closing,
      positionSide: side,
    } as const
    const isLiquidation = reason === 'liquidation'
    const left = (Math.abs(held) - qty) as Qty
    this.execute(index, book, of, price, qty, rates.taker, 'taker', 0 as Qty, reason, isLiquidation)
    const fee = timesRate(notional(price, qty), rates.liquidation)
    if (fee !== 0n) {
      this.insuranceFund = (this.insuranceFund + fee) as Money
      this.bookMoney(index, 'liquidation-fee', -fee as Money, book.instrument.index, 0 as Rate, of.clientOrderId)
      const account = this.accounts[index]
      const i = book.instrument.index
      if (account.isolated[i]) account.setIsolatedWallet(i, side, (account.isolatedWallet(i, side) - fee) as Money)
    }
    if (left === 0) this.#expireTied(book, index, side)
  }

  // ---- bookkeeping ---------------------------------------------------------------------------------------------

  bookMoney(
    account: number,
    entry: LedgerKind,
    amount: Money,
    instrument: number,
    rate: Rate,
    cause: string,
    asset = this.asset,
  ): void {
    this.accounts[account].ledger.book(entry, asset, amount)
    const report: AccountReport = {
      kind: 'account',
      seq: 0,
      time: this.time,
      exchangeTime: this.time,
      account,
      asset,
      entry,
      amount,
      instrument,
      rate,
      cause,
    }
    this.#report(report)
  }

  /** S8: a base asset comes or goes in whole quantity units; it is valued at the newest price. */
  moveBase(index: number, book: Book, qty: Qty, entry: LedgerKind, cause: string): void {
    const { instrument } = book
    this.accounts[index].position(instrument.index, 'both').apply(book.last(), qty)
    this.bookMoney(index, entry, baseAmount(instrument, qty), instrument.index, 0 as Rate, cause, instrument.base.name)
  }

  /** The book in which a base asset trades against the asset of the venue. */
  bookOf(asset: string): Book | undefined {
    const found = spotOf(this.#instruments, asset, this.asset)
    return found === undefined ? undefined : this.books[found.index]
  }

  end(order: SimOrder, kind: OrderReportKind, reason: string): void {
    if (!order.open) return
    this.#forget(order)
    this.reportOrder(kind, order.request, reason, 0)
  }

  #forget(order: SimOrder): void {
    order.open = false
    this.open[order.request.account].delete(order.request.clientOrderId)
    const { orders } = this.books[order.request.instrument]
    orders.splice(orders.indexOf(order), 1)
    // Its id may be used again: what it attached must not take the next one for it.
    if (order.stopPlaced) for (const stop of orders) if (stop.parent === order.request.clientOrderId) stop.parent = ''
  }

  reportOrder(
    kind: OrderReportKind,
    of: Pick<OrderRequest, 'account' | 'instrument' | 'clientOrderId'>,
    reason: string,
    remaining: number,
  ): void {
    const report: OrderReport = {
      kind,
      seq: 0,
      time: this.time,
      exchangeTime: this.time,
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
  rebound(account: MarginAccount): void {
    account.rebound(this.markOf)
    for (const book of this.books) this.watchMarks(book)
  }

  reboundHolders(book: Book): void {
    for (const account of this.accounts) if (account.isHeld(book.instrument.index)) this.rebound(account)
  }

  watchMarks(book: Book): void {
    const i = book.instrument.index
    book.lowMark = -Infinity
    book.highMark = Infinity
    for (const { lowBound, highBound } of this.accounts) {
      if (lowBound[i] > book.lowMark) book.lowMark = lowBound[i]
      if (highBound[i] < book.highMark) book.highMark = highBound[i]
    }
  }

  // ---- what ends by itself -------------------------------------------------------------------------------------

  /** V8: the dead man's timer of an account in an instrument; a duration of 0 stops it. */
  countdown(account: number, instrument: number, duration: Duration): void {
    this.#countdowns = this.#countdowns.filter((each) => each.account !== account || each.instrument !== instrument)
    if (duration > 0) this.#countdowns.push({ account, instrument, at: this.time + duration })
    this.#planWake()
  }

  /** V8: good-till-date orders and countdowns that are due. */
  wake(): void {
    for (const book of this.books) {
      const due = book.orders.filter(({ request }) => endOf(request) <= this.time)
      for (const order of due) this.end(order, 'order-expired', 'gtd')
      if (due.length > 0) book.watch()
    }
    const run = this.#countdowns.filter(({ at }) => at <= this.time)
    this.#countdowns = this.#countdowns.filter(({ at }) => at > this.time)
    for (const { account, instrument } of run) {
      const book = this.books[instrument]
      for (const order of [...book.orders])
        if (order.request.account === account && !isConditional(order.type)) this.end(order, 'order-canceled', 'countdown')
      book.watch()
    }
    while (this.interestAt <= this.time) this.#payInterest()
    this.#planWake()
  }

  #planWake(): void {
    let next: number = this.interestAt
    for (const { at } of this.#countdowns) next = Math.min(next, at)
    for (const { orders } of this.books) for (const { request } of orders) next = Math.min(next, endOf(request))
    this.wakeAt = next
  }

  // ---- state ---------------------------------------------------------------------------------------------------

  snapshot(budgetLeft: (book: Book) => number): SimVenueState {
    return {
      books: this.books.map((book) => ({
        row: book.row,
        inside: book.inside,
        closed: book.closed,
        budget: budgetLeft(book),
        tradePrice: book.tradePrice,
        bid: book.bid,
        ask: book.ask,
        meanQty: book.meanQty,
        markNow: book.markNow,
        orders: book.orders.map((order) => ({ ...order })),
      })),
      accounts: this.accounts.map((account) => account.snapshot()),
      fees: this.fees.map((fees) => fees.snapshot()),
      countdowns: [...this.#countdowns],
      tradeSeq: this.#tradeSeq,
      forcedSeq: this.#forcedSeq,
      feePool: this.feePool,
      insuranceFund: this.insuranceFund,
      lenders: this.lenders,
      interestAt: this.interestAt,
    }
  }

  restore(state: SimVenueState): void {
    for (const open of this.open) open.clear()
    this.books.forEach((book, i) => {
      const { orders, ...saved } = state.books[i]
      Object.assign(book, saved)
      book.budgetRow = saved.row
      book.orders = orders.map((order) => ({ ...order }))
      for (const order of book.orders) this.open[order.request.account].set(order.request.clientOrderId, order)
    })
    this.accounts.forEach((account, i) => account.restore(state.accounts[i]))
    this.fees.forEach((fees, i) => fees.restore(state.fees[i]))
    this.#countdowns = [...state.countdowns]
    this.#tradeSeq = state.tradeSeq
    this.#forcedSeq = state.forcedSeq
    this.feePool = state.feePool as Money
    this.insuranceFund = state.insuranceFund as Money
    this.lenders = state.lenders as Money
    this.interestAt = state.interestAt
    for (const account of this.accounts) account.rebound(this.markOf)
    for (const book of this.books) {
      book.watch()
      this.watchMarks(book)
    }
    this.#planWake()
  }
}

/** S6: hours of a day, and the units of a rate. */
const INTEREST_PARTS = 24n * 10n ** 10n

/** V8: when an order ends by itself. */
const endOf = ({ timeInForce, terms }: OrderRequest): number => (timeInForce === 'GTD' ? (terms.goodTill ?? NEVER) : NEVER)

interface IsolatedExecution {
  readonly i: number
  readonly side: PositionSide
  readonly before: number
  readonly price: Price
  readonly qty: Qty
  readonly fee: Money
  readonly realised: Money
  readonly forced: boolean
  readonly sold: boolean
}

export interface ForcedRates {
  readonly taker: Rate
  readonly liquidation: Rate
}

export type ForcedReason = 'liquidation' | 'delisting' | 'deleveraged'
/** How the exchange names orders that nobody sent. */
const PREFIX: Readonly<Record<ForcedReason, string>> = {
  liquidation: 'autoclose',
  delisting: 'settlement_autoclose',
  deleveraged: 'adl_autoclose',
}
