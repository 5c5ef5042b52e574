/** How the functions of `tuning` are called. */
import {
  expectedImprovement,
  logExpectedImprovement,
  lowerConfidenceBound,
  probabilityOfImprovement,
  upperConfidenceBound,
} from '../../src/math/tuning/acquisition.ts'
import { suggestPoints } from '../../src/math/tuning/bayesian-optimiser.ts'
import {
  halvingReport,
  hyperbandBrackets,
  isExhausted,
  percentileStops,
  replayHalving,
  replayPercentile,
} from '../../src/math/tuning/early-stopping.ts'
import { createPrng, type Prng } from '../../src/core/random.ts'
import {
  gpCondition,
  gpCovariance,
  gpFit,
  gpKernel,
  gpLogMarginalLikelihood,
  type GpParameters,
  gpPredict,
} from '../../src/math/tuning/gaussian-process.ts'
import { parzenDraw, parzenEstimator, parzenLogDensity, parzenSplit, parzenSuggest } from '../../src/math/tuning/parzen.ts'
import { sobol } from '../../src/math/tuning/sobol.ts'
import { branin, hartmann6, sixHumpCamel } from '../../src/math/tuning/test-functions.ts'
import { type Example, normals, rowsOf } from './example.ts'

const uniforms = (prng: Prng, count: number): number[] => Array.from({ length: count }, () => prng.float())
const cube = (prng: Prng, rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, () => uniforms(prng, columns))
const parameters = { signalVariance: 1.3, lengthScales: [0.4, 0.7], noiseVariance: 0.01 }
const guess = (prng: Prng): { mean: number[]; deviation: number[] } => ({ mean: normals(prng, 5), deviation: uniforms(prng, 5) })

export const tuningExamples: readonly Example[] = [
  { covers: expectedImprovement, args: (prng) => [guess(prng), -0.1, 0.01] },
  { covers: logExpectedImprovement, args: (prng) => [guess(prng), -0.1, 0.01] },
  { covers: probabilityOfImprovement, args: (prng) => [guess(prng), -0.1, 0.01] },
  { covers: lowerConfidenceBound, args: (prng) => [guess(prng), 1.96] },
  { covers: upperConfidenceBound, args: (prng) => [guess(prng), 1.96] },
  {
    covers: suggestPoints,
    call: (points: number[][], values: number[], batch: number) =>
      suggestPoints(points, values, createPrng(5), { batch, candidates: 20, starts: 1 }),
    args: (prng) => [cube(prng, 6, 2), normals(prng, 6), 2],
  },
  {
    covers: percentileStops,
    args: (prng) => [
      normals(prng, 4),
      rowsOf(prng, 6, 5),
      { percentile: 40, startupTrials: 2, warmupSteps: 1, intervalSteps: 1 },
    ],
  },
  {
    covers: halvingReport,
    args: () => [
      { rungs: [[1, 2, 3]] },
      { value: 1.5, step: 4, rung: 0 },
      { minResource: 1, reduction: 3, minEarlyStoppingRate: 0 },
    ],
  },
  {
    covers: replayPercentile,
    args: (prng) => [rowsOf(prng, 6, 5), { percentile: 25, startupTrials: 2, warmupSteps: 1, intervalSteps: 2 }],
  },
  { covers: replayHalving, args: (prng) => [rowsOf(prng, 6, 5), { minResource: 1, reduction: 3, minEarlyStoppingRate: 0 }] },
  { covers: hyperbandBrackets, args: () => [81, 3] },
  { covers: isExhausted, args: (prng) => [normals(prng, 30), 2, { share: 0.01 }] },
  { covers: gpKernel, args: (prng) => [cube(prng, 4, 2), cube(prng, 3, 2), parameters] },
  { covers: gpCondition, args: (prng) => [cube(prng, 5, 2), normals(prng, 5), parameters] },
  {
    covers: gpPredict,
    call: (inputs: number[][], targets: number[], chosen: GpParameters, at: number[][]) =>
      gpPredict(gpCondition(inputs, targets, chosen), at),
    args: (prng) => [cube(prng, 5, 2), normals(prng, 5), parameters, cube(prng, 3, 2)],
  },
  {
    covers: gpCovariance,
    call: (inputs: number[][], targets: number[], chosen: GpParameters, at: number[][]) =>
      gpCovariance(gpCondition(inputs, targets, chosen), at, true),
    args: (prng) => [cube(prng, 5, 2), normals(prng, 5), parameters, cube(prng, 3, 2)],
  },
  { covers: gpLogMarginalLikelihood, args: (prng) => [cube(prng, 5, 2), normals(prng, 5), { ...parameters, kernel: 'rbf' }] },
  { covers: gpFit, args: (prng) => [cube(prng, 5, 2), normals(prng, 5), { starts: 1, maxIterations: 20 }] },
  { covers: parzenSplit, args: (prng) => [normals(prng, 25), 'minimize'] },
  { covers: parzenEstimator, args: (prng) => [uniforms(prng, 6), 0, 1] },
  { covers: parzenLogDensity, args: (prng) => [parzenEstimator(uniforms(prng, 6), 0, 1), uniforms(prng, 4)] },
  {
    covers: parzenDraw,
    call: (observations: number[], low: number, high: number, count: number) =>
      parzenDraw(parzenEstimator(observations, low, high), count, createPrng(2)),
    args: (prng) => [uniforms(prng, 6), 0, 1, 3],
  },
  {
    covers: parzenSuggest,
    call: (tried: number[], results: number[], bounds: { low: number; high: number }) =>
      parzenSuggest(tried, results, bounds, createPrng(3)),
    args: (prng) => [uniforms(prng, 12), normals(prng, 12), { low: 0, high: 1 }],
  },
  { covers: sobol, args: () => [8, 3, { skip: 2 }] },
  { covers: branin, args: (prng) => [normals(prng, 2)] },
  { covers: sixHumpCamel, args: (prng) => [normals(prng, 2)] },
  { covers: hartmann6, args: (prng) => [uniforms(prng, 6)] },
]
