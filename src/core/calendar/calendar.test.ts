/** The calendar: against JavaScript's own dates and zone data, against days known from the past, and by its laws. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addBusinessDays,
  alignRange,
  barEnd,
  barProgress,
  barStart,
  barStarts,
  businessDayFrom,
  businessDaysBetween,
  businessDayUpTo,
  ceilTo,
  CME_CONTINUOUS_FROM,
  cmeHolidayOn,
  cmeHolidays,
  cmeMonthlyExpiry,
  cmeTradingDay,
  countBars,
  DAY,
  dayOfYear,
  daysBetween,
  daysInMonth,
  daysInYear,
  dividesInto,
  type Duration,
  easterSunday,
  endOfDay,
  endOfMonth,
  endOfQuarter,
  endOfWeek,
  endOfYear,
  estimateClockSkew,
  everyHours,
  expirySuffix,
  formatHoliday,
  formatIn,
  formatTime,
  fromLocal,
  fromMs,
  fundingHoursAt,
  fundingSchedule,
  fundingsPerYear,
  fundingTimes,
  gapsBetween,
  HOUR,
  intersection,
  intervalOf,
  INTERVALS,
  isAligned,
  isBusinessDay,
  isCmeBusinessDay,
  isCmeOpen,
  isDaylightSaving,
  isFundingTime,
  isInSession,
  isLeapYear,
  isoWeek,
  isSameDay,
  isWeekend,
  isZone,
  lengthOfDayIn,
  localTime,
  type Micros,
  MINUTE,
  momentOf,
  momentsOf,
  nextBarStart,
  nextCmeOpen,
  nextFunding,
  nextOf,
  nextQuarterlyExpiry,
  nextSessionOpen,
  nextZoneChange,
  nthWeekday,
  parseTime,
  previousBarStart,
  previousFunding,
  previousOf,
  quarterlyExpiry,
  quarterOf,
  roundTo,
  sessionOn,
  sessionOverlap,
  sessionsAt,
  shiftBars,
  shiftMonths,
  startOfDay,
  startOfDayIn,
  union,
  untilBarEnd,
  untilFunding,
  weekday,
  weekdayIn,
  without,
  zoneOffset,
} from './index.ts'

const at = (text: string): Micros => parseTime(text)
/** Any minute from 1970 to 2099. */
const moment = fc.integer({ min: 0, max: 68_374_079 }).map((minutes) => (minutes * MINUTE) as Micros)
const interval = fc.constantFrom(...INTERVALS)
const zone = fc.constantFrom(
  'UTC',
  'America/New_York',
  'America/Chicago',
  'Europe/London',
  'Europe/Berlin',
  'Asia/Tokyo',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
)
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

describe('bars', () => {
  it('are aligned, follow one another, and are counted', () => {
    fc.assert(
      fc.property(moment, interval, fc.integer({ min: 0, max: 40 }), (time, each, count) => {
        const start = barStart(time, each)
        expect(isAligned(start, each)).toBe(true)
        expect(nextBarStart(start, each)).toBe(start)
        expect(nextBarStart((start + 1) as Micros, each)).toBe(barEnd(start, each))
        expect(barEnd(previousBarStart(time, each), each)).toBe(start)
        const progress = barProgress(time, each)
        expect(progress >= 0 && progress < 1).toBe(true)
        expect(time + untilBarEnd(time, each)).toBe(barEnd(start, each))
        const range = { from: start, to: shiftBars(start, count, each) }
        const starts = barStarts(range, each)
        expect(countBars(range, each)).toBe(count)
        expect(starts).toHaveLength(count)
        starts.forEach((s, i) => expect(s).toBe(i === 0 ? start : barEnd(starts[i - 1], each)))
        expect(alignRange({ from: (start + 1) as Micros, to: (range.to + 1) as Micros }, each)).toEqual({
          from: start,
          to: barEnd(range.to, each),
        })
      }),
    )
  })

  it('are missing exactly where some were taken out', () => {
    fc.assert(
      fc.property(moment, interval, fc.uniqueArray(fc.integer({ min: 1, max: 30 })), (time, each, removed) => {
        const first = barStart(time, each)
        const starts = Array.from({ length: 32 }, (_, i) => shiftBars(first, i, each))
        const gaps = gapsBetween(
          starts.filter((_, i) => !removed.includes(i)),
          each,
        )
        expect(gaps.flatMap((gap) => barStarts(gap, each))).toEqual(removed.toSorted((a, b) => a - b).map((i) => starts[i]))
      }),
    )
    expect(() => gapsBetween([2, 2], intervalOf('1m'))).toThrow(/not after/)
  })

  it('fit into coarser ones', () => {
    const fits = (fine: string, coarse: string): boolean => dividesInto(intervalOf(fine), intervalOf(coarse))
    expect([fits('1m', '1h'), fits('1h', '1M'), fits('1d', '1w'), fits('8h', '1d'), fits('4h', '8h')]).toEqual([
      true,
      true,
      true,
      true,
      true,
    ])
    expect([
      fits('3d', '1w'),
      fits('1w', '1M'),
      fits('1h', '30m'),
      fits('3d', '1M'),
      fits('1M', '1w'),
      fits('8h', '12h'),
    ]).toEqual([false, false, false, false, false, false])
  })
})

describe('ranges', () => {
  const range = fc
    .tuple(fc.nat(50), fc.nat(20))
    .map(([from, length]) => ({ from: from as Micros, to: (from + length) as Micros }))
  const holds = (ranges: readonly { from: number; to: number }[], x: number): boolean =>
    ranges.some(({ from, to }) => x >= from && x < to)

  it('meet, join and are taken out as sets are', () => {
    fc.assert(
      fc.property(range, fc.array(range, { maxLength: 5 }), fc.nat(80), (one, others, x) => {
        expect(holds(union(others), x)).toBe(holds(others, x))
        expect(holds(without(one, others), x)).toBe(holds([one], x) && !holds(others, x))
        for (const other of others) {
          const both = intersection(one, other)
          expect(both !== undefined && holds([both], x)).toBe(holds([one], x) && holds([other], x))
        }
        const joined = union(others)
        for (let i = 1; i < joined.length; i++) expect(joined[i].from).toBeGreaterThan(joined[i - 1].to)
      }),
    )
  })
})

describe('zones', () => {
  it('lead to local time and back', () => {
    fc.assert(
      fc.property(moment, zone, (time, name) => {
        const local = localTime(time, name)
        const back = [fromLocal(local, name, 'earlier'), fromLocal(local, name, 'later')]
        expect(back).toContain(time)
        expect(back[0]).toBeLessThanOrEqual(back[1])
        expect(weekdayIn(time, name)).toBe(weekday((time + zoneOffset(time, name)) as Micros))
        const midnight = startOfDayIn(time, name)
        expect(midnight).toBeLessThanOrEqual(time)
        expect(time - midnight).toBeLessThan(lengthOfDayIn(time, name))
      }),
      { numRuns: 60 },
    )
  })

  it('skip an hour in spring and repeat one in autumn', () => {
    const ny = 'America/New_York'
    const spring = { year: 2024, month: 3, day: 10 }
    expect(formatTime(fromLocal({ ...spring, hour: 2, minute: 30 }, ny))).toBe('2024-03-10T07:30:00.000Z')
    expect(formatIn(at('2024-03-10T06:59Z'), ny)).toBe('2024-03-10 01:59 -05:00')
    expect(formatIn(at('2024-03-10T07:00Z'), ny)).toBe('2024-03-10 03:00 -04:00')
    const autumn = { year: 2024, month: 11, day: 3, hour: 1, minute: 30 }
    expect(formatTime(fromLocal(autumn, ny, 'earlier'))).toBe('2024-11-03T05:30:00.000Z')
    expect(formatTime(fromLocal(autumn, ny, 'later'))).toBe('2024-11-03T06:30:00.000Z')
    expect(
      [spring, { year: 2024, month: 11, day: 3 }].map((day) => lengthOfDayIn(fromLocal({ ...day, hour: 12 }, ny), ny) / HOUR),
    ).toEqual([23, 25])
  })

  it('know when their clocks change', () => {
    expect(nextZoneChange(at('2024-01-01'), 'America/New_York')).toBe(at('2024-03-10T07:00Z'))
    expect(nextZoneChange(at('2024-06-01'), 'Europe/London')).toBe(at('2024-10-27T01:00Z'))
    expect(nextZoneChange(at('2024-06-01'), 'Asia/Tokyo')).toBeUndefined()
    expect([at('2024-01-15'), at('2024-07-15')].map((time) => isDaylightSaving(time, 'America/Chicago'))).toEqual([false, true])
    expect([at('2024-01-15'), at('2024-07-15')].map((time) => isDaylightSaving(time, 'Australia/Sydney'))).toEqual([true, false])
    expect(isDaylightSaving(at('2024-07-15'), 'UTC')).toBe(false)
  })

  it('refuse names that are none', () => {
    expect(isZone('Europe/Paris')).toBe(true)
    expect(isZone('Mars/Olympus')).toBe(false)
    expect(() => localTime(at('2024-01-01'), 'Mars/Olympus')).toThrow(/no time zone/)
  })
})

describe('funding', () => {
  it.each([1, 2, 4, 8])('is paid every %i hours from midnight', (hours) => {
    const schedule = everyHours(hours)
    fc.assert(
      fc.property(moment, (time) => {
        const [next, previous] = [nextFunding(schedule, time), previousFunding(schedule, time)]
        expect(next % (hours * HOUR)).toBe(0)
        expect(next - time).toBe(untilFunding(schedule, time))
        expect(next === previous ? isFundingTime(schedule, time) : next - previous === hours * HOUR).toBe(true)
      }),
    )
    expect(fundingTimes(schedule, { from: at('2024-05-01'), to: at('2024-05-02') })).toHaveLength(24 / hours)
    expect(fundingsPerYear(schedule, at('2024-05-01'))).toBe((365 * 24) / hours)
  })

  it('follows a schedule that changes', () => {
    const schedule = fundingSchedule([
      { from: 0 as Micros, hours: 8 },
      { from: at('2024-05-01T09:00Z'), hours: 4 },
      { from: at('2024-05-01T17:00Z'), hours: 1 },
    ])
    const paid = fundingTimes(schedule, { from: at('2024-05-01'), to: at('2024-05-01T20:00Z') })
    expect(paid.map((time) => formatTime(time).slice(11, 13))).toEqual(['00', '08', '12', '16', '17', '18', '19'])
    paid.forEach((time, i) => {
      expect(previousFunding(schedule, time)).toBe(time)
      if (i > 0) expect(previousFunding(schedule, (time - 1) as Micros)).toBe(paid[i - 1])
    })
    expect(fundingHoursAt(schedule, at('2024-05-01T12:00Z'))).toBe(4)
  })

  it('refuses hours that do not divide a day, and periods out of order', () => {
    expect(() => everyHours(5)).toThrow(/does not divide/)
    expect(() => fundingSchedule([])).toThrow(/no period/)
    expect(() =>
      fundingSchedule([
        { from: 5 as Micros, hours: 8 },
        { from: 5 as Micros, hours: 4 },
      ]),
    ).toThrow(/does not begin after/)
  })
})

describe('sessions', () => {
  it('move with the clocks of their cities', () => {
    expect(sessionOn('us', at('2024-01-16T15:00Z'))).toEqual({ from: at('2024-01-16T14:30Z'), to: at('2024-01-16T21:00Z') })
    expect(sessionOn('us', at('2024-07-16T15:00Z'))).toEqual({ from: at('2024-07-16T13:30Z'), to: at('2024-07-16T20:00Z') })
    // The two weeks in which America has moved its clocks and Europe has not: an hour more together.
    expect(sessionOverlap('europe', 'us', at('2024-03-12'))).toEqual({
      from: at('2024-03-12T13:30Z'),
      to: at('2024-03-12T16:30Z'),
    })
    expect(sessionOverlap('europe', 'us', at('2024-01-16'))).toEqual({
      from: at('2024-01-16T14:30Z'),
      to: at('2024-01-16T16:30Z'),
    })
    expect(sessionOverlap('asia', 'us', at('2024-01-16'))).toBeUndefined()
  })

  it('are open when they say, and closed at weekends', () => {
    expect(sessionsAt(at('2024-01-16T15:00Z'))).toEqual(['europe', 'us'])
    expect(sessionsAt(at('2024-01-16T03:00Z'))).toEqual(['asia'])
    expect(sessionsAt(at('2024-01-13T15:00Z'))).toEqual([])
    fc.assert(
      fc.property(moment, fc.constantFrom('asia' as const, 'europe' as const, 'us' as const), (time, name) => {
        const opens = nextSessionOpen(name, time)
        expect(opens).toBeGreaterThanOrEqual(time)
        expect(opens - time).toBeLessThan(4 * DAY)
        expect(isInSession(name, opens)).toBe(true)
        expect(isInSession(name, (opens - 1) as Micros)).toBe(false)
      }),
      { numRuns: 40 },
    )
  })
})

describe('business days', () => {
  it('are counted forth and back', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 0, max: 40 }), (time, count) => {
        const start = businessDayFrom(time)
        const later = addBusinessDays(start, count)
        expect(isBusinessDay(later)).toBe(true)
        expect(businessDaysBetween(start, later)).toBe(count)
        expect(businessDaysBetween(later, start)).toBe(count === 0 ? 0 : -count)
        expect(addBusinessDays(later, -count)).toBe(start)
        expect(businessDayUpTo(time)).toBeLessThanOrEqual(time)
      }),
    )
    expect(addBusinessDays(at('2024-06-01'), 1)).toBe(at('2024-06-03'))
    expect(addBusinessDays(at('2024-06-01'), -1)).toBe(at('2024-05-31'))
  })

  it('leave out holidays', () => {
    const holiday = (day: Micros): boolean => !isCmeBusinessDay(day)
    expect(addBusinessDays(at('2024-12-24'), 1, holiday)).toBe(at('2024-12-26'))
    expect(() => businessDayFrom(at('2024-12-24'), () => true)).toThrow(/no business day/)
  })
})

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

describe('expiries', () => {
  it.each([
    [2024, 1, '2024-03-29T08:00Z', '240329'],
    [2024, 2, '2024-06-28T08:00Z', '240628'],
    [2025, 4, '2025-12-26T08:00Z', '251226'],
    [2026, 3, '2026-09-25T08:00Z', '260925'],
  ])('of quarter %i/%i', (year, quarter, text, suffix) => {
    expect(quarterlyExpiry(year, quarter)).toBe(at(text))
    expect(expirySuffix(quarterlyExpiry(year, quarter))).toBe(suffix)
  })

  it('follow one another', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 0, max: 9 }), (time, ahead) => {
        const [next, later] = [nextQuarterlyExpiry(time), nextQuarterlyExpiry(time, ahead)]
        expect(next).toBeGreaterThanOrEqual(time)
        expect(next - time).toBeLessThan(99 * DAY)
        expect(Math.round((later - next) / (91.3 * DAY))).toBe(ahead)
      }),
    )
    expect(cmeMonthlyExpiry(2024, 3)).toBe(at('2024-03-29T16:00Z'))
    expect(cmeMonthlyExpiry(2024, 6)).toBe(at('2024-06-28T15:00Z'))
  })
})

describe('schedules', () => {
  it('give the moments before and after', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 500 }), (time, minutes, offset) => {
        const schedule = { kind: 'every', step: (minutes * MINUTE) as Duration, offset: offset * MINUTE } as const
        const [before, after] = [previousOf(schedule, time), nextOf(schedule, time)]
        expect(before).toBeLessThanOrEqual(time)
        expect(after).toBeGreaterThanOrEqual(time)
        expect(after - before === 0 || after - before === minutes * MINUTE).toBe(true)
      }),
    )
  })

  it('keep to the local clock across its changes', () => {
    const schedule = { kind: 'daily', zone: 'America/New_York', hour: 9, minute: 30 } as const
    const days = momentsOf(schedule, { from: at('2024-03-08'), to: at('2024-03-13') })
    expect(days.map((time) => formatTime(time).slice(5, 16))).toEqual([
      '03-08T14:30',
      '03-09T14:30',
      '03-10T13:30',
      '03-11T13:30',
      '03-12T13:30',
    ])
    expect(previousOf(schedule, days[2])).toBe(days[2])
    expect(() => nextOf({ kind: 'every', step: 0 as Duration }, at('2024-01-01'))).toThrow(/cannot repeat/)
  })
})

describe('another clock', () => {
  it('is off by no more than said, whatever the delays', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.array(fc.tuple(fc.nat(500_000), fc.nat(500_000)), { minLength: 1 }),
        (offset, delays) => {
          const samples = delays.map(([there, back], i) => ({
            sent: (i * 10_000_000) as Micros,
            theirs: (i * 10_000_000 + there + offset) as Micros,
            received: (i * 10_000_000 + there + back) as Micros,
          }))
          const skew = estimateClockSkew(samples)
          expect(Math.abs(skew.offset - offset)).toBeLessThanOrEqual(skew.uncertainty)
          expect(skew.uncertainty).toBe(Math.min(...delays.map(([there, back]) => (there + back) / 2)))
        },
      ),
    )
    expect(() => estimateClockSkew([])).toThrow(/no answer/)
  })
})
