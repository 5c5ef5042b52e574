/** The plan: how to get from the position a book has to the position it shall have. For now one market order. */
import type { Price, Qty } from '../core/exact.ts'
import type { Target } from '../domain/decision.ts'
import type { AttachedOrders, OrderRequest } from '../domain/order.ts'
import type { View } from '../domain/view.ts'

export interface RoutingContext {
  readonly account: number
  readonly view: View
  /** Working or waiting protective stops of the target's book. */
  readonly stops: readonly string[]
  /** A fresh client order id. */
  nextId(): string
}

/**
 * One market order for the difference, with the new stop attached and the old ones replaced at its fill; undefined
 * when book and target agree already.
 */
export function planOrder(target: Target, { account, view, stops, nextId }: RoutingContext): OrderRequest | undefined {
  const { signal } = target
  const held = view.bookQtyInFlight(signal.strategy, signal.instrument)
  const difference = target.qty - held
  if (difference === 0) return undefined
  const qty = Math.abs(difference) as Qty
  const closes = held !== 0 && (target.qty === 0 || held > 0 !== target.qty > 0)
  return {
    clientOrderId: nextId(),
    account,
    instrument: signal.instrument,
    side: difference > 0 ? 'buy' : 'sell',
    positionSide: 'both',
    type: 'market',
    timeInForce: 'GTC',
    qty,
    price: undefined,
    trigger: undefined,
    workingType: 'last',
    reduceOnly: false,
    attached: attachedOrders(target, stops, nextId),
    shares: [{ strategy: signal.strategy, qty }],
    reason: closes && target.qty !== 0 ? 'reversal' : 'signal',
    decisionPrice: view.lastPrice(signal.instrument),
    decidedAt: view.time,
  }
}

function attachedOrders(target: Target, stops: readonly string[], nextId: () => string): AttachedOrders | undefined {
  const trigger: Price | undefined = target.signal.stop
  const cancels = stops.length === 0 ? NONE : [...stops]
  if (trigger === undefined || target.qty === 0) return cancels === NONE ? undefined : { cancels, stop: undefined }
  return { cancels, stop: { clientOrderId: nextId(), trigger, qty: Math.abs(target.qty) as Qty, workingType: 'last' } }
}

const NONE: readonly string[] = Object.freeze([])
