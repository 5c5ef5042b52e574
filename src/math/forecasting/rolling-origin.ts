/**
 * Forecasts judged as they would have been made: fitted on the past of each origin alone, compared with what came, and with the
 * forecasts that cost nothing.
 *
 * Pure; forecasters are the caller's functions. Source: L. J. Tashman, International Journal of Forecasting 16 (2000).
 */
import { refuseUnless, requireInteger, type Vector } from '../guard.ts'
import { meanAbsoluteError, meanAbsoluteScaledError, qlike, rootMeanSquaredError, symmetricPercentageError } from './accuracy.ts'
import { forecastEwma, forecastNaive, forecastSeasonalNaive } from './baselines.ts'
import { requireSeries } from './magnitude.ts'

export interface RollingOptions {
  /** Observations before the first origin. */
  readonly initial: number
  /** Steps forecast from each origin; 1 unless given. */
  readonly horizon?: number
  /** Observations from one origin to the next; 1 unless given. */
  readonly step?: number
  /** All the past of an origin, or its last `initial` observations. */
  readonly window?: 'expanding' | 'rolling'
}

export interface RollingSplit {
  /** The forecast is made from observations `from` up to, not including, `origin`. */
  readonly from: number
  readonly origin: number
  /** It is compared with observations `origin` up to, not including, `until`. */
  readonly until: number
}

/**
 * The splits of a series of `length` observations into past and future at rolling origins; no split's past touches its future.
 * @throws MathError `too-short` (initial plus horizon), `not-finite`, `out-of-domain`
 */
export function rollingOrigins(length: number, options: RollingOptions): RollingSplit[] {
  const { initial, horizon = 1, step = 1, window = 'expanding' } = options
  requireInteger('length', length, 0, 1e7)
  requireInteger('initial', initial, 1)
  requireInteger('horizon', horizon, 1, 1e6)
  requireInteger('step', step, 1)
  refuseUnless(
    length >= initial + horizon,
    'too-short',
    () => `${length} observations; ${initial + horizon} are needed for one split`,
  )
  const out: RollingSplit[] = []
  for (let origin = initial; origin + horizon <= length; origin += step)
    out.push({ from: window === 'rolling' ? origin - initial : 0, origin, until: origin + horizon })
  return out
}

/** Forecasts of 1 to `horizon` steps after a series. */
export type Forecaster = (past: Float64Array, horizon: number) => Vector

export interface ForecastScores {
  /** Mean absolute error, in the unit of y. */
  readonly mae: number
  /** Root mean squared error, in the unit of y. */
  readonly rmse: number
  /** Share between 0 and 2. */
  readonly smape: number
  /** Mean absolute error over that of the (seasonal) naive forecast before the first origin. */
  readonly mase: number
  /** Loss of forecasts of variance; `undefined` where a value or a forecast is not above zero. */
  readonly qlike: number | undefined
}

export interface RollingEvaluation {
  readonly splits: readonly RollingSplit[]
  /** All forecasts, origin after origin, `horizon` for each. */
  readonly forecasts: Float64Array
  /** What came, in the same order. */
  readonly actual: Float64Array
  readonly scores: ForecastScores
}

/**
 * A forecaster's errors over rolling origins: at each, it is given the past alone and its forecasts are compared with what came.
 *
 * The past is a copy, so that a forecaster cannot see or change what is to come. `period` is the season of MASE's naive forecast.
 * @throws MathError `too-short`, `no-denominator` (the series does not change before the first origin), `not-finite`,
 * `shape` (a forecaster answers another number of steps), `out-of-domain`, `overflow`, and what the forecaster throws
 */
export function evaluateForecaster(
  y: Vector,
  forecaster: Forecaster,
  options: RollingOptions & { readonly period?: number },
): RollingEvaluation {
  requireSeries('y', y)
  const { horizon = 1, initial, period = 1 } = options
  const splits = rollingOrigins(y.length, options)
  const forecasts = new Float64Array(splits.length * horizon)
  const actual = new Float64Array(splits.length * horizon)
  const series = Float64Array.from(y)
  for (let s = 0; s < splits.length; s++) {
    const { from, origin } = splits[s]
    const answer = forecaster(series.slice(from, origin), horizon)
    requireSeries('the forecast', answer)
    refuseUnless(answer.length === horizon, 'shape', () => `${answer.length} forecasts for a horizon of ${horizon}`)
    for (let h = 0; h < horizon; h++) {
      forecasts[s * horizon + h] = answer[h]
      actual[s * horizon + h] = series[origin + h]
    }
  }
  return { splits, forecasts, actual, scores: scoresOf(actual, forecasts, series.slice(0, initial), period) }
}

function scoresOf(actual: Float64Array, forecasts: Float64Array, training: Float64Array, period: number): ForecastScores {
  const positive = actual.every((each) => each > 0) && forecasts.every((each) => each > 0)
  return {
    mae: meanAbsoluteError(actual, forecasts),
    rmse: rootMeanSquaredError(actual, forecasts),
    smape: symmetricPercentageError(actual, forecasts),
    mase: meanAbsoluteScaledError(actual, forecasts, training, period),
    qlike: positive ? qlike(actual, forecasts) : undefined,
  }
}

export interface ForecasterJudgement {
  /** Whether the forecaster beats every baseline by the chosen measure: only then is it of use. */
  readonly usable: boolean
  readonly scores: ForecastScores
  readonly baselines: { readonly [name: string]: ForecastScores }
  /** The baseline that is hardest to beat. */
  readonly hardest: string
  /** The forecaster's loss over that baseline's, less one: below zero is better. */
  readonly excess: number
  /** The loss of each forecast (squared for rmse), origin after origin, and that of the hardest baseline: for a Diebold-Mariano test. */
  readonly losses: Float64Array
  readonly hardestLosses: Float64Array
}

/**
 * Whether a forecaster may be used: out of sample, over rolling origins, it has to beat the naive, the seasonal naive (with a
 * `period` of 2 or more) and the EWMA forecast.
 *
 * `measure` is the loss that counts: rmse (default), mae, or qlike for forecasts of variance.
 * @throws MathError as `evaluateForecaster`; `out-of-domain` when qlike is asked of values or forecasts that are not above zero
 */
export function judgeForecaster(
  y: Vector,
  forecaster: Forecaster,
  options: RollingOptions & {
    readonly period?: number
    readonly measure?: 'mae' | 'rmse' | 'qlike'
    /** Memory of the EWMA, 0.94 unless given. */
    readonly lambda?: number
  },
): ForecasterJudgement {
  const { measure = 'rmse', period = 1, lambda = 0.94 } = options
  const own = evaluateForecaster(y, forecaster, options)
  const rivals: Record<string, RollingEvaluation> = {
    naive: evaluateForecaster(y, forecastNaive, options),
    ewma: evaluateForecaster(y, (past, horizon) => forecastEwma(past, horizon, lambda), options),
    ...(period >= 2
      ? { seasonalNaive: evaluateForecaster(y, (past, horizon) => forecastSeasonalNaive(past, horizon, period), options) }
      : {}),
  }
  const lossOf = ({ scores }: RollingEvaluation): number => {
    const value = scores[measure]
    refuseUnless(value !== undefined, 'out-of-domain', 'QLIKE needs values and forecasts above zero')
    return value
  }
  const names = Object.keys(rivals)
  const hardest = names.reduce((best, name) => (lossOf(rivals[name]) < lossOf(rivals[best]) ? name : best), names[0])
  const [mine, theirs] = [lossOf(own), lossOf(rivals[hardest])]
  refuseUnless(theirs > 0, 'no-denominator', 'a baseline is never wrong')
  const loss = (actual: number, forecast: number): number =>
    measure === 'mae'
      ? Math.abs(actual - forecast)
      : measure === 'rmse'
        ? (actual - forecast) ** 2
        : actual / forecast - Math.log(actual / forecast) - 1
  return {
    usable: mine < theirs,
    scores: own.scores,
    baselines: Object.fromEntries(names.map((name) => [name, rivals[name].scores])),
    hardest,
    excess: mine / theirs - 1,
    losses: own.actual.map((each, i) => loss(each, own.forecasts[i])),
    hardestLosses: own.actual.map((each, i) => loss(each, rivals[hardest].forecasts[i])),
  }
}
