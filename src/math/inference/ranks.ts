/**
 * Rank tests of location: Mann-Whitney for two samples, Wilcoxon's signed ranks for pairs.
 *
 * Pure: numbers in, numbers out. Source: H. B. Mann, D. R. Whitney, Annals of Mathematical Statistics 18 (1947); F. Wilcoxon,
 * Biometrics Bulletin 1 (1945); W. J. Conover, Practical Nonparametric Statistics, 3rd ed. (1999).
 */
import { refuseUnless, requireSameLength, requireVector, type Vector } from '../guard.ts'
import { normalTail } from '../numerics/special.ts'
import { ranks } from '../numerics/quantile.ts'
import { tieSum } from './groups.ts'
import { type Alternative, type TestResult, testResult } from './test-result.ts'

export interface MannWhitneyOptions {
  /** 'greater': the first sample has the larger values. */
  readonly alternative?: Alternative
  /** 'auto' (the default) is exact when a sample has at most 8 values and none are tied, else the normal approximation. */
  readonly method?: 'auto' | 'exact' | 'asymptotic'
  /** Continuity correction of the approximation; true by default. */
  readonly correction?: boolean
}

export interface RankTestResult extends TestResult {
  readonly method: 'exact' | 'asymptotic'
}

/** Work of the exact distribution grows with its square; beyond this the approximation is as good. */
const MOST_PAIRS = 20_000
const AUTO_PAIRS = 4_000

/**
 * Mann-Whitney U test that two samples have the same distribution; the statistic is U of the first sample, the number of pairs in which
 * it is larger (ties count half). Exact p-values, or the normal approximation with tie-corrected variance and continuity correction.
 * The exact distribution takes no account of ties.
 * @throws MathError `empty`, `no-variance` when all values are the same, `out-of-domain` when exact p-values are asked for samples of
 * more than 20,000 pairs
 */
export function mannWhitney(
  a: Vector,
  b: Vector,
  { alternative = 'two-sided', method = 'auto', correction = true }: MannWhitneyOptions = {},
): RankTestResult {
  requireVector('the first sample', a)
  requireVector('the second sample', b)
  const [n, m] = [a.length, b.length]
  const all = Float64Array.from([...Array.from(a), ...Array.from(b)])
  const rank = ranks(all)
  let rankSum = 0
  for (let i = 0; i < n; i++) rankSum += rank[i]
  const u = rankSum - (n * (n + 1)) / 2
  const ties = tieSum(all)
  const exact = method === 'exact' || (method === 'auto' && Math.min(n, m) <= 8 && ties === 0 && n * m <= AUTO_PAIRS)
  const larger = alternative === 'greater' ? u : alternative === 'less' ? n * m - u : Math.max(u, n * m - u)
  const sides = alternative === 'two-sided' ? 2 : 1
  if (exact) {
    refuseUnless(
      n * m <= MOST_PAIRS,
      'out-of-domain',
      () => `the exact distribution of ${n} x ${m} pairs takes too long; the method 'asymptotic' is as good there`,
    )
    const distribution = mannWhitneyDistribution(n, m)
    let tail = 0
    // Half a U, which only ties make, is rounded down: the larger p-value of the two, and SciPy's.
    for (let value = distribution.length - 1; value >= Math.floor(larger); value--) tail += distribution[value]
    return { ...testResult(u, Math.min(1, sides * tail)), method: 'exact' }
  }
  const count = n + m
  const spread = Math.sqrt(((n * m) / 12) * (count + 1 - ties / (count * (count - 1))))
  refuseUnless(spread > 1e-7, 'no-variance', 'all values are the same')
  const z = (larger - (n * m) / 2 - (correction ? 0.5 : 0)) / spread
  return { ...testResult(u, Math.min(1, sides * normalTail(z))), method: 'asymptotic' }
}

/** P(U = u) for u from 0 to n m, without ties: sums of positive terms only. */
export function mannWhitneyDistribution(n: number, m: number): Float64Array {
  // of[j]: the distribution of i values against j.
  let of: Float64Array[] = Array.from({ length: m + 1 }, () => Float64Array.of(1))
  for (let i = 1; i <= n; i++) {
    const next: Float64Array[] = [Float64Array.of(1)]
    for (let j = 1; j <= m; j++) {
      const out = new Float64Array(i * j + 1)
      const [withI, withJ] = [of[j], next[j - 1]]
      // The largest of all is one of the first sample, above all j of the second, or one of the second, above none.
      const [shareI, shareJ] = [i / (i + j), j / (i + j)]
      for (let u = 0; u < withI.length; u++) out[u + j] += shareI * withI[u]
      for (let u = 0; u < withJ.length; u++) out[u] += shareJ * withJ[u]
      next.push(out)
    }
    of = next
  }
  return of[m]
}

export interface WilcoxonOptions {
  /** 'greater': the differences are above zero. */
  readonly alternative?: Alternative
  /** 'auto' (the default) is exact up to 50 differences without ties or zeros. */
  readonly method?: 'auto' | 'exact' | 'asymptotic'
  /** Continuity correction of the approximation; false by default. */
  readonly correction?: boolean
}

export interface WilcoxonResult extends RankTestResult {
  readonly positive: number
  readonly negative: number
  /** Differences that are not zero. */
  readonly count: number
}

const MOST_SIGNED = 1_000

/**
 * Wilcoxon signed-rank test that differences are symmetric around zero; zero differences are dropped. The statistic is min(W+, W-), of
 * one-sided tests W+ (the sum of the ranks of the positive differences). Exact p-values, or the normal approximation with tie-corrected
 * variance. The exact distribution takes no account of ties.
 * @param b the second of pairs; without it, `a` are the differences
 * @throws MathError `no-variance` when all differences are zero, `shape`, `out-of-domain` when exact p-values are asked for more than
 * 1,000 differences
 */
export function wilcoxonSignedRank(
  a: Vector,
  b?: Vector,
  { alternative = 'two-sided', method = 'auto', correction = false }: WilcoxonOptions = {},
): WilcoxonResult {
  requireVector('the first sample', a)
  if (b !== undefined) {
    requireVector('the second sample', b)
    requireSameLength('the first sample', a, 'the second sample', b)
  }
  const all = Float64Array.from(a, (value, i) => value - (b?.[i] ?? 0))
  requireVector('the differences', all)
  const differences = all.filter((value) => value !== 0)
  const count = differences.length
  refuseUnless(count > 0, 'no-variance', 'all differences are zero')
  const sizes = differences.map(Math.abs)
  const rank = ranks(sizes)
  let positive = 0
  for (let i = 0; i < count; i++) if (differences[i] > 0) positive += rank[i]
  const total = (count * (count + 1)) / 2
  const negative = total - positive
  const ties = tieSum(sizes)
  const exact = method === 'exact' || (method === 'auto' && count <= 50 && ties === 0 && count === all.length)
  const statistic = alternative === 'two-sided' ? Math.min(positive, negative) : positive
  const sides = alternative === 'two-sided' ? 2 : 1
  const larger = alternative === 'greater' ? positive : alternative === 'less' ? negative : Math.max(positive, negative)
  const found = { positive, negative, count }
  if (exact) {
    refuseUnless(
      count <= MOST_SIGNED,
      'out-of-domain',
      () => `the exact distribution of ${count} differences takes too long; the method 'asymptotic' is as good there`,
    )
    const distribution = signedRankDistribution(count)
    let tail = 0
    for (let value = total; value >= larger; value--) tail += distribution[value]
    return { ...testResult(statistic, Math.min(1, sides * tail)), method: 'exact', ...found }
  }
  const spread = Math.sqrt((count * (count + 1) * (2 * count + 1) - ties / 2) / 24)
  refuseUnless(spread > 0, 'no-variance', 'the ranks do not vary')
  const distance = larger - total / 2
  const z = (correction ? distance - 0.5 * Math.sign(distance) : distance) / spread
  return { ...testResult(statistic, Math.min(1, sides * normalTail(z))), method: 'asymptotic', ...found }
}

/** P(W+ = w) for w from 0 to n (n + 1)/2, without ties. */
export function signedRankDistribution(n: number): Float64Array {
  const out = new Float64Array((n * (n + 1)) / 2 + 1)
  out[0] = 1
  let top = 0
  for (let rank = 1; rank <= n; rank++) {
    top += rank
    for (let w = top; w >= 0; w--) out[w] = 0.5 * (out[w] + (w >= rank ? out[w - rank] : 0))
  }
  return out
}
