/** How the functions of `learning` are called. */
import { createPrng } from '../../src/core/random.ts'
import { boostFit, boostProbabilities, boostScores } from '../../src/math/learning/boosting.ts'
import {
  averagePrecision,
  brierScore,
  classificationReport,
  meanLogLoss,
  rocAuc,
} from '../../src/math/learning/classification-metrics.ts'
import { crossValidate, type Fold, permutationImportance } from '../../src/math/learning/cross-validation.ts'
import { isotonicFit, isotonicPredict } from '../../src/math/learning/isotonic.ts'
import { kMeans, kMeansStart, nearestNeighbourMean, silhouette } from '../../src/math/learning/neighbours.ts'
import { rangeScaler, robustScaler, scaleRows, standardScaler } from '../../src/math/learning/scalers.ts'
import { regressionTree, regressionTreePredict } from '../../src/math/learning/tree.ts'
import type { Prng } from '../../src/core/random.ts'
import { type Example, normals, rowsOf } from './example.ts'

const classes = (prng: Prng, count: number): number[] => Array.from({ length: count }, (_, i) => (i < 2 ? i : prng.int(0, 1)))
const shares = (prng: Prng, count: number): number[] => Array.from({ length: count }, () => prng.float())
const FOLDS: readonly Fold[] = [
  { train: [0, 1, 2, 3, 4, 5, 6, 7], test: [8, 9, 10, 11] },
  { train: [4, 5, 6, 7, 8, 9, 10, 11], test: [0, 1, 2, 3] },
]
/** Predicts the mean of the training targets plus the first column. */
const learner =
  (_x: unknown, y: ArrayLike<number>) =>
  (rows: readonly ArrayLike<number>[]): number[] =>
    rows.map((row) => row[0] + Array.from(y).reduce((total, each) => total + each / y.length, 0))
const score = (truth: ArrayLike<number>, predicted: ArrayLike<number>): number =>
  -Array.from(truth).reduce((total, each, i) => total + Math.abs(each - predicted[i]) / truth.length, 0)

export const learningExamples: readonly Example[] = [
  { covers: regressionTree, args: (prng) => [rowsOf(prng, 14, 3), normals(prng, 14), { maxDepth: 3, minSamplesLeaf: 2 }] },
  {
    covers: regressionTreePredict,
    call: (x: number[][], y: number[], at: number[][]) => regressionTreePredict(regressionTree(x, y), at),
    args: (prng) => [rowsOf(prng, 14, 3), normals(prng, 14), rowsOf(prng, 4, 3)],
  },
  {
    covers: boostFit,
    args: (prng) => [
      rowsOf(prng, 14, 3),
      normals(prng, 14),
      {
        trees: 3,
        learningRate: 0.3,
        maxDepth: 2,
        minSamplesLeaf: 2,
        lambda: 0.5,
        gamma: 0,
        minChildWeight: 1,
        weights: shares(prng, 14).map((w) => w + 0.1),
      },
    ],
    missing: 'the names of the columns, where none were given',
  },
  {
    covers: boostScores,
    call: (x: number[][], y: number[], at: number[][], trees: number) => boostScores(boostFit(x, y, { trees: 3 }), at, { trees }),
    args: (prng) => [rowsOf(prng, 14, 3), normals(prng, 14), rowsOf(prng, 4, 3), 2],
  },
  {
    covers: boostProbabilities,
    call: (x: number[][], y: number[], at: number[][]) =>
      boostProbabilities(boostFit(x, y, { trees: 3, loss: 'logistic', order: 'second', splits: 'histogram' }), at),
    args: (prng) => [rowsOf(prng, 14, 3), classes(prng, 14), rowsOf(prng, 4, 3)],
  },
  { covers: rocAuc, args: (prng) => [classes(prng, 12), shares(prng, 12)] },
  { covers: averagePrecision, args: (prng) => [classes(prng, 12), shares(prng, 12)] },
  { covers: meanLogLoss, args: (prng) => [classes(prng, 12), shares(prng, 12)] },
  { covers: brierScore, args: (prng) => [classes(prng, 12), shares(prng, 12)] },
  {
    covers: classificationReport,
    args: (prng) => [classes(prng, 12), shares(prng, 12), 0.5],
    missing: 'measures that would divide by zero',
  },
  { covers: crossValidate, args: (prng) => [rowsOf(prng, 12, 2), normals(prng, 12), FOLDS, learner, score] },
  {
    covers: permutationImportance,
    call: (x: number[][], y: number[], folds: readonly Fold[], repeats: number) =>
      permutationImportance(x, y, folds, learner, score, createPrng(9), repeats),
    args: (prng) => [rowsOf(prng, 12, 2), normals(prng, 12), FOLDS, 2],
  },
  { covers: isotonicFit, args: (prng) => [normals(prng, 12), normals(prng, 12), shares(prng, 12).map((w) => w + 0.1)] },
  {
    covers: isotonicPredict,
    call: (x: number[], y: number[], at: number[]) => isotonicPredict(isotonicFit(x, y), at),
    args: (prng) => [normals(prng, 12), normals(prng, 12), normals(prng, 5)],
  },
  { covers: nearestNeighbourMean, args: (prng) => [rowsOf(prng, 12, 2), normals(prng, 12), rowsOf(prng, 4, 2), 3] },
  { covers: kMeans, args: (prng) => [rowsOf(prng, 12, 2), rowsOf(prng, 3, 2)] },
  {
    covers: kMeansStart,
    call: (x: number[][], k: number) => kMeansStart(x, k, createPrng(6)),
    args: (prng) => [rowsOf(prng, 12, 2), 3],
  },
  { covers: silhouette, args: (prng) => [rowsOf(prng, 12, 2), classes(prng, 12)] },
  { covers: standardScaler, args: (prng) => [rowsOf(prng, 12, 2)] },
  { covers: robustScaler, args: (prng) => [rowsOf(prng, 12, 2)] },
  { covers: rangeScaler, args: (prng) => [rowsOf(prng, 12, 2)] },
  { covers: scaleRows, args: (prng) => [standardScaler(rowsOf(prng, 12, 2)), rowsOf(prng, 3, 2)] },
]
