/**
 * Whether a value at risk was exceeded as often as it should be, and not in clusters.
 *
 * Pure: numbers in, numbers out. Source: P. H. Kupiec, Journal of Derivatives 3 (1995); P. F. Christoffersen, International Economic
 * Review 39 (1998).
 */
import { refuseUnless, requireInteger, requireShare, requireVector, type Vector } from '../guard.ts'
import { chiSquaredTest, type TestResult } from './test-result.ts'

/** x ln(p), 0 for x = 0. */
const times = (x: number, p: number): number => (x === 0 ? 0 : x * Math.log(p))

/** ln of p^x (1 - p)^(n - x). */
const logLikelihood = (x: number, n: number, p: number): number =>
  n === 0 ? 0 : times(x, p) + (n === x ? 0 : (n - x) * Math.log1p(-p))

/**
 * Kupiec's unconditional coverage test, LR = -2 ln[(1 - p)^(n-x) p^x/((1 - x/n)^(n-x) (x/n)^x)] against chi-squared with 1: whether x
 * violations in n days agree with the rate p (0.05 for a VaR of 95 %).
 * @throws MathError `out-of-domain` for a rate not inside 0 and 1, or violations not between 0 and n
 */
export function kupiecTest(violations: number, observations: number, rate: number): TestResult {
  requireInteger('the number of observations', observations, 1)
  requireInteger('the number of violations', violations, 0, observations)
  requireShare('the rate', rate, true)
  const [x, n] = [violations, observations]
  return chiSquaredTest(Math.max(0, 2 * (logLikelihood(x, n, x / n) - logLikelihood(x, n, rate))), 1)
}

export interface ChristoffersenResult {
  readonly violations: number
  /** Whether there are as many as there should be. */
  readonly coverage: TestResult
  /** Whether one day's violation says nothing of the next day's; first-order Markov alternative. */
  readonly independence: TestResult
  /** Both together, against chi-squared with 2. */
  readonly conditional: TestResult
}

/**
 * Christoffersen's conditional coverage test: Kupiec's likelihood ratio plus that of independence, -2 ln[L(pi)/L(pi01, pi11)] from the
 * counts of transitions between days with and without a violation, against chi-squared with 2.
 * @param hits one value a day, in order: 1 where the loss was above the value at risk, else 0
 * @throws MathError `too-short` below two days, `out-of-domain` for values other than 0 and 1, or a rate not inside 0 and 1
 */
export function christoffersenTest(hits: Vector, rate: number): ChristoffersenResult {
  requireVector('the violations', hits, 2)
  requireShare('the rate', rate, true)
  const counts = [
    [0, 0],
    [0, 0],
  ]
  let violations = 0
  for (let t = 0; t < hits.length; t++) {
    refuseUnless(hits[t] === 0 || hits[t] === 1, 'out-of-domain', () => `violation ${t} is ${hits[t]}; it is 0 or 1`)
    violations += hits[t]
    if (t > 0) counts[hits[t - 1]][hits[t]] += 1
  }
  const coverage = kupiecTest(violations, hits.length, rate)
  const [[n00, n01], [n10, n11]] = counts
  const after = (x: number, n: number): number => (n === 0 ? 0 : logLikelihood(x, n, x / n))
  const moves = hits.length - 1
  const ratio = 2 * (after(n01, n00 + n01) + after(n11, n10 + n11) - after(n01 + n11, moves))
  const independence = chiSquaredTest(Math.max(0, ratio), 1)
  return { violations, coverage, independence, conditional: chiSquaredTest(coverage.statistic + independence.statistic, 2) }
}
