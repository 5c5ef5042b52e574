/**
 * The budgets of the instruments from what their returns look like: a pure function of plain data, which the kernel asks for
 * by a request and a worker answers. Weights are signed notionals over equity at full conviction; a budget is their size.
 *
 * Covariances are those of daily returns, with the correlations shrunk by Ledoit and Wolf and each instrument's own variance
 * left as it is. Who has too few days, or (for mean-variance) no opinion, keeps the equal share, and the others divide the rest.
 *
 * Pure. Same inputs, same bytes.
 */
import { MathError } from '../math/error.ts'
import { correlationClusters } from '../math/portfolio/clustering.ts'
import { correlationMatrix } from '../math/portfolio/correlation-matrix.ts'
import { covarianceMatrix } from '../math/numerics/statistics.ts'
import { hierarchicalRiskParity } from '../math/portfolio/hierarchical-risk-parity.ts'
import { meanVariance, minimumVariance } from '../math/portfolio/mean-variance.ts'
import { inverseVolatility, riskParity } from '../math/portfolio/risk-budgeting.ts'
import { volatilityDecomposition } from '../math/portfolio/risk-decomposition.ts'
import { bindingOf, cutToLimits, DUST, usedOf } from './constraints.ts'
import type { SizeRow, WeightLimits } from './constraints.ts'
import type { PortfolioMethod, PortfolioValues } from './settings.ts'

export interface PortfolioInputs {
  readonly method: PortfolioMethod
  /** One each, in any order; all lists of this length are in that order. */
  readonly instruments: readonly number[]
  readonly symbols: readonly string[]
  /** -1 to 1: what the strategies think now. */
  readonly convictions: readonly number[]
  /** Places in `instruments` that have returns: the columns of `returns`. */
  readonly columns: readonly number[]
  /** Daily simple returns, a row a day. */
  readonly returns: readonly (readonly number[])[]
  /** Signed weights of what is held. */
  readonly current: readonly number[]
  /** What a long pays for a day, as a share of its notional. */
  readonly funding: readonly number[]
  /** Initial margin over notional. */
  readonly marginRates: readonly number[]
  /** Maintenance margin over notional. */
  readonly maintenanceRates: readonly number[]
  /** Smallest weight that the venue accepts an order for. */
  readonly smallest: readonly number[]
  readonly limits: PortfolioLimits
  /** Of mean-variance: expected return of a day = coefficient x volatility x conviction. */
  readonly informationCoefficient: number
  readonly riskAversion: number
  /** Of trading a unit of equity. */
  readonly cost: number
  /** Days until the next computation, over which a trade has to earn its cost. */
  readonly horizon: number
}

export interface PortfolioLimits {
  /** Largest sum |w|. */
  readonly gross: number
  /** Shares of the gross: of one instrument, of |longs - shorts|, of one cluster. */
  readonly largest: number
  readonly net: number
  readonly cluster: number
  /** Instruments above this mean correlation are one cluster. */
  readonly clusterCorrelation: number
  /** Largest sum of initial margins over equity. */
  readonly margin: number
  /** A move of every price against its position after which the maintenance margin must be left. */
  readonly stress: number
}

/** What of the inputs comes from the settings alone. */
export const termsOf = (
  values: PortfolioValues,
  gross: number,
): Pick<PortfolioInputs, 'limits' | 'informationCoefficient' | 'riskAversion' | 'cost' | 'horizon'> => ({
  limits: {
    gross,
    largest: values.largest,
    net: values.net,
    cluster: values.cluster,
    clusterCorrelation: values.clusterCorrelation,
    margin: values.marginUse,
    stress: values.stress,
  },
  informationCoefficient: values.informationCoefficient,
  riskAversion: values.riskAversion,
  cost: values.cost,
  horizon: values.rebalance / HOURS_OF_DAY,
})
const HOURS_OF_DAY = 24

export interface PortfolioAnswer {
  readonly method: PortfolioMethod
  /** `kept`: nothing was found, the last budgets go on. */
  readonly status: 'solved' | 'kept'
  /** Why nothing was found; empty otherwise. */
  readonly reason: string
  /** As in the inputs. */
  readonly instruments: readonly number[]
  /** Signed, at full conviction. */
  readonly weights: readonly number[]
  /** Names of the limits that the weights reach. */
  readonly binding: readonly string[]
  /** Instruments that keep the equal share. */
  readonly equal: readonly number[]
  /** Instruments whose weight was below what the venue accepts, and is 0. */
  readonly tooSmall: readonly number[]
  /** Clusters of more than one instrument. */
  readonly clusters: readonly (readonly number[])[]
  /** Of a day, of the instruments with returns; undefined when nothing varies. */
  readonly risk: PortfolioRisk | undefined
}

export interface PortfolioRisk {
  readonly volatility: number
  readonly instruments: readonly number[]
  /** Of the variance; they add up to 1. */
  readonly shares: readonly number[]
}

/** Convictions below this are none. */
const NO_OPINION = 0.05

/** The model behind the request: `{ portfolio: optimisePortfolio }`. */
export function optimisePortfolio(inputs: PortfolioInputs): PortfolioAnswer {
  try {
    return solve(inputs)
  } catch (error) {
    if (!(error instanceof MathError)) throw error
    return { ...nothing(inputs), reason: `${inputs.method}: ${error.message}` }
  }
}

const nothing = ({ method, instruments }: PortfolioInputs): PortfolioAnswer => ({
  method,
  status: 'kept',
  reason: '',
  instruments,
  weights: [],
  binding: [],
  equal: [],
  tooSmall: [],
  clusters: [],
  risk: undefined,
})

/** Returns of the instruments that vary. */
interface Market {
  /** Places in the inputs. */
  readonly places: readonly number[]
  readonly correlation: readonly Float64Array[]
  readonly covariance: readonly Float64Array[]
}

/** Of daily returns that all vary: correlations shrunk, each one's own variance as it is. */
export function shrunkCovariance(rows: readonly (readonly number[])[]): Float64Array[] {
  const sample = covarianceMatrix(rows)
  const correlation = sample.length === 1 ? [Float64Array.of(1)] : correlationMatrix(rows, { method: 'shrunk' })
  return correlation.map((row, i) => row.map((each, j) => each * Math.sqrt(sample[i][i]) * Math.sqrt(sample[j][j])))
}

function marketOf({ columns, returns }: PortfolioInputs): Market {
  if (columns.length === 0 || returns.length < 2) return { places: [], correlation: [], covariance: [] }
  const sample = covarianceMatrix(returns)
  const varying = columns.map((_, k) => k).filter((k) => sample[k][k] > 0)
  if (varying.length === 0) return { places: [], correlation: [], covariance: [] }
  const rows = returns.map((row) => varying.map((k) => row[k]))
  const correlation = varying.length === 1 ? [Float64Array.of(1)] : correlationMatrix(rows, { method: 'shrunk' })
  const deviations = varying.map((k) => Math.sqrt(sample[k][k]))
  const covariance = correlation.map((row, i) => row.map((each, j) => each * deviations[i] * deviations[j]))
  return { places: varying.map((k) => columns[k]), correlation, covariance }
}

function solve(inputs: PortfolioInputs): PortfolioAnswer {
  const { instruments, convictions, smallest, method } = inputs
  const n = instruments.length
  const market = marketOf(inputs)
  const clusters = clustersOf(market, inputs.limits.clusterCorrelation)
  const limits = limitsOf(inputs, clusters)
  const hasBudget = (place: number): boolean => method !== 'mean-variance' || Math.abs(convictions[place]) >= NO_OPINION
  /** Columns of the market that are solved for. */
  let active = market.places.map((_, k) => k).filter((k) => method !== 'fixed' && hasBudget(market.places[k]))
  const solvedFor = new Set(active.map((k) => market.places[k]))
  const equal = instruments.map((_, place) => place).filter((place) => !solvedFor.has(place))
  const tooSmall: number[] = []
  for (;;) {
    const weights = new Float64Array(n)
    for (const place of equal) weights[place] = (sideOf(convictions[place]) * inputs.limits.gross) / n
    const found = activeWeights(inputs, market, active, limits, weights)
    active.forEach((k, at) => (weights[market.places[k]] = found[at]))
    const cut = cutToLimits(weights, limits)
    const small = active.filter((k) => {
      const size = Math.abs(cut[market.places[k]])
      return size > 0 && size < smallest[market.places[k]]
    })
    if (small.length === 0) return answerOf(inputs, { market, clusters, limits, cut, equal, tooSmall })
    tooSmall.push(...small.map((k) => market.places[k]))
    active = active.filter((k) => !small.includes(k))
  }
}

const sideOf = (conviction: number): number => (conviction < 0 ? -1 : 1)

interface Found {
  readonly market: Market
  readonly clusters: readonly (readonly number[])[]
  readonly limits: WeightLimits
  readonly cut: Float64Array
  readonly equal: readonly number[]
  readonly tooSmall: readonly number[]
}

function answerOf(inputs: PortfolioInputs, { market, clusters, limits, cut, equal, tooSmall }: Found): PortfolioAnswer {
  const { method, instruments, symbols } = inputs
  const idsOf = (places: readonly number[]): readonly number[] => places.map((place) => instruments[place])
  return {
    method,
    status: 'solved',
    reason: '',
    instruments,
    weights: Array.from(cut),
    binding: bindingOf(cut, limits, (i) => symbols[i]),
    equal: idsOf(equal),
    tooSmall: idsOf([...tooSmall].sort((a, b) => a - b)),
    clusters: clusters.map(idsOf),
    risk: riskOf(market, cut, instruments),
  }
}

function riskOf(
  { places, covariance }: Market,
  weights: Float64Array,
  instruments: readonly number[],
): PortfolioRisk | undefined {
  const held = places.map((place) => weights[place])
  if (held.every((each) => Math.abs(each) < DUST)) return undefined
  const { total, shares } = volatilityDecomposition(held, covariance)
  return { volatility: total, instruments: places.map((place) => instruments[place]), shares: Array.from(shares) }
}

/** Places of those that move together, more than one each. */
function clustersOf({ places, correlation }: Market, above: number): readonly (readonly number[])[] {
  if (places.length < 2) return []
  const labels = correlationClusters(correlation, { linkage: 'average', height: Math.sqrt((1 - above) / 2) })
  const groups: number[][] = []
  labels.forEach((label, k) => (groups[label] ??= []).push(places[k]))
  return groups.filter((group) => group.length > 1)
}

function limitsOf(inputs: PortfolioInputs, clusters: readonly (readonly number[])[]): WeightLimits {
  const { instruments, symbols, marginRates, maintenanceRates, limits } = inputs
  const n = instruments.length
  const { gross } = limits
  const rows: SizeRow[] = clusters.map((members) => ({
    name: `cluster ${members.map((place) => symbols[place]).join(' ')}`,
    rates: instruments.map((_, place) => (members.includes(place) ? 1 : 0)),
    limit: gross * Math.max(limits.cluster, members.length / n),
  }))
  rows.push(
    { name: 'gross', rates: instruments.map(() => 1), limit: gross },
    { name: 'margin', rates: marginRates, limit: limits.margin },
    // 1 - sum |w| stress >= sum |w| maintenance
    { name: 'liquidation', rates: maintenanceRates.map((rate) => limits.stress + rate), limit: 1 },
  )
  return { largest: instruments.map(() => gross * Math.max(limits.largest, 1 / n)), rows, net: gross * limits.net }
}

/** Signed weights of the active columns; those of everybody else stand in `others` and have had their part of each limit. */
function activeWeights(
  inputs: PortfolioInputs,
  market: Market,
  active: readonly number[],
  limits: WeightLimits,
  others: Float64Array,
): readonly number[] {
  if (active.length === 0) return []
  const places = active.map((k) => market.places[k])
  const sides = places.map((place) => sideOf(inputs.convictions[place]))
  const covariance = active.map((k, i) => Float64Array.from(active, (j, at) => market.covariance[k][j] * sides[i] * sides[at]))
  const rows = limits.rows.map((row) => ({
    ...row,
    rates: places.map((place) => row.rates[place]),
    limit: Math.max(0, row.limit - usedOf(row, others)),
  }))
  const rest = rows.find(({ name }) => name === 'gross')?.limit ?? 0
  if (rest < DUST) return places.map(() => 0)
  const sizes =
    inputs.method === 'mean-variance'
      ? utilitySizes(inputs, { places, sides, covariance, rows, limits })
      : Float64Array.from(shares(inputs.method, covariance, limits.largest[places[0]], rest), (each) => each * rest)
  return Array.from(sizes, (each, i) => each * sides[i])
}

/** Positive, adding up to one, of instruments turned to the side they are held on. */
function shares(method: PortfolioMethod, covariance: readonly Float64Array[], largest: number, gross: number): Float64Array {
  const n = covariance.length
  switch (method) {
    case 'inverse-volatility':
      return inverseVolatility(covariance)
    case 'risk-parity':
      return riskParity(covariance)
    case 'hrp':
      return n === 1 ? Float64Array.of(1) : hierarchicalRiskParity(covariance).weights
    case 'min-variance':
      return minimumVariance(covariance, { upper: gross > 0 ? Math.max(largest / gross, 1 / n) : 1 }).weights
    default:
      return new Float64Array(n).fill(1 / n)
  }
}

interface Question {
  readonly places: readonly number[]
  readonly sides: readonly number[]
  readonly covariance: readonly Float64Array[]
  readonly rows: readonly SizeRow[]
  readonly limits: WeightLimits
}

/**
 * Sizes b >= 0 at full conviction; what is held is c b, c the size of the conviction. The best utility of what is held,
 * mu'(c b) - (lambda/2) (c b)'S(c b) - cost |c b - held| / horizon, while the limits hold for b itself.
 */
function utilitySizes(inputs: PortfolioInputs, { places, sides, covariance, rows, limits }: Question): Float64Array {
  const c = places.map((place) => Math.abs(inputs.convictions[place]))
  const means = places.map((place, i) => {
    const expected = inputs.informationCoefficient * Math.sqrt(covariance[i][i]) * c[i]
    return c[i] * (expected - sides[i] * inputs.funding[place])
  })
  return meanVariance(
    means,
    covariance.map((row, i) => row.map((each, j) => each * c[i] * c[j])),
    {
      riskAversion: inputs.riskAversion,
      linearCost: c.map((each) => (inputs.cost * each) / inputs.horizon),
      lower: 0,
      upper: places.map((place) => limits.largest[place]),
      budget: 'free',
      current: places.map((place, i) => (inputs.current[place] * sides[i]) / c[i]),
      linear: [
        ...rows.map(({ rates, limit }) => ({ coefficients: rates, upper: limit })),
        { coefficients: sides, lower: -limits.net, upper: limits.net },
      ],
    },
  ).weights
}
