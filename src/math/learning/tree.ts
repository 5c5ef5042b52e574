/**
 * Regression trees grown on gradients: the one engine below single trees and boosting. A node's worth is G^2/(H + lambda), G and H the
 * sums of first and second derivatives of the loss; with gradients y - f, ones for H and no lambda this is CART by squared error.
 *
 * Pure. Sources: L. Breiman et al., Classification and Regression Trees (1984); T. Chen, C. Guestrin, KDD (2016), equations 5 to 7.
 */
import { type Matrix, refuseUnless, requireMatrix, type Vector } from '../guard.ts'

export interface Tree {
  /** The variable a node splits on; -1 for a leaf. The left child follows its parent. */
  readonly feature: Int32Array
  /** Rows at or below it go left. */
  readonly threshold: Float64Array
  readonly right: Int32Array
  /** What a leaf answers. */
  readonly value: Float64Array
  /** How much the split improved the objective. */
  readonly gain: Float64Array
  /** Training rows that came by. */
  readonly count: Int32Array
  /** Splits for which another variable would have done exactly as well: other programs may have chosen that one. */
  readonly ties: number
}

export interface TreeRules {
  readonly maxDepth: number
  readonly minSamplesLeaf: number
  /** Least sum of second derivatives on each side of a split. */
  readonly minChildWeight: number
  readonly lambda: number
  /** A split has to gain more than this. */
  readonly minGain: number
  /** Of 256 bins a variable when binned, of all distinct values when exact. */
  readonly splits: 'exact' | 'histogram'
}

/**
 * How a variable is compared with a threshold. `own`: in double precision, the threshold half-way, at or below goes left.
 * `scikit-learn`: the variables are rounded to single precision first. `xgboost`: the threshold too, and only what lies below it goes
 * left. It matters for rows that lie on a threshold.
 */
export type Comparison = 'own' | 'scikit-learn' | 'xgboost'

/** The rows as a comparison sees them. */
export const seen = (x: Matrix, comparison: Comparison): Matrix =>
  comparison === 'own' ? x : x.map((row) => Float64Array.from(row, Math.fround))

/** The rows by columns, sorted or binned once for all trees. */
export interface Prepared {
  readonly rows: number
  readonly columns: readonly Float64Array[]
  /** Row numbers in the order of each column, equal values by row. */
  readonly orders: readonly Int32Array[]
  readonly bins: readonly Uint8Array[]
  /** Threshold above each bin but the last. */
  readonly edges: readonly Float64Array[]
  readonly comparison: Comparison
}

const BINS = 256

/** Of rows that are `seen` already. */
export function prepare(x: Matrix, splits: TreeRules['splits'], comparison: Comparison = 'own'): Prepared {
  requireMatrix('the rows', x, 2)
  const n = x.length
  const columns = Array.from({ length: x[0].length }, (_, j) => Float64Array.from(x, (row) => row[j]))
  const orders = columns.map((column) =>
    Int32Array.from(Array.from(column, (_, i) => i).sort((a, b) => column[a] - column[b] || a - b)),
  )
  if (splits === 'exact') return { rows: n, columns, orders, bins: [], edges: [], comparison }
  const binned = columns.map((column, j) => binOf(column, orders[j], comparison))
  return { rows: n, columns, orders, bins: binned.map(({ bins }) => bins), edges: binned.map(({ edges }) => edges), comparison }
}

/** Bins of about equal numbers of rows; equal values share one. With no more distinct values than bins each has its own. */
function binOf(
  column: Float64Array,
  order: Int32Array,
  comparison: Comparison,
): { readonly bins: Uint8Array; readonly edges: Float64Array } {
  const n = column.length
  let distinct = 1
  for (let k = 1; k < n; k++) if (column[order[k]] > column[order[k - 1]]) distinct += 1
  const bins = new Uint8Array(n)
  const edges: number[] = []
  let bin = 0
  for (let k = 0; k < n; k++) {
    const isNew = k > 0 && column[order[k]] > column[order[k - 1]]
    if (isNew && bin < BINS - 1 && (distinct <= BINS || k * BINS >= (bin + 1) * n)) {
      edges.push(middle(column[order[k - 1]], column[order[k]], comparison))
      bin += 1
    }
    bins[order[k]] = bin
  }
  return { bins, edges: Float64Array.from(edges) }
}

/** Between two values, and never equal to the upper one by rounding. */
const middle = (low: number, high: number, comparison: Comparison): number => {
  if (comparison === 'xgboost') {
    // A little less than the threshold in single precision: at or below this is below that.
    const rounded = Math.fround(low / 2 + high / 2)
    return rounded === 0 ? -1e-46 : rounded - 1e-10 * Math.abs(rounded)
  }
  const between = low + (high - low) / 2
  return between < high ? between : low
}

interface Split {
  readonly feature: number
  readonly threshold: number
  readonly gain: number
}

interface Growing {
  readonly feature: number[]
  readonly threshold: number[]
  readonly right: number[]
  readonly value: number[]
  readonly gain: number[]
  readonly count: number[]
}

/**
 * Grows one tree.
 *
 * @param gradient first derivatives of the loss, one a row
 * @param hessian second derivatives, none negative
 * @param members row numbers to grow it on
 * @param leafOf receives the leaf's rows, and gives its answer
 */
export function growTree(
  prepared: Prepared,
  gradient: Float64Array,
  hessian: Float64Array,
  members: Int32Array,
  rules: TreeRules,
  leafOf: (rows: Int32Array) => number,
): Tree {
  const tree: Growing = { feature: [], threshold: [], right: [], value: [], gain: [], count: [] }
  const inside = new Uint8Array(prepared.rows)
  for (const i of members) inside[i] = 1
  const whole = members.length === prepared.rows
  const orders =
    rules.splits === 'histogram'
      ? []
      : whole
        ? prepared.orders
        : prepared.orders.map((order) => order.filter((i) => inside[i] === 1))
  const goesLeft = new Uint8Array(prepared.rows)
  let ties = 0

  const grow = (rows: Int32Array, sorted: readonly Int32Array[], depth: number): void => {
    const node = tree.feature.length
    tree.feature.push(-1)
    tree.threshold.push(0)
    tree.right.push(0)
    tree.value.push(0)
    tree.gain.push(0)
    tree.count.push(rows.length)
    const split = depth >= rules.maxDepth || rows.length < 2 ? undefined : bestSplit(rows, sorted)
    if (split === undefined) {
      tree.value[node] = leafOf(rows)
      return
    }
    tree.feature[node] = split.feature
    tree.threshold[node] = split.threshold
    tree.gain[node] = split.gain
    const column = prepared.columns[split.feature]
    for (const i of rows) goesLeft[i] = column[i] <= split.threshold ? 1 : 0
    const left = rows.filter((i) => goesLeft[i] === 1)
    const right = rows.filter((i) => goesLeft[i] === 0)
    const sortedLeft = sorted.map((order) => order.filter((i) => goesLeft[i] === 1))
    const sortedRight = sorted.map((order) => order.filter((i) => goesLeft[i] === 0))
    grow(left, sortedLeft, depth + 1)
    tree.right[node] = tree.feature.length
    grow(right, sortedRight, depth + 1)
  }

  const bestSplit = (rows: Int32Array, sorted: readonly Int32Array[]): Split | undefined => {
    let [g, h, squares] = [0, 0, 0]
    for (const i of rows) {
      g += gradient[i]
      h += hessian[i]
      squares += gradient[i] * gradient[i]
    }
    // Rows that agree about the gradient have nothing to gain from being parted.
    if (squares - (g * g) / rows.length <= 1e-14 * squares) return undefined
    const scan: Scan = {
      g,
      h,
      count: rows.length,
      parent: (g * g) / (h + rules.lambda),
      rules,
      comparison: prepared.comparison,
      best: undefined,
      isTied: false,
    }
    for (let j = 0; j < prepared.columns.length; j++)
      if (rules.splits === 'exact') scanSorted(scan, j, prepared.columns[j], sorted[j], gradient, hessian)
      else scanBins(scan, j, prepared.bins[j], prepared.edges[j], rows, gradient, hessian)
    if (scan.isTied) ties += 1
    return scan.best
  }

  grow(members, orders, 0)
  return {
    feature: Int32Array.from(tree.feature),
    threshold: Float64Array.from(tree.threshold),
    right: Int32Array.from(tree.right),
    value: Float64Array.from(tree.value),
    gain: Float64Array.from(tree.gain),
    count: Int32Array.from(tree.count),
    ties,
  }
}

interface Scan {
  readonly g: number
  readonly h: number
  readonly count: number
  readonly parent: number
  readonly rules: TreeRules
  readonly comparison: Comparison
  best: Split | undefined
  isTied: boolean
}

/** Looks at one place to part the rows; of equally good ones the first stays (lowest variable, lowest threshold). */
function consider(scan: Scan, feature: number, low: number, high: number, g: number, h: number, count: number): void {
  const { rules } = scan
  if (count < rules.minSamplesLeaf || scan.count - count < rules.minSamplesLeaf) return
  const rest = scan.h - h
  if (h < rules.minChildWeight || rest < rules.minChildWeight) return
  const gain = 0.5 * ((g * g) / (h + rules.lambda) + ((scan.g - g) * (scan.g - g)) / (rest + rules.lambda) - scan.parent)
  if (!(gain > rules.minGain)) return
  if (scan.best !== undefined && gain <= scan.best.gain + 1e-12 * Math.abs(scan.best.gain)) {
    if (feature !== scan.best.feature && gain >= scan.best.gain - 1e-12 * Math.abs(scan.best.gain)) scan.isTied = true
    return
  }
  scan.best = { feature, threshold: low === high ? low : middle(low, high, scan.comparison), gain }
  scan.isTied = false
}

function scanSorted(
  scan: Scan,
  feature: number,
  column: Float64Array,
  order: Int32Array,
  gradient: Float64Array,
  hessian: Float64Array,
): void {
  let [g, h] = [0, 0]
  for (let k = 0; k + 1 < order.length; k++) {
    g += gradient[order[k]]
    h += hessian[order[k]]
    const [low, high] = [column[order[k]], column[order[k + 1]]]
    if (high > low) consider(scan, feature, low, high, g, h, k + 1)
  }
}

function scanBins(
  scan: Scan,
  feature: number,
  bins: Uint8Array,
  edges: Float64Array,
  rows: Int32Array,
  gradient: Float64Array,
  hessian: Float64Array,
): void {
  const sums = new Float64Array(2 * BINS)
  const counts = new Int32Array(BINS)
  for (const i of rows) {
    const bin = bins[i]
    sums[2 * bin] += gradient[i]
    sums[2 * bin + 1] += hessian[i]
    counts[bin] += 1
  }
  let [g, h, count] = [0, 0, 0]
  for (let bin = 0; bin < edges.length; bin++) {
    if (counts[bin] === 0) continue
    g += sums[2 * bin]
    h += sums[2 * bin + 1]
    count += counts[bin]
    if (count === scan.count) return
    consider(scan, feature, edges[bin], edges[bin], g, h, count)
  }
}

/** What a tree answers for one row. */
export function treeValue(tree: Tree, row: Vector): number {
  let node = 0
  while (tree.feature[node] >= 0) node = row[tree.feature[node]] <= tree.threshold[node] ? node + 1 : tree.right[node]
  return tree.value[node]
}

/** Total gain of each variable over trees, as shares that sum to one; all zero when nothing was split. */
export function gainShares(trees: readonly Tree[], columns: number): Float64Array {
  const shares = new Float64Array(columns)
  let total = 0
  for (const tree of trees)
    for (let node = 0; node < tree.feature.length; node++) {
      if (tree.feature[node] < 0) continue
      shares[tree.feature[node]] += tree.gain[node]
      total += tree.gain[node]
    }
  return total > 0 ? shares.map((each) => each / total) : shares
}

export interface RegressionTree extends Tree {
  readonly comparison: Comparison
  readonly columns: number
  readonly leaves: number
  /** Share of the reduction of the squared error that each variable brought. */
  readonly importance: Float64Array
}

/**
 * A regression tree (CART): greedy splits by squared error at the middle between neighbouring values, at or below goes left, leaves
 * answer the mean; of equally good splits the one of the lowest variable and threshold.
 *
 * @param x n rows of p variables
 * @param y n targets
 * @throws MathError `too-short` below two rows, `shape`, `not-finite`, `out-of-domain`, `overflow`, `empty`
 */
export function regressionTree(
  x: Matrix,
  y: Vector,
  options: {
    readonly maxDepth?: number
    readonly minSamplesLeaf?: number
    readonly splits?: TreeRules['splits']
    /** Default `own`. */
    readonly comparison?: Comparison
  } = {},
): RegressionTree {
  const { maxDepth = 6, minSamplesLeaf = 1, splits = 'exact', comparison = 'own' } = options
  requireTraining(x, y)
  requireRules({ maxDepth, minSamplesLeaf })
  const prepared = prepare(seen(x, comparison), splits, comparison)
  const centre = meanOf(y)
  const gradient = Float64Array.from(y, (value) => centre - value)
  const rules = { maxDepth, minSamplesLeaf, minChildWeight: 0, lambda: 0, minGain: -Infinity, splits }
  const tree = growTree(prepared, gradient, new Float64Array(y.length).fill(1), everyRow(y.length), rules, (rows) =>
    rows.reduce((total, i) => total + y[i] / rows.length, 0),
  )
  return Object.assign({}, tree, {
    comparison,
    columns: x[0].length,
    leaves: tree.feature.reduce((count, feature) => count + (feature < 0 ? 1 : 0), 0),
    importance: gainShares([tree], x[0].length),
  })
}

/**
 * What a regression tree answers for each row.
 * @throws MathError `shape` when the columns are not those it was grown on, `not-finite`, `empty`
 */
export function regressionTreePredict(tree: RegressionTree, x: Matrix): Float64Array {
  requireMatrix('the rows', x)
  refuseUnless(x[0].length === tree.columns, 'shape', () => `${x[0].length} columns; the tree was grown on ${tree.columns}`)
  return Float64Array.from(seen(x, tree.comparison), (row) => treeValue(tree, row))
}

export const everyRow = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i)

/** Neither overflows nor loses small values. */
const meanOf = (y: Vector): number => {
  let mean = 0
  for (let i = 0; i < y.length; i++) mean += y[i] / y.length
  return mean
}

export function requireTraining(x: Matrix, y: Vector): void {
  requireMatrix('the rows', x, 2)
  refuseUnless(x.length === y.length, 'shape', () => `${x.length} rows with ${y.length} targets`)
  let squares = 0
  for (let i = 0; i < y.length; i++) {
    refuseUnless(Number.isFinite(y[i]), 'not-finite', () => `target ${i} is ${y[i]}`)
    squares += y[i] * y[i]
  }
  refuseUnless(Number.isFinite(squares), 'overflow', 'the squares of the targets exceed the range of a double')
}

export function requireRules({ maxDepth, minSamplesLeaf }: { readonly maxDepth: number; readonly minSamplesLeaf: number }): void {
  refuseUnless(
    Number.isInteger(maxDepth),
    Number.isFinite(maxDepth) ? 'out-of-domain' : 'not-finite',
    () => `maxDepth is ${maxDepth}`,
  )
  refuseUnless(maxDepth >= 1 && maxDepth <= 64, 'out-of-domain', () => `maxDepth is ${maxDepth}; it lies between 1 and 64`)
  refuseUnless(
    Number.isInteger(minSamplesLeaf),
    Number.isFinite(minSamplesLeaf) ? 'out-of-domain' : 'not-finite',
    () => `minSamplesLeaf is ${minSamplesLeaf}`,
  )
  refuseUnless(minSamplesLeaf >= 1, 'out-of-domain', () => `minSamplesLeaf is ${minSamplesLeaf}; it is at least 1`)
}
