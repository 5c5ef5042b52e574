/** Recurring moments, and the estimate of another clock. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Duration,
  estimateClockSkew,
  formatTime,
  type Micros,
  MINUTE,
  momentsOf,
  nextOf,
  parseTime,
  previousOf,
} from './index.ts'

const at = (text: string): Micros => parseTime(text)
/** Any minute from 1970 to 2099. */
const moment = fc.integer({ min: 0, max: 68_374_079 }).map((minutes) => (minutes * MINUTE) as Micros)

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
