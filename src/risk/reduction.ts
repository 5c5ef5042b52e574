/** What only reduces: such orders pass the limits on exposure and loss. */
import { sideSign } from '../domain/order.ts'
import type { OrderRequest } from '../domain/order.ts'
import type { View } from '../domain/view.ts'
import { signedQty } from './limits/limit.ts'

/** Whether the order can only make the position smaller, whatever else is in flight: it never crosses zero. */
export function isReducing(order: OrderRequest, view: View): boolean {
  if (order.reduceOnly) return true
  const net = view.netQty(order.account, order.instrument)
  const signed = signedQty(order)
  if (net === 0 || net > 0 === signed > 0) return false
  // Others that reduce may be in flight: together they must not cross zero.
  const left = view.netQtyFilled(order.account, order.instrument, signed)
  return net > 0 ? left >= 0 : left <= 0
}

/** Whether there is, or may soon be, a position on the other side that this order could close. */
export function hasToClose({ account, instrument, side }: OrderRequest, view: View): boolean {
  const sign = sideSign(side)
  // One unit more and less: asks for the side alone.
  return (view.netQtyFilled(account, instrument, -sign) + sign) * sign < 0
}
