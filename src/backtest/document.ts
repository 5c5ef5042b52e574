/**
 * The document of a finished run, as `result.ts` describes it: rows as texts, equity thinned to what charts can show.
 */
import { formatUnits } from '../core/exact.ts'
import { DAY, fromMs, HOUR, MINUTE, toMs } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { Fill } from '../domain/order.ts'
import type { Instrument } from '../domain/instrument.ts'
import { BACKTEST_SCHEMA } from './result.ts'
import type { BacktestDocument, FillRow, Manifest, SymbolSummary, TradeRow } from './result.ts'
import { openPositions, summarise } from './summary.ts'
import type { FinishedRun } from './summary.ts'
import { averagePrice, netOf } from './trade-recorder.ts'
import type { Trade } from './trade-recorder.ts'

export interface DocumentParts {
  readonly manifest: Manifest
  readonly digest: string
  /** Of all symbols together. */
  readonly bars: number
  readonly symbols: readonly SymbolSummary[]
  readonly warnings: readonly string[]
}

export function documentOf(run: FinishedRun, { manifest, digest, bars, symbols, warnings }: DocumentParts): BacktestDocument {
  const { kernel, recorder, from, to } = run
  const { instruments } = kernel
  return {
    schema: BACKTEST_SCHEMA,
    manifest,
    digest,
    period: { fromMs: toMs(from), toMs: toMs(to), bars },
    summary: summarise(run),
    symbols,
    trades: recorder.trades.closed.map((trade, i) => tradeRow(trade, instruments[trade.instrument], i + 1)),
    fills: recorder.fills.map((fill) => fillRow(fill, instruments[fill.instrument])),
    equity: equityRows(run),
    openPositions: openPositions(run),
    warnings,
  }
}

function tradeRow(trade: Trade, { symbol, settle, priceScale, qtyScale }: Instrument, id: number): TradeRow {
  const money = (amount: bigint): string => formatUnits(amount, settle.scale)
  return {
    id,
    symbol,
    side: trade.side,
    entryTimeMs: toMs(trade.entryTime),
    exitTimeMs: toMs(trade.exitTime),
    qty: formatUnits(trade.entered, qtyScale),
    entryPrice: averagePrice(trade.enteredFor, trade.entered, priceScale),
    exitPrice: averagePrice(trade.exitedFor, trade.exited, priceScale),
    grossPnl: money(trade.gross),
    fees: money(trade.fees),
    funding: money(trade.funding),
    netPnl: money(netOf(trade)),
    exitReason: trade.exitReason ?? '',
  }
}

function fillRow(fill: Fill, instrument: Instrument): FillRow {
  return {
    timeMs: toMs(fill.exchangeTime),
    symbol: instrument.symbol,
    side: fill.side,
    price: instrument.formatPrice(fill.price),
    qty: instrument.formatQty(fill.qty),
    fee: instrument.formatMoney(fill.fee),
    liquidity: fill.liquidity,
    orderId: fill.clientOrderId,
  }
}

/** More points than this are wider than any chart. */
export const EQUITY_POINTS_MAX = 20_000
/** Spacings that are tried in this order; beyond the last each is twice the one before. */
const SPACINGS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 8 * HOUR, DAY] as const

/** The capital at the start, then the last point of each stretch of time, so that the last of all is among them. */
function equityRows({ kernel, recorder, capital, from }: FinishedRun): readonly (readonly [number, string])[] {
  const { times } = recorder.equity
  const { scale } = kernel.instruments[0].settle
  const rows: (readonly [number, string])[] = [[toMs(from), formatUnits(capital, scale)]]
  const kept = thinned(times, EQUITY_POINTS_MAX - 1)
  for (const i of kept) rows.push([toMs(times[i] as Micros), formatUnits(recorder.equityAt(i), scale)])
  return rows
}

/** Indices of the last point in each stretch, by the smallest spacing that leaves at most `most`. */
export function thinned(times: Float64Array, most: number): Uint32Array {
  if (times.length <= most) return Uint32Array.from(times, (_, i) => i)
  let at = 0
  let spacing: number = SPACINGS[0]
  while (stretches(times, spacing) > most) {
    at += 1
    spacing = at < SPACINGS.length ? SPACINGS[at] : spacing * 2
  }
  const kept = new Uint32Array(stretches(times, spacing))
  let count = 0
  for (let i = 0; i < times.length; i++)
    if (i === times.length - 1 || Math.floor(times[i] / spacing) !== Math.floor(times[i + 1] / spacing)) kept[count++] = i
  return kept
}

function stretches(times: Float64Array, spacing: number): number {
  let count = times.length > 0 ? 1 : 0
  for (let i = 1; i < times.length; i++) if (Math.floor(times[i] / spacing) !== Math.floor(times[i - 1] / spacing)) count += 1
  return count
}

/** First open and last end of all bars. */
export function periodOf(
  all: readonly { readonly length: number; readonly openTime: Float64Array; readonly duration: Float64Array }[],
): {
  readonly from: Micros
  readonly to: Micros
} {
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  for (const { length, openTime, duration } of all) {
    if (length === 0) continue
    from = Math.min(from, openTime[0])
    to = Math.max(to, openTime[length - 1] + duration[length - 1])
  }
  return from <= to ? { from: from as Micros, to: to as Micros } : { from: fromMs(0), to: fromMs(0) }
}
