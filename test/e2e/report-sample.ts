/**
 * A backtest document with candles, made up from a seed, for the tests of the reports: plausible figures that agree
 * with each other, no claim to be a backtest.
 */
import { distributionOf } from '../../src/backtest/analysis.ts'
import { monthlyReturns } from '../../src/backtest/monthly.ts'
import { BACKTEST_SCHEMA } from '../../src/backtest/result.ts'
import type { BacktestDocument, LiquidationRow, OpenPositionRow, SymbolSummary, TradeDetail } from '../../src/backtest/result.ts'
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
import { drawdownEpisodes } from '../../src/math/drawdowns.ts'
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
  /** Every so many losing trade ends in a liquidation; none by default. */
  readonly liquidations?: number
  /** Everything is lost half-way. */
  readonly ruin?: boolean
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
    liquidations = 0,
    ruin = false,
  } = options
  const next = chance(seed)
  const series = symbols.map((symbol, i) => candles({ symbol, bars, first: [42_000, 2_300, 98, 0.62][i % 4], next }))
  const trades = series
    .flatMap((columns) => tradesOf(columns, Math.floor(tradeCount / symbols.length), next))
    .sort((a, b) => a.exitTimeMs - b.exitTimeMs)
    .map((trade, i): TradeDetail => ({
      ...trade,
      id: i + 1,
      exitReason: liquidations > 0 && Number(trade.netPnl) < 0 && i % liquidations === 0 ? 'liquidation' : trade.exitReason,
    }))
  const openPositions: OpenPositionRow[] = [openPositionOf(series[0])]
  const unrealised = Number(openPositions[0].unrealisedPnl)
  const [timesMs, equity] = equityOf(series[0], trades, unrealised, ruin)
  const times = timesMs.map((ms) => ms * 1_000)
  const returns = dailyReturns(times, equity, CAPITAL)
  const final = equity[equity.length - 1]
  const pnls = trades.map((trade) => Number(trade.netPnl))
  const growth = cagr({ initial: CAPITAL, final, durationMs: bars * HOUR_MS })
  const fall = maxDrawdown(times, equity, { time: START_MS * 1_000, equity: CAPITAL })
  const fees = sum(trades.map((trade) => Number(trade.fees)))
  const funding = sum(trades.map((trade) => Number(trade.funding)))
  const forced: LiquidationRow[] = trades
    .filter(({ exitReason }) => exitReason === 'liquidation')
    .map((t) => ({
      timeMs: t.exitTimeMs,
      symbol: t.symbol,
      side: t.side,
      qty: t.qty,
      price: t.exitPrice,
      realisedPnl: t.grossPnl,
      fee: t.fees,
    }))
  const slippage = fees * 0.37
  const traded = sum(trades.map((t) => Number(t.qty) * (Number(t.entryPrice) + Number(t.exitPrice))))
  const before = final - CAPITAL + fees - funding
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
      command: [
        'backtest',
        '--strategy',
        options.strategy ?? 'ema-cross',
        '--data',
        'data/klines',
        '--interval',
        '1h',
        '--set',
        'risk.leverage.max=2',
      ],
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
      slippage: slippage.toFixed(8),
      liquidations: forced.length,
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
    monthly: monthlyReturns(times, equity, CAPITAL).map(({ year, months, total }) => ({
      year,
      returns: months.map((value) => value ?? null),
      total: total ?? null,
    })),
    drawdowns: drawdownEpisodes(timesMs, equity, { time: START_MS, equity: CAPITAL })
      .sort((a, b) => b.length - a.length)
      .slice(0, 10)
      .map(({ peakTime, troughTime, recoveryTime, length, depth }) => ({
        peakMs: peakTime,
        troughMs: troughTime,
        recoveryMs: recoveryTime ?? null,
        lengthMs: length,
        depth,
      })),
    distribution: { daily: distributionOf(returns ?? []), trades: distributionOf(trades.map((t) => t.returnPct ?? 0)) },
    exposureSeries:
      trades.length === 0
        ? []
        : Array.from({ length: 500 }, (_, i) => {
            const gross = Math.abs(Math.sin(i / 9) + Math.sin(i / 31)) * 0.6
            return [START_MS + (i / 499) * bars * HOUR_MS, gross, gross * Math.sin(i / 23)] as const
          }),
    exposureStats:
      trades.length === 0 ? { maxGross: 0, meanGross: 0, meanNet: 0 } : { maxGross: 1.183, meanGross: 0.612, meanNet: 0.04 },
    costs: {
      notional: traded.toFixed(8),
      beforeCosts: before.toFixed(8),
      feesBps: traded > 0 ? (fees / traded) * 10_000 : null,
      fundingBps: traded > 0 ? (funding / traded) * 10_000 : null,
      slippageBps: traded > 0 ? (slippage / traded) * 10_000 : null,
      feesShare: before > 0 ? fees / before : null,
      fundingShare: before > 0 ? funding / before : null,
      slippageShare: before > 0 ? slippage / before : null,
      series: costSeries(trades, timesMs),
    },
    limits:
      trades.length === 0
        ? []
        : [
            {
              kind: 'refusal',
              rule: 'leverage',
              count: 3,
              firstMs: START_MS + 90 * HOUR_MS,
              symbol: symbols[0],
              text: 'gross notional would be 2.31 times the equity, at most 2 are allowed',
            },
          ],
    liquidations: forced,
  }
  return { doc, series: { symbols: series } }
}

function costSeries(trades: readonly TradeDetail[], times: Float64Array): BacktestDocument['costs']['series'] {
  let [fees, funding, next] = [0, 0, 0]
  return Array.from({ length: Math.min(200, times.length) }, (_, i) => {
    const time = times[Math.floor(((i + 1) / Math.min(200, times.length)) * times.length) - 1]
    for (; next < trades.length && trades[next].exitTimeMs <= time; next++) {
      fees += Number(trades[next].fees)
      funding += Number(trades[next].funding)
    }
    return [time, fees.toFixed(8), funding.toFixed(8), (fees * 0.37).toFixed(8)] as const
  })
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

function tradesOf(columns: CandleColumns, count: number, next: () => number): TradeDetail[] {
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
    const cost = qty * entryPrice
    let [low, high] = [entryPrice, entryPrice]
    for (let at = entry; at < exit; at++) [low, high] = [Math.min(low, columns.low[at]), Math.max(high, columns.high[at])]
    const [against, towards] = side === 'long' ? [entryPrice - low, high - entryPrice] : [high - entryPrice, entryPrice - low]
    const mae = Math.max(against * qty, -gross, 0)
    const mfe = Math.max(towards * qty, gross, 0)
    const net = gross - fees + funding
    // Every fifth trade goes without a stop.
    const risk = i % 5 === 4 ? undefined : Math.max(mae, cost * 0.03)
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
      slippage: (fees * 0.37).toFixed(8),
      stopPrice:
        risk === undefined ? null : (entryPrice + ((side === 'long' ? -1 : 1) * risk) / qty).toFixed(entryPrice > 1_000 ? 1 : 4),
      initialRisk: risk === undefined ? null : risk.toFixed(8),
      mae: mae.toFixed(8),
      mfe: mfe.toFixed(8),
      maePct: (100 * mae) / cost,
      mfePct: (100 * mfe) / cost,
      returnPct: (100 * net) / cost,
      maeR: risk === undefined ? null : mae / risk,
      mfeR: risk === undefined ? null : mfe / risk,
      returnR: risk === undefined ? null : net / risk,
    }
  })
}

function openPositionOf(columns: CandleColumns): OpenPositionRow {
  const last = columns.openTimeMs.length - 1
  const at = Math.max(0, last - 5)
  const [entry, mark] = [columns.open[at], columns.close[last]]
  return {
    symbol: columns.symbol,
    side: 'long',
    qty: '0.05',
    entryPrice: String(entry),
    entryTimeMs: columns.openTimeMs[at],
    markPrice: String(mark),
    unrealisedPnl: ((mark - entry) * 0.05).toFixed(8),
  }
}

function equityOf(
  clock: CandleColumns,
  trades: readonly TradeDetail[],
  unrealised: number,
  ruin: boolean,
): readonly [Float64Array, Float64Array] {
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
  if (ruin) equity.fill(0, equity.length >> 1)
  return [kept, equity]
}

function symbolSummary(columns: CandleColumns, trades: readonly TradeDetail[]): SymbolSummary {
  const own = trades.filter((trade) => trade.symbol === columns.symbol)
  const nets = own.map((trade) => Number(trade.netPnl))
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
    slippage: (Number(total('fees')) * 0.37).toFixed(8),
    notional: sum(own.map((t) => Number(t.qty) * (Number(t.entryPrice) + Number(t.exitPrice)))).toFixed(8),
    longTrades: own.filter(({ side }) => side === 'long').length,
    shortTrades: own.filter(({ side }) => side === 'short').length,
    profitFactor: profitFactor(nets) ?? null,
    expectancy: own.length === 0 ? null : (sum(nets) / own.length).toFixed(8),
    bestTrade: own.length === 0 ? null : Math.max(...nets).toFixed(8),
    worstTrade: own.length === 0 ? null : Math.min(...nets).toFixed(8),
    meanHoldMs: own.length === 0 ? null : sum(own.map((t) => t.exitTimeMs - t.entryTimeMs)) / own.length,
    exposure: sum(own.map((t) => t.exitTimeMs - t.entryTimeMs)) / (columns.openTimeMs.length * HOUR_MS),
    liquidations: own.filter(({ exitReason }) => exitReason === 'liquidation').length,
  }
}
