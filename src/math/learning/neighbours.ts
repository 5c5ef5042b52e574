/**
 * What near rows say: k nearest neighbours, k-means clusters and how well they part.
 *
 * Pure; chance comes from the generator it is given. Sources: T. Cover, P. Hart, IEEE Trans. Information Theory 13 (1967);
 * S. Lloyd, IEEE Trans. Information Theory 28 (1982); D. Arthur, S. Vassilvitskii, SODA (2007) (k-means++);
 * P. J. Rousseeuw, J. Computational and Applied Mathematics 20 (1987) (silhouette).
 */
import type { Prng } from '../../core/random.ts'
import { type Matrix, refuseUnless, requireInteger, requireMatrix, requireVector, type Vector } from '../guard.ts'
import { nearestOf, squaredDistance } from '../numerics/nearest.ts'

/** Squares of differences stay in range, so no distance is infinite. */
function requireModerate(rows: Matrix): void {
  for (const row of rows)
    for (let j = 0; j < row.length; j++)
      refuseUnless(Math.abs(row[j]) < 1e150, 'overflow', 'distances between the rows exceed the range of a double')
}

/**
 * Mean target of the k rows nearest by Euclidean distance, of equally near ones the first; for targets 0 and 1 the share of ones.
 *
 * @param x n rows, put to one scale before
 * @param at m rows
 * @returns m values
 * @throws MathError `too-short` with fewer than k rows, `shape`, `out-of-domain`, `not-finite`, `overflow`, `empty`
 */
export function nearestNeighbourMean(x: Matrix, y: Vector, at: Matrix, k = 5): Float64Array {
  requireMatrix('the rows', x)
  requireVector('the targets', y)
  requireMatrix('the rows asked for', at)
  refuseUnless(x.length === y.length, 'shape', () => `${x.length} rows with ${y.length} targets`)
  refuseUnless(x[0].length === at[0].length, 'shape', () => `${at[0].length} columns; the rows have ${x[0].length}`)
  requireInteger('k', k, 1)
  refuseUnless(x.length >= k, 'too-short', () => `${x.length} rows for ${k} neighbours`)
  requireModerate(x)
  requireModerate(at)
  const distances = new Float64Array(x.length)
  return Float64Array.from(at, (row) => {
    for (let i = 0; i < x.length; i++) distances[i] = squaredDistance(row, x[i])
    return nearestOf(distances, k).reduce((total, i) => total + y[i] / k, 0)
  })
}

export interface Clusters {
  /** A centre a row. */
  readonly centres: readonly Float64Array[]
  /** The cluster of each row. */
  readonly labels: Int32Array
  /** Sum of squared distances of the rows from their centres. */
  readonly inertia: number
  readonly iterations: number
}

const MOST_ITERATIONS = 1_000

/**
 * k-means from given centres (Lloyd): rows to their nearest centre, centres to the mean of their rows, until no row moves. A cluster
 * that lost all its rows takes the row furthest from its centre.
 *
 * @param x n rows of p variables
 * @param start k centres of p variables
 * @throws MathError `too-short` with fewer rows than centres, `shape`, `not-finite`, `overflow`, `no-convergence`, `empty`
 */
export function kMeans(x: Matrix, start: Matrix): Clusters {
  requireMatrix('the rows', x)
  requireMatrix('the centres', start)
  refuseUnless(x[0].length === start[0].length, 'shape', () => `${start[0].length} columns; the rows have ${x[0].length}`)
  refuseUnless(x.length >= start.length, 'too-short', () => `${x.length} rows for ${start.length} clusters`)
  requireModerate(x)
  requireModerate(start)
  let centres: Float64Array[] = start.map((row) => Float64Array.from(row))
  let labels = assign(x, centres)
  for (let iteration = 1; iteration <= MOST_ITERATIONS; iteration++) {
    centres = moved(x, labels, centres)
    const next = assign(x, centres)
    const settled = next.every((label, i) => label === labels[i])
    labels = next
    if (settled) {
      const inertia = x.reduce((total, row, i) => total + squaredDistance(row, centres[labels[i]]), 0)
      return { centres, labels, inertia, iterations: iteration }
    }
  }
  refuseUnless(false, 'no-convergence', () => `rows still move between clusters after ${MOST_ITERATIONS} rounds`)
}

function assign(x: Matrix, centres: readonly Float64Array[]): Int32Array {
  return Int32Array.from(x, (row) => {
    let [best, nearest] = [0, Infinity]
    for (let k = 0; k < centres.length; k++) {
      const distance = squaredDistance(row, centres[k])
      if (distance < nearest) [best, nearest] = [k, distance]
    }
    return best
  })
}

function moved(x: Matrix, labels: Int32Array, centres: readonly Float64Array[]): Float64Array[] {
  const p = x[0].length
  const counts = new Int32Array(centres.length)
  for (const label of labels) counts[label] += 1
  const sums = centres.map(() => new Float64Array(p))
  labels.forEach((label, i) => {
    for (let j = 0; j < p; j++) sums[label][j] += x[i][j] / counts[label]
  })
  // Furthest first, for the clusters that lost all their rows.
  const far = counts.includes(0)
    ? Array.from(labels, (_, i) => i).sort(
        (a, b) => squaredDistance(x[b], centres[labels[b]]) - squaredDistance(x[a], centres[labels[a]]) || a - b,
      )
    : []
  let taken = 0
  return sums.map((sum, k) => {
    if (counts[k] > 0) return sum
    taken += 1
    return Float64Array.from(x[far[taken - 1]])
  })
}

/**
 * Starting centres by k-means++: the first row by chance, each further one with a probability in proportion to its squared distance
 * from the nearest chosen.
 *
 * @returns k rows
 * @throws MathError `no-variance` with fewer distinct rows than centres, `too-short`, `out-of-domain`, `not-finite`, `empty`
 */
export function kMeansStart(x: Matrix, k: number, prng: Prng): Float64Array[] {
  requireMatrix('the rows', x)
  requireInteger('k', k, 1, 10_000)
  refuseUnless(x.length >= k, 'too-short', () => `${x.length} rows for ${k} clusters`)
  requireModerate(x)
  const chosen = [Float64Array.from(x[prng.int(0, x.length - 1)])]
  const nearest = Float64Array.from(x, (row) => squaredDistance(row, chosen[0]))
  while (chosen.length < k) {
    const total = nearest.reduce((sum, each) => sum + each, 0)
    refuseUnless(total > 0, 'no-variance', () => `there are only ${chosen.length} distinct rows`)
    let rest = prng.float() * total
    let pick = nearest.findIndex((each) => {
      rest -= each
      return rest < 0
    })
    // Rounding can leave a little; the last row that is no centre yet is meant then.
    if (pick < 0) pick = nearest.findLastIndex((each) => each > 0)
    const centre = Float64Array.from(x[pick])
    chosen.push(centre)
    x.forEach((row, i) => {
      nearest[i] = Math.min(nearest[i], squaredDistance(row, centre))
    })
  }
  return chosen
}

/**
 * Mean silhouette: (b - a)/max(a, b), a the mean distance to the row's own cluster, b to the nearest other one; 0 for a row alone in
 * its cluster. Between -1 and 1; near 1 for clusters that are compact and apart.
 *
 * @throws MathError `no-variance` with fewer than two clusters, `shape`, `out-of-domain`, `not-finite`, `overflow`, `empty`
 */
export function silhouette(x: Matrix, labels: Vector): number {
  requireMatrix('the rows', x, 2)
  requireVector('labels', labels)
  refuseUnless(x.length === labels.length, 'shape', () => `${x.length} rows with ${labels.length} labels`)
  requireModerate(x)
  const names = [...new Set(Array.from(labels))].sort((a, b) => a - b)
  refuseUnless(names.length >= 2, 'no-variance', 'all rows are in one cluster')
  const cluster = Array.from(labels, (label) => names.indexOf(label))
  const sizes = names.map((_, k) => cluster.reduce((count, each) => count + (each === k ? 1 : 0), 0))
  let total = 0
  for (let i = 0; i < x.length; i++) {
    const sums = new Float64Array(names.length)
    for (let j = 0; j < x.length; j++) if (j !== i) sums[cluster[j]] += Math.sqrt(squaredDistance(x[i], x[j]))
    if (sizes[cluster[i]] === 1) continue
    const own = sums[cluster[i]] / (sizes[cluster[i]] - 1)
    let other = Infinity
    for (let k = 0; k < names.length; k++) if (k !== cluster[i]) other = Math.min(other, sums[k] / sizes[k])
    // Rows that coincide with all others are as near to the one cluster as to the other.
    if (Math.max(own, other) > 0) total += (other - own) / Math.max(own, other)
  }
  return total / x.length
}
