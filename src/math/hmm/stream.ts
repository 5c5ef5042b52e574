/**
 * The states bar by bar: filtered probabilities by one forward step, and a state that does not flutter.
 *
 * Pure; nothing is allocated at a bar. Source: J. D. Hamilton, Econometrica 57 (1989); P. Nystrup, S. Boyd, E. Lindström,
 * H. Madsen, Annals of Operations Research (2018), filtered probabilities for allocation.
 */
import { MathError } from '../error.ts'
import { finiteOr, refuseUnless, requireInteger, requireNumber, requireShare, requireVector, type Vector } from '../guard.ts'
import { compile, logDensities, type CompiledHmm, type FlatObservations, type GaussianHmm } from './model.ts'

/**
 * Filtered probabilities P(S_t = k | x_1..x_t) one bar at a time, equal to those of `filterStates`; O(K^2) a bar.
 * The array that `update` answers is the filter's own and changes with the next bar.
 * @throws MathError when the model is none, or an observation is not finite or impossible
 */
export class StateFilter {
  readonly #model: CompiledHmm
  readonly #lnTransition: Float64Array
  readonly #observation: FlatObservations
  readonly #logs: Float64Array
  /** ln P(S_t = k | x_1..x_t). */
  readonly #levels: Float64Array
  readonly #before: Float64Array
  readonly #filtered: Float64Array
  readonly #predicted: Float64Array
  #logLikelihood = 0
  #count = 0

  constructor(model: GaussianHmm) {
    this.#model = compile(model)
    const { states, features, transition, start } = this.#model
    this.#lnTransition = transition.map(Math.log)
    this.#observation = { flat: new Float64Array(features), count: 1, features }
    this.#logs = new Float64Array(states)
    this.#levels = new Float64Array(states)
    this.#before = new Float64Array(states)
    this.#filtered = new Float64Array(states)
    this.#predicted = Float64Array.from(start)
  }

  /** Takes the observation of a closed bar (a number when there is one feature); the filtered probabilities. */
  update(observation: number | Vector): Float64Array {
    const { flat, features } = this.#observation
    if (typeof observation === 'number') {
      refuseUnless(features === 1, 'shape', () => `one number for ${features} features`)
      requireNumber('the observation', observation)
      flat[0] = observation
    } else {
      requireVector('the observation', observation)
      refuseUnless(observation.length === features, 'shape', () => `${observation.length} numbers for ${features} features`)
      for (let j = 0; j < features; j++) flat[j] = observation[j]
    }
    logDensities(this.#model, this.#observation, this.#logs)
    const total = this.#model.plain ? this.#plainStep() : this.#stepByLogs()
    this.#logLikelihood = finiteOr('overflow', this.#logLikelihood + total, 'the log-likelihood')
    this.#count += 1
    const { states, transition } = this.#model
    for (let j = 0; j < states; j++) {
      let sum = 0
      for (let i = 0; i < states; i++) sum += this.#filtered[i] * transition[i * states + j]
      this.#predicted[j] = sum
    }
    return this.#filtered
  }

  #plainStep(): number {
    const { states } = this.#model
    const logs = this.#logs
    const filtered = this.#filtered
    const predicted = this.#predicted
    let largest = logs[0]
    for (let k = 1; k < states; k++) if (logs[k] > largest) largest = logs[k]
    let scale = 0
    for (let k = 0; k < states; k++) {
      filtered[k] = predicted[k] * Math.exp(logs[k] - largest)
      scale += filtered[k]
    }
    // Only the first bar can find all reachable states far from the observation: the start may hold zeros.
    if (!(scale > 1e-290) || !Number.isFinite(largest)) return this.#stepByLogs()
    const inverse = 1 / scale
    for (let k = 0; k < states; k++) filtered[k] *= inverse
    return largest + Math.log(scale)
  }

  #stepByLogs(): number {
    const { states, plain } = this.#model
    const [logs, levels, before, filtered, predicted] = [this.#logs, this.#levels, this.#before, this.#filtered, this.#predicted]
    before.set(levels)
    for (let k = 0; k < states; k++) {
      let prior = Math.log(predicted[k])
      if (!plain && this.#count > 0) {
        let largest = -Infinity
        for (let i = 0; i < states; i++) largest = Math.max(largest, before[i] + this.#lnTransition[i * states + k])
        let sum = 0
        if (largest > -Infinity)
          for (let i = 0; i < states; i++) sum += Math.exp(before[i] + this.#lnTransition[i * states + k] - largest)
        prior = largest === -Infinity ? largest : largest + Math.log(sum)
      }
      levels[k] = prior + logs[k]
    }
    let largest = -Infinity
    for (let k = 0; k < states; k++) if (levels[k] > largest) largest = levels[k]
    if (!Number.isFinite(largest)) {
      levels.set(before)
      throw new MathError('out-of-domain', 'the observation is impossible in every reachable state')
    }
    let sum = 0
    for (let k = 0; k < states; k++) sum += Math.exp(levels[k] - largest)
    const total = largest + Math.log(sum)
    for (let k = 0; k < states; k++) {
      levels[k] -= total
      filtered[k] = Math.exp(levels[k])
    }
    return total
  }

  /** P(S_t = k | x_1..x_t) of the last bar; zeros before the first. The filter's own array. */
  get filtered(): Float64Array {
    return this.#filtered
  }

  /** P(S_{t+1} = k | x_1..x_t); the start before the first bar. The filter's own array. */
  get predicted(): Float64Array {
    return this.#predicted
  }

  get logLikelihood(): number {
    return this.#logLikelihood
  }

  /** Bars taken. */
  get count(): number {
    return this.#count
  }

  /** The whole state as finite numbers; the model is not part of it. */
  snapshot(): readonly number[] {
    // A level of -Infinity (impossible) travels as the lowest double.
    const levels = Array.from(this.#levels, (level) => Math.max(level, -Number.MAX_VALUE))
    return [this.#count, this.#logLikelihood, ...this.#filtered, ...this.#predicted, ...levels]
  }

  restore(state: readonly number[]): void {
    const { states } = this.#model
    requireVector('the state', state, 2 + 3 * states)
    refuseUnless(state.length === 2 + 3 * states, 'shape', () => `${state.length} numbers for ${states} states`)
    this.#count = state[0]
    this.#logLikelihood = state[1]
    for (let k = 0; k < states; k++) {
      this.#filtered[k] = state[2 + k]
      this.#predicted[k] = state[2 + states + k]
      const level = state[2 + 2 * states + k]
      this.#levels[k] = level === -Number.MAX_VALUE ? -Infinity : level
    }
  }
}

export interface StateSwitchOptions {
  /** A new state is taken above this probability; default 0.7. */
  readonly threshold?: number
  /** For so many bars in a row; default 2. */
  readonly bars?: number
}

/**
 * The state in force with hysteresis: it changes only when the probability of another state has been above 0.7 for two bars in a
 * row. No state is in force before the first has been.
 * @throws MathError `out-of-domain`, `not-finite`, `empty`
 */
export class StateSwitch {
  readonly #threshold: number
  readonly #bars: number
  #state = -1
  #candidate = -1
  #run = 0

  constructor(options: StateSwitchOptions = {}) {
    const { threshold = 0.7, bars = 2 } = options
    requireShare('threshold', threshold)
    refuseUnless(threshold >= 0.5, 'out-of-domain', () => `threshold is ${threshold}: two states could pass it at once`)
    requireInteger('bars', bars, 1)
    this.#threshold = threshold
    this.#bars = bars
  }

  /** Takes filtered probabilities of a closed bar; the state in force. */
  update(probabilities: Vector): number | undefined {
    requireVector('probabilities', probabilities)
    let likely = -1
    for (let k = 0; k < probabilities.length; k++) if (probabilities[k] > this.#threshold) likely = k
    if (likely === -1 || likely === this.#state) {
      this.#candidate = -1
      this.#run = 0
    } else {
      this.#run = likely === this.#candidate ? this.#run + 1 : 1
      this.#candidate = likely
      if (this.#run >= this.#bars) {
        this.#state = likely
        this.#candidate = -1
        this.#run = 0
      }
    }
    return this.state
  }

  get state(): number | undefined {
    return this.#state === -1 ? undefined : this.#state
  }

  snapshot(): readonly number[] {
    return [this.#state, this.#candidate, this.#run]
  }

  restore(state: readonly number[]): void {
    requireVector('the state', state, 3)
    ;[this.#state, this.#candidate, this.#run] = state
  }
}
