/**
 * The slow mathematics of the regimes: a hidden Markov model and a GARCH process, fitted to a window of closed bars. A pure function of
 * plain data, computed where the world computes such things, and put to use when the answer arrives.
 *
 * Pure. Source: J. D. Hamilton, Econometrica 57 (1989); P. Nystrup et al. (2018); T. Bollerslev (1986, 1987).
 */
import { createPrng } from '../../core/random.ts'
import { MathError } from '../../math/error.ts'
import {
  baumWelch,
  filterStates,
  fitHmm,
  matchStates,
  permuteStates,
  StateFilter,
  volatilityOrder,
  type GaussianHmm,
} from '../../math/hmm/index.ts'
import { filterVolatility, fitVolatility, refitVolatility, type VolatilityParameters } from '../../math/volatility/index.ts'
import type { Model } from '../strategy.ts'

/** Numbers of a bar: log return, log range, log volatility. */
export const ROW = 3
/** Standardised features further out than this are taken as this: no bar is impossible. */
export const CLIP = 20

/** A model with the moments of the window it was fitted on, in which its features are expressed. */
export interface FittedStates {
  readonly model: GaussianHmm
  readonly centre: readonly number[]
  readonly scale: readonly number[]
  /** Filtered probabilities of the states at the last bar of the window. */
  readonly filtered: readonly number[]
}

export interface FittedVariance {
  readonly parameters: VolatilityParameters
  readonly mean: number
  /** Of the bar after the window. */
  readonly variance: number
}

export interface RegimeFitInputs {
  /** Rows of the history when it was asked: which question this is. */
  readonly asked: number
  readonly states: number
  readonly seed: string
  /** ROW numbers of every bar, oldest first. */
  readonly rows: Float64Array
  readonly previous: FittedStates | null
  readonly previousVariance: FittedVariance | null
}

/** `first`, `better`: the new parameters are in the answer; otherwise the old ones stay. */
export type FitOutcome = 'first' | 'better' | 'fit-failed' | 'likelihood-dropped'

export interface RegimeFitAnswer {
  readonly asked: number
  readonly bars: number
  readonly states: FittedStates | null
  readonly statesOutcome: FitOutcome
  /** Per bar of the window, in units of its own moments; of the parameters that hold from now on. NaN without any. */
  readonly statesLogLikelihood: number
  readonly variance: FittedVariance | null
  readonly varianceOutcome: FitOutcome
  readonly varianceLogLikelihood: number
}

export const REGIME_FIT = 'regime-fit'

/** By name, for those who compute the requests of a detector. */
export const REGIME_MODELS: Readonly<Record<string, Model>> = {
  [REGIME_FIT]: (inputs) => regimeFit(inputs as RegimeFitInputs),
}

/** Fits both; where one fails the other still counts. */
export function regimeFit(inputs: RegimeFitInputs): RegimeFitAnswer {
  const states = unlessMath(() => fitStates(inputs))
  const variance = unlessMath(() => fitVariance(inputs))
  return {
    asked: inputs.asked,
    bars: inputs.rows.length / ROW,
    states: states?.fitted ?? null,
    statesOutcome: states?.outcome ?? 'fit-failed',
    statesLogLikelihood: states?.logLikelihood ?? Number.NaN,
    variance: variance?.fitted ?? null,
    varianceOutcome: variance?.outcome ?? 'fit-failed',
    varianceLogLikelihood: variance?.logLikelihood ?? Number.NaN,
  }
}

/** Data that no model fits are no defect of the program. */
function unlessMath<T>(compute: () => T): T | undefined {
  try {
    return compute()
  } catch (error) {
    if (error instanceof MathError) return undefined
    throw error
  }
}

interface Outcome<T> {
  readonly fitted: T | null
  readonly outcome: FitOutcome
  readonly logLikelihood: number
}

const FIRST_STARTS = 6
const MORE_STARTS = 2
const STEPS = 100
const PRIOR = 0.01
const FLOOR = 1e-4

function fitStates({ rows, states, seed, previous }: RegimeFitInputs): Outcome<FittedStates> {
  const { centre, scale } = momentsOf(rows)
  const observations = standardised(rows, centre, scale)
  const bars = observations.length
  const prng = createPrng(seed)
  const options = { states, maxIterations: STEPS, transitionPrior: PRIOR, varianceFloor: FLOOR, tolerance: 1e-5 }
  const done = (model: GaussianHmm, outcome: FitOutcome, logLikelihood: number): Outcome<FittedStates> => {
    const filter = new StateFilter(model)
    for (const row of observations) filter.update(row)
    return {
      fitted: { model: plain(model), centre, scale, filtered: Array.from(filter.filtered) },
      outcome,
      logLikelihood: logLikelihood / bars,
    }
  }
  if (previous === null || previous.model.start.length !== states) {
    const first = fitHmm(observations, { ...options, restarts: FIRST_STARTS }, prng)
    return done(first.model, 'first', first.logLikelihood)
  }
  const old = inUnitsOf(previous, centre, scale)
  const before = filterStates(old, observations).logLikelihood
  const warm = unlessMath(() =>
    baumWelch(observations, old, {
      maxIterations: STEPS,
      tolerance: 1e-5,
      transitionPrior: PRIOR,
      varianceFloors: centre.map(() => FLOOR),
    }),
  )
  // A few fresh starts beside the warm one: markets change so that the old optimum may be a poor one.
  const fresh = unlessMath(() => fitHmm(observations, { ...options, restarts: MORE_STARTS }, prng))
  const best =
    warm === undefined || (fresh !== undefined && fresh.logLikelihood > warm.logLikelihood + FRESH_GAIN * bars) ? fresh : warm
  if (best === undefined) return { fitted: null, outcome: 'fit-failed', logLikelihood: before / bars }
  if (best.logLikelihood < before) return { fitted: null, outcome: 'likelihood-dropped', logLikelihood: before / bars }
  return done(named(old, best.model), 'better', best.logLikelihood)
}

/** Log-likelihood per bar that a fresh fit has to gain over the warm one, which keeps its labels by itself. */
const FRESH_GAIN = 0.01

/** States that come after this one are turbulent. */
export const lastCalm = (states: number): number => Math.floor((states - 1) / 2)

/**
 * The labels of the previous model, as long as they mean what they say: where a turbulent state would have a smaller variance of
 * returns than a calm one, the order of the variances decides.
 */
function named(previous: GaussianHmm, next: GaussianHmm): GaussianHmm {
  const matched = permuteStates(next, matchStates(previous, next))
  const order = volatilityOrder(matched)
  const calm = lastCalm(order.length)
  const kept = order.every((state, place) => state > calm === place > calm)
  return kept ? matched : permuteStates(matched, order)
}

function momentsOf(rows: Float64Array): { readonly centre: number[]; readonly scale: number[] } {
  const bars = rows.length / ROW
  const centre = [0, 0, 0]
  const squares = [0, 0, 0]
  for (let i = 0; i < rows.length; i++) centre[i % ROW] += rows[i] / bars
  for (let i = 0; i < rows.length; i++) squares[i % ROW] += squareOf(rows[i] - centre[i % ROW]) / bars
  return { centre, scale: squares.map((square) => (square > 0 ? Math.sqrt(square) : 1)) }
}

const squareOf = (x: number): number => x * x

function standardised(rows: Float64Array, centre: readonly number[], scale: readonly number[]): Float64Array[] {
  return Array.from({ length: rows.length / ROW }, (_, t) =>
    Float64Array.from({ length: ROW }, (__, j) => clipped((rows[t * ROW + j] - centre[j]) / scale[j])),
  )
}

export const clipped = (x: number): number => (x > CLIP ? CLIP : x < -CLIP ? -CLIP : x)

/** The same model with its features in the units of another window. */
function inUnitsOf(
  { model, centre, scale }: FittedStates,
  newCentre: readonly number[],
  newScale: readonly number[],
): GaussianHmm {
  const { start, transition, means, variances = [] } = model
  return {
    start,
    transition,
    means: means.map((row) => Array.from(row, (mean, j) => (mean * scale[j] + centre[j] - newCentre[j]) / newScale[j])),
    variances: variances.map((row) => Array.from(row, (each, j) => (each * scale[j] * scale[j]) / (newScale[j] * newScale[j]))),
  }
}

/** Numbers in ordinary arrays: an answer is plain data. */
const plain = ({ start, transition, means, variances = [] }: GaussianHmm): GaussianHmm => ({
  start: Array.from(start),
  transition: transition.map((row) => Array.from(row)),
  means: means.map((row) => Array.from(row)),
  variances: variances.map((row) => Array.from(row)),
})

function fitVariance({ rows, previousVariance }: RegimeFitInputs): Outcome<FittedVariance> {
  const returns = Float64Array.from({ length: rows.length / ROW }, (_, t) => rows[t * ROW])
  const bars = returns.length
  const done = (parameters: VolatilityParameters, mean: number, outcome: FitOutcome): Outcome<FittedVariance> => {
    const { nextVariance, logLikelihood } = filterVolatility(returns, { model: 'garch', parameters, mean })
    return { fitted: { parameters, mean, variance: nextVariance }, outcome, logLikelihood: logLikelihood / bars }
  }
  if (previousVariance === null) {
    const first = fitVolatility(returns, { model: 'garch', distribution: 'student', errors: 'none' })
    return done(first.parameters, first.mean, 'first')
  }
  const { parameters, mean } = previousVariance
  const refit = refitVolatility({ model: 'garch', parameters, mean }, returns, { errors: 'none' })
  if (!refit.accepted || refit.reason !== 'better')
    return { fitted: null, outcome: refit.reason, logLikelihood: refit.logLikelihood / bars }
  return done(refit.parameters, refit.mean, 'better')
}
