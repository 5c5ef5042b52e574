/**
 * Tests that several groups are alike: in their means (analysis of variance), their ranks (Kruskal-Wallis), their variances (Levene,
 * Bartlett).
 *
 * Pure: numbers in, numbers out. Source: R. A. Fisher, Statistical Methods for Research Workers (1925); W. H. Kruskal, W. A. Wallis,
 * JASA 47 (1952); H. Levene (1960); M. B. Brown, A. B. Forsythe, JASA 69 (1974); M. S. Bartlett, Proc. Royal Society A 160 (1937).
 */
import { refuseUnless, requireShare, requireVector, type Vector } from '../guard.ts'
import { median, ranks, sorted } from '../numerics/quantile.ts'
import { average, variance } from '../numerics/statistics.ts'
import { sum } from '../sum.ts'
import { NO_VARIANCE, scaledTogether } from './location.ts'
import { chiSquaredTest, fTest, type TestResult } from './test-result.ts'

function requireGroups(groups: readonly Vector[], each: number): void {
  refuseUnless(groups.length > 0, 'empty', 'there are no groups')
  refuseUnless(groups.length > 1, 'too-short', 'one group has nothing to be compared with')
  groups.forEach((group, i) => requireVector(`group ${i}`, group, each))
}

export interface FTestResult extends TestResult {
  readonly freedom1: number
  readonly freedom2: number
}

function oneWay(groups: readonly Float64Array[]): FTestResult {
  const n = groups.reduce((count, group) => count + group.length, 0)
  const k = groups.length
  refuseUnless(n > k, 'too-short', () => `${n} values in ${k} groups leave no degree of freedom`)
  const means = groups.map(average)
  const centre = sum(groups.map(sum)) / n
  const between = sum(groups.map((group, g) => group.length * (means[g] - centre) ** 2))
  const within = sum(groups.map((group, g) => sum(group.map((value) => (value - means[g]) ** 2))))
  refuseUnless(within > NO_VARIANCE * n, 'no-variance', 'the values do not vary within the groups')
  return { ...fTest(between / (k - 1) / (within / (n - k)), k - 1, n - k), freedom1: k - 1, freedom2: n - k }
}

/**
 * One-way analysis of variance: F = (between-group variance)/(within-group variance), with k - 1 and n - k degrees of freedom.
 * @throws MathError `too-short` with fewer than two groups or no degree of freedom, `no-variance` within the groups
 */
export function oneWayAnova(groups: readonly Vector[]): FTestResult {
  requireGroups(groups, 1)
  return oneWay(scaledTogether(groups).scaled)
}

export interface LeveneOptions {
  /** 'median' (Brown-Forsythe, the default), 'mean' (Levene) or 'trimmed' mean. */
  readonly centre?: 'median' | 'mean' | 'trimmed'
  /** Share cut off each end for the trimmed mean; 0.05 by default. */
  readonly trimmed?: number
}

/**
 * Levene's test of equal variances: the analysis of variance of |x - centre of its group|.
 * @throws MathError `too-short`, `no-variance` when the deviations do not vary within the groups, `out-of-domain`
 */
export function leveneTest(groups: readonly Vector[], { centre = 'median', trimmed = 0.05 }: LeveneOptions = {}): FTestResult {
  requireGroups(groups, 1)
  requireShare('the trimmed share', trimmed)
  refuseUnless(trimmed < 0.5, 'out-of-domain', () => `a share of ${trimmed} off each end leaves nothing`)
  const { scaled } = scaledTogether(groups)
  return oneWay(
    scaled.map((group) => {
      const kept = centre === 'trimmed' ? trim(group, trimmed) : group
      const middle = centre === 'median' ? median(group) : average(kept)
      return kept.map((value) => Math.abs(value - middle))
    }),
  )
}

function trim(group: Float64Array, share: number): Float64Array {
  const off = Math.floor(share * group.length)
  return sorted(group).slice(off, group.length - off)
}

/**
 * Bartlett's test of equal variances of normal groups, ((n - k) ln s_p^2 - sum (n_i - 1) ln s_i^2)/(1 + (sum 1/(n_i - 1) -
 * 1/(n - k))/(3 (k - 1))), against chi-squared with k - 1.
 * @throws MathError `too-short` below two values in a group, `no-variance` in any of them
 */
export function bartlettTest(groups: readonly Vector[]): TestResult {
  requireGroups(groups, 2)
  const { scaled } = scaledTogether(groups)
  const variances = scaled.map((group) => variance(group))
  variances.forEach((each, i) => refuseUnless(each > NO_VARIANCE, 'no-variance', () => `group ${i} does not vary`))
  const freedoms = scaled.map((group) => group.length - 1)
  const freedom = sum(freedoms)
  const k = groups.length
  const pooled = sum(variances.map((each, i) => freedoms[i] * each)) / freedom
  const numerator = freedom * Math.log(pooled) - sum(variances.map((each, i) => freedoms[i] * Math.log(each)))
  const denominator = 1 + (sum(freedoms.map((each) => 1 / each)) - 1 / freedom) / (3 * (k - 1))
  return chiSquaredTest(numerator / denominator, k - 1)
}

/** sum (t^3 - t) over groups of equal values. */
export function tieSum(values: Vector): number {
  const ascending = sorted(values)
  let total = 0
  for (let start = 0; start < ascending.length;) {
    let end = start + 1
    while (end < ascending.length && ascending[end] === ascending[start]) end += 1
    const t = end - start
    total += t * t * t - t
    start = end
  }
  return total
}

/**
 * Kruskal-Wallis test that groups have the same distribution: H = 12/(n (n + 1)) sum R_i^2/n_i - 3 (n + 1), over 1 - sum(t^3 - t)/(n^3
 * - n) for ties, against chi-squared with k - 1.
 * @throws MathError `too-short` with fewer than two groups, `no-variance` when all values are the same
 */
export function kruskalWallis(groups: readonly Vector[]): TestResult {
  requireGroups(groups, 1)
  const all = Float64Array.from(groups.flatMap((group) => Array.from(group)))
  const n = all.length
  const rank = ranks(all)
  let [at, total] = [0, 0]
  for (const group of groups) {
    let rankSum = 0
    for (let i = 0; i < group.length; i++) rankSum += rank[at + i]
    total += (rankSum * rankSum) / group.length
    at += group.length
  }
  const correction = 1 - tieSum(all) / (n * n * n - n)
  refuseUnless(correction > 1e-12, 'no-variance', 'all values are the same')
  return chiSquaredTest(((12 / (n * (n + 1))) * total - 3 * (n + 1)) / correction, groups.length - 1)
}
