/**
 * Correlation between two series, and whether it is more than chance: Pearson, Spearman, Kendall.
 *
 * Pure: numbers in, numbers out. Source: K. Pearson (1895); C. Spearman, American Journal of Psychology 15 (1904); M. G. Kendall,
 * Rank Correlation Methods, 4th ed. (1970); W. R. Knight, JASA 61 (1966).
 */
import { refuseUnless, requireSameLength, requireVector, type Vector } from '../guard.ts'
import { ranks } from '../numerics/quantile.ts'
import { normalCdf, normalTail, studentTail } from '../numerics/special.ts'
import { standardise } from './standardise.ts'
import { type Alternative, type TestResult, testResult } from './test-result.ts'

export interface CorrelationTestOptions {
  /** 'two-sided' by default. */
  readonly alternative?: Alternative
}

function requirePairs(x: Vector, y: Vector): void {
  requireVector('x', x, 3)
  requireVector('y', y, 3)
  requireSameLength('x', x, 'y', y)
}

/** The coefficient with the p-value of t = r sqrt((n - 2)/(1 - r^2)). */
function linearTest(x: Vector, y: Vector, alternative: Alternative): TestResult {
  const [a, b] = [standardise('x', x).z, standardise('y', y).z]
  const n = a.length
  let product = 0
  for (let i = 0; i < n; i++) product += a[i] * b[i]
  const r = Math.min(1, Math.max(-1, product / n))
  const freedom = n - 2
  // From 1 - r^2 directly: the limit of an infinite t has p-values of 0 and 1.
  const t = Math.abs(r) === 1 ? Math.sign(r) * 1e300 : r * Math.sqrt(freedom / ((1 - r) * (1 + r)))
  if (alternative === 'less') return testResult(r, studentTail(-t, freedom))
  if (alternative === 'greater') return testResult(r, studentTail(t, freedom))
  return testResult(r, 2 * studentTail(Math.abs(t), freedom))
}

/**
 * Pearson's correlation r = cov(x, y)/(s_x s_y) with the p-value of t = r sqrt((n - 2)/(1 - r^2)) on n - 2 degrees of freedom, exact for
 * normal variables.
 * @throws MathError `too-short` below three pairs, `shape`, `no-variance` of a series
 */
export function pearsonTest(x: Vector, y: Vector, { alternative = 'two-sided' }: CorrelationTestOptions = {}): TestResult {
  requirePairs(x, y)
  return linearTest(x, y, alternative)
}

/**
 * Spearman's rank correlation, Pearson's of the ranks (ties share the mean of theirs), with the p-value of t on n - 2 degrees of freedom.
 * @throws MathError `too-short` below three pairs, `shape`, `no-variance` of a series
 */
export function spearmanTest(x: Vector, y: Vector, { alternative = 'two-sided' }: CorrelationTestOptions = {}): TestResult {
  requirePairs(x, y)
  return linearTest(ranks(x), ranks(y), alternative)
}

export interface KendallOptions extends CorrelationTestOptions {
  /** 'auto' (the default) is exact without ties up to 33 pairs, or when the order is all but perfect (up to 171 pairs). */
  readonly method?: 'auto' | 'exact' | 'asymptotic'
}

const MOST_EXACT = 500

/**
 * Kendall's tau-b = (concordant - discordant pairs)/sqrt((n0 - ties in x)(n0 - ties in y)), n0 = n (n - 1)/2, with exact p-values or the
 * normal approximation with tie-corrected variance.
 * @throws MathError `too-short` below three pairs, `shape`, `no-variance` of a series, `out-of-domain` when exact p-values are asked for
 * with ties or for more than 500 pairs
 */
export function kendallTest(
  x: Vector,
  y: Vector,
  { alternative = 'two-sided', method = 'auto' }: KendallOptions = {},
): TestResult {
  requirePairs(x, y)
  const n = x.length
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => x[i] - x[j] || y[i] - y[j] || i - j)
  const discordant = inversions(order.map((i) => y[i]))
  const joint = tieCounts(n, (k) => x[order[k]] === x[order[k - 1]] && y[order[k]] === y[order[k - 1]])
  const inX = tieCounts(n, (k) => x[order[k]] === x[order[k - 1]])
  const sortedY = Float64Array.from(y).sort()
  const inY = tieCounts(n, (k) => sortedY[k] === sortedY[k - 1])
  const pairs = (n * (n - 1)) / 2
  refuseUnless(inX.pairs < pairs, 'no-variance', 'x does not vary')
  refuseUnless(inY.pairs < pairs, 'no-variance', 'y does not vary')
  const lead = pairs - inX.pairs - inY.pairs + joint.pairs - 2 * discordant
  const tau = Math.min(1, Math.max(-1, lead / Math.sqrt(pairs - inX.pairs) / Math.sqrt(pairs - inY.pairs)))
  const ties = inX.pairs > 0 || inY.pairs > 0
  const nearlyPerfect = Math.min(discordant, pairs - discordant) <= 1 && n <= 171
  if (method === 'exact' || (method === 'auto' && !ties && (n <= 33 || nearlyPerfect))) {
    refuseUnless(
      !ties,
      'out-of-domain',
      "there are ties, which the exact distribution does not allow; use the method 'asymptotic'",
    )
    refuseUnless(
      n <= MOST_EXACT,
      'out-of-domain',
      () => `${n} pairs are too many for exact p-values; use the method 'asymptotic'`,
    )
    return testResult(tau, exactP(n, discordant, alternative))
  }
  const m = n * (n - 1)
  const variance =
    (m * (2 * n + 5) - inX.weighted - inY.weighted) / 18 +
    (2 * inX.pairs * inY.pairs) / m +
    (inX.triples * inY.triples) / (9 * m * (n - 2))
  const z = lead / Math.sqrt(variance)
  if (alternative === 'less') return testResult(tau, normalCdf(z))
  if (alternative === 'greater') return testResult(tau, normalTail(z))
  return testResult(tau, 2 * normalTail(Math.abs(z)))
}

/** P-value from the distribution of the number of discordant pairs of random orders. */
function exactP(n: number, discordant: number, alternative: Alternative): number {
  let distribution = Float64Array.of(1)
  for (let i = 2; i <= n; i++) {
    const next = new Float64Array(distribution.length + i - 1)
    let window = 0
    for (let d = 0; d < next.length; d++) {
      if (d < distribution.length) window += distribution[d]
      if (d >= i) window -= distribution[d - i]
      next[d] = Math.max(0, window) / i
    }
    distribution = next
  }
  const pairs = distribution.length - 1
  const upTo = (d: number): number => distribution.slice(0, d + 1).reduce((a, b) => a + b, 0)
  // The distribution is symmetric, so that every tail is a sum from its small end.
  if (alternative === 'greater') return upTo(discordant)
  if (alternative === 'less') return upTo(pairs - discordant)
  return Math.min(1, 2 * upTo(Math.min(discordant, pairs - discordant)))
}

interface TieCounts {
  /** sum t (t - 1)/2. */
  readonly pairs: number
  /** sum t (t - 1)(t - 2). */
  readonly triples: number
  /** sum t (t - 1)(2t + 5). */
  readonly weighted: number
}

/** Groups of equal neighbours. */
function tieCounts(n: number, same: (k: number) => boolean): TieCounts {
  let [pairs, triples, weighted] = [0, 0, 0]
  let t = 1
  for (let k = 1; k <= n; k++) {
    if (k < n && same(k)) {
      t += 1
      continue
    }
    pairs += (t * (t - 1)) / 2
    triples += t * (t - 1) * (t - 2)
    weighted += t * (t - 1) * (2 * t + 5)
    t = 1
  }
  return { pairs, triples, weighted }
}

/** How many pairs are in falling order, by merge sort. */
function inversions(values: readonly number[]): number {
  let from = Float64Array.from(values)
  let to = new Float64Array(from.length)
  let count = 0
  for (let width = 1; width < from.length; width *= 2) {
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(start + width, from.length)
      const end = Math.min(start + 2 * width, from.length)
      let [i, j] = [start, middle]
      for (let k = start; k < end; k++) {
        if (i < middle && (j >= end || from[i] <= from[j])) to[k] = from[i++]
        else {
          to[k] = from[j++]
          count += middle - i
        }
      }
    }
    ;[from, to] = [to, from]
  }
  return count
}
