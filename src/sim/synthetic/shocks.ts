/**
 * Sudden moves and fat-tailed noise, from basic operations only.
 *
 * Pure: chance is given.
 */
import { naturalLog } from '../../core/random.ts'
import type { Prng } from '../../core/random.ts'
import { exponentialOf } from './exponential.ts'

/** Student's t with six degrees of freedom, scaled to variance 1. */
export function fatTailed(chance: Prng): number {
  // Chi-squared with six degrees is twice a sum of three exponentials, which is a logarithm of a product.
  const product = (1 - chance.float()) * (1 - chance.float()) * (1 - chance.float())
  return chance.normal() * Math.sqrt(-2 / naturalLog(product < 1 ? product : 1 - 2 ** -53))
}

export interface JumpLaw {
  /** Mean number a day in ordinary times. */
  readonly perDay: number
  /** Of the smallest jump, as a share of the price; sizes have a power law with exponent `tail` above it. */
  readonly size: number
  readonly tail: number
  readonly largest: number
  /** Share of jumps that go down. */
  readonly down: number
}

const MINUTES_OF_DAY = 1_440
/** Share of what is left of a jump that comes in each further minute: a cascade of some minutes, not one tick. */
const PER_MINUTE = 0.55
const LEFT_MIN = 0.0005

/** Jumps that come at random and run their course over minutes. */
export class Jumps {
  /** The whole size of a jump that began in this minute, else 0. */
  began = 0
  readonly #chance: Prng
  readonly #law: JumpLaw
  #left = 0

  constructor(chance: Prng, law: JumpLaw) {
    this.#chance = chance
    this.#law = law
  }

  /** The move of one minute; `intensity` multiplies how often jumps begin. */
  step(intensity: number): number {
    const { perDay, size, tail, largest, down } = this.#law
    this.began = 0
    if (this.#chance.float() < (perDay * intensity) / MINUTES_OF_DAY) {
      const length = Math.min(largest, size * exponentialOf(this.#chance.exponential() / tail))
      this.began = this.#chance.float() < down ? -length : length
      this.#left += this.began
    }
    if (this.#left === 0) return 0
    const move = Math.abs(this.#left) < LEFT_MIN ? this.#left : PER_MINUTE * this.#left
    this.#left -= move
    return move
  }
}
