/**
 * Outliers among rows of several variables: by the covariance ellipse, and by local density.
 *
 * Pure. Sources: P. C. Mahalanobis, Proc. Nat. Inst. Sci. India 2 (1936); M. M. Breunig et al., SIGMOD (2000) (LOF).
 */
import { finiteOr, type Matrix, refuseUnless, requireInteger, requireMatrix, requireSymmetric, type Vector } from '../guard.ts'
import { cholesky, dot, solveLower } from '../numerics/linear-algebra.ts'
import { nearestOf, squaredDistance } from '../numerics/nearest.ts'
import { chiSquaredTail } from '../numerics/special.ts'
import { columnMeans, covarianceMatrix } from '../numerics/statistics.ts'

export interface MahalanobisDistances {
  /** Squared distances (x - m)'S^-1(x - m), one a row. */
  readonly squared: Float64Array
  /** Their tail under chi-squared with p degrees of freedom. */
  readonly pValues: Float64Array
}

/**
 * Squared Mahalanobis distances of rows from their mean, by their sample covariance (n - 1) or a given, shrunk or robust one, with
 * the tail probability of chi-squared(p).
 *
 * @param rows n observations of p variables
 * @throws MathError `not-positive-definite` when variables depend on one another, `too-short`, `shape`, `not-finite`, `overflow`
 */
export function mahalanobisDistances(
  rows: Matrix,
  options: { readonly covariance?: Matrix; readonly centre?: Vector } = {},
): MahalanobisDistances {
  requireMatrix('rows', rows, 2)
  const centre = options.centre ?? columnMeans(rows)
  const covariance = options.covariance ?? covarianceMatrix(rows)
  const p = rows[0].length
  requireSymmetric('covariance', covariance)
  requireMatrix('centre', [centre])
  refuseUnless(
    centre.length === p && covariance.length === p,
    'shape',
    () => `${p} columns, covariance of ${covariance.length}, centre of ${centre.length}`,
  )
  const factor = cholesky(covariance)
  const squared = Float64Array.from(rows, (row) => {
    const half = solveLower(
      factor,
      Float64Array.from(row, (value, j) => value - centre[j]),
    )
    return dot(half, half)
  })
  refuseUnless(squared.every(Number.isFinite), 'overflow', 'a distance exceeds the range of a double')
  return { squared, pValues: squared.map((d2) => chiSquaredTail(d2, p)) }
}

/**
 * Local outlier factor: the mean local reachability density of the k nearest neighbours over the row's own; about 1 inside a
 * cluster, larger outside. Euclidean distances, O(n^2 p).
 *
 * @param rows n observations, put to one scale before
 * @param neighbours k, fewer than n
 * @throws MathError `too-short` with k rows or fewer, `out-of-domain`, `shape`, `not-finite`, `overflow`
 */
export function localOutlierFactors(rows: Matrix, neighbours = 20): Float64Array {
  requireMatrix('rows', rows, 2)
  requireInteger('neighbours', neighbours, 1)
  const n = rows.length
  refuseUnless(n > neighbours, 'too-short', () => `${n} rows for ${neighbours} neighbours of each`)
  // Of the distances of a row only those of its neighbours are kept: all pairs of a large sample have no room in memory.
  const all = new Float64Array(n)
  const nearest = rows.map((row, i) => {
    for (let j = 0; j < n; j++) all[j] = finiteOr('overflow', Math.sqrt(squaredDistance(row, rows[j])), 'a distance')
    const near = nearestOf(all, neighbours, i)
    return { near, distance: Float64Array.from(near, (j) => all[j]) }
  })
  const reach = nearest.map(({ distance }) => distance[neighbours - 1])
  // The small number keeps rows that coincide from having infinite density.
  const density = nearest.map(
    ({ near, distance }) => 1 / (near.reduce((total, j, k) => total + Math.max(reach[j], distance[k]), 0) / neighbours + 1e-10),
  )
  return Float64Array.from(nearest, ({ near }, i) => near.reduce((total, j) => total + density[j], 0) / neighbours / density[i])
}
