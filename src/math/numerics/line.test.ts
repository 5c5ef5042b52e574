/** The straight line against least squares by QR. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MathError } from '../error.ts'
import { leastSquares } from './linear-algebra.ts'
import { fitLine } from './line.ts'

const points = fc.array(fc.tuple(fc.integer({ min: -100, max: 100 }), fc.integer({ min: -1000, max: 1000 })), {
  minLength: 4,
  maxLength: 40,
})

describe('a line', () => {
  it('is least squares with an intercept, errors included, or says what does not vary', () => {
    fc.assert(
      fc.property(points, (rows) => {
        const [x, y] = [rows.map(([each]) => each), rows.map(([, each]) => each)]
        if (new Set(x).size === 1 || new Set(y).size === 1) {
          expect(() => fitLine('x', x, 'y', y)).toThrow(MathError)
          return
        }
        const line = fitLine('x', x, 'y', y)
        const { coefficients, rss, inverseGram } = leastSquares(
          x.map((each) => [1, each]),
          y,
        )
        const residual = rss / (x.length - 2)
        const near = (value: number, expected: number): void =>
          expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(expected)))
        near(line.intercept, coefficients[0])
        near(line.slope, coefficients[1])
        near(line.slopeError, Math.sqrt(residual * inverseGram[1][1]))
        near(line.interceptError, Math.sqrt(residual * inverseGram[0][0]))
        expect(line.rSquared).toBeGreaterThanOrEqual(0)
        expect(line.rSquared).toBeLessThanOrEqual(1)
      }),
    )
  })
})
