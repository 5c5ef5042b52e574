/**
 * What the observations say about the hidden states. Only filtered and predicted probabilities know nothing of the future, and may
 * feed trading; smoothed ones and the Viterbi path are for research and labels.
 *
 * Pure. Source: L. R. Rabiner, Proceedings of the IEEE 77 (1989); J. D. Hamilton, Econometrica 57 (1989); A. Viterbi (1967).
 */
import { MathError } from '../error.ts'
import { finiteOr } from '../guard.ts'
import {
  boundsOf,
  compile,
  flatten,
  logDensities,
  requireFeatures,
  stationaryDistribution,
  type CompiledHmm,
  type GaussianHmm,
  type Observations,
} from './model.ts'
import { backward, forward, workspaceOf, type Workspace } from './recursions.ts'

export interface HmmOptions {
  /** Several sequences below one another: how long each is. Default one. */
  readonly lengths?: readonly number[]
  /** `given` (default): the start of the model. `stationary`: that of the transitions, as in Hamilton's filter of statsmodels. */
  readonly initial?: 'given' | 'stationary'
}

export interface FilteredStates {
  /** T rows: P(S_t = k | x_1..x_t). */
  readonly filtered: readonly Float64Array[]
  /** T rows: P(S_{t+1} = k | x_1..x_t), which is filtered x transition. */
  readonly predicted: readonly Float64Array[]
  readonly logLikelihood: number
}

export interface SmoothedStates extends FilteredStates {
  /** T rows: P(S_t = k | x_1..x_T), with knowledge of the future. */
  readonly smoothed: readonly Float64Array[]
  /** K x K, how often each transition is expected to have happened. */
  readonly transitions: readonly Float64Array[]
}

interface Prepared {
  readonly compiled: CompiledHmm
  readonly space: Workspace
  readonly bounds: readonly number[]
  readonly count: number
}

function prepare(model: GaussianHmm, observations: Observations, { lengths, initial = 'given' }: HmmOptions): Prepared {
  const own = compile(model)
  const compiled = initial === 'stationary' ? { ...own, start: stationaryDistribution(model.transition) } : own
  const data = flatten(observations)
  requireFeatures(compiled, data)
  const space = workspaceOf(data.count, compiled.states)
  logDensities(compiled, data, space.logs)
  for (let i = 0; i < space.logs.length; i++) finiteOr('overflow', space.logs[i], 'a log-density')
  return { compiled, space, bounds: boundsOf(lengths, data.count), count: data.count }
}

const rowsOf = (flat: Float64Array, columns: number): Float64Array[] =>
  Array.from({ length: flat.length / columns }, (_, t) => flat.subarray(t * columns, (t + 1) * columns))

/** Filtered x transition for every row. */
function predictedOf({ states, transition }: CompiledHmm, filtered: Float64Array): Float64Array {
  const out = new Float64Array(filtered.length)
  for (let at = 0; at < filtered.length; at += states)
    for (let i = 0; i < states; i++) for (let j = 0; j < states; j++) out[at + j] += filtered[at + i] * transition[i * states + j]
  return out
}

/**
 * Log-likelihood ln p(x_1..x_T) of the observations, by the forward recursion.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain`, `not-positive-definite`, `overflow`
 */
export function hmmLogLikelihood(model: GaussianHmm, observations: Observations, options: HmmOptions = {}): number {
  return filterStates(model, observations, options).logLikelihood
}

/**
 * Filtered probabilities P(S_t = k | x_1..x_t) and predicted ones P(S_{t+1} = k | x_1..x_t); the rows add up to one, and none
 * changes when later observations do.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain`, `not-positive-definite`, `overflow`
 */
export function filterStates(model: GaussianHmm, observations: Observations, options: HmmOptions = {}): FilteredStates {
  const { compiled, space, bounds } = prepare(model, observations, options)
  let logLikelihood = 0
  for (let s = 0; s + 1 < bounds.length; s++) logLikelihood += forward(compiled, space, bounds[s], bounds[s + 1]).logLikelihood
  return {
    filtered: rowsOf(space.filtered, compiled.states),
    predicted: rowsOf(predictedOf(compiled, space.filtered), compiled.states),
    logLikelihood: finiteOr('overflow', logLikelihood, 'the log-likelihood'),
  }
}

/**
 * Smoothed probabilities P(S_t = k | x_1..x_T) by forward and backward, which know the future: for research and labels only; with
 * the filtered ones and the expected numbers of transitions.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain`, `not-positive-definite`, `overflow`
 */
export function smoothStates(model: GaussianHmm, observations: Observations, options: HmmOptions = {}): SmoothedStates {
  const { compiled, space, bounds } = prepare(model, observations, options)
  const transitions = new Float64Array(compiled.states * compiled.states)
  let logLikelihood = 0
  for (let s = 0; s + 1 < bounds.length; s++) {
    const { plain, logLikelihood: own } = forward(compiled, space, bounds[s], bounds[s + 1])
    backward(compiled, space, bounds[s], bounds[s + 1], plain, transitions)
    logLikelihood += own
  }
  return {
    filtered: rowsOf(space.filtered, compiled.states),
    predicted: rowsOf(predictedOf(compiled, space.filtered), compiled.states),
    smoothed: rowsOf(space.smoothed, compiled.states),
    transitions: rowsOf(transitions, compiled.states),
    logLikelihood: finiteOr('overflow', logLikelihood, 'the log-likelihood'),
  }
}

export interface DecodedStates {
  /** T states from 0. */
  readonly path: Int32Array
  /** ln p(path, x_1..x_T). */
  readonly logLikelihood: number
}

/**
 * The single most likely path of states, argmax ln p(s_1..s_T, x_1..x_T) (Viterbi), which knows the future: for research and labels
 * only. Of equally likely ones that with the lower states.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain`, `not-positive-definite`, `overflow`
 */
export function decodeStates(model: GaussianHmm, observations: Observations, options: HmmOptions = {}): DecodedStates {
  const { compiled, space, bounds, count } = prepare(model, observations, options)
  const { states, start, transition } = compiled
  const lnTransition = transition.map(Math.log)
  const path = new Int32Array(count)
  const from = new Uint8Array(count * states)
  let [best, next] = [new Float64Array(states), new Float64Array(states)]
  let logLikelihood = 0
  for (let s = 0; s + 1 < bounds.length; s++) {
    for (let t = bounds[s]; t < bounds[s + 1]; t++) {
      for (let k = 0; k < states; k++) {
        let [highest, via] = [t === bounds[s] ? Math.log(start[k]) : -Infinity, 0]
        if (t > bounds[s])
          for (let i = 0; i < states; i++) {
            const value = best[i] + lnTransition[i * states + k]
            if (value > highest) {
              highest = value
              via = i
            }
          }
        next[k] = highest + space.logs[t * states + k]
        from[t * states + k] = via
      }
      ;[best, next] = [next, best]
    }
    let last = 0
    for (let k = 1; k < states; k++) if (best[k] > best[last]) last = k
    if (best[last] === -Infinity) throw new MathError('out-of-domain', 'no path of states is possible')
    logLikelihood += best[last]
    for (let t = bounds[s + 1] - 1; t >= bounds[s]; t--) {
      path[t] = last
      last = from[t * states + last]
    }
  }
  return { path, logLikelihood: finiteOr('overflow', logLikelihood, 'the log-likelihood') }
}
