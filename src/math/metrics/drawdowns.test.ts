/** Drawdowns: against all pairs of peaks and troughs, and the order of their figures. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as metrics from './index.ts'

const returns = fc.array(
  fc.integer({ min: -5_000, max: 5_000 }).map((bp) => bp / 10_000),
  { minLength: 2, maxLength: 60 },
)

describe('drawdowns', () => {
  it('are the worst fall over all pairs, as a share between 0 and 1 (property)', () => {
    fc.assert(
      fc.property(returns, (list) => {
        const wealth = [1, ...metrics.wealthPath(list)]
        let naive = 0
        for (let i = 0; i < wealth.length; i++)
          for (let j = i; j < wealth.length; j++) naive = Math.max(naive, 1 - wealth[j] / wealth[i])
        const most = metrics.maximumDrawdown(list)
        expect(most).toBeCloseTo(naive, 11)
        expect(most).toBeGreaterThanOrEqual(0)
        expect(most).toBeLessThan(1)
        expect(Math.max(0, ...metrics.drawdownSeries(list).map((each) => -each))).toBeCloseTo(most, 12)
      }),
    )
  })
  it('come in episodes that hold every fall exactly once (property)', () => {
    fc.assert(
      fc.property(returns, (list) => {
        const series = metrics.drawdownSeries(list)
        const episodes = metrics.drawdownEpisodes(list)
        const covered = new Set<number>()
        for (const { from, trough, to, recovered, depth, length, recovery } of episodes) {
          expect([from <= trough, trough < to, to - from + 1, to - trough]).toEqual([true, true, length, recovery])
          expect(recovered).toBe(to < list.length)
          expect(-series[trough]).toBe(depth)
          for (let i = from; i < to; i++) {
            expect(series[i]).toBeLessThan(0)
            expect(-series[i]).toBeLessThanOrEqual(depth)
            expect(covered.has(i)).toBe(false)
            covered.add(i)
          }
        }
        expect(covered.size).toBe(series.filter((each) => each < 0).length)
      }),
    )
  })
  it('figures are in order: pain <= Ulcer <= maximum, and the worst share is worse than all (property)', () => {
    fc.assert(
      fc.property(returns, fc.integer({ min: 50, max: 99 }), (list, percent) => {
        const [pain, ulcer, most] = [metrics.painIndex(list), metrics.ulcerIndex(list), metrics.maximumDrawdown(list)]
        expect(pain).toBeLessThanOrEqual(ulcer + 1e-15)
        expect(ulcer).toBeLessThanOrEqual(most + 1e-15)
        expect(metrics.averageDrawdown(list)).toBeLessThanOrEqual(most + 1e-15)
        const conditional = metrics.conditionalDrawdown(list, { confidence: percent / 100 })
        expect(conditional).toBeGreaterThanOrEqual(pain - 1e-12)
        expect(conditional).toBeLessThanOrEqual(most + 1e-12)
        expect(metrics.drawdownDeviation(list)).toBeLessThanOrEqual(most + 1e-12)
        expect(metrics.worstDrawdowns(list, 3)[0]?.depth ?? 0).toBe(most)
      }),
    )
  })
  it('of a curve that only rises are none, and its ratios have no limit', () => {
    const rising = [0.1, 0.2, 0.05]
    expect([metrics.maximumDrawdown(rising), metrics.averageDrawdown(rising), metrics.ulcerIndex(rising)]).toEqual([0, 0, 0])
    expect(metrics.calmar(rising, { periodsPerYear: 12 })).toBe(Infinity)
    expect(metrics.sterling(rising, { periodsPerYear: 3 })).toBeCloseTo((1.1 * 1.2 * 1.05 - 1) / 0.1, 10)
  })
  it('do not end at rounding noise', () => {
    // Down and up again by factors whose product is one but for rounding.
    const list = [0.1, 1 / 1.1 - 1, 0.1, 1 / 1.1 - 1, 0.1]
    expect(metrics.drawdownEpisodes(list).map(({ from, to }) => [from, to])).toEqual([
      [1, 2],
      [3, 4],
    ])
  })
})
