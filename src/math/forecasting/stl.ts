/**
 * A series apart into trend, season and remainder by local regressions (STL): a season that may change, a trend that bends, and
 * weights that keep outliers out of both.
 *
 * Pure. Source: R. B. Cleveland, W. S. Cleveland, J. E. McRae, I. Terpenning, Journal of Official Statistics 6 (1990); defaults
 * as in R's `stl`.
 */
import { refuseUnless, requireInteger, type Vector } from '../guard.ts'
import { median } from '../numerics/index.ts'
import { requireSeries } from './magnitude.ts'

export interface StlOptions {
  /** Seasons a seasonal value is smoothed over, odd, 7 or more; `periodic` (the default) for a season that never changes. */
  readonly seasonalWindow?: number | 'periodic'
  /** Observations the trend is smoothed over, odd; by default the next odd number from 1.5 period / (1 - 1.5 / seasonalWindow). */
  readonly trendWindow?: number
  /** Observations of the low pass that keeps the trend out of the season, odd; by default the next odd number from the period. */
  readonly lowPassWindow?: number
  /** 0 for local means, 1 for local lines. Season 0, trend 1, low pass as the trend, unless given. */
  readonly seasonalDegree?: 0 | 1
  readonly trendDegree?: 0 | 1
  readonly lowPassDegree?: 0 | 1
  /** Local regressions are computed at every so many points and joined by lines: a tenth of their window (R), or all points. */
  readonly jumps?: 'tenth' | 'none'
  /** Outliers are given less weight, in 15 rounds. */
  readonly robust?: boolean
  /** Rounds of season and trend; 2, or 1 when robust. */
  readonly inner?: number
  /** Rounds of weights; 0, or 15 when robust. */
  readonly outer?: number
}

export interface Stl {
  readonly seasonal: Float64Array
  readonly trend: Float64Array
  /** y - seasonal - trend. */
  readonly remainder: Float64Array
  /** Between 0, an outlier, and 1; all 1 unless robust. */
  readonly weights: Float64Array
}

interface Smoother {
  readonly window: number
  readonly degree: 0 | 1
  readonly jump: number
}

/**
 * STL: seasonal, trend and remainder of y by repeated local regression (loess), adding up to y.
 *
 * Each round takes the trend away, smooths every place of the season over the years, takes from that what is slow, and smooths the
 * rest of the series into a new trend. In the unit of y.
 * @throws MathError `too-short` (more than two seasons), `not-finite`, `out-of-domain`, `overflow`
 */
export function stl(y: Vector, period: number, options: StlOptions = {}): Stl {
  const { seasonalWindow = 'periodic', trendDegree = 1, robust = false, jumps = 'tenth' } = options
  const { seasonalDegree = 0, lowPassDegree = trendDegree, inner = robust ? 1 : 2, outer = robust ? 15 : 0 } = options
  requireInteger('period', period, 2, 10_000)
  requireSeries('y', y, 2 * period + 1)
  requireInteger('inner', inner, 1, 1000)
  requireInteger('outer', outer, 0, 1000)
  const n = y.length
  const periodic = seasonalWindow === 'periodic'
  const over = periodic ? 10 * n + 1 : seasonalWindow
  const smoother = (name: string, window: number, degree: 0 | 1): Smoother => {
    requireInteger(name, window, 1, 1e9)
    refuseUnless(degree === 0 || degree === 1, 'out-of-domain', () => `the degree of ${name} is ${String(degree)}; it is 0 or 1`)
    return { window: odd(Math.max(3, window)), degree, jump: jumps === 'none' ? 1 : Math.ceil(window / 10) }
  }
  const bySeason = smoother('seasonalWindow', over, periodic ? 0 : seasonalDegree)
  const byTrend = smoother('trendWindow', options.trendWindow ?? odd(Math.ceil((1.5 * period) / (1 - 1.5 / over))), trendDegree)
  const byLowPass = smoother('lowPassWindow', options.lowPassWindow ?? odd(period), lowPassDegree)
  const series = Float64Array.from(y)
  const trend = new Float64Array(n)
  const seasonal = new Float64Array(n)
  const cycles = new Float64Array(n + 2 * period)
  let weights: Float64Array | undefined
  for (let round = 0; round <= outer; round++) {
    for (let k = 0; k < inner; k++) {
      smoothCycles(
        series.map((each, t) => each - trend[t]),
        period,
        bySeason,
        weights,
        cycles,
      )
      const slow = loess(movingAverage(movingAverage(movingAverage(cycles, period), period), 3), byLowPass, undefined)
      for (let t = 0; t < n; t++) seasonal[t] = cycles[period + t] - slow[t]
      trend.set(
        loess(
          series.map((each, t) => each - seasonal[t]),
          byTrend,
          weights,
        ),
      )
    }
    if (round < outer) weights = bisquare(series.map((each, t) => each - trend[t] - seasonal[t]))
  }
  if (periodic) averageCycles(seasonal, period)
  const remainder = series.map((each, t) => each - seasonal[t] - trend[t])
  refuseUnless(remainder.every(Number.isFinite), 'overflow', 'a part leaves the range of a double')
  return { seasonal, trend, remainder, weights: weights ?? new Float64Array(n).fill(1) }
}

const odd = (value: number): number => (Math.round(value) % 2 === 0 ? Math.round(value) + 1 : Math.round(value))

/** Each place of the season, smoothed over the years and one year further at both ends; `into` begins a year before the series. */
function smoothCycles(
  series: Float64Array,
  period: number,
  how: Smoother,
  weights: Float64Array | undefined,
  into: Float64Array,
): void {
  for (let place = 0; place < period; place++) {
    const length = Math.floor((series.length - 1 - place) / period) + 1
    const years = Float64Array.from({ length }, (_, i) => series[i * period + place])
    const each = weights === undefined ? undefined : Float64Array.from(years, (_, i) => weights[i * period + place])
    const middle = loess(years, how, each)
    const reach = Math.min(how.window, length)
    into[place] = localFit(years, -1, 0, reach - 1, how, each) ?? middle[0]
    for (let i = 0; i < length; i++) into[(i + 1) * period + place] = middle[i]
    into[(length + 1) * period + place] = localFit(years, length, length - reach, length - 1, how, each) ?? middle[length - 1]
  }
}

function averageCycles(seasonal: Float64Array, period: number): void {
  for (let place = 0; place < period; place++) {
    let [total, count] = [0, 0]
    for (let t = place; t < seasonal.length; t += period) {
      total += seasonal[t]
      count += 1
    }
    for (let t = place; t < seasonal.length; t += period) seasonal[t] = total / count
  }
}

function movingAverage(x: Float64Array, length: number): Float64Array {
  const out = new Float64Array(x.length - length + 1)
  let total = 0
  for (let i = 0; i < x.length; i++) {
    total += x[i]
    if (i >= length) total -= x[i - length]
    if (i >= length - 1) out[i - length + 1] = total / length
  }
  return out
}

/** Local regression at every point, or at every `jump`-th and the last with lines in between. */
function loess(y: Float64Array, how: Smoother, weights: Float64Array | undefined): Float64Array {
  const n = y.length
  if (n < 2) return Float64Array.from(y)
  const jump = Math.min(how.jump, n - 1)
  const reach = Math.min(how.window, n)
  const half = (how.window + 1) / 2
  const out = new Float64Array(n)
  const fitAt = (t: number): number => {
    const left = Math.max(0, Math.min(t - half + 1, n - reach))
    return localFit(y, t, left, left + reach - 1, how, weights) ?? y[t]
  }
  let before = 0
  out[0] = fitAt(0)
  while (before < n - 1) {
    const next = Math.min(before + jump, n - 1)
    out[next] = fitAt(next)
    for (let t = before + 1; t < next; t++) out[t] = out[before] + ((out[next] - out[before]) * (t - before)) / (next - before)
    before = next
  }
  return out
}

/** A mean or a line through the points from `left` to `right`, near ones weighing more, at x; `undefined` where all weigh nothing. */
function localFit(
  y: Float64Array,
  x: number,
  left: number,
  right: number,
  { window, degree }: Smoother,
  weights: Float64Array | undefined,
): number | undefined {
  const n = y.length
  const reach = Math.max(x - left, right - x) + (window > n ? Math.floor((window - n) / 2) : 0)
  const tricube = (t: number): number => {
    const distance = Math.abs(t - x)
    if (distance > 0.999999 * reach) return 0
    const weight = distance <= 0.000001 * reach ? 1 : (1 - (distance / reach) ** 3) ** 3
    return weights === undefined ? weight : weight * weights[t]
  }
  let [total, centre, mean] = [0, 0, 0]
  for (let t = left; t <= right; t++) {
    const weight = tricube(t)
    total += weight
    centre += weight * t
    mean += weight * y[t]
  }
  if (!(total > 0)) return undefined
  centre /= total
  mean /= total
  if (degree === 0 || reach === 0) return mean
  let [spread, slope] = [0, 0]
  for (let t = left; t <= right; t++) {
    const weight = tricube(t) / total
    spread += weight * (t - centre) ** 2
    slope += weight * (t - centre) * y[t]
  }
  return Math.sqrt(spread) > 0.001 * (n - 1) ? mean + ((x - centre) * slope) / spread : mean
}

/** (1 - (r / 6 median |r|)^2)^2, 0 beyond. */
function bisquare(remainder: Float64Array): Float64Array {
  const sizes = remainder.map(Math.abs)
  const bound = 6 * median(sizes)
  return sizes.map((size) => (size <= 1e-6 * bound ? 1 : size <= 0.999999 * bound ? (1 - (size / bound) ** 2) ** 2 : 0))
}
