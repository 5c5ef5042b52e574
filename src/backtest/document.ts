/**
 * The document of a finished run, as `result.ts` describes it: rows as texts, equity thinned to what charts can show.
 */
import { assert } from '../core/errors.ts'
import { formatUnits, unitsOf } from '../core/exact.ts'
import type { Price } from '../core/exact.ts'
import { fromMs, toMs } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { Fill } from '../domain/order.ts'
import type { Instrument } from '../domain/instrument.ts'
import {
  costsOf,
  dailyDistribution,
  distributionOf,
  drawdownRows,
  excursionsByTrade,
  exposureRows,
  initialRisk,
  limitRows,
  liquidationRows,
  monthlyRows,
  ratioOf,
} from './analysis.ts'
import { attributionDocument } from './attribution-document.ts'
import type { AttributionRecorder } from './attribution-recorder.ts'
import { buyAndHold } from './buy-and-hold.ts'
import type { HeldBars } from './buy-and-hold.ts'
import type { Excursion, ExcursionBars } from './excursions.ts'
import { BACKTEST_SCHEMA } from './result.ts'
import type { BacktestDocument, FillRow, Manifest, SymbolSummary, TradeDetail } from './result.ts'
import { openPositions, summarise } from './summary.ts'
import type { FinishedRun } from './summary.ts'
import { thinnedWithExtremes } from './thinned.ts'
import { averagePrice, netOf, slippageOf } from './trade-recorder.ts'
import type { Trade } from './trade-recorder.ts'

export interface DocumentParts {
  readonly manifest: Manifest
  readonly digest: string
  /** Of all symbols together. */
  readonly bars: number
  /** The bars themselves, by instrument. */
  readonly columns: readonly (ExcursionBars & HeldBars)[]
  /** Whose the result is, and the names of the strategies in the order of the configuration. */
  readonly attribution: { readonly recorder: AttributionRecorder; readonly names: readonly string[] }
  readonly symbols: readonly SymbolSummary[]
  readonly warnings: readonly string[]
}

export function documentOf(
  run: FinishedRun,
  { manifest, digest, bars, columns, symbols, warnings, attribution }: DocumentParts,
): BacktestDocument {
  const { kernel, recorder, from, to } = run
  const { instruments } = kernel
  const { scale } = instruments[0].settle
  const summary = summarise(run)
  const excursions = excursionsByTrade(run, columns)
  const trades = recorder.trades.closed.map((trade, i) =>
    tradeRow(trade, { instrument: instruments[trade.instrument], id: i + 1, excursion: excursions.get(trade) }),
  )
  const exposure = exposureRows(run, columns)
  const units = (text: string): bigint => unitsOf(text, scale)
  return {
    schema: BACKTEST_SCHEMA,
    manifest,
    digest,
    period: { fromMs: toMs(from), toMs: toMs(to), bars },
    summary,
    symbols,
    trades,
    fills: recorder.fills.map((fill, i) => fillRow(fill, instruments[fill.instrument], recorder.decided[i])),
    equity: equityRows(run),
    openPositions: openPositions(run),
    warnings,
    monthly: monthlyRows(run),
    drawdowns: drawdownRows(run),
    distribution: {
      daily: dailyDistribution(run),
      trades: distributionOf(trades.flatMap(({ returnPct }) => (returnPct === null ? [] : [returnPct]))),
    },
    exposureSeries: exposure.series,
    exposureStats: exposure.stats,
    costs: costsOf(run, { fees: units(summary.fees), funding: units(summary.funding), net: units(summary.netProfit) }),
    limits: limitRows(run),
    liquidations: liquidationRows(run),
    ...attributionDocument({
      recorder: attribution.recorder,
      symbols: instruments.map(({ label }) => label),
      scale,
      strategyOf: (index) => nameOf(attribution.names, kernel.books.owners[index]?.group),
      held: buyAndHold(
        columns,
        instruments.map(({ kind }) => kind !== 'spot'),
      ),
      from,
      to,
      riskFree: run.riskFree,
    }),
  }
}

/** A strategy that is configured twice is told apart by its place. */
function nameOf(names: readonly string[], group: number | undefined): string | null {
  if (group === undefined) return null
  const name = names[group]
  return names.filter((other) => other === name).length === 1 ? name : `${name} #${group + 1}`
}

interface TradeParts {
  readonly instrument: Instrument
  readonly id: number
  readonly excursion: Excursion | undefined
}

function tradeRow(trade: Trade, { instrument, id, excursion }: TradeParts): TradeDetail {
  assert(excursion !== undefined, () => `trade ${id} has no excursion`)
  const { label: symbol, settle, priceScale, qtyScale } = instrument
  const risk = initialRisk(trade, excursion)
  const percent = (amount: bigint): number | null => orNull(ratioOf(amount * 100n, excursion.cost))
  const inRisk = (amount: bigint): number | null => orNull(ratioOf(amount, risk))
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
    slippage: money(trade.slippage),
    stopPrice: trade.stop === undefined ? null : instrument.formatPrice(trade.stop),
    initialRisk: risk === undefined ? null : money(risk),
    mae: money(excursion.mae),
    mfe: money(excursion.mfe),
    maePct: percent(excursion.mae),
    mfePct: percent(excursion.mfe),
    returnPct: percent(netOf(trade)),
    maeR: inRisk(excursion.mae),
    mfeR: inRisk(excursion.mfe),
    returnR: inRisk(netOf(trade)),
  }
}

const orNull = (value: number | undefined): number | null => value ?? null

function fillRow(fill: Fill, instrument: Instrument, decided: Price | undefined): FillRow {
  return {
    timeMs: toMs(fill.exchangeTime),
    symbol: instrument.label,
    side: fill.side,
    price: instrument.formatPrice(fill.price),
    qty: instrument.formatQty(fill.qty),
    fee: instrument.formatMoney(fill.fee),
    liquidity: fill.liquidity,
    orderId: fill.clientOrderId,
    reason: fill.reason,
    slippage: decided === undefined ? null : formatUnits(slippageOf(fill, fill.qty, decided), instrument.settle.scale),
  }
}

/** More points than this are wider than any chart. */
export const EQUITY_POINTS_MAX = 20_000
/** The capital at the start, then the lowest, highest and last point of each stretch of time. */
function equityRows({ kernel, recorder, capital, from }: FinishedRun): readonly (readonly [number, string])[] {
  const { times, values } = recorder.equity
  const { scale } = kernel.instruments[0].settle
  const rows: (readonly [number, string])[] = [[toMs(from), formatUnits(capital, scale)]]
  const kept = thinnedWithExtremes(times, values, EQUITY_POINTS_MAX - 1)
  for (const i of kept) rows.push([toMs(times[i] as Micros), formatUnits(recorder.equityAt(i), scale)])
  return rows
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
