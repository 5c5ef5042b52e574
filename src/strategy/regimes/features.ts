/**
 * What the regimes are told from: features of closed bars, each made of that bar and earlier ones. Nothing is allocated per bar.
 *
 * Days are turned into bars by the length of the interval. A return over missing bars is no return of one bar: it is left out. After
 * more than a day without bars the short indicators begin again.
 *
 * Pure. Source: Y. Amihud, Journal of Financial Markets 5 (2002), illiquidity; J. W. Wilder (1978); P. Kaufman (1995); J.P. Morgan,
 * RiskMetrics (1996), the variance before and beside GARCH.
 */
import type { Interval } from '../../core/time.ts'
import { DAY } from '../../core/time.ts'
import type { Bar } from '../../market/bar.ts'
import { adx } from '../../market/indicators/adx.ts'
import { bollinger } from '../../market/indicators/bollinger.ts'
import { efficiencyRatio } from '../../market/indicators/efficiency-ratio.ts'
import { highest } from '../../market/indicators/highest.ts'
import type { Indicator } from '../../market/indicators/indicator.ts'
import { logarithm } from '../../market/indicators/parts/elementary.ts'
import { RollingSum } from '../../market/indicators/parts/rolling-sum.ts'
import { trendScore } from '../../market/indicators/trend-score.ts'
import { RankWindow, type RankWindowState } from './rank-window.ts'
import type { RegimeValues } from './settings.ts'

export const TREND_BARS = 48
const TREND_LAGS = 6
const ADX_BARS = 14
const BAND_BARS = 20
/** Weight of the past in the exponentially weighted variance. */
const LAMBDA = 0.94
/** Squared returns whose plain mean the exponentially weighted variance begins with. */
const FIRST_RETURNS = 20
/** A variance of one bar below this is none: a market that stands still. */
export const LEAST_VARIANCE = 1e-12
/** A range below this share of the price counts as this. */
const LEAST_RANGE = 1e-5
const LARGEST = 1e15

/** A span in bars of an interval, at least one. */
export const barsIn = (days: number, { length }: Interval): number => Math.max(1, Math.round((days * DAY) / length))

export class BarFeatures {
  /** ln of close over close before; NaN where bars are missing between them. */
  logReturn = Number.NaN
  /** ln of the bar's range as a share of its close. */
  logRange = Number.NaN
  /** ln of the exponentially weighted volatility of the coming bar. */
  logVolatility = Number.NaN
  /** Its square. NaN before there are enough returns. */
  variance = Number.NaN
  adx = Number.NaN
  efficiency = Number.NaN
  /** Loss from the highest close within 24 hours. */
  drawdown = Number.NaN
  liquidityPercentile = Number.NaN
  volatilityPercentile = Number.NaN
  widthPercentile = Number.NaN
  /** Bars missing before the newest. */
  gap = 0
  /** Bars taken. */
  bars = 0
  readonly #interval: Interval
  readonly #dayBars: number
  #trend = trendScore(TREND_BARS, TREND_LAGS)
  #adx = adx(ADX_BARS)
  #efficiency = efficiencyRatio(TREND_BARS, 'value')
  #bands = bollinger(BAND_BARS)
  #dayHigh
  readonly #moves: RollingSum
  readonly #turnover: RollingSum
  readonly #liquidity: RankWindow
  readonly #volatility: RankWindow
  readonly #width: RankWindow
  #end = 0
  #logClose = Number.NaN
  #meanSquare = Number.NaN
  #returns = 0

  constructor(interval: Interval, { percentileDays, liquidityDays, warmUpDays }: RegimeValues) {
    this.#interval = interval
    this.#dayBars = barsIn(1, interval)
    this.#dayHigh = highest(this.#dayBars)
    this.#moves = new RollingSum(this.#dayBars)
    this.#turnover = new RollingSum(this.#dayBars)
    const long = barsIn(percentileDays, interval)
    const short = barsIn(liquidityDays, interval)
    const least = barsIn(warmUpDays, interval)
    this.#liquidity = new RankWindow(short, Math.min(short, least))
    this.#volatility = new RankWindow(long, Math.min(long, least))
    this.#width = new RankWindow(long, Math.min(long, least))
  }

  /** Bars after which all features are known, if none are missing. */
  get warmUp(): number {
    return Math.max(
      TREND_BARS,
      this.#dayBars + this.#liquidity.least,
      this.#volatility.least + FIRST_RETURNS,
      this.#width.least + BAND_BARS,
    )
  }

  /** Slope of ln price over its error. It costs a pass over its window: ask where it matters. */
  get trend(): number {
    return this.#trend.value
  }

  /** Takes a closed bar; false, and nothing done, when its numbers are none. */
  update(bar: Bar): boolean {
    const { high, low, close, volume } = bar
    if (!(low > 0 && high >= low && close >= low && close <= high && high < LARGEST && volume >= 0 && volume < LARGEST))
      return false
    this.gap = this.#end === 0 ? 0 : Math.max(0, Math.round((bar.openTime - this.#end) / this.#interval.length))
    if (this.gap > this.#dayBars) this.#beginAgain()
    this.#end = bar.endTime
    this.bars += 1

    const logClose = logarithm(close)
    this.logReturn = this.gap === 0 ? logClose - this.#logClose : Number.NaN
    this.#logClose = logClose
    const range = (high - low) / close
    this.logRange = logarithm(range > LEAST_RANGE ? range : LEAST_RANGE)
    this.#trend.take(logClose)
    this.#efficiency.update(logClose)
    this.efficiency = this.#efficiency.value
    this.#adx.update(high, low, close)
    this.adx = this.#adx.value
    this.#dayHigh.update(close)
    this.drawdown = 1 - close / this.#dayHigh.value
    this.#bands.update(close)
    const width = this.#bands.bandwidth
    if (width >= 0) this.#width.update(width)
    this.widthPercentile = this.#width.value

    if (this.gap === 0 && this.bars > 1) this.#takeReturn(this.logReturn, close * volume)
    return true
  }

  #takeReturn(change: number, turnover: number): void {
    const square = change * change
    this.#returns += 1
    if (this.#returns <= FIRST_RETURNS) {
      this.#meanSquare = this.#returns === 1 ? square : this.#meanSquare + (square - this.#meanSquare) / this.#returns
      if (this.#returns === FIRST_RETURNS) this.variance = Math.max(LEAST_VARIANCE, this.#meanSquare)
    } else this.variance = Math.max(LEAST_VARIANCE, LAMBDA * this.variance + (1 - LAMBDA) * square)
    this.logVolatility = 0.5 * logarithm(this.variance)
    this.#moves.update(Math.abs(change))
    this.#turnover.update(turnover)
    const traded = this.#turnover.value
    // A day without any trade says nothing of what trading costs.
    if (traded > 0) this.#liquidity.update(this.#moves.value / traded)
    this.liquidityPercentile = traded > 0 ? this.#liquidity.value : Number.NaN
  }

  /** Ranks the variance of the coming bar among those before. */
  rankVariance(variance: number): void {
    if (variance > 0) this.#volatility.update(variance)
    this.volatilityPercentile = this.#volatility.value
  }

  #beginAgain(): void {
    this.#trend = trendScore(TREND_BARS, TREND_LAGS)
    this.#adx = adx(ADX_BARS)
    this.#efficiency = efficiencyRatio(TREND_BARS, 'value')
    this.#bands = bollinger(BAND_BARS)
    this.#dayHigh = highest(this.#dayBars)
  }

  get #indicators(): readonly Indicator[] {
    return [this.#trend, this.#adx, this.#efficiency, this.#bands, this.#dayHigh, this.#moves, this.#turnover]
  }

  snapshot(): FeaturesState {
    return {
      values: [
        this.logReturn,
        this.logRange,
        this.logVolatility,
        this.variance,
        this.adx,
        this.efficiency,
        this.drawdown,
        this.liquidityPercentile,
        this.volatilityPercentile,
        this.widthPercentile,
        this.gap,
        this.bars,
        this.#end,
        this.#logClose,
        this.#meanSquare,
        this.#returns,
      ],
      indicators: this.#indicators.map((indicator) => indicator.snapshot()),
      ranks: [this.#liquidity.snapshot(), this.#volatility.snapshot(), this.#width.snapshot()],
    }
  }

  restore({ values, indicators, ranks }: FeaturesState): void {
    this.logReturn = values[0]
    this.logRange = values[1]
    this.logVolatility = values[2]
    this.variance = values[3]
    this.adx = values[4]
    this.efficiency = values[5]
    this.drawdown = values[6]
    this.liquidityPercentile = values[7]
    this.volatilityPercentile = values[8]
    this.widthPercentile = values[9]
    this.gap = values[10]
    this.bars = values[11]
    this.#end = values[12]
    this.#logClose = values[13]
    this.#meanSquare = values[14]
    this.#returns = values[15]
    this.#indicators.forEach((indicator, i) => indicator.restore(indicators[i]))
    this.#liquidity.restore(ranks[0])
    this.#volatility.restore(ranks[1])
    this.#width.restore(ranks[2])
  }
}

export interface FeaturesState {
  readonly values: readonly number[]
  readonly indicators: readonly (readonly number[])[]
  readonly ranks: readonly RankWindowState[]
}
