/** Laws of returns, spreads and ratios: scale, order, bounds, and what stands over nothing. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MathError } from '../error.ts'
import * as metrics from './index.ts'

const returns = fc.array(
  fc.integer({ min: -3_000, max: 3_000 }).map((bp) => bp / 10_000),
  { minLength: 3, maxLength: 60 },
)
const near = (got: number, want: number): void =>
  expect(Math.abs(got - want)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(got), Math.abs(want)) + 1e-12)

/** Both sides throw the same reason, or both are numbers that agree. */
function same(a: () => number, b: () => number): void {
  const [x, y] = [a, b].map((each) => {
    try {
      return each()
    } catch (error) {
      return error instanceof MathError ? error.reason : String(error)
    }
  })
  if (typeof x === 'number' && typeof y === 'number' && Number.isFinite(x)) near(y, x)
  else expect(y).toBe(x)
}

describe('returns', () => {
  it('simple and log returns are inverse to one another, and add up to the growth of the price (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 2, maxLength: 50 }), (prices) => {
        const simple = metrics.simpleReturns(prices)
        const logs = metrics.logReturns(prices)
        metrics.toLogReturns(simple).forEach((log, i) => near(log, logs[i]))
        metrics.toSimpleReturns(logs).forEach((r, i) => near(r, simple[i]))
        const total = prices[prices.length - 1] / prices[0]
        near(1 + metrics.cumulativeReturn(simple), total)
        near(metrics.wealthPath(simple)[simple.length - 1], total)
      }),
    )
  })
  it('compounds to the same over a year whatever the period is (property)', () => {
    fc.assert(
      fc.property(returns, (list) => {
        const annual = metrics.annualisedReturn(list, { periodsPerYear: list.length })
        near(annual, metrics.cumulativeReturn(list))
        near((1 + metrics.geometricMean(list)) ** list.length - 1, annual)
      }),
    )
  })
  it('has no geometry after a loss of everything', () => {
    for (const each of [metrics.cumulativeReturn, metrics.geometricMean, metrics.drawdownSeries, metrics.stability])
      expect(() => each([0.1, -1, 0.2])).toThrow('above -1')
  })
  it('overlapping windows compound their returns (property)', () => {
    fc.assert(
      fc.property(returns, fc.integer({ min: 1, max: 3 }), (list, periods) => {
        const windows = metrics.overlappingReturns(list, periods)
        expect(windows.length).toBe(list.length - periods + 1)
        windows.forEach((r, i) => near(r, metrics.cumulativeReturn(list.slice(i, i + periods))))
      }),
    )
  })
})

describe('ratios', () => {
  it('do not depend on the scale of the returns (property)', () => {
    const free = [
      metrics.sharpe,
      metrics.sortino,
      metrics.omega,
      metrics.omegaSharpe,
      metrics.gainToPain,
      metrics.dRatio,
      metrics.prospectRatio,
      metrics.upsidePotentialRatio,
      metrics.volatilitySkewness,
      metrics.tailRatio,
      (list: readonly number[]) => metrics.kappa(list, { order: 3 }),
      metrics.skewness,
      metrics.kurtosis,
    ] as readonly ((list: readonly number[]) => number)[]
    fc.assert(
      fc.property(returns, (list) => {
        for (const ratio of free)
          same(
            () => ratio(list),
            () => ratio(list.map((r) => r * 4)),
          )
      }),
    )
  })
  it('agree with one another where they are the same thing (property)', () => {
    fc.assert(
      fc.property(returns, fc.integer({ min: -100, max: 100 }), (list, bp) => {
        const target = bp / 10_000
        same(
          () => metrics.kappa(list, { target, order: 2 }),
          () => metrics.sortino(list, { target }),
        )
        same(
          () => metrics.kappa(list, { target, order: 1 }),
          () => metrics.omegaSharpe(list, { target }),
        )
        near(metrics.downsideDeviation(list, { target }) ** 2, metrics.lowerPartialMoment(list, { target, order: 2 }))
        near(
          metrics.upsidePotential(list, { target }) - metrics.downsidePotential(list, { target }),
          metrics.annualisedReturn(list, { periodsPerYear: 1, linking: 'arithmetic' }) - target,
        )
        // Both sides together are the second moment about the target.
        near(
          metrics.downsideDeviation(list, { target }) ** 2 + metrics.upsideRisk(list, { target }) ** 2,
          list.reduce((total, r) => total + (r - target) ** 2, 0) / list.length,
        )
        expect(metrics.downsideDeviation(list, { target, denominator: 'subset' })).toBeGreaterThanOrEqual(
          metrics.downsideDeviation(list, { target }) - 1e-15,
        )
      }),
    )
  })
  it('grow with the mean: a Sharpe ratio after a rise of every return is larger (property)', () => {
    fc.assert(
      fc.property(returns, (list) => {
        fc.pre(new Set(list).size > 1)
        expect(metrics.sharpe(list.map((r) => r + 0.01))).toBeGreaterThan(metrics.sharpe(list))
        near(metrics.sharpe(list, { riskFree: 0.01 }), metrics.sharpe(list.map((r) => r - 0.01)))
        near(metrics.sharpe(list, { periodsPerYear: 16 }), 4 * metrics.sharpe(list))
      }),
    )
  })
  it('over nothing are infinite for a gain, 0 for nothing, and refused for a loss', () => {
    for (const ratio of [metrics.sharpe, metrics.sortino, metrics.gainToPain, metrics.omega])
      expect([ratio([0.1, 0.1, 0.1]), ratio([0, 0])]).toEqual([Infinity, 0])
    expect(() => metrics.sharpe([-0.1, -0.1, -0.1])).toThrow('nothing to divide by')
    expect(() => metrics.sharpe([0.1, 0.1], { overNothing: 'refuse' })).toThrow('nothing to divide by')
    expect(() => metrics.sharpe([0.1])).toThrow('2 are needed')
    expect(metrics.sharpe(new Array<number>(999).fill(0.07), { riskFree: 0.07 })).toBe(0)
  })
})

describe('skewness and kurtosis', () => {
  it('lie on or above the parabola: kurtosis >= 1 + skewness^2 (property)', () => {
    fc.assert(
      fc.property(returns, (list) => {
        fc.pre(new Set(list).size > 1)
        expect(metrics.kurtosis(list)).toBeGreaterThanOrEqual(1 + metrics.skewness(list) ** 2 - 1e-9)
        near(metrics.skewness(list.map((r) => -r)), -metrics.skewness(list))
      }),
    )
  })
})

describe('wins and losses', () => {
  it('hang together (property)', () => {
    fc.assert(
      fc.property(returns, (list) => {
        fc.pre(list.some((r) => r > 0) && list.some((r) => r < 0))
        const p = metrics.winRate(list)
        near(p * metrics.averageWin(list) + (1 - p) * metrics.averageLoss(list), metrics.expectancy(list))
        near((metrics.payoffRatio(list) * p) / (1 - p), metrics.profitFactor(list))
        near(metrics.profitFactor(list), metrics.omega(list))
        near(metrics.gainToPain(list), metrics.profitFactor(list) - 1)
        // A stake is worth it exactly when trades gain on average.
        if (Math.abs(metrics.expectancy(list)) > 1e-9)
          expect(Math.sign(metrics.kellyOfTrades(list))).toBe(Math.sign(metrics.expectancy(list)))
        expect(metrics.consecutiveWins(list)).toBeLessThanOrEqual(list.filter((r) => r > 0).length)
      }),
    )
  })
})

describe('a benchmark', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: -900, max: 900 }), fc.integer({ min: -900, max: 900 })), {
    minLength: 3,
    maxLength: 40,
  })
  it('of itself has beta 1, alpha 0 and no active return (property)', () => {
    fc.assert(
      fc.property(returns, (list) => {
        fc.pre(new Set(list).size > 1)
        near(metrics.beta(list, list), 1)
        near(metrics.alpha(list, list, { riskFree: 0.001 }), 0)
        near(metrics.rSquared(list, list), 1)
        expect(metrics.trackingError(list, list)).toBe(0)
        expect(metrics.informationRatio(list, list)).toBe(0)
        same(
          () => metrics.capture(list, list, { side: 'all' }),
          () => (Math.abs(metrics.cumulativeReturn(list)) > 1e-12 ? 1 : metrics.capture(list, list, { side: 'all' })),
        )
      }),
    )
  })
  it('explains a line completely, and beta and correlation scale as they should (property)', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const [r, b] = [list.map(([x]) => x / 10_000), list.map(([, y]) => y / 10_000)]
        fc.pre(new Set(r).size > 1 && new Set(b).size > 1)
        near(
          metrics.beta(
            b.map((y) => 0.001 + 2 * y),
            b,
          ),
          2,
        )
        near(
          metrics.alpha(
            b.map((y) => 0.001 + 2 * y),
            b,
          ),
          0.001,
        )
        near(
          metrics.beta(
            r.map((x) => 3 * x),
            b,
          ),
          3 * metrics.beta(r, b),
        )
        const correlation = metrics.benchmarkCorrelation(r, b)
        near((metrics.beta(r, b) * metrics.volatility(b)) / metrics.volatility(r), correlation)
        expect(Math.abs(correlation)).toBeLessThanOrEqual(1)
      }),
    )
  })
  it('that does not vary has no beta', () => {
    expect(() => metrics.beta([0.1, 0.2, 0.3], [0.1, 0.1, 0.1])).toThrow('does not vary')
  })
})
