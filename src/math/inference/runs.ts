/**
 * The runs test of randomness, which looks only at whether values are above or below a cut.
 *
 * Pure: numbers in, numbers out. Source: A. Wald, J. Wolfowitz, Annals of Mathematical Statistics 11 (1940).
 */
import { refuseUnless, requireNumber, requireVector, type Vector } from '../guard.ts'
import { average } from '../numerics/statistics.ts'
import { median } from '../numerics/quantile.ts'
import { normalTest, type TestResult } from './test-result.ts'

export interface RunsOptions {
  /** Where values are cut: the mean (the default), the median, or a number. Values at the cut count as above. */
  readonly cutoff?: 'mean' | 'median' | number
  /** Continuity correction of a half; by default below 50 values. */
  readonly correction?: boolean
}

export interface RunsResult extends TestResult {
  readonly runs: number
  readonly above: number
  readonly below: number
}

/**
 * Wald-Wolfowitz runs test of randomness: z = (R - m)/s for R runs above and below the cut, m = 2 a b/n + 1,
 * s^2 = 2 a b (2 a b - n)/(n^2 (n - 1)). Few runs (negative z) say that values follow their kind.
 * @throws MathError `too-short` below two values, `no-variance` when all lie on one side
 */
export function runsTest(values: Vector, { cutoff = 'mean', correction }: RunsOptions = {}): RunsResult {
  requireVector('the values', values, 2)
  const cut = typeof cutoff === 'number' ? cutoff : cutoff === 'mean' ? average(values) : median(values)
  requireNumber('the cut', cut)
  const n = values.length
  let [above, runs] = [0, 1]
  for (let t = 0; t < n; t++) {
    if (values[t] >= cut) above += 1
    if (t > 0 && values[t] >= cut !== values[t - 1] >= cut) runs += 1
  }
  const below = n - above
  const product = 2 * above * below
  const variance = (product * (product - n)) / (n * n) / (n - 1)
  refuseUnless(variance > 0, 'no-variance', () => `${above} values above the cut and ${below} below leave nothing to compare`)
  const difference = runs - (product / n + 1)
  const corrected = (correction ?? n < 50) ? Math.sign(difference) * Math.max(0, Math.abs(difference) - 0.5) : difference
  return { ...normalTest(corrected / Math.sqrt(variance)), runs, above, below }
}
