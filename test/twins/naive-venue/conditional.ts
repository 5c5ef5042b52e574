/**
 * Conditional orders against prices (V4), all of them in 1e-8.
 */
import { assert } from '../../../src/core/errors.ts'
import { abs, max, min } from './arithmetic.ts'
import { asMark, perPrice, RATE_ONE, rulesOf, tickOf } from './state.ts'
import type { State, WorkingOrder } from './state.ts'

export const isTrailing = (order: Pick<WorkingOrder, 'type'>): boolean => order.type === 'trailing-stop-market'
/** O11: the others are against us. */
export const isForUs = (order: Pick<WorkingOrder, 'type'>): boolean =>
  order.type === 'take-profit' || order.type === 'take-profit-market'
export const isConditional = (order: Pick<WorkingOrder, 'type'>): boolean => order.type !== 'market' && order.type !== 'limit'
export const becomesLimit = (order: Pick<WorkingOrder, 'type'>): boolean => order.type === 'stop' || order.type === 'take-profit'

/** In price units; of a trailing order the level by its watermark, undefined until it is armed. */
export function triggerOf(state: State, order: WorkingOrder, time: number): bigint | undefined {
  if (!isTrailing(order)) {
    assert(order.trigger !== undefined, 'a conditional order has a trigger')
    return order.trigger
  }
  if (order.watermark === undefined) return undefined
  const tick = tickOf(state, order.instrument, time)
  const under = RATE_ONE * perPrice(state, order.instrument) * tick
  const callback = BigInt(order.terms.callback)
  return order.side === 'buy'
    ? ((order.watermark * (RATE_ONE + callback) + under - 1n) / under) * tick
    : ((order.watermark * (RATE_ONE - callback)) / under) * tick
}

/** Whether a price, or a mark, fires the order. */
export function isReached(state: State, order: WorkingOrder, price: bigint, time: number): boolean {
  const trigger = triggerOf(state, order, time)
  if (trigger === undefined) return false
  const at = asMark(state, order.instrument, trigger)
  return (order.side === 'buy') === isForUs(order) ? price <= at : price >= at
}

/** A trailing order sees a price: it is armed by it, or takes it into its watermark. */
export function watch(state: State, order: WorkingOrder, price: bigint): void {
  const { activation } = order.terms
  if (order.watermark === undefined) {
    const at = activation === undefined ? price : asMark(state, order.instrument, BigInt(activation))
    if (order.side === 'buy' ? price <= at : price >= at) order.watermark = price
  } else order.watermark = order.side === 'buy' ? min(order.watermark, price) : max(order.watermark, price)
}

/** Price protection: whether mark and last price are too far apart. */
export function isHeldUp(state: State, order: WorkingOrder, mark: bigint, last: bigint, time: number): boolean {
  const { triggerProtect } = rulesOf(state, order.instrument, time)
  if (!order.terms.priceProtect || triggerProtect === undefined) return false
  return abs(mark - last) * RATE_ONE > BigInt(triggerProtect) * mark
}
