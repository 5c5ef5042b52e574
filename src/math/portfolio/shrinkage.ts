/**
 * Covariance matrices shrunk towards a simple target, (1 - delta) S + delta F: always invertible, and closer to the truth
 * than the sample when there are few observations a column. Rows are observations, columns are assets; per period.
 *
 * Pure: numbers in, numbers out.
 */
import { type Matrix, refuseUnless, requireShare, type Vector } from '../guard.ts'
import { choleskyWithJitter } from '../numerics/linear-algebra.ts'
import { average, type Divisor } from '../numerics/statistics.ts'
import {
  type Centred,
  finiteMatrix,
  finiteVector,
  requireCovariance,
  requireOneEach,
  requireVaryingColumns,
  zeros,
} from './requirements.ts'

export interface ShrunkCovariance {
  /** Positive definite. */
  readonly covariance: Float64Array[]
  /** The share delta of the target, between 0 and 1. */
  readonly shrinkage: number
}

export interface ConstantCorrelationCovariance extends ShrunkCovariance {
  /** Mean correlation of the sample, that of the target. */
  readonly averageCorrelation: number
}

/**
 * Ledoit and Wolf's shrinkage towards m I, m = tr(S)/p: delta = min(d2, b2)/d2 with d2 = ||S - m I||^2/p and
 * b2 = sum_t ||x_t x_t' - S||^2 / (n^2 p), S = X'X/n of centred X.
 * Source: O. Ledoit, M. Wolf, A Well-Conditioned Estimator for Large-Dimensional Covariance Matrices, J. Multivariate
 * Analysis 88 (2004).
 * @throws MathError `empty`, `too-short`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `overflow`
 */
export function ledoitWolf(returns: Matrix): ShrunkCovariance {
  const { rows } = requireVaryingColumns('returns', returns)
  const n = rows.length
  const p = rows[0].length
  const s = momentMatrix(rows, 1, 1)
  const m = meanDiagonal(s)
  let d2 = 0
  let b2 = 0
  const squares = momentMatrix(rows, 2, 2)
  for (let i = 0; i < p; i++)
    for (let j = 0; j < p; j++) {
      d2 += (s[i][j] - (i === j ? m : 0)) ** 2
      b2 += (squares[i][j] - s[i][j] * s[i][j]) / n
    }
  finiteVector([d2, b2], 'the sum of squares')
  // One column, or columns alike and unrelated: the sample is its target.
  const shrinkage = d2 > 0 ? Math.max(0, Math.min(1, b2 / d2)) : 0
  return shrunk(s, scaledIdentity(p, m), shrinkage)
}

export interface OasOptions {
  /**
   * `paper` (default): equation 23 of the paper. `scikit-learn` leaves out its terms with 2/p, which vanish for many columns.
   */
  readonly convention?: 'paper' | 'scikit-learn'
}

/**
 * Oracle approximating shrinkage towards m I: delta = min(1, ((1 - 2/p) tr(S^2) + tr(S)^2) / ((n + 1 - 2/p) (tr(S^2) -
 * tr(S)^2/p))).
 * Source: Y. Chen, A. Wiesel, Y. C. Eldar, A. O. Hero, Shrinkage Algorithms for MMSE Covariance Estimation, IEEE Trans.
 * Signal Processing 58 (2010).
 * @throws MathError `empty`, `too-short`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `overflow`
 */
export function oracleApproximatingShrinkage(returns: Matrix, { convention = 'paper' }: OasOptions = {}): ShrunkCovariance {
  const { rows } = requireVaryingColumns('returns', returns)
  const n = rows.length
  const p = rows[0].length
  const s = momentMatrix(rows, 1, 1)
  const m = meanDiagonal(s)
  let squared = 0
  for (const row of s) for (const value of row) squared += value * value
  const trace2 = (m * p) ** 2
  const small = convention === 'paper' ? 2 / p : 0
  const above = (1 - small) * squared + trace2
  const below = (n + 1 - small) * (squared - trace2 / p)
  finiteVector([above, below], 'the sum of squares')
  // One column is its own target; of several, none is left to tell apart.
  const shrinkage = p === 1 ? 0 : below > 0 ? Math.max(0, Math.min(1, above / below)) : 1
  return shrunk(s, scaledIdentity(p, m), shrinkage)
}

export interface FixedShrinkageOptions {
  /** Divisor of the sample covariance; default `population`, as scikit-learn has it. PyPortfolioOpt takes `sample`. */
  readonly divisor?: Divisor
}

/**
 * Shrinkage towards m I, m = tr(S)/p, with a share delta of the caller's: (1 - delta) S + delta m I.
 * Source: O. Ledoit, M. Wolf (2004), equation 1.
 * @throws MathError `empty`, `too-short`, `not-finite`, `shape`, `no-variance`, `out-of-domain` (delta),
 * `not-positive-definite` when delta is too small for columns that depend on one another, `overflow`
 */
export function fixedShrinkage(
  returns: Matrix,
  delta: number,
  { divisor = 'population' }: FixedShrinkageOptions = {},
): ShrunkCovariance {
  requireShare('delta', delta)
  const { rows } = requireVaryingColumns('returns', returns)
  const s = momentMatrix(rows, 1, 1)
  if (divisor === 'sample') scale(s, rows.length / (rows.length - 1))
  return shrunk(s, scaledIdentity(rows[0].length, meanDiagonal(s)), delta)
}

export interface ConstantCorrelationOptions {
  /** `paper` (default) divides by n throughout. `pyportfolioopt` takes S by n - 1 within sums by n, as that library does. */
  readonly convention?: 'paper' | 'pyportfolioopt'
}

/**
 * Ledoit and Wolf's shrinkage towards equal correlations, f_ij = rbar sqrt(s_ii s_jj): delta = clip((pi - rho)/(gamma n),
 * 0, 1).
 * Source: O. Ledoit, M. Wolf, Honey, I Shrunk the Sample Covariance Matrix, J. Portfolio Management 30 (2004), appendix.
 * @throws MathError `empty`, `too-short` below two rows or columns, `not-finite`, `shape`, `no-variance`,
 * `not-positive-definite`, `overflow`
 */
export function constantCorrelationShrinkage(
  returns: Matrix,
  { convention = 'paper' }: ConstantCorrelationOptions = {},
): ConstantCorrelationCovariance {
  const { rows } = requireVaryingColumns('returns', returns)
  const n = rows.length
  const p = rows[0].length
  refuseUnless(p >= 2, 'too-short', 'returns has one column; two are needed')
  const second = momentMatrix(rows, 1, 1)
  const s = second.map((row) => row.slice())
  if (convention === 'pyportfolioopt') scale(s, n / (n - 1))
  const deviations = Float64Array.from(s, (row, i) => Math.sqrt(row[i]))
  let total = 0
  for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) total += s[i][j] / deviations[i] / deviations[j]
  const averageCorrelation = (2 * total) / (p * (p - 1))
  const target = zeros(p)
  for (let i = 0; i < p; i++)
    for (let j = 0; j < p; j++) target[i][j] = i === j ? s[i][i] : averageCorrelation * deviations[i] * deviations[j]
  const fourth = momentMatrix(rows, 2, 2)
  const cubes = momentMatrix(rows, 3, 1)
  let [pi, rho, gamma] = [0, 0, 0]
  for (let i = 0; i < p; i++)
    for (let j = 0; j < p; j++) {
      const variance = fourth[i][j] - 2 * second[i][j] * s[i][j] + s[i][j] * s[i][j]
      pi += variance
      gamma += (s[i][j] - target[i][j]) ** 2
      if (i === j) rho += variance
      else {
        const theta = cubes[i][j] - second[i][i] * s[i][j] - second[i][j] * s[i][i] + s[i][i] * s[i][j]
        rho += averageCorrelation * (deviations[j] / deviations[i]) * theta
      }
    }
  finiteVector([pi, rho, gamma], 'the shrinkage')
  const shrinkage = gamma > 0 ? Math.max(0, Math.min(1, (pi - rho) / gamma / n)) : 0
  return { ...shrunk(s, target, shrinkage), averageCorrelation }
}

export interface SingleFactorOptions {
  /** Returns of the market, one a row; default the mean of each row. */
  readonly market?: Vector
}

/**
 * Ledoit and Wolf's shrinkage towards a one-factor covariance, f_ij = cov(i, m) cov(j, m) / var(m) off the diagonal, s_ii
 * on it: delta = clip((pi - rho)/(gamma n), 0, 1). Sums divide by n.
 * Source: O. Ledoit, M. Wolf, Improved Estimation of the Covariance Matrix of Stock Returns, J. Empirical Finance 10 (2003).
 * @throws MathError `empty`, `too-short`, `not-finite`, `shape`, `no-variance` (a column or the market),
 * `not-positive-definite`, `overflow`
 */
export function singleFactorShrinkage(returns: Matrix, { market }: SingleFactorOptions = {}): ShrunkCovariance {
  const { rows } = requireVaryingColumns('returns', returns)
  const n = rows.length
  const p = rows[0].length
  const factor = market === undefined ? Float64Array.from(rows, (row) => average(row)) : centredMarket(returns, market)
  const s = momentMatrix(rows, 1, 1)
  const market2 = factor.reduce((sum, value) => sum + value * value, 0) / n
  const noise = s.reduce((largest, row, i) => Math.max(largest, row[i]), 0) * 1e-28
  refuseUnless(market2 > noise, 'no-variance', 'the market does not vary')
  finiteVector([market2], 'the variance of the market')
  const betas = new Float64Array(p)
  rows.forEach((row, t) => {
    for (let j = 0; j < p; j++) betas[j] += (row[j] * factor[t]) / n
  })
  const fourth = momentMatrix(rows, 2, 2)
  const once = zeros(p)
  const twice = zeros(p)
  rows.forEach((row, t) => {
    const m = factor[t]
    for (let i = 0; i < p; i++) {
      const weight = (row[i] * row[i] * m) / n
      const other = (row[i] * m * m) / n
      for (let j = 0; j < p; j++) {
        once[i][j] += weight * row[j]
        twice[i][j] += other * row[j]
      }
    }
  })
  const target = zeros(p)
  let [pi, rho, gamma] = [0, 0, 0]
  for (let i = 0; i < p; i++)
    for (let j = 0; j < p; j++) {
      target[i][j] = i === j ? s[i][i] : (betas[i] * betas[j]) / market2
      const variance = fourth[i][j] - s[i][j] * s[i][j]
      pi += variance
      gamma += (s[i][j] - target[i][j]) ** 2
      if (i === j) {
        rho += variance
        continue
      }
      const first = ((once[i][j] - betas[i] * s[i][j]) * betas[j]) / market2
      const second = ((twice[i][j] - market2 * s[i][j]) * betas[i] * betas[j]) / (market2 * market2)
      rho += 2 * first - second
    }
  finiteVector([pi, rho, gamma], 'the shrinkage')
  const shrinkage = gamma > 0 ? Math.max(0, Math.min(1, (pi - rho) / gamma / n)) : 0
  return shrunk(s, target, shrinkage)
}

function centredMarket(returns: Matrix, market: Vector): Float64Array {
  requireOneEach('market', market, returns.length)
  const mean = average(market)
  const centred = Float64Array.from(market, (value) => value - mean)
  const largest = centred.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  refuseUnless(largest > 1e-14 * Math.abs(mean), 'no-variance', 'the market does not vary')
  return centred
}

/** sum_t x_ti^a x_tj^b / n. */
function momentMatrix(rows: Centred['rows'], a: number, b: number): Float64Array[] {
  const n = rows.length
  const p = rows[0].length
  const out = zeros(p)
  const symmetric = a === b
  for (const row of rows) {
    const left = a === 1 ? row : row.map((value) => value ** a)
    const right = b === 1 ? row : symmetric ? left : row.map((value) => value ** b)
    for (let i = 0; i < p; i++) {
      const weight = left[i]
      const line = out[i]
      const end = symmetric ? i + 1 : p
      for (let j = 0; j < end; j++) line[j] += weight * right[j]
    }
  }
  for (let i = 0; i < p; i++)
    for (let j = 0; j < (symmetric ? i + 1 : p); j++) {
      out[i][j] /= n
      if (symmetric) out[j][i] = out[i][j]
    }
  return finiteMatrix(out, 'the moment')
}

const meanDiagonal = (s: Matrix): number => s.reduce((total, row, i) => total + row[i], 0) / s.length

function scale(s: readonly Float64Array[], factor: number): void {
  for (const row of s) for (let j = 0; j < row.length; j++) row[j] *= factor
}

function scaledIdentity(n: number, value: number): Float64Array[] {
  const out = zeros(n)
  for (let i = 0; i < n; i++) out[i][i] = value
  return out
}

function shrunk(s: Matrix, target: Matrix, shrinkage: number): ShrunkCovariance {
  const covariance = s.map((row, i) => Float64Array.from(row, (value, j) => (1 - shrinkage) * value + shrinkage * target[i][j]))
  finiteMatrix(covariance, 'the covariance')
  requireCovariance('the shrunk covariance', covariance)
  refuseUnless(
    choleskyWithJitter(covariance).jitter === 0,
    'not-positive-definite',
    () => `a shrinkage of ${shrinkage} leaves columns that depend on one another`,
  )
  return { covariance, shrinkage }
}
