/**
 * What a spot account can pay for: rules S2, S4 and S5 of docs/venue.md.
 */
import { notional, timesRate } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import type { OrderRequest } from '../domain/order.ts'
import { refusalText } from '../domain/venue-error.ts'
import type { FeeSchedule } from './fee-schedule.ts'
import { hasLimit, isConditional } from './sim-order.ts'
import type { SimOrder } from './sim-order.ts'
import type { SpotAccount } from './spot-account.ts'
import type { SpotTerms } from './spot-terms.ts'
import type { Book } from './venue-book.ts'

const RATE_ONE = 10n ** 10n

export class SpotFunds {
  readonly #books: readonly Book[]
  readonly #fees: readonly FeeSchedule[]
  readonly #terms: SpotTerms

  constructor(books: readonly Book[], fees: readonly FeeSchedule[], terms: SpotTerms) {
    this.#books = books
    this.#fees = fees
    this.#terms = terms
  }

  /** S2, S5: why an order cannot be paid, or undefined. `without` is not counted among the open orders. */
  refusal(account: SpotAccount, index: number, book: Book, request: OrderRequest, without?: SimOrder): string | undefined {
    const wanted = this.#wanted(account, book, request, without)
    if (wanted <= 0) return undefined
    if (request.side === 'buy')
      return this.#cost(index, this.#assumedPrice(book, request), wanted) > this.freeQuote(account, index, without)
        ? refusalText(2010)
        : undefined
    const i = book.instrument.index
    const left = this.freeBase(account, index, book, without) - wanted
    if (left >= 0) return undefined
    if (!this.#terms.borrow) return refusalText(2010)
    return this.#isAboveLimit(account, index, i, left, without) ? refusalText(3006) : undefined
  }

  /** S2: of the quote asset what no open order ties up; negative when interest is unpaid. */
  freeQuote(account: SpotAccount, index: number, without?: SimOrder): bigint {
    let free: bigint = account.wallet
    for (const book of this.#books)
      for (const order of book.orders) {
        const { request, filled } = order
        if (order === without || request.account !== index || request.side !== 'buy' || isConditional(order.type)) continue
        free -= this.#cost(index, this.#assumedPrice(book, request), request.qty - filled)
      }
    return free
  }

  /** S2: of a base asset what no open order ties up, in quantity units; negative when borrowed. */
  freeBase(account: SpotAccount, index: number, book: Book, without?: SimOrder): number {
    let free = account.holding(book.instrument.index)
    for (const order of book.orders) {
      const { request, filled } = order
      if (order === without || request.account !== index || request.side !== 'sell' || isConditional(order.type)) continue
      free -= request.qty - filled
    }
    return free
  }

  /** S4: what of a quantity the account can pay at a price, down to the step; all of it when that is no question. */
  payable(account: SpotAccount, book: Book, of: Payment): Qty {
    const { side, price, rate, qty, step } = of
    if (side === 'sell') {
      if (this.#terms.borrow) return qty
      return toStep(Math.min(qty, Math.max(0, account.holding(book.instrument.index))), qty, step)
    }
    const { wallet } = account
    if (wallet <= 0n) return 0 as Qty
    const cost = (units: number): bigint => {
      const value = notional(price, units as Qty)
      return value + timesRate(value, rate as never)
    }
    if (cost(qty) <= wallet) return qty
    // The fee is truncated: a unit more than by the untruncated cost can be payable.
    let units = Number((wallet * RATE_ONE) / (BigInt(price) * (RATE_ONE + BigInt(rate))))
    while (cost(units + 1) <= wallet) units += 1
    return toStep(units, qty, step)
  }

  /** What of a request is left to be filled now: its closing part only as far as there is something to close (O5). */
  #wanted(account: SpotAccount, book: Book, { side, qty, closes }: OrderRequest, without?: SimOrder): number {
    const held = account.holding(book.instrument.index)
    const reducible = held !== 0 && held > 0 === (side === 'sell') ? Math.abs(held) : 0
    const { filled, closed } = without ?? { filled: 0, closed: 0 }
    return Math.min(closes - closed, reducible) + (qty - closes) - (filled - closed)
  }

  #assumedPrice(book: Book, { type, price }: Pick<OrderRequest, 'type' | 'price'>): Price {
    return price === undefined || !hasLimit(type) ? book.last() : price
  }

  /** Value and the larger of the two fees. */
  #cost(index: number, price: Price, qty: number): bigint {
    const { maker, taker } = this.#fees[index]
    const value = notional(price, qty as Qty)
    return value + timesRate(value, maker > taker ? maker : taker)
  }

  /** S5: with every open sale filled and `left` (negative) of one asset, debts above the limit times equity. */
  #isAboveLimit(account: SpotAccount, index: number, instrument: number, left: number, without?: SimOrder): boolean {
    const { equity, debts } = this.#balance(account, index, instrument, left, without)
    return debts * RATE_ONE > equity * BigInt(this.#terms.borrowLimit)
  }

  /** Equity, and the debts there are when every open sale is filled; of one instrument `left` is all there is then. */
  #balance(account: SpotAccount, index: number, instrument = -1, left = 0, without?: SimOrder): Balance {
    let equity: bigint = account.wallet
    let debts = account.wallet < 0n ? -account.wallet : 0n
    for (const book of this.#books) {
      const i = book.instrument.index
      if (book.instrument.kind !== 'spot') continue
      equity += notional(book.last(), account.holding(i) as Qty)
      const after = i === instrument ? left : this.freeBase(account, index, book, without)
      if (after < 0) debts -= notional(book.last(), after as Qty)
    }
    return { equity, debts }
  }

  /** S8: what of the quote asset may leave: the free part, and where there are debts no more than keeps them within the limit of S5. */
  transferableQuote(account: SpotAccount, index: number): Money {
    let free = this.freeQuote(account, index)
    const { equity, debts } = this.#balance(account, index)
    if (debts > 0n) {
      const limit = BigInt(this.#terms.borrowLimit)
      const secured = limit === 0n ? equity : (debts * RATE_ONE + limit - 1n) / limit
      if (equity - secured < free) free = equity - secured
    }
    return (free > 0n ? free : 0n) as Money
  }

  /** S8: what of a base asset may leave, in quantity units: nothing while there are debts. */
  transferableBase(account: SpotAccount, index: number, book: Book): Qty {
    const { debts } = this.#balance(account, index)
    return (debts > 0n ? 0 : Math.max(0, this.freeBase(account, index, book))) as Qty
  }
}

/** In money units of the quote asset. */
interface Balance {
  readonly equity: bigint
  readonly debts: bigint
}

export interface Payment {
  readonly side: OrderRequest['side']
  readonly price: Price
  readonly rate: number
  readonly qty: Qty
  readonly step: number
}

/** All of what was wanted, or the whole steps in what can be had. */
const toStep = (units: number, wanted: number, step: number): Qty => (units >= wanted ? wanted : units - (units % step)) as Qty
