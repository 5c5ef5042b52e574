/** What a strategy file may `import … from 'autotrading'`: the public interface of the package. */
export {
  AutoTradingError,
  ImpossibleError,
  InputError,
  OutsideError,
  assert,
  unreachable,
  type ErrorDetails,
  type Fault,
} from './core/errors.ts'
export { type Price, type Qty } from './core/exact.ts'
export { type Prng } from './core/random.ts'
export { type Interval, type Micros } from './core/time.ts'
export { type Instrument } from './domain/instrument.ts'
export { type Bar } from './market/bar.ts'
export { atr } from './market/indicators/atr.ts'
export { ema } from './market/indicators/ema.ts'
export { type Indicator, type IndicatorDefinition } from './market/indicators/indicator.ts'
export { INDICATORS } from './market/indicators/list.ts'
export { sma } from './market/indicators/sma.ts'
export {
  flag,
  integer,
  number,
  quantity,
  type Parameter,
  type Parameters,
  type ParametersOf,
  type ParameterValue,
} from './strategy/parameters.ts'
export {
  defineStrategy,
  type Opinion,
  type StrategyContext,
  type StrategyDefinition,
  type StrategyInstance,
  type StrategyView,
} from './strategy/strategy.ts'
export {
  allocate,
  oneHot,
  regimeProbabilities,
  type AllocationOptions,
  type RegimeProbabilities,
  type StrategyWeights,
} from './strategy/regimes/allocation.ts'
export {
  RegimeClassifier,
  type Classification,
  type ClassifierOptions,
  type FeatureName,
  type RegimeFeatures,
} from './strategy/regimes/classifier.ts'
export { refitInForce, refitWindow, type PastWindow, type RefitSchedule } from './strategy/regimes/refit-schedule.ts'
export { REGIMES, regimeOf, STRATEGY_KINDS, type Regime, type RegimeId, type StrategyKind } from './strategy/regimes/regimes.ts'
export { DEFAULT_THRESHOLDS, type RegimeThresholds } from './strategy/regimes/thresholds.ts'
