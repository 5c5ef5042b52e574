/**
 * What all symbols of a synthetic market share, minute by minute: regime, unrest, hour and weekday, the moves of the market
 * and of the smaller coins, sudden falls.
 *
 * Pure: chance comes from forks by name.
 */
import type { Prng } from '../../core/random.ts'
import { DAY, HOUR, MINUTE, weekday } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import { exponentialOf } from './exponential.ts'
import { fatTailed, Jumps } from './shocks.ts'
import { Unrest } from './unrest.ts'

export const REGIMES = ['calm', 'normal', 'wild', 'crisis'] as const

interface Regime {
  /** Logarithm of the factor on volatility. */
  readonly unrest: number
  /** Mean length. */
  readonly days: number
  /** How much more often jumps begin. */
  readonly jumps: number
  /** Probabilities of the regimes that follow, in the order of `REGIMES`. */
  readonly next: readonly number[]
}

const LAWS: readonly Regime[] = [
  { unrest: -0.4, days: 9, jumps: 0.5, next: [0, 0.9, 0.09, 0.01] },
  { unrest: 0, days: 8, jumps: 1, next: [0.5, 0, 0.45, 0.05] },
  { unrest: 0.45, days: 3, jumps: 2, next: [0.06, 0.84, 0, 0.1] },
  { unrest: 1.05, days: 1, jumps: 5, next: [0, 0.25, 0.75, 0] },
]

/** Minutes, hours, days, weeks. */
const UNREST = [
  { minutes: 10, deviation: 0.42, step: 1 },
  { minutes: 4 * 60, deviation: 0.23, step: 10 },
  { minutes: 2 * 1_440, deviation: 0.24, step: 60 },
  { minutes: 14 * 1_440, deviation: 0.4, step: 60 },
] as const
/** Falls make the hours after them livelier than rises do: logarithm of the factor for a move of one deviation. */
const LEVERAGE = 0.02
/** What a jump does to the minutes and the hours after it. */
const AFTERSHOCK = [
  { part: 0, by: 0.7, most: 1.4 },
  { part: 1, by: 0.35, most: 0.9 },
] as const
const MARKET_JUMPS = { perDay: 0.09, size: 0.012, tail: 2.7, largest: 0.18, down: 0.6 } as const

/** Volatility by UTC hour, its mean about one: Asia's morning, the quiet before Europe, America's opening. */
const HOURS: readonly number[] = [
  1.12, 1.04, 0.98, 0.9, 0.84, 0.83, 0.86, 0.93, 0.97, 0.95, 0.94, 0.93, 0.98, 1.16, 1.36, 1.33, 1.22, 1.12, 1.05, 1.02, 1, 0.96,
  0.9, 0.86,
]
const WEEKEND = 0.74
/** The first minute of an hour is busier. */
const FULL_HOUR = 1.15

export class Weather {
  /** Minutes since the market's first, -1 before it. */
  minute = -1
  time: Micros
  /** Index into `REGIMES`. */
  regime = 1
  /** Factor on volatility; its mean square over years is about one. */
  deviation = 1
  /** The same without hour and weekday. */
  unrest = 1
  /** How much more often jumps begin. */
  jumpiness = 1
  /** Moves of one minute in units of the deviation of a minute: of all, and of all but the leader. */
  market = NaN
  alts = NaN
  /** Moves as shares of the price. */
  jump = NaN
  drift = NaN
  readonly #regimes: Prng
  readonly #moves: Prng
  readonly #jumps: Jumps
  readonly #unrest: Unrest
  readonly #drift: Unrest

  constructor(chance: Prng, start: Micros) {
    this.time = (start - MINUTE) as Micros
    this.#regimes = chance.fork('regimes')
    this.#moves = chance.fork('moves')
    this.#jumps = new Jumps(chance.fork('jumps'), MARKET_JUMPS)
    this.#unrest = new Unrest(chance.fork('unrest'), UNREST)
    this.#drift = new Unrest(chance.fork('drift'), [{ minutes: 30 * 1_440, deviation: DRIFT, step: 60 }])
    this.regime = this.#regimes.float() < 0.5 ? 0 : 1
  }

  /** To the next minute. */
  step(): void {
    this.minute += 1
    this.time = (this.time + MINUTE) as Micros
    if (this.minute % 60 === 0) this.#changeRegime()
    if (this.minute > 0) this.#unrest.shock(1, -LEVERAGE * this.market, 1.2)
    this.#unrest.step(this.minute)
    this.#drift.step(this.minute)
    const law = LAWS[this.regime]
    this.unrest = SCALE * exponentialOf(law.unrest + this.#unrest.value)
    this.deviation = this.unrest * seasonOf(this.time)
    this.jumpiness = law.jumps
    this.market = fatTailed(this.#moves)
    this.alts = fatTailed(this.#moves)
    this.jump = this.#jumps.step(law.jumps)
    this.drift = this.#drift.value
    if (this.#jumps.began !== 0) for (const { part, by, most } of AFTERSHOCK) this.#unrest.shock(part, by, most)
  }

  #changeRegime(): void {
    const { days, next } = LAWS[this.regime]
    if (this.#regimes.float() >= 1 / (24 * days)) return
    let draw = this.#regimes.float()
    for (let to = 0; to < next.length; to++) {
      draw -= next[to]
      if (draw >= 0) continue
      this.regime = to
      return
    }
  }
}

/** Makes the mean square of the deviation about one. */
const SCALE = 0.72
/** Deviation of the drift of a minute: bull and bear markets of some months. */
const DRIFT = 0.0015 / 1_440

/** Factor of hour and weekday on volatility; hours pass into one another. */
export function seasonOf(time: Micros): number {
  const inDay = time % DAY
  const hour = Math.floor(inDay / HOUR)
  const into = (inDay - hour * HOUR) / HOUR
  const hourly = HOURS[hour] * (1 - into) + HOURS[(hour + 1) % 24] * into
  return hourly * (weekday(time) >= 5 ? WEEKEND : 1) * (inDay % HOUR === 0 ? FULL_HOUR : 1)
}
