/**
 * What a report tells beyond the summary: excursions of trades, months, drawdowns, distributions, exposure and costs over
 * time, limits that bound, liquidations.
 *
 * Money is exact; statistics are floats. Computed once, when the run has ended.
 */
import { formatUnits, notional, ZERO } from '../core/exact.ts'
import type { Qty } from '../core/exact.ts'
import { toMs } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Fill } from '../domain/order.ts'
import { drawdownEpisodes } from '../math/drawdowns.ts'
import type { DrawdownEpisode } from '../math/drawdowns.ts'
import { excessKurtosis, skewness } from '../math/moments.ts'
import { sampleDeviation } from '../math/performance.ts'
import { dailyReturns } from '../math/returns.ts'
import { mean } from '../math/sum.ts'
import { excursionsOf } from './excursions.ts'
import type { Excursion, ExcursionBars } from './excursions.ts'
import { exposureOf } from './exposure.ts'
import type { LargestCut } from './limit-recorder.ts'
import { monthlyReturns } from './monthly.ts'
import type {
  Costs,
  Distribution,
  DrawdownRow,
  ExposureStats,
  LargestCutRow,
  LimitRow,
  LiquidationRow,
  MonthlyRow,
  RiskActionRow,
} from './result.ts'
import type { FinishedRun } from './summary.ts'
import { thinned } from './thinned.ts'
import { slippageOf } from './trade-recorder.ts'
import type { Trade } from './trade-recorder.ts'

/** Stretches of the curves of exposure and costs. */
const STRETCHES = 1_000
const DRAWDOWNS_LISTED = 10

// ---- Trades --------------------------------------------------------------------------------------------------------------

/** What each trade went through, the open ones included. `bars` by instrument. */
export function excursionsByTrade({ recorder }: FinishedRun, bars: readonly ExcursionBars[]): ReadonlyMap<Trade, Excursion> {
  const found = new Map<Trade, Excursion>()
  const fills = fillsByInstrument(recorder.fills, bars.length)
  const trades = [...recorder.trades.closed, ...recorder.trades.open]
  // An instrument's trades follow one another: the order of their exits is that of their entries.
  for (const [instrument, own] of fills.entries()) {
    const excursions = excursionsOf(own, bars[instrument])
    let next = 0
    for (const trade of trades) if (trade.instrument === instrument) found.set(trade, excursions[next++])
  }
  return found
}

function fillsByInstrument(fills: readonly Fill[], instruments: number): readonly Fill[][] {
  const lists: Fill[][] = Array.from({ length: instruments }, () => [])
  for (const fill of fills) lists[fill.instrument].push(fill)
  return lists
}

/** The loss at the stop that came with the entry, before costs; `undefined` without a stop, or where it was no loss. */
export function initialRisk({ side, stop }: Pick<Trade, 'side' | 'stop'>, { cost, qty }: Excursion): bigint | undefined {
  if (stop === undefined || qty === 0) return undefined
  const at = notional(stop, qty as Qty)
  const risk = side === 'long' ? cost - at : at - cost
  return risk > 0n ? risk : undefined
}

/** A part of a whole as a float; `undefined` for a whole that is not positive. */
export const ratioOf = (part: bigint, whole: bigint | undefined): number | undefined =>
  whole === undefined || whole <= 0n ? undefined : Number(part) / Number(whole)

// ---- The curve -----------------------------------------------------------------------------------------------------------

export function monthlyRows({ recorder, capital }: FinishedRun): readonly MonthlyRow[] {
  const { times, values } = recorder.equity
  return monthlyReturns(times, values, Number(capital)).map(({ year, months, total }) => ({
    year,
    returns: months.map((value) => value ?? null),
    total: total ?? null,
  }))
}

/** The longest and the deepest, longest first. */
export function drawdownRows({ recorder, capital, from }: FinishedRun): readonly DrawdownRow[] {
  const { times, values } = recorder.equity
  const all = drawdownEpisodes(times, values, { time: from, equity: Number(capital) })
  const byLength = (a: DrawdownEpisode, b: DrawdownEpisode): number => b.length - a.length || a.peakTime - b.peakTime
  const byDepth = (a: DrawdownEpisode, b: DrawdownEpisode): number => b.depth - a.depth || a.peakTime - b.peakTime
  const most = (order: typeof byLength): readonly DrawdownEpisode[] => all.toSorted(order).slice(0, DRAWDOWNS_LISTED)
  return [...new Set([...most(byLength), ...most(byDepth)])].sort(byLength).map((episode) => ({
    peakMs: toMs(episode.peakTime as Micros),
    troughMs: toMs(episode.troughTime as Micros),
    recoveryMs: episode.recoveryTime === undefined ? null : toMs(episode.recoveryTime as Micros),
    lengthMs: toMs(episode.length as Micros),
    depth: episode.depth,
  }))
}

/** Of the daily returns; everything `null` after ruin, when a return would divide by nothing. */
export function dailyDistribution({ recorder, capital }: FinishedRun): Distribution {
  const { times, values } = recorder.equity
  return distributionOf(dailyReturns(times, values, Number(capital)) ?? [])
}

export function distributionOf(values: ArrayLike<number>): Distribution {
  const sorted = Float64Array.from(values).sort()
  const n = sorted.length
  const orNull = (value: number | undefined): number | null => value ?? null
  return {
    count: n,
    mean: orNull(mean(values)),
    median: n === 0 ? null : (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2,
    deviation: orNull(sampleDeviation(values)),
    skew: orNull(skewness(values)),
    kurtosis: orNull(excessKurtosis(values)),
    worst: n === 0 ? null : sorted[0],
    best: n === 0 ? null : sorted[n - 1],
    positive: n === 0 ? null : sorted.reduce((count, value) => count + (value > 0 ? 1 : 0), 0) / n,
  }
}

// ---- Exposure and costs over time ----------------------------------------------------------------------------------------

/** Rows of [time in ms, gross, net] as shares of the equity. */
export function exposureRows(
  { recorder }: FinishedRun,
  bars: readonly ExcursionBars[],
): { readonly series: readonly (readonly [number, number, number])[]; readonly stats: ExposureStats } {
  const { equity } = recorder
  const fills = fillsByInstrument(recorder.fills, bars.length)
  const held = bars.map((columns, i) => ({ bars: columns, fills: fills[i] }))
  const { rows, maxGross, meanGross, meanNet } = exposureOf(held, equity, thinned(equity.times, STRETCHES))
  return {
    series: rows.map(([time, gross, net]) => [toMs(time as Micros), rounded(gross), rounded(net)]),
    stats: { maxGross: maxGross ?? null, meanGross: meanGross ?? null, meanNet: meanNet ?? null },
  }
}

/** Six decimals are finer than any chart. */
const rounded = (value: number): number => Number(value.toFixed(6))

export function costsOf(
  run: FinishedRun,
  summary: { readonly fees: bigint; readonly funding: bigint; readonly net: bigint },
): Costs {
  const { recorder, kernel } = run
  const { scale } = kernel.instruments[0].settle
  const traded = recorder.fills.reduce((total, { price, qty }) => total + notional(price, qty), 0n)
  const before = summary.net + summary.fees - summary.funding
  const bps = (amount: bigint): number | null => (traded > 0n ? (Number(amount) / Number(traded)) * 10_000 : null)
  const share = (amount: bigint): number | null => ratioOf(amount, before) ?? null
  return {
    notional: formatUnits(traded, scale),
    beforeCosts: formatUnits(before, scale),
    feesBps: bps(summary.fees),
    fundingBps: bps(summary.funding),
    slippageBps: bps(recorder.slippage),
    feesShare: share(summary.fees),
    fundingShare: share(summary.funding),
    slippageShare: share(recorder.slippage),
    series: costSeries(run),
  }
}

/** What was paid until then: [time in ms, fees, funding, slippage] at the ends of the stretches. */
function costSeries({ recorder, kernel }: FinishedRun): Costs['series'] {
  const { fills, decided, charges, equity } = recorder
  const { scale } = kernel.instruments[0].settle
  let [fees, funding, slippage] = [ZERO as bigint, ZERO as bigint, ZERO as bigint]
  let [fill, charge] = [0, 0]
  const ends = thinned(equity.times, STRETCHES)
  return Array.from(ends, (end, i) => {
    // What came after the last point belongs to the last row.
    const until = i === ends.length - 1 ? Number.POSITIVE_INFINITY : equity.times[end]
    for (; fill < fills.length && fills[fill].exchangeTime <= until; fill++) {
      fees += fills[fill].fee
      slippage += slippageOf(fills[fill], fills[fill].qty, decided[fill])
    }
    for (; charge < charges.length && charges[charge].time <= until; charge++) {
      const { entry, amount } = charges[charge]
      if (entry === 'funding') funding += amount
      else fees -= amount
    }
    const text = (amount: bigint): string => formatUnits(amount, scale)
    return [toMs(equity.times[end] as Micros), text(fees), text(funding), text(slippage)] as const
  })
}

// ---- What bound, what was forced -----------------------------------------------------------------------------------------

export function limitRows({ recorder, kernel }: FinishedRun): readonly LimitRow[] {
  const { instruments } = kernel
  const symbolOf = (instrument: number): string => instruments[instrument].label
  const largest = (cut: LargestCut | undefined): Pick<LimitRow, 'largest'> =>
    cut === undefined ? {} : { largest: cutRow(cut, instruments[cut.instrument]) }
  return [
    ...recorder.refusals.map(({ what, count, first, firstTime }) => ({
      kind: 'refusal' as const,
      rule: what,
      count,
      firstMs: toMs(firstTime),
      symbol: symbolOf(first.order.instrument),
      text: first.text,
      ...largest(recorder.limits.largestRefused(what)),
    })),
    ...recorder.limits.cuts.map(({ rule, count, first, largest: most }) => ({
      kind: 'size' as const,
      rule,
      count,
      firstMs: toMs(first.time),
      symbol: symbolOf(first.instrument),
      text: cutWords(first, instruments[first.instrument]),
      ...largest(most),
    })),
    ...recorder.rejections.map(({ what, count, first, firstTime }) => ({
      kind: 'rejection' as const,
      rule: what,
      count,
      firstMs: toMs(firstTime),
      symbol: symbolOf(first.instrument),
      text: what,
    })),
  ]
}

const cutRow = ({ time, wanted, allowed, notional }: LargestCut, instrument: Instrument): LargestCutRow => ({
  timeMs: toMs(time),
  symbol: instrument.label,
  wanted: instrument.formatQty(wanted),
  allowed: instrument.formatQty(allowed),
  notional: formatUnits(BigInt(Math.round(notional)), instrument.settle.scale),
})

const cutWords = ({ wanted, allowed }: LargestCut, instrument: Instrument): string =>
  `the portfolio's share was ${instrument.formatQty(wanted)} ${instrument.label}, ${instrument.formatQty(allowed)} were allowed`

export const riskActionRows = ({ recorder }: FinishedRun): readonly RiskActionRow[] =>
  recorder.limits.actions.map(({ time, level, action, text, cancelled, closing }) => ({
    timeMs: toMs(time),
    level,
    action,
    text,
    cancelled,
    closing,
  }))

export function liquidationRows({ recorder, kernel }: FinishedRun): readonly LiquidationRow[] {
  return recorder.fills
    .filter(({ reason }) => reason === 'liquidation')
    .map(({ exchangeTime, instrument, side, qty, price, realised, fee }) => {
      const of = kernel.instruments[instrument]
      return {
        timeMs: toMs(exchangeTime),
        symbol: of.label,
        side: side === 'sell' ? ('long' as const) : ('short' as const),
        qty: of.formatQty(qty),
        price: of.formatPrice(price),
        realisedPnl: of.formatMoney(realised),
        fee: of.formatMoney(fee),
      }
    })
}
