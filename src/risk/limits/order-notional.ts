/** How much one order may open. */
import { defineLimit } from './limit.ts'
import { money } from './words.ts'

export const orderNotional = defineLimit({
  name: 'orderNotional',
  description: 'notional that one order opens over equity',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 10, min: 0.001, max: 125, unit: 'x equity', description: 'largest notional of one order over equity' },
  },
  check({ qty, closes, decisionPrice }, _view, { enabled, max }, { equity }) {
    const opened = (qty - closes) * decisionPrice
    if (!enabled || opened <= equity * max) return undefined
    return `the order would open ${money(opened)} with equity ${money(equity)}; allowed is ${max} x equity`
  },
})
