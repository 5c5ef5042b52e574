/** Gaussian processes: their laws, and against plain formulas. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { solve } from '../numerics/linear-algebra.ts'
import {
  gpCondition,
  gpCovariance,
  gpFit,
  gpKernel,
  gpLogMarginalLikelihood,
  type GpParameters,
  gpPredict,
  type KernelName,
} from './gaussian-process.ts'

const kernel = fc.constantFrom<KernelName>('matern52', 'rbf')
/** Points, values and parameters from one seed. */
const problem = fc.record({ seed: fc.integer(), n: fc.integer({ min: 2, max: 12 }), d: fc.integer({ min: 1, max: 3 }), kernel })

function drawn({ seed, n, d, kernel: name }: { seed: number; n: number; d: number; kernel: KernelName }): {
  readonly x: number[][]
  readonly y: number[]
  readonly at: number[][]
  readonly parameters: GpParameters
} {
  const prng = createPrng(seed)
  const rows = (count: number): number[][] => Array.from({ length: count }, () => Array.from({ length: d }, () => prng.float()))
  return {
    x: rows(n),
    y: Array.from({ length: n }, () => prng.normal()),
    at: rows(4),
    parameters: {
      kernel: name,
      signalVariance: 0.5 + prng.float(),
      lengthScales: Array.from({ length: d }, () => 0.1 + prng.float()),
      noiseVariance: 0.01 + 0.1 * prng.float(),
    },
  }
}

describe('the posterior', () => {
  it('is what solving the normal equations gives', () => {
    fc.assert(
      fc.property(problem, (p) => {
        const { x, y, at, parameters } = drawn(p)
        const { mean, deviation } = gpPredict(gpCondition(x, y, parameters), at)
        const k = gpKernel(x, x, parameters).map((row, i) => row.map((v, j) => v + (i === j ? parameters.noiseVariance : 0)))
        gpKernel(at, x, parameters).forEach((cross, i) => {
          const weights = solve(k, y)
          const back = solve(k, cross)
          const plainMean = cross.reduce((total, c, j) => total + c * weights[j], 0)
          const plainVariance = parameters.signalVariance - cross.reduce((total, c, j) => total + c * back[j], 0)
          expect(mean[i]).toBeCloseTo(plainMean, 7)
          expect(deviation[i] ** 2).toBeCloseTo(plainVariance, 7)
        })
      }),
      { numRuns: 40 },
    )
  })

  it('goes through the values where there is no noise, and is sure of them', () => {
    fc.assert(
      fc.property(problem, (p) => {
        const { y, parameters } = drawn(p)
        // Well apart: of points that nearly coincide the function cannot have two values.
        const x = y.map((_, i) =>
          parameters.lengthScales.length === 1 ? [i] : [i, ...Array.from(parameters.lengthScales).slice(1)],
        )
        const { mean, deviation } = gpPredict(gpCondition(x, y, { ...parameters, kernel: 'matern52', noiseVariance: 1e-10 }), x)
        y.forEach((value, i) => {
          expect(Math.abs(mean[i] - value)).toBeLessThan(1e-3)
          expect(deviation[i]).toBeLessThan(1e-3)
        })
      }),
      { numRuns: 40 },
    )
  })

  it('has deviations that are the diagonal of its covariance, never above the prior', () => {
    fc.assert(
      fc.property(problem, (p) => {
        const { x, y, at, parameters } = drawn(p)
        const gp = gpCondition(x, y, parameters)
        const covariance = gpCovariance(gp, at)
        const { deviation, deviationWithNoise } = gpPredict(gp, at)
        deviation.forEach((each, i) => {
          expect(covariance[i][i]).toBeCloseTo(each ** 2, 10)
          expect(each ** 2).toBeLessThanOrEqual(parameters.signalVariance * (1 + 1e-12))
          expect(deviationWithNoise[i] ** 2 - each ** 2).toBeCloseTo(parameters.noiseVariance, 10)
        })
        covariance.forEach((row, i) => row.forEach((value, j) => expect(value).toBeCloseTo(covariance[j][i], 10)))
      }),
      { numRuns: 40 },
    )
  })

  it('takes coinciding points, with noise as a matter of course', () => {
    const gp = gpCondition([[0.5], [0.5], [0.5]], [1, 2, 3], { signalVariance: 1, lengthScales: [0.3], noiseVariance: 0.1 })
    expect(gp.jitter).toBe(0)
    expect(gpPredict(gp, [[0.5]]).mean[0]).toBeCloseTo(6 / 3.1, 10)
  })
})

describe('the marginal likelihood', () => {
  it('has the gradient that small steps show', () => {
    fc.assert(
      fc.property(problem, (p) => {
        const { x, y, parameters } = drawn(p)
        const { gradient } = gpLogMarginalLikelihood(x, y, parameters)
        const d = parameters.lengthScales.length
        const at = (i: number, h: number): number =>
          gpLogMarginalLikelihood(x, y, {
            ...parameters,
            signalVariance: parameters.signalVariance * (i === 0 ? Math.exp(h) : 1),
            lengthScales: Array.from(parameters.lengthScales, (l, j) => (i === j + 1 ? l * Math.exp(h) : l)),
            noiseVariance: parameters.noiseVariance * (i === d + 1 ? Math.exp(h) : 1),
          }).value
        gradient.forEach((g, i) => {
          const numerical = (at(i, 1e-5) - at(i, -1e-5)) / 2e-5
          expect(Math.abs(g - numerical)).toBeLessThan(1e-5 * Math.max(1, Math.abs(g)))
        })
      }),
      { numRuns: 30 },
    )
  })

  it('is at least that of every parameter tried by chance, after a fit', () => {
    const { x, y } = drawn({ seed: 4, n: 12, d: 2, kernel: 'matern52' })
    const fitted = gpFit(x, y)
    const prng = createPrng('others')
    for (let i = 0; i < 200; i++) {
      const other = {
        signalVariance: 0.05 * 400 ** prng.float(),
        lengthScales: [0.01 * 1000 ** prng.float(), 0.01 * 1000 ** prng.float()],
        noiseVariance: 1e-6 * 1e6 ** prng.float(),
      }
      expect(gpCondition(x, y, other).logMarginalLikelihood).toBeLessThanOrEqual(fitted.logMarginalLikelihood + 1e-6)
    }
  })
})
