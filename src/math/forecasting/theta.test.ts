/** Decomposition and the theta method. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { decompose } from './decomposition.ts'
import { forecastTheta, isSeasonal } from './theta.ts'

const positive = fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 14, maxLength: 40 })

describe('decompose', () => {
  it('has a season that adds up to nothing, and parts that make up the series', () => {
    fc.assert(
      fc.property(
        positive,
        fc.integer({ min: 2, max: 7 }),
        fc.constantFrom('add' as const, 'mul' as const),
        (y, period, kind) => {
          const { figure, seasonal, adjusted } = decompose(y, period, kind)
          const mean = figure.reduce((total, each) => total + each / period, 0)
          expect(mean).toBeCloseTo(kind === 'add' ? 0 : 1, 9)
          y.forEach((each, t) => {
            expect(seasonal[t]).toBe(figure[t % period])
            expect(kind === 'add' ? seasonal[t] + adjusted[t] : seasonal[t] * adjusted[t]).toBeCloseTo(each, 9)
          })
        },
      ),
    )
  })

  it.each([4, 5])('takes a line and a season of %i apart exactly', (period) => {
    const raw = [3, -1, 2, -4, 0].slice(0, period)
    const centre = raw.reduce((total, each) => total + each / period, 0)
    const season = raw.map((each) => each - centre)
    const { trend, figure } = decompose(
      Array.from({ length: 20 }, (_, t) => 10 + 2 * t + season[t % period]),
      period,
    )
    trend.forEach((each, t) => each === undefined || expect(each).toBeCloseTo(10 + 2 * t, 9))
    season.forEach((each, i) => expect(figure[i]).toBeCloseTo(each, 9))
  })
})

describe('theta', () => {
  const chance = createPrng(3)
  const season = [1.2, 0.9, 1.1, 0.8]
  const y = Array.from({ length: 48 }, (_, t) => (50 + 0.5 * t + chance.normal()) * season[t % 4])

  it('adds half the slope of the line each step', () => {
    const line = Array.from({ length: 30 }, (_, t) => 5 + 3 * t)
    const { drift, mean } = forecastTheta(line, 5)
    expect(drift).toBeCloseTo(1.5, 9)
    for (let h = 1; h < 5; h++) expect(mean[h] - mean[h - 1]).toBeCloseTo(1.5, 9)
  })

  it('sees the season, and puts it back', () => {
    expect(isSeasonal(y, 4)).toBe(true)
    expect(
      isSeasonal(
        y.filter((_, t) => t % 4 === 0),
        4,
      ),
    ).toBe(false)
    const { mean, adjusted } = forecastTheta(y, 8, { period: 4 })
    expect(adjusted).toBe(true)
    mean.forEach((each, h) => expect(Math.abs(each / ((50 + 0.5 * (48 + h)) * season[h % 4]) - 1)).toBeLessThan(0.08))
    expect(forecastTheta(y, 8, { period: 4, seasonal: false }).adjusted).toBe(false)
  })
})
