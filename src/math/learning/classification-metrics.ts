/**
 * How good predicted classes and probabilities are.
 *
 * Pure. Sources: T. Fawcett, Pattern Recognition Letters 27 (2006) (ROC); B. W. Matthews, BBA 405 (1975); J. Cohen, Educational and
 * Psychological Measurement 20 (1960); G. W. Brier, Monthly Weather Review 78 (1950).
 */
import { refuseUnless, requireNumber, requireVector, type Vector } from '../guard.ts'
import { ranks } from '../numerics/quantile.ts'

function requireBinary(truth: Vector, scores: Vector, asShares: boolean): { readonly ones: number; readonly zeros: number } {
  requireVector('truth', truth)
  requireVector('scores', scores)
  refuseUnless(truth.length === scores.length, 'shape', () => `${truth.length} classes with ${scores.length} scores`)
  let ones = 0
  for (let i = 0; i < truth.length; i++) {
    refuseUnless(truth[i] === 0 || truth[i] === 1, 'out-of-domain', () => `class ${i} is ${truth[i]}; it is 0 or 1`)
    if (asShares) requireNumber(`probability ${i}`, scores[i], 0, 1)
    ones += truth[i]
  }
  return { ones, zeros: truth.length - ones }
}

/**
 * Area under the ROC curve by ranks: the share of (one, zero) pairs in which the one has the higher score, ties counting half.
 * @throws MathError `no-variance` when all classes are equal; `out-of-domain`, `shape`, `not-finite`, `empty`
 */
export function rocAuc(truth: Vector, scores: Vector): number {
  const { ones, zeros } = requireBinary(truth, scores, false)
  refuseUnless(ones > 0 && zeros > 0, 'no-variance', 'all classes are equal')
  const rank = ranks(scores)
  let total = 0
  for (let i = 0; i < truth.length; i++) total += truth[i] * rank[i]
  return (total - (ones * (ones + 1)) / 2) / (ones * zeros)
}

/**
 * Average precision: sum over thresholds of (recall_k - recall_(k-1)) precision_k, from the highest score down, equal scores together.
 * @throws MathError `no-denominator` without a one; `out-of-domain`, `shape`, `not-finite`, `empty`
 */
export function averagePrecision(truth: Vector, scores: Vector): number {
  const { ones } = requireBinary(truth, scores, false)
  refuseUnless(ones > 0, 'no-denominator', 'there is no one among the classes')
  const order = Array.from(scores, (_, i) => i).sort((i, j) => scores[j] - scores[i] || i - j)
  let [found, total] = [0, 0]
  for (let k = 0; k < order.length;) {
    let here = 0
    const score = scores[order[k]]
    while (k < order.length && scores[order[k]] === score) {
      here += truth[order[k]]
      k += 1
    }
    found += here
    total += (here / ones) * (found / k)
  }
  return total
}

/** Probabilities this close to certainty are moved away from it, so that one surprise does not cost infinitely much. */
const NEAREST = Number.EPSILON

/**
 * Mean log loss -(y ln p + (1 - y) ln(1 - p)), p kept 2^-52 away from 0 and 1.
 * @throws MathError `out-of-domain`, `shape`, `not-finite`, `empty`
 */
export function meanLogLoss(truth: Vector, probabilities: Vector): number {
  requireBinary(truth, probabilities, true)
  let total = 0
  for (let i = 0; i < truth.length; i++) {
    const p = Math.min(1 - NEAREST, Math.max(NEAREST, probabilities[i]))
    total -= truth[i] === 1 ? Math.log(p) : Math.log1p(-p)
  }
  return total / truth.length
}

/**
 * Brier score: mean of (p - y)^2.
 * @throws MathError `out-of-domain`, `shape`, `not-finite`, `empty`
 */
export function brierScore(truth: Vector, probabilities: Vector): number {
  requireBinary(truth, probabilities, true)
  let total = 0
  for (let i = 0; i < truth.length; i++) total += (probabilities[i] - truth[i]) * (probabilities[i] - truth[i])
  return total / truth.length
}

export interface ReportOptions {
  /** What stands where something would be divided by zero: nothing (default), or 0, as scikit-learn has it for all but kappa. */
  readonly zeroDivision?: 'undefined' | 'zero'
}

export interface ClassificationReport {
  /** Rows: true 0 and 1; columns: predicted 0 and 1. */
  readonly confusion: readonly [readonly [number, number], readonly [number, number]]
  readonly accuracy: number
  /** Not defined where nothing was predicted to be a one. */
  readonly precision: number | undefined
  /** Not defined without a true one. */
  readonly recall: number | undefined
  /** Not defined where there is neither a true nor a predicted one. */
  readonly f1: number | undefined
  /** Mean of the recalls of both classes; not defined when one class is missing. */
  readonly balancedAccuracy: number | undefined
  /** Matthews correlation; not defined when one class is missing among the true or the predicted ones. */
  readonly mcc: number | undefined
  /** Cohen's kappa; not defined when chance alone would agree always. */
  readonly kappa: number | undefined
}

/**
 * Confusion and what follows from it, of probabilities cut at a threshold (at or above is a one): accuracy, precision, recall, F1,
 * balanced accuracy, Matthews' correlation, Cohen's kappa. What would divide by zero is `undefined`, or 0 when asked for; the balanced
 * accuracy is then that of the classes there are.
 * @throws MathError `out-of-domain`, `shape`, `not-finite`, `empty`
 */
export function classificationReport(
  truth: Vector,
  probabilities: Vector,
  threshold = 0.5,
  { zeroDivision = 'undefined' }: ReportOptions = {},
): ClassificationReport {
  requireBinary(truth, probabilities, false)
  requireNumber('threshold', threshold)
  let [tn, fp, fn, tp] = [0, 0, 0, 0]
  for (let i = 0; i < truth.length; i++) {
    const predicted = probabilities[i] >= threshold
    if (truth[i] === 1 && predicted) tp += 1
    else if (truth[i] === 1) fn += 1
    else if (predicted) fp += 1
    else tn += 1
  }
  const share = (a: number, b: number): number | undefined => (b === 0 ? undefined : a / b)
  const over = (a: number, b: number): number | undefined => share(a, b) ?? (zeroDivision === 'zero' ? 0 : undefined)
  const n = truth.length
  const [ofOnes, ofZeros] = [share(tp, tp + fn), share(tn, tn + fp)]
  const chance = ((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn)) / (n * n)
  return {
    confusion: [
      [tn, fp],
      [fn, tp],
    ],
    accuracy: (tp + tn) / n,
    precision: over(tp, tp + fp),
    recall: over(tp, tp + fn),
    f1: over(2 * tp, 2 * tp + fp + fn),
    balancedAccuracy:
      ofOnes !== undefined && ofZeros !== undefined
        ? (ofOnes + ofZeros) / 2
        : zeroDivision === 'zero'
          ? (ofOnes ?? ofZeros)
          : undefined,
    mcc: over(tp * tn - fp * fn, Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))),
    kappa: share((tp + tn) / n - chance, 1 - chance),
  }
}
