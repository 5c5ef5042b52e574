/**
 * Counts against what they should be: the chi-squared test, and the binomial test of a share.
 *
 * Pure: numbers in, numbers out. Source: K. Pearson, Philosophical Magazine 50 (1900); C. J. Clopper, E. S. Pearson, Biometrika 26 (1934).
 */
import { refuseUnless, requireInteger, requireSameLength, requireShare, requireVector, type Vector } from '../guard.ts'
import { betaIncomplete, logGamma } from '../numerics/special.ts'
import { sum } from '../sum.ts'
import { type Alternative, chiSquaredTest, type TestResult, testResult } from './test-result.ts'

export interface ChiSquaredOptions {
  /** Expected counts, or shares to which they are proportional; equal ones by default. */
  readonly expected?: Vector
  /** Parameters fitted to the counts, taken off the degrees of freedom; 0 by default. */
  readonly fitted?: number
}

/**
 * Pearson's chi-squared test of counts, sum (O - E)^2/E, against chi-squared with k - 1 less the number of fitted parameters. Expected
 * counts are scaled to the total that was observed.
 * @throws MathError `too-short` below two counts or without degrees of freedom, `out-of-domain` for counts below zero or expected ones
 * that are not above it, `shape`
 */
export function chiSquaredGoodnessOfFit(observed: Vector, { expected, fitted = 0 }: ChiSquaredOptions = {}): TestResult {
  requireVector('the counts', observed, 2)
  requireInteger('the number of fitted parameters', fitted, 0)
  const k = observed.length
  refuseUnless(k - 1 - fitted > 0, 'too-short', () => `${k} counts leave no degree of freedom`)
  const share = expected ?? new Float64Array(k).fill(1)
  requireVector('the expected counts', share, 2)
  requireSameLength('the counts', observed, 'the expected counts', share)
  for (let i = 0; i < k; i++) {
    refuseUnless(observed[i] >= 0, 'out-of-domain', () => `count ${i} is ${observed[i]}`)
    refuseUnless(share[i] > 0, 'out-of-domain', () => `expected count ${i} is ${share[i]}`)
  }
  const total = sum(observed)
  refuseUnless(total > 0, 'no-denominator', 'nothing was counted')
  const all = sum(share)
  const terms = Float64Array.from(observed, (count, i) => {
    const e = total * (share[i] / all)
    return ((count - e) / e) * (count - e)
  })
  return chiSquaredTest(sum(terms), k - 1 - fitted)
}

/** P(X <= k) of a binomial. */
function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0
  if (k >= n) return 1
  return betaIncomplete(n - k, k + 1, 1 - p)
}

/** P(X >= k). */
function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1
  if (k > n) return 0
  return betaIncomplete(k, n - k + 1, p)
}

function logBinomial(k: number, n: number, p: number): number {
  const zeroTimes = (count: number, share: number): number => (count === 0 ? 0 : count * Math.log(share))
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + zeroTimes(k, p) + zeroTimes(n - k, 1 - p)
}

/**
 * Exact binomial test that the share of successes is p. The statistic is the share that was seen; the two-sided p-value sums all outcomes
 * that are not more likely than the one seen.
 * @throws MathError `out-of-domain` when there are not between 0 and n successes, or p outside of 0 and 1
 */
export function binomialTest(
  successes: number,
  trials: number,
  { share: p = 0.5, alternative = 'two-sided' }: { readonly share?: number; readonly alternative?: Alternative } = {},
): TestResult {
  requireInteger('the number of trials', trials, 1)
  requireInteger('the number of successes', successes, 0, trials)
  requireShare('the share', p)
  const seen = successes / trials
  if (alternative === 'less') return testResult(seen, binomialCdf(successes, trials, p))
  if (alternative === 'greater') return testResult(seen, binomialTail(successes, trials, p))
  if (successes === p * trials) return testResult(seen, 1)
  // The likelihood rises to the mean and falls after it: the other tail begins where it is no higher than here.
  const limit = logBinomial(successes, trials, p) + 1e-7
  const mode = p * trials
  const unlikely = (k: number): boolean => logBinomial(k, trials, p) <= limit
  if (successes < mode) {
    const from = firstTrue(Math.floor(mode), trials + 1, unlikely)
    return testResult(seen, binomialCdf(successes, trials, p) + binomialTail(from, trials, p))
  }
  const to = firstTrue(-Math.ceil(mode), 1, (k) => unlikely(-k))
  return testResult(seen, binomialCdf(-to, trials, p) + binomialTail(successes, trials, p))
}

/** The first whole number after `before` for which a question is answered with yes from there on; `end` when none is. */
function firstTrue(before: number, end: number, question: (k: number) => boolean): number {
  let [lo, hi] = [before, end]
  while (hi - lo > 1) {
    const middle = Math.floor((lo + hi) / 2)
    if (question(middle)) hi = middle
    else lo = middle
  }
  return hi
}
