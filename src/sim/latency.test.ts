import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../core/random.ts'
import type { Duration } from '../core/time.ts'
import { Latency, typicalDelay } from './latency.ts'
import type { LatencyModel } from './latency.ts'

const POINTS: LatencyModel = {
  kind: 'quantiles',
  points: [
    [0.5, 1_000],
    [0.9, 5_000],
    [1, 20_000],
  ],
}
const draws = (model: LatencyModel, count: number, seed = 1): number[] => {
  const latency = new Latency(model, createPrng(seed))
  return Array.from({ length: count }, () => latency.next())
}

describe('latency', () => {
  it('is constant without chance', () => {
    const latency = new Latency(250 as Duration, undefined)
    expect([latency.next(), latency.next(), latency.constant]).toEqual([250, 250, 250])
    expect(latency.snapshot()).toBeUndefined()
  })

  it('follows the points of a distribution', () => {
    const all = draws(POINTS, 20_000).sort((a, b) => a - b)
    expect([all[0], all[9_000]]).toEqual([1_000, 1_000])
    expect(all[18_000]).toBeGreaterThan(4_700)
    expect(all[18_000]).toBeLessThan(5_600)
    expect(all[19_999]).toBeGreaterThan(19_000)
    expect(Math.max(...all)).toBeLessThanOrEqual(20_000)
  })

  it('draws only what was measured, each about as often', () => {
    const all = draws({ kind: 'measured', delays: [3, 5, 9] }, 9_000)
    for (const delay of [3, 5, 9]) {
      const share = all.filter((each) => each === delay).length / all.length
      expect(share).toBeGreaterThan(0.3)
      expect(share).toBeLessThan(0.37)
    }
    expect(new Set(all).size).toBe(3)
  })

  it('is the same for the same seed, and goes on from a snapshot', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat({ max: 20 }), (seed, before) => {
        expect(draws(POINTS, 10, seed)).toEqual(draws(POINTS, 10, seed))
        const one = new Latency(POINTS, createPrng(seed))
        for (let i = 0; i < before; i++) one.next()
        const two = new Latency(POINTS, createPrng(0))
        two.restore(one.snapshot())
        expect([two.next(), two.next()]).toEqual([one.next(), one.next()])
      }),
    )
  })

  it('is named by its middle', () => {
    expect([typicalDelay(7 as Duration), typicalDelay(POINTS), typicalDelay({ kind: 'measured', delays: [9, 1, 4] })]).toEqual([
      7, 1_000, 4,
    ])
  })
})
