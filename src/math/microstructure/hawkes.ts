/**
 * The Hawkes process with an exponential kernel: events that excite further events, as trades and orders do.
 * lambda(t) = mu + sum over t_i < t of alpha exp(-beta (t - t_i)).
 *
 * Pure; chance only from the generator handed in. Sources: A. G. Hawkes, Biometrika 58 (1971); T. Ozaki, Annals of the Institute of
 * Statistical Mathematics 31 (1979) for the likelihood; Y. Ogata, IEEE Transactions on Information Theory 27 (1981) for thinning and
 * Journal of the American Statistical Association 83 (1988) for the residuals.
 */
import type { Prng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import { finiteOr, refuseUnless, requireInteger, requireNumber, requirePositive, requireVector, type Vector } from '../guard.ts'

export interface HawkesParameters {
  /** mu, events per unit of time that come of themselves, above zero. */
  readonly baseline: number
  /** alpha, what an event adds to the intensity, at least 0. */
  readonly excitation: number
  /** beta, per unit of time: how fast that wears off, above zero. */
  readonly decay: number
}

export function requireHawkes({ baseline, excitation, decay }: HawkesParameters): void {
  requirePositive('baseline', baseline)
  requireNumber('excitation', excitation, 0)
  requirePositive('decay', decay)
}

/** Increasing times in [0, horizon]. */
export function requireEvents(times: Vector, horizon: number, atLeast: number): void {
  requireVector('times', times, atLeast)
  requirePositive('horizon', horizon)
  for (let i = 0; i < times.length; i++)
    refuseUnless(
      times[i] >= (i === 0 ? 0 : times[i - 1]) && times[i] <= horizon,
      'out-of-domain',
      () => `times[${i}] is ${times[i]}; times do not decrease and lie between 0 and ${horizon}`,
    )
}

/**
 * alpha / beta: the branching ratio, how many events an event begets on average. The process is stationary below 1.
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`
 */
export function branchingRatio(parameters: HawkesParameters): number {
  requireHawkes(parameters)
  return finiteOr('overflow', parameters.excitation / parameters.decay, 'the branching ratio')
}

/**
 * mu / (1 - alpha/beta): the mean intensity of a stationary process, events per unit of time.
 * @throws MathError as `branchingRatio`; `unbounded` when the branching ratio is 1 or more
 */
export function hawkesMeanIntensity(parameters: HawkesParameters): number {
  const ratio = branchingRatio(parameters)
  refuseUnless(ratio < 1, 'unbounded', () => `the branching ratio is ${ratio}; the process is not stationary`)
  return finiteOr('overflow', parameters.baseline / (1 - ratio), 'the mean intensity')
}

/**
 * lambda(t_i) = mu + alpha A_i just before each event, by A_i = exp(-beta (t_i - t_(i-1))) (1 + A_(i-1)).
 * @param times n events, not decreasing, from 0
 * @returns n values
 * @throws MathError `empty`, `not-finite`, `out-of-domain`, `overflow`
 */
export function hawkesIntensity(times: Vector, parameters: HawkesParameters): Float64Array {
  requireHawkes(parameters)
  requireVector('times', times)
  requireEvents(times, Math.max(times[times.length - 1], Number.MIN_VALUE), 1)
  const { baseline, excitation, decay } = parameters
  const intensity = new Float64Array(times.length)
  let echo = 0
  for (let i = 0; i < times.length; i++) {
    if (i > 0) echo = Math.exp(-decay * (times[i] - times[i - 1])) * (1 + echo)
    intensity[i] = finiteOr('overflow', baseline + excitation * echo, 'the intensity')
  }
  return intensity
}

/**
 * Log-likelihood sum ln lambda(t_i) - mu T - (alpha/beta) sum (1 - exp(-beta (T - t_i))) of events in [0, T], in one pass.
 * @param horizon T, not before the last event
 * @throws MathError `empty`, `not-finite`, `out-of-domain`, `overflow`
 */
export function hawkesLogLikelihood(times: Vector, horizon: number, parameters: HawkesParameters): number {
  requireHawkes(parameters)
  requireEvents(times, horizon, 1)
  return finiteOr('overflow', logLikelihood(times, horizon, parameters), 'the log-likelihood')
}

/** Without questions, for the fit; its gradient by (mu, alpha, beta) where it is asked for. */
export function logLikelihood(
  times: Vector,
  horizon: number,
  { baseline, excitation, decay }: HawkesParameters,
  gradient?: Float64Array,
): number {
  const n = times.length
  // echo = sum exp(-beta (t_i - t_j)), age = sum (t_i - t_j) exp(-beta (t_i - t_j)) over the events before.
  let [echo, age] = [0, 0]
  let [logs, left, leftAge] = [0, 0, 0]
  let [byBaseline, byExcitation, byDecay] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    if (i > 0) {
      const gap = times[i] - times[i - 1]
      const kept = Math.exp(-decay * gap)
      age = kept * (age + gap * (1 + echo))
      echo = kept * (1 + echo)
    }
    const intensity = baseline + excitation * echo
    logs += Math.log(intensity)
    const rest = horizon - times[i]
    left -= Math.expm1(-decay * rest)
    if (gradient !== undefined) {
      leftAge += rest * Math.exp(-decay * rest)
      byBaseline += 1 / intensity
      byExcitation += echo / intensity
      byDecay -= (excitation * age) / intensity
    }
  }
  if (gradient !== undefined) {
    gradient[0] = byBaseline - horizon
    gradient[1] = byExcitation - left / decay
    gradient[2] = byDecay + (excitation * left) / (decay * decay) - (excitation * leftAge) / decay
  }
  return logs - baseline * horizon - (excitation / decay) * left
}

/**
 * Lambda(t) = mu t + (alpha/beta) sum over t_i < t of (1 - exp(-beta (t - t_i))): the compensator, the number of events expected up to t given those before.
 * @param t at least 0
 * @throws MathError `not-finite`, `out-of-domain`, `overflow`; no events are allowed
 */
export function hawkesCompensator(times: Vector, t: number, parameters: HawkesParameters): number {
  requireHawkes(parameters)
  requireNumber('t', t, 0)
  requireVector('times', times, 0)
  const { baseline, excitation, decay } = parameters
  let worn = 0
  for (let i = 0; i < times.length; i++) {
    refuseUnless(
      times[i] >= (i === 0 ? 0 : times[i - 1]),
      'out-of-domain',
      () => `times[${i}] is ${times[i]}; times do not decrease, from 0`,
    )
    if (times[i] < t) worn -= Math.expm1(-decay * (t - times[i]))
  }
  return finiteOr('overflow', baseline * t + (excitation / decay) * worn, 'the compensator')
}

/**
 * Lambda(t_i) - Lambda(t_(i-1)): the residuals, independent exponentials of mean 1 when the model is the right one (time rescaling).
 * @returns n values, the first from time 0
 * @throws MathError as `hawkesIntensity`
 */
export function hawkesResiduals(times: Vector, parameters: HawkesParameters): Float64Array {
  requireHawkes(parameters)
  requireVector('times', times)
  requireEvents(times, Math.max(times[times.length - 1], Number.MIN_VALUE), 1)
  const { baseline, excitation, decay } = parameters
  const residuals = new Float64Array(times.length)
  let echo = 0
  for (let i = 0; i < times.length; i++) {
    const gap = i === 0 ? times[0] : times[i] - times[i - 1]
    // After event i - 1 its own kernel counts too.
    const before = i === 0 ? 0 : 1 + echo
    residuals[i] = finiteOr('overflow', baseline * gap - (excitation / decay) * before * Math.expm1(-decay * gap), 'a residual')
    echo = Math.exp(-decay * gap) * before
  }
  return residuals
}

/**
 * Ogata's thinning: waiting times at the intensity right after the last moment, each kept with the intensity it meets over that bound.
 * @param horizon T
 * @param maxEvents more are an error: 1,000,000 unless given
 * @returns increasing times in [0, T)
 * @throws MathError `not-finite`, `out-of-domain`, `unbounded` when there are more than `maxEvents`
 */
export function simulateHawkes(parameters: HawkesParameters, horizon: number, prng: Prng, maxEvents = 1_000_000): Float64Array {
  requireHawkes(parameters)
  requirePositive('horizon', horizon)
  requireInteger('maxEvents', maxEvents, 1, 100_000_000)
  const { baseline, excitation, decay } = parameters
  const draws = prng.fork('hawkes')
  const times: number[] = []
  let [t, excited] = [0, 0]
  // What is turned down is paid for by the wearing off since the last event, so candidates are a small multiple of the events.
  const most = 100 * maxEvents + 1000
  for (let tried = 0; tried < most; tried++) {
    const bound = finiteOr('overflow', baseline + excited, 'the intensity')
    const wait = draws.exponential() / bound
    t += wait
    if (!(t < horizon)) return Float64Array.from(times)
    excited *= Math.exp(-decay * wait)
    if (draws.float() * bound >= baseline + excited) continue
    if (times.length === maxEvents) break
    times.push(t)
    excited += excitation
  }
  throw new MathError('unbounded', `more than ${maxEvents} events before ${horizon}`)
}

export interface HawkesState {
  readonly last: number | undefined
  readonly echo: number
  readonly count: number
}

/**
 * The intensity of a Hawkes process event by event, in two numbers of memory; at each event equal to `hawkesIntensity`.
 */
export class HawkesStream {
  readonly #parameters: HawkesParameters
  #last: number | undefined
  #echo = 0
  #count = 0

  /** @throws MathError `not-finite`, `out-of-domain` */
  constructor(parameters: HawkesParameters) {
    requireHawkes(parameters)
    this.#parameters = { ...parameters }
  }

  /** Events seen. */
  get count(): number {
    return this.#count
  }

  /**
   * Takes an event.
   * @returns the intensity just before it
   * @throws MathError `not-finite`, `out-of-domain` when time goes back, `overflow`
   */
  update(time: number): number {
    const intensity = this.at(time)
    this.#echo = this.#last === undefined ? 1 : Math.exp(-this.#parameters.decay * (time - this.#last)) * this.#echo + 1
    this.#last = time
    this.#count += 1
    return intensity
  }

  /**
   * The intensity at a time from the last event on, that event counted.
   * @throws MathError as `update`
   */
  at(time: number): number {
    requireNumber('time', time)
    const { baseline, excitation, decay } = this.#parameters
    const last = this.#last
    if (last === undefined) return baseline
    refuseUnless(time >= last, 'out-of-domain', () => `time ${time} is before the last event, ${last}`)
    return finiteOr('overflow', baseline + excitation * Math.exp(-decay * (time - last)) * this.#echo, 'the intensity')
  }

  snapshot(): HawkesState {
    return { last: this.#last, echo: this.#echo, count: this.#count }
  }

  /** @throws MathError `not-finite`, `out-of-domain` */
  restore({ last, echo, count }: HawkesState): void {
    if (last !== undefined) requireNumber('last', last)
    requireNumber('echo', echo, 0)
    requireInteger('count', count, 0)
    this.#last = last
    this.#echo = echo
    this.#count = count
  }
}
