/** How the functions of `volatility` are called. */
import type { Prng } from '../../src/core/random.ts'
import * as volatility from '../../src/math/volatility/index.ts'
import type { Example } from './example.ts'

const garch = { omega: 0.05, alpha: 0.1, beta: 0.85, nu: 6 }
const egarch = { omega: -0.02, alpha: 0.15, gamma: -0.05, beta: 0.95 }
const gjr = { omega: 0.05, alpha: 0.05, gamma: 0.1, beta: 0.85 }

/** Returns whose variance clusters. */
const returnsOf = (prng: Prng, length: number): number[] =>
  Array.from(volatility.simulateReturns({ model: 'garch', parameters: garch, variance: 1, length }, prng).returns)

/** Feeds a filter, and says what it holds before and after a restored copy is fed the same. */
const fed = (filter: volatility.VolatilityFilter | volatility.EwmaFilter, returns: readonly number[]): unknown => {
  const variances = returns.map((each) => filter.update(each))
  const state = filter.snapshot()
  filter.restore(state)
  return { variances, state, variance: filter.variance }
}

const boundary = 'parameters on a bound have no standard error, and a likelihood without curvature has none at all'

export const volatilityExamples: readonly Example[] = [
  {
    covers: volatility.filterVolatility,
    args: (prng) => [returnsOf(prng, 30), { model: 'garch', parameters: garch, mean: 0.01, backcast: 1 }],
  },
  {
    covers: volatility.filterVolatility,
    args: (prng) => [returnsOf(prng, 30), { model: 'egarch', parameters: egarch, mean: 0.01 }],
  },
  {
    covers: volatility.VolatilityFilter,
    call: (options: volatility.StreamingVolatilityOptions, returns: readonly number[]) =>
      fed(new volatility.VolatilityFilter(options), returns),
    args: (prng) => [{ model: 'gjr', parameters: gjr, mean: 0.01, backcast: 1 }, returnsOf(prng, 20)],
  },
  {
    covers: volatility.VolatilityFilter,
    call: (state: readonly number[]) => {
      const filter = new volatility.VolatilityFilter({ model: 'gjr', parameters: gjr, backcast: 1 })
      filter.restore(state)
      return { variance: filter.update(0.5), logLikelihood: filter.logLikelihood, count: filter.count }
    },
    args: () => [[1.5, -3, 2]],
  },
  {
    covers: volatility.EwmaFilter,
    call: (options: volatility.StreamingEwmaOptions, returns: readonly number[]) =>
      fed(new volatility.EwmaFilter(options), returns),
    args: (prng) => [{ lambda: 0.9, initialVariance: 1.2, mean: 0.01 }, returnsOf(prng, 20)],
  },
  {
    covers: volatility.ewmaVariances,
    args: (prng) => [returnsOf(prng, 30), { lambda: 0.9, initialVariance: 1, mean: 0.01 }],
  },
  {
    covers: volatility.fitEwma,
    args: (prng) => [returnsOf(prng, 60), { mean: 0.01 }],
  },
  {
    covers: volatility.fitVolatility,
    args: (prng) => [returnsOf(prng, 80), { model: 'garch', mean: 0.01, backcast: 1, maxIterations: 200 }],
    missing: boundary,
  },
  {
    covers: volatility.fitVolatility,
    args: (prng) => [returnsOf(prng, 80), { model: 'gjr', distribution: 'student' }],
    missing: boundary,
  },
  {
    covers: volatility.fitVolatility,
    args: (prng) => [returnsOf(prng, 80), { model: 'egarch' }],
    missing: boundary,
  },
  {
    covers: volatility.refitVolatility,
    args: (prng) => [{ model: 'garch', parameters: { omega: 0.05, alpha: 0.1, beta: 0.85 }, mean: 0.01 }, returnsOf(prng, 60)],
    missing: boundary,
  },
  {
    covers: volatility.forecastVariance,
    args: () => [{ model: 'gjr', parameters: gjr, nextVariance: 1.4, steps: 10 }],
  },
  {
    covers: volatility.forecastVariance,
    args: () => [{ model: 'egarch', parameters: egarch, nextVariance: 1.4, steps: 10 }],
  },
  { covers: volatility.horizonVariance, args: () => [[1, 1.1, 1.2, 1.3], 3] },
  { covers: volatility.volatilityTermStructure, args: () => [[1, 1.1, 1.2, 1.3], 365] },
  {
    covers: volatility.simulateVariances,
    args: (prng) => [
      { model: 'egarch', parameters: egarch, nextVariance: 1.4, steps: 4, paths: 20, probabilities: [0.1, 0.9] },
      prng,
    ],
  },
  {
    covers: volatility.simulateReturns,
    args: (prng) => [{ model: 'garch', parameters: garch, mean: 0.01, variance: 1, length: 20 }, prng],
  },
  { covers: volatility.volatilityPersistence, args: () => ['gjr', gjr] },
  { covers: volatility.unconditionalVariance, args: () => ['gjr', gjr] },
  { covers: volatility.unconditionalVariance, args: () => ['egarch', egarch] },
]
