/** Adjusted p-values against the step procedures they stand for. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adjustPValues, type Correction } from './multiple-testing.ts'

const METHODS: readonly Correction[] = [
  'bonferroni',
  'sidak',
  'holm',
  'holm-sidak',
  'hochberg',
  'benjamini-hochberg',
  'benjamini-yekutieli',
]
const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 })
const level = fc.double({ min: 0.001, max: 0.5, noNaN: true })

describe('adjusted p-values', () => {
  it('are probabilities, no smaller than the raw ones, in the same order', () => {
    fc.assert(
      fc.property(pValues, (p) => {
        for (const method of METHODS) {
          const { adjusted } = adjustPValues(p, { method })
          p.forEach((raw, i) => {
            expect(adjusted[i]).toBeGreaterThanOrEqual(raw * (1 - 1e-12))
            expect(adjusted[i]).toBeLessThanOrEqual(1)
            p.forEach((other, j) => {
              if (raw < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j])
            })
          })
        }
      }),
    )
  })

  it('are stricter the more is promised', () => {
    fc.assert(
      fc.property(pValues, (p) => {
        const of = (method: Correction): Float64Array => adjustPValues(p, { method }).adjusted
        const [bonferroni, holm, hochberg, bh, by] = (
          ['bonferroni', 'holm', 'hochberg', 'benjamini-hochberg', 'benjamini-yekutieli'] as const
        ).map(of)
        p.forEach((_, i) => {
          expect(holm[i]).toBeLessThanOrEqual(bonferroni[i] + 1e-15)
          expect(hochberg[i]).toBeLessThanOrEqual(holm[i] + 1e-15)
          expect(bh[i]).toBeLessThanOrEqual(hochberg[i] + 1e-15)
          expect(bh[i]).toBeLessThanOrEqual(by[i] + 1e-15)
        })
      }),
    )
  })

  it('reject what the step procedures reject', () => {
    fc.assert(
      fc.property(pValues, level, (p, alpha) => {
        const n = p.length
        const ascending = p.toSorted((a, b) => a - b)
        const down = ascending.findIndex((each, i) => each * (n - i) > alpha)
        const holm = adjustPValues(p, { method: 'holm', level: alpha }).rejected.filter(Boolean).length
        expect(holm).toBe(down === -1 ? n : down)
        const up = ascending.findLastIndex((each, i) => (n / (i + 1)) * each <= alpha)
        expect(adjustPValues(p, { method: 'benjamini-hochberg', level: alpha }).rejected.filter(Boolean).length).toBe(up + 1)
      }),
    )
  })

  it('leave a single p-value as it is', () => {
    for (const method of METHODS) expect(adjustPValues([0.3], { method }).adjusted[0]).toBeCloseTo(0.3, 12)
  })
})
