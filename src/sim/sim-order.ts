/**
 * An order at the simulated venue, and what can be told from it alone.
 */
import type { Price } from '../core/exact.ts'
import { opposite } from '../domain/order.ts'
import type { OrderRequest, OrderSide, OrderType } from '../domain/order.ts'

export interface SimOrder {
  /** As it is in force: an amendment changes price and quantity, `closePosition` gets its quantity when it fires. */
  request: OrderRequest
  /** A conditional order that has fired goes on as a market or limit order. */
  type: OrderType
  filled: number
  /** How much of `filled` closed; the rest opened. */
  closed: number
  /** Has taken part in an open, a range or a trade: a limit that rests is a maker. */
  rested: boolean
  /** When it arrived, or became a limit order, inside the present bar; 0 otherwise. */
  arrivedInside: number
  /** O3.1: what a conditional order is measured against besides the range: the open, or the price at which its parent filled; 0 before. */
  reference: number
  /** The entry it is attached to, '' once that is done: it goes when the position is flat, and takes the rest of its parent with it when it fires. */
  parent: string | undefined
  /** Its own attached stop has been placed. */
  stopPlaced: boolean
  /** What it replaces has gone. */
  stopsReplaced: boolean
  /** R2: the quantity that is served before it at its price. */
  ahead: number
  /** V4: a trailing order follows the price. */
  armed: boolean
  /** V4: the lowest (buy) or highest (sell) price since; price or mark units; NaN before the first. */
  watermark: number
  amendments: number
  open: boolean
}

export const newOrder = (request: OrderRequest): SimOrder => ({
  request,
  type: request.type,
  filled: 0,
  closed: 0,
  rested: false,
  arrivedInside: 0,
  reference: 0,
  parent: undefined,
  stopPlaced: false,
  stopsReplaced: false,
  ahead: 0,
  armed: request.terms.activation === undefined,
  watermark: Number.NaN,
  amendments: 0,
  open: true,
})

/** Waits for a price at which it becomes a market or limit order. */
export const isConditional = (type: OrderType): boolean => type !== 'market' && type !== 'limit'
/** O11: fires when the price has moved in our favour. */
export const isTakeProfit = (type: OrderType): boolean => type === 'take-profit' || type === 'take-profit-market'
/** O11: fires when the price has moved against us. */
export const isStop = (type: OrderType): boolean => isConditional(type) && !isTakeProfit(type)
/** What a conditional order becomes. */
export const firedType = (type: OrderType): OrderType => (type === 'stop' || type === 'take-profit' ? 'limit' : 'market')
export const hasLimit = (type: OrderType): boolean => type === 'limit' || type === 'stop' || type === 'take-profit'

/** The side of the price on which an order fires: one that sells on the way down fires like a `sell` stop. */
export const firesLike = (type: OrderType, side: OrderSide): OrderSide => (isTakeProfit(type) ? opposite(side) : side)

/** What only closes: reduce-only, `closePosition`, or the closing side of hedge mode. */
export const onlyCloses = ({ reduceOnly, terms, positionSide, side }: OrderRequest): boolean =>
  reduceOnly || terms.closePosition || (positionSide !== 'both' && (positionSide === 'long') === (side === 'sell'))

const RATE_ONE = 10n ** 10n

/** V4: where a trailing order fires, in price units, from its watermark in units of `perPrice` to the price unit. */
export function trailingLevel(order: SimOrder, perPrice: number, tick: Price): Price {
  const { side, terms } = order.request
  const share = RATE_ONE + BigInt(side === 'buy' ? terms.callback : -terms.callback)
  const numerator = BigInt(order.watermark) * share
  const denominator = RATE_ONE * BigInt(perPrice) * BigInt(tick)
  const ticks = side === 'buy' ? (numerator + denominator - 1n) / denominator : numerator / denominator
  return (Number(ticks) * tick) as Price
}

/** Arms a trailing order by a price and takes it into the watermark; both in the same units. */
export function follow(order: SimOrder, price: number, activation: number | undefined): void {
  const { side } = order.request
  if (!order.armed && activation !== undefined && (side === 'sell' ? price >= activation : price <= activation))
    order.armed = true
  if (!order.armed) return
  const { watermark } = order
  if (watermark !== watermark || (side === 'sell' ? price > watermark : price < watermark)) order.watermark = price
}
