/** Autocorrelation, residual variance and forecast comparison against plain sums, and uniform p-values under the null hypothesis. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { autocorrelation } from '../numerics/autocorrelation.ts'
import { createPrng, type Prng } from '../../core/random.ts'
import { boxPierce, breuschGodfrey, durbinWatson, grangerCausality, ljungBox } from './autocorrelation-tests.ts'
import { dieboldMariano, powerLosses } from './diebold-mariano.ts'
import { archLm, breuschPagan, whiteTest } from './heteroskedasticity.ts'
import { andersonDarling, jarqueBera } from './normality.ts'
import { shapiroWilk } from './shapiro-wilk.ts'
import { longRunVariance } from './regression.ts'
import { runsTest } from './runs.ts'

const series = fc
  .array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 12, maxLength: 40 })
  .filter((x) => Math.max(...x) - Math.min(...x) > 1e-2)
const normals = (chance: Prng, n: number): number[] => Array.from({ length: n }, () => chance.normal())
const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length

function distanceFromUniform(draw: (chance: Prng) => number, draws = 300): number {
  const chance = createPrng(21)
  const p = Float64Array.from({ length: draws }, () => draw(chance)).sort()
  return p.reduce((worst, value, i) => Math.max(worst, (i + 1) / draws - value, value - i / draws), 0)
}

describe('autocorrelation', () => {
  it('Ljung-Box is above Box-Pierce, and both their sums', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 6 }), (x, lags) => {
        const rho = autocorrelation(x, lags)
        const n = x.length
        let [box, ljung] = [0, 0]
        for (let k = 1; k <= lags; k++) {
          box += n * rho[k] ** 2
          ljung += (n * (n + 2) * rho[k] ** 2) / (n - k)
        }
        expect(boxPierce(x, { lags }).statistic).toBeCloseTo(box, 9)
        expect(ljungBox(x, { lags }).statistic).toBeCloseTo(ljung, 9)
        expect(ljungBox(x, { lags }).pValue).toBeLessThanOrEqual(boxPierce(x, { lags }).pValue)
        if (lags > 1) expect(ljungBox(x, { lags, fitted: 1 }).pValue).toBeLessThanOrEqual(ljungBox(x, { lags }).pValue)
      }),
    )
  })

  it('Durbin-Watson lies between 0 and 4, and is about 2 (1 - r)', () => {
    fc.assert(
      fc.property(series, (x) => {
        const centred = x.map((value) => value - mean(x))
        const found = durbinWatson(centred)
        expect(found).toBeGreaterThanOrEqual(0)
        expect(found).toBeLessThanOrEqual(4)
        const ends = (centred[0] ** 2 + centred[x.length - 1] ** 2) / centred.reduce((a, b) => a + b * b, 0)
        expect(found).toBeCloseTo(2 * (1 - autocorrelation(x, 1)[1]) - ends, 8)
      }),
    )
  })

  it('the long-run variance with Bartlett weights is never below zero', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 0, max: 15 }), (x, lags) => {
        expect(longRunVariance(x, lags)).toBeGreaterThanOrEqual(-1e-9)
      }),
    )
  })

  it('tests have uniform p-values when there is none', () => {
    // The 1 % point of the distance for 300 draws is about 0.094.
    const design = (chance: Prng): number[][] => normals(chance, 60).map((x) => [1, x])
    expect(distanceFromUniform((chance) => ljungBox(normals(chance, 80), { lags: 4 }).pValue)).toBeLessThan(0.1)
    expect(distanceFromUniform((chance) => breuschGodfrey(design(chance), normals(chance, 60), 2).fPValue)).toBeLessThan(0.1)
    expect(distanceFromUniform((chance) => grangerCausality(normals(chance, 60), normals(chance, 60), 2).pValue)).toBeLessThan(
      0.1,
    )
    expect(distanceFromUniform((chance) => runsTest(normals(chance, 100)).pValue)).toBeLessThan(0.12)
    expect(distanceFromUniform((chance) => breuschPagan(normals(chance, 60), design(chance)).fPValue)).toBeLessThan(0.13)
    expect(distanceFromUniform((chance) => shapiroWilk(normals(chance, 30)).pValue)).toBeLessThan(0.1)
    expect(distanceFromUniform((chance) => andersonDarling(normals(chance, 40)).pValue)).toBeLessThan(0.1)
  })

  it('tests find what is there', () => {
    const chance = createPrng(5)
    const shocks = normals(chance, 400)
    let level = 0
    const persistent = shocks.map((shock) => (level = 0.5 * level + shock))
    expect(ljungBox(persistent, { lags: 5 }).pValue).toBeLessThan(1e-6)
    expect(runsTest(persistent).statistic).toBeLessThan(-3)
    const later = shocks.map((_, t) => (t > 0 ? shocks[t - 1] : 0) + chance.normal())
    expect(grangerCausality(later, shocks, 1).pValue).toBeLessThan(1e-6)
    expect(grangerCausality(shocks, later, 1).pValue).toBeGreaterThan(0.001)
    let scale = 1
    const clustered = shocks.map((shock) => {
      const value = Math.sqrt(scale) * shock
      scale = 0.3 + 0.7 * value * value
      return value
    })
    expect(archLm(clustered, 3).pValue).toBeLessThan(1e-4)
    expect(jarqueBera(clustered).pValue).toBeLessThan(1e-4)
    expect(shapiroWilk(clustered).pValue).toBeLessThan(1e-4)
    expect(andersonDarling(clustered).pValue).toBeLessThan(1e-3)
    const x = normals(chance, 400)
    const wider = x.map((value) => chance.normal() * (1 + value * value))
    expect(
      whiteTest(
        wider,
        x.map((value) => [1, value]),
      ).pValue,
    ).toBeLessThan(1e-4)
  })
})

describe('Shapiro-Wilk', () => {
  it('has the published statistic, and its two precisions agree to six digits', () => {
    // R: shapiro.test of these twenty values prints W = 0.90047, p-value = 0.04209.
    const x = [
      0.11, 7.87, 4.61, 10.14, 7.95, 3.14, 0.46, 4.43, 0.21, 4.75, 0.71, 1.52, 3.24, 0.93, 0.42, 4.97, 9.53, 4.55, 0.47, 6.66,
    ]
    expect(shapiroWilk(x).statistic).toBeCloseTo(0.90047, 5)
    expect(shapiroWilk(x).pValue).toBeCloseTo(0.04209, 5)
    for (const n of [3, 4, 5, 6, 11, 12, 50]) {
      const values = normals(createPrng(n), n)
      const [double, single] = [shapiroWilk(values), shapiroWilk(values, { precision: 'single' })]
      expect(single.statistic).toBeCloseTo(double.statistic, 5)
      expect(single.pValue).toBeCloseTo(double.pValue, 3)
      expect(shapiroWilk(values.map((value) => 5 - 3 * value)).statistic).toBeCloseTo(double.statistic, 10)
    }
  })
})

describe('Diebold-Mariano', () => {
  const pairs = fc.array(fc.tuple(fc.double({ min: 0, max: 10, noNaN: true }), fc.double({ min: 0, max: 10, noNaN: true })), {
    minLength: 10,
    maxLength: 40,
  })

  it('turns around with the forecasts, and its correction makes it smaller', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 1, max: 3 }), (both, horizon) => {
        const differences = both.map(([a, b]) => a - b)
        fc.pre(Math.max(...differences) - Math.min(...differences) > 1e-2)
        const [a, b] = [both.map(([x]) => x), both.map(([, y]) => y)]
        const options = { horizon, kernel: 'bartlett' } as const
        const there = dieboldMariano(a, b, options)
        const back = dieboldMariano(b, a, options)
        expect(there.statistic).toBeCloseTo(-back.statistic, 9)
        expect(there.pValue).toBeCloseTo(back.pValue, 12)
        expect(Math.abs(there.statistic)).toBeLessThanOrEqual(Math.abs(there.uncorrected))
        const greater = dieboldMariano(a, b, { ...options, alternative: 'greater' }).pValue
        const less = dieboldMariano(a, b, { ...options, alternative: 'less' }).pValue
        expect(greater + less).toBeCloseTo(1, 12)
      }),
    )
  })

  it('at one step is a t-test of the differences', () => {
    const [a, b] = [
      [1, 4, 2, 8, 5, 7],
      [2, 1, 3, 3, 4, 1],
    ]
    const d = a.map((value, i) => value - b[i])
    const spread = Math.sqrt(d.reduce((sum, value) => sum + (value - mean(d)) ** 2, 0) / 5)
    expect(dieboldMariano(a, b).statistic).toBeCloseTo(mean(d) / (spread / Math.sqrt(6)), 10)
    expect([...powerLosses([-2, 3], 2)]).toEqual([4, 9])
  })
})
