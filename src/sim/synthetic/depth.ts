/**
 * The order book around the trades of a synthetic market, as the exchange would publish it: every taker's order finds the quotes it
 * trades at, the book is never crossed, and each change has its number in one sequence of updates.
 *
 * Levels stand denser near the best price and hold less in wild times. Pure: chance is given.
 */
import type { Prng } from '../../core/random.ts'
import { BookSide } from './book-side.ts'
import { exponentialOf } from './exponential.ts'
import type { Minutes } from './minutes.ts'
import type { MinuteTrades } from './trades.ts'

/** Milliseconds between two updates of the stream of differences. */
const WINDOW_MS = 100
/** Levels a side: of a fresh book, at least, at most. */
const LEVELS = { first: 1_000, least: 900, most: 1_300, batch: 20 } as const
/** Share of the price over which the first levels stand. */
const SPAN = 0.006
/** Value of a level as a share of the daily turnover; deviation of its logarithm. */
const LEVEL = { share: 1.2e-5, spread: 1.1 } as const
/** Chance that a tick near the best has a level, and the most ticks filled at once when the best moves on. */
const FILL = { density: 0.65, most: 30 } as const
/** Mean number of changes away from the best between two orders, their mean distance in levels, share of cancellations. */
const STIR = { changes: 2.5, depth: 25, cancelled: 0.3 } as const
/** Chance that an order leaves nothing at its last price. */
const EMPTIED = 0.12
/** Numbers of the exchange's sequence that go to changes nobody is told of. */
const SKIPPED_IDS = 9

/** Changed levels of one side, prices ascending; size 0 says that the level is gone. */
export type Levels = readonly (readonly [price: number, size: number])[]

/** Times are milliseconds, prices ticks, sizes steps. */
export interface DepthSink {
  /** Trade `index` of the minute's trades. */
  trade(index: number, time: number): void
  /** The best of both sides after update `id`. */
  top(id: number, time: number, bids: BookSide, asks: BookSide): void
  /** Changes with numbers from `first` to `last`; `previous` is the last number of the update before. */
  update(first: number, last: number, previous: number, time: number, bids: Levels, asks: Levels): void
  snapshot(id: number, time: number, bids: BookSide, asks: BookSide): void
}

export class DepthMaker {
  readonly bids = new BookSide(1)
  readonly asks = new BookSide(-1)
  readonly #chance: Prng
  readonly #changed = { bids: new Map<number, number>(), asks: new Map<number, number>() }
  #id: number
  #firstId = 0
  #lastPublished: number
  #windowEnd = 0
  #time = 0
  /** Mean size of a level in steps. */
  #usual = 1
  #gap = 0
  #snapshotDue = true
  #published = 0

  constructor(chance: Prng) {
    this.#chance = chance
    this.#id = 1e12 + chance.int(0, 9e11)
    this.#lastPublished = this.#id
  }

  /** A snapshot is given soon, as at the head of a file. */
  wantSnapshot(): void {
    this.#snapshotDue = true
    this.#published = 0
  }

  /** Plays one minute that begins at `start` ms. */
  play(minutes: Minutes, trades: MinuteTrades, start: number, sink: DepthSink): void {
    const { character, perTick, perStep, deviation, spread } = minutes
    const middle = minutes.bidOpen + spread / 2
    const value = (character.turnover * LEVEL.share) / (0.4 + 0.6 * deviation)
    this.#usual = Math.max(2, (value / middle) * perTick * perStep)
    this.#gap = Math.max(0, (middle * SPAN) / LEVELS.first - 1)
    if (this.bids.prices.length === 0) this.#begin(minutes.bidOpen, minutes.bidOpen + spread, start)
    for (let k = 0; k < trades.orders; k++) {
      const time = start + trades.time[trades.first[k]]
      const [early, late] = this.#between(time)
      this.#at(early, sink)
      this.#stir()
      this.#keepDeep(this.bids)
      this.#keepDeep(this.asks)
      this.#at(late, sink)
      this.#quote(trades.bid[k], trades.bid[k] + spread)
      this.#makeWay(trades, k)
      this.#tellTop(sink)
      this.#at(time, sink)
      this.#execute(trades, k, sink)
      this.#tellTop(sink)
      this.#offerSnapshot(sink)
    }
  }

  #begin(bid: number, ask: number, time: number): void {
    this.#time = time
    this.#windowEnd = time + WINDOW_MS
    for (const [side, best] of [
      [this.bids, bid],
      [this.asks, ask],
    ] as const) {
      let price = best
      for (let level = 0; level < LEVELS.first && price > 0; level++) {
        side.set(price, this.#drawnSize(level))
        price -= side.sign * this.#step(level)
      }
    }
    this.#topSeen = this.#topNow()
  }

  /** Ticks to the next level. */
  #step(level: number): number {
    return 1 + Math.floor(2 * this.#gap * (level / LEVELS.first) * this.#chance.exponential() + 0.3 * this.#chance.exponential())
  }

  #drawnSize(level: number): number {
    const deeper = 0.6 + 0.8 * Math.min(1, level / 100)
    return Math.max(1, Math.round(0.55 * this.#usual * deeper * exponentialOf(LEVEL.spread * this.#chance.normal())))
  }

  /** Two moments between now and then, the earlier first. */
  #between(time: number): readonly [number, number] {
    const wait = Math.max(0, time - this.#time)
    const [a, b] = [Math.floor(this.#chance.float() * wait), Math.floor(this.#chance.float() * wait)]
    return a < b ? [this.#time + a, this.#time + b] : [this.#time + b, this.#time + a]
  }

  #at(time: number, sink: DepthSink): void {
    if (time >= this.#windowEnd) {
      this.#publish(this.#windowEnd, sink)
      this.#windowEnd = (Math.floor(time / WINDOW_MS) + 1) * WINDOW_MS
    }
    this.#time = time
  }

  #publish(time: number, sink: DepthSink): void {
    const { bids, asks } = this.#changed
    if (bids.size + asks.size === 0) return
    sink.update(this.#firstId, this.#id, this.#lastPublished, time, ascending(bids), ascending(asks))
    this.#lastPublished = this.#id
    this.#published += 1
    bids.clear()
    asks.clear()
  }

  #set(side: BookSide, price: number, size: number): void {
    if (side.sizeAt(price) === size) return
    side.set(price, size)
    this.#id += 1 + Math.floor(SKIPPED_IDS * this.#chance.float())
    const { bids, asks } = this.#changed
    if (bids.size + asks.size === 0) this.#firstId = this.#id
    const changed = side.sign === 1 ? bids : asks
    changed.set(price, size)
  }

  /** Orders come and go away from the best. */
  #stir(): void {
    const count = Math.floor(STIR.changes * this.#chance.exponential())
    for (let i = 0; i < count; i++) {
      const side = this.#chance.float() < 0.5 ? this.bids : this.asks
      const below = 1 + Math.floor(STIR.depth * this.#chance.exponential())
      const at = side.prices.length - 1 - below
      if (at < 0) continue
      const price = side.prices[at]
      if (this.#chance.float() < STIR.cancelled) this.#set(side, price, 0)
      else {
        const near = this.#chance.float() < 0.5 ? price : price + side.sign
        if (side.better(side.best, near)) this.#set(side, near, this.#drawnSize(below))
      }
    }
  }

  #keepDeep(side: BookSide): void {
    if (side.prices.length < LEVELS.least)
      for (let i = 0; i < LEVELS.batch; i++) {
        const price = side.prices[0] - side.sign * this.#step(LEVELS.first)
        if (price > 0) this.#set(side, price, this.#drawnSize(LEVELS.first))
      }
    else if (side.prices.length > LEVELS.most) for (let i = 0; i < LEVELS.batch; i++) this.#set(side, side.prices[0], 0)
  }

  /** Brings the best prices to where the next order finds them: first what stands in the way goes, then the new levels come. */
  #quote(bid: number, ask: number): void {
    while (this.bids.best > bid) this.#set(this.bids, this.bids.best, 0)
    while (this.asks.best < ask) this.#set(this.asks, this.asks.best, 0)
    this.#advance(this.bids, bid)
    this.#advance(this.asks, ask)
  }

  /** A new best level, and others between it and the old one. */
  #advance(side: BookSide, to: number): void {
    const from = side.best
    const ticks = Math.abs(to - from)
    for (let i = Math.max(1, ticks - FILL.most); i < ticks; i++)
      if (this.#chance.float() < FILL.density) this.#set(side, from + side.sign * i, this.#drawnSize(ticks - i))
    if (side.sizeAt(to) === 0) this.#set(side, to, this.#drawnSize(0))
    else if (this.#chance.float() < 0.4) this.#set(side, to, this.#drawnSize(0))
  }

  /** The resting orders that order `k` is going to meet, and none between them. */
  #makeWay({ first, length, price, quantity, buys }: MinuteTrades, k: number): void {
    const side = buys[first[k]] === 1 ? this.asks : this.bids
    const end = first[k] + length[k]
    for (let i = first[k]; i < end;) {
      const at = price[i]
      let wanted = 0
      for (; i < end && price[i] === at; i++) wanted += quantity[i]
      const isLast = i === end
      const left = isLast && this.#chance.float() >= EMPTIED ? Math.max(side.sizeAt(at) - wanted, this.#drawnSize(0)) : 0
      this.#set(side, at, wanted + left)
      if (isLast) return
      for (let between = at - side.sign; between !== price[i]; between -= side.sign) this.#set(side, between, 0)
    }
  }

  #execute({ first, length, price, quantity, buys }: MinuteTrades, k: number, sink: DepthSink): void {
    const side = buys[first[k]] === 1 ? this.asks : this.bids
    for (let i = first[k]; i < first[k] + length[k]; i++) {
      this.#set(side, price[i], side.sizeAt(price[i]) - quantity[i])
      sink.trade(i, this.#time)
    }
  }

  #topSeen: readonly number[] = []

  #topNow(): readonly number[] {
    const { bids, asks } = this
    return [bids.best, bids.sizeAt(bids.best), asks.best, asks.sizeAt(asks.best)]
  }

  #tellTop(sink: DepthSink): void {
    const now = this.#topNow()
    if (now.every((value, i) => value === this.#topSeen[i])) return
    this.#topSeen = now
    sink.top(this.#id, this.#time, this.bids, this.asks)
  }

  /** In the middle of a window, so that the update that ends it bridges the snapshot. */
  #offerSnapshot(sink: DepthSink): void {
    const { bids, asks } = this.#changed
    if (!this.#snapshotDue || this.#published < 2 || bids.size + asks.size === 0) return
    this.#snapshotDue = false
    sink.snapshot(this.#id, this.#time, this.bids, this.asks)
  }
}

const ascending = (levels: ReadonlyMap<number, number>): Levels => [...levels].toSorted(([a], [b]) => a - b)
