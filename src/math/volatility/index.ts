/** Volatility: conditional variances that move with the news, their likelihood, forecasts and fits. */
export { EwmaFilter, ewmaVariances, fitEwma } from './ewma.ts'
export type { EwmaFit, EwmaOptions, EwmaVolatility, StreamingEwmaOptions } from './ewma.ts'
export { filterVolatility, VolatilityFilter } from './filter.ts'
export type { FilteredVolatility, StreamingVolatilityOptions, VolatilityFilterOptions } from './filter.ts'
export { fitVolatility } from './fit.ts'
export type { ParameterErrors, VolatilityFit, VolatilityFitOptions } from './fit.ts'
export { forecastVariance, horizonVariance, simulateReturns, simulateVariances, volatilityTermStructure } from './forecast.ts'
export type {
  ReturnSimulationOptions,
  SimulatedVariances,
  VarianceForecastOptions,
  VarianceSimulationOptions,
} from './forecast.ts'
export { unconditionalVariance, volatilityPersistence } from './model.ts'
export type { VolatilityModel, VolatilityParameters } from './model.ts'
export { refitVolatility } from './refit.ts'
export type { VolatilityEstimate, VolatilityRefit } from './refit.ts'
