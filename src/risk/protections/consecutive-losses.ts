/** A pause for a book that loses again and again. */
import { MINUTE } from '../../core/time.ts'
import { defineProtection } from './protection.ts'

export const consecutiveLosses = defineProtection({
  name: 'consecutiveLosses',
  description: 'a pause after a number of losing trades of a book in a row; off by default, as honest strategies lose in rows',
  settings: {
    enabled: { default: false, description: 'heed it' },
    max: { default: 5, min: 1, max: 1_000, unit: 'trades', description: 'losses in a row that bring the pause' },
    minutes: { default: 1_440, min: 1, max: 1_000_000, unit: 'min', description: 'its length, from the last loss' },
  },
  check({ shares }, view, { enabled, max, minutes }) {
    if (!enabled) return undefined
    for (const { strategy } of shares) {
      const { lossesInRow, lastExit } = view.bookStatistics(strategy)
      if (lossesInRow >= max && view.time - lastExit < minutes * MINUTE)
        return `strategy ${strategy} lost ${lossesInRow} times in a row and pauses for ${minutes} minutes`
    }
    return undefined
  },
})
