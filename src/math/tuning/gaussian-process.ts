/**
 * Gaussian process regression: the posterior of a function of which some noisy values are known, the marginal likelihood of its
 * hyper-parameters with its gradient, and their fit.
 *
 * Pure. Source: C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning (2006), algorithm 2.1 and section 5.4.
 */
import type { Prng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import {
  type Matrix,
  refuseUnless,
  requireMatrix,
  requireNumber,
  requirePositive,
  requireSameLength,
  requireVector,
  type Vector,
} from '../guard.ts'
import { lowestOfStarts } from '../numerics/bounded.ts'
import { choleskyWithJitter, dot, solveCholesky, solveLower } from '../numerics/linear-algebra.ts'
import { sobol, SOBOL_DIMENSIONS } from './sobol.ts'

/** Matérn with nu = 5/2 (twice differentiable functions), or the squared exponential (smooth ones). */
export type KernelName = 'matern52' | 'rbf'

export interface GpParameters {
  readonly kernel?: KernelName
  /** Variance of the function around its mean of zero. */
  readonly signalVariance: number
  /** How far one has to go along each axis for the function to change; one an axis. */
  readonly lengthScales: Vector
  /** Variance of the noise of each observation. */
  readonly noiseVariance: number
}

export interface GaussianProcess {
  readonly parameters: GpParameters
  /** Rows of the training inputs. */
  readonly inputs: readonly Float64Array[]
  /** K^-1 y. */
  readonly weights: Float64Array
  /** L of K + noise I = L L', by rows. */
  readonly factor: readonly Float64Array[]
  readonly logMarginalLikelihood: number
  /** What had to be added to the diagonal beside the noise; 0 as a rule. */
  readonly jitter: number
}

const SQRT5 = Math.sqrt(5)
/** At this squared distance both kernels are zero in a double; further away their factors overflow. */
const FAR = 1e6

function requireParameters({ signalVariance, lengthScales, noiseVariance }: GpParameters, dimensions: number): void {
  requirePositive('signalVariance', signalVariance)
  requireNumber('noiseVariance', noiseVariance, 0)
  requireVector('lengthScales', lengthScales)
  for (let j = 0; j < lengthScales.length; j++) requirePositive(`lengthScales[${j}]`, lengthScales[j])
  refuseUnless(
    lengthScales.length === dimensions,
    'shape',
    () => `${lengthScales.length} length scales for ${dimensions} columns of inputs`,
  )
}

/** Sum of squared differences in units of the length scales. */
function squaredDistance(a: Vector, b: Vector, inverseScales: Float64Array): number {
  let total = 0
  for (let j = 0; j < inverseScales.length; j++) {
    const step = (a[j] - b[j]) * inverseScales[j]
    total += step * step
  }
  return total
}

/** The kernel at unit signal variance, as a function of the squared scaled distance. */
function kernelAt(kernel: KernelName, d2: number): number {
  if (!(d2 < FAR)) return 0
  if (kernel === 'rbf') return Math.exp(-0.5 * d2)
  const d = SQRT5 * Math.sqrt(d2)
  return (1 + d + (d * d) / 3) * Math.exp(-d)
}

const inverseOf = (scales: Vector): Float64Array => Float64Array.from(scales, (each) => 1 / each)

/**
 * Kernel matrix k(a_i, b_j) without noise: signal variance times (1 + sqrt5 d + 5 d^2/3) exp(-sqrt5 d) for `matern52`, times
 * exp(-d^2/2) for `rbf`, with d^2 = sum ((a_j - b_j)/l_j)^2.
 *
 * @param a rows of inputs, n x D
 * @param b rows of inputs, m x D
 * @returns n rows of m
 * @throws MathError `shape`, `not-finite`, `out-of-domain`, `empty`
 */
export function gpKernel(a: Matrix, b: Matrix, parameters: GpParameters): Float64Array[] {
  requireMatrix('a', a)
  requireMatrix('b', b)
  requireParameters(parameters, a[0].length)
  refuseUnless(a[0].length === b[0].length, 'shape', () => `${a[0].length} columns against ${b[0].length}`)
  const { kernel = 'matern52', signalVariance } = parameters
  const scales = inverseOf(parameters.lengthScales)
  // Loops: filling an array through a function takes several times as long.
  return a.map((row) => {
    const out = new Float64Array(b.length)
    for (let j = 0; j < out.length; j++) out[j] = signalVariance * kernelAt(kernel, squaredDistance(row, b[j], scales))
    return out
  })
}

/**
 * Conditions a Gaussian process of mean zero on observations, the noise on the diagonal of the training kernel alone. O(n^3), for a
 * few hundred points.
 *
 * @param inputs n rows of D
 * @param targets n values, as they are: centre and scale them before
 * @throws MathError `not-positive-definite` for coinciding inputs without noise, where a jitter does not help either; `shape`,
 *   `not-finite`, `out-of-domain`, `empty`
 */
export function gpCondition(inputs: Matrix, targets: Vector, parameters: GpParameters): GaussianProcess {
  requireMatrix('inputs', inputs)
  requireVector('targets', targets)
  refuseUnless(inputs.length === targets.length, 'shape', () => `${inputs.length} rows against ${targets.length} targets`)
  requireParameters(parameters, inputs[0].length)
  const rows = inputs.map((row) => Float64Array.from(row))
  const { factor, jitter } = choleskyWithJitter(trainingKernel(rows, parameters))
  const weights = solveCholesky(factor, targets)
  const logMarginalLikelihood = likelihoodOf(factor, weights, targets)
  refuseUnless(Number.isFinite(logMarginalLikelihood), 'overflow', 'the likelihood exceeds the range of a double')
  return { parameters, inputs: rows, weights, factor, logMarginalLikelihood, jitter }
}

function trainingKernel(
  rows: readonly Float64Array[],
  { kernel = 'matern52', signalVariance, lengthScales, noiseVariance }: GpParameters,
): Float64Array[] {
  const scales = inverseOf(lengthScales)
  const n = rows.length
  const out = Array.from({ length: n }, () => new Float64Array(n))
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const value = signalVariance * kernelAt(kernel, squaredDistance(rows[i], rows[j], scales))
      out[i][j] = value
      out[j][i] = value
    }
    out[i][i] = signalVariance + noiseVariance
  }
  return out
}

function likelihoodOf(factor: readonly Float64Array[], weights: Float64Array, targets: Vector): number {
  let logs = 0
  for (let i = 0; i < factor.length; i++) logs += Math.log(factor[i][i])
  return -0.5 * dot(targets, weights) - logs - 0.5 * factor.length * Math.log(2 * Math.PI)
}

export interface GpPosterior {
  readonly mean: Float64Array
  /** Standard deviation of the function itself. */
  readonly deviation: Float64Array
  /** Standard deviation of an observation: with the noise. */
  readonly deviationWithNoise: Float64Array
}

/**
 * Posterior of the function at other inputs: mean k*'K^-1 y, variance k** - |L^-1 k*|^2 (never below zero).
 * @param at m rows of D
 * @throws MathError `shape`, `not-finite`, `empty`
 */
export function gpPredict(gp: GaussianProcess, at: Matrix): GpPosterior {
  const { signalVariance, noiseVariance } = gp.parameters
  const cross = gpKernel(at, gp.inputs, gp.parameters)
  const mean = Float64Array.from(cross, (row) => dot(row, gp.weights))
  const variance = Float64Array.from(cross, (row) => {
    const half = solveLower(gp.factor, row)
    return Math.max(0, signalVariance - dot(half, half))
  })
  return {
    mean,
    deviation: variance.map(Math.sqrt),
    deviationWithNoise: variance.map((each) => Math.sqrt(each + noiseVariance)),
  }
}

/**
 * Posterior covariance of the function between inputs: k(a, b) - k(a, X) K^-1 k(X, b); `withNoise` adds the noise to the diagonal.
 * @param at m rows of D
 * @returns m rows of m
 * @throws MathError `shape`, `not-finite`, `empty`
 */
export function gpCovariance(gp: GaussianProcess, at: Matrix, withNoise = false): Float64Array[] {
  const halves = gpKernel(at, gp.inputs, gp.parameters).map((row) => solveLower(gp.factor, row))
  return gpKernel(at, at, gp.parameters).map((row, i) =>
    row.map((value, j) => value - dot(halves[i], halves[j]) + (withNoise && i === j ? gp.parameters.noiseVariance : 0)),
  )
}

/**
 * Log marginal likelihood -1/2 y'K^-1 y - sum ln L_ii - n/2 ln 2 pi, and its gradient with respect to the logarithms of the signal
 * variance, of each length scale, and of the noise variance, in this order.
 *
 * @throws MathError `not-positive-definite`, `shape`, `not-finite`, `out-of-domain`, `empty`
 */
export function gpLogMarginalLikelihood(
  inputs: Matrix,
  targets: Vector,
  parameters: GpParameters,
): { readonly value: number; readonly gradient: Float64Array } {
  const gp = gpCondition(inputs, targets, parameters)
  const { kernel = 'matern52', signalVariance, lengthScales, noiseVariance } = parameters
  const n = gp.inputs.length
  const dimensions = lengthScales.length
  const scales = inverseOf(lengthScales)
  const gradient = new Float64Array(dimensions + 2)
  const inverse = inverseOfFactor(gp.factor)
  const squares = new Float64Array(dimensions)
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      // d lml = 1/2 tr((a a' - K^-1) dK); the pairs below the diagonal stand for those above it too.
      const outer = (gp.weights[i] * gp.weights[j] - inverse[i][j]) * (i === j ? 0.5 : 1)
      let d2 = 0
      for (let k = 0; k < dimensions; k++) {
        const step = (gp.inputs[i][k] - gp.inputs[j][k]) * scales[k]
        squares[k] = step * step
        d2 += squares[k]
      }
      if (i === j) gradient[dimensions + 1] += outer * noiseVariance
      if (!(d2 < FAR)) continue
      gradient[0] += outer * signalVariance * kernelAt(kernel, d2)
      const d = SQRT5 * Math.sqrt(d2)
      const slope = signalVariance * (kernel === 'rbf' ? Math.exp(-0.5 * d2) : (5 / 3) * (1 + d) * Math.exp(-d))
      for (let k = 0; k < dimensions; k++) gradient[k + 1] += outer * slope * squares[k]
    }
  refuseUnless(gradient.every(Number.isFinite), 'overflow', 'the gradient of the likelihood exceeds the range of a double')
  return { value: gp.logMarginalLikelihood, gradient }
}

/** (L L')^-1, lower triangle. */
function inverseOfFactor(factor: readonly Float64Array[]): Float64Array[] {
  const n = factor.length
  // Columns of L^-1, kept as rows of its transpose so that the products below run along memory.
  const columns = Array.from({ length: n }, () => new Float64Array(n))
  for (let c = 0; c < n; c++) {
    const column = columns[c]
    column[c] = 1 / factor[c][c]
    for (let i = c + 1; i < n; i++) {
      const row = factor[i]
      let rest = 0
      for (let k = c; k < i; k++) rest -= row[k] * column[k]
      column[i] = rest / row[i]
    }
  }
  return columns.map((column, i) => {
    const out = new Float64Array(n)
    for (let j = 0; j <= i; j++) {
      const other = columns[j]
      let total = 0
      for (let k = i; k < n; k++) total += column[k] * other[k]
      out[j] = total
    }
    return out
  })
}

export interface GpBounds {
  /** Lowest and highest value of each kind of parameter. */
  readonly signalVariance: readonly [number, number]
  readonly lengthScale: readonly [number, number]
  readonly noiseVariance: readonly [number, number]
}

/** For inputs scaled to the unit cube and targets to mean 0 and deviation 1. */
export const GP_BOUNDS: GpBounds = { signalVariance: [0.05, 20], lengthScale: [0.01, 10], noiseVariance: [1e-6, 1] }

/**
 * Hyper-parameters of highest marginal likelihood, one length scale an axis, from several starts spread evenly (Sobol) over the
 * logarithms of the bounds.
 *
 * @param inputs n rows of D (D up to 29)
 * @param options.starts how many starts, 8 by default
 * @param options.prng shifts the starts; without it they are always the same
 * @throws MathError `no-convergence` when no start has a likelihood; `too-short` below two points; `no-variance` when all targets
 *   are zero; `shape`, `not-finite`, `out-of-domain`, `empty`
 */
export function gpFit(
  inputs: Matrix,
  targets: Vector,
  options: {
    readonly kernel?: KernelName
    readonly bounds?: GpBounds
    readonly starts?: number
    readonly maxIterations?: number
    readonly prng?: Prng
  } = {},
): GaussianProcess {
  const { kernel = 'matern52', bounds = GP_BOUNDS, starts = 8, maxIterations = 100, prng } = options
  requireMatrix('inputs', inputs, 2)
  requireVector('targets', targets, 2)
  requireSameLength('inputs', { length: inputs.length }, 'targets', targets)
  requireNumber('starts', starts, 1, 1_000)
  requireNumber('maxIterations', maxIterations, 1, 10_000)
  refuseUnless(
    Array.from(targets).some((y) => y !== 0),
    'no-variance',
    'all targets are zero',
  )
  const dimensions = inputs[0].length
  refuseUnless(
    dimensions + 2 <= SOBOL_DIMENSIONS,
    'out-of-domain',
    () => `${dimensions} columns; at most ${SOBOL_DIMENSIONS - 2}`,
  )
  const ranges = [bounds.signalVariance, ...Array.from({ length: dimensions }, () => bounds.lengthScale), bounds.noiseVariance]
  for (const [low, high] of ranges) {
    requirePositive('a lower bound', low)
    requireNumber('an upper bound', high, low)
  }
  const lower = Float64Array.from(ranges, ([low]) => Math.log(low))
  const upper = Float64Array.from(ranges, ([, high]) => Math.log(high))
  const parametersAt = (theta: Float64Array): GpParameters => ({
    kernel,
    signalVariance: Math.exp(theta[0]),
    lengthScales: theta.slice(1, 1 + dimensions).map(Math.exp),
    noiseVariance: Math.exp(theta[dimensions + 1]),
  })
  // A value costs one factorisation; the gradient an inverse more, so the line search does without it.
  const orInfeasible = <T>(compute: () => T, otherwise: T): T => {
    try {
      return compute()
    } catch (error) {
      if (error instanceof MathError) return otherwise
      throw error
    }
  }
  const valueAt = (theta: Float64Array): number =>
    orInfeasible(() => -gpCondition(inputs, targets, parametersAt(theta)).logMarginalLikelihood, Infinity)
  const gradientAt = (theta: Float64Array): Float64Array =>
    orInfeasible(
      () => gpLogMarginalLikelihood(inputs, targets, parametersAt(theta)).gradient.map((g) => -g),
      new Float64Array(theta.length).fill(Number.NaN),
    )
  const points = sobol(Math.floor(starts), dimensions + 2, { skip: 1, ...(prng === undefined ? {} : { prng }) })
  const best = lowestOfStarts(
    valueAt,
    points.map((point) => point.map((u, i) => lower[i] + u * (upper[i] - lower[i]))),
    { lower, upper },
    { gradient: gradientAt, tolerance: 1e-6, maxIterations },
  )
  return gpCondition(inputs, targets, parametersAt(best.x))
}
