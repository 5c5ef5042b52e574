/**
 * What the exchange's market streams say, one message at a time, with decimals as their texts. Types only.
 */

/** Price and quantity; in a diff a quantity of zero takes the level out. */
export type DepthLevel = readonly [price: string, qty: string]

interface Received {
  /** Micros when the recorder received it; undefined when the file does not say. */
  readonly received: number | undefined
}

/** Changes of the order book since the message before. */
export interface DepthDiff extends Received {
  readonly kind: 'diff'
  /** Micros at the exchange. */
  readonly time: number
  readonly symbol: string
  readonly firstId: number
  readonly finalId: number
  /** `finalId` of the message before; undefined on spot. */
  readonly previousId: number | undefined
  readonly bids: readonly DepthLevel[]
  readonly asks: readonly DepthLevel[]
}

/** The best levels of the book, as many as were asked for. */
export interface DepthSnapshot extends Received {
  readonly kind: 'snapshot'
  readonly time: number | undefined
  readonly symbol: string | undefined
  /** The last change that is in it; undefined when the file does not say. */
  readonly finalId: number | undefined
  readonly bids: readonly DepthLevel[]
  readonly asks: readonly DepthLevel[]
}

/** Best bid and ask. */
export interface Quote extends Received {
  readonly kind: 'quote'
  readonly time: number | undefined
  readonly symbol: string
  readonly finalId: number
  readonly bid: string
  readonly bidQty: string
  readonly ask: string
  readonly askQty: string
}

export interface TradeMessage extends Received {
  readonly kind: 'trade' | 'aggTrade'
  readonly time: number
  readonly symbol: string
  readonly id: number
  readonly price: string
  readonly qty: string
  readonly buyerIsMaker: boolean
  /** Ids of the first and last single trade in an aggregate; undefined of a single trade. */
  readonly firstId: number | undefined
  readonly lastId: number | undefined
}

export type MarketRecord = DepthDiff | DepthSnapshot | Quote | TradeMessage
