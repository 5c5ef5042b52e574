import { describe, expect, it } from 'vitest'
import { correlation } from './correlation.ts'

describe('correlation', () => {
  it('is 1 with itself, -1 with its mirror, and has its closed form', () => {
    const values = [1, 5, 2, 8]
    expect(correlation(values, values)).toBeCloseTo(1, 12)
    expect(
      correlation(
        values,
        values.map((value) => 3 - value),
      ),
    ).toBeCloseTo(-1, 12)
    expect(correlation([1, 2, 3], [1, 3, 2])).toBeCloseTo(0.5, 12)
  })
  it('is undefined where something does not vary', () => {
    expect(correlation([1], [2])).toBeUndefined()
    expect(correlation([0.1, 0.1, 0.1], [1, 2, 3])).toBeUndefined()
    expect(correlation([0, 0], [1, 2])).toBeUndefined()
  })
})
