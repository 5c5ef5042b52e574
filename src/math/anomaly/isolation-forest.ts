/**
 * Isolation forest: what can be cut off by few random splits is unlike the rest.
 *
 * Pure; chance comes from the generator it is given. Source: F. T. Liu, K. M. Ting, Z.-H. Zhou, ICDM (2008).
 */
import type { Prng } from '../../core/random.ts'
import { type Matrix, refuseUnless, requireInteger, requireMatrix, requireNumber, type Vector } from '../guard.ts'

const EULER = 0.577_215_664_901_532_9

/**
 * Mean depth of an unsuccessful search in a binary tree of n values: c(n) = 2 (ln(n - 1) + 0.5772) - 2 (n - 1)/n, c(2) = 1, c(1) = 0.
 * @throws MathError `out-of-domain` below 1, `not-finite`
 */
export function expectedPathLength(n: number): number {
  requireNumber('n', n, 1, 2 ** 53)
  if (n <= 1) return 0
  if (n <= 2) return 1
  return 2 * (Math.log(n - 1) + EULER) - (2 * (n - 1)) / n
}

/** A tree as arrays, one place a node: the split, or how many rows ended there. */
interface Tree {
  readonly feature: number[]
  readonly threshold: number[]
  /** The right child; the left one follows its parent. 0 for a leaf. */
  readonly right: number[]
  /** What a leaf adds to the depth: c of the rows it could not part. */
  readonly rest: number[]
}

export interface IsolationForest {
  readonly trees: readonly Tree[]
  readonly columns: number
  /** c of the rows each tree saw. */
  readonly normaliser: number
}

export interface IsolationOptions {
  readonly trees?: number
  /** Rows each tree sees, without replacement; all when there are fewer. */
  readonly sample?: number
}

/**
 * Grows an isolation forest: each tree on a random sample of rows, split at a uniform point of a random variable that varies, down to
 * depth ceil(log2(sample)).
 *
 * @param rows n observations of p variables
 * @throws MathError `too-short` below two rows, `shape`, `not-finite`, `out-of-domain`, `empty`
 */
export function isolationForest(rows: Matrix, prng: Prng, options: IsolationOptions = {}): IsolationForest {
  const { trees = 100, sample = 256 } = options
  requireMatrix('rows', rows, 2)
  requireInteger('trees', trees, 1, 100_000)
  requireInteger('sample', sample, 2)
  const size = Math.min(sample, rows.length)
  const deepest = Math.ceil(Math.log2(size))
  const indices = Array.from(rows, (_, i) => i)
  return {
    columns: rows[0].length,
    normaliser: expectedPathLength(size),
    trees: Array.from({ length: trees }, (_, k) => {
      const own = prng.fork(`tree-${k}`)
      const tree: Tree = { feature: [], threshold: [], right: [], rest: [] }
      grow(tree, rows, size < rows.length ? own.shuffle(indices).slice(0, size) : indices, deepest, own)
      return tree
    }),
  }
}

/** Adds the node of these rows, and those below it. */
function grow(tree: Tree, rows: Matrix, members: readonly number[], depth: number, prng: Prng): void {
  const node = tree.feature.length
  tree.feature.push(0)
  tree.threshold.push(0)
  tree.right.push(0)
  tree.rest.push(expectedPathLength(members.length))
  if (depth === 0 || members.length < 2) return
  const split = chooseSplit(rows, members, prng)
  if (split === undefined) return
  tree.feature[node] = split.feature
  tree.threshold[node] = split.threshold
  const isLeft = (i: number): boolean => rows[i][split.feature] <= split.threshold
  grow(tree, rows, members.filter(isLeft), depth - 1, prng)
  tree.right[node] = tree.feature.length
  grow(
    tree,
    rows,
    members.filter((i) => !isLeft(i)),
    depth - 1,
    prng,
  )
}

/** A variable that varies among the rows, and a point between its ends; none when all rows are alike. */
function chooseSplit(
  rows: Matrix,
  members: readonly number[],
  prng: Prng,
): { readonly feature: number; readonly threshold: number } | undefined {
  const columns = rows[0].length
  const first = prng.int(0, columns - 1)
  for (let k = 0; k < columns; k++) {
    const feature = (first + k) % columns
    let [low, high] = [Infinity, -Infinity]
    for (const i of members) {
      low = Math.min(low, rows[i][feature])
      high = Math.max(high, rows[i][feature])
    }
    if (low === high) continue
    const threshold = low + prng.float() * (high - low)
    // Rounding, or a range beyond a double, must not put everything to one side.
    return { feature, threshold: threshold >= low && threshold < high ? threshold : low }
  }
  return undefined
}

/**
 * Anomaly scores 2^(-E h(x)/c(sample)) between 0 and 1: near 1 for what is cut off at once, below 0.5 for the ordinary.
 * @returns one a row
 * @throws MathError `shape` when the columns are not those of the forest, `not-finite`, `empty`
 */
export function isolationScores(forest: IsolationForest, rows: Matrix): Float64Array {
  requireMatrix('rows', rows)
  refuseUnless(rows[0].length === forest.columns, 'shape', () => `${rows[0].length} columns; the forest has ${forest.columns}`)
  return Float64Array.from(rows, (row) => {
    let total = 0
    for (const tree of forest.trees) total += depthOf(tree, row)
    return 2 ** (-total / forest.trees.length / forest.normaliser)
  })
}

function depthOf(tree: Tree, row: Vector): number {
  let node = 0
  let depth = 0
  while (tree.right[node] !== 0) {
    node = row[tree.feature[node]] <= tree.threshold[node] ? node + 1 : tree.right[node]
    depth += 1
  }
  return depth + tree.rest[node]
}
