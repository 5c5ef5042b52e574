/** Sessions of the three continents across daylight saving. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DAY,
  isInSession,
  type Micros,
  MINUTE,
  nextSessionOpen,
  parseTime,
  sessionOn,
  sessionOverlap,
  sessionsAt,
} from './index.ts'

const at = (text: string): Micros => parseTime(text)
/** Any minute from 1970 to 2099. */
const moment = fc.integer({ min: 0, max: 68_374_079 }).map((minutes) => (minutes * MINUTE) as Micros)

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
