/**
 * Expected returns from what the market seems to expect and what the user believes, each weighed by its certainty.
 *
 * Pure. Sources: F. Black, R. Litterman, Global Portfolio Optimization, Financial Analysts Journal 48 (1992); G. He, R.
 * Litterman, The Intuition Behind Black-Litterman Model Portfolios (1999); T. M. Idzorek, A Step-by-step Guide to the
 * Black-Litterman Model (2004).
 */
import { type Matrix, refuseUnless, requireMatrix, requireNumber, requirePositive, type Vector } from '../guard.ts'
import { cholesky, multiplyVector, solveCholesky } from '../numerics/linear-algebra.ts'
import { finiteMatrix, finiteVector, requireCovariance, requireOneEach } from './requirements.ts'

export interface ImpliedReturnsOptions {
  /** Added to all; default 0. */
  readonly riskFree?: number
}

/**
 * The expected returns for which given weights are optimal, pi = lambda S w + rf: what the market believes when w are its
 * capitalisations.
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `out-of-domain` (risk
 * aversion), `overflow`
 */
export function impliedReturns(
  covariance: Matrix,
  weights: Vector,
  riskAversion: number,
  { riskFree = 0 }: ImpliedReturnsOptions = {},
): Float64Array {
  requireCovariance('covariance', covariance)
  requireOneEach('weights', weights, covariance.length)
  requirePositive('riskAversion', riskAversion)
  requireNumber('riskFree', riskFree)
  return finiteVector(
    multiplyVector(covariance, weights).map((each) => riskAversion * each + riskFree),
    'the return',
  )
}

export interface Views {
  /** A row a view, a column an asset: (1, 0, -1) says the first will do better than the third by `returns`. */
  readonly picks: Matrix
  /** What each view expects. */
  readonly returns: Vector
  /** Variances of the views' errors; default diag(tau P S P'). Not together with `confidences`. */
  readonly uncertainty?: Vector
  /** Covariance of the views' errors, where they are not independent. Not together with the two others. */
  readonly uncertaintyMatrix?: Matrix
  /** Idzorek's confidence in each view, in (0, 1]: uncertainty tau (1 - c)/c P S P'. */
  readonly confidences?: Vector
}

export interface BlackLittermanOptions {
  /** Uncertainty of the prior mean as a share of the covariance; default 0.05. */
  readonly tau?: number
}

export interface BlackLitterman {
  readonly returns: Float64Array
  /** S + M, M the uncertainty of the posterior mean. */
  readonly covariance: Float64Array[]
}

/**
 * Posterior mean pi + tau S P'(P tau S P' + Omega)^-1 (Q - P pi), and covariance S + tau S - tau S P'(P tau S P' +
 * Omega)^-1 P tau S, of prior returns pi and views P, Q, Omega.
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite` (views that say the same with
 * certainty), `out-of-domain`, `overflow`
 */
export function blackLitterman(
  covariance: Matrix,
  prior: Vector,
  views: Views,
  { tau = 0.05 }: BlackLittermanOptions = {},
): BlackLitterman {
  requireCovariance('covariance', covariance)
  const n = covariance.length
  requireOneEach('prior', prior, n)
  requirePositive('tau', tau)
  const { picks, returns } = views
  requireMatrix('picks', picks)
  refuseUnless(picks[0].length === n, 'shape', () => `picks has ${picks[0].length} columns for ${n} assets`)
  const count = picks.length
  requireOneEach('returns', returns, count)
  // tau S P', a row a view, since S is symmetric.
  const spread = picks.map((pick) => multiplyVector(covariance, pick).map((each) => tau * each))
  const known = picks.map((pick) => multiplyVector(spread, pick))
  const omega = uncertaintyOf(
    views,
    known.map((row, k) => row[k]),
  )
  const whole = known.map((row, k) => row.map((_, l) => (known[k][l] + known[l][k]) / 2 + omega[k][l]))
  finiteMatrix(whole, 'the uncertainty of the views')
  const factor = cholesky(whole)
  const surprise = Float64Array.from(multiplyVector(picks, prior), (each, k) => returns[k] - each)
  const weight = solveCholesky(factor, surprise)
  const posterior = Float64Array.from(prior, (each, i) => {
    let shift = 0
    for (let k = 0; k < count; k++) shift += spread[k][i] * weight[k]
    return each + shift
  })
  const gains = Array.from({ length: n }, (_, j) =>
    solveCholesky(
      factor,
      spread.map((row) => row[j]),
    ),
  )
  const posteriorCovariance = covariance.map((row, i) =>
    Float64Array.from(row, (each, j) => {
      let learned = 0
      for (let k = 0; k < count; k++) learned += spread[k][i] * gains[j][k]
      return each + tau * each - learned
    }),
  )
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) posteriorCovariance[j][i] = posteriorCovariance[i][j]
  return {
    returns: finiteVector(posterior, 'the return'),
    covariance: finiteMatrix(posteriorCovariance, 'the covariance'),
  }
}

function uncertaintyOf(
  { uncertainty, uncertaintyMatrix, confidences }: Views,
  variances: readonly number[],
): readonly ArrayLike<number>[] {
  const count = variances.length
  const given = [uncertainty, uncertaintyMatrix, confidences].filter((each) => each !== undefined).length
  refuseUnless(given <= 1, 'out-of-domain', 'the uncertainty of the views is given in more than one way')
  if (uncertaintyMatrix !== undefined) {
    requireCovariance('uncertaintyMatrix', uncertaintyMatrix)
    refuseUnless(
      uncertaintyMatrix.length === count,
      'shape',
      () => `uncertaintyMatrix has ${uncertaintyMatrix.length} rows for ${count} views`,
    )
    return uncertaintyMatrix
  }
  let diagonal: readonly number[] = variances
  if (uncertainty !== undefined) {
    requireOneEach('uncertainty', uncertainty, count)
    for (let k = 0; k < count; k++) requireNumber(`uncertainty[${k}]`, uncertainty[k], 0)
    diagonal = Array.from(uncertainty)
  } else if (confidences !== undefined) {
    requireOneEach('confidences', confidences, count)
    diagonal = variances.map((variance, k) => {
      requireNumber(`confidences[${k}]`, confidences[k], 0, 1)
      refuseUnless(confidences[k] > 0, 'out-of-domain', () => `confidences[${k}] is 0; leave the view out`)
      return (variance * (1 - confidences[k])) / confidences[k]
    })
  }
  return diagonal.map((each, k) => Float64Array.from(diagonal, (_, l) => (k === l ? each : 0)))
}
