/** Metrics: what returns, trades and bars say of a strategy. */
export {
  activePremium,
  alpha,
  benchmarkCorrelation,
  beta,
  capture,
  captureNumber,
  capturePercent,
  informationRatio,
  rSquared,
  trackingError,
  treynor,
  type AlphaOptions,
  type BetaOptions,
  type CaptureOptions,
  type InformationRatioOptions,
} from './benchmark.ts'
export { computeMetrics, type MetricResult } from './compute.ts'
export type { Measured } from './defined.ts'
export * from './drawdowns.ts'
export { METRICS } from './list.ts'
export type { MetricDefinition, MetricInput, MetricSettings, MetricUnit, StreamingMetric } from './metric.ts'
export type { OverNothing } from './quotient.ts'
export * from './persistence.ts'
export * from './range-volatility.ts'
export {
  bernardoLedoit,
  dRatio,
  gainToPain,
  kappa,
  kellyOfReturns,
  omega,
  omegaSharpe,
  prospectRatio,
  sharpe,
  sortino,
  upsidePotentialRatio,
  type RatioOptions,
  type SharpeOptions,
  type SortinoOptions,
} from './ratios.ts'
export {
  annualisedReturn,
  compoundGrowth,
  cumulativeReturn,
  DAYS_PER_YEAR,
  geometricMean,
  logReturns,
  overlappingReturns,
  simpleReturns,
  toLogReturns,
  toSimpleReturns,
  wealthPath,
  type AnnualisedReturnOptions,
  type Growth,
} from './returns.ts'
export * from './ruin.ts'
export {
  kurtosis,
  outlierLossRatio,
  outlierWinRatio,
  rachev,
  skewness,
  tailRatio,
  type KurtosisOptions,
  type MomentKind,
} from './shape.ts'
export {
  downsideDeviation,
  downsideFrequency,
  downsidePotential,
  lowerPartialMoment,
  meanAbsoluteDeviation,
  semiDeviation,
  upsideFrequency,
  upsidePotential,
  upsideRisk,
  volatility,
  volatilitySkewness,
  type PartialDenominator,
  type PartialOptions,
  type TargetOptions,
  type YearOptions,
} from './spread.ts'
export * from './value-at-risk.ts'
export {
  averageLoss,
  averageWin,
  commonSenseRatio,
  consecutiveLosses,
  consecutiveWins,
  cpcIndex,
  expectancy,
  exposure,
  kellyOfTrades,
  payoffRatio,
  profitFactor,
  winRate,
  type ExpectancyOptions,
} from './wins.ts'
