/**
 * The probability of backtest overfitting: how often the best of several strategies in one half of the history is below the middle in the
 * other half, over all halves made of blocks.
 *
 * Pure: numbers in, numbers out. Source: D. H. Bailey, J. M. Borwein, M. López de Prado, Q. J. Zhu, The Probability of Backtest
 * Overfitting, Journal of Computational Finance 20 (2017).
 */
import { type Matrix, refuseUnless, requireInteger, requireMatrix } from '../guard.ts'
import { choose, combinations } from './combinations.ts'
import { scaledTogether } from './location.ts'

export interface OverfittingOptions {
  /** An even number of blocks, 8 to 16 as a rule; 16 by default. Rows that do not fill the last block are left out. */
  readonly blocks?: number
}

export interface Overfitting {
  /** Share of the logits that are not above zero. Above 0.2 the choice is to be rejected. */
  readonly probability: number
  /** C(S, S/2). */
  readonly combinations: number
  /** ln(w/(1 - w)), w the out-of-sample rank of the winner over N + 1, of every combination in lexicographic order of its in-sample blocks. */
  readonly logits: Float64Array
  /** The column that was best in sample, of every combination. */
  readonly winners: Uint32Array
  /** Sharpe ratio of the winner in sample, per period. */
  readonly inSample: Float64Array
  /** Sharpe ratio of the winner out of sample, per period. */
  readonly outOfSample: Float64Array
  /** Share of the combinations in which the winner lost money out of sample. */
  readonly probabilityOfLoss: number
  /** Least squares of out-of-sample on in-sample performance of the winners; undefined when all in-sample ones are the same. */
  readonly degradation: { readonly slope: number; readonly intercept: number } | undefined
}

/** C(20, 10) = 184,756 halves; 22 blocks would make four times as many. */
const MOST_COMBINATIONS = 200_000

/**
 * Probability of backtest overfitting by combinatorially symmetric cross-validation: the share of the C(S, S/2) halves of S blocks in
 * which the strategy with the best Sharpe ratio in the half has logit(rank/(N + 1)) <= 0 in the other half. Rows are periods, columns are
 * strategies; a strategy that did nothing in a half has a ratio of 0 there.
 * @throws MathError `too-short` with fewer than two strategies or two periods a block, `out-of-domain` for an odd number of blocks or one
 * with more than 200,000 halves, `no-variance` when a strategy earned the same in every period of a half
 */
export function probabilityOfOverfitting(returns: Matrix, { blocks = 16 }: OverfittingOptions = {}): Overfitting {
  requireMatrix('the returns', returns, 2, 2)
  requireInteger('the number of blocks', blocks, 2)
  refuseUnless(blocks % 2 === 0, 'out-of-domain', () => `${blocks} blocks have no halves; their number is even`)
  const count = choose(blocks, blocks / 2)
  refuseUnless(
    count <= MOST_COMBINATIONS,
    'out-of-domain',
    () => `${blocks} blocks have ${count} halves, more than ${MOST_COMBINATIONS}; 16 blocks (12,870 halves) are usual`,
  )
  const rows = Math.floor(returns.length / blocks)
  refuseUnless(rows >= 2, 'too-short', () => `${returns.length} periods make no ${blocks} blocks of two or more`)
  const sums = blockSums(returns, blocks, rows)
  const n = returns[0].length
  const half = (rows * blocks) / 2
  const logits = new Float64Array(count)
  const winners = new Uint32Array(count)
  const inSample = new Float64Array(count)
  const outOfSample = new Float64Array(count)
  const [inside, outside] = [new Float64Array(n), new Float64Array(n)]
  let [at, overfitted, losses] = [0, 0, 0]
  for (const chosen of combinations(blocks, blocks / 2)) {
    let winner = 0
    for (let j = 0; j < n; j++) {
      const { total, squares, base } = sums[j]
      let [first, firstSquares] = [0, 0]
      for (const block of chosen) {
        first += total[block]
        firstSquares += squares[block]
      }
      inside[j] = ratio(first, firstSquares, half, base, j)
      outside[j] = ratio(total[blocks] - first, squares[blocks] - firstSquares, half, base, j)
      if (inside[j] > inside[winner]) winner = j
    }
    let [below, equal] = [0, 0]
    for (let j = 0; j < n; j++) {
      if (outside[j] < outside[winner]) below += 1
      else if (outside[j] === outside[winner]) equal += 1
    }
    const share = (below + (equal + 1) / 2) / (n + 1)
    logits[at] = Math.log(share / (1 - share))
    winners[at] = winner
    inSample[at] = inside[winner]
    outOfSample[at] = outside[winner]
    if (logits[at] <= 0) overfitted += 1
    if (outside[winner] < 0) losses += 1
    at += 1
  }
  return {
    probability: overfitted / count,
    combinations: count,
    logits,
    winners,
    inSample,
    outOfSample,
    probabilityOfLoss: losses / count,
    degradation: line(inSample, outOfSample),
  }
}

interface BlockSums {
  /** Of each block, and of all in the last place; of returns less `base`. */
  readonly total: Float64Array
  readonly squares: Float64Array
  /** The mean of all, taken off so that squares do not cancel. */
  readonly base: number
}

function blockSums(returns: Matrix, blocks: number, rows: number): BlockSums[] {
  return Array.from({ length: returns[0].length }, (_, j) => {
    const column = Float64Array.from({ length: rows * blocks }, (__, t) => returns[t][j])
    const scaled = column.some((value) => value !== 0) ? scaledTogether([column]).scaled[0] : column
    const base = scaled.reduce((a, b) => a + b, 0) / scaled.length
    const total = new Float64Array(blocks + 1)
    const squares = new Float64Array(blocks + 1)
    scaled.forEach((value, t) => {
      const block = Math.floor(t / rows)
      total[block] += value - base
      squares[block] += (value - base) ** 2
    })
    for (let block = 0; block < blocks; block++) {
      total[blocks] += total[block]
      squares[blocks] += squares[block]
    }
    return { total, squares, base }
  })
}

/** Mean over sample standard deviation from sums of values less `base`. */
function ratio(total: number, squares: number, n: number, base: number, strategy: number): number {
  const offset = total / n
  const mean = base + offset
  const variance = (squares - offset * total) / (n - 1)
  if (variance > 1e-28) return mean / Math.sqrt(variance)
  refuseUnless(
    Math.abs(mean) < 1e-13,
    'no-variance',
    () => `strategy ${strategy} earned the same in every period of a half; its Sharpe ratio is not defined`,
  )
  return 0
}

function line(x: Float64Array, y: Float64Array): Overfitting['degradation'] {
  const n = x.length
  const [mx, my] = [x, y].map((values) => values.reduce((a, b) => a + b, 0) / n)
  let [xx, xy] = [0, 0]
  for (let i = 0; i < n; i++) {
    xx += (x[i] - mx) ** 2
    xy += (x[i] - mx) * (y[i] - my)
  }
  if (!(xx > 1e-28 * n * Math.max(1, mx * mx))) return undefined
  const slope = xy / xx
  return { slope, intercept: my - slope * mx }
}
