/** Series: one pass equals many, order statistics by their definition, autocorrelations by theirs. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { autocorrelation, autocovariance, longRunVariance, neweyWestLags, partialAutocorrelation } from './autocorrelation.ts'
import { solve } from './linear-algebra.ts'
import { median, quantile, type QuantileType, ranks } from './quantile.ts'
import { RunningMoments } from './running.ts'
import { geometricMean, medianAbsoluteDeviation, sampleKurtosis, sampleSkewness, trimmedMean } from './shape.ts'
import { average, correlationOf, covariance, covarianceMatrix, deviation, variance } from './statistics.ts'

const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 4, maxLength: 40 })
const normals = (seed: number, n: number): number[] => {
  const prng = createPrng(seed)
  return Array.from({ length: n }, () => prng.normal())
}
const seeds = fc.integer({ min: 1, max: 1e9 })

describe('one value at a time', () => {
  it('is the batch at every prefix, and two halves are the whole', () => {
    fc.assert(
      fc.property(values, fc.nat({ max: 40 }), (x, split) => {
        const running = new RunningMoments()
        const halves = [new RunningMoments(), new RunningMoments()]
        x.forEach((value, i) => {
          running.add(value)
          halves[i < split ? 0 : 1].add(value)
          expect(running.mean).toBeCloseTo(average(x.slice(0, i + 1)), 9)
          if (i > 0) expect(running.variance()).toBeCloseTo(variance(x.slice(0, i + 1)), 7)
        })
        halves[0].merge(halves[1])
        expect(halves[0].count).toBe(x.length)
        expect(halves[0].mean).toBeCloseTo(average(x), 9)
        expect(halves[0].variance('population')).toBeCloseTo(variance(x, 'population'), 7)
      }),
    )
  })
  it('keeps its digits far from zero', () => {
    const running = new RunningMoments()
    for (const value of [4, 7, 13, 16]) running.add(1e9 + value)
    expect(running.variance()).toBeCloseTo(30, 6)
    expect(variance([4, 7, 13, 16].map((value) => 1e9 + value))).toBe(30)
  })
})

describe('order statistics', () => {
  it('lie where Hyndman and Fan put them', () => {
    const bend: Readonly<Record<number, (n: number, p: number) => number>> = {
      4: () => 0,
      5: () => 0.5,
      6: (_, p) => p,
      7: (_, p) => 1 - p,
      8: (_, p) => (p + 1) / 3,
      9: (_, p) => p / 4 + 3 / 8,
    }
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 4, max: 9 }), (x, p, type) => {
        const ascending = x.toSorted((a, b) => a - b)
        const n = x.length
        const position = n * p + bend[type](n, p)
        const j = Math.floor(position)
        const at = (k: number): number => ascending[Math.min(n, Math.max(1, k)) - 1]
        const expected = at(j) + (position - j) * (at(j + 1) - at(j))
        expect(Math.abs(quantile(x, p, type as QuantileType) - expected)).toBeLessThan(1e-9)
      }),
    )
  })
  it('that jump are values, from the lowest to the highest', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(1, 3), (x, p, type) => {
        expect(x).toContain(quantile(x, p, type as QuantileType) + 0)
        const share = x.filter((each) => each <= quantile(x, p, 1)).length / x.length
        expect(share).toBeGreaterThanOrEqual(p - 1e-12)
      }),
    )
    expect(quantile([1, 2, 3, 4], 0.5, 2)).toBe(2.5)
    expect(quantile([1, 2, 3], 0.5, 3)).toBe(2)
    expect(quantile([1, 2, 3], 0.5, 3, 'odd')).toBe(1)
  })
  it('never fall when p rises, and the median is the middle', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 9 }), (x, type) => {
        let before = -Infinity
        for (let p = 0; p <= 1; p += 0.05) {
          const now = quantile(x, p, type as QuantileType)
          expect(now).toBeGreaterThanOrEqual(before - 1e-12)
          before = now
        }
        expect(median(x)).toBeCloseTo(quantile(x, 0.5, 2), 9)
      }),
    )
  })
  it('ranks add up to n (n + 1) / 2 and follow the values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 20 }), (x) => {
        const r = ranks(x)
        expect(r.reduce((a, b) => a + b, 0)).toBeCloseTo((x.length * (x.length + 1)) / 2, 9)
        x.forEach((a, i) => x.forEach((b, j) => expect(Math.sign(a - b)).toBe(Math.sign(r[i] - r[j]))))
      }),
    )
  })
})

describe('moments', () => {
  it('do not change with units and origin where they should not', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.double({ min: 0.1, max: 100, noNaN: true }),
        fc.double({ min: -10, max: 10, noNaN: true }),
        (seed, unit, by) => {
          const x = normals(seed, 12)
          const y = x.map((value) => unit * value + by)
          for (const divisor of ['sample', 'population'] as const) {
            expect(sampleSkewness(y, divisor)).toBeCloseTo(sampleSkewness(x, divisor), 6)
            expect(sampleKurtosis(y, divisor)).toBeCloseTo(sampleKurtosis(x, divisor), 6)
            expect(deviation(y, divisor) / unit).toBeCloseTo(deviation(x, divisor), 8)
          }
          expect(medianAbsoluteDeviation(y) / unit).toBeCloseTo(medianAbsoluteDeviation(x), 8)
          expect((trimmedMean(y, 0.1) - by) / unit).toBeCloseTo(trimmedMean(x, 0.1), 7)
          expect(sampleKurtosis(x)).toBeGreaterThanOrEqual(1 + sampleSkewness(x) ** 2 - 1e-9)
          const grown = x.map(Math.exp)
          expect(geometricMean(grown)).toBeLessThanOrEqual(average(grown) + 1e-12)
        },
      ),
    )
  })
  it('of columns are those of pairs', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [x, y] = [normals(seed, 9), normals(seed + 1, 9)]
        const matrix = covarianceMatrix(x.map((value, i) => [value, y[i]]))
        expect(matrix[0][1]).toBeCloseTo(covariance(x, y), 12)
        expect(matrix[0][0]).toBeCloseTo(variance(x), 12)
        expect(Math.abs(correlationOf(matrix).correlation[1][0])).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('autocorrelation', () => {
  it('is its definition', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 5 }), (seed, lags) => {
        const x = normals(seed, 15)
        const mean = average(x)
        const c = autocovariance(x, lags)
        for (let k = 0; k <= lags; k++) {
          let total = 0
          for (let t = k; t < x.length; t++) total += (x[t] - mean) * (x[t - k] - mean)
          expect(c[k]).toBeCloseTo(total / x.length, 10)
          expect(autocovariance(x, lags, 'unbiased')[k]).toBeCloseTo(total / (x.length - k), 10)
          expect(autocorrelation(x, lags)[k]).toBeCloseTo(c[k] / c[0], 10)
        }
        expect(longRunVariance(x, lags)).toBeGreaterThanOrEqual(0)
        expect(longRunVariance(x, 0)).toBeCloseTo(variance(x, 'population'), 10)
      }),
    )
  })
  it('partial ones solve the equations of Yule and Walker', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 5 }), (seed, k) => {
        const x = normals(seed, 20)
        const r = autocorrelation(x, k)
        const toeplitz = Array.from({ length: k }, (_, i) => Array.from({ length: k }, (_, j) => r[Math.abs(i - j)]))
        expect(partialAutocorrelation(x, k)[k - 1]).toBeCloseTo(solve(toeplitz, r.slice(1))[k - 1], 8)
      }),
    )
  })
  it('takes lags that grow slowly', () => {
    expect([1, 2, 100, 1000].map((n) => neweyWestLags(n))).toEqual([0, 1, 4, 6])
  })
})
