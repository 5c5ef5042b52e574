/**
 * Quantiles, medians and ranks.
 *
 * Pure. Source: R. J. Hyndman, Y. Fan, The American Statistician 50 (1996).
 */
import { refuseUnless, requireShare, requireVector, type Vector } from '../guard.ts'

/**
 * A sorted copy, ascending.
 * @throws MathError `not-finite`
 */
export function sorted(values: Vector): Float64Array {
  requireVector('values', values, 0)
  return Float64Array.from(values).sort()
}

/**
 * How order statistics are turned into a quantile, by the numbers of Hyndman and Fan: 1 to 3 jump from value to value, 4 to 9
 * interpolate; 7 is linear between the extremes (the default everywhere), 8 is median-unbiased.
 */
export type QuantileType = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9

/** Which of two equally near order statistics (counted from 1) type 3 takes; numpy before 2.0 took the one of odd number. */
export type Halves = 'even' | 'odd'

/**
 * The quantile of values that are sorted already; `p` between 0 and 1, both included.
 * @throws MathError `empty`, `not-finite`, `out-of-domain`
 */
export function quantileSorted(ascending: Vector, p: number, type: QuantileType = 7, halves: Halves = 'even'): number {
  const n = ascending.length
  refuseUnless(n > 0, 'empty', 'no values')
  requireShare('p', p)
  const at = (i: number): number => ascending[Math.min(n - 1, Math.max(0, i))]
  // A position within rounding of a whole number is that number.
  const slack = 4e-16 * n
  let value: number
  if (type <= 3) {
    const position = n * p - (type === 3 ? 0.5 : 0)
    const below = Math.floor(position + slack)
    const exact = Math.abs(position - below) <= slack
    if (type === 2 && exact) value = 0.5 * at(below - 1) + 0.5 * at(below)
    else value = at(exact && (type !== 3 || below % 2 === (halves === 'even' ? 0 : 1)) ? below - 1 : below)
  } else {
    const position = positionOf(n, p, type)
    const below = Math.floor(position + slack)
    const rest = position - below
    const low = at(below)
    value = Math.abs(rest) < slack ? low : low + rest * (at(below + 1) - low)
    if (!Number.isFinite(value)) value = low * (1 - rest) + rest * at(below + 1)
  }
  refuseUnless(Number.isFinite(value), 'not-finite', 'there is a value that is not finite')
  return value
}

/** Counted from 0, of the types that interpolate. */
function positionOf(n: number, p: number, type: QuantileType): number {
  switch (type) {
    case 4:
      return n * p - 1
    case 5:
      return n * p - 0.5
    case 6:
      return (n + 1) * p - 1
    case 8:
      return (n + 1 / 3) * p - 2 / 3
    case 9:
      return (n + 0.25) * p - 0.625
    default:
      return (n - 1) * p
  }
}

/**
 * The p-quantile, by default of Hyndman and Fan's type 7.
 * @throws MathError `empty`, `not-finite`, `out-of-domain`
 */
export function quantile(values: Vector, p: number, type: QuantileType = 7, halves: Halves = 'even'): number {
  requireVector('values', values)
  requireShare('p', p)
  return quantileSorted(sorted(values), p, type, halves)
}

/**
 * The middle value, or the mean of the two in the middle.
 * @throws MathError `empty`, `not-finite`
 */
export function median(values: Vector): number {
  return quantile(values, 0.5)
}

/**
 * Ranks from 1, equal values sharing the mean of their ranks.
 * @throws MathError `empty`, `not-finite`
 */
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
