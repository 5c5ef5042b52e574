/** How much of the equity margin ties up. */
import { defineLimit } from './limit.ts'
import { money } from './words.ts'

export const marginUse = defineLimit({
  name: 'marginUse',
  description: "initial margin of the account's positions at the leverage set at the venue, over its equity",
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 1, min: 0.001, max: 1, unit: 'share of equity', description: 'largest share that margin may tie up' },
  },
  check(_order, _view, { enabled, max }, { margin, equity }) {
    if (!enabled || margin <= equity * max) return undefined
    return `margin would be ${money(margin)} with equity ${money(equity)}; allowed is ${max} x equity`
  },
})
