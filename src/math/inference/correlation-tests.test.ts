/** Correlations against their plain definitions and all orders there are; and tests of counts and shares likewise. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ranks } from '../numerics/quantile.ts'
import { kendallTest, pearsonTest, spearmanTest } from './correlation-tests.ts'
import { binomialTest, chiSquaredGoodnessOfFit } from './goodness-of-fit.ts'

const series = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 })), { minLength: 4, maxLength: 25 })
const split = (pairs: readonly (readonly [number, number])[]): [number[], number[]] => [
  pairs.map(([x]) => x),
  pairs.map(([, y]) => y),
]
const varies = (x: readonly number[]): boolean => new Set(x).size > 1

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((first, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [first, ...rest]))
}

describe('correlation tests', () => {
  it('are symmetric, between -1 and 1, and change sign with a series', () => {
    fc.assert(
      fc.property(series, (pairs) => {
        const [x, y] = split(pairs)
        fc.pre(varies(x) && varies(y))
        for (const test of [pearsonTest, spearmanTest, kendallTest]) {
          const found = test(x, y)
          expect(Math.abs(found.statistic)).toBeLessThanOrEqual(1)
          expect(found.pValue).toBeGreaterThanOrEqual(0)
          expect(found.pValue).toBeLessThanOrEqual(1)
          expect(test(y, x).statistic).toBeCloseTo(found.statistic, 10)
          const mirrored = y.map((value) => -value)
          expect(test(x, mirrored).statistic).toBeCloseTo(-found.statistic, 10)
          expect(test(x, mirrored).pValue).toBeCloseTo(found.pValue, 8)
        }
        expect(spearmanTest(x, y).statistic).toBeCloseTo(pearsonTest(ranks(x), ranks(y)).statistic, 12)
      }),
    )
  })

  it('Kendall is the pairs that agree less those that do not, over what could', () => {
    fc.assert(
      fc.property(series, (pairs) => {
        const [x, y] = split(pairs)
        fc.pre(varies(x) && varies(y))
        let [score, inX, inY] = [0, 0, 0]
        for (let i = 0; i < x.length; i++)
          for (let j = 0; j < i; j++) {
            score += Math.sign(x[i] - x[j]) * Math.sign(y[i] - y[j])
            if (x[i] !== x[j]) inX += 1
            if (y[i] !== y[j]) inY += 1
          }
        expect(kendallTest(x, y).statistic).toBeCloseTo(score / Math.sqrt(inX * inY), 12)
      }),
    )
  })

  it('Kendall exact is the share of all orders', () => {
    const x = [0, 1, 2, 3, 4, 5]
    const scores = permutations(x).map((y) => kendallTest(x, y).statistic)
    for (const y of permutations(x).filter((_, i) => i % 37 === 0)) {
      const own = kendallTest(x, y)
      const share = (holds: (tau: number) => boolean): number => scores.filter(holds).length / scores.length
      expect(own.pValue).toBeCloseTo(
        Math.min(
          1,
          share((tau) => Math.abs(tau) >= Math.abs(own.statistic) - 1e-9),
        ),
        10,
      )
      expect(kendallTest(x, y, { alternative: 'greater' }).pValue).toBeCloseTo(
        share((tau) => tau >= own.statistic - 1e-9),
        10,
      )
    }
  })

  it('knows a perfect line', () => {
    expect(pearsonTest([1, 2, 3, 4], [2, 4, 6, 8])).toMatchObject({ statistic: 1, pValue: 0 })
    expect(pearsonTest([1, 2, 3, 4], [2, 4, 6, 8], { alternative: 'less' }).pValue).toBe(1)
  })
})

describe('tests of counts', () => {
  it('the binomial sums the outcomes that are not more likely', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0.02, max: 0.98, noNaN: true }), fc.nat(30), (n, p, k) => {
        const seen = Math.min(k, n)
        const chance = (x: number): number => {
          let ways = 1
          for (let i = 1; i <= x; i++) ways = (ways * (n - i + 1)) / i
          return ways * p ** x * (1 - p) ** (n - x)
        }
        const all = Array.from({ length: n + 1 }, (_, x) => chance(x))
        const sum = (holds: (x: number) => boolean): number => all.reduce((total, each, x) => total + (holds(x) ? each : 0), 0)
        expect(binomialTest(seen, n, { share: p }).pValue).toBeCloseTo(
          sum((x) => all[x] <= all[seen] * (1 + 1e-7)),
          9,
        )
        expect(binomialTest(seen, n, { share: p, alternative: 'less' }).pValue).toBeCloseTo(
          sum((x) => x <= seen),
          10,
        )
        expect(binomialTest(seen, n, { share: p, alternative: 'greater' }).pValue).toBeCloseTo(
          sum((x) => x >= seen),
          10,
        )
      }),
    )
  })

  it('chi-squared is zero where counts are as expected, and scales expected counts', () => {
    expect(chiSquaredGoodnessOfFit([5, 10, 15], { expected: [1, 2, 3] })).toMatchObject({ statistic: 0, pValue: 1 })
    expect(chiSquaredGoodnessOfFit([16, 18, 16, 14, 12, 12]).statistic).toBeCloseTo(2, 12)
  })
})
