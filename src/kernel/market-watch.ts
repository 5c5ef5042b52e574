/**
 * What the kernel knows of each market besides its price: when its last bar ended, its spread, its funding, and whether it
 * can still be traded. Plain columns by instrument. Pure.
 */
import type { Duration, Micros } from '../core/time.ts'

export interface MarketWatchState {
  readonly lastBarEnd: readonly number[]
  readonly spread: readonly (number | null)[]
  readonly fundingRate: readonly (number | null)[]
  readonly fundingTime: readonly number[]
  readonly fundingInterval: readonly number[]
  readonly delisted: readonly number[]
  readonly traded: number
}

export class MarketWatch {
  #lastBarEnd = new Float64Array(16)
  #spread = new Float64Array(16).fill(Number.NaN)
  #fundingRate = new Float64Array(16).fill(Number.NaN)
  #fundingTime = new Float64Array(16)
  #fundingInterval = new Float64Array(16)
  readonly #delisted = new Set<number>()
  #count = 0
  /** Instruments that have had a bar and are not delisted. */
  #traded = 0

  reserve(count: number): void {
    this.#count = count
    if (count <= this.#lastBarEnd.length) return
    const grown = (old: Float64Array, empty: number): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(count * 2).fill(empty)
      larger.set(old)
      return larger
    }
    this.#lastBarEnd = grown(this.#lastBarEnd, 0)
    this.#spread = grown(this.#spread, Number.NaN)
    this.#fundingRate = grown(this.#fundingRate, Number.NaN)
    this.#fundingTime = grown(this.#fundingTime, 0)
    this.#fundingInterval = grown(this.#fundingInterval, 0)
  }

  /** `counts`: whether it is one of those that share the capital; the spot side of a pair is not. */
  onBar(instrument: number, end: Micros, counts: boolean): void {
    if (counts && this.#lastBarEnd[instrument] === 0) this.#traded += 1
    this.#lastBarEnd[instrument] = end
  }

  onQuote(instrument: number, bid: number, ask: number): void {
    this.#spread[instrument] = bid > 0 && ask > 0 ? (2 * (ask - bid)) / (ask + bid) : Number.NaN
  }

  /** A settlement: its rate as a share. */
  onFunding(instrument: number, rate: number, time: Micros): void {
    const before = this.#fundingTime[instrument]
    if (time <= before) return
    if (before > 0) this.#fundingInterval[instrument] = time - before
    this.#fundingTime[instrument] = time
    this.#fundingRate[instrument] = rate
  }

  onDelisted(instrument: number, counts: boolean): void {
    if (this.#delisted.has(instrument)) return
    this.#delisted.add(instrument)
    if (counts && this.#lastBarEnd[instrument] > 0) this.#traded -= 1
  }

  isDelisted(instrument: number): boolean {
    return this.#delisted.has(instrument)
  }
  isTraded(instrument: number): boolean {
    return this.#lastBarEnd[instrument] > 0 && !this.#delisted.has(instrument)
  }
  get traded(): number {
    return this.#traded
  }
  lastBarEnd(instrument: number): Micros {
    return this.#lastBarEnd[instrument] as Micros
  }
  spread(instrument: number): number {
    return this.#spread[instrument]
  }
  fundingRate(instrument: number): number {
    return this.#fundingRate[instrument]
  }
  fundingInterval(instrument: number): Duration {
    return this.#fundingInterval[instrument] as Duration
  }

  snapshot(): MarketWatchState {
    const of = (column: Float64Array): readonly number[] => [...column.subarray(0, this.#count)]
    const known = (column: Float64Array): readonly (number | null)[] =>
      of(column).map((value) => (Number.isNaN(value) ? null : value))
    return {
      lastBarEnd: of(this.#lastBarEnd),
      spread: known(this.#spread),
      fundingRate: known(this.#fundingRate),
      fundingTime: of(this.#fundingTime),
      fundingInterval: of(this.#fundingInterval),
      delisted: [...this.#delisted],
      traded: this.#traded,
    }
  }

  restore(state: MarketWatchState): void {
    this.reserve(state.lastBarEnd.length)
    this.#lastBarEnd.set(state.lastBarEnd)
    this.#spread.set(state.spread.map((value) => value ?? Number.NaN))
    this.#fundingRate.set(state.fundingRate.map((value) => value ?? Number.NaN))
    this.#fundingTime.set(state.fundingTime)
    this.#fundingInterval.set(state.fundingInterval)
    this.#delisted.clear()
    for (const instrument of state.delisted) this.#delisted.add(instrument)
    this.#traded = state.traded
  }
}
