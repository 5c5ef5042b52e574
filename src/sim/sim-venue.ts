/**
 * The simulated exchange: takes orders and commands, is driven by bars or trades, keeps the accounts, and reports. It sees
 * the exchange's side of time only. docs/venue.md and docs/backtest-assumptions.md are its rules.
 */
import { assert } from '../core/errors.ts'
import type { Money, Price, Qty, Rate } from '../core/exact.ts'
import type { Duration, Micros } from '../core/time.ts'
import type { Approved, TransferRequest } from '../domain/decision.ts'
import type { MarginBracket } from '../domain/instrument.ts'
import type { LedgerKind } from '../domain/ledger.ts'
import { opposite } from '../domain/order.ts'
import type { AmendRequest, CancelRequest, OrderRequest, PositionSide } from '../domain/order.ts'
import { baseAmount, qtyOfBase } from '../domain/spot.ts'
import { refusalText } from '../domain/venue-error.ts'
import { AccountSettings } from './account-settings.ts'
import type { MarginType, PositionMode } from './account-settings.ts'
import { BarMatching } from './bar-matching.ts'
import { reaches } from './fill-model.ts'
import { Liquidation } from './liquidation.ts'
import { SIDES } from './margin-account.ts'
import type { MarginAccount } from './margin-account.ts'
import { amended } from './order-checks.ts'
import { newOrder } from './sim-order.ts'
import type { SimOrder } from './sim-order.ts'
import { positionView } from './position-view.ts'
import type { PositionView } from './position-view.ts'
import { SpotAccount } from './spot-account.ts'
import { TradeMatching } from './trade-matching.ts'
import type { MarkMoment } from './trade-matching.ts'
import type { Book } from './venue-book.ts'
import { VenueCore } from './venue-core.ts'
import type { SimVenueConfig, SimVenueState } from './venue-core.ts'

export type { SimVenueConfig, SimVenueState } from './venue-core.ts'

export class SimVenue {
  readonly #core: VenueCore
  readonly #liquidation: Liquidation
  readonly #bars: BarMatching
  readonly #trades: TradeMatching
  readonly #settings: AccountSettings

  constructor(config: SimVenueConfig) {
    this.#core = new VenueCore(config)
    this.#liquidation = new Liquidation(this.#core)
    this.#bars = new BarMatching(this.#core, this.#liquidation)
    this.#trades = new TradeMatching(this.#core, this.#liquidation)
    this.#settings = new AccountSettings(this.#core)
  }

  // ---- orders --------------------------------------------------------------------------------------------------

  /** V1: an order arrives. Only an approved one is accepted here; the rest follows from the market. */
  submit(request: Approved<OrderRequest>, time: Micros): void {
    const core = this.#core
    core.time = time
    const refusal = core.checks.entry(request, time)
    if (refusal !== undefined) {
      core.reportOrder('order-rejected', request, refusal, 0)
      return
    }
    const book = core.books[request.instrument]
    const order = newOrder(request)
    if (book.inside) order.arrivedInside = time
    core.add(order)
    book.pending = true
  }

  /** V2 */
  cancel(request: Approved<CancelRequest>, time: Micros): void {
    const core = this.#core
    core.time = time
    const order = this.#find(request)
    if (order === undefined) {
      core.reportOrder('order-rejected', request, refusalText(2011), 0)
      return
    }
    core.end(order, 'order-canceled', request.reason)
    core.books[request.instrument].watch()
  }

  /** V3 */
  amend(request: Approved<AmendRequest>, time: Micros): void {
    const core = this.#core
    core.time = time
    const order = this.#find(request)
    const refusal = core.checks.amend(order, request, time)
    if (order === undefined || refusal !== undefined) {
      core.reportOrder('order-rejected', request, refusal ?? refusalText(2013), 0)
      return
    }
    const book = core.books[request.instrument]
    order.amendments += 1
    const { side, timeInForce } = order.request
    const wouldTake = timeInForce === 'GTX' && book.last() > 0 && reaches(book.last(), request.price, opposite(side))
    if (request.qty <= order.filled) core.end(order, 'order-canceled', 'amended-away')
    else if (wouldTake) core.end(order, 'order-canceled', 'post-only')
    else {
      order.request = amended(order, request.price, request.qty)
      order.rested = false
      order.arrivedInside = book.inside ? time : 0
      // It stands behind those that were there.
      book.orders.splice(book.orders.indexOf(order), 1)
      book.orders.push(order)
      core.reportOrder('order-amended', order.request, '', order.request.qty - order.filled)
    }
    book.watch()
  }

  #find({
    account,
    instrument,
    clientOrderId,
  }: Pick<OrderRequest, 'account' | 'instrument' | 'clientOrderId'>): SimOrder | undefined {
    const order = this.#core.open[account].get(clientOrderId)
    return order?.request.instrument === instrument ? order : undefined
  }

  // ---- the account ---------------------------------------------------------------------------------------------

  /** Money comes in or goes out; S8 of a base asset in whole quantity units, on spot accounts only. */
  transfer(account: number, entry: LedgerKind, amount: Money, time: Micros, asset = this.#core.asset): void {
    const core = this.#core
    core.time = time
    if (asset === core.asset) core.bookMoney(account, entry, amount, -1, 0 as Rate, entry)
    else {
      const { book, qty } = this.#spotQty(asset, amount, account)
      assert(baseAmount(book.instrument, qty) === amount, () => `${amount} of ${asset} is no whole quantity`)
      core.moveBase(account, book, qty, entry, entry)
    }
    core.rebound(core.accounts[account])
  }

  /** S8. An asset goes from one account to another, as far as it is free there. */
  move({ from, to, asset, amount, reason }: Approved<TransferRequest>, time: Micros): void {
    const core = this.#core
    core.time = time
    if (asset === core.asset) {
      const free = this.available(from)
      const moved = amount < free ? amount : free
      if (moved <= 0n) return
      core.bookMoney(from, 'transfer', -moved as Money, -1, 0 as Rate, reason)
      core.bookMoney(to, 'transfer', moved, -1, 0 as Rate, reason)
    } else {
      const { book, qty, holder } = this.#spotQty(asset, amount, from, to)
      const moved = Math.min(qty, core.funds.transferableBase(holder, from, book)) as Qty
      if (moved <= 0) return
      core.moveBase(from, book, -moved as Qty, 'transfer', reason)
      core.moveBase(to, book, moved, 'transfer', reason)
    }
    core.rebound(core.accounts[from])
    core.rebound(core.accounts[to])
  }

  /** An amount of a base asset in quantity units, and where it trades; all accounts named have to be spot accounts. */
  #spotQty(
    asset: string,
    amount: Money,
    ...accounts: readonly [number, ...number[]]
  ): { readonly book: Book; readonly qty: Qty; readonly holder: SpotAccount } {
    const book = this.#core.bookOf(asset)
    const [holder, ...others] = accounts.map((index) => this.#core.accounts[index])
    assert(
      book !== undefined && holder instanceof SpotAccount && others.every((other) => other instanceof SpotAccount),
      () => `${asset} is not what these accounts hold`,
    )
    const qty = qtyOfBase(book.instrument, amount)
    return { book, qty, holder }
  }

  /** V9. Here and below: the refusal, or undefined when it is done. */
  setLeverage(account: number, instrument: number, leverage: number, time: Micros): string | undefined {
    this.#core.time = time
    if (this.#isSpot(account)) return refusalText(1121)
    return this.#settings.setLeverage(account, instrument, leverage)
  }

  setMarginType(account: number, instrument: number, type: MarginType, time: Micros): string | undefined {
    this.#core.time = time
    if (this.#isSpot(account)) return refusalText(1121)
    return this.#settings.setMarginType(account, instrument, type)
  }

  setPositionMode(account: number, mode: PositionMode, time: Micros): string | undefined {
    this.#core.time = time
    if (this.#isSpot(account)) return refusalText(1121)
    return this.#settings.setPositionMode(account, mode)
  }

  /** V10: adds margin to an isolated position, or takes some out when negative. */
  moveMargin(account: number, instrument: number, side: PositionSide, amount: Money, time: Micros): string | undefined {
    this.#core.time = time
    return this.#settings.moveMargin(account, instrument, side, amount)
  }

  #isSpot(account: number): boolean {
    return this.#core.accounts[account] instanceof SpotAccount
  }

  /** V8 */
  countdown(account: number, instrument: number, duration: Duration, time: Micros): void {
    this.#core.time = time
    this.#core.countdown(account, instrument, duration)
  }

  /** V12: closes part of a position in profit at a price that somebody else's liquidation set. */
  deleverage(account: number, instrument: number, side: PositionSide, qty: Qty, price: Price, time: Micros): string | undefined {
    const core = this.#core
    core.time = time
    const book = core.books[instrument]
    const { qty: held, cost } = core.accounts[account].position(instrument, side)
    const inProfit = BigInt(held) * BigInt(book.mark()) > cost * BigInt(book.markPerPrice)
    if (!(qty > 0 && qty <= Math.abs(held) && inProfit)) return refusalText(2022)
    for (const order of [...book.orders]) if (order.request.account === account) core.end(order, 'order-canceled', 'deleveraged')
    core.force(account, book, side, qty, price, NO_FEES, 'deleveraged')
    core.rebound(core.accounts[account])
    book.watch()
    return undefined
  }

  /** V12: accounts in the order in which they would be deleveraged. */
  deleverageQueue(instrument: number, side: PositionSide, holds: 'long' | 'short'): readonly number[] {
    return this.#liquidation.queue(this.#core.books[instrument], side, holds === 'long')
  }

  // ---- the market ----------------------------------------------------------------------------------------------

  /** M4: funding of every position held; `mark` in mark units. */
  settleFunding(instrument: number, rate: Rate, mark: number, time: Micros): void {
    const core = this.#core
    core.time = time
    if (rate === 0) return
    const { markPerPrice } = core.books[instrument]
    core.accounts.forEach((account, index) => {
      let changed = false
      for (const side of SIDES) {
        const { qty } = account.position(instrument, side)
        if (qty === 0) continue
        const paid = (BigInt(qty) * BigInt(mark) * BigInt(rate)) / (BigInt(markPerPrice) * RATE_ONE)
        if (paid === 0n) continue
        core.bookMoney(index, 'funding', -paid as Money, instrument, rate, 'funding')
        if (account.isolated[instrument])
          account.setIsolatedWallet(instrument, side, (account.isolatedWallet(instrument, side) - paid) as Money)
        changed = true
      }
      if (changed) core.rebound(account)
    })
  }

  /** F2: another maintenance table is in force; one of the instrument's `bracketChanges`. */
  changeBrackets(instrument: number, brackets: readonly MarginBracket[], time: Micros): void {
    const core = this.#core
    core.time = time
    const table = core.books[instrument].instrument.bracketChanges.findIndex((change) => change.brackets === brackets) + 1
    assert(
      table > 0 || core.books[instrument].instrument.brackets === brackets,
      'a bracket change that the instrument does not know',
    )
    for (const account of core.accounts) {
      account.useBrackets(instrument, table)
      core.rebound(account)
    }
  }

  /** The instrument ceases to trade: orders go, positions settle at the newest mark without fee. */
  delist(instrument: number, time: Micros): void {
    const core = this.#core
    core.time = time
    const book = core.books[instrument]
    for (const order of [...book.orders]) core.end(order, 'order-expired', 'delisting')
    core.accounts.forEach((account, index) => {
      for (const side of SIDES) {
        const { qty } = account.position(instrument, side)
        if (qty === 0) continue
        const price = Math.round(book.mark() / book.markPerPrice) as Price
        core.force(index, book, side, Math.abs(qty) as Qty, price, NO_FEES, 'delisting')
        core.rebound(account)
      }
    })
    book.closed = true
  }

  /** O2. The next row of an instrument opens. */
  openBar(instrument: number, row: number): void {
    this.#bars.open(this.#core.books[instrument], row)
  }

  /** O3. The range of the present row. */
  endBar(instrument: number): void {
    this.#bars.end(this.#core.books[instrument])
  }

  /** R1. A row of the trades of an instrument. */
  trade(instrument: number, row: number): void {
    this.#trades.trade(this.#core.books[instrument], row)
  }

  /** R5. Marks beside trades, in mark units. */
  markBar(instrument: number, of: MarkMoment, time: Micros): void {
    this.#trades.mark(this.#core.books[instrument], of, time)
  }

  /** The next moment at which something ends by itself (`wake`); NEVER when nothing does. */
  get wakeAt(): number {
    return this.#core.wakeAt
  }

  /** V8: good-till-date orders and countdowns that are due. */
  wake(time: Micros): void {
    this.#core.time = time
    this.#core.wake()
  }

  // ---- to be looked at -----------------------------------------------------------------------------------------

  account(index: number): MarginAccount {
    return this.#core.accounts[index]
  }

  /** F1 to F3, F7, F8 of one position side. */
  position(account: number, instrument: number, side: PositionSide): PositionView {
    const { accounts, books } = this.#core
    return positionView(accounts[account], books, books[instrument], side)
  }

  /** F5; of a spot account S8: what of the quote asset may leave. */
  available(account: number): Money {
    const { accounts, funds, margin } = this.#core
    const holder = accounts[account]
    return holder instanceof SpotAccount ? funds.transferableQuote(holder, account) : margin.available(account)
  }

  get feePool(): Money {
    return this.#core.feePool
  }

  /** What liquidations paid in less what negative wallets took out. */
  get insuranceFund(): Money {
    return this.#core.insuranceFund
  }

  /** S6: interest that spot accounts paid. */
  get lenders(): Money {
    return this.#core.lenders
  }

  get openOrders(): number {
    return this.#core.open.reduce((sum, { size }) => sum + size, 0)
  }

  snapshot(): SimVenueState {
    return this.#core.snapshot((book) => this.#bars.budgetLeft(book))
  }

  restore(state: SimVenueState): void {
    this.#core.restore(state)
  }
}

const RATE_ONE = 10n ** 10n
const NO_FEES = { taker: 0 as Rate, liquidation: 0 as Rate } as const
