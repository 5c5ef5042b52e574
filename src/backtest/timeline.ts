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
import type { Micros } from '../core/time.ts'
import { createPrng } from '../core/random.ts'
import type { PrngState } from '../core/random.ts'
import type { Rate } from '../core/exact.ts'
import type { Effect } from '../domain/decision.ts'
import type { ReportEvent } from '../domain/event.ts'
import { BAR, MARKET_KINDS, SLOT } from '../domain/market-slot.ts'
import type { EventBus, PlainEvent } from '../kernel/event-bus.ts'
import type { Feed, Venue } from '../kernel/ports.ts'
import type { BracketChange } from '../domain/instrument.ts'
import { Latency } from '../sim/latency.ts'
import type { Delay } from '../sim/latency.ts'
import type { SimVenue } from '../sim/sim-venue.ts'
import type { VenueBars, VenueMarks, VenueTrades } from '../sim/venue-bars.ts'
import type { Answer } from './model-desk.ts'

// Imported bindings are read through a cell each time; constants of this file are folded into the machine code.
const FAR: number = NEVER
const RANGE_BEFORE_END: number = MILLISECOND

export interface Delays {
  /** From our decision to the exchange. */
  readonly order: Delay
  /** From an execution to us. */
  readonly report: Delay
  /** From the end of a bar to us. */
  readonly data: Delay
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
  /** By instrument index: what reaches us, and what drives the exchange where no trades do. */
  readonly bars: readonly VenueBars[]
  /** By instrument index: those that trades drive, and the marks beside them. */
  readonly trades?: readonly (VenueTrades | undefined)[]
  readonly marks?: readonly (VenueMarks | undefined)[]
  readonly funding: readonly (FundingSchedule | undefined)[]
  readonly latency: Delays
  /** Of the delays that are drawn. */
  readonly seed?: number
  /** When each instrument ceases to trade; undefined for those that do not. */
  readonly expiries?: readonly (Micros | undefined)[]
  /** Later maintenance tables of each instrument. */
  readonly bracketChanges?: readonly (readonly BracketChange[])[]
}

/** Begins to answer a request for slow mathematics; a backtest takes the answer when the declared delay is over. */
export type Compute = (effect: Extract<Effect, { kind: 'compute' }>) => Answer

interface Begun {
  readonly event: { readonly time: number; answer: unknown }
  readonly answer: Answer
}

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
  readonly lanes: readonly LaneState[]
  /** Of the delays that are drawn: their generators, and when the last of a kind arrives. */
  readonly drawn: readonly (PrngState | undefined)[]
  readonly lastArrival: number
  readonly lastReport: number
}

interface LaneState {
  readonly exchangeRow: number
  readonly inside: boolean
  readonly usRow: number
  readonly usDelay: number
  readonly usLast: number
  readonly fundingRow: number
  readonly bracketRow: number
  readonly markRow: number
  readonly markInside: boolean
  readonly expiry: number
}

/** Where one instrument stands, on both sides. Plain fields: they are read several times per bar. */
class Lane {
  readonly instrument: number
  readonly bars: VenueBars
  readonly trades: VenueTrades | undefined
  readonly marks: VenueMarks | undefined
  readonly funding: FundingSchedule | undefined
  readonly bracketChanges: readonly BracketChange[]
  /** Row that the exchange sees next, or is in while `inside`: of the trades, where they drive. */
  exchangeRow = 0
  /** The row's open has been at the exchange, its range has not. */
  inside = false
  exchangeNext: number = FAR
  /** Row that reaches us next, how long it is on its way, and when the one before arrived. */
  usRow = 0
  usDelay = 0
  usLast = 0
  usNext: number = FAR
  fundingRow = 0
  bracketRow = 0
  markRow = 0
  markInside = false
  markNext: number = FAR
  /** When it ceases to trade; FAR when it does not, or has. */
  expiry: number
  /** Rows that open before it ceases to trade. */
  readonly length: number
  readonly tradesLength: number

  constructor(instrument: number, parts: TimelineParts) {
    this.instrument = instrument
    this.bars = parts.bars[instrument]
    this.trades = parts.trades?.[instrument]
    this.marks = this.trades === undefined ? undefined : parts.marks?.[instrument]
    this.funding = parts.funding[instrument]
    this.bracketChanges = parts.bracketChanges?.[instrument] ?? NO_CHANGES
    this.expiry = parts.expiries?.[instrument] ?? FAR
    this.length = rowsBefore(this.bars.openTime, this.bars.length, this.expiry)
    this.tradesLength = this.trades === undefined ? 0 : rowsBefore(this.trades.time, this.trades.length, this.expiry)
  }

  /** Computes the next moments from the rows. */
  look(): void {
    const { openTime, duration } = this.bars
    const row = this.exchangeRow
    if (this.trades !== undefined) this.exchangeNext = row < this.tradesLength ? this.trades.time[row] : FAR
    else this.exchangeNext = row < this.length ? openTime[row] + (this.inside ? duration[row] - RANGE_BEFORE_END : 0) : FAR
    this.usNext =
      this.usRow < this.length ? Math.max(this.usLast, openTime[this.usRow] + duration[this.usRow] + this.usDelay) : FAR
    this.lookAtMarks()
  }

  lookAtMarks(): void {
    const { marks, markRow } = this
    if (marks === undefined || markRow >= marks.length || marks.openTime[markRow] >= this.expiry) this.markNext = FAR
    else this.markNext = marks.openTime[markRow] + (this.markInside ? marks.duration[markRow] - RANGE_BEFORE_END : 0)
  }

  /** The next funding, change of brackets, or the end. */
  nextSettlement(): number {
    return Math.min(this.nextFunding(), this.nextBrackets(), this.expiry)
  }

  nextFunding(): number {
    return this.funding !== undefined && this.fundingRow < this.funding.time.length ? this.funding.time[this.fundingRow] : FAR
  }

  nextBrackets(): number {
    return this.bracketRow < this.bracketChanges.length ? this.bracketChanges[this.bracketRow].from : FAR
  }
}

const NO_CHANGES: readonly BracketChange[] = Object.freeze([])

function rowsBefore(times: Float64Array, length: number, end: number): number {
  let rows = length
  while (rows > 0 && times[rows - 1] >= end) rows -= 1
  return rows
}

export class Timeline implements Feed, Venue {
  readonly #bus: EventBus
  readonly #lanes: readonly Lane[]
  readonly #orderDelay: Latency
  readonly #reportDelay: Latency
  readonly #dataDelay: Latency
  readonly #drawsData: boolean
  readonly #hasTrades: boolean
  /** What is drawn may not overtake what went before: one connection carries all of a kind. */
  #lastArrival = 0
  #lastReport = 0
  #venue: SimVenue | undefined
  #compute: Compute | undefined
  #appointments = new TimeHeap<Appointment>()
  /** Answers that are still computed, and the events on their way that shall hold them. */
  #begun: Begun[] = []
  #now = 0 as Micros
  #phase: number = PHASE.begin
  /** The earliest of all lanes: at the exchange, with us, and for funding or expiry. */
  #opensNext: number = FAR
  #endsNext: number = FAR
  #usEarliest: number = FAR
  #settlementNext: number = FAR

  constructor(parts: TimelineParts) {
    const { bus, bars, latency, seed = 0 } = parts
    const chance = createPrng(seed)
    this.#bus = bus
    this.#orderDelay = new Latency(latency.order, chance.fork('latency-order'))
    this.#reportDelay = new Latency(latency.report, chance.fork('latency-report'))
    this.#dataDelay = new Latency(latency.data, chance.fork('latency-data'))
    this.#drawsData = Number.isNaN(this.#dataDelay.constant)
    this.#lanes = bars.map((_, i) => new Lane(i, parts))
    this.#hasTrades = this.#lanes.some(({ trades }) => trades !== undefined)
    for (const lane of this.#lanes) lane.usDelay = this.#dataDelay.next()
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
    const arrives = this.#reportArrives(report.exchangeTime)
    // The report's own time is when we hear of it.
    if (arrives !== report.time) (report as { time: number }).time = arrives
    this.#appointments.push(arrives, REPORT, report)
  }

  #reportArrives(from: number): number {
    const { constant } = this.#reportDelay
    if (constant === constant) return from + constant
    this.#lastReport = Math.max(this.#lastReport, from + this.#reportDelay.next())
    return this.#lastReport
  }

  #orderArrives(): number {
    const { constant } = this.#orderDelay
    if (constant === constant) return this.#now + constant
    this.#lastArrival = Math.max(this.#lastArrival, this.#now + this.#orderDelay.next())
    return this.#lastArrival
  }

  /** An effect of the kernel starts its way: to the exchange, to a worker, or into our own future. */
  carry(effect: Effect): void {
    switch (effect.kind) {
      case 'submit':
      case 'cancel':
      case 'transfer':
        this.#appointments.push(this.#orderArrives(), ARRIVAL, effect)
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
        const event = {
          kind: 'model-answer' as const,
          seq: 0,
          time,
          request,
          strategy,
          answer: undefined as unknown,
          late: false,
        }
        this.#appointments.push(time, REPORT, event)
        this.#begun.push({ event, answer: this.#compute(effect) })
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

  /** M4: funding, then other maintenance tables, then what ceases to trade; then what ends by itself. */
  #settle(): void {
    this.#settlementNext = FAR
    for (const lane of this.#lanes) {
      for (; lane.nextFunding() <= this.#now; lane.fundingRow++) {
        const { rate, mark } = lane.funding as FundingSchedule
        this.#tellFunding(lane.instrument, rate[lane.fundingRow] as Rate)
        if (!Number.isNaN(mark[lane.fundingRow]))
          this.#exchangeSide.settleFunding(lane.instrument, rate[lane.fundingRow] as Rate, mark[lane.fundingRow], this.#now)
      }
      for (; lane.nextBrackets() <= this.#now; lane.bracketRow++)
        this.#exchangeSide.changeBrackets(lane.instrument, lane.bracketChanges[lane.bracketRow].brackets, this.#now)
      if (lane.expiry <= this.#now) this.#delist(lane)
      this.#settlementNext = Math.min(this.#settlementNext, lane.nextSettlement())
    }
    if (this.#exchangeSide.wakeAt <= this.#now) this.#exchangeSide.wake(this.#now)
    this.#awaitWake()
  }

  /** Everybody hears of a settlement, whether he holds something or not. */
  #tellFunding(instrument: number, rate: Rate): void {
    // Drawn delays are left alone: a public fact must not change when our own reports arrive.
    const { constant } = this.#dataDelay
    const time = (this.#now + (constant === constant ? constant : 0)) as Micros
    this.#appointments.push(time, REPORT, { kind: 'funding', seq: 0, time, exchangeTime: this.#now, instrument, rate })
  }

  /** V8: only orders that arrive, and the wake itself, change when the venue wants to be woken. */
  #awaitWake(): void {
    this.#settlementNext = Math.min(this.#settlementNext, Math.max(this.#now, this.#exchangeSide.wakeAt))
  }

  #delist(lane: Lane): void {
    lane.expiry = FAR
    this.#exchangeSide.delist(lane.instrument, this.#now)
    const time = this.#reportArrives(this.#now) as Micros
    this.#appointments.push(time, REPORT, { kind: 'delisted', seq: 0, time, instrument: lane.instrument })
  }

  #publishReports(): boolean {
    let published = false
    if (this.#begun.length > 0) this.#takeAnswers(this.#now)
    while (this.#appointments.nextTime === this.#now && this.#appointments.peekRank() === REPORT) {
      this.#bus.publishCritical(this.#appointments.pop() as PlainEvent)
      published = true
    }
    return published
  }

  /** Waits for the answers that are due by then. */
  #takeAnswers(until: number): void {
    const [begun, later]: [Begun[], Begun[]] = [this.#begun, []]
    this.#begun = later
    for (const each of begun) {
      if (each.event.time <= until) each.event.answer = each.answer.take()
      else later.push(each)
    }
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
    if (this.#drawsData) this.#drawUsNext(lane)
    else lane.usNext = next < lane.length ? bars.openTime[next] + bars.duration[next] + lane.usDelay : FAR
  }

  /** A row may not overtake the one before. */
  #drawUsNext(lane: Lane): void {
    const { bars, usRow } = lane
    lane.usLast = this.#now
    lane.usDelay = this.#dataDelay.next()
    lane.usNext = usRow < lane.length ? Math.max(this.#now, bars.openTime[usRow] + bars.duration[usRow] + lane.usDelay) : FAR
  }

  #arrivals(): void {
    const venue = this.#exchangeSide
    while (this.#appointments.nextTime === this.#now && this.#appointments.peekRank() === ARRIVAL) {
      const effect = this.#appointments.pop() as Effect
      if (effect.kind === 'submit') venue.submit(effect.order, this.#now)
      else if (effect.kind === 'cancel') venue.cancel(effect.cancel, this.#now)
      else if (effect.kind === 'transfer') venue.move(effect.transfer, this.#now)
    }
    if (venue.wakeAt !== FAR) this.#awaitWake()
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
    if (this.#hasTrades) {
      this.#openMixed()
      return
    }
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

  /** The same where trades drive some of the instruments: kept apart, so that the way of bars stays short. */
  #openMixed(): void {
    for (const lane of this.#lanes) {
      if (lane.trades !== undefined) this.#openTrades(lane)
      else if (!lane.inside && lane.exchangeNext === this.#now) {
        this.#exchangeSide.openBar(lane.instrument, lane.exchangeRow)
        lane.inside = true
        lane.exchangeNext = this.#now + lane.bars.duration[lane.exchangeRow] - RANGE_BEFORE_END
      }
    }
    this.#lookAtExchange()
  }

  #endMixed(): void {
    for (const lane of this.#lanes) {
      if (lane.markInside && lane.markNext === this.#now) this.#mark(lane)
      if (lane.inside && lane.exchangeNext === this.#now) {
        this.#exchangeSide.endBar(lane.instrument)
        lane.inside = false
        lane.exchangeRow += 1
        lane.exchangeNext = lane.exchangeRow < lane.length ? lane.bars.openTime[lane.exchangeRow] : FAR
      }
    }
    this.#lookAtExchange()
  }

  #lookAtExchange(): void {
    this.#opensNext = this.#endsNext = FAR
    for (const lane of this.#lanes) {
      if (lane.inside) this.#endsNext = Math.min(this.#endsNext, lane.exchangeNext)
      else this.#opensNext = Math.min(this.#opensNext, lane.exchangeNext)
      if (lane.markInside) this.#endsNext = Math.min(this.#endsNext, lane.markNext)
      else this.#opensNext = Math.min(this.#opensNext, lane.markNext)
    }
  }

  /** R1, R5: a mark row that begins, then the trades of the moment. */
  #openTrades(lane: Lane): void {
    const venue = this.#exchangeSide
    const now = this.#now
    if (!lane.markInside && lane.markNext === now) this.#mark(lane)
    const { time } = lane.trades as VenueTrades
    while (lane.exchangeNext === now) {
      venue.trade(lane.instrument, lane.exchangeRow)
      lane.exchangeRow += 1
      lane.exchangeNext = lane.exchangeRow < lane.tradesLength ? time[lane.exchangeRow] : FAR
    }
  }

  #mark(lane: Lane): void {
    const { open, high, low, close } = lane.marks as VenueMarks
    const { markRow: row, markInside } = lane
    const of = { phase: markInside ? 'end' : 'open', open: open[row], high: high[row], low: low[row], close: close[row] } as const
    this.#exchangeSide.markBar(lane.instrument, of, this.#now)
    if (markInside) lane.markRow += 1
    lane.markInside = !markInside
    lane.lookAtMarks()
  }

  #endBars(): void {
    if (this.#hasTrades) {
      this.#endMixed()
      return
    }
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
    this.#settlementNext = this.#usEarliest = FAR
    for (const lane of this.#lanes) {
      lane.look()
      this.#usEarliest = Math.min(this.#usEarliest, lane.usNext)
      this.#settlementNext = Math.min(this.#settlementNext, lane.nextSettlement())
    }
    this.#lookAtExchange()
    if (this.#venue !== undefined) this.#awaitWake()
  }

  /** Waits for all answers that are still computed: a snapshot is plain data. */
  snapshot(): TimelineState {
    this.#takeAnswers(FAR)
    return {
      now: this.#now,
      phase: this.#phase,
      appointments: this.#appointments.snapshot((appointment) => appointment),
      lanes: this.#lanes.map(
        ({ exchangeRow, inside, usRow, usDelay, usLast, fundingRow, bracketRow, markRow, markInside, expiry }) => ({
          exchangeRow,
          inside,
          usRow,
          usDelay,
          usLast,
          fundingRow,
          bracketRow,
          markRow,
          markInside,
          expiry,
        }),
      ),
      drawn: [this.#orderDelay, this.#reportDelay, this.#dataDelay].map((delay) => delay.snapshot()),
      lastArrival: this.#lastArrival,
      lastReport: this.#lastReport,
    }
  }

  restore(state: TimelineState): void {
    this.#now = state.now as Micros
    this.#phase = state.phase
    this.#appointments = TimeHeap.restore(state.appointments, (appointment) => appointment)
    this.#lanes.forEach((lane, i) => Object.assign(lane, state.lanes[i]))
    ;[this.#orderDelay, this.#reportDelay, this.#dataDelay].forEach((delay, i) => delay.restore(state.drawn[i]))
    this.#lastArrival = state.lastArrival
    this.#lastReport = state.lastReport
    this.#look()
  }
}
