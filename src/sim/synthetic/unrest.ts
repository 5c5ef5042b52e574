/**
 * How the logarithm of volatility wanders: a sum of mean-reverting parts that forget within minutes, hours, days and weeks.
 * One part alone would make unrest end at once or never; the sum decays slowly, as it does in markets.
 * Source: F. Corsi, Journal of Financial Econometrics 7 (2009), 174-196, for the cascade of horizons.
 *
 * Pure: chance is given.
 */
import type { Prng } from '../../core/random.ts'

export interface UnrestPart {
  /** Minutes after which a share of 1 - 1/e is forgotten. */
  readonly minutes: number
  /** Standard deviation in the long run. */
  readonly deviation: number
  /** Minutes between its steps. */
  readonly step: number
}

export class Unrest {
  /** Sum of the parts, 0 in the long run. */
  value = 0
  readonly #chance: Prng
  readonly #parts: readonly UnrestPart[]
  readonly #values: Float64Array
  readonly #keep: Float64Array
  readonly #noise: Float64Array

  constructor(chance: Prng, parts: readonly UnrestPart[]) {
    this.#chance = chance
    this.#parts = parts
    this.#keep = Float64Array.from(parts, ({ minutes, step }) => 1 - step / minutes)
    this.#noise = Float64Array.from(parts, ({ deviation }, i) => deviation * Math.sqrt(1 - this.#keep[i] * this.#keep[i]))
    this.#values = Float64Array.from(parts, ({ deviation }) => deviation * chance.normal())
    this.#add()
  }

  /** To the given minute, counted from the market's first. */
  step(minute: number): void {
    let changed = false
    for (let i = 0; i < this.#parts.length; i++) {
      if (minute % this.#parts[i].step !== 0) continue
      this.#values[i] = this.#keep[i] * this.#values[i] + this.#noise[i] * this.#chance.normal()
      changed = true
    }
    if (changed) this.#add()
  }

  /** Lifts part `part` at once, to no more than `most`. */
  shock(part: number, by: number, most: number): void {
    this.#values[part] = Math.min(most, this.#values[part] + by)
    this.#add()
  }

  #add(): void {
    let total = 0
    for (let i = 0; i < this.#values.length; i++) total += this.#values[i]
    this.value = total
  }
}
