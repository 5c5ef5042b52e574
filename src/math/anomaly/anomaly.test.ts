/** Outlier detectors and control charts: their laws. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { solve } from '../numerics/linear-algebra.ts'
import { columnMeans, covarianceMatrix } from '../numerics/statistics.ts'
import { Cusum, cusumChart, ewmaChart } from './control-charts.ts'
import { expectedPathLength, isolationForest, isolationScores } from './isolation-forest.ts'
import { localOutlierFactors, mahalanobisDistances } from './multivariate.ts'
import { grubbsTest, hampelFilter, quartileFences, robustOutliers, robustScores } from './robust.ts'

const value = fc.double({ min: -10, max: 10, noNaN: true })
const values = fc.array(value, { minLength: 5, maxLength: 60 })
const whole = fc.array(fc.integer({ min: -80, max: 80 }), { minLength: 5, maxLength: 60 })
const rowsFrom = (seed: number, n: number, p: number): number[][] => {
  const prng = createPrng(seed)
  return Array.from({ length: n }, () => Array.from({ length: p }, () => prng.normal()))
}

describe('robust measures', () => {
  it('do not change with unit and origin', () => {
    fc.assert(
      fc.property(whole, fc.integer({ min: 1, max: 9 }), fc.integer({ min: -9, max: 9 }), (x, scale, shift) => {
        fc.pre(new Set(x).size > 1)
        const exact = x.map((each) => each / 8)
        const moved = exact.map((each) => each * scale + shift)
        expect(robustOutliers(moved, 2)).toEqual(robustOutliers(exact, 2))
        expect(quartileFences(moved).outliers).toEqual(quartileFences(exact).outliers)
        expect(robustScores(moved).fallback).toBe(robustScores(exact).fallback)
      }),
    )
  })

  it('find one wild value wherever it stands, and only it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 39 }), (at) => {
        const x = Array.from({ length: 40 }, (_, i) => (i === at ? 50 : Math.sin(i)))
        expect(robustOutliers(x)).toEqual([at])
        expect(quartileFences(x).outliers).toEqual([at])
        expect(grubbsTest(x)).toMatchObject({ index: at, isOutlier: true })
      }),
    )
  })

  it('fall back where more than half of the values are equal', () => {
    const { fallback, scores } = robustScores([1, 1, 1, 1, 1, 1, 2])
    expect(fallback).toBe(true)
    expect(scores[6]).toBeGreaterThan(3.5)
  })

  it('trailing, Hampel does not look ahead', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 59 }), (x, cut) => {
        const whole = hampelFilter(x, { halfWindow: 3, window: 'trailing' })
        const prefix = hampelFilter(x.slice(0, cut), { halfWindow: 3, window: 'trailing' })
        expect(prefix.outliers).toEqual(whole.outliers.filter((i) => i < cut))
      }),
    )
  })
})

describe('control charts', () => {
  it('say the same value by value, also when put away in between', () => {
    fc.assert(
      fc.property(values, fc.nat(59), (z, cut) => {
        const { up, alarms } = cusumChart(z, { threshold: 3, reset: true })
        let filter = new Cusum({ threshold: 3, reset: true })
        const found: number[] = []
        z.forEach((each, i) => {
          if (i === cut) {
            const again = new Cusum({ threshold: 3, reset: true })
            again.restore(filter.snapshot())
            filter = again
          }
          if (filter.update(each)) found.push(i)
          expect(filter.up).toBe(up[i])
        })
        expect(found).toEqual(alarms)
      }),
    )
  })

  it('mirror when the values do', () => {
    fc.assert(
      fc.property(values, (z) => {
        const [there, back] = [cusumChart(z), cusumChart(z.map((each) => -each))]
        expect(there.up).toEqual(back.down)
        expect(there.alarms).toEqual(back.alarms)
        expect(ewmaChart(z).alarms).toEqual(ewmaChart(z.map((each) => -each)).alarms)
      }),
    )
  })

  it('have a band that widens to its end', () => {
    const { limit } = ewmaChart(
      Array.from({ length: 200 }, () => 0),
      0.2,
      3,
    )
    for (let i = 1; i < 200; i++) expect(limit[i]).toBeGreaterThanOrEqual(limit[i - 1])
    expect(limit[199]).toBeCloseTo(3 * Math.sqrt(0.2 / 1.8), 12)
  })
})

describe('among rows', () => {
  it('distances are those of the solved system, and sum to (n - 1) p', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 6, max: 30 }), fc.integer({ min: 1, max: 4 }), (seed, n, p) => {
        const rows = rowsFrom(seed, n, p)
        const { squared, pValues } = mahalanobisDistances(rows)
        const [covariance, means] = [covarianceMatrix(rows), columnMeans(rows)]
        rows.forEach((row, i) => {
          const gap = row.map((each, j) => each - means[j])
          const solved = solve(covariance, gap)
          expect(squared[i]).toBeCloseTo(
            gap.reduce((total, g, j) => total + g * solved[j], 0),
            7,
          )
        })
        expect(squared.reduce((a, b) => a + b, 0)).toBeCloseTo((n - 1) * p, 6)
        expect(pValues.every((each) => each >= 0 && each <= 1)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('density and isolation agree on a row far out, whatever the order', () => {
    const rows = [...rowsFrom(3, 60, 2), [9, -9]]
    const lof = localOutlierFactors(rows, 10)
    const scores = isolationScores(isolationForest(rows, createPrng(1)), rows)
    for (const each of [lof, scores]) expect(each.indexOf(Math.max(...each))).toBe(60)
    const turned = rows.toReversed()
    const back = localOutlierFactors(turned, 10)
    lof.forEach((each, i) => expect(back[60 - i]).toBeCloseTo(each, 10))
  })

  it('the forest is the same for the same seed, and scores lie between 0 and 1', () => {
    const rows = rowsFrom(5, 40, 3)
    const grow = (seed: number): Float64Array =>
      isolationScores(isolationForest(rows, createPrng(seed), { trees: 20, sample: 16 }), rows)
    expect(grow(1)).toEqual(grow(1))
    expect(grow(1)).not.toEqual(grow(2))
    expect(grow(1).every((each) => each > 0 && each < 1)).toBe(true)
  })

  it('expects the path a balanced tree would have, about', () => {
    expect(expectedPathLength(2)).toBe(1)
    for (const n of [16, 256, 4096]) expect(Math.abs(expectedPathLength(n) - 2 * Math.log(n))).toBeLessThan(1)
  })
})
