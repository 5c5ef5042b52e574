/** Covariance estimators: the laws they keep, and their sums taken from the definitions. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowsOf } from '../../../test/math/example.ts'
import { createPrng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import { symmetricEigen } from '../numerics/linear-algebra.ts'
import { covarianceCondition, exponentialCovariance, sampleCovariance, semicovariance, winsoriseColumns } from './covariance.ts'
import { denoisedCovariance, marchenkoPasturEdges, noiseVariance } from './denoise.ts'
import {
  constantCorrelationShrinkage,
  fixedShrinkage,
  ledoitWolf,
  oracleApproximatingShrinkage,
  singleFactorShrinkage,
} from './shrinkage.ts'

const sample = fc
  .record({
    seed: fc.integer({ min: 0, max: 1e6 }),
    rows: fc.integer({ min: 5, max: 40 }),
    columns: fc.integer({ min: 2, max: 12 }),
  })
  .map(({ seed, rows, columns }) => rowsOf(createPrng(seed), rows, columns))

const close = (got: readonly ArrayLike<number>[], want: readonly ArrayLike<number>[], tolerance = 1e-10): void => {
  let scale = 0
  for (const row of want) for (const value of Array.from(row)) scale = Math.max(scale, Math.abs(value))
  got.forEach((row, i) => {
    for (let j = 0; j < row.length; j++) expect(Math.abs(row[j] - want[i][j])).toBeLessThanOrEqual(tolerance * scale)
  })
}

const permuted = (matrix: readonly ArrayLike<number>[], order: readonly number[]): number[][] =>
  order.map((i) => order.map((j) => matrix[i][j]))

const estimators: Readonly<Record<string, (rows: readonly ArrayLike<number>[]) => Float64Array[]>> = {
  sample: (rows) => sampleCovariance(rows),
  exponential: (rows) => exponentialCovariance(rows, { span: 20 }),
  ledoitWolf: (rows) => ledoitWolf(rows).covariance,
  oas: (rows) => oracleApproximatingShrinkage(rows).covariance,
  fixed: (rows) => fixedShrinkage(rows, 0.3).covariance,
  constantCorrelation: (rows) => constantCorrelationShrinkage(rows).covariance,
  constantCorrelationMixed: (rows) => constantCorrelationShrinkage(rows, { convention: 'pyportfolioopt' }).covariance,
  singleFactor: (rows) => singleFactorShrinkage(rows).covariance,
}

describe.each(Object.entries(estimators))('%s', (_, estimate) => {
  it('does not care for the order of columns or the unit', () => {
    fc.assert(
      fc.property(sample, fc.constantFrom(1e-4, 0.5, 100), (rows, unit) => {
        const order = rows[0].map((__, i) => (i + 3) % rows[0].length)
        const plain = estimate(rows)
        const turned = estimate(rows.map((row) => order.map((i) => row[i])))
        close(turned, permuted(plain, order))
        const scaled = estimate(rows.map((row) => row.map((value) => value * unit)))
        close(
          scaled,
          plain.map((row) => row.map((value) => value * unit * unit)),
        )
      }),
      { numRuns: 15 },
    )
  })
})

describe('shrinkage', () => {
  it('is between 0 and 1, and its matrix positive definite, also with more columns than rows', () => {
    fc.assert(
      fc.property(sample, (rows) => {
        for (const found of [
          ledoitWolf(rows),
          oracleApproximatingShrinkage(rows),
          oracleApproximatingShrinkage(rows, { convention: 'scikit-learn' }),
          constantCorrelationShrinkage(rows),
          fixedShrinkage(rows, 0.2),
        ]) {
          expect(found.shrinkage).toBeGreaterThanOrEqual(0)
          expect(found.shrinkage).toBeLessThanOrEqual(1)
          expect(symmetricEigen(found.covariance).values[0]).toBeGreaterThan(0)
        }
      }),
      { numRuns: 12 },
    )
  })

  it('of Ledoit and Wolf is the sum of its definition', () => {
    fc.assert(
      fc.property(sample, (rows) => {
        const [n, p] = [rows.length, rows[0].length]
        const means = rows[0].map((_, j) => rows.reduce((total, row) => total + row[j], 0) / n)
        const x = rows.map((row) => row.map((value, j) => value - means[j]))
        const s = means.map((_, i) => means.map((__, j) => x.reduce((total, row) => total + row[i] * row[j], 0) / n))
        const m = s.reduce((total, row, i) => total + row[i], 0) / p
        let [d2, b2] = [0, 0]
        for (let i = 0; i < p; i++)
          for (let j = 0; j < p; j++) {
            d2 += (s[i][j] - (i === j ? m : 0)) ** 2 / p
            for (const row of x) b2 += (row[i] * row[j] - s[i][j]) ** 2 / p / n / n
          }
        expect(ledoitWolf(rows).shrinkage).toBeCloseTo(Math.min(d2, b2) / d2, 10)
      }),
      { numRuns: 12 },
    )
  })

  it('towards one factor and towards equal correlations is the sum of asymptotic covariances', () => {
    fc.assert(
      fc.property(sample, (rows) => {
        const [n, p] = [rows.length, rows[0].length]
        const means = rows[0].map((_, j) => rows.reduce((total, row) => total + row[j], 0) / n)
        const x = rows.map((row) => row.map((value, j) => value - means[j]))
        const mean = (f: (row: readonly number[]) => number): number => x.reduce((total, row) => total + f(row), 0) / n
        const s = means.map((_, i) => means.map((__, j) => mean((row) => row[i] * row[j])))
        const market = (row: readonly number[]): number => row.reduce((total, value) => total + value, 0) / p
        const beta = means.map((_, i) => mean((row) => row[i] * market(row)))
        const m2 = mean((row) => market(row) ** 2)
        const target = s.map((row, i) => row.map((value, j) => (i === j ? value : (beta[i] * beta[j]) / m2)))
        const average =
          s.reduce(
            (total, row, i) =>
              total + row.reduce((sum, value, j) => sum + (i === j ? 0 : value / Math.sqrt(s[i][i] * s[j][j])), 0),
            0,
          ) /
          (p * (p - 1))
        let [pi, oneFactor, equal, gammaFactor, gammaEqual] = [0, 0, 0, 0, 0]
        for (let i = 0; i < p; i++)
          for (let j = 0; j < p; j++) {
            const own = mean((row) => (row[i] * row[j] - s[i][j]) ** 2)
            pi += own
            gammaFactor += (target[i][j] - s[i][j]) ** 2
            if (i === j) {
              oneFactor += own
              equal += own
              continue
            }
            gammaEqual += (average * Math.sqrt(s[i][i] * s[j][j]) - s[i][j]) ** 2
            // Covariance of the sampling errors of s_ij and of the target's entry, term by term.
            const against = (f: (row: readonly number[]) => number): number => mean((row) => (row[i] * row[j] - s[i][j]) * f(row))
            oneFactor +=
              (beta[j] / m2) * against((row) => row[i] * market(row) - beta[i]) +
              (beta[i] / m2) * against((row) => row[j] * market(row) - beta[j]) -
              ((beta[i] * beta[j]) / m2 ** 2) * against((row) => market(row) ** 2 - m2)
            equal +=
              (average / 2) *
              (Math.sqrt(s[j][j] / s[i][i]) * against((row) => row[i] ** 2 - s[i][i]) +
                Math.sqrt(s[i][i] / s[j][j]) * against((row) => row[j] ** 2 - s[j][j]))
          }
        const clip = (value: number): number => Math.max(0, Math.min(1, value))
        expect(singleFactorShrinkage(rows).shrinkage).toBeCloseTo(clip((pi - oneFactor) / gammaFactor / n), 8)
        if (p > 2) expect(constantCorrelationShrinkage(rows).shrinkage).toBeCloseTo(clip((pi - equal) / gammaEqual / n), 8)
      }),
      { numRuns: 12 },
    )
  })

  it('with a market of its own differs from that with the mean of the columns, and with the mean it is the same', () => {
    const rows = rowsOf(createPrng(4), 30, 5)
    const mean = rows.map((row) => row.reduce((total, value) => total + value, 0) / 5)
    close(singleFactorShrinkage(rows, { market: mean }).covariance, singleFactorShrinkage(rows).covariance)
    const other = singleFactorShrinkage(rows, { market: rows.map((row) => row[0]) })
    expect(other.shrinkage).not.toBe(singleFactorShrinkage(rows).shrinkage)
  })

  it('that is too small for columns that depend on one another is refused', () => {
    const rows = rowsOf(createPrng(1), 20, 3).map((row) => [...row, row[0] + row[1]])
    expect(() => fixedShrinkage(rows, 0)).toThrow(MathError)
    expect(() => fixedShrinkage(rows, 0.1)).not.toThrow()
  })
})

describe('exponential weights', () => {
  it('are those of the definition for each centre', () => {
    const rows = rowsOf(createPrng(9), 15, 3)
    for (const centre of ['mean', 'weighted-mean', 'zero'] as const) {
      const weights = rows.map((_, t) => 0.8 ** (14 - t))
      const total = weights.reduce((sum, each) => sum + each, 0)
      const middle = rows[0].map((_, j) =>
        centre === 'zero'
          ? 0
          : centre === 'mean'
            ? rows.reduce((sum, row) => sum + row[j], 0) / 15
            : rows.reduce((sum, row, t) => sum + (weights[t] / total) * row[j], 0),
      )
      const want = middle.map((_, i) =>
        middle.map((__, j) =>
          rows.reduce((sum, row, t) => sum + (weights[t] / total) * (row[i] - middle[i]) * (row[j] - middle[j]), 0),
        ),
      )
      close(exponentialCovariance(rows, { decay: 0.8, centre }), want)
    }
  })

  it('of a span are those of its decay', () => {
    const rows = rowsOf(createPrng(2), 15, 3)
    close(exponentialCovariance(rows, { span: 9 }), exponentialCovariance(rows, { decay: 0.8 }))
    expect(() => exponentialCovariance(rows, {})).toThrow(/decay or span/)
    expect(() => exponentialCovariance(rows, { span: 9, decay: 0.8 })).toThrow(/not both/)
  })
})

describe('the downside', () => {
  it('and the upside add up to the second moments, but for products of opposite signs', () => {
    fc.assert(
      fc.property(sample, (rows) => {
        const down = semicovariance(rows)
        const up = semicovariance(rows.map((row) => row.map((value) => -value)))
        for (let i = 0; i < down.length; i++) {
          const square = rows.reduce((total, row) => total + row[i] * row[i], 0) / rows.length
          expect(down[i][i] + up[i][i]).toBeCloseTo(square, 12)
        }
        expect(symmetricEigen(down).values[0]).toBeGreaterThan(-1e-12)
      }),
      { numRuns: 12 },
    )
  })
})

describe('winsorising', () => {
  it('moves only what is beyond the limit, and once', () => {
    const rows = rowsOf(createPrng(6), 50, 3)
    rows[10][1] = 100
    const cut = winsoriseColumns(rows, { limit: 6 })
    expect(cut[10][1]).toBeLessThan(20)
    expect(Array.from(cut[11])).toEqual(rows[11])
    expect(winsoriseColumns(cut, { limit: 6 })).toEqual(cut)
  })
})

describe('the condition', () => {
  it('is that of the eigenvalues', () => {
    fc.assert(
      fc.property(sample, (rows) => {
        const { covariance } = ledoitWolf(rows)
        const { values } = symmetricEigen(covariance)
        const found = covarianceCondition(covariance)
        expect(found.conditionNumber / (values[values.length - 1] / values[0])).toBeCloseTo(1, 8)
        expect(found.logDeterminant).toBeCloseTo(
          values.reduce((total, each) => total + Math.log(each), 0),
          8,
        )
      }),
      { numRuns: 12 },
    )
  })
})

describe('de-noising', () => {
  it('keeps variances, is positive definite, and gives all noise one eigenvalue before rescaling', () => {
    fc.assert(
      fc.property(sample, fc.constantFrom('constant', 'targeted'), (rows, method) => {
        const { covariance } = ledoitWolf(rows)
        const found = denoisedCovariance(covariance, rows.length, { method })
        covariance.forEach((row, i) => expect(found.covariance[i][i]).toBe(row[i]))
        expect(symmetricEigen(found.covariance).values[0]).toBeGreaterThan(0)
        expect(found.noise).toBeGreaterThan(0)
        expect(found.noise).toBeLessThanOrEqual(1)
      }),
      { numRuns: 12 },
    )
  })

  it('finds no factor in noise, and the one that is there', () => {
    const prng = createPrng(12)
    const noise = Array.from({ length: 400 }, () => Array.from({ length: 40 }, () => prng.normal()))
    const factors = (rows: readonly (readonly number[])[]): number => denoisedCovariance(sampleCovariance(rows), 400).factors
    expect(factors(noise)).toBeLessThanOrEqual(1)
    const common = noise.map((row) => {
      const market = prng.normal()
      return row.map((value) => value + 0.7 * market)
    })
    const found = denoisedCovariance(sampleCovariance(common), 400)
    expect(found.factors).toBe(1)
    // The market has 0.49 of 1.49 of each variance.
    expect(found.noise).toBeGreaterThan(0.55)
    expect(found.noise).toBeLessThan(0.8)
    const off = found.correlation.flatMap((row, i) => Array.from(row).filter((_, j) => j !== i))
    expect(off.reduce((total, each) => total + each, 0) / off.length).toBeCloseTo(0.49 / 1.49, 1)
  })

  it('leaves alone what is all signal', () => {
    const { covariance } = ledoitWolf(rowsOf(createPrng(3), 30, 4))
    const found = denoisedCovariance(covariance, 30, { noise: 1e-6 })
    expect(found.factors).toBe(4)
    close(found.covariance, covariance)
  })

  it('fits the variance of noise to eigenvalues of noise', () => {
    const prng = createPrng(5)
    const noise = Array.from({ length: 500 }, () => Array.from({ length: 100 }, () => prng.normal()))
    const { values } = symmetricEigen(sampleCovariance(noise))
    expect(noiseVariance(values, 500, { bandwidth: 0.05 })).toBeGreaterThan(0.9)
    const { upper } = marchenkoPasturEdges(500, 100)
    expect(upper).toBeCloseTo((1 + Math.sqrt(0.2)) ** 2, 12)
    expect(values[99]).toBeLessThan(upper * 1.1)
  })
})
