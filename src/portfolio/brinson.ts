/**
 * Why a trading account did better or worse than buying and holding its symbols in equal parts, month by month: the
 * Brinson-Fachler attribution of `math/portfolio`, linked after Carino, with the segments that trading has.
 *
 * A symbol is two segments. Its mean net exposure w at the symbol's own price change r is allocation: (w - wb)(r - rb).
 * What its positions earned besides, c - w r, is timing: what came of changing the exposure within the month. Costs,
 * funding and the like are segments without a weight, cash is 1 - sum of the exposures; both earn nothing in the
 * benchmark. Pure.
 */
import { MathError } from '../math/error.ts'
import { linkedAttribution } from '../math/portfolio/index.ts'

export interface HeldSymbol {
  readonly symbol: string
  /** Mean net exposure over the equity, may be negative or above 1. */
  readonly weight: number
  /** Part of the benchmark; over all symbols 1. */
  readonly benchmarkWeight: number
  /** Price change of the month. */
  readonly change: number
  /** What its prices earned, over the equity at the beginning of the month. */
  readonly earned: number
}

export interface HeldMonth {
  readonly symbols: readonly HeldSymbol[]
  /** What else moved the equity, over the same equity: commission, funding ...; negative was paid. */
  readonly besides: readonly { readonly name: string; readonly share: number }[]
}

export interface BrinsonEffects {
  /** Compounded. */
  readonly portfolioReturn: number
  readonly benchmarkReturn: number
  readonly excess: number
  /** By symbol, and cash last: having held more or less of it than the benchmark. */
  readonly allocation: readonly Effect[]
  /** By symbol: having held it at better times than its mean exposure says. */
  readonly timing: readonly Effect[]
  readonly besides: readonly Effect[]
  /** Excess less all effects; above 1e-10 is an error. */
  readonly residual: number
}

export interface Effect {
  readonly name: string
  readonly effect: number
}

const RESIDUAL = 1e-10

/** @throws MathError `empty`, `not-finite`, `out-of-domain` (a month of -100 % or below, or effects that do not add up) */
export function brinsonOfMonths(months: readonly HeldMonth[]): BrinsonEffects {
  const symbols = namesOf(months.flatMap((month) => month.symbols.map(({ symbol }) => symbol)))
  const besides = namesOf(months.flatMap((month) => month.besides.map(({ name }) => name)))
  const rows = months.map((month) => rowOf(month, symbols, besides))
  const linked = linkedAttribution({
    portfolioWeights: rows.map(({ weights }) => weights),
    portfolioReturns: rows.map(({ returns }) => returns),
    benchmarkWeights: rows.map(({ benchmarkWeights }) => benchmarkWeights),
    benchmarkReturns: rows.map(({ benchmarkReturns }) => benchmarkReturns),
  })
  const own = (i: number): number => linked.totalSelection[i] + linked.totalInteraction[i]
  // The weight that the segments without one were given came from cash; what it did goes back there.
  let cash = 0
  for (let i = symbols.length; i < linked.totalAllocation.length; i++) cash += linked.totalAllocation[i]
  const allocation = [...symbols.map((name, i) => ({ name, effect: linked.totalAllocation[i] })), { name: 'cash', effect: cash }]
  const timingAt = symbols.length + 1
  const timing = symbols.map((name, i) => ({ name, effect: own(timingAt + i) }))
  const rest = besides.map((name, i) => ({ name, effect: own(timingAt + symbols.length + i) }))
  const all = [...allocation, ...timing, ...rest].reduce((sum, { effect }) => sum + effect, 0)
  const residual = linked.cumulativeExcess - all
  const size = 1 + Math.abs(linked.cumulativePortfolio) + Math.abs(linked.cumulativeBenchmark)
  if (!(Math.abs(residual) <= RESIDUAL * size))
    throw new MathError('out-of-domain', `the effects miss the excess return by ${residual}`)
  return {
    portfolioReturn: linked.cumulativePortfolio,
    benchmarkReturn: linked.cumulativeBenchmark,
    excess: linked.cumulativeExcess,
    allocation,
    timing,
    besides: rest,
    residual,
  }
}

const namesOf = (names: readonly string[]): readonly string[] => [...new Set(names)].toSorted()

interface Row {
  readonly weights: Float64Array
  readonly returns: Float64Array
  readonly benchmarkWeights: Float64Array
  readonly benchmarkReturns: Float64Array
}

/** Segments in this order: symbols, cash, timing of the symbols, besides. */
function rowOf(month: HeldMonth, symbols: readonly string[], besides: readonly string[]): Row {
  const cash = symbols.length
  const overlays = symbols.length + besides.length
  const count = cash + 1 + overlays
  const row = {
    weights: new Float64Array(count),
    returns: new Float64Array(count),
    benchmarkWeights: new Float64Array(count),
    benchmarkReturns: new Float64Array(count),
  }
  // What has no weight gets one of 1 and takes it from cash, which earns nothing either.
  row.weights.fill(1, cash + 1)
  row.weights[cash] = 1 - overlays
  symbols.forEach((symbol, i) => {
    const held = month.symbols.find((each) => each.symbol === symbol)
    if (held === undefined) return
    row.weights[i] = held.weight
    row.weights[cash] -= held.weight
    row.benchmarkWeights[i] = held.benchmarkWeight
    row.returns[i] = row.benchmarkReturns[i] = held.change
    row.returns[cash + 1 + i] = held.earned - held.weight * held.change
  })
  besides.forEach((name, i) => {
    for (const each of month.besides) if (each.name === name) row.returns[cash + 1 + symbols.length + i] += each.share
  })
  return row
}
