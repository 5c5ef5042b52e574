/**
 * Liquidation and deleveraging: rules L3 to L6 of docs/backtest-assumptions.md and V12 of docs/venue.md.
 */
import { notional, timesRate } from '../core/exact.ts'
import type { Money, Price, Qty, Rate } from '../core/exact.ts'
import type { PositionSide } from '../domain/order.ts'
import { slipped } from './fill-model.ts'
import { CROSS, instrumentOf, SIDES, SLACK_SCALE } from './margin-account.ts'
import type { MarginAccount, MarginUnit } from './margin-account.ts'
import type { ForcedRates, VenueCore } from './venue-core.ts'
import type { Book } from './venue-book.ts'

/** What a position of this signed quantity is closed at. */
type PriceOf = (held: number) => Price

/** Where a unit would be liquidated. */
export interface Doom {
  readonly unit: MarginUnit
  readonly level: Price
}

const NO_BOOKS: readonly Book[] = []
/** More steps than two truncated fees can hide: each is less than a money unit. */
const HIDDEN_STEPS = 64

type Side = 'down' | 'up'
/** The lower first. */
const SIDES_OF_PRICE: readonly Side[] = ['down', 'up']

export class Liquidation {
  readonly #core: VenueCore

  constructor(core: VenueCore) {
    this.#core = core
  }

  /** L3 at the newest mark of a held instrument, which at an open is the open's; true when it came to that. */
  ifDue(account: number, book: Book): boolean {
    const holder = this.#core.accounts[account]
    const i = book.instrument.index
    const mark = book.mark()
    if (mark > holder.lowBound[i] && mark < holder.highBound[i]) return false
    let happened = false
    for (const unit of holder.unitsOf(i)) if (this.#ifUnitDue(account, book, unit)) happened = true
    if (!happened && holder.isHeld(i)) this.#core.rebound(holder)
    return happened
  }

  #ifUnitDue(account: number, book: Book, unit: MarginUnit): boolean {
    const holder = this.#core.accounts[account]
    if (holder.heldSides(unit, book.instrument.index).length === 0 || holder.slack(unit, this.#core.markOf) > 0n) return false
    this.#liquidate(account, book, unit, this.#worseOf(book, holder, unit), book.mark())
    return true
  }

  /** L3 at the low and the high of a range of marks. */
  inRange(account: number, book: Book, low: number, high: number): void {
    const holder = this.#core.accounts[account]
    const i = book.instrument.index
    if (low > holder.lowBound[i] && high < holder.highBound[i]) return
    for (const unit of holder.unitsOf(i)) {
      this.#ifDueAt(account, book, unit, low, 'down')
      this.#ifDueAt(account, book, unit, high, 'up')
    }
  }

  /** L3 at a mark that a range reaches, on that side of the price. */
  atExtreme(account: number, book: Book, mark: number, side: Side): void {
    const holder = this.#core.accounts[account]
    const i = book.instrument.index
    if (mark > holder.lowBound[i] && mark < holder.highBound[i]) return
    for (const unit of holder.unitsOf(i)) this.#ifDueAt(account, book, unit, mark, side)
  }

  #ifDueAt(account: number, book: Book, unit: MarginUnit, mark: number, side: Side): void {
    const holder = this.#core.accounts[account]
    const i = book.instrument.index
    const { markOf } = this.#core
    if (!this.#canDie(holder, unit, i, side) || holder.slack(unit, markOf, i, mark) > 0n) return
    if (this.#ifUnitDue(account, book, unit)) return
    const tick = this.#core.tickOf(book)
    this.at(account, book, { unit, level: holder.liquidationLevel(unit, i, tick, markOf, side) ?? tick })
  }

  /** Whether a unit loses on a side of the price; a pair can on both. */
  #canDie(holder: MarginAccount, unit: MarginUnit, i: number, side: Side): boolean {
    if (holder.heldSides(unit, i).length === 0) return false
    const net = holder.netOf(unit, i)
    return holder.isPair(unit, i) || (side === 'down' ? net > 0 : net < 0)
  }

  /** What of an account a range of marks reaches first; the lower side first. The extreme can lie between ticks, and so just before the level. */
  nextIn(account: number, book: Book, low: number, high: number): Doom | undefined {
    const holder = this.#core.accounts[account]
    const i = book.instrument.index
    if (low > holder.lowBound[i] && high < holder.highBound[i]) return undefined
    for (const unit of holder.unitsOf(i)) {
      const level = this.#levelIn(book, holder, unit, low, high)
      if (level !== undefined) return { unit, level }
    }
    return undefined
  }

  #levelIn(book: Book, holder: MarginAccount, unit: MarginUnit, low: number, high: number): Price | undefined {
    const i = book.instrument.index
    const { markOf } = this.#core
    const tick = this.#core.tickOf(book)
    for (const side of SIDES_OF_PRICE)
      if (this.#canDie(holder, unit, i, side) && holder.slack(unit, markOf, i, side === 'down' ? low : high) <= 0n)
        return holder.liquidationLevel(unit, i, tick, markOf, side) ?? tick
    return undefined
  }

  /** L4 at a level of `nextIn`. */
  at(account: number, book: Book, { unit, level }: Doom): void {
    this.#liquidate(account, book, unit, () => level, level * book.markPerPrice)
  }

  /** L4: the level or the newest mark, whichever is worse; a mark between ticks is rounded against who holds. */
  #worseOf(book: Book, holder: MarginAccount, unit: MarginUnit): PriceOf {
    const tick = this.#core.tickOf(book)
    const i = book.instrument.index
    const ticks = book.mark() / book.markPerPrice / tick
    const atMark = (held: number): Price => (Math.max(1, held > 0 ? Math.floor(ticks) : Math.ceil(ticks)) * tick) as Price
    if (holder.isPair(unit, i)) return atMark
    const net = holder.netOf(unit, i)
    const level = holder.liquidationLevel(unit, i, tick, this.#core.markOf, net > 0 ? 'down' : 'up') ?? atMark(net)
    return (held) => (held > 0 ? Math.min(level, atMark(held)) : Math.max(level, atMark(held))) as Price
  }

  #liquidate(account: number, book: Book, unit: MarginUnit, priceOf: PriceOf, critical: number): void {
    const core = this.#core
    const holder = core.accounts[account]
    for (const each of unit === CROSS ? core.books : [book])
      for (const order of [...each.orders])
        if (order.request.account === account) core.end(order, 'order-canceled', 'liquidation')
    let isEnough = this.#close(account, book, unit, priceOf, critical)
    for (const other of unit === CROSS ? core.books : NO_BOOKS) {
      const i = other.instrument.index
      if (isEnough || other === book || holder.isolated[i] || !holder.isHeld(i)) continue
      isEnough =
        holder.slack(CROSS, core.markOf, book.instrument.index, critical) > 0n ||
        this.#close(account, other, unit, this.#worseOf(other, holder, unit), other.mark())
    }
    this.#settle(account, book, unit)
    core.rebound(holder)
    for (const other of core.books) other.watch()
  }

  /**
   * The positions of a unit in an instrument, the losing side of a pair first, until the unit is compliant at the mark that was
   * critical; a part that was enough ends it. True when that was reached.
   */
  #close(account: number, book: Book, unit: MarginUnit, priceOf: PriceOf, critical: number): boolean {
    const core = this.#core
    const holder = core.accounts[account]
    const i = book.instrument.index
    const profitOf = (side: PositionSide): bigint => {
      const { qty, cost } = holder.position(i, side)
      return BigInt(qty) * BigInt(critical) - cost * BigInt(book.markPerPrice)
    }
    const sides = holder
      .heldSides(unit, i)
      .toSorted((a, b) => (profitOf(a) < profitOf(b) ? -1 : profitOf(a) > profitOf(b) ? 1 : 0))
    const rates: ForcedRates = { taker: core.fees[account].at(core.time).taker, liquidation: book.instrument.liquidationFee }
    for (const side of sides) {
      const { qty: held } = holder.position(i, side)
      const paid = slipped(priceOf(held), held > 0 ? 'sell' : 'buy', core.fills.slippageBps, core.tickOf(book))
      const part = core.switches.liquidation === 'whole' ? undefined : this.#enough(holder, book, unit, side, paid, rates)
      core.force(account, book, side, part ?? (Math.abs(held) as Qty), paid, rates, 'liquidation')
      if (part !== undefined || holder.slack(unit, core.markOf, i, critical) > 0n) return true
    }
    return false
  }

  /**
   * L6: the least quantity whose closing makes the unit compliant. Closing d gains maintenance margin and costs fees; where
   * the rate of the bracket is above the cost the gain grows with d, so the least is found by halving. Undefined when all must go.
   */
  #enough(
    holder: MarginAccount,
    book: Book,
    unit: MarginUnit,
    side: PositionSide,
    paid: Price,
    rates: ForcedRates,
  ): Qty | undefined {
    const i = book.instrument.index
    const size = Math.abs(holder.position(i, side).qty)
    const { step } = book.instrument.rulesAt(this.#core.time)
    const cost = rates.taker + rates.liquidation
    const steep = holder.bracketsOf(i).find(({ floor, rate }) => floor > 0n && rate > cost)
    if (steep === undefined || notional(paid, size as Qty) <= steep.floor) return undefined
    const kept = Number((steep.floor + BigInt(paid) - 1n) / BigInt(paid))
    const most = Math.floor((size - kept) / step)
    const mark = paid * book.markPerPrice
    const before = holder.slack(unit, this.#core.markOf, i, mark)
    const sizeAt = (qty: number): bigint => BigInt(qty) * BigInt(mark)
    const maintenance = holder.maintenance(i, sizeAt(size))
    const isEnough = (steps: number): boolean => {
      const qty = steps * step
      const value = notional(paid, qty as Qty)
      const fees = timesRate(value, rates.taker) + timesRate(value, rates.liquidation)
      return before + maintenance - holder.maintenance(i, sizeAt(size - qty)) - fees * SLACK_SCALE > 0n
    }
    if (most < 1 || !isEnough(most)) return undefined
    let [from, to] = [1, most]
    while (from < to) {
      const middle = Math.floor((from + to) / 2)
      if (isEnough(middle)) to = middle
      else from = middle + 1
    }
    // Where a step is smaller than what the truncation of fees hides, a few fewer can be enough.
    for (let fewer = Math.max(1, from - HIDDEN_STEPS); fewer < from; fewer++) if (isEnough(fewer)) return (fewer * step) as Qty
    return (from * step) as Qty
  }

  /** What is left of a unit that holds nothing any more: the fund pays what is missing. */
  #settle(account: number, book: Book, unit: MarginUnit): void {
    const core = this.#core
    const holder = core.accounts[account]
    const i = book.instrument.index
    if (unit !== CROSS) {
      const side = SIDES[unit - instrumentOf(unit) * SIDES.length]
      if (!holder.position(i, side).isFlat) return
      this.#cover(account, book, holder.isolatedWallet(i, side))
      holder.setIsolatedWallet(i, side, 0n as Money)
    } else if (holder.isCrossFlat) this.#cover(account, book, holder.crossWallet)
  }

  #cover(account: number, book: Book, rest: Money): void {
    if (rest >= 0n) return
    const core = this.#core
    core.insuranceFund = (core.insuranceFund + rest) as Money
    core.bookMoney(account, 'insurance-cover', -rest as Money, book.instrument.index, 0 as Rate, 'liquidation')
  }

  // ---- deleveraging --------------------------------------------------------------------------------------------

  /** V12: who of a side would be deleveraged first; only those in profit. */
  queue(book: Book, side: PositionSide, isLong: boolean): readonly number[] {
    const scores = this.#core.accounts.map((holder, account) => ({ account, score: this.#score(holder, book, side, isLong) }))
    return scores
      .filter(({ score }) => score > 0)
      .toSorted((a, b) => b.score - a.score || a.account - b.account)
      .map(({ account }) => account)
  }

  /** (unrealised profit / margin) x margin ratio; 0 for who holds nothing of the side or has no profit. */
  #score(holder: MarginAccount, book: Book, side: PositionSide, isLong: boolean): number {
    const i = book.instrument.index
    const { qty, cost } = holder.position(i, side)
    if (qty === 0 || qty > 0 !== isLong) return 0
    const value = (qty * book.mark()) / book.markPerPrice
    const profit = value - Number(cost)
    if (profit <= 0) return 0
    const balance = Number(holder.isolated[i] ? holder.isolatedWallet(i, side) : holder.crossWallet) + profit
    const margin = Math.abs(value) / holder.leverage[i]
    const size = BigInt(Math.abs(qty)) * BigInt(book.mark())
    const maintenance = Number(holder.maintenance(i, size)) / Number(SLACK_SCALE)
    return balance <= 0 ? Infinity : (profit / margin) * (maintenance / balance)
  }
}
