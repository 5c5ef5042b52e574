/**
 * The one timeline of a backtest: data reaching the exchange, data reaching us, our orders reaching the exchange, its
 * reports reaching us. The venue sees the first and the third, the kernel the second and the fourth; that is why
 * nothing can be seen before its time.
 *
 * It is the feed and the venue port of the engine at once, because both are the same queue of appointments.
 */
import { assert } from '../core/errors.ts'
import { TimeHeap } from '../core/heap.ts'
import type { TimeHeapState } from '../core/heap.ts'
import { MILLISECOND, NEVER } from '../core/time.ts'
import type { Duration, Micros } from '../core/time.ts'
import type { Rate } from '../core/exact.ts'
import type { Effect } from '../domain/decision.ts'
import type { ReportEvent } from '../domain/event.ts'
import { BAR, SLOT } from '../domain/market-slot.ts'
import type { EventBus } from '../kernel/event-bus.ts'
import type { Feed, Venue } from '../kernel/ports.ts'
import type { SimVenue } from '../sim/sim-venue.ts'
import type { VenueBars } from '../sim/venue-bars.ts'

export interface Latency {
  /** From our decision to the exchange. */
  readonly order: Duration
  /** From an execution to us. */
  readonly report: Duration
  /** From the end of a bar to us. */
  readonly data: Duration
}

/** Funding settlements of one instrument, ascending. */
export interface FundingSchedule {
  readonly time: Float64Array
  /** Integer 1e-10. */
  readonly rate: Float64Array
  /** In mark units, already chosen by rule M4; NaN where no price is known yet. */
  readonly mark: Float64Array
}

export interface TimelineParts {
  readonly bus: EventBus
  /** By instrument index. */
  readonly bars: readonly VenueBars[]
  readonly funding: readonly (FundingSchedule | undefined)[]
  readonly latency: Latency
}

/** T4: what happens first at the same moment. Opens and ranges of bars follow these. */
const REPORT = 0
const ARRIVAL = 1

type Appointment = ReportEvent | Effect

/** Which part of the present moment comes next. */
const PHASE = { begin: 0, reports: 1, bars: 2, exchange: 3 } as const

export interface TimelineState {
  readonly now: number
  readonly phase: number
  readonly appointments: TimeHeapState<Appointment>
  readonly exchangeRow: readonly number[]
  readonly inside: readonly number[]
  readonly usRow: readonly number[]
  readonly fundingRow: readonly number[]
}

export class Timeline implements Feed, Venue {
  readonly #bus: EventBus
  readonly #bars: readonly VenueBars[]
  readonly #funding: readonly (FundingSchedule | undefined)[]
  readonly #latency: Latency
  #venue: SimVenue | undefined
  #appointments = new TimeHeap<Appointment>()
  #now = 0 as Micros
  #phase: number = PHASE.begin
  /** Row that the exchange sees next, or is in when `#inside`. */
  readonly #exchangeRow: Int32Array
  readonly #inside: Uint8Array
  readonly #exchangeNext: Float64Array
  /** Row that reaches us next. */
  readonly #usRow: Int32Array
  readonly #usNext: Float64Array
  readonly #fundingRow: Int32Array
  #fundingNext = NEVER as number

  constructor({ bus, bars, funding, latency }: TimelineParts) {
    const count = bars.length
    this.#bus = bus
    this.#bars = bars
    this.#funding = funding
    this.#latency = latency
    this.#exchangeRow = new Int32Array(count)
    this.#inside = new Uint8Array(count)
    this.#exchangeNext = new Float64Array(count)
    this.#usRow = new Int32Array(count)
    this.#usNext = new Float64Array(count)
    this.#fundingRow = new Int32Array(count)
    this.#computeNext()
  }

  /** The venue reports to the timeline and the timeline drives the venue: one is told of the other afterwards. */
  connect(venue: SimVenue): void {
    this.#venue = venue
  }

  /** An execution or a rejection starts its way to us. */
  readonly report = (report: ReportEvent): void => {
    const arrives = report.exchangeTime + this.#latency.report
    // The report's own time is when we hear of it.
    if (arrives !== report.time) (report as { time: number }).time = arrives
    this.#appointments.push(arrives, REPORT, report)
  }

  /** An effect of the kernel starts its way to the exchange. */
  carry(effect: Effect): void {
    assert(effect.kind === 'submit' || effect.kind === 'cancel', `a backtest on bars has nobody to answer a '${effect.kind}' effect`)
    this.#appointments.push(this.#now + this.#latency.order, ARRIVAL, effect)
  }

  get now(): Micros {
    return this.#now
  }

  /** Goes on to the next thing that reaches us and publishes it; false when nothing will happen any more. */
  advance(): boolean {
    for (;;) {
      switch (this.#phase) {
        case PHASE.begin:
          if (!this.#begin()) return false
          this.#phase = PHASE.reports
          break
        case PHASE.reports:
          this.#phase = PHASE.bars
          if (this.#publishReports()) return true
          break
        case PHASE.bars:
          this.#phase = PHASE.exchange
          if (this.#publishBars()) return true
          break
        default:
          this.#exchange()
          this.#phase = PHASE.begin
      }
    }
  }

  /** The next moment, and the funding that falls on it. */
  #begin(): boolean {
    let next = this.#appointments.peekTime() ?? (NEVER as number)
    for (let i = 0; i < this.#bars.length; i++) {
      if (this.#exchangeNext[i] < next) next = this.#exchangeNext[i]
      if (this.#usNext[i] < next) next = this.#usNext[i]
    }
    // Funding after the last bar concerns nobody: there is no price to value it.
    if (next === NEVER) return false
    if (this.#fundingNext < next) next = this.#fundingNext
    this.#now = next as Micros
    if (this.#fundingNext === next) this.#settleFunding()
    return true
  }

  #settleFunding(): void {
    const venue = this.#venue as SimVenue
    this.#fundingNext = NEVER
    for (let i = 0; i < this.#funding.length; i++) {
      const schedule = this.#funding[i]
      if (schedule === undefined) continue
      const { time, rate, mark } = schedule
      for (; this.#fundingRow[i] < time.length && time[this.#fundingRow[i]] <= this.#now; this.#fundingRow[i]++) {
        const row = this.#fundingRow[i]
        if (!Number.isNaN(mark[row])) venue.settleFunding(i, rate[row] as Rate, mark[row], this.#now)
      }
      if (this.#fundingRow[i] < time.length && time[this.#fundingRow[i]] < this.#fundingNext) this.#fundingNext = time[this.#fundingRow[i]]
    }
  }

  #publishReports(): boolean {
    let published = false
    while (this.#appointments.peekTime() === this.#now && this.#appointments.peekRank() === REPORT) {
      this.#bus.publishCritical(this.#appointments.pop() as ReportEvent)
      published = true
    }
    return published
  }

  #publishBars(): boolean {
    let published = false
    for (let i = 0; i < this.#bars.length; i++) {
      if (this.#usNext[i] !== this.#now) continue
      this.#publishBar(i, this.#usRow[i])
      this.#usRow[i] += 1
      this.#usNext[i] = this.#reachesUs(i)
      published = true
    }
    return published
  }

  #publishBar(instrument: number, row: number): void {
    const bars = this.#bars[instrument]
    const at = this.#bus.reserveMarket(0, instrument)
    const words = this.#bus.marketWords
    const openTime = bars.openTime[row]
    const duration = bars.duration[row]
    words[at] = 0
    words[at + SLOT.time] = this.#now
    words[at + SLOT.exchangeTime] = openTime + duration
    words[at + SLOT.instrument] = instrument
    words[at + BAR.openTime] = openTime
    words[at + BAR.length] = duration
    words[at + BAR.open] = bars.open[row]
    words[at + BAR.high] = bars.high[row]
    words[at + BAR.low] = bars.low[row]
    words[at + BAR.close] = bars.close[row]
    words[at + BAR.volume] = bars.volume[row]
    words[at + BAR.quoteVolume] = 0
    words[at + BAR.trades] = 0
    words[at + BAR.takerBuyBase] = 0
  }

  /** Orders that arrive now, then the opens and the ranges of this moment. */
  #exchange(): void {
    const venue = this.#venue as SimVenue
    while (this.#appointments.peekTime() === this.#now && this.#appointments.peekRank() === ARRIVAL) {
      const effect = this.#appointments.pop() as Effect
      if (effect.kind === 'submit') venue.submit(effect.order, this.#now)
      else if (effect.kind === 'cancel') venue.cancel(effect.cancel, this.#now)
    }
    const count = this.#bars.length
    for (let i = 0; i < count; i++) {
      if (this.#exchangeNext[i] !== this.#now || this.#inside[i] === 1) continue
      const row = this.#exchangeRow[i]
      venue.openBar(i, row)
      this.#inside[i] = 1
      this.#exchangeNext[i] = this.#bars[i].openTime[row] + this.#bars[i].duration[row] - MILLISECOND
    }
    for (let i = 0; i < count; i++) {
      if (this.#exchangeNext[i] !== this.#now || this.#inside[i] === 0) continue
      venue.endBar(i)
      this.#inside[i] = 0
      this.#exchangeRow[i] += 1
      this.#exchangeNext[i] = this.#exchangeRow[i] < this.#bars[i].length ? this.#bars[i].openTime[this.#exchangeRow[i]] : NEVER
    }
  }

  #reachesUs(i: number): number {
    const { length, openTime, duration } = this.#bars[i]
    const row = this.#usRow[i]
    return row < length ? openTime[row] + duration[row] + this.#latency.data : NEVER
  }

  #computeNext(): void {
    this.#fundingNext = NEVER
    for (let i = 0; i < this.#bars.length; i++) {
      const { length, openTime, duration } = this.#bars[i]
      const row = this.#exchangeRow[i]
      this.#exchangeNext[i] = row < length ? openTime[row] + (this.#inside[i] === 1 ? duration[row] - MILLISECOND : 0) : NEVER
      this.#usNext[i] = this.#reachesUs(i)
      const time = this.#funding[i]?.time
      if (time !== undefined && this.#fundingRow[i] < time.length) this.#fundingNext = Math.min(this.#fundingNext, time[this.#fundingRow[i]])
    }
  }

  snapshot(): TimelineState {
    return {
      now: this.#now,
      phase: this.#phase,
      appointments: this.#appointments.snapshot((appointment) => appointment),
      exchangeRow: [...this.#exchangeRow],
      inside: [...this.#inside],
      usRow: [...this.#usRow],
      fundingRow: [...this.#fundingRow],
    }
  }

  restore(state: TimelineState): void {
    this.#now = state.now as Micros
    this.#phase = state.phase
    this.#appointments = TimeHeap.restore(state.appointments, (appointment) => appointment)
    this.#exchangeRow.set(state.exchangeRow)
    this.#inside.set(state.inside)
    this.#usRow.set(state.usRow)
    this.#fundingRow.set(state.fundingRow)
    this.#computeNext()
  }
}
