/**
 * What is typical of a market's prices, as numbers: how much it moves, how fat the tails are, how long unrest lasts, when of
 * the day it is busy, how volume goes with movement. Known in the literature as stylised facts.
 * Source: R. Cont, Quantitative Finance 1 (2001), 223-236.
 *
 * Pure: numbers in, numbers out.
 */
import { DAY, HOUR } from '../core/time.ts'
import { correlationIfDefined } from './portfolio/correlation.ts'
import { mean, sum } from './sum.ts'

const YEAR = 365 * DAY
/** Share of the largest moves that tell the tail. */
const TAIL = 0.01
/** A jump is a move of so many standard deviations of the bars before it. */
const JUMP = { deviations: 5, bars: 168 } as const
/** A leverage effect shows in the bars that follow. */
const LEVERAGE_BARS = 24

export interface BarColumns {
  /** Micros, ascending. Bars that do not follow one another give no return. */
  readonly openTime: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume?: Float64Array | undefined
}

/** Undefined is what a series is too short for. */
export interface BarStatistics {
  readonly bars: number
  /** Standard deviation of logarithmic returns, scaled to 365 days. */
  readonly annualVolatility: number | undefined
  /** Fourth moment over the squared variance; 3 for a normal law. */
  readonly kurtosis: number | undefined
  /** Hill's estimate over the largest hundredth of the moves; about 3 in most markets, larger is thinner. */
  readonly tailIndex: number | undefined
  readonly returnAutocorrelation: number | undefined
  /** Autocorrelation of absolute returns after so many bars. */
  readonly absoluteAutocorrelation: {
    readonly lag1: number | undefined
    readonly lag24: number | undefined
    readonly lag168: number | undefined
  }
  /** Mean correlation of a return with the absolute returns of the 24 bars after it; negative: falls bring unrest. */
  readonly leverage: number | undefined
  /** UTC hour with the largest mean absolute return, and with the smallest; their ratio. Of bars within the day only. */
  readonly busiestHour: number | undefined
  readonly quietestHour: number | undefined
  readonly hourRatio: number | undefined
  /** Mean absolute return on Saturdays and Sundays over that of the other days. */
  readonly weekendRatio: number | undefined
  /** Correlation of the logarithms of volume and of high over low. */
  readonly volumeVolatility: number | undefined
  /** Moves beyond five standard deviations of the 168 bars before, in a thousand bars. */
  readonly jumpsPerThousand: number | undefined
  /** Share of bars that open off the close before, and how far those do on average, as a share of the price. */
  readonly gapShare: number | undefined
  readonly gapSize: number | undefined
}

/** @param bars of one interval of `length` micros */
export function barStatistics(bars: BarColumns, length: number): BarStatistics {
  const { times, returns } = returnsOf(bars, length)
  const sizes = returns.map(Math.abs)
  const hours = length < DAY ? hoursOf(times, sizes) : undefined
  return {
    bars: bars.openTime.length,
    annualVolatility: scaled(standardDeviation(returns), Math.sqrt(YEAR / length)),
    kurtosis: kurtosis(returns),
    tailIndex: hillTailIndex(sizes, TAIL),
    returnAutocorrelation: autocorrelation(returns, 1),
    absoluteAutocorrelation: {
      lag1: autocorrelation(sizes, 1),
      lag24: autocorrelation(sizes, 24),
      lag168: autocorrelation(sizes, 168),
    },
    leverage: leverageOf(returns, sizes),
    busiestHour: hours?.busiest,
    quietestHour: hours?.quietest,
    hourRatio: hours?.ratio,
    weekendRatio: weekendRatio(times, sizes),
    volumeVolatility: volumeVolatility(bars),
    jumpsPerThousand: jumpsPerThousand(returns),
    ...gapsOf(bars, length),
  }
}

const scaled = (value: number | undefined, by: number): number | undefined => (value === undefined ? undefined : value * by)

/** Logarithmic returns of bars that follow one another, with the open time of the bar that made each. */
export function returnsOf(
  { openTime, close }: Pick<BarColumns, 'openTime' | 'close'>,
  length: number,
): { readonly times: Float64Array; readonly returns: Float64Array } {
  const times: number[] = []
  const returns: number[] = []
  for (let row = 1; row < close.length; row++) {
    if (openTime[row] - openTime[row - 1] !== length) continue
    times.push(openTime[row])
    returns.push(Math.log(close[row] / close[row - 1]))
  }
  return { times: Float64Array.from(times), returns: Float64Array.from(returns) }
}

export function standardDeviation(values: Float64Array): number | undefined {
  const centre = mean(values)
  if (centre === undefined || values.length < 2) return undefined
  return Math.sqrt(sum(values.map((value) => (value - centre) * (value - centre))) / (values.length - 1))
}

/** `undefined` when nothing moves. */
export function kurtosis(values: Float64Array): number | undefined {
  const centre = mean(values)
  if (centre === undefined) return undefined
  let second = 0
  let fourth = 0
  for (const value of values) {
    const square = (value - centre) * (value - centre)
    second += square
    fourth += square * square
  }
  return second === 0 ? undefined : (fourth * values.length) / (second * second)
}

/**
 * Exponent of the tail, from the largest `share` of positive values.
 * Source: B. M. Hill, Annals of Statistics 3 (1975), 1163-1174.
 */
export function hillTailIndex(values: Float64Array, share: number): number | undefined {
  const sorted = values.filter((value) => value > 0).toSorted()
  const count = Math.floor(sorted.length * share)
  if (count < 5) return undefined
  const threshold = sorted[sorted.length - count - 1]
  let logs = 0
  for (let i = sorted.length - count; i < sorted.length; i++) logs += Math.log(sorted[i] / threshold)
  return logs === 0 ? undefined : count / logs
}

/** `undefined` unless there are ten times as many values as the lag. */
export function autocorrelation(values: Float64Array, lag: number): number | undefined {
  const centre = mean(values)
  if (centre === undefined || values.length < 10 * lag) return undefined
  let both = 0
  let own = 0
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i] - centre
    own += deviation * deviation
    if (i >= lag) both += deviation * (values[i - lag] - centre)
  }
  return own === 0 ? undefined : both / own
}

function leverageOf(returns: Float64Array, sizes: Float64Array): number | undefined {
  if (returns.length < 20 * LEVERAGE_BARS) return undefined
  let total = 0
  for (let lag = 1; lag <= LEVERAGE_BARS; lag++) {
    const at = correlationIfDefined(returns.subarray(0, returns.length - lag), sizes.subarray(lag))
    if (at === undefined) return undefined
    total += at
  }
  return total / LEVERAGE_BARS
}

function hoursOf(times: Float64Array, sizes: Float64Array) {
  const byHour = meansBy(times, sizes, 24, (time) => Math.floor((time % DAY) / HOUR))
  if (byHour.some((value) => Number.isNaN(value))) return undefined
  const busiest = byHour.indexOf(Math.max(...byHour))
  const quietest = byHour.indexOf(Math.min(...byHour))
  return { busiest, quietest, ratio: byHour[quietest] > 0 ? byHour[busiest] / byHour[quietest] : undefined }
}

/** Day 0 of the epoch was a Thursday. */
const isWeekend = (time: number): boolean => (Math.floor(time / DAY) + 3) % 7 >= 5

function weekendRatio(times: Float64Array, sizes: Float64Array): number | undefined {
  const [weekday, weekend] = meansBy(times, sizes, 2, (time) => (isWeekend(time) ? 1 : 0))
  return weekday > 0 && weekend >= 0 ? weekend / weekday : undefined
}

/** NaN where there is none. */
function meansBy(times: Float64Array, values: Float64Array, groups: number, groupOf: (time: number) => number): number[] {
  const totals = new Array<number>(groups).fill(0)
  const counts = new Array<number>(groups).fill(0)
  for (let i = 0; i < times.length; i++) {
    const group = groupOf(times[i])
    totals[group] += values[i]
    counts[group] += 1
  }
  return totals.map((total, group) => total / counts[group])
}

function volumeVolatility({ high, low, volume }: BarColumns): number | undefined {
  if (volume === undefined) return undefined
  const volumes: number[] = []
  const ranges: number[] = []
  for (let row = 0; row < volume.length; row++) {
    if (volume[row] === 0 || high[row] === low[row]) continue
    volumes.push(Math.log(volume[row]))
    ranges.push(Math.log(Math.log(high[row] / low[row])))
  }
  return volumes.length < 20 ? undefined : correlationIfDefined(Float64Array.from(volumes), Float64Array.from(ranges))
}

function jumpsPerThousand(returns: Float64Array): number | undefined {
  if (returns.length < 2 * JUMP.bars) return undefined
  let squares = 0
  let jumps = 0
  for (let i = 0; i < returns.length; i++) {
    if (i >= JUMP.bars) {
      if (returns[i] * returns[i] > (JUMP.deviations * JUMP.deviations * squares) / JUMP.bars) jumps += 1
      squares -= returns[i - JUMP.bars] * returns[i - JUMP.bars]
    }
    squares += returns[i] * returns[i]
  }
  return (1_000 * jumps) / (returns.length - JUMP.bars)
}

function gapsOf({ openTime, open, close }: BarColumns, length: number): Pick<BarStatistics, 'gapShare' | 'gapSize'> {
  let pairs = 0
  let gaps = 0
  let size = 0
  for (let row = 1; row < open.length; row++) {
    if (openTime[row] - openTime[row - 1] !== length) continue
    pairs += 1
    if (open[row] === close[row - 1]) continue
    gaps += 1
    size += Math.abs(open[row] / close[row - 1] - 1)
  }
  return { gapShare: pairs === 0 ? undefined : gaps / pairs, gapSize: gaps === 0 ? undefined : size / gaps }
}

export interface FundingStatistics {
  readonly settlements: number
  /** Of the rate a settlement. */
  readonly mean: number | undefined
  readonly deviation: number | undefined
  /** After one settlement, and after a day of three. */
  readonly autocorrelation1: number | undefined
  readonly autocorrelation3: number | undefined
  readonly negativeShare: number | undefined
  /** Share of the rate that stands most often. */
  readonly commonestShare: number | undefined
}

/** @param rates fractions, in the order of time */
export function fundingStatistics(rates: Float64Array): FundingStatistics {
  const share = (count: number): number | undefined => (rates.length === 0 ? undefined : count / rates.length)
  const counts = new Map<number, number>()
  for (const rate of rates) counts.set(rate, (counts.get(rate) ?? 0) + 1)
  return {
    settlements: rates.length,
    mean: mean(rates),
    deviation: standardDeviation(rates),
    autocorrelation1: autocorrelation(rates, 1),
    autocorrelation3: autocorrelation(rates, 3),
    negativeShare: share(rates.filter((rate) => rate < 0).length),
    commonestShare: share(Math.max(0, ...counts.values())),
  }
}

export interface TradeColumns {
  readonly price: Float64Array
  readonly quantity: Float64Array
  /** Milliseconds or micros, ascending. */
  readonly time: Float64Array
  /** 1 where the taker bought. */
  readonly takerBuys: Uint8Array
}

export interface TradeStatistics {
  readonly trades: number
  /** Median distance of a trade from the one before it when the taker's side changed: about the spread, as a share of the price. */
  readonly spread: number | undefined
  /** Share of trades at the price of the one before. */
  readonly samePriceShare: number | undefined
  /** Share of trades in the same millisecond as the one before. */
  readonly sameTimeShare: number | undefined
  /** Standard deviation over mean of the times between trades of different milliseconds; 1 when they come independently. */
  readonly waitingVariation: number | undefined
  /** Autocorrelation of the taker's side. */
  readonly sideAutocorrelation: number | undefined
  readonly meanOverMedianSize: number | undefined
  /** Hill's estimate over the largest hundredth of the sizes. */
  readonly sizeTailIndex: number | undefined
  /** Share of the ten commonest sizes. */
  readonly commonSizesShare: number | undefined
}

export function tradeStatistics({ price, quantity, time, takerBuys }: TradeColumns): TradeStatistics {
  const trades = price.length
  const flips: number[] = []
  const waits: number[] = []
  let samePrice = 0
  let sameTime = 0
  for (let i = 1; i < trades; i++) {
    if (price[i] === price[i - 1]) samePrice += 1
    if (takerBuys[i] !== takerBuys[i - 1]) flips.push(Math.abs(price[i] / price[i - 1] - 1))
    if (time[i] === time[i - 1]) sameTime += 1
    else waits.push(time[i] - time[i - 1])
  }
  const wait = Float64Array.from(waits)
  const sizes = quantity.toSorted()
  const [meanWait, meanSize] = [mean(wait), mean(sizes)]
  const counts = new Map<number, number>()
  for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1)
  const common = [...counts.values()].toSorted((a, b) => b - a).slice(0, 10)
  const share = (count: number): number | undefined => (trades < 2 ? undefined : count / (trades - 1))
  return {
    trades,
    spread: medianOf(Float64Array.from(flips)),
    samePriceShare: share(samePrice),
    sameTimeShare: share(sameTime),
    waitingVariation: meanWait === undefined ? undefined : scaled(standardDeviation(wait), 1 / meanWait),
    sideAutocorrelation: autocorrelation(Float64Array.from(takerBuys), 1),
    meanOverMedianSize: meanSize === undefined ? undefined : meanSize / (medianOf(sizes) ?? meanSize),
    sizeTailIndex: hillTailIndex(sizes, TAIL),
    commonSizesShare: trades === 0 ? undefined : sum(common) / trades,
  }
}

const medianOf = (values: Float64Array): number | undefined =>
  values.length === 0 ? undefined : values.toSorted()[Math.floor(values.length / 2)]
