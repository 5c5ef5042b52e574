/** The short side of the account over its equity. */
import { defineLimit } from './limit.ts'
import { money } from './words.ts'

export const shortExposure = defineLimit({
  name: 'shortExposure',
  description: 'notional of all short positions of the account over its equity; asked of what sells',
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 10, min: 0, max: 125, unit: 'x equity', description: 'largest short notional over equity' },
  },
  check({ side }, _view, { enabled, max }, { short, equity }) {
    if (!enabled || side !== 'sell' || short <= equity * max) return undefined
    return `short exposure would be ${money(short)} with equity ${money(equity)}; allowed is ${max} x equity`
  },
})
