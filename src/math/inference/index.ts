/** Statistical tests, and whether a backtest means anything. */
export * from './autocorrelation-tests.ts'
export * from './block-bootstrap.ts'
export * from './cointegration.ts'
export * from './correlation-tests.ts'
export * from './data-snooping.ts'
export type { CriticalValues, Trend } from './dickey-fuller-distribution.ts'
export * from './diebold-mariano.ts'
export * from './fractional-difference.ts'
export * from './goodness-of-fit.ts'
export { bartlettTest, type FTestResult, kruskalWallis, type LeveneOptions, leveneTest, oneWayAnova } from './groups.ts'
export * from './heteroskedasticity.ts'
export * from './independent-trials.ts'
export * from './kolmogorov-smirnov.ts'
export * from './kpss.ts'
export {
  type OneSampleTTestOptions,
  oneSampleTTest,
  pairedTTest,
  type TTestOptions,
  type TTestResult,
  type TwoSampleTTestOptions,
  twoSampleTTest,
} from './location.ts'
export * from './multiple-testing.ts'
export * from './normality.ts'
export * from './overfitting.ts'
export * from './purged-splits.ts'
export {
  mannWhitney,
  type MannWhitneyOptions,
  type RankTestResult,
  type WilcoxonOptions,
  type WilcoxonResult,
  wilcoxonSignedRank,
} from './ranks.ts'
export * from './regression-tests.ts'
export * from './runs.ts'
export * from './sample-weights.ts'
export * from './shapiro-wilk.ts'
export * from './sharpe.ts'
export type { Alternative, TestResult } from './test-result.ts'
export * from './triple-barrier.ts'
export * from './unit-root.ts'
export * from './var-backtest.ts'
export * from './variance-ratio.ts'
export * from './walk-forward.ts'
