/**
 * Fits for use: many starts, a floor under the variances, a prior on the transitions, states in the order of their volatility; and
 * how many states there are.
 *
 * Pure; chance by the generator that is passed in. Source: L. R. Rabiner (1989); C. Biernacki, G. Celeux, G. Govaert, Computational
 * Statistics & Data Analysis 41 (2003), short runs from many starts; G. Schwarz, Annals of Statistics 6 (1978), BIC.
 */
import type { Prng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import { refuseUnless, requireInteger, requireNumber, requireShare } from '../guard.ts'
import { climb, type BaumWelchOptions, type BaumWelchResult } from './baum-welch.ts'
import { matchStates, permuteStates, volatilityOrder } from './labels.ts'
import { boundsOf, flatten, MOST_STATES, type FlatObservations, type GaussianHmm, type Observations } from './model.ts'
import { filterStates, smoothStates } from './inference.ts'
import { overallOf, startOf } from './starts.ts'
import { climbStationary } from './stationary-fit.ts'
import { workspaceOf } from './recursions.ts'

export interface HmmFitOptions {
  readonly states: number
  readonly covariance?: 'diagonal' | 'full'
  readonly lengths?: readonly number[]
  /** Starts, half of them clusters and half random scales; default 10. */
  readonly restarts?: number
  /** At most so many steps of each start, while one gains 1e-4 of the log-likelihood; then the best three go on. Default 10. */
  readonly shortIterations?: number
  /** Steps of those; default 500. */
  readonly maxIterations?: number
  /** Relative gain of a step at which they end; default 1e-6. */
  readonly tolerance?: number
  /** eps of the Dirichlet(1 + eps) prior on the rows of the transitions; default 0.01. */
  readonly transitionPrior?: number
  /** Lowest variance, as a share of the variance of the feature; default 1e-6. */
  readonly varianceFloor?: number
  /**
   * `free` (default): the start is a parameter. `stationary`: it is the stationary distribution of the transitions, as in Hamilton's
   * filter of statsmodels; then BFGS climbs on from the best of Baum-Welch, without prior and floor.
   */
  readonly initial?: 'free' | 'stationary'
  /** Fewer observations are refused; default 50 states^2. */
  readonly minimumSample?: number
}

const SHORT_TOLERANCE = 1e-4

export interface HmmFit {
  /** States from calm to volatile, see `volatilityOrder`. */
  readonly model: GaussianHmm
  readonly logLikelihood: number
  /** Free parameters: K - 1 (of a free start) + K (K - 1) and those of the emissions. */
  readonly parameters: number
  /** parameters ln T - 2 logLikelihood. */
  readonly bic: number
  /** 2 parameters - 2 logLikelihood. */
  readonly aic: number
  /** Expected share of the bars in each state. */
  readonly occupancy: Float64Array
  readonly iterations: number
  readonly converged: boolean
  /** Starts that did not fail, and those of them whose short run ended within 0.5 of the best. */
  readonly usableStarts: number
  readonly agreeingStarts: number
}

/**
 * Fit of a Gaussian hidden Markov model by Baum-Welch from ten starts or more (k-means clusters and random scales): the highest
 * log-likelihood, with variances above 1e-6 of the whole and a Dirichlet(1 + eps) prior on the rows of the transitions; states
 * ordered by volatility. The same generator gives the same fit.
 * @throws MathError `too-short` below 50 states^2 observations, `no-variance` for a constant feature, `no-convergence` when no
 * start succeeds, `empty`, `not-finite`, `shape`, `out-of-domain`
 */
export function fitHmm(observations: Observations, options: HmmFitOptions, prng: Prng): HmmFit {
  const data = flatten(observations)
  const { states, covariance = 'diagonal', restarts = 10, shortIterations = 10, maxIterations = 500 } = options
  const { transitionPrior = 0.01, varianceFloor = 1e-6, tolerance = 1e-6, lengths } = options
  requireFitOptions(options)
  const { minimumSample = 50 * states * states } = options
  refuseUnless(
    data.count >= Math.max(2, minimumSample),
    'too-short',
    () => `${data.count} observations for ${states} states; ${minimumSample} are needed`,
  )
  const bounds = boundsOf(lengths, data.count)
  const overall = overallOf(data)
  for (const [j, variance] of overall.variances.entries()) {
    refuseUnless(Number.isFinite(variance), 'overflow', () => `the variance of feature ${j} is ${variance}`)
    refuseUnless(variance > 1e-24 * overall.means[j] ** 2 && variance > 1e-290, 'no-variance', () => `feature ${j} does not vary`)
  }
  const space = workspaceOf(data.count, states)
  const climbing: BaumWelchOptions = {
    transitionPrior,
    varianceFloors: Array.from(overall.variances, (variance) => variance * varianceFloor),
    tolerance,
    maxIterations,
  }
  const attempt = (start: GaussianHmm, more: BaumWelchOptions): BaumWelchResult | undefined => {
    try {
      return climb(data, bounds, start, { ...climbing, ...more }, space)
    } catch (error) {
      if (error instanceof MathError) return undefined
      throw error
    }
  }
  const short = Array.from({ length: restarts }, (_, i) => {
    const kind = i % 2 === 0 ? 'clusters' : 'scales'
    const start = startOf(kind, data, overall, states, covariance === 'full', prng.fork(`start ${i}`))
    return attempt(start, { maxIterations: shortIterations, tolerance: Math.max(tolerance, SHORT_TOLERANCE) })
  })
    .filter((each) => each !== undefined)
    .sort((a, b) => b.logLikelihood - a.logLikelihood)
  const best = short
    .slice(0, 3)
    .map(({ model }) => attempt(model, {}))
    .filter((each) => each !== undefined)
    .reduce<BaumWelchResult | undefined>(
      (top, each) => (top === undefined || each.logLikelihood > top.logLikelihood ? each : top),
      undefined,
    )
  const stationary = options.initial === 'stationary'
  if (best === undefined) throw new MathError('no-convergence', `none of ${restarts} starts led to a model`)
  const last = stationary ? climbStationary(data, bounds, best, overall, space, maxIterations) : best
  const model = permuteStates(last.model, volatilityOrder(last.model))
  const parameters = parameterCount(states, data, covariance) - (stationary ? states - 1 : 0)
  return {
    model,
    logLikelihood: last.logLikelihood,
    parameters,
    bic: parameters * Math.log(data.count) - 2 * last.logLikelihood,
    aic: 2 * parameters - 2 * last.logLikelihood,
    occupancy: stateOccupancy(model, observations, lengths),
    iterations: last.iterations,
    converged: last.converged,
    usableStarts: short.length,
    agreeingStarts: short.filter(({ logLikelihood }) => logLikelihood > short[0].logLikelihood - 0.5).length,
  }
}

/** What can be refused without a look at the observations. */
function requireFitOptions(options: HmmFitOptions): void {
  const { states, restarts = 10, shortIterations = 10, maxIterations = 500, minimumSample = 0 } = options
  const { transitionPrior = 0, varianceFloor = 0, tolerance = 0 } = options
  requireInteger('states', states, 1, MOST_STATES)
  requireInteger('restarts', restarts, 1, 1000)
  requireInteger('shortIterations', shortIterations, 1)
  requireInteger('maxIterations', maxIterations, 1)
  requireNumber('minimumSample', minimumSample, 0)
  requireNumber('transitionPrior', transitionPrior, 0)
  requireNumber('tolerance', tolerance, 0)
  requireShare('varianceFloor', varianceFloor)
}

const parameterCount = (states: number, { features }: FlatObservations, covariance: 'diagonal' | 'full'): number =>
  states -
  1 +
  states * (states - 1) +
  states * features +
  (covariance === 'full' ? (states * features * (features + 1)) / 2 : states * features)

function stateOccupancy(model: GaussianHmm, observations: Observations, lengths: readonly number[] | undefined): Float64Array {
  const { smoothed } = smoothStates(model, observations, lengths === undefined ? {} : { lengths })
  return Float64Array.from(
    { length: model.start.length },
    (_, k) => smoothed.reduce((total, row) => total + row[k], 0) / smoothed.length,
  )
}

export interface StateCountOptions extends Omit<HmmFitOptions, 'states'> {
  /** Numbers of states to try; default 1, 2, 3, 4. */
  readonly candidates?: readonly number[]
  /** Lowest expected share of the bars of every state; default 0.05. */
  readonly leastOccupancy?: number
}

export interface StateCountChoice {
  readonly chosen: HmmFit
  readonly states: number
  /** Of each candidate; `undefined` where there are too few observations or the fit failed. */
  readonly bics: readonly (number | undefined)[]
}

/**
 * The number of states with the lowest BIC = p ln T - 2 logL, p = K - 1 + K (K - 1) + emission parameters, among those whose states
 * are all expected in at least 5 % of the bars; with its fit.
 * @throws MathError `no-convergence` when no candidate qualifies, and as `fitHmm`
 */
export function selectStateCount(observations: Observations, options: StateCountOptions, prng: Prng): StateCountChoice {
  const { candidates = [1, 2, 3, 4], leastOccupancy = 0.05, ...rest } = options
  flatten(observations)
  refuseUnless(candidates.length > 0, 'empty', 'there are no candidates')
  requireShare('leastOccupancy', leastOccupancy)
  for (const states of candidates) requireInteger('a candidate', states, 1, MOST_STATES)
  let failure: MathError | undefined
  let chosen: HmmFit | undefined
  const bics = candidates.map((states) => {
    try {
      const fit = fitHmm(observations, { ...rest, states }, prng.fork(`states ${states}`))
      const occupied = fit.occupancy.every((share) => share >= leastOccupancy)
      if (occupied && (chosen === undefined || fit.bic < chosen.bic)) chosen = fit
      return fit.bic
    } catch (error) {
      if (!(error instanceof MathError)) throw error
      failure = error
      return undefined
    }
  })
  if (chosen === undefined)
    throw failure ?? new MathError('no-convergence', 'every candidate has a state that is hardly ever in force')
  return { chosen, states: chosen.model.start.length, bics }
}

export interface HmmRefit {
  /** With the labels of the previous model. */
  readonly model: GaussianHmm
  readonly accepted: boolean
  readonly reason: 'better' | 'fit-failed' | 'likelihood-dropped'
  /** On the new observations. */
  readonly logLikelihood: number
}

/**
 * Refits on new observations and maps the states to the previous labels by `matchStates`; the previous model stays when the fit
 * fails or its log-likelihood on the new observations lies below that of the previous model.
 * @throws MathError as `filterStates` when the previous model does not fit the observations either
 */
export function refitHmm(
  previous: GaussianHmm,
  observations: Observations,
  options: Omit<HmmFitOptions, 'states' | 'covariance'>,
  prng: Prng,
): HmmRefit {
  const { lengths } = options
  const old = filterStates(previous, observations, lengths === undefined ? {} : { lengths }).logLikelihood
  const states = previous.start.length
  requireFitOptions({ ...options, states })
  const kept = { model: previous, accepted: false, logLikelihood: old } as const
  try {
    const covariance = previous.covariances === undefined ? 'diagonal' : 'full'
    const fit = fitHmm(observations, { ...options, states, covariance }, prng)
    if (fit.logLikelihood < old) return { ...kept, reason: 'likelihood-dropped' }
    const model = permuteStates(fit.model, matchStates(previous, fit.model))
    return { model, accepted: true, reason: 'better', logLikelihood: fit.logLikelihood }
  } catch (error) {
    if (!(error instanceof MathError)) throw error
    return { ...kept, reason: 'fit-failed' }
  }
}
