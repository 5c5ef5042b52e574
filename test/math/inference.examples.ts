/** How the functions of `inference` are called. */
import {
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
import { type Example, normals, rowsOf } from './example.ts'

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
]
