/** Means, squared deviations and their products of the last n pairs, by blocks as in `rolling-moments.ts`. O(1) amortised. Pure. */
import type { Indicator } from '../indicator.ts'
import { requireLength } from './check.ts'
import { requireSize } from './state.ts'

/** Numbers kept of each end of a block: mean of x, mean of y, squares of x, squares of y, products. */
const WIDTH = 5

export class RollingCovariance implements Indicator {
  /** All are NaN until there are n pairs. */
  meanX = Number.NaN
  meanY = Number.NaN
  squaresX = Number.NaN
  squaresY = Number.NaN
  /** Sum of the products of the deviations. */
  products = Number.NaN
  readonly #length: number
  /** Before `#at` pairs of this block in the first two columns, from there what is known of the ends of the block before. */
  readonly #ends: Float64Array
  #at = 0
  #meanX = 0
  #meanY = 0
  #squaresX = 0
  #squaresY = 0
  #products = 0
  #full = false

  constructor(length: number) {
    requireLength('length', length)
    this.#length = length
    this.#ends = new Float64Array(WIDTH * length)
  }

  get ready(): boolean {
    return this.#full
  }

  update(x: number, y: number): void {
    const n = this.#length
    const ends = this.#ends
    ends[WIDTH * this.#at] = x
    ends[WIDTH * this.#at + 1] = y
    this.#at += 1
    this.#join(x, y, this.#at)
    if (this.#at === n) {
      this.meanX = this.#meanX
      this.meanY = this.#meanY
      this.squaresX = this.#squaresX
      this.squaresY = this.#squaresY
      this.products = this.#products
      this.#close()
    } else if (this.#full) {
      const at = WIDTH * this.#at
      const share = this.#at / n
      const weight = share * (n - this.#at)
      const gapX = this.#meanX - ends[at]
      const gapY = this.#meanY - ends[at + 1]
      this.meanX = ends[at] + gapX * share
      this.meanY = ends[at + 1] + gapY * share
      this.squaresX = ends[at + 2] + this.#squaresX + gapX * gapX * weight
      this.squaresY = ends[at + 3] + this.#squaresY + gapY * gapY * weight
      this.products = ends[at + 4] + this.#products + gapX * gapY * weight
    }
  }

  /** Welford's update. */
  #join(x: number, y: number, count: number): void {
    const deltaX = x - this.#meanX
    const deltaY = y - this.#meanY
    this.#meanX += deltaX / count
    this.#meanY += deltaY / count
    const restY = y - this.#meanY
    this.#squaresX += deltaX * (x - this.#meanX)
    this.#squaresY += deltaY * restY
    this.#products += deltaX * restY
  }

  #empty(): void {
    this.#at = 0
    this.#meanX = 0
    this.#meanY = 0
    this.#squaresX = 0
    this.#squaresY = 0
    this.#products = 0
  }

  #close(): void {
    const n = this.#length
    const ends = this.#ends
    this.#empty()
    for (let i = n - 1; i >= 0; i--) {
      const at = WIDTH * i
      this.#join(ends[at], ends[at + 1], n - i)
      ends[at] = this.#meanX
      ends[at + 1] = this.#meanY
      ends[at + 2] = this.#squaresX
      ends[at + 3] = this.#squaresY
      ends[at + 4] = this.#products
    }
    this.#empty()
    this.#full = true
  }

  snapshot(): readonly number[] {
    const outcome = [this.meanX, this.meanY, this.squaresX, this.squaresY, this.products]
    const block = [this.#at, this.#meanX, this.#meanY, this.#squaresX, this.#squaresY, this.#products, this.#full ? 1 : 0]
    return outcome.concat(block, [...this.#ends])
  }

  restore(state: readonly number[]): void {
    requireSize(state, 12 + this.#ends.length)
    this.meanX = state[0]
    this.meanY = state[1]
    this.squaresX = state[2]
    this.squaresY = state[3]
    this.products = state[4]
    this.#at = state[5]
    this.#meanX = state[6]
    this.#meanY = state[7]
    this.#squaresX = state[8]
    this.#squaresY = state[9]
    this.#products = state[10]
    this.#full = state[11] === 1
    this.#ends.set(state.slice(12))
  }
}
