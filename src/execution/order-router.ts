/** The plan: the order that makes a change in the position of an account. For now market orders, and stops beside them. */
import type { Price, Qty } from '../core/exact.ts'
import { PLAIN_TERMS } from '../domain/order.ts'
import type { AttachedOrders, OrderRequest, OrderShare } from '../domain/order.ts'
import type { View } from '../domain/view.ts'

/** What shall change in one instrument of an account. */
export interface Change {
  readonly account: number
  readonly instrument: number
  /** Signed and not 0. */
  readonly difference: number
  /** What the account holds, or will hold when everything in flight has filled. */
  readonly held: number
  /** Who owns it. */
  readonly shares: readonly OrderShare[]
  readonly protection: Protection | undefined
  /** Of what neither stops nor turns around. */
  readonly reason: string
}

/** The stop that comes into force with the fill, and those that go. */
export interface Protection {
  /** Undefined is none. */
  readonly trigger: Price | undefined
  /** Signed position that it protects. */
  readonly qty: number
  readonly cancels: readonly string[]
}

/** One market order for the difference, with the new stop attached and the old ones replaced at its fill. */
export function planOrder(change: Change, view: View, nextId: () => string): OrderRequest {
  const { account, instrument, difference, held, shares, protection, reason } = change
  const qty = Math.abs(difference) as Qty
  // What lies between the position and zero, as far as this order goes that way.
  const closes = (held !== 0 && held > 0 !== difference > 0 ? Math.min(qty, Math.abs(held)) : 0) as Qty
  return {
    clientOrderId: nextId(),
    account,
    instrument,
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
    attached: protection === undefined ? undefined : attachedOrders(protection, nextId),
    shares,
    reason: closes > 0 && closes < qty ? 'reversal' : reason,
    decisionPrice: view.lastPrice(instrument),
    decidedAt: view.time,
  }
}

function attachedOrders({ trigger, qty, cancels: given }: Protection, nextId: () => string): AttachedOrders | undefined {
  // A copy: the list that was given changes when orders end.
  const cancels = [...given]
  if (trigger === undefined || qty === 0) return cancels.length === 0 ? undefined : { cancels, stop: undefined }
  const side = qty > 0 ? 'sell' : 'buy'
  return { cancels, stop: { clientOrderId: nextId(), side, trigger, qty: Math.abs(qty) as Qty, workingType: 'last' } }
}

/** A protective stop of one book that goes to the venue by itself; `qty` is the signed position it protects. */
export function planStop(
  {
    account,
    instrument,
    strategy,
    qty,
    trigger,
  }: {
    readonly account: number
    readonly instrument: number
    readonly strategy: number
    readonly qty: number
    readonly trigger: Price
  },
  view: View,
  nextId: () => string,
): OrderRequest {
  const size = Math.abs(qty) as Qty
  return {
    clientOrderId: nextId(),
    account,
    instrument,
    side: qty > 0 ? 'sell' : 'buy',
    positionSide: 'both',
    type: 'stop-market',
    timeInForce: 'GTC',
    qty: size,
    closes: size,
    price: undefined,
    trigger,
    workingType: 'last',
    reduceOnly: true,
    terms: PLAIN_TERMS,
    attached: undefined,
    shares: [{ strategy, qty: size }],
    reason: 'stop',
    decisionPrice: trigger,
    decidedAt: view.time,
  }
}
