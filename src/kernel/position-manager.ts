/**
 * What we hold: wallets, positions per account, instrument and side, the virtual position of every strategy, and the
 * equity that follows from them.
 *
 * Money is exact. Equity is also kept as a number of money units, changed by what each price changes, because it is
 * looked at on every bar; below 2^53 units it is exact too.
 */
import { assert } from '../core/errors.ts'
import { ZERO } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import { DAY, startOfDay, startOfWeek } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { Booking } from '../domain/decision.ts'
import type { AccountReport } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import { Ledger } from '../domain/ledger.ts'
import type { LedgerState } from '../domain/ledger.ts'
import { allocate, sideSign } from '../domain/order.ts'
import type { Fill, OrderShare, PositionSide } from '../domain/order.ts'
import { Position } from '../domain/position.ts'
import type { AccountKind } from '../domain/view.ts'
import type { PositionState } from '../domain/position.ts'

/** An account at a venue, as the kernel is told of it. */
export interface AccountSpec {
  readonly venue: string
  readonly name: string
  /** The asset in which equity is measured. */
  readonly settle: string
  /** Default `margin`. */
  readonly kind?: AccountKind
  /** Set at the venue for every contract, or what it allows at most; default 1. */
  readonly leverage?: number
}

const SIDES: readonly PositionSide[] = ['both', 'long', 'short']

class Account {
  readonly spec: AccountSpec
  readonly ledger: Ledger
  /** Index instrument x 3 + side. */
  readonly positions: (Position | undefined)[] = []
  /** Net over the sides, as numbers, for marking. */
  net = new Float64Array(16)
  cost = new Float64Array(16)
  unrealised = new Float64Array(16)
  /** Wallet plus unrealised profit in money units. */
  equity = 0
  /** The same at the newest bar: what drawdown and day limits look at. */
  marked = 0
  peak = 0
  dayStart = 0
  weekStart = 0

  constructor(index: number, spec: AccountSpec) {
    this.spec = spec
    this.ledger = new Ledger(index)
  }

  reserve(instruments: number): void {
    if (instruments <= this.net.length) return
    const grow = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(instruments * 2)
      larger.set(old)
      return larger
    }
    this.net = grow(this.net)
    this.cost = grow(this.cost)
    this.unrealised = grow(this.unrealised)
  }
}

export interface PositionManagerState {
  readonly accounts: readonly {
    readonly ledger: LedgerState
    readonly positions: readonly (readonly [number, PositionState])[]
    readonly equity: number
    readonly unrealised: readonly number[]
    readonly marked: number
    readonly peak: number
    readonly dayStart: number
    readonly weekStart: number
  }[]
  readonly books: readonly (readonly [number, number, PositionState])[]
  readonly prices: readonly number[]
  readonly markTime: number
  readonly nextDay: number
  readonly opening: 'none' | 'day' | 'week'
}

export class PositionManager {
  readonly #instruments: readonly Instrument[]
  readonly #accounts: Account[]
  readonly #accountOf: readonly number[]
  /** Virtual positions by strategy, then instrument. */
  readonly #books: (Position | undefined)[][] = []
  #prices = new Float64Array(16)
  #markTime = 0 as Micros
  #nextDay = 0 as Micros
  /** A day or week began in this very moment, and the moment is not over. */
  #opening: 'none' | 'day' | 'week' = 'none'

  /** `instruments` and `accountOf`, the account of each strategy, may grow while we run; they are read, never written. */
  constructor(instruments: readonly Instrument[], accounts: readonly AccountSpec[], accountOf: readonly number[]) {
    this.#instruments = instruments
    this.#accountOf = accountOf
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

  /** A bar's close: the price at which everything held is valued from now on. */
  mark(instrument: number, price: Price, time: Micros): void {
    if (time > this.#markTime) this.#advance(time)
    this.#prices[instrument] = price
    for (let i = 0; i < this.#accounts.length; i++) {
      const account = this.#accounts[i]
      const net = account.net[instrument]
      if (net !== 0) {
        const unrealised = net * price - account.cost[instrument]
        account.equity += unrealised - account.unrealised[instrument]
        account.unrealised[instrument] = unrealised
      }
      account.marked = account.equity
    }
  }

  /** Time went on: what stood at the end of the moment before counts for peak, day and week. */
  #advance(time: Micros): void {
    this.#markTime = time
    for (let i = 0; i < this.#accounts.length; i++) {
      const account = this.#accounts[i]
      if (account.marked > account.peak) account.peak = account.marked
    }
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
    for (const account of this.#accounts) account.weekStart = account.marked
    this.#opening = 'day'
  }

  /** The day (and week) opens with the equity as it is marked now. */
  #fixOpenings(): void {
    for (const account of this.#accounts) {
      account.dayStart = account.marked
      if (this.#opening === 'week') account.weekStart = account.marked
    }
    this.#opening = 'none'
  }

  /** Books an execution: position, wallet, and the virtual books that own it. Returns the realised profit. */
  applyFill(fill: Fill, shares: readonly OrderShare[], _out?: Booking[], _decided?: Price): Money {
    const account = this.#account(fill.account)
    const instrument = this.#instruments[fill.instrument]
    const signed = (sideSign(fill.side) * fill.qty) as Qty
    const realised = this.#position(account, fill.instrument, fill.positionSide).apply(fill.price, signed)
    const { settle } = instrument
    if (realised !== 0n) account.ledger.book('realised', settle.name, realised)
    if (fill.fee !== 0n) account.ledger.book('commission', settle.name, -fill.fee as Money)
    this.#revalue(account, fill.instrument, fill.price)
    this.#applyToBooks(fill, signed, shares)
    return realised
  }

  #applyToBooks(fill: Fill, signed: Qty, shares: readonly OrderShare[]): void {
    if (shares.length === 1) {
      this.#book(shares[0].strategy, fill.instrument).apply(fill.price, signed)
      return
    }
    const parts = shares.length > 0 ? allocate(fill.qty, shares) : this.#holders(fill.account, fill.instrument, signed)
    for (const { strategy, qty } of parts)
      this.#book(strategy, fill.instrument).apply(fill.price, (Math.sign(signed) * qty) as Qty)
  }

  /** Books trade with each other at a price, without the venue and without a fee. */
  cross(
    account: number,
    instrument: number,
    price: Price,
    parts: readonly { readonly strategy: number; readonly difference: number }[],
    out: Booking[],
  ): void {
    for (const { strategy, difference } of parts) {
      this.#book(strategy, instrument).apply(price, difference as Qty)
      const qty = difference as Qty
      out.push({ kind: 'cross', strategy, account, instrument, qty, price, amount: ZERO, slippage: ZERO })
    }
  }

  /** Who owns a forced execution that no strategy asked for: those whose books it reduces, pro rata. */
  #holders(account: number, instrument: number, signed: Qty): readonly OrderShare[] {
    const held: OrderShare[] = []
    this.#books.forEach((book, strategy) => {
      const qty = book[instrument]?.qty ?? 0
      if (this.#accountOf[strategy] === account && qty !== 0 && qty > 0 !== signed > 0)
        held.push({ strategy, qty: Math.abs(qty) as Qty })
    })
    if (held.length === 0) return held
    // Never more than a book holds: the rest of a foreign execution belongs to nobody's book.
    return allocate(Math.abs(signed) as Qty, held).map((part, i) => ({ ...part, qty: Math.min(part.qty, held[i].qty) as Qty }))
  }

  /** Books money that moved without an order. */
  applyAccountReport(report: AccountReport, _out?: Booking[]): void {
    const account = this.#account(report.account)
    account.ledger.book(report.entry, report.asset, report.amount)
    if (report.asset !== account.spec.settle) return
    const amount = Number(report.amount)
    account.equity += amount
    if (report.entry !== 'deposit' && report.entry !== 'withdrawal' && report.entry !== 'transfer') return
    // Money brought in or taken out is neither profit nor loss: the marks it is measured against move along.
    account.marked += amount
    account.peak += amount
    account.dayStart += amount
    account.weekStart += amount
  }

  /** After a fill: the sums over the sides, and equity anew from the exact wallet. */
  #revalue(account: Account, instrument: number, price: Price): void {
    let net = 0
    let cost = 0
    for (let side = 0; side < SIDES.length; side++) {
      const position = account.positions[instrument * SIDES.length + side]
      if (position === undefined) continue
      net += position.qty
      cost += Number(position.cost)
    }
    account.net[instrument] = net
    account.cost[instrument] = cost
    const valued = this.#prices[instrument] === 0 ? price : this.#prices[instrument]
    account.unrealised[instrument] = net * valued - cost
    let equity = Number(account.ledger.wallet(account.spec.settle))
    for (let i = 0; i < this.#instruments.length; i++) equity += account.unrealised[i]
    account.equity = equity
  }

  #account(index: number): Account {
    const account = this.#accounts[index]
    assert(account !== undefined, () => `there is no account ${index}`)
    return account
  }

  #position(account: Account, instrument: number, side: PositionSide): Position {
    const at = instrument * SIDES.length + SIDES.indexOf(side)
    return (account.positions[at] ??= new Position())
  }

  #book(strategy: number, instrument: number): Position {
    const books = (this.#books[strategy] ??= [])
    return (books[instrument] ??= new Position())
  }

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
    const { peak, marked } = this.#accounts[account]
    return marked > peak ? marked : peak
  }
  dayStart(account: number): number {
    return this.#opening === 'none' ? this.#accounts[account].dayStart : this.#accounts[account].marked
  }
  weekStart(account: number): number {
    return this.#opening === 'week' ? this.#accounts[account].marked : this.#accounts[account].weekStart
  }
  netQty(account: number, instrument: number): Qty {
    return this.#accounts[account].net[instrument] as Qty
  }
  bookQty(strategy: number, instrument: number): Qty {
    return (this.#books[strategy]?.[instrument]?.qty ?? 0) as Qty
  }
  position(account: number, instrument: number, side: PositionSide): Position | undefined {
    return this.#account(account).positions[instrument * SIDES.length + SIDES.indexOf(side)]
  }

  /** Wallet plus unrealised profit, exact, everything valued at its newest bar's close. */
  exactEquity(account: number): Money {
    const { ledger, positions, spec } = this.#account(account)
    let equity: bigint = ledger.wallet(spec.settle)
    positions.forEach((position, at) => {
      const instrument = Math.floor(at / SIDES.length)
      if (position !== undefined && !position.isFlat) equity += position.unrealised(this.lastPrice(instrument))
    })
    return equity as Money
  }

  snapshot(): PositionManagerState {
    return {
      accounts: this.#accounts.map((account) => ({
        ledger: account.ledger.snapshot(),
        positions: account.positions.flatMap((position, at) =>
          position === undefined ? [] : [[at, position.snapshot()] as const],
        ),
        equity: account.equity,
        unrealised: [...account.unrealised.subarray(0, this.#instruments.length)],
        marked: account.marked,
        peak: account.peak,
        dayStart: account.dayStart,
        weekStart: account.weekStart,
      })),
      books: this.#books.flatMap((book, strategy) =>
        book.flatMap((position, instrument) =>
          position === undefined ? [] : [[strategy, instrument, position.snapshot()] as const],
        ),
      ),
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
    this.#books.length = 0
    for (const [strategy, instrument, position] of state.books) this.#book(strategy, instrument).restore(position)
    state.accounts.forEach((saved, index) => {
      const account = this.#account(index)
      account.ledger.restore(saved.ledger)
      account.positions.length = 0
      for (const [at, position] of saved.positions) {
        account.positions[at] = new Position()
        account.positions[at].restore(position)
      }
      account.marked = saved.marked
      account.peak = saved.peak
      account.dayStart = saved.dayStart
      account.weekStart = saved.weekStart
      for (let i = 0; i < this.#instruments.length; i++) this.#revalue(account, i, this.lastPrice(i))
      // Sums of floats depend on their history; the run goes on from the very numbers it had.
      account.unrealised.set(saved.unrealised)
      account.equity = saved.equity
    })
  }
}
