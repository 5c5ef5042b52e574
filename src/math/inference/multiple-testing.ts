/**
 * P-values of many tests together, adjusted so that the best of them is not believed for being the best of many.
 *
 * Pure: numbers in, numbers out. Source: C. E. Bonferroni (1936); Z. Šidák, JASA 62 (1967); S. Holm, Scandinavian Journal of Statistics
 * 6 (1979); Y. Hochberg, Biometrika 75 (1988); Y. Benjamini, Y. Hochberg, JRSS B 57 (1995); Y. Benjamini, D. Yekutieli, Annals of
 * Statistics 29 (2001).
 */
import { requireShare, requireVector, type Vector } from '../guard.ts'

/**
 * What is kept below the level: the probability of any false rejection ('bonferroni', 'sidak', 'holm', 'holm-sidak', 'hochberg'), or
 * the expected share of false rejections among all ('benjamini-hochberg', and 'benjamini-yekutieli' for tests that depend on one
 * another in any way).
 */
export type Correction =
  | 'bonferroni'
  | 'sidak'
  | 'holm'
  | 'holm-sidak'
  | 'hochberg'
  | 'benjamini-hochberg'
  | 'benjamini-yekutieli'

export interface AdjustOptions {
  readonly method: Correction
  /** Level at which the null hypotheses are rejected; 0.05 by default. */
  readonly level?: number
}

export interface AdjustedPValues {
  /** In the order of the p-values. */
  readonly adjusted: Float64Array
  readonly rejected: readonly boolean[]
}

/**
 * Adjusted p-values, to be compared with the level as they are: min(1, n p) (Bonferroni), running maxima of (n - i) p_(i) (Holm), running
 * minima of n p_(i)/i from the largest (Benjamini-Hochberg), that times sum 1/i (Benjamini-Yekutieli), and their relatives.
 * @throws MathError `empty`, `not-finite`, `out-of-domain` for p-values outside of 0 and 1
 */
export function adjustPValues(pValues: Vector, { method, level = 0.05 }: AdjustOptions): AdjustedPValues {
  requireVector('the p-values', pValues)
  requireShare('the level', level)
  const n = pValues.length
  for (let i = 0; i < n; i++) requireShare(`p-value ${i}`, pValues[i])
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => pValues[i] - pValues[j] || i - j)
  const ascending = Float64Array.from(order, (i) => pValues[i])
  const inOrder = adjustAscending(ascending, method)
  const adjusted = new Float64Array(n)
  order.forEach((i, k) => (adjusted[i] = Math.min(1, inOrder[k])))
  return { adjusted, rejected: Array.from(adjusted, (p) => p <= level) }
}

/** 1 - (1 - p)^n without cancellation. */
const anyOf = (p: number, n: number): number => -Math.expm1(n * Math.log1p(-p))

function adjustAscending(p: Float64Array, method: Correction): Float64Array {
  const n = p.length
  switch (method) {
    case 'bonferroni':
      return p.map((each) => n * each)
    case 'sidak':
      return p.map((each) => anyOf(each, n))
    case 'holm':
      return runningMaximum(p.map((each, i) => (n - i) * each))
    case 'holm-sidak':
      return runningMaximum(p.map((each, i) => anyOf(each, n - i)))
    case 'hochberg':
      return runningMinimum(p.map((each, i) => (n - i) * each))
    case 'benjamini-hochberg':
      return runningMinimum(p.map((each, i) => (n / (i + 1)) * each))
    case 'benjamini-yekutieli': {
      let harmonic = 0
      for (let i = 1; i <= n; i++) harmonic += 1 / i
      return runningMinimum(p.map((each, i) => ((n * harmonic) / (i + 1)) * each))
    }
  }
}

function runningMaximum(values: Float64Array): Float64Array {
  for (let i = 1; i < values.length; i++) values[i] = Math.max(values[i], values[i - 1])
  return values
}

/** From the last to the first. */
function runningMinimum(values: Float64Array): Float64Array {
  for (let i = values.length - 2; i >= 0; i--) values[i] = Math.min(values[i], values[i + 1])
  return values
}
