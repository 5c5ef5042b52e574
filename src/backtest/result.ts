/**
 * The result of a backtest as other programs read it: the document behind `--json`, the terminal summary and the
 * HTML report. Prices, quantities and money are decimal strings, ratios numbers, times integer milliseconds UTC;
 * what is not defined is `null`.
 *
 * Types only.
 */

import type { AttributionDocument } from './attribution-document.ts'

export const BACKTEST_SCHEMA = 'autotrading.backtest/1'

/** Whose the result is; documents of earlier versions do not tell. */
export interface BacktestDocument extends Partial<AttributionDocument> {
  readonly schema: typeof BACKTEST_SCHEMA
  readonly manifest: Manifest
  /** Hash of all decisions and fills: equal inputs give equal digests on every machine. */
  readonly digest: string
  readonly period: { readonly fromMs: number; readonly toMs: number; readonly bars: number }
  readonly summary: Summary
  /** The same figures for each symbol that was traded. */
  readonly symbols: readonly SymbolSummary[]
  readonly trades: readonly TradeDetail[]
  readonly fills: readonly FillRow[]
  /** [time, equity], at most some ten thousand points: the drawdown of the summary was measured on every bar. */
  readonly equity: readonly (readonly [number, string])[]
  /** Positions still open when the data ended, marked at the last close. */
  readonly openPositions: readonly OpenPositionRow[]
  readonly warnings: readonly string[]
  /** Returns of calendar months (UTC), a row for each year. */
  readonly monthly: readonly MonthlyRow[]
  /** The ten longest and the ten deepest, longest first. */
  readonly drawdowns: readonly DrawdownRow[]
  readonly distribution: {
    /** Of the daily returns, as fractions. */
    readonly daily: Distribution
    /** Of the closed trades' `returnPct`. */
    readonly trades: Distribution
  }
  /** [time, gross, net] as shares of the equity, the point of largest gross of each of at most 1,000 stretches of time. */
  readonly exposureSeries: readonly (readonly [number, number, number])[]
  readonly exposureStats: ExposureStats
  readonly costs: Costs
  /** What risk limits refused, the venue rejected, and sizes were cut by. */
  readonly limits: readonly LimitRow[]
  /** What the levels of the drawdown and the kill switch did; documents of earlier versions lack it. */
  readonly riskActions?: readonly RiskActionRow[]
  readonly liquidations: readonly LiquidationRow[]
}

export interface MonthlyRow {
  readonly year: number
  /** Twelve, January first; `null` outside the period, and after ruin. */
  readonly returns: readonly (number | null)[]
  readonly total: number | null
}

export interface DrawdownRow {
  readonly peakMs: number
  readonly troughMs: number
  /** `null` when it was not recovered. */
  readonly recoveryMs: number | null
  /** From the peak to the recovery, or to the end. */
  readonly lengthMs: number
  /** Positive fraction of the peak. */
  readonly depth: number
}

export interface Distribution {
  readonly count: number
  readonly mean: number | null
  readonly median: number | null
  /** Sample standard deviation. */
  readonly deviation: number | null
  readonly skew: number | null
  /** Excess: 0 for the normal distribution. */
  readonly kurtosis: number | null
  readonly worst: number | null
  readonly best: number | null
  /** Share above 0. */
  readonly positive: number | null
}

/** Notional over equity at the closes of all bars. */
export interface ExposureStats {
  readonly maxGross: number | null
  readonly meanGross: number | null
  readonly meanNet: number | null
}

export interface Costs {
  /** Sum of price x quantity of all fills. */
  readonly notional: string
  /** Net profit with fees added back and funding removed. */
  readonly beforeCosts: string
  /** Basis points of that notional; signs as in the summary. */
  readonly feesBps: number | null
  readonly fundingBps: number | null
  readonly slippageBps: number | null
  /** Of `beforeCosts`; `null` when nothing was earned before costs. */
  readonly feesShare: number | null
  readonly fundingShare: number | null
  readonly slippageShare: number | null
  /** [time, fees, funding, slippage] summed up until then. */
  readonly series: readonly (readonly [number, string, string, string])[]
}

export interface LimitRow {
  /** A limit of ours refused an order, the venue rejected one, or a constraint made a size smaller than the portfolio's share. */
  readonly kind: 'refusal' | 'rejection' | 'size'
  readonly rule: string
  readonly count: number
  /** Of the first. */
  readonly firstMs: number
  readonly symbol: string
  readonly text: string
  /** The most that it took away at once; not told of rejections. */
  readonly largest?: LargestCutRow
}

export interface LargestCutRow {
  readonly timeMs: number
  readonly symbol: string
  /** Of a size the portfolio's share and what was left of it; of an order all and 0. */
  readonly wanted: string
  readonly allowed: string
  /** Of what was taken away, at the price of that moment. */
  readonly notional: string
}

export interface RiskActionRow {
  readonly timeMs: number
  readonly level: 'NONE' | 'MILD' | 'MODERATE' | 'SEVERE'
  readonly action: 'scale-down' | 'stop-opening' | 'flatten' | 'recovered'
  /** Why, with the numbers. */
  readonly text: string
  /** Orders that could have opened something and were cancelled at once. */
  readonly cancelled: number
  /** Positions for which an order to close them was sent at once. */
  readonly closing: number
}

export interface LiquidationRow {
  readonly timeMs: number
  readonly symbol: string
  /** Of the position. */
  readonly side: 'long' | 'short'
  readonly qty: string
  readonly price: string
  readonly realisedPnl: string
  /** Commission; the liquidation fee is among the fees of the trade. */
  readonly fee: string
}

export interface Manifest {
  /** Program version and a hash of its source files. */
  readonly code: { readonly version: string; readonly sha256: string }
  /** The effective configuration, without secrets. */
  readonly config: Readonly<Record<string, unknown>>
  readonly strategy: {
    readonly name: string
    readonly params: Readonly<Record<string, string | number | boolean>>
    readonly sha256: string | null
  }
  /** All of them; one for a run of one strategy. */
  readonly strategies?: readonly StrategyRow[]
  readonly data: readonly DataSource[]
  readonly instruments: readonly InstrumentRow[]
  readonly seed: number
  readonly runtime: string
  /** True when any of the data was generated and not recorded from a market. */
  readonly synthetic: boolean
  /** The words after `autotrading` that compute this run again, where the caller knows them. */
  readonly command?: readonly string[]
}

export interface StrategyRow {
  readonly name: string
  readonly params: Readonly<Record<string, string | number | boolean>>
  readonly sha256: string | null
  /** Only these; all where it is left out. */
  readonly symbols?: readonly string[]
  /** Part of the capital; an equal one where it is left out. */
  readonly share?: number
}

export interface DataSource {
  readonly path: string
  readonly sha256: string
  readonly rows: number
}

export interface InstrumentRow {
  readonly symbol: string
  readonly tickSize: string
  readonly stepSize: string
  /** When these rules begin to hold. */
  readonly fromMs: number
  /** `exchange-info`, `built-in`, `data` or `synthetic`. */
  readonly source: string
}

export interface Summary {
  readonly initialCapital: string
  readonly finalEquity: string
  readonly netProfit: string
  readonly totalReturn: number | null
  readonly cagr: number | null
  readonly trades: number
  readonly fills: number
  readonly winRate: number | null
  readonly profitFactor: number | null
  /** Mean net profit of a trade in quote. */
  readonly expectancy: string | null
  readonly sharpe: number | null
  readonly sortino: number | null
  readonly volatility: number | null
  readonly calmar: number | null
  /** Positive fraction of the peak. */
  readonly maxDrawdown: number
  readonly maxDrawdownDurationMs: number
  /** Share of the time in a position. */
  readonly exposure: number
  /** Traded notional over mean equity. */
  readonly turnover: number | null
  /** Paid = positive. */
  readonly fees: string
  /** Received = positive. */
  readonly funding: string
  /** Against the decision price, paid = positive. */
  readonly slippage: string
  readonly liquidations: number
}

export interface SymbolSummary {
  readonly symbol: string
  readonly interval: string
  readonly bars: number
  readonly fromMs: number
  readonly toMs: number
  readonly trades: number
  readonly winRate: number | null
  readonly netProfit: string
  readonly fees: string
  readonly funding: string
  /** Price change from the first open to the last close: what holding would have made before costs. */
  readonly buyAndHold: number | null
  /** Paid = positive. */
  readonly slippage: string
  /** Sum of price x quantity of its fills. */
  readonly notional: string
  readonly longTrades: number
  readonly shortTrades: number
  readonly profitFactor: number | null
  readonly expectancy: string | null
  /** Largest and smallest net of a closed trade. */
  readonly bestTrade: string | null
  readonly worstTrade: string | null
  /** From first to last fill, of closed trades. */
  readonly meanHoldMs: number | null
  /** Share of the whole period in which it was held. */
  readonly exposure: number
  readonly liquidations: number
}

export interface TradeRow {
  readonly id: number
  readonly symbol: string
  readonly side: 'long' | 'short'
  readonly entryTimeMs: number
  readonly exitTimeMs: number
  readonly qty: string
  readonly entryPrice: string
  readonly exitPrice: string
  readonly grossPnl: string
  readonly fees: string
  readonly funding: string
  readonly netPnl: string
  /** `stop`, `reversal`, `signal`, `take-profit`, `liquidation`, `delisting`, `flatten`. */
  readonly exitReason: string
}

/** A trade with what it went through. */
export interface TradeDetail extends TradeRow {
  /** Against the decision prices, paid = positive; inside the prices already. */
  readonly slippage: string
  /** Trigger of the stop that came with the order which opened it. */
  readonly stopPrice: string | null
  /** What would have been lost at that stop before costs. */
  readonly initialRisk: string | null
  /** Largest loss and largest profit on the way, realised and open, before costs; see `excursions.ts` for the convention. */
  readonly mae: string
  readonly mfe: string
  /** The same and the net result in percent of the largest cost held: 1.5 is 1.5 %. */
  readonly maePct: number | null
  readonly mfePct: number | null
  readonly returnPct: number | null
  /** The same in units of `initialRisk`. */
  readonly maeR: number | null
  readonly mfeR: number | null
  readonly returnR: number | null
}

export interface FillRow {
  readonly timeMs: number
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly price: string
  readonly qty: string
  readonly fee: string
  readonly liquidity: 'maker' | 'taker'
  readonly orderId: string
  /** Why the order existed: `signal`, `stop`, `reversal`, `liquidation`, ... */
  readonly reason: string
  /** Against the decision price, paid = positive; `null` where nothing was decided. */
  readonly slippage: string | null
}

export interface OpenPositionRow {
  readonly symbol: string
  readonly side: 'long' | 'short'
  readonly qty: string
  readonly entryPrice: string
  readonly entryTimeMs: number
  readonly markPrice: string
  readonly unrealisedPnl: string
}
