/** Net exposure of all accounts together, where longs and shorts cancel. */
import { defineLimit } from './limit.ts'
import { money } from './words.ts'

export const netExposure = defineLimit({
  name: 'netExposure',
  description: 'net notional of all accounts over all equity, on the side to which the order pushes',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 10, min: 0.001, max: 125, unit: 'x equity', description: 'largest net notional over equity' },
  },
  check({ side }, _view, { enabled, max }, { totalUp, totalDown, totalEquity }) {
    const net = side === 'buy' ? totalUp : -totalDown
    if (!enabled || net <= totalEquity * max) return undefined
    return `net exposure would be ${money(net)} with equity ${money(totalEquity)}; allowed is ${max} x equity`
  },
})
