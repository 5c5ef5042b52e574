/** Laws of the tests of means and of groups, and that their p-values are uniform when nothing is there. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng, type Prng } from '../../core/random.ts'
import { bartlettTest, kruskalWallis, leveneTest, oneWayAnova, tieSum } from './groups.ts'
import { oneSampleTTest, pairedTTest, twoSampleTTest } from './location.ts'

const values = (minLength: number) => fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength, maxLength: 20 })
const varied = (minLength: number) => values(minLength).filter((x) => Math.max(...x) - Math.min(...x) > 1e-3)
const normals = (chance: Prng, n: number): number[] => Array.from({ length: n }, () => chance.normal())

/** The largest distance between the shares of p-values and the diagonal. */
function distanceFromUniform(draw: (chance: Prng) => number, draws = 400): number {
  const chance = createPrng(11)
  const p = Float64Array.from({ length: draws }, () => draw(chance)).sort()
  return p.reduce((worst, value, i) => Math.max(worst, (i + 1) / draws - value, value - i / draws), 0)
}

describe('t-tests', () => {
  it('turn around with their samples, and their sides add up', () => {
    fc.assert(
      fc.property(varied(3), varied(3), fc.constantFrom('equal' as const, 'unequal' as const), (a, b, variances) => {
        const there = twoSampleTTest(a, b, { variances })
        const back = twoSampleTTest(b, a, { variances })
        expect(there.statistic).toBeCloseTo(-back.statistic, 9)
        expect(there.pValue).toBeCloseTo(back.pValue, 12)
        const less = twoSampleTTest(a, b, { variances, alternative: 'less' }).pValue
        const greater = twoSampleTTest(a, b, { variances, alternative: 'greater' }).pValue
        expect(less + greater).toBeCloseTo(1, 12)
        expect(there.pValue).toBeCloseTo(2 * Math.min(less, greater), 12)
      }),
    )
  })

  it('do not change with the unit', () => {
    fc.assert(
      fc.property(varied(3), varied(3), fc.constantFrom(1e-180, 1e-6, 1e6, 1e150), (a, b, unit) => {
        const scaled = (x: readonly number[]) => x.map((value) => value * unit)
        expect(twoSampleTTest(scaled(a), scaled(b)).statistic).toBeCloseTo(twoSampleTTest(a, b).statistic, 6)
        expect(oneSampleTTest(scaled(a)).pValue).toBeCloseTo(oneSampleTTest(a).pValue, 9)
      }),
    )
  })

  it('are the analysis of variance of two groups when variances are pooled', () => {
    fc.assert(
      fc.property(varied(3), varied(3), (a, b) => {
        const t = twoSampleTTest(a, b, { variances: 'equal' })
        const f = oneWayAnova([a, b])
        expect(f.statistic).toBeCloseTo(t.statistic ** 2, 6)
        expect(f.pValue).toBeCloseTo(t.pValue, 9)
      }),
    )
  })

  it('of pairs are those of the differences', () => {
    const [a, b] = [
      [1, 4, 2, 8, 5],
      [2, 1, 3, 3, 4],
    ]
    const differences = a.map((value, i) => value - b[i])
    expect(pairedTTest(a, b).pValue).toBeCloseTo(oneSampleTTest(differences).pValue, 12)
    expect(pairedTTest(a, b).estimate).toBeCloseTo(1.4, 12)
  })

  it('have uniform p-values under the null hypothesis', () => {
    // The 1 % point of the distance for 400 draws is about 0.081.
    expect(distanceFromUniform((chance) => oneSampleTTest(normals(chance, 8)).pValue)).toBeLessThan(0.081)
    expect(distanceFromUniform((chance) => twoSampleTTest(normals(chance, 9), normals(chance, 7)).pValue)).toBeLessThan(0.081)
  })
})

describe('tests of groups', () => {
  const groups = fc.array(varied(4), { minLength: 2, maxLength: 4 })

  it('do not depend on the order of the groups, nor on where and how wide they are together', () => {
    fc.assert(
      fc.property(groups, (x) => {
        for (const test of [oneWayAnova, leveneTest, bartlettTest, kruskalWallis]) {
          const found = test(x)
          expect(found.pValue).toBeGreaterThanOrEqual(0)
          expect(found.pValue).toBeLessThanOrEqual(1)
          expect(test(x.toReversed()).pValue).toBeCloseTo(found.pValue, 6)
          if (test !== kruskalWallis)
            expect(test(x.map((group) => group.map((value) => 3 * value + 7))).pValue).toBeCloseTo(found.pValue, 6)
        }
      }),
    )
  })

  it('have uniform p-values under the null hypothesis', () => {
    const three = (chance: Prng) => [normals(chance, 10), normals(chance, 12), normals(chance, 9)]
    expect(distanceFromUniform((chance) => oneWayAnova(three(chance)).pValue)).toBeLessThan(0.081)
    expect(distanceFromUniform((chance) => bartlettTest(three(chance)).pValue)).toBeLessThan(0.09)
    expect(distanceFromUniform((chance) => kruskalWallis(three(chance)).pValue)).toBeLessThan(0.1)
  })

  it('count ties', () => {
    expect(tieSum([1, 2, 3])).toBe(0)
    expect(tieSum([1, 2, 2, 5, 5, 5])).toBe(6 + 24)
  })
})
