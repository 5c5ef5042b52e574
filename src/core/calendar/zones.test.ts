/** Time zones: there and back, and the days on which clocks change. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatIn,
  formatTime,
  fromLocal,
  HOUR,
  isDaylightSaving,
  isZone,
  lengthOfDayIn,
  localTime,
  type Micros,
  MINUTE,
  nextZoneChange,
  parseTime,
  startOfDayIn,
  weekday,
  weekdayIn,
  zoneOffset,
} from './index.ts'

const at = (text: string): Micros => parseTime(text)
/** Any minute from 1970 to 2099. */
const moment = fc.integer({ min: 0, max: 68_374_079 }).map((minutes) => (minutes * MINUTE) as Micros)
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
