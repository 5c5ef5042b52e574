/**
 * Whose the result is: of which strategy, in which instrument, in which regime of that instrument, and made of what. Kept
 * in exact money from the bookings, so that all cells together are what the accounts earned, to the last unit.
 *
 * A book (one strategy in one instrument of one account) is valued when its instrument's regime changes and whenever
 * somebody asks: what the price did before belongs to the old regime, what it does afterwards to the new one.
 */
import { notional, ZERO } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import type { Booking } from '../domain/decision.ts'

/** What a result is made of; signed, positive was earned. `RESULT_PARTS` without `slippage` add up to it. */
export type ResultPart = (typeof RESULT_PARTS)[number]

/**
 * `price` is what the positions earned at the prices they really had, so slippage is inside it. `slippage` is negative
 * where it was paid, and is what tells the price before slippage: `price` - `slippage`.
 */
export const RESULT_PARTS = [
  'price',
  'commission',
  'funding',
  'borrowInterest',
  'liquidationFee',
  'insuranceCover',
  'adjustment',
  'slippage',
] as const

export type ResultParts = Readonly<Record<ResultPart, Money>>

/** The part of a result to which a booking's amount of money belongs. */
const PART_OF: Readonly<Record<Booking['kind'], ResultPart>> = {
  fill: 'commission',
  cross: 'commission',
  funding: 'funding',
  'borrow-interest': 'borrowInterest',
  'liquidation-fee': 'liquidationFee',
  'insurance-cover': 'insuranceCover',
  adjustment: 'adjustment',
}

export interface AttributionCell {
  readonly account: number
  /** Index of the strategy instance; -1 is nobody's. */
  readonly strategy: number
  /** -1 where money moved without an instrument. */
  readonly instrument: number
  /** Label of the instrument's regime; '' before the first. */
  readonly regime: string
  readonly parts: ResultParts
}

/** What a strategy did, over all its books. */
export interface Activity {
  readonly strategy: number
  /** From flat to flat, or to the booking that turns a book over; closed ones. */
  readonly trades: number
  readonly fills: number
  readonly crosses: number
  /** Sum of price x quantity of fills, and of crosses. */
  readonly turnover: Money
  readonly crossed: Money
}

/** What a strategy holds at the newest prices. */
export interface StrategyExposure {
  readonly strategy: number
  /** Sum of the books' values without and with their signs. */
  readonly gross: Money
  readonly net: Money
}

/** Of a result: the price, and what was booked besides. */
export const resultOf = (parts: ResultParts): Money =>
  RESULT_PARTS.reduce((sum, part) => (part === 'slippage' ? sum : sum + parts[part]), 0n) as Money

/** Several results as one. */
export function addParts(all: Iterable<ResultParts>): ResultParts {
  const sum = noParts()
  for (const parts of all) for (const part of RESULT_PARTS) sum[part] = (sum[part] + parts[part]) as Money
  return sum
}

const noParts = (): Record<ResultPart, Money> => ({
  price: ZERO,
  commission: ZERO,
  funding: ZERO,
  borrowInterest: ZERO,
  liquidationFee: ZERO,
  insuranceCover: ZERO,
  adjustment: ZERO,
  slippage: ZERO,
})

/** A strategy's virtual position in one instrument of one account, and what it earned in each regime. */
interface Book {
  readonly account: number
  readonly strategy: number
  readonly instrument: number
  qty: Qty
  /** Since it was last valued: minus what it paid for what it bought, plus what it got, less what it was worth then. */
  open: bigint
  regime: string
  readonly cells: Map<string, Record<ResultPart, Money>>
  trades: number
  fills: number
  crosses: number
  turnover: bigint
  crossed: bigint
}

export interface AttributionState {
  readonly prices: readonly number[]
  readonly regimes: readonly string[]
  readonly books: readonly BookState[]
}

interface BookState extends Omit<Book, 'cells' | 'qty'> {
  readonly qty: number
  /** The parts in the order of `RESULT_PARTS`, which is only ever appended to. */
  readonly cells: readonly (readonly [regime: string, parts: readonly bigint[]])[]
}

export class AttributionBook {
  /** By instrument; 0 before the first price. */
  readonly #prices: number[] = []
  /** By instrument. */
  readonly #regimes: string[] = []
  readonly #books: Book[] = []

  /** The newest price of an instrument: at which everything in it is valued from now on. */
  mark(instrument: number, price: Price): void {
    while (this.#prices.length <= instrument) this.#prices.push(0)
    this.#prices[instrument] = price
  }

  /** From now on, and from the newest price on, the instrument is in this regime. */
  changeRegime(instrument: number, label: string): void {
    while (this.#regimes.length <= instrument) this.#regimes.push('')
    this.#regimes[instrument] = label
    for (const book of this.#books) {
      if (book.instrument !== instrument) continue
      this.#value(book)
      book.regime = label
    }
  }

  /** What an event did to a book. */
  book({ kind, strategy, account, instrument, qty, price, amount, slippage }: Booking): void {
    const book = this.#bookOf(account, strategy, instrument)
    const cell = cellOf(book)
    const part = PART_OF[kind]
    cell[part] = (cell[part] + amount) as Money
    cell.slippage = (cell.slippage - slippage) as Money
    if (qty === 0) return
    const value = notional(price, qty)
    book.open -= value
    count(book, kind, qty, value < 0n ? -value : value)
    book.qty = (book.qty + qty) as Qty
  }

  /** All that were ever booked in, valued at the newest prices, in the order of account, strategy, instrument and regime. */
  cells(): readonly AttributionCell[] {
    const cells: AttributionCell[] = []
    for (const book of this.#books) {
      this.#value(book)
      const { account, strategy, instrument } = book
      for (const [regime, parts] of book.cells) cells.push({ account, strategy, instrument, regime, parts: { ...parts } })
    }
    return cells.toSorted(
      (a, b) =>
        a.account - b.account ||
        a.strategy - b.strategy ||
        a.instrument - b.instrument ||
        (a.regime === b.regime ? 0 : a.regime < b.regime ? -1 : 1),
    )
  }

  /** What an account earned: its equity at the newest prices, less what was paid in and plus what was taken out. */
  result(account: number): Money {
    let sum = 0n
    for (const book of this.#books) {
      if (book.account !== account) continue
      sum += this.#worth(book) + book.open
      for (const parts of book.cells.values()) sum += resultOf(parts)
    }
    return sum as Money
  }

  /** Of every strategy that ever had a booking. */
  activity(): readonly Activity[] {
    return this.#byStrategy((strategy, books) => ({
      strategy,
      trades: books.reduce((sum, { trades }) => sum + trades, 0),
      fills: books.reduce((sum, { fills }) => sum + fills, 0),
      crosses: books.reduce((sum, { crosses }) => sum + crosses, 0),
      turnover: books.reduce((sum, { turnover }) => sum + turnover, 0n) as Money,
      crossed: books.reduce((sum, { crossed }) => sum + crossed, 0n) as Money,
    }))
  }

  /** Of every strategy that ever had a booking. */
  exposure(): readonly StrategyExposure[] {
    return this.#byStrategy((strategy, books) => {
      let gross = 0n
      let net = 0n
      for (const book of books) {
        const worth = this.#worth(book)
        gross += worth < 0n ? -worth : worth
        net += worth
      }
      return { strategy, gross: gross as Money, net: net as Money }
    })
  }

  /** The books of an instrument added up, at its newest price. */
  worth(instrument: number): Money {
    let sum = 0n
    for (const book of this.#books) if (book.instrument === instrument) sum += this.#worth(book)
    return sum as Money
  }

  #byStrategy<T>(make: (strategy: number, books: readonly Book[]) => T): readonly T[] {
    const strategies = [...new Set(this.#books.map(({ strategy }) => strategy))].toSorted((a, b) => a - b)
    return strategies.map((strategy) =>
      make(
        strategy,
        this.#books.filter((book) => book.strategy === strategy),
      ),
    )
  }

  #worth({ qty, instrument }: Book): bigint {
    return qty === 0 ? 0n : notional(this.#priceOf(instrument), qty)
  }

  /** Puts what the price did since the last valuation into the cell of the regime that holds. */
  #value(book: Book): void {
    const worth = this.#worth(book)
    const earned = worth + book.open
    book.open = -worth
    if (earned === 0n) return
    const cell = cellOf(book)
    cell.price = (cell.price + earned) as Money
  }

  #priceOf(instrument: number): Price {
    return (this.#prices[instrument] ?? 0) as Price
  }

  #bookOf(account: number, strategy: number, instrument: number): Book {
    for (const book of this.#books)
      if (book.instrument === instrument && book.strategy === strategy && book.account === account) return book
    const book: Book = {
      account,
      strategy,
      instrument,
      qty: 0 as Qty,
      open: 0n,
      regime: this.#regimes[instrument] ?? '',
      cells: new Map(),
      trades: 0,
      fills: 0,
      crosses: 0,
      turnover: 0n,
      crossed: 0n,
    }
    this.#books.push(book)
    return book
  }

  snapshot(): AttributionState {
    return {
      prices: [...this.#prices],
      regimes: [...this.#regimes],
      books: this.#books.map((book) => ({
        ...book,
        cells: [...book.cells].map(([regime, parts]) => [regime, RESULT_PARTS.map((part) => parts[part])] as const),
      })),
    }
  }

  /** Continues from a snapshot; what was booked before is forgotten. */
  restore({ prices, regimes, books }: AttributionState): void {
    this.#prices.splice(0, this.#prices.length, ...prices)
    this.#regimes.splice(0, this.#regimes.length, ...regimes)
    const restored = books.map((book) => ({
      ...book,
      qty: book.qty as Qty,
      cells: new Map(book.cells.map(([regime, parts]) => [regime, partsOf(parts)])),
    }))
    this.#books.splice(0, this.#books.length, ...restored)
  }
}

function cellOf({ cells, regime }: Book): Record<ResultPart, Money> {
  const found = cells.get(regime)
  if (found !== undefined) return found
  const made = noParts()
  cells.set(regime, made)
  return made
}

/** `book.qty` is still what it was before. */
function count(book: Book, kind: Booking['kind'], qty: Qty, value: bigint): void {
  if (kind === 'cross') {
    book.crosses += 1
    book.crossed += value
  } else if (kind === 'fill') {
    book.fills += 1
    book.turnover += value
  }
  const after = book.qty + qty
  if (book.qty !== 0 && (after === 0 || after > 0 !== book.qty > 0)) book.trades += 1
}

function partsOf(values: readonly bigint[]): Record<ResultPart, Money> {
  const parts = noParts()
  RESULT_PARTS.forEach((part, i) => {
    parts[part] = (values[i] ?? 0n) as Money
  })
  return parts
}
