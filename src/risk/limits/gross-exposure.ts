/** Gross exposure of all accounts together. */
import { defineLimit } from './limit.ts'
import { money } from './words.ts'

export const grossExposure = defineLimit({
  name: 'grossExposure',
  description: 'gross notional of all accounts over all equity',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 10, min: 0.001, max: 125, unit: 'x equity', description: 'largest gross notional over equity' },
  },
  check(_order, _view, { enabled, max }, { totalGross, totalEquity }) {
    if (!enabled || totalGross <= totalEquity * max) return undefined
    return `gross exposure of all accounts would be ${money(totalGross)} with equity ${money(totalEquity)}; allowed is ${max} x equity`
  },
})
