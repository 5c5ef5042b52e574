import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excessKurtosis, skewness } from './moments.ts'

describe('moments', () => {
  it('have their closed forms', () => {
    const values = [2, 8, 0, 4, 1]
    const mean = 3
    const power = (k: number): number => values.reduce((total, value) => total + (value - mean) ** k, 0) / 5
    expect(skewness(values)).toBeCloseTo(((power(3) / power(2) ** 1.5) * Math.sqrt(20)) / 3, 12)
    expect(excessKurtosis(values)).toBeCloseTo((4 / (3 * 2)) * (6 * (power(4) / power(2) ** 2 - 3) + 6), 12)
    expect(skewness([1, 2, 3])).toBeCloseTo(0, 12)
    expect(excessKurtosis([1, 2, 3, 4, 5])).toBeCloseTo(-1.2, 12)
  })
  it('are undefined for too few values, and for equal ones', () => {
    expect([skewness([1, 2]), excessKurtosis([1, 2, 3])]).toEqual([undefined, undefined])
    expect([skewness([0.1, 0.1, 0.1, 0.1]), excessKurtosis([0.1, 0.1, 0.1, 0.1])]).toEqual([undefined, undefined])
  })
  it('do not depend on place and scale; skewness turns with the sign (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 4, maxLength: 40 }), (values) => {
        const moved = values.map((value) => 3 * value + 7)
        const [a, b] = [skewness(values), skewness(moved)]
        if (a === undefined || b === undefined) return expect(a).toBe(b)
        expect(b).toBeCloseTo(a, 8)
        expect(skewness(values.map((value) => -value))).toBeCloseTo(-a, 8)
        expect(excessKurtosis(moved)).toBeCloseTo(excessKurtosis(values) ?? Number.NaN, 8)
      }),
    )
  })
})
