/**
 * The engine's exchange (`SimVenue` on a `Timeline`) driven by the scripts of the naive one, with the same kind of outcome.
 *
 * There is no kernel: the script's orders are put among the timeline's appointments before it starts.
 */
import { ZERO } from '../../src/core/exact.ts'
import type { Money } from '../../src/core/exact.ts'
import { intervalOf, MINUTE } from '../../src/core/time.ts'
import type { Interval, Micros } from '../../src/core/time.ts'
import { alignMarks } from '../../src/backtest/align-marks.ts'
import { fundingSchedule } from '../../src/backtest/funding-schedule.ts'
import { Timeline } from '../../src/backtest/timeline.ts'
import type { FundingSchedule } from '../../src/backtest/timeline.ts'
import type { Effect } from '../../src/domain/decision.ts'
import type { ReportEvent } from '../../src/domain/event.ts'
import { EventBus } from '../../src/kernel/event-bus.ts'
import { SimVenue } from '../../src/sim/sim-venue.ts'
import type { VenueBars } from '../../src/sim/venue-bars.ts'
import type { KlineTable } from '../../src/storage/market-data/kline-table.ts'
import type { ScriptBar, ScriptCommand, ScriptMark, VenueScript } from './naive-venue.ts'

/** Only the doors of risk approve orders of the program; a script has no door. */
const approve = <T>(order: T): never => order as never

/** A bus is large and every run leaves it empty, so that all share one. */
const bus = new EventBus()
/** The rank of arrivals among the timeline's appointments. */
const ARRIVAL = 1
/** Seen from any script: no row lies outside. */
const FOREVER = Number.MAX_SAFE_INTEGER as Micros

/** The engine with a script laid in, not yet started. */
export interface FastVenue {
  readonly venue: SimVenue
  readonly timeline: Timeline
  /** Everything that was reported at the exchange so far, in that order. */
  readonly reports: ReportEvent[]
}

export function fastVenue(script: VenueScript): FastVenue {
  const { instruments, settings, capital } = script
  const reports: ReportEvent[] = []
  const bars = instruments.map(({ index }) => columnsOf(script, index))
  const timeline = new Timeline({
    bus,
    bars,
    funding: instruments.map(({ index }) => fundingOf(script, index, bars[index])),
    latency: { order: settings.orderLatency, report: settings.reportLatency, data: settings.dataLatency },
  })
  const report = (each: ReportEvent): void => {
    // As the exchange said it: on its way it gets our time and a number.
    reports.push({ ...each })
    timeline.report(each)
  }
  const venue = new SimVenue({ instruments, bars, accounts: 1, fills: settings, report })
  timeline.connect(venue)
  const sent = [...script.commands].sort((a, b) => a.sentAt - b.sentAt)
  const entries = sent.map((command, seq) => ({
    time: command.sentAt + settings.orderLatency,
    rank: ARRIVAL,
    seq,
    payload: effectOf(command),
  }))
  timeline.restore({ ...timeline.snapshot(), appointments: { nextSeq: entries.length, entries } })
  // Not through the timeline: the capital is there before the first moment.
  venue.transfer(0, 'deposit', capital, 0 as Micros)
  reports.length = 0
  return { venue, timeline, reports }
}

/** Goes on to the next thing that would reach us; false at the end. */
export function step({ timeline }: FastVenue): boolean {
  const more = timeline.advance()
  bus.drain(() => undefined)
  return more
}

export function runFastVenue(script: VenueScript): FastVenue {
  const fast = fastVenue(script)
  while (step(fast));
  return fast
}

export const walletOf = ({ venue }: FastVenue): Money => venue.account(0).wallet ?? ZERO

function effectOf({ order, cancel }: ScriptCommand): Effect {
  if (cancel !== undefined) return { kind: 'cancel', cancel: approve({ ...cancel, account: 0, reason: 'requested' }) }
  return { kind: 'submit', order: approve(order) }
}

const columnOf = <T>(rows: readonly T[], of: (row: T) => number): Float64Array => Float64Array.from(rows, of)

function columnsOf(script: VenueScript, index: number): VenueBars {
  const rows: readonly ScriptBar[] = script.bars[index]
  const bars: VenueBars = {
    length: rows.length,
    openTime: columnOf(rows, (row) => row.openTime),
    duration: columnOf(rows, (row) => row.length),
    open: columnOf(rows, (row) => row.open),
    high: columnOf(rows, (row) => row.high),
    low: columnOf(rows, (row) => row.low),
    close: columnOf(rows, (row) => row.close),
    volume: columnOf(rows, (row) => row.volume),
    mark: undefined,
  }
  const marks = markTable(script, index)
  if (marks === undefined) return bars
  return { ...bars, mark: alignMarks('', bars, script.instruments[index].priceScale, marks, marks.interval as Interval).mark }
}

/** As if read from a file: floats in quote units. */
function markTable(script: VenueScript, index: number): KlineTable | undefined {
  const rows: readonly ScriptMark[] = script.marks[index]
  if (rows.length === 0) return undefined
  const price = (of: (row: ScriptMark) => number): Float64Array => columnOf(rows, (row) => of(row) / 1e8)
  return {
    symbol: '',
    interval: intervalOf(`${rows[0].length / MINUTE}m`),
    kind: 'mark',
    market: 'perp',
    length: rows.length,
    openTime: columnOf(rows, (row) => row.openTime),
    open: price((row) => row.open),
    high: price((row) => row.high),
    low: price((row) => row.low),
    close: price((row) => row.close),
    volume: undefined,
    quoteVolume: undefined,
    trades: undefined,
    takerBuyBase: undefined,
    decimals: 8,
    sources: [],
  }
}

function fundingOf(script: VenueScript, index: number, bars: VenueBars): FundingSchedule {
  const rows = script.funding.filter((each) => each.instrument === index)
  const table = {
    symbol: '',
    length: rows.length,
    time: columnOf(rows, (row) => row.time),
    rate: columnOf(rows, (row) => row.rate),
    mark: columnOf(rows, (row) => row.mark ?? Number.NaN),
    sources: [],
  }
  return fundingSchedule({
    table,
    bars,
    priceScale: script.instruments[index].priceScale,
    marks: markTable(script, index),
    from: 0 as Micros,
    to: FOREVER,
  })
}
