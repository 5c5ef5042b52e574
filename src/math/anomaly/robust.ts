/**
 * Outliers of one series, found by measures that outliers do not move: median, MAD, quartiles; and Grubbs' test for one outlier
 * among normal values.
 *
 * Pure. Sources: B. Iglewicz, D. C. Hoaglin, How to Detect and Handle Outliers (1993); J. W. Tukey, Exploratory Data Analysis
 * (1977); F. R. Hampel, JASA 69 (1974); F. E. Grubbs, Technometrics 11 (1969).
 */
import { refuseUnless, requireInteger, requireNumber, requireShare, requireVector, type Vector } from '../guard.ts'
import { median, quantile } from '../numerics/quantile.ts'
import { normalQuantile, studentQuantile } from '../numerics/special.ts'
import { average, positiveDeviation } from '../numerics/statistics.ts'

/** Makes the MAD of normal values their standard deviation: 1/Phi^-1(3/4), 1.4826. */
export const MAD_SCALE = 1 / normalQuantile(0.75)
/** Makes the mean absolute deviation of normal values their standard deviation. */
const MEAN_DEVIATION_SCALE = Math.sqrt(Math.PI / 2)

/**
 * Median of the absolute deviations from the median, times 1.4826, in the unit of the values; 0 when more than half are equal.
 * @throws MathError `empty`, `not-finite`, `overflow`
 */
export function medianAbsoluteDeviation(values: Vector): number {
  const centre = median(values)
  const distances = Float64Array.from(values, (value) => Math.abs(value - centre))
  refuseUnless(distances.every(Number.isFinite), 'overflow', 'a deviation exceeds the range of a double')
  return MAD_SCALE * median(distances)
}

export interface RobustScores {
  readonly median: number
  /** What the distances are divided by. */
  readonly scale: number
  /** The MAD was zero, and the mean absolute deviation stands in for it. */
  readonly fallback: boolean
  readonly scores: Float64Array
}

/**
 * Robust z-scores (x - median)/(1.4826 MAD); where the MAD is 0, the mean absolute deviation times sqrt(pi/2) takes its place.
 * @throws MathError `no-variance` for values that are all the same; `empty`, `not-finite`, `overflow`
 */
export function robustScores(values: Vector): RobustScores {
  const centre = median(values)
  const mad = medianAbsoluteDeviation(values)
  const scale = mad > 0 ? mad : MEAN_DEVIATION_SCALE * average(Float64Array.from(values, (value) => Math.abs(value - centre)))
  refuseUnless(scale > 1e-14 * Math.abs(centre) && scale > 0, 'no-variance', 'the values do not vary')
  const scores = Float64Array.from(values, (value) => (value - centre) / scale)
  refuseUnless(scores.every(Number.isFinite), 'overflow', 'a score exceeds the range of a double')
  return { median: centre, scale, fallback: mad === 0, scores }
}

/**
 * Indices of values whose robust z-score is beyond the threshold on either side, ascending.
 * @throws MathError as `robustScores`
 */
export function robustOutliers(values: Vector, threshold = 3.5): number[] {
  requireNumber('threshold', threshold, 0)
  return indicesWhere(robustScores(values).scores, (score) => Math.abs(score) > threshold)
}

export interface Fences {
  readonly q1: number
  readonly q3: number
  readonly lower: number
  readonly upper: number
  /** Indices of the values outside, ascending. */
  readonly outliers: number[]
}

/**
 * Tukey's fences q1 - k (q3 - q1) and q3 + k (q3 - q1), quartiles of type 7, and the values outside.
 * @throws MathError `empty`, `not-finite`, `out-of-domain` for a negative k, `overflow`
 */
export function quartileFences(values: Vector, k = 1.5): Fences {
  requireNumber('k', k, 0)
  const [q1, q3] = [quantile(values, 0.25), quantile(values, 0.75)]
  const [lower, upper] = [q1 - k * (q3 - q1), q3 + k * (q3 - q1)]
  refuseUnless(Number.isFinite(lower) && Number.isFinite(upper), 'overflow', 'a fence exceeds the range of a double')
  return { q1, q3, lower, upper, outliers: indicesWhere(values, (value) => value < lower || value > upper) }
}

export interface HampelOptions {
  /** So many values before each one, and after it where the filter looks both ways. */
  readonly halfWindow?: number
  /** Beyond so many scaled MADs from the median of its window a value is an outlier. */
  readonly deviations?: number
  /** `two-sided` sees the future: for cleaning history alone. `trailing` looks at the window before and at the value itself. */
  readonly window?: 'two-sided' | 'trailing'
  /** Of the MAD; 1.4826 rounded as most programs have it. */
  readonly scale?: number
}

/**
 * Hampel's filter: a value further than `deviations` times 1.4826 MAD from the median of its window is replaced by that median.
 * Values whose window is not complete stay as they are.
 *
 * @returns the indices found, ascending, and the filtered series
 * @throws MathError `empty`, `not-finite`, `out-of-domain`
 */
export function hampelFilter(
  values: Vector,
  options: HampelOptions = {},
): { readonly outliers: number[]; readonly filtered: Float64Array } {
  const { halfWindow = 7, deviations = 3, window = 'two-sided', scale = 1.4826 } = options
  requireVector('values', values)
  requireInteger('halfWindow', halfWindow, 1)
  requireNumber('deviations', deviations, 0)
  requireNumber('scale', scale, 0)
  const filtered = Float64Array.from(values)
  const outliers: number[] = []
  const after = window === 'two-sided' ? halfWindow : 0
  for (let i = halfWindow; i < values.length - after; i++) {
    const near = Float64Array.from({ length: halfWindow + after + 1 }, (_, j) => values[i - halfWindow + j])
    const centre = median(near)
    const spread = median(near.map((value) => Math.min(Number.MAX_VALUE, Math.abs(value - centre))))
    if (Math.abs(values[i] - centre) > deviations * scale * spread) {
      outliers.push(i)
      filtered[i] = centre
    }
  }
  return { outliers, filtered }
}

/**
 * Grubbs' two-sided test for one outlier among normal values: G = max |x - mean|/s against
 * (n-1)/sqrt(n) sqrt(t^2/(n - 2 + t^2)), t the alpha/(2n) quantile of Student's t with n - 2 degrees of freedom.
 *
 * @returns the statistic, its critical value, the index of the furthest value (of equally far ones the first), and the verdict
 * @throws MathError `too-short` below three values, `no-variance`, `not-finite`, `out-of-domain`
 */
export function grubbsTest(
  values: Vector,
  alpha = 0.05,
): { readonly statistic: number; readonly critical: number; readonly index: number; readonly isOutlier: boolean } {
  requireVector('values', values, 3)
  requireShare('alpha', alpha, true)
  const n = values.length
  const centre = average(values)
  const spread = positiveDeviation(values)
  let index = 0
  for (let i = 1; i < n; i++) if (Math.abs(values[i] - centre) > Math.abs(values[index] - centre)) index = i
  const statistic = Math.abs(values[index] - centre) / spread
  refuseUnless(Number.isFinite(statistic), 'overflow', 'the statistic exceeds the range of a double')
  const t = studentQuantile(alpha / (2 * n), n - 2)
  const critical = ((n - 1) / Math.sqrt(n)) * Math.sqrt((t * t) / (n - 2 + t * t))
  return { statistic, critical, index, isOutlier: statistic > critical }
}

function indicesWhere(values: Vector, test: (value: number) => boolean): number[] {
  const out: number[] = []
  for (let i = 0; i < values.length; i++) if (test(values[i])) out.push(i)
  return out
}
