/**
 * Bars as strategies and indicators see them: floats in quote and base units, and their building from finer ones.
 *
 * One builder per instrument and interval, the same code in every world. Nothing is allocated per bar.
 */
import type { Instrument } from '../domain/instrument.ts'
import type { MarketSlot } from '../domain/market-slot.ts'
import { barEnd, barStart } from '../core/time.ts'
import type { Interval, Micros } from '../core/time.ts'

/** A closed bar. It is used again for the next one: keep its numbers, never the object. */
export class Bar {
  readonly instrument: number
  readonly interval: Interval
  openTime = 0 as Micros
  /** First moment that no longer belongs to the bar. */
  endTime = 0 as Micros
  open = 0
  high = 0
  low = 0
  close = 0
  /** In base units. */
  volume = 0

  constructor(instrument: number, interval: Interval) {
    this.instrument = instrument
    this.interval = interval
    // Fields that begin as integers would change the object's shape at the first fraction.
    this.open = this.high = this.low = this.close = this.volume = Number.NaN
  }
}

export interface BarBuilderState {
  readonly open: readonly number[]
  readonly state: 'fresh' | 'skipping' | 'empty' | 'building'
}

export class BarBuilder {
  readonly bar: Bar
  readonly #pricePerUnit: number
  readonly #interval: Interval
  /** `skipping`: the first bucket, whose beginning we have not seen. */
  #state: BarBuilderState['state'] = 'fresh'
  #start = 0 as Micros
  #end = 0 as Micros
  #open = 0
  #high = 0
  #low = 0
  #close = 0
  #volume = 0

  constructor(instrument: Instrument, interval: Interval) {
    this.bar = new Bar(instrument.index, interval)
    this.#pricePerUnit = instrument.pricePerUnit
    this.#interval = interval
  }

  /** Closes a bucket that ended without its last rows; true when `bar` now holds it. Call before `add`. */
  closeBefore(slot: MarketSlot): boolean {
    if (this.#state !== 'building' || slot.openTime < this.#end) return false
    this.#state = 'empty'
    this.#publish()
    return true
  }

  /** Takes a row in; true when `bar` now holds a closed bar. */
  add(slot: MarketSlot): boolean {
    if (slot.length === this.#interval.length && this.#state !== 'building') {
      this.#state = 'empty'
      this.#passThrough(slot)
      return true
    }
    return this.#collect(slot)
  }

  #passThrough(slot: MarketSlot): void {
    const { bar } = this
    const perUnit = this.#pricePerUnit
    bar.openTime = slot.openTime
    bar.endTime = (slot.openTime + slot.length) as Micros
    bar.open = slot.open / perUnit
    bar.high = slot.high / perUnit
    bar.low = slot.low / perUnit
    bar.close = slot.close / perUnit
    bar.volume = slot.volume
  }

  #collect(slot: MarketSlot): boolean {
    const start = barStart(slot.openTime, this.#interval)
    const rowEnd = slot.openTime + slot.length
    if (this.#state !== 'building') {
      if (this.#state === 'fresh' && start !== slot.openTime) this.#state = 'skipping'
      if (this.#state === 'skipping' && (this.#start === 0 || start === this.#start) && start !== slot.openTime) {
        this.#start = start
        return false
      }
      this.#state = 'building'
      this.#start = start
      this.#end = barEnd(start, this.#interval)
      this.#open = slot.open
      this.#high = slot.high
      this.#low = slot.low
      this.#volume = 0
    }
    if (slot.high > this.#high) this.#high = slot.high
    if (slot.low < this.#low) this.#low = slot.low
    this.#close = slot.close
    this.#volume += slot.volume
    if (rowEnd < this.#end) return false
    this.#state = 'empty'
    this.#publish()
    return true
  }

  #publish(): void {
    const { bar } = this
    const perUnit = this.#pricePerUnit
    bar.openTime = this.#start
    bar.endTime = this.#end
    bar.open = this.#open / perUnit
    bar.high = this.#high / perUnit
    bar.low = this.#low / perUnit
    bar.close = this.#close / perUnit
    bar.volume = this.#volume
  }

  snapshot(): BarBuilderState {
    return { state: this.#state, open: [this.#start, this.#end, this.#open, this.#high, this.#low, this.#close, this.#volume] }
  }

  restore({ state, open }: BarBuilderState): void {
    this.#state = state
    this.#start = open[0] as Micros
    this.#end = open[1] as Micros
    this.#open = open[2]
    this.#high = open[3]
    this.#low = open[4]
    this.#close = open[5]
    this.#volume = open[6]
  }
}
