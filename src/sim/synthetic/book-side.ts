/**
 * One side of an order book: price levels with their sizes, the best first to be had.
 *
 * Pure.
 */
import { assert } from '../../core/errors.ts'

export class BookSide {
  /** 1 on the bid side, -1 on the ask side: larger `sign * price` is better. */
  readonly sign: 1 | -1
  /** Worst first, so that the best is the last. */
  readonly prices: number[] = []
  readonly #sizes = new Map<number, number>()

  constructor(sign: 1 | -1) {
    this.sign = sign
  }

  get best(): number {
    assert(this.prices.length > 0, 'a side of the book is empty')
    return this.prices[this.prices.length - 1]
  }

  /** 0 where there is no level. */
  sizeAt(price: number): number {
    return this.#sizes.get(price) ?? 0
  }

  /** Size 0 removes the level. */
  set(price: number, size: number): void {
    if (size === 0) {
      if (!this.#sizes.delete(price)) return
      this.prices.splice(this.#placeOf(price), 1)
    } else {
      if (!this.#sizes.has(price)) this.prices.splice(this.#placeOf(price), 0, price)
      this.#sizes.set(price, size)
    }
  }

  /** Whether `price` is better than `than`. */
  better(price: number, than: number): boolean {
    return this.sign * price > this.sign * than
  }

  /** The index of a level, or where it would stand. Most changes are near the best, so the search begins there. */
  #placeOf(price: number): number {
    const { prices, sign } = this
    let low = 0
    let high = prices.length
    let width = 8
    while (high > 0 && width < high && sign * prices[high - width] >= sign * price) {
      high -= width
      width *= 2
    }
    if (width < high) low = high - width
    while (low < high) {
      const middle = (low + high) >>> 1
      if (sign * prices[middle] < sign * price) low = middle + 1
      else high = middle
    }
    return low
  }
}
