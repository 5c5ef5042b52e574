/**
 * Bars of any interval from the minutes of a synthetic market.
 *
 * Pure.
 */
import { barEnd, barStart, MINUTE } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import type { SymbolMarket } from './market.ts'

/** Holds the bar that `add` completed last, or the one that grows. Units as in `Minutes` and `Premium`. */
export class MinuteBars {
  openTime = NaN
  open = NaN
  high = NaN
  low = NaN
  close = NaN
  volume = NaN
  quoteVolume = NaN
  trades = NaN
  takerBuy = NaN
  markOpen = NaN
  markHigh = NaN
  markLow = NaN
  markClose = NaN
  readonly #interval: Interval
  #end = -Infinity

  constructor(interval: Interval) {
    this.#interval = interval
  }

  /** Takes the minute that the market stands at; true when it is the last one of a bar. */
  add({ weather: { time }, minutes }: SymbolMarket): boolean {
    const { premium } = minutes
    if (time >= this.#end) {
      this.openTime = barStart(time, this.#interval)
      this.#end = barEnd(this.openTime as Micros, this.#interval)
      this.open = minutes.open
      this.high = minutes.high
      this.low = minutes.low
      this.volume = 0
      this.quoteVolume = 0
      this.trades = 0
      this.takerBuy = 0
      this.markOpen = premium.open
      this.markHigh = premium.high
      this.markLow = premium.low
    }
    this.high = Math.max(this.high, minutes.high)
    this.low = Math.min(this.low, minutes.low)
    this.close = minutes.close
    this.volume += minutes.volume
    this.quoteVolume += minutes.quoteVolume
    this.trades += minutes.trades
    this.takerBuy += minutes.takerBuy
    this.markHigh = Math.max(this.markHigh, premium.high)
    this.markLow = Math.min(this.markLow, premium.low)
    this.markClose = premium.close
    return time + MINUTE >= this.#end
  }
}
