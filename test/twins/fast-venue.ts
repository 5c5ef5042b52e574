/**
 * The engine's exchange (`SimVenue`) driven by the scripts of the naive one.
 *
 * There is neither kernel nor timeline: a plain list of moments in the order of T4 calls the exchange.
 */
import type { Rate } from '../../src/core/exact.ts'
import { intervalOf, MINUTE } from '../../src/core/time.ts'
import type { Interval, Micros } from '../../src/core/time.ts'
import { alignMarks } from '../../src/backtest/align-marks.ts'
import { fundingSchedule } from '../../src/backtest/funding-schedule.ts'
import type { FundingSchedule } from '../../src/backtest/timeline.ts'
import type { ReportEvent } from '../../src/domain/event.ts'
import { SimVenue } from '../../src/sim/sim-venue.ts'
import type { VenueBars, VenueTrades } from '../../src/sim/venue-bars.ts'
import type { KlineTable } from '../../src/storage/market-data/kline-table.ts'
import { rangeTime } from './naive-venue/bars.ts'
import { KIND } from './naive-venue/naive-venue.ts'
import type { ScriptBar, ScriptCommand, ScriptMark, VenueScript } from './naive-venue/script.ts'

/** Only the doors of risk approve orders of the program; a script has no door. */
const approve = <T>(order: T): never => order as never
/** Seen from any script: no row lies outside. */
const FOREVER = Number.MAX_SAFE_INTEGER as Micros

/** What a command that is no order was answered. */
export interface Answer {
  readonly account: number
  readonly time: number
  readonly what: string
  readonly refusal: string | undefined
}

/** The engine with a script laid in, not yet started. */
export interface FastVenue {
  readonly venue: SimVenue
  readonly moments: readonly Moment[]
  /** How many of them have happened. */
  next: number
  /** Everything that was reported at the exchange so far, in that order; without the first deposits. */
  readonly reports: ReportEvent[]
  readonly answers: Answer[]
}

interface Moment {
  readonly time: number
  readonly kind: number
  readonly instrument: number
  readonly happen: (venue: SimVenue) => void
}

export function fastVenue(script: VenueScript): FastVenue {
  const { instruments, settings, switches, capital } = script
  const reports: ReportEvent[] = []
  const answers: Answer[] = []
  const bars = instruments.map(({ index }) => columnsOf(script, index))
  const venue = new SimVenue({
    instruments,
    bars,
    trades: instruments.map(({ index }) => tradesOf(script, index)),
    accounts: capital.length,
    fills: settings,
    switches,
    report: (each) => void reports.push({ ...each }),
  })
  // The capital is there before the first moment.
  capital.forEach((amount, account) => venue.transfer(account, 'deposit', amount, 0 as Micros))
  reports.length = 0
  return { venue, moments: momentsOf(script, bars, answers), next: 0, reports, answers }
}

/** Goes on to the next moment; false at the end. */
export function step(fast: FastVenue): boolean {
  const moment = fast.moments[fast.next]
  if (moment === undefined) return false
  const { venue } = fast
  for (let at = venue.wakeAt; at < moment.time || (at === moment.time && moment.kind > KIND.delisting); at = venue.wakeAt)
    venue.wake(at as Micros)
  moment.happen(venue)
  fast.next += 1
  return true
}

export function runFastVenue(script: VenueScript): FastVenue {
  const fast = fastVenue(script)
  while (step(fast));
  return fast
}

/** T4, as the naive exchange sorts them. */
function momentsOf(script: VenueScript, bars: readonly VenueBars[], answers: Answer[]): Moment[] {
  const moments: Moment[] = []
  const add = (time: number, kind: number, instrument: number, happen: (venue: SimVenue) => void): void =>
    void moments.push({ time, kind, instrument, happen })
  for (const { index, bracketChanges } of script.instruments) {
    const { time, rate, mark } = fundingOf(script, index, bars[index])
    time.forEach((at, row) => {
      // Before the first price nobody holds anything.
      const settle = (venue: SimVenue): void => venue.settleFunding(index, rate[row] as Rate, mark[row], at as Micros)
      add(at, KIND.funding, index, Number.isNaN(mark[row]) ? () => undefined : settle)
    })
    for (const { from, brackets } of bracketChanges)
      add(from, KIND.brackets, index, (venue) => venue.changeBrackets(index, brackets, from))
    script.bars[index].forEach((bar, row) => {
      add(bar.openTime, KIND.open, index, (venue) => venue.openBar(index, row))
      add(rangeTime(bar), KIND.range, index, (venue) => venue.endBar(index))
    })
    script.trades[index].forEach((trade, row) => add(trade.time, KIND.open, index, (venue) => venue.trade(index, row)))
    if (script.trades[index].length === 0) continue
    for (const row of script.marks[index])
      for (const phase of ['open', 'end'] as const) {
        const time = phase === 'open' ? row.openTime : rangeTime(row)
        add(time, phase === 'open' ? KIND.markOpen : KIND.markEnd, index, (venue) =>
          venue.markBar(index, { phase, open: row.open, high: row.high, low: row.low, close: row.close }, time as Micros),
        )
      }
  }
  for (const { instrument, time } of script.delistings)
    add(time, KIND.delisting, instrument, (venue) => venue.delist(instrument, time))
  for (const command of [...script.commands].sort((a, b) => a.sentAt - b.sentAt)) {
    const time = (command.sentAt + script.settings.orderLatency) as Micros
    add(time, KIND.command, 0, (venue) => obey(venue, command, time, answers))
  }
  return moments.sort((a, b) => a.time - b.time || a.kind - b.kind || a.instrument - b.instrument)
}

function obey(venue: SimVenue, command: ScriptCommand, time: Micros, answers: Answer[]): void {
  const answered = (account: number, refusal: string | undefined): void =>
    void answers.push({ account, time, what: command.what, refusal })
  switch (command.what) {
    case 'order':
      return venue.submit(approve(command.order), time)
    case 'cancel': {
      const { account, instrument, clientOrderId } = command
      return venue.cancel(approve({ account, instrument, clientOrderId, reason: 'requested' }), time)
    }
    case 'amend':
      return venue.amend(approve(command.amend), time)
    case 'transfer':
      return venue.transfer(command.account, command.entry, command.amount, time)
    case 'countdown':
      return venue.countdown(command.account, command.instrument, command.duration, time)
    case 'leverage':
      return answered(command.account, venue.setLeverage(command.account, command.instrument, command.leverage, time))
    case 'margin-type':
      return answered(command.account, venue.setMarginType(command.account, command.instrument, command.type, time))
    case 'position-mode':
      return answered(command.account, venue.setPositionMode(command.account, command.mode, time))
    case 'move-margin': {
      const { account, instrument, side, amount } = command
      return answered(account, venue.moveMargin(account, instrument, side, amount, time))
    }
    default: {
      const { account, instrument, side, qty, price } = command
      return answered(account, venue.deleverage(account, instrument, side, qty, price, time))
    }
  }
}

// ---- the script as columns

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
  if (marks === undefined || rows.length === 0) return bars
  return { ...bars, mark: alignMarks('', bars, script.instruments[index].priceScale, marks, marks.interval as Interval).mark }
}

function tradesOf(script: VenueScript, index: number): VenueTrades | undefined {
  const rows = script.trades[index]
  if (rows.length === 0) return undefined
  return {
    length: rows.length,
    time: columnOf(rows, (row) => row.time),
    price: columnOf(rows, (row) => row.price),
    qty: columnOf(rows, (row) => row.qty),
    buyerIsMaker: Uint8Array.from(rows, (row) => (row.buyerIsMaker ? 1 : 0)),
  }
}

/** As if read from a file: floats in quote units. */
function markTable(script: VenueScript, index: number): KlineTable | undefined {
  const rows: readonly ScriptMark[] = script.marks[index]
  if (rows.length === 0) return undefined
  const price = (of: (row: ScriptMark) => number): Float64Array => columnOf(rows, (row) => of(row) / 1e8)
  return {
    symbol: '',
    interval: intervalOf(
      rows[0].length % (60 * MINUTE) === 0 ? `${rows[0].length / MINUTE / 60}h` : `${rows[0].length / MINUTE}m`,
    ),
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

/** The engine's own M4 where bars drive; where trades do, the scripts give every mark. */
function fundingOf(script: VenueScript, index: number, bars: VenueBars): FundingSchedule {
  const rows = script.funding.filter((each) => each.instrument === index)
  const time = columnOf(rows, (row) => row.time)
  const rate = columnOf(rows, (row) => row.rate)
  const mark = columnOf(rows, (row) => row.mark ?? Number.NaN)
  if (script.trades[index].length > 0) return { time: time.map((at) => Math.floor(at / MINUTE) * MINUTE), rate, mark }
  return fundingSchedule({
    table: { symbol: '', length: rows.length, time, rate, mark, sources: [] },
    bars,
    priceScale: script.instruments[index].priceScale,
    marks: markTable(script, index),
    from: 0 as Micros,
    to: FOREVER,
  })
}
