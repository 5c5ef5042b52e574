/**
 * Variances of bars to come, from the variance of the next bar and the parameters.
 *
 * Pure; chance by the generator that is passed in. Source: T. Bollerslev (1986); R. Baillie, T. Bollerslev, Journal of
 * Econometrics 52 (1992), horizon variances; D. Nelson (1991), moments of EGARCH.
 */
import type { Prng } from '../../core/random.ts'
import { finiteOr, refuseUnless, requireInteger, requirePositive, requireVector, type Vector } from '../guard.ts'
import { quantileSorted } from '../numerics/quantile.ts'
import { sum } from '../sum.ts'
import { drawInnovation } from './density.ts'
import {
  logMeanExpOfNews,
  nextVariance,
  requireVolatilityParameters,
  volatilityPersistence,
  type VolatilityModel,
  type VolatilityParameters,
} from './model.ts'

export interface VarianceForecastOptions {
  readonly model: VolatilityModel
  readonly parameters: VolatilityParameters
  /** h_{T+1}, as a filter gives it. */
  readonly nextVariance: number
  /** How many bars ahead. */
  readonly steps: number
}

const MOST_STEPS = 1_000_000

/**
 * Expected variances E h_{T+k}, k = 1 … steps: omega + persistence x the step before, which is
 * v + persistence^(k-1) (h_{T+1} - v) around the unconditional variance v, and stays defined without one (`garch`, `gjr`).
 * `egarch` with normal innovations in closed form: ln h is linear in independent news, so that
 * E h_{T+k} = exp(omega (1 + … + beta^(k-2)) + beta^(k-1) ln h_{T+1}) prod_{i<k-1} E exp(beta^i g(z)).
 * With Student innovations E exp(|z|) is infinite: then only the first step is defined, and `simulateVariances` has medians.
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function forecastVariance(options: VarianceForecastOptions): Float64Array {
  const { model, parameters, nextVariance: next, steps } = options
  const persistence = volatilityPersistence(model, parameters)
  requirePositive('nextVariance', next)
  requireInteger('steps', steps, 1, MOST_STEPS)
  const { omega, alpha, gamma = 0, beta, nu } = parameters
  const out = new Float64Array(steps)
  out[0] = next
  if (model !== 'egarch') for (let k = 1; k < steps; k++) out[k] = omega + persistence * out[k - 1]
  else {
    refuseUnless(steps === 1 || nu === undefined, 'out-of-domain', 'egarch with Student innovations has no mean variance')
    let [level, news, weight] = [Math.log(next), 0, 1]
    for (let k = 1; k < steps; k++) {
      level = omega + beta * level
      news += logMeanExpOfNews(weight * alpha, weight * gamma)
      weight *= beta
      out[k] = Math.exp(level + news)
    }
  }
  for (let k = 0; k < steps; k++) finiteOr('overflow', out[k], 'a forecast')
  return out
}

/**
 * Variance of the return over the first k bars, sum of the expected variances h_{T+1} … h_{T+k}; uncorrelated returns add up.
 * @throws MathError `empty`, `not-finite`, `out-of-domain`
 */
export function horizonVariance(forecasts: Vector, steps = forecasts.length): number {
  requireVariances(forecasts)
  requireInteger('steps', steps, 1, forecasts.length)
  return finiteOr('overflow', sum(Float64Array.from({ length: steps }, (_, k) => forecasts[k])), 'the horizon variance')
}

/**
 * Term structure of volatility: sqrt(mean of the expected variances of bars 1 … k) for each k, times
 * sqrt(periodsPerYear) to have it annual.
 * @throws MathError `empty`, `not-finite`, `out-of-domain`
 */
export function volatilityTermStructure(forecasts: Vector, periodsPerYear = 1): Float64Array {
  requireVariances(forecasts)
  requirePositive('periodsPerYear', periodsPerYear)
  let total = 0
  return Float64Array.from({ length: forecasts.length }, (_, k) => {
    total += forecasts[k]
    return finiteOr('overflow', Math.sqrt((total / (k + 1)) * periodsPerYear), 'a volatility')
  })
}

function requireVariances(forecasts: Vector): void {
  requireVector('forecasts', forecasts)
  for (let k = 0; k < forecasts.length; k++)
    refuseUnless(forecasts[k] >= 0, 'out-of-domain', () => `forecasts[${k}] is ${forecasts[k]}, a variance below zero`)
}

export interface VarianceSimulationOptions extends VarianceForecastOptions {
  /** Default 1000. */
  readonly paths?: number
  /** Of the variances at each step; default 0.05, 0.5, 0.95. */
  readonly probabilities?: readonly number[]
}

export interface SimulatedVariances {
  /** Over the paths at each step: an estimate of E h, which is infinite for `egarch` with Student innovations. */
  readonly means: Float64Array
  /** One row for each probability, type 7. */
  readonly quantiles: readonly Float64Array[]
}

/**
 * Distribution of the variances h_{T+k} over simulated paths with drawn innovations: means and quantiles at each step; the same
 * generator gives the same answer.
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function simulateVariances(options: VarianceSimulationOptions, prng: Prng): SimulatedVariances {
  const { model, parameters, nextVariance: next, steps, paths = 1000, probabilities = [0.05, 0.5, 0.95] } = options
  requireVolatilityParameters(model, parameters)
  requirePositive('nextVariance', next)
  requireInteger('steps', steps, 1, MOST_STEPS)
  requireInteger('paths', paths, 1, MOST_STEPS)
  requireVector('probabilities', probabilities, 0)
  const current = new Float64Array(paths).fill(next)
  const means = new Float64Array(steps)
  const quantiles = probabilities.map(() => new Float64Array(steps))
  for (let k = 0; k < steps; k++) {
    if (k > 0)
      for (let i = 0; i < paths; i++) {
        const h = current[i]
        current[i] = nextVariance(model, parameters, Math.sqrt(h) * drawInnovation(prng, parameters.nu), h)
      }
    means[k] = finiteOr('overflow', sum(current) / paths, 'a simulated variance')
    const ascending = Float64Array.from(current).sort()
    for (let j = 0; j < quantiles.length; j++) quantiles[j][k] = quantileSorted(ascending, probabilities[j])
  }
  return { means, quantiles }
}

export interface ReturnSimulationOptions {
  readonly model: VolatilityModel
  readonly parameters: VolatilityParameters
  readonly mean?: number
  /** h of the first bar. */
  readonly variance: number
  readonly length: number
}

/**
 * Returns r_t = mean + sqrt(h_t) z_t drawn from a GARCH, GJR or EGARCH process, with their variances h_t.
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function simulateReturns(
  options: ReturnSimulationOptions,
  prng: Prng,
): { readonly returns: Float64Array; readonly variances: Float64Array } {
  const { model, parameters, mean = 0, variance, length } = options
  requireVolatilityParameters(model, parameters)
  finiteOr('not-finite', mean, 'mean')
  requirePositive('variance', variance)
  requireInteger('length', length, 1, MOST_STEPS)
  const [returns, variances] = [new Float64Array(length), new Float64Array(length)]
  let h = variance
  for (let t = 0; t < length; t++) {
    variances[t] = finiteOr('overflow', h, 'a variance')
    const e = Math.sqrt(h) * drawInnovation(prng, parameters.nu)
    returns[t] = finiteOr('overflow', mean + e, 'a return')
    h = nextVariance(model, parameters, e, h)
  }
  return { returns, variances }
}
