/**
 * The trade ids of one instrument that were counted already, so that a fill which is reported twice is booked once.
 *
 * Ids mostly rise: what is above the highest is new without a search. Of the others as many are remembered as can be
 * repeated by any reconnect; one that is older than all of them counts as seen, because booking twice is worse.
 */
export interface SeenTradesState {
  readonly highest: number
  readonly recent: readonly number[]
}

const KEPT = 4_096

export class SeenTrades {
  #highest = -1
  readonly #recent = new Float64Array(KEPT)
  #count = 0

  /** True when the id is new; it is remembered then. */
  add(tradeId: number): boolean {
    if (tradeId > this.#highest) this.#highest = tradeId
    else if (tradeId === this.#highest || this.#isKnown(tradeId)) return false
    this.#recent[this.#count % KEPT] = tradeId
    this.#count += 1
    return true
  }

  #isKnown(tradeId: number): boolean {
    const kept = Math.min(this.#count, KEPT)
    let oldest = Infinity
    for (let i = 0; i < kept; i++) {
      const id = this.#recent[i]
      if (id === tradeId) return true
      if (id < oldest) oldest = id
    }
    return kept === KEPT && tradeId < oldest
  }

  snapshot(): SeenTradesState {
    const kept = Math.min(this.#count, KEPT)
    return {
      highest: this.#highest,
      recent: Array.from({ length: kept }, (_, i) => this.#recent[(this.#count - kept + i) % KEPT]),
    }
  }

  static restore(state: SeenTradesState): SeenTrades {
    const seen = new SeenTrades()
    seen.#highest = state.highest
    seen.#recent.set(state.recent)
    seen.#count = state.recent.length
    return seen
  }
}
