/** Against buying and holding: every effect has its place, and together they are the excess. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { brinsonOfMonths } from './brinson.ts'
import type { Effect, HeldMonth } from './brinson.ts'

const effectOf = (effects: readonly Effect[], name: string): number =>
  effects.find((each) => each.name === name)?.effect ?? Number.NaN
const symbol = (name: string, weight: number, benchmarkWeight: number, change: number, earned: number) => ({
  symbol: name,
  weight,
  benchmarkWeight,
  change,
  earned,
})

describe('the attribution against holding', () => {
  it('of an account in cash is what it missed, all of it cash and symbols it did not hold', () => {
    const effects = brinsonOfMonths([{ symbols: [symbol('A', 0, 1, 0.2, 0)], besides: [] }])
    expect(effects.excess).toBeCloseTo(-0.2, 14)
    // In a benchmark of one symbol its change is the benchmark's: all that counts is the cash.
    expect(effectOf(effects.allocation, 'cash')).toBeCloseTo(-0.2, 14)
    expect(effectOf(effects.timing, 'A')).toBe(0)
  })

  it('tells exposure, timing and costs apart', () => {
    const month: HeldMonth = {
      symbols: [symbol('A', 0.5, 0.5, 0.1, 0.08), symbol('B', -0.2, 0.5, -0.1, 0.02)],
      besides: [
        { name: 'commission', share: -0.01 },
        { name: 'funding', share: 0.002 },
      ],
    }
    const effects = brinsonOfMonths([month])
    // The benchmark earned 0; B was held less of by 0.7.
    expect(effects.benchmarkReturn).toBeCloseTo(0, 14)
    expect(effects.portfolioReturn).toBeCloseTo(0.08 + 0.02 - 0.01 + 0.002, 14)
    expect(effectOf(effects.allocation, 'A')).toBeCloseTo(0, 14)
    expect(effectOf(effects.allocation, 'B')).toBeCloseTo(0.07, 14)
    expect(effectOf(effects.timing, 'A')).toBeCloseTo(0.03, 14)
    expect(effectOf(effects.timing, 'B')).toBeCloseTo(0, 14)
    expect(effectOf(effects.besides, 'commission')).toBeCloseTo(-0.01, 14)
    expect(effectOf(effects.besides, 'funding')).toBeCloseTo(0.002, 14)
  })

  const small = fc.double({ min: -0.3, max: 0.3, noNaN: true })
  const month = fc.tuple(small, small, small, small, small, small, small).map(([w1, w2, c1, c2, e1, e2, cost]): HeldMonth => ({
    symbols: [symbol('A', w1 * 5, 0.4, c1, e1), symbol('B', w2 * 5, 0.6, c2, e2)],
    besides: [{ name: 'commission', share: cost }],
  }))

  it('adds up to the compounded excess over any months', () => {
    fc.assert(
      fc.property(fc.array(month, { minLength: 1, maxLength: 12 }), (months) => {
        const effects = brinsonOfMonths(months)
        const own = months.reduce(
          (wealth, each) => wealth * (1 + each.symbols[0].earned + each.symbols[1].earned + each.besides[0].share),
          1,
        )
        const held = months.reduce((wealth, { symbols: [a, b] }) => wealth * (1 + 0.4 * a.change + 0.6 * b.change), 1)
        const size = 1 + own + held
        expect(Math.abs(effects.portfolioReturn - (own - 1))).toBeLessThan(1e-10 * size)
        expect(Math.abs(effects.excess - (own - held))).toBeLessThan(1e-10 * size)
        const all = [...effects.allocation, ...effects.timing, ...effects.besides].reduce((sum, { effect }) => sum + effect, 0)
        expect(Math.abs(all - effects.excess)).toBeLessThan(1e-10 * size)
      }),
    )
  })

  it('refuses months that left nothing', () => {
    expect(() => brinsonOfMonths([{ symbols: [symbol('A', 1, 1, 0, -1.1)], besides: [] }])).toThrow(/-1/)
  })
})
