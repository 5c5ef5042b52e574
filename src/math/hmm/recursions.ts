/**
 * Forward and backward over one sequence, on flat arrays. Plain probabilities, scaled at every step by the largest density and by
 * their sum; where one of them vanishes for good (a rare transition far from its observations), all again with logarithms.
 *
 * Pure; fills the arrays it is given. Source: L. R. Rabiner (1989), scaling; T. Mann, Numerically stable HMM computation (2006).
 */
import { MathError } from '../error.ts'
import type { CompiledHmm } from './model.ts'

/** Room for the recursions over so many observations and states. */
export interface Workspace {
  /** ln density (t K + k). */
  readonly logs: Float64Array
  /** exp(ln density - largest of the step). */
  readonly densities: Float64Array
  /** P(S_t = k | x_1..t). */
  readonly filtered: Float64Array
  /** P(S_t = k | x_1..T). */
  readonly smoothed: Float64Array
  /** Divisors of the steps. */
  readonly scales: Float64Array
}

export const workspaceOf = (count: number, states: number): Workspace => ({
  logs: new Float64Array(count * states),
  densities: new Float64Array(count * states),
  filtered: new Float64Array(count * states),
  smoothed: new Float64Array(count * states),
  scales: new Float64Array(count),
})

/** Below this a probability may come from rounding to zero. */
const VANISHING = 1e-290

/**
 * Fills `filtered` from `from` to `to`; the log-likelihood of the sequence.
 * `plain` tells whether `densities` and `scales` hold what `backward` needs: otherwise call `smoothByLogs`.
 */
export function forward(
  model: CompiledHmm,
  space: Workspace,
  from: number,
  to: number,
): { readonly logLikelihood: number; readonly plain: boolean } {
  const plain = forwardPlain(model, space, from, to)
  return plain === undefined
    ? { logLikelihood: forwardByLogs(model, space, from, to).logLikelihood, plain: false }
    : { logLikelihood: plain, plain: true }
}

function forwardPlain(model: CompiledHmm, space: Workspace, from: number, to: number): number | undefined {
  const { states, start, transition, plain } = model
  const { logs, densities, filtered, scales } = space
  // Divisors are gathered in a product; their logarithm is taken when it grows small.
  let [total, product] = [0, 1]
  for (let t = from; t < to; t++) {
    const at = t * states
    let largest = logs[at]
    for (let k = 1; k < states; k++) if (logs[at + k] > largest) largest = logs[at + k]
    let scale = 0
    for (let k = 0; k < states; k++) {
      let predicted = start[k]
      if (t > from) {
        predicted = 0
        for (let i = 0; i < states; i++) predicted += filtered[at - states + i] * transition[i * states + k]
      }
      const log = logs[at + k]
      const density = log === largest ? 1 : Math.exp(log - largest)
      densities[at + k] = density
      const joint = predicted * density
      if (joint < VANISHING && predicted > 0 && !plain) return undefined
      filtered[at + k] = joint
      scale += joint
    }
    if (!(scale > VANISHING)) return undefined
    scales[t] = scale
    const inverse = 1 / scale
    for (let k = 0; k < states; k++) filtered[at + k] *= inverse
    total += largest
    product *= scale
    if (product < 1e-10 || product > 1e10) {
      total += Math.log(product)
      product = 1
    }
  }
  return total + Math.log(product)
}

/** ln sum exp over a part of an array. */
function logSum(values: Float64Array, from: number, count: number): number {
  let largest = -Infinity
  for (let k = 0; k < count; k++) if (values[from + k] > largest) largest = values[from + k]
  if (largest === -Infinity) return -Infinity
  let total = 0
  for (let k = 0; k < count; k++) total += Math.exp(values[from + k] - largest)
  return largest + Math.log(total)
}

function forwardByLogs(
  model: CompiledHmm,
  space: Workspace,
  from: number,
  to: number,
): { readonly logLikelihood: number; readonly alphas: Float64Array } {
  const { states, start, transition } = model
  const { logs, filtered } = space
  const lnTransition = transition.map(Math.log)
  const alphas = new Float64Array((to - from) * states)
  const terms = new Float64Array(states)
  let before = 0
  for (let t = from; t < to; t++) {
    const at = (t - from) * states
    for (let k = 0; k < states; k++) {
      let predicted = Math.log(start[k])
      if (t > from) {
        for (let i = 0; i < states; i++) terms[i] = alphas[at - states + i] + lnTransition[i * states + k]
        predicted = logSum(terms, 0, states)
      }
      alphas[at + k] = predicted + logs[t * states + k]
    }
    before = logSum(alphas, at, states)
    if (before === -Infinity) throw new MathError('out-of-domain', `observation ${t} is impossible in every reachable state`)
    for (let k = 0; k < states; k++) filtered[t * states + k] = Math.exp(alphas[at + k] - before)
  }
  return { logLikelihood: before, alphas }
}

/**
 * Fills `smoothed` after `forward`, and adds the expected transitions to `transitions` (K x K).
 * @param plain what `forward` answered
 */
export function backward(
  model: CompiledHmm,
  space: Workspace,
  from: number,
  to: number,
  plain: boolean,
  transitions?: Float64Array,
): void {
  if (plain) backwardPlain(model, space, from, to, transitions)
  else backwardByLogs(model, space, from, to, transitions)
}

function backwardPlain(
  model: CompiledHmm,
  { densities, filtered, smoothed, scales }: Workspace,
  from: number,
  to: number,
  transitions?: Float64Array,
): void {
  const { states, transition } = model
  const beta = new Float64Array(states).fill(1)
  const weights = new Float64Array(states)
  const pairs = new Float64Array(states * states)
  const last = (to - 1) * states
  for (let k = 0; k < states; k++) smoothed[last + k] = filtered[last + k]
  for (let t = to - 2; t >= from; t--) {
    const at = t * states
    const inverse = 1 / scales[t + 1]
    for (let j = 0; j < states; j++) weights[j] = densities[at + states + j] * beta[j] * inverse
    let total = 0
    for (let i = 0; i < states; i++) {
      const own = filtered[at + i]
      const row = i * states
      let back = 0
      for (let j = 0; j < states; j++) {
        const weight = weights[j]
        back += transition[row + j] * weight
        pairs[row + j] += own * weight
      }
      beta[i] = back
      const both = own * back
      smoothed[at + i] = both
      total += both
    }
    const correction = 1 / total
    for (let i = 0; i < states; i++) smoothed[at + i] *= correction
  }
  if (transitions !== undefined) for (let k = 0; k < pairs.length; k++) transitions[k] += pairs[k] * transition[k]
}

function backwardByLogs(model: CompiledHmm, space: Workspace, from: number, to: number, transitions?: Float64Array): void {
  const { states, transition } = model
  const { logs, smoothed } = space
  const { alphas, logLikelihood } = forwardByLogs(model, space, from, to)
  const lnTransition = transition.map(Math.log)
  const beta = new Float64Array(states)
  const next = new Float64Array(states)
  const terms = new Float64Array(states)
  for (let t = to - 1; t >= from; t--) {
    const at = (t - from) * states
    if (t < to - 1) {
      for (let i = 0; i < states; i++) {
        for (let j = 0; j < states; j++) terms[j] = lnTransition[i * states + j] + logs[(t + 1) * states + j] + beta[j]
        next[i] = logSum(terms, 0, states)
        if (transitions !== undefined)
          for (let j = 0; j < states; j++) transitions[i * states + j] += Math.exp(alphas[at + i] + terms[j] - logLikelihood)
      }
      beta.set(next)
    }
    for (let k = 0; k < states; k++) terms[k] = alphas[at + k] + beta[k]
    const total = logSum(terms, 0, states)
    for (let k = 0; k < states; k++) smoothed[t * states + k] = Math.exp(terms[k] - total)
  }
}
