/** The matrix of regimes and strategies, and the laws of the weights. Pure. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocate, oneHot, regimeProbabilities } from './allocation.ts'
import { REGIMES, regimeOf, STRATEGY_KINDS, type RegimeId } from './regimes.ts'

const ids = REGIMES.map(({ id }) => id)
const base = { trend: 0.3, breakout: 0.2, carry: 0.1, meanReversion: 0.2, statArb: 0.1, marketMaking: 0.1 }
const probabilities = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }).map((raw) => {
  const total = raw.reduce((a, b) => a + b, 0)
  return Object.fromEntries(ids.map((id, i) => [id, raw[i] / total])) as Record<RegimeId, number>
})
const weights = fc.record(Object.fromEntries(STRATEGY_KINDS.map((kind) => [kind, fc.double({ min: -1, max: 1, noNaN: true })])))

describe('the regimes', () => {
  it('are eight, with shares and multipliers between 0 and 1', () => {
    expect(ids).toEqual(['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8'])
    for (const { allocation, risk } of REGIMES)
      for (const share of [risk, ...STRATEGY_KINDS.map((kind) => allocation[kind])]) {
        expect(share).toBeGreaterThanOrEqual(0)
        expect(share).toBeLessThanOrEqual(1)
      }
    expect(regimeOf('R7').newRisk).toBe(false)
    expect(STRATEGY_KINDS.every((kind) => regimeOf('R7').allocation[kind] === 0)).toBe(true)
  })
})

describe('the weights', () => {
  it('of one regime are base x share x risk', () => {
    for (const { id, allocation, risk } of REGIMES)
      for (const kind of STRATEGY_KINDS)
        expect(allocate({ base, probabilities: oneHot(id) })[kind]).toBeCloseTo(base[kind] * allocation[kind] * risk, 15)
  })

  it('of several are the mean over them', () => {
    fc.assert(
      fc.property(probabilities, (p) => {
        const mixed = allocate({ base, probabilities: p })
        for (const kind of STRATEGY_KINDS) {
          const mean = ids.reduce((total, id) => total + p[id] * allocate({ base, probabilities: oneHot(id) })[kind], 0)
          expect(mixed[kind]).toBeCloseTo(mean, 12)
        }
      }),
    )
  })

  it('change by no more than the limit, towards where they are going, and get there', () => {
    fc.assert(
      fc.property(probabilities, weights, fc.double({ min: 0.01, max: 0.5, noNaN: true }), (p, previous, changeLimit) => {
        const aim = allocate({ base, probabilities: p })
        let at: Record<string, number> = previous
        for (let bar = 0; bar < 700; bar++) {
          const next: Record<string, number> = { ...allocate({ base, probabilities: p, previous: at, gross: 1, changeLimit }) }
          const moved = STRATEGY_KINDS.reduce((total, kind) => total + Math.abs(next[kind] - at[kind]), 0)
          expect(moved).toBeLessThanOrEqual(changeLimit * (1 + 1e-12))
          at = next
        }
        for (const kind of STRATEGY_KINDS) expect(at[kind]).toBeCloseTo(aim[kind], 9)
      }),
      { numRuns: 20 },
    )
  })

  it('refuse what is no distribution', () => {
    expect(() => allocate({ base, probabilities: { R1: 0.5 } })).toThrow('add up to 0.5')
    expect(() => allocate({ base, probabilities: { R1: 1.5, R2: -0.5 } })).toThrow('the probability of R1 is 1.5')
    expect(() => allocate({ base: { trend: Number.NaN }, probabilities: oneHot('R1') })).toThrow('base weight of trend')
  })

  it('take hidden states for the regimes they mean', () => {
    expect(regimeProbabilities([0.5, 0.2, 0.3], ['R5', 'R6', 'R5'])).toEqual({ R5: 0.8, R6: 0.2 })
    expect(() => regimeProbabilities([1], [])).toThrow('meanings')
  })
})
