/** Gross exposure over equity, and the share of it that one instrument may take. */
import { formatUnits } from '../../core/exact.ts'
import type { OrderRequest } from '../../domain/order.ts'
import type { View } from '../../domain/view.ts'
import { defineLimit, signedQty } from './limit.ts'

/** Worst notional of one instrument in money units. */
function worstNotional(view: View, account: number, instrument: number, extra: number, price: number): number {
  return view.worstQty(account, instrument, extra) * price
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
      const own = i === order.instrument
      gross += worstNotional(view, order.account, i, own ? signedQty(order) : 0, own ? order.decisionPrice : view.lastPrice(i))
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
    const notional = worstNotional(view, order.account, order.instrument, signedQty(order), order.decisionPrice)
    if (notional <= equity * max) return undefined
    return `exposure in ${view.instruments[order.instrument].symbol} would be ${whole(notional)} with equity ${whole(equity)}; allowed is ${max} x equity`
  },
})
