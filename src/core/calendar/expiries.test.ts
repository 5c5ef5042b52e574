/** Expiries of dated futures. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cmeMonthlyExpiry,
  DAY,
  expirySuffix,
  type Micros,
  MINUTE,
  nextQuarterlyExpiry,
  parseTime,
  quarterlyExpiry,
} from './index.ts'

const at = (text: string): Micros => parseTime(text)
/** Any minute from 1970 to 2099. */
const moment = fc.integer({ min: 0, max: 68_374_079 }).map((minutes) => (minutes * MINUTE) as Micros)

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
