/**
 * The local level model: a level that walks at random, seen through noise. Kalman filter, smoother, likelihood, and the variances
 * fitted.
 *
 * y_t = l_t + e_t, l_{t+1} = l_t + n_t, with variances sigma2_irregular and sigma2_level.
 *
 * Pure. Source: J. Durbin, S. J. Koopman, Time Series Analysis by State Space Methods, 2nd ed. (2012), chapter 2.
 */
import { refuseUnless, requireNumber, requirePositive, type Vector } from '../guard.ts'
import { minimiseScalar } from '../numerics/index.ts'
import { requireEstimable, requireModerate, requireSeries } from './magnitude.ts'

export interface LocalLevelVariances {
  /** Variance of the noise, in the unit of y squared. */
  readonly irregular: number
  /** Variance of the level's steps, in the unit of y squared. */
  readonly level: number
}

export interface LocalLevelStart {
  readonly mean: number
  readonly variance: number
}

export interface LocalLevelRun {
  /** Level before y_t is seen; with a diffuse start `predicted[0]` is y[0], there being nothing else to say. */
  readonly predicted: Float64Array
  /** Level after y_t. */
  readonly filtered: Float64Array
  /** Its variance. */
  readonly filteredVariance: Float64Array
  /** Level given the whole series. */
  readonly smoothed: Float64Array
  readonly smoothedVariance: Float64Array
  /** With a diffuse start it leaves the first observation out. */
  readonly logLikelihood: number
}

/**
 * The Kalman filter and smoother of the local level model with given variances, and its Gaussian log-likelihood.
 *
 * Without `start` the level before the first observation is unknown (exactly diffuse): it then is y[0] with the noise's variance.
 * Forecasts at every horizon are the last filtered level.
 * @throws MathError `empty`, `not-finite`, `out-of-domain` (negative, or both variances zero), `overflow`
 */
export function localLevel(y: Vector, variances: LocalLevelVariances, start?: LocalLevelStart): LocalLevelRun {
  const { irregular, level } = variances
  requireSeries('y', y)
  requireNumber('irregular', irregular, 0, 1e250)
  requireNumber('level', level, 0, 1e250)
  refuseUnless(irregular + level >= 1e-250, 'out-of-domain', 'both variances are zero')
  if (start !== undefined) {
    requireModerate('start.mean', start.mean)
    requirePositive('start.variance', start.variance)
    refuseUnless(start.variance >= 1e-250 && start.variance <= 1e250, 'overflow', 'start.variance leaves the range of a double')
  }
  const n = y.length
  const predicted = new Float64Array(n)
  const filtered = new Float64Array(n)
  const filteredVariance = new Float64Array(n)
  let [mean, variance] = start === undefined ? [y[0], Infinity] : [start.mean, start.variance]
  let total = 0
  for (let t = 0; t < n; t++) {
    predicted[t] = mean
    if (variance === Infinity) {
      filtered[t] = y[t]
      filteredVariance[t] = irregular
    } else {
      const f = variance + irregular
      const error = y[t] - mean
      filtered[t] = mean + (variance / f) * error
      filteredVariance[t] = (variance / f) * irregular
      total += Math.log(2 * Math.PI * f) + (error / f) * error
    }
    mean = filtered[t]
    variance = filteredVariance[t] + level
  }
  const smoothed = Float64Array.from(filtered)
  const smoothedVariance = Float64Array.from(filteredVariance)
  for (let t = n - 2; t >= 0; t--) {
    const next = filteredVariance[t] + level
    const gain = next === 0 ? 1 : filteredVariance[t] / next
    smoothed[t] += gain * (smoothed[t + 1] - filtered[t])
    smoothedVariance[t] += gain * gain * (smoothedVariance[t + 1] - next)
  }
  refuseUnless(Number.isFinite(total), 'overflow', 'the likelihood leaves the range of a double')
  return { predicted, filtered, filteredVariance, smoothed, smoothedVariance, logLikelihood: -0.5 * total }
}

export interface LocalLevelFit extends LocalLevelRun {
  readonly variances: LocalLevelVariances
  /** level / irregular; up to 1e6, where the noise has no part. */
  readonly signalToNoise: number
}

/**
 * The local level model with its two variances fitted by diffuse maximum likelihood.
 *
 * The likelihood is concentrated: given the ratio of the variances their scale has a closed form, so that the search is over the
 * logarithm of one ratio, between 1e-8 and 1e6, first on a grid and then by Brent's method.
 * @throws MathError `too-short` (3 values), `no-variance`, `not-finite`, `overflow`
 */
export function fitLocalLevel(y: Vector): LocalLevelFit {
  const largest = requireEstimable('y', y, 3)
  let spread = 0
  for (let t = 0; t < y.length; t++) spread = Math.max(spread, Math.abs(y[t] - y[0]))
  refuseUnless(spread > 1e-13 * largest, 'no-variance', 'the series does not vary')
  const x = Float64Array.from(y, (each) => (each - y[0]) / spread)
  const n = x.length
  let scale = 0
  const criterion = (logRatio: number): number => {
    const ratio = Math.exp(logRatio)
    let [mean, variance, logs, squares] = [x[0], 1 + ratio, 0, 0]
    for (let t = 1; t < n; t++) {
      const f = variance + 1
      const error = x[t] - mean
      const gain = variance / f
      mean += gain * error
      variance = gain + ratio
      logs += Math.log(f)
      squares += (error * error) / f
    }
    scale = squares / (n - 1)
    return Math.log(scale) + logs / (n - 1)
  }
  const [lowest, highest] = [Math.log(1e-8), Math.log(1e6)]
  const steps = 24
  let at = lowest
  for (let i = 1; i <= steps; i++) {
    const point = lowest + ((highest - lowest) * i) / steps
    if (criterion(point) < criterion(at)) at = point
  }
  const width = (highest - lowest) / steps
  const found = minimiseScalar(criterion, Math.max(lowest, at - width), Math.min(highest, at + width), 1e-9)
  criterion(found.x)
  const ratio = Math.exp(found.x)
  const irregular = scale * spread * spread
  const variances = { irregular, level: ratio * irregular }
  return Object.assign({}, localLevel(y, variances), { variances, signalToNoise: ratio })
}
