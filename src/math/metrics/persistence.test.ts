/** Half-life, Hurst exponent and stability on series of which the answer is known. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import * as metrics from './index.ts'

const noise = (seed: number, count: number): number[] => {
  const prng = createPrng(seed)
  return Array.from({ length: count }, () => prng.normal())
}

describe('half-life', () => {
  it('finds the speed of an autoregression', () => {
    let at = 0
    const levels = noise(2, 20_000).map((each) => (at = 0.9 * at + each))
    expect(metrics.halfLife(levels, { form: 'discrete' })).toBeCloseTo(Math.log(0.5) / Math.log(0.9), 0)
    expect(metrics.halfLife(levels)).toBeCloseTo(Math.LN2 / 0.1, 0)
  })
  it('is exact for pure decay, whatever the level and the unit (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 95 }), fc.integer({ min: -50, max: 50 }), (percent, centre) => {
        const keep = percent / 100
        const levels = Array.from({ length: 12 }, (_, i) => centre + 100 * keep ** i)
        expect(metrics.halfLife(levels)).toBeCloseTo(Math.LN2 / (1 - keep), 5)
        expect(metrics.halfLife(levels, { form: 'discrete' })).toBeCloseTo(Math.log(0.5) / Math.log(keep), 5)
      }),
    )
  })
  it('of a trend does not exist', () => {
    expect(() => metrics.halfLife([1, 2, 4, 8, 16])).toThrow('does not revert')
    expect(() => metrics.halfLife([3, 3, 3, 3])).toThrow('does not vary')
  })
})

describe('Hurst exponent', () => {
  const walk = noise(3, 4_096)
  it('is about a half for independent returns, above for trends, below for reversal', () => {
    // R/S is biased upwards in short windows.
    expect(Math.abs(metrics.hurstOverWindows(walk, { shortest: 16 }) - 0.55)).toBeLessThan(0.08)
    const trend = walk.map((_, i) => walk.slice(Math.max(0, i - 60), i + 1).reduce((a, b) => a + b, 0))
    const reversal = walk.map((each, i) => each - (walk[i - 1] ?? 0))
    for (const hurst of [metrics.hurst, (list: number[]) => metrics.hurstOverWindows(list, { shortest: 16 })]) {
      expect(hurst(trend)).toBeGreaterThan(hurst(walk))
      expect(hurst(reversal)).toBeLessThan(hurst(walk))
    }
  })
  it('does not depend on place and scale (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 32, maxLength: 80 }), (list) => {
        fc.pre(new Set(list.slice(0, 8)).size > 1)
        const moved = list.map((each) => 3 * each + 7)
        expect(metrics.hurst(moved)).toBeCloseTo(metrics.hurst(list), 8)
        expect(metrics.hurstOverWindows(moved)).toBeCloseTo(metrics.hurstOverWindows(list), 8)
      }),
    )
  })
})

describe('stability and the autocorrelation penalty', () => {
  it('is 1 for steady growth and between 0 and 1 otherwise (property)', () => {
    expect(metrics.stability([0.01, 0.01, 0.01, 0.01])).toBeCloseTo(1, 12)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -900, max: 900 }), { minLength: 3, maxLength: 40 }), (list) => {
        fc.pre(new Set(list).size > 1)
        const returns = list.map((bp) => bp / 10_000)
        let value = 0
        try {
          value = metrics.stability(returns)
        } catch {
          return
        }
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThanOrEqual(1)
      }),
    )
  })
  it('is the sum it stands for (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -900, max: 900 }), { minLength: 4, maxLength: 30 }), (list) => {
        const n = list.length
        fc.pre(new Set(list.slice(1)).size > 1 && new Set(list.slice(0, -1)).size > 1)
        const rho = Math.abs(metrics.benchmarkCorrelation(list.slice(1), list.slice(0, -1)))
        let total = 0
        for (let k = 1; k < n; k++) total += ((n - k) / n) * rho ** k
        expect(metrics.autocorrelationPenalty(list)).toBeCloseTo(Math.sqrt(1 + 2 * total), 10)
        expect(metrics.autocorrelationPenalty(list)).toBeGreaterThanOrEqual(1)
      }),
    )
  })
})
