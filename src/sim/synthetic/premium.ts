/**
 * How far the traded price stands above its index, and the mark price that follows from it, minute by minute.
 * The premium reverts to a mean that wanders with sentiment: after rises longs pay, after falls less so.
 * Source of the mark: Binance USD-M, median of the index with funding to come, the index with the mean basis of the last
 * two and a half minutes, and the last price.
 *
 * Pure: chance is given.
 */
import type { Prng } from '../../core/random.ts'
import { exponentialOf } from './exponential.ts'
import { Unrest } from './unrest.ts'

/** In what the mark is rounded: eight decimals. */
export const MARK_UNITS = 1e8
/** Logarithm of the sentiment's factor over hours and weeks: greed grows further than fear. */
const SENTIMENT = [
  { minutes: 20 * 60, deviation: 0.4, step: 60 },
  { minutes: 14 * 1_440, deviation: 1, step: 60 },
] as const
/** Shares of the price: the premium without any greed, and what ordinary greed adds. */
const FEAR = -0.00064
const GREED = 0.00033
/** How much a rise of the price lifts the sentiment, and minutes until half of that is forgotten, nearly. */
const FOLLOWS = { share: 0.004, keep: 1 - 1 / 1_440, most: 0.0025 } as const
/** Noise of a minute and what of it stays to the next. */
const NOISE = { deviation: 0.00011, keep: 0.85 } as const
const PREMIUM_MAX = 0.02
/** Half of the spread that an order of the impact notional meets. */
const IMPACT = 0.00004
/** Share of the newest minute in the mean basis of two and a half. */
const NEWEST = 0.45
/** The mark of the next second: how often it differs, and by how much, as a share of the price. */
const SECOND = { share: 0.75, deviation: 0.00004 } as const

export interface TradedMinute {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

export class Premium {
  /** Mark prices in units of 1e-8 of the quote. */
  open = NaN
  high = NaN
  low = NaN
  close = NaN
  /** Premium index as the exchange samples it: 0 while the index lies inside the impact prices. */
  index = NaN
  /** The last funding rate times the share of its period that is still to come; set by whoever keeps the schedule. */
  fundingToCome = 0
  readonly #chance: Prng
  readonly #sentiment: Unrest
  readonly #toMark: number
  #mood = NaN
  #trend = 0
  #noise = 0
  #basis = 0

  constructor(chance: Prng, perTick: number) {
    this.#chance = chance.fork('noise')
    this.#sentiment = new Unrest(chance.fork('sentiment'), SENTIMENT)
    this.#toMark = MARK_UNITS / perTick
  }

  /** @param move of the minute as a share of the price */
  step(traded: TradedMinute, move: number, minute: number): void {
    this.#sentiment.step(minute)
    if (minute % 60 === 0) this.#mood = FEAR + GREED * exponentialOf(this.#sentiment.value)
    const trend = FOLLOWS.keep * this.#trend + FOLLOWS.share * move
    this.#trend = Math.max(-FOLLOWS.most, Math.min(FOLLOWS.most, trend))
    this.#noise = NOISE.keep * this.#noise + NOISE.deviation * this.#chance.normal()
    const whole = this.#mood + this.#trend + this.#noise
    const premium = Math.max(-PREMIUM_MAX, Math.min(PREMIUM_MAX, whole))
    this.index = premium > IMPACT ? premium - IMPACT : premium < -IMPACT ? premium + IMPACT : 0

    const last = traded.close * this.#toMark
    const index = last / (1 + premium)
    this.#basis = minute === 0 ? premium : (1 - NEWEST) * this.#basis + NEWEST * premium
    const close = Math.round(median(index * (1 + this.fundingToCome), index * (1 + this.#basis), last))
    const second = this.#chance.float() < SECOND.share ? SECOND.deviation * this.#chance.normal() : 0
    this.open = Math.round((minute === 0 ? traded.open * this.#toMark : this.close) * (1 + second))
    const ratio = (this.open + close) / (traded.open + traded.close)
    // The mark smooths what the last price does within seconds.
    const top = Math.max(traded.open, traded.close)
    const bottom = Math.min(traded.open, traded.close)
    this.high = Math.max(this.open, close, Math.round(ratio * (top + SMOOTHED * (traded.high - top))))
    this.low = Math.max(1, Math.min(this.open, close, Math.round(ratio * (bottom - SMOOTHED * (bottom - traded.low)))))
    this.close = close
  }
}

const SMOOTHED = 0.85

const median = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
