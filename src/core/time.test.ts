import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addMonths,
  after,
  barEnd,
  barStart,
  civilFromDays,
  civilOf,
  DAY,
  dayNumber,
  daysFromCivil,
  floorTo,
  formatDate,
  formatDuration,
  formatMinute,
  formatTime,
  fromMs,
  HOUR,
  intervalOf,
  INTERVALS,
  isInterval,
  MINUTE,
  parseDuration,
  parseTime,
  SECOND,
  startOfDay,
  startOfMonth,
  startOfQuarter,
  startOfWeek,
  startOfYear,
  toMs,
  weekday,
  type Duration,
  type Micros,
} from './time.ts'

const MS_A_DAY = 86_400_000
/** Moments that `Date` and four-digit years both know, 0001 to 9999 is far beyond what a double of microseconds holds exactly. */
const moments = fc
  .integer({ min: Date.UTC(1700, 0, 1), max: Date.UTC(2255, 0, 1) })
  .chain((ms) => fc.nat(999).map((us) => (ms * 1_000 + us) as Micros))

describe('calendar', () => {
  it('agrees with Date on every day from 1696 to 2243, both ways', () => {
    for (let days = -100_000; days <= 100_000; days += 1) {
      const date = new Date(days * MS_A_DAY)
      const civil = civilFromDays(days)
      if (civil.year !== date.getUTCFullYear() || civil.month !== date.getUTCMonth() + 1 || civil.day !== date.getUTCDate())
        expect.fail(`day ${days} is ${JSON.stringify(civil)}, Date says ${date.toISOString()}`)
      if (daysFromCivil(civil.year, civil.month, civil.day) !== days)
        expect.fail(`${JSON.stringify(civil)} is not day ${days} again`)
      if (weekday((days * DAY) as Micros) !== (date.getUTCDay() + 6) % 7) expect.fail(`weekday of day ${days}`)
    }
  })

  it('edges of day, week, month, quarter and year agree with Date', () => {
    fc.assert(
      fc.property(moments, (time) => {
        const date = new Date(toMs(time))
        const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
        expect(civilOf(time)).toEqual({ year, month: month + 1, day })
        expect(toMs(startOfDay(time))).toBe(Date.UTC(year, month, day))
        expect(toMs(startOfWeek(time))).toBe(Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7)))
        expect(toMs(startOfMonth(time))).toBe(Date.UTC(year, month, 1))
        expect(toMs(startOfQuarter(time))).toBe(Date.UTC(year, month - (month % 3), 1))
        expect(toMs(startOfYear(time))).toBe(Date.UTC(year, 0, 1))
        expect(dayNumber(time)).toBe(Math.floor(date.getTime() / MS_A_DAY))
      }),
    )
  })

  it('adds months over years in both directions', () => {
    fc.assert(
      fc.property(moments, fc.integer({ min: -600, max: 60 }), (time, count) => {
        const date = new Date(toMs(time))
        expect(toMs(addMonths(time, count))).toBe(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1))
      }),
    )
  })
})

describe('texts of moments', () => {
  it('parse(format(t)) = t, and milliseconds are written as Date does', () => {
    fc.assert(
      fc.property(moments, (time) => {
        expect(parseTime(formatTime(time))).toBe(time)
        expect(formatTime(fromMs(toMs(time)))).toBe(new Date(toMs(time)).toISOString())
        expect(parseTime(formatMinute(time))).toBe(floorTo(time, MINUTE))
        expect(parseTime(formatDate(time))).toBe(startOfDay(time))
      }),
    )
  })

  it('understands offsets, short forms and midnight at the end of a day', () => {
    const noon = parseTime('2024-02-29T12:00Z')
    expect(noon).toBe(fromMs(Date.UTC(2024, 1, 29, 12)))
    for (const text of [
      '2024-02-29 12:00',
      '2024-02-29T12:00:00.000Z',
      '2024-02-29T14:00+02:00',
      '2024-02-29T07:30-0430',
      ' 2024-02-29T12:00 ',
    ])
      expect(parseTime(text)).toBe(noon)
    expect(parseTime('2024-05')).toBe(fromMs(Date.UTC(2024, 4, 1)))
    expect(parseTime('2024-02-28T24:00Z')).toBe(parseTime('2024-02-29'))
    expect(parseTime('2024-02-29T12:00:00.000001Z')).toBe(after(noon, 1))
  })

  it('refuses days that do not exist and texts that are no time', () => {
    for (const text of [
      '2023-02-29',
      '2024-13-01',
      '2024-00-01',
      '2024-04-31',
      '2024-01-00',
      '2024-01-01T24:01',
      '2024-01-01T12:60',
      '2024-01-01T12:00:60',
      '2024',
      'now',
      '',
    ])
      expect(() => parseTime(text, '--from')).toThrow(/--from is '.*', which is no ISO 8601 time/)
  })
})

describe('durations', () => {
  it('reads what it should', () => {
    expect([
      parseDuration('250ms'),
      parseDuration('1.5h'),
      parseDuration('7d'),
      parseDuration('2w'),
      parseDuration('3us'),
    ]).toEqual([250_000, 1.5 * HOUR, 7 * DAY, 14 * DAY, 3])
    for (const text of ['', '5', 'm', '-5m', '5 m', '1e3s', '1M', '9999999999w'])
      expect(() => parseDuration(text)).toThrow(/is no duration/)
  })

  it('writes the two units that matter', () => {
    expect(formatDuration(3 * DAY + 4 * HOUR + 5 * MINUTE)).toBe('3d 4h')
    expect(formatDuration(250_000)).toBe('250ms')
    expect(formatDuration(0)).toBe('0s')
    expect(formatDuration(-90 * SECOND)).toBe('-1m 30s')
    expect(formatDuration(DAY + SECOND)).toBe('1d')
  })

  it('what is written in one unit is read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 23 }), fc.constantFrom('us', 'ms', 's', 'm', 'h', 'd'), (count, unit) => {
        const text = `${count}${unit}`
        expect(formatDuration(parseDuration(text))).toBe(text)
      }),
    )
  })
})

describe('bar intervals', () => {
  it.each(INTERVALS.map((interval) => [interval.name, interval] as const))(
    '%s: every moment is in exactly one bar',
    (_, interval) => {
      fc.assert(
        fc.property(moments, (time) => {
          const start = barStart(time, interval)
          const end = barEnd(start, interval)
          expect(start <= time && time < end).toBe(true)
          expect(barStart(start, interval)).toBe(start)
          expect(barStart(after(end, -1), interval)).toBe(start)
          expect(barStart(end, interval)).toBe(end)
          expect(barEnd(end, interval)).toBeGreaterThan(end)
          expect(end - start).toBe(
            interval.name === '1M'
              ? new Date(Date.UTC(civilOf(start).year, civilOf(start).month, 0)).getUTCDate() * DAY
              : interval.length,
          )
        }),
      )
    },
  )

  it('opens weeks on Monday, months on the first, 3d bars counted from the epoch', () => {
    const thursday = parseTime('2024-02-29T13:07:09')
    expect(formatDate(barStart(thursday, intervalOf('1w')))).toBe('2024-02-26')
    expect(formatDate(barStart(thursday, intervalOf('1M')))).toBe('2024-02-01')
    expect(formatDate(barEnd(barStart(thursday, intervalOf('1M')), intervalOf('1M')))).toBe('2024-03-01')
    expect(dayNumber(barStart(thursday, intervalOf('3d'))) % 3).toBe(0)
    expect(formatTime(barStart(thursday, intervalOf('15m')))).toBe('2024-02-29T13:00:00.000Z')
    expect(formatTime(barStart(thursday, intervalOf('8h')))).toBe('2024-02-29T08:00:00.000Z')
  })

  it('are sorted, frozen, known by name', () => {
    expect(INTERVALS.map((interval) => interval.name)).toEqual([
      '1s',
      '1m',
      '3m',
      '5m',
      '15m',
      '30m',
      '1h',
      '2h',
      '4h',
      '6h',
      '8h',
      '12h',
      '1d',
      '3d',
      '1w',
      '1M',
    ])
    for (const [index, interval] of INTERVALS.entries()) {
      expect(intervalOf(interval.name)).toBe(interval)
      if (index > 0) expect(interval.length).toBeGreaterThan(INTERVALS[index - 1].length)
    }
    expect(intervalOf('1mo')).toBe(intervalOf('1M'))
    expect(isInterval('7m')).toBe(false)
    expect(() => intervalOf('7m')).toThrow(/no bar interval/)
  })

  it('floors toward the past before the epoch too', () => {
    expect(floorTo(-1 as Micros, 10 as Duration)).toBe(-10)
    expect(toMs(-1 as Micros)).toBe(-1)
  })
})
