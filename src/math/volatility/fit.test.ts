/** Laws of the fits: an optimum, whatever the units; bounds are said; a refit never makes things worse. Pure. */
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import { filterVolatility } from './filter.ts'
import { fitVolatility } from './fit.ts'
import { simulateReturns } from './forecast.ts'
import type { VolatilityModel, VolatilityParameters } from './model.ts'
import { refitVolatility } from './refit.ts'

const garch = { omega: 0.05, alpha: 0.1, beta: 0.85 }
const drawn = (
  seed: number,
  length = 400,
  parameters: VolatilityParameters = garch,
  model: VolatilityModel = 'garch',
): Float64Array => simulateReturns({ model, parameters, variance: 1, length }, createPrng(seed)).returns

describe.each([
  ['garch', 'normal'],
  ['garch', 'student'],
  ['gjr', 'normal'],
  ['gjr', 'student'],
  ['egarch', 'normal'],
  ['egarch', 'student'],
] as const)('a fit of %s with %s innovations', (model, distribution) => {
  const r = drawn(5, 500, { ...garch, nu: 6 })
  const fit = fitVolatility(r, { model, distribution })

  it('has the likelihood of its parameters, which no neighbour exceeds', () => {
    const { parameters, mean } = fit
    expect(filterVolatility(r, { model, parameters, mean }).logLikelihood).toBeCloseTo(fit.logLikelihood, 7)
    const prng = createPrng(1)
    for (let i = 0; i < 200; i++) {
      const shaken = Object.fromEntries(
        Object.entries(parameters).map(([key, value]) => [key, value * (1 + 0.03 * prng.normal())]),
      )
      const near = { ...shaken, mean: mean + 0.02 * prng.normal() } as unknown as VolatilityParameters & { readonly mean: number }
      const { omega, alpha, gamma, beta, nu } = near
      const moved = { omega, alpha, beta, ...(gamma === undefined ? {} : { gamma }), ...(nu === undefined ? {} : { nu }) }
      if (model !== 'egarch' && (alpha + (gamma ?? 0) < 0 || alpha + (gamma ?? 0) / 2 + beta > 1)) continue
      expect(filterVolatility(r, { model, parameters: moved, mean: near.mean }).logLikelihood).toBeLessThanOrEqual(
        fit.logLikelihood + 1e-6,
      )
    }
  })

  it('says the same in other units', () => {
    const other = fitVolatility(
      r.map((x) => 0.004 * x),
      { model, distribution },
    )
    expect(other.logLikelihood).toBeCloseTo(fit.logLikelihood - 500 * Math.log(0.004), 4)
    expect(other.parameters.beta).toBeCloseTo(fit.parameters.beta, 3)
    expect(other.parameters.alpha).toBeCloseTo(fit.parameters.alpha, 3)
    const scaled =
      model === 'egarch' ? fit.parameters.omega + 2 * Math.log(0.004) * (1 - fit.parameters.beta) : fit.parameters.omega * 1.6e-5
    expect(other.parameters.omega / scaled).toBeCloseTo(1, 2)
  })
})

describe('a fit', () => {
  it('finds the parameters of a long sample within four standard errors', () => {
    const r = drawn(11, 4000)
    const { parameters, standardErrors, robustErrors } = fitVolatility(r, { model: 'garch' })
    for (const key of ['omega', 'alpha', 'beta'] as const) {
      const error = standardErrors?.[key] ?? 0
      expect(Math.abs(parameters[key] - garch[key])).toBeLessThan(4 * error)
      // Where the innovations are of the assumed distribution, both kinds of error agree.
      expect((robustErrors?.[key] ?? 0) / error).toBeGreaterThan(0.6)
      expect((robustErrors?.[key] ?? 0) / error).toBeLessThan(1.6)
    }
  })

  it('of returns without clusters says that beta means nothing', () => {
    const found = Array.from({ length: 12 }, (_, seed) => {
      const prng = createPrng(seed)
      return fitVolatility(
        Float64Array.from({ length: 200 }, () => prng.normal()),
        { model: 'garch', mean: 0 },
      )
    })
    const flat = found.filter(({ betaUnidentified }) => betaUnidentified)
    expect(flat.length).toBeGreaterThan(2)
    for (const { atBound, standardErrors } of flat) {
      expect(atBound).toContain('alpha')
      expect(standardErrors?.beta).toBeUndefined()
    }
  })

  it('that would be explosive is integrated, unless it may be explosive', () => {
    let explosive = 0
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const r = drawn(seed, 500, { omega: 0.02, alpha: 0.3, beta: 0.75 })
      const held = fitVolatility(r, { model: 'garch', mean: 0 })
      const free = fitVolatility(r, { model: 'garch', mean: 0, persistence: 'free' })
      expect(held.persistence).toBeLessThanOrEqual(1 + 1e-12)
      expect(free.logLikelihood).toBeGreaterThanOrEqual(held.logLikelihood - 1e-6)
      expect(held.integrated).toBe(free.persistence > 1)
      if (free.persistence > 1) explosive += 1
    }
    expect(explosive).toBeGreaterThan(0)
  })

  it('with more freedom is as likely or likelier', () => {
    for (const seed of [1, 2, 3, 4]) {
      const r = drawn(seed, 300, { ...garch, nu: 5 })
      const value = (model: VolatilityModel, distribution: 'normal' | 'student'): number =>
        fitVolatility(r, { model, distribution, mean: 0 }).logLikelihood
      expect(value('gjr', 'normal')).toBeGreaterThanOrEqual(value('garch', 'normal') - 1e-5)
      // nu ends at 500, which is nearly, not fully normal.
      expect(value('garch', 'student')).toBeGreaterThanOrEqual(value('garch', 'normal') - 0.01)
    }
  })

  it('of a short sample without clusters is not beaten from a start near another optimum', () => {
    for (const [model, seed] of [
      ['garch', 9],
      ['garch', 21],
      ['gjr', 8],
      ['gjr', 9],
      ['gjr', 24],
    ] as const) {
      const prng = createPrng(seed)
      const r = Float64Array.from({ length: 120 }, () => prng.normal())
      const value = (start?: VolatilityParameters): number =>
        fitVolatility(r, {
          model,
          mean: 0,
          errors: 'none',
          ...(start === undefined ? {} : { start: { parameters: start, mean: 0 } }),
        }).logLikelihood
      for (const [omega, alpha, beta] of [
        [0.001, 0.001, 0.998],
        [0.05, 0.05, 0.9],
        [0.4, 0.1, 0.05],
      ] as const)
        expect(value()).toBeGreaterThanOrEqual(value({ omega, alpha, beta }) - 1e-4)
    }
  })

  it('that fails is an error', () => {
    const reason = (run: () => unknown): string => {
      try {
        run()
      } catch (error) {
        if (error instanceof MathError) return error.reason
      }
      return 'none'
    }
    expect(reason(() => fitVolatility(drawn(1, 19), { model: 'garch' }))).toBe('too-short')
    expect(reason(() => fitVolatility(new Float64Array(50).fill(0.1), { model: 'garch' }))).toBe('no-variance')
    expect(reason(() => fitVolatility(drawn(1), { model: 'garch', maxIterations: 1 }))).toBe('no-convergence')
  })
})

describe('a refit', () => {
  it('is never less likely than the parameters before', () => {
    const previous = { model: 'garch' as const, parameters: garch, mean: 0 }
    for (const seed of [1, 2, 3, 4, 5]) {
      const r = drawn(seed, 200)
      const old = filterVolatility(r, { model: 'garch', parameters: garch, mean: 0 }).logLikelihood
      const next = refitVolatility(previous, r)
      expect(next.logLikelihood).toBeGreaterThanOrEqual(old - 1e-6)
      expect(next.accepted).toBe(true)
    }
  })

  it('keeps the parameters before when the fit fails', () => {
    const previous = { model: 'garch' as const, parameters: garch, mean: 0 }
    const short = refitVolatility(previous, drawn(1, 10))
    expect(short).toMatchObject({ accepted: false, reason: 'fit-failed', parameters: garch, mean: 0 })
    const stopped = refitVolatility(previous, drawn(1), { maxIterations: 1 })
    expect(stopped.accepted).toBe(false)
  })

  it('keeps them when the fit is less likely, as with a mean that is held elsewhere', () => {
    const r = drawn(3)
    const { parameters, mean } = fitVolatility(r, { model: 'garch' })
    const next = refitVolatility({ model: 'garch', parameters, mean }, r, { mean: 1 })
    expect(next).toMatchObject({ accepted: false, reason: 'likelihood-dropped', parameters })
  })
})
