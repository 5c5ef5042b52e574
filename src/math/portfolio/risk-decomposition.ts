/**
 * Which part of a portfolio's risk comes from which position, by Euler's rule: a measure that grows in proportion to the
 * positions is the sum of weight times derivative. Weights are signed shares of equity; returns, means and covariances are
 * per period. Risk is positive for a loss.
 *
 * Pure. Sources: D. Tasche, Risk Contributions and Performance Measurement (1999); C. Gourieroux, J. P. Laurent, O.
 * Scaillet, Sensitivity Analysis of Values at Risk, J. Empirical Finance 7 (2000); K. Boudt, B. Peterson, C. Croux,
 * Estimation and Decomposition of Downside Risk for Portfolios with Non-normal Returns, J. Risk 11 (2008).
 */
import { finiteOr, type Matrix, refuseUnless, requireMatrix, requireShare, type Vector } from '../guard.ts'
import { dot, multiply, multiplyVector, transpose } from '../numerics/linear-algebra.ts'
import { quantileSorted, sorted } from '../numerics/quantile.ts'
import { normalPdf, normalQuantile } from '../numerics/special.ts'
import { columnMeans, covarianceMatrix } from '../numerics/statistics.ts'
import { sum } from '../sum.ts'
import { finiteMatrix, finiteVector, requireCovariance, requireOneEach, requireVaryingColumns } from './requirements.ts'

export interface RiskDecomposition {
  /** The measure of the whole portfolio, positive for a loss. */
  readonly total: number
  /** Its derivative by each weight. */
  readonly marginal: Float64Array
  /** Weight times derivative; the sum is the total. */
  readonly contributions: Float64Array
  /** Contributions divided by the total; the sum is 1. */
  readonly shares: Float64Array
}

/** Contributions miss the total by no more than this, relative to their sizes. */
const HOMOGENEITY = 1e-9

function decomposition(total: number, marginal: Float64Array, weights: Vector): RiskDecomposition {
  const contributions = marginal.map((each, i) => each * weights[i])
  finiteVector(contributions, 'the contribution')
  finiteOr('overflow', total, 'the risk')
  const size = contributions.reduce((most, each) => most + Math.abs(each), 0)
  refuseUnless(
    Math.abs(total) > 1e-14 * size,
    'no-denominator',
    () => `the whole risk is ${total}: there is nothing to have a share of`,
  )
  refuseUnless(
    Math.abs(sum(contributions) - total) <= HOMOGENEITY * Math.max(size, Math.abs(total)),
    'no-convergence',
    () => `the contributions add up to ${sum(contributions)}, the risk is ${total}`,
  )
  return {
    total,
    marginal,
    contributions,
    shares: finiteVector(
      contributions.map((each) => each / total),
      'the share',
    ),
  }
}

/**
 * Volatility sigma = sqrt(w'Sw) by position: marginal S w / sigma, contribution w (S w) / sigma.
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance` (a variable, or the portfolio), `not-positive-definite`,
 * `overflow`
 */
export function volatilityDecomposition(weights: Vector, covariance: Matrix): RiskDecomposition {
  const { volatility, slope } = portfolioVolatility(weights, covariance)
  return decomposition(volatility, slope, weights)
}

function portfolioVolatility(weights: Vector, covariance: Matrix): { readonly volatility: number; readonly slope: Float64Array } {
  requireCovariance('covariance', covariance)
  requireOneEach('weights', weights, covariance.length)
  const product = finiteVector(multiplyVector(covariance, weights), 'covariance times weights')
  const variance = dot(weights, product)
  let size = 0
  for (let i = 0; i < product.length; i++) size += weights[i] * weights[i] * covariance[i][i]
  finiteVector([variance, size], 'the variance')
  refuseUnless(variance > 1e-14 * size, 'no-variance', 'the portfolio does not vary')
  const volatility = Math.sqrt(variance)
  return { volatility, slope: product.map((each) => each / volatility) }
}

export interface TailRiskOptions {
  readonly measure: 'var' | 'es'
  /** Confidence in (0.5, 1), such as 0.95: the tail has the rest. */
  readonly level: number
}

/**
 * Value at risk -mu'w - z sigma, or expected shortfall -mu'w + sigma phi(z)/a, of normal returns by position, z the
 * a-quantile, a = 1 - level: marginal -mu_i - z (S w)_i / sigma, phi(z)/a in the place of -z for the shortfall.
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `out-of-domain` (level),
 * `no-denominator` (the risk is zero), `overflow`
 */
export function gaussianRiskDecomposition(
  weights: Vector,
  means: Vector,
  covariance: Matrix,
  { measure, level }: TailRiskOptions,
): RiskDecomposition {
  const tail = tailOf(level)
  const { volatility, slope } = portfolioVolatility(weights, covariance)
  requireOneEach('means', means, covariance.length)
  const z = normalQuantile(tail)
  const factor = measure === 'var' ? -z : normalPdf(z) / tail
  return decomposition(
    -dot(means, weights) + factor * volatility,
    slope.map((each, i) => -means[i] + factor * each),
    weights,
  )
}

function tailOf(level: number): number {
  requireShare('level', level, true)
  refuseUnless(level > 0.5, 'out-of-domain', () => `level is ${level}; it is above 0.5, as in 0.95`)
  return 1 - level
}

export interface ModifiedRiskOptions extends TailRiskOptions {
  /** The shortfall is never below the value at risk, where the expansion would have it so; default true. */
  readonly operational?: boolean
}

/**
 * Value at risk or expected shortfall by the expansion of Cornish and Fisher, by position. With portfolio moments mu, m2
 * (of the sample covariance), m3, m4 (dividing by n), s = m3/m2^1.5, k = m4/m2^2 - 3 and g = z + (z^2 - 1) s/6 + (z^3 - 3z)
 * k/24 - (2z^3 - 5z) s^2/36: VaR = -mu - sqrt(m2) g, and ES = -mu + sqrt(m2) phi(g) (1 + g^3 s/6 + (g^6 - 9g^4 + 9g^2 + 3)
 * s^2/72 + (g^4 - 2g^2 - 1) k/24)/a. Derivatives go through the co-moments. Rows of `returns` are observations.
 * @throws MathError `empty`, `too-short`, `not-finite`, `shape`, `no-variance`, `out-of-domain` (level), `no-denominator`
 * (the risk is zero), `overflow`
 */
export function modifiedRiskDecomposition(
  weights: Vector,
  returns: Matrix,
  { measure, level, operational = true }: ModifiedRiskOptions,
): RiskDecomposition {
  const tail = tailOf(level)
  const { rows, means } = requireVaryingColumns('returns', returns)
  requireOneEach('weights', weights, means.length)
  const covariance = finiteMatrix(covarianceMatrix(rows), 'the covariance')
  const { volatility, slope } = portfolioVolatility(weights, covariance)
  const p = means.length
  const n = rows.length
  // Moments of what the portfolio did in units of its volatility, and their derivatives: 3 E[x_i r^2], 4 E[x_i r^3].
  let [m3, m4] = [0, 0]
  const [d3, d4] = [new Float64Array(p), new Float64Array(p)]
  for (const row of rows) {
    const r = dot(row, weights) / volatility
    const [r2, r3] = [r * r, r * r * r]
    m3 += r3 / n
    m4 += (r2 * r2) / n
    for (let i = 0; i < p; i++) {
      const x = row[i] / volatility
      d3[i] += (3 * r2 * x) / n
      d4[i] += (4 * r3 * x) / n
    }
  }
  const [s, k] = [m3, m4 - 3]
  const z = normalQuantile(tail)
  const [cs, ck, css] = [(z * z - 1) / 6, (z ** 3 - 3 * z) / 24, (2 * z ** 3 - 5 * z) / 36]
  const g = z + cs * s + ck * k - css * s * s
  const density = normalPdf(g) / tail
  const bracket =
    1 + (g ** 3 * s) / 6 + ((g ** 6 - 9 * g ** 4 + 9 * g * g + 3) * s * s) / 72 + ((g ** 4 - 2 * g * g - 1) * k) / 24
  const useShortfall = measure === 'es' && !(operational && density * bracket < -g)
  const depth = useShortfall ? density * bracket : -g
  const inner = (g * g * s) / 2 + ((6 * g ** 5 - 36 * g ** 3 + 18 * g) * s * s) / 72 + ((4 * g ** 3 - 4 * g) * k) / 24
  const marginal = Float64Array.from({ length: p }, (_, i) => {
    const relative = slope[i] / volatility
    const ds = d3[i] - 3 * m3 * relative
    const dk = d4[i] - 4 * m4 * relative
    const dg = cs * ds + ck * dk - 2 * css * s * ds
    const change = useShortfall
      ? density *
        ((inner - g * bracket) * dg +
          (g ** 3 / 6 + ((g ** 6 - 9 * g ** 4 + 9 * g * g + 3) * s) / 36) * ds +
          ((g ** 4 - 2 * g * g - 1) / 24) * dk)
      : -dg
    return -means[i] + slope[i] * depth + volatility * change
  })
  return decomposition(-dot(means, weights) + volatility * depth, marginal, weights)
}

export interface HistoricalRiskOptions {
  /** Confidence in (0.5, 1). */
  readonly level: number
}

/**
 * Expected shortfall of what happened, by position: the mean loss -w_i x_i in the scenarios in which the portfolio's return
 * was at or below its (1 - level)-quantile (type 7). Rows of `returns` are scenarios. Source: D. Tasche, Expected Shortfall
 * and Beyond, J. Banking and Finance 26 (2002).
 * @throws MathError `empty`, `too-short`, `not-finite`, `shape`, `out-of-domain` (level), `no-denominator` (the risk is
 * zero), `overflow`
 */
export function historicalShortfallDecomposition(
  weights: Vector,
  returns: Matrix,
  { level }: HistoricalRiskOptions,
): RiskDecomposition {
  const tail = tailOf(level)
  requireMatrix('returns', returns, 2)
  const p = returns[0].length
  requireOneEach('weights', weights, p)
  const outcomes = finiteVector(multiplyVector(returns, weights), 'the return of the portfolio')
  const threshold = quantileSorted(sorted(outcomes), tail)
  const scenarios = returns.filter((_, t) => outcomes[t] <= threshold)
  const marginal = columnMeans(scenarios).map((each) => 0 - each)
  return decomposition(dot(marginal, weights), marginal, weights)
}

export interface FactorModel {
  /** Sensitivities, assets x factors. */
  readonly loadings: Matrix
  /** Covariance of the factors. */
  readonly factorCovariance: Matrix
  /** Variance of each asset that no factor explains. */
  readonly specificVariances: Vector
}

export interface FactorRiskDecomposition {
  /** sqrt(w'(B F B' + D) w). */
  readonly total: number
  /** B'w, the portfolio's sensitivity to each factor. */
  readonly exposures: Float64Array
  /** Exposure times (F B'w) / sigma, a value a factor. */
  readonly factorContributions: Float64Array
  /** w_i^2 D_i / sigma, a value an asset; all contributions together are the total. */
  readonly specificContributions: Float64Array
  readonly factorShares: Float64Array
  readonly specificShares: Float64Array
  /** Share of the variance that is the factors'. */
  readonly systematicShare: number
}

/**
 * Volatility by factor with S = B F B' + D: contribution of factor k (B'w)_k (F B'w)_k / sigma, of asset i's own risk w_i^2
 * D_i / sigma.
 * Source: R. C. Grinold, R. N. Kahn, Active Portfolio Management, 2nd ed. (2000), chapter 3.
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `out-of-domain` (a negative
 * specific variance), `overflow`
 */
export function factorRiskDecomposition(
  weights: Vector,
  { loadings, factorCovariance, specificVariances }: FactorModel,
): FactorRiskDecomposition {
  requireMatrix('loadings', loadings)
  requireCovariance('factorCovariance', factorCovariance)
  const n = loadings.length
  requireOneEach('weights', weights, n)
  requireOneEach('specificVariances', specificVariances, n)
  refuseUnless(
    loadings[0].length === factorCovariance.length,
    'shape',
    () => `loadings has ${loadings[0].length} columns for ${factorCovariance.length} factors`,
  )
  for (let i = 0; i < n; i++)
    refuseUnless(
      specificVariances[i] >= 0,
      'out-of-domain',
      () => `specificVariances[${i}] is ${specificVariances[i]}; a variance is not negative`,
    )
  const exposures = finiteVector(multiplyVector(transpose(loadings), weights), 'the exposure')
  const factor = multiplyVector(factorCovariance, exposures).map((each, k) => each * exposures[k])
  const specific = Float64Array.from(specificVariances, (each, i) => each * weights[i] * weights[i])
  const systematic = sum(factor)
  const variance = systematic + sum(specific)
  finiteVector([variance], 'the variance')
  const size = factor.reduce((most, each) => most + Math.abs(each), 0) + sum(specific)
  refuseUnless(systematic > -1e-12 * size, 'not-positive-definite', 'the factors have a negative variance')
  refuseUnless(variance > 1e-14 * size, 'no-variance', 'the portfolio does not vary')
  const total = Math.sqrt(variance)
  return {
    total,
    exposures,
    factorContributions: finiteVector(
      factor.map((each) => each / total),
      'the contribution',
    ),
    specificContributions: finiteVector(
      specific.map((each) => each / total),
      'the contribution',
    ),
    factorShares: factor.map((each) => each / variance),
    specificShares: specific.map((each) => each / variance),
    systematicShare: Math.max(0, Math.min(1, systematic / variance)),
  }
}

/**
 * The covariance B F B' + D of a factor model, assets x assets.
 * Source: R. C. Grinold, R. N. Kahn (2000), chapter 3.
 * @throws MathError `empty`, `not-finite`, `shape`, `no-variance`, `not-positive-definite`, `out-of-domain`, `overflow`
 */
export function factorModelCovariance({ loadings, factorCovariance, specificVariances }: FactorModel): Float64Array[] {
  requireMatrix('loadings', loadings)
  requireCovariance('factorCovariance', factorCovariance)
  requireOneEach('specificVariances', specificVariances, loadings.length)
  const covariance = multiply(multiply(loadings, factorCovariance), transpose(loadings))
  for (let i = 0; i < covariance.length; i++) {
    refuseUnless(
      specificVariances[i] >= 0,
      'out-of-domain',
      () => `specificVariances[${i}] is ${specificVariances[i]}; a variance is not negative`,
    )
    covariance[i][i] += specificVariances[i]
    for (let j = 0; j < i; j++) covariance[j][i] = covariance[i][j]
  }
  finiteMatrix(covariance, 'the covariance')
  requireCovariance('the covariance', covariance)
  return covariance
}
