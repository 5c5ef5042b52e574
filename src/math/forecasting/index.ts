/** Forecasts of series: exponential smoothing, ARIMA, autoregressions, realised variance, and how forecasts are judged. */
export * from './accuracy.ts'
export { arOfPartials, armaAutocovariances, isStationary, partialsOfAr, psiWeights } from './arma.ts'
export * from './arima.ts'
export * from './arima-fit.ts'
export * from './autoregression.ts'
export * from './baselines.ts'
export * from './decomposition.ts'
export { chooseDifferences, difference, type Differencing, differencingPolynomial, integrate } from './differencing.ts'
export {
  forecastSmoothing,
  smooth,
  type SmoothingModel,
  type SmoothingParameters,
  type SmoothingRun,
  type SmoothingStart,
  smoothingStart,
  type SmoothingState,
  SmoothingStream,
} from './exponential-smoothing.ts'
export * from './har.ts'
export * from './local-level.ts'
export * from './rolling-origin.ts'
export * from './smoothing-fit.ts'
export * from './stl.ts'
export * from './theta.ts'
