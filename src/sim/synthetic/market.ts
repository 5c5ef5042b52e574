/**
 * A synthetic market, minute by minute: the weather that all symbols share, and each symbol in it. Bars of any interval, trades and
 * order books are made of what stands here, so that they agree.
 *
 * Deterministic to the last bit: only operations that IEEE 754 fixes, chance from forks by name. A further symbol changes no
 * other one, and a longer period begins with the shorter.
 */
import { createPrng } from '../../core/random.ts'
import type { Prng } from '../../core/random.ts'
import { floorTo, MINUTE } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import { characterOf } from './character.ts'
import type { ContractGrid } from './character.ts'
import { FundingSchedule } from './funding.ts'
import type { FundingHours, Settlement } from './funding.ts'
import { Minutes } from './minutes.ts'
import { Weather } from './weather.ts'

export interface SymbolRequest {
  readonly seed: number | string
  readonly symbol: string
  /** The market's first minute is the one that contains this moment. */
  readonly origin: Micros
  /** Grid and level of a contract that exists; undefined: by chance. */
  readonly grid?: ContractGrid | undefined
  /** Hours between settlements unless the rate meets its cap; 8 when undefined. */
  readonly fundingHours?: FundingHours | undefined
}

/** One symbol on its way through time. */
export class SymbolMarket {
  readonly weather: Weather
  readonly minutes: Minutes
  /** Settled when the minute opened; undefined for nearly all of them. */
  settlement: Settlement | undefined = undefined
  /** For what is drawn beside the minutes: trades, order books. */
  readonly chance: Prng
  readonly #funding: FundingSchedule

  constructor({ seed, symbol, origin, grid, fundingHours = 8 }: SymbolRequest) {
    const start = floorTo(origin, MINUTE)
    const root = createPrng(seed)
    this.chance = root.fork(`symbol ${symbol}`)
    this.weather = new Weather(root.fork('market'), start)
    const character = characterOf(symbol, this.chance.fork('character'), grid)
    this.minutes = new Minutes(character, this.chance, this.weather)
    this.#funding = new FundingSchedule(start, fundingHours, character.fundingCap)
  }

  /** The minute that `step` leads to next. */
  get nextTime(): Micros {
    return (this.weather.time + MINUTE) as Micros
  }

  step(): void {
    const time = this.nextTime
    this.settlement = this.#funding.settle(time)
    this.weather.step()
    const { premium } = this.minutes
    premium.fundingToCome = this.#funding.rate * this.#funding.toCome(time)
    this.minutes.step()
    this.#funding.add(premium.index)
  }
}
