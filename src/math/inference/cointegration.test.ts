/** Cointegration: pairs that belong together are found, walks that do not are not, and the eigenvalues do not depend on the basis. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { engleGranger, halfLife, johansen } from './cointegration.ts'
import { christoffersenTest, kupiecTest } from './var-backtest.ts'

function walk(seed: number, n: number, keep = 1): number[] {
  const chance = createPrng(seed)
  let level = 0
  return Array.from({ length: n }, () => (level = keep * level + chance.normal()))
}

describe('cointegration', () => {
  it('is found where a spread comes back, with its hedge ratio', () => {
    const x = walk(11, 400)
    const noise = walk(12, 400, 0.6)
    const y = x.map((value, t) => 5 + 1.5 * value + noise[t])
    const found = engleGranger(y, x)
    expect(found.pValue).toBeLessThan(0.001)
    expect(found.hedgeRatios[0]).toBeCloseTo(1.5, 1)
    expect(found.intercept).toBeCloseTo(5, 0)
    found.spread.forEach((value, t) => expect(value).toBeCloseTo(y[t] - found.intercept - found.hedgeRatios[0] * x[t], 8))
    expect(johansen(x.map((value, t) => [value, y[t]])).rank).toBe(1)
    expect(halfLife(found.spread).discrete).toBeCloseTo(Math.log(0.5) / Math.log(0.6), 0)
  })

  it('is not found between walks of their own, but for about five of a hundred', () => {
    let [pairs, ranks] = [0, 0]
    for (let seed = 0; seed < 60; seed++) {
      const [x, y] = [walk(2 * seed + 1_000, 120), walk(2 * seed + 1_001, 120)]
      if (engleGranger(y, x, { lags: 1 }).pValue < 0.05) pairs += 1
      if (johansen(x.map((value, t) => [value, y[t]])).rank > 0) ranks += 1
    }
    expect(pairs).toBeLessThan(10)
    expect(ranks).toBeLessThan(10)
  })

  it('of Johansen does not change when series are mixed, and its statistics add up', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000 }),
        fc.constantFrom('n' as const, 'c' as const, 'ct' as const),
        fc.integer({ min: 0, max: 3 }),
        (seed, trend, lags) => {
          const [x, y, z] = [walk(seed, 80), walk(seed + 5_000, 80), walk(seed + 9_000, 80, 0.7)]
          const plain = johansen(
            x.map((value, t) => [value, y[t], z[t]]),
            { trend, lags },
          )
          const mixed = johansen(
            x.map((value, t) => [3 * value, value - y[t], z[t] + 0.5 * y[t]]),
            { trend, lags },
          )
          plain.eigenvalues.forEach((value, k) => {
            expect(mixed.eigenvalues[k]).toBeCloseTo(value, 6)
            expect(value).toBeGreaterThanOrEqual(0)
            expect(value).toBeLessThan(1)
            if (k > 0) expect(value).toBeLessThanOrEqual(plain.eigenvalues[k - 1])
          })
          expect(plain.trace[0]).toBeCloseTo(
            plain.maximumEigenvalue.reduce((a, b) => a + b, 0),
            9,
          )
          expect(plain.trace[2]).toBeCloseTo(plain.maximumEigenvalue[2], 12)
        },
      ),
      { numRuns: 25 },
    )
  })

  it('half-lives are those of the autoregression', () => {
    for (const keep of [0.3, 0.8, 0.95]) {
      const found = halfLife(walk(4, 20_000, keep))
      expect(found.discrete / (Math.log(0.5) / Math.log(keep))).toBeCloseTo(1, 0)
      expect(found.discrete).toBeLessThan(found.continuous)
      expect(1 + found.slope).toBeCloseTo(keep, 1)
    }
  })
})

describe('backtests of value at risk', () => {
  const hits = fc.array(fc.boolean(), { minLength: 2, maxLength: 80 }).map((list) => list.map(Number))
  const rate = fc.double({ min: 0.005, max: 0.5, noNaN: true })

  it('add up, and are zero where the rate is met', () => {
    fc.assert(
      fc.property(hits, rate, (list, p) => {
        const found = christoffersenTest(list, p)
        const violations = list.reduce((a, b) => a + b, 0)
        expect(found.violations).toBe(violations)
        expect(found.conditional.statistic).toBeCloseTo(found.coverage.statistic + found.independence.statistic, 12)
        for (const { statistic, pValue } of [found.coverage, found.independence, found.conditional]) {
          expect(statistic).toBeGreaterThanOrEqual(0)
          expect(pValue).toBeGreaterThanOrEqual(0)
          expect(pValue).toBeLessThanOrEqual(1)
        }
        expect(kupiecTest(violations, list.length, p)).toEqual(found.coverage)
      }),
    )
    expect(kupiecTest(5, 100, 0.05).statistic).toBeCloseTo(0, 12)
  })

  it('are the likelihood ratios of the papers', () => {
    const plain = (x: number, n: number, p: number): number =>
      -2 * Math.log(((1 - p) ** (n - x) * p ** x) / ((1 - x / n) ** (n - x) * (x / n) ** x))
    expect(kupiecTest(7, 100, 0.05).statistic).toBeCloseTo(plain(7, 100, 0.05), 9)
    expect(kupiecTest(0, 100, 0.05).statistic).toBeCloseTo(-200 * Math.log(0.95), 9)
    expect(kupiecTest(3, 3, 0.05).statistic).toBeCloseTo(-6 * Math.log(0.05), 9)
    const clustered = Array.from({ length: 200 }, (_, t) => (t >= 100 && t < 110 ? 1 : 0))
    expect(christoffersenTest(clustered, 0.05).independence.pValue).toBeLessThan(1e-6)
    expect(christoffersenTest(clustered, 0.05).coverage.pValue).toBeGreaterThan(0.9)
  })
})
