/**
 * Rules of the main USD-M contracts for runs without an `exchangeInfo` document: facts of the venue as they were on
 * 2025-10-30 (tick, step, precisions, minimum notional, liquidation fee), and the first maintenance bracket of each as of
 * 2026-05. They change without notice and held otherwise before: BTCUSDT had a tick of 0.01 in 2019.
 *
 * Supplies tick, scales and margin only. Step and minimum notional are for orientation and bind no order; whoever needs
 * the true limits names an `exchangeInfo` document, and a bracket document for notionals above the first bracket.
 *
 * Pure data.
 */

/** Decimals are texts. */
export interface BuiltInInstrument {
  readonly symbol: string
  readonly base: string
  /** Margin and profit are booked in it, too. */
  readonly quote: string
  /** Digits for display, not the tick. */
  readonly pricePrecision: number
  readonly tick: string
  readonly quantityPrecision: number
  readonly step: string
  readonly minNotional: string
  /** Share of the liquidated notional that goes to the insurance fund. */
  readonly liquidationFee: string
  /** Maintenance margin rate of the first bracket. */
  readonly maintenanceRate: string
  /** Of the first bracket. */
  readonly maxLeverage: number
}

/** When tick, step, precisions, minimum notional and liquidation fee were taken. */
export const BUILT_IN_RULES_DATE = '2025-10-30'
/** When maintenance rate and leverage were taken. */
export const BUILT_IN_BRACKETS_DATE = '2026-05'

type Row = readonly [
  base: string,
  pricePrecision: number,
  tick: string,
  quantityPrecision: number,
  step: string,
  minNotional: string,
  liquidationFee: string,
  maintenanceRate: string,
  maxLeverage: number,
]

const USDT_CONTRACTS: readonly Row[] = [
  ['BTC', 2, '0.1', 3, '0.001', '100', '0.0125', '0.004', 150],
  ['ETH', 2, '0.01', 3, '0.001', '20', '0.0125', '0.004', 150],
  ['SOL', 4, '0.01', 2, '0.01', '5', '0.015', '0.005', 100],
  ['BNB', 3, '0.01', 2, '0.01', '5', '0.0125', '0.005', 75],
  ['XRP', 4, '0.0001', 1, '0.1', '5', '0.0125', '0.005', 100],
  ['DOGE', 6, '0.00001', 0, '1', '5', '0.015', '0.0065', 75],
  ['ADA', 5, '0.0001', 0, '1', '5', '0.0125', '0.005', 75],
  ['TRX', 5, '0.00001', 0, '1', '5', '0.0125', '0.0065', 75],
  ['LINK', 3, '0.001', 2, '0.01', '20', '0.0125', '0.005', 75],
  ['AVAX', 4, '0.001', 0, '1', '5', '0.015', '0.005', 75],
  ['DOT', 3, '0.001', 1, '0.1', '5', '0.0125', '0.0065', 75],
  ['LTC', 2, '0.01', 3, '0.001', '20', '0.0125', '0.005', 75],
  ['BCH', 2, '0.01', 3, '0.001', '20', '0.0125', '0.005', 75],
  ['XLM', 5, '0.00001', 0, '1', '5', '0.0125', '0.01', 75],
  ['SUI', 6, '0.0001', 1, '0.1', '5', '0.015', '0.01', 75],
  ['HBAR', 5, '0.00001', 0, '1', '5', '0.015', '0.01', 75],
  ['TON', 7, '0.0001', 1, '0.1', '5', '0.015', '0.01', 75],
  ['1000SHIB', 6, '0.000001', 0, '1', '5', '0.015', '0.0065', 75],
  ['1000PEPE', 7, '0.0000001', 0, '1', '5', '0.015', '0.0065', 75],
  ['1000BONK', 7, '0.000001', 0, '1', '5', '0.015', '0.01', 75],
  ['UNI', 4, '0.001', 0, '1', '5', '0.015', '0.006', 75],
  ['AAVE', 3, '0.01', 1, '0.1', '5', '0.015', '0.01', 75],
  ['NEAR', 4, '0.001', 0, '1', '5', '0.015', '0.01', 75],
  ['APT', 5, '0.0001', 1, '0.1', '5', '0.015', '0.01', 75],
  ['ARB', 6, '0.0001', 1, '0.1', '5', '0.015', '0.006', 75],
  ['OP', 7, '0.0001', 1, '0.1', '5', '0.015', '0.006', 75],
  ['FIL', 3, '0.001', 1, '0.1', '5', '0.015', '0.006', 75],
  ['ATOM', 3, '0.001', 2, '0.01', '5', '0.015', '0.006', 75],
  ['ETC', 3, '0.001', 2, '0.01', '20', '0.0125', '0.005', 75],
  ['ICP', 6, '0.001', 0, '1', '5', '0.015', '0.01', 75],
  ['INJ', 6, '0.001', 1, '0.1', '5', '0.015', '0.01', 75],
  ['TIA', 7, '0.0001', 0, '1', '5', '0.015', '0.01', 75],
  ['SEI', 7, '0.0001', 0, '1', '5', '0.015', '0.01', 75],
  ['WIF', 7, '0.0001', 1, '0.1', '5', '0.015', '0.01', 75],
  ['WLD', 7, '0.0001', 0, '1', '5', '0.015', '0.01', 75],
  ['ENA', 7, '0.0001', 0, '1', '5', '0.015', '0.01', 75],
  ['HYPE', 5, '0.001', 2, '0.01', '5', '0.02', '0.01', 75],
  ['TAO', 2, '0.01', 3, '0.001', '5', '0.015', '0.01', 75],
  ['ZEC', 2, '0.01', 3, '0.001', '5', '0.015', '0.01', 75],
  ['APE', 4, '0.0001', 0, '1', '5', '0.015', '0.015', 50],
  ['WAVES', 4, '0.0001', 1, '0.1', '5', '0.02', '0.015', 21],
  ['GALA', 5, '0.00001', 0, '1', '5', '0.015', '0.01', 75],
  ['XMR', 2, '0.01', 3, '0.001', '5', '0.02', '0.01', 75],
  ['RUNE', 4, '0.001', 0, '1', '5', '0.015', '0.01', 75],
]

function instrumentOf(row: Row): BuiltInInstrument {
  const [base, pricePrecision, tick, quantityPrecision, step, minNotional, liquidationFee, maintenanceRate, maxLeverage] = row
  return Object.freeze({
    symbol: `${base}USDT`,
    base,
    quote: 'USDT',
    pricePrecision,
    tick,
    quantityPrecision,
    step,
    minNotional,
    liquidationFee,
    maintenanceRate,
    maxLeverage,
  })
}

/** In no order that matters. */
export const BUILT_IN_INSTRUMENTS: readonly BuiltInInstrument[] = Object.freeze(USDT_CONTRACTS.map(instrumentOf))

const BY_SYMBOL: ReadonlyMap<string, BuiltInInstrument> = new Map(
  BUILT_IN_INSTRUMENTS.map((instrument) => [instrument.symbol, instrument]),
)

/** Undefined when the table does not have the contract: then the decimals of the data must serve. */
export const builtInInstrument = (symbol: string): BuiltInInstrument | undefined => BY_SYMBOL.get(symbol)
