/** A pause for a book that has just been stopped out, or has just lost. */
import { MINUTE } from '../../core/time.ts'
import { defineProtection } from './protection.ts'

export const coolDown = defineProtection({
  name: 'coolDown',
  description:
    "a pause after a book's protective stop, and after a losing trade; off by default, as it would change what a strategy does",
  settings: {
    enabled: { default: false, description: 'heed it' },
    stopMinutes: { default: 240, min: 0, max: 100_000, unit: 'min', description: 'pause after a protective stop' },
    lossMinutes: { default: 60, min: 0, max: 100_000, unit: 'min', description: 'pause after any other trade that lost' },
  },
  check({ shares }, view, { enabled, stopMinutes, lossMinutes }) {
    if (!enabled) return undefined
    for (const { strategy } of shares) {
      const { lastExit, lastExitReason, lossesInRow } = view.bookStatistics(strategy)
      const afterLoss = lossesInRow > 0 ? lossMinutes : 0
      const pause = lastExitReason === 'stop' ? stopMinutes : afterLoss
      if (lastExit > 0 && view.time - lastExit < pause * MINUTE)
        return `strategy ${strategy} pauses for ${pause} minutes after ${lastExitReason === 'stop' ? 'a protective stop' : 'a loss'}`
    }
    return undefined
  },
})
