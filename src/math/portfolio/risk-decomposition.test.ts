/** Euler's rule: contributions add up, and derivatives are those of finite differences. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normals, rowsOf } from '../../../test/math/example.ts'
import { createPrng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import { normalCdf, normalQuantile } from '../numerics/special.ts'
import { sampleCovariance } from './covariance.ts'
import {
  factorModelCovariance,
  factorRiskDecomposition,
  gaussianRiskDecomposition,
  historicalShortfallDecomposition,
  modifiedRiskDecomposition,
  type RiskDecomposition,
  volatilityDecomposition,
} from './risk-decomposition.ts'

interface Book {
  readonly returns: number[][]
  readonly weights: number[]
}

const books = fc
  .record({ seed: fc.integer({ min: 0, max: 1e6 }), n: fc.integer({ min: 1, max: 6 }) })
  .map(({ seed, n }): Book => {
    const prng = createPrng(seed)
    // Squares make the returns skewed.
    const returns = rowsOf(prng, 60, n, 0.02).map((row) => row.map((value) => value - 3 * value * value))
    return { returns, weights: normals(prng, n) }
  })

const meansOf = (rows: readonly (readonly number[])[]): number[] =>
  rows[0].map((_, j) => rows.reduce((total, row) => total + row[j], 0) / rows.length)

const measures: Readonly<
  Record<string, (weights: readonly number[], returns: readonly (readonly number[])[]) => RiskDecomposition>
> = {
  volatility: (w, r) => volatilityDecomposition(w, sampleCovariance(r)),
  'gaussian VaR': (w, r) => gaussianRiskDecomposition(w, meansOf(r), sampleCovariance(r), { measure: 'var', level: 0.95 }),
  'gaussian ES': (w, r) => gaussianRiskDecomposition(w, meansOf(r), sampleCovariance(r), { measure: 'es', level: 0.975 }),
  'modified VaR': (w, r) => modifiedRiskDecomposition(w, r, { measure: 'var', level: 0.95 }),
  'modified ES': (w, r) => modifiedRiskDecomposition(w, r, { measure: 'es', level: 0.95 }),
  'modified ES, not operational': (w, r) => modifiedRiskDecomposition(w, r, { measure: 'es', level: 0.99, operational: false }),
  'historical ES': (w, r) => historicalShortfallDecomposition(w, r, { level: 0.9 }),
}

describe.each(Object.entries(measures))('%s', (name, decompose) => {
  it('is the sum of its contributions, grows with the positions, and has the derivatives of finite differences', () => {
    fc.assert(
      fc.property(books, ({ returns, weights }) => {
        const found = decompose(weights, returns)
        const size = found.contributions.reduce((total, each) => total + Math.abs(each), 0)
        expect(Math.abs(found.contributions.reduce((total, each) => total + each, 0) - found.total)).toBeLessThan(1e-9 * size)
        expect(found.shares.reduce((total, each) => total + each, 0)).toBeCloseTo(1, 8)
        const twice = decompose(
          weights.map((each) => 2 * each),
          returns,
        )
        expect(twice.total).toBeCloseTo(2 * found.total, 9)
        const step = 1e-6
        weights.forEach((_, i) => {
          const at = (change: number): number =>
            decompose(
              weights.map((each, j) => (i === j ? each + change : each)),
              returns,
            ).total
          const slope = (at(step) - at(-step)) / (2 * step)
          expect(Math.abs(slope - found.marginal[i])).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)))
        })
      }),
      { numRuns: name.startsWith('modified') ? 15 : 25 },
    )
  })
})

describe('expansions', () => {
  it('are the normal ones where skewness and excess kurtosis are none', () => {
    // A column of normal quantiles is as normal as can be.
    const n = 20_001
    const rows = Array.from({ length: n }, (_, i) => [normalQuantile((i + 0.5) / n)])
    for (const measure of ['var', 'es'] as const) {
      const normal = gaussianRiskDecomposition([1], [0], [[1]], { measure, level: 0.95 }).total
      expect(modifiedRiskDecomposition([1], rows, { measure, level: 0.95 }).total).toBeCloseTo(normal, 2)
    }
  })

  it('have a shortfall no smaller than the value at risk, when operational', () => {
    fc.assert(
      fc.property(books, fc.double({ min: 0.55, max: 0.999, noNaN: true }), ({ returns, weights }, level) => {
        const at = (measure: 'var' | 'es'): number => {
          try {
            return modifiedRiskDecomposition(weights, returns, { measure, level }).total
          } catch (error) {
            if (error instanceof MathError) return Number.NaN
            throw error
          }
        }
        const [value, shortfall] = [at('var'), at('es')]
        if (!Number.isNaN(value) && !Number.isNaN(shortfall)) expect(shortfall).toBeGreaterThanOrEqual(value - 1e-12)
      }),
      { numRuns: 60 },
    )
  })

  it('of normal returns integrate the density', () => {
    const total = gaussianRiskDecomposition([1], [0], [[1]], { measure: 'es', level: 0.9 }).total
    let [mean, share] = [0, 0]
    for (let x = -9; x < normalQuantile(0.1); x += 1e-4) {
      const weight = normalCdf(x + 1e-4) - normalCdf(x)
      mean += (x + 5e-5) * weight
      share += weight
    }
    expect(-mean / share).toBeCloseTo(total, 3)
  })
})

describe('the historical shortfall', () => {
  it('is the mean loss of the worst scenarios', () => {
    const returns = Array.from({ length: 20 }, (_, i) => [i / 100 - 0.05, 0])
    const found = historicalShortfallDecomposition([1, 1], returns, { level: 0.9 })
    // The 10% quantile lies between the second and the third of twenty.
    expect(found.total).toBeCloseTo((0.05 + 0.04) / 2, 12)
    expect(Array.from(found.shares)).toEqual([1, 0])
  })
})

describe('factors', () => {
  it('and what they leave add up to the volatility of the whole covariance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const prng = createPrng(seed)
        const model = {
          loadings: rowsOf(prng, 5, 2),
          factorCovariance: sampleCovariance(rowsOf(prng, 20, 2, 0.02)),
          specificVariances: Array.from({ length: 5 }, () => 1e-4 * prng.float()),
        }
        const weights = normals(prng, 5)
        const found = factorRiskDecomposition(weights, model)
        const plain = volatilityDecomposition(weights, factorModelCovariance(model))
        expect(found.total).toBeCloseTo(plain.total, 12)
        const parts = [...found.factorContributions, ...found.specificContributions]
        expect(parts.reduce((total, each) => total + each, 0)).toBeCloseTo(plain.total, 12)
        const shares = [...found.factorShares, ...found.specificShares]
        expect(shares.reduce((total, each) => total + each, 0)).toBeCloseTo(1, 12)
        expect(found.systematicShare).toBeCloseTo(
          found.factorShares.reduce((total, each) => total + each, 0),
          12,
        )
      }),
      { numRuns: 40 },
    )
  })

  it('that are hedged away leave the specific risk alone', () => {
    const found = factorRiskDecomposition([1, -1], {
      loadings: [[1], [1]],
      factorCovariance: [[0.04]],
      specificVariances: [0.01, 0.02],
    })
    expect(found.systematicShare).toBe(0)
    expect(found.total).toBeCloseTo(Math.sqrt(0.03), 12)
  })
})

describe('a portfolio', () => {
  it('that is hedged to nothing has no shares', () => {
    const covariance = [
      [0.04, 0.04],
      [0.04, 0.04],
    ]
    expect(() => volatilityDecomposition([1, -1], covariance)).toThrow(/does not vary/)
    expect(() => volatilityDecomposition([0, 0], covariance)).toThrow(/does not vary/)
  })
})
