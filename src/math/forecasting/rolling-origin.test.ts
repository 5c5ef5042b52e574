/** Measures of forecasts, rolling origins, and the judgement whether a forecaster may be used. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import {
  meanAbsoluteError,
  meanAbsoluteScaledError,
  meanError,
  qlike,
  rootMeanSquaredError,
  symmetricPercentageError,
} from './accuracy.ts'
import { forecastDrift, forecastEwma, forecastMean, forecastNaive, forecastSeasonalNaive } from './baselines.ts'
import { evaluateForecaster, judgeForecaster, rollingOrigins } from './rolling-origin.ts'

const pair = fc
  .integer({ min: 1, max: 20 })
  .chain((n) =>
    fc.tuple(
      fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: n, maxLength: n }),
      fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: n, maxLength: n }),
    ),
  )

describe('measures', () => {
  it('are zero for perfect forecasts alone, and never negative', () => {
    fc.assert(
      fc.property(pair, ([y, f]) => {
        const training = [1, 2, 4, 3]
        for (const measure of [meanAbsoluteError, rootMeanSquaredError, symmetricPercentageError, qlike]) {
          expect(measure(y, y)).toBe(0)
          expect(measure(y, f)).toBeGreaterThanOrEqual(0)
        }
        expect(meanAbsoluteError(y, f)).toBeLessThanOrEqual(rootMeanSquaredError(y, f) * (1 + 1e-12))
        expect(Math.abs(meanError(y, f))).toBeLessThanOrEqual(meanAbsoluteError(y, f) * (1 + 1e-12))
        expect(symmetricPercentageError(y, f)).toBeCloseTo(symmetricPercentageError(f, y), 12)
        expect(symmetricPercentageError(y, f)).toBeLessThanOrEqual(2)
        expect(meanAbsoluteScaledError(y, f, training)).toBeCloseTo(meanAbsoluteError(y, f) / (4 / 3), 12)
      }),
    )
  })

  it('of variances do not depend on the unit, and cost more below than above', () => {
    expect(qlike([2, 3], [1, 4])).toBeCloseTo(qlike([200, 300], [100, 400]), 12)
    expect(qlike([1], [0.5])).toBeGreaterThan(qlike([1], [2]))
    expect(() => qlike([1], [0])).toThrow('above zero')
  })
})

describe('baselines', () => {
  it('are what their names say', () => {
    const y = [3, 1, 4, 1, 5, 9]
    expect(Array.from(forecastNaive(y, 2))).toEqual([9, 9])
    expect(Array.from(forecastSeasonalNaive(y, 4, 3))).toEqual([1, 5, 9, 1])
    expect(Array.from(forecastDrift([1, 2, 4], 2))).toEqual([5.5, 7])
    expect(forecastMean(y, 1)[0]).toBeCloseTo(23 / 6, 12)
    expect(forecastEwma([1, 2], 1, 0.9)[0]).toBeCloseTo(1.1, 12)
  })
})

describe('rollingOrigins', () => {
  it('never lets past and future touch, and reaches as far as it can', () => {
    const options = fc.record({
      initial: fc.integer({ min: 1, max: 10 }),
      horizon: fc.integer({ min: 1, max: 5 }),
      step: fc.integer({ min: 1, max: 4 }),
      window: fc.constantFrom('expanding' as const, 'rolling' as const),
    })
    fc.assert(
      fc.property(fc.integer({ min: 15, max: 60 }), options, (length, how) => {
        const splits = rollingOrigins(length, how)
        splits.forEach(({ from, origin, until }, i) => {
          expect(origin).toBe(how.initial + i * how.step)
          expect(until).toBe(origin + how.horizon)
          expect(until).toBeLessThanOrEqual(length)
          expect(origin - from).toBe(how.window === 'rolling' ? how.initial : origin)
        })
        expect(how.initial + splits.length * how.step + how.horizon).toBeGreaterThan(length)
      }),
    )
  })
})

describe('evaluateForecaster', () => {
  it('shows a forecaster its past alone', () => {
    const y = [5, 1, 4, 2, 8, 3, 7]
    const seen: number[][] = []
    const { forecasts, actual } = evaluateForecaster(
      y,
      (past, horizon) => {
        seen.push(Array.from(past))
        const answer = forecastNaive(past, horizon)
        past.fill(Number.NaN)
        return answer
      },
      { initial: 3, horizon: 2, step: 2 },
    )
    expect(seen).toEqual([y.slice(0, 3), y.slice(0, 5)])
    expect(Array.from(forecasts)).toEqual([4, 4, 8, 8])
    expect(Array.from(actual)).toEqual([2, 8, 3, 7])
  })

  it('refuses a wrong number of steps', () => {
    expect(() => evaluateForecaster([1, 2, 3, 4], () => [1, 2], { initial: 2 })).toThrow('horizon')
  })
})

describe('judgeForecaster', () => {
  const chance = createPrng(1)
  const noise = Array.from({ length: 200 }, () => 10 + chance.normal())
  const options = { initial: 50, measure: 'mae', lambda: 0.7 } as const

  it('lets a forecaster pass that beats the baselines, and no baseline', () => {
    expect(judgeForecaster(noise, forecastMean, options).usable).toBe(true)
    expect(judgeForecaster(noise, forecastNaive, options).usable).toBe(false)
    const same = judgeForecaster(noise, (past, horizon) => forecastEwma(past, horizon, 0.7), options)
    expect(same).toMatchObject({ usable: false, hardest: 'ewma', excess: 0 })
  })

  it('knows the season', () => {
    const y = Array.from({ length: 80 }, (_, t) => 10 + 3 * (t % 4) + 0.1 * noise[t])
    const judgement = judgeForecaster(y, forecastMean, { initial: 20, period: 4 })
    expect(judgement).toMatchObject({ usable: false, hardest: 'seasonalNaive' })
    expect(judgement.losses.length).toBe(60)
  })

  it.each(['mae', 'rmse', 'qlike'] as const)('has losses whose means are its measures: %s', (measure) => {
    const { scores, baselines, hardest, losses, hardestLosses } = judgeForecaster(noise, forecastMean, { initial: 50, measure })
    const square = (value = 0): number => (measure === 'rmse' ? value * value : value)
    const mean = (values: Float64Array): number => values.reduce((total, each) => total + each, 0) / values.length
    expect(mean(losses)).toBeCloseTo(square(scores[measure]), 9)
    expect(mean(hardestLosses)).toBeCloseTo(square(baselines[hardest][measure]), 9)
  })
})
