import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createClock, manualClock, systemClock } from './clock.ts'
import { SECOND, type Micros } from './time.ts'

describe('systemClock', () => {
  it('is near the wall and never goes back', () => {
    const before = Date.now() * 1_000
    let last = 0
    for (let i = 0; i < 10_000; i += 1) {
      const now = systemClock.now()
      expect(now).toBeGreaterThanOrEqual(last)
      expect(Number.isInteger(now)).toBe(true)
      last = now
    }
    expect(last).toBeGreaterThanOrEqual(before - 2_000)
    expect(last).toBeLessThanOrEqual(Date.now() * 1_000 + 5_000)
  })
})

describe('createClock', () => {
  const step = fc.record({
    steady: fc.integer({ min: 0, max: 5_000 }),
    jump: fc.oneof(fc.constant(0), fc.integer({ min: -60_000, max: 60_000 })),
  })

  it('never goes back and never runs slower than half speed, whatever the wall does', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        let steady = 0
        let wall = 1_700_000_000_000
        const clock = createClock({ wallMs: () => Math.floor(wall), steadyMs: () => steady })
        const first = clock.now()
        let last: number = first
        for (const { steady: micros, jump } of steps) {
          steady += micros / 1_000
          wall += micros / 1_000 + jump
          const now = clock.now()
          expect(now).toBeGreaterThanOrEqual(last)
          last = now
        }
        expect(last - first).toBeGreaterThanOrEqual(Math.floor((steady * 1_000) / 2) - steps.length - 1)
      }),
    )
  })

  it('catches up with a wall that was set forward, and with one set back after twice that time', () => {
    let steady = 0
    let wall = 1_000_000
    const clock = createClock({ wallMs: () => wall, steadyMs: () => steady })
    wall += 5_000
    expect(clock.now()).toBe(1_005_000_000)
    wall -= 1_000
    expect(clock.now()).toBe(1_005_000_000)
    for (let i = 0; i < 2_500; i += 1) {
      steady += 1
      wall += 1
      clock.now()
    }
    expect(clock.now()).toBe(wall * 1_000)
  })

  it('counts microseconds between the milliseconds of the wall', () => {
    let steady = 0
    const clock = createClock({ wallMs: () => 1_000 + Math.floor(steady), steadyMs: () => steady })
    const start = clock.now()
    steady = 0.25
    expect(clock.now() - start).toBe(250)
  })
})

describe('manualClock', () => {
  it('moves only forward and only in whole microseconds', () => {
    const clock = manualClock(5 as Micros)
    clock.advance(SECOND)
    expect(clock.now()).toBe(1_000_005)
    clock.set(2_000_000 as Micros)
    expect(clock.now()).toBe(2_000_000)
    expect(() => clock.set(1 as Micros)).toThrow(/may not go back/)
    expect(() => clock.advance(-1)).toThrow(/may not go back/)
    expect(() => clock.advance(0.5)).toThrow(/whole microseconds/)
  })
})
