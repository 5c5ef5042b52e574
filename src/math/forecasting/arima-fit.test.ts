/** Fitted ARIMA models: no other point is more likely, what was simulated is found again, units do not matter. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { type ArimaSpecification, fitArima, selectArima } from './arima-fit.ts'
import { arimaLikelihood } from './arima.ts'
import { arOfPartials, isStationary } from './arma.ts'
import { integrate } from './differencing.ts'

/** y_t = mean + phi y + e + theta e, after a run-in. */
function simulated(seed: number, n: number, phi: readonly number[], theta: readonly number[], mean = 0): number[] {
  const chance = createPrng(seed)
  const [y, e]: [number[], number[]] = [[], []]
  for (let t = 0; t < n + 200; t++) {
    e.push(chance.normal())
    let value = e[t]
    phi.forEach((each, i) => (value += each * (y[t - 1 - i] ?? 0)))
    theta.forEach((each, i) => (value += each * (e[t - 1 - i] ?? 0)))
    y.push(value)
  }
  return y.slice(200).map((each) => each + mean)
}

describe('fitArima', () => {
  it('is at least as likely as any other point', () => {
    const y = simulated(1, 60, [0.6], [0.3], 10)
    const fit = fitArima(y, { order: [1, 0, 1] })
    expect(arimaLikelihood(y, fit.model).logLikelihood).toBeCloseTo(fit.logLikelihood, 8)
    const share = fc.double({ min: -0.95, max: 0.95, noNaN: true })
    fc.assert(
      fc.property(
        share,
        share,
        fc.double({ min: 8, max: 12, noNaN: true }),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        (ar, ma, mean, s) => {
          const other = arimaLikelihood(y, { ar: [ar], ma: [ma], mean, sigma2: s }).logLikelihood
          expect(fit.logLikelihood).toBeGreaterThanOrEqual(other - 1e-9)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('finds coefficients again within their standard errors, several models', () => {
    const cases = [
      [[1, 0, 0], [0.7], []],
      [[2, 0, 0], [1.2, -0.5], []],
      [[0, 0, 1], [], [0.6]],
      [[1, 0, 1], [0.8], [-0.4]],
      [[2, 0, 1], [0.5, 0.2], [0.5]],
    ] as const
    cases.forEach(([order, phi, theta], seed) => {
      const fit = fitArima(simulated(seed + 10, 700, phi, theta, 5), { order })
      const truth = {
        mean: 5,
        ...Object.fromEntries(phi.map((each, i) => [`ar${i + 1}`, each])),
        ...Object.fromEntries(theta.map((each, i) => [`ma${i + 1}`, each])),
      }
      for (const [name, value] of Object.entries(truth)) {
        const error = fit.standardErrors?.[name] ?? 0
        expect(Math.abs(fit.coefficients[name] - value), `${order.join()} ${name}`).toBeLessThan(3.5 * error)
      }
      expect(Math.abs(fit.sigma2 - 1)).toBeLessThan(0.2)
    })
  })

  it('finds a seasonal model again', () => {
    const chance = createPrng(5)
    const e = Array.from({ length: 800 }, () => chance.normal())
    const at = (t: number): number => e[t] ?? 0
    const w = e.map((_, t) => at(t) - 0.4 * at(t - 1) - 0.5 * at(t - 4) + 0.2 * at(t - 5))
    const how = { differences: 1, seasonalDifferences: 1, period: 4 }
    const y = integrate(w, [100, 101, 99, 102, 100], how)
    const fit = fitArima(y, { order: [0, 1, 1], seasonalOrder: [0, 1, 1], period: 4 })
    expect(Math.abs(fit.coefficients['ma1'] + 0.4)).toBeLessThan(0.1)
    expect(Math.abs(fit.coefficients['sma1'] + 0.5)).toBeLessThan(0.1)
  })

  it('moves with the unit and the level of the series', () => {
    const y = simulated(3, 80, [0.6], [0.2])
    const [one, other] = [y, y.map((each) => 1e5 + 1e3 * each)].map((each) => fitArima(each, { order: [1, 0, 1] }))
    expect(other.coefficients['ar1']).toBeCloseTo(one.coefficients['ar1'], 4)
    expect(other.coefficients['mean']).toBeCloseTo(1e5 + 1e3 * one.coefficients['mean'], 0)
    expect(other.logLikelihood).toBeCloseTo(one.logLikelihood - 80 * Math.log(1e3), 6)
    expect((other.standardErrors?.['mean'] ?? 0) / (one.standardErrors?.['mean'] ?? 1)).toBeCloseTo(1e3, -1)
  })

  it('is stationary and invertible, whatever the series', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 12, maxLength: 20 }), (y) => {
        fc.pre(new Set(y).size > 3)
        const { model } = fitArima(y, { order: [1, 0, 1] }, { standardErrors: false, maxIterations: 30 })
        expect(isStationary(model.ar)).toBe(true)
        expect(isStationary(Float64Array.from(model.ma, (each) => -each))).toBe(true)
      }),
      { numRuns: 8 },
    )
  })

  it('has the likelihood of its model, with every kind of constant and order', () => {
    const y = simulated(9, 60, [0.5], [0.2]).map((each, t) => 20 + 0.2 * t + each)
    const specifications: ArimaSpecification[] = [
      { order: [1, 0, 0], mean: false },
      { order: [1, 0, 0], mean: false, drift: true },
      { order: [1, 0, 1], drift: true },
      { order: [0, 1, 1], drift: true },
      { order: [2, 1, 0] },
      { order: [0, 2, 1] },
      { order: [1, 0, 0], seasonalOrder: [1, 0, 0], period: 4 },
      { order: [1, 0, 0], seasonalOrder: [0, 1, 1], period: 4, drift: true },
      { order: [0, 1, 1], seasonalOrder: [0, 1, 1], period: 4 },
    ]
    for (const specification of specifications) {
      const fit = fitArima(y, specification, { effort: 'quick', standardErrors: false })
      expect(arimaLikelihood(y, fit.model).logLikelihood, JSON.stringify(specification)).toBeCloseTo(fit.logLikelihood, 6)
      const moved = Object.assign({}, fit.model, { drift: (fit.model.drift ?? 0) + 0.01 })
      if (specification.drift === true) expect(arimaLikelihood(y, moved).logLikelihood).toBeLessThan(fit.logLikelihood)
    }
  })

  it('estimates a drift: the mean of the differences', () => {
    const y = integrate(simulated(4, 100, [], [], 0.7), [3])
    const fit = fitArima(y, { order: [0, 1, 0], drift: true })
    expect(fit.coefficients['drift']).toBeCloseTo((y[100] - y[0]) / 100, 9)
    expect(fit.standardErrors?.['drift']).toBeCloseTo(Math.sqrt(fit.sigma2 / 100), 6)
    const trend = fitArima(
      simulated(6, 100, [0.5], []).map((each, t) => each + 2 + 0.3 * (t + 1)),
      { order: [1, 0, 0], drift: true },
    )
    expect(Math.abs(trend.coefficients['drift'] - 0.3)).toBeLessThan(0.03)
  })

  it('refuses constants where there are none, and series without variance', () => {
    const y = simulated(7, 30, [0.5], [])
    expect(() => fitArima(y, { order: [0, 1, 0], mean: true })).toThrow('drift')
    expect(() => fitArima(y, { order: [0, 2, 0], drift: true })).toThrow('straight line')
    expect(() => fitArima(y, { order: [1, 0, 0], seasonalOrder: [1, 0, 0] })).toThrow('period')
    expect(() => fitArima(new Array(30).fill(2), { order: [1, 0, 0] })).toThrow('vary')
  })
})

describe('selectArima', () => {
  it('takes differences of a random walk by itself, none of what comes back', () => {
    const calm = simulated(5, 150, [0.5], [])
    let total = 100
    const walk = calm.map((step) => (total += step))
    const small = { highestP: 1, highestQ: 1 }
    expect(Array.from(selectArima(calm, small).order)[1]).toBe(0)
    expect(Array.from(selectArima(walk, small).order)[1]).toBe(1)
    expect(Array.from(selectArima(walk, { ...small, differences: 0 }).order)[1]).toBe(0)
  })

  it('has the smallest AICc of its orders', () => {
    const y = simulated(8, 120, Array.from(arOfPartials([0.7, -0.5])), [])
    const found = selectArima(y, { highestP: 2, highestQ: 1 })
    expect(found.order[0]).toBe(2)
    for (let p = 0; p <= 2; p++)
      for (let q = 0; q <= 1; q++) expect(found.aicc).toBeLessThanOrEqual(fitArima(y, { order: [p, 0, q] }).aicc + 1e-6)
  })
})
