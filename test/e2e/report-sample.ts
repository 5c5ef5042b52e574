/**
 * A backtest document with candles, made up from a seed, for the tests of the reports: plausible figures that agree
 * with each other, no claim to be a backtest.
 */
import { BACKTEST_SCHEMA } from '../../src/backtest/result.ts'
import type { BacktestDocument, OpenPositionRow, SymbolSummary, TradeRow } from '../../src/backtest/result.ts'
import {
  annualisedVolatility,
  cagr,
  calmar,
  maxDrawdown,
  profitFactor,
  sharpe,
  sortino,
  winRate,
} from '../../src/math/performance.ts'
import { dailyReturns } from '../../src/math/returns.ts'
import { sum } from '../../src/math/sum.ts'
import type { CandleColumns, ReportSeries } from '../../src/research/report/candles.ts'

export interface SampleOptions {
  readonly seed?: number
  readonly symbols?: readonly string[]
  readonly bars?: number
  readonly trades?: number
  readonly synthetic?: boolean
  readonly strategy?: string
  readonly warnings?: readonly string[]
}

export interface Sample {
  readonly doc: BacktestDocument
  readonly series: ReportSeries
}

const HOUR_MS = 3_600_000
const START_MS = 1_672_531_200_000
const CAPITAL = 10_000
const FEE = 0.0005

const hex = (seed: number): string =>
  Array.from({ length: 8 }, (_, i) =>
    (((seed + 1) * 2_654_435_761 + i * 40_503 * 65_537) >>> 0).toString(16).padStart(8, '0'),
  ).join('')

export function reportSample(options: SampleOptions = {}): Sample {
  const {
    seed = 7,
    symbols = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'],
    bars = 14_000,
    trades: tradeCount = 240,
    synthetic = false,
  } = options
  const next = chance(seed)
  const series = symbols.map((symbol, i) => candles({ symbol, bars, first: [42_000, 2_300, 98, 0.62][i % 4], next }))
  const trades = series
    .flatMap((columns) => tradesOf(columns, Math.floor(tradeCount / symbols.length), next))
    .sort((a, b) => a.exitTimeMs - b.exitTimeMs)
    .map((trade, i) => ({ ...trade, id: i + 1 }))
  const openPositions: OpenPositionRow[] = [openPositionOf(series[0])]
  const unrealised = Number(openPositions[0].unrealisedPnl)
  const [timesMs, equity] = equityOf(series[0], trades, unrealised)
  const times = timesMs.map((ms) => ms * 1_000)
  const returns = dailyReturns(times, equity, CAPITAL)
  const final = equity[equity.length - 1]
  const pnls = trades.map((trade) => Number(trade.netPnl))
  const growth = cagr({ initial: CAPITAL, final, durationMs: bars * HOUR_MS })
  const fall = maxDrawdown(times, equity, { time: START_MS * 1_000, equity: CAPITAL })
  const fees = sum(trades.map((trade) => Number(trade.fees)))
  const funding = sum(trades.map((trade) => Number(trade.funding)))
  const doc: BacktestDocument = {
    schema: BACKTEST_SCHEMA,
    manifest: {
      code: { version: '0.1.0', sha256: hex(seed) },
      config: {
        account: { capital: '10000', leverage: 2 },
        fees: { maker: '0.0002', taker: '0.0005' },
        risk: { maxLeverage: 3, drawdown: { enabled: true } },
      },
      strategy: {
        name: options.strategy ?? 'ema-cross',
        params: { fast: 20, slow: 100, atr: 14, mult: 3, qty: 1 },
        sha256: hex(seed + 1),
      },
      data: symbols.map((symbol, i) => ({ path: `data/klines/${symbol}-1h.csv.gz`, sha256: hex(seed + 10 + i), rows: bars })),
      instruments: symbols.map((symbol, i) => ({
        symbol,
        tickSize: ['0.1', '0.01', '0.001', '0.0001'][i % 4],
        stepSize: '0.001',
        fromMs: START_MS,
        source: synthetic ? 'synthetic' : 'built-in',
      })),
      seed,
      runtime: 'node v24.21.0 linux-x64',
      synthetic,
    },
    digest: hex(seed + 2),
    period: { fromMs: START_MS, toMs: START_MS + bars * HOUR_MS, bars: bars * symbols.length },
    summary: {
      initialCapital: String(CAPITAL),
      finalEquity: final.toFixed(8),
      netProfit: (final - CAPITAL).toFixed(8),
      totalReturn: final / CAPITAL - 1,
      cagr: growth ?? null,
      trades: trades.length,
      fills: trades.length * 2 + 1,
      winRate: winRate(pnls) ?? null,
      profitFactor: profitFactor(pnls) ?? null,
      expectancy: pnls.length === 0 ? null : (sum(pnls) / pnls.length).toFixed(8),
      sharpe: sharpe(returns ?? []) ?? null,
      sortino: sortino(returns ?? []) ?? null,
      volatility: annualisedVolatility(returns ?? []) ?? null,
      calmar: calmar({ cagr: growth, maxDrawdown: fall.fraction }) ?? null,
      maxDrawdown: fall.fraction,
      maxDrawdownDurationMs: fall.durationMs,
      exposure: 0.634,
      turnover: 88.4,
      fees: fees.toFixed(8),
      funding: funding.toFixed(8),
      slippage: (fees * 0.37).toFixed(8),
      liquidations: 0,
    },
    symbols: series.map((columns) => symbolSummary(columns, trades)),
    trades,
    fills: [],
    equity: Array.from(timesMs, (ms, i) => [ms, equity[i].toFixed(8)] as const),
    openPositions,
    warnings: options.warnings ?? [
      'no funding file was given: no funding is booked',
      'no mark prices were given: the last price stands in for them',
      'BTCUSDT: the order decided on the last bar was dropped',
    ],
  }
  return { doc, series: { symbols: series } }
}

/** Uniform numbers from a seed (mulberry32). */
function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

function candles({
  symbol,
  bars,
  first,
  next,
}: {
  readonly symbol: string
  readonly bars: number
  readonly first: number
  readonly next: () => number
}): CandleColumns {
  const decimals = first > 1_000 ? 1 : first > 10 ? 3 : 5
  const round = (value: number): number => Number(value.toFixed(decimals))
  const columns = {
    symbol,
    interval: '1h',
    openTimeMs: [] as number[],
    open: [] as number[],
    high: [] as number[],
    low: [] as number[],
    close: [] as number[],
    volume: [] as number[],
  }
  let price = first
  let drift = 0
  let calm = 1
  for (let i = 0; i < bars; i++) {
    if (next() < 0.004) drift = (next() - 0.47) * 0.0022
    calm = 0.97 * calm + 0.03 * (0.4 + 1.4 * next())
    const open = price
    price = round(open * Math.exp(drift + (next() + next() + next() - 1.5) * 0.009 * calm))
    columns.openTimeMs.push(START_MS + i * HOUR_MS)
    columns.open.push(open)
    columns.high.push(round(Math.max(open, price) * (1 + next() * 0.003 * calm)))
    columns.low.push(round(Math.min(open, price) * (1 - next() * 0.003 * calm)))
    columns.close.push(price)
    columns.volume.push(Math.round(100 + 900 * next() * calm + (4e6 * Math.abs(price / open - 1)) / 20))
  }
  return columns
}

function tradesOf(columns: CandleColumns, count: number, next: () => number): TradeRow[] {
  const bars = columns.openTimeMs.length
  const step = bars / Math.max(count, 1)
  return Array.from({ length: count }, (_, i) => {
    const entry = Math.floor(i * step)
    const exit = Math.min(bars - 1, Math.max(entry + 1, Math.floor((i + 0.25 + 0.7 * next()) * step)))
    const [entryPrice, exitPrice] = [columns.open[entry], columns.close[exit]]
    const rises = exitPrice > entryPrice
    const side = (next() < 0.64 ? rises : !rises) ? 'long' : 'short'
    const qty = Number((4_000 / entryPrice).toPrecision(3))
    const gross = (side === 'long' ? 1 : -1) * (exitPrice - entryPrice) * qty
    const fees = FEE * qty * (entryPrice + exitPrice)
    const funding = (next() - 0.6) * 0.4
    const stopped = gross < 0 && next() < 0.7
    return {
      id: i,
      symbol: columns.symbol,
      side,
      entryTimeMs: columns.openTimeMs[entry],
      exitTimeMs: columns.openTimeMs[exit] + HOUR_MS - 1,
      qty: String(qty),
      entryPrice: String(entryPrice),
      exitPrice: String(exitPrice),
      grossPnl: gross.toFixed(8),
      fees: fees.toFixed(8),
      funding: funding.toFixed(8),
      netPnl: (gross - fees + funding).toFixed(8),
      exitReason: stopped ? 'stop' : 'reversal',
    }
  })
}

function openPositionOf(columns: CandleColumns): OpenPositionRow {
  const last = columns.openTimeMs.length - 1
  const [entry, mark] = [columns.open[last - 5], columns.close[last]]
  return {
    symbol: columns.symbol,
    side: 'long',
    qty: '0.05',
    entryPrice: String(entry),
    entryTimeMs: columns.openTimeMs[last - 5],
    markPrice: String(mark),
    unrealisedPnl: ((mark - entry) * 0.05).toFixed(8),
  }
}

function equityOf(clock: CandleColumns, trades: readonly TradeRow[], unrealised: number): readonly [Float64Array, Float64Array] {
  const times = Float64Array.from(clock.openTimeMs, (ms) => ms + HOUR_MS - 1)
  const every = Math.max(1, Math.ceil(times.length / 10_000))
  const kept = times.filter((_, i) => i % every === 0 || i === times.length - 1)
  let booked = 0
  let nextTrade = 0
  const equity = kept.map((time) => {
    for (; nextTrade < trades.length && trades[nextTrade].exitTimeMs <= time; nextTrade++)
      booked += Number(trades[nextTrade].netPnl)
    return CAPITAL + booked
  })
  equity[equity.length - 1] += unrealised
  return [kept, equity]
}

function symbolSummary(columns: CandleColumns, trades: readonly TradeRow[]): SymbolSummary {
  const own = trades.filter((trade) => trade.symbol === columns.symbol)
  const total = (field: 'netPnl' | 'fees' | 'funding'): string => sum(own.map((trade) => Number(trade[field]))).toFixed(8)
  const last = columns.openTimeMs.length - 1
  return {
    symbol: columns.symbol,
    interval: columns.interval,
    bars: last + 1,
    fromMs: columns.openTimeMs[0],
    toMs: columns.openTimeMs[last] + HOUR_MS,
    trades: own.length,
    winRate: winRate(own.map((trade) => Number(trade.netPnl))) ?? null,
    netProfit: total('netPnl'),
    fees: total('fees'),
    funding: total('funding'),
    buyAndHold: columns.close[last] / columns.open[0] - 1,
  }
}
