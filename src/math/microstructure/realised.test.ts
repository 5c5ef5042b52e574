/** Laws of realised measures: they scale with the square, agree without jumps, tell a jump, and are those of the plain sums. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { logGamma } from '../numerics/special.ts'
import {
  bipowerVariation,
  jumpTest,
  medianRealisedVariance,
  minimumRealisedVariance,
  realisedQuarticity,
  realisedSemivariances,
  realisedVariance,
  tripowerQuarticity,
} from './realised.ts'

const normals = (seed: number, count: number, scale = 0.01): number[] => {
  const prng = createPrng(seed)
  return Array.from({ length: count }, () => scale * prng.normal())
}
const seeds = fc.integer({ min: 1, max: 1e6 })
const near = (value: number, expected: number, rel = 1e-12): void =>
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(rel * Math.abs(expected))

describe('realised measures', () => {
  it('grow with the square (quarticities with the fourth power), and do not mind the order of signs', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const own = normals(seed, 40)
        const [twice, turned] = [own.map((r) => 2 * r), own.map((r) => -r)]
        for (const measure of [realisedVariance, bipowerVariation, medianRealisedVariance, minimumRealisedVariance]) {
          near(measure(twice), 4 * measure(own))
          expect(measure(turned)).toBe(measure(own))
        }
        for (const measure of [realisedQuarticity, tripowerQuarticity]) near(measure(twice), 16 * measure(own))
        const { up, down } = realisedSemivariances(own)
        near(up + down, realisedVariance(own))
        expect(realisedSemivariances(turned)).toEqual({ up: down, down: up })
        near(jumpTest(twice).z, jumpTest(own).z, 1e-9)
      }),
    )
  })

  it('are their definitions', () => {
    const own = normals(5, 30)
    const abs = own.map(Math.abs)
    let [bipower, tripower, med] = [0, 0, 0]
    for (let i = 1; i < 30; i++) bipower += abs[i] * abs[i - 1]
    for (let i = 2; i < 30; i++) {
      tripower += (abs[i] * abs[i - 1] * abs[i - 2]) ** (4 / 3)
      med += [abs[i], abs[i - 1], abs[i - 2]].sort((a, b) => a - b)[1] ** 2
    }
    const mu = (2 ** (2 / 3) * Math.exp(logGamma(7 / 6))) / Math.sqrt(Math.PI)
    near(bipowerVariation(own), (Math.PI / 2) * (30 / 29) * bipower)
    near(tripowerQuarticity(own), ((30 * 30) / 28) * mu ** -3 * tripower)
    near(medianRealisedVariance(own), (Math.PI / (6 - 4 * Math.sqrt(3) + Math.PI)) * (30 / 28) * med)
  })

  it('agree without jumps, and the test is standard normal there', () => {
    let rejected = 0
    for (let seed = 1; seed <= 300; seed++) {
      const own = normals(seed, 500)
      for (const measure of [bipowerVariation, medianRealisedVariance, minimumRealisedVariance])
        expect(Math.abs(measure(own) / realisedVariance(own) - 1)).toBeLessThan(0.35)
      if (jumpTest(own).pValue < 0.05) rejected += 1
    }
    expect(rejected).toBeGreaterThanOrEqual(5)
    expect(rejected).toBeLessThanOrEqual(30)
  })

  it('tell a jump', () => {
    const own = normals(9, 288, 0.001)
    own[100] += 0.02
    const { z, pValue, jumpShare } = jumpTest(own)
    expect(z).toBeGreaterThan(4)
    expect(pValue).toBeLessThan(1e-4)
    expect(Math.abs(jumpShare - 4e-4 / realisedVariance(own))).toBeLessThan(0.15)
  })
})
