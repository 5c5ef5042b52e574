/**
 * The heterogeneous autoregression of realised variance: a day, a week and a month of it explain the next days.
 *
 * Pure. Source: F. Corsi, Journal of Financial Econometrics 7 (2009); W. K. Newey, K. D. West, Econometrica 55 (1987).
 */
import { refuseUnless, requireInteger, requireNumber, type Vector } from '../guard.ts'
import { leastSquares, quadraticForm } from '../numerics/index.ts'
import { requireEstimable, requireModerate, requireSeries } from './magnitude.ts'

export interface HarOptions {
  /** What is explained is the mean over the next `horizon` days; 1 unless given. */
  readonly horizon?: number
  /** Days of each average, ascending; 1, 5 and 22 unless given (1, 7 and 30 suit a market that never closes). */
  readonly windows?: Vector
  /** Levels of realised variance, or their logarithms. */
  readonly scale?: 'level' | 'log'
  /** Lags of the Newey-West standard errors; the horizon plus 4 unless given. */
  readonly lags?: number
}

export interface HarModel {
  /** The constant, then one coefficient for each window. */
  readonly coefficients: Float64Array
  readonly windows: Float64Array
  readonly horizon: number
  readonly scale: 'level' | 'log'
  /** Residual variance, divided by the degrees of freedom; in units of the target squared. */
  readonly sigma2: number
}

export interface HarFit {
  readonly model: HarModel
  /** Newey-West, Bartlett weights, without a correction for small samples. */
  readonly standardErrors: Float64Array
  /** Share of the target's variance that is explained. */
  readonly r2: number
  readonly observations: number
  readonly residuals: Float64Array
}

const MOST_DAYS = 2000

function requireWindows(windows: Vector): void {
  refuseUnless(windows.length > 0, 'empty', 'there are no windows')
  refuseUnless(windows.length <= 10, 'out-of-domain', () => `${windows.length} windows`)
  for (let i = 0; i < windows.length; i++) {
    requireInteger(`windows[${i}]`, windows[i], 1, MOST_DAYS)
    refuseUnless(i === 0 || windows[i] > windows[i - 1], 'out-of-domain', 'windows ascend')
  }
}

/** The values themselves or their logarithms. */
function transformed(rv: Vector, scale: 'level' | 'log'): Float64Array {
  if (scale !== 'log') return Float64Array.from(rv)
  for (let t = 0; t < rv.length; t++)
    refuseUnless(rv[t] > 0, 'out-of-domain', () => `rv[${t}] is ${rv[t]}; logarithms need values above zero`)
  return Float64Array.from(rv, Math.log)
}

/** 1 and the averages that end at t. */
function regressorsAt(values: Float64Array, windows: Vector, t: number): Float64Array {
  const row = new Float64Array(windows.length + 1)
  row[0] = 1
  let [total, back] = [0, 0]
  for (let w = 0; w < windows.length; w++) {
    for (; back < windows[w]; back++) total += values[t - back]
    row[w + 1] = total / windows[w]
  }
  return row
}

/**
 * HAR-RV: the mean realised variance of the next `horizon` days on a constant and its averages over the last 1, 5 and 22 days, by
 * ordinary least squares with Newey-West standard errors.
 *
 * With `scale: 'log'` logarithms stand on both sides (the logarithm is taken first, then averaged). `rv[t]` is the realised variance
 * of day t, in any unit; the averages end on the day the forecast is made.
 * @throws MathError `too-short` (the longest window plus the horizon plus one more than twice the coefficients), `singular`
 * (constant), `no-variance` (a constant target), `not-finite`, `out-of-domain` (logarithm of zero), `overflow`
 */
export function fitHar(rv: Vector, options: HarOptions = {}): HarFit {
  const { horizon = 1, windows = [1, 5, 22], scale = 'level' } = options
  requireWindows(windows)
  requireInteger('horizon', horizon, 1, MOST_DAYS)
  const { lags = horizon + 4 } = options
  requireInteger('lags', lags, 0, MOST_DAYS)
  const longest = windows[windows.length - 1]
  requireEstimable('rv', rv, longest + horizon + 2 * (windows.length + 1))
  const values = transformed(rv, scale)
  let unit = 0
  for (const each of values) unit = Math.max(unit, Math.abs(each))
  refuseUnless(unit > 0, 'singular', 'all values are zero')
  for (let t = 0; t < values.length; t++) values[t] /= unit
  const rows: Float64Array[] = []
  const target: number[] = []
  for (let t = longest - 1; t + horizon < values.length; t++) {
    rows.push(regressorsAt(values, windows, t))
    let total = 0
    for (let h = 1; h <= horizon; h++) total += values[t + h]
    target.push(total / horizon)
  }
  const { coefficients, residuals, rss, inverseGram } = leastSquares(rows, target)
  const n = rows.length
  let [mean, variation] = [0, 0]
  for (const each of target) mean += each / n
  for (const each of target) variation += (each - mean) ** 2
  refuseUnless(variation > n * 1e-26, 'no-variance', 'the target does not vary')
  const units = Float64Array.from(coefficients, (_, i) => (i === 0 ? unit : 1))
  const covariance = neweyWest(rows, residuals, inverseGram, lags)
  return {
    model: {
      coefficients: coefficients.map((each, i) => each * units[i]),
      windows: Float64Array.from(windows),
      horizon,
      scale,
      sigma2: (rss / (n - rows[0].length)) * unit * unit,
    },
    standardErrors: Float64Array.from(covariance, (row, i) => Math.sqrt(Math.max(0, row[i])) * units[i]),
    r2: 1 - rss / variation,
    observations: n,
    residuals: residuals.map((each) => each * unit),
  }
}

/** (X'X)^-1 S (X'X)^-1 with S the Bartlett-weighted sum of the autocovariances of x_t e_t. */
function neweyWest(
  rows: readonly Float64Array[],
  residuals: Float64Array,
  inverseGram: readonly Float64Array[],
  lags: number,
): Float64Array[] {
  const k = rows[0].length
  const scores = rows.map((row, t) => row.map((each) => each * residuals[t]))
  const middle = Array.from({ length: k }, () => new Float64Array(k))
  for (let lag = 0; lag <= Math.min(lags, rows.length - 1); lag++) {
    const weight = 1 - lag / (lags + 1)
    for (let t = lag; t < rows.length; t++)
      for (let i = 0; i < k; i++)
        for (let j = 0; j < k; j++) {
          const product = weight * scores[t][i] * scores[t - lag][j]
          middle[i][j] += product
          if (lag > 0) middle[j][i] += product
        }
  }
  return inverseGram.map((a) => Float64Array.from(inverseGram, (b) => quadraticForm(middle, a, b)))
}

export interface HarForecast {
  /** Mean realised variance over the next `horizon` days, in the unit of rv. */
  readonly variance: number
  /** The fitted equation's own answer: the same for levels, the expected logarithm for logarithms. */
  readonly equation: number
}

/**
 * The forecast of a HAR model from the last days of rv: its equation, for logarithms exp(equation + sigma^2 / 2).
 *
 * That correction makes the forecast unbiased where errors are normal. A forecast in levels can be negative where the last days were
 * far below the sample's; what to put in its place is the caller's to say.
 * @throws MathError `too-short` (the longest window), `shape`, `not-finite`, `out-of-domain`, `overflow`
 */
export function forecastHar(rv: Vector, model: HarModel): HarForecast {
  requireModel(model)
  const longest = model.windows[model.windows.length - 1]
  requireSeries('rv', rv, longest)
  const last = Float64Array.from({ length: longest }, (_, i) => rv[rv.length - longest + i])
  return forecastOf(transformed(last, model.scale), model)
}

function requireModel({ coefficients, windows, horizon, sigma2 }: HarModel): void {
  requireInteger('horizon', horizon, 1, MOST_DAYS)
  requireWindows(windows)
  requireSeries('coefficients', coefficients)
  refuseUnless(
    coefficients.length === windows.length + 1,
    'shape',
    () => `${coefficients.length} coefficients for ${windows.length} windows`,
  )
  requireNumber('sigma2', sigma2, 0)
}

function forecastOf(values: Float64Array, { coefficients, windows, scale, sigma2 }: HarModel): HarForecast {
  const row = regressorsAt(values, windows, values.length - 1)
  let equation = 0
  for (let i = 0; i < row.length; i++) equation += coefficients[i] * row[i]
  const variance = scale === 'log' ? Math.exp(equation + sigma2 / 2) : equation
  refuseUnless(Number.isFinite(variance), 'overflow', 'the forecast leaves the range of a double')
  return { variance, equation }
}

/** A HAR model one day at a time: its forecast equals `forecastHar` over everything seen so far. */
export class HarStream {
  readonly #model: HarModel
  readonly #last: Float64Array
  #count = 0

  /** @throws MathError `empty`, `shape`, `not-finite`, `out-of-domain` */
  constructor(model: HarModel) {
    requireModel(model)
    this.#model = model
    this.#last = new Float64Array(model.windows[model.windows.length - 1])
  }

  /** The longest window is full. */
  get ready(): boolean {
    return this.#count >= this.#last.length
  }

  /**
   * Takes a day's realised variance in; answers the forecast of the days after it, `undefined` before `ready`.
   * @throws MathError `not-finite`, `out-of-domain`, `overflow`
   */
  update(rv: number): HarForecast | undefined {
    requireModerate('rv', rv)
    const [value] = transformed([rv], this.#model.scale)
    this.#last.copyWithin(0, 1)
    this.#last[this.#last.length - 1] = value
    this.#count += 1
    return this.ready ? forecastOf(this.#last, this.#model) : undefined
  }
}
