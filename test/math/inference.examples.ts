/** How the functions of `inference` are called. */
import {
  archLm,
  augmentedDickeyFuller,
  autocorrelations,
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
  partialAutocorrelations,
  phillipsPerron,
  powerLosses,
  runsTest,
  varianceRatio,
  whiteTest,
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
import type { Prng } from '../../src/core/random.ts'
import { type Example, normals, rowsOf } from './example.ts'

/** Rows with a column of ones. */
const design = (prng: Prng, rows: number, slopes: number): number[][] => rowsOf(prng, rows, slopes).map((row) => [1, ...row])
const walk = (prng: Prng, count: number): number[] => {
  let level = 10
  return normals(prng, count).map((step) => (level += step))
}

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
  { covers: autocorrelations, args: (prng) => [normals(prng, 20), 4] },
  { covers: partialAutocorrelations, args: (prng) => [normals(prng, 20), { lags: 4 }] },
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
]
