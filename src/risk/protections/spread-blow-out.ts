/** A spread at which opening costs too much. */
import { percent } from '../limits/words.ts'
import { defineProtection } from './protection.ts'

export const spreadBlowOut = defineProtection({
  name: 'spreadBlowOut',
  description: 'bid-ask spread over the mid price; without quotes nothing is forbidden',
  settings: {
    enabled: { default: true, description: 'heed it' },
    max: { default: 0.01, min: 0.00001, max: 1, unit: 'share of the price', description: 'largest spread' },
  },
  check({ instrument }, view, { enabled, max }) {
    const spread = view.spread(instrument)
    if (!enabled || !(spread > max)) return undefined
    return `the spread of ${view.instruments[instrument].symbol} is ${percent(spread)}; allowed are ${percent(max)}`
  },
})
