/**
 * ARIMA models fitted by exact maximum likelihood, and their order chosen by AICc.
 *
 * Mean, drift and variance have closed forms given the other coefficients, so the search is over those alone, as hyperbolic tangents
 * that stand for partial autocorrelations: every point of the search is stationary and invertible. It begins at the estimates of
 * Hannan and Rissanen and at many fixed points.
 *
 * Pure. Source: A. C. Harvey, Forecasting, Structural Time Series Models and the Kalman Filter (1989); E. J. Hannan, J. Rissanen,
 * Biometrika 69 (1982); J. F. Monahan, Biometrika 71 (1984); C. M. Hurvich, C.-L. Tsai, Biometrika 76 (1989).
 */
import { MathError } from '../error.ts'
import { refuseUnless, requireInteger, requireVector, type Vector } from '../guard.ts'
import { kpss } from '../inference/kpss.ts'
import { bfgs, leastSquares, nelderMead, numericalHessian, choleskyWithJitter, solveCholesky } from '../numerics/index.ts'
import { ArmaFilter, productOfAr, productOfMa, stationary, tryPartials } from './arma.ts'
import type { ArimaModel } from './arima.ts'
import { chooseDifferences, differenceBy, differencingPolynomial } from './differencing.ts'
import { requireEstimable, requireSeries } from './magnitude.ts'

export interface ArimaSpecification {
  /** p, d, q. */
  readonly order: Vector
  /** P, D, Q. */
  readonly seasonalOrder?: Vector
  /** Observations in a season; asked for with a seasonal order. */
  readonly period?: number
  /** Whether a mean is estimated; by default where no differences are taken, the only place where there can be one. */
  readonly mean?: boolean
  /** Whether the slope of a straight line is estimated; with at most one difference. Not by default. */
  readonly drift?: boolean
}

export interface ArimaFit {
  /** To be given to `forecastArima`, `arimaLikelihood`, `ArimaStream`. */
  readonly model: ArimaModel
  /** `ar1`, `ma1`, `sar1`, `sma1`, ..., `mean`, `drift`, as far as the model has them, in this order. */
  readonly coefficients: { readonly [name: string]: number }
  /** By the same names, from the curvature of the likelihood; `undefined` where it has none, at the edge of stationarity. */
  readonly standardErrors: { readonly [name: string]: number } | undefined
  /** Maximum likelihood: divided by the number of differenced values. */
  readonly sigma2: number
  /** The same, divided by that number less the coefficients estimated: what R's `forecast::Arima` calls sigma^2. */
  readonly sigma2Adjusted: number
  readonly logLikelihood: number
  /** Estimated numbers, the variance among them. */
  readonly estimated: number
  readonly aic: number
  readonly aicc: number
  readonly bic: number
  readonly converged: boolean
}

export interface ArimaFitOptions {
  /** Steps of each search, of several. */
  readonly maxIterations?: number
  /** `thorough` searches from a dozen points, `quick` from three; unless given, `quick` where the model reaches back more than 30 steps. */
  readonly effort?: 'thorough' | 'quick'
  /** Whether standard errors are computed; yes unless said otherwise. */
  readonly standardErrors?: boolean
}

interface Shape {
  readonly p: number
  readonly d: number
  readonly q: number
  readonly seasonalP: number
  readonly seasonalD: number
  readonly seasonalQ: number
  readonly period: number
  readonly mean: boolean
  readonly drift: boolean
}

function shapeOf({ order, seasonalOrder = [0, 0, 0], period, mean, drift = false }: ArimaSpecification): Shape {
  for (const [name, values] of Object.entries({ order, seasonalOrder })) {
    requireVector(name, values)
    refuseUnless(values.length === 3, 'shape', () => `${name} has ${values.length} numbers where there are three`)
    for (let i = 0; i < 3; i++) requireInteger(`${name}[${i}]`, values[i], 0, i === 1 ? 3 : 12)
  }
  const [p, d, q] = [order[0], order[1], order[2]]
  const [seasonalP, seasonalD, seasonalQ] = [seasonalOrder[0], seasonalOrder[1], seasonalOrder[2]]
  const seasonal = seasonalP + seasonalD + seasonalQ > 0
  if (period !== undefined) requireInteger('period', period, 1, 400)
  refuseUnless(
    !seasonal || (period !== undefined && period >= 2),
    'out-of-domain',
    'a seasonal order needs its period, 2 or more',
  )
  const differenced = d + seasonalD
  refuseUnless(mean !== true || differenced === 0, 'out-of-domain', 'differences take the mean away; ask for a drift')
  refuseUnless(!drift || differenced <= 1, 'out-of-domain', 'more than one difference takes a straight line away')
  return {
    p,
    d,
    q,
    seasonalP,
    seasonalD,
    seasonalQ,
    period: seasonal && period !== undefined ? period : 1,
    mean: mean ?? differenced === 0,
    drift,
  }
}

/** Coefficients as one list: ar, ma, seasonal ar, seasonal ma. */
interface Parts {
  readonly ar: Float64Array
  readonly ma: Float64Array
  readonly seasonalAr: Float64Array
  readonly seasonalMa: Float64Array
}

function partsOf({ p, q, seasonalP, seasonalQ }: Shape, list: Float64Array): Parts {
  return {
    ar: list.slice(0, p),
    ma: list.slice(p, p + q),
    seasonalAr: list.slice(p + q, p + q + seasonalP),
    seasonalMa: list.slice(p + q + seasonalP, p + q + seasonalP + seasonalQ),
  }
}

/** What is maximised: the differenced series and its regressors, in units of its deviation. */
interface Problem {
  readonly shape: Shape
  readonly series: Float64Array
  readonly regressors: readonly Float64Array[]
}

interface Evaluation {
  readonly slopes: Float64Array
  readonly sigma2: number
  /** -2 ln L / n without its constant: ln sigma^2 + mean of ln F. */
  readonly criterion: number
}

/** The likelihood at the coefficients, with the slopes that are best there, or with given ones. */
function evaluate({ shape, series, regressors }: Problem, parts: Parts, given?: Float64Array): Evaluation {
  const n = series.length
  const columns = regressors.length
  const filter = new ArmaFilter(
    productOfAr(parts.ar, parts.seasonalAr, shape.period),
    productOfMa(parts.ma, parts.seasonalMa, shape.period),
    1 + columns,
  )
  const errors = new Float64Array(n)
  const shaped = regressors.map(() => new Float64Array(n))
  let logs = 0
  for (let t = 0; t < n; t++) {
    const { variance } = filter
    const weight = 1 / Math.sqrt(variance)
    logs += Math.log(variance)
    errors[t] = filter.observe(series[t]) * weight
    for (let c = 0; c < columns; c++) shaped[c][t] = filter.observe(regressors[c][t], c + 1) * weight
    filter.move()
  }
  const slopes = given ?? slopesOf(shaped, errors)
  let squares = 0
  for (let t = 0; t < n; t++) {
    let error = errors[t]
    for (let c = 0; c < columns; c++) error -= slopes[c] * shaped[c][t]
    squares += error * error
  }
  const sigma2 = squares / n
  return { slopes, sigma2, criterion: Math.log(sigma2) + logs / n }
}

function slopesOf(shaped: readonly Float64Array[], errors: Float64Array): Float64Array {
  if (shaped.length === 0) return new Float64Array(0)
  if (shaped.length > 1) {
    const rows = Array.from(errors, (_, t) => shaped.map((column) => column[t]))
    return leastSquares(rows, errors).coefficients
  }
  const [column] = shaped
  let [cross, squares] = [0, 0]
  for (let t = 0; t < errors.length; t++) {
    cross += column[t] * errors[t]
    squares += column[t] * column[t]
  }
  return Float64Array.of(cross / squares)
}

/** Partial autocorrelations just inside of one, so that the stationary distribution exists at every point of the search. */
const INSIDE = 1 - 1e-8

function partsAt(shape: Shape, unbounded: Float64Array): Parts {
  const partials = unbounded.map((u) => INSIDE * Math.tanh(u))
  const { ar, ma, seasonalAr, seasonalMa } = partsOf(shape, partials)
  const negated = (values: Float64Array): Float64Array => stationary(values).map((each) => -each)
  return { ar: stationary(ar), ma: negated(ma), seasonalAr: stationary(seasonalAr), seasonalMa: negated(seasonalMa) }
}

/**
 * An ARIMA model fitted by exact Gaussian maximum likelihood: the stationary, invertible coefficients, the mean and the variance that
 * make the series most likely.
 *
 * The mean is that of the process. Standard errors come from the Hessian of the likelihood over all coefficients, the variance
 * profiled out. The likelihood is that of the differenced series.
 * @throws MathError `empty`, `too-short` (more differenced values than estimated numbers plus one), `not-finite`, `out-of-domain`,
 * `shape`, `no-variance` (the differenced series is constant, or the model describes it without error), `overflow`, `no-convergence`
 */
export function fitArima(y: Vector, specification: ArimaSpecification, options: ArimaFitOptions = {}): ArimaFit {
  const { maxIterations = 100, standardErrors: wanted = true } = options
  requireInteger('maxIterations', maxIterations, 1, 10_000)
  const shape = shapeOf(specification)
  const { p, d, q, seasonalP, seasonalD, seasonalQ, period } = shape
  const searched = p + q + seasonalP + seasonalQ
  const reach = Math.max(p + seasonalP * period, q + seasonalQ * period)
  const { effort = reach > 30 ? 'quick' : 'thorough' } = options
  const estimated = searched + (shape.mean ? 1 : 0) + (shape.drift ? 1 : 0) + 1
  const polynomial = differencingPolynomial({ differences: d, seasonalDifferences: seasonalD, period })
  const lost = polynomial.length - 1
  const largest = requireEstimable('y', y, lost + estimated + 2)
  const { problem, centre, scale } = problemOf(y, shape, polynomial, largest)
  const objective = (unbounded: Float64Array): number => {
    try {
      const { criterion } = evaluate(problem, partsAt(shape, unbounded))
      return Number.isNaN(criterion) ? Infinity : criterion
    } catch (error) {
      if (error instanceof MathError) return Infinity
      throw error
    }
  }
  let best = { x: new Float64Array(0), value: searched === 0 ? objective(new Float64Array(0)) : Infinity, converged: true }
  if (searched > 0) {
    const candidates = startsOf(problem).map((x) => ({ x, value: objective(x) }))
    // A short search from many points, a long one from the best of where these came.
    const nearer = farApart(candidates, effort === 'quick' ? 3 : 12).map(({ x }) =>
      nelderMead(objective, x, { step: 0.2, maxEvaluations: Math.min(40 * searched, 2 * maxIterations) }),
    )
    for (const { x } of farApart(nearer, effort === 'quick' ? 1 : 5)) {
      let found = bfgs(objective, x, { tolerance: 1e-7, maxIterations })
      if (!found.converged) {
        const polished = nelderMead(objective, found.x, { step: 0.05, tolerance: 1e-12, maxEvaluations: 4 * maxIterations })
        if (polished.value <= found.value) found = polished
      }
      if (found.value < best.value) best = { x: Float64Array.from(found.x), value: found.value, converged: found.converged }
    }
    refuseUnless(Number.isFinite(best.value), 'no-convergence', 'the likelihood is not defined at any start of the search')
  }
  const parts = partsAt(shape, best.x)
  const { slopes, sigma2, criterion } = evaluate(problem, parts)
  refuseUnless(sigma2 > 1e-24, 'no-variance', 'the model describes the series without error')
  const n = problem.series.length
  const logLikelihood = -0.5 * n * (Math.log(2 * Math.PI) + 1 + criterion) - n * Math.log(scale)
  const values = [...slopes].map((slope) => slope * scale)
  const mean = shape.mean ? values[0] + centre : undefined
  const drift = shape.drift ? values[values.length - 1] + (shape.mean ? 0 : centre / lineStep(shape)) : undefined
  const names = namesOf(shape)
  const list = [...parts.ar, ...parts.ma, ...parts.seasonalAr, ...parts.seasonalMa]
  const all = [...list, ...(mean === undefined ? [] : [mean]), ...(drift === undefined ? [] : [drift])]
  const aic = -2 * logLikelihood + 2 * estimated
  return {
    model: {
      ar: parts.ar,
      ma: parts.ma,
      seasonalAr: parts.seasonalAr,
      seasonalMa: parts.seasonalMa,
      differences: d,
      seasonalDifferences: seasonalD,
      period,
      mean: mean ?? 0,
      drift: drift ?? 0,
      sigma2: sigma2 * scale * scale,
    },
    coefficients: Object.fromEntries(names.map((name, i) => [name, all[i]])),
    standardErrors: wanted ? errorsOf(problem, Float64Array.from([...list, ...slopes]), searched, scale, names) : undefined,
    sigma2: sigma2 * scale * scale,
    sigma2Adjusted: (sigma2 * scale * scale * n) / (n - estimated + 1),
    logLikelihood,
    estimated,
    aic,
    aicc: aic + (2 * estimated * (estimated + 1)) / (n - estimated - 1),
    bic: -2 * logLikelihood + Math.log(n) * estimated,
    converged: best.converged,
  }
}

/** What one step of the line is after differencing: 1, or the period after a seasonal difference. */
const lineStep = ({ d, seasonalD, period }: Shape): number => (d === 0 && seasonalD > 0 ? period : 1)

function namesOf({ p, q, seasonalP, seasonalQ, mean, drift }: Shape): string[] {
  const counted = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name}${i + 1}`)
  return [
    ...counted('ar', p),
    ...counted('ma', q),
    ...counted('sar', seasonalP),
    ...counted('sma', seasonalQ),
    ...(mean ? ['mean'] : []),
    ...(drift ? ['drift'] : []),
  ]
}

function problemOf(
  y: Vector,
  shape: Shape,
  polynomial: Float64Array,
  largest: number,
): { readonly problem: Problem; readonly centre: number; readonly scale: number } {
  const differenced = differenceBy(polynomial, y)
  const n = differenced.length
  // Where a constant is estimated, the average is taken out first: nothing is lost to rounding where the level is far from zero.
  const centred = shape.mean || (shape.drift && polynomial.length > 1)
  let centre = 0
  if (centred) for (let t = 0; t < n; t++) centre += differenced[t] / n
  let squares = 0
  for (let t = 0; t < n; t++) squares += (differenced[t] - centre) ** 2
  const scale = Math.sqrt(squares / n)
  refuseUnless(scale > 1e-13 * largest, 'no-variance', 'the differenced series does not vary')
  const series = differenced.map((each) => (each - centre) / scale)
  const regressors: Float64Array[] = []
  if (shape.mean) regressors.push(new Float64Array(n).fill(1))
  if (shape.drift) {
    const line = Float64Array.from({ length: y.length }, (_, t) => t + 1)
    regressors.push(Float64Array.from(differenceBy(polynomial, line)))
  }
  return { problem: { shape, series, regressors }, centre, scale }
}

function errorsOf(
  problem: Problem,
  at: Float64Array,
  searched: number,
  scale: number,
  names: readonly string[],
): { readonly [name: string]: number } | undefined {
  if (at.length === 0) return {}
  const n = problem.series.length
  const negative = (x: Float64Array): number => {
    const parts = partsOf(problem.shape, x)
    if (tryPartials(parts.ar) === undefined || tryPartials(parts.seasonalAr) === undefined) return Number.NaN
    return 0.5 * n * evaluate(problem, parts, x.slice(searched)).criterion
  }
  try {
    const hessian = numericalHessian(negative, at, 1e-3)
    if (!hessian.every((row) => row.every(Number.isFinite))) return undefined
    const { factor, jitter } = choleskyWithJitter(hessian)
    if (jitter > 0) return undefined
    const out: Record<string, number> = {}
    for (let i = 0; i < at.length; i++) {
      const unit = new Float64Array(at.length)
      unit[i] = 1
      out[names[i]] = Math.sqrt(solveCholesky(factor, unit)[i]) * (i < searched ? 1 : scale)
    }
    return Object.values(out).every(Number.isFinite) ? out : undefined
  } catch (error) {
    if (error instanceof MathError) return undefined
    throw error
  }
}

interface Start {
  readonly x: Float64Array
  readonly value: number
}

const CANDIDATES = 32

/** The best of the candidates that are not close to a better one: searches from neighbours end at the same place. */
function farApart(candidates: readonly Start[], most: number): Start[] {
  const ascending = candidates.filter(({ value }) => Number.isFinite(value)).sort((one, other) => one.value - other.value)
  const out: Start[] = []
  for (const each of ascending) {
    if (out.length === most) break
    const distance = (other: Start): number =>
      each.x.reduce((largest, u, i) => Math.max(largest, Math.abs(Math.tanh(u) - Math.tanh(other.x[i]))), 0)
    if (out.every((other) => distance(other) > 0.3)) out.push(each)
  }
  return out
}

/**
 * Points the search may begin at, unbounded: an estimate, nothing at all, roots close to the unit circle (where narrow peaks of the
 * likelihood are), and points spread evenly over all partial autocorrelations.
 */
function startsOf(problem: Problem): Float64Array[] {
  const { p, q, seasonalP, seasonalQ } = problem.shape
  const count = p + q + seasonalP + seasonalQ
  const spread = Array.from({ length: CANDIDATES }, (_, k) =>
    Float64Array.from({ length: count }, (_each, i) =>
      Math.atanh(1.9 * (radicalInverse(k + 1, PRIMES[i % PRIMES.length]) - 0.5)),
    ),
  )
  const edges = [[0.9], [-0.9], [0.95, -0.97], [-0.9, -0.97], [0, -0.97]]
  const edge = edges.flatMap((ar) =>
    [[], ...edges].map((ma) =>
      Float64Array.from({ length: count }, (_, i) => Math.atanh((i < p ? ar[i] : i < p + q ? ma[i - p] : undefined) ?? 0)),
    ),
  )
  const estimated = hannanRissanen(problem)
  return [...(estimated === undefined ? [] : [estimated]), new Float64Array(count), ...edge, ...spread]
}

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]

/** The digits of k mirrored at the point: Halton's evenly spread numbers between 0 and 1. */
function radicalInverse(k: number, base: number): number {
  let [out, weight] = [0, 1]
  for (let rest = k; rest > 0; rest = Math.floor(rest / base)) {
    weight /= base
    out += weight * (rest % base)
  }
  return out
}

/** Least squares on past values and on the errors of a long autoregression; seasonal coefficients begin at a tenth. */
function hannanRissanen({ shape, series, regressors }: Problem): Float64Array | undefined {
  const { p, q, seasonalP, seasonalQ } = shape
  try {
    const x =
      regressors.length === 0
        ? series
        : leastSquares(
            Array.from(series, (_, t) => regressors.map((column) => column[t])),
            series,
          ).residuals
    const n = x.length
    const long = Math.min(Math.floor(n / 4), Math.max(p, q) + Math.ceil(2 * Math.log(n)))
    const lagged = (t: number, lags: number, of: Float64Array): number[] => Array.from({ length: lags }, (_, i) => of[t - 1 - i])
    const errors = new Float64Array(n)
    if (q > 0) {
      const rows = Array.from({ length: n - long }, (_, i) => lagged(i + long, long, x))
      errors.set(leastSquares(rows, x.slice(long)).residuals, long)
    }
    const from = Math.max(p, q > 0 ? long + q : 0)
    let coefficients = new Float64Array(p + q)
    if (p + q > 0) {
      const rows = Array.from({ length: n - from }, (_, i) => [...lagged(i + from, p, x), ...lagged(i + from, q, errors)])
      coefficients = Float64Array.from(leastSquares(rows, x.slice(from)).coefficients)
    }
    const inside = (values: Float64Array): Float64Array => {
      // Shrunk towards zero until it is stationary.
      for (let shrink = 1; shrink > 1e-3; shrink *= 0.8) {
        const partials = tryPartials(values.map((each, i) => each * shrink ** (i + 1)))
        if (partials?.every((each) => Math.abs(each) < 0.98) === true) return partials.map(Math.atanh)
      }
      return new Float64Array(values.length)
    }
    const ar = inside(coefficients.slice(0, p))
    const ma = inside(coefficients.slice(p).map((each) => -each))
    return Float64Array.from([...ar, ...ma, ...new Array<number>(seasonalP).fill(0.1), ...new Array<number>(seasonalQ).fill(0.1)])
  } catch (error) {
    if (error instanceof MathError) return undefined
    throw error
  }
}

export interface ArimaSelectionOptions {
  /** Differences, chosen before; by default as many as KPSS asks for at 5 %, at most two (`chooseDifferences`). */
  readonly differences?: number
  readonly highestP?: number
  readonly highestQ?: number
  /**
   * `mean` (the default): models without differences have a mean, others no constant. `either`: each order is tried with and without
   * one, which is a drift after one difference.
   */
  readonly constant?: 'mean' | 'either'
  readonly maxIterations?: number
}

export interface ArimaSelection extends ArimaFit {
  /** p, d, q. */
  readonly order: Float64Array
}

/**
 * The ARIMA model with the smallest AICc over all p and q up to bounds (3 and 3), after as many differences as KPSS asks for at 5 %.
 *
 * Orders are compared after quick searches, the one that is chosen is searched thoroughly.
 * AICc values of other differences are not comparable, so d comes from a test (with 3 sqrt(n)/13 lags) or is given. Orders that cannot
 * be fitted are passed over; of equals, the one with fewer coefficients wins.
 * @throws MathError of the last order when none can be fitted; `too-short`, `not-finite`, `out-of-domain`
 */
export function selectArima(y: Vector, options: ArimaSelectionOptions = {}): ArimaSelection {
  const { highestP = 3, highestQ = 3, constant = 'mean', maxIterations = 100 } = options
  requireSeries('y', y, 4)
  const { differences = chooseDifferences(y, isNotStationary) } = options
  requireInteger('highestP', highestP, 0, 12)
  requireInteger('highestQ', highestQ, 0, 12)
  requireInteger('differences', differences, 0, 3)
  const constants = constant === 'either' && differences <= 1 ? [false, true] : [differences === 0]
  let best: { readonly fit: ArimaFit; readonly specification: ArimaSpecification } | undefined
  let failure: unknown
  for (let total = 0; total <= highestP + highestQ; total++)
    for (let p = Math.max(0, total - highestQ); p <= Math.min(highestP, total); p++)
      for (const has of constants) {
        const specification: ArimaSpecification = {
          order: Float64Array.of(p, differences, total - p),
          mean: has && differences === 0,
          drift: has && differences === 1,
        }
        try {
          const fit = fitArima(y, specification, { maxIterations, effort: 'quick', standardErrors: false })
          if (best === undefined || fit.aicc < best.fit.aicc) best = { fit, specification }
        } catch (error) {
          if (!(error instanceof MathError)) throw error
          failure = error
        }
      }
  if (best === undefined) throw failure
  return Object.assign({}, fitArima(y, best.specification, { maxIterations }), {
    order: Float64Array.from(best.specification.order),
  })
}

/** KPSS at 5 %; what it is not defined for, such as a handful of values, counts as stationary. */
function isNotStationary(values: Float64Array): boolean {
  try {
    return kpss(values, { lags: Math.trunc((3 * Math.sqrt(values.length)) / 13) }).pValue < 0.05
  } catch (error) {
    if (!(error instanceof MathError)) throw error
    return false
  }
}
