/**
 * Gradient-boosted trees: each tree mends what the ones before left. For values (squared error) and for classes (logistic loss), first
 * order as Friedman has it or second order as xgboost has it.
 *
 * Pure; chance, where asked for, comes from the generator it is given. Sources: J. H. Friedman, Annals of Statistics 29 (2001);
 * J. H. Friedman, Computational Statistics & Data Analysis 38 (2002) (subsampling); T. Chen, C. Guestrin, KDD (2016).
 */
import type { Prng } from '../../core/random.ts'
import {
  finiteOr,
  type Matrix,
  refuseUnless,
  requireInteger,
  requireMatrix,
  requireNumber,
  requireShare,
  type Vector,
} from '../guard.ts'
import {
  type Comparison,
  everyRow,
  gainShares,
  growTree,
  prepare,
  requireRules,
  requireTraining,
  seen,
  type Tree,
  treeValue,
} from './tree.ts'

export interface BoostOptions {
  readonly loss?: 'squared' | 'logistic'
  readonly trees?: number
  /** Share of each tree's answer that is taken. */
  readonly learningRate?: number
  readonly maxDepth?: number
  readonly minSamplesLeaf?: number
  /**
   * `first` splits by squared error on the negative gradient and lets leaves take one Newton step (Friedman); `second` splits by gain
   * with second derivatives and leaves -G/(H + lambda) (xgboost).
   */
  readonly order?: 'first' | 'second'
  readonly lambda?: number
  /** Least gain of a split, second order alone. */
  readonly gamma?: number
  /** Least sum of second derivatives in a child, second order alone. */
  readonly minChildWeight?: number
  /** How variables are compared with thresholds; default `own`. */
  readonly comparison?: Comparison
  /** Where the sum of trees begins; by default the mean, or the log-odds of the share of ones. */
  readonly base?: number
  /** `histogram` puts each variable into 256 bins: for many rows. */
  readonly splits?: 'exact' | 'histogram'
  /** Weight of each row, such as its uniqueness. */
  readonly weights?: Vector
  /** Share of the rows each tree is grown on; below 1 it needs a generator. */
  readonly subsample?: number
  readonly prng?: Prng
  /** Names of the variables: kept in the model, and asked for again when it predicts. */
  readonly features?: readonly string[]
  /** Ends when so many trees in a row did not lower the loss on these rows; the model keeps the best number of trees. */
  readonly validation?: { readonly x: Matrix; readonly y: Vector; readonly patience: number }
}

export interface BoostModel {
  readonly comparison: Comparison
  readonly loss: 'squared' | 'logistic'
  readonly base: number
  readonly learningRate: number
  readonly trees: readonly Tree[]
  readonly columns: number
  readonly features: readonly string[] | undefined
  /** Share of the total gain that each variable brought. */
  readonly importance: Float64Array
  /** Loss on the training rows after each tree: mean squared error, or mean log loss. */
  readonly trainingLoss: Float64Array
  /** The same on the validation rows; empty without them. */
  readonly validationLoss: Float64Array
}

/** The logistic function, without overflow on either side. */
const logistic = (score: number): number => (score >= 0 ? 1 / (1 + Math.exp(-score)) : Math.exp(score) / (1 + Math.exp(score)))
/** ln(1 + exp(-score)) for a one, ln(1 + exp(score)) for a zero. */
const logLoss = (y: number, score: number): number => Math.max(score, 0) - score * y + Math.log1p(Math.exp(-Math.abs(score)))

/**
 * Fits gradient-boosted trees: f = base + learningRate * sum of trees, each grown on the negative gradient of the loss at the sum so
 * far.
 *
 * @param x n rows of p variables
 * @param y n targets; 0 and 1 for the logistic loss
 * @throws MathError `no-variance` when all classes are equal, `out-of-domain`, `too-short`, `shape`, `not-finite`, `overflow`, `empty`
 */
export function boostFit(x: Matrix, y: Vector, options: BoostOptions = {}): BoostModel {
  const {
    loss = 'squared',
    trees = 100,
    learningRate = 0.1,
    maxDepth = 3,
    minSamplesLeaf = 1,
    order = 'first',
    splits = 'exact',
    comparison = 'own',
  } = options
  const { lambda = order === 'second' ? 1 : 0, gamma = 0, minChildWeight = order === 'second' ? 1 : 0, subsample = 1 } = options
  requireTraining(x, y)
  requireRules({ maxDepth, minSamplesLeaf })
  requireInteger('trees', trees, 1, 100_000)
  requireNumber('learningRate', learningRate, 0, 1)
  requireNumber('lambda', lambda, 0)
  requireNumber('gamma', gamma, 0)
  requireNumber('minChildWeight', minChildWeight, 0)
  requireShare('subsample', subsample)
  const n = y.length
  const weights = weightsOf(options.weights, n)
  const base = options.base ?? baseOf(loss, y, weights)
  requireNumber('base', base)
  if (loss === 'logistic') requireClasses(y)
  const { features, validation, prng } = options
  refuseUnless(
    features === undefined || features.length === x[0].length,
    'shape',
    () => `${features?.length} names for ${x[0].length} columns`,
  )
  refuseUnless(
    subsample > 0 && (subsample === 1 || prng !== undefined),
    'out-of-domain',
    'a subsample needs a generator and a share above zero',
  )
  if (validation !== undefined) {
    requireTraining(validation.x, validation.y)
    if (loss === 'logistic') requireClasses(validation.y)
    refuseUnless(validation.x[0].length === x[0].length, 'shape', 'validation rows have other columns')
    requireInteger('patience', validation.patience, 1)
  }

  const rowsSeen = seen(x, comparison)
  const validationSeen = validation === undefined ? [] : seen(validation.x, comparison)
  const prepared = prepare(rowsSeen, splits, comparison)
  const rules = {
    maxDepth,
    minSamplesLeaf,
    minChildWeight,
    lambda,
    // As xgboost has it, a gain must exceed its rounding; first order takes the best split there is.
    minGain: order === 'second' ? Math.max(gamma, 1e-6) : -Infinity,
    splits,
  }
  const score = new Float64Array(n).fill(base)
  const validationScore = new Float64Array(validation?.y.length ?? 0).fill(base)
  const gradient = new Float64Array(n)
  const curvature = new Float64Array(n)
  const ones = weights
  const grown: Tree[] = []
  const trainingLoss: number[] = []
  const validationLoss: number[] = []
  let best = 0
  const newton = (rows: Int32Array): number => {
    let [g, h] = [0, 0]
    for (const i of rows) {
      g += gradient[i]
      h += curvature[i]
    }
    return h + lambda > 1e-150 ? -g / (h + lambda) : 0
  }
  for (let k = 0; k < trees; k++) {
    for (let i = 0; i < n; i++) {
      const p = loss === 'squared' ? score[i] : logistic(score[i])
      gradient[i] = weights[i] * (p - y[i])
      curvature[i] = weights[i] * (loss === 'squared' ? 1 : p * (1 - p))
    }
    const members = subsample < 1 && prng !== undefined ? sampleOf(n, subsample, prng.fork(`tree-${k}`)) : everyRow(n)
    const tree = growTree(prepared, gradient, order === 'second' ? curvature : ones, members, rules, newton)
    grown.push(tree)
    for (let i = 0; i < n; i++) score[i] += learningRate * treeValue(tree, rowsSeen[i])
    trainingLoss.push(meanLoss(loss, y, score, weights))
    if (validation === undefined) continue
    for (let i = 0; i < validationScore.length; i++) validationScore[i] += learningRate * treeValue(tree, validationSeen[i])
    validationLoss.push(meanLoss(loss, validation.y, validationScore))
    if (validationLoss[k] < validationLoss[best]) best = k
    if (k - best >= validation.patience) break
  }
  const kept = validation === undefined ? grown : grown.slice(0, best + 1)
  return {
    comparison,
    loss,
    base,
    learningRate,
    trees: kept,
    columns: x[0].length,
    features,
    importance: gainShares(kept, x[0].length),
    trainingLoss: Float64Array.from(trainingLoss),
    validationLoss: Float64Array.from(validationLoss),
  }
}

function weightsOf(given: Vector | undefined, n: number): Float64Array {
  if (given === undefined) return new Float64Array(n).fill(1)
  refuseUnless(given.length === n, 'shape', () => `${given.length} weights for ${n} rows`)
  let total = 0
  for (let i = 0; i < n; i++) {
    requireNumber(`weight ${i}`, given[i], 0)
    total += given[i]
  }
  refuseUnless(total > 0 && Number.isFinite(total), 'out-of-domain', () => `the weights sum to ${total}`)
  return Float64Array.from(given)
}

function requireClasses(y: Vector): void {
  for (let i = 0; i < y.length; i++)
    refuseUnless(y[i] === 0 || y[i] === 1, 'out-of-domain', () => `target ${i} is ${y[i]}; a class is 0 or 1`)
}

function baseOf(loss: BoostModel['loss'], y: Vector, weights: Float64Array): number {
  let [total, weight] = [0, 0]
  for (let i = 0; i < y.length; i++) {
    total += weights[i] * y[i]
    weight += weights[i]
  }
  const mean = finiteOr('overflow', total / weight, 'the mean of the targets')
  if (loss === 'squared') return mean
  requireClasses(y)
  refuseUnless(mean > 0 && mean < 1, 'no-variance', 'all targets are of one class')
  return Math.log(mean / (1 - mean))
}

function sampleOf(n: number, share: number, prng: Prng): Int32Array {
  const count = Math.max(1, Math.floor(share * n))
  return Int32Array.from(prng.shuffle(Array.from({ length: n }, (_, i) => i)).slice(0, count)).sort()
}

function meanLoss(loss: BoostModel['loss'], y: Vector, score: Float64Array, weights?: Float64Array): number {
  let [total, weight] = [0, 0]
  for (let i = 0; i < y.length; i++) {
    const w = weights === undefined ? 1 : weights[i]
    total += w * (loss === 'squared' ? (y[i] - score[i]) * (y[i] - score[i]) : logLoss(y[i], score[i]))
    weight += w
  }
  return finiteOr('overflow', total / weight, 'the loss')
}

export interface BoostPredictOptions {
  /** The first so many trees alone. */
  readonly trees?: number
  /** What the columns are called; refused when the model was fitted on others. */
  readonly features?: readonly string[]
}

/**
 * The sum of trees for each row: the predicted value, or the log-odds of a one.
 *
 * @throws MathError `shape` when the columns or their names are not those the model was fitted on; `out-of-domain` for more trees than
 *   there are; `not-finite`, `empty`
 */
export function boostScores(model: BoostModel, x: Matrix, options: BoostPredictOptions = {}): Float64Array {
  const { trees = model.trees.length, features } = options
  requireMatrix('the rows', x)
  refuseUnless(x[0].length === model.columns, 'shape', () => `${x[0].length} columns; the model was fitted on ${model.columns}`)
  requireInteger('trees', trees, 0, model.trees.length)
  if (features !== undefined)
    refuseUnless(
      model.features !== undefined &&
        model.features.length === features.length &&
        model.features.every((name, j) => name === features[j]),
      'shape',
      () =>
        `columns are ${features.join(', ')}; the model was fitted on ${model.features?.join(', ') ?? 'columns without names'}`,
    )
  return Float64Array.from(seen(x, model.comparison), (row) => {
    let score = model.base
    for (let k = 0; k < trees; k++) score += model.learningRate * treeValue(model.trees[k], row)
    return score
  })
}

/**
 * Probability of a one for each row, of a model with the logistic loss: 1/(1 + exp(-score)).
 * @throws MathError `out-of-domain` for a model of values; and as `boostScores`
 */
export function boostProbabilities(model: BoostModel, x: Matrix, options: BoostPredictOptions = {}): Float64Array {
  refuseUnless(model.loss === 'logistic', 'out-of-domain', 'a model of values has no probabilities')
  return boostScores(model, x, options).map(logistic)
}
