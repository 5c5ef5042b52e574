/**
 * A market fact read in place: a cursor over sixteen words of a typed array.
 *
 * Market facts are many and small, so they are no objects: bus, journal and kernel share this one layout, and a
 * reader gets the cursor for the duration of a call. It moves on afterwards: keep numbers, never the cursor.
 */
import type { Price, Qty } from '../core/exact.ts'
import type { Duration, Micros } from '../core/time.ts'

export const SLOT_WORDS = 16

export type MarketKind = 'bar' | 'trade' | 'quote' | 'mark' | 'depth'
/** The code of a kind in word 0 is its place here; append only, journals keep it. */
export const MARKET_KINDS: readonly MarketKind[] = ['bar', 'trade', 'quote', 'mark', 'depth']

/** Words that all kinds share. */
export const SLOT = { kind: 0, seq: 1, time: 2, exchangeTime: 3, instrument: 4 } as const
/** A closed bar. */
export const BAR = {
  openTime: 5,
  length: 6,
  open: 7,
  high: 8,
  low: 9,
  close: 10,
  volume: 11,
  quoteVolume: 12,
  trades: 13,
  takerBuyBase: 14,
} as const
export const TRADE = { id: 5, price: 6, qty: 7, buyerIsMaker: 8 } as const
export const QUOTE = { bidPrice: 5, bidQty: 6, askPrice: 7, askQty: 8, updateId: 9 } as const
/** Mark and index price in 1e-8 quote units, which is finer than an instrument's price unit. */
export const MARK = { mark: 5, index: 6, fundingRate: 7, nextFunding: 8 } as const
/** The levels of a depth update stand in a ring of their own, from `first`, `bids` and then `asks` of them. */
export const DEPTH = { firstUpdateId: 5, lastUpdateId: 6, previousUpdateId: 7, first: 8, bids: 9, asks: 10 } as const

export const MARK_SCALE = 8

export class MarketSlot {
  kind: MarketKind = 'bar'
  words: Float64Array
  /** Offset of word 0. */
  at = 0

  constructor(words: Float64Array = new Float64Array(SLOT_WORDS)) {
    this.words = words
  }

  /** Moves the cursor; the kind follows the words. */
  moveTo(words: Float64Array, at: number): this {
    this.words = words
    this.at = at
    this.kind = MARKET_KINDS[words[at]]
    return this
  }

  get seq(): number {
    return this.words[this.at + SLOT.seq]
  }
  /** When we received it: the kernel's time. */
  get time(): Micros {
    return this.words[this.at + SLOT.time] as Micros
  }
  get exchangeTime(): Micros {
    return this.words[this.at + SLOT.exchangeTime] as Micros
  }
  get instrument(): number {
    return this.words[this.at + SLOT.instrument]
  }

  get openTime(): Micros {
    return this.words[this.at + BAR.openTime] as Micros
  }
  get length(): Duration {
    return this.words[this.at + BAR.length] as Duration
  }
  get open(): Price {
    return this.words[this.at + BAR.open] as Price
  }
  get high(): Price {
    return this.words[this.at + BAR.high] as Price
  }
  get low(): Price {
    return this.words[this.at + BAR.low] as Price
  }
  get close(): Price {
    return this.words[this.at + BAR.close] as Price
  }
  /** In base units, a float: volumes are analytics. */
  get volume(): number {
    return this.words[this.at + BAR.volume]
  }
  get quoteVolume(): number {
    return this.words[this.at + BAR.quoteVolume]
  }
  get trades(): number {
    return this.words[this.at + BAR.trades]
  }
  get takerBuyBase(): number {
    return this.words[this.at + BAR.takerBuyBase]
  }

  get tradeId(): number {
    return this.words[this.at + TRADE.id]
  }
  get price(): Price {
    return this.words[this.at + TRADE.price] as Price
  }
  get qty(): Qty {
    return this.words[this.at + TRADE.qty] as Qty
  }
  get buyerIsMaker(): boolean {
    return this.words[this.at + TRADE.buyerIsMaker] === 1
  }

  get bidPrice(): Price {
    return this.words[this.at + QUOTE.bidPrice] as Price
  }
  get bidQty(): Qty {
    return this.words[this.at + QUOTE.bidQty] as Qty
  }
  get askPrice(): Price {
    return this.words[this.at + QUOTE.askPrice] as Price
  }
  get askQty(): Qty {
    return this.words[this.at + QUOTE.askQty] as Qty
  }

  get mark(): number {
    return this.words[this.at + MARK.mark]
  }
}
