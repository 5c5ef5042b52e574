/**
 * Running statistics of every instrument, from the bars of its finest stream: what `View` answers about volatility,
 * correlation and volume. Each number comes from bars that have ended, and nothing from later ones.
 *
 * Pure. Source of the decay: J.P. Morgan, RiskMetrics Technical Document, 4th ed. (1996), 0.94 a day.
 */
import { DAY as DAY_LENGTH, HOUR as HOUR_LENGTH, SECOND as SECOND_LENGTH } from '../core/time.ts'

// Names of the file's own: imported constants are read through a cell each time.
const DAY: number = DAY_LENGTH
const HOUR: number = HOUR_LENGTH
const SECOND: number = SECOND_LENGTH

/** 0.94 to the power of 1/86400: what a second leaves of an observation's weight. */
const LEFT_AFTER_SECOND = 0.9999992838497505

/** A volatility needs returns over a day, and so many of them. */
export const LEAST_RETURNS = 20

/** Correlations look at so many days, and need this many in common. */
export const CORRELATION_DAYS = 90
export const LEAST_COMMON_DAYS = 30

/** Daily returns that are kept; a power of two, and more than any window. */
const DAYS_KEPT = 512
/** Hours of volume that are kept; a power of two above 25. */
const HOURS_KEPT = 32

/** Longest window of `returns`. */
export const LONGEST_WINDOW = DAYS_KEPT

/** What one instrument's numbers stand at in a row of them. */
const LAST_END = 0
const LAST_CLOSE = 1
const FIRST_OPEN = 2
const SQUARES = 3
const WEIGHT = 4
const RETURNS = 5
const SPAN = 6
const DECAY_OF = 7
const DECAY = 8
const DAY_END = 9
const LAST_DAY = 10
const DAY_CLOSE = 11
const HOUR_END = 12
const HOUR_AT = 13
const LENGTH = 14
const ROW = 16

/** A day that no return is of. */
const NO_DAY = -1

/** Days on which all kept instruments have a return. */
export interface DailyReturns {
  /** Kept, ascending. */
  readonly instruments: readonly number[]
  /** Day numbers since 1970, ascending: one a row. */
  readonly days: readonly number[]
  /** A row a day, a simple return an instrument. */
  readonly rows: readonly (readonly number[])[]
  /** Instruments with too few days. */
  readonly leftOut: readonly number[]
}

export interface MarketStatisticsState {
  readonly count: number
  readonly numbers: Float64Array
  readonly volumes: Float64Array
  readonly returns: Float64Array
  readonly returnDays: Int32Array
}

/** The decay over a span, by squaring: whole seconds, and a second at least. */
function decayOver(span: number): number {
  let seconds = Math.max(1, Math.round(span / SECOND))
  let power = LEFT_AFTER_SECOND
  let decay = 1
  while (seconds > 0) {
    if (seconds % 2 === 1) decay *= power
    power *= power
    seconds = Math.floor(seconds / 2)
  }
  return decay
}

export class MarketStatistics {
  #count = 0
  /** A row of `ROW` an instrument. */
  #numbers = new Float64Array(0)
  #volumes = new Float64Array(0)
  #returns = new Float64Array(0)
  #returnDays = new Int32Array(0)
  /** Of pairs, with the sum of both newest days at which they were computed: it grows whenever one of them does. */
  #correlations = new Float64Array(0)
  #computedAt = new Float64Array(0)

  /** Makes room for instruments 0 to count - 1. What is known of those before stays. */
  reserve(count: number): void {
    if (count <= this.#count) return
    const first = this.#count
    this.#count = count
    this.#numbers = enlarged(this.#numbers, new Float64Array(count * ROW))
    this.#volumes = enlarged(this.#volumes, new Float64Array(count * HOURS_KEPT))
    this.#returns = enlarged(this.#returns, new Float64Array(count * DAYS_KEPT))
    const days = new Int32Array(count * DAYS_KEPT).fill(NO_DAY)
    days.set(this.#returnDays)
    this.#returnDays = days
    for (let i = first; i < count; i++) this.#numbers[i * ROW + LAST_DAY] = NO_DAY
    this.#forgetCorrelations()
  }

  get instruments(): number {
    return this.#count
  }

  /**
   * A bar of the instrument's finest stream has ended. Ends ascend; prices and volumes may be in any unit, each in one.
   * `length` is that of the bar.
   */
  onBar(instrument: number, endTime: number, close: number, volume: number, length: number): void {
    const numbers = this.#numbers
    const at = instrument * ROW
    const lastEnd = numbers[at + LAST_END]
    if (lastEnd === 0) this.#begin(at, endTime, length)
    else {
      const span = endTime - lastEnd
      if (span !== numbers[at + DECAY_OF]) {
        numbers[at + DECAY_OF] = span
        numbers[at + DECAY] = decayOver(span)
      }
      const change = close / numbers[at + LAST_CLOSE] - 1
      const decay = numbers[at + DECAY]
      numbers[at + SQUARES] = numbers[at + SQUARES] * decay + change * change
      numbers[at + WEIGHT] = numbers[at + WEIGHT] * decay + span
      numbers[at + RETURNS] += 1
      numbers[at + SPAN] += span
    }
    // A bar that ends after midnight tells that the day before is over; one that ends at midnight is that day's last.
    if (endTime > numbers[at + DAY_END]) this.#closeDay(instrument, at, endTime)
    numbers[at + LAST_END] = endTime
    numbers[at + LAST_CLOSE] = close
    numbers[at + LENGTH] = length
    if (endTime === numbers[at + DAY_END]) this.#closeDay(instrument, at, endTime + 1)
    if (endTime > numbers[at + HOUR_END]) this.#turnHour(instrument, at, endTime)
    this.#volumes[numbers[at + HOUR_AT]] += volume
  }

  #begin(at: number, endTime: number, length: number): void {
    const numbers = this.#numbers
    numbers[at + FIRST_OPEN] = endTime - length
    // The day in which the bar ended; its midnight belongs to it.
    numbers[at + DAY_END] = Math.ceil(endTime / DAY) * DAY
    numbers[at + HOUR_END] = -1
  }

  /** The day of the newest bar is over: its return, if the day before has a close. The next day is that of `time`. */
  #closeDay(instrument: number, at: number, time: number): void {
    const numbers = this.#numbers
    const dayEnd = numbers[at + DAY_END]
    const day = dayEnd / DAY - 1
    const close = numbers[at + LAST_CLOSE]
    // Without a bar since the day began there is nothing to close.
    if (numbers[at + LAST_END] > dayEnd - DAY) {
      if (numbers[at + LAST_DAY] === day - 1 && day > 0) {
        const slot = instrument * DAYS_KEPT + (day & (DAYS_KEPT - 1))
        this.#returns[slot] = close / numbers[at + DAY_CLOSE] - 1
        this.#returnDays[slot] = day
      }
      numbers[at + LAST_DAY] = day
      numbers[at + DAY_CLOSE] = close
    }
    numbers[at + DAY_END] = Math.ceil(time / DAY) * DAY
  }

  /** The hour in which a bar ended; the hours since the last one had no volume. */
  #turnHour(instrument: number, at: number, endTime: number): void {
    const numbers = this.#numbers
    const base = instrument * HOURS_KEPT
    const hour = Math.ceil(endTime / HOUR) - 1
    const before = numbers[at + HOUR_END] < 0 ? hour - HOURS_KEPT : numbers[at + HOUR_END] / HOUR - 1
    for (let h = Math.max(before + 1, hour - HOURS_KEPT + 1); h <= hour; h++) this.#volumes[base + (h & (HOURS_KEPT - 1))] = 0
    numbers[at + HOUR_END] = (hour + 1) * HOUR
    numbers[at + HOUR_AT] = base + (hour & (HOURS_KEPT - 1))
  }

  /**
   * Standard deviation of a day's return as a share: the root of sum(w r^2) / sum(w t), r the returns of bars, t the days
   * that passed with them, w = 0.94 to the power of their age in days. NaN before returns over a day and `LEAST_RETURNS` of them.
   */
  volatility(instrument: number): number {
    const at = instrument * ROW
    const numbers = this.#numbers
    if (!(numbers[at + SPAN] >= DAY && numbers[at + RETURNS] >= LEAST_RETURNS)) return Number.NaN
    return Math.sqrt((numbers[at + SQUARES] / numbers[at + WEIGHT]) * DAY)
  }

  /**
   * Traded in the 24 hours before the end of the newest bar, in the unit of the bars' volumes; of the oldest hour, which is
   * only partly in, in proportion. Of bars longer than a day the day's part. NaN before a day is known.
   */
  dayVolume(instrument: number): number {
    const numbers = this.#numbers
    const at = instrument * ROW
    const end = numbers[at + LAST_END]
    if (!(end > 0 && end - numbers[at + FIRST_OPEN] >= DAY)) return Number.NaN
    const base = instrument * HOURS_KEPT
    const hour = numbers[at + HOUR_END] / HOUR - 1
    let total = 0
    for (let h = hour - 23; h <= hour; h++) total += this.#volumes[base + (h & (HOURS_KEPT - 1))]
    const passed = (end - hour * HOUR) / HOUR
    total += this.#volumes[base + ((hour - 24) & (HOURS_KEPT - 1))] * (1 - passed)
    const length = numbers[at + LENGTH]
    return length > DAY ? (total * DAY) / length : total
  }

  /**
   * Pearson's correlation of daily returns (UTC days, simple) over the common ones of the last `CORRELATION_DAYS` days; NaN
   * below `LEAST_COMMON_DAYS` or when one of the two does not move.
   */
  correlation(one: number, other: number): number {
    if (one === other) return 1
    const cell = one < other ? one * this.#count + other : other * this.#count + one
    const newest = this.#numbers[one * ROW + LAST_DAY] + this.#numbers[other * ROW + LAST_DAY]
    if (this.#computedAt[cell] !== newest) {
      this.#computedAt[cell] = newest
      this.#correlations[cell] = this.#correlationNow(Math.min(one, other), Math.max(one, other))
    }
    return this.#correlations[cell]
  }

  #correlationNow(one: number, other: number): number {
    const last = Math.max(this.#numbers[one * ROW + LAST_DAY], this.#numbers[other * ROW + LAST_DAY])
    let [n, sumX, sumY] = [0, 0, 0]
    for (let day = last - CORRELATION_DAYS + 1; day <= last; day++) {
      if (!this.#has(one, day) || !this.#has(other, day)) continue
      n += 1
      sumX += this.#returnOf(one, day)
      sumY += this.#returnOf(other, day)
    }
    if (n < LEAST_COMMON_DAYS) return Number.NaN
    let [xx, yy, xy] = [0, 0, 0]
    for (let day = last - CORRELATION_DAYS + 1; day <= last; day++) {
      if (!this.#has(one, day) || !this.#has(other, day)) continue
      const x = this.#returnOf(one, day) - sumX / n
      const y = this.#returnOf(other, day) - sumY / n
      xx += x * x
      yy += y * y
      xy += x * y
    }
    if (!(xx > 0 && yy > 0)) return Number.NaN
    return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))))
  }

  #has(instrument: number, day: number): boolean {
    return day > 0 && this.#returnDays[instrument * DAYS_KEPT + (day & (DAYS_KEPT - 1))] === day
  }

  #returnOf(instrument: number, day: number): number {
    return this.#returns[instrument * DAYS_KEPT + (day & (DAYS_KEPT - 1))]
  }

  /**
   * Daily returns of the last `window` days (at most `LONGEST_WINDOW`) up to the newest of any of `among`: the days on which
   * all that are kept have one. An instrument with fewer than `least` of them is left out; while the common days are fewer,
   * the one with the fewest of its own goes, of equals the later.
   */
  returns(window: number, least: number, among: readonly number[]): DailyReturns {
    let last = NO_DAY
    for (const i of among) last = Math.max(last, this.#numbers[i * ROW + LAST_DAY])
    const first = last - Math.min(window, DAYS_KEPT) + 1
    const daysOf = (i: number): number => {
      let days = 0
      for (let day = first; day <= last; day++) if (this.#has(i, day)) days += 1
      return days
    }
    const counts = new Map(among.map((i) => [i, daysOf(i)]))
    const fewest = (kept: readonly number[]): number =>
      kept.reduce((worst, i) => ((counts.get(i) ?? 0) <= (counts.get(worst) ?? 0) ? i : worst), kept[0])
    let instruments = [...among].sort((a, b) => a - b).filter((i) => (counts.get(i) ?? 0) >= least)
    let days = this.#commonDays(instruments, first, last)
    while (instruments.length > 0 && days.length < least) {
      const out = fewest(instruments)
      instruments = instruments.filter((i) => i !== out)
      days = this.#commonDays(instruments, first, last)
    }
    return {
      instruments,
      days,
      rows: days.map((day) => instruments.map((i) => this.#returnOf(i, day))),
      leftOut: [...among].sort((a, b) => a - b).filter((i) => !instruments.includes(i)),
    }
  }

  #commonDays(instruments: readonly number[], first: number, last: number): number[] {
    const days: number[] = []
    if (instruments.length === 0) return days
    for (let day = first; day <= last; day++) if (instruments.every((i) => this.#has(i, day))) days.push(day)
    return days
  }

  #forgetCorrelations(): void {
    this.#correlations = new Float64Array(this.#count * this.#count).fill(Number.NaN)
    this.#computedAt = new Float64Array(this.#count * this.#count).fill(Number.NaN)
  }

  snapshot(): MarketStatisticsState {
    return {
      count: this.#count,
      numbers: this.#numbers.slice(),
      volumes: this.#volumes.slice(),
      returns: this.#returns.slice(),
      returnDays: this.#returnDays.slice(),
    }
  }

  /** Continues from a snapshot; instruments reserved beyond it begin anew. */
  restore(state: MarketStatisticsState): void {
    const count = Math.max(this.#count, state.count)
    this.#count = 0
    this.#numbers = new Float64Array(0)
    this.#volumes = new Float64Array(0)
    this.#returns = new Float64Array(0)
    this.#returnDays = new Int32Array(0)
    this.reserve(count)
    this.#numbers.set(state.numbers)
    this.#volumes.set(state.volumes)
    this.#returns.set(state.returns)
    this.#returnDays.set(state.returnDays)
  }
}

function enlarged(before: Float64Array, larger: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  larger.set(before)
  return larger
}
