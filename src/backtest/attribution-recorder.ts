/**
 * Watches a run and keeps whose its result is: bookings go into the attribution book, with the regimes and prices they happen
 * in; days and months are closed on the way.
 *
 * For an event without a decision it does a comparison and, for a bar, a write.
 */
import { assert } from '../core/errors.ts'
import { ZERO } from '../core/exact.ts'
import type { Money } from '../core/exact.ts'
import { DAY, MILLISECOND, startOfDay, startOfMonth } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { Decision } from '../domain/decision.ts'
import type { AccountReport, Event } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { RegimeState } from '../domain/regime.ts'
import type { Observer } from '../kernel/ports.ts'
import { AttributionBook, resultOf } from '../portfolio/attribution.ts'
import type { AttributionCell, StrategyExposure } from '../portfolio/attribution.ts'

/** What is read of a kernel. */
export interface AttributedKernel {
  readonly instruments: readonly Instrument[]
  readonly positions: { readonly accounts: number; exactEquity(account: number): Money }
  readonly view: { regime(instrument: number): RegimeState | undefined }
}

/** What all strategies held at the end of a day. */
export interface DayExposure {
  readonly time: Micros
  /** Of all accounts together. */
  readonly equity: Money
  readonly strategies: readonly StrategyExposure[]
}

/** What had been earned until the end of a month, since the beginning. */
export interface MonthEnd {
  readonly from: Micros
  readonly cells: readonly AttributionCell[]
  readonly paidIn: Money
  /** By instrument: sum of the days' net exposure over the equity, and how many days. */
  readonly exposure: readonly number[]
  readonly days: number
}

export interface Bound {
  readonly name: string
  count: number
  readonly firstTime: Micros
}

export class AttributionRecorder implements Observer {
  readonly name = 'attribution'
  readonly book = new AttributionBook()
  readonly days: DayExposure[] = []
  readonly months: MonthEnd[] = []
  /** By instrument: [since, label]. */
  readonly stretches: (readonly [Micros, string])[][] = []
  readonly #kernel: AttributedKernel
  readonly #bounds = new Map<string, Bound>()
  /** By account, deposits less withdrawals and what went to other accounts. */
  readonly #paidIn: bigint[] = []
  #exposure: number[] = []
  #daysOfMonth = 0
  #day = Number.NaN
  #nextDay = Number.NEGATIVE_INFINITY

  constructor(kernel: AttributedKernel) {
    this.#kernel = kernel
  }

  observe(event: Event, decision: Decision): void {
    // What ends at midnight belongs to the day before, what happens at midnight to the new one.
    if (event.time >= this.#nextDay) this.#advance(dayOf(event))
    if (event.kind === 'bar') this.book.mark(event.instrument, event.close)
    else if (event.kind === 'account') this.#onAccount(event)
    const { regimes, bookings, targets } = decision
    for (let i = 0; i < regimes.length; i++) this.#onRegime(regimes[i], event.time)
    for (let i = 0; i < bookings.length; i++) this.book.book(bookings[i])
    for (let i = 0; i < targets.length; i++) {
      const { bound, signal } = targets[i]
      // A wish to hold nothing has no size.
      if (signal.direction === 0) continue
      const known = this.#bounds.get(bound)
      if (known === undefined) this.#bounds.set(bound, { name: bound, count: 1, firstTime: event.time })
      else known.count += 1
    }
  }

  #onAccount({ account, entry, amount }: AccountReport): void {
    if (entry === 'deposit' || entry === 'withdrawal' || entry === 'transfer')
      this.#paidIn[account] = (this.#paidIn[account] ?? 0n) + amount
  }

  #onRegime(instrument: number, time: Micros): void {
    const state = this.#kernel.view.regime(instrument)
    if (state === undefined) return
    const stretches = (this.stretches[instrument] ??= [])
    // The same label with other probabilities is no other regime.
    if (stretches.at(-1)?.[1] === state.label) return
    stretches.push([time, state.label])
    this.book.changeRegime(instrument, state.label)
  }

  /** Another day has begun: what stands now is how the one before ended. */
  #advance(today: Micros): void {
    const before = this.#day
    if (today === before) return
    // An event that happened before the day began and is only heard of now changes no day.
    if (today < before) return
    if (!Number.isNaN(before)) {
      this.#closeDay(before as Micros)
      if (startOfMonth(today) !== startOfMonth(before as Micros)) this.#closeMonth(before as Micros)
    }
    this.#day = today
    this.#nextDay = today + DAY
  }

  #closeDay(day: Micros): void {
    const equity = (this.#sumPaidIn() + this.#result()) as Money
    this.days.push({ time: (day + DAY - MILLISECOND) as Micros, equity, strategies: this.book.exposure() })
    this.#daysOfMonth += 1
    if (equity <= 0n) return
    for (const { index } of this.#kernel.instruments)
      this.#exposure[index] = (this.#exposure[index] ?? 0) + Number(this.book.worth(index)) / Number(equity)
  }

  #closeMonth(day: Micros): void {
    this.months.push({
      from: startOfMonth(day),
      cells: this.book.cells(),
      paidIn: this.#sumPaidIn(),
      exposure: this.#exposure,
      days: this.#daysOfMonth,
    })
    this.#exposure = []
    this.#daysOfMonth = 0
  }

  /** After the last event: closes the last day and month. Throws when the cells are not what the accounts earned. */
  finish(): void {
    if (!Number.isNaN(this.#day)) {
      this.#closeDay(this.#day as Micros)
      this.#closeMonth(this.#day as Micros)
    }
    const { positions } = this.#kernel
    for (let account = 0; account < positions.accounts; account++) {
      const earned = positions.exactEquity(account) - (this.#paidIn[account] ?? 0n)
      const attributed = this.book.result(account)
      assert(
        attributed === earned,
        () => `account ${account} earned ${earned} and ${attributed} was attributed, in units of its money`,
      )
    }
    const all = this.book.cells().reduce((sum, { parts }) => sum + resultOf(parts), 0n)
    assert(all === this.#result(), () => `the cells add up to ${all}, the accounts to ${this.#result()}`)
  }

  #sumPaidIn(): Money {
    return this.#paidIn.reduce((sum, each) => sum + (each ?? 0n), ZERO as bigint) as Money
  }

  #result(): Money {
    let sum = 0n
    for (let account = 0; account < this.#kernel.positions.accounts; account++) sum += this.book.result(account)
    return sum as Money
  }

  get bounds(): readonly Bound[] {
    return [...this.#bounds.values()].toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
  }
}

/** When the exchange did it; when we heard of everything else. A bar and a funding settlement end a span of time. */
function dayOf(event: Event): Micros {
  if (event.kind === 'bar' || (event.kind === 'account' && event.entry === 'funding'))
    return startOfDay((event.exchangeTime - MILLISECOND) as Micros)
  return startOfDay('exchangeTime' in event ? event.exchangeTime : event.time)
}
