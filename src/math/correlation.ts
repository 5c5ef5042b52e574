/**
 * Correlation of two series.
 *
 * Pure: numbers in, numbers out.
 */
import { assert } from '../core/errors.ts'

/** Pearson's correlation; `undefined` below two pairs and when one side does not vary. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number | undefined {
  assert(a.length === b.length, `${a.length} values against ${b.length}`)
  const n = a.length
  if (n < 2) return undefined
  let [meanA, meanB] = [0, 0]
  for (let i = 0; i < n; i++) {
    meanA += a[i] / n
    meanB += b[i] / n
  }
  let [aa, bb, ab] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    aa += (a[i] - meanA) ** 2
    bb += (b[i] - meanB) ** 2
    ab += (a[i] - meanA) * (b[i] - meanB)
  }
  const noise = 1e-28 * n
  if (aa <= noise * meanA ** 2 || bb <= noise * meanB ** 2 || aa === 0 || bb === 0) return undefined
  return Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)))
}
