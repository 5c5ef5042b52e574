/**
 * Exponential smoothing with given parameters: level, trend (damped or not), season (added or multiplied), their recursions, their
 * start values, their forecasts, and a stream that takes one observation at a time.
 *
 * With m = l + phi b (or l b^phi) the level expected before y_t is seen:
 *   l_t = a (y_t - s) + (1 - a) m,   b_t = b* (l_t - l_{t-1}) + (1 - b*) phi b_{t-1},   s_t = g (y_t - m) + (1 - g) s
 * and with divisions in place of differences where the season or the trend multiplies.
 *
 * Pure. Source: R. J. Hyndman, A. B. Koehler, J. K. Ord, R. D. Snyder, Forecasting with Exponential Smoothing (2008), chapter 2;
 * C. C. Holt (1957), P. R. Winters, Management Science 6 (1960), E. S. Gardner, E. McKenzie, Management Science 31 (1985).
 */
import { MathError } from '../error.ts'
import { refuseUnless, requireInteger, requireNumber, type Vector } from '../guard.ts'
import { leastSquares } from '../numerics/index.ts'
import { decompose } from './decomposition.ts'
import { requireModerate, requireSeries } from './magnitude.ts'

export interface SmoothingModel {
  /** How the trend enters; without it there is none. `mul` is a growth factor. */
  readonly trend?: 'add' | 'mul'
  /** The trend shrinks by `phi` a step. */
  readonly damped?: boolean
  /** How the season enters; without it there is none. `mul` needs values above zero. */
  readonly seasonal?: 'add' | 'mul'
  /** Observations in a season; asked for where there is one. */
  readonly period?: number
  /**
   * What the season is measured against: the level expected before the observation (Hyndman, statsmodels; the default), or the new
   * level (the original Holt-Winters, and R's `HoltWinters`).
   */
  readonly seasonalUpdate?: 'expected-level' | 'new-level'
}

export interface SmoothingParameters {
  /** Smoothing of the level, 0 to 1. */
  readonly alpha: number
  /** Smoothing of the trend, applied to differences of levels (often written beta*), 0 to 1. */
  readonly beta?: number
  /** Smoothing of the season, 0 to 1. */
  readonly gamma?: number
  /** Damping of the trend, 0 to 1. */
  readonly phi?: number
}

export interface SmoothingState {
  readonly level: number
  /** Change of the level a step, or its factor; absent without a trend. */
  readonly trend?: number
  /** One value a place in the season, the next observation's first; absent without a season. */
  readonly seasonal?: Vector
}

export interface SmoothingRun {
  /** One-step forecasts: `fitted[t]` is made from observations before t. */
  readonly fitted: Float64Array
  /** y - fitted. */
  readonly residuals: Float64Array
  /** Sum of squared residuals. */
  readonly sse: number
  /** After the last observation. */
  readonly state: SmoothingState
}

/** A model with all its questions answered. */
export interface Recursion {
  /** 0 none, 1 added, 2 multiplied. */
  readonly trend: 0 | 1 | 2
  readonly seasonal: 0 | 1 | 2
  readonly damped: boolean
  readonly period: number
  readonly newLevel: boolean
}

const LONGEST_PERIOD = 10_000

export function recursionOf(model: SmoothingModel): Recursion {
  const { trend, damped = false, seasonal, period, seasonalUpdate = 'expected-level' } = model
  refuseUnless(
    trend === undefined || trend === 'add' || trend === 'mul',
    'out-of-domain',
    () => `trend is ${String(trend)}; it is add or mul, or left out`,
  )
  refuseUnless(
    seasonal === undefined || seasonal === 'add' || seasonal === 'mul',
    'out-of-domain',
    () => `seasonal is ${String(seasonal)}; it is add or mul, or left out`,
  )
  refuseUnless(!damped || trend !== undefined, 'out-of-domain', 'a damped trend needs a trend')
  if (period !== undefined) requireInteger('period', period, 1, LONGEST_PERIOD)
  if (seasonal !== undefined) {
    refuseUnless(period !== undefined, 'out-of-domain', 'a season needs its period')
    requireInteger('period', period, 2, LONGEST_PERIOD)
  }
  const kind = (each: 'add' | 'mul' | undefined): 0 | 1 | 2 => (each === undefined ? 0 : each === 'add' ? 1 : 2)
  return {
    trend: kind(trend),
    seasonal: kind(seasonal),
    damped,
    period: seasonal === undefined || period === undefined ? 1 : period,
    newLevel: seasonalUpdate === 'new-level',
  }
}

/** The parameters as numbers: one that the model does not have is zero, no damping is one. */
export interface Gains {
  readonly alpha: number
  readonly beta: number
  readonly gamma: number
  readonly phi: number
}

function gainsOf(recursion: Recursion, parameters: SmoothingParameters): Gains {
  const { alpha, beta, gamma, phi } = parameters
  const share = (name: string, value: number | undefined, needed: boolean): number => {
    if (value === undefined) {
      refuseUnless(!needed, 'out-of-domain', () => `the model needs ${name}`)
      return 0
    }
    requireNumber(name, value, 0, 1)
    return value
  }
  const damping = share('phi', phi, recursion.damped)
  return {
    alpha: share('alpha', alpha, true),
    beta: share('beta', beta, recursion.trend !== 0),
    gamma: share('gamma', gamma, recursion.seasonal !== 0),
    phi: recursion.damped ? damping : 1,
  }
}

/** What changes from one observation to the next; `season` is a ring that begins at `at`. */
export interface Memory {
  level: number
  trend: number
  readonly season: Float64Array
  at: number
}

function memoryOf(recursion: Recursion, state: SmoothingState): Memory {
  const { level, trend, seasonal } = state
  requireModerate('level', level)
  let b = recursion.trend === 2 ? 1 : 0
  if (recursion.trend !== 0) {
    refuseUnless(trend !== undefined, 'out-of-domain', 'the model needs a trend to start from')
    requireModerate('trend', trend)
    refuseUnless(recursion.trend === 1 || trend > 0, 'out-of-domain', 'a trend that multiplies starts above zero')
    b = trend
  } else if (trend !== undefined) requireModerate('trend', trend)
  const season = new Float64Array(recursion.seasonal === 0 ? 0 : recursion.period)
  if (recursion.seasonal !== 0) {
    refuseUnless(seasonal !== undefined, 'out-of-domain', 'the model needs seasonal values to start from')
    requireSeries('seasonal', seasonal)
    refuseUnless(
      seasonal.length === recursion.period,
      'shape',
      () => `${seasonal.length} seasonal values for a period of ${recursion.period}`,
    )
    for (let i = 0; i < seasonal.length; i++) {
      refuseUnless(recursion.seasonal === 1 || seasonal[i] > 0, 'out-of-domain', 'a season that multiplies starts above zero')
      season[i] = seasonal[i]
    }
  } else if (seasonal !== undefined) requireSeries('seasonal', seasonal)
  return { level, trend: b, season, at: 0 }
}

export function stateOf(recursion: Recursion, { level, trend, season, at }: Memory): SmoothingState {
  const period = season.length
  return {
    level,
    ...(recursion.trend === 0 ? {} : { trend }),
    ...(recursion.seasonal === 0 ? {} : { seasonal: Float64Array.from(season, (_, i) => season[(at + i) % period]) }),
  }
}

/** Takes one observation in and answers its one-step forecast. */
export function advance(recursion: Recursion, gains: Gains, memory: Memory, y: number): number {
  const { alpha, beta, gamma, phi } = gains
  const { level, trend } = memory
  const b = recursion.trend === 2 ? (phi === 1 ? trend : Math.pow(trend, phi)) : phi * trend
  const expected = recursion.trend === 0 ? level : recursion.trend === 1 ? level + b : level * b
  let fitted = expected
  let deseasoned = y
  let season = 0
  if (recursion.seasonal !== 0) {
    season = memory.season[memory.at]
    if (recursion.seasonal === 1) {
      fitted = expected + season
      deseasoned = y - season
    } else {
      fitted = expected * season
      deseasoned = y / season
    }
  }
  const next = alpha * deseasoned + (1 - alpha) * expected
  memory.level = next
  if (recursion.trend === 1) memory.trend = beta * (next - level) + (1 - beta) * b
  else if (recursion.trend === 2) memory.trend = (beta * next) / level + (1 - beta) * b
  if (recursion.seasonal !== 0) {
    const against = recursion.newLevel ? next : expected
    const observed = recursion.seasonal === 1 ? y - against : y / against
    memory.season[memory.at] = gamma * observed + (1 - gamma) * season
    memory.at = memory.at + 1 === memory.season.length ? 0 : memory.at + 1
  }
  return fitted
}

/** A run over the whole series, written into `fitted`; its sum of squared residuals. */
export function runOver(recursion: Recursion, gains: Gains, memory: Memory, y: Vector, fitted: Float64Array): number {
  let sse = 0
  for (let t = 0; t < y.length; t++) {
    fitted[t] = advance(recursion, gains, memory, y[t])
    const error = y[t] - fitted[t]
    sse += error * error
  }
  return sse
}

/** Multiplied seasons and trends are defined for values above zero alone. */
export function requireAboveZero(recursion: Recursion, y: Vector): void {
  if (recursion.seasonal !== 2 && recursion.trend !== 2) return
  for (let t = 0; t < y.length; t++)
    refuseUnless(y[t] > 0, 'out-of-domain', () => `y[${t}] is ${y[t]}; what is multiplied needs values above zero`)
}

function requireFiniteState(run: SmoothingRun): SmoothingRun {
  const { state, sse } = run
  const finite =
    Number.isFinite(sse) &&
    Number.isFinite(state.level) &&
    Number.isFinite(state.trend ?? 0) &&
    Array.from(state.seasonal ?? []).every(Number.isFinite)
  refuseUnless(finite, 'overflow', 'the recursion leaves the range of a double')
  return run
}

/**
 * Exponential smoothing of y with given parameters and start: one-step forecasts, residuals, their sum of squares and the last state.
 *
 * `start` holds before y[0]; `state` after the last y. Everything is in the unit of y (multiplied parts are factors).
 * @throws MathError `empty`, `not-finite`, `out-of-domain` (parameters outside 0 to 1, a part the model needs is missing, values or
 * starts that are not above zero where something multiplies), `shape` (seasonal values against period), `overflow`
 */
export function smooth(y: Vector, model: SmoothingModel, parameters: SmoothingParameters, start: SmoothingState): SmoothingRun {
  requireSeries('y', y)
  const recursion = recursionOf(model)
  requireAboveZero(recursion, y)
  const gains = gainsOf(recursion, parameters)
  const memory = memoryOf(recursion, start)
  const fitted = new Float64Array(y.length)
  const sse = runOver(recursion, gains, memory, y, fitted)
  const residuals = fitted.map((each, t) => y[t] - each)
  return requireFiniteState({ fitted, residuals, sse, state: stateOf(recursion, memory) })
}

/**
 * Forecasts of 1 to `horizon` steps from a state: (l + (phi + ... + phi^h) b) with the season of the target added or multiplied.
 *
 * A trend that multiplies gives l b^(phi + ... + phi^h). In the unit of the series; `[0]` is one step ahead.
 * @throws MathError `out-of-domain`, `not-finite`, `shape`, `overflow`
 */
export function forecastSmoothing(
  model: SmoothingModel,
  parameters: SmoothingParameters,
  state: SmoothingState,
  horizon: number,
): Float64Array {
  requireInteger('horizon', horizon, 1, 1e6)
  const recursion = recursionOf(model)
  const gains = gainsOf(recursion, parameters)
  return forecastFrom(recursion, gains, memoryOf(recursion, state), horizon)
}

function forecastFrom(recursion: Recursion, { phi }: Gains, memory: Memory, horizon: number): Float64Array {
  const { level, trend, season, at } = memory
  const out = new Float64Array(horizon)
  let [damping, steps] = [1, 0]
  for (let h = 0; h < horizon; h++) {
    damping *= phi
    steps += damping
    let value = recursion.trend === 2 ? level * Math.pow(trend, steps) : level + (recursion.trend === 0 ? 0 : steps * trend)
    if (recursion.seasonal === 1) value += season[(at + h) % season.length]
    else if (recursion.seasonal === 2) value *= season[(at + h) % season.length]
    out[h] = value
  }
  refuseUnless(out.every(Number.isFinite), 'overflow', 'a forecast leaves the range of a double')
  return out
}

export interface SmoothingStart {
  readonly state: SmoothingState
  /** The state holds before this observation; what comes before it was used up by the start values. */
  readonly from: number
}

/**
 * Start values of exponential smoothing read off the beginning of the series, in one of two conventions.
 *
 * `seasons`: the level is the mean of the first season, the trend the difference of the means of the first two seasons a step, the
 * seasonal values the deviations (or ratios) of the first season from its mean; without a season the first value and the first
 * difference. All hold before y[0]. `decomposition` (R's `HoltWinters`): level and trend from a line through the trend of the
 * classical decomposition of the first two seasons, the seasonal values from its figure, and they hold before y[period]; without a
 * season the trend is y[1] - y[0] from level y[1] before y[2], and without a trend the level is y[0] before y[1].
 * @throws MathError `too-short`, `not-finite`, `out-of-domain`
 */
export function smoothingStart(
  y: Vector,
  model: SmoothingModel,
  convention: 'seasons' | 'decomposition' = 'seasons',
): SmoothingStart {
  const recursion = recursionOf(model)
  const { period, trend, seasonal } = recursion
  requireSeries('y', y, seasonal === 0 ? (trend === 0 ? 1 : 2) : 2 * period)
  requireAboveZero(recursion, y)
  if (convention === 'decomposition') return startByDecomposition(y, recursion)
  if (seasonal === 0) {
    const growth = trend === 1 ? { trend: y[1] - y[0] } : trend === 2 ? { trend: y[1] / y[0] } : {}
    return { state: { level: y[0], ...growth }, from: 0 }
  }
  let [first, second] = [0, 0]
  for (let i = 0; i < period; i++) {
    first += y[i] / period
    second += y[period + i] / period
  }
  const growth =
    trend === 1 ? { trend: (second - first) / period } : trend === 2 ? { trend: Math.pow(second / first, 1 / period) } : {}
  const figure = Float64Array.from({ length: period }, (_, i) => (seasonal === 1 ? y[i] - first : y[i] / first))
  return { state: { level: first, ...growth, seasonal: figure }, from: 0 }
}

function startByDecomposition(y: Vector, { period, trend, seasonal }: Recursion): SmoothingStart {
  refuseUnless(trend !== 2, 'out-of-domain', 'a trend that multiplies has no start by decomposition')
  if (seasonal === 0)
    return trend === 0 ? { state: { level: y[0] }, from: 1 } : { state: { level: y[1], trend: y[1] - y[0] }, from: 2 }
  const beginning = Float64Array.from({ length: 2 * period }, (_, i) => y[i])
  const parts = decompose(beginning, period, seasonal === 1 ? 'add' : 'mul')
  const line: number[] = []
  for (let i = 0; i < beginning.length; i++) {
    const each = parts.trend[i]
    if (each !== undefined) line.push(each)
  }
  const rows = line.map((_, i) => [1, i + 1])
  const { coefficients } = leastSquares(rows, line)
  return {
    state: { level: coefficients[0], ...(trend === 0 ? {} : { trend: coefficients[1] }), seasonal: parts.figure },
    from: period,
  }
}

/**
 * Exponential smoothing one observation at a time: equal to `smooth` over everything seen so far, at every step.
 */
export class SmoothingStream {
  readonly #recursion: Recursion
  readonly #gains: Gains
  readonly #memory: Memory

  /** @throws MathError as `smooth` does */
  constructor(model: SmoothingModel, parameters: SmoothingParameters, start: SmoothingState) {
    this.#recursion = recursionOf(model)
    this.#gains = gainsOf(this.#recursion, parameters)
    this.#memory = memoryOf(this.#recursion, start)
  }

  /**
   * Takes y in; answers what had been forecast for it.
   * @throws MathError `not-finite`, `out-of-domain`, `overflow`
   */
  update(y: number): number {
    requireModerate('y', y)
    requireAboveZero(this.#recursion, [y])
    const fitted = advance(this.#recursion, this.#gains, this.#memory, y)
    if (!Number.isFinite(fitted) || !Number.isFinite(this.#memory.level) || !Number.isFinite(this.#memory.trend))
      throw new MathError('overflow', 'the recursion leaves the range of a double')
    return fitted
  }

  get state(): SmoothingState {
    return stateOf(this.#recursion, this.#memory)
  }

  /** Forecasts of 1 to `horizon` steps. */
  forecast(horizon: number): Float64Array {
    requireInteger('horizon', horizon, 1, 1e6)
    return forecastFrom(this.#recursion, this.#gains, this.#memory, horizon)
  }
}
