/** Laws of impact: odd in the sign, growing with size and volatility, and how it scales. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { powerLawImpact, squareRootImpact, toBasisPoints } from './impact.ts'

const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })
const close = (a: number, b: number): void =>
  expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-300 + 1e-12 * Math.max(Math.abs(a), Math.abs(b)))

describe('impact', () => {
  it('of a square root doubles with four times the size, and changes sign with the side', () => {
    fc.assert(
      fc.property(
        between(1e-3, 1e6),
        between(1, 1e9),
        between(0, 0.2),
        between(0.1, 2),
        (quantity, volume, volatility, coefficient) => {
          const once = squareRootImpact(quantity, volume, volatility, { coefficient })
          close(squareRootImpact(4 * quantity, volume, volatility, { coefficient }), 2 * once)
          expect(squareRootImpact(-quantity, volume, volatility, { coefficient }) + once).toBe(0)
          close(
            squareRootImpact(quantity, 2 * volume, 2 * volatility, { coefficient, exponent: 1 }),
            squareRootImpact(quantity, volume, volatility, { coefficient, exponent: 1 }),
          )
        },
      ),
    )
    expect(squareRootImpact(0, 100, 0.02)).toBe(0)
    expect(toBasisPoints(0.01)).toBe(100)
  })

  it('of power laws: realised is half the permanent and the temporary, slower is cheaper', () => {
    fc.assert(
      fc.property(
        between(-1e6, 1e6),
        between(1e3, 1e8),
        between(1, 1000),
        between(0.001, 0.2),
        between(0.01, 1),
        (quantity, dailyVolume, turns, volatility, days) => {
          const order = { quantity, dailyVolume, outstanding: dailyVolume * turns, volatility, days }
          const found = powerLawImpact(order)
          close(found.realised, found.permanent / 2 + found.temporary)
          const slower = powerLawImpact({ ...order, days: 2 * days })
          expect(slower.permanent).toBe(found.permanent)
          expect(Math.abs(slower.temporary)).toBeLessThanOrEqual(Math.abs(found.temporary))
          expect(powerLawImpact({ ...order, quantity: -quantity }).realised + found.realised).toBe(0)
        },
      ),
    )
  })
})
