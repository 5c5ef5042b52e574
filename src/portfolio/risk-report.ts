/**
 * Where the risk of given weights is: what each position adds, and how much spreading them helps.
 *
 * Pure. Weights are signed notionals over equity; volatilities are of a day.
 */
import { volatilityDecomposition } from '../math/portfolio/risk-decomposition.ts'

export interface RiskRow {
  readonly symbol: string
  readonly weight: number
  /** Of the instrument by itself. */
  readonly volatility: number
  /** By how much the portfolio's volatility grows with the weight. */
  readonly marginal: number
  /** Weight times that; together they are the portfolio's volatility. */
  readonly contribution: number
  /** Of the portfolio's volatility; negative where a position takes risk away. */
  readonly share: number
}

export interface RiskReport {
  readonly volatility: number
  /** Sum of |weight| x volatility over the volatility of all together: 1 where spreading does not help. */
  readonly diversificationRatio: number
  readonly gross: number
  readonly net: number
  readonly rows: readonly RiskRow[]
}

/** Undefined when nothing is held, or what is held does not vary. */
export function riskReport(
  symbols: readonly string[],
  weights: readonly number[],
  covariance: readonly ArrayLike<number>[],
): RiskReport | undefined {
  const volatilities = weights.map((_, i) => Math.sqrt(covariance[i][i]))
  const alone = weights.reduce((sum, each, i) => sum + Math.abs(each) * volatilities[i], 0)
  const variance = weights.reduce((sum, a, i) => sum + weights.reduce((inner, b, j) => inner + a * b * covariance[i][j], 0), 0)
  // What cancels out to rounding has no shares.
  if (!(variance > 1e-12 * alone * alone)) return undefined
  const { total, marginal, contributions, shares } = volatilityDecomposition(
    weights,
    covariance.map((row) => Float64Array.from(row)),
  )
  return {
    volatility: total,
    diversificationRatio: alone / total,
    gross: weights.reduce((sum, each) => sum + Math.abs(each), 0),
    net: weights.reduce((sum, each) => sum + each, 0),
    rows: symbols.map((symbol, i) => ({
      symbol,
      weight: weights[i],
      volatility: volatilities[i],
      marginal: marginal[i],
      contribution: contributions[i],
      share: shares[i],
    })),
  }
}
