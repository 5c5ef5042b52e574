/**
 * The one timeline of a backtest: data reaching the exchange, data reaching us, our orders reaching the exchange, its
 * reports reaching us. The venue sees the first and the third, the kernel the second and the fourth; that is why
 * nothing can be seen before its time.
 *
 * It is the feed and the venue port of the engine at once, because both are the same queue of appointments.
 */
import { assert, unreachable } from '../core/errors.ts'
import { TimeHeap } from '../core/heap.ts'
import type { TimeHeapState } from '../core/heap.ts'
import { after, MILLISECOND, NEVER } from '../core/time.ts'
import type { Duration, Micros } from '../core/time.ts'
import type { Rate } from '../core/exact.ts'
import type { Effect } from '../domain/decision.ts'
import type { ReportEvent } from '../domain/event.ts'
import { BAR, MARKET_KINDS, SLOT } from '../domain/market-slot.ts'
import type { EventBus, PlainEvent } from '../kernel/event-bus.ts'
import type { Feed, Venue } from '../kernel/ports.ts'
import type { SimVenue } from '../sim/sim-venue.ts'
import type { VenueBars } from '../sim/venue-bars.ts'

// Imported bindings are read through a cell each time; constants of this file are folded into the machine code.
const FAR: number = NEVER
const RANGE_BEFORE_END: number = MILLISECOND

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
  /** When each instrument ceases to trade; undefined for those that do not. */
  readonly expiries?: readonly (Micros | undefined)[]
}

/** Answers a request for slow mathematics; a backtest computes it at once and delivers it after its declared delay. */
export type Compute = (effect: Extract<Effect, { kind: 'compute' }>) => unknown

/** T4: what happens first at the same moment. Opens and ranges of bars follow these. */
const REPORT = 0
const ARRIVAL = 1

/** Events on their way to us, effects on their way to the exchange. */
type Appointment = PlainEvent | Effect

const BAR_KIND = MARKET_KINDS.indexOf('bar')

/** Which part of the present moment comes next. */
const PHASE = { begin: 0, bars: 1, reports: 2, exchange: 3 } as const

export interface TimelineState {
  readonly now: number
  readonly phase: number
  readonly appointments: TimeHeapState<Appointment>
  readonly lanes: readonly {
    readonly exchangeRow: number
    readonly inside: boolean
    readonly usRow: number
    readonly fundingRow: number
    readonly expiry: number
  }[]
}

/** Where one instrument stands, on both sides. Plain fields: they are read several times per bar. */
class Lane {
  readonly instrument: number
  readonly bars: VenueBars
  readonly funding: FundingSchedule | undefined
  /** Row that the exchange sees next, or is in while `inside`. */
  exchangeRow = 0
  /** The row's open has been at the exchange, its range has not. */
  inside = false
  exchangeNext: number = FAR
  /** Row that reaches us next. */
  usRow = 0
  usNext: number = FAR
  fundingRow = 0
  /** When it ceases to trade; FAR when it does not, or has. */
  expiry: number
  /** Rows that open before it ceases to trade. */
  readonly length: number

  constructor(instrument: number, bars: VenueBars, funding: FundingSchedule | undefined, expiry: number) {
    this.instrument = instrument
    this.bars = bars
    this.funding = funding
    this.expiry = expiry
    let { length } = bars
    while (length > 0 && bars.openTime[length - 1] >= expiry) length -= 1
    this.length = length
  }

  /** Computes the next moments from the rows. */
  look(dataLatency: number): void {
    const { length } = this
    const { openTime, duration } = this.bars
    const row = this.exchangeRow
    this.exchangeNext = row < length ? openTime[row] + (this.inside ? duration[row] - RANGE_BEFORE_END : 0) : FAR
    this.usNext = this.usRow < length ? openTime[this.usRow] + duration[this.usRow] + dataLatency : FAR
  }

  /** The next funding, or the end. */
  nextSettlement(): number {
    return Math.min(this.nextFunding(), this.expiry)
  }

  nextFunding(): number {
    return this.funding !== undefined && this.fundingRow < this.funding.time.length ? this.funding.time[this.fundingRow] : FAR
  }
}

export class Timeline implements Feed, Venue {
  readonly #bus: EventBus
  readonly #lanes: readonly Lane[]
  readonly #latency: Latency
  #venue: SimVenue | undefined
  #compute: Compute | undefined
  #appointments = new TimeHeap<Appointment>()
  #now = 0 as Micros
  #phase: number = PHASE.begin
  /** The earliest of all lanes: at the exchange, with us, and for funding or expiry. */
  #opensNext: number = FAR
  #endsNext: number = FAR
  #usEarliest: number = FAR
  #settlementNext: number = FAR

  constructor({ bus, bars, funding, latency, expiries }: TimelineParts) {
    this.#bus = bus
    this.#lanes = bars.map((columns, i) => new Lane(i, columns, funding[i], expiries?.[i] ?? FAR))
    this.#latency = latency
    this.#look()
  }

  /** The venue reports to the timeline and the timeline drives the venue: one is told of the other afterwards. */
  connect(venue: SimVenue, compute?: Compute): void {
    this.#venue = venue
    this.#compute = compute
  }

  get #exchangeSide(): SimVenue {
    return this.#venue as SimVenue
  }

  /** An execution or a rejection starts its way to us. */
  readonly report = (report: ReportEvent): void => {
    const arrives = report.exchangeTime + this.#latency.report
    // The report's own time is when we hear of it.
    if (arrives !== report.time) (report as { time: number }).time = arrives
    this.#appointments.push(arrives, REPORT, report)
  }

  /** An effect of the kernel starts its way: to the exchange, to a worker, or into our own future. */
  carry(effect: Effect): void {
    switch (effect.kind) {
      case 'submit':
      case 'cancel':
        this.#appointments.push(this.#now + this.#latency.order, ARRIVAL, effect)
        break
      case 'timer': {
        const time = Math.max(this.#now, effect.at) as Micros
        this.#appointments.push(time, REPORT, { kind: 'timer', seq: 0, time, timer: effect.timer })
        break
      }
      case 'compute': {
        assert(this.#compute !== undefined, 'nobody answers requests for slow mathematics here')
        const { request, strategy, delay } = effect
        const time = after(this.#now, Math.max(0, delay))
        this.#appointments.push(time, REPORT, {
          kind: 'model-answer',
          seq: 0,
          time,
          request,
          strategy,
          answer: this.#compute(effect),
          late: false,
        })
        break
      }
      default:
        unreachable(effect)
    }
  }

  get now(): Micros {
    return this.#now
  }

  /** Goes on to the next thing that reaches us and publishes it; false when nothing will happen any more. */
  advance(): boolean {
    for (;;) {
      if (this.#phase === PHASE.begin) {
        if (!this.#begin()) return false
        this.#phase = PHASE.bars
      }
      if (this.#phase === PHASE.bars) {
        this.#phase = PHASE.reports
        if (this.#usEarliest === this.#now) {
          this.#publishBars()
          return true
        }
      }
      if (this.#phase === PHASE.reports) {
        this.#phase = PHASE.exchange
        if (this.#appointments.nextTime === this.#now && this.#publishReports()) return true
      }
      if (this.#appointments.nextTime === this.#now) {
        this.#arrivals()
        // A report that reaches us in this very moment goes before the next order of the moment; opens wait for all of them.
        if (this.#appointments.nextTime === this.#now) {
          this.#phase = PHASE.reports
          continue
        }
      }
      this.#exchange()
      this.#phase = PHASE.begin
    }
  }

  /** The next moment, and the funding that falls on it. */
  #begin(): boolean {
    let next = this.#appointments.nextTime
    if (this.#opensNext < next) next = this.#opensNext
    if (this.#endsNext < next) next = this.#endsNext
    if (this.#usEarliest < next) next = this.#usEarliest
    // Funding after the last bar concerns nobody: there is no price to value it.
    if (next === FAR) return false
    if (this.#settlementNext < next) next = this.#settlementNext
    this.#now = next as Micros
    if (this.#settlementNext === next) this.#settle()
    return true
  }

  /** M4: funding, then what ceases to trade. */
  #settle(): void {
    this.#settlementNext = FAR
    for (const lane of this.#lanes) {
      for (; lane.nextFunding() <= this.#now; lane.fundingRow++) {
        const { rate, mark } = lane.funding as FundingSchedule
        if (!Number.isNaN(mark[lane.fundingRow]))
          this.#exchangeSide.settleFunding(lane.instrument, rate[lane.fundingRow] as Rate, mark[lane.fundingRow], this.#now)
      }
      if (lane.expiry <= this.#now) this.#delist(lane)
      this.#settlementNext = Math.min(this.#settlementNext, lane.nextSettlement())
    }
  }

  #delist(lane: Lane): void {
    lane.expiry = FAR
    this.#exchangeSide.delist(lane.instrument, this.#now)
    const time = after(this.#now, this.#latency.report)
    this.#appointments.push(time, REPORT, { kind: 'delisted', seq: 0, time, instrument: lane.instrument })
  }

  #publishReports(): boolean {
    let published = false
    while (this.#appointments.nextTime === this.#now && this.#appointments.peekRank() === REPORT) {
      this.#bus.publishCritical(this.#appointments.pop() as PlainEvent)
      published = true
    }
    return published
  }

  #publishBars(): void {
    const lanes = this.#lanes
    const now = this.#now
    let earliest: number = FAR
    for (let i = 0; i < lanes.length; i++) {
      const lane = lanes[i]
      if (lane.usNext === now) this.#publishBar(lane)
      if (lane.usNext < earliest) earliest = lane.usNext
    }
    this.#usEarliest = earliest
  }

  #publishBar(lane: Lane): void {
    const { bars, instrument, usRow: row } = lane
    const words = this.#bus.marketWords
    const at = this.#bus.reserveMarket(BAR_KIND, instrument)
    const openTime = bars.openTime[row]
    const duration = bars.duration[row]
    words[at] = BAR_KIND
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
    const next = row + 1
    lane.usRow = next
    lane.usNext = next < lane.length ? bars.openTime[next] + bars.duration[next] + this.#latency.data : FAR
  }

  #arrivals(): void {
    const venue = this.#exchangeSide
    while (this.#appointments.nextTime === this.#now && this.#appointments.peekRank() === ARRIVAL) {
      const effect = this.#appointments.pop() as Effect
      if (effect.kind === 'submit') venue.submit(effect.order, this.#now)
      else if (effect.kind === 'cancel') venue.cancel(effect.cancel, this.#now)
    }
  }

  /** The opens of this moment, then the ranges; and the next moments likewise while nothing else lies before them. */
  #exchange(): void {
    for (;;) {
      if (this.#opensNext === this.#now) this.#openBars()
      if (this.#endsNext === this.#now) this.#endBars()
      const next = this.#opensNext < this.#endsNext ? this.#opensNext : this.#endsNext
      if (next >= this.#usEarliest || next >= this.#settlementNext || next >= this.#appointments.nextTime) return
      this.#now = next as Micros
    }
  }

  #openBars(): void {
    const venue = this.#exchangeSide
    const lanes = this.#lanes
    const now = this.#now
    let opens: number = FAR
    let ends: number = FAR
    for (let i = 0; i < lanes.length; i++) {
      const lane = lanes[i]
      if (!lane.inside && lane.exchangeNext === now) {
        venue.openBar(i, lane.exchangeRow)
        lane.inside = true
        lane.exchangeNext = now + lane.bars.duration[lane.exchangeRow] - RANGE_BEFORE_END
      }
      if (lane.inside) {
        if (lane.exchangeNext < ends) ends = lane.exchangeNext
      } else if (lane.exchangeNext < opens) opens = lane.exchangeNext
    }
    this.#opensNext = opens
    this.#endsNext = ends
  }

  #endBars(): void {
    const venue = this.#exchangeSide
    const lanes = this.#lanes
    const now = this.#now
    let opens: number = FAR
    let ends: number = FAR
    for (let i = 0; i < lanes.length; i++) {
      const lane = lanes[i]
      if (lane.inside && lane.exchangeNext === now) {
        venue.endBar(i)
        const row = lane.exchangeRow + 1
        lane.inside = false
        lane.exchangeRow = row
        lane.exchangeNext = row < lane.length ? lane.bars.openTime[row] : FAR
      }
      if (lane.inside) {
        if (lane.exchangeNext < ends) ends = lane.exchangeNext
      } else if (lane.exchangeNext < opens) opens = lane.exchangeNext
    }
    this.#opensNext = opens
    this.#endsNext = ends
  }

  #look(): void {
    this.#settlementNext = this.#opensNext = this.#endsNext = this.#usEarliest = FAR
    for (const lane of this.#lanes) {
      lane.look(this.#latency.data)
      if (lane.inside) this.#endsNext = Math.min(this.#endsNext, lane.exchangeNext)
      else this.#opensNext = Math.min(this.#opensNext, lane.exchangeNext)
      this.#usEarliest = Math.min(this.#usEarliest, lane.usNext)
      this.#settlementNext = Math.min(this.#settlementNext, lane.nextSettlement())
    }
  }

  snapshot(): TimelineState {
    return {
      now: this.#now,
      phase: this.#phase,
      appointments: this.#appointments.snapshot((appointment) => appointment),
      lanes: this.#lanes.map(({ exchangeRow, inside, usRow, fundingRow, expiry }) => ({
        exchangeRow,
        inside,
        usRow,
        fundingRow,
        expiry,
      })),
    }
  }

  restore(state: TimelineState): void {
    this.#now = state.now as Micros
    this.#phase = state.phase
    this.#appointments = TimeHeap.restore(state.appointments, (appointment) => appointment)
    this.#lanes.forEach((lane, i) => Object.assign(lane, state.lanes[i]))
    this.#look()
  }
}
