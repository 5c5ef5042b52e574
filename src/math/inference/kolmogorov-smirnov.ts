/**
 * The tests of Kolmogorov and Smirnov that a sample follows a distribution, or that two samples follow the same.
 *
 * Pure: numbers in, numbers out. Source: A. N. Kolmogorov (1933), N. V. Smirnov (1948); G. Marsaglia, W. W. Tsang, J. Wang, Journal of
 * Statistical Software 8 (2003); W. Pelz, I. J. Good, JRSS B 38 (1976); R. Simard, P. L'Ecuyer, Journal of Statistical Software 39
 * (2011); J. L. Hodges, Arkiv för Matematik 3 (1958).
 */
import { refuseUnless, requireVector, type Vector } from '../guard.ts'
import { sorted } from '../numerics/quantile.ts'
import { kolmogorovTail, smirnovTail } from './kolmogorov-distribution.ts'
import { type Alternative, type TestResult, testResult } from './test-result.ts'

export interface KolmogorovSmirnovOptions {
  /** 'greater': the (first) empirical distribution function lies above, so that its values are smaller. */
  readonly alternative?: Alternative
  /** 'auto' (the default) is exact for up to 10,000 values in each sample. */
  readonly method?: 'auto' | 'exact' | 'asymptotic'
}

/**
 * One-sample Kolmogorov-Smirnov test that values follow a continuous distribution: D = sup |F_n - F| against its exact distribution
 * (Durbin's matrix, Smirnov's sum, and Pelz and Good's expansion for long samples), or against the limit of sqrt(n) D.
 * @param cdf the distribution function, for instance `normalCdf`
 * @throws MathError `empty`, `not-finite`, `out-of-domain` when `cdf` answers outside of 0 and 1
 */
export function kolmogorovSmirnov(
  values: Vector,
  cdf: (x: number) => number,
  { alternative = 'two-sided', method = 'auto' }: KolmogorovSmirnovOptions = {},
): TestResult {
  requireVector('the values', values)
  const x = sorted(values)
  const n = x.length
  let [above, below] = [0, 0]
  for (let i = 0; i < n; i++) {
    const p = cdf(x[i])
    refuseUnless(p >= 0 && p <= 1, 'out-of-domain', () => `the distribution function at ${x[i]} is ${p}`)
    above = Math.max(above, (i + 1) / n - p)
    below = Math.max(below, p - i / n)
  }
  const d = alternative === 'greater' ? above : alternative === 'less' ? below : Math.max(above, below)
  if (alternative !== 'two-sided') return testResult(d, smirnovTail(n, d))
  return testResult(d, method === 'asymptotic' ? kolmogorovTail(Infinity, d * Math.sqrt(n)) : kolmogorovTail(n, d))
}

/** The exact distribution walks over all pairs. */
const MOST_PAIRS = 100_000_000
const AUTO_LENGTH = 10_000

/**
 * Two-sample Kolmogorov-Smirnov test that samples follow the same continuous distribution: D = sup |F_n - G_m|. Exact by counting
 * lattice paths, or asymptotic: as one sample of n m/(n + m) values (two-sided), exp(-2 z^2 - 2 z (n + 2m)/(3 sqrt(n m (n + m))))
 * with n the larger (one-sided).
 * @throws MathError `empty`, `not-finite`, `out-of-domain` when exact p-values are asked for more than 1e8 pairs
 */
export function twoSampleKolmogorovSmirnov(
  a: Vector,
  b: Vector,
  { alternative = 'two-sided', method = 'auto' }: KolmogorovSmirnovOptions = {},
): TestResult {
  requireVector('the first sample', a)
  requireVector('the second sample', b)
  const [x, y] = [sorted(a), sorted(b)]
  const [n, m] = [x.length, y.length]
  let [i, j] = [0, 0]
  // In units of 1/(n m), which are whole.
  let [above, below] = [0, 0]
  while (i < n && j < m) {
    const at = Math.min(x[i], y[j])
    while (i < n && x[i] === at) i += 1
    while (j < m && y[j] === at) j += 1
    above = Math.max(above, i * m - j * n)
    below = Math.max(below, j * n - i * m)
  }
  const steps = alternative === 'greater' ? above : alternative === 'less' ? below : Math.max(above, below)
  const d = steps / (n * m)
  const exact = method === 'exact' || (method === 'auto' && Math.max(n, m) <= AUTO_LENGTH)
  if (exact) {
    refuseUnless(
      n * m <= MOST_PAIRS,
      'out-of-domain',
      () => `the exact distribution of ${n} x ${m} pairs takes too long; the method 'asymptotic' is as good there`,
    )
    return testResult(d, pathsThatCross(n, m, steps, alternative === 'two-sided'))
  }
  const [large, small] = [Math.max(n, m), Math.min(n, m)]
  const effective = (large * small) / (large + small)
  if (alternative === 'two-sided') return testResult(d, kolmogorovTail(Math.max(1, roundHalfEven(effective)), d))
  const z = Math.sqrt(effective) * d
  const shift = (2 * z * (large + 2 * small)) / (3 * Math.sqrt(large * small * (large + small)))
  return testResult(d, Math.exp(-2 * z * z - shift))
}

const roundHalfEven = (x: number): number => {
  const rounded = Math.round(x)
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}

/** The share of the paths from (0, 0) to (n, m) on which i m - j n reaches `steps`, either way or upward only. */
function pathsThatCross(n: number, m: number, steps: number, bothWays: boolean): number {
  if (steps <= 0) return 1
  const crossed = (i: number, j: number): boolean => {
    const lead = i * m - j * n
    return bothWays ? Math.abs(lead) >= steps : lead >= steps
  }
  // row[j]: the share of the paths through (i, j) that have crossed by then.
  const row = new Float64Array(m + 1)
  for (let i = 0; i <= n; i++)
    for (let j = 0; j <= m; j++) {
      if (crossed(i, j)) row[j] = 1
      else if (i + j > 0) row[j] = (i > 0 ? (i / (i + j)) * row[j] : 0) + (j > 0 ? (j / (i + j)) * row[j - 1] : 0)
      else row[j] = 0
    }
  return row[m]
}
