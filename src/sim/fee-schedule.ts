/**
 * V13: the fee rates of an account, constant or by the notional it traded in the 30 UTC days before.
 */
import { ZERO } from '../core/exact.ts'
import type { Money, Rate } from '../core/exact.ts'
import { DAY } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { FeeTier } from './fill-model.ts'

/** Days whose volume counts, the present one not among them. */
const DAYS = 30

export interface FeeScheduleState {
  readonly day: number
  readonly tier: number
  readonly traded: readonly (readonly [number, bigint])[]
}

export class FeeSchedule {
  readonly #tiers: readonly FeeTier[]
  /** Traded notional by UTC day. */
  readonly #traded = new Map<number, Money>()
  #day = -1
  #tier = 0
  maker: Rate
  taker: Rate

  constructor(tiers: readonly FeeTier[], maker: Rate, taker: Rate) {
    this.#tiers = tiers
    this.maker = tiers.length > 0 ? tiers[0].maker : maker
    this.taker = tiers.length > 0 ? tiers[0].taker : taker
  }

  /** The rates in force at a moment. */
  at(time: Micros): this {
    if (this.#tiers.length > 1) {
      const day = Math.floor(time / DAY)
      if (day !== this.#day) this.#begin(day)
    }
    return this
  }

  trade(value: Money): void {
    if (this.#tiers.length > 1) this.#traded.set(this.#day, ((this.#traded.get(this.#day) ?? ZERO) + value) as Money)
  }

  #begin(day: number): void {
    this.#day = day
    let volume = 0n
    for (const [traded, amount] of this.#traded) {
      if (traded < day - DAYS) this.#traded.delete(traded)
      else if (traded < day) volume += amount
    }
    this.#set(this.#tiers.findLastIndex((tier) => volume >= tier.volume))
  }

  #set(tier: number): void {
    this.#tier = Math.max(0, tier)
    this.maker = this.#tiers[this.#tier].maker
    this.taker = this.#tiers[this.#tier].taker
  }

  snapshot(): FeeScheduleState {
    return { day: this.#day, tier: this.#tier, traded: [...this.#traded] }
  }

  restore(state: FeeScheduleState): void {
    this.#traded.clear()
    for (const [day, amount] of state.traded) this.#traded.set(day, amount as Money)
    this.#day = state.day
    if (this.#tiers.length > 0) this.#set(state.tier)
  }
}
