/** Netting conserves what every book wants, crosses add up to 0, and one side alone goes to the venue. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { netChanges } from './net-changes.ts'
import type { BookChange } from './net-changes.ts'

const of = (...differences: number[]): BookChange[] => differences.map((difference, strategy) => ({ strategy, difference }))

describe('netChanges', () => {
  it('sends what one book alone wants, and nothing for nothing', () => {
    expect(netChanges(of(7))).toEqual({ difference: 7, shares: [{ strategy: 0, qty: 7 }], crosses: [] })
    expect(netChanges(of(-7))).toEqual({ difference: -7, shares: [{ strategy: 0, qty: 7 }], crosses: [] })
    expect(netChanges(of(0, 0))).toEqual({ difference: 0, shares: [], crosses: [] })
    expect(netChanges([])).toEqual({ difference: 0, shares: [], crosses: [] })
  })

  it('crosses the smaller side wholly with the larger, pro rata, the remainder to the largest', () => {
    expect(netChanges(of(10, 5, -7))).toEqual({
      difference: 8,
      // 7 over 10 and 5: 4.67 and 2.33, rounded down, the remaining 1 to the first.
      shares: [
        { strategy: 0, qty: 5 },
        { strategy: 1, qty: 3 },
      ],
      crosses: [
        { strategy: 0, difference: 5 },
        { strategy: 1, difference: 2 },
        { strategy: 2, difference: -7 },
      ],
    })
    expect(netChanges(of(3, -10))).toEqual({
      difference: -7,
      shares: [{ strategy: 1, qty: 7 }],
      crosses: [
        { strategy: 1, difference: -3 },
        { strategy: 0, difference: 3 },
      ],
    })
  })

  it('sends nothing where both sides are equal', () =>
    expect(netChanges(of(4, -4))).toEqual({
      difference: 0,
      shares: [],
      crosses: [
        { strategy: 0, difference: 4 },
        { strategy: 1, difference: -4 },
      ],
    }))

  it('gives every book exactly what it wanted, whatever that is', () => {
    const differences = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { maxLength: 6 })
    fc.assert(
      fc.property(differences, (wanted) => {
        const { difference, shares, crosses } = netChanges(of(...wanted))
        const sum = (list: readonly number[]): number => list.reduce((total, each) => total + each, 0)
        expect(difference + 0).toBe(sum(wanted) + 0)
        expect(sum(crosses.map((each) => each.difference)) + 0).toBe(0)
        expect(sum(shares.map(({ qty }) => qty))).toBe(Math.abs(difference))
        wanted.forEach((own, strategy) => {
          const sent = Math.sign(difference) * sum(shares.filter((each) => each.strategy === strategy).map(({ qty }) => qty))
          const crossed = sum(crosses.filter((each) => each.strategy === strategy).map((each) => each.difference))
          expect(sent + crossed + 0).toBe(own + 0)
          // Nobody trades beyond what he wanted, nor against it.
          expect(sent * own).toBeGreaterThanOrEqual(0)
          expect(crossed * own).toBeGreaterThanOrEqual(0)
          // The smaller side goes to nobody but the others.
          if (own * difference < 0) expect(sent + 0).toBe(0)
        })
      }),
      { numRuns: 300 },
    )
  })
})
