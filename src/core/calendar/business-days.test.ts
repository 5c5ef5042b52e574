/** Business days, counted forth and back. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addBusinessDays,
  businessDayFrom,
  businessDaysBetween,
  businessDayUpTo,
  isBusinessDay,
  isCmeBusinessDay,
  type Micros,
  MINUTE,
  parseTime,
} from './index.ts'

const at = (text: string): Micros => parseTime(text)
/** Any minute from 1970 to 2099. */
const moment = fc.integer({ min: 0, max: 68_374_079 }).map((minutes) => (minutes * MINUTE) as Micros)

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
