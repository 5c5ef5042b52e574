/** The long side of the account over its equity. */
import { defineLimit } from './limit.ts'
import { money } from './words.ts'

export const longExposure = defineLimit({
  name: 'longExposure',
  description: 'notional of all long positions of the account over its equity; asked of what buys',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 10, min: 0, max: 125, unit: 'x equity', description: 'largest long notional over equity' },
  },
  check({ side }, _view, { enabled, max }, { long, equity }) {
    if (!enabled || side !== 'buy' || long <= equity * max) return undefined
    return `long exposure would be ${money(long)} with equity ${money(equity)}; allowed is ${max} x equity`
  },
})
