/** The civil calendar against JavaScript dates and by its laws. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ceilTo,
  DAY,
  dayOfYear,
  daysBetween,
  daysInMonth,
  daysInYear,
  type Duration,
  easterSunday,
  endOfDay,
  endOfMonth,
  endOfQuarter,
  endOfWeek,
  endOfYear,
  formatTime,
  fromMs,
  isLeapYear,
  isoWeek,
  isSameDay,
  isWeekend,
  type Micros,
  MINUTE,
  momentOf,
  nthWeekday,
  parseTime,
  quarterOf,
  roundTo,
  shiftMonths,
  startOfDay,
  weekday,
} from './index.ts'

const at = (text: string): Micros => parseTime(text)
/** Any minute from 1970 to 2099. */
const moment = fc.integer({ min: 0, max: 68_374_079 }).map((minutes) => (minutes * MINUTE) as Micros)
const date = (time: Micros): Date => new Date(time / 1_000)

describe('the civil calendar', () => {
  it('agrees with JavaScript dates', () => {
    fc.assert(
      fc.property(moment, (time) => {
        const d = date(time)
        const year = d.getUTCFullYear()
        expect(endOfDay(time)).toBe(fromMs(Date.UTC(year, d.getUTCMonth(), d.getUTCDate() + 1)))
        expect(endOfMonth(time)).toBe(fromMs(Date.UTC(year, d.getUTCMonth() + 1, 1)))
        expect(endOfQuarter(time)).toBe(fromMs(Date.UTC(year, 3 * quarterOf(time), 1)))
        expect(endOfYear(time)).toBe(fromMs(Date.UTC(year + 1, 0, 1)))
        expect(dayOfYear(time)).toBe(
          Math.round((Date.UTC(year, d.getUTCMonth(), d.getUTCDate()) - Date.UTC(year, 0, 1)) / 86_400_000) + 1,
        )
        expect(daysInMonth(year, d.getUTCMonth() + 1)).toBe(new Date(Date.UTC(year, d.getUTCMonth() + 1, 0)).getUTCDate())
        expect(isWeekend(time)).toBe([0, 6].includes(d.getUTCDay()))
        expect(endOfWeek(time) - time).toBeLessThanOrEqual(7 * DAY)
        expect(weekday(endOfWeek(time))).toBe(0)
        expect(isSameDay(time, startOfDay(time))).toBe(true)
        expect(daysBetween(time, endOfYear(time))).toBe(daysInYear(year) - dayOfYear(time) + 1)
      }),
    )
  })

  it('knows leap years', () => {
    expect([1900, 2000, 2023, 2024, 2100].map(isLeapYear)).toEqual([false, true, false, true, false])
    expect(formatTime(shiftMonths(at('2024-02-29T05:00Z'), 12))).toBe('2025-02-28T05:00:00.000Z')
    expect(formatTime(shiftMonths(at('2023-12-31T23:59Z'), 2))).toBe('2024-02-29T23:59:00.000Z')
  })

  it.each([
    ['2021-01-03', 2020, 53],
    ['2021-01-04', 2021, 1],
    ['2024-12-30', 2025, 1],
    ['2026-11-24', 2026, 48],
    ['2027-01-01', 2026, 53],
  ])('counts ISO weeks: %s', (text, year, week) => expect(isoWeek(at(text))).toEqual({ year, week }))

  it.each([
    [2018, '2018-04-01'],
    [2024, '2024-03-31'],
    [2025, '2025-04-20'],
    [2026, '2026-04-05'],
    [2030, '2030-04-21'],
    [2038, '2038-04-25'],
  ])('knows Easter of %i', (year, text) => expect(easterSunday(year)).toBe(at(text)))

  it('finds weekdays of a month', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1970, max: 2099 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 6 }),
        (year, month, day) => {
          const [first, last] = [nthWeekday(year, month, day, 1), nthWeekday(year, month, day, -1)]
          expect(weekday(first)).toBe(day)
          expect(weekday(last)).toBe(day)
          expect(date(first).getUTCDate()).toBeLessThanOrEqual(7)
          expect(date((last + 7 * DAY) as Micros).getUTCMonth()).not.toBe(month - 1)
          expect(nthWeekday(year, month, day, 2) - first).toBe(7 * DAY)
        },
      ),
    )
    expect(() => nthWeekday(2024, 2, 0, 5)).toThrow(/no weekday/)
  })

  it('rounds up, down and to the nearest', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 1_000_000_000 }), (time, step) => {
        const up = ceilTo(time, step as Duration)
        expect(up - time).toBeGreaterThanOrEqual(0)
        expect(up - time).toBeLessThan(step)
        expect(Math.abs(up % step)).toBe(0)
        expect(Math.abs(roundTo(time, step as Duration) - time)).toBeLessThanOrEqual(step / 2)
      }),
    )
    expect(momentOf({ year: 2024, month: 2, day: 28 }, 25, 30)).toBe(at('2024-02-29T01:30Z'))
  })
})
