/**
 * A correlation matrix without what chance alone would put into it: eigenvalues below the edge of Marchenko and Pastur
 * carry no information of their own.
 *
 * Pure. Sources: L. Laloux, P. Cizeau, M. Potters, J.-P. Bouchaud, Random Matrix Theory and Financial Correlations, Int. J.
 * Theoretical and Applied Finance 3 (2000); M. Lopez de Prado, Machine Learning for Asset Managers (2020), chapter 2.
 */
import {
  type Matrix,
  refuseUnless,
  requireInteger,
  requireNumber,
  requirePositive,
  requireShare,
  type Vector,
  requireVector,
} from '../guard.ts'
import { choleskyWithJitter, symmetricEigen } from '../numerics/linear-algebra.ts'
import { minimiseScalar } from '../numerics/root.ts'
import { correlationOf } from '../numerics/statistics.ts'
import { finiteMatrix, requireCovariance, zeros } from './requirements.ts'

export interface MarchenkoPastur {
  /** Smallest and largest eigenvalue of noise alone. */
  readonly lower: number
  readonly upper: number
}

/**
 * The edges sigma^2 (1 -+ sqrt(p/n))^2 between which the eigenvalues of a covariance of p columns of pure noise with
 * variance sigma^2 lie, for n rows. Source: V. A. Marchenko, L. A. Pastur, Mathematics of the USSR-Sbornik 1 (1967).
 * @throws MathError `not-finite`, `out-of-domain` (fewer than one row or column, no variance)
 */
export function marchenkoPasturEdges(observations: number, columns: number, variance = 1): MarchenkoPastur {
  requireInteger('observations', observations, 1)
  requireInteger('columns', columns, 1)
  requirePositive('variance', variance)
  const root = Math.sqrt(columns / observations)
  const upper = variance * (1 + root) ** 2
  refuseUnless(Number.isFinite(upper), 'overflow', () => `the edge is ${upper}`)
  return { lower: variance * (1 - root) ** 2, upper }
}

export interface NoiseVarianceOptions {
  /** Bandwidth of the Gaussian kernel that makes a density of the eigenvalues; default 0.01. */
  readonly bandwidth?: number
}

/**
 * The share sigma^2 of a correlation matrix's variance that is noise: that of the Marchenko-Pastur density which comes
 * closest (least squares) to a kernel density of the eigenvalues. Source: M. Lopez de Prado (2020), snippet 2.4.
 * @throws MathError `empty`, `too-short`, `not-finite`, `out-of-domain` (observations, bandwidth, negative eigenvalues)
 */
export function noiseVariance(
  eigenvalues: Vector,
  observations: number,
  { bandwidth = 0.01 }: NoiseVarianceOptions = {},
): number {
  requireVector('eigenvalues', eigenvalues, 2)
  requireInteger('observations', observations, 2)
  requirePositive('bandwidth', bandwidth)
  const p = eigenvalues.length
  for (let i = 0; i < p; i++) requireNumber(`eigenvalues[${i}]`, eigenvalues[i], -1e-9)
  const points = 200
  const scale = 1 / (p * bandwidth * Math.sqrt(2 * Math.PI))
  const misfit = (variance: number): number => {
    const { lower, upper } = marchenkoPasturEdges(observations, p, variance)
    let total = 0
    for (let k = 0; k < points; k++) {
      const x = lower + ((upper - lower) * (k + 0.5)) / points
      const density = (observations / p / (2 * Math.PI * variance * x)) * Math.sqrt(Math.max(0, (upper - x) * (x - lower)))
      let kernel = 0
      for (let i = 0; i < p; i++) {
        const z = (x - eigenvalues[i]) / bandwidth
        if (z > -9 && z < 9) kernel += Math.exp(-0.5 * z * z)
      }
      total += (density - scale * kernel) ** 2
    }
    // A kernel so narrow that its square leaves the range of a double fits nothing.
    return Number.isFinite(total) ? total : Number.MAX_VALUE
  }
  // The misfit has several valleys: the lowest of a coarse search is the one that is refined.
  const steps = 50
  let best = 1
  let lowest = Infinity
  for (let k = 1; k <= steps; k++) {
    const value = misfit(k / steps)
    if (value < lowest) [lowest, best] = [value, k]
  }
  return minimiseScalar(misfit, Math.max(1e-5, (best - 1) / steps), Math.min(1, (best + 1) / steps), 1e-7).x
}

export interface DenoiseOptions {
  /**
   * `constant` gives all noise eigenvalues their mean; `targeted` shrinks the noise's part of the matrix towards its
   * diagonal.
   */
  readonly method?: 'constant' | 'targeted'
  /** For `targeted`: share of the noise's correlations that is kept, between 0 (default) and 1. */
  readonly kept?: number
  /** Share of the variance that is noise; default the fit of `noiseVariance`. */
  readonly noise?: number
  /** Bandwidth of that fit; default 0.01. */
  readonly bandwidth?: number
}

export interface DenoisedCovariance {
  /** With the variances of the given matrix. */
  readonly covariance: Float64Array[]
  readonly correlation: Float64Array[]
  /** Share of variance that is noise. */
  readonly noise: number
  /** Largest eigenvalue that noise alone explains. */
  readonly edge: number
  /** How many eigenvalues are above it. */
  readonly factors: number
}

/**
 * A covariance matrix with the noise taken out of its correlations C = V L V': eigenvalues up to sigma^2 (1 + sqrt(p/n))^2
 * are replaced by their mean, or shrunk with their vectors, and the diagonal is set to 1 again. `observations` is the
 * number of rows it was estimated from.
 * Source: M. Lopez de Prado (2020), snippets 2.5 and 2.6; L. Laloux et al. (2000).
 * @throws MathError `empty`, `too-short` below two columns, `not-finite`, `shape`, `no-variance`, `out-of-domain`,
 * `not-positive-definite`, `overflow`
 */
export function denoisedCovariance(
  covariance: Matrix,
  observations: number,
  { method = 'constant', kept = 0, noise, bandwidth = 0.01 }: DenoiseOptions = {},
): DenoisedCovariance {
  requireCovariance('covariance', covariance)
  requireInteger('observations', observations, 2)
  requireShare('kept', kept)
  requirePositive('bandwidth', bandwidth)
  const p = covariance.length
  refuseUnless(p >= 2, 'too-short', 'covariance has one column; two are needed')
  const { correlation, deviations } = correlationOf(covariance)
  const { values, vectors } = symmetricEigen(finiteMatrix(correlation, 'the correlation'))
  if (noise !== undefined) {
    requirePositive('noise', noise)
    requireShare('noise', noise)
  }
  const share = noise ?? noiseVariance(values, observations, { bandwidth })
  const { upper: edge } = marchenkoPasturEdges(observations, p, share)
  let below = 0
  while (below < p && values[below] <= edge) below += 1
  const level = values.subarray(0, below).reduce((total, value) => total + value, 0) / Math.max(1, below)
  const out = zeros(p)
  for (let i = 0; i < p; i++)
    for (let j = 0; j <= i; j++) {
      let [signal, chance] = [0, 0]
      for (let k = 0; k < p; k++) {
        const product = vectors[k][i] * vectors[k][j]
        if (k >= below) signal += values[k] * product
        else chance += (method === 'constant' ? level : values[k]) * product
      }
      out[i][j] = signal + (method === 'constant' || i === j ? chance : kept * chance)
      out[j][i] = out[i][j]
    }
  for (let i = 0; i < p; i++) refuseUnless(out[i][i] > 0, 'not-positive-definite', () => `variable ${i} has no variance left`)
  const clean = correlationOf(out).correlation
  const result = clean.map((row, i) => Float64Array.from(row, (value, j) => value * deviations[i] * deviations[j]))
  for (let i = 0; i < p; i++) result[i][i] = covariance[i][i]
  refuseUnless(
    choleskyWithJitter(result).jitter === 0,
    'not-positive-definite',
    'columns depend on one another and no noise is left to tell them apart',
  )
  return { covariance: finiteMatrix(result, 'the covariance'), correlation: clean, noise: share, edge, factors: p - below }
}
