/** How many trades a book may make in all: for a trial that shall end by itself. */
import { defineProtection } from './protection.ts'

export const maxTrades = defineProtection({
  name: 'maxTrades',
  description: 'closed trades of a book; off by default, as it ends the trading of that book',
  settings: {
    enabled: { default: false, description: 'heed it' },
    max: { default: 1_000, min: 1, max: 1_000_000, unit: 'trades', description: 'most trades of a book' },
  },
  check({ shares }, view, { enabled, max }) {
    if (!enabled) return undefined
    for (const { strategy } of shares)
      if (view.bookStatistics(strategy).trades >= max) return `strategy ${strategy} has made its ${max} trades`
    return undefined
  },
})
