/** Dependence measures against their definitions by pairs, and the laws they keep. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowsOf } from '../../../test/math/example.ts'
import { createPrng } from '../../core/random.ts'
import {
  correlationIfDefined,
  exponentialCorrelation,
  kendallCorrelation,
  pearsonCorrelation,
  rollingCorrelation,
  spearmanCorrelation,
  tailDependence,
} from './correlation.ts'
import { correlationMatrix } from './correlation-matrix.ts'
import { symmetricEigen } from '../numerics/linear-algebra.ts'

/** Few different values, so that there are ties. */
const tied = fc.integer({ min: -3, max: 3 })
const pairs = (value: fc.Arbitrary<number>): fc.Arbitrary<readonly [number[], number[]]> =>
  fc
    .array(fc.tuple(value, value), { minLength: 2, maxLength: 40 })
    .map((list) => [list.map(([x]) => x), list.map(([, y]) => y)] as const)
const varies = (values: readonly number[]): boolean => values.some((value) => value !== values[0])

function naiveTau(x: readonly number[], y: readonly number[]): number {
  let [difference, inX, inY] = [0, 0, 0]
  for (let i = 0; i < x.length; i++)
    for (let j = 0; j < i; j++) {
      difference += Math.sign(x[i] - x[j]) * Math.sign(y[i] - y[j])
      inX += x[i] === x[j] ? 0 : 1
      inY += y[i] === y[j] ? 0 : 1
    }
  return difference / Math.sqrt(inX * inY)
}

describe('correlation', () => {
  it('is 1 with itself, -1 with its mirror, and has its closed form', () => {
    const values = [1, 5, 2, 8]
    for (const measure of [pearsonCorrelation, spearmanCorrelation, kendallCorrelation]) {
      expect(measure(values, values)).toBeCloseTo(1, 12)
      expect(
        measure(
          values,
          values.map((value) => 3 - value),
        ),
      ).toBeCloseTo(-1, 12)
    }
    expect(pearsonCorrelation([1, 2, 3], [1, 3, 2])).toBeCloseTo(0.5, 12)
  })

  it('is not defined where something does not vary', () => {
    expect(correlationIfDefined([1], [2])).toBeUndefined()
    expect(correlationIfDefined([0.1, 0.1, 0.1], [1, 2, 3])).toBeUndefined()
    expect(correlationIfDefined([0, 0], [1, 2])).toBeUndefined()
    expect(() => pearsonCorrelation([0.1, 0.1, 0.1], [1, 2, 3])).toThrow(/does not vary/)
    expect(() => kendallCorrelation([1, 1, 1], [1, 2, 3])).toThrow(/does not vary/)
  })

  it('of ranks does not change when values are stretched', () => {
    fc.assert(
      fc.property(pairs(tied), ([x, y]) => {
        if (!varies(x) || !varies(y)) return
        const stretched = x.map((value) => Math.exp(value) + value)
        expect(spearmanCorrelation(stretched, y)).toBeCloseTo(spearmanCorrelation(x, y), 12)
        expect(kendallCorrelation(stretched, y)).toBe(kendallCorrelation(x, y))
      }),
    )
  })

  it('of Kendall is that of all pairs, ties and all', () => {
    fc.assert(
      fc.property(pairs(tied), ([x, y]) => {
        if (varies(x) && varies(y)) expect(kendallCorrelation(x, y)).toBeCloseTo(naiveTau(x, y), 12)
      }),
      { numRuns: 300 },
    )
  })

  it('is symmetric, and blind to shift and unit', () => {
    fc.assert(
      fc.property(pairs(fc.double({ min: -10, max: 10, noNaN: true })), ([x, y]) => {
        const found = correlationIfDefined(x, y)
        if (found === undefined || Math.max(...x) - Math.min(...x) < 0.1 || Math.max(...y) - Math.min(...y) < 0.1) return
        expect(found).toBeGreaterThanOrEqual(-1)
        expect(found).toBeLessThanOrEqual(1)
        expect(pearsonCorrelation(y, x)).toBeCloseTo(found, 12)
        expect(
          pearsonCorrelation(
            x.map((value) => 3 + 0.01 * value),
            y,
          ),
        ).toBeCloseTo(found, 8)
      }),
    )
  })

  it('with weights that hardly fall is the plain one', () => {
    const rows = rowsOf(createPrng(1), 50, 2)
    const [x, y] = [rows.map((row) => row[0]), rows.map((row) => row[1])]
    expect(exponentialCorrelation(x, y, { decay: 1 - 1e-9 })).toBeCloseTo(pearsonCorrelation(x, y), 6)
    // Old pairs hardly matter.
    const late = exponentialCorrelation(x, y, { decay: 0.3 })
    expect(exponentialCorrelation([1e3, ...x.slice(1)], y, { decay: 0.3 })).toBeCloseTo(late, 6)
  })
})

describe('the tails', () => {
  it('of a series with itself are one, with its mirror none, and mirrored are each other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: 0.1, max: 0.45, noNaN: true }), (seed, quantile) => {
        const rows = rowsOf(createPrng(seed), 40, 2)
        const [x, y] = [rows.map((row) => row[0]), rows.map((row) => row[1])]
        const mirror = (values: readonly number[]): number[] => values.map((value) => -value)
        expect(tailDependence(x, x, { quantile })).toBe(1)
        expect(tailDependence(x, mirror(x), { quantile })).toBe(0)
        expect(tailDependence(x, y, { quantile, tail: 'upper' })).toBe(tailDependence(mirror(x), mirror(y), { quantile }))
        expect(tailDependence(x, y, { quantile })).toBe(tailDependence(y, x, { quantile }))
      }),
    )
  })
})

describe('a window', () => {
  it('has the correlation of its pairs, known at the last of them', () => {
    const rows = rowsOf(createPrng(2), 30, 2)
    const [x, y] = [rows.map((row) => row[0]), rows.map((row) => row[1])]
    const found = rollingCorrelation(x, y, 7)
    expect(found).toHaveLength(24)
    found.forEach((each, t) => expect(each).toBe(pearsonCorrelation(x.slice(t, t + 7), y.slice(t, t + 7))))
    // At every prefix the same.
    expect(rollingCorrelation(x.slice(0, 20), y.slice(0, 20), 7)).toEqual(found.slice(0, 14))
    expect(rollingCorrelation([1, 1, 1, 2], [1, 2, 3, 4], 3)[0]).toBeUndefined()
  })
})

describe('the matrix', () => {
  it('holds each pair, ones on the diagonal, and no negative eigenvalue where the measure is a product', () => {
    const rows = rowsOf(createPrng(3), 30, 5)
    const column = (j: number): number[] => rows.map((row) => row[j])
    expect(correlationMatrix(rows)[3][1]).toBe(pearsonCorrelation(column(1), column(3)))
    expect(correlationMatrix(rows, { method: 'spearman' })[3][1]).toBeCloseTo(spearmanCorrelation(column(1), column(3)), 14)
    expect(correlationMatrix(rows, { method: 'kendall' })[3][1]).toBe(kendallCorrelation(column(1), column(3)))
    expect(correlationMatrix(rows, { method: 'upper-tail', quantile: 0.2 })[3][1]).toBe(
      tailDependence(column(1), column(3), { quantile: 0.2, tail: 'upper' }),
    )
    for (const method of ['pearson', 'spearman', 'kendall', 'shrunk'] as const) {
      const found = correlationMatrix(rows, { method })
      found.forEach((row, i) => expect(row[i]).toBeCloseTo(1, 12))
      expect(symmetricEigen(found).values[0]).toBeGreaterThan(-1e-12)
    }
  })

  it('when shrunk is the plain one nearer to zero, by the same share everywhere', () => {
    const rows = rowsOf(createPrng(8), 30, 4)
    const [plain, shrunk] = [correlationMatrix(rows), correlationMatrix(rows, { method: 'shrunk' })]
    const share = shrunk[1][0] / plain[1][0]
    expect(share).toBeGreaterThan(0)
    expect(share).toBeLessThan(1)
    for (let i = 0; i < 4; i++) for (let j = 0; j < i; j++) expect(shrunk[i][j]).toBeCloseTo(share * plain[i][j], 12)
  })
})
