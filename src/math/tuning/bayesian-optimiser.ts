/**
 * Bayesian optimisation over the unit cube: a Gaussian process of what was tried, and the point that promises most.
 *
 * Pure; chance comes from the generator it is given. Source: B. Shahriari et al., Proceedings of the IEEE 104 (2016), 148-175.
 */
import type { Prng } from '../../core/random.ts'
import { type Matrix, refuseUnless, requireInteger, requireMatrix, requireNumber, requireVector, type Vector } from '../guard.ts'
import { boundedBfgs } from '../numerics/bounded.ts'
import { average, deviation } from '../numerics/statistics.ts'
import { logExpectedImprovement, lowerConfidenceBound } from './acquisition.ts'
import { type GaussianProcess, gpCondition, gpFit, gpPredict, type KernelName } from './gaussian-process.ts'
import { sobol } from './sobol.ts'

export interface SuggestOptions {
  readonly acquisition?: 'expected-improvement' | 'confidence-bound'
  readonly kernel?: KernelName
  /** Points of the Sobol sequence at which the acquisition is looked at; the best five are refined. */
  readonly candidates?: number
  /** Of the confidence bound: mean minus so many deviations. */
  readonly kappa?: number
  /** Starts of the fit of the hyper-parameters. */
  readonly starts?: number
  /** How many points to suggest at once; each later one takes the earlier ones' predicted values for true (kriging believer). */
  readonly batch?: number
}

export interface Suggestion {
  /** In the unit cube. */
  readonly point: Float64Array
  /** What the model expects there, and how far off that may be, in the unit of the values. */
  readonly mean: number
  readonly deviation: number
  /** The acquisition at the point: ln(expected improvement) in standardised values, or the bound's negative. */
  readonly promise: number
}

const REFINED = 5

/**
 * Where to evaluate next when `values` were found at `points` and low values are wanted: targets standardised, hyper-parameters by
 * marginal likelihood, the acquisition maximised over shifted Sobol points and refined from the best of them.
 *
 * The improvement is measured from the lowest posterior mean at the tried points, because values are noisy.
 *
 * @param points n rows of D in [0, 1], at least two
 * @param values n values
 * @returns `batch` suggestions, one by default
 * @throws MathError `too-short` below two points, `no-variance` when all values are equal, `out-of-domain` outside of the cube,
 *   `shape`, `not-finite`, `no-convergence`
 */
export function suggestPoints(points: Matrix, values: Vector, prng: Prng, options: SuggestOptions = {}): readonly Suggestion[] {
  const {
    acquisition = 'expected-improvement',
    kernel = 'matern52',
    candidates = 2_000,
    kappa = 1.96,
    starts = 8,
    batch = 1,
  } = options
  requireMatrix('points', points, 2)
  requireVector('values', values, 2)
  refuseUnless(points.length === values.length, 'shape', () => `${points.length} points with ${values.length} values`)
  for (const row of points) for (let j = 0; j < row.length; j++) requireNumber('a coordinate', row[j], 0, 1)
  requireInteger('candidates', candidates, 1, 1_000_000)
  requireInteger('starts', starts, 1, 1_000)
  requireInteger('batch', batch, 1, 100)
  requireNumber('kappa', kappa, 0, 1e6)
  const centre = average(values)
  const spread = deviation(values)
  refuseUnless(
    spread > 1e-14 * Math.abs(centre) && spread > 0 && Number.isFinite(spread),
    'no-variance',
    'the values do not vary',
  )
  const inputs: Float64Array[] = points.map((row) => Float64Array.from(row))
  const targets = Array.from(values, (value) => (value - centre) / spread)
  let gp = gpFit(inputs, targets, { kernel, starts, prng: prng.fork('starts') })
  const found: Suggestion[] = []
  for (let k = 0; k < batch; k++) {
    const promise = promiseOf(gp, acquisition, kappa)
    const at = bestPoint(promise, candidates, inputs[0].length, prng.fork(`candidates-${k}`))
    const { mean, deviation: sigma } = gpPredict(gp, [at.point])
    found.push({ point: at.point, mean: centre + spread * mean[0], deviation: spread * sigma[0], promise: at.promise })
    if (k === batch - 1) break
    inputs.push(at.point)
    targets.push(mean[0])
    gp = gpCondition(inputs, targets, gp.parameters)
  }
  return found
}

function promiseOf(
  gp: GaussianProcess,
  acquisition: 'expected-improvement' | 'confidence-bound',
  kappa: number,
): (points: Matrix) => Float64Array {
  const best = gpPredict(gp, gp.inputs).mean.reduce((lowest, each) => Math.min(lowest, each), Infinity)
  return (points) => {
    const guess = gpPredict(gp, points)
    return acquisition === 'expected-improvement'
      ? logExpectedImprovement(guess, best)
      : lowerConfidenceBound(guess, kappa).map((bound) => -bound)
  }
}

function bestPoint(
  promise: (points: Matrix) => Float64Array,
  candidates: number,
  dimensions: number,
  prng: Prng,
): { readonly point: Float64Array; readonly promise: number } {
  const points = sobol(candidates, dimensions, { prng })
  const values = promise(points)
  const order = Array.from(values, (_, i) => i).sort((i, j) => values[j] - values[i] || i - j)
  const bounds = { lower: new Float64Array(dimensions), upper: new Float64Array(dimensions).fill(1) }
  let best = { point: points[order[0]], promise: values[order[0]] }
  for (const index of order.slice(0, REFINED)) {
    const refined = boundedBfgs((x) => -promise([x])[0], points[index], bounds, { tolerance: 1e-6, maxIterations: 30 })
    if (-refined.value > best.promise) best = { point: refined.x, promise: -refined.value }
  }
  return best
}
