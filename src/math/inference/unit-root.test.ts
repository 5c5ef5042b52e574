/** Unit-root and stationarity tests: what leaves them unchanged, plain recomputation, and how often they reject what is true. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import { leastSquares } from '../numerics/linear-algebra.ts'
import {
  dickeyFullerCritical,
  dickeyFullerGlsCritical,
  dickeyFullerGlsP,
  dickeyFullerP,
  dickeyFullerRhoCritical,
  dickeyFullerRhoP,
  type Trend,
} from './dickey-fuller-distribution.ts'
import { kpss } from './kpss.ts'
import { nestedFits, rowsOf } from './regression.ts'
import { augmentedDickeyFuller, dfGls, phillipsPerron } from './unit-root.ts'
import { varianceRatio } from './variance-ratio.ts'

const TRENDS: readonly Trend[] = ['n', 'c', 'ct', 'ctt']

function walk(seed: number, n: number, keep = 1): number[] {
  const chance = createPrng(seed)
  let level = 0
  return Array.from({ length: n }, () => (level = keep * level + chance.normal()))
}

const seeds = fc.integer({ min: 0, max: 10_000 })

describe('the Dickey-Fuller distributions', () => {
  it('have their levels at their critical values', () => {
    for (const [at, level] of [
      ['one', 0.01],
      ['five', 0.05],
      ['ten', 0.1],
    ] as const) {
      for (const trend of TRENDS) {
        for (const series of trend === 'n' ? [1] : [1, 2, 4, 6])
          expect(dickeyFullerP(dickeyFullerCritical(trend, 1e9, series)[at], trend, series)).toBeCloseTo(level, 2)
        expect(dickeyFullerRhoP(dickeyFullerRhoCritical(trend, 1e9)[at], trend)).toBeCloseTo(level, 2)
      }
      for (const trend of ['c', 'ct'] as const)
        expect(dickeyFullerGlsP(dickeyFullerGlsCritical(trend, 1e9)[at], trend)).toBeCloseTo(level, 2)
    }
  })

  it('rise with the statistic', () => {
    for (const trend of TRENDS) {
      let before = 0
      for (let tau = -15; tau < 5; tau += 0.05) {
        const p = dickeyFullerP(tau, trend)
        expect(p).toBeGreaterThanOrEqual(before - 0.002)
        before = p
      }
    }
    expect(() => dickeyFullerP(-3, 'c', 7)).toThrow(MathError)
    expect(() => dickeyFullerCritical('n', 100, 2)).toThrow(MathError)
  })
})

describe('nested fits', () => {
  it('are least squares on the first columns', () => {
    const chance = createPrng(6)
    const columns = Array.from({ length: 5 }, () => Float64Array.from({ length: 30 }, () => chance.normal()))
    const y = Float64Array.from({ length: 30 }, () => chance.normal())
    nestedFits(columns, y, 2).forEach(({ rss, lastRatio }, i) => {
      const p = i + 2
      const fit = leastSquares(rowsOf(columns.slice(0, p), 30), y)
      expect(rss).toBeCloseTo(fit.rss, 10)
      expect(lastRatio).toBeCloseTo(fit.coefficients[p - 1] / Math.sqrt((fit.rss / (30 - p)) * fit.inverseGram[p - 1][p - 1]), 9)
    })
    expect(nestedFits([columns[0], columns[1], columns[0]], y, 1)).toHaveLength(2)
  })
})

describe('unit-root tests', () => {
  it('do not change with the unit, nor with a shift or a line where these are in the model', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.constantFrom(1e-100, 0.01, 1e4, 1e100),
        (seed, shift, unit) => {
          const y = walk(seed, 60)
          const scaled = y.map((value) => value * unit)
          const shifted = y.map((value) => value + shift)
          const tilted = y.map((value, t) => value + shift + 0.3 * t)
          for (const lags of [0, 3, 'aic', 'bic', 't-stat'] as const) {
            expect(augmentedDickeyFuller(scaled, { lags, trend: 'n' }).statistic).toBeCloseTo(
              augmentedDickeyFuller(y, { lags, trend: 'n' }).statistic,
              7,
            )
            expect(augmentedDickeyFuller(shifted, { lags }).statistic).toBeCloseTo(
              augmentedDickeyFuller(y, { lags }).statistic,
              6,
            )
            expect(augmentedDickeyFuller(tilted, { lags, trend: 'ct' }).statistic).toBeCloseTo(
              augmentedDickeyFuller(y, { lags, trend: 'ct' }).statistic,
              5,
            )
          }
          expect(phillipsPerron(shifted).statistic).toBeCloseTo(phillipsPerron(y).statistic, 6)
          expect(dfGls(shifted, { lags: 2 }).statistic).toBeCloseTo(dfGls(y, { lags: 2 }).statistic, 6)
          expect(kpss(tilted, { trend: 'ct' }).statistic).toBeCloseTo(kpss(y, { trend: 'ct' }).statistic, 6)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('without lags and corrections are one and the same', () => {
    const y = walk(3, 80)
    const plain = augmentedDickeyFuller(y, { lags: 0 }).statistic
    const perron = phillipsPerron(y, { lags: 0 }).statistic
    // Phillips and Perron divide the short variance by n.
    expect(perron / plain).toBeCloseTo(1, 6)
  })

  it('choose the lag with the smallest criterion over the same rows', () => {
    const y = walk(12, 90)
    const most = 5
    const rows = y.length - 1 - most
    const dy = y.slice(1).map((value, t) => value - y[t])
    const criterion = Array.from({ length: most + 1 }, (_, lags) => {
      const x = Array.from({ length: rows }, (__, i) => [
        1,
        y[most + i],
        ...Array.from({ length: lags }, (___, k) => dy[most + i - k - 1]),
      ])
      return rows * Math.log(leastSquares(x, dy.slice(most)).rss / rows) + 2 * (lags + 2)
    })
    const best = criterion.indexOf(Math.min(...criterion))
    expect(augmentedDickeyFuller(y, { lags: 'aic', maxLags: most }).lags).toBe(best)
  })

  it('reject a random walk in about five of a hundred cases, and a series that comes back nearly always', () => {
    const share = (keep: number, test: (y: readonly number[]) => number): number => {
      let rejected = 0
      for (let seed = 0; seed < 100; seed++) if (test(walk(seed, 120, keep)) < 0.05) rejected += 1
      return rejected / 100
    }
    for (const test of [
      (y: readonly number[]) => augmentedDickeyFuller(y, { lags: 1 }).pValue,
      (y: readonly number[]) => phillipsPerron(y, { lags: 3 }).pValue,
      (y: readonly number[]) => dfGls(y, { lags: 1 }).pValue,
      (y: readonly number[]) => varianceRatio(y, { periods: 4 }).pValue,
    ]) {
      expect(share(1, test)).toBeLessThan(0.12)
      expect(share(0.5, test)).toBeGreaterThan(0.9)
    }
    expect(share(0.2, (y) => kpss(y).pValue)).toBeLessThan(0.12)
    expect(share(1, (y) => kpss(y).pValue)).toBeGreaterThan(0.8)
  })
})

describe('the variance ratio', () => {
  it('is the variance of overlapping sums over q times that of single steps', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 2, max: 6 }), (seed, q) => {
        const y = walk(seed, 50)
        const n = y.length - 1
        const mean = (y[n] - y[0]) / n
        let [short, long] = [0, 0]
        for (let t = 1; t <= n; t++) short += (y[t] - y[t - 1] - mean) ** 2
        for (let t = q; t <= n; t++) long += (y[t] - y[t - q] - q * mean) ** 2
        const plain = long / (n * q) / (short / n)
        expect(varianceRatio(y, { periods: q, debiased: false }).ratio).toBeCloseTo(plain, 10)
        const unbiased = long / (q * (n - q + 1) * (1 - q / n)) / (short / (n - 1))
        expect(varianceRatio(y, { periods: q }).ratio).toBeCloseTo(unbiased, 10)
        expect(varianceRatio(y, { periods: q, overlap: false }).pValue).toBeLessThanOrEqual(1)
      }),
    )
  })
})
