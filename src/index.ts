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
export { createPrng, type Prng } from './core/random.ts'
export { type Interval, type Micros } from './core/time.ts'
export { type Instrument } from './domain/instrument.ts'
export { type Bar } from './market/bar.ts'
export { accumulation, type Accumulation } from './market/indicators/accumulation.ts'
export { adx, type Adx, type AdxOptions } from './market/indicators/adx.ts'
export { anchoredVwap, type AnchoredVwap } from './market/indicators/anchored-vwap.ts'
export { aroon, type Aroon, type AroonOptions } from './market/indicators/aroon.ts'
export { atr, type Atr, type AtrOptions } from './market/indicators/atr.ts'
export { beta, type Beta } from './market/indicators/beta.ts'
export { bollinger, type Bollinger, type BollingerOptions } from './market/indicators/bollinger.ts'
export { cci, type Cci } from './market/indicators/cci.ts'
export {
  chaikinOscillator,
  type ChaikinOscillator,
  type ChaikinOscillatorOptions,
} from './market/indicators/chaikin-oscillator.ts'
export {
  chaikinVolatility,
  type ChaikinVolatility,
  type ChaikinVolatilityOptions,
} from './market/indicators/chaikin-volatility.ts'
export { closeVolatility, type CloseVolatility, type CloseVolatilityOptions } from './market/indicators/close-volatility.ts'
export { cmf, type Cmf } from './market/indicators/cmf.ts'
export { correlation, type Correlation } from './market/indicators/correlation.ts'
export { dema, type Dema } from './market/indicators/dema.ts'
export { deviation, type Deviation } from './market/indicators/deviation.ts'
export { donchian, type Donchian, type DonchianOptions } from './market/indicators/donchian.ts'
export { efficiencyRatio, type EfficiencyRatio } from './market/indicators/efficiency-ratio.ts'
export { ema, type Ema } from './market/indicators/ema.ts'
export { garmanKlass, type GarmanKlass, type GarmanKlassOptions } from './market/indicators/garman-klass.ts'
export { highest, type Highest } from './market/indicators/highest.ts'
export { hma, type Hma } from './market/indicators/hma.ts'
export { ichimoku, type Ichimoku, type IchimokuOptions } from './market/indicators/ichimoku.ts'
export { kama, type Kama, type KamaOptions } from './market/indicators/kama.ts'
export { keltner, type Keltner, type KeltnerOptions } from './market/indicators/keltner.ts'
export { linearRegression, type LinearRegression, type LinearRegressionOptions } from './market/indicators/linear-regression.ts'
export { lowest, type Lowest } from './market/indicators/lowest.ts'
export { macd, type Macd, type MacdOptions } from './market/indicators/macd.ts'
export { median, type Median } from './market/indicators/median.ts'
export { mfi, type Mfi, type MfiOptions } from './market/indicators/mfi.ts'
export { momentum, type Momentum } from './market/indicators/momentum.ts'
export { obv, type Obv, type ObvOptions } from './market/indicators/obv.ts'
export { parkinson, type Parkinson, type RangeVolatilityOptions } from './market/indicators/parkinson.ts'
export { percentRank, type PercentRank } from './market/indicators/percent-rank.ts'
export {
  pivotPoints,
  pivotLevels,
  type PivotPoints,
  type PivotMethod,
  type PivotPointsOptions,
  type PivotLevels,
} from './market/indicators/pivot-points.ts'
export { psar, type Psar, type PsarOptions } from './market/indicators/psar.ts'
export { realisedVariance, type RealisedVariance } from './market/indicators/realised-variance.ts'
export { rma, type Rma } from './market/indicators/rma.ts'
export { roc, type Roc, type RocOptions } from './market/indicators/roc.ts'
export { rogersSatchell, type RogersSatchell } from './market/indicators/rogers-satchell.ts'
export { rsi, type Rsi, type RsiOptions } from './market/indicators/rsi.ts'
export { sessionVwap, type SessionVwap } from './market/indicators/session-vwap.ts'
export { sma, type Sma } from './market/indicators/sma.ts'
export { stochRsi, type StochRsi, type StochRsiOptions } from './market/indicators/stoch-rsi.ts'
export { stochastic, type Stochastic, type StochasticOptions } from './market/indicators/stochastic.ts'
export { superTrend, type SuperTrend } from './market/indicators/super-trend.ts'
export { swingPivots, type SwingPivots } from './market/indicators/swing-pivots.ts'
export { tema, type Tema } from './market/indicators/tema.ts'
export { trendScore, type TrendScore } from './market/indicators/trend-score.ts'
export { trima, type Trima } from './market/indicators/trima.ts'
export { trix, type Trix, type TrixOptions } from './market/indicators/trix.ts'
export { trueRange, type TrueRange, type FirstRange } from './market/indicators/true-range.ts'
export { ultimate, type Ultimate, type UltimateOptions } from './market/indicators/ultimate.ts'
export { vwap, type Vwap } from './market/indicators/vwap.ts'
export { williamsR, type WilliamsR, type WilliamsROptions } from './market/indicators/williams-r.ts'
export { wma, type Wma } from './market/indicators/wma.ts'
export { yangZhang, type YangZhang, type YangZhangOptions } from './market/indicators/yang-zhang.ts'
export { zScore, type ZScore } from './market/indicators/z-score.ts'
export { zlema, type Zlema } from './market/indicators/zlema.ts'
export {
  type BarValues,
  type DeviationKind,
  type Indicator,
  type IndicatorDefinition,
  type IndicatorExample,
  type Seed,
} from './market/indicators/indicator.ts'
export { INDICATORS } from './market/indicators/list.ts'
export { type SessionOptions } from './market/indicators/parts/session-clock.ts'
export { priceLevels, type PriceLevel, type PriceLevelsOptions } from './market/indicators/price-levels.ts'
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
export { addUnit, freshPyramid, pyramidDirection, startPyramid, type PyramidState } from './strategy/parts/pyramid.ts'
export {
  climb,
  freshLadder,
  ladderOf,
  shareLeft,
  startLadder,
  type LadderState,
  type Rung,
} from './strategy/parts/take-profit.ts'
export { freshHold, holdEnds, startHold, type HoldState } from './strategy/parts/time-exit.ts'
export {
  breakEven,
  endTrail,
  freshTrail,
  isBeyond,
  startTrail,
  trailFromBest,
  trailFromClose,
  type TrailState,
} from './strategy/parts/trailing-stop.ts'
export {
  UNIVERSE_SETTINGS,
  UniverseSelector,
  type MembershipChange,
  type UniverseBar,
  type UniverseState,
  type UniverseValues,
} from './strategy/universe.ts'
export {
  definePair,
  isPair,
  type AnyStrategy,
  type LegRisk,
  type PairContext,
  type PairDefinition,
  type PairInstance,
  type PairOpinion,
  type PairView,
} from './strategy/pair.ts'
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
