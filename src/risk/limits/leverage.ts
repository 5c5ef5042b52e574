/** Gross exposure of the account over its equity. */
import { defineLimit } from './limit.ts'
import { money } from './words.ts'

export const leverage = defineLimit({
  name: 'leverage',
  description: 'gross notional of all positions of the account over its equity, open orders counted at their worst',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 1, min: 0.01, max: 125, unit: 'x equity', description: 'largest gross notional over equity' },
  },
  check(_order, _view, { enabled, max }, { gross, equity }) {
    if (!enabled || gross <= equity * max) return undefined
    return `gross exposure would be ${money(gross)} with equity ${money(equity)}; allowed is ${max} x equity`
  },
})
