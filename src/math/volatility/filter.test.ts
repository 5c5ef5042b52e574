/** Filters, likelihoods and forecasts against plain recomputation; streaming against batch. Pure. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { EwmaFilter, ewmaVariances, fitEwma } from './ewma.ts'
import { filterVolatility, VolatilityFilter } from './filter.ts'
import { forecastVariance, horizonVariance, simulateReturns, simulateVariances, volatilityTermStructure } from './forecast.ts'
import { logLikelihoodOf, SLOTS } from './likelihood.ts'
import { unconditionalVariance, volatilityPersistence, type VolatilityModel, type VolatilityParameters } from './model.ts'

const share = fc.double({ min: 0.01, max: 0.3, noNaN: true })
const nu = fc.option(fc.double({ min: 2.5, max: 40, noNaN: true }), { nil: undefined })
const models: fc.Arbitrary<{ readonly model: VolatilityModel; readonly parameters: VolatilityParameters }> = fc
  .record({
    model: fc.constantFrom('garch' as const, 'gjr' as const, 'egarch' as const),
    omega: share,
    alpha: share,
    gamma: share,
    nu,
  })
  .map(({ model, omega, alpha, gamma, nu: freedom }) => ({
    model,
    parameters: {
      omega: model === 'egarch' ? omega - 0.1 : omega,
      alpha,
      ...(model === 'garch' ? {} : { gamma: model === 'egarch' ? -gamma / 2 : gamma / 2 }),
      beta: 0.95 - 2 * alpha,
      ...(freedom === undefined ? {} : { nu: freedom }),
    },
  }))
const returns = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 40 })
/** Asks `expect` only where it would complain: there are many numbers. */
const near = (got: number, want: number, rel = 1e-10): void => {
  if (!(Math.abs(got - want) <= rel * Math.max(1, Math.abs(want)))) expect(got).toBe(want)
}

describe('the filter', () => {
  it('is its definition', () => {
    fc.assert(
      fc.property(models, returns, fc.double({ min: 0.1, max: 3, noNaN: true }), ({ model, parameters }, r, backcast) => {
        const { omega, alpha, gamma = 0, beta } = parameters
        const found = filterVolatility(r, { model, parameters, mean: 0.1, backcast })
        let h =
          model === 'egarch'
            ? Math.exp(omega + beta * Math.log(backcast))
            : omega + (alpha + gamma / 2) * backcast + beta * backcast
        r.forEach((value, t) => {
          near(found.variances[t], h)
          const e = value - 0.1
          const z = e / Math.sqrt(h)
          near(found.standardised[t], z)
          h =
            model === 'egarch'
              ? Math.exp(omega + alpha * (Math.abs(z) - Math.sqrt(2 / Math.PI)) + gamma * z + beta * Math.log(h))
              : omega + (alpha + (e < 0 ? gamma : 0)) * e ** 2 + beta * h
        })
        near(found.nextVariance, h)
      }),
    )
  })

  it('bar by bar equals the batch at every prefix, also after a restart', () => {
    fc.assert(
      fc.property(models, returns, ({ model, parameters }, r) => {
        const options = { model, parameters, mean: -0.05, backcast: 0.8 }
        let filter = new VolatilityFilter(options)
        r.forEach((value, t) => {
          const prefix = filterVolatility(r.slice(0, t + 1), options)
          expect(filter.variance).toBe(prefix.variances[t])
          expect(filter.update(value)).toBe(prefix.nextVariance)
          near(filter.logLikelihood, prefix.logLikelihood)
          const copy = new VolatilityFilter(options)
          copy.restore(filter.snapshot())
          filter = copy
        })
        expect(filter.count).toBe(r.length)
      }),
    )
  })

  it('of exponential weights bar by bar equals the batch at every prefix', () => {
    fc.assert(
      fc.property(returns, fc.double({ min: 0.5, max: 0.99, noNaN: true }), (r, lambda) => {
        const options = { lambda, initialVariance: 0.7, mean: 0.02 }
        const filter = new EwmaFilter(options)
        r.forEach((value, t) => {
          const batch = ewmaVariances(r.slice(0, t + 1), options)
          expect(filter.variance).toBe(batch.variances[t])
          expect(filter.update(value)).toBe(batch.nextVariance)
        })
        const copy = new EwmaFilter(options)
        copy.restore(filter.snapshot())
        expect(copy.update(1)).toBe(filter.update(1))
      }),
    )
  })
})

describe('the likelihood of fits', () => {
  const theta = ({
    model,
    parameters,
  }: {
    readonly model: VolatilityModel
    readonly parameters: VolatilityParameters
  }): Float64Array => {
    const { omega, alpha, gamma = 0, beta, nu: freedom = 0 } = parameters
    return Float64Array.from([0.03, omega, alpha, model === 'egarch' ? gamma : alpha + gamma, beta, freedom])
  }

  it('is that of the filter, with the slopes that differences have', () => {
    fc.assert(
      fc.property(models, fc.integer({ min: 1, max: 1e6 }), fc.boolean(), (spec, seed, given) => {
        const { model, parameters } = spec
        const { returns: r } = simulateReturns({ model, parameters, variance: 1, length: 50 }, createPrng(seed))
        const centre = r.reduce((a, b) => a + b, 0) / 50
        const spread = r.reduce((a, b) => a + (b - centre) ** 2, 0) / 50
        const backcast = given ? 0.9 : Number.NaN
        const task = { returns: r, egarch: model === 'egarch', student: parameters.nu !== undefined, backcast, centre, spread }
        const at = theta(spec)
        const slopes = new Float64Array(SLOTS)
        const scores = new Float64Array(50 * SLOTS)
        const value = logLikelihoodOf(task, at, slopes, scores)
        // The region where EGARCH forgets its start is narrower than that of the draws.
        fc.pre(Number.isFinite(value))
        const filtered = filterVolatility(r, { model, parameters, mean: 0.03, ...(given ? { backcast } : {}) })
        near(value, filtered.logLikelihood, 1e-9)
        for (let i = 0; i < (task.student ? SLOTS : SLOTS - 1); i++) {
          const h = 1e-6 * Math.max(0.01, Math.abs(at[i]))
          const moved = [1, -1].map((sign) =>
            logLikelihoodOf(
              task,
              at.map((x, j) => (i === j ? x + sign * h : x)),
            ),
          )
          const slope = (moved[0] - moved[1]) / (2 * h)
          // A kink of |z| may lie between the two points.
          if (i > 0) expect(Math.abs(slopes[i] - slope)).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(slope)))
          let total = 0
          for (let t = 0; t < 50; t++) total += scores[t * SLOTS + i]
          near(total, slopes[i], 1e-8)
        }
      }),
    )
  })
})

describe('forecasts', () => {
  it('approach the unconditional variance at the rate of the persistence', () => {
    fc.assert(
      fc.property(models, fc.double({ min: 0.1, max: 5, noNaN: true }), ({ model, parameters }, next) => {
        fc.pre(model !== 'egarch')
        const persistence = volatilityPersistence(model, parameters)
        fc.pre(persistence < 0.999)
        const v = unconditionalVariance(model, parameters)
        const found = forecastVariance({ model, parameters, nextVariance: next, steps: 30 })
        found.forEach((h, k) => near(h, v + persistence ** k * (next - v), 1e-9))
        near(
          horizonVariance(found),
          found.reduce((a, b) => a + b, 0),
        )
        const term = volatilityTermStructure(found, 365)
        term.forEach((sigma, k) => near(sigma ** 2, (horizonVariance(found, k + 1) / (k + 1)) * 365))
      }),
    )
  })

  it('of EGARCH agree with simulated paths, and lead to the unconditional variance', () => {
    const parameters = { omega: -0.02, alpha: 0.15, gamma: -0.06, beta: 0.9 }
    const exact = forecastVariance({ model: 'egarch', parameters, nextVariance: 1.5, steps: 400 })
    const { means } = simulateVariances(
      { model: 'egarch', parameters, nextVariance: 1.5, steps: 8, paths: 20_000 },
      createPrng(3),
    )
    means.forEach((mean, k) => expect(Math.abs(mean / exact[k] - 1)).toBeLessThan(0.01))
    near(exact[399], unconditionalVariance('egarch', parameters), 1e-9)
  })

  it('of simulated Student returns have unit variance innovations', () => {
    const parameters = { omega: 0.1, alpha: 0, beta: 0.9, nu: 8 }
    const { returns: r, variances } = simulateReturns({ model: 'garch', parameters, variance: 1, length: 20_000 }, createPrng(1))
    expect(variances.every((h) => Math.abs(h - 1) < 1e-9)).toBe(true)
    expect(Math.abs(r.reduce((a, b) => a + b * b, 0) / r.length - 1)).toBeLessThan(0.05)
  })
})

describe('the fitted weight of the past', () => {
  it('is better than all others of a grid', () => {
    const parameters = { omega: 0.01, alpha: 0.07, beta: 0.92 }
    for (const seed of [1, 2, 3]) {
      const { returns: r } = simulateReturns({ model: 'garch', parameters, variance: 1, length: 300 }, createPrng(seed))
      const fit = fitEwma(r)
      for (let lambda = 0.31; lambda < 0.999; lambda += 0.01)
        expect(ewmaVariances(r, { lambda }).logLikelihood).toBeLessThanOrEqual(fit.logLikelihood + 1e-7)
    }
  })
})
