/** HAR: its regressors, its forecasts, its standard errors, its stream. */
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { fitHar, forecastHar, HarStream } from './har.ts'

/** Realised variances that follow a HAR equation in levels. */
function simulated(seed: number, n: number, noise = 0.2): number[] {
  const chance = createPrng(seed)
  const rv = new Array<number>(22).fill(1)
  const mean = (days: number): number => rv.slice(-days).reduce((total, each) => total + each, 0) / days
  while (rv.length < n) rv.push(0.1 + 0.4 * rv[rv.length - 1] + 0.3 * mean(5) + 0.2 * mean(22) + noise * (chance.float() - 0.5))
  return rv
}

describe('fitHar', () => {
  it('finds its coefficients again', () => {
    const { model, standardErrors, observations, r2 } = fitHar(simulated(1, 4000))
    ;[0.1, 0.4, 0.3, 0.2].forEach((each, i) => expect(Math.abs(model.coefficients[i] - each)).toBeLessThan(4 * standardErrors[i]))
    expect(observations).toBe(4000 - 22)
    expect(r2).toBeGreaterThan(0.3)
    expect(r2).toBeLessThan(1)
  })

  it('explains the mean of the days ahead', () => {
    const rv = simulated(2, 300)
    const { model, residuals } = fitHar(rv, { horizon: 5, windows: [1, 7] })
    const t = 100
    const { variance } = forecastHar(rv.slice(0, t), model)
    const ahead = rv.slice(t, t + 5).reduce((total, each) => total + each / 5, 0)
    expect(residuals[t - 7]).toBeCloseTo(ahead - variance, 12)
  })

  it('without lags has the standard errors of White', () => {
    const rv = simulated(3, 400)
    const { residuals, standardErrors } = fitHar(rv, { windows: [1], lags: 0 })
    const x = rv.slice(0, -1)
    const mean = x.reduce((total, each) => total + each, 0) / x.length
    let [squares, middle] = [0, 0]
    x.forEach((each, t) => {
      squares += (each - mean) ** 2
      middle += ((each - mean) * residuals[t]) ** 2
    })
    expect(standardErrors[1]).toBeCloseTo(Math.sqrt(middle) / squares, 10)
  })

  it('in logarithms is corrected for its bias', () => {
    const rv = simulated(4, 400).map((each) => Math.exp(each))
    const { model } = fitHar(rv, { scale: 'log' })
    const { variance, equation } = forecastHar(rv, model)
    expect(variance).toBeCloseTo(Math.exp(equation + model.sigma2 / 2), 12)
    expect(() => fitHar([0, ...rv], { scale: 'log' })).toThrow('above zero')
  })

  it('does not depend on the unit', () => {
    const rv = simulated(5, 200)
    const [one, other] = [fitHar(rv), fitHar(rv.map((each) => each * 1e-6))]
    expect(other.model.coefficients[0] / one.model.coefficients[0]).toBeCloseTo(1e-6, 12)
    expect(other.standardErrors[2]).toBeCloseTo(one.standardErrors[2], 9)
  })
})

describe('HarStream', () => {
  it.each(['level', 'log'] as const)('has the forecasts of the whole series, at every prefix: %s', (scale) => {
    const rv = simulated(6, 60)
    const { model } = fitHar(rv, { scale })
    const stream = new HarStream(model)
    rv.forEach((each, t) => {
      const forecast = stream.update(each)
      expect(stream.ready).toBe(t >= 21)
      if (forecast !== undefined) expect(forecast).toEqual(forecastHar(rv.slice(0, t + 1), model))
    })
  })
})
