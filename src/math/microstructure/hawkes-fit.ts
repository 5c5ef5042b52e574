/**
 * A Hawkes process fitted to events by maximum likelihood: over the logarithms of its parameters, from several starts, in a unit of
 * time in which the events come once on average, so that the answer does not depend on the clock.
 *
 * Pure. Sources: T. Ozaki, Annals of the Institute of Statistical Mathematics 31 (1979); Y. Ogata, ibid. 30 (1978) for the errors.
 */
import { MathError } from '../error.ts'
import { finiteOr, refuseUnless, requireInteger, type Vector } from '../guard.ts'
import { cholesky, identity, solveCholesky } from '../numerics/linear-algebra.ts'
import { bfgs, type Optimum } from '../numerics/optimise.ts'
import { type HawkesParameters, logLikelihood, requireEvents } from './hawkes.ts'

export interface HawkesFitOptions {
  /** Of the optimiser, from each start: 100 unless given. */
  readonly maxIterations?: number
}

export interface HawkesFit {
  readonly parameters: HawkesParameters
  /** Of mu, alpha, beta, from the curvature of the likelihood; `undefined` where it does not tell them apart, as without excitation. */
  readonly standardErrors: HawkesParameters | undefined
  /** In the unit of the times. */
  readonly logLikelihood: number
  /** Of a Poisson process of the same rate: what the excitation is worth is the difference. */
  readonly poissonLogLikelihood: number
  /** alpha / beta. */
  readonly branchingRatio: number
  /** The branching ratio is below 1. */
  readonly stationary: boolean
  readonly converged: boolean
  /** Largest derivative by the logarithm of a parameter. */
  readonly gradientNorm: number
}

/** Branching ratio and decay (in mean waiting times) of the starts: weak and strong, slow and fast. */
const STARTS: readonly (readonly [number, number])[] = [
  [0.3, 1],
  [0.6, 0.2],
  [0.6, 5],
  [0.85, 1],
  [0.2, 20],
]

/**
 * Maximum likelihood of mu, alpha and beta given events in [0, horizon], best of five starts; a fit that is not stationary is flagged, not refused.
 * @param times n events, not decreasing
 * @param horizon T, not before the last event
 * @throws MathError `too-short` below ten events, `out-of-domain`, `no-variance` when all events are at one time, `no-convergence` when no start converges
 */
export function fitHawkes(times: Vector, horizon: number, options: HawkesFitOptions = {}): HawkesFit {
  const { maxIterations = 100 } = options
  requireEvents(times, horizon, 10)
  requireInteger('maxIterations', maxIterations, 1, 100_000)
  const n = times.length
  refuseUnless(times[n - 1] > times[0], 'no-variance', 'all events are at one time')
  const unit = finiteOr('overflow', horizon / n, 'the mean waiting time')
  refuseUnless(unit > 1e-300, 'out-of-domain', () => `the mean waiting time ${unit} is too small`)
  const scaled = Float64Array.from(times, (t) => t / unit)
  const slope = new Float64Array(3)
  const parametersOf = (x: Float64Array): HawkesParameters => ({
    baseline: Math.exp(x[0]),
    excitation: Math.exp(x[1]),
    decay: Math.exp(x[2]),
  })
  const objective = (x: Float64Array): number => {
    if (x.some((each) => Math.abs(each) > 60)) return Infinity
    return -logLikelihood(scaled, n, parametersOf(x)) / n
  }
  const gradient = (x: Float64Array): Float64Array => {
    const { baseline, excitation, decay } = parametersOf(x)
    logLikelihood(scaled, n, { baseline, excitation, decay }, slope)
    return Float64Array.of((-slope[0] * baseline) / n, (-slope[1] * excitation) / n, (-slope[2] * decay) / n)
  }
  let best: Optimum | undefined
  for (const [ratio, decay] of STARTS) {
    const found = startedAt(objective, gradient, [Math.log(1 - ratio), Math.log(ratio * decay), Math.log(decay)], maxIterations)
    if (found !== undefined && (best === undefined || found.value < best.value)) best = found
  }
  if (best === undefined) throw new MathError('no-convergence', 'the likelihood was not finite at any start')
  const { baseline, excitation, decay } = parametersOf(best.x)
  const parameters = {
    baseline: finiteOr('overflow', baseline / unit, 'mu'),
    excitation: finiteOr('overflow', excitation / unit, 'alpha'),
    decay: finiteOr('overflow', decay / unit, 'beta'),
  }
  const gradientNorm = best.gradientNorm ?? 0
  refuseUnless(gradientNorm < 1e-3, 'no-convergence', () => `the gradient is still ${gradientNorm}`)
  const errors = errorsOf(gradient, best.x, n)
  const ratio = excitation / decay
  return {
    parameters,
    standardErrors:
      errors === undefined
        ? undefined
        : {
            baseline: parameters.baseline * errors[0],
            excitation: parameters.excitation * errors[1],
            decay: parameters.decay * errors[2],
          },
    logLikelihood: finiteOr('overflow', -best.value * n - n * Math.log(unit), 'the log-likelihood'),
    poissonLogLikelihood: finiteOr('overflow', -n - n * Math.log(unit), 'the log-likelihood'),
    branchingRatio: ratio,
    stationary: ratio < 1,
    converged: best.converged || gradientNorm < 1e-6,
    gradientNorm,
  }
}

function startedAt(
  objective: (x: Float64Array) => number,
  gradient: (x: Float64Array) => Float64Array,
  start: readonly number[],
  maxIterations: number,
): Optimum | undefined {
  try {
    return bfgs(objective, start, { gradient, tolerance: 1e-9, maxIterations })
  } catch (error) {
    if (error instanceof MathError) return undefined
    throw error
  }
}

/** Standard errors of the logarithms, by the inverse of the curvature; `undefined` when that is not positive definite. */
function errorsOf(gradient: (x: Float64Array) => Float64Array, x: Float64Array, n: number): Float64Array | undefined {
  const h = 1e-4
  const rows = Array.from(x, (_, i) => {
    const moved = (by: number): Float64Array => gradient(x.map((each, j) => (i === j ? each + by : each)))
    const [above, below] = [moved(h), moved(-h)]
    return above.map((each, j) => ((each - below[j]) / (2 * h)) * n)
  })
  const curvature = rows.map((row, i) => row.map((each, j) => 0.5 * (each + rows[j][i])))
  try {
    const factor = cholesky(curvature)
    const errors = Float64Array.from(identity(3), (unit, i) => Math.sqrt(solveCholesky(factor, unit)[i]))
    return errors.every((each) => Number.isFinite(each) && each < 1e6) ? errors : undefined
  } catch (error) {
    if (error instanceof MathError) return undefined
    throw error
  }
}
