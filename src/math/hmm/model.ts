/**
 * A hidden Markov model with Gaussian emissions: its parameters, the checks they must pass, and observations laid out flat.
 *
 * Pure: numbers in, numbers out. Source: L. R. Rabiner, Proceedings of the IEEE 77 (1989).
 */
import { MathError } from '../error.ts'
import {
  finiteOr,
  refuseUnless,
  requireInteger,
  requireMatrix,
  requireShare,
  requireSymmetric,
  requireVector,
  type Matrix,
  type Vector,
} from '../guard.ts'
import { cholesky, logDeterminant, solve } from '../numerics/linear-algebra.ts'

/** K states over d features. Either variances (diagonal) or covariances (full). */
export interface GaussianHmm {
  /** K probabilities of the first state, before anything is seen. */
  readonly start: Vector
  /** K x K: row i, column j is P(next state j | state i). */
  readonly transition: Matrix
  /** K x d. */
  readonly means: Matrix
  /** K x d, above zero. */
  readonly variances?: Matrix
  /** K matrices of d x d, positive definite. */
  readonly covariances?: readonly Matrix[]
}

/** Rows below one another, or the values of a single feature. */
export type Observations = Matrix | Vector

export interface FlatObservations {
  readonly flat: Float64Array
  readonly count: number
  readonly features: number
}

export const MOST_STATES = 12
const LN_2PI = Math.log(2 * Math.PI)

export function flatten(observations: Observations): FlatObservations {
  refuseUnless(observations.length > 0, 'empty', 'there are no observations')
  if (isSeries(observations)) {
    requireVector('observations', observations)
    return { flat: Float64Array.from(observations), count: observations.length, features: 1 }
  }
  requireMatrix('observations', observations)
  const features = observations[0].length
  const flat = new Float64Array(observations.length * features)
  for (let t = 0; t < observations.length; t++) for (let j = 0; j < features; j++) flat[t * features + j] = observations[t][j]
  return { flat, count: observations.length, features }
}

const isSeries = (observations: Observations): observations is Vector => typeof observations[0] === 'number'

/** Where sequences begin, and the end: [0, …, count]. One sequence without lengths. */
export function boundsOf(lengths: readonly number[] | undefined, count: number): readonly number[] {
  if (lengths === undefined) return [0, count]
  requireVector('lengths', lengths)
  const bounds = [0]
  for (const length of lengths) {
    requireInteger('a length', length, 1)
    bounds.push(bounds[bounds.length - 1] + length)
  }
  const total = bounds[bounds.length - 1]
  refuseUnless(total === count, 'shape', () => `the lengths add up to ${total}, there are ${count} observations`)
  return bounds
}

/** Parameters in flat arrays, with what the density needs. */
export interface CompiledHmm {
  readonly states: number
  readonly features: number
  readonly start: Float64Array
  readonly transition: Float64Array
  readonly means: Float64Array
  /** K x d of 1 / variance, or `undefined` for full covariances. */
  readonly precisions: Float64Array | undefined
  /** K lower triangles of d x d of full covariances. */
  readonly factors: Float64Array | undefined
  /** -1/2 (d ln 2 pi + ln |Sigma_k|). */
  readonly constants: Float64Array
  /** No transition is so rare that a plain probability could vanish for good. */
  readonly plain: boolean
}

export const PLAIN_FLOOR = 1e-200

/** @throws MathError when it is no such model */
export function compile(model: GaussianHmm): CompiledHmm {
  const { start, transition, means, variances, covariances } = model
  requireVector('start', start)
  const states = start.length
  requireInteger('the number of states', states, 1, MOST_STATES)
  requireDistribution('start', start)
  requireMatrix('transition', transition)
  refuseUnless(
    transition.length === states && transition[0].length === states,
    'shape',
    () => `transition is ${transition.length} x ${transition[0].length} for ${states} states`,
  )
  for (let i = 0; i < states; i++) requireDistribution(`row ${i} of transition`, transition[i])
  requireMatrix('means', means)
  refuseUnless(means.length === states, 'shape', () => `means has ${means.length} rows for ${states} states`)
  const features = means[0].length
  const constants = new Float64Array(states)
  let precisions: Float64Array | undefined
  let factors: Float64Array | undefined
  if (covariances !== undefined) {
    refuseUnless(variances === undefined, 'shape', 'a model has variances or covariances, not both')
    refuseUnless(covariances.length === states, 'shape', () => `${covariances.length} covariances for ${states} states`)
    factors = new Float64Array(states * features * features)
    for (let k = 0; k < states; k++) {
      requireSymmetric(`covariance ${k}`, covariances[k])
      refuseUnless(covariances[k].length === features, 'shape', () => `covariance ${k} is not ${features} x ${features}`)
      const factor = cholesky(covariances[k])
      for (let i = 0; i < features; i++) factors.set(factor[i], (k * features + i) * features)
      constants[k] = -0.5 * (features * LN_2PI + logDeterminant(factor))
    }
  } else {
    if (variances === undefined) throw new MathError('shape', 'a model has variances or covariances')
    requireMatrix('variances', variances)
    refuseUnless(
      variances.length === states && variances[0].length === features,
      'shape',
      () => `variances is ${variances.length} x ${variances[0].length}, means ${states} x ${features}`,
    )
    precisions = new Float64Array(states * features)
    for (let k = 0; k < states; k++) {
      let logs = 0
      for (let j = 0; j < features; j++) {
        const variance = variances[k][j]
        refuseUnless(variance > 0, 'out-of-domain', () => `variance ${j} of state ${k} is ${variance}`)
        precisions[k * features + j] = finiteOr('overflow', 1 / variance, 'the inverse of a variance')
        logs += Math.log(variance)
      }
      constants[k] = -0.5 * (features * LN_2PI + logs)
    }
  }
  const flat = flatRows(transition, states)
  return {
    states,
    features,
    start: Float64Array.from(start),
    transition: flat,
    means: flatRows(means, features),
    precisions,
    factors,
    constants,
    plain: flat.every((p) => p >= PLAIN_FLOOR),
  }
}

const flatRows = (rows: Matrix, columns: number): Float64Array => {
  const out = new Float64Array(rows.length * columns)
  rows.forEach((row, i) => out.set(row, i * columns))
  return out
}

function requireDistribution(name: string, values: Vector): void {
  let total = 0
  for (let i = 0; i < values.length; i++) {
    requireShare(`${name}[${i}]`, values[i])
    total += values[i]
  }
  refuseUnless(Math.abs(total - 1) <= 1e-6, 'out-of-domain', () => `${name} adds up to ${total}, not to 1`)
}

/** ln N(x_t; mu_k, Sigma_k) of every observation and state into `out` (t K + k). */
export function logDensities(model: CompiledHmm, data: FlatObservations, out: Float64Array): void {
  const { states, features, means, precisions, factors, constants } = model
  const { flat, count } = data
  if (precisions !== undefined) {
    for (let t = 0; t < count; t++)
      for (let k = 0; k < states; k++) {
        let square = 0
        for (let j = 0; j < features; j++) {
          const distance = flat[t * features + j] - means[k * features + j]
          square += distance * distance * precisions[k * features + j]
        }
        out[t * states + k] = constants[k] - 0.5 * square
      }
    return
  }
  if (factors === undefined) return
  const solved = new Float64Array(features)
  for (let t = 0; t < count; t++)
    for (let k = 0; k < states; k++) {
      let square = 0
      for (let i = 0; i < features; i++) {
        let rest = flat[t * features + i] - means[k * features + i]
        const row = (k * features + i) * features
        for (let j = 0; j < i; j++) rest -= factors[row + j] * solved[j]
        solved[i] = rest / factors[row + i]
        square += solved[i] * solved[i]
      }
      out[t * states + k] = constants[k] - 0.5 * square
    }
}

export function requireFeatures(model: CompiledHmm, data: FlatObservations): void {
  refuseUnless(
    model.features === data.features,
    'shape',
    () => `the observations have ${data.features} features, the model ${model.features}`,
  )
}

/**
 * Stationary distribution pi = pi A of a transition matrix, the one that the start is set to where it is no free parameter.
 * @throws MathError `singular` when there is more than one, `out-of-domain` when rows are no distributions, `shape`
 */
export function stationaryDistribution(transition: Matrix): Float64Array {
  requireMatrix('transition', transition)
  const states = transition.length
  refuseUnless(transition[0].length === states, 'shape', 'transition is not square')
  for (let i = 0; i < states; i++) requireDistribution(`row ${i} of transition`, transition[i])
  // (I - A)' pi = 0 with one equation replaced by sum pi = 1.
  const system = Array.from({ length: states }, (_, j) =>
    Float64Array.from({ length: states }, (__, i) => (j === states - 1 ? 1 : (i === j ? 1 : 0) - transition[i][j])),
  )
  const right = new Float64Array(states)
  right[states - 1] = 1
  const solved = solve(system, right).map((p) => Math.max(0, p))
  const total = solved.reduce((a, b) => a + b, 0)
  return solved.map((p) => p / total)
}
