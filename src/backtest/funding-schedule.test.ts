/** Which settlements take part in a run, and at what mark price. */
import { describe, expect, it } from 'vitest'
import { HOUR, intervalOf, parseTime } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { VenueBars } from '../sim/venue-bars.ts'
import type { FundingTable } from '../storage/market-data/funding-table.ts'
import type { KlineTable } from '../storage/market-data/kline-table.ts'
import { fundingGapWarning, fundingSchedule } from './funding-schedule.ts'

const START = parseTime('2024-01-01T00:00Z')
const at = (hours: number): Micros => (START + hours * HOUR) as Micros

/** Hourly rows from the second hour on; the open of hour h is h in quote units, the tick 0.1. */
function rows(hours: readonly number[]): VenueBars {
  const openTime = Float64Array.from(hours, at)
  const open = Float64Array.from(hours, (h) => h * 10)
  return {
    length: hours.length,
    openTime,
    duration: openTime.map(() => HOUR),
    open,
    high: open,
    low: open,
    close: open,
    volume: open,
    mark: undefined,
  }
}

function funding(entries: readonly (readonly [time: number, mark: number])[]): FundingTable {
  return {
    symbol: 'X',
    length: entries.length,
    time: Float64Array.from(entries, ([time]) => time),
    rate: Float64Array.from(entries, (_, i) => 1_000_000 * (i + 1)),
    mark: Float64Array.from(entries, ([, mark]) => mark),
    sources: [],
  }
}

function markTable(hours: readonly number[]): KlineTable {
  const openTime = Float64Array.from(hours, at)
  const open = Float64Array.from(hours, (h) => 1_000 + h)
  return {
    symbol: 'X',
    interval: intervalOf('8h'),
    kind: 'mark',
    market: 'perp',
    length: hours.length,
    openTime,
    open,
    high: open,
    low: open,
    close: open,
    volume: undefined,
    quoteVolume: undefined,
    trades: undefined,
    takerBuyBase: undefined,
    decimals: 0,
    sources: [],
  }
}

const bars = rows([2, 3, 4, 8, 9])
const run = { bars, priceScale: 1, from: at(0), to: at(10) }
const none = Number.NaN

describe('the schedule', () => {
  it('takes the mark of the file, else of the mark bar that starts there, else the last open, and none before the first bar', () => {
    const table = funding([
      [at(0), 5],
      [at(2), none],
      [at(3), 123],
      [at(4), none],
      [at(7), none],
      [at(8), none],
      [at(9.5), none],
    ])
    const { mark } = fundingSchedule({ ...run, table, marks: markTable([0, 8]) })
    expect([...mark]).toEqual([Number.NaN, 2e8, 123, 4e8, 4e8, 1_008e8, 9e8])
  })

  it('is cut to the run: its end is no part of it', () => {
    const table = funding([
      [at(-1), none],
      [at(0), none],
      [at(9), none],
      [at(10), none],
    ])
    const schedule = fundingSchedule({ ...run, table, marks: undefined })
    expect([...schedule.time]).toEqual([at(0), at(9)])
    expect([...schedule.rate]).toEqual([2_000_000, 3_000_000])
    expect(fundingSchedule({ ...run, table, marks: undefined, from: at(20), to: at(30) }).time).toHaveLength(0)
  })

  it('is floored to the minute', () => {
    expect([...fundingSchedule({ ...run, table: funding([[at(8) + 7_000, none]]), marks: undefined }).time]).toEqual([at(8)])
  })

  it('takes the mark unit of a price finer than eight decimals', () => {
    const { mark } = fundingSchedule({
      ...run,
      priceScale: 10,
      table: funding([
        [at(3), 123],
        [at(4), none],
      ]),
      marks: undefined,
    })
    expect([...mark]).toEqual([12_300, 40])
  })
})

describe('the warning of a funding file that is too short', () => {
  const long = rows([0, 100])
  const warning = (...hours: readonly number[]): string | undefined =>
    fundingGapWarning(
      'X',
      fundingSchedule({
        bars: long,
        priceScale: 1,
        from: at(0),
        to: at(101),
        table: funding(hours.map((h) => [at(h), none])),
        marks: undefined,
      }),
      long,
    )

  it('names what it covers, or that it covers nothing', () => {
    expect(warning(8, 96)).toBeUndefined()
    expect(warning(48, 96)).toBe('X: the funding file covers 2024-01-03 00:00 to 2024-01-05 00:00 only; outside none is booked.')
    expect(warning(8, 16)).toContain('to 2024-01-01 16:00 only')
    expect(warning(200)).toContain('no settlements inside the run')
  })
})
