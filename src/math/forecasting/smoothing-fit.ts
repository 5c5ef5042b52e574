/**
 * Exponential smoothing with its parameters and start values estimated: by least squares of one-step errors, and as the state space
 * models of Hyndman et al. (error, trend, season) by likelihood.
 *
 * The recursion of both kinds of error is the same; a likelihood with multiplied errors is least squares of relative errors times the
 * geometric mean of the forecasts. So one search serves all: Levenberg-Marquardt over logits of the parameters and the start values,
 * from several points.
 *
 * Pure. Source: R. J. Hyndman, A. B. Koehler, J. K. Ord, R. D. Snyder, Forecasting with Exponential Smoothing (2008), chapters 2, 5.
 */
import { MathError } from '../error.ts'
import { refuseUnless, requireInteger, requireNumber, type Vector } from '../guard.ts'
import {
  forecastSmoothing,
  type Gains,
  type Memory,
  type Recursion,
  recursionOf,
  requireAboveZero,
  runOver,
  smooth,
  type SmoothingModel,
  type SmoothingParameters,
  type SmoothingRun,
  smoothingStart,
  type SmoothingState,
} from './exponential-smoothing.ts'
import { levenbergMarquardt, type NonlinearFit } from './levenberg-marquardt.ts'
import { requireEstimable, requireSeries } from './magnitude.ts'

/**
 * Where the parameters may lie: `unit` each between 0 and 1; `usual` with gamma below 1 - alpha (Hyndman); `statsmodels` with beta*
 * below alpha, too.
 */
export type SmoothingRegion = 'unit' | 'usual' | 'statsmodels'

export interface SmoothingFitOptions {
  readonly region?: SmoothingRegion
  /** Bounds of phi, 0.8 and 0.995 unless given. */
  readonly damping?: readonly [number, number]
  /** Start values that are kept; they are estimated, too, unless given. */
  readonly start?: SmoothingState
  /** Steps of each search. */
  readonly maxIterations?: number
}

export interface SmoothingFit extends SmoothingRun {
  readonly parameters: SmoothingParameters
  readonly start: SmoothingState
  readonly converged: boolean
}

interface Search {
  readonly recursion: Recursion
  readonly region: SmoothingRegion
  /** Bounds of alpha, beta*, gamma, and of phi. */
  readonly edge: number
  readonly damping: readonly [number, number]
  readonly multipliedErrors: boolean
  readonly fixed: SmoothingState | undefined
  readonly maxIterations: number
}

/**
 * Exponential smoothing fitted by least squares: the parameters and start values with the smallest sum of squared one-step errors.
 *
 * Estimated start values of seasons add up to zero (or have mean one). In the unit of y.
 * @throws MathError `too-short` (two seasons; two values more than there are parameters without a season), `not-finite`,
 * `out-of-domain`, `overflow`, `no-convergence`
 */
export function fitSmoothing(y: Vector, model: SmoothingModel, options: SmoothingFitOptions = {}): SmoothingFit {
  const { region = 'unit', damping = [0.8, 0.995], start, maxIterations = 100 } = options
  const found = search(y, model, {
    recursion: recursionOf(model),
    region,
    edge: 0,
    damping,
    multipliedErrors: false,
    fixed: start,
    maxIterations,
  })
  return Object.assign({}, smooth(y, model, found.parameters, found.start), found)
}

export interface EtsModel {
  /** Errors add to the forecast, or multiply it. */
  readonly error?: 'add' | 'mul'
  readonly trend?: 'add'
  readonly damped?: boolean
  readonly seasonal?: 'add' | 'mul'
  readonly period?: number
}

export interface EtsFit extends SmoothingFit {
  readonly model: EtsModel
  /** beta = alpha beta*, the share of an error that goes into the trend; 0 without a trend. */
  readonly trendGain: number
  /** -n/2 ln(sum of squared errors) - sum ln |scale|: without the constant of the normal density, as in `forecast::ets`. */
  readonly logLikelihood: number
  /** Estimated numbers: parameters, start values (a season has one less than places), and the variance. */
  readonly estimated: number
  readonly aic: number
  readonly aicc: number
  readonly bic: number
  /** Mean squared one-step error, in the unit of y squared. */
  readonly mse: number
  /** Variance of the errors (relative ones where they multiply), divided by n less what was estimated besides the variance. */
  readonly sigma2: number
}

/**
 * Exponential smoothing as a state space model (ETS), fitted by maximum likelihood: level, trend, season with one source of error.
 *
 * The parameters are those of `smooth` (the trend's gain beta is alpha times beta*), alpha, beta*, gamma between 1e-4 and 1 - 1e-4,
 * gamma below 1 - alpha, phi between 0.8 and 0.98.
 * @throws MathError `too-short` (more values than estimated numbers plus one, and two seasons), `not-finite`, `out-of-domain`,
 * `no-variance` (the model describes the series without error), `overflow`, `no-convergence`
 */
export function fitEts(y: Vector, model: EtsModel, options: { readonly maxIterations?: number } = {}): EtsFit {
  const { error = 'add', trend, damped = false, seasonal, period } = model
  const { maxIterations = 100 } = options
  const recursion = recursionOf(model)
  const states = 1 + (trend === undefined ? 0 : 1) + (seasonal === undefined ? 0 : recursion.period - 1)
  const estimated = states + 2 + (trend === undefined ? 0 : 1) + (seasonal === undefined ? 0 : 1) + (damped ? 1 : 0)
  requireEstimable('y', y, estimated + 2)
  if (error === 'mul')
    for (let t = 0; t < y.length; t++)
      refuseUnless(y[t] > 0, 'out-of-domain', () => `y[${t}] is ${y[t]}; errors that multiply need values above zero`)
  const found = search(y, model, {
    recursion,
    region: 'usual',
    edge: 1e-4,
    damping: [0.8, 0.98],
    multipliedErrors: error === 'mul',
    fixed: undefined,
    maxIterations,
  })
  const run = smooth(y, model, found.parameters, found.start)
  const n = y.length
  let [squares, scales, largest] = [0, 0, 0]
  for (let t = 0; t < n; t++) {
    const scale = error === 'mul' ? run.fitted[t] : 1
    squares += (run.residuals[t] / scale) ** 2
    scales += Math.log(Math.abs(scale))
    largest = Math.max(largest, Math.abs(y[t] / scale))
  }
  refuseUnless(squares > n * (1e-13 * largest) ** 2, 'no-variance', 'the model describes the series without error')
  const logLikelihood = -0.5 * n * Math.log(squares) - scales
  const aic = -2 * logLikelihood + 2 * estimated
  return Object.assign({}, run, found, {
    model: {
      error,
      damped,
      ...(trend === undefined ? {} : { trend }),
      ...(seasonal === undefined ? {} : { seasonal, period: period ?? 1 }),
    } as const,
    trendGain: found.parameters.alpha * (found.parameters.beta ?? 0),
    logLikelihood,
    estimated,
    aic,
    aicc: aic + (2 * estimated * (estimated + 1)) / (n - estimated - 1),
    bic: -2 * logLikelihood + Math.log(n) * estimated,
    mse: run.sse / n,
    sigma2: squares / (n - estimated + 1),
  })
}

/**
 * The ETS model with the smallest AICc among candidates, all by default: with and without trend, damping and season.
 *
 * Candidates that cannot be fitted to this series (too short, not above zero) are passed over; the first of equals wins.
 * @throws MathError of the last candidate when none can be fitted
 */
export function selectEts(
  y: Vector,
  options: { readonly period?: number; readonly candidates?: readonly EtsModel[]; readonly maxIterations?: number } = {},
): EtsFit {
  const { period, candidates = candidatesOf(period), maxIterations = 100 } = options
  requireSeries('y', y, 4)
  refuseUnless(candidates.length > 0, 'empty', 'there are no candidates')
  let best: EtsFit | undefined
  let failure: unknown
  for (const candidate of candidates) {
    try {
      const fit = fitEts(y, candidate, { maxIterations })
      if (best === undefined || fit.aicc < best.aicc) best = fit
    } catch (error) {
      if (!(error instanceof MathError)) throw error
      failure = error
    }
  }
  if (best === undefined) throw failure
  return best
}

function candidatesOf(period: number | undefined): EtsModel[] {
  if (period !== undefined) requireInteger('period', period, 1, 10_000)
  const trends: EtsModel[] = [{}, { trend: 'add' }, { trend: 'add', damped: true }]
  if (period === undefined || period < 2) return trends
  const seasons: EtsModel[] = [{}, { seasonal: 'add', period }, { error: 'mul', seasonal: 'mul', period }]
  return seasons.flatMap((season) => trends.map((trend) => Object.assign({}, trend, season)))
}

export interface EtsForecast {
  /** Point forecasts, `[0]` one step ahead, in the unit of y. */
  readonly mean: Float64Array
  /** Standard deviations of the forecast errors; `undefined` for models in which something multiplies. */
  readonly standardErrors: Float64Array | undefined
}

/**
 * Forecasts of a fitted ETS model, with standard errors sigma sqrt(1 + sum c_j^2) where all its parts add.
 *
 * c_j = alpha + beta (phi + ... + phi^j) + gamma at multiples of the period, beta = alpha beta*.
 * @throws MathError `out-of-domain`, `not-finite`, `shape`, `overflow`
 */
export function forecastEts(fit: Pick<EtsFit, 'model' | 'parameters' | 'state' | 'sigma2'>, horizon: number): EtsForecast {
  const { model, parameters, state, sigma2 } = fit
  const mean = forecastSmoothing(model, parameters, state, horizon)
  requireNumber('sigma2', sigma2, 0)
  if (model.error === 'mul' || model.seasonal === 'mul') return { mean, standardErrors: undefined }
  const { alpha, beta = 0, gamma = 0, phi = 1 } = parameters
  const damping = model.damped === true ? phi : 1
  const standardErrors = new Float64Array(horizon)
  let [variance, steps, power] = [1, 0, 1]
  for (let h = 0; h < horizon; h++) {
    standardErrors[h] = Math.sqrt(sigma2 * variance)
    power *= damping
    steps += power
    const seasonal = model.seasonal === 'add' && (h + 1) % (model.period ?? 1) === 0 ? gamma : 0
    const weight = alpha + (model.trend === undefined ? 0 : alpha * beta * steps) + seasonal
    variance += weight * weight
  }
  refuseUnless(standardErrors.every(Number.isFinite), 'overflow', 'a standard error leaves the range of a double')
  return { mean, standardErrors }
}

interface Found {
  readonly parameters: SmoothingParameters
  readonly start: SmoothingState
  readonly converged: boolean
}

function search(y: Vector, model: SmoothingModel, how: Search): Found {
  const { recursion, fixed, multipliedErrors } = how
  const { trend, seasonal, damped, period } = recursion
  requireInteger('maxIterations', how.maxIterations, 1, 10_000)
  requireNumber('damping[0]', how.damping[0], 0, 1)
  requireNumber('damping[1]', how.damping[1], how.damping[0], 1)
  const scale = requireEstimable('y', y, 2 + (trend === 0 ? 0 : 2))
  requireAboveZero(recursion, y)
  const first = fixed ?? smoothingStart(y, model).state
  // What is wrong with a given start is said before the search begins.
  smooth(y, model, { alpha: 0.5, beta: 0.1, gamma: 0.1, phi: 0.9 }, first)
  if (scale === 0) {
    refuseUnless(!multipliedErrors, 'no-variance', 'all values are zero')
    return { parameters: parametersOf(how, [0, 0, 0, 0]), start: first, converged: true }
  }
  // In units of the largest value, all unknowns are of the order of one.
  const series = Float64Array.from(y, (each) => each / scale)
  const n = series.length
  const perLevel = seasonal === 2 ? 1 : scale
  const states =
    fixed === undefined
      ? [
          first.level / scale,
          ...(trend === 0 ? [] : [(first.trend ?? 0) / (trend === 1 ? scale : 1)]),
          ...Array.from(first.seasonal ?? [], (each) => each / perLevel),
        ]
      : []
  const memory: Memory = { level: 0, trend: 0, season: new Float64Array(seasonal === 0 ? 0 : period), at: 0 }
  const free = (trend === 0 ? 1 : 2) + (seasonal === 0 ? 0 : 1) + (damped ? 1 : 0)
  const restart = (x: Float64Array): void => {
    memory.at = 0
    if (fixed === undefined) {
      memory.level = x[free]
      memory.trend = trend === 0 ? 0 : x[free + 1]
      for (let i = 0; i < memory.season.length; i++) memory.season[i] = x[free + (trend === 0 ? 1 : 2) + i]
    } else {
      memory.level = fixed.level / scale
      memory.trend = trend === 0 ? 0 : (fixed.trend ?? 0) / (trend === 1 ? scale : 1)
      for (let i = 0; i < memory.season.length; i++) memory.season[i] = (fixed.seasonal?.[i] ?? 0) / perLevel
    }
  }
  const gains = (x: Float64Array): Gains => gainsAt(how, x)
  const residuals = (x: Float64Array, into: Float64Array): number => {
    restart(x)
    if (trend === 2 && !(memory.trend > 0)) return Infinity
    const sse = runOver(recursion, gains(x), memory, series, into)
    let logs = 0
    for (let t = 0; t < n; t++) {
      const fitted = into[t]
      // A forecast of the wrong sign has no place in a model of values above zero.
      if ((multipliedErrors || seasonal === 2 || trend === 2) && !(fitted > 0)) return Infinity
      if (multipliedErrors) logs += Math.log(fitted)
      into[t] = (series[t] - fitted) / (multipliedErrors ? fitted : 1)
    }
    if (!multipliedErrors) return Number.isFinite(sse) ? sse : Infinity
    const factor = Math.exp(logs / n)
    let total = 0
    for (let t = 0; t < n; t++) {
      into[t] *= factor
      total += into[t] * into[t]
    }
    return Number.isFinite(total) ? total : Infinity
  }
  const into = new Float64Array(n)
  const points = starts(recursion)
    .map((logits) => Float64Array.from([...logits, ...states]))
    .map((x) => ({ x, value: residuals(x, into) }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => a.value - b.value)
  let best: NonlinearFit | undefined
  // The best points of a grid lie close to one another: every third keeps the searches apart.
  const searches = states.length > 40 ? 2 : 4
  for (let i = 0; i < points.length && i < 3 * searches; i += 3) {
    const found = levenbergMarquardt(residuals, points[i].x, n, { maxIterations: how.maxIterations })
    if (best === undefined || found.value < best.value) best = found
  }
  if (best === undefined) throw new MathError('no-convergence', 'no start of the search is within the domain of the model')
  restart(best.x)
  const begun = { level: memory.level, trend: memory.trend, season: Float64Array.from(memory.season) }
  if (fixed === undefined) centreSeason(recursion, begun)
  const parameters = parametersOf(how, best.x)
  const start: SmoothingState =
    fixed ??
    ({
      level: begun.level * scale,
      ...(trend === 0 ? {} : { trend: begun.trend * (trend === 1 ? scale : 1) }),
      ...(seasonal === 0 ? {} : { seasonal: begun.season.map((each) => each * perLevel) }),
    } as const)
  return { parameters, start, converged: best.converged }
}

/** Level and season are determined up to a constant; the season is given mean zero, or one. */
function centreSeason({ seasonal, trend }: Recursion, begun: { level: number; trend: number; season: Float64Array }): void {
  if (seasonal === 0) return
  let mean = 0
  for (const each of begun.season) mean += each / begun.season.length
  if (seasonal === 1) {
    begun.level += mean
    for (let i = 0; i < begun.season.length; i++) begun.season[i] -= mean
    return
  }
  begun.level *= mean
  if (trend === 1) begun.trend *= mean
  for (let i = 0; i < begun.season.length; i++) begun.season[i] /= mean
}

const logistic = (u: number): number => (u >= 0 ? 1 / (1 + Math.exp(-u)) : Math.exp(u) / (1 + Math.exp(u)))
const logit = (p: number): number => Math.log(p / (1 - p))

function gainsAt(how: Search, x: ArrayLike<number>): Gains {
  const { recursion, region, edge, damping } = how
  const between = (u: number, highest: number): number => edge + Math.max(0, highest - edge) * logistic(u)
  let at = 0
  const alpha = between(x[at++], 1 - edge)
  const beta = recursion.trend === 0 ? 0 : between(x[at++], region === 'statsmodels' ? alpha : 1 - edge)
  const gamma = recursion.seasonal === 0 ? 0 : between(x[at++], region === 'unit' ? 1 - edge : 1 - alpha)
  const phi = recursion.damped ? damping[0] + (damping[1] - damping[0]) * logistic(x[at]) : 1
  return { alpha, beta, gamma, phi }
}

function parametersOf(how: Search, x: ArrayLike<number>): SmoothingParameters {
  const { alpha, beta, gamma, phi } = gainsAt(how, x)
  return {
    alpha,
    ...(how.recursion.trend === 0 ? {} : { beta }),
    ...(how.recursion.seasonal === 0 ? {} : { gamma }),
    ...(how.recursion.damped ? { phi } : {}),
  }
}

function starts(recursion: Recursion): number[][] {
  const alphas = [0.05, 0.2, 0.5, 0.8, 0.95]
  const betas = recursion.trend === 0 ? [undefined] : [0.02, 0.2, 0.6]
  const gammas = recursion.seasonal === 0 ? [undefined] : [0.05, 0.3, 0.7]
  const phis = recursion.damped ? [0.3, 0.8] : [undefined]
  return alphas.flatMap((a) =>
    betas.flatMap((b) =>
      gammas.flatMap((g) => phis.map((p) => [a, b, g, p].filter((each) => each !== undefined).map((each) => logit(each)))),
    ),
  )
}
