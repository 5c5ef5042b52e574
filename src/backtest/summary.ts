/**
 * The figures of a run: one function for the whole, one for each symbol.
 *
 * Money comes from exact sums; statistics from the equity of every recorded point. What is not defined is `null`.
 */
import { formatUnits, moneyToFloat } from '../core/exact.ts'
import type { Money } from '../core/exact.ts'
import { toMs } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { LedgerKind } from '../domain/ledger.ts'
import type { Kernel } from '../kernel/kernel.ts'
import {
  annualisedVolatility,
  cagr,
  calmar,
  DAYS_PER_YEAR,
  maxDrawdown,
  profitFactor,
  sharpe,
  sortino,
  winRate,
} from '../math/performance.ts'
import { dailyReturns, totalReturn } from '../math/returns.ts'
import { mean } from '../math/sum.ts'
import type { VenueBars } from '../sim/venue-bars.ts'
import { tradedOf } from './traded.ts'
import type { Recorder } from './recorder.ts'
import type { OpenPositionRow, Summary, SymbolSummary } from './result.ts'
import { averagePrice, divideHalfEven, netOf } from './trade-recorder.ts'
import type { Trade } from './trade-recorder.ts'

/** A run that has come to its end. */
export interface FinishedRun {
  readonly kernel: Kernel
  readonly recorder: Recorder
  readonly capital: Money
  /** From the first open to the last close. */
  readonly from: Micros
  readonly to: Micros
  /** Annual risk-free rate of the ratios. */
  readonly riskFree: number
}

/** All amounts are in the settlement asset, whose scale they are written with. */
export function summarise(run: FinishedRun): Summary {
  const { kernel, recorder, capital, from, to } = run
  const { scale, name: asset } = kernel.instruments[0].settle
  const text = (amount: bigint): string => formatUnits(amount, scale)
  const finalEquity = kernel.positions.exactTotalEquity()
  const initial = Number(capital)
  const final = Number(finalEquity)
  const { times, values } = recorder.equity
  const fall = maxDrawdown(times, values, { time: from, equity: initial })
  const growth = cagr({ initial, final, durationMs: toMs((to - from) as Micros) })
  const returns = dailyReturns(times, values, initial)
  const daily = run.riskFree / DAYS_PER_YEAR
  const { closed } = recorder.trades
  const pnls = pnlsOf(closed, scale)
  const average = mean(values)
  const booked = (kind: LedgerKind): bigint => bookedBy(kernel, kind, asset)
  return {
    initialCapital: text(capital),
    finalEquity: text(finalEquity),
    netProfit: text(finalEquity - capital),
    totalReturn: orNull(totalReturn({ initial, final })),
    cagr: orNull(growth),
    trades: closed.length,
    fills: recorder.fills.length,
    winRate: orNull(winRate(pnls)),
    profitFactor: orNull(profitFactor(pnls)),
    expectancy: closed.length === 0 ? null : text(divideHalfEven(sumOf(closed, netOf), BigInt(closed.length))),
    sharpe: orNull(returns && sharpe(returns, { riskFree: daily })),
    sortino: orNull(returns && sortino(returns, { target: daily })),
    volatility: orNull(returns && annualisedVolatility(returns)),
    calmar: orNull(calmar({ cagr: growth, maxDrawdown: fall.fraction })),
    maxDrawdown: fall.fraction,
    maxDrawdownDurationMs: fall.durationMs,
    exposure: to > from ? recorder.heldTime(to) / (to - from) : 0,
    turnover: average !== undefined && average > 0 ? recorder.traded / average : null,
    fees: text(-booked('commission') - booked('liquidation-fee')),
    funding: text(booked('funding')),
    slippage: text(recorder.slippage),
    liquidations: recorder.liquidations,
  }
}

/** One instrument's part: over all symbols the net profits add up to the whole (but for what the insurance fund covered). */
export function summariseSymbol(run: FinishedRun, instrument: Instrument, bars: VenueBars, interval: string): SymbolSummary {
  const { kernel, recorder } = run
  const { scale } = instrument.settle
  const own = ({ instrument: index }: Trade): boolean => index === instrument.index
  const closed = recorder.trades.closed.filter(own)
  const all = [...closed, ...recorder.trades.open.filter(own)]
  const last = bars.length - 1
  const nets = closed.map(netOf)
  const held = sumOf(all, ({ entryTime, exitTime, exitReason }) =>
    BigInt((exitReason === undefined ? run.to : exitTime) - entryTime),
  )
  const closedTime = closed.reduce((total, { entryTime, exitTime }) => total + (exitTime - entryTime), 0)
  const traded = tradedOf(run, instrument.index)
  const text = (amount: bigint): string => formatUnits(amount, scale)
  return {
    symbol: instrument.label,
    interval,
    bars: bars.length,
    fromMs: toMs(bars.openTime[0] as Micros),
    toMs: toMs((bars.openTime[last] + bars.duration[last]) as Micros),
    trades: closed.length,
    winRate: orNull(winRate(pnlsOf(closed, scale))),
    netProfit: formatUnits(sumOf(all, netOf) + unrealised(kernel, instrument), scale),
    fees: formatUnits(
      sumOf(all, ({ fees }) => fees),
      scale,
    ),
    funding: formatUnits(
      sumOf(all, ({ funding }) => funding),
      scale,
    ),
    buyAndHold: bars.open[0] > 0 ? bars.close[last] / bars.open[0] - 1 : null,
    slippage: text(traded.slippage),
    notional: text(traded.notional),
    longTrades: closed.filter(({ side }) => side === 'long').length,
    shortTrades: closed.filter(({ side }) => side === 'short').length,
    profitFactor: orNull(profitFactor(pnlsOf(closed, scale))),
    expectancy: closed.length === 0 ? null : text(divideHalfEven(sumOf(closed, netOf), BigInt(closed.length))),
    bestTrade: closed.length === 0 ? null : text(nets.reduce((most, net) => (net > most ? net : most))),
    worstTrade: closed.length === 0 ? null : text(nets.reduce((least, net) => (net < least ? net : least))),
    meanHoldMs: closed.length === 0 ? null : toMs((closedTime / closed.length) as Micros),
    exposure: run.to > run.from ? Number(held) / (run.to - run.from) : 0,
    liquidations: recorder.fills.filter((fill) => fill.instrument === instrument.index && fill.reason === 'liquidation').length,
  }
}

/** Positions that are still held, marked at the last close. */
export function openPositions({ kernel, recorder }: FinishedRun): readonly OpenPositionRow[] {
  return recorder.trades.open.flatMap((trade) => {
    const instrument = kernel.instruments[trade.instrument]
    const position = kernel.positions.position(trade.account, trade.instrument, 'both')
    if (position === undefined || position.isFlat) return []
    const size = Math.abs(position.qty)
    const cost = position.cost < 0n ? -position.cost : position.cost
    return [
      {
        symbol: instrument.label,
        side: trade.side,
        qty: formatUnits(size, instrument.qtyScale),
        entryPrice: averagePrice(cost, size, instrument.priceScale),
        entryTimeMs: toMs(trade.entryTime),
        markPrice: instrument.formatPrice(kernel.positions.lastPrice(trade.instrument)),
        unrealisedPnl: formatUnits(unrealised(kernel, instrument), instrument.settle.scale),
      },
    ]
  })
}

function unrealised(kernel: Kernel, { index }: Instrument): bigint {
  let sum = 0n
  for (let account = 0; account < kernel.positions.accounts; account++)
    sum += kernel.positions.position(account, index, 'both')?.unrealised(kernel.positions.lastPrice(index)) ?? 0n
  return sum
}

/** What all accounts together booked of a kind. */
export function bookedBy({ positions }: Kernel, kind: LedgerKind, asset: string): bigint {
  let sum = 0n
  for (let account = 0; account < positions.accounts; account++) sum += positions.ledger(account).total(kind, asset)
  return sum
}

const pnlsOf = (trades: readonly Trade[], scale: number): Float64Array =>
  Float64Array.from(trades, (trade) => moneyToFloat(netOf(trade) as Money, scale))
const sumOf = (trades: readonly Trade[], of: (trade: Trade) => bigint): bigint =>
  trades.reduce((sum, trade) => sum + of(trade), 0n)
const orNull = (value: number | undefined): number | null => value ?? null
