/**
 * Agglomerative clustering of what is close, as a tree: which clusters join at which height, in what order the leaves
 * stand, and where the tree is cut. Clusters are numbered as SciPy does: observations 0 to n - 1, the k-th merge n + k; a
 * merge names the smaller number first, and equal heights keep the order in which they were found.
 *
 * Pure. Sources: D. Muellner, Modern Hierarchical, Agglomerative Clustering Algorithms, arXiv:1109.2378 (2011); R. Sibson,
 * The Computer Journal 16 (1973).
 */
import { MathError } from '../error.ts'
import { finiteOr, type Matrix, refuseUnless, requireInteger, requireNumber, requireSymmetric } from '../guard.ts'
import { finiteMatrix, requireCovariance, zeros } from './requirements.ts'

export type LinkageMethod = 'single' | 'complete' | 'average' | 'weighted' | 'ward'

export interface Merge {
  /** Number of the one cluster, the smaller. */
  readonly left: number
  readonly right: number
  /** Distance at which they join. */
  readonly height: number
  /** Observations in the new cluster. */
  readonly size: number
}

/**
 * The n - 1 merges of n observations from their distances (n x n, symmetric, zero diagonal), by height: `single` joins by
 * the nearest pair, `complete` by the furthest, `average` by the mean of all pairs, `weighted` by the mean of the halves,
 * `ward` by the growth of the sum of squares.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain` (a negative distance, or one from itself), `overflow`
 */
export function linkage(distances: Matrix, method: LinkageMethod = 'single'): Merge[] {
  requireSymmetric('distances', distances)
  const n = distances.length
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const value = distances[i][j]
      if (value < 0 || (i === j && value !== 0))
        throw new MathError('out-of-domain', `distances[${i}][${j}] is ${value}; a distance is not negative, from itself 0`)
    }
  return mergesOf(distances, method)
}

/** The merges of distances that are known to be some. */
export function mergesOf(distances: Matrix, method: LinkageMethod): Merge[] {
  const n = distances.length
  const flat = new Float64Array(n * n)
  // One of the two halves speaks for both.
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) flat[i * n + j] = i < j ? distances[i][j] : distances[j][i]
  const pairs = method === 'single' ? spanningTree(flat, n) : nearestNeighbourChain(flat, n, method)
  for (const [, , height] of pairs) finiteOr('overflow', height, 'a height')
  pairs.sort((a, b) => a[2] - b[2])
  return numbered(pairs, n)
}

type Pair = [number, number, number]

/** Prim's minimum spanning tree. */
function spanningTree(distances: Float64Array, n: number): Pair[] {
  const nearest = new Float64Array(n).fill(Infinity)
  const merged = new Uint8Array(n)
  const pairs: Pair[] = []
  let x = 0
  for (let k = 0; k < n - 1; k++) {
    merged[x] = 1
    let y = -1
    let least = Infinity
    for (let j = 0; j < n; j++) {
      if (merged[j] === 1) continue
      const distance = distances[x * n + j]
      if (distance < nearest[j]) nearest[j] = distance
      if (nearest[j] < least || y < 0) {
        y = j
        least = nearest[j]
      }
    }
    pairs.push([x, y, least])
    x = y
  }
  return pairs
}

function nearestNeighbourChain(distances: Float64Array, n: number, method: Exclude<LinkageMethod, 'single'>): Pair[] {
  const size = new Float64Array(n).fill(1)
  const chain = new Int32Array(n + 1)
  let length = 0
  const pairs: Pair[] = []
  for (let k = 0; k < n - 1; k++) {
    if (length === 0) {
      chain[0] = size.findIndex((each) => each > 0)
      length = 1
    }
    let [x, y, least] = [0, 0, 0]
    // Each step goes to a strictly nearer neighbour, so the chain ends.
    for (;;) {
      x = chain[length - 1]
      // The one before is preferred among equals, or the chain would go round.
      ;[y, least] = length > 1 ? [chain[length - 2], distances[x * n + chain[length - 2]]] : [-1, Infinity]
      for (let i = 0; i < n; i++) {
        if (size[i] === 0 || i === x) continue
        const distance = distances[x * n + i]
        if (distance < least || y < 0) {
          y = i
          least = distance
        }
      }
      if (length > 1 && y === chain[length - 2]) break
      chain[length] = y
      length += 1
    }
    length -= 2
    if (x > y) [x, y] = [y, x]
    const [nx, ny] = [size[x], size[y]]
    pairs.push([x, y, least])
    size[x] = 0
    size[y] = nx + ny
    for (let i = 0; i < n; i++) {
      if (size[i] === 0 || i === y) continue
      const joined = joinedDistance(method, distances[i * n + x], distances[i * n + y], least, nx, ny, size[i])
      distances[i * n + y] = joined
      distances[y * n + i] = joined
    }
  }
  return pairs
}

/** Distance of cluster i from the union of x and y. Source: G. N. Lance, W. T. Williams, The Computer Journal 9 (1967). */
function joinedDistance(
  method: Exclude<LinkageMethod, 'single'>,
  toX: number,
  toY: number,
  between: number,
  nx: number,
  ny: number,
  ni: number,
): number {
  switch (method) {
    case 'complete':
      return Math.max(toX, toY)
    case 'average':
      return (nx * toX + ny * toY) / (nx + ny)
    case 'weighted':
      return 0.5 * (toX + toY)
    case 'ward': {
      const t = 1 / (nx + ny + ni)
      return Math.sqrt(Math.max(0, (ni + nx) * t * toX * toX + (ni + ny) * t * toY * toY - ni * t * between * between))
    }
  }
}

/** Observations that stand for their clusters become the clusters' numbers. */
function numbered(pairs: readonly Pair[], n: number): Merge[] {
  const parent = Int32Array.from({ length: 2 * n - 1 }, (_, i) => i)
  const sizes = new Int32Array(2 * n - 1).fill(1)
  const rootOf = (i: number): number => {
    let root = i
    while (parent[root] !== root) root = parent[root]
    for (let at = i; parent[at] !== root && at !== root;) [at, parent[at]] = [parent[at], root]
    return root
  }
  return pairs.map(([x, y, height], k) => {
    const [a, b] = [rootOf(x), rootOf(y)]
    const size = sizes[a] + sizes[b]
    parent[a] = n + k
    parent[b] = n + k
    sizes[n + k] = size
    return { left: Math.min(a, b), right: Math.max(a, b), height, size }
  })
}

/**
 * The observations of a tree from left to right: each merge's left cluster before its right one.
 * @throws MathError `shape` when the merges are no tree
 */
export function leafOrder(merges: readonly Merge[]): number[] {
  const n = requireTree(merges)
  const order: number[] = []
  const open = [2 * n - 2]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at < n) order.push(at)
    else open.push(merges[at - n].right, merges[at - n].left)
  }
  return order
}

function requireTree(merges: readonly Merge[]): number {
  const n = merges.length + 1
  const used = new Uint8Array(2 * n - 1)
  merges.forEach(({ left, right }, k) => {
    for (const each of [left, right]) {
      requireInteger(`a cluster of merge ${k}`, each, 0)
      refuseUnless(each < n + k && used[each] === 0, 'shape', () => `merge ${k} joins cluster ${each}, which is not there`)
      used[each] = 1
    }
  })
  return n
}

/** Either of the two. */
export interface CutOptions {
  /** So many clusters, or fewer where heights are equal. */
  readonly clusters?: number
  /** All merges up to this height are made. */
  readonly height?: number
}

/**
 * The cluster of each observation, numbered from 0 in the order of their first observations, when the tree is cut.
 * @throws MathError `shape`, `not-finite`, `out-of-domain` (neither or both options, or out of range)
 */
export function cutTree(merges: readonly Merge[], { clusters, height }: CutOptions): Int32Array {
  const n = requireTree(merges)
  refuseUnless((clusters === undefined) !== (height === undefined), 'out-of-domain', 'give clusters or height')
  let made = 0
  if (clusters !== undefined) {
    requireInteger('clusters', clusters, 1, n)
    made = n - clusters
  } else if (height !== undefined) {
    requireNumber('height', height, 0)
    while (made < merges.length && merges[made].height <= height) made += 1
  }
  const parent = Int32Array.from({ length: 2 * n - 1 }, (_, i) => i)
  for (let k = 0; k < made; k++) {
    parent[merges[k].left] = n + k
    parent[merges[k].right] = n + k
  }
  // Parents have larger numbers: one pass from the top finds every root.
  for (let i = 2 * n - 2; i >= 0; i--) parent[i] = parent[parent[i]]
  const names = new Map<number, number>()
  return Int32Array.from({ length: n }, (_, i) => {
    const known = names.get(parent[i])
    if (known !== undefined) return known
    names.set(parent[i], names.size)
    return names.size - 1
  })
}

/**
 * How far apart assets are: `condensed` takes d itself, `euclidean` the Euclidean distance of two columns of d, as Lopez de
 * Prado does.
 */
export type CorrelationDistance = 'condensed' | 'euclidean'

/**
 * Distances d_ij = sqrt((1 - rho_ij)/2) of a correlation matrix, between 0 (alike) and 1 (opposite); `euclidean` measures
 * sqrt(sum_k (d_ki - d_kj)^2) instead.
 * Source: R. N. Mantegna, European Physical Journal B 11 (1999); M. Lopez de Prado, J. Portfolio Management 42 (2016).
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite` (an entry beyond 1),
 * `out-of-domain` (a diagonal other than 1)
 */
export function correlationDistances(correlation: Matrix, kind: CorrelationDistance = 'condensed'): Float64Array[] {
  requireCovariance('correlation', correlation)
  const n = correlation.length
  for (let i = 0; i < n; i++)
    refuseUnless(
      Math.abs(correlation[i][i] - 1) <= 1e-9,
      'out-of-domain',
      () => `correlation[${i}][${i}] is ${correlation[i][i]}; it is 1`,
    )
  return distancesOf(correlation, kind)
}

/** The distances of what is known to be a correlation matrix. */
export function distancesOf(correlation: Matrix, kind: CorrelationDistance): Float64Array[] {
  const n = correlation.length
  const plain = correlation.map((row, i) =>
    Float64Array.from(row, (each, j) => (i === j ? 0 : Math.sqrt(Math.max(0, Math.min(1, (1 - each) / 2))))),
  )
  if (kind === 'condensed') return plain
  const out = zeros(n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      let total = 0
      for (let k = 0; k < n; k++) total += (plain[i][k] - plain[j][k]) ** 2
      out[i][j] = Math.sqrt(total)
      out[j][i] = out[i][j]
    }
  return finiteMatrix(out, 'the distance')
}

export interface CorrelationClusterOptions extends CutOptions {
  /** Default `average`. */
  readonly linkage?: LinkageMethod
  /** Default `condensed`. */
  readonly distance?: CorrelationDistance
}

/**
 * Groups of assets that move alike: the cluster of each, from the tree of the distances sqrt((1 - rho)/2), cut at a number
 * of clusters or at a height.
 * Source: R. N. Mantegna (1999).
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `out-of-domain`, `overflow`
 */
export function correlationClusters(
  correlation: Matrix,
  { linkage: method = 'average', distance = 'condensed', ...cut }: CorrelationClusterOptions,
): Int32Array {
  return cutTree(linkage(correlationDistances(correlation, distance), method), cut)
}
