/** Minimisation between bounds, and principal components: their laws. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { boundedBfgs, lowestOfStarts } from './bounded.ts'
import { dot, quadraticForm } from './linear-algebra.ts'
import { principalComponents, reconstructionErrors } from './principal-components.ts'
import { covarianceMatrix } from './statistics.ts'

describe('between bounds', () => {
  it('ends where no small step inside goes lower', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 4 }), (seed, n) => {
        const prng = createPrng(seed)
        const rows = Array.from({ length: n + 2 }, () => Array.from({ length: n }, () => prng.normal()))
        const target = Array.from({ length: n }, () => 2 * prng.normal())
        const bowl = (x: Float64Array): number =>
          rows.reduce((total, row) => total + (dot(row, x) - dot(row, target)) ** 2, 0) + 0.1 * dot(x, x)
        const bounds = { lower: target.map(() => -1), upper: target.map(() => 1) }
        const { x, value } = boundedBfgs(bowl, new Float64Array(n), bounds)
        expect(x.every((each) => each >= -1 && each <= 1)).toBe(true)
        for (let k = 0; k < 50; k++) {
          const near = x.map((each) => Math.min(1, Math.max(-1, each + 1e-3 * prng.normal())))
          expect(bowl(near)).toBeGreaterThanOrEqual(value - 1e-9 * Math.max(1, value))
        }
      }),
      { numRuns: 40 },
    )
  })

  it('finds the deepest of several valleys from enough starts', () => {
    const waves = (x: Float64Array): number => Math.cos(3 * x[0]) + 0.1 * x[0]
    const starts = Array.from({ length: 9 }, (_, i) => [i - 4])
    const { x } = lowestOfStarts(waves, starts, { lower: [-4], upper: [4] })
    expect(x[0]).toBeCloseTo(-Math.PI - 0.1 / 9, 3)
    expect(() => lowestOfStarts(() => Number.NaN, starts, { lower: [-4], upper: [4] })).toThrow(/finite at no start/)
    expect(() => boundedBfgs(waves, [0], { lower: [1], upper: [-1] })).toThrow(/nothing lies between/)
  })
})

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

describe('principal components', () => {
  it('are orthonormal, carry all variance, and rebuild everything when all are kept', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 4 }), (seed, p) => {
        const prng = createPrng(seed)
        const rows = Array.from({ length: 20 }, () => Array.from({ length: p }, (_, j) => (j + 1) * prng.normal()))
        const model = principalComponents(rows)
        const covariance = covarianceMatrix(rows)
        model.components.forEach((a, i) => {
          model.components.forEach((b, j) => expect(dot(a, b)).toBeCloseTo(i === j ? 1 : 0, 9))
          expect(quadraticForm(covariance, a)).toBeCloseTo(model.variances[i], 8)
          if (i > 0) expect(model.variances[i]).toBeLessThanOrEqual(model.variances[i - 1])
        })
        expect(model.shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
        for (const error of reconstructionErrors(model, rows, p)) expect(error).toBeLessThan(1e-9)
        const left = reconstructionErrors(model, rows, 1).reduce((a, b) => a + b, 0)
        expect(left / 19).toBeCloseTo(
          model.variances.slice(1).reduce((a, b) => a + b, 0),
          8,
        )
      }),
      { numRuns: 40 },
    )
  })
})
