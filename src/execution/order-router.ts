/** The plan: how to get from the position a book has to the position it shall have. For now one market order. */
import type { Price, Qty } from '../core/exact.ts'
import type { Target } from '../domain/decision.ts'
import { PLAIN_TERMS } from '../domain/order.ts'
import type { AttachedOrders, OrderRequest } from '../domain/order.ts'
import type { View } from '../domain/view.ts'

export interface RoutingContext {
  readonly account: number
  readonly view: View
  /** What the book holds, or will hold when everything in flight has filled. */
  readonly held: Qty
  /** Working or waiting protective stops of the target's book. */
  readonly stops: readonly string[]
  /** A fresh client order id. */
  nextId(): string
}

/**
 * One market order for the difference, with the new stop attached and the old ones replaced at its fill; undefined
 * when book and target agree already.
 */
export function planOrder(target: Target, { account, view, held, stops, nextId }: RoutingContext): OrderRequest | undefined {
  const { signal } = target
  const difference = target.qty - held
  if (difference === 0) return undefined
  const qty = Math.abs(difference) as Qty
  // What lies between the position and zero, as far as this order goes that way.
  const closes = (held !== 0 && held > 0 !== difference > 0 ? Math.min(qty, Math.abs(held)) : 0) as Qty
  return {
    clientOrderId: nextId(),
    account,
    instrument: signal.instrument,
    side: difference > 0 ? 'buy' : 'sell',
    positionSide: 'both',
    type: 'market',
    timeInForce: 'GTC',
    qty,
    closes,
    price: undefined,
    trigger: undefined,
    workingType: 'last',
    reduceOnly: closes === qty,
    terms: PLAIN_TERMS,
    attached: attachedOrders(target, stops, nextId),
    shares: [{ strategy: signal.strategy, qty }],
    reason: closes > 0 && closes < qty ? 'reversal' : 'signal',
    decisionPrice: view.lastPrice(signal.instrument),
    decidedAt: view.time,
  }
}

function attachedOrders(target: Target, stops: readonly string[], nextId: () => string): AttachedOrders | undefined {
  const trigger: Price | undefined = target.signal.stop
  const cancels = stops.length === 0 ? NONE : [...stops]
  if (trigger === undefined || target.qty === 0) return cancels === NONE ? undefined : { cancels, stop: undefined }
  const side = target.qty > 0 ? 'sell' : 'buy'
  return { cancels, stop: { clientOrderId: nextId(), side, trigger, qty: Math.abs(target.qty) as Qty, workingType: 'last' } }
}

const NONE: readonly string[] = Object.freeze([])
