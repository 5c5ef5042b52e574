/**
 * Funding by the exchange's formula: the premium index of the period weighted by its age, bent toward the interest part, capped.
 * Source: Binance USD-M, "Introduction to Binance Futures Funding Rates": rate over N hours =
 * [P + clamp(I - P, -0.05 %, 0.05 %)] / (8 / N), P weighted linearly, later samples more.
 *
 * Pure.
 */
import { HOUR } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'

/** Hours between settlements that the exchange uses. */
export const FUNDING_HOURS = [8, 4, 1] as const
export type FundingHours = (typeof FUNDING_HOURS)[number]

const INTEREST = 0.0001
const BEND = 0.0005
/** The exchange states rates with eight decimals. */
const RATE_UNITS = 1e8
/** After so many settlements in a row that would stay below half the cap over the longer period, the period grows again. */
const QUIET = 24

export interface Settlement {
  readonly time: Micros
  /** Integer 1e-8; positive is paid by longs. */
  readonly rate: number
  readonly hours: FundingHours
}

export class FundingSchedule {
  /** Hours of the period that runs. */
  hours: FundingHours
  /** Of the last settlement, a fraction. */
  rate = INTEREST
  next: Micros
  readonly #usual: FundingHours
  readonly #cap: number
  #weighted = 0
  #weights = 0
  #minutes = 0
  #quiet = 0

  /** @param cap largest rate of a settlement, a fraction */
  constructor(start: Micros, hours: FundingHours, cap: number) {
    this.hours = hours
    this.#usual = hours
    this.#cap = cap
    this.next = nextMultiple(start, hours)
  }

  /** One minute's premium index. */
  add(premium: number): void {
    this.#minutes += 1
    this.#weighted += this.#minutes * premium
    this.#weights += this.#minutes
  }

  /** The funding that is settled when a minute opens at `time`; undefined between settlements. Called for every minute, before `add`. */
  settle(time: Micros): Settlement | undefined {
    if (time < this.next || this.#weights === 0) return undefined
    const premium = this.#weighted / this.#weights
    const whole = (premium + clamp(INTEREST - premium, BEND)) / (8 / this.hours)
    const rate = Math.round(clamp(whole, this.#cap) * RATE_UNITS)
    const settled = { time: this.next, rate, hours: this.hours }
    this.rate = rate / RATE_UNITS
    this.#weighted = 0
    this.#weights = 0
    this.#minutes = 0
    this.#reschedule(Math.abs(whole))
    this.next = nextMultiple(time, this.hours)
    return settled
  }

  /** Share of the period at `time` that is still to come. */
  toCome(time: Micros): number {
    return (this.next - time) / (this.hours * HOUR)
  }

  /** At its cap a contract settles more often, and less often again after a quiet time. */
  #reschedule(size: number): void {
    const at = FUNDING_HOURS.indexOf(this.hours)
    if (size >= this.#cap) {
      this.hours = FUNDING_HOURS[Math.min(at + 1, FUNDING_HOURS.length - 1)]
      this.#quiet = 0
      return
    }
    if (this.hours === this.#usual) return
    const longer = FUNDING_HOURS[at - 1]
    this.#quiet = (size * longer) / this.hours < this.#cap / 2 ? this.#quiet + 1 : 0
    if (this.#quiet < QUIET) return
    this.hours = longer
    this.#quiet = 0
  }
}

const clamp = (value: number, most: number): number => Math.max(-most, Math.min(most, value))
const nextMultiple = (time: Micros, hours: number): Micros => ((Math.floor(time / (hours * HOUR)) + 1) * hours * HOUR) as Micros
