/** The venue's own filters on quantity and notional, checked here so that an order is not sent to be refused. */
import { notional } from '../../core/exact.ts'
import type { Qty } from '../../core/exact.ts'
import { defineLimit } from './limit.ts'

export const venueFilters = defineLimit({
  name: 'venueFilters',
  description: 'LOT_SIZE and MIN_NOTIONAL of the instrument, where its rules are known to bind',
  always: true,
  settings: { enabled: { default: true, description: 'check them' } },
  check(order, view, { enabled }) {
    const instrument = view.instruments[order.instrument]
    const rules = instrument.rulesAt(view.time)
    if (!enabled || !rules.binding) return undefined
    const { qty } = order
    const text = instrument.formatQty(qty)
    if (qty % rules.step !== 0) return `quantity ${text} is no multiple of the step ${instrument.formatQty(rules.step)}`
    if (rules.minQty !== undefined && qty < rules.minQty)
      return `quantity ${text} is below the minimum ${instrument.formatQty(rules.minQty)}`
    const most = order.type === 'market' ? (rules.marketMaxQty ?? rules.maxQty) : rules.maxQty
    if (most !== undefined && qty > most) return `quantity ${text} is above the maximum ${instrument.formatQty(most)}`
    // What closes is exempt; a reversal is judged by what it opens.
    const opened = notional(order.decisionPrice, (qty - order.closes) as Qty)
    if (rules.minNotional !== undefined && !order.reduceOnly && opened < rules.minNotional)
      return `notional ${instrument.formatMoney(opened)} is below the minimum ${instrument.formatMoney(rules.minNotional)}`
    return undefined
  },
})
