/** The two sides of an order book as far as a check needs them: levels, and the best of each side. Pure. */

type Side = 'bids' | 'asks'

export class Book {
  known = false
  readonly #bids = new Map<number, number>()
  readonly #asks = new Map<number, number>()
  /** NaN when it has to be looked for. */
  #bid = Number.NEGATIVE_INFINITY
  #ask = Number.POSITIVE_INFINITY

  clear(): void {
    this.#bids.clear()
    this.#asks.clear()
    this.#bid = Number.NEGATIVE_INFINITY
    this.#ask = Number.POSITIVE_INFINITY
  }

  /** A whole book. Returns whether bids descend and asks ascend. */
  load(bids: readonly (readonly [number, number])[], asks: readonly (readonly [number, number])[]): boolean {
    this.known = true
    for (const [price, quantity] of bids) this.set('bids', price, quantity)
    for (const [price, quantity] of asks) this.set('asks', price, quantity)
    return (
      bids.every(([price], i) => i === 0 || price < bids[i - 1][0]) &&
      asks.every(([price], i) => i === 0 || price > asks[i - 1][0])
    )
  }

  set(side: Side, price: number, quantity: number): void {
    const levels = side === 'bids' ? this.#bids : this.#asks
    if (quantity === 0) {
      levels.delete(price)
      if (side === 'bids' && price === this.#bid) this.#bid = Number.NaN
      if (side === 'asks' && price === this.#ask) this.#ask = Number.NaN
      return
    }
    levels.set(price, quantity)
    if (side === 'bids' && price > this.#bid) this.#bid = price
    if (side === 'asks' && price < this.#ask) this.#ask = price
  }

  best(): { readonly bid: number; readonly ask: number } {
    if (Number.isNaN(this.#bid)) {
      this.#bid = Number.NEGATIVE_INFINITY
      for (const price of this.#bids.keys()) if (price > this.#bid) this.#bid = price
    }
    if (Number.isNaN(this.#ask)) {
      this.#ask = Number.POSITIVE_INFINITY
      for (const price of this.#asks.keys()) if (price < this.#ask) this.#ask = price
    }
    return { bid: this.#bid, ask: this.#ask }
  }
}
