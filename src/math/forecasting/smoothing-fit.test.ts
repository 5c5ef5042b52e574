/** Fitted exponential smoothing: no other point is better, what was simulated is found again. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { forecastSmoothing, smooth } from './exponential-smoothing.ts'
import { levenbergMarquardt } from './levenberg-marquardt.ts'
import { type EtsModel, fitEts, fitSmoothing, forecastEts, selectEts } from './smoothing-fit.ts'

/** Additive Holt-Winters, simulated from its state space form. */
function simulated(seed: number, n: number, alpha: number, betaStar: number, gamma: number, noise = 1): number[] {
  const chance = createPrng(seed)
  let [level, trend] = [100, 0.5]
  const season = [-8, 2, 9, -3]
  return Array.from({ length: n }, (_, t) => {
    const error = noise * chance.normal()
    const value = level + trend + season[t % 4] + error
    level += trend + alpha * error
    trend += alpha * betaStar * error
    season[t % 4] += gamma * error
    return value
  })
}

describe('fitSmoothing', () => {
  it('is at least as good as any other point of its region', () => {
    const y = simulated(1, 40, 0.4, 0.1, 0.2)
    const model = { trend: 'add', seasonal: 'add', period: 4 } as const
    const fit = fitSmoothing(y, model)
    const share = fc.double({ min: 0.001, max: 0.999, noNaN: true })
    const nudge = fc.double({ min: -2, max: 2, noNaN: true })
    fc.assert(
      fc.property(share, share, share, nudge, nudge, (alpha, beta, gamma, l, b) => {
        const start = { level: fit.start.level + l, trend: (fit.start.trend ?? 0) + b, seasonal: fit.start.seasonal ?? [] }
        expect(fit.sse).toBeLessThanOrEqual(smooth(y, model, { alpha, beta, gamma }, start).sse * (1 + 1e-9))
      }),
      { numRuns: 300 },
    )
    expect(smooth(y, model, fit.parameters, fit.start).sse).toBe(fit.sse)
  })

  it('finds the parameters of a long series again', () => {
    const { parameters } = fitSmoothing(simulated(2, 2000, 0.4, 0.15, 0.2), { trend: 'add', seasonal: 'add', period: 4 })
    expect(Math.abs(parameters.alpha - 0.4)).toBeLessThan(0.06)
    expect(Math.abs((parameters.beta ?? 0) - 0.15)).toBeLessThan(0.06)
    expect(Math.abs((parameters.gamma ?? 0) - 0.2)).toBeLessThan(0.06)
  })

  it('does not depend on the unit', () => {
    const y = simulated(3, 40, 0.4, 0.1, 0.2)
    const model = { trend: 'add', seasonal: 'mul', period: 4 } as const
    const [one, other] = [
      fitSmoothing(y, model),
      fitSmoothing(
        y.map((each) => each * 1e6),
        model,
      ),
    ]
    expect(other.sse / 1e12 / one.sse).toBeCloseTo(1, 6)
    expect(other.parameters.alpha).toBeCloseTo(one.parameters.alpha, 3)
  })

  it('keeps to its region, and to a start that is given', () => {
    const y = simulated(4, 40, 0.9, 0.9, 0.05)
    const model = { trend: 'add', seasonal: 'add', period: 4 } as const
    const { alpha, beta, gamma } = fitSmoothing(y, model, { region: 'statsmodels' }).parameters
    expect(beta).toBeLessThanOrEqual(alpha + 1e-12)
    expect(gamma).toBeLessThanOrEqual(1 - alpha + 1e-12)
    const start = { level: 100, trend: 0, seasonal: [0, 0, 0, 0] }
    expect(fitSmoothing(y, model, { start }).start).toBe(start)
  })

  it('has forecasts that repeat the season', () => {
    const y = simulated(5, 40, 0.2, 0.1, 0.1)
    const model = { seasonal: 'add', period: 4 } as const
    const fit = fitSmoothing(y, model)
    const forecasts = forecastSmoothing(model, fit.parameters, fit.state, 8)
    for (let h = 0; h < 4; h++) expect(forecasts[h + 4]).toBe(forecasts[h])
  })
})

describe('fitEts', () => {
  it('has the likelihood of its errors', () => {
    const y = simulated(6, 60, 0.4, 0.1, 0.2).map((each) => Math.abs(each) + 10)
    for (const model of [{}, { trend: 'add' }, { error: 'mul', seasonal: 'mul', period: 4 }] as const satisfies EtsModel[]) {
      const fit = fitEts(y, model)
      const relative = 'error' in model
      let [squares, logs] = [0, 0]
      fit.residuals.forEach((each, t) => {
        squares += (relative ? each / fit.fitted[t] : each) ** 2
        logs += relative ? Math.log(fit.fitted[t]) : 0
      })
      expect(fit.logLikelihood).toBeCloseTo(-30 * Math.log(squares) - logs, 8)
      expect(fit.aicc).toBeGreaterThan(fit.aic)
      expect(fit.parameters.alpha + (fit.parameters.gamma ?? 0)).toBeLessThanOrEqual(1 + 1e-9)
    }
  })

  it('has larger errors further on, and those of its steps', () => {
    const fit = fitEts(simulated(7, 60, 0.4, 0.1, 0.2), { trend: 'add', damped: true, seasonal: 'add', period: 4 })
    const { standardErrors } = forecastEts(fit, 12)
    expect(standardErrors?.[0]).toBeCloseTo(Math.sqrt(fit.sigma2), 12)
    standardErrors?.forEach((each, h) => expect(each).toBeGreaterThanOrEqual(standardErrors[Math.max(0, h - 1)]))
  })

  it('has the standard errors of simulated futures', () => {
    const [alpha, beta, gamma] = [0.4, 0.2, 0.3]
    const model = { trend: 'add', seasonal: 'add', period: 4 } as const
    const state = { level: 100, trend: 0.5, seasonal: [-8, 2, 9, -3] }
    const { mean, standardErrors } = forecastEts({ model, parameters: { alpha, beta, gamma }, state, sigma2: 1 }, 9)
    const last = Array.from({ length: 2000 }, (_, seed) => simulated(seed, 9, alpha, beta, gamma)[8] - mean[8])
    const spread = Math.sqrt(last.reduce((total, each) => total + each * each, 0) / last.length)
    expect(Math.abs(spread / (standardErrors?.[8] ?? 0) - 1)).toBeLessThan(0.06)
  })

  it('sees a series without error as what it is', () => {
    expect(() =>
      fitEts(
        Array.from({ length: 20 }, (_, t) => 5 + t),
        { trend: 'add' },
      ),
    ).toThrow('without error')
  })
})

describe('selectEts', () => {
  it('finds season and trend where they are, and none where there are none', () => {
    const found = selectEts(simulated(8, 60, 0.3, 0.05, 0.1), { period: 4 })
    expect(found.model.seasonal).toBeDefined()
    expect(found.model.trend).toBe('add')
    const chance = createPrng(9)
    const flat = selectEts(Array.from({ length: 60 }, () => 100 + chance.normal()))
    expect(flat.model.trend).toBeUndefined()
  })
})

describe('levenbergMarquardt', () => {
  it('finds the decay of a curve', () => {
    const target = Array.from({ length: 20 }, (_, t) => 3 * Math.exp(-0.4 * t) + 0.5)
    const found = levenbergMarquardt(
      (x, into) => {
        let total = 0
        target.forEach((each, t) => {
          into[t] = x[0] * Math.exp(-x[1] * t) + x[2] - each
          total += into[t] ** 2
        })
        return total
      },
      Float64Array.of(1, 1, 0),
      20,
    )
    expect(found.converged).toBe(true)
    ;[3, 0.4, 0.5].forEach((each, i) => expect(found.x[i]).toBeCloseTo(each, 6))
  })
})
