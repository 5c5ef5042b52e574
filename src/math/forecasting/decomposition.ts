/**
 * A series apart into trend, season and remainder, the classical way: a centred moving average a season long, and the mean deviation
 * (or ratio) from it of each place in the season.
 *
 * Pure. Source: M. G. Kendall, A. Stuart, The Advanced Theory of Statistics 3 (1983); R's `decompose`.
 */
import { refuseUnless, requireInteger, type Vector } from '../guard.ts'
import { requireSeries } from './magnitude.ts'

export interface Decomposition {
  /** Centred moving average; `undefined` half a season at both ends. */
  readonly trend: readonly (number | undefined)[]
  /** The seasonal value of each place in the season, y[0]'s first; they add up to zero, or have mean one. */
  readonly figure: Float64Array
  /** `figure` repeated over the series. */
  readonly seasonal: Float64Array
  /** The series without its season: y - seasonal, or y / seasonal. */
  readonly adjusted: Float64Array
}

/**
 * Classical seasonal decomposition: trend by centred moving average, season as the mean of what remains at each place in the season.
 *
 * `mul` divides in place of subtracting and needs values above zero. In the unit of y (factors for `mul`).
 * @throws MathError `too-short` with fewer than two seasons, `not-finite`, `out-of-domain`
 */
export function decompose(y: Vector, period: number, kind: 'add' | 'mul' = 'add'): Decomposition {
  requireInteger('period', period, 2, 10_000)
  requireSeries('y', y, 2 * period)
  if (kind === 'mul') for (let i = 0; i < y.length; i++) refuseUnless(y[i] > 0, 'out-of-domain', () => `y[${i}] is ${y[i]}`)
  const n = y.length
  const half = Math.floor(period / 2)
  const trend = Array.from({ length: n }, (_, t): number | undefined => {
    if (t < half || t + half >= n) return undefined
    let total = 0
    for (let i = -half; i <= half; i++) total += y[t + i] * (period % 2 === 0 && Math.abs(i) === half ? 0.5 : 1)
    return total / period
  })
  const sums = new Float64Array(period)
  const counts = new Float64Array(period)
  for (let t = 0; t < n; t++) {
    const line = trend[t]
    if (line === undefined) continue
    sums[t % period] += kind === 'add' ? y[t] - line : y[t] / line
    counts[t % period] += 1
  }
  const means = sums.map((each, i) => each / counts[i])
  let centre = 0
  for (const each of means) centre += each / period
  const figure = means.map((each) => (kind === 'add' ? each - centre : each / centre))
  const seasonal = Float64Array.from({ length: n }, (_, t) => figure[t % period])
  const adjusted = seasonal.map((each, t) => (kind === 'add' ? y[t] - each : y[t] / each))
  return { trend, figure, seasonal, adjusted }
}
