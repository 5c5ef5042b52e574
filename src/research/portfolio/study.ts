/**
 * A look at markets as a portfolio: how they move together, which weights each method would give them at the end of the data,
 * and where the risk of these weights and of a run's last positions is.
 *
 * Pure. Days, returns, limits and methods are those that a run uses.
 */
import { InputError } from '../../core/errors.ts'
import { DAY } from '../../core/time.ts'
import { optimisePortfolio, shrunkCovariance, termsOf } from '../../portfolio/optimise.ts'
import type { PortfolioInputs } from '../../portfolio/optimise.ts'
import { correlationReport } from '../../portfolio/correlation-report.ts'
import type { CorrelationMeasure, CorrelationReport } from '../../portfolio/correlation-report.ts'
import { riskReport } from '../../portfolio/risk-report.ts'
import type { RiskReport } from '../../portfolio/risk-report.ts'
import { PORTFOLIO_METHODS } from '../../portfolio/settings.ts'
import type { PortfolioMethod, PortfolioValues } from '../../portfolio/settings.ts'
import { MarketStatistics } from '../../market/statistics.ts'

export const PORTFOLIO_SCHEMA = 'autotrading.portfolio/1'

export interface StudiedMarket {
  readonly symbol: string
  /** Ends of the bars in microseconds, and their closes. */
  readonly ends: Float64Array
  readonly closes: Float64Array
  /** Maintenance margin over notional of a position as large as one may be. */
  readonly maintenanceRate: number
  readonly marginRate: number
  /** Smallest weight that the venue accepts an order for. */
  readonly smallest: number
}

/** A position of a run: its weight, and whether the data have its instrument. */
export interface HeldPosition {
  readonly symbol: string
  readonly weight: number
}

export interface PortfolioQuestion {
  readonly markets: readonly StudiedMarket[]
  readonly values: PortfolioValues
  readonly measure: CorrelationMeasure
  /** Allowed gross exposure: fraction times leverage. */
  readonly gross: number
  readonly held: readonly HeldPosition[] | undefined
}

export interface MarketDays {
  readonly symbol: string
  readonly fromMs: number
  readonly toMs: number
  /** Daily returns inside the window. */
  readonly days: number
  /** Why it is no part of what follows; null when it is. */
  readonly leftOut: string | null
}

export interface MethodWeights {
  readonly method: PortfolioMethod
  /** Why nothing was found; null when something was. */
  readonly failed: string | null
  /** As the kept markets. */
  readonly weights: readonly number[]
  readonly binding: readonly string[]
  readonly tooSmall: readonly string[]
  readonly risk: RiskReport | null
}

export interface PortfolioDocument {
  readonly schema: typeof PORTFOLIO_SCHEMA
  readonly markets: readonly MarketDays[]
  /** Days on which all kept markets have a return. */
  readonly common: {
    readonly days: number
    readonly fromMs: number
    readonly toMs: number
    readonly window: number
    readonly least: number
  }
  readonly symbols: readonly string[]
  readonly correlation: Omit<CorrelationReport, 'clusters' | 'rolling'> & {
    readonly clusters: readonly (readonly string[])[]
    readonly clusterCorrelation: number
    readonly rolling: readonly (readonly [timeMs: number, mean: number])[]
  }
  readonly gross: number
  readonly configured: PortfolioMethod
  readonly methods: readonly MethodWeights[]
  readonly run: { readonly risk: RiskReport | null; readonly leftOut: readonly HeldPosition[] } | null
  readonly warnings: readonly string[]
}

const ROLLING_DAYS = 30
const DAY_MS = DAY / 1_000

/** @throws InputError when the data have too few common days */
export function studyPortfolio({ markets, values, measure, gross, held }: PortfolioQuestion): PortfolioDocument {
  const statistics = new MarketStatistics()
  statistics.reserve(markets.length)
  markets.forEach(({ ends, closes }, i) => {
    for (let k = 0; k < ends.length; k++) statistics.onBar(i, ends[k], closes[k], 0, k === 0 ? DAY : ends[k] - ends[k - 1])
  })
  const first = statistics.returns(values.window, values.leastDays, [...markets.keys()])
  // Who does not move has no correlation; the market may be closed.
  const still = first.instruments.filter((_, k) => first.rows.every((row) => row[k] === first.rows[0][k]))
  const moving = first.instruments.filter((i) => !still.includes(i))
  const { instruments: kept, days, rows } = statistics.returns(values.window, values.leastDays, moving)
  if (kept.length === 0)
    throw new InputError(
      'portfolio-too-short',
      `no instrument that moves has ${values.leastDays} days with a return in the last ${values.window}`,
      { next: 'Give a longer period, or lower portfolio.leastDays.' },
    )
  const last = days[days.length - 1]
  const countOf = (i: number): number =>
    statistics.returns(values.window, 1, [i]).days.filter((day) => day > last - values.window).length
  const symbols = kept.map((i) => markets[i].symbol)
  const covariance = shrunkCovariance(rows)
  const inputs = inputsOf({ markets: kept.map((i) => markets[i]), rows, values, gross })
  const report = correlationReport({
    rows,
    days,
    measure,
    clusterCorrelation: values.clusterCorrelation,
    rollingDays: Math.min(ROLLING_DAYS, days.length),
  })
  return {
    schema: PORTFOLIO_SCHEMA,
    markets: markets.map(({ symbol, ends }, i) => ({
      symbol,
      fromMs: ends[0] / 1_000,
      toMs: ends[ends.length - 1] / 1_000,
      days: countOf(i),
      leftOut: kept.includes(i) ? null : still.includes(i) ? 'does not move' : 'too few days',
    })),
    common: {
      days: days.length,
      fromMs: days[0] * DAY_MS,
      toMs: (last + 1) * DAY_MS,
      window: values.window,
      least: values.leastDays,
    },
    symbols,
    correlation: {
      ...report,
      clusters: report.clusters.map((members) => members.map((place) => symbols[place])),
      clusterCorrelation: values.clusterCorrelation,
      rolling: report.rolling.map(([day, mean]) => [(day + 1) * DAY_MS, mean]),
    },
    gross,
    configured: values.method,
    methods: PORTFOLIO_METHODS.map((method) => weightsBy({ ...inputs, method }, symbols, covariance)),
    run: held === undefined ? null : runOf(held, symbols, covariance),
    warnings: [],
  }
}

interface Terms {
  readonly markets: readonly StudiedMarket[]
  readonly rows: readonly (readonly number[])[]
  readonly values: PortfolioValues
  readonly gross: number
}

/** As a run asks, with every opinion fully long, nothing held and no funding. */
function inputsOf({ markets, rows, values, gross }: Terms): PortfolioInputs {
  const places = markets.map((_, i) => i)
  return {
    method: values.method,
    instruments: places,
    symbols: markets.map(({ symbol }) => symbol),
    convictions: places.map(() => 1),
    columns: places,
    returns: rows,
    current: places.map(() => 0),
    funding: places.map(() => 0),
    marginRates: markets.map(({ marginRate }) => marginRate),
    maintenanceRates: markets.map(({ maintenanceRate }) => maintenanceRate),
    smallest: markets.map(({ smallest }) => smallest),
    ...termsOf(values, gross),
  }
}

function weightsBy(inputs: PortfolioInputs, symbols: readonly string[], covariance: readonly Float64Array[]): MethodWeights {
  const { method, status, reason, weights, binding, tooSmall } = optimisePortfolio(inputs)
  if (status === 'kept') return { method, failed: reason, weights: [], binding: [], tooSmall: [], risk: null }
  return {
    method,
    failed: null,
    weights,
    binding,
    tooSmall: tooSmall.map((place) => symbols[place]),
    risk: riskReport(symbols, weights, covariance) ?? null,
  }
}

function runOf(
  held: readonly HeldPosition[],
  symbols: readonly string[],
  covariance: readonly Float64Array[],
): NonNullable<PortfolioDocument['run']> {
  const weights = symbols.map((symbol) =>
    held.filter((each) => each.symbol === symbol).reduce((sum, { weight }) => sum + weight, 0),
  )
  return {
    risk: riskReport(symbols, weights, covariance) ?? null,
    leftOut: held.filter(({ symbol }) => !symbols.includes(symbol)),
  }
}
