/**
 * What the script of a report page draws, small: prices as differences in ticks, times as differences in steps.
 * `page-script.ts` is the reader; change both together.
 *
 * Pure.
 */
import type { BacktestDocument } from '../../backtest/result.ts'
import { decimalsOf } from '../../core/exact.ts'
import { downsampleCandles } from './candles.ts'
import type { CandleColumns, ReportSeries } from './candles.ts'

/** More candles than this are wider than any screen. */
const CANDLES_PER_SYMBOL_MAX = 5_000
/** Candles of all symbols together, which keeps the page below 2 MB with 5,000 trades. */
const CANDLES_MAX = 24_000
const CANDLES_PER_SYMBOL_MIN = 200
const EQUITY_STEPS_MAX = 6_000
/** Drawdowns are packed as integers of this share. */
const DEPTH_SCALE = 10_000
const DECIMALS_MAX = 8

interface PackedCandles {
  readonly symbol: string
  /** Span of one candle as drawn. */
  readonly interval: string
  /** True when the candles were joined from finer ones. */
  readonly joined: boolean
  readonly decimals: number
  readonly startS: number
  readonly stepS: number
  /** Per candle: steps since the one before, open against the close before, high and low outside the body, close against the open. */
  readonly rows: readonly number[]
  readonly volume: readonly number[]
}

interface PageData {
  readonly synthetic: boolean
  readonly capital: number
  /** Equity as differences in cents, drawdowns in basis points, one of each a step of time. */
  readonly equity: {
    readonly startS: number
    readonly stepS: number
    readonly cents: readonly number[]
    readonly depths: readonly number[]
  }
  readonly symbols: readonly string[]
  readonly candles: readonly PackedCandles[]
  readonly reasons: readonly string[]
  /** id, symbol, long, entry s, exit s, qty, entry, exit, gross, fees, funding, net, reason. */
  readonly trades: readonly (readonly (number | string)[])[]
}

/** JSON that may stand inside a script element: no `<` is left that could end it, whatever names the user chose. */
export function pageJson(doc: BacktestDocument, series: ReportSeries): string {
  return JSON.stringify(pageData(doc, series))
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}

function pageData(doc: BacktestDocument, series: ReportSeries): PageData {
  const symbols = [
    ...new Set([...doc.symbols.map((s) => s.symbol), ...doc.trades.map((t) => t.symbol), ...series.symbols.map((s) => s.symbol)]),
  ]
  const reasons = [...new Set(doc.trades.map((trade) => trade.exitReason))]
  const limit = Math.max(
    CANDLES_PER_SYMBOL_MIN,
    Math.min(CANDLES_PER_SYMBOL_MAX, Math.floor(CANDLES_MAX / Math.max(1, series.symbols.length))),
  )
  const seconds = (ms: number): number => Math.floor(ms / 1_000)
  const cents = (text: string): number => Number(Number(text).toFixed(2))
  const [symbolAt, reasonAt] = [placesOf(symbols), placesOf(reasons)]
  return {
    synthetic: doc.manifest.synthetic,
    capital: Number(doc.summary.initialCapital),
    equity: packEquity(
      doc.equity.map(([time, text]) => [time, Number(text)]),
      Number(doc.summary.initialCapital),
    ),
    symbols,
    candles: series.symbols.filter((columns) => columns.openTimeMs.length > 0).map((columns) => packCandles(columns, limit)),
    reasons,
    trades: doc.trades.map((t) => [
      t.id,
      symbolAt(t.symbol),
      t.side === 'long' ? 1 : 0,
      seconds(t.entryTimeMs),
      seconds(t.exitTimeMs),
      t.qty,
      t.entryPrice,
      t.exitPrice,
      cents(t.grossPnl),
      cents(t.fees),
      cents(t.funding),
      cents(t.netPnl),
      reasonAt(t.exitReason),
    ]),
  }
}

function placesOf(names: readonly string[]): (name: string) => number {
  const places = new Map(names.map((name, i) => [name, i]))
  return (name) => places.get(name) ?? -1
}

type Point = readonly [timeMs: number, value: number]

/**
 * The curve on equal steps of time, because the chart gives every point the same width. Equity is the last of each
 * step, the drawdown its deepest, so that joining points hides no trough.
 */
export function packEquity(points: readonly Point[], capital: number): PageData['equity'] {
  const known = points.filter((point) => Number.isFinite(point[1]))
  if (known.length === 0) return { startS: 0, stepS: 1, cents: [], depths: [] }
  const startS = known[0][0] / 1_000
  const lengthS = known[known.length - 1][0] / 1_000 - startS
  const steps = Math.max(0, Math.min(EQUITY_STEPS_MAX, known.length - 1, Math.floor(lengthS)))
  const stepS = steps === 0 ? 1 : lengthS / steps
  const cents: number[] = []
  const depths: number[] = []
  let [value, before, peak, next] = [capital, 0, capital, 0]
  for (let step = 0; step <= steps; step++) {
    // The end of the last step may fall short of the last point by rounding.
    const end = step === steps ? Number.POSITIVE_INFINITY : startS + step * stepS + stepS * 1e-6
    let depth: number | undefined
    for (; next < known.length && known[next][0] / 1_000 <= end; next++) {
      value = known[next][1]
      peak = Math.max(peak, value)
      depth = Math.max(depth ?? 0, depthOf(value, peak))
    }
    cents.push(Math.round(value * 100) - before)
    depths.push(Math.round((depth ?? depthOf(value, peak)) * DEPTH_SCALE))
    before = Math.round(value * 100)
  }
  return { startS, stepS, cents, depths }
}

const depthOf = (value: number, peak: number): number => (peak > 0 ? 1 - value / peak : 0)

function packCandles(columns: CandleColumns, limit: number): PackedCandles {
  const fewer = downsampleCandles(columns, limit)
  const decimals = decimalsIn(fewer)
  const scale = 10 ** decimals
  const times = Array.from(fewer.openTimeMs, (ms) => Math.floor(ms / 1_000))
  const stepS = times.reduce((step, time, i) => (i === 0 ? step : commonDivisor(step, time - times[i - 1])), 0) || 1
  const rows: number[] = []
  let before = 0
  for (let i = 0; i < times.length; i++) {
    const [open, high, low, close] = [fewer.open[i], fewer.high[i], fewer.low[i], fewer.close[i]].map((value) =>
      Math.round(value * scale),
    )
    rows.push(
      i === 0 ? 0 : (times[i] - times[i - 1]) / stepS,
      open - before,
      high - Math.max(open, close),
      Math.min(open, close) - low,
      close - open,
    )
    before = close
  }
  return {
    symbol: columns.symbol,
    interval: fewer.interval,
    joined: fewer !== columns,
    decimals,
    startS: times[0],
    stepS,
    rows,
    volume: Array.from(fewer.volume ?? [], (value) => Number(value.toPrecision(3))),
  }
}

function decimalsIn({ open, high, low, close }: CandleColumns): number {
  let most = 0
  for (const column of [open, high, low, close])
    for (let i = 0; i < column.length && most < DECIMALS_MAX; i++)
      most = Math.max(most, Math.min(DECIMALS_MAX, decimalsOf(column[i])))
  return most
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b))
