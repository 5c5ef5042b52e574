/**
 * The trades of one minute of a synthetic market. They give exactly the minute's bar: first, highest, lowest and last price,
 * volume, number of trades, volume that takers bought.
 *
 * Takers' orders come in clusters, many of them against several resting orders at once; prices jump between bid and ask; sizes have
 * a heavy tail and like round numbers. Pure: chance is a fork by the number of the minute, so that any minute can be drawn alone.
 */
import { assert } from '../../core/errors.ts'
import type { Prng } from '../../core/random.ts'
import { exponentialOf } from './exponential.ts'
import type { Minutes } from './minutes.ts'

const MINUTE_MS = 60_000
/** Chance that an order meets one resting order more. */
const ONE_MORE = 0.72
/** Chance that an order follows another one, and the mean wait then, short or long. */
const EXCITED = { share: 0.5, shortShare: 0.6, shortMs: 40, longMs: 600 } as const
/** Share of orders that find the quotes where the order before found them. */
const SAME_QUOTE = 0.62
/** Chance that an order is on the side of the one before it. */
const SAME_SIDE = 0.45
/** Chance that the next resting order stands at a worse price, and that this is one tick further each time. */
const NEXT_LEVEL = 0.12
const ONE_TICK_MORE = 0.4
/** Deviation of the logarithm of sizes, and the share of sizes that are round. */
const SIZES = { spread: 1.9, round: 0.55 } as const

/** Of the minute drawn last. An order is what one taker sent; its trades follow one another. */
export class MinuteTrades {
  count = 0
  orders = 0
  /** By trade: milliseconds into the minute, ticks, steps, 1 where the taker bought, number of the order. */
  readonly time: Int32Array
  readonly price: Float64Array
  readonly quantity: Float64Array
  readonly buys: Uint8Array
  readonly order: Int32Array
  /** By order: best bid when it came, number of its first trade, number of its trades. */
  readonly bid: Float64Array
  readonly first: Int32Array
  readonly length: Int32Array

  constructor(capacity: number) {
    this.time = new Int32Array(capacity)
    this.price = new Float64Array(capacity)
    this.quantity = new Float64Array(capacity)
    this.buys = new Uint8Array(capacity)
    this.order = new Int32Array(capacity)
    this.bid = new Float64Array(capacity)
    this.first = new Int32Array(capacity)
    this.length = new Int32Array(capacity)
  }
}

/** Draws the trades of minutes into columns that are used again. */
export class TradeMaker {
  trades = new MinuteTrades(4_096)
  #times = new Float64Array(4_096)
  #side = new Uint8Array(4_096)
  #weight = new Float64Array(4_096)
  #round = new Uint8Array(4_096)

  /** The trades of the minute that `minutes` stands at, from a generator of this minute alone. */
  draw(minutes: Minutes, chance: Prng): MinuteTrades {
    this.#reserve(minutes.trades)
    const { trades } = this
    trades.count = minutes.trades
    this.#orders(chance)
    this.#orderTimes(chance)
    const [atHigh, atLow] = this.#bids(minutes, chance)
    this.#sides(minutes, chance, atHigh, atLow)
    this.#prices(minutes, chance, atHigh, atLow)
    this.#sizes(minutes, chance)
    return trades
  }

  #reserve(count: number): void {
    if (count <= this.trades.time.length) return
    const capacity = 2 * count
    this.trades = new MinuteTrades(capacity)
    this.#times = new Float64Array(capacity)
    this.#side = new Uint8Array(capacity)
    this.#weight = new Float64Array(capacity)
    this.#round = new Uint8Array(capacity)
  }

  /** Deals the trades out to orders: at least four, so that first, last, highest and lowest each have one. */
  #orders(chance: Prng): void {
    const { trades } = this
    const most = Math.max(1, Math.floor(trades.count / 8))
    let at = 0
    let orders = 0
    while (at < trades.count) {
      let length = 1
      while (length < most && at + length < trades.count && chance.float() < ONE_MORE) length += 1
      trades.first[orders] = at
      trades.length[orders] = length
      for (let i = 0; i < length; i++) trades.order[at + i] = orders
      at += length
      orders += 1
    }
    trades.orders = orders
  }

  /** Orders excite one another; what would pass the end of the minute goes on at its beginning. */
  #orderTimes(chance: Prng): void {
    const { trades } = this
    const times = this.#times.subarray(0, trades.orders)
    let before = 0
    for (let k = 0; k < times.length; k++) {
      if (k === 0 || chance.float() >= EXCITED.share) before = chance.float() * MINUTE_MS
      else {
        const mean = chance.float() < EXCITED.shortShare ? EXCITED.shortMs : EXCITED.longMs
        before = (before + mean * chance.exponential()) % MINUTE_MS
      }
      times[k] = Math.floor(before)
    }
    times.sort()
    for (let i = 0; i < trades.count; i++) trades.time[i] = times[trades.order[i]]
  }

  /** Best bids when the orders come: a path through its four known points. Returns the orders at the top and the bottom. */
  #bids({ bidOpen, bidClose, bidHigh, bidLow }: Minutes, chance: Prng): readonly [number, number] {
    const { bid, orders } = this.trades
    const last = orders - 1
    const one = chance.int(1, last - 1)
    const drawn = chance.int(1, last - 2)
    const other = drawn >= one ? drawn + 1 : drawn
    const [early, late] = one < other ? [one, other] : [other, one]
    const lowFirst = chance.float() < (bidClose >= bidOpen ? 0.75 : 0.25)
    const [atLow, atHigh] = lowFirst ? [early, late] : [late, early]
    bid[0] = bidOpen
    bid[atHigh] = bidHigh
    bid[atLow] = bidLow
    bid[last] = bidClose
    const step = (bidHigh - bidLow) / (1.6 * Math.sqrt(orders * (1 - SAME_QUOTE)))
    this.#bridge(0, early, step, bidLow, bidHigh, chance)
    this.#bridge(early, late, step, bidLow, bidHigh, chance)
    this.#bridge(late, last, step, bidLow, bidHigh, chance)
    return [atHigh, atLow]
  }

  /** A random path between two orders whose bids are set, folded into [low, high]. Quotes stand still between most orders. */
  #bridge(from: number, to: number, step: number, low: number, high: number, chance: Prng): void {
    const { bid } = this.trades
    const free = this.#weight
    let sum = 0
    let moves = 0
    for (let k = from + 1; k <= to; k++) {
      if (k === to || chance.float() >= SAME_QUOTE) {
        sum += step * chance.normal()
        moves += 1
      }
      free[k] = sum
      this.#times[k] = moves
    }
    const [start, end] = [bid[from], bid[to]]
    const correction = (end - start - sum) / moves
    for (let k = from + 1; k < to; k++) bid[k] = folded(Math.round(start + free[k] + this.#times[k] * correction), low, high)
  }

  #sides(minutes: Minutes, chance: Prng, atHigh: number, atLow: number): void {
    const side = this.#side
    const { bid, orders } = this.trades
    const share = minutes.takerBuy / minutes.volume
    for (let k = 0; k < orders; k++) {
      // A taker who buys is often what moves the quotes up.
      const drawn = chance.float()
      const same = k > 0 && chance.float() < SAME_SIDE
      const pushed = k < orders - 1 && bid[k + 1] !== bid[k] && chance.float() < 0.5
      side[k] = pushed ? (bid[k + 1] > bid[k] ? 1 : 0) : same ? side[k - 1] : drawn < share ? 1 : 0
    }
    side[0] = minutes.opensWithBuy ? 1 : 0
    side[orders - 1] = minutes.closesWithBuy ? 1 : 0
    side[atHigh] = 1
    side[atLow] = 0
  }

  #prices({ high, low, spread }: Minutes, chance: Prng, atHigh: number, atLow: number): void {
    const { bid, buys, first, length, orders, price } = this.trades
    for (let k = 0; k < orders; k++) {
      const up = this.#side[k] === 1
      const fixed = k === orders - 1 || k === atHigh || k === atLow
      let at = up ? bid[k] + spread : bid[k]
      for (let i = first[k]; i < first[k] + length[k]; i++) {
        if (i > first[k] && !fixed && chance.float() < NEXT_LEVEL) {
          let ticks = 1
          while (chance.float() < ONE_TICK_MORE) ticks += 1
          at = up ? Math.min(high, at + ticks) : Math.max(low, at - ticks)
        }
        price[i] = at
        buys[i] = up ? 1 : 0
      }
    }
  }

  /** Sizes by themselves, then made to add up on each side. */
  #sizes(minutes: Minutes, chance: Prng): void {
    const { buys, count, quantity } = this.trades
    let bought = 0
    for (let i = 0; i < count; i++) bought += buys[i]
    const sides = [
      { trades: count - bought, steps: minutes.volume - minutes.takerBuy },
      { trades: bought, steps: minutes.takerBuy },
    ]
    const usual = sides.map(({ trades, steps }) => (trades === 0 ? 0 : steps / trades / MEAN_OVER_MEDIAN))
    for (let i = 0; i < count; i++) {
      const drawn = Math.max(1, Math.round(usual[buys[i]] * exponentialOf(SIZES.spread * chance.normal())))
      const round = chance.float() < SIZES.round
      this.#round[i] = round ? 1 : 0
      quantity[i] = round ? oneFigure(drawn) : drawn
    }
    for (let side = 0; side < 2; side++) this.#fit(side, sides[side].steps)
  }

  /** Makes the sizes of one side add up to `steps`, the round ones untouched where that is possible. */
  #fit(side: number, steps: number): void {
    const { buys, count, quantity } = this.trades
    let round = 0
    let rest = 0
    let others = 0
    for (let i = 0; i < count; i++) {
      if (buys[i] !== side) continue
      if (this.#round[i] === 1) round += quantity[i]
      else {
        rest += quantity[i]
        others += 1
      }
    }
    const keepRound = others > 0 && steps - round >= Math.max(others, rest / 4)
    const factor = keepRound ? (steps - round) / rest : steps / (round + rest)
    let left = steps
    let largest = -1
    for (let i = 0; i < count; i++) {
      if (buys[i] !== side) continue
      if (!keepRound || this.#round[i] === 0) quantity[i] = Math.max(1, Math.floor(quantity[i] * factor))
      left -= quantity[i]
      if (largest < 0 || quantity[i] > quantity[largest]) largest = i
    }
    if (left > 0) quantity[largest] += left
    for (let i = count - 1; left < 0; i = (i + count - 1) % count) {
      if (buys[i] !== side || quantity[i] < 2) continue
      const taken = Math.min(-left, Math.ceil(quantity[i] / 2), quantity[i] - 1)
      quantity[i] -= taken
      left += taken
    }
    assert(largest >= 0, 'a side with volume has a trade')
  }
}

/** Of a lognormal law with the spread of `SIZES`. */
const MEAN_OVER_MEDIAN = exponentialOf((SIZES.spread * SIZES.spread) / 2)

/** The first figure alone: 37 becomes 40. */
function oneFigure(steps: number): number {
  let power = 1
  while (steps >= 10 * power) power *= 10
  return Math.round(steps / power) * power
}

/** Reflected at the ends until it lies between them. */
function folded(value: number, low: number, high: number): number {
  const width = high - low
  if (width === 0) return low
  const period = 2 * width
  const into = (((value - low) % period) + period) % period
  return low + (into <= width ? into : period - into)
}
