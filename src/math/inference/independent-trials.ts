/**
 * How many of the trials of a search were different from one another, so that a deflated Sharpe ratio counts each idea once.
 *
 * Pure: numbers in, numbers out. Source: M. López de Prado, M. J. Lewis, Detection of false investment strategies using
 * unsupervised learning methods, Quantitative Finance 19 (2019); average linkage: R. R. Sokal, C. D. Michener (1958).
 */
import { type Matrix, refuseUnless, requireMatrix } from '../guard.ts'
import { average, deviation } from '../numerics/statistics.ts'
import { effectiveTrials } from './sharpe.ts'
import { standardise } from './standardise.ts'

/** Beyond this many trials the pairwise distances would take more memory and time than the answer is worth. */
const MOST_TRIALS = 1_000

export interface IndependentTrials {
  readonly trials: number
  /** Mean over all pairs of trials. */
  readonly meanCorrelation: number
  /** rho + (1 - rho) N. */
  readonly effective: number
  /** How many clusters of similar trials there are. */
  readonly clusters: number
  /** The cluster of every trial, from 0. */
  readonly clusterOf: Uint32Array
}

/**
 * Number of independent trials in two ways: N_eff = rho + (1 - rho) N with the mean correlation rho, and the number of clusters of
 * their returns by average linkage on the distance sqrt((1 - rho)/2), cut where the mean of the silhouettes over their standard
 * deviation is highest. Rows are periods, columns are trials. Trials that are all alike are one cluster; where no cut separates
 * anything (a mean silhouette below 0.25 everywhere), every trial is its own.
 * @throws MathError `too-short` below two periods or two trials, `no-variance` when returns of a trial do not vary, `out-of-domain`
 * above 1,000 trials
 */
export function independentTrials(returns: Matrix): IndependentTrials {
  requireMatrix('the returns', returns, 2, 2)
  const n = returns[0].length
  refuseUnless(
    n <= MOST_TRIALS,
    'out-of-domain',
    () => `${n} trials are too many to compare in pairs; give at most ${MOST_TRIALS}, for instance a random choice of them`,
  )
  const columns = Array.from(
    { length: n },
    (_, j) =>
      standardise(
        'a trial',
        Float64Array.from(returns, (row) => row[j]),
      ).z,
  )
  const distance = Array.from({ length: n }, () => new Float64Array(n))
  let total = 0
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      let product = 0
      for (let t = 0; t < returns.length; t++) product += columns[i][t] * columns[j][t]
      const rho = Math.min(1, Math.max(-1, product / returns.length))
      total += rho
      distance[i][j] = Math.sqrt((1 - rho) / 2)
      distance[j][i] = distance[i][j]
    }
  const meanCorrelation = total / ((n * (n - 1)) / 2)
  const clusterOf = bestCut(distance)
  return {
    trials: n,
    meanCorrelation,
    effective: effectiveTrials(n, meanCorrelation),
    clusters: Math.max(...clusterOf) + 1,
    clusterOf,
  }
}

/** Merges the two nearest clusters until two are left, and keeps the cut with the clearest silhouettes. */
function bestCut(distance: readonly Float64Array[]): Uint32Array {
  const n = distance.length
  if (distance.every((row) => row.every((each) => each < 1e-6))) return new Uint32Array(n)
  /** Mean distance between the clusters that are named by their first members. */
  const between = distance.map((row) => Float64Array.from(row))
  /** Sum of the distances from a trial to the members of a cluster. */
  const reach = distance.map((row) => Float64Array.from(row))
  const size = new Uint32Array(n).fill(1)
  const own = Uint32Array.from({ length: n }, (_, i) => i)
  const alive = Array.from({ length: n }, (_, i) => i)
  let best = Uint32Array.from(own)
  let bestQuality = 0
  while (alive.length > 2) {
    let [a, b] = [alive[0], alive[1]]
    for (let x = 1; x < alive.length; x++)
      for (let y = 0; y < x; y++) if (between[alive[x]][alive[y]] < between[a][b]) [a, b] = [alive[y], alive[x]]
    for (const c of alive) {
      if (c === a || c === b) continue
      between[a][c] = (size[a] * between[a][c] + size[b] * between[b][c]) / (size[a] + size[b])
      between[c][a] = between[a][c]
    }
    size[a] += size[b]
    for (let i = 0; i < n; i++) {
      reach[i][a] += reach[i][b]
      if (own[i] === b) own[i] = a
    }
    alive.splice(alive.indexOf(b), 1)
    const quality = silhouetteQuality(reach, own, size, alive)
    if (quality <= bestQuality) continue
    bestQuality = quality
    best = Uint32Array.from(own, (name) => alive.indexOf(name))
  }
  return best
}

/** Mean over standard deviation of the silhouettes; 0 when the clusters are hardly apart. */
function silhouetteQuality(
  reach: readonly Float64Array[],
  own: Uint32Array,
  size: Uint32Array,
  alive: readonly number[],
): number {
  const silhouettes = Float64Array.from(own, (cluster, i) => {
    if (size[cluster] === 1) return 0
    const within = reach[i][cluster] / (size[cluster] - 1)
    let nearest = Infinity
    for (const other of alive) if (other !== cluster) nearest = Math.min(nearest, reach[i][other] / size[other])
    const larger = Math.max(within, nearest)
    return larger > 0 ? (nearest - within) / larger : 0
  })
  const mean = average(silhouettes)
  return mean < 0.25 ? 0 : mean / Math.max(deviation(silhouettes, 'population'), 1e-9)
}
