/** STL: its parts add up, exact series come apart exactly, outliers stay outside. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { stl } from './stl.ts'

const chance = createPrng(4)
const season = [4, -1, -5, 2]
const line = Array.from({ length: 60 }, (_, t) => 10 + 0.3 * t + season[t % 4])
const noisy = line.map((each) => each + 0.2 * chance.normal())

describe('stl', () => {
  it('adds up', () => {
    const windows = fc.constantFrom('periodic' as const, 7, 9, 13)
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 15, maxLength: 40 }),
        fc.integer({ min: 2, max: 7 }),
        windows,
        fc.boolean(),
        (y, period, seasonalWindow, robust) => {
          const { seasonal, trend, remainder, weights } = stl(y, period, { seasonalWindow, robust })
          y.forEach((each, t) => expect(seasonal[t] + trend[t] + remainder[t]).toBeCloseTo(each, 9))
          weights.forEach((each) => expect(each >= 0 && each <= 1).toBe(true))
        },
      ),
      { numRuns: 30 },
    )
  })

  it('takes a line and a fixed season apart', () => {
    const { seasonal, trend, remainder } = stl(line, 4)
    trend.forEach((each, t) => expect(each).toBeCloseTo(10 + 0.3 * t, 1))
    seasonal.forEach((each, t) => expect(each).toBeCloseTo(season[t % 4], 1))
    remainder.forEach((each) => expect(Math.abs(each)).toBeLessThan(0.1))
  })

  it('moves with the level and the unit', () => {
    const [one, other] = [
      stl(noisy, 4, { seasonalWindow: 7 }),
      stl(
        noisy.map((each) => 1000 + 5 * each),
        4,
        { seasonalWindow: 7 },
      ),
    ]
    one.seasonal.forEach((each, t) => expect(other.seasonal[t]).toBeCloseTo(5 * each, 8))
    one.trend.forEach((each, t) => expect(other.trend[t]).toBeCloseTo(1000 + 5 * each, 8))
  })

  it('keeps an outlier out when it is robust', () => {
    const spoiled = noisy.map((each, t) => (t === 30 ? each + 50 : each))
    const robust = stl(spoiled, 4, { robust: true })
    expect(robust.weights[30]).toBe(0)
    expect(robust.remainder[30]).toBeGreaterThan(48)
    expect(stl(spoiled, 4).remainder[30]).toBeLessThan(robust.remainder[30])
  })

  it('at all points is near what it is at a tenth of them', () => {
    const [some, all] = [stl(noisy, 4), stl(noisy, 4, { jumps: 'none' })]
    some.trend.forEach((each, t) => expect(Math.abs(each - all.trend[t])).toBeLessThan(0.1))
  })
})
