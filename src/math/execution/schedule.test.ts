/** Laws of schedules: whole lots add up exactly, caps are kept, and without caps nothing changes. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AlmgrenChrissTask, optimalTrajectory } from './almgren-chriss.ts'
import { participationSchedule, roundToLots } from './schedule.ts'

const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })
const task = (quantity: number, steps: number, riskAversion: number): AlmgrenChrissTask => ({
  quantity,
  horizon: 5,
  steps,
  volatility: 0.95,
  temporaryImpact: 2.5e-6,
  permanentImpact: 2.5e-7,
  riskAversion,
})
const lots = fc.constantFrom(1, 0.1, 0.01, 0.001, 1e-8, 0.25, 5)

describe('rounding to lots', () => {
  it('adds up to X exactly, keeps the sign, and is never off by more than half a lot', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.integer({ min: 1, max: 60 }),
        lots,
        between(-9, -4),
        (count, steps, lot, power) => {
          const { trades } = optimalTrajectory(task(count * lot, steps, 10 ** power))
          const schedule = roundToLots(trades, lot)
          expect(schedule.lots.reduce((a, b) => a + b, 0)).toBe(count)
          expect(schedule.remainder).toBe(0)
          let [whole, exact] = [0, 0]
          schedule.lots.forEach((each, k) => {
            whole += each
            exact += trades[k]
            expect(Number.isInteger(each)).toBe(true)
            expect(each * Math.sign(count)).toBeGreaterThanOrEqual(0)
            expect(Math.abs(whole - exact / lot)).toBeLessThanOrEqual(0.5 + 1e-6)
            expect(schedule.quantities[k]).toBe(each * lot)
          })
        },
      ),
    )
  })

  it('leaves what is less than a lot', () => {
    fc.assert(
      fc.property(fc.array(between(-100, 100), { minLength: 1, maxLength: 20 }), lots, (trades, lot) => {
        const schedule = roundToLots(trades, lot)
        const total = trades.reduce((a, b) => a + b, 0)
        const placed = schedule.lots.reduce((a, b) => a + b, 0) * lot
        expect(placed + schedule.remainder).toBeCloseTo(total, 6)
        expect(Math.abs(schedule.remainder)).toBeLessThanOrEqual(lot * (1 + 1e-9))
      }),
    )
    expect(roundToLots([0.6, 0.6, 0.6], 1)).toEqual({
      lots: Float64Array.of(1, 0, 0),
      quantities: Float64Array.of(1, 0, 0),
      remainder: expect.closeTo(0.8, 12) as number,
    })
  })
})

describe('participation', () => {
  const volumes = fc.array(between(0, 1000), { minLength: 1, maxLength: 30 })

  it('keeps every cap, and fills all that the caps allow', () => {
    fc.assert(
      fc.property(volumes, between(-3000, 3000), between(0.01, 1), between(-9, -2), (volume, quantity, share, power) => {
        const { trades, holdings, unfilled } = participationSchedule(task(quantity, volume.length, 10 ** power), volume, share)
        const able = volume.reduce((total, each) => total + each * share, 0)
        trades.forEach((trade, k) => {
          expect(Math.abs(trade)).toBeLessThanOrEqual(volume[k] * share)
          expect(trade * Math.sign(quantity)).toBeGreaterThanOrEqual(0)
          expect(holdings[k + 1]).toBeCloseTo(holdings[k] - trade, 9)
        })
        expect(Math.abs(unfilled)).toBeCloseTo(Math.max(0, Math.abs(quantity) - able), 6)
      }),
    )
  })

  it('changes nothing where no cap binds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), between(-1e6, 1e6), between(-9, -4), (steps, quantity, power) => {
        const own = task(quantity, steps, 10 ** power)
        const { trades, capped, unfilled } = participationSchedule(
          own,
          Array.from({ length: steps }, () => 1e9),
          0.5,
        )
        expect(capped).toBe(0)
        expect(unfilled).toBe(0)
        optimalTrajectory(own).trades.forEach((trade, k) =>
          expect(Math.abs(trade - trades[k])).toBeLessThanOrEqual(1e-300 + 1e-9 * Math.abs(quantity)),
        )
      }),
    )
  })
})
