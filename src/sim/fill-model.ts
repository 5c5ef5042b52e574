/**
 * The rules by which bars fill orders, as settings and pure functions. docs/backtest-assumptions.md numbers them.
 */
import type { Money, Price, Qty, Rate } from '../core/exact.ts'
import type { OrderSide } from '../domain/order.ts'

export interface FillModel {
  readonly takerFee: Rate
  readonly makerFee: Rate
  /** Basis points by which taker fills are worse. */
  readonly slippageBps: number
  /** Share of a bar's volume that all orders together may take; undefined is no cap. */
  readonly participation: number | undefined
  /** A limit fills when its price is touched; otherwise it must be traded through by a tick. */
  readonly touch: boolean
  /** R2: how many trades of mean size stand before a limit order when it begins to rest; `DEFAULT_QUEUE` when absent. */
  readonly queue?: number
  /** V13: by traded notional, ascending from 0; absent when `makerFee` and `takerFee` hold always. */
  readonly tiers?: readonly FeeTier[]
}

/** From a traded notional of the last 30 days on. */
export interface FeeTier {
  readonly volume: Money
  readonly maker: Rate
  readonly taker: Rate
}

/** R2, unless somebody says otherwise. */
export const DEFAULT_QUEUE = 10

/** What floats leave of a whole number: 0.7 x 0.1 x 100 is 7, and not 6.999. */
const WHOLE = 1e-9

/** O7: a taker's price, worse by the slippage and rounded to the tick against us. */
export function slipped(price: Price, side: OrderSide, slippageBps: number, tick: Price): Price {
  if (slippageBps === 0) return price
  // Only what is added is a float, so that large prices lose nothing.
  const between = price % tick
  const ticks = ((side === 'buy' ? between : -between) + (price * slippageBps) / 10_000) / tick
  const whole = Math.round(ticks)
  const moved = (Math.abs(ticks - whole) <= WHOLE ? whole : Math.ceil(ticks)) * tick
  return Math.max(tick, price + (side === 'buy' ? moved - between : -moved - between)) as Price
}

export interface InsideBar {
  readonly open: number
  readonly high: number
  readonly low: number
  /** Micros from the beginning of the bar, and its length. */
  readonly elapsed: number
  readonly length: number
}

/**
 * O3.2: what an order gets that arrives inside a bar, when bars cannot tell where the price was: the fewest ticks that are at
 * least sqrt(elapsed share) x range. Floats guess them, and squares of integers decide.
 */
export function adversePrice(bar: InsideBar, side: OrderSide, tick: Price): Price {
  const range = bar.high - bar.low
  const elapsed = Math.min(bar.length, Math.max(0, bar.elapsed))
  const wanted = BigInt(elapsed) * squared(range)
  const isEnough = (ticks: number): boolean => squared(ticks * tick) * BigInt(bar.length) >= wanted
  let ticks = Math.ceil((Math.sqrt(elapsed / bar.length) * range) / tick)
  while (ticks > 0 && isEnough(ticks - 1)) ticks -= 1
  while (!isEnough(ticks)) ticks += 1
  const move = ticks * tick
  return (side === 'buy' ? Math.min(bar.high, bar.open + move) : Math.max(bar.low, bar.open - move)) as Price
}

const squared = (n: number): bigint => BigInt(n) * BigInt(n)

/** More than three roundings of a double, and far less than a unit. */
const FEW_BITS = 1e-15

/** O6: what a bar of this volume can give, in quantity units. */
export function fillableQty(volume: number, participation: number | undefined, unitsPerBase: number): Qty {
  if (participation === undefined) return Number.MAX_SAFE_INTEGER as Qty
  const units = volume * participation * unitsPerBase
  const whole = Math.round(units)
  return (Math.abs(units - whole) <= FEW_BITS * units ? whole : Math.floor(units)) as Qty
}

/** Whether a price has reached a trigger from the inside: at or beyond it, against the stop's owner. */
export const reaches = (price: number, trigger: number, side: OrderSide): boolean =>
  side === 'sell' ? price <= trigger : price >= trigger

/** Whether a price gives a resting limit its fill. */
export function tradesThrough(price: number, limit: number, side: OrderSide, through: number): boolean {
  return side === 'buy' ? price <= limit - through : price >= limit + through
}
