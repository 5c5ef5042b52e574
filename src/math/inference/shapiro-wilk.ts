/**
 * The test of Shapiro and Wilk that values are normally distributed, in Royston's form, in double precision or in the single precision it
 * was published in.
 *
 * Pure: numbers in, numbers out. Source: S. S. Shapiro, M. B. Wilk, Biometrika 52 (1965); P. Royston, Applied Statistics 44 (1995),
 * algorithm AS R94; J. D. Beasley, S. G. Springer, Applied Statistics 26 (1977), algorithm AS 111.
 */
import { refuseUnless, type Vector } from '../guard.ts'
import { median, sorted } from '../numerics/quantile.ts'
import { normalQuantile, normalTail } from '../numerics/special.ts'
import { scaledByLargest } from './standardise.ts'
import { type TestResult, testResult } from './test-result.ts'

export interface ShapiroWilkOptions {
  /** 'double' (the default), or 'single' as of the Fortran of 1995, which SciPy before 1.12 answers with: it differs from the 7th digit on. */
  readonly precision?: 'double' | 'single'
}

/** Royston's approximation was made for samples up to this size. */
const LONGEST = 5_000

type Round = (x: number) => number

/** Arithmetic of one precision: every intermediate result is rounded to it. */
interface Arithmetic {
  readonly round: Round
  readonly quantile: (p: number) => number
}

const DOUBLE: Arithmetic = { round: (x) => x, quantile: normalQuantile }
const SINGLE: Arithmetic = { round: Math.fround, quantile: (p) => quantileSingle(p) }

/**
 * Shapiro-Wilk test of normality, W = (sum a_i x_(i))^2/sum (x_i - mean)^2 with Royston's weights and p-value: near 1 for normal values.
 * @throws MathError `too-short` below three values, `out-of-domain` above 5,000, `no-variance`
 */
export function shapiroWilk(values: Vector, { precision = 'double' }: ShapiroWilkOptions = {}): TestResult {
  const scaled = scaledByLargest('the values', values, 3)
  refuseUnless(
    scaled.length <= LONGEST,
    'out-of-domain',
    () => `${scaled.length} values are more than the ${LONGEST} the approximation was made for; Jarque-Bera has no such limit`,
  )
  const arithmetic = precision === 'single' ? SINGLE : DOUBLE
  const { round } = arithmetic
  // Single precision begins with the values as they are.
  const own = precision === 'single' ? Float64Array.from(values) : scaled
  const centre = median(own)
  const x = sorted(own).map((value) => round(value - centre))
  refuseUnless(x[x.length - 1] - x[0] > 1e-19, 'no-variance', 'the values do not vary')
  const missing = lackOfFit(x, weightsOf(x.length, arithmetic), round)
  return testResult(round(1 - missing), round(pValueOf(missing, x.length, round)))
}

function polynomial(coefficients: readonly number[], x: number, round: Round): number {
  let value = round(x * round(coefficients[coefficients.length - 1]))
  for (let i = coefficients.length - 2; i > 0; i--) value = round(round(value + round(coefficients[i])) * x)
  return round(round(coefficients[0]) + value)
}

/** Of the differences between the largest and the smallest value, the next ones, and so on. */
function weightsOf(n: number, { round, quantile }: Arithmetic): Float64Array {
  const half = Math.floor(n / 2)
  if (n === 3) return Float64Array.of(round(Math.SQRT1_2))
  const size = round(n + 0.25)
  const m = Float64Array.from({ length: half }, (_, i) => quantile(round(round(i + 1 - 0.375) / size)))
  let total = 0
  for (const each of m) total = round(total + round(each * each))
  total = round(total * 2)
  const length = round(Math.sqrt(total))
  const root = round(1 / round(Math.sqrt(n)))
  const twice = (value: number): number => round(2 * round(value * value))
  const first = round(polynomial([0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056], root, round) - round(m[0] / length))
  if (n <= 5) {
    const scale = round(Math.sqrt(round(round(total - twice(m[0])) / round(1 - twice(first)))))
    return m.map((each, i) => (i === 0 ? first : round(-each / scale)))
  }
  const second = round(round(-m[1] / length) + polynomial([0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633], root, round))
  const left = round(round(total - twice(m[0])) - twice(m[1]))
  const scale = round(Math.sqrt(round(left / round(round(1 - twice(first)) - twice(second)))))
  return m.map((each, i) => (i === 0 ? first : i === 1 ? second : round(-each / scale)))
}

/** 1 - W as the squared correlation between values and weights leaves it, so that it keeps its digits for W near 1. */
function lackOfFit(x: Float64Array, weights: Float64Array, round: Round): number {
  const n = x.length
  const range = round(x[n - 1] - x[0])
  const weight = (i: number): number => {
    const mirror = n - 1 - i
    return i === mirror ? 0 : i < mirror ? -weights[i] : weights[mirror]
  }
  let [meanX, meanA] = [round(x[0] / range), weight(0)]
  for (let i = 1; i < n; i++) {
    meanX = round(meanX + round(x[i] / range))
    meanA = round(meanA + weight(i))
  }
  meanX = round(meanX / n)
  meanA = round(meanA / n)
  let [aa, xx, ax] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    const a = round(weight(i) - meanA)
    const b = round(round(x[i] / range) - meanX)
    aa = round(aa + round(a * a))
    xx = round(xx + round(b * b))
    ax = round(ax + round(a * b))
  }
  const product = round(aa * xx)
  const root = round(Math.sqrt(product))
  return Math.max(0, round(round(round(root - ax) * round(root + ax)) / product))
}

function pValueOf(missing: number, n: number, round: Round): number {
  if (missing <= 0) return 1
  if (n === 3) {
    const share = Math.asin(Math.sqrt(Math.max(0, 1 - missing)))
    return Math.max(0, (6 / Math.PI) * (share - Math.asin(Math.sqrt(0.75))))
  }
  const y = round(Math.log(missing))
  if (n > 11) {
    const size = round(Math.log(n))
    const centre = polynomial([-1.5861, -0.31082, -0.083751, 0.0038915], size, round)
    const spread = round(Math.exp(polynomial([-0.4803, -0.082676, 0.0030302], size, round)))
    return normalTail(round(round(y - centre) / spread))
  }
  const limit = polynomial([-2.273, 0.459], n, round)
  if (y >= limit) return 0
  const centre = polynomial([0.544, -0.39978, 0.025054, -6.714e-4], n, round)
  const spread = round(Math.exp(polynomial([1.3822, -0.77857, 0.062767, -0.0020322], n, round)))
  return normalTail(round(round(round(-Math.log(round(limit - y))) - centre) / spread))
}

/** The normal quantile of Beasley and Springer in single precision. */
function quantileSingle(p: number): number {
  const f = Math.fround
  const q = f(p - 0.5)
  if (Math.abs(q) <= f(0.42)) {
    const r = f(q * q)
    const above = polynomial([2.50662823884, -18.61500062529, 41.39119773534, -25.44106049637], r, f)
    return f(f(q * above) / polynomial([1, -8.4735109309, 23.08336743743, -21.06224101826, 3.13082909833], r, f))
  }
  const r = f(Math.sqrt(f(-Math.log(q > 0 ? f(1 - p) : p))))
  const above = polynomial([-2.78718931138, -2.29796479134, 4.85014127135, 2.32121276858], r, f)
  const value = f(above / polynomial([1, 3.54388924762, 1.63706781897], r, f))
  return q < 0 ? -value : value
}
