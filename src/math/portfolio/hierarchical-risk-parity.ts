/**
 * Capital by a tree of likeness: assets that move alike stand together, and capital is split between halves by the inverse
 * of their variances. Nothing is inverted, so that the answer does not jump.
 *
 * Pure. Source: M. Lopez de Prado, Building Diversified Portfolios that Outperform Out of Sample, J. Portfolio Management
 * 42 (2016).
 */
import { type Matrix, refuseUnless } from '../guard.ts'
import { correlationOf } from '../numerics/statistics.ts'
import {
  type CorrelationDistance,
  correlationDistances,
  distancesOf,
  leafOrder,
  type LinkageMethod,
  type Merge,
  mergesOf,
} from './clustering.ts'
import { finiteMatrix, finiteVector, requireCovariance } from './requirements.ts'

export interface HierarchicalRiskParityOptions {
  /** Default `single`. */
  readonly linkage?: LinkageMethod
  /**
   * Default `condensed`: d = sqrt((1 - rho)/2) itself, as PyPortfolioOpt; `euclidean` distance of its columns, as the paper.
   */
  readonly distance?: CorrelationDistance
  /** For the tree, where it is not that of the covariance (shrunk, of ranks). */
  readonly correlation?: Matrix
}

export interface HierarchicalRiskParity {
  /** All positive, adding up to one. */
  readonly weights: Float64Array
  /** Assets from left to right in the tree. */
  readonly order: readonly number[]
  readonly merges: readonly Merge[]
}

/**
 * Hierarchical risk parity: the assets in the order of the tree are halved at floor(n/2) again and again, and of the
 * capital of a list its first half gets 1 - v1/(v1 + v2), v the variance of a half under inverse-variance weights.
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `out-of-domain`, `overflow`
 */
export function hierarchicalRiskParity(
  covariance: Matrix,
  { linkage: method = 'single', distance = 'condensed', correlation }: HierarchicalRiskParityOptions = {},
): HierarchicalRiskParity {
  requireCovariance('covariance', covariance)
  const n = covariance.length
  refuseUnless(
    correlation === undefined || correlation.length === n,
    'shape',
    () => `correlation has ${correlation?.length} rows for ${n} assets`,
  )
  const distances =
    correlation === undefined
      ? distancesOf(finiteMatrix(correlationOf(covariance).correlation, 'the correlation'), distance)
      : correlationDistances(correlation, distance)
  const merges = mergesOf(distances, method)
  const order = leafOrder(merges)
  const weights = new Float64Array(n).fill(1)
  const open: (readonly [number, number])[] = [[0, n]]
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const [start, end] = part
    if (end - start < 2) continue
    const middle = start + Math.floor((end - start) / 2)
    const [left, right] = [clusterVariance(covariance, order, start, middle), clusterVariance(covariance, order, middle, end)]
    const share = 1 - left / (left + right)
    for (let k = start; k < end; k++) weights[order[k]] *= k < middle ? share : 1 - share
    open.push([start, middle], [middle, end])
  }
  return { weights: finiteVector(weights, 'the weight'), order, merges }
}

/** Variance of the assets order[start..end) weighted by their inverse variances. */
function clusterVariance(covariance: Matrix, order: readonly number[], start: number, end: number): number {
  let [total, variance] = [0, 0]
  for (let a = start; a < end; a++) {
    const i = order[a]
    const row = covariance[i]
    const inverse = 1 / row[i]
    total += inverse
    variance += inverse
    let cross = 0
    for (let b = start; b < a; b++) {
      const j = order[b]
      cross += row[j] / covariance[j][j]
    }
    variance += 2 * inverse * cross
  }
  // Rounding may take what is perfectly hedged below zero.
  return Math.max(variance / total / total, Number.MIN_VALUE)
}
