/** Statistical tests, forecasts, metrics, execution: what a report or a research run asks for. */
import { createPrng } from '../../src/core/random.ts'
import { liquidityAdjustedVar } from '../../src/math/execution/almgren-chriss.ts'
import { fitArima } from '../../src/math/forecasting/arima-fit.ts'
import { fitEts } from '../../src/math/forecasting/smoothing-fit.ts'
import { johansen } from '../../src/math/inference/cointegration.ts'
import { superiorPredictiveAbility } from '../../src/math/inference/data-snooping.ts'
import { probabilityOfOverfitting } from '../../src/math/inference/overfitting.ts'
import { augmentedDickeyFuller } from '../../src/math/inference/unit-root.ts'
import { computeMetrics } from '../../src/math/metrics/compute.ts'
import { fitHawkes } from '../../src/math/microstructure/hawkes-fit.ts'
import { simulateHawkes } from '../../src/math/microstructure/hawkes.ts'
import { clusteredReturns, noiseRows, walk } from './series.ts'
import type { Task } from './task.ts'

/** x_t = 0.6 x_{t-1} + e_t + 0.3 e_{t-1}. */
function armaSeries(count: number): Float64Array {
  const prng = createPrng('arma')
  let [x, before] = [0, 0]
  return Float64Array.from({ length: count }, () => {
    const e = prng.normal()
    x = 0.6 * x + e + 0.3 * before
    before = e
    return x
  })
}

/** Level, trend and a season of 12. */
function seasonalSeries(count: number): Float64Array {
  const prng = createPrng('seasonal')
  return Float64Array.from({ length: count }, (_, t) => 100 + 0.1 * t + 5 * Math.sin((Math.PI * t) / 6) + prng.normal())
}

export const TESTS_AND_FORECASTS: readonly Task[] = [
  {
    name: 'ADF, lags by AIC',
    size: 1_000,
    of: 'values',
    work: (size) => {
      const series = walk('adf', size)
      return () => [augmentedDickeyFuller(series).statistic]
    },
    remark: 'the most lags grow as n^0.25',
  },
  {
    name: 'Johansen, 4 series, 2 lags',
    size: 1_000,
    of: 'rows',
    work: (size) => {
      const columns = ['a', 'b', 'c', 'd'].map((name) => walk(name, size))
      const levels = Array.from({ length: size }, (_, t) => columns.map((column) => column[t]))
      return () => johansen(levels, { lags: 2 }).trace
    },
  },
  {
    name: 'PBO, 16 blocks, 12,870 halves, 1,000 days',
    size: 100,
    of: 'strategies',
    work: (size) => {
      const returns = noiseRows('pbo', 1_000, size)
      return () => [probabilityOfOverfitting(returns).probability]
    },
  },
  {
    name: 'SPA, 2,000 draws, 20 models',
    size: 500,
    of: 'losses',
    work: (size) => {
      const models = noiseRows('spa', size, 20)
      const benchmark = noiseRows('spa benchmark', size, 1).map(([loss]) => loss)
      return () => [superiorPredictiveAbility(benchmark, models, createPrng('spa'), { draws: 2_000 }).pValue]
    },
  },
  {
    name: 'ARIMA(1,0,1) fit',
    size: 500,
    of: 'values',
    work: (size) => {
      const series = armaSeries(size)
      return () => [fitArima(series, { order: [1, 0, 1] }).logLikelihood]
    },
  },
  {
    name: 'ETS(A,A,A) fit, season of 12',
    size: 240,
    of: 'values',
    work: (size) => {
      const series = seasonalSeries(size)
      return () => [fitEts(series, { trend: 'add', seasonal: 'add', period: 12 }).logLikelihood]
    },
  },
  {
    name: 'Hawkes fit',
    size: 5_000,
    of: 'events',
    work: (size) => {
      const times = simulateHawkes({ baseline: 0.5, excitation: 0.8, decay: 1.6 }, 1.5 * size, createPrng('hawkes'))
      const first = times.slice(0, size)
      return () => [fitHawkes(first, first[first.length - 1]).logLikelihood]
    },
  },
  {
    name: 'all metrics, with benchmark',
    size: 1_000,
    of: 'days',
    work: (size) => {
      const returns = clusteredReturns(size)
      const benchmark = returns.map((each, t) => 0.5 * each + 0.5 * returns[(t + 7) % size])
      return () => [computeMetrics({ returns, benchmark, periodsPerYear: 365 }).filter(({ value }) => value !== undefined).length]
    },
  },
  {
    name: 'liquidity-adjusted value at risk',
    size: 100,
    of: 'steps',
    work: (size) => () => [
      liquidityAdjustedVar(
        {
          quantity: 1e6,
          horizon: 5,
          steps: size,
          volatility: 0.95,
          temporaryImpact: 2.5e-6,
          permanentImpact: 2.5e-7,
          fixedCost: 0.0625,
        },
        0.95,
      ).lvar,
    ],
  },
]
