/**
 * Names of states that survive a refit: states in the order of their volatility, and the assignment of new states to old ones.
 *
 * Pure. Source: M. Stephens, Journal of the Royal Statistical Society B 62 (2000), label switching; M. Held, R. Karp, Journal of
 * SIAM 10 (1962), the exact assignment over subsets.
 */
import { finiteOr, refuseUnless, requireInteger, requireMatrix, requireVector, type Matrix } from '../guard.ts'
import { compile, MOST_STATES, type GaussianHmm } from './model.ts'

/** Variance of feature j in state k, whichever kind the model has. */
export const varianceOf = (model: GaussianHmm, k: number, j: number): number =>
  model.variances === undefined ? (model.covariances?.[k][j][j] ?? Number.NaN) : model.variances[k][j]

/**
 * The same model with its states in another order: new state i is old state order[i].
 * @throws MathError `shape`, `out-of-domain` when the order is no permutation, or the model is none
 */
export function permuteStates(model: GaussianHmm, order: readonly number[]): GaussianHmm {
  const { states } = compile(model)
  requireVector('order', order)
  refuseUnless(order.length === states, 'shape', () => `${order.length} places for ${states} states`)
  for (const k of order) requireInteger('a place', k, 0, states - 1)
  refuseUnless(new Set(order).size === states, 'out-of-domain', 'the order names a state twice')
  const { start, transition, means, variances, covariances } = model
  const rows = (matrix: Matrix): Float64Array[] => order.map((k) => Float64Array.from(matrix[k]))
  return {
    start: Float64Array.from(order, (k) => start[k]),
    transition: order.map((i) => Float64Array.from(order, (j) => transition[i][j])),
    means: rows(means),
    ...(variances === undefined ? {} : { variances: rows(variances) }),
    ...(covariances === undefined ? {} : { covariances: order.map((k) => covariances[k].map((row) => Float64Array.from(row))) }),
  }
}

/**
 * The order of states by volatility: calm first, by the variance of the first feature (the return).
 * @throws MathError when the model is none
 */
export function volatilityOrder(model: GaussianHmm): readonly number[] {
  const { states } = compile(model)
  const sizes = Array.from({ length: states }, (_, k) => varianceOf(model, k, 0))
  return sizes.map((_, k) => k).sort((a, b) => sizes[a] - sizes[b] || a - b)
}

/**
 * Which state of a refitted model continues each state of the previous one: the assignment with the lowest total distance
 * sum_j ((mu - mu')/s_j)^2 + (ln sigma - ln sigma')^2, with s_j the previous mean deviation of feature j. `permuteStates(next, order)`
 * then carries the previous labels.
 * @throws MathError `shape` when states or features differ in number, or when one of them is no model
 */
export function matchStates(previous: GaussianHmm, next: GaussianHmm): readonly number[] {
  const [old, fresh] = [compile(previous), compile(next)]
  refuseUnless(
    old.states === fresh.states && old.features === fresh.features,
    'shape',
    () => `${old.states} states of ${old.features} features against ${fresh.states} of ${fresh.features}`,
  )
  const scales = Array.from({ length: old.features }, (_, j) => {
    let total = 0
    for (let k = 0; k < old.states; k++) total += Math.sqrt(varianceOf(previous, k, j))
    return total / old.states
  })
  const distances = Array.from({ length: old.states }, (_, i) =>
    Float64Array.from({ length: old.states }, (__, k) => {
      let total = 0
      for (let j = 0; j < old.features; j++) {
        const shift = (previous.means[i][j] - next.means[k][j]) / scales[j]
        const ratio = 0.5 * (Math.log(varianceOf(previous, i, j)) - Math.log(varianceOf(next, k, j)))
        total += shift * shift + ratio * ratio
      }
      return finiteOr('overflow', total, 'a distance of states')
    }),
  )
  return cheapestAssignment(distances)
}

/**
 * Assignment of rows to columns with the lowest total cost, exactly: result[i] is the column of row i. At most 12 rows
 * (the recursion over all subsets of columns).
 * @throws MathError `empty`, `not-finite`, `shape` when the costs are not square, `out-of-domain` above 12 rows
 */
export function cheapestAssignment(costs: Matrix): readonly number[] {
  requireMatrix('costs', costs)
  const n = costs.length
  refuseUnless(costs[0].length === n, 'shape', () => `costs is ${n} x ${costs[0].length}; it is square`)
  requireInteger('the number of rows', n, 1, MOST_STATES)
  // best[used]: the lowest cost of the first rows, as many as columns in `used`.
  const best = new Float64Array(2 ** n).fill(Infinity)
  const chosen = new Uint8Array(2 ** n)
  best[0] = 0
  for (let used = 1; used < best.length; used++) {
    let row = -1
    for (let rest = used; rest > 0; rest &= rest - 1) row += 1
    for (let column = 0; column < n; column++) {
      if ((used & (1 << column)) === 0) continue
      const cost = best[used ^ (1 << column)] + costs[row][column]
      if (cost < best[used]) {
        best[used] = cost
        chosen[used] = column
      }
    }
  }
  finiteOr('overflow', best[best.length - 1], 'the lowest total cost')
  const out = Array.from({ length: n }, () => 0)
  for (let row = n - 1, used = best.length - 1; row >= 0; row--) {
    out[row] = chosen[used]
    used ^= 1 << chosen[used]
  }
  return out
}
