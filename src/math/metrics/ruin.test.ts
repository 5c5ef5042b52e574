/** Risk of ruin: closed forms against one another and against simulation. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import * as metrics from './index.ts'

describe('risk of ruin', () => {
  it("is the gambler's for even bets, and solves its equation for others (property)", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 30 }),
        (percent, hundredths, units) => {
          const [winRate, payoff] = [percent / 100, hundredths / 100]
          const one = metrics.riskOfRuin({ winRate, payoff, units: 1 })
          expect(one).toBeGreaterThanOrEqual(0)
          expect(one).toBeLessThanOrEqual(1)
          if (winRate * payoff > 1 - winRate + 1e-9) {
            expect(one).toBeLessThan(1)
            expect(winRate * one ** payoff + (1 - winRate) / one).toBeCloseTo(1, 9)
          } else if (winRate * payoff < 1 - winRate) expect(one).toBe(1)
          expect(metrics.riskOfRuin({ winRate, payoff, units })).toBeCloseTo(one ** units, 9)
        },
      ),
    )
    expect(metrics.riskOfRuin({ winRate: 0.6, units: 5 })).toBeCloseTo((0.4 / 0.6) ** 5, 12)
  })
  it('of bets that pay two agrees with drawing them', () => {
    const [winRate, units] = [0.4, 5]
    const prng = createPrng(3)
    let ruined = 0
    for (let path = 0; path < 4_000; path++) {
      let capital = units
      for (let i = 0; i < 400 && capital > 0; i++) capital += prng.chance(winRate) ? 2 : -1
      if (capital <= 0) ruined += 1
    }
    expect(ruined / 4_000).toBeCloseTo(metrics.riskOfRuin({ winRate, payoff: 2, units }), 1)
  })
  it('of a diffusion agrees with a long simulation of small steps', () => {
    const prng = createPrng(4)
    const [growth, deviation, level] = [0.0005, 0.01, 0.9]
    const returns = Array.from({ length: 2_000 }, (_, i) => {
      // Pairs around the mean: the sample has exactly this growth and about this deviation.
      const noise = deviation * createPrng(i >> 1).normal()
      return Math.expm1(growth + (i % 2 === 0 ? noise : -noise))
    })
    const { probability, standardError } = metrics.simulatedRuin(returns, { level, periods: 3_000, paths: 600 }, prng)
    const exact = metrics.diffusionRuin({ growth, deviation, level })
    // Steps overshoot the border, so a walk in steps is ruined a little less often.
    expect(Math.abs(probability - exact)).toBeLessThan(4 * standardError + 0.05)
  })
  it('is certain without growth, and larger for larger stakes', () => {
    expect(metrics.diffusionRuin({ growth: 0, deviation: 0.1, level: 0.5 })).toBe(1)
    const returns = [0.03, -0.02, 0.01, -0.01, 0.02, -0.025]
    const at = (exposure: number): number =>
      metrics.simulatedRuin(returns, { level: 0.8, periods: 100, paths: 400, exposure }, createPrng(1)).probability
    expect(at(1)).toBeLessThanOrEqual(at(3))
    expect(at(3)).toBeLessThanOrEqual(at(10))
    expect(at(3)).toBe(at(3))
  })
})
