/**
 * Why a portfolio did better than its benchmark, by segment: because of what it held more of (allocation), because of what
 * it held within a segment (selection), and both together (interaction). A segment may be an asset, a strategy, cash, fees
 * or funding; weights are shares of equity at the beginning of the period and may be negative.
 *
 * Pure. Sources: G. P. Brinson, N. Fachler, J. Portfolio Management 11 (1985); G. P. Brinson, L. R. Hood, G. L. Beebower,
 * Financial Analysts Journal 42 (1986); C. R. Bacon, Practical Portfolio Performance Measurement and Attribution, 2nd ed.
 * (2008).
 */
import { type Matrix, refuseUnless, requireMatrix, requireVector, type Vector } from '../guard.ts'
import { sum } from '../sum.ts'
import { finiteVector, requireOneEach } from './requirements.ts'

/** What happened in one period, a value a segment. */
export interface AttributionPeriod {
  readonly portfolioWeights: Vector
  readonly benchmarkWeights: Vector
  readonly portfolioReturns: Vector
  readonly benchmarkReturns: Vector
}

/** What happened in several periods: rows are periods, columns are segments. */
export interface AttributionPeriods {
  readonly portfolioWeights: Matrix
  readonly benchmarkWeights: Matrix
  readonly portfolioReturns: Matrix
  readonly benchmarkReturns: Matrix
}

export interface AttributionOptions {
  /**
   * How allocation is judged: a segment's benchmark return against the benchmark's (`brinson-fachler`, default), or by itself
   * (`brinson-hood-beebower`).
   */
  readonly model?: 'brinson-fachler' | 'brinson-hood-beebower'
}

export interface Attribution {
  readonly portfolioReturn: number
  readonly benchmarkReturn: number
  /** Portfolio minus benchmark: the sum of all effects. */
  readonly excess: number
  readonly allocation: Float64Array
  readonly selection: Float64Array
  readonly interaction: Float64Array
  /** For those who count the interaction as selection: wp (Rp_i - Rb_i). */
  readonly selectionWithInteraction: Float64Array
  readonly totalAllocation: number
  readonly totalSelection: number
  readonly totalInteraction: number
}

/** Effects that miss the excess return by more than this, relative to the returns, are an error. */
const RESIDUAL = 1e-10

/**
 * Attribution of one period: allocation (wp - wb)(Rb_i - Rb), selection wb (Rp_i - Rb_i), interaction (wp - wb)(Rp_i -
 * Rb_i) for each segment; Brinson, Hood and Beebower's allocation is (wp - wb) Rb_i. All together are exactly rp - rb.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain` when the effects miss the excess return by more than
 * 1e-10, which is when the two sums of weights differ, `overflow`
 */
export function brinsonAttribution(
  period: AttributionPeriod,
  { model = 'brinson-fachler' }: AttributionOptions = {},
): Attribution {
  const { portfolioReturn, benchmarkReturn } = periodReturns(period)
  const { portfolioWeights, benchmarkWeights, portfolioReturns, benchmarkReturns } = period
  const n = portfolioWeights.length
  const level = model === 'brinson-fachler' ? benchmarkReturn : 0
  const allocation = new Float64Array(n)
  const selection = new Float64Array(n)
  const interaction = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const active = portfolioWeights[i] - benchmarkWeights[i]
    const better = portfolioReturns[i] - benchmarkReturns[i]
    allocation[i] = active * (benchmarkReturns[i] - level)
    selection[i] = benchmarkWeights[i] * better
    interaction[i] = active * better
  }
  const [totalAllocation, totalSelection, totalInteraction] = [sum(allocation), sum(selection), sum(interaction)]
  const excess = portfolioReturn - benchmarkReturn
  finiteVector([totalAllocation, totalSelection, totalInteraction], 'the effect')
  requireNoResidual(totalAllocation + totalSelection + totalInteraction, excess, [
    sum(allocation.map(Math.abs)),
    sum(selection.map(Math.abs)),
    sum(interaction.map(Math.abs)),
  ])
  return {
    portfolioReturn,
    benchmarkReturn,
    excess,
    allocation,
    selection,
    interaction,
    selectionWithInteraction: selection.map((effect, i) => effect + interaction[i]),
    totalAllocation,
    totalSelection,
    totalInteraction,
  }
}

export interface GeometricAttribution {
  /** ((1 + rp) / (1 + rb)) - 1, which is (1 + allocation)(1 + selection) - 1. */
  readonly excess: number
  readonly allocation: Float64Array
  /** With the interaction. */
  readonly selection: Float64Array
  readonly totalAllocation: number
  readonly totalSelection: number
}

/**
 * Geometric attribution of one period: A_i = (wp - wb)((1 + Rb_i)/(1 + Rb) - 1) and, interaction inside, S_i = wp (Rp_i -
 * Rb_i)/(1 + b_S) with the semi-notional return b_S = sum wp Rb; then (1 + A)(1 + S) = (1 + rp)/(1 + rb). Source: C. R.
 * Bacon (2008), chapter on geometric attribution.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain` (a return of -100% or below, or a residual above
 * 1e-10), `overflow`
 */
export function geometricAttribution(period: AttributionPeriod): GeometricAttribution {
  const { portfolioReturn, benchmarkReturn } = periodReturns(period)
  const { portfolioWeights, benchmarkWeights, portfolioReturns, benchmarkReturns } = period
  const semi = sum(Float64Array.from(portfolioWeights, (weight, i) => weight * benchmarkReturns[i]))
  refuseUnless(
    portfolioReturn > -1 && benchmarkReturn > -1 && semi > -1,
    'out-of-domain',
    'a return of -100% or below leaves nothing to compare',
  )
  const allocation = Float64Array.from(
    portfolioWeights,
    (weight, i) => (weight - benchmarkWeights[i]) * ((1 + benchmarkReturns[i]) / (1 + benchmarkReturn) - 1),
  )
  const selection = Float64Array.from(
    portfolioWeights,
    (weight, i) => (weight * (portfolioReturns[i] - benchmarkReturns[i])) / (1 + semi),
  )
  const [totalAllocation, totalSelection] = [sum(allocation), sum(selection)]
  const excess = (portfolioReturn - benchmarkReturn) / (1 + benchmarkReturn)
  finiteVector([totalAllocation, totalSelection, excess], 'the effect')
  const product = totalAllocation + totalSelection + totalAllocation * totalSelection
  requireNoResidual(product, excess, [sum(allocation.map(Math.abs)), sum(selection.map(Math.abs))])
  return { excess, allocation, selection, totalAllocation, totalSelection }
}

/** Effects have to add up; rounding grows with what is added. */
export function requireNoResidual(effects: number, excess: number, sizes: readonly number[]): void {
  const size = sizes.reduce((total, value) => total + value, 1)
  refuseUnless(
    Math.abs(effects - excess) <= RESIDUAL * size,
    'out-of-domain',
    () => `the effects add up to ${effects}, the excess return is ${excess}: do both sums of weights equal one?`,
  )
}

function periodReturns({ portfolioWeights, benchmarkWeights, portfolioReturns, benchmarkReturns }: AttributionPeriod): {
  readonly portfolioReturn: number
  readonly benchmarkReturn: number
} {
  requireVector('portfolioWeights', portfolioWeights)
  const n = portfolioWeights.length
  requireOneEach('benchmarkWeights', benchmarkWeights, n)
  requireOneEach('portfolioReturns', portfolioReturns, n)
  requireOneEach('benchmarkReturns', benchmarkReturns, n)
  const portfolioReturn = sum(Float64Array.from(portfolioWeights, (weight, i) => weight * portfolioReturns[i]))
  const benchmarkReturn = sum(Float64Array.from(benchmarkWeights, (weight, i) => weight * benchmarkReturns[i]))
  finiteVector([portfolioReturn, benchmarkReturn], 'the return')
  return { portfolioReturn, benchmarkReturn }
}

/** The periods one by one; all have the same segments. */
export function periodsOf(periods: AttributionPeriods): AttributionPeriod[] {
  const { portfolioWeights, benchmarkWeights, portfolioReturns, benchmarkReturns } = periods
  requireMatrix('portfolioWeights', portfolioWeights)
  for (const [name, rows] of Object.entries({ benchmarkWeights, portfolioReturns, benchmarkReturns })) {
    requireMatrix(name, rows)
    refuseUnless(
      rows.length === portfolioWeights.length && rows[0].length === portfolioWeights[0].length,
      'shape',
      () =>
        `${name} is ${rows.length} x ${rows[0].length}, portfolioWeights ${portfolioWeights.length} x ${portfolioWeights[0].length}`,
    )
  }
  return portfolioWeights.map((weights, t) => ({
    portfolioWeights: weights,
    benchmarkWeights: benchmarkWeights[t],
    portfolioReturns: portfolioReturns[t],
    benchmarkReturns: benchmarkReturns[t],
  }))
}
