/** Gross exposure over equity, and the share of it that one instrument may take. */
import { formatUnits } from '../../core/exact.ts'
import type { OrderRequest } from '../../domain/order.ts'
import type { View } from '../../domain/view.ts'
import { defineLimit, signedQty } from './limit.ts'

/**
 * Notional of the order's own instrument on the side to which it pushes, everything open on that side counted as filled.
 * The other side was judged when it was approved, and what this order closes is no longer there.
 */
function ownNotional(order: OrderRequest, view: View): number {
  return Math.abs(view.netQtyFilled(order.account, order.instrument, signedQty(order))) * order.decisionPrice
}

const whole = (amount: number): string => formatUnits(Math.round(amount / 1e6), 2)

export const leverage = defineLimit({
  name: 'leverage',
  description: 'gross notional of all positions over equity, open orders counted at their worst',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 1, min: 0.01, max: 125, unit: 'x equity', description: 'largest gross notional over equity' },
  },
  check(order, view, { enabled, max }) {
    if (!enabled) return undefined
    const equity = view.equity(order.account)
    let gross = 0
    for (let i = 0; i < view.instruments.length; i++) {
      gross += i === order.instrument ? ownNotional(order, view) : view.worstQty(order.account, i, 0) * view.lastPrice(i)
    }
    if (gross <= equity * max) return undefined
    return `gross exposure would be ${whole(gross)} with equity ${whole(equity)}; allowed is ${max} x equity`
  },
})

export const concentration = defineLimit({
  name: 'concentration',
  description: 'notional of one instrument over equity',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 10, min: 0.001, max: 125, unit: 'x equity', description: 'largest notional of one instrument over equity' },
  },
  check(order: OrderRequest, view: View, { enabled, max }) {
    if (!enabled) return undefined
    const equity = view.equity(order.account)
    const notional = ownNotional(order, view)
    if (notional <= equity * max) return undefined
    return `exposure in ${view.instruments[order.instrument].symbol} would be ${whole(notional)} with equity ${whole(equity)}; allowed is ${max} x equity`
  },
})
