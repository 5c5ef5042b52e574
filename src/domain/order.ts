/**
 * Orders: what is asked for, and the life it has at the venue.
 */
import type { Money, Price, Qty, Rate } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'

export type OrderSide = 'buy' | 'sell'
/** `both` in one-way mode; hedge mode keeps a long and a short position apart. */
export type PositionSide = 'both' | 'long' | 'short'
export type OrderType =
  | 'market'
  | 'limit'
  | 'stop'
  | 'stop-market'
  | 'take-profit'
  | 'take-profit-market'
  | 'trailing-stop-market'
export type TimeInForce = 'GTC' | 'IOC' | 'FOK' | 'GTX' | 'GTD'
/** Which price a trigger looks at. */
export type WorkingType = 'last' | 'mark'

/** Whose order goes when two of one account would trade with each other; the taker's word counts. */
export type SelfTradePrevention = 'none' | 'expire-taker' | 'expire-maker' | 'expire-both'

/** What only some orders have. */
export interface OrderTerms {
  /** Closes whatever position there is when it fires; then `qty` is 0. */
  readonly closePosition: boolean
  /** Does not fire while mark and last price are too far apart. */
  readonly priceProtect: boolean
  /** A trailing order begins to follow the price when it reaches this one; undefined is at once. */
  readonly activation: Price | undefined
  /** How far a trailing order stays behind the price's extreme, as a share of it. */
  readonly callback: Rate
  readonly selfTrade: SelfTradePrevention
  /** When a good-till-date order ends. */
  readonly goodTill: Micros | undefined
}

/** The terms of an order that asks for nothing special. */
export const PLAIN_TERMS: OrderTerms = Object.freeze({
  closePosition: false,
  priceProtect: false,
  activation: undefined,
  callback: 0 as Rate,
  selfTrade: 'expire-maker',
  goodTill: undefined,
})

export const sideSign = (side: OrderSide): 1 | -1 => (side === 'buy' ? 1 : -1)
export const opposite = (side: OrderSide): OrderSide => (side === 'buy' ? 'sell' : 'buy')

/** Who gets which part of the fills: the virtual books behind an order. Their quantities add up to the order's. */
export interface OrderShare {
  /** Index of the strategy instance. */
  readonly strategy: number
  /** Part of the order, positive. */
  readonly qty: Qty
}

/** Splits a quantity over shares in proportion, rounded down, the remainder to the largest (the first of equals). */
export function allocate(qty: Qty, shares: readonly OrderShare[]): readonly OrderShare[] {
  const whole = shares.reduce((sum, part) => sum + part.qty, 0)
  const parts = shares.map(({ strategy, qty: own }) => ({ strategy, qty: Number((BigInt(qty) * BigInt(own)) / BigInt(whole)) }))
  const rest = qty - parts.reduce((sum, part) => sum + part.qty, 0)
  let largest = 0
  shares.forEach((part, i) => {
    if (part.qty > shares[largest].qty) largest = i
  })
  parts[largest].qty += rest
  return parts as unknown as readonly OrderShare[]
}

/**
 * What happens at the venue in the moment this order fills: older protective stops go, and a new one stands. It is part
 * of the order, so that no moment is unprotected and a stop that is already beyond the market acts at once.
 */
export interface AttachedOrders {
  /** Client ids of working stops that go once the closing part has filled. */
  readonly cancels: readonly string[]
  readonly stop: AttachedStop | undefined
}

export interface AttachedStop {
  readonly clientOrderId: string
  /** The side that closes the position it protects, which is not always the opposite of its parent's. */
  readonly side: OrderSide
  readonly trigger: Price
  /** The position it protects once the parent has filled, positive; clamped to what is open when it acts. */
  readonly qty: Qty
  readonly workingType: WorkingType
}

/** The order that an attached stop becomes when it stands: for the venue that places it and for the books that await it. */
export function stopRequest(parent: OrderRequest, stop: AttachedStop): OrderRequest {
  return {
    clientOrderId: stop.clientOrderId,
    account: parent.account,
    instrument: parent.instrument,
    side: stop.side,
    positionSide: parent.positionSide,
    type: 'stop-market',
    timeInForce: 'GTC',
    qty: stop.qty,
    closes: stop.qty,
    price: undefined,
    trigger: stop.trigger,
    workingType: stop.workingType,
    reduceOnly: true,
    terms: PLAIN_TERMS,
    attached: undefined,
    shares: [{ strategy: parent.shares[0].strategy, qty: stop.qty }],
    reason: 'stop',
    decisionPrice: stop.trigger,
    decidedAt: parent.decidedAt,
  }
}

/** What the plan wants sent; becomes an order only behind one of the two doors of `risk`. */
export interface OrderRequest {
  readonly clientOrderId: string
  readonly account: number
  readonly instrument: number
  readonly side: OrderSide
  readonly positionSide: PositionSide
  readonly type: OrderType
  readonly timeInForce: TimeInForce
  readonly qty: Qty
  /**
   * The part of `qty` that closes a position on the other side, filled first. It never opens anything: what the position
   * lacks of it when the order's turn comes is not filled.
   */
  readonly closes: Qty
  /** Limit price. */
  readonly price: Price | undefined
  /** Trigger of a conditional order. */
  readonly trigger: Price | undefined
  readonly workingType: WorkingType
  /** The whole order only closes; then `closes` is `qty`. */
  readonly reduceOnly: boolean
  readonly terms: OrderTerms
  readonly attached: AttachedOrders | undefined
  readonly shares: readonly OrderShare[]
  /** Why, in one word that reports group by: `signal`, `stop`, `reversal`, `flatten`. */
  readonly reason: string
  /** The last price when the decision was made; slippage is measured against it. */
  readonly decisionPrice: Price
  readonly decidedAt: Micros
}

/** Whether it waits at the venue to close what a book holds. The market order of a book that was stopped out does not wait. */
export const isProtectiveStop = ({ reason, trigger }: OrderRequest): boolean => reason === 'stop' && trigger !== undefined

export interface CancelRequest {
  readonly clientOrderId: string
  readonly account: number
  readonly instrument: number
  readonly reason: string
}

/** Gives an open limit order another price and total quantity, the executed part included. */
export interface AmendRequest {
  readonly clientOrderId: string
  readonly account: number
  readonly instrument: number
  readonly price: Price
  readonly qty: Qty
}

/**
 * `sent` -> `working` -> `filled` | `canceled` | `expired`, or `rejected`; `attached` waits for its parent's fill;
 * `unknown` means the venue was asked and has not said yes or no.
 */
export type OrderStatus = 'sent' | 'attached' | 'working' | 'filled' | 'canceled' | 'expired' | 'rejected' | 'unknown'

export const isOpen = (status: OrderStatus): boolean =>
  status === 'sent' || status === 'attached' || status === 'working' || status === 'unknown'

/** One execution. */
export interface Fill {
  /** Unique per instrument and venue. */
  readonly tradeId: number
  readonly clientOrderId: string
  readonly account: number
  readonly instrument: number
  readonly side: OrderSide
  readonly positionSide: PositionSide
  readonly price: Price
  /** Positive. */
  readonly qty: Qty
  /** Charged in the settlement asset; negative is a rebate. */
  readonly fee: Money
  readonly liquidity: 'maker' | 'taker'
  /** Profit realised by this fill at the venue, fee not deducted. */
  readonly realised: Money
  /** When the venue executed it. */
  readonly exchangeTime: Micros
  /** Why the order existed: `signal`, `stop`, `liquidation` ... */
  readonly reason: string
}
