/** The maps from golden vectors to our functions, one a file. */
import type { GoldenMap } from './harness.ts'
import { map as anomalyDetection } from './anomaly_detection.ts'
import { map as bayesianOptimisation } from './bayesian_optimisation.ts'
import { map as brinsonAttribution } from './brinson_attribution.ts'
import { map as covarianceShrinkage } from './covariance_shrinkage.ts'
import { map as crossValidationSplits } from './cross_validation_splits.ts'
import { map as drawdowns } from './drawdowns.ts'
import { map as executionAlmgrenChriss } from './execution_almgren_chriss.ts'
import { map as forecastingR } from './forecasting_r.ts'
import { map as forecastingStatsmodels } from './forecasting_statsmodels.ts'
import { map as garchArch } from './garch_arch.ts'
import { map as garchFgarch } from './garch_fgarch.ts'
import { map as hmmDepmix } from './hmm_depmix.ts'
import { map as hmmGaussian } from './hmm_gaussian.ts'
import { map as hypothesisTests } from './hypothesis_tests.ts'
import { map as indicatorsSupertrend } from './indicators_supertrend.ts'
import { map as indicatorsTalib } from './indicators_talib.ts'
import { map as indicatorsTtr } from './indicators_ttr.ts'
import { map as kelly } from './kelly.ts'
import { map as machineLearning } from './machine_learning.ts'
import { map as marketImpact } from './market_impact.ts'
import { map as metricsEmpyricalQuantstats } from './metrics_empyrical_quantstats.ts'
import { map as metricsPerformance } from './metrics_performance.ts'
import { map as microstructure } from './microstructure.ts'
import { map as numerics } from './numerics.ts'
import { map as portfolioAllocation } from './portfolio_allocation.ts'
import { map as qpQuadprog } from './qp_quadprog.ts'
import { map as ridgeRegression } from './ridge_regression.ts'
import { map as riskDecomposition } from './risk_decomposition.ts'
import { map as sharpeInference } from './sharpe_inference.ts'
import { map as spreadEstimatorsBidask } from './spread_estimators_bidask.ts'
import { map as varEs } from './var_es.ts'

export const MAPS: readonly GoldenMap[] = [
  anomalyDetection,
  bayesianOptimisation,
  brinsonAttribution,
  covarianceShrinkage,
  crossValidationSplits,
  drawdowns,
  executionAlmgrenChriss,
  forecastingR,
  forecastingStatsmodels,
  garchArch,
  garchFgarch,
  hmmDepmix,
  hmmGaussian,
  hypothesisTests,
  indicatorsSupertrend,
  indicatorsTalib,
  indicatorsTtr,
  kelly,
  machineLearning,
  marketImpact,
  metricsEmpyricalQuantstats,
  metricsPerformance,
  microstructure,
  numerics,
  portfolioAllocation,
  qpQuadprog,
  ridgeRegression,
  riskDecomposition,
  sharpeInference,
  spreadEstimatorsBidask,
  varEs,
]
