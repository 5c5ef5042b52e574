/**
 * Dependence of two series: linear, of ranks, of recent values, of the tails; along a window.
 *
 * Pure: numbers in, numbers out.
 */
import { finiteOr, refuseUnless, requireInteger, requireSameLength, requireShare, requireVector, type Vector } from '../guard.ts'
import { ranks } from '../numerics/quantile.ts'
import { decayOf, type Memory } from './decay.ts'

/**
 * Pearson's correlation sum (x - mx)(y - my) / sqrt(sum (x - mx)^2 sum (y - my)^2), between -1 and 1.
 * Source: K. Pearson, Proceedings of the Royal Society 58 (1895).
 * @throws MathError `empty`, `too-short` below two pairs, `not-finite`, `shape`, `no-variance`, `overflow`
 */
export function pearsonCorrelation(x: Vector, y: Vector): number {
  requirePairs(x, y)
  return defined(weightedCorrelation(x, y, () => 1))
}

/**
 * Pearson's correlation with the weights d^k, k counted back from the last pair, means weighted alike. Needs `decay` in (0,
 * 1) or `span` above 1 (decay = 1 - 2/(span + 1)). Source: J.P. Morgan, RiskMetrics Technical Document, 4th ed. (1996).
 * @throws MathError `empty`, `too-short` below two pairs, `not-finite`, `shape`, `no-variance`, `out-of-domain`, `overflow`
 */
export function exponentialCorrelation(x: Vector, y: Vector, memory: Memory): number {
  const decay = decayOf(memory)
  requirePairs(x, y)
  const last = x.length - 1
  return defined(weightedCorrelation(x, y, (i) => decay ** (last - i)))
}

/**
 * Spearman's correlation: Pearson's of the ranks, equal values sharing the mean of their ranks.
 * Source: C. Spearman, American Journal of Psychology 15 (1904).
 * @throws MathError `empty`, `too-short` below two pairs, `not-finite`, `shape`, `no-variance`
 */
export function spearmanCorrelation(x: Vector, y: Vector): number {
  requirePairs(x, y)
  return pearsonCorrelation(ranks(x), ranks(y))
}

/**
 * Kendall's tau-b, (concordant - discordant) / sqrt((pairs - ties in x)(pairs - ties in y)), in n log n steps.
 * Sources: M. G. Kendall, Biometrika 33 (1945); W. R. Knight, JASA 61 (1966).
 * @throws MathError `empty`, `too-short` below two pairs, `not-finite`, `shape`, `no-variance`
 */
export function kendallCorrelation(x: Vector, y: Vector): number {
  requirePairs(x, y)
  const n = x.length
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => x[i] - x[j] || y[i] - y[j])
  const values = Float64Array.from(order, (i) => y[i])
  let [tiesX, tiesBoth] = [0, 0]
  for (let i = 1, runX = 1, runBoth = 1; i <= n; i++) {
    const sameX = i < n && x[order[i]] === x[order[i - 1]]
    const sameBoth = sameX && values[i] === values[i - 1]
    if (!sameBoth) {
      tiesBoth += (runBoth * (runBoth - 1)) / 2
      runBoth = 0
    }
    if (!sameX) {
      tiesX += (runX * (runX - 1)) / 2
      runX = 0
    }
    runX += 1
    runBoth += 1
  }
  const swaps = sortCountingSwaps(values)
  let tiesY = 0
  for (let i = 1, run = 1; i <= n; i++) {
    if (i < n && values[i] === values[i - 1]) run += 1
    else {
      tiesY += (run * (run - 1)) / 2
      run = 1
    }
  }
  const pairs = (n * (n - 1)) / 2
  refuseUnless(tiesX < pairs && tiesY < pairs, 'no-variance', 'one side does not vary')
  const difference = pairs - tiesX - tiesY + tiesBoth - 2 * swaps
  return clipped(difference / Math.sqrt(pairs - tiesX) / Math.sqrt(pairs - tiesY))
}

/** Merge sort in place; how many pairs stood in the wrong order. */
function sortCountingSwaps(values: Float64Array): number {
  const n = values.length
  let from: Float64Array = values
  let to: Float64Array = new Float64Array(n)
  let swaps = 0
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = Math.min(n, start + width)
      const end = Math.min(n, start + 2 * width)
      let [left, right] = [start, middle]
      for (let k = start; k < end; k++) {
        if (right >= end || (left < middle && from[left] <= from[right])) to[k] = from[left++]
        else {
          swaps += middle - left
          to[k] = from[right++]
        }
      }
    }
    ;[from, to] = [to, from]
  }
  if (from !== values) values.set(from)
  return swaps
}

export interface TailDependenceOptions {
  /** Share of the values that are the tail, in (0, 1). */
  readonly quantile: number
  /** Default `lower`. */
  readonly tail?: 'lower' | 'upper'
}

/**
 * Tail dependence at a quantile, P(y in its tail | x in its tail): how many of the k = floor(q n) lowest (highest) values
 * of one side are among those of the other, divided by k. Independent series have about q, equal ones 1.
 * Source: R. Schmidt, U. Stadtmueller, Non-parametric Estimation of Tail Dependence, Scandinavian J. Statistics 33 (2006).
 * @throws MathError `empty`, `too-short` when the tail has no value, `not-finite`, `shape`, `no-variance`, `out-of-domain`
 */
export function tailDependence(x: Vector, y: Vector, { quantile, tail = 'lower' }: TailDependenceOptions): number {
  requireShare('quantile', quantile, true)
  requirePairs(x, y)
  const n = x.length
  const count = Math.floor(quantile * n * (1 + 1e-12))
  refuseUnless(count >= 1, 'too-short', () => `a tail of ${quantile} of ${n} values is none`)
  const sign = tail === 'lower' ? 1 : -1
  const extreme = (values: Vector): Uint8Array => {
    const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => sign * (values[i] - values[j]) || i - j)
    refuseUnless(values[order[0]] !== values[order[n - 1]], 'no-variance', 'one side does not vary')
    const marks = new Uint8Array(n)
    for (let k = 0; k < count; k++) marks[order[k]] = 1
    return marks
  }
  const [inX, inY] = [extreme(x), extreme(y)]
  let both = 0
  for (let i = 0; i < n; i++) both += inX[i] & inY[i]
  return both / count
}

/**
 * Pearson's correlation of each window of `length` pairs: element t belongs to the pairs t to t + length - 1, so to what is
 * known at the last of them. A window in which one side does not vary has `undefined`.
 * Source: K. Pearson (1895), window by window.
 * @throws MathError `empty`, `too-short` (series shorter than the window), `not-finite`, `shape`, `out-of-domain` (length
 * below 2), `overflow`
 */
export function rollingCorrelation(x: Vector, y: Vector, length: number): (number | undefined)[] {
  requireInteger('length', length, 2)
  requirePairs(x, y)
  refuseUnless(x.length >= length, 'too-short', () => `${x.length} pairs for a window of ${length}`)
  const [a, b] = [Float64Array.from(x), Float64Array.from(y)]
  return Array.from({ length: a.length - length + 1 }, (_, t) => {
    const found = correlationIfDefined(a.subarray(t, t + length), b.subarray(t, t + length))
    return found === undefined ? undefined : finiteOr('overflow', found, 'the correlation')
  })
}

/**
 * Pearson's correlation of two series of one length; `undefined` below two pairs and when one side does not vary (up to
 * rounding). For those who show a gap in its place; values are not looked at.
 */
export function correlationIfDefined(x: Vector, y: Vector): number | undefined {
  refuseUnless(x.length === y.length, 'shape', () => `${x.length} values cannot be correlated with ${y.length}`)
  return x.length < 2 ? undefined : weightedCorrelation(x, y, () => 1)
}

function weightedCorrelation(x: Vector, y: Vector, weightOf: (i: number) => number): number | undefined {
  const n = x.length
  let [total, meanX, meanY] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    const weight = weightOf(i)
    total += weight
    meanX += weight * x[i]
    meanY += weight * y[i]
  }
  meanX /= total
  meanY /= total
  let [xx, yy, xy] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    const weight = weightOf(i)
    const [dx, dy] = [x[i] - meanX, y[i] - meanY]
    xx += weight * dx * dx
    yy += weight * dy * dy
    xy += weight * dx * dy
  }
  const noise = 1e-28 * total
  if (xx <= noise * meanX * meanX || yy <= noise * meanY * meanY || xx === 0 || yy === 0) return undefined
  return clipped(xy / Math.sqrt(xx) / Math.sqrt(yy))
}

function defined(correlation: number | undefined): number {
  refuseUnless(correlation !== undefined, 'no-variance', 'one side does not vary')
  return finiteOr('overflow', correlation, 'the correlation')
}

const clipped = (value: number): number => Math.max(-1, Math.min(1, value))

function requirePairs(x: Vector, y: Vector): void {
  requireVector('x', x, 2)
  requireVector('y', y, 2)
  requireSameLength('x', x, 'y', y)
}
