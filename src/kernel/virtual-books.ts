/**
 * The virtual position of every book in every instrument, and who owns what an account books.
 *
 * Whatever an account books in the asset of its equity is given to books, or to nobody (-1), to the last unit: over all
 * bookings of an event `amount - price x qty` is what wallet and cost of the account's positions changed by.
 */
import { assert } from '../core/errors.ts'
import { ZERO } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import type { Booking, BookingKind } from '../domain/decision.ts'
import type { AccountReport } from '../domain/event.ts'
import type { LedgerKind } from '../domain/ledger.ts'
import { allocate, sideSign } from '../domain/order.ts'
import type { Fill, OrderShare } from '../domain/order.ts'
import { Position } from '../domain/position.ts'
import type { PositionState } from '../domain/position.ts'

/** Who owns what no strategy does. */
export const NOBODY = -1

/** One book in one instrument, and the account that it trades there. */
class Book extends Position {
  account = NOBODY
}

/** A signed part of something, and whose it is. */
export interface BookPart {
  /** Index of the strategy instance. */
  readonly strategy: number
  readonly qty: Qty
}

/** What a book gains of an instrument by trading with other books. */
export interface CrossPart {
  readonly strategy: number
  /** Signed. */
  readonly difference: number
}

export interface VirtualBooksState {
  readonly positions: readonly {
    readonly strategy: number
    readonly instrument: number
    readonly account: number
    readonly position: PositionState
  }[]
  readonly forced: readonly Forced[]
}

/** Whose the newest forced execution of an account in an instrument was. */
interface Forced {
  readonly account: number
  readonly instrument: number
  readonly parts: readonly BookPart[]
}

export class VirtualBooks {
  /** By strategy, then instrument. */
  readonly #books: (Book | undefined)[][] = []
  #forced: Forced[] = []

  qty(strategy: number, instrument: number): Qty {
    return (this.#books[strategy]?.[instrument]?.qty ?? 0) as Qty
  }

  /** Gives an execution to its owners. `decisionPrice` is what slippage is measured against. */
  applyFill(fill: Fill, shares: readonly OrderShare[], out?: Booking[], decisionPrice?: Price): void {
    const sign = sideSign(fill.side)
    if (shares.length === 1 && out === undefined) {
      this.#trade(shares[0].strategy, fill.account, fill.instrument, fill.price, (sign * fill.qty) as Qty)
      return
    }
    const parts = shares.length > 0 ? allocate(fill.qty, shares) : this.#holders(fill, sign)
    if (shares.length === 0) this.#rememberForced(fill, parts)
    let owned = 0
    for (const { strategy, qty } of parts) {
      owned += qty
      this.#trade(strategy, fill.account, fill.instrument, fill.price, (sign * qty) as Qty)
    }
    if (out !== undefined) bookFill(fill, withRest(parts, (fill.qty - owned) as Qty), out, decisionPrice)
  }

  /** Gives money that moved without an order to its owners; `net` is the account's position in the instrument. */
  applyReport(report: AccountReport, net: number, out: Booking[]): void {
    const kind = KINDS[report.entry]
    if (kind === undefined) return
    const { account, instrument } = report
    const parts = this.#partsOf(report, kind, net)
    const amounts = splitMoney(
      report.amount,
      parts.map(({ qty }) => qty),
    )
    parts.forEach(({ strategy }, i) => {
      if (amounts[i] === 0n) return
      const amount = amounts[i]
      out.push({ kind, strategy, account, instrument, qty: 0 as Qty, price: 0 as Price, amount, slippage: ZERO })
    })
  }

  /** Books trade with each other at a price, without the venue: what some buy the others sell. */
  cross(account: number, instrument: number, price: Price, parts: readonly CrossPart[], out: Booking[]): void {
    assert(
      parts.reduce((sum, { difference }) => sum + difference, 0) === 0,
      () => `books cross quantities that do not add up to 0: ${parts.map(({ difference }) => difference).join(', ')}`,
    )
    for (const { strategy, difference } of parts) {
      if (difference === 0) continue
      const qty = difference as Qty
      this.#trade(strategy, account, instrument, price, qty)
      out.push({ kind: 'cross', strategy, account, instrument, qty, price, amount: ZERO, slippage: ZERO })
    }
  }

  #trade(strategy: number, account: number, instrument: number, price: Price, signed: Qty): void {
    const books = (this.#books[strategy] ??= [])
    const book = (books[instrument] ??= new Book())
    book.account = account
    book.apply(price, signed)
  }

  /** Who owns a forced execution that no strategy asked for: those whose book it reduces, pro rata. */
  #holders({ account, instrument, qty }: Fill, sign: 1 | -1): readonly OrderShare[] {
    const held = this.#inInstrument(account, instrument)
      .filter((part) => part.qty > 0 !== sign > 0)
      .map(({ strategy, qty: own }) => ({ strategy, qty: Math.abs(own) as Qty }))
    if (held.length === 0) return held
    // Never more than a book holds: the rest of a foreign execution belongs to nobody's book.
    return allocate(qty, held).map((part, i) => ({ ...part, qty: Math.min(part.qty, held[i].qty) as Qty }))
  }

  /** Books that hold something of an instrument in an account, signed. */
  #inInstrument(account: number, instrument: number): readonly BookPart[] {
    const parts: BookPart[] = []
    this.#books.forEach((books, strategy) => {
      const book = books[instrument]
      if (book !== undefined && book.account === account && book.qty !== 0) parts.push({ strategy, qty: book.qty })
    })
    return parts
  }

  #rememberForced({ account, instrument, qty }: Fill, parts: readonly OrderShare[]): void {
    const owned = parts.reduce((sum, part) => sum + part.qty, 0)
    this.#forced = this.#forced.filter((each) => each.account !== account || each.instrument !== instrument)
    this.#forced.push({ account, instrument, parts: withRest(parts, (qty - owned) as Qty) })
  }

  /** Funding is owed by what is held, signed; interest by who is short; the cost of a liquidation by whom it closed. */
  #partsOf({ account, instrument }: AccountReport, kind: BookingKind, net: number): readonly BookPart[] {
    if (kind === 'funding') return signedParts(this.#inInstrument(account, instrument), net)
    if (kind === 'borrow-interest') {
      const short = this.#inInstrument(account, instrument).filter(({ qty }) => qty < 0)
      const owned = short.reduce((sum, { qty }) => sum + qty, 0)
      return orNobody(owned > net ? [...short, { strategy: NOBODY, qty: (net - owned) as Qty }] : short)
    }
    if (kind === 'liquidation-fee' || kind === 'insurance-cover') {
      const forced = this.#forced.find((each) => each.account === account && each.instrument === instrument)
      return orNobody(forced?.parts ?? [])
    }
    return ALL_NOBODYS
  }

  snapshot(): VirtualBooksState {
    return {
      positions: this.#books.flatMap((books, strategy) =>
        books.flatMap((book, instrument) =>
          book === undefined ? [] : [{ strategy, instrument, account: book.account, position: book.snapshot() }],
        ),
      ),
      forced: [...this.#forced],
    }
  }

  restore(state: VirtualBooksState): void {
    this.#books.length = 0
    for (const { strategy, instrument, account, position } of state.positions) {
      this.#trade(strategy, account, instrument, 0 as Price, 0 as Qty)
      this.#books[strategy][instrument]?.restore(position)
    }
    this.#forced = [...state.forced]
  }
}

const ALL_NOBODYS: readonly BookPart[] = Object.freeze([{ strategy: NOBODY, qty: 1 as Qty }])
const orNobody = (parts: readonly BookPart[]): readonly BookPart[] => (parts.length === 0 ? ALL_NOBODYS : parts)

/** What an entry of an account is to its books; undefined where it is nobody's profit or loss. */
const KINDS: Readonly<Record<LedgerKind, BookingKind | undefined>> = {
  deposit: undefined,
  withdrawal: undefined,
  transfer: undefined,
  funding: 'funding',
  'borrow-interest': 'borrow-interest',
  'liquidation-fee': 'liquidation-fee',
  'insurance-cover': 'insurance-cover',
  realised: 'adjustment',
  commission: 'adjustment',
  exchange: 'adjustment',
  adjustment: 'adjustment',
}

/** What is not owned by the parts is nobody's. */
const withRest = (parts: readonly BookPart[], rest: Qty): readonly BookPart[] =>
  rest === 0 ? parts : [...parts, { strategy: NOBODY, qty: rest }]

/** Books that oppose each other owe in opposite directions; all is nobody's where nothing is held on balance. */
function signedParts(books: readonly BookPart[], net: number): readonly BookPart[] {
  if (net === 0) return ALL_NOBODYS
  return withRest(books, (net - books.reduce((sum, { qty }) => sum + qty, 0)) as Qty)
}

function bookFill(fill: Fill, parts: readonly BookPart[], out: Booking[], decisionPrice: Price | undefined): void {
  const { account, instrument, price } = fill
  const sign = sideSign(fill.side)
  const fees = splitMoney(
    fill.fee,
    parts.map(({ qty }) => qty),
  )
  const worse = decisionPrice === undefined ? 0n : BigInt(sign) * (BigInt(price) - BigInt(decisionPrice))
  parts.forEach(({ strategy, qty }, i) => {
    if (qty === 0 && fees[i] === 0n) return
    out.push({
      kind: 'fill',
      strategy,
      account,
      instrument,
      qty: (sign * qty) as Qty,
      price,
      amount: -fees[i] as Money,
      slippage: (worse * BigInt(qty)) as Money,
    })
  })
}

/**
 * Splits an amount in proportion to signed weights that do not add up to 0, truncated toward zero, the remainder to the
 * largest by size (the first of equals).
 */
export function splitMoney(amount: Money, weights: readonly number[]): readonly Money[] {
  const whole = weights.reduce((sum, weight) => sum + BigInt(weight), 0n)
  const parts = weights.map((weight) => (amount * BigInt(weight)) / whole)
  parts[largestOf(weights)] += amount - parts.reduce((sum, part) => sum + part, 0n)
  return parts as Money[]
}

/** Place of the largest by size, the first of equals. */
function largestOf(weights: readonly number[]): number {
  let largest = 0
  weights.forEach((weight, i) => {
    if (Math.abs(weight) > Math.abs(weights[largest])) largest = i
  })
  return largest
}
