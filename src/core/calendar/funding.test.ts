/** Funding times: schedules that stay and schedules that change. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  everyHours,
  formatTime,
  fundingHoursAt,
  fundingSchedule,
  fundingsPerYear,
  fundingTimes,
  HOUR,
  isFundingTime,
  type Micros,
  MINUTE,
  nextFunding,
  parseTime,
  previousFunding,
  untilFunding,
} from './index.ts'

const at = (text: string): Micros => parseTime(text)
/** Any minute from 1970 to 2099. */
const moment = fc.integer({ min: 0, max: 68_374_079 }).map((minutes) => (minutes * MINUTE) as Micros)

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
