/** Trades beside their ids (those are `timeline.ts`'s): times that go back, prices that stand alone, ids of aggregated trades. */
import type { Batch, Check, Series, Watcher } from '../batch.ts'
import { TRADE_AT } from '../layout.ts'
import { rule } from '../rule.ts'
import { spike } from './price-path.ts'
import { clockJump } from './time-rules.ts'

export const tradeIds = rule('trade-ids', 'minor', 'ids of the single trades that do not join')

export const trades: Check = {
  rules: [tradeIds],
  start: (series) => (series.layout.kind === 'trades' || series.layout.kind === 'aggTrades' ? new Trades(series) : undefined),
}

/** Trades on each side that a price is compared with. */
const HALF = 10
/** A price stands alone this many spans of its neighbours away, and by this share. */
const SPANS = 3
const SHARE = 0.003

class Trades implements Watcher {
  readonly #series: Series
  readonly #hasIds: boolean
  /** The last rows of the batch before, whose followers were not known. */
  #price = new Float64Array(0)
  #time = new Float64Array(0)
  #line = new Float64Array(0)
  #id = new Float64Array(0)
  #from = 0
  #lastId = Number.NaN
  #lastAgg = Number.NaN

  constructor(series: Series) {
    this.#series = series
    this.#hasIds = series.has[TRADE_AT.first] && series.has[TRADE_AT.last]
  }

  batch(batch: Batch): void {
    const price = batch.columns[TRADE_AT.price].slice(0, batch.rows)
    for (let i = 0; i < batch.rows; i += 1) if (batch.bad[i] === 1) price[i] = Number.NaN
    this.#price = joined(this.#price, price, batch.rows)
    this.#time = joined(this.#time, batch.columns[TRADE_AT.time], batch.rows)
    this.#line = joined(this.#line, batch.line, batch.rows)
    this.#id = joined(this.#id, batch.columns[TRADE_AT.id], batch.rows)
    this.#look(this.#price.length - HALF)
    const start = Math.max(0, this.#price.length - 2 * HALF - 1)
    this.#price = this.#price.slice(start)
    this.#time = this.#time.slice(start)
    this.#line = this.#line.slice(start)
    this.#id = this.#id.slice(start)
    this.#from = Math.max(0, this.#from - start)
    if (this.#hasIds) this.#underlying(batch)
  }

  finish(): void {
    this.#look(this.#price.length)
  }

  #look(end: number): void {
    for (let i = this.#from; i < end; i += 1) {
      this.#lookAtTime(i)
      this.#lookAtPrice(i)
    }
    this.#from = Math.max(this.#from, end)
  }

  /** Where times go back, the row that leaves its neighbours is the wrong one: the one before if the next row fits without it. */
  #lookAtTime(i: number): void {
    const time = this.#time
    const [before, now, next] = [time[i - 1], time[i], time[i + 1]]
    const early = i > 0 && now < before && !(next < before)
    const late = now > next && (i === 0 || next >= before)
    if (!early && !late) return
    // Rows out of order have been told by their ids.
    const id = this.#id
    if (id[i] <= id[i - 1] || id[i + 1] <= id[i]) return
    const by = late ? now - next : before - now
    this.#series.report(clockJump, `the time is ${by} ms too ${late ? 'late' : 'early'} for its place`, {
      line: this.#line[i],
      timeMs: now,
      column: 'time_ms',
      value: now,
    })
  }

  #lookAtPrice(i: number): void {
    const price = this.#price
    const now = price[i]
    const before = price[i - 1]
    const next = price[i + 1]
    // Both neighbours have to be far away: a move that goes on is no print that stands alone.
    if (!(Math.abs(now - before) > now * SHARE || i === 0) || !(Math.abs(now - next) > now * SHARE || i === price.length - 1))
      return
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    for (let k = Math.max(0, i - HALF); k < Math.min(price.length, i + HALF + 1); k += 1) {
      if (k === i || Number.isNaN(price[k])) continue
      low = Math.min(low, price[k])
      high = Math.max(high, price[k])
    }
    const away = Math.max(now - high, low - now)
    if (away <= SPANS * (high - low) || away <= now * SHARE) return
    this.#series.report(spike, `${now} stands alone: the trades around are at ${low} to ${high}`, {
      line: this.#line[i],
      timeMs: this.#time[i],
      column: 'price',
      value: now,
    })
  }

  /** An aggregated trade joins trades without a hole, and the next one begins where it ended. */
  #underlying(batch: Batch): void {
    const [ids, firsts, lasts, times] = [TRADE_AT.id, TRADE_AT.first, TRADE_AT.last, TRADE_AT.time].map((at) => batch.columns[at])
    for (let i = 0; i < batch.rows; i += 1) {
      const place = { line: batch.line[i], timeMs: times[i], column: 'first_trade_id', value: firsts[i] }
      if (lasts[i] < firsts[i]) this.#series.report(tradeIds, `the last id ${lasts[i]} is before the first, ${firsts[i]}`, place)
      else if (ids[i] === this.#lastAgg + 1 && firsts[i] !== this.#lastId + 1)
        this.#series.report(
          tradeIds,
          firsts[i] > this.#lastId
            ? `${firsts[i] - this.#lastId - 1} ids are missing after ${this.#lastId} (the exchange leaves trades of its insurance fund and deleveraging out)`
            : `the trade begins at ${firsts[i]}, and the one before ended at ${this.#lastId}`,
          place,
        )
      this.#lastId = lasts[i]
      // The next one cannot join what is wrong itself.
      this.#lastAgg = lasts[i] < firsts[i] ? Number.NaN : ids[i]
    }
  }
}

function joined(kept: Float64Array, column: Float64Array, rows: number): Float64Array<ArrayBuffer> {
  const all = new Float64Array(kept.length + rows)
  all.set(kept)
  all.set(column.subarray(0, rows), kept.length)
  return all
}
