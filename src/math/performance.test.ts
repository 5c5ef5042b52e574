/** Performance statistics: closed forms, laws, and reference values of other software where they are at hand. */
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY } from '../core/time.ts'
import {
  annualisedVolatility,
  cagr,
  calmar,
  downsideDeviation,
  expectancy,
  maxDrawdown,
  profitFactor,
  sampleDeviation,
  sharpe,
  sortino,
  winRate,
  YEAR_MS,
} from './performance.ts'
import { mean, sum } from './sum.ts'

const curve = (...equity: number[]) => [Float64Array.from(equity, (_, i) => i * DAY), Float64Array.from(equity)] as const
const DAY_MS = DAY / 1_000

describe('sum', () => {
  it('does not lose small values behind large ones', () => expect(sum([1, 1e100, 1, -1e100])).toBe(2))
  it('adds a million tenths', () => expect(sum(new Float64Array(1_000_000).fill(0.1))).toBe(100_000))
  it('has no mean of nothing', () => expect(mean([])).toBeUndefined())
})

describe('cagr', () => {
  it('compounds over years of 365.25 days', () => {
    expect(cagr({ initial: 100, final: 400, durationMs: 2 * YEAR_MS })).toBeCloseTo(1, 12)
    expect(cagr({ initial: 100, final: 200, durationMs: YEAR_MS / 2 })).toBeCloseTo(3, 12)
    expect(cagr({ initial: 100, final: 100, durationMs: 1 })).toBe(0)
    expect(cagr({ initial: 100, final: 0, durationMs: 1 })).toBe(-1)
  })
  it('is undefined where growth has no rate', () => {
    expect(cagr({ initial: 0, final: 1, durationMs: 1 })).toBeUndefined()
    expect(cagr({ initial: 1, final: 2, durationMs: 0 })).toBeUndefined()
    expect(cagr({ initial: 1, final: -1, durationMs: YEAR_MS })).toBeUndefined()
    expect(cagr({ initial: 1, final: 2, durationMs: 1_000 })).toBeUndefined()
  })
})

describe('deviations and ratios', () => {
  const returns = [0.01, -0.02, 0.03, 0]
  it('have their closed forms', () => {
    // mean 0.005, squared distances 2.5e-5 + 62.5e-5 + 62.5e-5 + 2.5e-5 = 130e-5
    expect(sampleDeviation(returns)).toBeCloseTo(Math.sqrt(130e-5 / 3), 15)
    expect(annualisedVolatility(returns)).toBeCloseTo(Math.sqrt((130e-5 / 3) * 365), 14)
    expect(downsideDeviation(returns)).toBeCloseTo(Math.sqrt(4e-4 / 4), 15)
    expect(downsideDeviation(returns, 0.01)).toBeCloseTo(Math.sqrt((9e-4 + 1e-4) / 4), 15)
    expect(sharpe(returns)).toBeCloseTo((0.005 / Math.sqrt(130e-5 / 3)) * Math.sqrt(365), 12)
    expect(sharpe(returns, { riskFree: 0.005 })).toBeCloseTo(0, 12)
    expect(sortino(returns)).toBeCloseTo(0.5 * Math.sqrt(365), 12)
    expect(sortino(returns, { periodsPerYear: 1 })).toBeCloseTo(0.5, 14)
  })
  it('are undefined with too few returns or nothing to divide by', () => {
    for (const few of [[], [0.01]]) {
      expect(sharpe(few)).toBeUndefined()
      expect(sortino(few)).toBeUndefined()
      expect(annualisedVolatility(few)).toBeUndefined()
    }
    expect(downsideDeviation([])).toBeUndefined()
    expect(sharpe([0, 0, 0])).toBeUndefined()
    expect(sharpe([0.1, 0.1, 0.1])).toBeUndefined()
    expect(sharpe(new Array(999).fill(0.07))).toBeUndefined()
    expect(sortino([0.01, 0.02])).toBeUndefined()
    expect(calmar({ cagr: undefined, maxDrawdown: 0.1 })).toBeUndefined()
    expect(calmar({ cagr: 0.5, maxDrawdown: 0 })).toBeUndefined()
    expect(calmar({ cagr: 0.5, maxDrawdown: 0.25 })).toBe(2)
  })
  it('do not depend on the scale or order of the returns, and are finite or undefined (property)', () => {
    // Returns so small that their squares underflow are no returns of anything.
    const some = fc.array(
      fc.double({ min: -0.5, max: 0.5, noNaN: true }).map((r) => (Math.abs(r) < 1e-12 ? 0 : r)),
      { maxLength: 50 },
    )
    fc.assert(
      fc.property(some, (list) => {
        for (const ratio of [sharpe, sortino]) {
          const value = ratio(list)
          expect(value === undefined || Number.isFinite(value)).toBe(true)
          const scaled = ratio(list.map((r) => r * 4))
          if (value !== undefined && scaled !== undefined)
            expect(scaled).toBeCloseTo(value, 6 - Math.ceil(Math.log10(Math.abs(value) + 1)))
          const reversed = ratio(list.toReversed())
          if (value !== undefined && reversed !== undefined && Math.abs(value) < 1e6) expect(reversed).toBeCloseTo(value, 5)
        }
        const down = downsideDeviation(list)
        if (down !== undefined) expect(down).toBeLessThanOrEqual(Math.max(...list.map((r) => -r), 0) + 1e-15)
      }),
    )
  })
})

describe('maxDrawdown', () => {
  it('measures the deepest fall from its peak to its recovery', () => {
    const drawdown = maxDrawdown(...curve(100, 120, 90, 60, 110, 120, 100, 130))
    expect(drawdown).toEqual({ fraction: 0.5, durationMs: 4 * DAY_MS, peakTime: DAY, troughTime: 3 * DAY, recoveryTime: 5 * DAY })
  })
  it('lasts to the end when it is not recovered', () => {
    expect(maxDrawdown(...curve(100, 80, 90))).toMatchObject({ durationMs: 2 * DAY_MS, recoveryTime: undefined })
  })
  it('begins at the last moment at the peak', () => {
    expect(maxDrawdown(...curve(100, 100, 100, 50)).peakTime).toBe(2 * DAY)
  })
  it('counts a loss on the first point', () => {
    const [times, equity] = curve(0, 75, 100)
    const drawdown = maxDrawdown(times.subarray(1), equity.subarray(1), { time: 0, equity: 100 })
    expect(drawdown).toMatchObject({
      fraction: 0.25,
      peakTime: 0,
      troughTime: DAY,
      recoveryTime: 2 * DAY,
      durationMs: 2 * DAY_MS,
    })
  })
  it('prefers the first of equally deep falls', () => {
    expect(maxDrawdown(...curve(100, 50, 100, 50, 100)).troughTime).toBe(DAY)
  })
  it('is nothing for rising, flat and empty curves', () => {
    for (const flat of [curve(1, 2, 3), curve(5, 5), curve()])
      expect(maxDrawdown(...flat)).toEqual({
        fraction: 0,
        durationMs: 0,
        peakTime: undefined,
        troughTime: undefined,
        recoveryTime: undefined,
      })
  })
  it('exceeds one when equity falls below zero, and refuses a peak that is not positive', () => {
    expect(maxDrawdown(...curve(100, -50)).fraction).toBe(1.5)
    expect(() => maxDrawdown(...curve(0, 1))).toThrow('must be positive')
  })
  it('equals the naive maximum over all pairs, and does not depend on the unit (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 40 }), (equity) => {
        let naive = 0
        for (let i = 0; i < equity.length; i++)
          for (let j = i; j < equity.length; j++) naive = Math.max(naive, 1 - equity[j] / equity[i])
        const found = maxDrawdown(...curve(...equity))
        expect(found.fraction).toBeCloseTo(naive, 12)
        expect(maxDrawdown(...curve(...equity.map((e) => e * 8)))).toEqual(found)
        const { peakTime, troughTime, recoveryTime } = found
        if (peakTime !== undefined && troughTime !== undefined) {
          expect(peakTime).toBeLessThan(troughTime)
          expect(1 - equity[troughTime / DAY] / equity[peakTime / DAY]).toBeCloseTo(found.fraction, 12)
          if (recoveryTime !== undefined) expect(equity[recoveryTime / DAY]).toBeGreaterThanOrEqual(equity[peakTime / DAY])
        }
      }),
    )
  })
})

describe('trades', () => {
  it('have their closed forms', () => {
    const pnls = [10, -5, 20, 0, -10]
    expect(winRate(pnls)).toBe(0.5)
    expect(profitFactor(pnls)).toBe(2)
    expect(expectancy(pnls)).toBe(3)
  })
  it('leave undefined what has no meaning', () => {
    expect([winRate([]), profitFactor([]), expectancy([])]).toEqual([undefined, undefined, undefined])
    expect(winRate([0, 0])).toBeUndefined()
    expect(profitFactor([1, 2])).toBeUndefined()
    expect(profitFactor([-1])).toBe(0)
  })
  it('a profit factor above one means a positive expectancy (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1_000, max: 1_000 })), (pnls) => {
        const factor = profitFactor(pnls)
        if (factor !== undefined) expect(Math.sign(factor - 1)).toBe(Math.sign(expectancy(pnls) ?? 0))
      }),
    )
  })
})

interface GoldenCase {
  readonly id: string
  readonly inputs: {
    readonly returns: readonly number[]
    readonly rf_per_period: number
    readonly scale: number
    readonly mar: number
  }
  readonly outputs: Readonly<Record<string, number>>
}

const shared = process.env['AUTOTRADING_SHARED'] ?? '../shared'
const golden = `${shared}/golden/metrics_performance.json`
const cases: readonly GoldenCase[] = existsSync(golden) ? JSON.parse(readFileSync(golden, 'utf8')).cases : []

describe('against reference values', () => {
  it.skipIf(cases.length === 0)('agrees in every shared case (needs the shared folder)', () => {
    for (const { id, inputs, outputs } of cases) {
      const { returns, rf_per_period: riskFree, scale, mar: target } = inputs
      let wealth = 1
      const equity = Float64Array.from(returns, (r) => (wealth *= 1 + r))
      const times = Float64Array.from(returns, (_, i) => i + 1)
      const fall = maxDrawdown(times, equity, { time: 0, equity: 1 }).fraction
      const growth = cagr({ initial: 1, final: wealth, durationMs: (returns.length / scale) * YEAR_MS })
      const ours: Readonly<Record<string, number | undefined>> = {
        mean: mean(returns),
        stddev: sampleDeviation(returns),
        annualized_stddev: annualisedVolatility(returns, scale),
        cumulative_return: wealth - 1,
        annualized_return_geometric: growth,
        sharpe: sharpe(returns, { riskFree, periodsPerYear: 1 }),
        sharpe_annualized_arithmetic: sharpe(returns, { riskFree, periodsPerYear: scale }),
        sortino: sortino(returns, { target, periodsPerYear: 1 }),
        downside_deviation_full: downsideDeviation(returns, target),
        max_drawdown: fall,
        calmar: calmar({ cagr: growth, maxDrawdown: fall }),
        bernardo_ledoit: profitFactor(returns),
      }
      for (const [name, got] of Object.entries(ours)) {
        const want = outputs[name]
        expect(got, `${id} ${name}`).toBeDefined()
        expect(Math.abs((got ?? Number.NaN) - want), `${id} ${name}: ${got} against ${want}`).toBeLessThanOrEqual(
          1e-12 + 1e-9 * Math.abs(want),
        )
      }
    }
  })
})
