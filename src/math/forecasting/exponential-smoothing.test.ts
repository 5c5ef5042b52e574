/** Exponential smoothing against its equations written out plainly, and its laws. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import {
  forecastSmoothing,
  smooth,
  type SmoothingModel,
  type SmoothingParameters,
  smoothingStart,
  type SmoothingState,
  SmoothingStream,
} from './exponential-smoothing.ts'

const models: SmoothingModel[] = [undefined, 'add', 'mul'].flatMap((trend) =>
  [undefined, 'add', 'mul'].flatMap((seasonal) =>
    (['expected-level', 'new-level'] as const).flatMap((seasonalUpdate) =>
      [false, true]
        .filter((damped) => !damped || trend !== undefined)
        .map((damped): SmoothingModel =>
          Object.assign(
            { damped, seasonalUpdate },
            trend === undefined ? {} : { trend: trend as 'add' },
            seasonal === undefined ? {} : { seasonal: seasonal as 'add', period: 4 },
          ),
        ),
    ),
  ),
)
const share = fc.double({ min: 0.01, max: 0.99, noNaN: true })
const parametersOf = fc.record({ alpha: share, beta: share, gamma: share, phi: fc.double({ min: 0.5, max: 1, noNaN: true }) })
const values = fc.array(fc.double({ min: 50, max: 200, noNaN: true }), { minLength: 8, maxLength: 40 })

/** All levels, trends and seasons as lists, the way the equations are printed. */
function plain(y: readonly number[], model: SmoothingModel, p: Required<SmoothingParameters>, start: SmoothingState): number[] {
  const phi = model.damped === true ? p.phi : 1
  const [levels, trends, seasons] = [[start.level], [start.trend ?? 0], Array.from(start.seasonal ?? [])]
  return y.map((value, t) => {
    const [l, b] = [levels[t], trends[t]]
    const m = model.trend === undefined ? l : model.trend === 'add' ? l + phi * b : l * b ** phi
    const s = seasons[t] ?? 0
    const deseasoned = model.seasonal === undefined ? value : model.seasonal === 'add' ? value - s : value / s
    const next = p.alpha * deseasoned + (1 - p.alpha) * m
    levels.push(next)
    trends.push(
      model.trend === 'mul' ? p.beta * (next / l) + (1 - p.beta) * b ** phi : p.beta * (next - l) + (1 - p.beta) * phi * b,
    )
    const against = model.seasonalUpdate === 'new-level' ? next : m
    if (model.seasonal !== undefined)
      seasons.push(p.gamma * (model.seasonal === 'add' ? value - against : value / against) + (1 - p.gamma) * s)
    return model.seasonal === undefined ? m : model.seasonal === 'add' ? m + s : m * s
  })
}

describe('smooth', () => {
  it.each(models.map((model) => [JSON.stringify(model), model] as const))('is its equations: %s', (_name, model) => {
    fc.assert(
      fc.property(values, parametersOf, (y, parameters) => {
        const { state } = smoothingStart(y, model)
        const run = smooth(y, model, parameters, state)
        plain(y, model, parameters, state).forEach((each, t) => expect(run.fitted[t] / each).toBeCloseTo(1, 8))
        const squares = run.residuals.reduce((total, each) => total + each * each, 0)
        expect(run.sse / squares).toBeCloseTo(1, 9)
      }),
      { numRuns: 20 },
    )
  })

  it.each(models.map((model) => [JSON.stringify(model), model] as const))('one at a time is the same: %s', (_name, model) => {
    fc.assert(
      fc.property(values, parametersOf, (y, parameters) => {
        const { state } = smoothingStart(y, model)
        const stream = new SmoothingStream(model, parameters, state)
        y.forEach((each, t) => {
          const fitted = stream.update(each)
          const run = smooth(y.slice(0, t + 1), model, parameters, state)
          expect(fitted).toBe(run.fitted[t])
          expect(stream.state).toEqual(run.state)
          expect(stream.forecast(5)).toEqual(forecastSmoothing(model, parameters, run.state, 5))
        })
      }),
      { numRuns: 5 },
    )
  })

  it('with alpha one is the naive forecast', () => {
    fc.assert(
      fc.property(values, (y) => {
        const { fitted, state } = smooth(y, {}, { alpha: 1 }, { level: 1 })
        expect(Array.from(fitted.subarray(1))).toEqual(y.slice(0, -1))
        expect(Array.from(forecastSmoothing({}, { alpha: 1 }, state, 2))).toEqual([y[y.length - 1], y[y.length - 1]])
      }),
    )
  })

  it('follows a line without error, and forecasts it', () => {
    const y = Array.from({ length: 10 }, (_, t) => 3 + 2 * t)
    const parameters = { alpha: 0.3, beta: 0.4 }
    const { sse, state } = smooth(y, { trend: 'add' }, parameters, { level: 1, trend: 2 })
    expect(sse).toBeCloseTo(0, 20)
    forecastSmoothing({ trend: 'add' }, parameters, state, 4).forEach((each, h) => expect(each).toBeCloseTo(23 + 2 * h, 9))
  })

  it('forecasts no step further than a damped trend reaches', () => {
    const model = { trend: 'add', damped: true } as const
    const parameters = { alpha: 0.3, beta: 0.4, phi: 0.8 }
    const forecasts = forecastSmoothing(model, parameters, { level: 10, trend: 1 }, 200)
    expect(forecasts[199]).toBeCloseTo(10 + 0.8 / 0.2, 9)
  })
})

describe('smoothingStart', () => {
  it('reads level, trend and season off a series that has them', () => {
    const season = [-3, 1, 4, -2]
    const y = Array.from({ length: 16 }, (_, t) => 100 + season[t % 4])
    const model = { trend: 'add', seasonal: 'add', period: 4 } as const
    for (const convention of ['seasons', 'decomposition'] as const) {
      const { state, from } = smoothingStart(y, model, convention)
      expect(state.level).toBeCloseTo(100, 9)
      expect(state.trend).toBeCloseTo(0, 9)
      season.forEach((each, i) => expect(state.seasonal?.[i]).toBeCloseTo(each, 9))
      expect(from).toBe(convention === 'seasons' ? 0 : 4)
      const parameters = { alpha: 0.2, beta: 0.1, gamma: 0.3 }
      expect(smooth(y.slice(from), model, parameters, state).sse).toBeCloseTo(0, 12)
    }
  })

  it('refuses what is multiplied below zero', () => {
    const chance = createPrng(1)
    const y = Array.from({ length: 12 }, () => chance.normal())
    expect(() => smoothingStart(y, { seasonal: 'mul', period: 4 })).toThrow('above zero')
    expect(() => smoothingStart(y, { seasonal: 'mul' })).toThrow('needs its period')
  })
})
