/** The nouns that unit tests of the inner floors need, with everything that a test does not care about filled in. */
import { rateOf } from '../../src/core/exact.ts'
import type { Money, Price, Qty, Rate } from '../../src/core/exact.ts'
import { HOUR } from '../../src/core/time.ts'
import type { Duration, Micros } from '../../src/core/time.ts'
import type { Signal, Weight } from '../../src/domain/decision.ts'
import type { AccountReport, OrderReport } from '../../src/domain/event.ts'
import { Instrument } from '../../src/domain/instrument.ts'
import type { InstrumentSpec, TradingRules } from '../../src/domain/instrument.ts'
import { BAR, MarketSlot, SLOT, SLOT_WORDS } from '../../src/domain/market-slot.ts'
import { PLAIN_TERMS } from '../../src/domain/order.ts'
import type { Fill, OrderRequest } from '../../src/domain/order.ts'
import type { BookStatistics, View } from '../../src/domain/view.ts'

/** Monday 2024-01-01T00:00Z. */
export const MONDAY = 1_704_067_200_000_000 as Micros
export const hours = (count: number): Micros => (MONDAY + count * HOUR) as Micros

export const rules = (given: Partial<Record<keyof TradingRules, number | boolean | bigint>> = {}): TradingRules =>
  ({ from: 0, tick: 1, step: 1, binding: false, ...given }) as unknown as TradingRules

/** Prices of 2 decimals, quantities of 6: price x quantity is money of 1e-8. */
export function spec(given: Partial<InstrumentSpec> = {}): InstrumentSpec {
  return {
    venue: 'sim',
    kind: 'perp',
    symbol: 'BTCUSDT',
    base: { name: 'BTC', scale: 8 },
    quote: { name: 'USDT', scale: 8 },
    settle: { name: 'USDT', scale: 8 },
    priceScale: 2,
    rules: [rules()],
    brackets: [{ floor: 0n as Money, cap: (10n ** 24n) as Money, maxLeverage: 100, rate: rateOf('0.005'), cum: 0n as Money }],
    liquidationFee: 0 as Rate,
    ...given,
  }
}

export const instrument = (given: Partial<InstrumentSpec> = {}, index = 0): Instrument => new Instrument(spec(given), index)

const NO_TRADES: BookStatistics = {
  trades: 0,
  wins: 0,
  lossesInRow: 0,
  sum: 0,
  sumOfSquares: 0,
  lastExit: 0 as Micros,
  lastExitReason: '',
}

/** A weight that nothing but its fraction is known of. */
export const weighed = (of: Signal, fraction: number): Weight => ({
  signal: of,
  fraction,
  parts: { budget: Math.abs(fraction), share: 1, regime: 1, veto: undefined },
})

/** What a view answers; whatever is not named is flat, rich and quiet. */
export function view(given: Partial<View> = {}): View {
  return {
    time: MONDAY,
    instruments: [instrument()],
    lastPrice: () => 10_000 as Price,
    lastBarEnd: () => MONDAY,
    isTraded: () => true,
    tradedInstruments: given.instruments?.length ?? 1,
    volatility: () => Number.NaN,
    correlation: (one, other) => (one === other ? 1 : Number.NaN),
    dayVolume: () => Number.NaN,
    spread: () => Number.NaN,
    fundingRate: () => Number.NaN,
    fundingInterval: () => 0 as Duration,
    regime: () => undefined,
    accounts: 1,
    accountKind: () => 'margin',
    totalEquity: () => given.equity?.(0) ?? 1e12,
    totalPeakEquity: () => given.peakEquity?.(0) ?? 1e12,
    totalAtDayStart: () => given.equityAtDayStart?.(0) ?? 1e12,
    totalAtWeekStart: () => given.equityAtWeekStart?.(0) ?? 1e12,
    leverageSetting: () => 20,
    maintenanceMargin: (_instrument, qty, price) => Math.abs(qty) * price * 0.005,
    entriesToday: () => 0,
    turnoverToday: () => 0,
    bookStatistics: () => NO_TRADES,
    equity: () => 1e12,
    peakEquity: () => 1e12,
    equityAtDayStart: () => 1e12,
    equityAtWeekStart: () => 1e12,
    netQty: () => 0 as Qty,
    netQtyFilled: (_account, _instrument, extra) => extra,
    worstQty: (_account, _instrument, extra) => Math.abs(extra),
    bookQty: () => 0 as Qty,
    bookQtyInFlight: () => 0 as Qty,
    ordersSince: () => 0,
    openOrders: () => 0,
    ...given,
  }
}

export function order(given: Partial<Record<keyof OrderRequest, unknown>> = {}): OrderRequest {
  const qty = given.qty ?? 10
  return {
    clientOrderId: 'o1',
    account: 0,
    instrument: 0,
    side: 'buy',
    positionSide: 'both',
    type: 'market',
    timeInForce: 'GTC',
    qty,
    closes: given.reduceOnly === true ? qty : 0,
    price: undefined,
    trigger: undefined,
    workingType: 'last',
    reduceOnly: false,
    terms: PLAIN_TERMS,
    attached: undefined,
    shares: [{ strategy: 0, qty }],
    reason: 'signal',
    decisionPrice: 10_000,
    decidedAt: MONDAY,
    ...given,
  } as unknown as OrderRequest
}

export function fill(given: Partial<Record<keyof Fill, unknown>> = {}): Fill {
  return {
    tradeId: 1,
    clientOrderId: 'o1',
    account: 0,
    instrument: 0,
    side: 'buy',
    positionSide: 'both',
    price: 10_000,
    qty: 10,
    fee: 0n,
    liquidity: 'taker',
    realised: 0n,
    exchangeTime: MONDAY,
    reason: 'signal',
    ...given,
  } as unknown as Fill
}

export function report(kind: OrderReport['kind'], given: Partial<Record<keyof OrderReport, unknown>> = {}): OrderReport {
  return {
    kind,
    seq: 0,
    time: MONDAY,
    exchangeTime: MONDAY,
    account: 0,
    instrument: 0,
    clientOrderId: 'o1',
    fill: undefined,
    remaining: 0,
    reason: '',
    ...given,
  } as unknown as OrderReport
}

/** The report of an execution. */
export const filled = (of: Fill, remaining = 0): OrderReport =>
  report('order-filled', { clientOrderId: of.clientOrderId, account: of.account, instrument: of.instrument, fill: of, remaining })

export const accountReport = (
  entry: AccountReport['entry'],
  amount: bigint,
  given: Partial<Record<keyof AccountReport, unknown>> = {},
): AccountReport =>
  ({
    kind: 'account',
    seq: 0,
    time: MONDAY,
    exchangeTime: MONDAY,
    account: 0,
    asset: 'USDT',
    entry,
    amount,
    instrument: -1,
    rate: 0,
    cause: entry,
    ...given,
  }) as unknown as AccountReport

export const signal = (given: Partial<Record<keyof Signal, unknown>> = {}): Signal =>
  ({
    strategy: 0,
    instrument: 0,
    direction: 1,
    qty: undefined,
    stop: undefined,
    reason: 'test',
    time: MONDAY,
    ...given,
  }) as unknown as Signal

export interface BarRow {
  readonly instrument?: number
  readonly openTime: number
  readonly length: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume?: number
}

/** A closed bar as it leaves the bus. */
export function barSlot(row: BarRow, seq = 0): MarketSlot {
  const words = new Float64Array(SLOT_WORDS)
  words[SLOT.seq] = seq
  words[SLOT.time] = words[SLOT.exchangeTime] = row.openTime + row.length
  words[SLOT.instrument] = row.instrument ?? 0
  words[BAR.openTime] = row.openTime
  words[BAR.length] = row.length
  words[BAR.open] = row.open
  words[BAR.high] = row.high
  words[BAR.low] = row.low
  words[BAR.close] = row.close
  words[BAR.volume] = row.volume ?? 1
  return new MarketSlot().moveTo(words, 0)
}

/** A bar of one hour that stands still. */
export const still = (hour: number, price: number, of = 0): MarketSlot =>
  barSlot({ instrument: of, openTime: hours(hour), length: HOUR, open: price, high: price, low: price, close: price })
