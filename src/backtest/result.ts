/**
 * The result of a backtest as other programs read it: the document behind `--json`, the terminal summary and the
 * HTML report. Prices, quantities and money are decimal strings, ratios numbers, times integer milliseconds UTC;
 * what is not defined is `null`.
 *
 * Types only.
 */

export const BACKTEST_SCHEMA = 'autotrading.backtest/1'

export interface BacktestDocument {
  readonly schema: typeof BACKTEST_SCHEMA
  readonly manifest: Manifest
  /** Hash of all decisions and fills: equal inputs give equal digests on every machine. */
  readonly digest: string
  readonly period: { readonly fromMs: number; readonly toMs: number; readonly bars: number }
  readonly summary: Summary
  /** The same figures for each symbol that was traded. */
  readonly symbols: readonly SymbolSummary[]
  readonly trades: readonly TradeRow[]
  readonly fills: readonly FillRow[]
  /** [time, equity], at most some ten thousand points: the drawdown of the summary was measured on every bar. */
  readonly equity: readonly (readonly [number, string])[]
  /** Positions still open when the data ended, marked at the last close. */
  readonly openPositions: readonly OpenPositionRow[]
  readonly warnings: readonly string[]
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
  readonly data: readonly DataSource[]
  readonly instruments: readonly InstrumentRow[]
  readonly seed: number
  readonly runtime: string
  /** True when any of the data was generated and not recorded from a market. */
  readonly synthetic: boolean
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

export interface FillRow {
  readonly timeMs: number
  readonly symbol: string
  readonly side: 'buy' | 'sell'
  readonly price: string
  readonly qty: string
  readonly fee: string
  readonly liquidity: 'maker' | 'taker'
  readonly orderId: string
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
