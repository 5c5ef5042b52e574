/**
 * The parts of a backtest's document that tell whose the result is. Money as decimal strings, signed: positive was
 * earned.
 *
 * Types only.
 */

/** What a result is made of: everything but `result` adds up to it. */
export interface ResultRow {
  readonly result: string
  /** What the prices of the decisions did; what the fills were worse by is `slippage`. */
  readonly price: string
  readonly slippage: string
  readonly commission: string
  readonly funding: string
  readonly borrowInterest: string
  readonly liquidationFee: string
  readonly insuranceCover: string
  readonly adjustment: string
}

export interface StrategyResult extends ResultRow {
  /** `null` is nobody's. */
  readonly strategy: string | null
  /** Of its books, from flat to flat. */
  readonly trades: number
  readonly fills: number
  /** Exchanges with another strategy's book, without the venue. */
  readonly crosses: number
  /** Sum of price x quantity of its fills, and of its crosses. */
  readonly turnover: string
  readonly crossed: string
}

export interface SymbolResult extends ResultRow {
  /** `null` where money moved without an instrument. */
  readonly symbol: string | null
}

export interface RegimeResult extends ResultRow {
  /** `null` before a regime was known. */
  readonly regime: string | null
  /** Of the time of all symbols together. */
  readonly timeShare: number
}

export interface ResultCell extends ResultRow {
  readonly strategy: string | null
  readonly symbol: string | null
  readonly regime: string | null
}

/** What a strategy earned in a symbol in a month. */
export interface MonthCell extends ResultRow {
  readonly strategy: string | null
  readonly symbol: string | null
}

export interface MonthResult {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  /** At the beginning, with what was paid in during the month. */
  readonly equity: string
  readonly result: string
  readonly cells: readonly MonthCell[]
  readonly symbols: readonly MonthSymbol[]
}

/** A symbol of the traded universe in a month. */
export interface MonthSymbol {
  readonly symbol: string
  /** Mean of the days' net exposure over the equity. */
  readonly exposure: number
  /** Share of the buy-and-hold portfolio at the beginning of the month, and the symbol's price change in it. */
  readonly holdShare: number
  readonly change: number
}

export interface AttributionResult {
  readonly total: ResultRow
  /** What all cells together miss of the account's result; a run in which it is not 0 ends with an error. */
  readonly residual: '0'
  readonly byStrategy: readonly StrategyResult[]
  readonly bySymbol: readonly SymbolResult[]
  readonly byRegime: readonly RegimeResult[]
  readonly cells: readonly ResultCell[]
  readonly months: readonly MonthResult[]
}

export interface RegimeStretches {
  readonly symbol: string
  /** [from in ms, label]; holds until the next. */
  readonly stretches: readonly (readonly [number, string])[]
}

/** How often a constraint set the size of a position somebody wanted. */
export interface SizingRow {
  readonly bound: string
  readonly count: number
  /** Of all sizes. */
  readonly share: number
  readonly firstMs: number
}

export interface StrategyExposureSeries {
  readonly strategy: string | null
  /** [time, gross, net] at the ends of days, as shares of the equity of all accounts. */
  readonly series: readonly (readonly [number, number, number])[]
}

/** What the same capital would have done otherwise, before costs. */
export interface Comparison {
  /** `buy-and-hold`: equal parts of all symbols, each from its first bar on, cash until then; `cash`. */
  readonly name: 'buy-and-hold' | 'cash'
  readonly totalReturn: number | null
  readonly cagr: number | null
  readonly sharpe: number | null
  readonly maxDrawdown: number
}
