/** The venue's own filters on quantity and notional, where its rules are known to bind. */
import { notional } from '../../core/exact.ts'
import type { Price, Qty } from '../../core/exact.ts'
import type { TradingRules } from '../../domain/instrument.ts'
import { defineConstraint } from './constraint.ts'

export const filters = defineConstraint({
  name: 'filters',
  description: 'what one market order may be; positions below the smallest order or notional become none (bound `minimum`)',
  settings: { enabled: { default: true, description: 'apply it' } },
  most({ signal }, _account, view) {
    const rules = view.instruments[signal.instrument].rulesAt(view.time)
    return rules.binding ? (rules.marketMaxQty ?? rules.maxQty ?? Infinity) : Infinity
  },
})

/** Whether binding rules would refuse to open `qty`, a whole number of steps without a sign, from nothing. */
export function isBelowMinimum(qty: number, price: Price, { binding, minQty, minNotional }: TradingRules): boolean {
  if (!binding) return false
  if (minQty !== undefined && qty < minQty) return true
  return minNotional !== undefined && notional(price, qty as Qty) < minNotional
}
