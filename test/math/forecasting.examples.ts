/** How the functions of `forecasting` are called. */
import type { Prng } from '../../src/core/random.ts'
import { forecasting } from '../../src/math/index.ts'
import { normals, type Example } from './example.ts'

const {
  arimaLikelihood,
  ArimaStream,
  armaAutocovariances,
  arOfPartials,
  AutoregressionStream,
  chooseDifferences,
  decompose,
  difference,
  differencingPolynomial,
  evaluateForecaster,
  fitArima,
  fitAutoregression,
  fitEts,
  fitHar,
  fitLocalLevel,
  fitSmoothing,
  forecastArima,
  forecastAutoregression,
  forecastDrift,
  forecastEts,
  forecastEwma,
  forecastHar,
  forecastMean,
  forecastNaive,
  forecastSeasonalNaive,
  forecastSmoothing,
  forecastTheta,
  HarStream,
  integrate,
  isSeasonal,
  isStationary,
  judgeForecaster,
  localLevel,
  meanAbsoluteError,
  meanAbsoluteScaledError,
  meanError,
  partialsOfAr,
  psiWeights,
  qlike,
  rollingOrigins,
  rootMeanSquaredError,
  selectArima,
  selectEts,
  smooth,
  smoothingStart,
  SmoothingStream,
  stl,
  symmetricPercentageError,
  yuleWalker,
} = forecasting

/** A series that wanders above zero, with a season of four. */
const prices = (prng: Prng, count: number): number[] => {
  let level = 100
  return Array.from({ length: count }, (_, t) => {
    level *= Math.exp(0.01 * prng.normal())
    return level * (1 + 0.02 * (t % 4))
  })
}
const variances = (prng: Prng, count: number): number[] => normals(prng, count, 0.4, -9).map(Math.exp)
const seasonal = { trend: 'add', damped: true, seasonal: 'mul', period: 4 } as const
const gains = { alpha: 0.4, beta: 0.2, gamma: 0.3, phi: 0.9 }
const begun = { level: 100, trend: 0.3, seasonal: [0.98, 0.99, 1.01, 1.02] }
const arima = { ar: [0.5, -0.2], ma: [0.3], differences: 1, mean: 0, drift: 0.2, sigma2: 1.5 }
const airline = {
  ar: [0.2],
  ma: [-0.4],
  seasonalAr: [0.3],
  seasonalMa: [-0.5],
  differences: 1,
  seasonalDifferences: 1,
  period: 4,
  sigma2: 1.5,
}
const autoregressive = { constant: 1, ar: [0.5, 0.2] }
const harModel = {
  coefficients: Float64Array.of(1e-5, 0.3, 0.3, 0.2),
  windows: Float64Array.of(1, 5, 22),
  horizon: 1,
  scale: 'level',
  sigma2: 1e-9,
} as const
const edge = 'standard errors are undefined at the edge of stationarity'
const early = 'the first observations have no error'
const multiplied = 'models in which something multiplies have no standard errors'

export const forecastingExamples: readonly Example[] = [
  { covers: smooth, args: (prng) => [prices(prng, 12), seasonal, gains, begun] },
  { covers: forecastSmoothing, args: () => [seasonal, gains, begun, 6] },
  { covers: smoothingStart, args: (prng) => [prices(prng, 12), seasonal] },
  {
    covers: SmoothingStream,
    call: (y: readonly number[]) => {
      const stream = new SmoothingStream(seasonal, gains, begun)
      return { fitted: y.map((each) => stream.update(each)), state: stream.state, forecast: stream.forecast(3) }
    },
    args: (prng) => [prices(prng, 9)],
  },
  {
    covers: fitSmoothing,
    args: (prng) => [prices(prng, 20), { trend: 'add', seasonal: 'add', period: 4 }, { region: 'usual', maxIterations: 5 }],
  },
  { covers: fitEts, args: (prng) => [prices(prng, 24), { trend: 'add', seasonal: 'add', period: 4 }, { maxIterations: 5 }] },
  {
    covers: selectEts,
    args: (prng) => [prices(prng, 16), { candidates: [{}, { trend: 'add' }], maxIterations: 4 }],
  },
  {
    covers: forecastEts,
    args: () => [
      {
        model: { error: 'add', trend: 'add', damped: true, seasonal: 'add', period: 4 },
        parameters: gains,
        state: { level: 100, trend: 0.3, seasonal: [-2, -1, 1, 2] },
        sigma2: 1.2,
      },
      6,
    ],
    missing: multiplied,
  },
  { covers: decompose, args: (prng) => [prices(prng, 14), 4, 'mul'], missing: 'the moving average has no ends' },
  { covers: stl, args: (prng) => [prices(prng, 20), 4, { seasonalWindow: 7, inner: 1, outer: 1 }] },
  { covers: forecastTheta, args: (prng) => [prices(prng, 20), 5, { period: 4 }] },
  { covers: isSeasonal, args: (prng) => [prices(prng, 20), 4] },
  { covers: difference, args: (prng) => [prices(prng, 14), { differences: 1, seasonalDifferences: 1, period: 4 }] },
  { covers: differencingPolynomial, args: () => [{ differences: 1, seasonalDifferences: 1, period: 4 }] },
  {
    covers: integrate,
    args: (prng) => [normals(prng, 8), [1, 2, 3, 4, 5], { differences: 1, seasonalDifferences: 1, period: 4 }],
  },
  {
    covers: chooseDifferences,
    args: (prng) => [prices(prng, 12), (values: Float64Array) => Math.abs(values[0]) > 10, 2],
  },
  { covers: arOfPartials, args: () => [[0.5, -0.3, 0.2]] },
  { covers: partialsOfAr, args: () => [[0.5, -0.3, 0.2]] },
  { covers: isStationary, args: () => [[0.5, -0.3, 0.2]] },
  { covers: psiWeights, args: () => [[0.5, -0.3], [0.4], 8] },
  { covers: armaAutocovariances, args: () => [[0.5, -0.3], [0.4], 8] },
  { covers: arimaLikelihood, args: (prng) => [prices(prng, 16), airline] },
  { covers: forecastArima, args: (prng) => [prices(prng, 12), arima, 5] },
  {
    covers: ArimaStream,
    call: (y: readonly number[], model: forecasting.ArimaModel) => {
      const stream = new ArimaStream(model)
      return { errors: y.map((each) => stream.update(each)), forecast: stream.forecast(3) }
    },
    args: (prng) => [prices(prng, 10), airline],
    missing: early,
  },
  {
    covers: fitArima,
    args: (prng) => [prices(prng, 20), { order: [1, 0, 1] }, { maxIterations: 5 }],
    missing: edge,
  },
  {
    covers: selectArima,
    args: (prng) => [prices(prng, 16), { differences: 1, highestP: 1, highestQ: 1, constant: 'either', maxIterations: 4 }],
    missing: edge,
  },
  { covers: fitAutoregression, args: (prng) => [prices(prng, 14), 2] },
  { covers: yuleWalker, args: (prng) => [prices(prng, 14), 2] },
  { covers: forecastAutoregression, args: (prng) => [prices(prng, 6), autoregressive, 4] },
  {
    covers: AutoregressionStream,
    call: (y: readonly number[], fit: forecasting.AutoregressionCoefficients) => {
      const stream = new AutoregressionStream(fit)
      return { errors: y.map((each) => stream.update(each)), forecast: stream.forecast(3) }
    },
    args: (prng) => [prices(prng, 6), autoregressive],
    missing: early,
  },
  { covers: fitHar, args: (prng) => [variances(prng, 40), { horizon: 2, windows: [1, 3, 7], scale: 'log', lags: 3 }] },
  { covers: forecastHar, args: (prng) => [variances(prng, 24), harModel] },
  {
    covers: HarStream,
    call: (rv: readonly number[], model: forecasting.HarModel) => {
      const stream = new HarStream(model)
      return rv.map((each) => stream.update(each))
    },
    args: (prng) => [variances(prng, 24), harModel],
    missing: early,
  },
  { covers: localLevel, args: (prng) => [prices(prng, 10), { irregular: 1, level: 0.3 }, { mean: 100, variance: 20 }] },
  { covers: fitLocalLevel, args: (prng) => [prices(prng, 15)] },
  { covers: forecastNaive, args: (prng) => [prices(prng, 5), 3] },
  { covers: forecastSeasonalNaive, args: (prng) => [prices(prng, 9), 5, 4] },
  { covers: forecastMean, args: (prng) => [prices(prng, 5), 3] },
  { covers: forecastDrift, args: (prng) => [prices(prng, 5), 3] },
  { covers: forecastEwma, args: (prng) => [prices(prng, 9), 3, 0.9] },
  { covers: meanAbsoluteError, args: (prng) => [prices(prng, 6), prices(prng, 6)] },
  { covers: rootMeanSquaredError, args: (prng) => [prices(prng, 6), prices(prng, 6)] },
  { covers: meanError, args: (prng) => [prices(prng, 6), prices(prng, 6)] },
  { covers: symmetricPercentageError, args: (prng) => [prices(prng, 6), prices(prng, 6)] },
  { covers: meanAbsoluteScaledError, args: (prng) => [prices(prng, 6), prices(prng, 6), prices(prng, 12), 4] },
  { covers: qlike, args: (prng) => [variances(prng, 6), variances(prng, 6)] },
  { covers: rollingOrigins, args: () => [20, { initial: 10, horizon: 3, step: 2, window: 'rolling' }] },
  {
    covers: evaluateForecaster,
    args: (prng) => [prices(prng, 16), forecastDrift, { initial: 8, horizon: 2, step: 2 }],
    missing: 'QLIKE is for values above zero',
  },
  {
    covers: judgeForecaster,
    args: (prng) => [prices(prng, 16), forecastDrift, { initial: 8, horizon: 2, step: 2, period: 4, lambda: 0.9 }],
    missing: 'QLIKE is for values above zero',
  },
]
