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
/** More words than this cover the curve; the table has all. */
const ACTIONS_MARKED = 30

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
  /** Equity as differences in units of `moneyDecimals`, drawdowns in basis points, one of each a step of time. */
  readonly equity: {
    readonly startS: number
    readonly stepS: number
    readonly cents: readonly number[]
    readonly depths: readonly number[]
  }
  /** Levels of the drawdown and the kill switch: seconds and name. */
  readonly actions: readonly (readonly [number, string])[]
  readonly symbols: readonly string[]
  /** Decimals of the amounts on the page. */
  readonly moneyDecimals: number
  readonly candles: readonly PackedCandles[]
  readonly reasons: readonly string[]
  readonly trades: PackedTrades
}

/** One list a column, an entry a trade. Money in units of `moneyDecimals`, shares in hundredths of a percent. */
interface PackedTrades {
  readonly count: number
  /** Left out when they count from 1. */
  readonly id?: readonly number[]
  readonly symbol: readonly number[]
  /** A digit a trade: 1 is long. */
  readonly long: string
  /** Seconds since the entry before. */
  readonly entry: readonly number[]
  /** Seconds held. */
  readonly held: readonly number[]
  /** By symbol: decimals of the prices below, and of the tick. */
  readonly decimals: readonly (readonly [prices: number, tick: number])[]
  readonly in: readonly number[]
  /** Exit against entry. */
  readonly out: readonly number[]
  readonly net: readonly number[]
  readonly returned: readonly (number | null)[]
  readonly mae: readonly (number | null)[]
  readonly mfe: readonly (number | null)[]
  readonly reason: readonly number[]
  /** Not there when there are more than `TRADES_DETAILED` trades: the page would become too large. */
  readonly more?: {
    readonly qty: readonly string[]
    readonly fees: readonly number[]
    readonly funding: readonly number[]
    /** Stop against entry. */
    readonly stop: readonly (number | null)[]
    /** Hundredths of the initial risk. */
    readonly multiple: readonly (number | null)[]
  }
}

/** Beyond this, trades are told with fewer columns. */
export const TRADES_DETAILED = 30_000

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
  const capital = Number(doc.summary.initialCapital)
  const moneyDecimals = capital >= 1_000 ? 2 : capital >= 10 ? 4 : 8
  return {
    synthetic: doc.manifest.synthetic,
    capital,
    equity: packEquity(
      doc.equity.map(([time, text]) => [time, Number(text)]),
      capital,
      moneyDecimals,
    ),
    actions: (doc.riskActions ?? []).slice(-ACTIONS_MARKED).map(({ timeMs, level }) => [Math.floor(timeMs / 1_000), level]),
    symbols,
    moneyDecimals,
    candles: series.symbols.filter((columns) => columns.openTimeMs.length > 0).map((columns) => packCandles(columns, limit)),
    reasons,
    trades: packTrades(doc, { symbols, reasons, moneyDecimals }),
  }
}

interface TradeTables {
  readonly symbols: readonly string[]
  readonly reasons: readonly string[]
  readonly moneyDecimals: number
}

function packTrades({ trades, manifest }: BacktestDocument, { symbols, reasons, moneyDecimals }: TradeTables): PackedTrades {
  const [symbolAt, reasonAt] = [placesOf(symbols), placesOf(reasons)]
  const seconds = (ms: number): number => Math.floor(ms / 1_000)
  const money = (text: string): number => Math.round(Number(text) * 10 ** moneyDecimals)
  const hundredths = (value: number | null): number | null => (value === null ? null : Math.round(value * 100))
  const ticks = new Map(manifest.instruments.map(({ symbol, tickSize }) => [symbol, textDecimals(tickSize)]))
  const most = new Map<string, number>()
  for (const { symbol, entryPrice, exitPrice } of trades)
    most.set(symbol, Math.max(most.get(symbol) ?? 0, textDecimals(entryPrice), textDecimals(exitPrice)))
  // Averages of several fills have more decimals than the tick; two more are enough to look at.
  const decimals = symbols.map((symbol) => {
    const tick = ticks.get(symbol) ?? Math.min(DECIMALS_MAX, most.get(symbol) ?? 0)
    return [Math.min(most.get(symbol) ?? 0, tick + 2), tick] as const
  })
  const price = (text: string, symbol: string): number => Math.round(Number(text) * 10 ** decimals[symbolAt(symbol)][0])
  const packed = {
    count: trades.length,
    ...(trades.every(({ id }, i) => id === i + 1) ? {} : { id: trades.map(({ id }) => id) }),
    symbol: trades.map((t) => symbolAt(t.symbol)),
    long: trades.map((t) => (t.side === 'long' ? '1' : '0')).join(''),
    entry: trades.map((t, i) => seconds(t.entryTimeMs) - (i === 0 ? 0 : seconds(trades[i - 1].entryTimeMs))),
    held: trades.map((t) => seconds(t.exitTimeMs) - seconds(t.entryTimeMs)),
    decimals,
    in: trades.map((t) => price(t.entryPrice, t.symbol)),
    out: trades.map((t) => price(t.exitPrice, t.symbol) - price(t.entryPrice, t.symbol)),
    net: trades.map((t) => money(t.netPnl)),
    returned: trades.map((t) => hundredths(t.returnPct)),
    mae: trades.map((t) => hundredths(t.maePct)),
    mfe: trades.map((t) => hundredths(t.mfePct)),
    reason: trades.map((t) => reasonAt(t.exitReason)),
  }
  if (trades.length > TRADES_DETAILED) return packed
  return {
    ...packed,
    more: {
      qty: trades.map((t) => t.qty),
      fees: trades.map((t) => money(t.fees)),
      funding: trades.map((t) => money(t.funding)),
      stop: trades.map((t) => (t.stopPrice === null ? null : price(t.stopPrice, t.symbol) - price(t.entryPrice, t.symbol))),
      multiple: trades.map((t) => hundredths(t.returnR)),
    },
  }
}

const textDecimals = (text: string): number => (text.includes('.') ? text.length - text.indexOf('.') - 1 : 0)

function placesOf(names: readonly string[]): (name: string) => number {
  const places = new Map(names.map((name, i) => [name, i]))
  return (name) => places.get(name) ?? -1
}

type Point = readonly [timeMs: number, value: number]

/**
 * The curve on equal steps of time, because the chart gives every point the same width. Where there are more points than
 * steps, two neighbouring steps hold the lowest and the highest value of their time, in their order, and the last step the
 * last value; drawdowns are the deepest of each step. So joining points hides neither peak nor trough.
 */
export function packEquity(points: readonly Point[], capital: number, moneyDecimals = 2): PageData['equity'] {
  const known = points.filter((point) => Number.isFinite(point[1]))
  if (known.length === 0) return { startS: 0, stepS: 1, cents: [], depths: [] }
  const startS = known[0][0] / 1_000
  const lengthS = known[known.length - 1][0] / 1_000 - startS
  const steps = Math.max(0, Math.min(EQUITY_STEPS_MAX, known.length - 1, Math.floor(lengthS)))
  const stepS = steps === 0 ? 1 : lengthS / steps
  const span = known.length - 1 > steps && steps >= 4 ? 2 : 1
  const values: number[] = []
  const depths: number[] = []
  let [value, peak, next] = [capital, capital, 0]
  for (let step = 0; step <= steps; step += span) {
    // The end of the last step may fall short of the last point by rounding.
    const last = Math.min(step + span - 1, steps)
    const end = last === steps ? Number.POSITIVE_INFINITY : startS + last * stepS + stepS * 1e-6
    let depth: number | undefined
    let [low, high] = [next, next]
    for (; next < known.length && known[next][0] / 1_000 <= end; next++) {
      value = known[next][1]
      if (value < known[low][1]) low = next
      if (value > known[high][1]) high = next
      peak = Math.max(peak, value)
      depth = Math.max(depth ?? 0, depthOf(value, peak))
    }
    const extremes =
      depth === undefined ? [value, value] : low < high ? [known[low][1], known[high][1]] : [known[high][1], known[low][1]]
    const shown = span === 1 || last === step ? [value] : extremes
    for (const each of shown) {
      values.push(each)
      depths.push(Math.round((depth ?? depthOf(value, peak)) * DEPTH_SCALE))
    }
  }
  values[values.length - 1] = known[known.length - 1][1]
  const cents = values.map((each) => Math.round(each * 10 ** moneyDecimals))
  return { startS, stepS, cents: cents.map((each, i) => each - (i === 0 ? 0 : cents[i - 1])), depths }
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
