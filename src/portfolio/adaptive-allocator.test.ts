/** Shares of strategies: their sum stays, within floor and cap, slowly, and towards who does better. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { defaultsOf } from '../core/setting.ts'
import { AdaptiveAllocator } from './adaptive-allocator.ts'
import { PORTFOLIO_SETTINGS } from './settings.ts'

const VALUES = { ...defaultsOf(PORTFOLIO_SETTINGS), method: 'fixed', adaptive: true } as const

it('keep their sum, floor, cap and step', () => {
  const result = fc.double({ min: -50, max: 50, noNaN: true })
  fc.assert(
    fc.property(fc.array(fc.tuple(result, result, result), { maxLength: 80 }), (days) => {
      const configured = [0.5, 0.3, 0.1]
      const allocator = new AdaptiveAllocator(VALUES, configured)
      const shares = (): number[] => configured.map((_, i) => allocator.share(i))
      for (const day of days) {
        const before = shares()
        allocator.onDay(day, 1_000)
        const after = shares()
        expect(after.reduce((sum, each) => sum + each, 0)).toBeCloseTo(0.9, 9)
        after.forEach((each, i) => {
          expect(each).toBeGreaterThanOrEqual(configured[i] * VALUES.adaptiveFloor - 1e-12)
          expect(each).toBeLessThanOrEqual(configured[i] * VALUES.adaptiveCap + 1e-12)
          expect(Math.abs(each - before[i])).toBeLessThanOrEqual(VALUES.adaptiveStep + 1e-12)
        })
      }
    }),
    { numRuns: 40 },
  )
})

const run = (allocator: AdaptiveAllocator): void => {
  for (let day = 0; day < 100; day++) allocator.onDay([day % 2 ? 12 : -4, day % 2 ? 4 : -12], 1_000)
}

it('go to who does better, and stay as configured when switched off', () => {
  const [on, off] = [VALUES, { ...VALUES, adaptive: false }].map((values) => new AdaptiveAllocator(values, [0.5, 0.5]))
  run(on)
  run(off)
  expect(on.share(0)).toBeGreaterThan(0.6)
  expect(off.share(0)).toBe(0.5)
})

it('know nothing of the unit of money, and learn nothing without equity or without a position', () => {
  const [one, other] = [1, 1_024].map((unit) => {
    const allocator = new AdaptiveAllocator(VALUES, [0.5, 0.5])
    for (let day = 0; day < 20; day++) allocator.onDay([unit * (day % 3), unit * -(day % 2)], 500 * unit)
    return allocator
  })
  expect(one.snapshot()).toEqual(other.snapshot())
  const before = one.snapshot()
  one.onDay([5, 5], 0)
  expect(one.snapshot()).toEqual(before)
  one.onDay([0, 5], 500)
  expect(one.snapshot().means[0]).toBe(before.means[0])
})
