/** The rank tests against plain enumeration of all that could have been. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MathError } from '../error.ts'
import { combinations } from './combinations.ts'
import { mannWhitney, mannWhitneyDistribution, signedRankDistribution, wilcoxonSignedRank } from './ranks.ts'

const distinct = (minLength: number, maxLength: number) =>
  fc.uniqueArray(fc.integer({ min: -1_000, max: 1_000 }), { minLength, maxLength })

/** Pairs in which the first is larger. */
const lead = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((total, x) => total + b.reduce((count, y) => count + (x > y ? 1 : x === y ? 0.5 : 0), 0), 0)

describe('Mann-Whitney', () => {
  it('exact is the share of all divisions of the values that are as extreme', () => {
    fc.assert(
      fc.property(distinct(4, 10), fc.integer({ min: 1, max: 3 }), (all, n) => {
        const [a, b] = [all.slice(0, n), all.slice(n)]
        const u = lead(a, b)
        let [least, most, count] = [0, 0, 0]
        for (const chosen of combinations(all.length, n)) {
          const first = chosen.map((i) => all[i])
          const other = lead(
            first,
            all.filter((_, i) => !chosen.includes(i)),
          )
          count += 1
          if (other >= u) most += 1
          if (other <= u) least += 1
        }
        const greater = mannWhitney(a, b, { alternative: 'greater', method: 'exact' })
        expect(greater.statistic).toBe(u)
        expect(greater.pValue).toBeCloseTo(most / count, 12)
        expect(mannWhitney(a, b, { alternative: 'less', method: 'exact' }).pValue).toBeCloseTo(least / count, 12)
        expect(mannWhitney(a, b, { method: 'exact' }).pValue).toBeCloseTo(Math.min(1, (2 * Math.min(least, most)) / count), 12)
      }),
      { numRuns: 60 },
    )
  })

  it('exact rounds the half that a tie leaves down', () => {
    const [a, b] = [
      [1, 2, 3],
      [2, 5, 6],
    ]
    expect(mannWhitney(a, b, { method: 'exact' }).statistic).toBe(1.5)
    // 9 - 1.5 = 7.5 is taken as 7: of the 20 divisions of six values, 4 have a U of 7 or more.
    expect(mannWhitney(a, b, { method: 'exact' }).pValue).toBeCloseTo(8 / 20, 12)
  })

  it('counts leads, ties half, and turns around with its samples', () => {
    const tied = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 12 })
    fc.assert(
      fc.property(tied, tied, (a, b) => {
        fc.pre(new Set([...a, ...b]).size > 1)
        const there = mannWhitney(a, b, { method: 'asymptotic' })
        const back = mannWhitney(b, a, { method: 'asymptotic' })
        expect(there.statistic).toBeCloseTo(lead(a, b), 9)
        expect(there.statistic + back.statistic).toBeCloseTo(a.length * b.length, 9)
        expect(there.pValue).toBeCloseTo(back.pValue, 12)
      }),
    )
  })

  it('has a distribution that sums to one, is symmetric, and is near the normal for larger samples', () => {
    const distribution = mannWhitneyDistribution(12, 17)
    expect(distribution.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    distribution.forEach((p, u) => expect(p).toBeCloseTo(distribution[12 * 17 - u], 14))
    const [a, b] = [Array.from({ length: 25 }, (_, i) => i * 1.1), Array.from({ length: 30 }, (_, i) => i + 0.03)]
    expect(mannWhitney(a, b, { method: 'exact' }).pValue / mannWhitney(a, b, { method: 'asymptotic' }).pValue).toBeCloseTo(1, 1)
    expect(() => mannWhitney(new Float64Array(300), new Float64Array(300), { method: 'exact' })).toThrow(MathError)
  })
})

describe('Wilcoxon', () => {
  it('exact is the share of all signs that are as extreme', () => {
    const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 511 }), (size, signs) => {
        const differences = size.map((each, i) => ((signs >> i) & 1 ? each : -each))
        const rank = size.map((each) => size.filter((other) => other <= each).length)
        const sumOf = (bits: number): number => rank.reduce((sum, each, i) => sum + ((bits >> i) & 1 ? each : 0), 0)
        const own = sumOf(signs)
        const all = Array.from({ length: 2 ** size.length }, (_, bits) => sumOf(bits))
        const share = (holds: (w: number) => boolean): number => all.filter(holds).length / all.length
        const greater = wilcoxonSignedRank(differences, undefined, { alternative: 'greater' })
        expect(greater.method).toBe('exact')
        expect(greater.statistic).toBe(own)
        expect(greater.pValue).toBeCloseTo(
          share((w) => w >= own),
          12,
        )
        expect(wilcoxonSignedRank(differences, undefined, { alternative: 'less' }).pValue).toBeCloseTo(
          share((w) => w <= own),
          12,
        )
      }),
      { numRuns: 60 },
    )
  })

  it('has a distribution that sums to one, and drops zeros', () => {
    expect(signedRankDistribution(40).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    const x = [3, -1, 4, 0, 2, -5, 9]
    const found = wilcoxonSignedRank(x, undefined, { method: 'asymptotic' })
    expect(found.count).toBe(6)
    expect(found.positive + found.negative).toBe(21)
    expect(wilcoxonSignedRank([5, 1, 7], [2, 2, 3]).statistic).toBe(wilcoxonSignedRank([3, -1, 4]).statistic)
  })
})
