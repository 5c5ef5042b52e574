/**
 * What we hold: wallets, positions per account, instrument and side, the virtual position of every book, and the equity
 * that follows from them, of each account and of all together.
 *
 * Money is exact. Equity is also kept as a number of money units, changed by what each price changes, because it is
 * looked at on every bar; below 2^53 units it is exact too.
 */
import { assert } from '../core/errors.ts'
import { notional, ZERO } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import { DAY, startOfDay, startOfWeek } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { Booking } from '../domain/decision.ts'
import type { AccountReport } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Ledger } from '../domain/ledger.ts'
import { sideSign } from '../domain/order.ts'
import type { Fill, OrderShare, PositionSide } from '../domain/order.ts'
import type { Position } from '../domain/position.ts'
import { baseAmount, qtyOfBase, spotOf } from '../domain/spot.ts'
import { Account, slotOf } from './account.ts'
import type { AccountSpec, AccountState } from './account.ts'
import { EquityMarks } from './equity-marks.ts'
import type { EquityMarksState } from './equity-marks.ts'
import { VirtualBooks } from './virtual-books.ts'
import type { CrossPart, VirtualBooksState } from './virtual-books.ts'

export type { AccountSpec } from './account.ts'

export interface PositionManagerState {
  readonly accounts: readonly AccountState[]
  readonly total: EquityMarksState
  readonly transit: readonly (readonly [string, bigint])[]
  readonly books: VirtualBooksState
  readonly prices: readonly number[]
  readonly markTime: number
  readonly nextDay: number
  readonly opening: 'none' | 'day' | 'week'
}

export class PositionManager {
  readonly #instruments: readonly Instrument[]
  readonly #accounts: readonly Account[]
  readonly #books = new VirtualBooks()
  /** Of all accounts together. */
  readonly #total = new EquityMarks()
  /** What has left one of our accounts and not arrived at another yet, by asset. */
  readonly #transit = new Map<string, bigint>()
  #prices = new Float64Array(16)
  #markTime = 0 as Micros
  #nextDay = 0 as Micros
  /** A day or week began in this very moment, and the moment is not over. */
  #opening: 'none' | 'day' | 'week' = 'none'

  /** `instruments` may grow while we run; they are read, never written. */
  constructor(instruments: readonly Instrument[], accounts: readonly AccountSpec[]) {
    assert(
      accounts.every(({ settle }) => settle === accounts[0].settle),
      'the equity of all accounts is measured in one asset',
    )
    this.#instruments = instruments
    this.#accounts = accounts.map((spec, index) => new Account(index, spec))
    this.reserve()
  }

  /** Makes room after instruments were listed. */
  reserve(): void {
    const count = this.#instruments.length
    for (const account of this.#accounts) account.reserve(count)
    if (count <= this.#prices.length) return
    const prices = new Float64Array(count * 2)
    prices.set(this.#prices)
    this.#prices = prices
  }

  // ---- prices and time -----------------------------------------------------------------------------------------

  /** A bar's close: the price at which everything held is valued from now on. */
  mark(instrument: number, price: Price, time: Micros): void {
    if (time > this.#markTime) this.#advance(time)
    this.#prices[instrument] = price
    let total = 0
    for (let i = 0; i < this.#accounts.length; i++) {
      const account = this.#accounts[i]
      const net = account.net[instrument]
      if (net !== 0) {
        const unrealised = net * price - account.cost[instrument]
        account.equity += unrealised - account.unrealised[instrument]
        account.unrealised[instrument] = unrealised
      }
      account.marks.marked = account.equity
      total += account.equity
    }
    this.#total.marked = this.#transit.size === 0 ? total : total + this.#inTransit()
  }

  /** Time went on: what stood at the end of the moment before counts for peak, day and week. */
  #advance(time: Micros): void {
    this.#markTime = time
    for (let i = 0; i < this.#accounts.length; i++) raisePeak(this.#accounts[i].marks)
    raisePeak(this.#total)
    if (this.#opening !== 'none') this.#fixOpenings()
    if (time < this.#nextDay) return
    const newWeek = this.#nextDay === 0 || startOfWeek(time) >= this.#nextDay
    this.#opening = newWeek ? 'week' : 'day'
    this.#nextDay = (startOfDay(time) + DAY) as Micros
    // Bars that close at midnight tell what the day opens with; after midnight it is what stood before.
    if (time !== startOfDay(time)) this.#fixOpenings()
    else if (newWeek && time !== startOfWeek(time)) this.#fixWeek()
  }

  /** The week's own midnight had no bar: it opened with what stood before, whatever the present midnight tells of its day. */
  #fixWeek(): void {
    for (const { marks } of this.#accounts) marks.weekStart = marks.marked
    this.#total.weekStart = this.#total.marked
    this.#opening = 'day'
  }

  /** The day (and week) opens with the equity as it is marked now. */
  #fixOpenings(): void {
    for (const { marks } of this.#accounts) this.#fixOpening(marks)
    this.#fixOpening(this.#total)
    this.#opening = 'none'
  }

  #fixOpening(marks: EquityMarks): void {
    marks.dayStart = marks.marked
    if (this.#opening === 'week') marks.weekStart = marks.marked
  }

  // ---- bookings ------------------------------------------------------------------------------------------------

  /**
   * Books an execution: position, wallet, and the books that own it. Returns the realised profit; a spot account realises
   * none, it exchanges assets. `out` receives who owns what; `decided` is the price that slippage is measured against.
   */
  applyFill(fill: Fill, shares: readonly OrderShare[], out?: Booking[], decided?: Price): Money {
    const account = this.#account(fill.account)
    const instrument = this.#instruments[fill.instrument]
    const signed = (sideSign(fill.side) * fill.qty) as Qty
    const profit = account.position(fill.instrument, fill.positionSide).apply(fill.price, signed)
    const realised = account.isSpot ? ZERO : profit
    const { ledger } = account
    const { settle, base } = instrument
    if (account.isSpot) {
      ledger.book('exchange', base.name, baseAmount(instrument, signed))
      ledger.book('exchange', settle.name, -notional(fill.price, signed) as Money)
    }
    if (realised !== 0n) ledger.book('realised', settle.name, realised)
    if (fill.fee !== 0n) ledger.book('commission', settle.name, -fill.fee as Money)
    account.revalue(this.#instruments, fill.instrument, this.#valued(fill.instrument, fill.price))
    this.#books.applyFill(fill, shares, out, decided)
    return realised
  }

  /** Books money that moved without an order; `out` receives whose profit or loss it is, where it is one. */
  applyAccountReport(report: AccountReport, out?: Booking[]): void {
    const account = this.#account(report.account)
    const before = account.equity
    const totalBefore = this.totalEquity()
    const wallet = account.ledger.book(report.entry, report.asset, report.amount)
    if (report.asset === account.spec.settle) account.equity += Number(report.amount)
    else if (!account.isSpot || !this.#holdBase(account, report.asset, wallet)) return
    const isMove = report.entry === 'transfer'
    const isFlow = isMove || report.entry === 'deposit' || report.entry === 'withdrawal'
    if (isFlow) {
      account.marks.flow(before, account.equity)
      // Between our own accounts it is on its way; with one account there is no other to go to.
      if (isMove && this.#accounts.length > 1) this.#send(report.asset, report.amount)
      else this.#total.flow(totalBefore, this.totalEquity())
    } else if (out !== undefined && report.asset === account.spec.settle) {
      const net = report.instrument < 0 ? 0 : account.net[report.instrument]
      this.#books.applyReport(report, net, out)
    }
  }

  /** A spot account has of a base asset what its wallet says, in whole quantity units; false when nothing trades it. */
  #holdBase(account: Account, asset: string, wallet: Money): boolean {
    const instrument = spotOf(this.#instruments, asset, account.spec.settle)
    if (instrument === undefined) return false
    const price = this.#valued(instrument.index, 0 as Price)
    const position = account.position(instrument.index, 'both')
    position.apply(price, (qtyOfBase(instrument, wallet) - position.qty) as Qty)
    account.revalue(this.#instruments, instrument.index, price)
    return true
  }

  #send(asset: string, amount: Money): void {
    const left = (this.#transit.get(asset) ?? 0n) - amount
    if (left === 0n) this.#transit.delete(asset)
    else this.#transit.set(asset, left)
  }

  /** What is on its way between accounts, at the newest prices. */
  #inTransit(): number {
    let value = 0
    for (const [asset, amount] of this.#transit) {
      const { settle } = this.#accounts[0].spec
      const instrument = asset === settle ? undefined : spotOf(this.#instruments, asset, settle)
      if (instrument === undefined) value += asset === settle ? Number(amount) : 0
      else value += qtyOfBase(instrument, amount as Money) * this.#prices[instrument.index]
    }
    return value
  }

  /** Books trade with each other at a price, without the venue and without a fee; their differences add up to 0. */
  cross(account: number, instrument: number, price: Price, parts: readonly CrossPart[], out: Booking[]): void {
    this.#books.cross(account, instrument, price, parts, out)
  }

  #valued(instrument: number, otherwise: Price): Price {
    return (this.#prices[instrument] === 0 ? otherwise : this.#prices[instrument]) as Price
  }

  #account(index: number): Account {
    const account = this.#accounts[index]
    assert(account !== undefined, () => `there is no account ${index}`)
    return account
  }

  // ---- to be looked at -----------------------------------------------------------------------------------------

  get accounts(): number {
    return this.#accounts.length
  }
  lastPrice(instrument: number): Price {
    return this.#prices[instrument] as Price
  }
  wallet(account: number, asset: string): Money {
    return this.#account(account).ledger.wallet(asset)
  }
  ledger(account: number): Ledger {
    return this.#account(account).ledger
  }
  equity(account: number): number {
    return this.#accounts[account].equity
  }
  peak(account: number): number {
    return this.#accounts[account].marks.highest
  }
  dayStart(account: number): number {
    return this.#dayStartOf(this.#accounts[account].marks)
  }
  weekStart(account: number): number {
    return this.#weekStartOf(this.#accounts[account].marks)
  }

  /** The same over all accounts, with what is on its way between them. */
  totalEquity(): number {
    let total = 0
    for (let i = 0; i < this.#accounts.length; i++) total += this.#accounts[i].equity
    return this.#transit.size === 0 ? total : total + this.#inTransit()
  }
  /** Exact, over all accounts; they settle in one asset. */
  exactTotalEquity(): Money {
    let total = 0n
    for (let i = 0; i < this.#accounts.length; i++) total += this.exactEquity(i)
    return total as Money
  }
  totalPeak(): number {
    return this.#total.highest
  }
  totalDayStart(): number {
    return this.#dayStartOf(this.#total)
  }
  totalWeekStart(): number {
    return this.#weekStartOf(this.#total)
  }

  #dayStartOf(marks: EquityMarks): number {
    return this.#opening === 'none' ? marks.dayStart : marks.marked
  }
  #weekStartOf(marks: EquityMarks): number {
    return this.#opening === 'week' ? marks.marked : marks.weekStart
  }

  netQty(account: number, instrument: number): Qty {
    return this.#accounts[account].net[instrument] as Qty
  }
  bookQty(strategy: number, instrument: number): Qty {
    return this.#books.qty(strategy, instrument)
  }
  position(account: number, instrument: number, side: PositionSide): Position | undefined {
    return this.#account(account).positions[slotOf(instrument, side)]
  }

  /** `equity`, exact, everything valued at its newest bar's close; of a base asset its whole quantity units. */
  exactEquity(account: number): Money {
    return this.#account(account).exactEquity(this.#lastPrice)
  }

  readonly #lastPrice = (instrument: number): Price => this.lastPrice(instrument)

  // ---- state ---------------------------------------------------------------------------------------------------

  snapshot(): PositionManagerState {
    return {
      accounts: this.#accounts.map((account) => account.snapshot(this.#instruments.length)),
      total: this.#total.snapshot(),
      transit: [...this.#transit],
      books: this.#books.snapshot(),
      prices: [...this.#prices.subarray(0, this.#instruments.length)],
      markTime: this.#markTime,
      nextDay: this.#nextDay,
      opening: this.#opening,
    }
  }

  restore(state: PositionManagerState): void {
    this.reserve()
    this.#prices.set(state.prices)
    this.#markTime = state.markTime as Micros
    this.#nextDay = state.nextDay as Micros
    this.#opening = state.opening
    this.#books.restore(state.books)
    this.#total.restore(state.total)
    this.#transit.clear()
    for (const [asset, amount] of state.transit) this.#transit.set(asset, amount)
    state.accounts.forEach((saved, index) => this.#account(index).restore(saved, this.#instruments, this.#lastPrice))
  }
}

function raisePeak(marks: EquityMarks): void {
  if (marks.marked > marks.peak) marks.peak = marks.marked
}
