/** How the functions of `inference` are called. */
import {
  adjustPValues,
  andersonDarling,
  averageUniqueness,
  bartlettTest,
  binomialTest,
  chiSquaredGoodnessOfFit,
  christoffersenTest,
  circularResample,
  combinatorialPurgedSplits,
  engleGranger,
  exponentialVolatility,
  fractionalDifference,
  fractionalWeights,
  halfLife,
  johansen,
  kendallTest,
  kolmogorovSmirnov,
  kruskalWallis,
  kupiecTest,
  labelConcurrency,
  leveneTest,
  mannWhitney,
  oneSampleTTest,
  oneWayAnova,
  optimalBlockLength,
  pairedTTest,
  pearsonTest,
  probabilityOfOverfitting,
  purgedKFold,
  realityCheck,
  returnAttributionWeights,
  sequentialBootstrap,
  shapiroWilk,
  spearmanTest,
  stationaryResample,
  superiorPredictiveAbility,
  timeDecayWeights,
  tripleBarrierLabels,
  twoSampleKolmogorovSmirnov,
  twoSampleTTest,
  walkForward,
  wilcoxonSignedRank,
  archLm,
  augmentedDickeyFuller,
  boxPierce,
  breuschGodfrey,
  breuschPagan,
  dfGls,
  dieboldMariano,
  durbinWatson,
  grangerCausality,
  jarqueBera,
  kpss,
  ljungBox,
  phillipsPerron,
  powerLosses,
  runsTest,
  varianceRatio,
  whiteTest,
  slopesFTest,
  cusumTest,
  annualisedSharpe,
  deflatedSharpe,
  deflatedSharpeOfTrials,
  effectiveTrials,
  expectedMaximumSharpe,
  independentTrials,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeSample,
  sharpeStandardError,
  sharpeStandardErrorNormal,
} from '../../src/math/inference/index.ts'
import { normalCdf } from '../../src/math/numerics/index.ts'
import type { Prng } from '../../src/core/random.ts'
import { type Example, normals, rowsOf } from './example.ts'

/** Rows with a column of ones. */
const design = (prng: Prng, rows: number, slopes: number): number[][] => rowsOf(prng, rows, slopes).map((row) => [1, ...row])
const walk = (prng: Prng, count: number): number[] => {
  let level = 10
  return normals(prng, count).map((step) => (level += step))
}

const prices = (prng: Prng, count: number): number[] => walk(prng, count).map((level) => Math.exp(level / 100))
/** Cointegrated: a walk, and another around it. */
const pairOf = (prng: Prng, count: number): { readonly x: number[]; readonly y: number[] } => {
  const x = walk(prng, count)
  return { x, y: x.map((level) => 2 * level + prng.normal()) }
}
const probabilities = (prng: Prng, count: number): number[] => Array.from({ length: count }, () => prng.float())
const labels = { starts: [0, 2, 3, 5, 8], ends: [3, 4, 3, 9, 9] }

const sample = { sharpe: 0.1, observations: 250, skewness: -0.4, kurtosis: 5 }

export const inferenceExamples: readonly Example[] = [
  { covers: sharpeSample, args: (prng) => [normals(prng, 30, 0.01), 0.0001] },
  { covers: sharpeStandardError, args: () => [sample] },
  { covers: sharpeStandardErrorNormal, args: () => [0.1, 250] },
  { covers: probabilisticSharpe, args: () => [sample, 0.02] },
  { covers: minimumTrackRecord, args: () => [sample, { benchmark: 0.02, confidence: 0.9 }] },
  { covers: expectedMaximumSharpe, args: () => [45, 0.01] },
  { covers: deflatedSharpe, args: () => [sample, { trials: 20, variance: 0.003 }] },
  { covers: deflatedSharpeOfTrials, args: (prng) => [rowsOf(prng, 20, 4, 0.01), 3] },
  { covers: effectiveTrials, args: () => [50, 0.3] },
  { covers: annualisedSharpe, args: (prng) => [normals(prng, 40, 0.01, 0.001), 4] },
  { covers: independentTrials, args: (prng) => [rowsOf(prng, 20, 5, 0.01)] },

  { covers: augmentedDickeyFuller, args: (prng) => [walk(prng, 40), { trend: 'ct', lags: 'bic', maxLags: 3 }] },
  { covers: dfGls, args: (prng) => [walk(prng, 40), { lags: 2 }] },
  { covers: phillipsPerron, args: (prng) => [walk(prng, 40), { lags: 3 }] },
  { covers: kpss, args: (prng) => [walk(prng, 40), { trend: 'ct', lags: 3 }] },
  { covers: varianceRatio, args: (prng) => [walk(prng, 40), { periods: 4 }] },
  { covers: ljungBox, args: (prng) => [normals(prng, 20), { lags: 4, fitted: 1 }] },
  { covers: boxPierce, args: (prng) => [normals(prng, 20), { lags: 4, fitted: 1 }] },
  { covers: durbinWatson, args: (prng) => [normals(prng, 20)] },
  { covers: breuschGodfrey, args: (prng) => [design(prng, 30, 2), normals(prng, 30), 3] },
  { covers: grangerCausality, args: (prng) => [normals(prng, 30), normals(prng, 30), 2] },
  { covers: archLm, args: (prng) => [normals(prng, 30), 3] },
  { covers: breuschPagan, args: (prng) => [normals(prng, 30), design(prng, 30, 2)] },
  { covers: whiteTest, args: (prng) => [normals(prng, 30), design(prng, 30, 2)] },
  { covers: jarqueBera, args: (prng) => [normals(prng, 20)] },
  { covers: runsTest, args: (prng) => [normals(prng, 20), { cutoff: 0.1 }] },
  { covers: dieboldMariano, args: (prng) => [normals(prng, 20).map(Math.abs), normals(prng, 20).map(Math.abs), { horizon: 2 }] },
  { covers: powerLosses, args: (prng) => [normals(prng, 20), 2] },

  { covers: oneSampleTTest, args: (prng) => [normals(prng, 12), { mean: 0.2 }] },
  { covers: twoSampleTTest, args: (prng) => [normals(prng, 12), normals(prng, 9, 2), { alternative: 'less' }] },
  { covers: pairedTTest, args: (prng) => [normals(prng, 12), normals(prng, 12)] },
  { covers: oneWayAnova, args: (prng) => [[normals(prng, 6), normals(prng, 7), normals(prng, 8)]] },
  { covers: leveneTest, args: (prng) => [[normals(prng, 6), normals(prng, 7)], { centre: 'trimmed', trimmed: 0.2 }] },
  { covers: bartlettTest, args: (prng) => [[normals(prng, 6), normals(prng, 7)]] },
  { covers: kruskalWallis, args: (prng) => [[normals(prng, 6), normals(prng, 7), normals(prng, 8)]] },
  { covers: mannWhitney, args: (prng) => [normals(prng, 7), normals(prng, 9)] },
  { covers: wilcoxonSignedRank, args: (prng) => [normals(prng, 12), normals(prng, 12)] },
  { covers: kolmogorovSmirnov, args: (prng) => [normals(prng, 12), normalCdf] },
  { covers: twoSampleKolmogorovSmirnov, args: (prng) => [normals(prng, 7), normals(prng, 9)] },
  { covers: pearsonTest, args: (prng) => [normals(prng, 12), normals(prng, 12)] },
  { covers: spearmanTest, args: (prng) => [normals(prng, 12), normals(prng, 12)] },
  { covers: kendallTest, args: (prng) => [normals(prng, 12), normals(prng, 12)] },
  { covers: shapiroWilk, args: (prng) => [normals(prng, 12)] },
  { covers: andersonDarling, args: (prng) => [normals(prng, 12)] },
  { covers: chiSquaredGoodnessOfFit, args: () => [[12, 9, 17, 10], { expected: [0.25, 0.25, 0.3, 0.2], fitted: 1 }] },
  { covers: binomialTest, args: () => [13, 40, { share: 0.4 }] },
  { covers: adjustPValues, args: (prng) => [probabilities(prng, 8), { method: 'benjamini-yekutieli', level: 0.1 }] },
  { covers: kupiecTest, args: () => [8, 500, 0.025] },
  { covers: christoffersenTest, args: () => [[0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0], 0.1] },
  {
    covers: engleGranger,
    args: (prng) => {
      const { x, y } = pairOf(prng, 40)
      return [y, x, { lags: 1 }]
    },
  },
  {
    covers: johansen,
    args: (prng) => {
      const { x, y } = pairOf(prng, 40)
      return [x.map((level, t) => [level, y[t]]), { lags: 1 }]
    },
  },
  {
    covers: halfLife,
    args: (prng) => {
      let level = 0
      return [normals(prng, 60).map((shock) => (level = 0.6 * level + shock))]
    },
  },
  {
    covers: stationaryResample,
    args: (prng) => [12, 3, prng],
    call: (length: number, block: number, prng: Prng) => stationaryResample(length, block, prng),
  },
  {
    covers: circularResample,
    args: (prng) => [12, 3, prng],
    call: (length: number, block: number, prng: Prng) => circularResample(length, block, prng),
  },
  { covers: optimalBlockLength, args: (prng) => [walk(prng, 40)] },
  {
    covers: superiorPredictiveAbility,
    args: (prng) => [normals(prng, 20), rowsOf(prng, 20, 3), prng, { blockLength: 3, draws: 50 }],
  },
  { covers: realityCheck, args: (prng) => [normals(prng, 20), rowsOf(prng, 20, 3), prng, { blockLength: 3, draws: 50 }] },
  {
    covers: probabilityOfOverfitting,
    args: (prng) => [rowsOf(prng, 24, 4, 0.01), { blocks: 4 }],
    missing: 'the slope of degradation, when the in-sample performances are all the same',
  },
  {
    covers: combinatorialPurgedSplits,
    args: () => [[2, 3, 3, 5, 6, 6, 8, 9, 9, 11, 12, 12], { groups: 4, testGroups: 2, embargo: 1 }],
  },
  { covers: purgedKFold, args: () => [[2, 3, 3, 5, 6, 6, 8, 9, 9, 11, 12, 12], { folds: 3, embargo: 1 }] },
  { covers: walkForward, args: () => [40, { splits: 3, testSize: 5, gap: 2, trainSize: 10 }] },
  { covers: labelConcurrency, args: () => [labels.starts, labels.ends, 12] },
  { covers: averageUniqueness, args: () => [labels.starts, labels.ends] },
  { covers: returnAttributionWeights, args: (prng) => [labels.starts, labels.ends, normals(prng, 12, 0.01)] },
  { covers: timeDecayWeights, args: () => [[0.5, 0.6, 1, 0.4], 0.5] },
  { covers: sequentialBootstrap, args: (prng) => [labels.starts, labels.ends, prng, 6] },
  { covers: fractionalWeights, args: () => [0.4, { threshold: 0.01, most: 20 }] },
  { covers: fractionalDifference, args: (prng) => [walk(prng, 40), { order: 0.4, threshold: 0.01 }] },
  {
    covers: exponentialVolatility,
    args: (prng) => [prices(prng, 12), 5],
    missing: 'the first two bars have fewer than two returns',
  },
  {
    covers: tripleBarrierLabels,
    args: (prng) => [
      prices(prng, 30),
      [2, 8, 20, 28],
      [0.01, 0.02, 0.01, 0.03],
      { profitMultiple: 2, lossMultiple: 1, maxBars: 6 },
    ],
  },
  { covers: slopesFTest, args: (prng) => [design(prng, 20, 2), normals(prng, 20)] },
  { covers: cusumTest, args: (prng) => [normals(prng, 20), 2] },
  // The other ways through the same functions.
  { covers: augmentedDickeyFuller, args: (prng) => [walk(prng, 30)] },
  { covers: augmentedDickeyFuller, args: (prng) => [walk(prng, 30), { trend: 'ctt', lags: 't-stat' }] },
  { covers: dfGls, args: (prng) => [walk(prng, 30), { trend: 'ct' }] },
  { covers: phillipsPerron, args: (prng) => [walk(prng, 30), { trend: 'n', statistic: 'rho' }] },
  { covers: kpss, args: (prng) => [walk(prng, 30)] },
  { covers: varianceRatio, args: (prng) => [walk(prng, 30), { periods: 3, robust: false, overlap: false, drift: false }] },
  {
    covers: twoSampleTTest,
    args: (prng) => [normals(prng, 12), normals(prng, 9, 2), { variances: 'equal', alternative: 'greater' }],
  },
  { covers: leveneTest, args: (prng) => [[normals(prng, 6), normals(prng, 7)]] },
  { covers: mannWhitney, args: (prng) => [normals(prng, 7), normals(prng, 9), { method: 'exact', alternative: 'less' }] },
  { covers: mannWhitney, args: (prng) => [normals(prng, 7), normals(prng, 9), { method: 'asymptotic' }] },
  { covers: wilcoxonSignedRank, args: (prng) => [normals(prng, 12), undefined, { method: 'exact' }] },
  {
    covers: wilcoxonSignedRank,
    args: (prng) => [normals(prng, 12), normals(prng, 12), { method: 'asymptotic', correction: true }],
  },
  { covers: kolmogorovSmirnov, args: (prng) => [normals(prng, 12), normalCdf, { method: 'asymptotic' }] },
  { covers: kolmogorovSmirnov, args: (prng) => [normals(prng, 12), normalCdf, { alternative: 'less' }] },
  { covers: twoSampleKolmogorovSmirnov, args: (prng) => [normals(prng, 7), normals(prng, 9), { method: 'asymptotic' }] },
  {
    covers: twoSampleKolmogorovSmirnov,
    args: (prng) => [normals(prng, 7), normals(prng, 9), { method: 'asymptotic', alternative: 'greater' }],
  },
  { covers: pearsonTest, args: (prng) => [normals(prng, 12), normals(prng, 12), { alternative: 'greater' }] },
  { covers: kendallTest, args: (prng) => [normals(prng, 12), normals(prng, 12), { method: 'asymptotic', alternative: 'less' }] },
  { covers: kendallTest, args: (prng) => [normals(prng, 12), normals(prng, 12), { method: 'exact', alternative: 'greater' }] },
  { covers: shapiroWilk, args: (prng) => [normals(prng, 5), { precision: 'single' }] },
  { covers: shapiroWilk, args: (prng) => [normals(prng, 20), { precision: 'single' }] },
  { covers: chiSquaredGoodnessOfFit, args: () => [[12, 9, 17, 10]] },
  { covers: runsTest, args: (prng) => [normals(prng, 20), { cutoff: 'median', correction: false }] },
  {
    covers: dieboldMariano,
    args: (prng) => [
      normals(prng, 20),
      normals(prng, 20),
      { horizon: 3, kernel: 'bartlett', divisor: 'adjusted', alternative: 'less' },
    ],
  },
  { covers: realityCheck, args: (prng) => [normals(prng, 20), rowsOf(prng, 20, 2), prng, { draws: 20 }] },
  { covers: johansen, args: (prng) => [rowsOf(prng, 30, 3), { lags: 0, trend: 'n' }] },
  {
    covers: engleGranger,
    args: (prng) => {
      const { x, y } = pairOf(prng, 40)
      return [y, x.map((level) => [level, prng.normal()]), { trend: 'ctt' }]
    },
  },
  { covers: tripleBarrierLabels, args: (prng) => [prices(prng, 30), [2, 8], [0.01, 0.02], { maxBars: 6 }] },
  { covers: walkForward, args: () => [40] },
  ...(['bonferroni', 'sidak', 'holm', 'holm-sidak', 'hochberg', 'benjamini-hochberg'] as const).map((method): Example => ({
    covers: adjustPValues,
    args: (prng) => [probabilities(prng, 6), { method }],
  })),
]
