/** CME's calendar: days known from the past, and its laws. */
import { describe, expect, it } from 'vitest'
import {
  CME_CONTINUOUS_FROM,
  cmeHolidayOn,
  cmeHolidays,
  cmeTradingDay,
  DAY,
  formatHoliday,
  formatIn,
  isCmeBusinessDay,
  isCmeOpen,
  type Micros,
  nextCmeOpen,
  parseTime,
} from './index.ts'

const at = (text: string): Micros => parseTime(text)

describe("CME's calendar", () => {
  it('knows the days of 2024', () => {
    expect(cmeHolidays(2024).map(formatHoliday)).toEqual([
      "2024-01-01 New Year's Day, closed",
      '2024-01-15 Martin Luther King Jr. Day, usual hours',
      "2024-02-19 Presidents' Day, usual hours",
      '2024-03-29 Good Friday, closes 10:15 in Chicago',
      '2024-05-27 Memorial Day, usual hours',
      '2024-06-19 Juneteenth, usual hours',
      '2024-07-04 Independence Day, usual hours',
      '2024-09-02 Labor Day, usual hours',
      '2024-11-28 Thanksgiving Day, usual hours',
      '2024-11-29 Day after Thanksgiving, closes 12:45 in Chicago',
      '2024-12-24 Christmas Eve, closes 12:15 in Chicago',
      '2024-12-25 Christmas Day, closed',
    ])
  })

  it.each([
    ['2021-12-24', 'closed'], // Christmas on a Saturday
    ['2022-12-26', 'closed'], // Christmas on a Sunday
    ['2023-01-02', 'closed'], // New Year on a Sunday
    ['2021-12-31', undefined], // New Year on a Saturday
    ['2019-01-21', 'early-close'],
    ['2022-01-17', 'open'],
    ['2020-04-10', 'closed'],
    ['2019-07-03', 'early-close'],
    ['2026-07-03', 'settlement'], // Independence Day on a Saturday, trading around the clock
    ['2030-11-28', 'settlement'],
    ['2030-11-29', undefined],
  ])('%s: %s', (text, kind) => expect(cmeHolidayOn(at(text))?.kind).toBe(kind))

  it('opens on Sunday evening, rests for an hour, closes on Friday', () => {
    const open = (text: string): boolean => isCmeOpen(at(text))
    // Chicago is six hours behind in winter.
    expect([open('2024-01-07T22:59Z'), open('2024-01-07T23:00Z')]).toEqual([false, true])
    expect([open('2024-01-09T21:59Z'), open('2024-01-09T22:00Z'), open('2024-01-09T23:00Z')]).toEqual([true, false, true])
    expect([open('2024-01-12T21:59Z'), open('2024-01-12T22:00Z'), open('2024-01-13T12:00Z')]).toEqual([true, false, false])
    expect([open('2024-12-24T18:14Z'), open('2024-12-24T18:15Z'), open('2024-12-25T12:00Z'), open('2024-12-25T23:00Z')]).toEqual([
      true,
      false,
      false,
      true,
    ])
    // Five hours in summer.
    expect([open('2024-07-09T20:59Z'), open('2024-07-09T21:00Z')]).toEqual([true, false])
    expect(nextCmeOpen(at('2024-01-13T12:00Z'))).toBe(at('2024-01-14T23:00Z'))
    expect(nextCmeOpen(at('2024-12-24T20:00Z'))).toBe(at('2024-12-25T23:00Z'))
  })

  it('trades around the clock since 29 May 2026', () => {
    expect(formatIn(CME_CONTINUOUS_FROM, 'America/Chicago')).toBe('2026-05-29 16:00 -05:00')
    expect(isCmeOpen((CME_CONTINUOUS_FROM - 1) as Micros)).toBe(true)
    expect(isCmeOpen(at('2026-05-30T12:00Z'))).toBe(true)
    expect(isCmeOpen(at('2026-12-25T12:00Z'))).toBe(true)
    expect(cmeTradingDay(at('2026-12-25'))).toBeUndefined()
    // The weekend's trades belong to Monday.
    expect(cmeTradingDay(at('2026-06-08'))).toEqual({ from: at('2026-06-05T21:00Z'), to: at('2026-06-08T21:00Z') })
  })

  it('has trading days that never overlap, and only on business days', () => {
    for (let year = 2018; year <= 2030; year++) {
      let last = 0
      for (let day = at(`${year}-01-01`); day < at(`${year}-12-31`); day = (day + DAY) as Micros) {
        const hours = cmeTradingDay(day)
        expect(hours === undefined).toBe(!isCmeBusinessDay(day))
        if (hours === undefined) continue
        expect(hours.from).toBeGreaterThanOrEqual(last)
        expect(hours.to).toBeGreaterThan(hours.from)
        last = hours.to
      }
    }
  })

  it('says where it ends', () => {
    expect(() => cmeHolidays(2031)).toThrow(/does not cover 2031/)
    expect(() => isCmeOpen(at('2031-01-02'))).toThrow(/does not cover/)
  })
})
