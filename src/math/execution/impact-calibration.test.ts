/** Calibration of the square-root law: what was put in is found again, the prior holds as long as it should, intervals cover. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { leastSquares } from '../numerics/linear-algebra.ts'
import { squareRootImpact } from './impact.ts'
import {
  calibrateImpact,
  calibrateImpactCoefficient,
  calibrateImpactRidge,
  impactError,
  type ImpactFills,
  impactInterval,
  impactModel,
} from './impact-calibration.ts'

function fills(seed: number, count: number, coefficient: number, exponent: number, noise: number): ImpactFills {
  const prng = createPrng(seed)
  const quantity = Array.from({ length: count }, () => 10 ** (3 * prng.float()))
  const volume = quantity.map(() => 1e4 * (1 + prng.float()))
  const volatility = quantity.map(() => 0.02 + 0.03 * prng.float())
  const impact = quantity.map(
    (q, i) => squareRootImpact(q, volume[i], volatility[i], { coefficient, exponent }) * Math.exp(noise * prng.normal()),
  )
  return { quantity, volume, volatility, impact }
}

const seeds = fc.integer({ min: 1, max: 1e6 })
const between = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true })

describe('calibration', () => {
  it('finds the law without noise exactly, by every method', () => {
    fc.assert(
      fc.property(seeds, between(0.3, 2), between(0.2, 0.9), (seed, coefficient, exponent) => {
        const own = fills(seed, 20, coefficient, exponent, 0)
        expect(calibrateImpact(own).coefficient).toBeCloseTo(coefficient, 9)
        expect(calibrateImpact(own).exponent).toBeCloseTo(exponent, 9)
        expect(calibrateImpactRidge(own, [0, 1]).exponent).toBeCloseTo(exponent, 9)
        expect(calibrateImpactRidge(own, [0, 1]).penalty).toBe(0)
        for (const method of ['ols', 'median'] as const)
          expect(calibrateImpactCoefficient(own, { exponent, method })).toBeCloseTo(coefficient, 9)
        expect(calibrateImpactCoefficient(own, { exponent, method: 'ridge', prior: coefficient })).toBeCloseTo(coefficient, 9)
      }),
    )
  })

  it('is ordinary least squares, and ridge has its leave-one-out errors by refitting', () => {
    fc.assert(
      fc.property(seeds, between(0, 20), (seed, penalty) => {
        const own = fills(seed, 9, 0.9, 0.5, 0.5)
        const x = own.quantity as number[]
        const rows = x.map((q, i) => [1, Math.log(q / own.volume[i])])
        const y = x.map((_, i) => Math.log(own.impact[i] / own.volatility[i]))
        const { coefficients } = leastSquares(rows, y)
        expect(calibrateImpact(own).logCoefficient).toBeCloseTo(coefficients[0], 9)
        expect(calibrateImpact(own).exponent).toBeCloseTo(coefficients[1], 9)
        let total = 0
        for (let left = 0; left < x.length; left++) {
          const without = (column: ArrayLike<number>): number[] => Array.from(column).filter((_, i) => i !== left)
          const rest = calibrateImpactRidge(
            {
              quantity: without(own.quantity),
              volume: without(own.volume),
              volatility: without(own.volatility),
              impact: without(own.impact),
            },
            [penalty],
          )
          total += (y[left] - rest.logCoefficient - rest.exponent * rows[left][1]) ** 2
        }
        expect(calibrateImpactRidge(own, [penalty]).scores[0]).toBeCloseTo(total / x.length, 8)
      }),
      { numRuns: 30 },
    )
  })

  it('keeps the prior until there are enough fills above the noise', () => {
    const few = fills(3, 49, 0.7, 0.5, 0.1)
    expect(impactModel(few, { noise: 0 })).toEqual({ coefficient: 1, exponent: 0.5, count: 49, calibrated: false })
    const enough = impactModel(fills(3, 50, 0.7, 0.5, 0.1), { noise: 0 })
    expect(enough.calibrated).toBe(true)
    expect(Math.abs(enough.coefficient - 0.7)).toBeLessThan(0.05)
    expect(impactModel(fills(3, 300, 0.7, 0.5, 0.1)).count).toBeLessThan(300)
    expect(impactModel({ quantity: [], volume: [], volatility: [], impact: [] }).coefficient).toBe(1)
  })

  it('has intervals that cover what was put in about as often as they say, the same for the same seed', () => {
    let covered = 0
    for (let seed = 1; seed <= 60; seed++) {
      const { lower, upper } = impactInterval(
        fills(seed, 60, 0.8, 0.5, 0.3),
        createPrng(seed),
        { resamples: 100, confidence: 0.9 },
        (own) => calibrateImpactCoefficient(own, { method: 'median' }),
      )
      expect(lower).toBeLessThanOrEqual(upper)
      if (lower <= 0.8 && 0.8 <= upper) covered += 1
    }
    expect(covered).toBeGreaterThanOrEqual(46)
    const own = fills(1, 30, 1, 0.5, 0.4)
    expect(impactInterval(own, createPrng(5))).toEqual(impactInterval(own, createPrng(5)))
  })

  it('predicts better than nothing, and better calibrated than by a wrong prior', () => {
    const own = fills(11, 200, 0.5, 0.5, 0.2)
    const calibrated = impactError(own, 0.5, { noise: 0 })
    expect(calibrated.explained).toBeGreaterThan(0.8)
    expect(calibrated.rootMeanSquare).toBeLessThan(
      impactError(own, 0.5, { noise: 0, minimumFills: 1000, prior: 2 }).rootMeanSquare,
    )
    expect(calibrated.count).toBe(100)
  })
})
