/** Laws of the descent between bounds: it ends where nothing is gained, and soon. Pure. */
import { describe, expect, it } from 'vitest'
import { boundedBfgs } from './bounded.ts'

describe('a descent between bounds', () => {
  it('gives up at once where the gradient promises what rounding swallows', () => {
    const found = boundedBfgs(
      (x) => 1e12 + 1e-8 * x[0] ** 2,
      [1],
      { lower: [-5], upper: [5] },
      { gradient: () => Float64Array.of(1) },
    )
    expect(found.evaluations).toBeLessThan(100)
    const later = boundedBfgs(
      (x) => (x[0] > 1 ? x[0] ** 2 : 1),
      [4],
      { lower: [-5], upper: [5] },
      { gradient: (x) => Float64Array.of(2 * x[0]) },
    )
    expect(later.evaluations).toBeLessThan(150)
    expect(later.value).toBeCloseTo(1, 6)
  })

  it('ends on a bound, and inside', () => {
    const bowl = (x: Float64Array): number => (x[0] - 3) ** 2 + 10 * (x[1] + 1) ** 2
    const found = boundedBfgs(bowl, [0, 0], { lower: [-2, -2], upper: [2, 2] })
    expect(found.x[0]).toBe(2)
    expect(found.x[1]).toBeCloseTo(-1, 6)
  })
})
