/** A refit sees the past only. Pure. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refitInForce, refitWindow, type RefitSchedule } from './refit-schedule.ts'

const schedules: fc.Arbitrary<RefitSchedule> = fc
  .record({
    every: fc.integer({ min: 1, max: 30 }),
    minimumSample: fc.integer({ min: 1, max: 50 }),
    more: fc.integer({ min: -1, max: 60 }),
  })
  .map(({ every, minimumSample, more }) => ({
    every,
    minimumSample,
    ...(more < 0 ? {} : { window: minimumSample + more }),
  }))

describe('a schedule of refits', () => {
  it('never takes data after the bar, and takes enough', () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: 0, max: 400 }), (schedule, bar) => {
        const window = refitWindow(schedule, bar)
        if (window === undefined) return
        expect(window.to).toBe(bar + 1)
        expect(window.from).toBeGreaterThanOrEqual(0)
        expect(window.to - window.from).toBeGreaterThanOrEqual(schedule.minimumSample)
        if (schedule.window !== undefined) expect(window.to - window.from).toBeLessThanOrEqual(schedule.window)
      }),
    )
  })

  it('fits first at the smallest sample, then every so many bars', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const due = Array.from({ length: 300 }, (_, bar) => bar).filter((bar) => refitWindow(schedule, bar) !== undefined)
        expect(due[0]).toBe(schedule.minimumSample - 1)
        due.slice(1).forEach((bar, i) => expect(bar - due[i]).toBe(schedule.every))
      }),
    )
  })

  it('has the last fit in force that was due before the bar', () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: 0, max: 200 }), (schedule, bar) => {
        const due = Array.from({ length: bar }, (_, each) => each).filter((each) => refitWindow(schedule, each) !== undefined)
        expect(refitInForce(schedule, bar)).toBe(due.at(-1))
      }),
    )
  })

  it('refuses schedules that make no sense', () => {
    expect(() => refitWindow({ every: 0, minimumSample: 5 }, 1)).toThrow('a fit every 0 bars')
    expect(() => refitWindow({ every: 5, minimumSample: 5, window: 4 }, 1)).toThrow('a window of 4 bars')
    expect(() => refitWindow({ every: 5, minimumSample: 5 }, -1)).toThrow('no bar -1')
  })
})
