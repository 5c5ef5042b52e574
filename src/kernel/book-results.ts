/**
 * The closed trades of every book, from flat to flat, and what was executed today: what protections and Kelly look at.
 * Floats: nothing is booked from here. Pure.
 */
import { DAY, startOfDay } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { Booking } from '../domain/decision.ts'
import type { BookStatistics } from '../domain/view.ts'

/** One book: the trade that runs and those that ended. */
class Results implements BookStatistics {
  trades = 0
  wins = 0
  lossesInRow = 0
  sum = 0
  sumOfSquares = 0
  lastExit = 0 as Micros
  lastExitReason = ''
  /** Of the running trade, in money units. */
  result = 0
  largest = 0
  /** Money that all executions and charges brought since the beginning, in money units. */
  cash = 0
  /** What it holds, of one instrument and, if it is a pair, of another; -1 before the first. */
  instrument = -1
  qty = 0
  hedge = -1
  hedgeQty = 0
}

const NOTHING: BookStatistics = Object.freeze(new Results())

interface Days {
  readonly day: number
  readonly entries: readonly number[]
  readonly turnover: readonly number[]
}

export interface BookResultsState {
  readonly books: readonly (readonly [
    number,
    BookStatistics & Readonly<Record<'result' | 'largest' | 'cash' | 'instrument' | 'qty' | 'hedge' | 'hedgeQty', number>>,
  ])[]
  readonly today: Days
}

export class BookResults {
  readonly #books: (Results | undefined)[] = []
  /** By account. */
  readonly #entries: number[] = []
  readonly #turnover: number[] = []
  #tomorrow = 0

  /** What an event booked; `why` says what the order was for. A fill that turns a position over ends one trade and begins another. */
  onBookings(bookings: readonly Booking[], time: Micros, why: string): void {
    this.#advance(time)
    for (const booking of bookings) {
      const { strategy, qty, price, account, kind } = booking
      if (kind === 'fill') this.#turnover[account] = (this.#turnover[account] ?? 0) + Math.abs(qty) * price
      if (strategy < 0) continue
      const book = (this.#books[strategy] ??= new Results())
      book.cash += Number(booking.amount) - qty * price
      this.#onBooking(book, booking, time, why)
    }
  }

  #onBooking(book: Results, { instrument, qty, price, amount }: Booking, time: Micros, why: string): void {
    const money = Number(amount)
    if (qty === 0) {
      book.result += money
      return
    }
    if (book.instrument === -1) book.instrument = instrument
    else if (instrument !== book.instrument) book.hedge = instrument
    const isFirst = instrument === book.instrument
    const held = isFirst ? book.qty : book.hedgeQty
    const closed = held * qty < 0 ? -Math.sign(held) * Math.min(Math.abs(held), Math.abs(qty)) : 0
    const opened = qty - closed
    if (isFirst) book.qty += qty
    else book.hedgeQty += qty
    const isTurn = closed !== 0 && opened !== 0 && book.hedge === -1
    const share = isTurn ? closed / qty : 1
    book.result += money * share - (isTurn ? closed : qty) * price
    if (isTurn) {
      this.#end(book, time, why)
      book.result = money * (1 - share) - opened * price
    }
    book.largest = Math.max(book.largest, Math.abs(held + qty) * price)
    if (book.qty === 0 && book.hedgeQty === 0) this.#end(book, time, why)
  }

  #end(book: Results, time: Micros, why: string): void {
    if (book.largest === 0) return
    const share = book.result / book.largest
    book.trades += 1
    if (share > 0) book.wins += 1
    book.lossesInRow = share < 0 ? book.lossesInRow + 1 : 0
    book.sum += share
    book.sumOfSquares += share * share
    book.lastExit = time
    book.lastExitReason = why
    book.result = book.largest = 0
  }

  /** An order that opens something was approved. */
  onEntry(account: number, time: Micros): void {
    this.#advance(time)
    this.#entries[account] = (this.#entries[account] ?? 0) + 1
  }

  #advance(time: Micros): void {
    if (time < this.#tomorrow) return
    this.#tomorrow = startOfDay(time) + DAY
    this.#entries.length = this.#turnover.length = 0
  }

  /** Money that a book's executions and charges brought so far, in money units; what it holds is not in it. */
  cash(strategy: number): number {
    return this.#books[strategy]?.cash ?? 0
  }
  of(strategy: number): BookStatistics {
    return this.#books[strategy] ?? NOTHING
  }
  entriesToday(account: number, time: Micros): number {
    return time < this.#tomorrow ? (this.#entries[account] ?? 0) : 0
  }
  turnoverToday(account: number, time: Micros): number {
    return time < this.#tomorrow ? (this.#turnover[account] ?? 0) : 0
  }

  snapshot(): BookResultsState {
    return {
      books: this.#books.flatMap((book, strategy) => (book === undefined ? [] : [[strategy, { ...book }] as const])),
      today: {
        day: this.#tomorrow,
        entries: Array.from(this.#entries, (count) => count ?? 0),
        turnover: Array.from(this.#turnover, (sum) => sum ?? 0),
      },
    }
  }

  restore({ books, today }: BookResultsState): void {
    this.#books.length = 0
    for (const [strategy, saved] of books) this.#books[strategy] = Object.assign(new Results(), saved)
    this.#tomorrow = today.day
    this.#entries.splice(0, this.#entries.length, ...today.entries)
    this.#turnover.splice(0, this.#turnover.length, ...today.turnover)
  }
}
