/** Differences and sums are inverse. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseDifferences, difference, differencingPolynomial, integrate } from './differencing.ts'

const how = fc.record({
  differences: fc.integer({ min: 0, max: 2 }),
  seasonalDifferences: fc.integer({ min: 0, max: 1 }),
  period: fc.integer({ min: 2, max: 5 }),
})

describe('differencing', () => {
  it('is undone by integration', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 12, maxLength: 30 }), how, (y, way) => {
        const lost = differencingPolynomial(way).length - 1
        const differenced = difference(y, way)
        expect(differenced.length).toBe(y.length - lost)
        expect(Array.from(integrate(differenced, y.slice(0, lost), way))).toEqual(y)
      }),
    )
  })

  it('takes a line to its slope, and its slope to nothing', () => {
    const line = Array.from({ length: 8 }, (_, t) => 5 + 3 * t)
    expect(Array.from(difference(line))).toEqual(new Array(7).fill(3))
    expect(Array.from(difference(line, { seasonalDifferences: 1, period: 4 }))).toEqual(new Array(4).fill(12))
    expect(Array.from(difference(line, { differences: 2 }))).toEqual(new Array(6).fill(0))
  })

  it('is chosen by the test that is handed in', () => {
    const curve = Array.from({ length: 20 }, (_, t) => t * t)
    const grows = (values: Float64Array): boolean => values[values.length - 1] > values[0]
    expect(chooseDifferences(curve, grows)).toBe(2)
    expect(chooseDifferences(curve, grows, 1)).toBe(1)
    expect(chooseDifferences(curve, () => false)).toBe(0)
    expect(chooseDifferences(new Array(20).fill(3), () => true)).toBe(0)
  })
})
