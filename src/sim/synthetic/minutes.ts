/**
 * One symbol of a synthetic market, a minute at a time: traded prices, volume, mark price and premium. All longer bars are
 * made of these minutes, and the trades of a minute are drawn so that they give exactly this bar.
 *
 * Prices are whole ticks, quantities whole steps. Pure: chance comes from forks by name.
 */
import { assert } from '../../core/errors.ts'
import { POW10 } from '../../core/exact.ts'
import type { Prng } from '../../core/random.ts'
import { weekday } from '../../core/time.ts'
import { MARKET } from './character.ts'
import type { Character } from './character.ts'
import { exponentialOf } from './exponential.ts'
import { Premium } from './premium.ts'
import { fatTailed, Jumps } from './shocks.ts'
import { Unrest } from './unrest.ts'
import { seasonOf } from './weather.ts'
import type { Weather } from './weather.ts'

const MINUTES_OF_DAY = 1_440
/** A symbol's own unrest beside the market's. */
const OWN_UNREST = [
  { minutes: 14, deviation: 0.3, step: 1 },
  { minutes: 6 * 60, deviation: 0.2, step: 10 },
  { minutes: 6 * 1_440, deviation: 0.28, step: 60 },
] as const
const OWN_AFTERSHOCK = [
  { part: 0, by: 0.8, most: 1.5 },
  { part: 1, by: 0.5, most: 1.1 },
] as const
const OWN_JUMPS = { perDay: 0.13, tail: 2.6, largest: 0.25, down: 0.45 } as const
/** Makes the mean square of the own factor about one. */
const OWN_SCALE = 0.83
/** Interest in a symbol comes and goes over days: logarithm of the factor on volume. */
const INTEREST = [{ minutes: 4 * MINUTES_OF_DAY, deviation: 0.35, step: 60 }] as const
/** How volume follows volatility: exponent, and the deviation of the rest's logarithm. */
const VOLUME = { follows: 1.15, rest: 0.42, mean: 0.62, weekend: 0.85 } as const
/** Trades of a minute: the fewest, and steps a trade has on average at least. */
const TRADES = { fewest: 8, steps: 12 } as const
/** Share of the volume that takers buy: what a rise of one deviation adds, noise, bounds. */
const TAKERS = { follows: 0.09, noise: 0.07, least: 0.12 } as const
/** No minute moves further: prices stay above zero. */
const MOVE_MAX = 0.2
/** Pull back toward the first price per day: years keep a sensible level. */
const PULL = 0.0025 / MINUTES_OF_DAY
/** Chance that a minute's first trade is on the side of the last one before it. */
const SAME_SIDE = 0.5

/** Fields hold the minute last stepped to, NaN before the first. */
export class Minutes {
  readonly character: Character
  /** Ticks in one quote unit, steps in one base unit. */
  readonly perTick: number
  readonly perStep: number
  open = NaN
  high = NaN
  low = NaN
  close = NaN
  /** Steps. */
  volume = NaN
  takerBuy = NaN
  /** Units of 1e-4. */
  quoteVolume = NaN
  trades = NaN
  /** Best bid at the start, its highest, its lowest, at the end; the ask is `spread` ticks above. */
  bidOpen = NaN
  bidHigh = NaN
  bidLow = NaN
  bidClose = NaN
  spread = NaN
  /** Whether the first and the last trade were bought by the taker. */
  opensWithBuy = false
  closesWithBuy = false
  /** Volatility relative to ordinary times, hour and weekday included. */
  deviation = NaN
  /** Trades before this minute. */
  tradesBefore = 0
  readonly premium: Premium
  readonly #weather: Weather
  readonly #moves: Prng
  readonly #path: Prng
  readonly #trading: Prng
  readonly #unrest: Unrest
  readonly #interest: Unrest
  readonly #jumps: Jumps
  /** Middle of the quotes, in ticks. */
  #middle: number

  constructor(character: Character, chance: Prng, weather: Weather) {
    const { price, priceDecimals, qtyDecimals, own } = character
    this.character = character
    this.perTick = POW10[priceDecimals]
    this.perStep = POW10[qtyDecimals]
    this.#weather = weather
    this.#moves = chance.fork('moves')
    this.#path = chance.fork('path')
    this.#trading = chance.fork('trading')
    this.#unrest = new Unrest(chance.fork('unrest'), OWN_UNREST)
    this.#interest = new Unrest(chance.fork('interest'), INTEREST)
    this.#jumps = new Jumps(chance.fork('jumps'), { ...OWN_JUMPS, size: 0.5 * own })
    this.premium = new Premium(chance.fork('premium'), this.perTick)
    this.#middle = price * this.perTick
    this.closesWithBuy = chance.fork('first').float() < 0.5
    assert(this.#middle > 100, `${character.symbol} has a price of too few ticks`)
  }

  /** To the next minute; the weather has gone there before. */
  step(): void {
    const { character } = this
    const weather = this.#weather
    if (this.trades > 0) this.tradesBefore += this.trades
    const minutely = weather.deviation / DEVIATIONS_OF_DAY
    this.#unrest.step(weather.minute)
    this.#interest.step(weather.minute)
    const ownFactor = OWN_SCALE * exponentialOf(this.#unrest.value)
    const shared = character.market * weather.market + character.alts * weather.alts
    const ofItself = character.own * ownFactor * fatTailed(this.#moves)
    const jump = this.#jumps.step(weather.jumpiness)
    if (this.#jumps.began !== 0) for (const { part, by, most } of OWN_AFTERSHOCK) this.#unrest.shock(part, by, most)
    const level = character.price * this.perTick
    const pull = (PULL * (level - this.#middle)) / (level + this.#middle)
    const beta = character.market / MARKET
    const move = bounded(minutely * (shared + ofItself) + jump + beta * (weather.jump + weather.drift) + pull)
    const { market, alts, own } = character
    const width = minutely * Math.sqrt(market * market + alts * alts + own * own * ownFactor * ownFactor)
    this.deviation = weather.deviation
    this.#quote(move, width, ownFactor)
    this.#trade(move, width, ownFactor)
    this.premium.step(this, move, weather.minute)
  }

  /** Prices of the minute from its move and its usual width, both shares of the price. */
  #quote(move: number, width: number, ownFactor: number): void {
    const chance = this.#path
    // Extremes of a Brownian path with these ends, each exact by itself.
    const up = (move + Math.sqrt(move * move + 2 * width * width * chance.exponential())) / 2
    const down = (move - Math.sqrt(move * move + 2 * width * width * chance.exponential())) / 2
    const before = this.#middle
    const after = before * (1 + move)
    const wide = 0.55 + 0.45 * this.deviation * ownFactor + 0.3 * chance.exponential()
    const spread = Math.max(1, Math.round(this.character.spread * before * wide))
    const bidAt = (middle: number): number => Math.max(1, Math.round(middle - spread / 2))
    this.spread = spread
    // The first trade is at the last one's price when it is on the same side, else across the spread.
    const sameSide = chance.float() < SAME_SIDE
    this.opensWithBuy = sameSide ? this.closesWithBuy : !this.closesWithBuy
    const bidBefore = this.close - (this.opensWithBuy ? spread : 0)
    this.bidOpen = sameSide && bidBefore > 0 ? bidBefore : bidAt(before)
    this.bidClose = bidAt(after)
    this.bidHigh = Math.max(this.bidOpen, this.bidClose, bidAt(before * (1 + up)))
    this.bidLow = Math.min(this.bidOpen, this.bidClose, bidAt(before * (1 + Math.max(-MOVE_MAX, down))))
    this.closesWithBuy = chance.float() < 0.5
    this.open = this.bidOpen + (this.opensWithBuy ? spread : 0)
    this.close = this.bidClose + (this.closesWithBuy ? spread : 0)
    this.high = this.bidHigh + spread
    this.low = this.bidLow
    this.#middle = after
  }

  #trade(move: number, width: number, ownFactor: number): void {
    const { character, perTick, perStep } = this
    const weather = this.#weather
    const chance = this.#trading
    const season = seasonOf(weather.time)
    const unrest = weather.unrest * (0.6 + 0.4 * ownFactor)
    const range = (this.bidHigh - this.bidLow) / (1.6 * width * this.#middle + 1)
    const lively =
      (0.4 + 0.6 * range) *
      exponentialOf(VOLUME.rest * chance.normal() + this.#interest.value) *
      season *
      (weekday(weather.time) >= 5 ? VOLUME.weekend : 1)
    const value = (character.turnover / MINUTES_OF_DAY) * VOLUME.mean * lively * unrest * (0.85 + 0.15 * unrest)
    const ordinary = character.turnover / MINUTES_OF_DAY
    const size = character.tradeValue * (0.75 + 0.25 * Math.min(8, value / ordinary)) * (0.9 + 0.2 * chance.float())
    const price = (this.bidHigh + this.bidLow + this.spread) / 2
    const steps = Math.max(TRADES.fewest * TRADES.steps, Math.round((value / price) * perTick * perStep))
    this.volume = steps
    this.trades = Math.max(TRADES.fewest, Math.min(Math.floor(steps / TRADES.steps), Math.round(value / size)))
    const push = move / (width + Math.abs(move))
    const share = 0.5 + 2 * TAKERS.follows * push + TAKERS.noise * chance.normal()
    this.takerBuy = Math.round(steps * Math.max(TAKERS.least, Math.min(1 - TAKERS.least, share)))
    const average = this.low + (this.high - this.low) * (0.35 + 0.3 * chance.float())
    this.quoteVolume = Math.round(((average * steps) / perTick / perStep) * 1e4)
  }
}

const DEVIATIONS_OF_DAY = Math.sqrt(MINUTES_OF_DAY)

const bounded = (move: number): number => (move > MOVE_MAX ? MOVE_MAX : move < -MOVE_MAX ? -MOVE_MAX : move)
