/**
 * Quantiles, medians and ranks.
 *
 * Pure. Source: R. J. Hyndman, Y. Fan, The American Statistician 50 (1996).
 */
import { requireShare, requireVector, type Vector } from '../guard.ts'

/** A sorted copy, ascending. */
export function sorted(values: Vector): Float64Array {
  return Float64Array.from(values).sort()
}

/** How an order statistic is interpolated: 7 is linear between the extremes (the default everywhere), 8 is median-unbiased. */
export type QuantileType = 6 | 7 | 8

/** The quantile of values that are sorted already; `p` between 0 and 1, both included. */
export function quantileSorted(ascending: Vector, p: number, type: QuantileType = 7): number {
  const n = ascending.length
  const position = type === 7 ? (n - 1) * p : type === 6 ? (n + 1) * p - 1 : (n + 1 / 3) * p + 1 / 3 - 1
  const below = Math.floor(position + 4e-16 * n)
  const rest = position - below
  const at = (i: number): number => ascending[Math.min(n - 1, Math.max(0, i))]
  return Math.abs(rest) < 4e-16 * n ? at(below) : at(below) + rest * (at(below + 1) - at(below))
}

/**
 * The p-quantile, by default of Hyndman and Fan's type 7.
 * @throws MathError `empty`, `not-finite`, `out-of-domain`
 */
export function quantile(values: Vector, p: number, type: QuantileType = 7): number {
  requireVector('values', values)
  requireShare('p', p)
  return quantileSorted(sorted(values), p, type)
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: Vector): number {
  return quantile(values, 0.5)
}

/** Ranks from 1, equal values sharing the mean of their ranks. */
export function ranks(values: Vector): Float64Array {
  requireVector('values', values)
  const order = Array.from(values, (_, i) => i).sort((i, j) => values[i] - values[j] || i - j)
  const out = new Float64Array(values.length)
  for (let start = 0; start < order.length;) {
    let end = start
    while (end + 1 < order.length && values[order[end + 1]] === values[order[start]]) end += 1
    for (let k = start; k <= end; k++) out[order[k]] = (start + end) / 2 + 1
    start = end + 1
  }
  return out
}
