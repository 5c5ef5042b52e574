/**
 * The second door: approves only what reduces, and cancels of what could open something. Emergency stop and watchdog go through
 * here, whatever the limits and the trading state say.
 */
import type { Qty } from '../core/exact.ts'
import type { Approved } from '../domain/decision.ts'
import { PLAIN_TERMS } from '../domain/order.ts'
import type { CancelRequest, OrderRequest } from '../domain/order.ts'
import type { View } from '../domain/view.ts'

/** What is asked of this door. */
export interface Reduction {
  readonly account: number
  readonly instrument: number
  readonly clientOrderId: string
  readonly reason: string
}

/** A market order that closes what an account holds in an instrument; undefined when it holds nothing. */
export function closePosition(asked: Reduction, view: View): Approved<OrderRequest> | undefined {
  return reducePosition({ ...asked, qty: Infinity }, view)
}

/** The same of at most `qty`, positive; undefined when there is nothing to reduce. */
export function reducePosition(
  { account, instrument, clientOrderId, reason, qty }: Reduction & { readonly qty: number },
  view: View,
): Approved<OrderRequest> | undefined {
  const net = view.netQty(account, instrument)
  const reduced = Math.min(Math.abs(net), qty) as Qty
  if (!(reduced > 0)) return undefined
  const order: OrderRequest = {
    clientOrderId,
    account,
    instrument,
    side: net > 0 ? 'sell' : 'buy',
    positionSide: 'both',
    type: 'market',
    timeInForce: 'GTC',
    qty: reduced,
    closes: reduced,
    price: undefined,
    trigger: undefined,
    workingType: 'last',
    reduceOnly: true,
    terms: PLAIN_TERMS,
    attached: undefined,
    // No shares: the fill belongs to every book it reduces.
    shares: [],
    reason,
    decisionPrice: view.lastPrice(instrument),
    decidedAt: view.time,
  }
  return order as Approved<OrderRequest>
}

/** A cancel of an order that could open something; undefined for one that only reduces: who protects a position stays. */
export function cancelOrder(
  { clientOrderId, account, instrument, reduceOnly }: OrderRequest,
  reason: string,
): Approved<CancelRequest> | undefined {
  if (reduceOnly) return undefined
  const cancel: CancelRequest = { clientOrderId, account, instrument, reason }
  return cancel as Approved<CancelRequest>
}
