/** Optimisers and roots on functions whose lowest points and zeros are known. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import { multiply, multiplyVector, quadraticForm, solve, transpose } from './linear-algebra.ts'
import { bfgs, nelderMead, numericalGradient, numericalHessian, type Objective } from './optimise.ts'
import { findRoot, minimiseScalar } from './root.ts'

const rosenbrock: Objective = ([x, y]) => 100 * (y - x * x) ** 2 + (1 - x) ** 2
const beale: Objective = ([x, y]) => (1.5 - x + x * y) ** 2 + (2.25 - x + x * y ** 2) ** 2 + (2.625 - x + x * y ** 3) ** 2
const powell: Objective = ([a, b, c, d]) => (a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4

describe.each([
  ['Rosenbrock', rosenbrock, [-1.2, 1], [1, 1], 1e-4],
  ['Beale', beale, [1, 1], [3, 0.5], 1e-4],
  ['Powell', powell, [3, -1, 0, 1], [0, 0, 0, 0], 1e-2],
] as const)("%s's function", (_name, f, start, lowest, within) => {
  const check = (x: Float64Array): void => x.forEach((value, i) => expect(Math.abs(value - lowest[i])).toBeLessThan(within))
  it('by the simplex', () => check(nelderMead(f, start, { tolerance: 1e-14, restarts: 1 }).x))
  it('by BFGS', () => check(bfgs(f, start, { tolerance: 1e-9 }).x))
  it('has a gradient near zero there', () => expect(bfgs(f, start).gradientNorm).toBeLessThan(1e-4))
})

describe('random quadratics', () => {
  it('are lowest where their gradient is zero, for both; derivatives are those of the formula', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 4 }), (seed, n) => {
        const prng = createPrng(seed)
        const factor = Array.from({ length: n + 2 }, () => Float64Array.from({ length: n }, () => prng.normal()))
        const a = multiply(transpose(factor), factor).map((row, i) => row.map((value, j) => value + (i === j ? 0.3 : 0)))
        const b = Float64Array.from({ length: n }, () => prng.normal())
        const f: Objective = (x) => 0.5 * quadraticForm(a, x) - x.reduce((total, value, i) => total + value * b[i], 0)
        const lowest = solve(a, b)
        const start = Array.from({ length: n }, () => prng.normal())
        const gradient = (x: Float64Array): Float64Array => multiplyVector(a, x).map((value, i) => value - b[i])
        for (const { x } of [
          bfgs(f, start),
          bfgs(f, start, { gradient }),
          nelderMead(f, start, { restarts: 1, tolerance: 1e-14 }),
        ])
          x.forEach((value, i) => expect(Math.abs(value - lowest[i])).toBeLessThan(1e-4))
        const at = Float64Array.from(start)
        numericalGradient(f, at).forEach((value, i) => expect(value).toBeCloseTo(gradient(at)[i], 6))
        numericalHessian(f, at).forEach((row, i) =>
          row.forEach((value, j) => expect(Math.abs(value - a[i][j])).toBeLessThan(2e-3)),
        )
      }),
      { numRuns: 50 },
    )
  })
})

it('a restart is never worse', () => {
  const once = nelderMead(powell, [3, -1, 0, 1], { maxEvaluations: 120 })
  expect(nelderMead(powell, [3, -1, 0, 1], { maxEvaluations: 120, restarts: 3 }).value).toBeLessThanOrEqual(once.value)
})

it('a function that is nowhere defined is refused, not answered with its start', () => {
  expect(() => nelderMead(() => Number.NaN, [1, 2])).toThrow('at the start')
  expect(() => bfgs(() => Number.NaN, [1, 2])).toThrow('at the start')
})

it('a place that is refused is avoided, but a start there is told', () => {
  const refusing: Objective = ([x]) => {
    if (x <= 0) throw new MathError('out-of-domain', 'not there')
    return x - Math.log(x)
  }
  for (const { x } of [nelderMead(refusing, [0.05], { step: [-0.2] }), bfgs(refusing, [3])]) expect(x[0]).toBeCloseTo(1, 3)
  expect(() => bfgs(refusing, [-1])).toThrow('not there')
  expect(numericalHessian(refusing, Float64Array.of(1e-5))[0][0] * 1e-10).toBeCloseTo(1, 1)
})

describe('roots and valleys', () => {
  it('of polynomials with known zeros', () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: 0.1, max: 3, noNaN: true }), (zero, spread) => {
        const f = (x: number): number => (x - zero) * ((x - zero) ** 2 + spread)
        expect(Math.abs(findRoot(f, zero - 1.7, zero + 2.9) - zero)).toBeLessThan(1e-9)
        const valley = minimiseScalar((x) => spread * (x - zero) ** 2 + 1, zero - 2.1, zero + 1.3)
        expect(Math.abs(valley.x - zero)).toBeLessThan(1e-6)
      }),
    )
    expect(findRoot(Math.cos, 1, 2)).toBeCloseTo(Math.PI / 2, 14)
    expect(findRoot((x) => Math.exp(x) - 2, 0, 5)).toBeCloseTo(Math.LN2, 14)
    expect(findRoot((x) => x ** 9, -1, 1.5)).toBeCloseTo(0, 1)
  })
})
