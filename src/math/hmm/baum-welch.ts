/**
 * Baum and Welch's algorithm (EM): parameters that make the observations likelier at every step.
 *
 * Pure. Source: L. E. Baum, T. Petrie, G. Soules, N. Weiss, Annals of Mathematical Statistics 41 (1970); L. R. Rabiner (1989).
 */
import { finiteOr, refuseUnless, requireInteger, requireNumber, requireVector } from '../guard.ts'
import {
  boundsOf,
  compile,
  flatten,
  logDensities,
  requireFeatures,
  type FlatObservations,
  type GaussianHmm,
  type Observations,
} from './model.ts'
import { backward, forward, workspaceOf, type Workspace } from './recursions.ts'

export interface BaumWelchOptions {
  readonly lengths?: readonly number[]
  /** Exactly so many steps, whatever is gained. */
  readonly iterations?: number
  /** At most; default 500. */
  readonly maxIterations?: number
  /** Ends when a step gains less: times |log-likelihood| (`relative`), or plain (`absolute`). Default 1e-6, relative. */
  readonly tolerance?: number
  readonly toleranceKind?: 'relative' | 'absolute'
  /** Added to each expected transition, as by a Dirichlet(1 + eps) prior on the rows; default 0, pure likelihood. */
  readonly transitionPrior?: number
  /** Lowest variance of each feature; default 0, pure likelihood. For full covariances it is added to the diagonal. */
  readonly varianceFloors?: readonly number[]
}

export interface BaumWelchResult {
  readonly model: GaussianHmm
  /** Of the model that is returned. */
  readonly logLikelihood: number
  /** Before each step. */
  readonly history: readonly number[]
  readonly iterations: number
  /** The tolerance was reached; true for a fixed number of steps. */
  readonly converged: boolean
}

/**
 * Baum-Welch from given parameters: start = gamma_1, transition = sum xi / sum gamma, means and (co)variances weighted by gamma
 * around the new means (divided by sum gamma); pure maximum likelihood unless a prior or floor is given. A state that nothing is
 * expected in keeps its parameters.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain`, `no-variance` when a state has shrunk to one value,
 * `not-positive-definite`, `overflow`
 */
export function baumWelch(observations: Observations, start: GaussianHmm, options: BaumWelchOptions = {}): BaumWelchResult {
  const data = flatten(observations)
  return climb(data, boundsOf(options.lengths, data.count), start, options)
}

/** `baumWelch` of observations that are laid out already. */
export function climb(
  data: FlatObservations,
  bounds: readonly number[],
  start: GaussianHmm,
  options: BaumWelchOptions,
  space: Workspace = workspaceOf(data.count, start.start.length),
): BaumWelchResult {
  const { iterations, maxIterations = 500, tolerance = 1e-6, toleranceKind = 'relative' } = options
  if (iterations !== undefined) requireInteger('iterations', iterations, 0)
  requireInteger('maxIterations', maxIterations, 1)
  requireNumber('tolerance', tolerance, 0)
  requireNumber('transitionPrior', options.transitionPrior ?? 0, 0)
  requireVector('varianceFloors', options.varianceFloors ?? [], 0)
  const most = iterations ?? maxIterations
  const history: number[] = []
  let model = start
  let logLikelihood = Number.NaN
  for (let step = 0; ; step++) {
    const { transitions, value } = expect(data, bounds, model, space, step < most)
    const gain = value - logLikelihood
    logLikelihood = value
    const enough = tolerance * (toleranceKind === 'relative' ? Math.abs(value) : 1)
    const settled = iterations === undefined && step > 0 && gain < enough
    if (settled || step === most)
      return { model, logLikelihood, history, iterations: step, converged: settled || iterations !== undefined }
    history.push(value)
    if (step === 0) requireFeatures(compile(model), data)
    model = maximise(data, bounds, model, space, transitions, options)
  }
}

/** Fills the smoothed probabilities. */
function expect(
  data: FlatObservations,
  bounds: readonly number[],
  model: GaussianHmm,
  space: Workspace,
  smooth: boolean,
): { readonly transitions: Float64Array; readonly value: number } {
  const compiled = compile(model)
  requireFeatures(compiled, data)
  logDensities(compiled, data, space.logs)
  const transitions = new Float64Array(compiled.states * compiled.states)
  let value = 0
  for (let s = 0; s + 1 < bounds.length; s++) {
    const { plain, logLikelihood } = forward(compiled, space, bounds[s], bounds[s + 1])
    if (smooth) backward(compiled, space, bounds[s], bounds[s + 1], plain, transitions)
    value += logLikelihood
  }
  return { transitions, value: finiteOr('overflow', value, 'the log-likelihood') }
}

function maximise(
  { flat, count, features }: FlatObservations,
  bounds: readonly number[],
  model: GaussianHmm,
  { smoothed }: Workspace,
  transitions: Float64Array,
  { transitionPrior = 0, varianceFloors }: BaumWelchOptions,
): GaussianHmm {
  const states = model.start.length
  const first = new Float64Array(states)
  for (let s = 0; s + 1 < bounds.length; s++) for (let k = 0; k < states; k++) first[k] += smoothed[bounds[s] * states + k]
  const transition = Array.from({ length: states }, (_, i) => {
    let total = 0
    for (let j = 0; j < states; j++) total += transitions[i * states + j] + transitionPrior
    return Float64Array.from({ length: states }, (__, j) =>
      total > TINY ? (transitions[i * states + j] + transitionPrior) / total : model.transition[i][j],
    )
  })
  const weights = new Float64Array(states)
  const means = new Float64Array(states * features)
  for (let k = 0; k < states; k++) {
    let weight = 0
    for (let at = k; at < smoothed.length; at += states) weight += smoothed[at]
    weights[k] = weight
    for (let j = 0; j < features; j++) {
      let total = 0
      for (let t = 0; t < count; t++) total += smoothed[t * states + k] * flat[t * features + j]
      means[k * features + j] = weight > TINY ? total / weight : model.means[k][j]
    }
  }
  const rows = Array.from({ length: states }, (_, k) => means.subarray(k * features, (k + 1) * features))
  const common = { start: normalised(first), transition, means: rows }
  return model.covariances === undefined
    ? { ...common, variances: variancesOf({ flat, count, features }, smoothed, weights, means, model, varianceFloors) }
    : { ...common, covariances: covariancesOf({ flat, count, features }, smoothed, weights, means, model, varianceFloors) }
}

/** A state with less expected presence than this says nothing about its parameters. */
const TINY = 1e-280

function normalised(values: Float64Array): Float64Array {
  const total = values.reduce((a, b) => a + b, 0)
  return values.map((value) => value / total)
}

function variancesOf(
  { flat, count, features }: FlatObservations,
  smoothed: Float64Array,
  weights: Float64Array,
  means: Float64Array,
  model: GaussianHmm,
  floors: readonly number[] | undefined,
): Float64Array[] {
  const states = weights.length
  return Array.from({ length: states }, (_, k) =>
    Float64Array.from({ length: features }, (__, j) => {
      const mean = means[k * features + j]
      let total = 0
      for (let t = 0; t < count; t++) {
        const distance = flat[t * features + j] - mean
        total += smoothed[t * states + k] * distance * distance
      }
      const value = weights[k] > TINY ? total / weights[k] : (model.variances?.[k][j] ?? 0)
      const variance = Math.max(value, floors?.[j] ?? 0)
      refuseUnless(variance > 0, 'no-variance', () => `state ${k} has shrunk to one value of feature ${j}`)
      return variance
    }),
  )
}

function covariancesOf(
  { flat, count, features }: FlatObservations,
  smoothed: Float64Array,
  weights: Float64Array,
  means: Float64Array,
  model: GaussianHmm,
  floors: readonly number[] | undefined,
): Float64Array[][] {
  const distance = new Float64Array(features)
  return Array.from(weights, (total, k) => {
    if (!(total > TINY)) return (model.covariances?.[k] ?? []).map((row) => Float64Array.from(row))
    const out = Array.from({ length: features }, () => new Float64Array(features))
    for (let t = 0; t < count; t++) {
      const weight = smoothed[t * weights.length + k]
      for (let j = 0; j < features; j++) distance[j] = flat[t * features + j] - means[k * features + j]
      for (let i = 0; i < features; i++) for (let j = 0; j <= i; j++) out[i][j] += weight * distance[i] * distance[j]
    }
    for (let i = 0; i < features; i++)
      for (let j = 0; j <= i; j++) {
        out[i][j] = out[i][j] / total + (i === j ? (floors?.[i] ?? 0) : 0)
        out[j][i] = out[i][j]
      }
    return out
  })
}
