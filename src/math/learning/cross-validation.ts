/**
 * How a model does on rows it has not seen, and which columns it lives on: cross-validation over given folds, and importance by
 * permutation. The folds are purged and embargoed by whoever makes them (`inference`): rows of one fold's test must not overlap in
 * time with its training rows.
 *
 * Pure; chance comes from the generator it is given. Sources: L. Breiman, Machine Learning 45 (2001) (permutation importance);
 * M. Lopez de Prado, Advances in Financial Machine Learning (2018), chapters 7 and 8.
 */
import type { Prng } from '../../core/random.ts'
import { type Matrix, refuseUnless, requireInteger, requireMatrix, requireVector, type Vector } from '../guard.ts'
import { average, deviation } from '../numerics/statistics.ts'

/** Row numbers; what `purgedKFold` and `combinatorialPurgedSplits` of `inference` answer are folds. */
export interface Fold {
  readonly train: Vector
  readonly test: Vector
}

/** Fits on rows; the answer predicts other rows. */
export type Learner = (x: Matrix, y: Vector) => (rows: Matrix) => Vector
/** How good predictions are; higher is better. */
export type Score = (truth: Vector, predicted: Vector) => number

function requireFolds(folds: readonly Fold[], rows: number): void {
  refuseUnless(folds.length > 0, 'empty', 'there are no folds')
  folds.forEach(({ train, test }, k) => {
    refuseUnless(
      train.length > 0 && test.length > 0,
      'empty',
      () => `fold ${k} has nothing to ${train.length === 0 ? 'train on' : 'test'}`,
    )
    const tested = new Uint8Array(rows)
    for (const i of Array.from(test)) {
      requireInteger(`a row of fold ${k}`, i, 0, rows - 1)
      tested[i] = 1
    }
    for (const i of Array.from(train)) {
      requireInteger(`a row of fold ${k}`, i, 0, rows - 1)
      refuseUnless(tested[i] === 0, 'out-of-domain', () => `fold ${k} trains on rows it tests, such as ${i}`)
    }
  })
}

const pick = (x: Matrix, rows: Vector): Matrix => Array.from(rows, (i) => x[i])
const pickValues = (y: Vector, rows: Vector): Float64Array => Float64Array.from(rows, (i) => y[i])

function requireScore(score: number): number {
  refuseUnless(Number.isFinite(score), 'not-finite', () => `a score is ${score}`)
  return score
}

export interface CrossValidation {
  /** One a fold. */
  readonly scores: Float64Array
  readonly mean: number
  /** Sample standard deviation over the folds; 0 for a single one. */
  readonly deviation: number
}

/**
 * The score on each fold's test rows of a model fitted on its training rows.
 * @throws MathError `out-of-domain` when a fold trains on what it tests; `shape`, `not-finite`, `empty`; and what the learner throws
 */
export function crossValidate(x: Matrix, y: Vector, folds: readonly Fold[], learner: Learner, score: Score): CrossValidation {
  requireMatrix('the rows', x)
  requireVector('the targets', y)
  refuseUnless(x.length === y.length, 'shape', () => `${x.length} rows with ${y.length} targets`)
  requireFolds(folds, x.length)
  const scores = Float64Array.from(folds, ({ train, test }) => {
    const predict = learner(pick(x, train), pickValues(y, train))
    return requireScore(score(pickValues(y, test), predict(pick(x, test))))
  })
  return { scores, mean: average(scores), deviation: scores.length > 1 ? deviation(scores) : 0 }
}

export interface Importance {
  /** Mean fall of the score when a column is shuffled, one a column; near or below zero for a column of no use. */
  readonly mean: Float64Array
  /** Standard deviation of that over folds and repetitions. */
  readonly deviation: Float64Array
}

/**
 * Permutation importance over folds: by how much the score on test rows falls when one column of theirs is shuffled, the model being
 * the one fitted on the fold's training rows.
 *
 * @param repeats shufflings of each column in each fold
 * @throws MathError as `crossValidate`
 */
export function permutationImportance(
  x: Matrix,
  y: Vector,
  folds: readonly Fold[],
  learner: Learner,
  score: Score,
  prng: Prng,
  repeats = 5,
): Importance {
  requireMatrix('the rows', x)
  requireVector('the targets', y)
  refuseUnless(x.length === y.length, 'shape', () => `${x.length} rows with ${y.length} targets`)
  requireFolds(folds, x.length)
  requireInteger('repeats', repeats, 1, 10_000)
  const falls = Array.from({ length: x[0].length }, (): number[] => [])
  folds.forEach(({ train, test }, k) => {
    const predict = learner(pick(x, train), pickValues(y, train))
    const [rows, truth] = [pick(x, test), pickValues(y, test)]
    const whole = requireScore(score(truth, predict(rows)))
    falls.forEach((fall, j) => {
      for (let r = 0; r < repeats; r++) {
        const shuffled = prng.fork(`fold-${k}-column-${j}-repeat-${r}`).shuffle(rows.map((row) => row[j]))
        const spoilt = rows.map((row, i) => Float64Array.from(row, (value, c) => (c === j ? shuffled[i] : value)))
        fall.push(whole - requireScore(score(truth, predict(spoilt))))
      }
    })
  })
  return {
    mean: Float64Array.from(falls, (fall) => average(fall)),
    deviation: Float64Array.from(falls, (fall) => (fall.length > 1 ? deviation(fall) : 0)),
  }
}
