/**
 * The second door: approves only what reduces. Emergency stop and watchdog go through here, whatever the
 * limits and the trading state say.
 */
import type { Qty } from '../core/exact.ts'
import type { Approved } from '../domain/decision.ts'
import { PLAIN_TERMS } from '../domain/order.ts'
import type { OrderRequest } from '../domain/order.ts'
import type { View } from '../domain/view.ts'

/** A market order that closes what an account holds in an instrument; undefined when it holds nothing. */
export function closePosition(
  { account, instrument, clientOrderId, reason }: { account: number; instrument: number; clientOrderId: string; reason: string },
  view: View,
): Approved<OrderRequest> | undefined {
  const net = view.netQty(account, instrument)
  if (net === 0) return undefined
  const order: OrderRequest = {
    clientOrderId,
    account,
    instrument,
    side: net > 0 ? 'sell' : 'buy',
    positionSide: 'both',
    type: 'market',
    timeInForce: 'GTC',
    qty: Math.abs(net) as Qty,
    closes: Math.abs(net) as Qty,
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
