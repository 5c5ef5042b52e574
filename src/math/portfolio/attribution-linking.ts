/**
 * Attribution over several periods. Effects of single periods do not add up to the excess return of all of them, because
 * returns compound; a linking method adjusts them so that they do.
 *
 * Pure. Sources: D. R. Carino, J. Performance Measurement 3 (1999); J. G. Menchero, J. Performance Measurement 5 (2000);
 * GRAP (Groupe de recherche en attribution de performance), Synthese des modeles d'attribution de performance (1997); A. S.
 * B. Frongello, J. Performance Measurement 6 (2002).
 */
import { refuseUnless } from '../guard.ts'
import { sum } from '../sum.ts'
import {
  type Attribution,
  type AttributionOptions,
  type AttributionPeriods,
  brinsonAttribution,
  type GeometricAttribution,
  geometricAttribution,
  periodsOf,
  requireNoResidual,
} from './brinson.ts'
import { finiteMatrix, finiteVector } from './requirements.ts'

export type LinkingMethod = 'carino' | 'menchero' | 'grap' | 'frongello'

/**
 * The factor of each period by which its effects are multiplied, so that sum_t factor_t (rp_t - rb_t) = prod(1 + rp) -
 * prod(1 + rb).
 *
 * - `carino`: k_t / K, k_t = (ln(1 + rp_t) - ln(1 + rb_t)) / (rp_t - rb_t), K the same of the cumulative returns.
 * - `menchero`: M + a_t, M = ((R - B)/T) / ((1 + R)^(1/T) - (1 + B)^(1/T)), a_t = (R - B - M sum d) d_t / sum d^2, d = rp -
 *   rb.
 * - `grap`: prod_{s<t}(1 + rp_s) prod_{s>t}(1 + rb_s).
 *
 * Where portfolio and benchmark are alike the limits are taken.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain` (a return of -100% or below), `overflow`
 */
export function linkingFactors(
  portfolioReturns: ArrayLike<number>,
  benchmarkReturns: ArrayLike<number>,
  method: Exclude<LinkingMethod, 'frongello'> = 'carino',
): Float64Array {
  requireReturns(portfolioReturns, benchmarkReturns)
  const [rp, rb] = [Float64Array.from(portfolioReturns), Float64Array.from(benchmarkReturns)]
  const factors = method === 'carino' ? carino(rp, rb) : method === 'menchero' ? menchero(rp, rb) : grap(rp, rb)
  return finiteVector(factors, 'the linking factor')
}

function requireReturns(portfolio: ArrayLike<number>, benchmark: ArrayLike<number>): void {
  refuseUnless(portfolio.length > 0, 'empty', 'there are no periods')
  refuseUnless(
    portfolio.length === benchmark.length,
    'shape',
    () => `${portfolio.length} returns of the portfolio against ${benchmark.length}`,
  )
  for (const returns of [portfolio, benchmark])
    for (let t = 0; t < returns.length; t++) {
      refuseUnless(Number.isFinite(returns[t]), 'not-finite', () => `the return of period ${t} is ${returns[t]}`)
      refuseUnless(
        returns[t] > -1,
        'out-of-domain',
        () => `the return of period ${t} is ${returns[t]}; nothing is left to be linked`,
      )
    }
}

/** (ln(1 + a) - ln(1 + b)) / (a - b), by the series of ln(1 + x)/x where a and b are close. */
function logSlope(a: number, b: number): number {
  const x = (a - b) / (1 + b)
  const ratio = Math.abs(x) < 1e-9 ? 1 - x / 2 + (x * x) / 3 : Math.log1p(x) / x
  return ratio / (1 + b)
}

function carino(rp: Float64Array, rb: Float64Array): Float64Array {
  const whole = logSlope(compounded(rp), compounded(rb))
  return rp.map((value, t) => logSlope(value, rb[t]) / whole)
}

function menchero(rp: Float64Array, rb: Float64Array): Float64Array {
  const periods = rp.length
  const [R, B] = [compounded(rp), compounded(rb)]
  // (a^T - b^T) / (T (a - b)) without the difference: the mean of a^(T-1-k) b^k.
  const [a, b] = [(1 + R) ** (1 / periods), (1 + B) ** (1 / periods)]
  let mean = 0
  for (let k = 0; k < periods; k++) mean += (a ** (periods - 1 - k) * b ** k) / periods
  const differences = rp.map((value, t) => value - rb[t])
  // R - B is sum d grap: no difference of what is nearly the same.
  const rest = sum(grap(rp, rb).map((factor, t) => differences[t] * (factor - mean)))
  const squares = sum(differences.map((each) => each * each))
  return differences.map((each) => mean + (squares > 0 ? (rest * each) / squares : 0))
}

function grap(rp: Float64Array, rb: Float64Array): Float64Array {
  const factors = new Float64Array(rp.length)
  for (let t = 0, before = 1; t < rp.length; t++) {
    factors[t] = before
    before *= 1 + rp[t]
  }
  for (let t = rp.length - 1, after = 1; t >= 0; t--) {
    factors[t] *= after
    after *= 1 + rb[t]
  }
  return factors
}

const compounded = (returns: Float64Array): number => returns.reduce((wealth, each) => wealth * (1 + each), 1) - 1

export interface LinkedAttributionOptions extends AttributionOptions {
  /** Default `carino`. */
  readonly linking?: LinkingMethod
}

export interface LinkedAttribution {
  readonly portfolioReturns: Float64Array
  readonly benchmarkReturns: Float64Array
  readonly cumulativePortfolio: number
  readonly cumulativeBenchmark: number
  /** R - B, the sum of all linked effects. */
  readonly cumulativeExcess: number
  /** Linked effects, rows are periods, columns are segments. */
  readonly allocation: Float64Array[]
  readonly selection: Float64Array[]
  readonly interaction: Float64Array[]
  /** Sums over the periods, a value a segment. */
  readonly totalAllocation: Float64Array
  readonly totalSelection: Float64Array
  readonly totalInteraction: Float64Array
  /** The effects of each period by itself. */
  readonly periods: readonly Attribution[]
}

/**
 * Attribution of several periods whose linked effects add up to the cumulative excess return R - B, R = prod(1 + rp) - 1.
 * Linking multiplies the effects of a period by its factor (`linkingFactors`); Frongello's linked effect is e_t
 * prod_{s<t}(1 + rp_s) + rb_t sum_{s<t} linked_s.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain` (a return of -100% or below, or a residual above
 * 1e-10), `overflow`
 */
export function linkedAttribution(
  periods: AttributionPeriods,
  { linking = 'carino', model = 'brinson-fachler' }: LinkedAttributionOptions = {},
): LinkedAttribution {
  const singles = periodsOf(periods).map((period) => brinsonAttribution(period, { model }))
  const portfolioReturns = Float64Array.from(singles, (each) => each.portfolioReturn)
  const benchmarkReturns = Float64Array.from(singles, (each) => each.benchmarkReturn)
  requireReturns(portfolioReturns, benchmarkReturns)
  const factors = linking === 'frongello' ? undefined : linkingFactors(portfolioReturns, benchmarkReturns, linking)
  const link = (effects: readonly Float64Array[]): Float64Array[] =>
    finiteMatrix(
      factors === undefined
        ? frongello(effects, portfolioReturns, benchmarkReturns)
        : effects.map((row, t) => row.map((effect) => effect * factors[t])),
      'the linked effect',
    )
  const allocation = link(singles.map((each) => each.allocation))
  const selection = link(singles.map((each) => each.selection))
  const interaction = link(singles.map((each) => each.interaction))
  const [cumulativePortfolio, cumulativeBenchmark] = [compounded(portfolioReturns), compounded(benchmarkReturns)]
  const cumulativeExcess = cumulativePortfolio - cumulativeBenchmark
  finiteVector([cumulativeExcess], 'the cumulative excess return')
  const all = [...allocation, ...selection, ...interaction]
  requireNoResidual(
    sum(all.map((row) => sum(row))),
    cumulativeExcess,
    all.map((row) => sum(row.map(Math.abs))),
  )
  return {
    portfolioReturns,
    benchmarkReturns,
    cumulativePortfolio,
    cumulativeBenchmark,
    cumulativeExcess,
    allocation,
    selection,
    interaction,
    totalAllocation: columnSums(allocation),
    totalSelection: columnSums(selection),
    totalInteraction: columnSums(interaction),
    periods: singles,
  }
}

function frongello(effects: readonly Float64Array[], rp: Float64Array, rb: Float64Array): Float64Array[] {
  const before = new Float64Array(effects[0].length)
  let wealth = 1
  return effects.map((row, t) => {
    const linked = row.map((effect, i) => effect * wealth + rb[t] * before[i])
    for (let i = 0; i < linked.length; i++) before[i] += linked[i]
    wealth *= 1 + rp[t]
    return linked
  })
}

const columnSums = (rows: readonly Float64Array[]): Float64Array =>
  Float64Array.from(rows[0], (_, i) => sum(Float64Array.from(rows, (row) => row[i])))

export interface LinkedGeometricAttribution {
  /** (1 + R)/(1 + B) - 1. */
  readonly excess: number
  /** prod(1 + A_t) - 1 and prod(1 + S_t) - 1; (1 + allocation)(1 + selection) = 1 + excess. */
  readonly allocation: number
  readonly selection: number
  readonly periods: readonly GeometricAttribution[]
}

/**
 * Geometric attribution of several periods, which needs no linking: prod(1 + A_t) prod(1 + S_t) = (1 + R)/(1 + B).
 * Source: C. R. Bacon (2008), chapter on geometric attribution.
 * @throws MathError `empty`, `not-finite`, `shape`, `out-of-domain` (a return of -100% or below, or a residual above
 * 1e-10), `overflow`
 */
export function linkedGeometricAttribution(periods: AttributionPeriods): LinkedGeometricAttribution {
  const singles = periodsOf(periods).map(geometricAttribution)
  const allocation = compounded(Float64Array.from(singles, (each) => each.totalAllocation))
  const selection = compounded(Float64Array.from(singles, (each) => each.totalSelection))
  const excess = compounded(Float64Array.from(singles, (each) => each.excess))
  finiteVector([allocation, selection, excess], 'the linked effect')
  return { excess, allocation, selection, periods: singles }
}
