/** The exposure that one instrument may take in the account. */
import { defineLimit } from './limit.ts'
import { money } from './words.ts'

export const concentration = defineLimit({
  name: 'concentration',
  description: 'notional of one instrument over equity',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 10, min: 0.001, max: 125, unit: 'x equity', description: 'largest notional of one instrument over equity' },
  },
  check({ instrument }, view, { enabled, max }, { own, equity }) {
    if (!enabled || own <= equity * max) return undefined
    return `exposure in ${view.instruments[instrument].symbol} would be ${money(own)} with equity ${money(equity)}; allowed is ${max} x equity`
  },
})
