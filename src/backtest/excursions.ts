/**
 * How far each trade went against and for the position while it was held (maximum adverse and favourable excursion), from
 * its fills and the bars, in exact money.
 *
 * Convention. The whole range of every bar between two fills counts, the bar of the entry included. Inside a bar nobody
 * knows the path, so where a fill did not happen at the open the worse one is taken, as the simulated venue does: after an
 * entry inside a bar, everything against the position and only the close for it; in the bar of an exit inside it, nothing
 * beyond the exit price when that lies on the losing side of the open, else everything against the position and at most
 * the exit price for it. Of a bar that opens with the exit only the open counts.
 *
 * Pure; runs after the backtest, so a bar costs nothing while it is running.
 */
import { notional, ZERO } from '../core/exact.ts'
import type { Price, Qty } from '../core/exact.ts'
import { sideSign } from '../domain/order.ts'
import type { Fill } from '../domain/order.ts'
import { Position } from '../domain/position.ts'
import type { VenueBars } from '../sim/venue-bars.ts'

/** Of one trade, fees and funding apart. */
export interface Excursion {
  /** Largest loss and largest profit, realised and open together, at any looked-at price; neither below 0. */
  readonly mae: bigint
  readonly mfe: bigint
  /** The largest cost that was held, and its quantity: what percentages are of. Both positive. */
  readonly cost: bigint
  readonly qty: number
}

export type ExcursionBars = Pick<VenueBars, 'length' | 'openTime' | 'duration' | 'open' | 'high' | 'low' | 'close'>

/** One for each trade of an instrument in the order of their entries, the open one last. `fills` are that instrument's. */
export function excursionsOf(fills: readonly Fill[], bars: ExcursionBars): readonly Excursion[] {
  const walk = new Walk(bars)
  for (const fill of fills) walk.take(fill)
  return walk.finish()
}

/** Prices that were looked at: lowest and highest. */
interface Range {
  low: number
  high: number
}

class Walk {
  readonly #bars: ExcursionBars
  readonly #position = new Position()
  readonly #done: Excursion[] = []
  #before: Fill | undefined
  #realised = ZERO as bigint
  #worst = ZERO as bigint
  #best = ZERO as bigint
  #cost = ZERO as bigint
  #qty = 0
  /** The last row that opened at or before the newest fill; -1 before the first. */
  #row = -1

  constructor(bars: ExcursionBars) {
    this.#bars = bars
  }

  take(fill: Fill): void {
    if (!this.#position.isFlat && this.#before !== undefined) this.#look(this.#rangeBetween(this.#before, fill))
    this.#row = this.#rowAt(fill.exchangeTime)
    this.#before = fill
    const signed = sideSign(fill.side) * fill.qty
    const held = this.#position.qty
    const closing = held * signed < 0 ? Math.min(Math.abs(held), fill.qty) * Math.sign(signed) : 0
    if (closing !== 0) {
      this.#realised += this.#position.apply(fill.price, closing as Qty)
      if (this.#position.isFlat) this.#close()
      else this.#look({ low: fill.price, high: fill.price })
    }
    if (signed === closing) return
    this.#position.apply(fill.price, (signed - closing) as Qty)
    const cost = this.#position.cost < 0n ? -this.#position.cost : this.#position.cost
    if (cost > this.#cost) [this.#cost, this.#qty] = [cost, Math.abs(this.#position.qty)]
    this.#look({ low: fill.price, high: fill.price })
  }

  finish(): readonly Excursion[] {
    if (!this.#position.isFlat && this.#before !== undefined) {
      this.#look(this.#rangeAfter(this.#before, this.#bars.length))
      this.#close()
    }
    return this.#done
  }

  #close(): void {
    this.#note(this.#realised)
    this.#done.push({ mae: -this.#worst, mfe: this.#best, cost: this.#cost, qty: this.#qty })
    this.#realised = this.#worst = this.#best = this.#cost = ZERO
    this.#qty = 0
  }

  #note(result: bigint): void {
    if (result < this.#worst) this.#worst = result
    if (result > this.#best) this.#best = result
  }

  #look({ low, high }: Range): void {
    for (const price of low === high ? [low] : [low, high]) {
      if (!Number.isFinite(price)) continue
      const value = notional(price as Price, this.#position.qty)
      this.#note(this.#realised + value - this.#position.cost)
    }
  }

  #rowAt(time: number): number {
    const { openTime, length } = this.#bars
    let row = this.#row
    while (row + 1 < length && openTime[row + 1] <= time) row += 1
    return row
  }

  /** Rows after the fill's own up to `end`, and of its own row what came after it. */
  #rangeAfter(fill: Fill, end: number): Range {
    const { openTime, duration, high, low, close } = this.#bars
    const range: Range = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY }
    const row = this.#row
    if (row >= 0 && row < end && fill.exchangeTime < openTime[row] + duration[row]) {
      const inside = fill.exchangeTime > openTime[row]
      const long = this.#position.qty > 0
      widen(range, inside && !long ? close[row] : low[row])
      widen(range, inside && long ? close[row] : high[row])
    }
    for (let i = row + 1; i < end; i++) {
      if (low[i] < range.low) range.low = low[i]
      if (high[i] > range.high) range.high = high[i]
    }
    return range
  }

  #rangeBetween(before: Fill, fill: Fill): Range {
    const { openTime, duration, open, high, low } = this.#bars
    const row = this.#rowAt(fill.exchangeTime)
    const range = this.#rangeAfter(before, row)
    if (row < 0 || fill.exchangeTime >= openTime[row] + duration[row]) {
      // In a gap, or before the first bar: the rows before it count in full.
      return row < 0 ? range : this.#rangeAfter(before, row + 1)
    }
    const sameRow = row === this.#row
    if (fill.exchangeTime === openTime[row]) {
      if (!sameRow) widen(range, open[row])
      return range
    }
    const long = this.#position.qty > 0
    const start = sameRow && before.exchangeTime > openTime[row] ? before.price : open[row]
    widen(range, start)
    widen(range, fill.price)
    const losing = long ? fill.price <= start : fill.price >= start
    if (!losing) widen(range, long ? low[row] : high[row])
    return range
  }
}

function widen(range: Range, price: number): void {
  if (price < range.low) range.low = price
  if (price > range.high) range.high = price
}
