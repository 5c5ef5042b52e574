/** The Kolmogorov-Smirnov distributions against closed forms of small samples, enumeration, and one another where they meet. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { normalCdf } from '../numerics/special.ts'
import { combinations } from './combinations.ts'
import { kolmogorovTail, smirnovTail } from './kolmogorov-distribution.ts'
import { kolmogorovSmirnov, twoSampleKolmogorovSmirnov } from './kolmogorov-smirnov.ts'

const d01 = fc.double({ min: 0.001, max: 0.999, noNaN: true })

describe('the one-sample distributions', () => {
  it('have their closed forms for one and two values', () => {
    fc.assert(
      fc.property(d01, (d) => {
        expect(kolmogorovTail(1, d)).toBeCloseTo(d <= 0.5 ? 1 : 2 * (1 - d), 10)
        const two = d <= 0.25 ? 0 : d <= 0.5 ? 2 * (2 * d - 0.5) ** 2 : 1 - 2 * (1 - d) ** 2
        expect(kolmogorovTail(2, d)).toBeCloseTo(1 - two, 10)
        expect(smirnovTail(1, d)).toBeCloseTo(1 - d, 10)
      }),
    )
  })

  it('fall from one to zero', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), d01, fc.double({ min: 0, max: 0.2, noNaN: true }), (n, d, more) => {
        const tail = kolmogorovTail(n, d)
        expect(tail).toBeGreaterThanOrEqual(0)
        expect(tail).toBeLessThanOrEqual(1)
        expect(kolmogorovTail(n, d + more)).toBeLessThanOrEqual(tail + 1e-6)
        expect(smirnovTail(n, d)).toBeLessThanOrEqual(tail + 1e-6)
      }),
    )
  })

  it('agree where one method hands over to another', () => {
    // Durbin's matrix to Smirnov's sum.
    for (const n of [20, 100, 140]) {
      const at = Math.sqrt(4 / n)
      expect(kolmogorovTail(n, at - 1e-12) / kolmogorovTail(n, at + 1e-12)).toBeCloseTo(1, 4)
    }
    // The matrix to the expansion of Pelz and Good, in the length and in the distance.
    for (const z of [0.6, 0.9, 1.2, 1.45])
      expect(kolmogorovTail(140, z / Math.sqrt(140))).toBeCloseTo(kolmogorovTail(141, z / Math.sqrt(141)), 3)
    const hand = (1.4 / 500) ** (2 / 3)
    expect(kolmogorovTail(500, hand - 1e-9)).toBeCloseTo(kolmogorovTail(500, hand + 1e-9), 6)
    // Long samples to the limit.
    for (const z of [0.3, 0.7, 1, 1.5, 2]) expect(kolmogorovTail(1e8, z / 1e4)).toBeCloseTo(kolmogorovTail(Infinity, z), 4)
    expect(smirnovTail(100_000, 0.004) / smirnovTail(100_001, 0.004)).toBeCloseTo(1, 3)
    // The limit's two series.
    expect(kolmogorovTail(Infinity, 1 - 1e-12)).toBeCloseTo(kolmogorovTail(Infinity, 1 + 1e-12), 9)
  })

  it('give uniform p-values to values of the distribution itself', () => {
    const chance = createPrng(3)
    const draws = 400
    const p = Float64Array.from(
      { length: draws },
      () =>
        kolmogorovSmirnov(
          Float64Array.from({ length: 15 }, () => chance.normal()),
          normalCdf,
        ).pValue,
    ).sort()
    const worst = p.reduce((most, value, i) => Math.max(most, (i + 1) / draws - value, value - i / draws), 0)
    expect(worst).toBeLessThan(0.081)
  })
})

describe('two samples', () => {
  const sup = (a: readonly number[], b: readonly number[], sign: number): number =>
    Math.max(
      0,
      ...[...a, ...b].map(
        (at) => sign * (a.filter((x) => x <= at).length / a.length - b.filter((x) => x <= at).length / b.length),
      ),
    )

  it('exact is the share of all divisions of the values that are as far apart', () => {
    const distinct = fc.uniqueArray(fc.integer({ min: -500, max: 500 }), { minLength: 4, maxLength: 10 })
    fc.assert(
      fc.property(distinct, fc.integer({ min: 1, max: 3 }), (all, n) => {
        const [a, b] = [all.slice(0, n), all.slice(n)]
        for (const alternative of ['two-sided', 'greater', 'less'] as const) {
          const measure = (x: readonly number[], y: readonly number[]): number =>
            alternative === 'two-sided' ? Math.max(sup(x, y, 1), sup(x, y, -1)) : sup(x, y, alternative === 'greater' ? 1 : -1)
          const own = measure(a, b)
          let [as, count] = [0, 0]
          for (const chosen of combinations(all.length, n)) {
            count += 1
            const first = chosen.map((i) => all[i])
            const rest = all.filter((_, i) => !chosen.includes(i))
            if (measure(first, rest) >= own - 1e-12) as += 1
          }
          const found = twoSampleKolmogorovSmirnov(a, b, { alternative })
          expect(found.statistic).toBeCloseTo(own, 12)
          expect(found.pValue).toBeCloseTo(as / count, 10)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('exact and asymptotic agree for longer samples', () => {
    const chance = createPrng(8)
    const [a, b] = [300, 400].map((n, k) => Array.from({ length: n }, () => chance.normal() + 0.1 * k))
    for (const alternative of ['two-sided', 'greater'] as const) {
      const exact = twoSampleKolmogorovSmirnov(a, b, { alternative, method: 'exact' }).pValue
      expect(twoSampleKolmogorovSmirnov(a, b, { alternative, method: 'asymptotic' }).pValue / exact).toBeCloseTo(1, 1)
    }
  })
})
